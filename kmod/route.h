/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ways to servers and clients, and everything the director itself sends:
 * forwarded packets, and answers to their senders.
 */
#ifndef WEIR_ROUTE_H
#define WEIR_ROUTE_H

#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/neighbour.h>

#include "packet.h"

struct dst_entry;

/**
 * struct weir_route - a cached way
 * @dst: the way, or NULL; set by cmpxchg, taken out by xchg, read under RCU: a
 *	packet takes no reference, since a dst is freed after a grace period
 * @cookie: validates @dst; written before it
 * @iif: of a way in, the index of the device that packets come by; written before
 *	@dst
 *
 * Not struct dst_cache, whose readers take a reference each, and which cannot be
 * emptied under them when a device goes.
 */
struct weir_route {
	struct dst_entry *dst;
	u32 cookie;
	int iif;
};

/**
 * enum weir_refusal - what a sender is told when its packet goes no further
 * @WEIR_REFUSE_TTL: the TTL or hop limit ran out
 * @WEIR_REFUSE_TOO_BIG: the path's MTU is smaller
 * @WEIR_REFUSE_PORT: nobody serves this port now
 * @WEIR_REFUSE_HOST: there is no route
 */
enum weir_refusal {
	WEIR_REFUSE_TTL,
	WEIR_REFUSE_TOO_BIG,
	WEIR_REFUSE_PORT,
	WEIR_REFUSE_HOST,
};

void weir_route_init(struct weir_route *route);
void weir_route_release(struct weir_route *route);
enum weir_verdict weir_route_attach(struct weir_packet *pkt, struct weir_route *route,
				    const struct weir_endpoint *to);
enum weir_verdict weir_route_output(struct weir_packet *pkt);
void weir_route_keep_new_input(const struct weir_packet *pkt, struct weir_route *route);
void weir_route_recall_input(const struct weir_packet *pkt, struct weir_route *route);
void weir_route_refuse(const struct weir_packet *pkt, enum weir_refusal refusal, u32 mtu);
void weir_route_reset(const struct weir_packet *pkt);
bool weir_route_icmp_is_intact(const struct weir_packet *pkt);

/*
 * Remembers in @route how the host took a packet in that IP input has routed. RCU
 * read side.
 */
static inline void weir_route_keep_input(const struct weir_packet *pkt, struct weir_route *route)
{
	if (READ_ONCE(route->dst) != skb_dst(pkt->skb) ||
	    READ_ONCE(route->iif) != pkt->skb->skb_iif)
		weir_route_keep_new_input(pkt, route);
}

/*
 * Sends a packet the way weir_route_attach() has given it: to the next hop as it
 * is, or through IP output. Returns WEIR_STOLEN.
 */
static inline enum weir_verdict weir_route_transmit(struct weir_packet *pkt)
{
	struct sk_buff *skb = pkt->skb;

	if (!pkt->neighbour)
		return weir_route_output(pkt);
	skb_set_transport_header(skb, pkt->outer.l4);
	skb->dev = pkt->neighbour->dev;
	neigh_output(pkt->neighbour, skb, false);
	return WEIR_STOLEN;
}

#endif
