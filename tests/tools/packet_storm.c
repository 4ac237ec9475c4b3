// SPDX-License-Identifier: GPL-2.0
/*
 * Sends packets: one, many alike, or one in every way it can be cut or lie.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <string.h>

#include "packet.h"

static struct frame frame, mangled;
static struct spec spec, quoted;

void send_one(struct words *words)
{
	struct way way = way_take(words);

	spec_parse(&spec, &quoted, words);
	frame_build(&frame, &spec);
	if (!way_send(&way, &frame))
		err(1, "send");
	answer("ok");
}

/* Sources count through ports first, 10 000 of them, then addresses. */
void send_flood(struct words *words)
{
	enum { PORTS = 10000 };
	struct way way = way_take(words);
	unsigned long count = number_take(words_take(words, "a count"), 10000000);
	struct spec each;

	spec_parse(&spec, &quoted, words);
	for (unsigned long i = 0; i < count; i++) {
		each = spec;
		each.sport = 1024 + i % PORTS;
		each.src.bytes[address_len(each.src.family) - 1] += i / PORTS;
		frame_build(&frame, &each);
		if (!way_send(&way, &frame))
			err(1, "send");
	}
	answer("%lu", count);
}

/* --- storms ------------------------------------------------------------------- */

static struct way storm_way;
static unsigned long storm_sent;

static void storm_send(void)
{
	/* What the device itself does not take is no loss. */
	storm_sent += way_send(&storm_way, &mangled);
}

static bool is_ipv4(void)
{
	return spec.src.family == AF_INET;
}

static void storm_reset(void)
{
	memcpy(mangled.bytes, frame.bytes, frame.len);
	mangled.len = frame.len;
	mangled.l3 = frame.l3;
	mangled.l4 = frame.l4;
}

/* Makes the length field tell how much there is. */
static void storm_fix_length(void)
{
	uint8_t *l3 = mangled.bytes + ETH_HLEN;
	uint8_t *field = l3 + (is_ipv4() ? 2 : 4);
	size_t len = mangled.len - ETH_HLEN - (is_ipv4() ? 0 : 40);

	field[0] = len >> 8;
	field[1] = len;
	if (is_ipv4())
		sum_ipv4(l3, 20);
}

/* As much of a transport header as is there in each sound packet. */
static size_t header_length(void)
{
	return spec.protocol == IPPROTO_TCP ? 20 : spec.protocol == IPPROTO_SCTP ? 12 : 8;
}

/* What was cut short becomes sound: a shorter payload, no more. */
static void storm_sound(void)
{
	size_t len = mangled.len - mangled.l4;

	if (spec.protocol == IPPROTO_UDP) {
		mangled.bytes[mangled.l4 + 4] = len >> 8;
		mangled.bytes[mangled.l4 + 5] = len;
	}
	frame_sum(&mangled, &spec);
}

/* The flow's next packet: more of a stream of TCP, or else a flow of its own. */
static void storm_march(void)
{
	uint8_t *l4 = frame.bytes + frame.l4;
	uint32_t seq = ntohl(*(const uint32_t *)(l4 + 4)) + mangled.len - mangled.l4 - 20;

	if (spec.protocol == IPPROTO_TCP)
		*(uint32_t *)(l4 + 4) = htonl(seq);
	else if (spec.protocol == IPPROTO_UDP || spec.protocol == IPPROTO_SCTP)
		*(uint16_t *)l4 = htons(ntohs(*(const uint16_t *)l4) + 1);
}

/* Cut at every byte, with a length field that lies, then with one that does not. */
static void storm_cuts(void)
{
	size_t network = is_ipv4() ? 20 : 40;

	for (size_t len = ETH_HLEN; len < frame.len; len++) {
		storm_reset();
		mangled.len = len;
		storm_send();
		if (len < ETH_HLEN + network)
			continue;
		storm_fix_length();
		storm_send();
		if (len < mangled.l4 + header_length())
			continue;
		storm_sound();
		storm_send();
		if (spec.hex)
			storm_march();
	}
}

/* Every value of the byte at @at, with sums that are right. */
static void storm_byte(size_t at)
{
	if (!at || at >= frame.len)
		return;
	for (int value = 0; value < 256; value++) {
		storm_reset();
		mangled.bytes[at] = value;
		frame_sum(&mangled, &spec);
		storm_send();
	}
}

/*
 * Each byte from @from on becomes what parsers may stumble over: ends of ranges and of
 * bit fields, numbers of protocols, and what parts words.
 */
