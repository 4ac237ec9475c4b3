// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parses an skb into a struct weir_packet: TCP, UDP, and ICMP errors about
 * them, IPv4 and IPv6. Everything else is none of ours.
 */
#include "packet.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ipv6.h>

/* The fixed part of an ICMP header of either family: what is quoted follows. */
enum { ICMP_HEADER_LEN = 8 };

static_assert(sizeof(struct icmphdr) == ICMP_HEADER_LEN);
static_assert(sizeof(struct icmp6hdr) == ICMP_HEADER_LEN);

static bool parse_ipv4(const struct sk_buff *skb, struct weir_header *h, struct weir_tuple *tuple)
{
	struct iphdr buffer;
	const struct iphdr *ip = skb_header_pointer(skb, h->l3, sizeof(buffer), &buffer);
	unsigned int length;
	u8 first;

	if (!ip)
		return false;
	/* Read once: the header may lie in memory that its sender still shares. */
	first = READ_ONCE(*(const u8 *)ip);
	length = first % 16 * 4;
	if (first / 16 != 4 || length < sizeof(*ip) || (ip->frag_off & htons(IP_OFFSET)))
		return false;
	h->l4 = h->l3 + length;
	h->protocol = ip->protocol;
	h->length = ntohs(ip->tot_len);
	h->is_fragment = ip->frag_off & htons(IP_MF);
	h->is_plain = length == sizeof(*ip) && !h->is_fragment && ip->ttl > 1;
	tuple->src.ip = ip->saddr;
	tuple->dst.ip = ip->daddr;
	return true;
}

/* Bytes of the extension header *@next at @offset; 0 if it ends the walk. */
static unsigned int extension_length(const struct sk_buff *skb, struct weir_header *h,
				     unsigned int offset, u8 *next)
{
	struct ipv6_opt_hdr buffer;
	const struct ipv6_opt_hdr *ext;
	struct frag_hdr frag_buffer;
	const struct frag_hdr *frag;
	u8 type = *next;

	ext = skb_header_pointer(skb, offset, sizeof(buffer), &buffer);
	if (!ext)
		return 0;
	*next = ext->nexthdr;
	switch (type) {
	case NEXTHDR_HOP:
	case NEXTHDR_ROUTING:
	case NEXTHDR_DEST:
		return ipv6_optlen(ext);
	case NEXTHDR_AUTH:
		return ipv6_authlen(ext);
	case NEXTHDR_FRAGMENT:
		frag = skb_header_pointer(skb, offset, sizeof(frag_buffer), &frag_buffer);
		if (!frag || (frag->frag_off & htons(IP6_OFFSET)))
			return 0;
		h->is_fragment = frag->frag_off & htons(IP6_MF);
		return sizeof(*frag);
	default:
		return 0;
	}
}

static bool parse_ipv6(const struct sk_buff *skb, struct weir_header *h, struct weir_tuple *tuple)
{
	struct ipv6hdr buffer;
	const struct ipv6hdr *ip = skb_header_pointer(skb, h->l3, sizeof(buffer), &buffer);
	unsigned int offset = h->l3 + sizeof(*ip);
	unsigned int length;
	u8 next;

	if (!ip || ip->version != 6)
		return false;
	tuple->src.in6 = ip->saddr;
	tuple->dst.in6 = ip->daddr;
	next = ip->nexthdr;
	h->is_fragment = false;
	for (int i = 0; ipv6_ext_hdr(next); i++) {
		if (i == WEIR_EXTENSION_HEADERS_MAX)
			return false;
		length = extension_length(skb, h, offset, &next);
		offset += length;
		if (!length || offset > U16_MAX)
			return false;
	}
	h->l4 = offset;
	h->protocol = next;
	h->length = ntohs(ip->payload_len) + sizeof(*ip);
	h->is_plain = offset == h->l3 + sizeof(*ip) && ip->hop_limit > 1;
	return true;
}

static bool parse_network(const struct sk_buff *skb, struct weir_header *h,
			  struct weir_tuple *tuple)
{
	*tuple = (struct weir_tuple){ .family = h->family };
	return h->family == AF_INET ? parse_ipv4(skb, h, tuple) : parse_ipv6(skb, h, tuple);
}

