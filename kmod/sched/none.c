// SPDX-License-Identifier: GPL-2.0-only
/*
 * None: no server is picked. What is known already goes on, and nothing new begins.
 */
#include "../sched.h"

static u32 none_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple)
{
	return WEIR_SCHED_NOBODY;
}

const struct weir_scheduler weir_sched_none = {
	.name = "none",
	.pick = none_pick,
};
