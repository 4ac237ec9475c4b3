// SPDX-License-Identifier: GPL-2.0-only
/*
 * A table of the candidates from the largest weight to the least; a tie goes to the
 * one that was added last.
 */
#include "sched/ranks.h"

#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/sort.h>

static int compare_weights(const void *a, const void *b, const void *pool)
{
	const struct weir_candidate *candidates = ((const struct weir_sched_pool *)pool)->candidates;
	const u16 x = *(const u16 *)a;
	const u16 y = *(const u16 *)b;

	if (candidates[x].weight != candidates[y].weight)
		return candidates[x].weight > candidates[y].weight ? -1 : 1;

	return x - y;
}

/**
 * weir_ranks_build - ranks the candidates
 * @pool: the pool
 *
 * Return: 0 or -ENOMEM.
 */
int weir_ranks_build(struct weir_sched_pool *pool)
{
	u32 i;

	pool->table_size = pool->count;
	pool->table = kvmalloc_array(pool->table_size, sizeof(*pool->table), GFP_KERNEL_ACCOUNT);
	if (!pool->table)
		return -ENOMEM;

	for (i = 0; i < pool->count; i++)
		pool->table[i] = i;

	sort_r(pool->table, pool->table_size, sizeof(*pool->table), compare_weights, NULL, pool);
	return 0;
}
