// SPDX-License-Identifier: GPL-2.0-only
/*
 * A table in which each candidate owns a run of slots as long as its weight, and
 * how a hash finds its candidate in any table.
 */
#include "sched/slots.h"

#include <linux/errno.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

/*
 * With a larger sum of weights, runs are scaled down and rounded to a slot,
 * but not to nothing.
 */
#define SLOTS_MAX 65536U

/* Slots that a hash tries. With half of all servers gone one in 2^32 tries them in vain. */
#define SLOTS_TRIES 32

static int compare_endpoints(const void *a, const void *b, const void *pool)
{
	const struct weir_candidate *candidates = ((const struct weir_sched_pool *)pool)->candidates;

	return memcmp(&candidates[*(const u16 *)a].endpoint, &candidates[*(const u16 *)b].endpoint,
		      sizeof(struct weir_endpoint));
}

/**
 * weir_slots_alloc - makes a table of slots, to be filled, and of ranks
 * @pool: the pool
 * @slots: number of slots
 * @members: rank the first so many of the pool's candidates, absent ones included
 *
 * Return: 0 or -ENOMEM.
 */
int weir_slots_alloc(struct weir_sched_pool *pool, u32 slots, u32 members)
{
	u32 i;

	pool->table_size = slots;
	pool->table = kvmalloc_array(slots + members, sizeof(*pool->table), GFP_KERNEL_ACCOUNT);
	if (!pool->table)
		return -ENOMEM;

	for (i = 0; i < members; i++)
		pool->table[slots + i] = i;

	sort_r(pool->table + slots, members, sizeof(*pool->table), compare_endpoints, NULL, pool);
	return 0;
}

/**
 * weir_slots_build - gives every candidate its slots
 * @pool: the pool
 * @members: share them out among the first so many candidates; there is one with a
 *	weight
 *
 * Return: 0 or -ENOMEM.
 */
int weir_slots_build(struct weir_sched_pool *pool, u32 members)
{
	u32 slot = 0;
	u32 slots;
	u32 total = 0;
	u32 sum = 0;
	u16 *ranks;
	u32 i;

	for (i = 0; i < members; i++)
		total += pool->candidates[i].weight;

	slots = min(total, SLOTS_MAX);

	/* Each of the shortest runs may be rounded up by a slot. */
	if (weir_slots_alloc(pool, slots + members, members))
		return -ENOMEM;

	ranks = pool->table + pool->table_size;
	for (i = 0; i < members; i++) {
		u32 weight = pool->candidates[ranks[i]].weight;
		u32 end;

		if (!weight)
			continue;
		sum += weight;
		end = max_t(u32, div_u64((u64)sum * slots, total), slot + 1);
		while (slot < end)
			pool->table[slot++] = ranks[i];
	}

	pool->table_size = slot;
	memmove(pool->table + slot, ranks, members * sizeof(*ranks));
	return 0;
}

static bool has_room(const struct weir_sched_pool *pool, u32 index)
{
	return index < pool->count && !weir_candidate_is_full(&pool->candidates[index]);
}

/* The next in the order of endpoints: where nearly all are full or absent. */
static u32 find_by_rank(const struct weir_sched_pool *pool, u32 start)
{
	const u16 *ranks = pool->table + pool->table_size;
	u32 i;

	for (i = 0; i < pool->servers; i++) {
		u32 index = ranks[(start + i) % pool->servers];

		if (has_room(pool, index))
			return index;
	}

	return WEIR_SCHED_NOBODY;
}

/**
 * weir_slots_pick - whose slot a hash falls into
 * @pool: the pool
 * @hash: of whoever shall always get the same candidate
 *
 * Where that is absent or full, and the service wants a fallback, the hash goes on to
 * other slots, as ip_vs's sh-fallback and mh-fallback have it: those who have lost
 * their candidate are spread over the others, and get it back when it is there again.
 * Directors that agree on the slots agree on these too.
 *
 * Return: its index, or WEIR_SCHED_NOBODY.
 */
u32 weir_slots_pick(const struct weir_sched_pool *pool, u64 hash)
{
	const u32 step = (u32)(hash >> 32) | 1;
	u32 number = hash;
	u32 tries;

	for (tries = 0; tries < SLOTS_TRIES; tries++) {
		u32 owner = weir_slot_owner(pool, number);

		if (likely(has_room(pool, owner)))
			return owner;
		if (!pool->options.fallback)
			return WEIR_SCHED_NOBODY;
		number += step;
	}

	return find_by_rank(pool, reciprocal_scale(step, pool->servers));
}
