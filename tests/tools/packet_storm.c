// SPDX-License-Identifier: GPL-2.0
/*
 * Sends packets: one, many alike, or one in every way it can be cut or lie.
 */
#define _GNU_SOURCE
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
		if (len < mangled.l4 + 8 || !spec.quoted)
			continue;
		frame_sum(&mangled, &spec);	/* an ICMP error cut short, but sound */
		storm_send();
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
	storm_lies();
	answer("%lu", storm_sent);
}
