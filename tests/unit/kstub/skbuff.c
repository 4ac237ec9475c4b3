// SPDX-License-Identifier: GPL-2.0-only
/*
 * Host stand-ins for what the kernel has for packets and their checksums. A head
 * that is replaced is freed, unless it is a clone's as well.
 */
#include <linux/skbuff.h>

#include <errno.h>
#include <netinet/in.h>

#include <linux/crc32.h>
#include <net/checksum.h>
#include <net/ip6_checksum.h>

/* Replaces the head by one with @pulled bytes of the second run behind the first. */
static int replace_head(struct sk_buff *skb, unsigned int headroom, unsigned int pulled,
			unsigned int tailroom)
{
	unsigned int room = skb_headroom(skb) + headroom, linear = skb_headlen(skb);
	u8 *head = kvmalloc_array(1, room + linear + pulled + tailroom, 0);

	if (!head)
		return -ENOMEM;
	memcpy(head + room, skb->data, linear);
	if (pulled) {
		memcpy(head + room + linear, skb->more, pulled);
		skb->data_len -= pulled;
		skb->more += pulled;
	}
	if (!skb->cloned)
		kvfree(skb->head);
	skb->head = head;
	skb->data = head + room;
	skb->tailroom = tailroom;
	skb->cloned = false;
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		skb->csum_start += headroom;
	return 0;
}

int pskb_expand_head(struct sk_buff *skb, int headroom, int tailroom, gfp_t flags)
{
	return replace_head(skb, headroom, 0, skb->tailroom + tailroom);
}

/* A head of just its size whenever it is replaced, as nobody may rely on more. */
int skb_ensure_writable(struct sk_buff *skb, unsigned int len)
{
	unsigned int linear = skb_headlen(skb);

	if (len > skb->len)
		return -ENOMEM;
	if (len > linear)
		return replace_head(skb, 0, len - linear, 0);
	return skb->cloned ? replace_head(skb, 0, 0, skb->tailroom) : 0;
}

void *skb_put(struct sk_buff *skb, unsigned int len)
{
	u8 *end = skb->data + skb->len;

	assert(!skb->data_len && len <= skb->tailroom);
	skb->len += len;
	skb->tailroom -= len;
	return end;
}

void skb_trim(struct sk_buff *skb, unsigned int len)
{
	assert(!skb->data_len);
	if (len >= skb->len)
		return;
	skb->tailroom += skb->len - len;
	skb->len = len;
}

int pskb_trim(struct sk_buff *skb, unsigned int len)
{
	if (len >= skb->len)
		return 0;
	if (len > skb_headlen(skb)) {
		skb->data_len = len - skb_headlen(skb);
		skb->len = len;
		return 0;
	}
	if (skb->data_len) {
		skb->len = skb_headlen(skb);
		skb->data_len = 0;
	}
	skb_trim(skb, len);
	return 0;
}

__wsum csum_partial(const void *bytes, int len, __wsum sum)
{
	const u8 *at = bytes;
	u16 word;

	for (; len > 1; at += 2, len -= 2) {
		memcpy(&word, at, sizeof(word));
		sum = csum_add(sum, word);
	}
	return len ? csum_add(sum, htons(*at << 8)) : sum;
}

static u8 byte_at(const struct sk_buff *skb, unsigned int offset)
{
	unsigned int linear = skb_headlen(skb);

	return offset < linear ? skb->data[offset] : skb->more[offset - linear];
}

__wsum skb_checksum(const struct sk_buff *skb, int offset, int len, __wsum sum)
{
	assert(offset + len <= (int)skb->len);
	for (int i = 0; i < len; i++) {
		u8 byte = byte_at(skb, offset + i);

		sum = csum_add(sum, htons(i % 2 ? byte : byte << 8));
	}
	return sum;
}

__sum16 csum_tcpudp_magic(__be32 saddr, __be32 daddr, u32 len, u8 protocol, __wsum sum)
{
	sum = csum_add(csum_add(sum, saddr), daddr);
	return csum_fold(csum_add(sum, htonl(len + protocol)));
}

__sum16 csum_ipv6_magic(const struct in6_addr *saddr, const struct in6_addr *daddr, u32 len,
			u8 protocol, __wsum sum)
{
	sum = csum_partial(daddr, sizeof(*daddr), csum_partial(saddr, sizeof(*saddr), sum));
	return csum_fold(csum_add(csum_add(sum, htonl(len)), htonl(protocol)));
}

/* Over the packet the sum changes only where an address of IPv4 is in no other sum. */
void inet_proto_csum_replace4(__sum16 *check, struct sk_buff *skb, __be32 from, __be32 to,
			      bool is_pseudo)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		if (is_pseudo)
			*check = ~csum_fold(csum_add(csum_sub(*check, from), to));
		return;
	}
	csum_replace4(check, from, to);
	if (skb->ip_summed == CHECKSUM_COMPLETE && is_pseudo)
		skb->csum = csum_sub(csum_add(skb->csum, from), to);
}

void inet_proto_csum_replace16(__sum16 *check, struct sk_buff *skb, const __be32 *from,
			       const __be32 *to, bool is_pseudo)
{
	__wsum change = 0;

	for (int i = 0; i < 4; i++)
		change = csum_add(csum_sub(change, from[i]), to[i]);
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		*check = csum_fold(csum_add(change, ~csum_unfold(*check)));
	else if (is_pseudo)
		*check = ~csum_fold(csum_add(change, *check));
}

u32 __crc32c_le(u32 crc, const u8 *bytes, size_t len)
{
	while (len--) {
		crc ^= *bytes++;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return crc;
}

u32 __crc32c_le_shift(u32 crc, size_t len)
{
	static const u8 zero;

	while (len--)
		crc = __crc32c_le(crc, &zero, 1);
	return crc;
}
