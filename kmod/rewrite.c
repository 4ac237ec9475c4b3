// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rewrites one end of a header at an offset. The packet's own headers and the
 * headers quoted inside an ICMP error go through the same routine.
 */
#include "rewrite.h"

#include <linux/crc32.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/sctp.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>

/* Where the transport's Internet checksum is, or NULL if it has none to keep. */
static __sum16 *checksum_of(struct sk_buff *skb, const struct weir_header *h, bool is_quoted)
{
	void *l4 = skb->data + h->l4;
	struct udphdr *udp = l4;

	if (h->protocol == IPPROTO_UDP)
		/* RFC 768: a zero checksum says that there is none. */
		return udp->check || (!is_quoted && skb->ip_summed == CHECKSUM_PARTIAL) ?
			       &udp->check : NULL;
	if (h->protocol != IPPROTO_TCP || skb_headlen(skb) < h->l4 + sizeof(struct tcphdr))
		return NULL;
	return &((struct tcphdr *)l4)->check;
}

/*
 * A quoted checksum is ordinary data of the ICMP message, which is summed up
 * anew afterwards: neither a pending offload nor the skb's own sum is about it.
 */
static void replace_port(__sum16 *check, struct sk_buff *skb, bool is_quoted, __be16 *port,
			 __be16 to)
{
	if (check && is_quoted)
		csum_replace2(check, *port, to);
	else if (check)
		inet_proto_csum_replace2(check, skb, *port, to, false);
	*port = to;
}

static void replace_ipv4(struct sk_buff *skb, const struct weir_header *h, enum weir_side side,
			 __be32 to, __sum16 *check, bool is_quoted)
{
	struct iphdr *ip = (struct iphdr *)(skb->data + h->l3);
	__be32 *addr = side == WEIR_SIDE_SOURCE ? &ip->saddr : &ip->daddr;

	if (check && is_quoted)
		csum_replace4(check, *addr, to);
	else if (check)
		inet_proto_csum_replace4(check, skb, *addr, to, true);
	csum_replace4(&ip->check, *addr, to);
	*addr = to;
}

static void replace_ipv6(struct sk_buff *skb, const struct weir_header *h, enum weir_side side,
			 const struct in6_addr *to, __sum16 *check, bool is_quoted)
{
	struct ipv6hdr *ip = (struct ipv6hdr *)(skb->data + h->l3);
	struct in6_addr *addr = side == WEIR_SIDE_SOURCE ? &ip->saddr : &ip->daddr;

	if (check && is_quoted)
		for (int i = 0; i < ARRAY_SIZE(addr->s6_addr32); i++)
			csum_replace4(check, addr->s6_addr32[i], to->s6_addr32[i]);
	else if (check)
		inet_proto_csum_replace16(check, skb, addr->s6_addr32, to->s6_addr32, true);
	*addr = *to;
}

static void replace_address(struct sk_buff *skb, const struct weir_header *h, enum weir_side side,
			    const struct weir_endpoint *to, __sum16 *check, bool is_quoted)
{
	if (h->family == AF_INET)
		replace_ipv4(skb, h, side, to->addr.ip, check, is_quoted);
	else
		replace_ipv6(skb, h, side, &to->addr.in6, check, is_quoted);
}

/*
 * The checksum of SCTP is a CRC32c over all but addresses (RFC 9260, appendix A).
 * CRCs are linear: it changes by the CRC of the change, moved over all the bytes
 * behind it, whatever these are; and it stays wrong if it was. A pending offload
 * sums up what it finds; a quoted one is hardly ever whole, and left alone.
 */
static void update_crc(struct sk_buff *skb, const struct weir_header *h, const __be16 *port,
		       __be16 to)
{
	struct sctphdr *sctp = (struct sctphdr *)(skb->data + h->l4);
	unsigned int behind = skb->len - ((const u8 *)(port + 1) - skb->data);
	__be16 change = *port ^ to;
	u32 crc;

	if (!change || skb->ip_summed == CHECKSUM_PARTIAL)
		return;
	crc = __crc32c_le(0, (const u8 *)&change, sizeof(change));
	sctp->checksum ^= cpu_to_le32(__crc32c_le_shift(crc, behind));
}

/* Bytes of transport header that are touched; a quoted one may end early. */
static unsigned int transport_length(const struct sk_buff *skb, const struct weir_header *h,
				     bool is_quoted)
{
	unsigned int whole = weir_transport_length(h->protocol);

	if (is_quoted && skb->len < h->l4 + whole)
		return sizeof(struct udphdr);
	return whole;
}

