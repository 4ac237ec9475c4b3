// SPDX-License-Identifier: GPL-2.0-only
/*
 * Weighted failover: the candidate with the largest weight has every conn. A tie
 * goes to the one that was added first. The next in line takes over when it is no
 * candidate any more, which makes another pool.
 */
#include "../sched.h"

static int fo_build(struct weir_sched_pool *pool)
{
	u32 best = 0;
	u32 i;

	for (i = 1; i < pool->count; i++)
		if (pool->candidates[i].weight > pool->candidates[best].weight)
			best = i;

	atomic_set(&pool->cursor, best);
	return 0;
}

static u32 fo_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple)
{
	return atomic_read(&pool->cursor);
}

const struct weir_scheduler weir_sched_fo = {
	.name = "fo",
	.build = fo_build,
	.pick = fo_pick,
};
