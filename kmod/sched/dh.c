// SPDX-License-Identifier: GPL-2.0-only
/*
 * Destination hash: an address that clients ask for always gets the same server,
 * as caches in front of many sites want it. The addresses fall into 256 slots,
 * which the servers of the service share out in turn in the order they were
 * added, whatever their weights, those that take no new conns included. What
 * falls to one of these nobody has, as with ip_vs: the others keep the addresses
 * they have and get no more.
 */
#include "sched/slots.h"

#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/slab.h>

/* More servers have a slot each. */
#define DH_SLOTS 256U

#define DH_SLOT_CLOSED U16_MAX

static_assert(WEIR_SERVERS_MAX < DH_SLOT_CLOSED, "no index looks like a closed slot");

static int dh_build(struct weir_sched_pool *pool)
{
	u32 slot;
	u32 i;

	pool->table_size = max(pool->servers, DH_SLOTS);
	pool->table = kvmalloc_array(pool->table_size, sizeof(*pool->table), GFP_KERNEL);
	if (!pool->table)
		return -ENOMEM;

	for (slot = 0; slot < pool->table_size; slot++)
		pool->table[slot] = DH_SLOT_CLOSED;

	for (i = 0; i < pool->count; i++)
		for (slot = pool->candidates[i].position; slot < pool->table_size;
		     slot += pool->servers)
			pool->table[slot] = i;

	return 0;
}

static u32 dh_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple)
{
	u32 owner = weir_slot_owner(pool, siphash(&tuple->dst, sizeof(tuple->dst), &pool->key));

	return owner == DH_SLOT_CLOSED ? WEIR_SCHED_NOBODY : owner;
}

const struct weir_scheduler weir_sched_dh = {
	.name = "dh",
	.build = dh_build,
	.pick = dh_pick,
};
