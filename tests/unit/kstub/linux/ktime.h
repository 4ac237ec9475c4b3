/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: the clock is what a test says, see ../kstub.h. */
#ifndef KSTUB_LINUX_KTIME_H
#define KSTUB_LINUX_KTIME_H

#include <linux/types.h>

typedef s64 time64_t;

time64_t ktime_get_seconds(void);

#endif
