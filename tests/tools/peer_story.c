// SPDX-License-Identifier: GPL-2.0
/*
 * peer story: TCP connections opened and ended one by one, as lines on stdin say, each
 * answered by a line:
 *
 *	open ADDR[,ADDR...] PORT COUNT	opens so many, to these addresses in turn; the names of
 *					the servers that answer, "-" for one that is refused
 *	end N...	ends these in order, by FIN of both sides; the first of all is 1
 *	leave		resets all that are left; the next to be opened is the first again
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "netns.h"
#include "peer.h"

#define CONNS_MAX	1024
#define ADDRS_MAX	8

static int conns[CONNS_MAX];
static unsigned int count;

static int socket_open(const char *word, uint16_t port)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(port) };
	bool is_ipv4 = inet_pton(AF_INET, word, &sin.sin_addr) == 1;
	struct timeval limit = { .tv_sec = scaled_ms(5000) / 1000 };
	int fd, status;

	if (!is_ipv4 && inet_pton(AF_INET6, word, &sin6.sin6_addr) != 1)
		errx(2, "not an address: %s", word);
	fd = socket(is_ipv4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	status = is_ipv4 ? connect(fd, (struct sockaddr *)&sin, sizeof(sin)) :
			   connect(fd, (struct sockaddr *)&sin6, sizeof(sin6));
	if (!status)
		return fd;
	if (errno != ECONNREFUSED)
		err(1, "connect to %s port %u", word, port);
	close(fd);
	return -1;
}

/* Asks who is there. */
static void print_server(int fd)
{
	const struct peer_request request = { .magic = PEER_MAGIC, .seq = 1 };
	struct peer_answer answer;

	if (send(fd, &request, sizeof(request), 0) != sizeof(request))
		err(1, "send");
	if (recv(fd, &answer, sizeof(answer), MSG_WAITALL) != sizeof(answer))
		err(1, "no answer");
	printf("%.*s ", PEER_NAME_SIZE, answer.name);
}

static void open_conns(char *addrs, uint16_t port, unsigned int more)
{
	char *addr[ADDRS_MAX];
	unsigned int n = 0;

	for (char *word = strtok(addrs, ","); word && n < ADDRS_MAX; word = strtok(NULL, ","))
		addr[n++] = word;
	if (!n || count + more > CONNS_MAX)
		errx(2, "no address, or too many connections");
	for (unsigned int i = 0; i < more; i++) {
		conns[count] = socket_open(addr[i % n], port);
		if (conns[count] < 0)
			printf("- ");
		else
			print_server(conns[count]);
		count++;
	}
}

/* Returns when the server's FIN has come: then the director has seen those of both. */
static void end_conn(unsigned int which)
{
	char byte;

	if (!which || which > count)
		errx(2, "there is no connection %u", which);
	if (conns[which - 1] < 0)
		return;
	shutdown(conns[which - 1], SHUT_WR);
	if (recv(conns[which - 1], &byte, 1, 0))
		err(1, "connection %u does not end", which);
	close(conns[which - 1]);
	conns[which - 1] = -1;
}

static void leave(void)
{
	const struct linger now = { .l_onoff = 1 };

	while (count--) {
		if (conns[count] < 0)
			continue;
		setsockopt(conns[count], SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		close(conns[count]);
	}
	count = 0;
}

static void obey(char *line)
{
	char addrs[256];
	unsigned int port, more;

	if (sscanf(line, "open %255s %u %u", addrs, &port, &more) == 3) {
		open_conns(addrs, port, more);
	} else if (!strncmp(line, "end ", 4)) {
		for (char *word = strtok(line + 4, " \n"); word; word = strtok(NULL, " \n"))
			end_conn(number(word, CONNS_MAX));
	} else if (!strcmp(line, "leave\n")) {
		leave();
	} else {
		errx(2, "not a line of a story: %s", line);
	}
	putchar('\n');
	fflush(stdout);
}

int story_main(int argc, char **argv)
{
	static const struct option words[] = {
		{ "netns", required_argument, NULL, 'n' },
		{ }
	};
	char line[1024];
	int c;

	while ((c = getopt_long(argc, argv, "", words, NULL)) != -1) {
		if (c != 'n')
			return 2;
		netns_enter(optarg);
	}
	files_raise();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (fgets(line, sizeof(line), stdin))
		obey(line);
	return 0;
}
