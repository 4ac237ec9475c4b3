/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which servers conns to an address went to: the memory of lblc and lblcr.
 */
#ifndef WEIR_LOCALITY_H
#define WEIR_LOCALITY_H

#include "../sched.h"

int weir_locality_build(struct weir_sched_pool *pool, u32 members);
u32 weir_locality_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple);

#endif
