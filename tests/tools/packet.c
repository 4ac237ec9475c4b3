// SPDX-License-Identifier: GPL-2.0
/*
 * packet - speaks to a director below the level of sockets and of the command
 * line: frames made and taken apart by hand, and netlink requests.
 *
 * Reads commands on stdin, a line each, and answers each by one line on stdout.
 * One process serves a whole scenario.
 *
 *	tap NAME NETNS INTERFACE [both|deaf]
 *		captures from now on what comes in there (with both: and goes out;
 *		with deaf: nothing, it is only to send from and to)
 *	expect NAME MS WORD...
 *		a captured packet whose description has all these words, and none of
 *		those behind a '!', waiting for it up to MS (scaled); "none" without
 *	count NAME WORD...	how many were captured that have all these words
 *	biggest NAME WORD...	size of the biggest of them
 *	total NAME WORD...	their sizes added up
 *	list NAME		the last one captured, and how many there are
 *	clear [NAME]		forgets what was captured
 *	offload NETNS INTERFACE tx|rx|sg|tso|gso|gro on|off
 *
 *	send FROM TO PACKET	from one tap to the interface of another
 *	flood FROM TO COUNT PACKET
 *		as many, each with a source of its own
 *	storm FROM TO PACKET	every way to cut the packet and to make it lie
 *	quit
 *
 * PACKET is tcp|udp|sctp|esp|ah|icmp|ip4|ip6|gre and any of src=ADDR dst=ADDR sport=N dport=N
 * flags=SAFRP seq=N ack=N ttl=N df sum=good|bad|zero payload=BYTES (of any value) or
 * hex=DIGITS (of ip4, ip6 and gre: all behind the network header) options=BYTES (IPv4)
 * ext=hop,dst,routing,fragment (IPv6) vtag=N chunks=init+data+... (SCTP) type=N code=N rest=N (ICMP); ICMP may end
 * in "quote [keep=BYTES] PACKET": what it is about, and how much of that one's
 * transport header and payload is there.
 *
 * The description of a captured packet is in packet_parse.c, the commands about
 * netlink are in packet_netlink.c and packet_dump.c:
 *
 *	request COMMAND ATTRIBUTE...	dump COMMAND ATTRIBUTE... [churn]
 *	drops	digest	fill COUNT SERVERS ADDR	become nobody|root
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "netns.h"
#include "packet.h"

static int own_netns = -1;
static bool is_done;

char *words_take(struct words *words, const char *what)
{
	if (words->next == words->count)
		errx(2, "%s is missing", what);
	return words->word[words->next++];
}

bool words_skip(struct words *words, const char *word)
{
	if (words->next == words->count || strcmp(words->word[words->next], word))
		return false;
	words->next++;
	return true;
}

void answer(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

unsigned long number_take(const char *word, unsigned long max)
{
	char *end;
	unsigned long value = strtoul(word, &end, 0);

	if (!*word || *end || value > max)
		errx(2, "not a number up to %lu: %s", max, word);
	return value;
}

uint64_t clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void inside_enter(const char *netns)
{
	if (own_netns < 0)
		own_netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (own_netns < 0)
		err(1, "/proc/self/ns/net");
	netns_enter(netns);
}

void inside_leave(void)
{
	if (setns(own_netns, CLONE_NEWNET))
		err(1, "setns");
}

static const struct {
	const char *name;
	void (*run)(struct words *words);
} commands[] = {
	{ "tap", tap_open },
	{ "expect", tap_expect },
	{ "count", tap_count },
	{ "biggest", tap_biggest },
	{ "total", tap_total },
	{ "list", tap_list },
	{ "clear", tap_clear },
	{ "offload", tap_offload },
	{ "send", send_one },
	{ "flood", send_flood },
	{ "storm", send_storm },
	{ "request", request_send },
	{ "dump", request_dump },
	{ "drops", request_drops },
	{ "digest", request_digest },
	{ "fill", request_fill },
	{ "become", request_become },
};

/* False at the end. */
static bool line_obey(char *line)
{
	struct words words = { 0 };
	const char *name;

	for (char *word = strtok(line, " \t\n"); word; word = strtok(NULL, " \t\n")) {
		if (words.count == WORDS_MAX)
			errx(2, "more than %d words", WORDS_MAX);
		words.word[words.count++] = word;
	}
	if (!words.count)
		return true;
	if (words_skip(&words, "quit"))
		return false;
	name = words_take(&words, "a command");
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, name))
			continue;
		commands[i].run(&words);
		if (words.next != words.count)
			errx(2, "%s: what is '%s'?", name, words.word[words.next]);
		return true;
	}
	errx(2, "no command called '%s'", name);
}

/* A mistake ends the program: whoever waits for an answer is told. */
static void say_failed(void)
{
	if (!is_done)
		answer("failed");
}

int main(void)
{
	static char line[65536];

	atexit(say_failed);
	prctl(PR_SET_PDEATHSIG, SIGKILL);	/* stdin may be a pipe that never ends */
	while (fgets(line, sizeof(line), stdin) && line_obey(line))
		;
	is_done = true;
	return 0;
}
