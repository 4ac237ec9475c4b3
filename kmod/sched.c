// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the list of schedulers, and what they do when whom they meant is full. A new
 * one is a file in sched/, a declaration in sched.h and a line here.
 */
#include "sched.h"

#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/string.h>

static const struct weir_scheduler *const schedulers[] = {
	&weir_sched_rr,
	&weir_sched_wrr,
	&weir_sched_lc,
	&weir_sched_wlc,
	&weir_sched_sed,
	&weir_sched_nq,
	&weir_sched_twos,
	&weir_sched_fo,
	&weir_sched_ovf,
	&weir_sched_sh,
	&weir_sched_dh,
	&weir_sched_mh,
	&weir_sched_lblc,
	&weir_sched_lblcr,
	&weir_sched_none,
};

/**
 * weir_sched_find - the scheduler called @name
 * @name: as netlink spells it
 *
 * Return: the scheduler, or NULL if none has that name.
 */
const struct weir_scheduler *weir_sched_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(schedulers); i++)
		if (!strcmp(schedulers[i]->name, name))
			return schedulers[i];

	return NULL;
}
EXPORT_SYMBOL_GPL(weir_sched_find);

/**
 * weir_sched_find_room - the next candidate that is not full
 * @pool: the pool
 * @start: where to begin, below the number of candidates
 *
 * Return: its index, or WEIR_SCHED_NOBODY if all are full.
 */
u32 weir_sched_find_room(const struct weir_sched_pool *pool, u32 start)
{
	u32 index = start;

	do {
		if (!weir_candidate_is_full(&pool->candidates[index]))
			return index;
		if (++index == pool->count)
			index = 0;
	} while (index != start);

	return WEIR_SCHED_NOBODY;
}
