/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header, on qsort. */
#ifndef KSTUB_LINUX_SORT_H
#define KSTUB_LINUX_SORT_H

#include <assert.h>
#include <stdlib.h>

typedef int (*cmp_func_t)(const void *a, const void *b);
typedef void (*swap_func_t)(void *a, void *b, int size);

static inline void sort(void *base, size_t num, size_t size, cmp_func_t compare, swap_func_t swap)
{
	assert(!swap);
	qsort(base, num, size, compare);
}

#endif
