// SPDX-License-Identifier: GPL-2.0-only
/*
 * Least connections: the candidate with the least load, whatever its weight.
 * An active conn costs a server as much as 256 inactive ones.
 */
#include "../sched.h"

static u64 lc_load(const struct weir_candidate *candidate)
{
	u32 active = atomic_read(&candidate->load->active);
	u32 inactive = atomic_read(&candidate->load->inactive);

	return (u64)active * 256 + inactive;
}

/*
 * Ties go to the first candidate at or after the cursor, which stays where the
 * pool's creator put it: otherwise the first server added would get the first
 * conn of every director.
 */
static u32 lc_pick(struct weir_sched_pool *pool, const struct weir_endpoint *client)
{
	const u32 start = (u32)atomic_read(&pool->cursor) % pool->count;
	u64 least = lc_load(&pool->candidates[start]);
	u32 best = start;
	u32 i = start;
	u64 load;

	for (;;) {
		if (++i == pool->count)
			i = 0;
		if (i == start)
			return best;

		load = lc_load(&pool->candidates[i]);
		if (load < least) {
			least = load;
			best = i;
		}
	}
}

const struct weir_scheduler weir_sched_lc = {
	.name = "lc",
	.pick = lc_pick,
};
