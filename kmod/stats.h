/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Per-CPU traffic counters of a server, summed when somebody reads. Per-CPU memory is
 * found by a walk over all that is in use, which costs more than the rest of a server:
 * servers that come in one request share one piece of it.
 */
#ifndef WEIR_STATS_H
#define WEIR_STATS_H

#include <linux/percpu.h>
#include <linux/refcount.h>
#include <linux/skbuff.h>
#include <linux/u64_stats_sync.h>

#include "weir.h"

/**
 * struct weir_stats - one CPU's share of the counters
 * @sync: makes 64-bit reads whole on 32-bit machines
 * @conns: conns created
 * @packets: by &enum weir_dir; a GSO packet counts as its segments
 * @bytes: by &enum weir_dir; network headers included, once per segment
 * @packets_fast: those of both directions that took the fast path
 * @shed: conns ended half-open to make room for others
 *
 * Written by its CPU with bottom halves off, read by anybody.
 */
struct weir_stats {
	struct u64_stats_sync sync;
	u64_stats_t conns;
	u64_stats_t packets[WEIR_DIRS];
	u64_stats_t bytes[WEIR_DIRS];
	u64_stats_t packets_fast;
	u64_stats_t shed;
};

/**
 * struct weir_stats_block - the counters of servers that were added together
 * @refs: one for each server that counts here, one for the source it is open at
 * @sets: theirs, per CPU
 */
struct weir_stats_block {
	refcount_t refs;
	struct weir_stats __percpu *sets;
};

/**
 * struct weir_stats_source - where the next servers of a service get their counters
 * @block: with a reference, or NULL; under the mutex
 * @left: how many sets of @block have yet to be given away; under the mutex
 * @expected: how many servers the request at hand will bring; under the mutex
 */
struct weir_stats_source {
	struct weir_stats_block *block;
	u32 left;
	u32 expected;
};

/**
 * struct weir_totals - a sum of counters, plain numbers
 * @conns: conns created
 * @packets: by &enum weir_dir
 * @bytes: by &enum weir_dir
 * @packets_fast: of both directions
 * @shed: conns ended half-open to make room for others
 */
struct weir_totals {
	u64 conns;
	u64 packets[WEIR_DIRS];
	u64 bytes[WEIR_DIRS];
	u64 packets_fast;
	u64 shed;
};

/**
 * struct weir_stats_size - what a packet counts as
 * @packets: as it would be on the wire, 1 or more
 * @bytes: network headers included
 */
struct weir_stats_size {
	unsigned int packets;
	unsigned int bytes;
};

struct weir_stats_block *weir_stats_take(struct weir_stats_source *source,
					 struct weir_stats __percpu **stats);
void weir_stats_release(struct weir_stats_block *block);
void weir_stats_count_conn(struct weir_stats __percpu *stats);
void weir_stats_count_shed(struct weir_stats __percpu *stats);
struct weir_stats_size weir_stats_size_gso(const struct sk_buff *skb);
void weir_stats_sum(const struct weir_stats __percpu *stats, struct weir_totals *totals);
void weir_totals_add(struct weir_totals *totals, const struct weir_totals *more);

/*
 * Counts a packet of @dir among the server's @stats; bottom halves are off. In
 * line, because every packet pays for it.
 */
static inline void weir_stats_count(struct weir_stats __percpu *stats, enum weir_dir dir,
				    const struct sk_buff *skb, bool is_fast)
{
	struct weir_stats_size size = { .packets = 1, .bytes = skb->len };
	struct weir_stats *s = this_cpu_ptr(stats);

	if (skb_is_gso(skb))
		size = weir_stats_size_gso(skb);
	u64_stats_update_begin(&s->sync);
	u64_stats_add(&s->packets[dir], size.packets);
	u64_stats_add(&s->bytes[dir], size.bytes);
	if (is_fast)
		u64_stats_add(&s->packets_fast, size.packets);
	u64_stats_update_end(&s->sync);
}

#endif
