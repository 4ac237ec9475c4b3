// SPDX-License-Identifier: GPL-2.0
/*
 * peer - both ends of the traffic that scenarios send through a director.
 *
 *	peer serve [--tcp PORT]... [--udp PORT]... [--sctp PORT@ADDR]... NAME[@NETNS]...
 *	peer load [OPTION]... ADDR PORT
 *	peer story [--netns NETNS]
 *
 * See peer_serve.c, peer_load.c and peer_story.c for what they do.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "peer.h"

void pattern_fill(uint8_t *buf, size_t len, uint32_t seq, uint32_t offset)
{
	for (size_t i = 0; i < len; i++)
		buf[i] = pattern_byte(seq, offset + i);
}

bool pattern_matches(const uint8_t *buf, size_t len, uint32_t seq, uint32_t offset)
{
	for (size_t i = 0; i < len; i++)
		if (buf[i] != pattern_byte(seq, offset + i))
			return false;
	return true;
}

uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

uint64_t scaled_ms(uint64_t ms)
{
	const char *scale = getenv("WEIR_TIME_SCALE");

	return ms * (scale ? number(scale, 1000) : 1);
}

unsigned long number(const char *word, unsigned long max)
{
	char *end;
	unsigned long value = strtoul(word, &end, 10);

	if (!*word || *end || value > max)
		errx(2, "not a number up to %lu: %s", max, word);
	return value;
}

void files_raise(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc > 1 && !strcmp(argv[1], "serve"))
		return serve_main(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "load"))
		return load_main(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "story"))
		return story_main(argc - 1, argv + 1);
	fprintf(stderr, "usage: peer serve|load|story ...\n");
	return 2;
}
