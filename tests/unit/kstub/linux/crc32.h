/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: CRC32c, bit by bit. */
#ifndef KSTUB_LINUX_CRC32_H
#define KSTUB_LINUX_CRC32_H

#include <stddef.h>

#include <linux/types.h>

u32 __crc32c_le(u32 crc, const u8 *bytes, size_t len);
u32 __crc32c_le_shift(u32 crc, size_t len);

#endif
