// SPDX-License-Identifier: GPL-2.0-only
/*
 * How the host takes in the packets of flows that stay on the slow path: looked for
 * once a flow, not once a packet.
 */
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/route.h>

#include "route.h"

/* IPv6 has no ways that are for output only. */
static bool is_input(const struct dst_entry *dst, u8 family)
{
	return family != AF_INET || rt_is_input_route((const struct rtable *)dst);
}

/*
 * Whether IP input would route all packets of the packet's flow as this one: not
 * where rules may look at more than the flow, nor if the way is IPsec's or one that
 * a bridge lends out.
 */
static bool is_way_of_flow(const struct weir_packet *pkt, const struct dst_entry *dst)
{
	if (!is_input(dst, pkt->outer.family) || dst_xfrm(dst) ||
	    dst->flags & (DST_METADATA | DST_FAKE_RTABLE))
		return false;
	if (pkt->outer.family == AF_INET)
		return !fib4_has_custom_rules(pkt->net);
	return !fib6_has_custom_rules(pkt->net) && !fib6_routes_require_src(pkt->net);
}

/**
 * weir_route_keep_new_input - remembers how the host took a packet in
 * @pkt: a packet that IP input has routed; RCU read side
 * @route: the cache, of ways in of the packet's flow
 */
void weir_route_keep_new_input(const struct weir_packet *pkt, struct weir_route *route)
{
	struct dst_entry *dst = skb_dst(pkt->skb);

	if (!dst || !is_way_of_flow(pkt, dst))
		return;
	weir_route_release(route);
	if (!dst_hold_safe(dst))
		return;
	WRITE_ONCE(route->cookie, pkt->outer.family == AF_INET6
					  ? rt6_get_cookie((const struct rt6_info *)dst)
					  : 0);
	WRITE_ONCE(route->iif, pkt->skb->skb_iif);
	if (cmpxchg(&route->dst, NULL, dst))
		dst_release(dst);
}

/**
 * weir_route_recall_input - spares the host to look for the way in again
 * @pkt: a packet before IP input has routed it; RCU read side
 * @route: the cache, of ways in of the packet's flow
 *
 * As IP input does by itself for flows of connected sockets (early demux): an
 * earlier packet of the flow that came by the same device has been routed, and
 * its source validated, with the routes that still hold. What @route has by
 * weir_route_attach() is a way out, whose device is none.
 */
void weir_route_recall_input(const struct weir_packet *pkt, struct weir_route *route)
{
	struct dst_entry *dst = READ_ONCE(route->dst);

	if (!dst || READ_ONCE(route->iif) != pkt->skb->skb_iif || skb_dst(pkt->skb) ||
	    pkt->skb->pkt_type != PACKET_HOST || !is_input(dst, pkt->outer.family))
		return;
	if (weir_route_is_current(pkt, dst, READ_ONCE(route->cookie), pkt->outer.family))
		skb_dst_set_noref(pkt->skb, dst);
	else
		weir_route_release(route);
}
