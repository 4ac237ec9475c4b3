// SPDX-License-Identifier: GPL-2.0-only
/*
 * Source hash: a client always gets the same candidate, for as long as the servers
 * stay the same. Each owns a run of slots as long as its weight, in the order of
 * endpoints. A server that joins or leaves shifts the runs of the others, which moves
 * a quarter to a half of their clients; mh is for those who mind. One that is down
 * keeps its run.
 */
#include "sched/slots.h"

static int sh_build(struct weir_sched_pool *pool)
{
	return weir_slots_build(pool, pool->servers);
}

static u32 sh_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple)
{
	return weir_slots_pick(pool, weir_slots_hash_client(pool, tuple));
}

const struct weir_scheduler weir_sched_sh = {
	.name = "sh",
	.build = sh_build,
	.pick = sh_pick,
};