static void storm_bytes(size_t from, size_t to)
{
	static const uint8_t values[] = {
		0, 1, IPPROTO_IPIP, 8, '\n', '\r', 15, ' ', IPPROTO_IPV6, ',', IPPROTO_GRE, '9',
		':', 0x40, 0x60, 0x80, 0xff,
	};

	for (size_t at = from; at < to; at++)
		for (size_t i = 0; i < sizeof(values); i++) {
			storm_reset();
			mangled.bytes[at] = values[i];
			frame_sum(&mangled, &spec);
			storm_send();
			if (at >= frame.l4)
				storm_march();
		}
}

/* Some bytes from @from on are noise, the same each time; the packet ends anywhere. */
static void storm_noise(size_t from)
{
	enum { PACKETS = 200 };
	size_t least = mangled.l4 + header_length();
	uint32_t noise = 1;

	for (int i = 0; i < PACKETS; i++) {
		storm_reset();
		for (size_t at = from; at < frame.len; at++) {
			noise = noise * 1664525 + 1013904223;
			if (noise >> 30 == 0)
				mangled.bytes[at] = noise >> 16;
		}
		mangled.len = least + (noise >> 8) % (frame.len - least + 1);
		storm_fix_length();
		storm_sound();
		storm_send();
		storm_march();
	}
}

static bool is_read_further(const struct spec *packet)
{
	return packet->hex || packet->protocol == IPPROTO_SCTP ||
	       packet->protocol == IPPROTO_AH || packet->protocol == IPPROTO_ESP;
}

/* What only some packets have: chunks, a payload that was given, another packet. */
static bool storm_payload(void)
{
	size_t from = frame.l4;

	if (spec.quoted && is_read_further(&quoted))
		from = frame.quoted_l3;
	else if (spec.quoted || !is_read_further(&spec))
		return false;
	else if (spec.hex)
		from = frame.len - spec.payload;
	storm_bytes(from, frame.len);
	storm_noise(from);
	/* Last, since such a packet may be taken for the next of its flow. */
	storm_bytes(frame.l3, frame.l3 + (is_ipv4() ? 12 : 8));
	return true;
}

/* The header's version and length, with a sum over what it claims. */
static void storm_first_byte(void)
{
	uint8_t *l3 = mangled.bytes + ETH_HLEN;

	for (int value = 0; value < 256; value++) {
		size_t claimed = (value & 15) * 4;

		storm_reset();
		l3[0] = value;
		if (is_ipv4() && claimed >= 20 && claimed <= mangled.len - ETH_HLEN)
			sum_ipv4(l3, claimed);
		storm_send();
	}
}

/* The fields by which a header says where the next one is. */
static void storm_lies(void)
{
	size_t l3 = frame.l3, quoted_l3 = frame.quoted_l3;

	storm_first_byte();
	if (is_ipv4()) {
		storm_byte(l3 + 2);
		storm_byte(l3 + 3);
		storm_byte(l3 + 6);
		storm_byte(l3 + 9);
	} else {
		storm_byte(l3 + 4);
		storm_byte(l3 + 5);
		storm_byte(l3 + 6);
	}
	for (int i = 0; i < spec.extensions_count; i++) {
		storm_byte(l3 + 40 + 8 * i);
		storm_byte(l3 + 40 + 8 * i + 1);
	}
	if (spec.protocol == IPPROTO_TCP) {
		storm_byte(frame.l4 + 12);
		storm_byte(frame.l4 + 13);
	} else if (spec.protocol == IPPROTO_UDP) {
		storm_byte(frame.l4 + 4);
		storm_byte(frame.l4 + 5);
	}
	if (!quoted_l3)
		return;
	storm_byte(frame.l4);
	storm_byte(quoted_l3);
	storm_byte(quoted_l3 + (is_ipv4() ? 6 : 4));
	storm_byte(quoted_l3 + (is_ipv4() ? 9 : 6));
	storm_byte(frame.quoted_l4 + 12);
	for (int i = 0; i < quoted.extensions_count; i++) {
		storm_byte(quoted_l3 + 40 + 8 * i);
		storm_byte(quoted_l3 + 40 + 8 * i + 1);
	}
}

void send_storm(struct words *words)
{
	storm_way = way_take(words);
	storm_sent = 0;
	spec_parse(&spec, &quoted, words);
	frame_build(&frame, &spec);
	storm_cuts();
	if (!storm_payload())
		storm_lies();
	answer("%lu", storm_sent);
}
