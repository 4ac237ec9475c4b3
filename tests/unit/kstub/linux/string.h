/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header. */
#ifndef KSTUB_LINUX_STRING_H
#define KSTUB_LINUX_STRING_H

#include <string.h>

#include <linux/types.h>

#endif
