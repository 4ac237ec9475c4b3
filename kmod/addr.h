/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses, endpoints and tuples as values. An address is always zero-padded
 * to 16 bytes, so that equality and hashing need no look at the family.
 */
#ifndef WEIR_ADDR_H
#define WEIR_ADDR_H

#include <linux/jhash.h>
#include <linux/kernel.h>
#include <linux/netfilter.h>
#include <linux/string.h>
#include <linux/types.h>

#include "weir.h"

struct sockaddr_in6;

/**
 * struct weir_endpoint - an address and a port
 * @addr: network order, zero-padded
 * @port: network order
 * @family: AF_INET or AF_INET6
 * @pad: zero
 */
struct weir_endpoint {
	union nf_inet_addr addr;
	__be16 port;
	u8 family;
	u8 pad;
};

static_assert(sizeof(struct weir_endpoint) == 20, "an endpoint has no hidden padding");

/**
 * struct weir_tuple - one direction of a flow
 * @src: source address, zero-padded
 * @dst: destination address, zero-padded
 * @sport: source port
 * @dport: destination port
 * @family: AF_INET or AF_INET6
 * @protocol: IPPROTO_TCP, IPPROTO_UDP or IPPROTO_SCTP
 * @dir: &enum weir_dir; which of its conn's tuples this is, no part of the key
 * @pad: zero
 */
struct weir_tuple {
	union nf_inet_addr src;
	union nf_inet_addr dst;
	__be16 sport;
	__be16 dport;
	u8 family;
	u8 protocol;
	u8 dir;
	u8 pad;
} __aligned(8);

static_assert(sizeof(struct weir_tuple) == 40, "a tuple has no hidden padding");
static_assert(offsetof(struct weir_tuple, dst) == 16 && offsetof(struct weir_tuple, sport) == 32,
	      "addresses are four words, one after the other");
static_assert(offsetof(struct weir_tuple, dport) == 34 && offsetof(struct weir_tuple, protocol) == 37,
	      "ports are a word, family and protocol half of one");

static inline bool weir_endpoint_equal(const struct weir_endpoint *a,
				       const struct weir_endpoint *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* Bytes of an address of @family on the wire. */
static inline unsigned int weir_addr_len(u8 family)
{
	return family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
}

/* Bytes of a network header of @family without options. */
static inline unsigned int weir_addr_network_len(u8 family)
{
	return family == AF_INET ? 20 : 40;
}

static inline struct weir_endpoint weir_tuple_source(const struct weir_tuple *t)
{
	return (struct weir_endpoint){ .addr = t->src, .port = t->sport, .family = t->family };
}

static inline struct weir_endpoint weir_tuple_destination(const struct weir_tuple *t)
{
	return (struct weir_endpoint){ .addr = t->dst, .port = t->dport, .family = t->family };
}

bool weir_addr_is_unicast(const struct weir_endpoint *endpoint);
bool weir_addr_is_loopback(const union nf_inet_addr *addr, u8 family);
bool weir_addr_is_host_only(const struct weir_endpoint *endpoint);
void weir_addr_mask(union nf_inet_addr *addr, u8 prefix);
void weir_addr_to_sockaddr(struct sockaddr_in6 *sockaddr, const union nf_inet_addr *addr,
			   __be16 port, u8 family);

/*
 * Hash of the key of a tuple, keyed by a table's random seed. In line, because
 * every packet pays for it; IPv4 addresses are a word each.
 */
static __always_inline u32 weir_tuple_hash(const struct weir_tuple *t, u32 seed)
{
	u32 ports = *(const u32 *)&t->sport;

	seed ^= *(const u16 *)&t->family;
	if (t->family == AF_INET)
		return jhash_3words((__force u32)t->src.ip, (__force u32)t->dst.ip, ports, seed);
	return jhash2(t->src.all, 2 * ARRAY_SIZE(t->src.all), seed ^ ports);
}

/*
 * Whether two tuples are of one flow and direction; padding is zero in both. Every
 * packet that has a conn pays for this, too.
 */
static inline bool weir_tuple_equal(const struct weir_tuple *a, const struct weir_tuple *b)
{
	const u64 *x = (const u64 *)a;
	const u64 *y = (const u64 *)b;

	return *(const u32 *)&a->sport == *(const u32 *)&b->sport &&
	       *(const u16 *)&a->family == *(const u16 *)&b->family &&
	       !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]));
}

#endif
