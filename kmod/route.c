// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks up and caches the way to a server, checks that a packet fits it, sends
 * the packet, and tells senders what went wrong. Knows no services and no conns.
 */
#include "route.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/arp.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <net/netfilter/ipv4/nf_reject.h>
#include <net/netfilter/ipv6/nf_reject.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "drop.h"
#include "rewrite.h"

/**
 * weir_route_init - no way yet
 * @route: the cache
 */
void weir_route_init(struct weir_route *route)
{
	route->dst = NULL;
	route->cookie = 0;
	route->iif = 0;
}

/**
 * weir_route_release - forgets a way
 * @route: the cache; any context
 */
void weir_route_release(struct weir_route *route)
{
	dst_release(xchg(&route->dst, NULL));
}

static struct dst_entry *lookup_ipv4(struct net *net, __be32 to, u8 flags)
{
	struct flowi4 flow = { .daddr = to, .flowi4_flags = flags };
	struct rtable *rt = ip_route_output_key(net, &flow);

	return IS_ERR(rt) ? NULL : &rt->dst;
}

static struct dst_entry *lookup_ipv6(struct net *net, const struct in6_addr *to, u8 flags,
				     u32 *cookie)
{
	struct flowi6 flow = { .daddr = *to, .flowi6_flags = flags };
	struct dst_entry *dst = ip6_route_output(net, NULL, &flow);

	if (dst->error) {
		dst_release(dst);
		return NULL;
	}
	*cookie = rt6_get_cookie((const struct rt6_info *)dst);
	return dst;
}

/* dst_check(), in line for IPv4: every packet pays for it. */
static bool is_current(const struct weir_packet *pkt, struct dst_entry *dst, u32 cookie, u8 family)
{
	if (family == AF_INET)
		return dst->obsolete == DST_OBSOLETE_FORCE_CHK &&
		       ((struct rtable *)dst)->rt_genid == rt_genid_ipv4(pkt->net);
	return dst_check(dst, cookie);
}

/* dst_mtu(), in line for an IPv4 way that has neither learned an MTU nor been given one. */
static u32 mtu_of(const struct dst_entry *dst, u8 family)
{
	if (family == AF_INET && !((const struct rtable *)dst)->rt_pmtu &&
	    !dst_metric_raw(dst, RTAX_MTU) && !dst->lwtstate)
		return READ_ONCE(dst->dev->mtu);
	return dst_mtu(dst);
}

/*
 * The way to @to, held by @route for as long as RCU is; or NULL if there is
 * none. Routes are looked up by destination alone.
 *
 * FLOWI_FLAG_KNOWN_NH: a packet that is addressed to the service on its way to
 * the server has the server's neighbour, not that of its own destination. Such
 * a route is made for us; without the flag it is shared with everybody.
 */
static noinline struct dst_entry *find_new_dst(const struct weir_packet *pkt,
					       struct weir_route *route,
					       const struct weir_endpoint *to)
{
	struct dst_entry *dst;
	u32 cookie = 0;
	u8 flags = 0;

	weir_route_release(route);
	if (memcmp(&pkt->tuple.dst, &to->addr, sizeof(to->addr)))
		flags = FLOWI_FLAG_KNOWN_NH;
	if (to->family == AF_INET)
		dst = lookup_ipv4(pkt->net, to->addr.ip, flags);
	else
		dst = lookup_ipv6(pkt->net, &to->addr.in6, flags, &cookie);
	if (!dst)
		return NULL;
	WRITE_ONCE(route->cookie, cookie);
	WRITE_ONCE(route->iif, 0);
	/* Another packet's way is as good; ours then lives for a grace period. */
	if (cmpxchg(&route->dst, NULL, dst))
		dst_release(dst);
	return dst;
}

static struct dst_entry *find_dst(const struct weir_packet *pkt, struct weir_route *route,
				  const struct weir_endpoint *to)
{
	struct dst_entry *dst = READ_ONCE(route->dst);

	if (likely(dst && is_current(pkt, dst, READ_ONCE(route->cookie), to->family)))
		return dst;
	return find_new_dst(pkt, route, to);
}

/*
 * The largest fragment that a packet was put together from, 0 if it arrived
 * whole: before IP input nothing is put together, and skb->cb is not IP's yet.
 */
static u16 largest_fragment(const struct weir_packet *pkt)
{
	if (pkt->at == WEIR_AT_INGRESS)
		return 0;
	if (pkt->outer.family == AF_INET)
		return IPCB(pkt->skb)->frag_max_size;
	return IP6CB(pkt->skb)->frag_max_size;
}

