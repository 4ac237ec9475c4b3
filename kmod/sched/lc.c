// SPDX-License-Identifier: GPL-2.0-only
/*
 * Least connections: the candidate with the least load, whatever its weight.
 */
#include "sched/least.h"

static int lc_build(struct weir_sched_pool *pool)
{
	u32 i;

	for (i = 0; i < pool->count; i++)
		pool->candidates[i].weight = 1;

	return weir_least_build(pool, &weir_load_by_conns);
}

const struct weir_scheduler weir_sched_lc = {
	.name = "lc",
	.build = lc_build,
	.pick = weir_least_pick,
	.changed = weir_least_changed,
};
