// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shortest expected delay (Whitt, "Deciding which queue to join: some
 * counterexamples", Operations Research 34, 1986): the candidate where the new conn
 * would be done first, if it waits for the active ones there and is served at the
 * rate of the weight. With a active conns and weight w that is the least
 * (a + 1) / w. Inactive conns do not count. A slow candidate may stay idle beside a
 * fast one.
 */
#include "sched/least.h"

/* The new conn is part of the load, wherever it goes. */
static const struct weir_load_rule expected_delay = { .active = 1, .busy = 1, .idle = 1 };

static int sed_build(struct weir_sched_pool *pool)
{
	return weir_least_build(pool, &expected_delay);
}

const struct weir_scheduler weir_sched_sed = {
	.name = "sed",
	.build = sed_build,
	.pick = weir_least_pick,
	.changed = weir_least_changed,
};
