/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in: any hash will do, no test asks for a value. */
#ifndef KSTUB_LINUX_JHASH_H
#define KSTUB_LINUX_JHASH_H

#include <linux/types.h>

static inline u32 jhash2(const u32 *words, u32 count, u32 seed)
{
	while (count--)
		seed = (seed ^ *words++) * 0x9e3779b1;
	return seed;
}

static inline u32 jhash_3words(u32 a, u32 b, u32 c, u32 seed)
{
	return jhash2((const u32[]){ a, b, c }, 3, seed);
}

#endif
