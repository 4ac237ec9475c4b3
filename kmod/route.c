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
#include <net/dst_cache.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/netfilter/ipv4/nf_reject.h>
#include <net/netfilter/ipv6/nf_reject.h>
#include <net/route.h>

#include "drop.h"
#include "rewrite.h"

/*
 * FLOWI_FLAG_KNOWN_NH: with the method direct the packet still carries the
 * service's address, so the neighbour must be the server's and not whatever the
 * packet is addressed to.
 */
static struct dst_entry *lookup_ipv4(struct net *net, struct dst_cache *cache, __be32 to)
{
	struct flowi4 flow = { .daddr = to, .flowi4_flags = FLOWI_FLAG_KNOWN_NH };
	struct rtable *rt = ip_route_output_key(net, &flow);

	if (IS_ERR(rt))
		return NULL;
	dst_cache_set_ip4(cache, &rt->dst, flow.saddr);
	return &rt->dst;
}

static struct dst_entry *lookup_ipv6(struct net *net, struct dst_cache *cache,
				     const struct in6_addr *to)
{
	struct flowi6 flow = { .daddr = *to, .flowi6_flags = FLOWI_FLAG_KNOWN_NH };
	struct dst_entry *dst = ip6_route_output(net, NULL, &flow);

	if (dst->error) {
		dst_release(dst);
		return NULL;
	}
	dst_cache_set_ip6(cache, dst, &flow.saddr);
	return dst;
}

/* A reference to the way to @to, or NULL if there is none. */
static struct dst_entry *find_dst(struct net *net, struct dst_cache *cache,
				  const struct weir_endpoint *to)
{
	struct dst_entry *dst = dst_cache_get(cache);

	if (dst)
		return dst;
	if (to->family == AF_INET)
		return lookup_ipv4(net, cache, to->addr.ip);
	return lookup_ipv6(net, cache, &to->addr.in6);
}

/* Whether the packet does not fit, and nobody may fragment it on the way. */
static bool is_too_big(const struct weir_packet *pkt, u32 mtu)
{
	const struct sk_buff *skb = pkt->skb;
	u16 largest_fragment;

	if (skb->len <= mtu)
		return false;
	if (pkt->outer.family == AF_INET) {
		if (!(ip_hdr(skb)->frag_off & htons(IP_DF)))
			return false;
		largest_fragment = IPCB(skb)->frag_max_size;
	} else {
		largest_fragment = IP6CB(skb)->frag_max_size;
	}
	/* Put together from fragments, it may leave in fragments as large. */
	if (largest_fragment)
		return largest_fragment > mtu;
	return !skb->ignore_df && !(skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu));
}

static u8 ttl_of(const struct weir_packet *pkt)
{
	if (pkt->outer.family == AF_INET)
		return ip_hdr(pkt->skb)->ttl;
	return ipv6_hdr(pkt->skb)->hop_limit;
}

/* What forwarding changes in every skb, whatever the method. */
static bool prepare_to_forward(struct weir_packet *pkt, const struct dst_entry *dst)
{
	struct sk_buff *skb = pkt->skb;

	if (skb_cow(skb, LL_RESERVED_SPACE(dst->dev) + dst->header_len))
		return false;
	if (pkt->hook != WEIR_HOOK_OUT) {
		weir_rewrite_ttl(pkt);
		/* Early demux may have found it a socket of this host. */
		skb_orphan(skb);
	}
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	return true;
}

/**
 * weir_route_attach - gives a packet the way to a server
 * @pkt: the packet; bottom halves are off
 * @cache: the server's cache
 * @to: the server's address
 *
 * On success the skb has the new dst, a writable head with room for the link
 * header, and a TTL less by one unless the host itself is the sender. Otherwise
 * the sender has been told, the drop counted.
 *
 * Return: WEIR_CONTINUE or WEIR_DROP.
 */
enum weir_verdict weir_route_attach(struct weir_packet *pkt, struct dst_cache *cache,
				    const struct weir_endpoint *to)
{
	struct dst_entry *dst = find_dst(pkt->net, cache, to);
	enum weir_drop_reason reason;
	u32 mtu;

	if (!dst) {
		weir_route_refuse(pkt, WEIR_REFUSE_HOST, 0);
		return weir_drop(pkt, WEIR_DROP_REASON_NO_ROUTE);
	}
	mtu = dst_mtu(dst);
	if (dst->dev->flags & IFF_LOOPBACK) {
		reason = WEIR_DROP_REASON_LOCAL_SERVER;
		weir_route_refuse(pkt, WEIR_REFUSE_HOST, 0);
	} else if (pkt->hook != WEIR_HOOK_OUT && ttl_of(pkt) <= 1) {
		reason = WEIR_DROP_REASON_TTL;
		weir_route_refuse(pkt, WEIR_REFUSE_TTL, 0);
	} else if (is_too_big(pkt, mtu)) {
		reason = WEIR_DROP_REASON_TOO_BIG;
		weir_route_refuse(pkt, WEIR_REFUSE_TOO_BIG, mtu);
	} else if (!prepare_to_forward(pkt, dst)) {
		reason = WEIR_DROP_REASON_NO_MEMORY;
	} else {
		skb_dst_drop(pkt->skb);
		skb_dst_set(pkt->skb, dst);
		return WEIR_CONTINUE;
	}
	dst_release(dst);
	return weir_drop(pkt, reason);
}

/**
 * weir_route_transmit - sends a packet along the dst it was given
 * @pkt: the packet, after weir_route_attach()
 *
 * It passes POST_ROUTING and no other hook.
 *
 * Return: WEIR_STOLEN.
 */
enum weir_verdict weir_route_transmit(struct weir_packet *pkt)
{
	dst_output(pkt->net, NULL, pkt->skb);
	return WEIR_STOLEN;
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
	if (pkt->outer.family == AF_INET)
		refuse_ipv4(pkt->skb, refusal, mtu);
	else
		refuse_ipv6(pkt->skb, refusal, max_t(u32, mtu, IPV6_MIN_MTU));
}

static unsigned int netfilter_hook(const struct weir_packet *pkt)
{
	switch (pkt->hook) {
	case WEIR_HOOK_OUT:
		return NF_INET_LOCAL_OUT;
	case WEIR_HOOK_FORWARD:
		return NF_INET_FORWARD;
	case WEIR_HOOK_IN:
	case WEIR_HOOK_EARLY:
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
