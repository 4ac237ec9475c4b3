// SPDX-License-Identifier: GPL-2.0-only
/*
 * Source hash: a client address always gets the same candidate, for as long as
 * the candidates stay the same. Each owns a run of slots as long as its weight.
 * A server that joins or leaves shifts the runs of the others, which moves a
 * quarter to a half of their clients; mh is for those who mind.
 */
#include "sched/slots.h"

static u32 sh_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple)
{
	return weir_slot_owner(pool, siphash(&tuple->src, sizeof(tuple->src), &pool->key));
}

const struct weir_scheduler weir_sched_sh = {
	.name = "sh",
	.build = weir_slots_build,
	.pick = sh_pick,
};
