/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: SipHash-2-4, defined in ../kstub.c. */
#ifndef KSTUB_LINUX_SIPHASH_H
#define KSTUB_LINUX_SIPHASH_H

#include <linux/types.h>

typedef struct {
	u64 key[2];
} siphash_key_t;

u64 siphash(const void *data, size_t len, const siphash_key_t *key);

#endif
