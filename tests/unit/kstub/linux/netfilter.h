/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: the address union, and no more. */
#ifndef KSTUB_LINUX_NETFILTER_H
#define KSTUB_LINUX_NETFILTER_H

#include <netinet/in.h>
#include <sys/socket.h>

#include <linux/types.h>

union nf_inet_addr {
	__u32 all[4];
	__be32 ip;
	__be32 ip6[4];
	struct in_addr in;
	struct in6_addr in6;
};

#endif
