// SPDX-License-Identifier: GPL-2.0-only
/*
 * Weighted least connections: the candidate with the least load for its
 * weight. An active conn costs a server as much as 256 inactive ones.
 */
#include "../sched.h"

static u64 wlc_load(const struct weir_candidate *candidate)
{
	u32 active = atomic_read(&candidate->load->active);
	u32 inactive = atomic_read(&candidate->load->inactive);

	return (u64)active * 256 + inactive;
}

/*
 * a / A < b / B is compared as a * B < b * A, which at 2^40 * 2^16 is far from
 * an overflow.
 *
 * Ties go to the first candidate at or after the cursor, which stays where the
 * pool's creator put it: otherwise the first server added would get the first
 * conn of every director.
 */
static u32 wlc_pick(struct weir_sched_pool *pool, const struct weir_endpoint *client)
{
	const u32 start = (u32)atomic_read(&pool->cursor) % pool->count;
	const struct weir_candidate *candidates = pool->candidates;
	u64 least = wlc_load(&candidates[start]);
	u32 best = start;
	u32 i = start;
	u64 load;

	for (;;) {
		if (++i == pool->count)
			i = 0;
		if (i == start)
			return best;

		load = wlc_load(&candidates[i]);
		if (load * candidates[best].weight < least * candidates[i].weight) {
			least = load;
			best = i;
		}
	}
}

const struct weir_scheduler weir_sched_wlc = {
	.name = "wlc",
	.pick = wlc_pick,
};
