// SPDX-License-Identifier: GPL-2.0-only
/*
 * When the conns of a server make it full.
 */
#include "sched.h"

/* Whether it is, with the conns it has now, if it was or was not. */
static bool is_full(const struct weir_load *load, bool was_full)
{
	u32 conns = atomic_read(&load->active) + atomic_read(&load->inactive);
	u32 max = READ_ONCE(load->conns_max);

	if (!max)
		return false;
	if (conns >= max)
		return true;
	return was_full && conns >= READ_ONCE(load->resume_below);
}

/**
 * weir_load_heed_limit - makes a server full, or ends that
 * @load: its load, after a change of its conns or its limit; any context
 *
 * Who writes the state looks at the load again. So of calls that overlap the last to
 * write has seen what the others changed, or they see what it wrote: a server does not
 * stay full for want of a conn whose end would make it look.
 */
void weir_load_heed_limit(struct weir_load *load)
{
	bool was_full, full;

	for (;;) {
		/* Orders the change before the state that is read, and the state that is
		 * written before the load that is read again; pairs with itself.
		 */
		smp_mb();
		was_full = READ_ONCE(load->is_full);
		full = is_full(load, was_full);
		if (full == was_full)
			return;
		WRITE_ONCE(load->is_full, full);
	}
}

/**
 * weir_load_set_limit - how many conns a server may hold
 * @load: its load; mutex held
 * @conns_max: the limit, 0 for none
 * @conns_resume: a full server takes new conns below this; 0 for three quarters of
 *	@conns_max, as with ip_vs
 */
void weir_load_set_limit(struct weir_load *load, u32 conns_max, u32 conns_resume)
{
	/* The least number of which four times are not below three times the limit. */
	WRITE_ONCE(load->resume_below, conns_resume ? conns_resume : conns_max - conns_max / 4);
	WRITE_ONCE(load->conns_max, conns_max);
	weir_load_heed_limit(load);
}
