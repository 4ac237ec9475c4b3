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

/*
 * @size bytes at @offset, which is enough for any one header; NULL if the packet
 * ends before. What was taken before may be gone then.
 */
static __always_inline const void *take(struct weir_packet *pkt, unsigned int offset,
					unsigned int size)
{
	return skb_header_pointer(pkt->skb, offset, size, pkt->scratch);
}

static __always_inline bool parse_ipv4(struct weir_packet *pkt, struct weir_header *h,
				       struct weir_tuple *tuple)
{
	const struct iphdr *ip = take(pkt, h->l3, sizeof(*ip));
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
	h->ttl = ip->ttl;
	h->is_plain = length == sizeof(*ip) && !h->is_fragment && h->ttl > 1;
	tuple->src.ip = ip->saddr;
	tuple->dst.ip = ip->daddr;
	return true;
}

/* Bytes of the extension header *@next at @offset; 0 if it ends the walk. */
static unsigned int extension_length(struct weir_packet *pkt, struct weir_header *h,
				     unsigned int offset, u8 *next)
{
	const struct ipv6_opt_hdr *ext = take(pkt, offset, sizeof(*ext));
	const struct frag_hdr *frag;
	u8 type = *next;

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
		frag = take(pkt, offset, sizeof(*frag));
		if (!frag || (frag->frag_off & htons(IP6_OFFSET)))
			return 0;
		h->is_fragment = frag->frag_off & htons(IP6_MF);
		return sizeof(*frag);
	default:
		return 0;
	}
}

static bool parse_ipv6(struct weir_packet *pkt, struct weir_header *h, struct weir_tuple *tuple)
{
	const struct ipv6hdr *ip = take(pkt, h->l3, sizeof(*ip));
	unsigned int offset = h->l3 + sizeof(*ip);
	unsigned int length;
	u8 next;

	if (!ip || ip->version != 6)
		return false;
	tuple->src.in6 = ip->saddr;
	tuple->dst.in6 = ip->daddr;
	next = ip->nexthdr;
	h->length = ntohs(ip->payload_len) + sizeof(*ip);
	h->ttl = ip->hop_limit;
	h->is_plain = !ipv6_ext_hdr(next) && h->ttl > 1;
	h->is_fragment = false;
	for (int i = 0; ipv6_ext_hdr(next); i++) {
		if (i == WEIR_EXTENSION_HEADERS_MAX)
			return false;
		length = extension_length(pkt, h, offset, &next);
		offset += length;
		if (!length || offset > U16_MAX)
			return false;
	}
	h->l4 = offset;
	h->protocol = next;
	return true;
}

/* In line, since what is quoted is rare and what is not is every packet. */
static __always_inline bool parse_network(struct weir_packet *pkt, struct weir_header *h,
					  struct weir_tuple *tuple)
{
	*tuple = (struct weir_tuple){ .family = h->family };
	return h->family == AF_INET ? parse_ipv4(pkt, h, tuple) : parse_ipv6(pkt, h, tuple);
}

/*
 * Ports are the first four bytes of every transport header we know. Eight are
 * asked for: a whole UDP header, and what every ICMP error quotes (RFC 792).
 */
static bool parse_ports(struct weir_packet *pkt, const struct weir_header *h,
			struct weir_tuple *tuple)
{
	const __be16 *ports;

	if (h->protocol != IPPROTO_TCP && h->protocol != IPPROTO_UDP)
		return false;
	ports = take(pkt, h->l4, 4 * sizeof(*ports));
	if (!ports)
		return false;
	tuple->protocol = h->protocol;
	tuple->sport = ports[0];
	tuple->dport = ports[1];
	return true;
}

static bool is_icmp_error(struct weir_packet *pkt, const struct weir_header *h)
{
	const u8 *icmp;

	if (h->protocol != (h->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		return false;
	icmp = take(pkt, h->l4, ICMP_HEADER_LEN);
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
	if (!parse_network(pkt, &pkt->quoted, &quoted) ||
	    !parse_ports(pkt, &pkt->quoted, &quoted))
		return false;
	pkt->is_icmp_error = true;
	pkt->outer.is_plain = false;
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
	const struct tcphdr *tcp;

	if (!parse_ports(pkt, &pkt->outer, &pkt->tuple))
		return false;
	if (pkt->outer.protocol == IPPROTO_UDP)
		return true;
	tcp = take(pkt, pkt->outer.l4, sizeof(*tcp));
	if (!tcp)
		return false;
	pkt->tcp_flags = ((const u8 *)tcp)[13];
	if (weir_packet_moves_state(pkt))
		pkt->outer.is_plain = false;
	return true;
}

static noinline enum weir_verdict parse_icmp(struct weir_packet *pkt)
{
	if (is_icmp_error(pkt, &pkt->outer) && parse_quoted(pkt))
		return WEIR_CONTINUE;
	return WEIR_ACCEPT;
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
	pkt->outer.l3 = 0;
	if (!parse_network(pkt, &pkt->outer, &pkt->tuple))
		return WEIR_ACCEPT;
	if (parse_transport(pkt))
		return WEIR_CONTINUE;
	return parse_icmp(pkt);
}
