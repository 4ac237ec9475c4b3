// SPDX-License-Identifier: GPL-2.0-only
/*
 * Headers of tunnels, written before a packet. Knows no servers and no conns.
 *
 * The outer header has the DSCP and the ECN field of the inner one (RFC 2983
 * uniform model, RFC 6040 normal mode), the TTL that the host gives what it sends
 * itself (RFC 2003 section 3.1), and of IPv6 a flow label made of the inner flow
 * (RFC 6438).
 */
#include "encap.h"

#include <linux/if_ether.h>
#include <linux/net.h>
#include <linux/netfilter.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>
#include <net/udp.h>

/**
 * struct wrapping - what is being put around a packet
 * @pkt: the packet
 * @encap: what is put around it
 * @to: where it goes
 * @source: where it comes from
 * @inner_family: of the packet itself
 * @protocol: IP protocol of what has been put together so far
 * @dsfield: TOS or traffic class of the packet itself
 */
struct wrapping {
	struct weir_packet *pkt;
	struct weir_encap encap;
	const struct weir_endpoint *to;
	union nf_inet_addr source;
	u8 inner_family;
	u8 protocol;
	u8 dsfield;
};

static __be16 ethertype(u8 family)
{
	return family == AF_INET ? htons(ETH_P_IP) : htons(ETH_P_IPV6);
}

static bool is_summed(struct weir_encap encap)
{
	return encap.checksum != WEIR_TUNNEL_CHECKSUM_OFF;
}

/* Whether the server is to sum up what has not been summed up yet. */
static bool leaves_sum(const struct wrapping *wrapping)
{
	return wrapping->encap.checksum == WEIR_TUNNEL_CHECKSUM_REMOTE &&
	       wrapping->pkt->skb->ip_summed == CHECKSUM_PARTIAL;
}

/* How devices, or the kernel for them, have to cut a super-packet. */
static int gso_type(const struct wrapping *wrapping)
{
	int type = wrapping->to->family == AF_INET ? SKB_GSO_IPXIP4 : SKB_GSO_IPXIP6;

	switch ((enum weir_tunnel)wrapping->encap.tunnel) {
	case WEIR_TUNNEL_IPIP:
		break;
	case WEIR_TUNNEL_GUE:
		type |= is_summed(wrapping->encap) ? SKB_GSO_UDP_TUNNEL_CSUM : SKB_GSO_UDP_TUNNEL;
		if (leaves_sum(wrapping))
			type |= SKB_GSO_TUNNEL_REMCSUM;
		break;
	case WEIR_TUNNEL_GRE:
		return is_summed(wrapping->encap) ? SKB_GSO_GRE_CSUM : SKB_GSO_GRE;
	}
	return type;
}

/*
 * What tells flows apart on the way: the skb's own hash, or ours, so that the flow
 * need not be looked for in the packet again.
 */
static void provide_hash(const struct weir_packet *pkt)
{
	static u32 seed __read_mostly;
	struct sk_buff *skb = pkt->skb;

	if (skb->l4_hash || skb->sw_hash)
		return;
	net_get_random_once(&seed, sizeof(seed));
	__skb_set_sw_hash(skb, weir_tuple_hash(&pkt->tuple, seed), true);
}

/* Makes of the packet's headers inner ones. */
static bool begin(struct wrapping *wrapping)
{
	const struct weir_packet *pkt = wrapping->pkt;
	struct sk_buff *skb = pkt->skb;

	if (pkt->outer.family == AF_INET) {
		wrapping->protocol = IPPROTO_IPIP;
		wrapping->dsfield = ipv4_get_dsfield(ip_hdr(skb));
	} else {
		wrapping->protocol = IPPROTO_IPV6;
		wrapping->dsfield = ipv6_get_dsfield(ipv6_hdr(skb));
	}
	/* Between the inner MAC header and the outer transport header is the shim. */
	skb_reset_mac_header(skb);
	skb_set_transport_header(skb, pkt->outer.l4);
	if (iptunnel_handle_offloads(skb, gso_type(wrapping)))
		return false;
	skb_set_inner_ipproto(skb, wrapping->protocol);
	return !skb_cow_head(skb, LL_RESERVED_SPACE(skb_dst(skb)->dev) +
					  weir_encap_overhead(wrapping->encap, wrapping->to));
}

/* Appends to a GUE header where the server finds what it has to sum up. */
static void push_remote_checksum(struct sk_buff *skb)
{
	unsigned int start = skb_checksum_start_offset(skb);
	__be32 *flags = skb_push(skb, GUE_LEN_PRIV + GUE_PLEN_REMCSUM);
	__be16 *field = (__be16 *)(flags + 1);

	*flags = GUE_PFLAG_REMCSUM;
	field[0] = htons(start);
	field[1] = htons(start + skb->csum_offset);
	if (skb_is_gso(skb))
		return;
	skb->ip_summed = CHECKSUM_NONE;
	skb->encapsulation = 0;
}

