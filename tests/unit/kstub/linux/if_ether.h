/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: what pure files of kmod/ use of it. */
#ifndef KSTUB_LINUX_IF_ETHER_H
#define KSTUB_LINUX_IF_ETHER_H

#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86dd

#endif
