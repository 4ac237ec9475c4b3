// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the list of schedulers. A new one is a file in sched/, a declaration in
 * sched.h and a line here.
 */
#include "sched.h"

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
