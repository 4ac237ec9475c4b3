/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables of slots, each of which belongs to a candidate: sh, dh, mh and twos.
 *
 * Those of the hashes (all but twos) have slots for absent candidates too, lest the
 * clients of the others move when one is down for a while. Behind the slots they have
 * the ranks: all candidates in the order of their endpoints, which directors agree on
 * whatever the order of adding.
 */
#ifndef WEIR_SLOTS_H
#define WEIR_SLOTS_H

#include <linux/math.h>

#include "../sched.h"

int weir_slots_alloc(struct weir_sched_pool *pool, u32 slots, u32 members);
int weir_slots_build(struct weir_sched_pool *pool, u32 members);
u32 weir_slots_pick(const struct weir_sched_pool *pool, u64 hash);

/*
 * Whose slot a number falls into, that is any of 32 bits. Numbers map to slots in
 * order rather than by remainder, so that a change of the number of slots
 * stretches the runs but does not mix them.
 */
static inline u32 weir_slot_owner(const struct weir_sched_pool *pool, u32 number)
{
	return pool->table[reciprocal_scale(number, pool->table_size)];
}

/* The hash of who a packet is from, as the service wants it told apart. */
static inline u64 weir_slots_hash_client(const struct weir_sched_pool *pool,
					 const struct weir_tuple *tuple)
{
	struct weir_endpoint client;

	if (!pool->options.hash_port)
		return siphash(&tuple->src, sizeof(tuple->src), &pool->options.key);

	client = weir_tuple_source(tuple);
	return siphash(&client, sizeof(client), &pool->options.key);
}

#endif
