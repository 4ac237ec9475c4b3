/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ways to servers and clients, and everything the director itself sends:
 * forwarded packets, and answers to their senders.
 */
#ifndef WEIR_ROUTE_H
#define WEIR_ROUTE_H

#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/seqlock.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/neighbour.h>
#include <net/route.h>

#include "packet.h"

struct dst_entry;

/**
 * struct weir_route - a cached way
 * @dst: the way, or NULL; set by cmpxchg, taken out by xchg, read under RCU: a
 *	packet takes no reference, since a dst is freed after a grace period
 * @cookie: validates @dst; written before it
 * @iif: of a way in, the index of the device that packets come by; written before
 *	@dst. WEIR_ROUTE_TO_SERVER from the beginning on in the way to a server
 *
 * Not struct dst_cache, whose readers take a reference each, and which cannot be
 * emptied under them when a device goes.
 */
struct weir_route {
	struct dst_entry *dst;
	u32 cookie;
	int iif;
};

enum {
	/** @WEIR_ROUTE_TO_SERVER: taken by packets of many destinations, no device's index */
	WEIR_ROUTE_TO_SERVER = -1,
};

/**
 * struct weir_source - the address that the host sends from by a cached way
 * @lock: guards @addr; written with each new way, bottom halves off
 * @addr: network order, zero-padded
 */
struct weir_source {
	seqlock_t lock;
	union nf_inet_addr addr;
};

/**
 * struct weir_wrap - what will be put around a packet on its way
 * @overhead: bytes of headers, the network header included
 * @source: takes the source address of a way that has to be looked up
 */
struct weir_wrap {
	u32 overhead;
	struct weir_source *source;
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
				    const struct weir_endpoint *to, bool is_addressed);
enum weir_verdict weir_route_attach_wrapped(struct weir_packet *pkt, struct weir_route *route,
					    const struct weir_endpoint *to,
					    const struct weir_wrap *wrap);
bool weir_route_is_reassembled(const struct weir_packet *pkt);
void weir_route_stay(struct weir_packet *pkt);
void weir_route_clear_control_block(struct sk_buff *skb);
enum weir_verdict weir_route_output(struct weir_packet *pkt);
void weir_route_keep_new_input(const struct weir_packet *pkt, struct weir_route *route);
void weir_route_recall_input(const struct weir_packet *pkt, struct weir_route *route);
void weir_route_refuse(const struct weir_packet *pkt, enum weir_refusal refusal, u32 mtu);
void weir_route_reset(const struct weir_packet *pkt);
void weir_route_answer(const struct weir_packet *pkt, const void *data, unsigned int length);
bool weir_route_is_intact(const struct weir_packet *pkt);

/* dst_check() of a way that was cached, in line for IPv4: every packet pays for it. */
static __always_inline bool weir_route_is_current(const struct weir_packet *pkt,
						  struct dst_entry *dst, u32 cookie, u8 family)
{
	if (family == AF_INET)
		return dst->obsolete == DST_OBSOLETE_FORCE_CHK &&
		       ((struct rtable *)dst)->rt_genid == rt_genid_ipv4(pkt->net);
	return dst_check(dst, cookie);
}

/* Whether the routes here are not the packet's, since it is in a VRF. */
static inline bool weir_route_is_elsewhere(const struct weir_packet *pkt)
{
	return pkt->skb->dev && netif_is_l3_master(pkt->skb->dev);
}

/* Gives a packet that is met before the host would forward it the priority of that. */
static inline void weir_route_prioritize(const struct weir_packet *pkt)
{
	if (pkt->outer.family == AF_INET)
		pkt->skb->priority = rt_tos2priority(ip_hdr(pkt->skb)->tos);
}

/* Where the host sends from by the way @source is of; maybe by the one before it. */
static inline union nf_inet_addr weir_route_source(const struct weir_source *source)
{
	union nf_inet_addr addr;
	unsigned int seq;

	do {
		seq = read_seqbegin(&source->lock);
		addr = source->addr;
	} while (read_seqretry(&source->lock, seq));
	return addr;
}

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
 * is, or as weir_route_output() does. Of one that was wrapped, pkt->outer is the
 * wrapping's. Returns WEIR_STOLEN, or as that.
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
