/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Changes an address and a port in a packet, or what a TCP segment carries, and
 * keeps every checksum right.
 */
#ifndef WEIR_REWRITE_H
#define WEIR_REWRITE_H

#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/ip.h>

#include "line.h"
#include "packet.h"

/**
 * enum weir_side - which end of a header is meant
 * @WEIR_SIDE_SOURCE: source address and port
 * @WEIR_SIDE_DESTINATION: destination address and port
 */
enum weir_side {
	WEIR_SIDE_SOURCE,
	WEIR_SIDE_DESTINATION,
};

/* The other end. */
static inline enum weir_side weir_side_opposite(enum weir_side side)
{
	return side == WEIR_SIDE_SOURCE ? WEIR_SIDE_DESTINATION : WEIR_SIDE_SOURCE;
}

bool weir_rewrite(struct sk_buff *skb, const struct weir_header *header, enum weir_side side,
		  const struct weir_endpoint *to);
bool weir_rewrite_icmp_error(struct weir_packet *pkt, enum weir_side side,
			     const struct weir_endpoint *to);
void weir_rewrite_ack(struct weir_packet *pkt, u32 ack);
bool weir_rewrite_payload(struct weir_packet *pkt, const struct weir_segment *to);
bool weir_rewrite_reset(struct weir_packet *pkt);

/*
 * Takes one from the TTL or hop limit of a packet whose network header is
 * writable and more than 1 is left.
 */
static inline void weir_rewrite_ttl(struct weir_packet *pkt)
{
	void *l3 = pkt->skb->data;

	if (pkt->outer.family == AF_INET)
		ip_decrease_ttl(l3);
	else
		((struct ipv6hdr *)l3)->hop_limit--;
}

#endif
