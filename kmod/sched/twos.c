// SPDX-License-Identifier: GPL-2.0-only
/*
 * The power of two choices (Mitzenmacher, "The power of two choices in
 * randomized load balancing", IEEE TPDS 12, 2001): two candidates are drawn at
 * random, each as likely as its weight, and the one with less load for its weight
 * has the conn; a tie goes to the first drawn. Both draws may fall on the same.
 * Where many directors share servers, whose loads none of them sees in full, they
 * do not all run to the one that each takes for the least loaded.
 *
 * A share is as exact as a slot. ip_vs draws from one number more than the sum of
 * the weights, in favour of a single server; this does not.
 */
#include "sched/slots.h"

#include <linux/random.h>

#include "sched/least.h"

/* Draws for one conn; the last of them looks for the next that is not full. */
#define TWOS_DRAWS 16

static int twos_build(struct weir_sched_pool *pool)
{
	return weir_slots_build(pool, pool->count);
}

/* One that is not full, or WEIR_SCHED_NOBODY. */
static u32 twos_draw(const struct weir_sched_pool *pool)
{
	u32 draws = TWOS_DRAWS;
	u32 drawn;

	do {
		drawn = weir_slot_owner(pool, get_random_u32());
		if (likely(!weir_candidate_is_full(&pool->candidates[drawn])))
			return drawn;
	} while (--draws);

	return weir_sched_find_room(pool, drawn);
}

static u32 twos_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple)
{
	u32 first = twos_draw(pool);
	u32 second;

	if (first == WEIR_SCHED_NOBODY)
		return first;
	second = twos_draw(pool);
	if (second == WEIR_SCHED_NOBODY)
		return first;
	return weir_load_is_less(&pool->candidates[second], &pool->candidates[first],
				 &weir_load_by_conns) ? second : first;
}

const struct weir_scheduler weir_sched_twos = {
	.name = "twos",
	.build = twos_build,
	.pick = twos_pick,
};