/* Whether a packet larger than @mtu is not to be cut into segments that fit. */
static bool exceeds(const struct sk_buff *skb, u32 mtu)
{
	return !(skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu));
}

/* Whether nobody may fragment a packet larger than @mtu on the way. */
static bool is_too_big(const struct weir_packet *pkt, u32 mtu)
{
	const struct sk_buff *skb = pkt->skb;
	u16 largest;

	if (pkt->outer.family == AF_INET && !(ip_hdr(skb)->frag_off & htons(IP_DF)))
		return false;
	/* Put together from fragments, it may leave in fragments as large. */
	largest = largest_fragment(pkt);
	if (largest)
		return largest > mtu;
	return !skb->ignore_df && exceeds(skb, mtu);
}

/* What forwarding changes in every skb, whatever the method. */
static bool prepare_to_forward(struct weir_packet *pkt, const struct dst_entry *dst)
{
	struct sk_buff *skb = pkt->skb;

	if (skb_cow(skb, LL_RESERVED_SPACE(dst->dev) + dst->header_len))
		return false;
	if (pkt->at != WEIR_AT_LOCAL_OUT) {
		weir_rewrite_ttl(pkt);
		/* The sender's socket on a veth, or what early demux has found. */
		skb_orphan(skb);
	}
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	return true;
}

/* What is wrong with sending the packet this way, told to its sender. */
static enum weir_verdict object(const struct weir_packet *pkt, enum weir_drop_reason reason,
				enum weir_refusal refusal, u32 mtu)
{
	/* The slow path meets it again, and tells then. */
	if (pkt->at == WEIR_AT_INGRESS && !pkt->is_alone)
		return WEIR_ACCEPT;
	weir_route_refuse(pkt, refusal, mtu);
	return weir_drop(pkt, reason);
}

static enum weir_verdict examine(const struct weir_packet *pkt, const struct dst_entry *dst,
				 u32 mtu)
{
	if (unlikely(dst->dev->flags & IFF_LOOPBACK))
		return object(pkt, WEIR_DROP_REASON_LOCAL_SERVER, WEIR_REFUSE_HOST, 0);
	if (pkt->at != WEIR_AT_LOCAL_OUT && unlikely(pkt->outer.ttl <= 1))
		return object(pkt, WEIR_DROP_REASON_TTL, WEIR_REFUSE_TTL, 0);
	if (unlikely(pkt->skb->len > mtu && is_too_big(pkt, mtu)))
		return object(pkt, WEIR_DROP_REASON_TOO_BIG, WEIR_REFUSE_TOO_BIG, mtu);
	return WEIR_CONTINUE;
}

static noinline struct neighbour *create_ipv4_neighbour(struct net_device *dev, __be32 hop)
{
	return __neigh_create(&arp_tbl, &hop, dev, false);
}

static struct neighbour *find_ipv4_neighbour(struct net_device *dev, __be32 hop)
{
	struct neighbour *neighbour = __ipv4_neigh_lookup_noref(dev, (__force u32)hop);

	return likely(neighbour) ? neighbour : create_ipv4_neighbour(dev, hop);
}

/* The next hop; made known to the neighbour table if it is not yet. */
static struct neighbour *find_neighbour(const struct weir_packet *pkt, struct dst_entry *dst)
{
	const struct in6_addr *hop;
	const struct rtable *rt = (struct rtable *)dst;
	struct neighbour *neighbour;

	if (pkt->outer.family == AF_INET) {
		/* An IPv4 packet by an IPv6 hop (RFC 8950) needs IP output's care. */
		if (rt->rt_gw_family == AF_INET6)
			return NULL;
		return find_ipv4_neighbour(dst->dev, rt->rt_gw_family ? rt->rt_gw4 :
									pkt->tuple.dst.ip);
	}
	hop = rt6_nexthop((struct rt6_info *)dst, &pkt->tuple.dst.in6);
	neighbour = __ipv6_neigh_lookup_noref(dst->dev, hop);
	return neighbour ?: __neigh_create(&nd_tbl, hop, dst->dev, false);
}

/* Whether a packet for this hop would only push out another that waits. */
static bool is_queue_full(const struct neighbour *neighbour, const struct sk_buff *skb)
{
	unsigned int queued = READ_ONCE(neighbour->arp_queue_len_bytes);

	return queued && queued + skb->truesize >
		       NEIGH_VAR(neighbour->parms, QUEUE_LEN_BYTES);
}

