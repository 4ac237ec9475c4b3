// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parses an skb into a struct weir_packet: TCP, UDP, SCTP, IPsec, and ICMP errors
 * about them or about what tunnels send, IPv4 and IPv6. Everything else is none of
 * ours.
 */
#include "packet.h"

#include <linux/export.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/sctp.h>
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
	h->is_plain = length == sizeof(*ip) && !h->is_fragment;
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
	h->is_plain = !ipv6_ext_hdr(next);
	h->is_fragment = false;
	/* As in IPv4, what stands behind AH is the business of its two ends. */
	for (int i = 0; ipv6_ext_hdr(next) && next != NEXTHDR_AUTH; i++) {
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
static __always_inline bool parse_ports(struct weir_packet *pkt, const struct weir_header *h,
			struct weir_tuple *tuple)
{
	const __be16 *ports = take(pkt, h->l4, 4 * sizeof(*ports));

	if (!ports)
		return false;
	tuple->protocol = h->protocol;
	tuple->sport = ports[0];
	tuple->dport = ports[1];
	return true;
}

/*
 * IPsec has no ports. Its security associations were made by IKE, whose flow
 * between the same two addresses it follows (RFC 7296, section 2).
 */
static bool parse_ipsec(struct weir_packet *pkt, const struct weir_header *h,
			struct weir_tuple *tuple)
{
	enum { IKE_PORT = 500 };

	if (!parse_ports(pkt, h, tuple))
		return false;
	tuple->protocol = IPPROTO_UDP;
	tuple->sport = htons(IKE_PORT);
	tuple->dport = htons(IKE_PORT);
	return true;
}

/* What tells flows apart, from a packet's own or a quoted transport header. */
static noinline bool parse_flow(struct weir_packet *pkt, const struct weir_header *h,
		       struct weir_tuple *tuple)
{
	switch (h->protocol) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
		return parse_ports(pkt, h, tuple);
	case IPPROTO_AH:
	case IPPROTO_ESP:
		return parse_ipsec(pkt, h, tuple);
	}
	return false;
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

/* What tunnels send besides UDP: has no ports, and is no flow of ours. */
static bool is_tunnel(const struct weir_header *h, struct weir_tuple *tuple)
{
	tuple->protocol = h->protocol;
	return h->protocol == IPPROTO_IPIP || h->protocol == IPPROTO_IPV6 ||
	       h->protocol == IPPROTO_GRE;
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
	if (!parse_network(pkt, &pkt->quoted, &quoted))
		return false;
	if (!parse_flow(pkt, &pkt->quoted, &quoted) && !is_tunnel(&pkt->quoted, &quoted))
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
static bool parse_tcp(struct weir_packet *pkt)
{
	enum { SYN = 0x02, FIN = 0x01, RST = 0x04 };
	const struct tcphdr *tcp = take(pkt, pkt->outer.l4, sizeof(*tcp));

	if (!tcp)
		return false;
	pkt->signals = ((const u8 *)tcp)[13];
	if (pkt->signals & (SYN | FIN | RST))
		pkt->outer.is_plain = false;
	return true;
}

/* The signal that a chunk of SCTP is; 0 for those that move no state. */
static u8 signal_of(u8 type)
{
	static const u8 signals[] = {
		[1] = WEIR_SCTP_INIT,
		[2] = WEIR_SCTP_INIT_ACK,
		[6] = WEIR_SCTP_ABORT,
		[7] = WEIR_SCTP_SHUTDOWN,
		[8] = WEIR_SCTP_SHUTDOWN_ACK,
		[10] = WEIR_SCTP_COOKIE_ECHO,
		[11] = WEIR_SCTP_COOKIE_ACK,
		[14] = WEIR_SCTP_SHUTDOWN_COMPLETE,
	};

	return type < ARRAY_SIZE(signals) ? signals[type] : 0;
}

/*
 * Collects the signals of an SCTP packet's chunks and returns how many chunks
 * there are, as far as they are looked at: up to one that lies about its length.
 * Nothing is missed behind many others, since data comes last (RFC 9260, section
 * 6.10).
 */
static unsigned int walk_chunks(struct weir_packet *pkt)
{
	/* What is longer than the packet says is padding of its frame. */
	unsigned int end = min_t(unsigned int, pkt->skb->len, pkt->outer.length);
	unsigned int offset = pkt->outer.l4 + sizeof(struct sctphdr);
	const struct sctp_chunkhdr *chunk;
	unsigned int count, length;

	for (count = 0; count < WEIR_SCTP_CHUNKS_MAX; count++) {
		chunk = take(pkt, offset, sizeof(*chunk));
		if (!chunk)
			break;
		length = ntohs(chunk->length);
		if (length < sizeof(*chunk) || offset + length > end)
			break;
		pkt->signals |= signal_of(chunk->type);
		offset += ALIGN(length, 4);
	}
	return count;
}

/*
 * The common header must be whole. An INIT is one only by itself and without a
 * verification tag (RFC 9260, sections 6.10 and 8.5.1).
 */
static noinline bool parse_sctp(struct weir_packet *pkt)
{
	const struct sctphdr *sctp = take(pkt, pkt->outer.l4, sizeof(*sctp));
	bool has_tag;

	if (!sctp)
		return false;
	has_tag = sctp->vtag;
	if (walk_chunks(pkt) > 1 || has_tag)
		pkt->signals &= ~WEIR_SCTP_INIT;
	if (pkt->signals)
		pkt->outer.is_plain = false;
	return true;
}

/* Out of line, since most packets are of TCP or UDP. */
static noinline bool parse_other(struct weir_packet *pkt)
{
	if (!parse_flow(pkt, &pkt->outer, &pkt->tuple))
		return false;
	if (pkt->outer.protocol == IPPROTO_SCTP)
		return parse_sctp(pkt);
	pkt->outer.is_plain = false;
	return true;
}

static bool parse_transport(struct weir_packet *pkt)
{
	switch (pkt->outer.protocol) {
	case IPPROTO_UDP:
		return parse_ports(pkt, &pkt->outer, &pkt->tuple);
	case IPPROTO_TCP:
		return parse_ports(pkt, &pkt->outer, &pkt->tuple) && parse_tcp(pkt);
	}
	return parse_other(pkt);
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
 * Return: WEIR_CONTINUE for TCP, UDP, SCTP, AH, ESP and ICMP errors about them or
 * about a tunnel's packets; WEIR_ACCEPT for what cannot be ours: other protocols,
 * later fragments, packets cut short.
 */
enum weir_verdict weir_packet_parse(struct weir_packet *pkt, struct sk_buff *skb, u8 family)
{
	pkt->skb = skb;
	pkt->is_icmp_error = false;
	pkt->signals = 0;
	pkt->outer.family = family;
	pkt->outer.l3 = 0;
	if (!parse_network(pkt, &pkt->outer, &pkt->tuple))
		return WEIR_ACCEPT;
	if (parse_transport(pkt))
		return WEIR_CONTINUE;
	return parse_icmp(pkt);
}
EXPORT_SYMBOL_GPL(weir_packet_parse);

/**
 * weir_packet_take - bytes of a packet, wherever they lie
 * @pkt: the packet
 * @offset: from skb->data
 * @size: enough for any one header, no more than @pkt's scratch holds
 *
 * Return: the bytes, until the next call; NULL if the packet ends before.
 */
const void *weir_packet_take(struct weir_packet *pkt, unsigned int offset, unsigned int size)
{
	return take(pkt, offset, size);
}

/**
 * weir_packet_parse_inner - finds out what a packet is that another one carries
 * @pkt: the packet, parsed
 * @inner: where it begins and of which family; filled in
 * @tuple: its source and destination, filled in
 *
 * Return: whether it is of a flow and as much of it is there as tells which.
 */
bool weir_packet_parse_inner(struct weir_packet *pkt, struct weir_header *inner,
			     struct weir_tuple *tuple)
{
	return parse_network(pkt, inner, tuple) && parse_flow(pkt, inner, tuple);
}
