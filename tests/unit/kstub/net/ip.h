/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: what pure files of kmod/ use of it. */
#ifndef KSTUB_NET_IP_H
#define KSTUB_NET_IP_H

#include <netinet/in.h>

#include <linux/ip.h>
#include <net/checksum.h>

#define IP_MF 0x2000
#define IP_OFFSET 0x1fff

static inline int ip_decrease_ttl(struct iphdr *ip)
{
	u32 check = ip->check + htons(0x0100);

	ip->check = check + (check >= 0xffff);
	return --ip->ttl;
}

#endif
