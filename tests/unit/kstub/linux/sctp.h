/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: what pure files of kmod/ use of it. */
#ifndef KSTUB_LINUX_SCTP_H
#define KSTUB_LINUX_SCTP_H

#include <linux/types.h>

struct sctphdr {
	__be16 source;
	__be16 dest;
	__be32 vtag;
	__le32 checksum;
};

struct sctp_chunkhdr {
	__u8 type;
	__u8 flags;
	__be16 length;
};

#endif