/* Whether an IPsec policy of the namespace may be about what it sends. */
static bool has_ipsec_policy(const struct net *net)
{
#ifdef CONFIG_XFRM
	return net->xfrm.policy_count[XFRM_POLICY_OUT] ||
	       net->xfrm.policy_default[XFRM_POLICY_OUT] != XFRM_USERPOLICY_ACCEPT;
#else
	return false;
#endif
}

/* Whether there is more to do than to hand the packet to a neighbour. */
static bool needs_ip_output(const struct weir_packet *pkt, const struct dst_entry *dst, u32 mtu)
{
	return dst->lwtstate || has_ipsec_policy(pkt->net) ||
	       unlikely(pkt->skb->len > mtu && exceeds(pkt->skb, mtu));
}

/*
 * A packet met at ingress goes to the neighbour by itself. Where that is not
 * enough it is left to the host, or to IP output if the host knows nothing of it.
 */
static enum weir_verdict attach_neighbour(struct weir_packet *pkt, struct dst_entry *dst, u32 mtu)
{
	struct neighbour *neighbour = NULL;

	if (!needs_ip_output(pkt, dst, mtu))
		neighbour = find_neighbour(pkt, dst);
	if (unlikely(IS_ERR_OR_NULL(neighbour)))
		return pkt->is_alone ? WEIR_CONTINUE : WEIR_ACCEPT;
	if (unlikely(!(READ_ONCE(neighbour->nud_state) & NUD_VALID))) {
		if (is_queue_full(neighbour, pkt->skb))
			return weir_drop(pkt, WEIR_DROP_REASON_NEIGHBOUR);
		if (!pkt->is_alone)
			return WEIR_ACCEPT;
	}
	pkt->neighbour = neighbour;
	return WEIR_CONTINUE;
}

/* Whether the packet may go the way of @dst, and all that it takes but the dst. */
static enum weir_verdict prepare(struct weir_packet *pkt, struct dst_entry *dst, u8 family)
{
	enum weir_verdict verdict;
	u32 mtu;

	if (!dst)
		return object(pkt, WEIR_DROP_REASON_NO_ROUTE, WEIR_REFUSE_HOST, 0);
	mtu = mtu_of(dst, family);
	verdict = examine(pkt, dst, mtu);
	if (verdict == WEIR_CONTINUE && pkt->at == WEIR_AT_INGRESS)
		verdict = attach_neighbour(pkt, dst, mtu);
	if (verdict == WEIR_CONTINUE && !prepare_to_forward(pkt, dst))
		verdict = weir_drop(pkt, WEIR_DROP_REASON_NO_MEMORY);
	return verdict;
}

/**
 * weir_route_attach - gives a packet its way
 * @pkt: the packet; RCU read side, bottom halves off
 * @route: the cache for @to
 * @to: the address of the packet's next end, which it need not carry itself
 *
 * On success the skb has the new dst, a writable head with room for the link
 * header, and a TTL less by one unless the host itself is the sender. Otherwise
 * the sender has been told and the drop counted; or, of a packet met at ingress,
 * the host has to deal with it and nothing has changed.
 *
 * Return: WEIR_CONTINUE, WEIR_ACCEPT or WEIR_DROP.
 */
enum weir_verdict weir_route_attach(struct weir_packet *pkt, struct weir_route *route,
				    const struct weir_endpoint *to)
{
	struct dst_entry *dst = find_dst(pkt, route, to);
	enum weir_verdict verdict;

	pkt->neighbour = NULL;
	verdict = prepare(pkt, dst, to->family);
	if (verdict != WEIR_CONTINUE)
		return verdict;
	skb_dst_drop(pkt->skb);
	skb_dst_set_noref(pkt->skb, dst);
	return WEIR_CONTINUE;
}

/* Leaves what IP input would have left there. */
static void clear_control_block(struct sk_buff *skb)
{
	memset(skb->cb, 0, sizeof(skb->cb));
}

/**
 * weir_route_output - sends a packet by IP output
 * @pkt: the packet; after weir_route_attach(), and rewritten
 *
 * It passes POST_ROUTING and no other hook, and IPsec's policies.
 *
 * Return: WEIR_STOLEN; or WEIR_DROP where a policy forbids it.
 */
