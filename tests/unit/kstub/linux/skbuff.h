/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in: a packet is a run of bytes, and reading past it is an error. */
#ifndef KSTUB_LINUX_SKBUFF_H
#define KSTUB_LINUX_SKBUFF_H

#include <string.h>

#include <linux/compiler.h>
#include <linux/types.h>

/**
 * struct sk_buff - a packet
 * @data: its bytes, in a buffer of just their length, so that sanitizers see
 *	every byte too far
 * @len: their number
 */
struct sk_buff {
	const u8 *data;
	unsigned int len;
};

static inline int skb_network_offset(const struct sk_buff *skb)
{
	return 0;
}

/* Always by way of the buffer, as for a packet that is not linear. */
static inline void *skb_header_pointer(const struct sk_buff *skb, int offset, int len,
				       void *buffer)
{
	if (offset < 0 || skb->len < (unsigned int)offset || skb->len - offset < (unsigned int)len)
		return NULL;
	memcpy(buffer, skb->data + offset, len);
	return buffer;
}

#endif
