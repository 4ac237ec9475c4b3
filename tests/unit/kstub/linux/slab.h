/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header; ../kstub.h makes allocations fail. */
#ifndef KSTUB_LINUX_SLAB_H
#define KSTUB_LINUX_SLAB_H

#include <linux/types.h>

#define GFP_KERNEL 0U
#define GFP_KERNEL_ACCOUNT 0U
#define GFP_ATOMIC 0U

typedef unsigned int gfp_t;

void *kvmalloc_array(size_t n, size_t size, gfp_t flags);
void *kvcalloc(size_t n, size_t size, gfp_t flags);
void *kvzalloc(size_t size, gfp_t flags);
void kvfree(const void *memory);

#endif
