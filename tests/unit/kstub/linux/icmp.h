/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: what pure files of kmod/ use of it. */
#ifndef KSTUB_LINUX_ICMP_H
#define KSTUB_LINUX_ICMP_H

#include <linux/types.h>

enum {
	ICMP_DEST_UNREACH = 3,
	ICMP_SOURCE_QUENCH = 4,
	ICMP_ECHO = 8,
	ICMP_TIME_EXCEEDED = 11,
	ICMP_PARAMETERPROB = 12,
};

struct icmphdr {
	u8 type, code;
	__sum16 checksum;
	u32 rest;
};

#endif
