/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header, on the compiler's atomics. */
#ifndef KSTUB_LINUX_ATOMIC_H
#define KSTUB_LINUX_ATOMIC_H

#include <linux/types.h>

#include "../kstub.h"

typedef struct {
	int counter;
} atomic_t;

static inline int atomic_read(const atomic_t *v)
{
	int value = __atomic_load_n(&v->counter, __ATOMIC_RELAXED);

	kstub_atomic_reads++;
	if (kstub_on_atomic_read)
		kstub_on_atomic_read();
	return value;
}

static inline void atomic_set(atomic_t *v, int value)
{
	__atomic_store_n(&v->counter, value, __ATOMIC_RELAXED);
}

static inline void atomic_add(int value, atomic_t *v)
{
	__atomic_fetch_add(&v->counter, value, __ATOMIC_RELAXED);
}

#define smp_mb() __atomic_thread_fence(__ATOMIC_SEQ_CST)

static inline bool atomic_try_cmpxchg_relaxed(atomic_t *v, int *old, int value)
{
	return __atomic_compare_exchange_n(&v->counter, old, value, false,
					   __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

#endif
