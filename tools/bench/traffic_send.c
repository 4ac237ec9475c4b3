// SPDX-License-Identifier: GPL-2.0-only
/* Sends prepared frames from a packet socket. */
#include "traffic.h"

enum {
	/** BATCH - frames that one system call hands over: the most it takes */
	BATCH = 1024,
};

struct frame {
	unsigned char bytes[FRAME6];
};

/**
 * struct sender - a packet socket and its frames
 * @fd: the socket
 * @count: frames
 * @messages: one for each frame
 * @parts: the same
 * @frames: the same
 */
struct sender {
	int fd;
	unsigned long count;
	struct mmsghdr *messages;
	struct iovec *parts;
	struct frame *frames;
};

static uint32_t sum(uint32_t start, const void *data, size_t length)
{
	const unsigned char *bytes = data;
	size_t i;

	for (i = 0; i + 1 < length; i += 2)
		start += bytes[i] << 8 | bytes[i + 1];
	return start;
}

static uint16_t fold(uint32_t value)
{
	while (value >> 16)
		value = (value & 0xffff) + (value >> 16);
	return htons(~value);
}

/* A member of a range that starts anew at its end. */
static uint32_t nth(uint32_t low, uint32_t high, unsigned long i)
{
	return low + i % (high - low + 1);
}

/* Writes the transport header and a payload of zeroes; sums cover both. */
static void build_transport(unsigned char *at, size_t length, const struct plan *plan,
			    unsigned long i, uint32_t pseudo)
{
	uint16_t sport = htons(nth(plan->sport.low, plan->sport.high, i));
	uint16_t dport = htons(nth(plan->dport.low, plan->dport.high, i));

	pseudo += plan->protocol + length;
	if (plan->protocol == IPPROTO_UDP) {
		struct udphdr udp = { .source = sport, .dest = dport, .len = htons(length) };

		memcpy(at, &udp, sizeof(udp));
		udp.check = fold(sum(pseudo, at, length));
		memcpy(at, &udp, sizeof(udp));
	} else {
		/* A SYN's number comes before the data's. */
		struct tcphdr tcp = {
			.source = sport,
			.dest = dport,
			.seq = htonl(plan->flags & TH_SYN ? 1000 : 1001),
			.ack_seq = htonl(plan->flags & TH_ACK ? 1001 : 0),
			.doff = 5,
			.syn = !!(plan->flags & TH_SYN),
			.ack = !!(plan->flags & TH_ACK),
			.window = htons(8192),
		};

		memcpy(at, &tcp, sizeof(tcp));
		tcp.check = fold(sum(pseudo, at, length));
		memcpy(at, &tcp, sizeof(tcp));
	}
}

static size_t build(struct frame *frame, const struct plan *plan, unsigned long i)
{
	unsigned char *at = frame->bytes;

	memset(frame, 0, sizeof(*frame));
	memcpy(at, plan->dmac, 6);
	memcpy(at + 6, plan->smac, 6);
	if (plan->src.family == AF_INET) {
		size_t length = FRAME4 - 14 - sizeof(struct iphdr);
		struct iphdr ip = {
			.version = 4,
			.ihl = 5,
			.tot_len = htons(FRAME4 - 14),
			.ttl = 32,
			.protocol = plan->protocol,
			.saddr = htonl(nth(plan->src.low, plan->src.high, i)),
			.daddr = htonl(nth(plan->dst.low, plan->dst.high, i)),
		};

		memcpy(at + 12, "\x08\x00", 2);
		ip.check = fold(sum(0, &ip, sizeof(ip)));
		memcpy(at + 14, &ip, sizeof(ip));
		/* A SYN carries no data; what is left pads the frame. */
		build_transport(at + 14 + sizeof(ip), length, plan, i, sum(0, &ip.saddr, 8));
		return FRAME4;
	} else {
		size_t length = FRAME6 - 14 - sizeof(struct ip6_hdr);
		struct ip6_hdr ip = {
			.ip6_flow = htonl(6U << 28),
			.ip6_plen = htons(length),
			.ip6_nxt = plan->protocol,
			.ip6_hlim = 32,
			.ip6_src = plan->src.in6,
			.ip6_dst = plan->dst.in6,
		};

		memcpy(at + 12, "\x86\xdd", 2);
		memcpy(at + 14, &ip, sizeof(ip));
		build_transport(at + 14 + sizeof(ip), length, plan, i, sum(0, &ip.ip6_src, 32));
		return FRAME6;
	}
}

/* One frame for each flow, until the ranges come around together. */
static unsigned long flows(const struct plan *plan)
{
	unsigned long sports = plan->sport.high - plan->sport.low + 1;
	unsigned long dports = plan->dport.high - plan->dport.low + 1;
	unsigned long n = sports > dports ? sports : dports;

	if (plan->src.low != plan->src.high || plan->dst.low != plan->dst.high)
		n = plan->count;
	return n < plan->count ? n : plan->count;
}

/**
 * sender_open - opens the socket in the namespace that sends, and builds frames
 * @plan: what to send
 *
 * Return: the sender; the program ends if there is none.
 */
struct sender *sender_open(const struct plan *plan)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_ifindex = if_nametoindex(plan->from.dev),
	};
	struct sender *sender = calloc(1, sizeof(*sender));
	unsigned long i;
	int one = 1;

	if (!sender)
		err(1, "sender");
	/* Protocol 0: the socket itself receives nothing. */
	sender->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (sender->fd < 0 || bind(sender->fd, (struct sockaddr *)&to, sizeof(to)) ||
	    setsockopt(sender->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one)))
		err(1, "packet socket on %s", plan->from.dev);
	sender->count = flows(plan);
	sender->messages = calloc(sender->count, sizeof(*sender->messages));
	sender->parts = calloc(sender->count, sizeof(*sender->parts));
	sender->frames = calloc(sender->count, sizeof(*sender->frames));
	if (!sender->messages || !sender->parts || !sender->frames)
		err(1, "frames");
	for (i = 0; i < sender->count; i++) {
		sender->parts[i].iov_base = sender->frames[i].bytes;
		sender->parts[i].iov_len = build(&sender->frames[i], plan, i);
		sender->messages[i].msg_hdr.msg_iov = &sender->parts[i];
		sender->messages[i].msg_hdr.msg_iovlen = 1;
	}
	/* No page faults while the clock runs. */
	mlockall(MCL_CURRENT);
	return sender;
}

/**
 * sender_run - sends the frames, from the first again after the last
 * @sender: from sender_open()
 * @plan: says how many
 * @ns: how long it took
 *
 * Return: packets sent.
 */
unsigned long sender_run(struct sender *sender, const struct plan *plan, uint64_t *ns)
{
	struct timespec start, end;
	unsigned long sent = 0;

	clock_gettime(CLOCK_MONOTONIC, &start);
	while (sent < plan->count) {
		unsigned long first = sent % sender->count;
		unsigned long n = sender->count - first;
		int done;

		if (n > plan->count - sent)
			n = plan->count - sent;
		done = sendmmsg(sender->fd, &sender->messages[first], n < BATCH ? n : BATCH, 0);
		if (done < 0)
			err(1, "sendmmsg");
		sent += done;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	*ns = (end.tv_sec - start.tv_sec) * 1000000000ULL + end.tv_nsec - start.tv_nsec;
	return sent;
}
