// SPDX-License-Identifier: GPL-2.0
/*
 * peer load: opens connections (with UDP: sockets with a port of their own),
 * exchanges requests and answers on each, and prints one line:
 *
 *	s1=3 s2=3 conns=6 answers=24 failed=0 refused=0 reset=0 timeout=0
 *	unreachable=0 closed=0 other=0 moved=0 wrong=0 connect_ms=1
 *
 * NAME=N	connections whose last answer came from the server NAME
 * conns	connections that finished the round; failed those that did not, and why:
 *		refused, reset, timeout, unreachable, closed (early FIN), other
 * moved	answers that came from another server than the flow's answer before
 * wrong	answers damaged, or for requests that arrived damaged or with
 *		another source than the flow has
 *
 * --sctp	an association each; give --from, or it has all the client's addresses
 * --hold	keeps the connections open and obeys lines on stdin, each answered
 *		by such a line: "go [N]" N more exchanges on each, "half" sends
 *		FIN on each, "close" ends them and the program
 * --forever	opens a new connection for each that ends, until "stop" on stdin;
 *		"report" prints the counts so far
 * --map FILE	writes the server's name of each connection, a line each
 * --masked	the server must not see the flow's own source; the map tells behind the
 *		name whom it saw
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "netns.h"
#include "peer_load.h"

enum step { STEP_OPEN, STEP_GO, STEP_HALF, STEP_CLOSE };

struct load_options options = {
	.sources = 1, .conns = 1, .exchanges = 1, .parallel = 16, .timeout_ms = 5000,
};
int load_epoll;

static struct flow *flows;
static uint64_t scanned_at;

static struct sockaddr_storage address_parse(const char *word, uint16_t port)
{
	struct sockaddr_storage addr = { 0 };
	struct sockaddr_in *sin = (struct sockaddr_in *)&addr;
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&addr;

	if (inet_pton(AF_INET, word, &sin->sin_addr) == 1) {
		addr.ss_family = AF_INET;
		sin->sin_port = htons(port);
	} else if (inet_pton(AF_INET6, word, &sin6->sin6_addr) == 1) {
		addr.ss_family = AF_INET6;
		sin6->sin6_port = htons(port);
	} else {
		errx(2, "not an address: %s", word);
	}
	return addr;
}

static bool flow_start(struct flow *flow, unsigned int index, enum step step,
		       unsigned int exchanges)
{
	if (step == STEP_OPEN) {
		if (flow->state != FLOW_IDLE)
			return false;
		flow_open(flow, index);
		return true;
	}
	if (flow->state != FLOW_HELD)
		return false;
	if (step == STEP_GO)
		flow_go(flow, exchanges);
	else if (step == STEP_HALF)
		flow_half_close(flow);
	else
		flow_finish(flow);
	return true;
}

/* Waits for events and handles them; returns true if stdin, being watched, is readable. */
static bool flows_wait(int timeout_ms)
{
	struct epoll_event events[64];
	int count = epoll_wait(load_epoll, events, 64, timeout_ms);
	bool commanded = false;
	uint64_t now;

	for (int i = 0; i < count; i++) {
		if (events[i].data.ptr)
			flow_event(events[i].data.ptr, events[i].events);
		else
			commanded = true;
	}
	now = now_ms();
	if (now - scanned_at >= 20) {
		scanned_at = now;
		for (unsigned int i = 0; i < options.conns; i++)
			flow_expire(&flows[i], now);
	}
	return commanded;
}

/* Takes every flow through @step, at most options.parallel of them at once. */
static void round_run(enum step step, unsigned int exchanges)
{
	unsigned int next = 0;

	while (next < options.conns || flows_active) {
		while (next < options.conns && flows_active < options.parallel) {
			flow_start(&flows[next], next, step, exchanges);
			next++;
		}
		if (flows_active)
			flows_wait(20);
	}
	tally_print();
	memset(&tally, 0, sizeof(tally));
}

static void held_obey(void)
{
	char line[64];
	unsigned int exchanges;

	while (fgets(line, sizeof(line), stdin)) {
		flows_wait(0);		/* what happened meanwhile counts for this round */
		exchanges = options.exchanges;
		if (sscanf(line, "go %u", &exchanges) == 1 || !strcmp(line, "go\n"))
			round_run(STEP_GO, exchanges);
		else if (!strcmp(line, "half\n"))
			round_run(STEP_HALF, 0);
		else
			break;
	}
	round_run(STEP_CLOSE, 0);
}

/* Reads one command of a load that runs forever; false at its end. */
static bool forever_obey(void)
{
	char line[64];
	ssize_t len = read(STDIN_FILENO, line, sizeof(line) - 1);

	if (len <= 0)
		return false;
	line[len] = '\0';
	if (strcmp(line, "report\n"))
		return false;
	tally_print();
	return true;
}

static void forever_run(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	unsigned int index = 0;
	bool stopping = false;
	uint64_t next_open = 0;

	if (epoll_ctl(load_epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event))
		err(1, "epoll_ctl stdin");
	while (!stopping || flows_active) {
		for (unsigned int i = 0; i < options.conns && !stopping; i++) {
			if (flows[i].state != FLOW_IDLE || now_ms() < next_open)
				continue;
			flow_open(&flows[i], index++);
			next_open = now_ms() + options.pause_ms;
		}
		if (flows_wait(options.pause_ms ? 2 : 20) && !stopping)
			stopping = !forever_obey();
	}
	tally_print();
}

