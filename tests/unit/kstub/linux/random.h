/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header, defined in ../kstub.c. */
#ifndef KSTUB_LINUX_RANDOM_H
#define KSTUB_LINUX_RANDOM_H

#include <linux/types.h>

u32 get_random_u32(void);

#endif
