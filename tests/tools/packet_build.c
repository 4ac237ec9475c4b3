// SPDX-License-Identifier: GPL-2.0
/*
 * Builds packets from their description in words.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "packet.h"

struct address address_parse(const char *word)
{
	struct address address = { .family = AF_INET };

	if (inet_pton(AF_INET, word, address.bytes) == 1)
		return address;
	address.family = AF_INET6;
	if (inet_pton(AF_INET6, word, address.bytes) != 1)
		errx(2, "not an address: %s", word);
	return address;
}

const char *address_text(int family, const void *bytes)
{
	static char text[8][INET6_ADDRSTRLEN];
	static int turn;
	char *space = text[turn++ % 8];

	return inet_ntop(family, bytes, space, INET6_ADDRSTRLEN);
}

uint32_t sum_add(uint32_t sum, const void *data, size_t len)
{
	const uint8_t *byte = data;

	for (; len > 1; byte += 2, len -= 2) {
		sum += byte[0] << 8 | byte[1];
		sum = (sum & 0xffff) + (sum >> 16);
	}
	if (len)
		sum += byte[0] << 8;
	return (sum & 0xffff) + (sum >> 16);
}

uint16_t sum_finish(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return ~((sum & 0xffff) + (sum >> 16));
}

uint32_t sum_pseudo(const uint8_t *l3, uint8_t protocol, uint32_t len)
{
	uint8_t tail[8] = { len >> 24, len >> 16, len >> 8, len, 0, 0, 0, protocol };
	uint32_t sum = sum_add(0, tail, sizeof(tail));

	if (l3[0] >> 4 == 4)
		return sum_add(sum, l3 + 12, 8);
	return sum_add(sum, l3 + 8, 32);
}

/* --- words ------------------------------------------------------------------ */

static uint8_t flags_parse(const char *word)
{
	static const char names[] = "FSRPA";
	uint8_t flags = 0;

	for (; *word; word++) {
		const char *name = strchr(names, *word);

		if (!name)
			errx(2, "no TCP flag '%c'", *word);
		flags |= 1 << (name - names);
	}
	return flags;
}

static uint8_t extension_parse(const char *word)
{
	static const struct {
		const char *name;
		uint8_t type;
	} names[] = {
		{ "hop", IPPROTO_HOPOPTS }, { "dst", IPPROTO_DSTOPTS },
		{ "routing", IPPROTO_ROUTING }, { "fragment", IPPROTO_FRAGMENT },
		{ "auth", IPPROTO_AH },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i].name, word))
			return names[i].type;
	errx(2, "no extension header '%s'", word);
}

static void extensions_parse(struct spec *spec, char *list)
{
	char *rest = NULL;

	for (char *word = strtok_r(list, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
		if (spec->extensions_count == EXTENSIONS_MAX)
			errx(2, "more than %d extension headers", EXTENSIONS_MAX);
		spec->extensions[spec->extensions_count++] = extension_parse(word);
	}
}

static enum sum_kind sum_parse(const char *word)
{
	if (!strcmp(word, "bad"))
		return SUM_BAD;
	if (!strcmp(word, "zero"))
		return SUM_ZERO;
	if (strcmp(word, "good"))
		errx(2, "a sum is good, bad or zero, not %s", word);
	return SUM_GOOD;
}

static unsigned int digit_value(char digit)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = digit ? strchr(digits, digit) : NULL;

	if (!at)
		errx(2, "not a hexadecimal digit: '%c'", digit);
	return at - digits;
}

static uint8_t hex_byte(const char *hex)
{
	return digit_value(hex[0]) << 4 | digit_value(hex[1]);
}

static void hex_take(struct spec *spec, const char *hex)
{
	spec->hex = hex;
	spec->payload = strlen(hex) / 2;
}

static void value_parse(struct spec *spec, const char *key, char *value)
{
	if (!strcmp(key, "src"))
		spec->src = address_parse(value);
	else if (!strcmp(key, "dst"))
		spec->dst = address_parse(value);
	else if (!strcmp(key, "sport"))
		spec->sport = number_take(value, 65535);
	else if (!strcmp(key, "dport"))
		spec->dport = number_take(value, 65535);
	else if (!strcmp(key, "flags"))
		spec->flags = flags_parse(value);
	else if (!strcmp(key, "seq"))
		spec->seq = number_take(value, UINT32_MAX);
	else if (!strcmp(key, "ack"))
		spec->ack = number_take(value, UINT32_MAX);
	else if (!strcmp(key, "ttl"))
		spec->ttl = number_take(value, 255);
	else if (!strcmp(key, "sum"))
		spec->sum = sum_parse(value);
	else if (!strcmp(key, "payload"))
		spec->payload = number_take(value, 65000);
	else if (!strcmp(key, "hex"))
		hex_take(spec, value);
	else if (!strcmp(key, "options"))
		spec->options = number_take(value, 40);
	else if (!strcmp(key, "ext"))
		extensions_parse(spec, value);
	else if (!strcmp(key, "type"))
		spec->type = number_take(value, 255);
	else if (!strcmp(key, "code"))
		spec->code = number_take(value, 255);
	else if (!strcmp(key, "rest"))
		spec->rest = number_take(value, UINT32_MAX);
	else if (!strcmp(key, "vtag"))
		spec->vtag = number_take(value, UINT32_MAX);
	else if (!strcmp(key, "chunks"))
		sctp_chunks_parse(spec, value);
	else if (!strcmp(key, "keep"))
		spec->keep = number_take(value, 65000);
	else
		errx(2, "a packet has no '%s'", key);
}

