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
 * @is_plain: no options or extension headers, no fragment, TTL above 1, no ICMP
 *	error, and nothing that moves a TCP connection to another state
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
 * @WEIR_AT_EARLY: before conntrack, on its way in or out
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
 *	travel as the error does, taken from the quoted header
 * @outer: the packet's own headers
 * @quoted: the headers inside an ICMP error
 * @neighbour: the next hop of a packet met at ingress, once it has a route;
 *	under RCU
 * @at: where it was met
 * @is_alone: the host would not know what to do with it: met at ingress, and its
 *	service's address is not the host's
 * @is_icmp_error: it is an ICMP error, @quoted is valid
 * @tcp_flags: byte 13 of the TCP header; 0 for others
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
	bool is_icmp_error;
	u8 tcp_flags;
	u64 scratch[5];
};

static_assert(sizeof(struct weir_packet) <= 192, "a packet's description stays small");

enum {
	/** @WEIR_EXTENSION_HEADERS_MAX: IPv6 extension headers that are walked */
	WEIR_EXTENSION_HEADERS_MAX = 8,
};

enum weir_verdict weir_packet_parse(struct weir_packet *pkt, struct sk_buff *skb, u8 family);

/* Whether the packet may move a TCP connection to another state. */
static inline bool weir_packet_moves_state(const struct weir_packet *pkt)
{
	enum { SYN = 0x02, FIN = 0x01, RST = 0x04 };

	return pkt->tcp_flags & (SYN | FIN | RST);
}

/* Whether the packet asks for a new TCP connection. */
static inline bool weir_packet_is_syn(const struct weir_packet *pkt)
{
	enum { SYN = 0x02, OTHERS = 0x01 | 0x04 | 0x10 };

	return (pkt->tcp_flags & (SYN | OTHERS)) == SYN;
}

#endif
