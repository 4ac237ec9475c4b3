// SPDX-License-Identifier: GPL-2.0-only
/*
 * Source hash: a client address always gets the same candidate, for as long as
 * the candidates stay the same. Each owns a run of slots as long as its weight.
 * A server that joins or leaves shifts the runs of the others, which moves a
 * quarter to a half of their clients; mh is for those who mind.
 */
#include "../sched.h"

#include <linux/errno.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/slab.h>

/*
 * With a larger sum of weights, runs are scaled down and rounded to a slot,
 * but not to nothing.
 */
#define SH_SLOTS_MAX 65536U

static int sh_build(struct weir_sched_pool *pool)
{
	u32 slot = 0;
	u32 slots;
	u32 total = 0;
	u32 sum = 0;
	u32 i;

	for (i = 0; i < pool->count; i++)
		total += pool->candidates[i].weight;

	slots = min(total, SH_SLOTS_MAX);

	/* Each of the shortest runs may be rounded up by a slot. */
	pool->table = kvmalloc_array(slots + pool->count, sizeof(*pool->table), GFP_KERNEL);
	if (!pool->table)
		return -ENOMEM;

	for (i = 0; i < pool->count; i++) {
		u32 end;

		sum += pool->candidates[i].weight;
		end = max_t(u32, div_u64((u64)sum * slots, total), slot + 1);
		while (slot < end)
			pool->table[slot++] = i;
	}

	pool->table_size = slot;
	return 0;
}

/*
 * Hash values map to slots in order rather than by remainder, so that a change
 * of the number of slots stretches the runs but does not mix them.
 */
static u32 sh_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple)
{
	u32 hash = siphash(&tuple->src, sizeof(tuple->src), &pool->key);

	return pool->table[reciprocal_scale(hash, pool->table_size)];
}

const struct weir_scheduler weir_sched_sh = {
	.name = "sh",
	.build = sh_build,
	.pick = sh_pick,
};
