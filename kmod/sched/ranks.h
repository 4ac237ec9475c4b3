/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Candidates by their weight: fo and ovf.
 */
#ifndef WEIR_RANKS_H
#define WEIR_RANKS_H

#include "../sched.h"

int weir_ranks_build(struct weir_sched_pool *pool);

#endif
