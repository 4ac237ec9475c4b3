// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the director answers by itself: errors by ICMP, RST, ABORT.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/netfilter/ipv4/nf_reject.h>
#include <net/netfilter/ipv6/nf_reject.h>
#include <net/route.h>

#include "abort.h"
#include "route.h"

/* Whether a policy route has brought the packet here, to an address not the host's. */
static bool is_lent(const struct weir_packet *pkt)
{
	const struct rtable *rt = skb_rtable(pkt->skb);

	return rt->rt_flags & RTCF_LOCAL &&
	       inet_addr_type(pkt->net, ip_hdr(pkt->skb)->daddr) != RTN_LOCAL;
}

/*
 * ICMP asks the dst of an IPv4 packet for the interface and the address to answer
 * from. A packet met at ingress has none yet; and where it has come to an address
 * that is not the host's, no route leads from there: then the way back is asked.
 */
static bool provide_dst(const struct weir_packet *pkt)
{
	const struct iphdr *ip = ip_hdr(pkt->skb);
	struct rtable *rt;

	if (!skb_dst(pkt->skb) &&
	    ip_route_input_noref(pkt->skb, ip->daddr, ip->saddr, ip->tos, pkt->skb->dev))
		return false;
	if (likely(!is_lent(pkt)))
		return true;
	rt = ip_route_output(pkt->net, ip->saddr, 0, 0, 0);
	if (IS_ERR(rt))
		return false;
	skb_dst_drop(pkt->skb);
	skb_dst_set(pkt->skb, &rt->dst);
	return true;
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
	if (pkt->at == WEIR_AT_INGRESS)
		weir_route_clear_control_block(pkt->skb);
	if (pkt->outer.family != AF_INET)
		refuse_ipv6(pkt->skb, refusal, max_t(u32, mtu, IPV6_MIN_MTU));
	else if (provide_dst(pkt))
		refuse_ipv4(pkt->skb, refusal, mtu);
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
	case WEIR_AT_EARLY:
		return NF_INET_PRE_ROUTING;
	case WEIR_AT_LOCAL_IN:
		break;
	}
	return NF_INET_LOCAL_IN;
}

/* The way to who has sent the packet, with a reference, or NULL. */
static struct dst_entry *find_way_back(const struct weir_packet *pkt)
{
	struct flowi6 flow = { .daddr = pkt->tuple.src.in6 };
	struct dst_entry *dst;
	struct rtable *rt;

	if (pkt->outer.family == AF_INET) {
		rt = ip_route_output(pkt->net, pkt->tuple.src.ip, 0, 0, 0);
		return IS_ERR(rt) ? NULL : &rt->dst;
	}
	dst = ip6_route_output(pkt->net, NULL, &flow);
	if (!dst->error)
		return dst;
	dst_release(dst);
	return NULL;
}

/**
 * weir_route_answer - answers a packet from the address it was sent to
 * @pkt: the packet, as it arrived; RCU read side, bottom halves off
 * @data: a transport header of the same protocol, and what follows it
 * @length: bytes of @data
 *
 * By way of LOCAL_OUT, as the host would.
 */
void weir_route_answer(const struct weir_packet *pkt, const void *data, unsigned int length)
{
	bool is_ipv4 = pkt->outer.family == AF_INET;
	struct dst_entry *dst = find_way_back(pkt);
	struct sk_buff *skb;

	skb = dst ? alloc_skb(LL_MAX_HEADER + sizeof(struct ipv6hdr) + length, GFP_ATOMIC) : NULL;
	if (!skb) {
		dst_release(dst);
		return;
	}
	skb_reserve(skb, LL_MAX_HEADER);
	skb_dst_set(skb, dst);
	if (is_ipv4)
		nf_reject_iphdr_put(skb, pkt->skb, pkt->outer.protocol, ip4_dst_hoplimit(dst));
	else
		nf_reject_ip6hdr_put(skb, pkt->skb, pkt->outer.protocol, ip6_dst_hoplimit(dst));
	skb_set_transport_header(skb, skb->len);
	skb_put_data(skb, data, length);
	nf_ct_attach(skb, pkt->skb);
	if (is_ipv4) {
		ip_local_out(pkt->net, NULL, skb);
	} else {
		ipv6_hdr(skb)->payload_len = htons(length);
		ip6_local_out(pkt->net, NULL, skb);
	}
}

/**
 * weir_route_reset - answers a TCP packet by RST, an SCTP packet by ABORT
 * @pkt: the packet, as it arrived
 */
void weir_route_reset(const struct weir_packet *pkt)
{
	if (pkt->tuple.protocol == IPPROTO_SCTP)
		weir_abort(pkt);
	else if (pkt->outer.family == AF_INET)
		nf_send_reset(pkt->net, NULL, pkt->skb, netfilter_hook(pkt));
	else
		nf_send_reset6(pkt->net, NULL, pkt->skb, netfilter_hook(pkt));
}

/**
 * weir_route_is_intact - verifies the checksum of an ICMP error, or of TCP
 * @pkt: the packet
 *
 * Whoever sums a message up anew must have verified it, or damage goes on as
 * if it were sound.
 *
 * Return: whether it is right.
 */
bool weir_route_is_intact(const struct weir_packet *pkt)
{
	return !nf_checksum(pkt->skb, NF_INET_LOCAL_IN, pkt->outer.l4, pkt->outer.protocol,
			    pkt->outer.family);
}
