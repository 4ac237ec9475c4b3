/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: what pure files of kmod/ use of it. */
#ifndef KSTUB_LINUX_UDP_H
#define KSTUB_LINUX_UDP_H

#include <linux/types.h>

struct udphdr {
	u8 bytes[8];
};

#endif