static void push_gue(struct wrapping *wrapping)
{
	struct weir_packet *pkt = wrapping->pkt;
	struct sk_buff *skb = pkt->skb;
	bool is_remote = leaves_sum(wrapping);
	struct guehdr *gue;
	struct udphdr *udp;

	if (is_remote)
		push_remote_checksum(skb);
	gue = skb_push(skb, sizeof(*gue));
	gue->word = 0;
	gue->proto_ctype = wrapping->protocol;
	if (is_remote) {
		gue->hlen = (GUE_LEN_PRIV + GUE_PLEN_REMCSUM) / sizeof(__be32);
		gue->flags = GUE_FLAG_PRIV;
	}
	udp = skb_push(skb, sizeof(*udp));
	skb_reset_transport_header(skb);
	udp->source = udp_flow_src_port(pkt->net, skb, 0, 0, false);
	udp->dest = wrapping->encap.port;
	udp->len = htons(skb->len);
	if (wrapping->to->family == AF_INET)
		udp_set_csum(!is_summed(wrapping->encap), skb, wrapping->source.ip,
			     wrapping->to->addr.ip, skb->len);
	else
		udp6_set_csum(!is_summed(wrapping->encap), skb, &wrapping->source.in6,
			      &wrapping->to->addr.in6, skb->len);
	wrapping->protocol = IPPROTO_UDP;
}

/* The segments of a super-packet are summed up when they are cut. */
static void sum_gre(struct sk_buff *skb, __sum16 *checksum)
{
	if (skb_is_gso(skb))
		return;
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		*checksum = csum_fold(lco_csum(skb));
		return;
	}
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = sizeof(struct gre_base_hdr);
}

static void push_gre(struct wrapping *wrapping)
{
	struct sk_buff *skb = wrapping->pkt->skb;
	struct gre_base_hdr *gre;
	__be32 *checksum;

	gre = skb_push(skb, weir_encap_shim(wrapping->encap));
	skb_reset_transport_header(skb);
	gre->flags = 0;
	gre->protocol = ethertype(wrapping->inner_family);
	skb_set_inner_protocol(skb, gre->protocol);
	if (is_summed(wrapping->encap)) {
		gre->flags = GRE_CSUM;
		checksum = (__be32 *)(gre + 1);
		*checksum = 0;
		sum_gre(skb, (__sum16 *)checksum);
	}
	wrapping->protocol = IPPROTO_GRE;
}

static void push_ipv4(const struct wrapping *wrapping)
{
	struct weir_packet *pkt = wrapping->pkt;
	struct sk_buff *skb = pkt->skb;
	struct iphdr *ip = skb_push(skb, sizeof(*ip));

	skb_reset_network_header(skb);
	*ip = (struct iphdr){
		.version = 4,
		.ihl = sizeof(*ip) / sizeof(__be32),
		.tos = wrapping->dsfield,
		.tot_len = htons(skb->len),
		.frag_off = pkt->may_fragment ? 0 : htons(IP_DF),
		.ttl = ip4_dst_hoplimit(skb_dst(skb)),
		.protocol = wrapping->protocol,
		.saddr = wrapping->source.ip,
		.daddr = wrapping->to->addr.ip,
	};
	ip_select_ident_segs(pkt->net, skb, NULL, max_t(int, skb_shinfo(skb)->gso_segs, 1));
	ip_send_check(ip);
}

static void push_ipv6(const struct wrapping *wrapping)
{
	struct weir_packet *pkt = wrapping->pkt;
	struct sk_buff *skb = pkt->skb;
	unsigned int length = skb->len;
	struct ipv6hdr *ip = skb_push(skb, sizeof(*ip));

	skb_reset_network_header(skb);
	ip6_flow_hdr(ip, wrapping->dsfield, ip6_make_flowlabel(pkt->net, skb, 0, true, NULL));
	/* A super-packet may be larger than the field can tell. */
	ip->payload_len = htons(length > IPV6_MAXPLEN ? 0 : length);
	ip->nexthdr = wrapping->protocol;
	ip->hop_limit = ip6_dst_hoplimit(skb_dst(skb));
	ip->saddr = wrapping->source.in6;
	ip->daddr = wrapping->to->addr.in6;
}

/* From here on the skb is the outer packet. */
static void finish(const struct wrapping *wrapping)
{
	struct weir_packet *pkt = wrapping->pkt;
	struct sk_buff *skb = pkt->skb;

	skb_reset_mac_header(skb);
	skb->protocol = ethertype(wrapping->to->family);
	skb->ignore_df = pkt->may_fragment;
	/* Conntrack knows the inner packet only; fragments were the inner packet's. */
	nf_reset_ct(skb);
	weir_route_clear_control_block(skb);
	pkt->outer.family = wrapping->to->family;
	pkt->outer.protocol = wrapping->protocol;
	pkt->outer.l4 = weir_addr_network_len(wrapping->to->family);
}

/**
 * weir_encap_wrap - puts a packet into another one
 * @pkt: the packet, with a way to @to, wrapped in mind; @pkt->outer is about the
 *	new headers then, and @pkt->tuple still about the old ones
 * @encap: what to put around it
 * @to: where it goes, an address of either family
 * @source: where it comes from
 *
 * Return: false without memory; the packet is to be dropped then.
 */
bool weir_encap_wrap(struct weir_packet *pkt, struct weir_encap encap,
		     const struct weir_endpoint *to, const struct weir_source *source)
{
	struct wrapping wrapping = {
		.pkt = pkt,
		.encap = encap,
		.to = to,
		.source = weir_route_source(source),
		.inner_family = pkt->outer.family,
	};

	if (!begin(&wrapping))
		return false;
	if (encap.tunnel == WEIR_TUNNEL_GUE || to->family == AF_INET6)
		provide_hash(pkt);
	if (encap.tunnel == WEIR_TUNNEL_GUE)
		push_gue(&wrapping);
	else if (encap.tunnel == WEIR_TUNNEL_GRE)
		push_gre(&wrapping);
	if (to->family == AF_INET)
		push_ipv4(&wrapping);
	else
		push_ipv6(&wrapping);
	finish(&wrapping);
	return true;
}
