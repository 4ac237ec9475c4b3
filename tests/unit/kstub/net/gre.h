/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: what pure files of kmod/ use of it. */
#ifndef KSTUB_NET_GRE_H
#define KSTUB_NET_GRE_H

#include <arpa/inet.h>

#include <linux/types.h>

#define GRE_CSUM htons(0x8000)

struct gre_base_hdr {
	__be16 flags;
	__be16 protocol;
};

#endif
