/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loads and how they compare, and the tournament of the schedulers that pick the
 * least: lc, wlc, sed and nq, and lblc and lblcr for an address they do not know.
 */
#ifndef WEIR_LEAST_H
#define WEIR_LEAST_H

#include "../sched.h"

/**
 * struct weir_load_rule - what makes a candidate's load, the sum of
 * @active: for each active conn; at most 257
 * @inactive: for each inactive conn; at most 257
 * @busy: if there is an active conn
 * @idle: if there is none
 */
struct weir_load_rule {
	u16 active;
	u16 inactive;
	u16 busy;
	u16 idle;
};

extern const struct weir_load_rule weir_load_by_conns;

bool weir_load_is_less(const struct weir_candidate *a, const struct weir_candidate *b,
		       const struct weir_load_rule *rule);

int weir_least_build(struct weir_sched_pool *pool, const struct weir_load_rule *rule);
u32 weir_least_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple);
void weir_least_changed(struct weir_sched_pool *pool, u32 index);

#endif
