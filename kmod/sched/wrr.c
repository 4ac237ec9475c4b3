// SPDX-License-Identifier: GPL-2.0-only
/*
 * Weighted round robin: in each period a candidate has as many turns as its
 * weight over the greatest common divisor of all weights. The turns interleave:
 * with weights 4, 3, 2 the period is A AB ABC ABC, if A was added last. Turns of a
 * candidate that is full are passed over.
 */
#include "../sched.h"

#include <linux/errno.h>
#include <linux/gcd.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/slab.h>

/*
 * A longer period is scaled down to this. A candidate's turns are then rounded
 * to the nearest number, but not to 0: its share is off by at most half a turn in
 * the period, and that of the very lightest by at most one.
 */
#define WRR_PERIOD_MAX 65536U

static_assert(WEIR_SERVERS_MAX <= WRR_PERIOD_MAX / 2, "scaling leaves turns to share out");

/* Turns in a period are weight * multiplier / divisor. */
struct wrr_scale {
	u32 multiplier;
	u32 divisor;
};

static_assert((u64)WEIR_SERVERS_MAX * WEIR_WEIGHT_MAX < (1ULL << 32), "a sum of weights fits u32");

static struct wrr_scale wrr_scale(const struct weir_sched_pool *pool)
{
	u32 divisor = 0;
	u32 sum = 0;
	u32 i;

	for (i = 0; i < pool->count; i++) {
		divisor = gcd(divisor, pool->candidates[i].weight);
		sum += pool->candidates[i].weight;
	}

	if (sum / divisor <= WRR_PERIOD_MAX)
		return (struct wrr_scale){ 1, divisor };

	/* Rounding up adds at most one turn per candidate; leave room for it. */
	return (struct wrr_scale){ WRR_PERIOD_MAX - pool->count, sum };
}

static u32 wrr_turns(const struct wrr_scale *scale, u32 weight)
{
	u64 product = (u64)weight * scale->multiplier;

	return max_t(u32, 1, div_u64(product + scale->divisor / 2, scale->divisor));
}

/*
 * A period is a sequence of passes over the candidates, numbered downwards. In
 * pass n those take a turn that have more than n turns.
 *
 * Turns @pass from the number of turns in each pass into the place in the
 * period where each pass begins. Returns the length of the period.
 */
static u32 wrr_place_passes(u32 *pass, u32 passes)
{
	u32 place = 0;

	while (passes--) {
		u32 turns = pass[passes];

		pass[passes] = place;
		place += turns;
	}

	return place;
}

static int wrr_build(struct weir_sched_pool *pool)
{
	const struct wrr_scale scale = wrr_scale(pool);
	u32 passes = 0;
	u32 *pass;
	u32 i, n;

	for (i = 0; i < pool->count; i++)
		passes = max(passes, wrr_turns(&scale, pool->candidates[i].weight));

	pass = kvcalloc(passes, sizeof(*pass), GFP_KERNEL_ACCOUNT);
	if (!pass)
		return -ENOMEM;

	for (i = 0; i < pool->count; i++)
		for (n = wrr_turns(&scale, pool->candidates[i].weight); n--; )
			pass[n]++;

	pool->table_size = wrr_place_passes(pass, passes);
	pool->table = kvmalloc_array(pool->table_size, sizeof(*pool->table), GFP_KERNEL_ACCOUNT);
	if (!pool->table) {
		kvfree(pass);
		return -ENOMEM;
	}

	for (i = 0; i < pool->count; i++)
		for (n = wrr_turns(&scale, pool->candidates[i].weight); n--; )
			pool->table[pass[n]++] = i;

	kvfree(pass);
	return 0;
}

/*
 * As many turns of full candidates are passed over as there are candidates, and at
 * least this many: enough wherever weights are of one order.
 */
#define WRR_SKIPS_MIN 256U

/* The turn at or after @turn whose candidate has room, of those that are looked at. */
static u32 wrr_find_room(const struct weir_sched_pool *pool, u32 turn)
{
	u32 skips = min(max(pool->count, WRR_SKIPS_MIN), pool->table_size);

	while (skips--) {
		if (!weir_candidate_is_full(&pool->candidates[pool->table[turn]]))
			break;
		if (++turn == pool->table_size)
			turn = 0;
	}

	return turn;
}

/*
 * Who is picked may be full nonetheless, where so many turns of full candidates come
 * together: then the next in the list that is not has the turn, which is another with
 * each turn.
 *
 * The cursor is kept below the length of the period rather than left to count
 * on: a wrap at 2^32 would break off a period early. Relaxed, because it
 * orders nothing but itself.
 */
static u32 wrr_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple)
{
	int cursor = atomic_read(&pool->cursor);
	u32 index;
	u32 turn;

	do {
		turn = wrr_find_room(pool, (u32)cursor % pool->table_size);
	} while (!atomic_try_cmpxchg_relaxed(&pool->cursor, &cursor, turn + 1));

	index = pool->table[turn];
	if (likely(!weir_candidate_is_full(&pool->candidates[index])))
		return index;
	return weir_sched_find_room(pool, turn % pool->count);
}

const struct weir_scheduler weir_sched_wrr = {
	.name = "wrr",
	.build = wrr_build,
	.pick = wrr_pick,
};
