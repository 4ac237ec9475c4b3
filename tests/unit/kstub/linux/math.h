/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header. */
#ifndef KSTUB_LINUX_MATH_H
#define KSTUB_LINUX_MATH_H

#include <linux/types.h>

#define round_up(x, multiple) (((x) + (multiple) - 1) / (multiple) * (multiple))

static inline u32 reciprocal_scale(u32 value, u32 range)
{
	return (u64)value * range >> 32;
}

#endif
