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

/**
 * struct weir_header - where one network header and its payload are
 * @l3: offset of the network header from skb->data
 * @l4: offset of the transport header from skb->data
 * @family: AF_INET or AF_INET6
 * @protocol: of the header at @l4
 */
struct weir_header {
	u16 l3;
	u16 l4;
	u8 family;
	u8 protocol;
};

/**
 * enum weir_hook - where in the host's path the packet was met
 * @WEIR_HOOK_IN: addressed to the host (LOCAL_IN)
 * @WEIR_HOOK_OUT: sent by the host (LOCAL_OUT)
 * @WEIR_HOOK_FORWARD: passing through the host (FORWARD)
 * @WEIR_HOOK_EARLY: before conntrack, on its way in or out
 */
enum weir_hook {
	WEIR_HOOK_IN,
	WEIR_HOOK_OUT,
	WEIR_HOOK_FORWARD,
	WEIR_HOOK_EARLY,
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
 * @hook: where it was met
 * @is_icmp_error: it is an ICMP error, @quoted is valid
 * @tcp_flags: byte 13 of the TCP header; 0 for others
 */
struct weir_packet {
	struct sk_buff *skb;
	struct net *net;
	struct weir_drops __percpu *drops;
	struct weir_tuple tuple;
	struct weir_header outer;
	struct weir_header quoted;
	enum weir_hook hook;
	bool is_icmp_error;
	u8 tcp_flags;
};

static_assert(sizeof(struct weir_packet) <= 128, "a packet's description stays small");

enum {
	/** @WEIR_EXTENSION_HEADERS_MAX: IPv6 extension headers that are walked */
	WEIR_EXTENSION_HEADERS_MAX = 8,
};

enum weir_verdict weir_packet_parse(struct weir_packet *pkt, struct sk_buff *skb, u8 family);

/* Whether the packet asks for a new TCP connection. */
static inline bool weir_packet_is_syn(const struct weir_packet *pkt)
{
	enum { SYN = 0x02, OTHERS = 0x01 | 0x04 | 0x10 };

	return (pkt->tcp_flags & (SYN | OTHERS)) == SYN;
}

#endif
