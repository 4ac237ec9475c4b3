/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: nothing is exported here. */
#ifndef KSTUB_LINUX_EXPORT_H
#define KSTUB_LINUX_EXPORT_H

#define EXPORT_SYMBOL_GPL(symbol) _Static_assert(sizeof(&(symbol)), "")

#endif
