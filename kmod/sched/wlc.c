// SPDX-License-Identifier: GPL-2.0-only
/*
 * Weighted least connections: the candidate with the least load for its weight.
 */
#include "sched/least.h"

static int wlc_build(struct weir_sched_pool *pool)
{
	return weir_least_build(pool, &weir_load_by_conns);
}

const struct weir_scheduler weir_sched_wlc = {
	.name = "wlc",
	.build = wlc_build,
	.pick = weir_least_pick,
	.changed = weir_least_changed,
};
