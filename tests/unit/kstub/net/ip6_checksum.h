/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: what pure files of kmod/ use of it. */
#ifndef KSTUB_NET_IP6_CHECKSUM_H
#define KSTUB_NET_IP6_CHECKSUM_H

#include <netinet/in.h>

#include <linux/types.h>

__sum16 csum_ipv6_magic(const struct in6_addr *saddr, const struct in6_addr *daddr, u32 len,
			u8 protocol, __wsum sum);

#endif
