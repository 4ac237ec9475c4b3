// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locality-based least connections with replication: as lblc, but an address that is
 * asked for too much does not move, it gets one more candidate. Of those it has, the one
 * with the least load for its weight has the conn. A set that has not changed for a day
 * loses the most loaded.
 */
#include "sched/least.h"
#include "sched/locality.h"

/* Then an entry is a cache line. ip_vs knows no bound. */
#define LBLCR_SERVERS 12

static int lblcr_build(struct weir_sched_pool *pool)
{
	return weir_locality_build(pool, LBLCR_SERVERS);
}

const struct weir_scheduler weir_sched_lblcr = {
	.name = "lblcr",
	.build = lblcr_build,
	.pick = weir_locality_pick,
	.changed = weir_least_changed,
};
