// SPDX-License-Identifier: GPL-2.0-only
/*
 * Weighted failover: the candidate with the largest weight has every conn. A tie
 * goes to the one that was added last. The next in line takes over while it is
 * full, or when it is no candidate any more, which makes another pool.
 */
#include "sched/ranks.h"

static u32 fo_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple)
{
	u32 i;

	for (i = 0; i < pool->table_size; i++)
		if (!weir_candidate_is_full(&pool->candidates[pool->table[i]]))
			return pool->table[i];

	return WEIR_SCHED_NOBODY;
}

const struct weir_scheduler weir_sched_fo = {
	.name = "fo",
	.build = weir_ranks_build,
	.pick = fo_pick,
};
