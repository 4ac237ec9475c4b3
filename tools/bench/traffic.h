/* SPDX-License-Identifier: GPL-2.0-only */
/* What the two ways to send packets share. */
#ifndef WEIR_BENCH_TRAFFIC_H
#define WEIR_BENCH_TRAFFIC_H

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct range {
	uint32_t low, high;
};

struct addrs {
	int family;
	uint32_t low, high;
	struct in6_addr in6;
};

struct port {
	const char *netns, *dev;
};

/**
 * struct plan - what the command line asks for
 * @from: where packets leave
 * @to: where they are counted
 * @smac: source address of the frames
 * @dmac: destination address of the frames
 * @src: addresses of packets; the low and high of IPv4 in host order
 * @dst: alike
 * @sport: ports
 * @dport: alike
 * @protocol: IPPROTO_UDP or IPPROTO_TCP
 * @flags: of TCP
 * @count: packets of a run
 * @runs: how often
 */
struct plan {
	struct port from, to;
	unsigned char smac[6], dmac[6];
	struct addrs src, dst;
	struct range sport, dport;
	int protocol;
	uint8_t flags;
	unsigned long count, runs;
};

enum {
	/** @FRAME4: bytes of an IPv4 frame: the least that Ethernet carries */
	FRAME4 = 60,
	/** @FRAME6: bytes of an IPv6 frame: the least that pktgen makes */
	FRAME6 = 78,
};

struct sender;

void enter(const char *netns);
void pktgen_open(const struct plan *plan);
unsigned long pktgen_run(const struct plan *plan, uint64_t *ns);
struct sender *sender_open(const struct plan *plan);
unsigned long sender_run(struct sender *sender, const struct plan *plan, uint64_t *ns);

#endif
