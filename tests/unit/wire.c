// SPDX-License-Identifier: GPL-2.0-only
#include "wire.h"

#include <stdlib.h>

#include <linux/random.h>

enum { NETWORK_CHECK = 10, DESTINATION_OPTIONS = 60 };

static u16 read16(const u8 *at)
{
	return at[0] << 8 | at[1];
}

void wire_write16(u8 *at, u16 value)
{
	at[0] = value >> 8;
	at[1] = value;
}

u16 wire_sum(const u8 *bytes, unsigned int len, u32 sum)
{
	for (unsigned int i = 0; i < len; i++)
		sum += i % 2 ? bytes[i] : bytes[i] << 8;
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static u32 reverse(u32 value, unsigned int bits)
{
	u32 reversed = 0;

	for (unsigned int i = 0; i < bits; i++)
		reversed |= (value >> i & 1) << (bits - 1 - i);
	return reversed;
}

/* As the standard has it, the first bit of the wire being the highest. */
u32 wire_crc32c(const u8 *bytes, unsigned int len)
{
	u32 rest = 0xffffffff;

	for (unsigned int i = 0; i < len; i++) {
		rest ^= reverse(bytes[i], 8) << 24;
		for (int bit = 0; bit < 8; bit++)
			rest = rest << 1 ^ (rest >> 31 ? 0x1edc6f41 : 0);
	}
	return ~reverse(rest, 32);
}

u32 wire_below(u32 limit)
{
	return get_random_u32() % limit;
}

static u8 *add_random(struct wire *w, unsigned int len)
{
	u8 *at = w->bytes + w->len;

	assert(w->len + len <= sizeof(w->bytes));
	for (unsigned int i = 0; i < len; i++)
		at[i] = get_random_u32();
	w->len += len;
	return at;
}

static void add_ipv4(struct wire *w)
{
	unsigned int words = wire_below(2) ? 5 : 5 + wire_below(11);
	u8 *ip = add_random(w, words * 4);

	ip[0] = 0x40 | words;
	ip[8] = 2 + wire_below(254);
	ip[9] = w->protocol;
}

static void add_ipv6(struct wire *w)
{
	unsigned int extensions = wire_below(2) ? 0 : wire_below(4);
	u8 *ip = add_random(w, 40), *next = ip + 6;

	ip[0] = 0x60;
	ip[7] = 2 + wire_below(254);
	while (extensions--) {
		*next = DESTINATION_OPTIONS;
		next = add_random(w, 8);
		next[1] = 0;
	}
	*next = w->protocol;
}

static void begin(struct wire *w, u8 family, u8 protocol)
{
	*w = (struct wire){ .family = family, .protocol = protocol };
	if (family == AF_INET)
		add_ipv4(w);
	else
		add_ipv6(w);
	w->l4 = w->len;
}

static void add_transport(struct wire *w)
{
	unsigned int options = wire_below(2) ? 0 : wire_below(11);
	u8 *l4;

	switch (w->protocol) {
	case IPPROTO_TCP:
		l4 = add_random(w, 20 + options * 4);
		l4[12] = (5 + options) << 4;
		break;
	case IPPROTO_SCTP:
		add_random(w, 12);
		break;
	default:
		add_random(w, 8);
	}
}

static void end(struct wire *w)
{
	if (w->family == AF_INET)
		wire_write16(w->bytes + 2, w->len);
	else
		wire_write16(w->bytes + 4, w->len - 40);
	if (w->protocol == IPPROTO_UDP)
		wire_write16(w->bytes + w->l4 + 4, w->len - w->l4);
	wire_sum_up(w);
}

void wire_build(struct wire *w, u8 family, u8 protocol, unsigned int payload)
{
	begin(w, family, protocol);
	add_transport(w);
	add_random(w, payload);
	end(w);
}

void wire_build_error(struct wire *w, u8 family, const struct wire *quoted, unsigned int len)
{
	begin(w, family, family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	add_random(w, 8)[0] = family == AF_INET ? 3 : 1;
	memcpy(add_random(w, len), quoted->bytes, len);
	end(w);
}

u8 *wire_addr(struct wire *w, enum weir_side side)
{
	bool is_second = side == WEIR_SIDE_DESTINATION;

	if (w->family == AF_INET)
		return w->bytes + (is_second ? 16 : 12);
	return w->bytes + (is_second ? 24 : 8);
}

void wire_set_end(struct wire *w, enum weir_side side, const struct weir_endpoint *to)
{
	memcpy(wire_addr(w, side), &to->addr, w->family == AF_INET ? 4 : 16);
	if (to->port && w->protocol != IPPROTO_AH && w->protocol != IPPROTO_ESP)
		memcpy(w->bytes + w->l4 + (side == WEIR_SIDE_DESTINATION ? 2 : 0), &to->port, 2);
}

u8 *wire_check(struct wire *w, unsigned int *size)
{
	unsigned int at = 0;

	*size = 2;
	switch (w->protocol) {
	case IPPROTO_TCP:
		at = 16;
		break;
	case IPPROTO_UDP:
		at = 6;
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		at = 2;
		break;
	case IPPROTO_SCTP:
		at = 8;
		*size = 4;
		break;
	default:
		*size = 0;
	}
	return w->bytes + w->l4 + at;
}

struct weir_header wire_header(const struct wire *w, unsigned int offset)
{
	return (struct weir_header){
		.l3 = offset,
		.l4 = offset + w->l4,
		.length = w->len,
		.family = w->family,
		.protocol = w->protocol,
	};
}

void wire_ignore_check(struct wire *expected, const struct wire *actual)
{
	unsigned int size;
	u8 *check = wire_check(expected, &size);

	memcpy(check, actual->bytes + (check - expected->bytes), size);
}

void wire_ignore_network_check(struct wire *expected, const struct wire *actual)
{
	if (expected->family == AF_INET)
		memcpy(expected->bytes + NETWORK_CHECK, actual->bytes + NETWORK_CHECK, 2);
}

bool wire_is_equal(const struct wire *a, const struct wire *b)
{
	return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}

bool wire_is_summed(const struct wire *w, __wsum sum)
{
	u32 both = (sum & 0xffff) + (sum >> 16);

	return htons(wire_sum(w->bytes, w->len, 0)) % 0xffff == both % 0xffff;
}

u16 wire_pseudo(const struct wire *w)
{
	unsigned int length = w->len - w->l4;

	if (w->protocol == IPPROTO_ICMP)
		return 0;
	if (w->family == AF_INET)
		return wire_sum(w->bytes + 12, 8, length + w->protocol);
	return wire_sum(w->bytes + 8, 32, length + w->protocol);
}

static u16 transport_sum(const struct wire *w, u32 sum)
{
	return wire_sum(w->bytes + w->l4, w->len - w->l4, sum);
}

static u32 crc_of(const struct wire *w)
{
	struct wire copy = *w;

	memset(copy.bytes + copy.l4 + 8, 0, 4);
	return wire_crc32c(copy.bytes + copy.l4, copy.len - copy.l4);
}

static void write_check(struct wire *w, u32 sum)
{
	unsigned int size;
	u8 *check = wire_check(w, &size);

	if (w->protocol == IPPROTO_SCTP) {
		sum = crc_of(w);
		for (int i = 0; i < 4; i++)
			check[i] = sum >> 8 * i;
	} else if (size) {
		sum = (u16)~transport_sum(w, sum);
		wire_write16(check, w->protocol == IPPROTO_UDP && !sum ? 0xffff : sum);
	}
}

void wire_sum_up(struct wire *w)
{
	unsigned int size;
	u8 *check = wire_check(w, &size);

	memset(check, 0, size);
	write_check(w, wire_pseudo(w));
	if (w->family == AF_INET) {
		wire_write16(w->bytes + NETWORK_CHECK, 0);
		wire_write16(w->bytes + NETWORK_CHECK, ~wire_sum(w->bytes, (w->bytes[0] & 15) * 4, 0));
	}
}

void wire_finish(struct wire *w)
{
	write_check(w, 0);
}

u32 wire_fault(const struct wire *w)
{
	const u8 *l4 = w->bytes + w->l4;

	switch (w->protocol) {
	case IPPROTO_SCTP:
		return crc_of(w) ^ (l4[8] | l4[9] << 8 | l4[10] << 16 | (u32)l4[11] << 24);
	case IPPROTO_UDP:
		return read16(l4 + 6) ? transport_sum(w, wire_pseudo(w)) % 0xffff : 0;
	case IPPROTO_TCP:
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return transport_sum(w, wire_pseudo(w)) % 0xffff;
	}
	return 0;
}

u32 wire_network_fault(const struct wire *w)
{
	if (w->family == AF_INET6)
		return 0;
	return wire_sum(w->bytes, (w->bytes[0] & 15) * 4, 0) % 0xffff;
}

/* The sum over the whole packet, in one of the many forms that it has in 32 bits. */
static __wsum complete_sum(const struct wire *w)
{
	u16 part = get_random_u32();
	u32 rest = htons(wire_sum(w->bytes, w->len, 0)) + (u16)~part;

	return (u32)part << 16 | (u16)((rest & 0xffff) + (rest >> 16));
}

void wire_receive(struct wire_skb *into, const struct wire *w, unsigned int linear,
		  unsigned int tailroom, bool is_cloned, u8 ip_summed)
{
	unsigned int headroom = 4 * wire_below(16), size;
	struct sk_buff *skb = &into->skb;

	*into = (struct wire_skb){};
	skb->head = kvmalloc_array(1, headroom + linear + tailroom, GFP_ATOMIC);
	skb->data = skb->head + headroom;
	skb->len = w->len;
	skb->data_len = w->len - linear;
	skb->tailroom = tailroom;
	skb->cloned = is_cloned;
	skb->ip_summed = ip_summed;
	memcpy(skb->data, w->bytes, linear);
	if (skb->data_len) {
		into->more = malloc(skb->data_len);
		memcpy(into->more, w->bytes + linear, skb->data_len);
		memcpy(into->more_before, into->more, skb->data_len);
		skb->more = into->more;
	}
	if (is_cloned) {
		into->clone_head = skb->head;
		into->clone_len = headroom + linear + tailroom;
		memcpy(into->clone, skb->head, into->clone_len);
	}
	if (ip_summed == CHECKSUM_COMPLETE) {
		skb->csum = complete_sum(w);
	} else if (ip_summed == CHECKSUM_PARTIAL) {
		skb->csum_start = headroom + w->l4;
		skb->csum_offset = wire_check((struct wire *)w, &size) - (w->bytes + w->l4);
	}
	into->before = *skb;
}

void wire_send(struct wire *w, const struct wire_skb *from)
{
	unsigned int linear = skb_headlen(&from->skb);

	memcpy(w->bytes, from->skb.data, linear);
	if (from->skb.data_len)
		memcpy(w->bytes + linear, from->skb.more, from->skb.data_len);
	w->len = from->skb.len;
}

bool wire_is_untouched(const struct wire_skb *s)
{
	return (!s->clone_head || !memcmp(s->clone_head, s->clone, s->clone_len)) &&
	       (!s->more || !memcmp(s->more, s->more_before, s->before.data_len));
}

void wire_free(struct wire_skb *s)
{
	if (s->clone_head && s->clone_head != s->skb.head)
		kvfree(s->clone_head);
	kvfree(s->skb.head);
	free(s->more);
}
