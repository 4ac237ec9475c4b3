// SPDX-License-Identifier: GPL-2.0-only
/*
 * Weighted overflow: the weight is what a candidate can take. Conns go to the
 * largest weight until that has more active conns than its weight, the excess to
 * the next, and so on; a tie goes to the one that was added last. A candidate
 * thus gets up to one conn over its weight, as ip_vs has it, unless its own limit
 * makes it full before. If none can take another, nobody has the conn.
 */
#include "sched/ranks.h"

/* Looks at nobody but those that can take no more and the first that can. */
static u32 ovf_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple)
{
	u32 i;

	for (i = 0; i < pool->table_size; i++) {
		const struct weir_candidate *candidate = &pool->candidates[pool->table[i]];

		if ((u32)atomic_read(&candidate->load->active) <= candidate->weight &&
		    !weir_candidate_is_full(candidate))
			return pool->table[i];
	}

	return WEIR_SCHED_NOBODY;
}

const struct weir_scheduler weir_sched_ovf = {
	.name = "ovf",
	.build = weir_ranks_build,
	.pick = ovf_pick,
};
