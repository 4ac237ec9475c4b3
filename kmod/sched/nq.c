// SPDX-License-Identifier: GPL-2.0-only
/*
 * Never queue (Weinrib and Shenker, "Greed is not enough: adaptive load sharing
 * in large heterogeneous systems", INFOCOM 1988): a candidate without an active
 * conn, however little it weighs; if there is none, the one that sed picks.
 */
#include "sched/least.h"

/* As sed, but for those who are idle: without a load they beat the others and tie. */
static const struct weir_load_rule no_queue = { .active = 1, .busy = 1, .idle = 0 };

static int nq_build(struct weir_sched_pool *pool)
{
	return weir_least_build(pool, &no_queue);
}

const struct weir_scheduler weir_sched_nq = {
	.name = "nq",
	.build = nq_build,
	.pick = weir_least_pick,
	.changed = weir_least_changed,
};
