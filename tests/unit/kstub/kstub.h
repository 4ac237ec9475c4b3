/* SPDX-License-Identifier: GPL-2.0-only */
/* What tests may ask of the kernel stand-ins beyond the kernel's own interface. */
#ifndef KSTUB_H
#define KSTUB_H

/* How often this thread has read an atomic. */
extern _Thread_local unsigned long kstub_atomic_reads;

/**
 * kstub_fail_allocation - make one allocation fail
 * @n: 1 for the next, 2 for the one after it and so on; 0 for none
 */
void kstub_fail_allocation(unsigned int n);

#endif
