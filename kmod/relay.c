// SPDX-License-Identifier: GPL-2.0-only
/*
 * Translates ICMP errors about outer packets into what the host learns of the path
 * and what the senders of inner packets are told. Knows no servers and no conns.
 */
#include "relay.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

/* Of every transport header this much is quoted at least. */
enum { PORTS_LEN = 8 };

static bool read_ipv4(const struct icmphdr *icmp, struct weir_relay *relay)
{
	relay->refusal = WEIR_REFUSE_HOST;
	if (icmp->type == ICMP_TIME_EXCEEDED)
		return icmp->code == ICMP_EXC_TTL;
	if (icmp->type != ICMP_DEST_UNREACH)
		return false;
	if (icmp->code != ICMP_FRAG_NEEDED)
		return true;
	relay->refusal = WEIR_REFUSE_TOO_BIG;
	relay->mtu = ntohs(icmp->un.frag.mtu);
	/* A router from before RFC 1191 does not tell. */
	return relay->mtu;
}

static bool read_ipv6(const struct icmp6hdr *icmp, struct weir_relay *relay)
{
	relay->refusal = WEIR_REFUSE_HOST;
	switch (icmp->icmp6_type) {
	case ICMPV6_DEST_UNREACH:
		return true;
	case ICMPV6_TIME_EXCEED:
		return icmp->icmp6_code == ICMPV6_EXC_HOPLIMIT;
	case ICMPV6_PKT_TOOBIG:
		relay->refusal = WEIR_REFUSE_TOO_BIG;
		relay->mtu = ntohl(icmp->icmp6_mtu);
		return true;
	}
	return false;
}

/**
 * weir_relay_read - what an ICMP error about an outer packet says
 * @pkt: the error
 * @relay: takes it
 *
 * That the outer packet reached nobody, for whatever reason, says of the inner
 * packet's destination that it is not reached.
 *
 * Return: whether the sender of the inner packet has to hear of it.
 */
bool weir_relay_read(struct weir_packet *pkt, struct weir_relay *relay)
{
	const void *icmp = weir_packet_take(pkt, pkt->outer.l4, sizeof(struct icmphdr));

	if (!icmp)
		return false;
	relay->mtu = 0;
	return pkt->outer.family == AF_INET ? read_ipv4(icmp, relay) : read_ipv6(icmp, relay);
}

/* Only that part of the skb from @header on, @length bytes of it in one piece. */
static struct sk_buff *clone_from(const struct weir_packet *pkt, const struct weir_header *header,
				  unsigned int length)
{
	struct sk_buff *skb = skb_clone(pkt->skb, GFP_ATOMIC);

	if (!skb)
		return NULL;
	if (!pskb_pull(skb, header->l3) || !pskb_may_pull(skb, length)) {
		kfree_skb(skb);
		return NULL;
	}
	skb->ip_summed = CHECKSUM_NONE;
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, header->l4 - header->l3);
	weir_route_clear_control_block(skb);
	return skb;
}

/**
 * weir_relay_learn - lets the host know of a path's MTU
 * @pkt: an ICMP error about a packet that the host has sent, its checksum right
 * @mtu: what it says
 *
 * Ways that are cached become invalid by that.
 */
void weir_relay_learn(const struct weir_packet *pkt, u32 mtu)
{
	struct sk_buff *skb = clone_from(pkt, &pkt->quoted, pkt->quoted.l4 - pkt->quoted.l3);

	if (!skb)
		return;
	if (pkt->quoted.family == AF_INET)
		ipv4_update_pmtu(skb, pkt->net, mtu, 0, pkt->quoted.protocol);
	else
		ip6_update_pmtu(skb, pkt->net, htonl(mtu), 0, 0, sock_net_uid(pkt->net, NULL));
	kfree_skb(skb);
}

/*
 * ICMP answers by the way of the packet: as the host would that sent the outer one,
 * from an address of its own.
 */
static bool provide_way(struct net *net, struct sk_buff *skb)
{
	struct flowi4 flow = { .daddr = ip_hdr(skb)->saddr };
	struct rtable *rt = ip_route_output_key(net, &flow);

	if (IS_ERR(rt))
		return false;
	skb_dst_set(skb, &rt->dst);
	return true;
}

/* Whether the sender could send a packet that is not too big; what it sent is @skb. */
static bool can_do_better(const struct sk_buff *skb, const struct weir_header *inner)
{
	if (inner->family == AF_INET)
		return ip_hdr(skb)->frag_off & htons(IP_DF);
	return inner->length > IPV6_MIN_MTU;
}

/**
 * weir_relay_tell - tells the sender of an inner packet
 * @pkt: an ICMP error that quotes the packet inside an outer one
 * @inner: where the packet begins, and what it is
 * @relay: what to tell; its mtu is what the outer headers leave
 */
void weir_relay_tell(const struct weir_packet *pkt, const struct weir_header *inner,
		     const struct weir_relay *relay)
{
	struct weir_packet about = {
		.net = pkt->net,
		.drops = pkt->drops,
		.at = WEIR_AT_LOCAL_IN,
		.outer.family = inner->family,
	};

	about.skb = clone_from(pkt, inner, inner->l4 - inner->l3 + PORTS_LEN);
	if (!about.skb)
		return;
	if (relay->refusal == WEIR_REFUSE_TOO_BIG && !can_do_better(about.skb, inner))
		goto free;
	skb_dst_drop(about.skb);
	about.skb->protocol = htons(inner->family == AF_INET ? ETH_P_IP : ETH_P_IPV6);
	if (inner->family == AF_INET && !provide_way(pkt->net, about.skb))
		goto free;
	weir_route_refuse(&about, relay->refusal, relay->mtu);
free:
	kfree_skb(about.skb);
}
