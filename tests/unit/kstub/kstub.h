/* SPDX-License-Identifier: GPL-2.0-only */
/* What tests may ask of the kernel stand-ins beyond the kernel's own interface. */
#ifndef KSTUB_H
#define KSTUB_H

#include <stddef.h>

#include <linux/types.h>

/* How often this thread has read an atomic. */
extern _Thread_local unsigned long kstub_atomic_reads;

/* Called, if set, after this thread has read an atomic: what another processor does then. */
extern _Thread_local void (*kstub_on_atomic_read)(void);

/**
 * kstub_fail_allocation - make one allocation fail
 * @n: 1 for the next, 2 for the one after it and so on; 0 for none
 */
void kstub_fail_allocation(unsigned int n);

/**
 * kstub_set_time - say what time it is
 * @seconds: of the monotonic clock
 */
void kstub_set_time(s64 seconds);

/**
 * kstub_set_random - say what the next random numbers are
 * @numbers: they, which have to last until they are used up; others follow
 * @count: how many
 */
void kstub_set_random(const u32 *numbers, size_t count);

#endif
