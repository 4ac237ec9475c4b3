// SPDX-License-Identifier: GPL-2.0-only
/*
 * Weighted overflow: the weight is what a candidate can take. Conns go to the
 * largest weight until that has more active conns than its weight, the excess to
 * the next, and so on; a tie goes to the one that was added first. A candidate
 * thus fills up to one conn over its weight, as ip_vs has it. If all are full,
 * nobody has the conn.
 */
#include "../sched.h"

#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/sort.h>

static int ovf_compare(const void *a, const void *b, const void *pool)
{
	const struct weir_candidate *candidates = ((const struct weir_sched_pool *)pool)->candidates;
	const u16 x = *(const u16 *)a;
	const u16 y = *(const u16 *)b;

	if (candidates[x].weight != candidates[y].weight)
		return candidates[x].weight > candidates[y].weight ? -1 : 1;

	return x - y;
}

static int ovf_build(struct weir_sched_pool *pool)
{
	u32 i;

	pool->table_size = pool->count;
	pool->table = kvmalloc_array(pool->table_size, sizeof(*pool->table), GFP_KERNEL);
	if (!pool->table)
		return -ENOMEM;

	for (i = 0; i < pool->count; i++)
		pool->table[i] = i;

	sort_r(pool->table, pool->table_size, sizeof(*pool->table), ovf_compare, NULL, pool);
	return 0;
}

/* Looks at nobody but the full ones and the first that is not. */
static u32 ovf_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple)
{
	u32 i;

	for (i = 0; i < pool->table_size; i++) {
		const struct weir_candidate *candidate = &pool->candidates[pool->table[i]];

		if ((u32)atomic_read(&candidate->load->active) <= candidate->weight)
			return pool->table[i];
	}

	return WEIR_SCHED_NOBODY;
}

const struct weir_scheduler weir_sched_ovf = {
	.name = "ovf",
	.build = ovf_build,
	.pick = ovf_pick,
};
