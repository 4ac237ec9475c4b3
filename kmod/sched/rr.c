// SPDX-License-Identifier: GPL-2.0-only
/*
 * Round robin: candidates in turn from the one added last to the one added first, each
 * once a round, whatever its weight. One that is full is passed over.
 */
#include "../sched.h"

/*
 * The cursor is kept below the number of candidates rather than left to count
 * on: a wrap at 2^32 would break off a round early. Relaxed, because it orders
 * nothing but itself.
 */
static u32 rr_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple)
{
	int cursor = atomic_read(&pool->cursor);
	u32 turn;

	do {
		turn = (u32)cursor % pool->count;
		if (unlikely(weir_candidate_is_full(&pool->candidates[turn])))
			turn = weir_sched_find_room(pool, turn);
		if (unlikely(turn == WEIR_SCHED_NOBODY))
			return turn;
	} while (!atomic_try_cmpxchg_relaxed(&pool->cursor, &cursor, turn + 1));

	return turn;
}

const struct weir_scheduler weir_sched_rr = {
	.name = "rr",
	.pick = rr_pick,
};
