// SPDX-License-Identifier: GPL-2.0-only
/*
 * A table in which each candidate owns a run of slots as long as its weight.
 */
#include "sched/slots.h"

#include <linux/errno.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/slab.h>

/*
 * With a larger sum of weights, runs are scaled down and rounded to a slot,
 * but not to nothing.
 */
#define SLOTS_MAX 65536U

/**
 * weir_slots_build - gives every candidate its slots
 * @pool: the pool
 *
 * Return: 0 or -ENOMEM.
 */
int weir_slots_build(struct weir_sched_pool *pool)
{
	u32 slot = 0;
	u32 slots;
	u32 total = 0;
	u32 sum = 0;
	u32 i;

	for (i = 0; i < pool->count; i++)
		total += pool->candidates[i].weight;

	slots = min(total, SLOTS_MAX);

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
