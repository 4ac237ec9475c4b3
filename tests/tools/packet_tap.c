// SPDX-License-Identifier: GPL-2.0
/*
 * Taps: AF_PACKET sockets by which frames are captured and sent.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "packet.h"

#define TAPS_MAX	16
#define CAPTURE_BYTES	(64 << 20)

struct tap {
	char name[32];
	int fd;
	uint8_t mac[6];
	char **lines;
	size_t count, room;
};

static struct tap taps[TAPS_MAX];
static int taps_count;

static struct tap *tap_find(const char *name)
{
	for (int i = 0; i < taps_count; i++)
		if (!strcmp(taps[i].name, name))
			return &taps[i];
	errx(2, "no tap called '%s'", name);
}

static void interface_name(struct ifreq *request, const char *name)
{
	memset(request, 0, sizeof(*request));
	if (strlen(name) >= IFNAMSIZ)
		errx(2, "no interface is called '%s'", name);
	strcpy(request->ifr_name, name);
}

static void tap_bind(struct tap *tap, const char *interface, bool both, bool deaf)
{
	int on = 1, bytes = CAPTURE_BYTES;
	struct sockaddr_ll addr = {
		.sll_family = AF_PACKET,
		.sll_protocol = deaf ? 0 : htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(interface),
	};
	struct ifreq request;

	/* Bound to no protocol until it is set up, it captures nothing too early. */
	tap->fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (tap->fd < 0)
		err(1, "packet socket");
	if (setsockopt(tap->fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)) ||
	    setsockopt(tap->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		err(1, "packet socket's options");
	if (!both && setsockopt(tap->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)))
		err(1, "PACKET_IGNORE_OUTGOING");
	interface_name(&request, interface);
	if (ioctl(tap->fd, SIOCGIFHWADDR, &request))
		err(1, "%s", interface);
	memcpy(tap->mac, request.ifr_hwaddr.sa_data, sizeof(tap->mac));
	if (bind(tap->fd, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "bind to %s", interface);
}

void tap_open(struct words *words)
{
	const char *name = words_take(words, "a name");
	const char *netns = words_take(words, "a namespace");
	const char *interface = words_take(words, "an interface");
	bool both = words_skip(words, "both");
	bool deaf = words_skip(words, "deaf");
	struct tap *tap = &taps[taps_count];

	if (taps_count == TAPS_MAX)
		errx(2, "more than %d taps", TAPS_MAX);
	snprintf(tap->name, sizeof(tap->name), "%s", name);
	inside_enter(netns);
	tap_bind(tap, interface, both, deaf);
	inside_leave();
	taps_count++;
	answer("ok");
}

static void tap_keep(struct tap *tap, const char *line)
{
	if (tap->count == tap->room) {
		tap->room = tap->room ? 2 * tap->room : 64;
		tap->lines = realloc(tap->lines, tap->room * sizeof(*tap->lines));
	}
	if (!tap->lines || !(tap->lines[tap->count] = strdup(line)))
		err(1, "no memory");
	tap->count++;
}

static enum capture_sum capture_sum(struct msghdr *msg)
{
	struct tpacket_auxdata aux;

	for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		if (cmsg->cmsg_level != SOL_PACKET || cmsg->cmsg_type != PACKET_AUXDATA)
			continue;
		memcpy(&aux, CMSG_DATA(cmsg), sizeof(aux));
		if (aux.tp_status & TP_STATUS_CSUMNOTREADY)
			return CAPTURE_PARTIAL;
	}
	return CAPTURE_SUMMED;
}

