/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: what pure files of kmod/ use of it. */
#ifndef KSTUB_NET_IP_H
#define KSTUB_NET_IP_H

#define IP_MF 0x2000
#define IP_OFFSET 0x1fff

#endif