/* Not so AH and ESP. */
static bool has_ports(const struct weir_header *h)
{
	return h->protocol != IPPROTO_AH && h->protocol != IPPROTO_ESP;
}

/* skb_ensure_writable(), in line for the common case. */
static bool make_writable(struct sk_buff *skb, unsigned int length)
{
	return (skb_headlen(skb) >= length && !skb_cloned(skb)) ||
	       !skb_ensure_writable(skb, length);
}

static bool replace_endpoint(struct sk_buff *skb, const struct weir_header *h,
			     enum weir_side side, const struct weir_endpoint *to, bool is_quoted)
{
	__sum16 *check;
	__be16 *port;

	if (!make_writable(skb, h->l4 + transport_length(skb, h, is_quoted)))
		return false;
	check = checksum_of(skb, h, is_quoted);
	/* Then nothing keeps the sum over the whole packet right. */
	if (!check && skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	replace_address(skb, h, side, to, check, is_quoted);
	if (to->port && has_ports(h)) {
		port = (__be16 *)(skb->data + h->l4) + (side == WEIR_SIDE_DESTINATION);
		if (unlikely(h->protocol == IPPROTO_SCTP) && !is_quoted)
			update_crc(skb, h, port, to->port);
		replace_port(check, skb, is_quoted, port, to->port);
	}
	/* RFC 768: a sum that comes out as zero is sent as all ones. */
	if (h->protocol == IPPROTO_UDP && check && !*check)
		*check = CSUM_MANGLED_0;
	return true;
}

/**
 * weir_rewrite - changes one end of a packet's own headers
 * @skb: the packet, its data at the network header; its head may be
 *	reallocated, so that pointers into it must be taken anew
 * @header: where its headers are
 * @side: which end
 * @to: the new address and port, of the header's family; port 0 keeps the one there
 *
 * Right for CHECKSUM_PARTIAL, COMPLETE, UNNECESSARY and NONE, and for UDP
 * without a checksum; of AH and ESP only the address changes.
 *
 * Return: false without memory; the packet is unchanged then.
 */
bool weir_rewrite(struct sk_buff *skb, const struct weir_header *header, enum weir_side side,
		  const struct weir_endpoint *to)
{
	return replace_endpoint(skb, header, side, to, false);
}

/* Sums up the whole ICMP message, whose checksum was found right before. */
static void sum_icmp(struct sk_buff *skb, const struct weir_header *h)
{
	unsigned int length = skb->len - h->l4;

	if (h->family == AF_INET) {
		struct icmphdr *icmp = (struct icmphdr *)(skb->data + h->l4);

		icmp->checksum = 0;
		icmp->checksum = csum_fold(skb_checksum(skb, h->l4, length, 0));
	} else {
		struct icmp6hdr *icmp = (struct icmp6hdr *)(skb->data + h->l4);
		struct ipv6hdr *ip = (struct ipv6hdr *)(skb->data + h->l3);

		icmp->icmp6_cksum = 0;
		icmp->icmp6_cksum = csum_ipv6_magic(&ip->saddr, &ip->daddr, length, IPPROTO_ICMPV6,
						    skb_checksum(skb, h->l4, length, 0));
	}
	skb->ip_summed = CHECKSUM_NONE;
}

/**
 * weir_rewrite_icmp_error - changes one end of an ICMP error, and the opposite
 *	end of what it quotes
 * @pkt: the error; its checksum has been verified
 * @side: which end of the error's own header
 * @to: the new address; the port is for the quoted header, 0 keeps the one there
 *
 * Return: false without memory; the packet is to be dropped then.
 */
bool weir_rewrite_icmp_error(struct weir_packet *pkt, enum weir_side side,
			     const struct weir_endpoint *to)
{
	struct sk_buff *skb = pkt->skb;

	if (!replace_endpoint(skb, &pkt->quoted, weir_side_opposite(side), to, true))
		return false;
	replace_address(skb, &pkt->outer, side, to, NULL, false);
	sum_icmp(skb, &pkt->outer);
	return true;
}

/**
 * weir_rewrite_ack - changes the acknowledgment number of a TCP packet
 * @pkt: the packet, its headers writable
 * @ack: the new one
 */
void weir_rewrite_ack(struct weir_packet *pkt, u32 ack)
{
	struct tcphdr *tcp = (struct tcphdr *)(pkt->skb->data + pkt->outer.l4);
	__be32 to = htonl(ack);

	inet_proto_csum_replace4(&tcp->check, pkt->skb, tcp->ack_seq, to, false);
	tcp->ack_seq = to;
}

/* Makes a packet that is in one piece as long as @length; false without memory. */
static bool resize(struct sk_buff *skb, unsigned int length)
{
	unsigned int more = length > skb->len ? length - skb->len : 0;

	if (skb_ensure_writable(skb, skb->len))
		return false;
	if (more > skb_tailroom(skb) &&
	    pskb_expand_head(skb, 0, more - skb_tailroom(skb), GFP_ATOMIC))
		return false;
	if (more)
		skb_put(skb, more);
	else
		skb_trim(skb, length);
	return true;
}

/* Has the checksum of a TCP packet summed up on its way out, and segments counted anew. */
static void offload(struct sk_buff *skb, const struct weir_header *h, __sum16 pseudo,
		    unsigned int payload)
{
	struct tcphdr *tcp = (struct tcphdr *)(skb->data + h->l4);

	tcp->check = pseudo;
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + h->l4;
	skb->csum_offset = offsetof(struct tcphdr, check);
	if (!skb_is_gso(skb))
		return;
	if (payload > skb_shinfo(skb)->gso_size)
		skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(payload, skb_shinfo(skb)->gso_size);
	else
		skb_gso_reset(skb);
}

/* The packet has another length: tells the network header; the pseudo-header's sum. */
static __sum16 update_length(struct sk_buff *skb, struct weir_header *h)
{
	unsigned int length = skb->len - h->l4;
	struct ipv6hdr *ipv6;
	struct iphdr *ip;

	h->length = skb->len - h->l3;
	if (h->family == AF_INET) {
		ip = (struct iphdr *)(skb->data + h->l3);
		csum_replace2(&ip->check, ip->tot_len, htons(h->length));
		ip->tot_len = htons(h->length);
		return ~csum_tcpudp_magic(ip->saddr, ip->daddr, length, IPPROTO_TCP, 0);
	}
	ipv6 = (struct ipv6hdr *)(skb->data + h->l3);
	ipv6->payload_len = htons(h->length - sizeof(*ipv6));
	return ~csum_ipv6_magic(&ipv6->saddr, &ipv6->daddr, length, IPPROTO_TCP, 0);
}

/**
 * weir_rewrite_payload - changes what a TCP segment carries
 * @pkt: the packet, in one piece, its checksum found right
 * @to: what it shall carry
 *
 * Return: false without memory; the packet is to be dropped then.
 */
bool weir_rewrite_payload(struct weir_packet *pkt, const struct weir_segment *to)
{
	struct sk_buff *skb = pkt->skb;
	struct tcphdr *tcp = (struct tcphdr *)(skb->data + pkt->outer.l4);
	unsigned int start = pkt->outer.l4 + tcp->doff * 4;

	if (!resize(skb, start + to->length))
		return false;
	tcp = (struct tcphdr *)(skb->data + pkt->outer.l4);
	if (to->data)
		memcpy(skb->data + start, to->data, to->length);
	tcp->seq = htonl(to->seq);
	tcp->fin = to->fin;
	/* Where the urgent byte was nobody knows any more. */
	tcp->urg = 0;
	tcp->urg_ptr = 0;
	offload(skb, &pkt->outer, update_length(skb, &pkt->outer), to->length);
	return true;
}

/**
 * weir_rewrite_reset - makes of a TCP packet what its sender would end the connection with
 * @pkt: the packet, its checksum found right
 *
 * What is left is a RST where the packet began: the number that the receiver
 * expects next, unless something was lost (RFC 5961, section 3.2).
 *
 * Return: false without memory; the packet is to be dropped then.
 */
bool weir_rewrite_reset(struct weir_packet *pkt)
{
	unsigned int end = pkt->outer.l4 + sizeof(struct tcphdr);
	struct sk_buff *skb = pkt->skb;
	struct tcphdr *tcp;

	/* What is cut off need not be gathered first. */
	if (pskb_trim(skb, end) || skb_ensure_writable(skb, end))
		return false;
	tcp = (struct tcphdr *)(skb->data + pkt->outer.l4);
	*tcp = (struct tcphdr){
		.source = tcp->source,
		.dest = tcp->dest,
		.seq = tcp->seq,
		.ack_seq = tcp->ack_seq,
		.doff = sizeof(*tcp) / 4,
		.ack = tcp->ack,
		.rst = 1,
	};
	offload(skb, &pkt->outer, update_length(skb, &pkt->outer), 0);
	return true;
}