static uint8_t protocol_parse(const char *word)
{
	static const struct {
		const char *name;
		uint8_t protocol;
	} names[] = {
		{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP }, { "sctp", IPPROTO_SCTP },
		{ "esp", IPPROTO_ESP }, { "ah", IPPROTO_AH }, { "icmp", IPPROTO_ICMP },
		{ "ip4", IPPROTO_IPIP }, { "ip6", IPPROTO_IPV6 }, { "gre", IPPROTO_GRE },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i].name, word))
			return names[i].protocol;
	errx(2, "no packet is of '%s'", word);
}

void spec_parse(struct spec *spec, struct spec *quoted, struct words *words)
{
	*spec = (struct spec){ .ttl = 64, .keep = -1 };
	while (words->next < words->count) {
		char *word = words_take(words, "a packet");
		char *value = strchr(word, '=');

		if (!strcmp(word, "quote")) {
			spec_parse(quoted, NULL, words);
			spec->quoted = quoted;
		} else if (!strcmp(word, "df")) {
			spec->df = true;
		} else if (value) {
			*value = '\0';
			value_parse(spec, word, value + 1);
		} else {
			spec->protocol = protocol_parse(word);
		}
	}
	if (spec->src.family != spec->dst.family)
		errx(2, "src and dst are not of one family");
	if (spec->protocol == IPPROTO_ICMP && spec->src.family == AF_INET6)
		spec->protocol = IPPROTO_ICMPV6;
}

/* --- bytes ------------------------------------------------------------------ */

static void put16(uint8_t *at, uint16_t value)
{
	at[0] = value >> 8;
	at[1] = value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value);
}

static size_t put_tcp(uint8_t *l4, const struct spec *spec)
{
	put16(l4, spec->sport);
	put16(l4 + 2, spec->dport);
	put32(l4 + 4, spec->seq);
	put32(l4 + 8, spec->ack);
	l4[12] = 5 << 4;
	l4[13] = spec->flags;
	put16(l4 + 14, 65535);
	return 20;
}

static size_t put_udp(uint8_t *l4, const struct spec *spec)
{
	put16(l4, spec->sport);
	put16(l4 + 2, spec->dport);
	put16(l4 + 4, 8 + spec->payload);
	return 8;
}

static size_t put_icmp(uint8_t *l4, const struct spec *spec)
{
	l4[0] = spec->type;
	l4[1] = spec->code;
	put32(l4 + 4, spec->rest);
	return 8;
}

/* Nobody here looks into these: an SPI, a number and a length that is right for AH. */
static size_t put_ipsec(uint8_t *l4, const struct spec *spec)
{
	if (spec->protocol == IPPROTO_AH) {
		l4[0] = IPPROTO_UDP;
		l4[1] = 4;
		put32(l4 + 4, spec->seq);
		return 24;
	}
	put32(l4, spec->seq);
	put32(l4 + 4, 1);
	return 8;
}

static size_t put_transport(uint8_t *l4, const struct spec *spec)
{
	switch (spec->protocol) {
	case IPPROTO_TCP:
		return put_tcp(l4, spec);
	case IPPROTO_UDP:
		return put_udp(l4, spec);
	case IPPROTO_SCTP:
		put16(l4, spec->sport);
		put16(l4 + 2, spec->dport);
		return sctp_put(l4, spec);
	case IPPROTO_AH:
	case IPPROTO_ESP:
		return put_ipsec(l4, spec);
	case IPPROTO_IPIP:
	case IPPROTO_IPV6:
	case IPPROTO_GRE:
		return 0;	/* all of it is payload */
	}
	return put_icmp(l4, spec);
}

/* Eight bytes each, or twelve for an authentication header; returns their length. */
static size_t put_extensions(uint8_t *at, const struct spec *spec)
{
	uint8_t *start = at;

	for (int i = 0; i < spec->extensions_count; i++) {
		bool is_last = i + 1 == spec->extensions_count;
		uint8_t type = spec->extensions[i];

		at[0] = is_last ? spec->protocol : spec->extensions[i + 1];
		if (type == IPPROTO_HOPOPTS || type == IPPROTO_DSTOPTS) {
			at[2] = 1;	/* PadN of four more bytes */
			at[3] = 4;
		} else if (type == IPPROTO_ROUTING) {
			at[1] = 2;	/* type 0, no segment left: nothing to be done */
			at += 16;
		} else if (type == IPPROTO_AH) {
			at[1] = 1;
			at += 4;
		}
		at += 8;
	}
	return at - start;
}

