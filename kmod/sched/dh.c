// SPDX-License-Identifier: GPL-2.0-only
/*
 * Destination hash: an address that clients ask for always gets the same server,
 * as caches in front of many sites want it. The addresses fall into 256 slots,
 * which the servers of the service share out in turn in the order of endpoints,
 * whatever their weights, those that take no new conns included: the others keep
 * the addresses they have. What falls to one of these another gets, or without a
 * fallback nobody, as with ip_vs.
 */
#include "sched/slots.h"

#include <linux/errno.h>
#include <linux/minmax.h>

/* More servers have a slot each. */
#define DH_SLOTS 256U

static int dh_build(struct weir_sched_pool *pool)
{
	const u16 *ranks;
	u32 slot;

	if (weir_slots_alloc(pool, max(pool->servers, DH_SLOTS), pool->servers))
		return -ENOMEM;

	ranks = pool->table + pool->table_size;
	for (slot = 0; slot < pool->table_size; slot++)
		pool->table[slot] = ranks[slot % pool->servers];

	return 0;
}

static u32 dh_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple)
{
	return weir_slots_pick(pool, siphash(&tuple->dst, sizeof(tuple->dst), &pool->options.key));
}

const struct weir_scheduler weir_sched_dh = {
	.name = "dh",
	.build = dh_build,
	.pick = dh_pick,
};
