/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header, on qsort; sort_r is defined in ../kstub.c. */
#ifndef KSTUB_LINUX_SORT_H
#define KSTUB_LINUX_SORT_H

#include <assert.h>
#include <stdlib.h>

typedef int (*cmp_func_t)(const void *a, const void *b);
typedef int (*cmp_r_func_t)(const void *a, const void *b, const void *priv);
typedef void (*swap_func_t)(void *a, void *b, int size);
typedef void (*swap_r_func_t)(void *a, void *b, int size, const void *priv);

static inline void sort(void *base, size_t num, size_t size, cmp_func_t compare, swap_func_t swap)
{
	assert(!swap);
	qsort(base, num, size, compare);
}

void sort_r(void *base, size_t num, size_t size, cmp_r_func_t compare, swap_r_func_t swap,
	    const void *priv);

#endif
