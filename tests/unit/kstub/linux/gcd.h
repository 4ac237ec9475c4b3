/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header. */
#ifndef KSTUB_LINUX_GCD_H
#define KSTUB_LINUX_GCD_H

static inline unsigned long gcd(unsigned long a, unsigned long b)
{
	while (b) {
		unsigned long rest = a % b;

		a = b;
		b = rest;
	}

	return a;
}

#endif
