/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the packet path knows of a packet: parsed once, then carried along on
 * the stack. Parsing reads only; it never changes the skb.
 */
#ifndef WEIR_PACKET_H
#define WEIR_PACKET_H

#include <linux/types.h>

#include "addr.h"
#include "weir.h"

struct neighbour;

/**
 * struct weir_header - where one network header and its payload are
 * @l3: offset of the network header from skb->data
 * @l4: offset of the transport header from skb->data
 * @length: of the packet, as its network header tells
 * @is_fragment: the first fragment of several
 * @is_plain: no options or extension headers, no fragment, no ICMP
 *	error, no IPsec, and nothing that moves a connection to another state
 * @ttl: its TTL or hop limit
 * @family: AF_INET or AF_INET6
 * @protocol: of the header at @l4
 */
struct weir_header {
	u16 l3;
	u16 l4;
	u16 length;
	u8 ttl;
	u8 family;
	u8 protocol;
	bool is_fragment;
	bool is_plain;
};

/**
 * enum weir_point - where in the host's path the packet was met
 * @WEIR_AT_LOCAL_IN: addressed to the host (LOCAL_IN)
 * @WEIR_AT_LOCAL_OUT: sent by the host (LOCAL_OUT)
 * @WEIR_AT_FORWARD: passing through the host (FORWARD)
 * @WEIR_AT_EARLY: before conntrack, on its way in or out; of those only what the host
 *	has put together for a service with hook ingress has a path
 * @WEIR_AT_INGRESS: as it entered a device, before IP input
 */
enum weir_point {
	WEIR_AT_LOCAL_IN,
	WEIR_AT_LOCAL_OUT,
	WEIR_AT_FORWARD,
	WEIR_AT_EARLY,
	WEIR_AT_INGRESS,
};

/**
 * struct weir_packet - a packet on its way through the path
 * @skb: the packet, its data at the network header
 * @net: the network namespace it is in
 * @drops: the namespace's drop counters
 * @tuple: source and destination; of an ICMP error those of a packet that would
 *	travel as the error does, taken from the quoted header; of AH and ESP those
 *	of IKE between the same addresses
 * @outer: the packet's own headers
 * @quoted: the headers inside an ICMP error
 * @neighbour: the next hop of a packet met at ingress, once it has a route;
 *	under RCU
 * @at: where it was met
 * @is_alone: the host would not know what to do with it: met at ingress, or put
 *	together from what was, and its service's address is not the host's
 * @stays: once it has its way: that is the host's own stack, which goes on with it
 * @is_icmp_error: it is an ICMP error, @quoted is valid. About a packet that a
 *	tunnel may have sent, whose ports if any say nothing of a flow, @tuple has
 *	its addresses and protocol
 * @may_fragment: what it is put into may be fragmented on the way; of a packet
 *	that has its way and is to be wrapped
 * @signals: what in it moves a connection's state: of TCP byte 13 of the header,
 *	of SCTP a set of &enum weir_sctp_chunk; 0 for others
 * @scratch: where the parser puts a header that is not in one piece
 *
 * On the stack of the hook, not cleared: the parser fills what others read.
 */
struct weir_packet {
	struct sk_buff *skb;
	struct net *net;
	struct weir_drops __percpu *drops;
	struct weir_tuple tuple;
	struct weir_header outer;
	struct weir_header quoted;
	struct neighbour *neighbour;
	enum weir_point at;
	bool is_alone;
	bool stays;
	bool is_icmp_error;
	bool may_fragment;
	u8 signals;
	u64 scratch[5];
};

static_assert(sizeof(struct weir_packet) <= 192, "a packet's description stays small");

enum {
	/** @WEIR_EXTENSION_HEADERS_MAX: IPv6 extension headers that are walked */
	WEIR_EXTENSION_HEADERS_MAX = 8,
	/** @WEIR_SCTP_CHUNKS_MAX: chunks of an SCTP packet that are looked at */
	WEIR_SCTP_CHUNKS_MAX = 16,
};

enum weir_verdict weir_packet_parse(struct weir_packet *pkt, struct sk_buff *skb, u8 family);
bool weir_packet_find_inner(struct weir_packet *pkt, const struct weir_header *outer,
			    struct weir_header *inner);
bool weir_packet_parse_inner(struct weir_packet *pkt, struct weir_header *inner,
			     struct weir_tuple *tuple);
const void *weir_packet_take(struct weir_packet *pkt, unsigned int offset, unsigned int size);

/* Bytes of transport header that a packet of @protocol has at least. */
static inline unsigned int weir_transport_length(u8 protocol)
{
	enum { UDP = 8, SCTP = 12, TCP = 20 };

	if (protocol == IPPROTO_UDP)
		return UDP;
	if (protocol == IPPROTO_TCP)
		return TCP;
	return protocol == IPPROTO_SCTP ? SCTP : UDP;
}

/* Whether what is in the packet is protected by IPsec: AH or ESP. */
static inline bool weir_packet_is_ipsec(const struct weir_packet *pkt)
{
	return pkt->outer.protocol == IPPROTO_ESP || pkt->outer.protocol == IPPROTO_AH;
}

/* Whether the packet, no ICMP error, can begin a conn: a SYN, an INIT, or any datagram. */
static inline bool weir_packet_begins(const struct weir_packet *pkt)
{
	enum { SYN = 0x02, FIN_RST_ACK = 0x01 | 0x04 | 0x10 };

	switch (pkt->outer.protocol) {
	case IPPROTO_UDP:
		return true;
	case IPPROTO_TCP:
		return (pkt->signals & (SYN | FIN_RST_ACK)) == SYN;
	case IPPROTO_SCTP:
		return pkt->signals == WEIR_SCTP_INIT;
	}
	return false;
}

/* Whether the packet can be one of a connection past its handshake, and ends none. */
static inline bool weir_packet_is_midstream(const struct weir_packet *pkt)
{
	enum { ACK = 0x10, SYN_RST = 0x02 | 0x04 };

	if (pkt->tuple.protocol == IPPROTO_SCTP)
		return !pkt->signals;
	return (pkt->signals & (ACK | SYN_RST)) == ACK;
}

#endif
