/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables of slots, each of which belongs to a candidate: sh, dh, mh and twos.
 */
#ifndef WEIR_SLOTS_H
#define WEIR_SLOTS_H

#include <linux/math.h>

#include "../sched.h"

int weir_slots_build(struct weir_sched_pool *pool);

/*
 * Whose slot a number falls into, that is any of 32 bits. Numbers map to slots in
 * order rather than by remainder, so that a change of the number of slots
 * stretches the runs but does not mix them.
 */
static inline u32 weir_slot_owner(const struct weir_sched_pool *pool, u32 number)
{
	return pool->table[reciprocal_scale(number, pool->table_size)];
}

#endif
