/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tournament of the schedulers that compare loads: lc and wlc.
 */
#ifndef WEIR_LEAST_H
#define WEIR_LEAST_H

#include "../sched.h"

int weir_least_build(struct weir_sched_pool *pool);
u32 weir_least_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple);
void weir_least_changed(struct weir_sched_pool *pool, u32 index);

#endif