/*
 * Ports are the first four bytes of every transport header we know. Eight are
 * asked for: a whole UDP header, and what every ICMP error quotes (RFC 792).
 */
static bool parse_ports(const struct sk_buff *skb, const struct weir_header *h,
			struct weir_tuple *tuple)
{
	__be16 buffer[4];
	const __be16 *ports;

	if (h->protocol != IPPROTO_TCP && h->protocol != IPPROTO_UDP)
		return false;
	ports = skb_header_pointer(skb, h->l4, sizeof(buffer), buffer);
	if (!ports)
		return false;
	tuple->protocol = h->protocol;
	tuple->sport = ports[0];
	tuple->dport = ports[1];
	return true;
}

static bool is_icmp_error(const struct sk_buff *skb, const struct weir_header *h)
{
	u8 buffer[ICMP_HEADER_LEN];
	const u8 *icmp;

	if (h->protocol != (h->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		return false;
	icmp = skb_header_pointer(skb, h->l4, sizeof(buffer), buffer);
	if (!icmp)
		return false;
	if (h->family == AF_INET6)
		return !(icmp[0] & ICMPV6_INFOMSG_MASK);
	return icmp[0] == ICMP_DEST_UNREACH || icmp[0] == ICMP_SOURCE_QUENCH ||
	       icmp[0] == ICMP_TIME_EXCEEDED || icmp[0] == ICMP_PARAMETERPROB;
}

/*
 * The quoted packet went the other way: swapped around, its tuple is that of
 * the direction in which the error itself travels.
 */
static bool parse_quoted(struct weir_packet *pkt)
{
	struct weir_tuple quoted;

	pkt->quoted.family = pkt->outer.family;
	pkt->quoted.l3 = pkt->outer.l4 + ICMP_HEADER_LEN;
	if (!parse_network(pkt->skb, &pkt->quoted, &quoted) ||
	    !parse_ports(pkt->skb, &pkt->quoted, &quoted))
		return false;
	pkt->is_icmp_error = true;
	pkt->tuple = (struct weir_tuple){
		.src = quoted.dst,
		.dst = quoted.src,
		.sport = quoted.dport,
		.dport = quoted.sport,
		.family = quoted.family,
		.protocol = quoted.protocol,
	};
	return true;
}

/* A TCP header must be whole: its flags decide. */
static bool parse_transport(struct weir_packet *pkt)
{
	struct tcphdr buffer;
	const struct tcphdr *tcp;

	if (!parse_ports(pkt->skb, &pkt->outer, &pkt->tuple))
		return false;
	if (pkt->outer.protocol == IPPROTO_UDP)
		return true;
	tcp = skb_header_pointer(pkt->skb, pkt->outer.l4, sizeof(buffer), &buffer);
	if (!tcp)
		return false;
	pkt->tcp_flags = ((const u8 *)tcp)[13];
	return true;
}

/**
 * weir_packet_parse - finds out what a packet is
 * @pkt: filled in, but for @net, @drops and @at, which stay as they are
 * @skb: the packet, its data at the network header
 * @family: AF_INET or AF_INET6
 *
 * Return: WEIR_CONTINUE for TCP, UDP and ICMP errors about them; WEIR_ACCEPT
 * for what cannot be ours: other protocols, later fragments, packets cut short.
 */
enum weir_verdict weir_packet_parse(struct weir_packet *pkt, struct sk_buff *skb, u8 family)
{
	pkt->skb = skb;
	pkt->is_icmp_error = false;
	pkt->tcp_flags = 0;
	pkt->outer.family = family;
	pkt->outer.l3 = skb_network_offset(skb);
	if (!parse_network(skb, &pkt->outer, &pkt->tuple))
		return WEIR_ACCEPT;
	if (parse_transport(pkt))
		return WEIR_CONTINUE;
	if (is_icmp_error(skb, &pkt->outer) && parse_quoted(pkt))
		return WEIR_CONTINUE;
	return WEIR_ACCEPT;
}