static size_t put_network(uint8_t *l3, const struct spec *spec)
{
	if (spec->src.family == AF_INET) {
		l3[0] = 4 << 4 | (5 + spec->options / 4);
		l3[6] = spec->df ? 0x40 : 0;
		l3[8] = spec->ttl;
		l3[9] = spec->protocol;
		memcpy(l3 + 12, spec->src.bytes, 4);
		memcpy(l3 + 16, spec->dst.bytes, 4);
		memset(l3 + 20, 1, spec->options);	/* no operation */
		return 20 + spec->options;
	}
	l3[0] = 6 << 4;
	l3[6] = spec->extensions_count ? spec->extensions[0] : spec->protocol;
	l3[7] = spec->ttl;
	memcpy(l3 + 8, spec->src.bytes, 16);
	memcpy(l3 + 24, spec->dst.bytes, 16);
	return 40 + put_extensions(l3 + 40, spec);
}

static bool is_summed(uint8_t protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_ICMP ||
	       protocol == IPPROTO_ICMPV6;
}

static uint8_t *checksum_field(uint8_t *l4, uint8_t protocol)
{
	return l4 + (protocol == IPPROTO_TCP ? 16 : protocol == IPPROTO_UDP ? 6 : 2);
}

void sum_ipv4(uint8_t *l3, size_t header)
{
	put16(l3 + 10, 0);
	put16(l3 + 10, sum_finish(sum_add(0, l3, header)));
}

/* Sums up the transport part, @len bytes, and the IPv4 header before it. */
static void sum_packet(uint8_t *l3, uint8_t *l4, size_t len, const struct spec *spec)
{
	uint8_t *field = checksum_field(l4, spec->protocol);
	uint32_t pseudo = 0;
	uint16_t sum;

	if (!is_summed(spec->protocol)) {
		if (spec->protocol == IPPROTO_SCTP)
			sctp_sum(l4, len, spec->sum);
		if (spec->src.family == AF_INET)
			sum_ipv4(l3, (l3[0] & 15) * 4);
		return;
	}
	put16(field, 0);
	if (spec->protocol != IPPROTO_ICMP)
		pseudo = sum_pseudo(l3, spec->protocol, len);
	sum = sum_finish(sum_add(pseudo, l4, len));
	if (spec->protocol == IPPROTO_UDP && !sum)
		sum = 0xffff;
	if (spec->sum == SUM_BAD)
		sum ^= 0x0101;
	put16(field, spec->sum == SUM_ZERO ? 0 : sum);
	if (spec->src.family != AF_INET)
		return;
	sum_ipv4(l3, (l3[0] & 15) * 4);
}

/* Builds a packet at @l3; returns the transport header's offset and the length. */
static size_t build_packet(uint8_t *l3, const struct spec *spec, size_t *l4)
{
	size_t header = put_network(l3, spec);
	size_t len = header + put_transport(l3 + header, spec);

	for (unsigned int i = 0; i < spec->payload; i++)
		l3[len + i] = spec->hex ? hex_byte(spec->hex + 2 * i) : i * 7;
	len += spec->payload;
	if (spec->src.family == AF_INET)
		put16(l3 + 2, len);
	else
		put16(l3 + 4, len - 40);
	sum_packet(l3, l3 + header, len - header, spec);
	*l4 = header;
	return len;
}

void frame_sum(struct frame *frame, const struct spec *spec)
{
	sum_packet(frame->bytes + frame->l3, frame->bytes + frame->l4, frame->len - frame->l4,
		   spec);
}

void frame_build(struct frame *frame, const struct spec *spec)
{
	uint8_t *l3 = frame->bytes + ETH_HLEN;
	const struct spec *quoted = spec->quoted;
	struct spec outer = *spec;
	size_t l4;

	memset(l3, 0, 4096);
	put16(frame->bytes + 12, spec->src.family == AF_INET ? ETH_P_IP : ETH_P_IPV6);
	frame->l3 = ETH_HLEN;
	if (quoted) {
		size_t header = put_network(l3, spec) + 8;
		size_t len = build_packet(l3 + header, quoted, &l4);

		if (quoted->keep >= 0 && l4 + quoted->keep < len)
			len = l4 + quoted->keep;
		frame->quoted_l3 = ETH_HLEN + header;
		frame->quoted_l4 = frame->quoted_l3 + l4;
		outer.payload = len;
		put_network(l3, &outer);
		put_transport(l3 + header - 8, &outer);
		frame->l4 = frame->quoted_l3 - 8;
		frame->len = frame->quoted_l3 + len;
		if (spec->src.family == AF_INET)
			put16(l3 + 2, header + len);
		else
			put16(l3 + 4, header + len - 40);
		frame_sum(frame, spec);
		return;
	}
	frame->len = ETH_HLEN + build_packet(l3, spec, &l4);
	frame->l4 = ETH_HLEN + l4;
	frame->quoted_l3 = 0;
	frame->quoted_l4 = 0;
}
