// SPDX-License-Identifier: GPL-2.0-only
/*
 * Weighted least connections: the candidate with the least load for its weight.
 */
#include "sched/least.h"

const struct weir_scheduler weir_sched_wlc = {
	.name = "wlc",
	.build = weir_least_build,
	.pick = weir_least_pick,
	.changed = weir_least_changed,
};
