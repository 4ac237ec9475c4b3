/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packets as they are on the wire, and what a receiver makes of their checksums:
 * always summed up anew, over the whole packet, byte by byte, with nothing from
 * kmod/ or the stand-ins. What is in a packet is random, from a fixed seed.
 */
#ifndef WIRE_H
#define WIRE_H

#include "rewrite.h"

/**
 * struct wire - a packet
 * @bytes: its bytes, the network header first
 * @len: how many there are
 * @l4: where the transport header is
 * @family: AF_INET or AF_INET6
 * @protocol: of the header at @l4
 */
struct wire {
	u8 bytes[2048];
	unsigned int len;
	unsigned int l4;
	u8 family;
	u8 protocol;
};

/**
 * wire_write16 - write a number
 * @at: where to
 * @value: the number
 */
void wire_write16(u8 *at, u16 value);

/**
 * wire_sum - the Internet checksum's sum (RFC 1071), folded, not inverted
 * @bytes: what to sum up
 * @len: number of bytes
 * @sum: to begin with
 *
 * Return: the sum as a number.
 */
u16 wire_sum(const u8 *bytes, unsigned int len, u32 sum);

/**
 * wire_crc32c - the CRC of SCTP (RFC 9260, appendix A)
 * @bytes: what to sum up
 * @len: number of bytes
 *
 * Return: the CRC; on the wire its lowest byte is the first.
 */
u32 wire_crc32c(const u8 *bytes, unsigned int len);

/**
 * wire_below - a random number
 * @limit: what it is below
 *
 * Return: the number.
 */
u32 wire_below(u32 limit);

/**
 * wire_build - a packet of random content, options or extension headers included
 * @w: where to
 * @family: AF_INET or AF_INET6
 * @protocol: TCP, UDP, SCTP, AH or ESP
 * @payload: bytes behind the transport header
 *
 * All its checksums are right.
 */
void wire_build(struct wire *w, u8 family, u8 protocol, unsigned int payload);

/**
 * wire_build_error - an ICMP error of random type
 * @w: where to
 * @family: AF_INET or AF_INET6
 * @quoted: what it quotes
 * @len: bytes that it quotes of it
 */
void wire_build_error(struct wire *w, u8 family, const struct wire *quoted, unsigned int len);

/**
 * wire_addr - an address of a packet
 * @w: the packet
 * @side: which
 *
 * Return: its first byte in the packet.
 */
u8 *wire_addr(struct wire *w, enum weir_side side);

/**
 * wire_set_end - change an address and a port, and nothing else
 * @w: the packet
 * @side: which end
 * @to: what to; port 0 keeps the one there
 */
void wire_set_end(struct wire *w, enum weir_side side, const struct weir_endpoint *to);

/**
 * wire_check - where the transport's checksum is
 * @w: the packet
 * @size: its size in bytes, 0 if the protocol has none
 *
 * Return: its first byte in the packet.
 */
u8 *wire_check(struct wire *w, unsigned int *size);

/**
 * wire_header - what the parser would have found
 * @w: the packet
 * @offset: where it begins, in another one
 *
 * Return: its headers.
 */
struct weir_header wire_header(const struct wire *w, unsigned int offset);

/**
 * wire_ignore_check - take over the transport's checksum, so that the rest can be compared
 * @expected: where to
 * @actual: where from
 */
void wire_ignore_check(struct wire *expected, const struct wire *actual);

/**
 * wire_ignore_network_check - take over the network header's checksum, if it has one
 * @expected: where to
 * @actual: where from
 */
void wire_ignore_network_check(struct wire *expected, const struct wire *actual);

/**
 * wire_is_equal - compare packets byte by byte
 * @a: a packet
 * @b: another one
 *
 * Return: false if they differ.
 */
bool wire_is_equal(const struct wire *a, const struct wire *b);

/**
 * wire_is_summed - whether what an skb has as the sum over a packet is that
 * @w: the packet
 * @sum: of CHECKSUM_COMPLETE
 *
 * Return: false if not.
 */
bool wire_is_summed(const struct wire *w, __wsum sum);

/**
 * wire_pseudo - the sum over the pseudo-header
 * @w: the packet
 *
 * Return: the sum as a number.
 */
u16 wire_pseudo(const struct wire *w);

/**
 * wire_sum_up - put the right checksums into a packet
 * @w: the packet
 */
void wire_sum_up(struct wire *w);

/**
 * wire_finish - do what a device does for CHECKSUM_PARTIAL
 * @w: the packet, with what a stack leaves in place of the transport's checksum
 */
void wire_finish(struct wire *w);

/**
 * wire_fault - how wrong the transport's checksum is for a receiver
 * @w: the packet
 *
 * Return: 0 if it is right, or there is none; the same for the same fault.
 */
u32 wire_fault(const struct wire *w);

/**
 * wire_network_fault - how wrong the checksum of the network header is
 * @w: the packet
 *
 * Return: as wire_fault().
 */
u32 wire_network_fault(const struct wire *w);

/**
 * struct wire_skb - a packet as the kernel has it
 * @skb: the packet
 * @clone: the bytes that were in its head, if it is cloned
 * @clone_head: the head that is to keep them
 * @clone_len: number of bytes
 * @before: the packet as it was
 * @more: its second run of bytes
 * @more_before: what is to be in it
 */
struct wire_skb {
	struct sk_buff skb;
	struct sk_buff before;
	u8 clone[2048];
	u8 more_before[2048];
	u8 *clone_head;
	unsigned int clone_len;
	u8 *more;
};

/**
 * wire_receive - put a packet into an skb
 * @into: where to
 * @w: the packet
 * @linear: bytes in its first run
 * @tailroom: room behind them
 * @is_cloned: others may read it
 * @ip_summed: what is known of its checksum, which is right in @into then
 */
void wire_receive(struct wire_skb *into, const struct wire *w, unsigned int linear,
		  unsigned int tailroom, bool is_cloned, u8 ip_summed);

/**
 * wire_send - take the bytes of an skb
 * @w: where to; what is known of the headers stays
 * @from: the skb
 */
void wire_send(struct wire *w, const struct wire_skb *from);

/**
 * wire_is_untouched - whether what others may read is as it was
 * @s: the skb
 *
 * Return: false if not.
 */
bool wire_is_untouched(const struct wire_skb *s);

/**
 * wire_free - free what belongs to an skb
 * @s: the skb
 */
void wire_free(struct wire_skb *s);

#endif
