/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: what pure files of kmod/ use of it. */
#ifndef KSTUB_NET_GUE_H
#define KSTUB_NET_GUE_H

#include <linux/types.h>

struct guehdr {
	u8 hlen : 5, control : 1, version : 2;
	u8 proto_ctype;
	__be16 flags;
};

#endif
