/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Per-CPU traffic counters of a server, summed when somebody reads.
 */
#ifndef WEIR_STATS_H
#define WEIR_STATS_H

#include <linux/u64_stats_sync.h>

#include "weir.h"

/**
 * struct weir_stats - one CPU's share of the counters
 * @sync: makes 64-bit reads whole on 32-bit machines
 * @conns: conns created
 * @packets: by &enum weir_dir; a GSO packet counts as its segments
 * @bytes: by &enum weir_dir; network headers included, once per segment
 * @packets_fast: those of both directions that took the fast path
 *
 * Written by its CPU with bottom halves off, read by anybody.
 */
struct weir_stats {
	struct u64_stats_sync sync;
	u64_stats_t conns;
	u64_stats_t packets[WEIR_DIRS];
	u64_stats_t bytes[WEIR_DIRS];
	u64_stats_t packets_fast;
};

/**
 * struct weir_totals - a sum of counters, plain numbers
 * @conns: conns created
 * @packets: by &enum weir_dir
 * @bytes: by &enum weir_dir
 * @packets_fast: of both directions
 */
struct weir_totals {
	u64 conns;
	u64 packets[WEIR_DIRS];
	u64 bytes[WEIR_DIRS];
	u64 packets_fast;
};

struct weir_stats __percpu *weir_stats_alloc(void);
void weir_stats_free(struct weir_stats __percpu *stats);
void weir_stats_count_conn(struct weir_stats __percpu *stats);
void weir_stats_count(struct weir_stats __percpu *stats, enum weir_dir dir,
		      const struct sk_buff *skb, bool is_fast);
void weir_stats_sum(const struct weir_stats __percpu *stats, struct weir_totals *totals);
void weir_totals_add(struct weir_totals *totals, const struct weir_totals *more);

#endif
