/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: what pure files of kmod/ use of it. */
#ifndef KSTUB_LINUX_ICMPV6_H
#define KSTUB_LINUX_ICMPV6_H

#include <linux/types.h>

struct icmp6hdr {
	u8 type, code;
	__sum16 icmp6_cksum;
	u32 rest;
};

#endif