enum weir_verdict weir_route_output(struct weir_packet *pkt)
{
	if (pkt->at == WEIR_AT_INGRESS) {
		skb_set_transport_header(pkt->skb, pkt->outer.l4);
		clear_control_block(pkt->skb);
	}
	if (has_ipsec_policy(pkt->net) && !xfrm_route_forward(pkt->skb, pkt->outer.family))
		return weir_drop(pkt, WEIR_DROP_REASON_NO_ROUTE);
	dst_output(pkt->net, NULL, pkt->skb);
	return WEIR_STOLEN;
}

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
	if (!is_input(dst, pkt->outer.family) || dst_xfrm(dst) || dst->flags & (DST_METADATA | DST_FAKE_RTABLE))
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
	WRITE_ONCE(route->cookie, pkt->outer.family == AF_INET6 ?
					  rt6_get_cookie((const struct rt6_info *)dst) : 0);
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
	if (is_current(pkt, dst, READ_ONCE(route->cookie), pkt->outer.family))
		skb_dst_set_noref(pkt->skb, dst);
	else
		weir_route_release(route);
}

/*
 * ICMP asks the dst of the packet for the interface and the address to answer
 * from; a packet met at ingress has none yet.
 */
static bool provide_dst(const struct weir_packet *pkt)
{
	const struct iphdr *ip = ip_hdr(pkt->skb);

	if (skb_dst(pkt->skb) || pkt->outer.family != AF_INET)
		return true;
	return !ip_route_input_noref(pkt->skb, ip->daddr, ip->saddr, ip->tos, pkt->skb->dev);
}

static void refuse_ipv4(struct sk_buff *skb, enum weir_refusal refusal, u32 mtu)
{
	switch (refusal) {
	case WEIR_REFUSE_TTL:
		icmp_send(skb, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
		break;
	case WEIR_REFUSE_TOO_BIG:
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(mtu));
		break;
	case WEIR_REFUSE_PORT:
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
		break;
	case WEIR_REFUSE_HOST:
		icmp_send(skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
		break;
	}
}

static void refuse_ipv6(struct sk_buff *skb, enum weir_refusal refusal, u32 mtu)
{
	switch (refusal) {
	case WEIR_REFUSE_TTL:
		icmpv6_send(skb, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, 0);
		break;
	case WEIR_REFUSE_TOO_BIG:
		icmpv6_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
		break;
	case WEIR_REFUSE_PORT:
		icmpv6_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH, 0);
		break;
	case WEIR_REFUSE_HOST:
		icmpv6_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE, 0);
		break;
	}
}

/**
 * weir_route_refuse - tells a sender by ICMP why its packet goes no further
 * @pkt: the packet, as it arrived
 * @refusal: why
 * @mtu: of the path, for WEIR_REFUSE_TOO_BIG
 *
 * The kernel limits the rate, and sends no error about an error.
 */
void weir_route_refuse(const struct weir_packet *pkt, enum weir_refusal refusal, u32 mtu)
{
	/* A packet the host is sending has no device yet; ICMP wants one. */
	if (!pkt->skb->dev)
		pkt->skb->dev = skb_dst(pkt->skb)->dev;
	if (pkt->at == WEIR_AT_INGRESS) {
		clear_control_block(pkt->skb);
		if (!provide_dst(pkt))
			return;
	}
	if (pkt->outer.family == AF_INET)
		refuse_ipv4(pkt->skb, refusal, mtu);
	else
		refuse_ipv6(pkt->skb, refusal, max_t(u32, mtu, IPV6_MIN_MTU));
}

static unsigned int netfilter_hook(const struct weir_packet *pkt)
{
	switch (pkt->at) {
	case WEIR_AT_LOCAL_OUT:
		return NF_INET_LOCAL_OUT;
	case WEIR_AT_FORWARD:
		return NF_INET_FORWARD;
	case WEIR_AT_INGRESS:
		return NF_INET_INGRESS;
	case WEIR_AT_LOCAL_IN:
	case WEIR_AT_EARLY:
		break;
	}
	return NF_INET_LOCAL_IN;
}

/**
 * weir_route_reset - answers a TCP packet by RST
 * @pkt: the packet, as it arrived
 */
void weir_route_reset(const struct weir_packet *pkt)
{
	if (pkt->outer.family == AF_INET)
		nf_send_reset(pkt->net, NULL, pkt->skb, netfilter_hook(pkt));
	else
		nf_send_reset6(pkt->net, NULL, pkt->skb, netfilter_hook(pkt));
}

/**
 * weir_route_icmp_is_intact - verifies the checksum of an ICMP error
 * @pkt: the error
 *
 * Whoever sums a message up anew must have verified it, or damage goes on as
 * if it were sound.
 *
 * Return: whether it is right.
 */
bool weir_route_icmp_is_intact(const struct weir_packet *pkt)
{
	return !nf_checksum(pkt->skb, NF_INET_LOCAL_IN, pkt->outer.l4, pkt->outer.protocol,
			    pkt->outer.family);
}