/* Whom the server saw, as the address is written in the flow's own family. */
static void seen_write(FILE *file, const struct peer_answer *answer)
{
	const struct in6_addr *seen = &answer->client;
	char text[INET6_ADDRSTRLEN];

	if (IN6_IS_ADDR_V4MAPPED(seen))
		inet_ntop(AF_INET, &seen->s6_addr32[3], text, sizeof(text));
	else
		inet_ntop(AF_INET6, seen, text, sizeof(text));
	fprintf(file, " %s %u", text, answer->client_port);
}

/* One line a flow: the name of its server, "-" for none. */
static void map_write(void)
{
	FILE *file = fopen(options.map, "w");

	if (!file)
		err(1, "%s", options.map);
	for (unsigned int i = 0; i < options.conns; i++) {
		fputs(flows[i].server[0] ? flows[i].server : "-", file);
		if (options.masked)
			seen_write(file, &flows[i].answer);
		fputc('\n', file);
	}
	fclose(file);
}

static void option_set(int c, const char *word)
{
	switch (c) {
	case 'n': netns_enter(word); break;
	case 'u': options.udp = true; break;
	case 'C': options.sctp = true; break;
	case 'c': options.conns = number(word, 100000); break;
	case 'x': options.exchanges = number(word, 1000000); break;
	case 'p': options.parallel = number(word, 10000); break;
	case 'f':
		options.from = address_parse(word, 0);
		options.from_given = true;
		break;
	case 'S': options.sources = number(word, 65536); break;
	case 's': options.sport = number(word, 65535); break;
	case 'z': options.size = number(word, 1 << 30); break;
	case 'r': options.reply = number(word, 1 << 30); break;
	case 't': options.timeout_ms = number(word, 600000); break;
	case 'w': options.pause_ms = number(word, 60000); break;
	case 'h': options.hold = true; break;
	case 'e': options.forever = true; break;
	case 'M': options.map = word; break;
	case 'k': options.masked = true; break;
	case 'm':
		if (!strcmp(word, "fin"))
			options.close_mode = CLOSE_FIN;
		else if (!strcmp(word, "rst"))
			options.close_mode = CLOSE_RST;
		else if (!strcmp(word, "server"))
			options.close_mode = CLOSE_SERVER;
		else
			errx(2, "--close: fin, rst or server, not %s", word);
		break;
	default:
		exit(2);
	}
}

static void options_check(void)
{
	if (!options.conns || !options.exchanges || !options.parallel || !options.sources)
		errx(2, "0 is too few");
	if (options.udp && (options.size > PEER_DATAGRAM || options.reply > PEER_DATAGRAM))
		errx(2, "more than a datagram holds");
	if (!options.from_given)
		options.from.ss_family = options.to.ss_family;
	if (options.from.ss_family != options.to.ss_family)
		errx(2, "--from is not of the destination's family");
	if (options.forever)
		options.conns = options.parallel;
	options.timeout_ms = scaled_ms(options.timeout_ms);
}

/*
 * A port that is used again: what ends one connection must not be overtaken by what
 * begins the next. Packets stay in order on the processor that sends them, and only there.
 */
static void processor_keep(void)
{
	cpu_set_t cpus;
	int cpu = sched_getcpu();

	if (cpu < 0)
		return;
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
}

int load_main(int argc, char **argv)
{
	static const struct option words[] = {
		{ "netns", required_argument, NULL, 'n' },
		{ "udp", no_argument, NULL, 'u' },
		{ "sctp", no_argument, NULL, 'C' },
		{ "conns", required_argument, NULL, 'c' },
		{ "exchanges", required_argument, NULL, 'x' },
		{ "parallel", required_argument, NULL, 'p' },
		{ "from", required_argument, NULL, 'f' },
		{ "sources", required_argument, NULL, 'S' },
		{ "sport", required_argument, NULL, 's' },
		{ "size", required_argument, NULL, 'z' },
		{ "reply", required_argument, NULL, 'r' },
		{ "timeout", required_argument, NULL, 't' },
		{ "pause", required_argument, NULL, 'w' },
		{ "hold", no_argument, NULL, 'h' },
		{ "forever", no_argument, NULL, 'e' },
		{ "map", required_argument, NULL, 'M' },
		{ "masked", no_argument, NULL, 'k' },
		{ "close", required_argument, NULL, 'm' },
		{ }
	};
	int c;

	while ((c = getopt_long(argc, argv, "", words, NULL)) != -1)
		option_set(c, optarg);
	if (argc - optind != 2)
		errx(2, "expected an address and a port");
	options.to = address_parse(argv[optind], number(argv[optind + 1], 65535));
	options_check();
	files_raise();
	if (options.sport)
		processor_keep();
	prctl(PR_SET_PDEATHSIG, SIGKILL);	/* stdin may be a pipe that never ends */
	load_epoll = epoll_create1(EPOLL_CLOEXEC);
	flows = calloc(options.conns, sizeof(*flows));
	if (load_epoll < 0 || !flows)
		err(1, "no memory");
	if (options.forever) {
		forever_run();
		return 0;
	}
	round_run(STEP_OPEN, options.exchanges);
	if (options.map)
		map_write();
	if (options.hold)
		held_obey();
	return 0;
}