/* Takes one frame from the socket; false if none is there. */
static bool tap_receive(struct tap *tap)
{
	static uint8_t bytes[FRAME_MAX];
	char line[LINE_MAX_LEN];
	union {
		char space[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { .iov_base = bytes, .iov_len = sizeof(bytes) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	ssize_t len = recvmsg(tap->fd, &msg, 0);

	if (len < 0 && errno == EAGAIN)
		return false;
	/* EFAULT: a GSO packet of SCTP, which its receiver has taken apart meanwhile. */
	if (len < 0 && errno != ENETDOWN && errno != EFAULT)
		err(1, "%s", tap->name);
	if (len > 0 && frame_describe(bytes, len, capture_sum(&msg), line))
		tap_keep(tap, line);
	return true;
}

static void tap_drain(struct tap *tap)
{
	while (tap_receive(tap))
		;
}

static bool line_has(const char *line, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = line; (at = strstr(at, word)); at += len)
		if ((at == line || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
			return true;
	return false;
}

/* A word behind '!' must not be there. */
static bool line_matches(const char *line, const struct words *words)
{
	for (int i = words->next; i < words->count; i++) {
		const char *word = words->word[i];
		bool is_unwanted = *word == '!';

		if (line_has(line, word + is_unwanted) == is_unwanted)
			return false;
	}
	return true;
}

static const char *tap_find_line(const struct tap *tap, size_t *from, const struct words *words)
{
	for (; *from < tap->count; ++*from)
		if (line_matches(tap->lines[*from], words))
			return tap->lines[*from];
	return NULL;
}

void tap_expect(struct words *words)
{
	struct tap *tap = tap_find(words_take(words, "a tap"));
	const char *scale = getenv("WEIR_TIME_SCALE");
	uint64_t end = clock_ms() + number_take(words_take(words, "a time"), 600000) *
				    (scale ? number_take(scale, 1000) : 1);
	struct pollfd poller = { .fd = tap->fd, .events = POLLIN };
	const char *line;
	uint64_t now;
	size_t from = 0;

	for (;;) {
		tap_drain(tap);
		line = tap_find_line(tap, &from, words);
		now = clock_ms();
		if (line || now >= end)
			break;
		poll(&poller, 1, end - now);
	}
	answer("%s", line ? line : "none");
	words->next = words->count;
}

void tap_count(struct words *words)
{
	struct tap *tap = tap_find(words_take(words, "a tap"));
	size_t count = 0;

	tap_drain(tap);
	for (size_t from = 0; tap_find_line(tap, &from, words); from++)
		count++;
	answer("%zu", count);
	words->next = words->count;
}

/* Sizes of what was captured: the biggest one, or all of them together. */
static void tap_sizes(struct words *words, bool is_total)
{
	struct tap *tap = tap_find(words_take(words, "a tap"));
	unsigned long biggest = 0, total = 0;
	const char *line;

	tap_drain(tap);
	for (size_t from = 0; (line = tap_find_line(tap, &from, words)); from++) {
		unsigned long size = strtoul(strstr(line, " size=") + 6, NULL, 10);

		total += size;
		if (size > biggest)
			biggest = size;
	}
	answer("%lu", is_total ? total : biggest);
	words->next = words->count;
}

void tap_biggest(struct words *words)
{
	tap_sizes(words, false);
}

void tap_total(struct words *words)
{
	tap_sizes(words, true);
}

void tap_list(struct words *words)
{
	struct tap *tap = tap_find(words_take(words, "a tap"));

	tap_drain(tap);
	answer("%zu packets, the last: %s", tap->count,
	       tap->count ? tap->lines[tap->count - 1] : "none");
}

static void tap_forget(struct tap *tap)
{
	tap_drain(tap);
	while (tap->count)
		free(tap->lines[--tap->count]);
}

void tap_clear(struct words *words)
{
	if (words->next < words->count) {
		tap_forget(tap_find(words_take(words, "a tap")));
	} else {
		for (int i = 0; i < taps_count; i++)
			tap_forget(&taps[i]);
	}
	answer("ok");
}

/* --- sending ------------------------------------------------------------------ */

struct way way_take(struct words *words)
{
	const struct tap *from = tap_find(words_take(words, "where from"));
	const struct tap *to = tap_find(words_take(words, "where to"));
	struct way way = { .fd = from->fd };

	memcpy(way.from, from->mac, sizeof(way.from));
	memcpy(way.to, to->mac, sizeof(way.to));
	return way;
}

bool way_send(const struct way *way, struct frame *frame)
{
	memcpy(frame->bytes, way->to, sizeof(way->to));
	memcpy(frame->bytes + 6, way->from, sizeof(way->from));
	for (;;) {
		if (send(way->fd, frame->bytes, frame->len, 0) >= 0)
			return true;
		if (errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
			return false;
		poll(&(struct pollfd){ .fd = way->fd, .events = POLLOUT }, 1, 10);
	}
}

/* --- offloads ----------------------------------------------------------------- */

void tap_offload(struct words *words)
{
	static const struct {
		const char *name;
		uint32_t command;
	} features[] = {
		{ "tx", ETHTOOL_STXCSUM }, { "rx", ETHTOOL_SRXCSUM }, { "sg", ETHTOOL_SSG },
		{ "tso", ETHTOOL_STSO }, { "gso", ETHTOOL_SGSO }, { "gro", ETHTOOL_SGRO },
	};
	const char *netns = words_take(words, "a namespace");
	const char *interface = words_take(words, "an interface");
	const char *name = words_take(words, "a feature");
	struct ethtool_value value = { .data = !strcmp(words_take(words, "on or off"), "on") };
	struct ifreq request;
	int fd;

	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		if (!strcmp(features[i].name, name))
			value.cmd = features[i].command;
	if (!value.cmd)
		errx(2, "no feature called '%s'", name);
	interface_name(&request, interface);
	request.ifr_data = (void *)&value;
	inside_enter(netns);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCETHTOOL, &request))
		err(1, "%s of %s", name, interface);
	close(fd);
	inside_leave();
	answer("ok");
}
