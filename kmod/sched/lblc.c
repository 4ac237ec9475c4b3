// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locality-based least connections: conns to an address go where those before went, and
 * the first to the candidate with the least load for its weight. An address whose
 * candidate has more active conns than its weight, while another has less than half of
 * his, moves to the least loaded, as does one whose candidate is gone or full.
 */
#include "sched/least.h"
#include "sched/locality.h"

static int lblc_build(struct weir_sched_pool *pool)
{
	return weir_locality_build(pool, 1);
}

const struct weir_scheduler weir_sched_lblc = {
	.name = "lblc",
	.build = lblc_build,
	.pick = weir_locality_pick,
	.changed = weir_least_changed,
};
