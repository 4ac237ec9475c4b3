// SPDX-License-Identifier: GPL-2.0
/* peer load: counts what happened and prints it as one line of WORD=NUMBER. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "peer_load.h"

struct tally tally;

void tally_server(const char *name)
{
	int i;

	tally.conns++;
	for (i = 0; i < NAMES_MAX - 1 && tally.names[i][0]; i++)
		if (!strcmp(tally.names[i], name))
			break;
	memcpy(tally.names[i], name, PEER_NAME_SIZE);
	tally.answered[i]++;
}

/* @error is an errno value, or 0 for a connection that the server closed too early. */
void tally_failure(int error)
{
	tally.failed++;
	switch (error) {
	case 0:
		tally.closed++;
		break;
	case ECONNREFUSED:
		tally.refused++;
		break;
	case ECONNRESET:
	case EPIPE:
		tally.reset++;
		break;
	case ETIMEDOUT:
		tally.timeout++;
		break;
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EACCES:
		tally.unreachable++;
		break;
	default:
		tally.other++;
		fprintf(stderr, "peer: %s\n", strerror(error));
	}
}

void tally_print(void)
{
	for (int i = 0; i < NAMES_MAX && tally.names[i][0]; i++)
		printf("%s=%u ", tally.names[i], tally.answered[i]);
	printf("conns=%u answers=%u failed=%u refused=%u reset=%u timeout=%u ",
	       tally.conns, tally.answers, tally.failed, tally.refused, tally.reset,
	       tally.timeout);
	printf("unreachable=%u closed=%u other=%u moved=%u wrong=%u connect_ms=%u\n",
	       tally.unreachable, tally.closed, tally.other, tally.moved, tally.wrong,
	       tally.connect_ms);
	fflush(stdout);
}
