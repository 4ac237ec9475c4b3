/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: a test program needs no rescheduling. */
#ifndef KSTUB_LINUX_SCHED_H
#define KSTUB_LINUX_SCHED_H

static inline int cond_resched(void)
{
	return 0;
}

#endif
