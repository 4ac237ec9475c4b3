/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Host stand-in: a packet is one run of bytes or two, and reading past what is to
 * be read is an error. What is more than a line is in ../skbuff.c.
 */
#ifndef KSTUB_LINUX_SKBUFF_H
#define KSTUB_LINUX_SKBUFF_H

#include <string.h>

#include <linux/compiler.h>
#include <linux/slab.h>
#include <linux/types.h>

enum {
	CHECKSUM_NONE,
	CHECKSUM_UNNECESSARY,
	CHECKSUM_COMPLETE,
	CHECKSUM_PARTIAL,
};

struct skb_shared_info {
	u16 gso_size;
	u16 gso_segs;
	u32 gso_type;
};

/**
 * struct sk_buff - a packet
 * @head: the buffer of the first run, of kvmalloc_array()
 * @data: its bytes, in a buffer of just their length and @tailroom, so that
 *	sanitizers see every byte too far
 * @len: number of bytes in both runs
 * @data_len: of those, in the second run
 * @tailroom: unused bytes behind the first run
 * @more: the second run, which others may read: never written
 * @cloned: others may read the first run too: not to be written
 * @ip_summed: as the kernel's
 * @csum: the sum over the packet, of CHECKSUM_COMPLETE
 * @csum_start: from @head, of CHECKSUM_PARTIAL
 * @csum_offset: likewise
 * @shared: what skb_shinfo() gives
 * @is_linear: headers are read where they are
 */
struct sk_buff {
	u8 *head;
	u8 *data;
	unsigned int len;
	unsigned int data_len;
	unsigned int tailroom;
	const u8 *more;
	bool cloned;
	u8 ip_summed;
	union {
		__wsum csum;
		struct {
			u16 csum_start;
			u16 csum_offset;
		};
	};
	struct skb_shared_info shared;
	bool is_linear;
};

#define skb_shinfo(skb) (&(skb)->shared)

static inline int skb_network_offset(const struct sk_buff *skb)
{
	return 0;
}

/* By way of the buffer, unless the packet is linear. */
static inline void *skb_header_pointer(const struct sk_buff *skb, int offset, int len,
				       void *buffer)
{
	if (offset < 0 || skb->len < (unsigned int)offset || skb->len - offset < (unsigned int)len)
		return NULL;
	if (skb->is_linear)
		return skb->data + offset;
	memcpy(buffer, skb->data + offset, len);
	return buffer;
}

static inline unsigned int skb_headlen(const struct sk_buff *skb)
{
	return skb->len - skb->data_len;
}

static inline unsigned int skb_headroom(const struct sk_buff *skb)
{
	return skb->data - skb->head;
}

static inline int skb_tailroom(const struct sk_buff *skb)
{
	return skb->data_len ? 0 : skb->tailroom;
}

static inline bool skb_cloned(const struct sk_buff *skb)
{
	return skb->cloned;
}

static inline bool skb_is_gso(const struct sk_buff *skb)
{
	return skb->shared.gso_size;
}

static inline void skb_gso_reset(struct sk_buff *skb)
{
	skb->shared = (struct skb_shared_info){};
}

int pskb_expand_head(struct sk_buff *skb, int headroom, int tailroom, gfp_t flags);
int skb_ensure_writable(struct sk_buff *skb, unsigned int len);
void *skb_put(struct sk_buff *skb, unsigned int len);
void skb_trim(struct sk_buff *skb, unsigned int len);
int pskb_trim(struct sk_buff *skb, unsigned int len);
__wsum skb_checksum(const struct sk_buff *skb, int offset, int len, __wsum sum);

#endif
