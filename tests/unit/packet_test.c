// SPDX-License-Identifier: GPL-2.0-only
/*
 * Promises of the packet parser: what it finds where, and that no packet, cut
 * or lying, makes it read a byte too far (the sanitizers watch).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "packet.h"

#include <linux/skbuff.h>
#include <net/ipv6.h>

enum { TCP = 6, UDP = 17, SCTP = 132, ESP = 50, AH = 51, ICMP = 1, ICMPV6 = 58 };
enum { SYN = 0x02, ACK = 0x10 };

/**
 * struct frame - a packet under construction
 * @bytes: its bytes
 * @len: how many there are
 */
struct frame {
	u8 bytes[512];
	unsigned int len;
};

static u8 *append(struct frame *f, unsigned int len)
{
	u8 *at = f->bytes + f->len;

	memset(at, 0, len);
	f->len += len;
	return at;
}

/* Addresses are ::1111 (or 17.17.17.17) from and ::2222 (34.34.34.34) to. */
static void add_ipv4(struct frame *f, u8 protocol, unsigned int words, bool is_reversed)
{
	u8 *ip = append(f, words * 4);

	ip[0] = 0x40 | words;
	ip[8] = 64;
	ip[9] = protocol;
	memset(ip + 12, is_reversed ? 0x22 : 0x11, 4);
	memset(ip + 16, is_reversed ? 0x11 : 0x22, 4);
}

static void add_ipv6(struct frame *f, u8 next, bool is_reversed)
{
	u8 *ip = append(f, 40);

	ip[0] = 0x60;
	ip[6] = next;
	ip[7] = 64;
	memset(ip + 8, is_reversed ? 0x22 : 0x11, 16);
	memset(ip + 24, is_reversed ? 0x11 : 0x22, 16);
}

static void add_ip(struct frame *f, u8 family, u8 protocol, bool is_reversed)
{
	if (family == AF_INET)
		add_ipv4(f, protocol, 5, is_reversed);
	else
		add_ipv6(f, protocol, is_reversed);
}

static void add_transport(struct frame *f, u8 protocol, bool is_reversed)
{
	u8 *l4 = append(f, protocol == TCP ? 20 : 8);

	l4[is_reversed ? 3 : 1] = 100;
	l4[is_reversed ? 1 : 3] = 80;
	if (protocol == TCP)
		l4[13] = SYN;
}

static void add_icmp(struct frame *f, u8 family, u8 type)
{
	append(f, 8)[0] = type;
}

/* Parses a copy in a buffer of just its length. */
static enum weir_verdict parse(struct weir_packet *pkt, const u8 *bytes, unsigned int len,
			       u8 family)
{
	static struct sk_buff skb;
	u8 *copy = malloc(len ? len : 1);
	enum weir_verdict verdict;

	memcpy(copy, bytes, len);
	skb = (struct sk_buff){ .data = copy, .len = len };
	memset(pkt, 0, sizeof(*pkt));
	verdict = weir_packet_parse(pkt, &skb, family);
	free(copy);
	return verdict;
}

static enum weir_verdict parse_frame(struct weir_packet *pkt, const struct frame *f, u8 family)
{
	return parse(pkt, f->bytes, f->len, family);
}

static void assert_tuple(const struct weir_packet *pkt, u8 family, u8 protocol)
{
	struct weir_tuple expected = {
		.family = family,
		.protocol = protocol,
		.sport = htons(100),
		.dport = htons(80),
	};

	memset(&expected.src, 0x11, family == AF_INET ? 4 : 16);
	memset(&expected.dst, 0x22, family == AF_INET ? 4 : 16);
	assert_memory_equal(&pkt->tuple, &expected, sizeof(expected));
}

static const u8 families[] = { AF_INET, AF_INET6 };
static const u8 protocols[] = { TCP, UDP };

static void tcp_and_udp_are_found_in_both_families(void **state)
{
	for (int i = 0; i < 4; i++) {
		u8 family = families[i / 2], protocol = protocols[i % 2];
		struct frame f = {};
		struct weir_packet pkt;

		add_ip(&f, family, protocol, false);
		add_transport(&f, protocol, false);
		assert_int_equal(parse_frame(&pkt, &f, family), WEIR_CONTINUE);
		assert_tuple(&pkt, family, protocol);
		assert_int_equal(pkt.outer.l4, family == AF_INET ? 20 : 40);
		assert_int_equal(pkt.signals, protocol == TCP ? SYN : 0);
		assert_true(weir_packet_begins(&pkt));
		assert_false(pkt.is_icmp_error);
	}
}

static void only_a_bare_syn_asks_for_a_connection(void **state)
{
	for (int flags = 0; flags < 256; flags++) {
		struct weir_packet pkt = { .outer.protocol = TCP, .signals = flags };
		bool is_bare = (flags & 0x17) == SYN;

		assert_int_equal(weir_packet_begins(&pkt), is_bare);
	}
}

static void a_packet_cut_anywhere_is_left_alone(void **state)
{
	for (int i = 0; i < 4; i++) {
		u8 family = families[i / 2], protocol = protocols[i % 2];
		struct frame f = {};
		struct weir_packet pkt;

		add_ip(&f, family, protocol, false);
		add_transport(&f, protocol, false);
		for (unsigned int len = 0; len < f.len; len++)
			assert_int_equal(parse(&pkt, f.bytes, len, family), WEIR_ACCEPT);
	}
}

static void ipv4_options_are_passed_over_and_short_lengths_refused(void **state)
{
	for (unsigned int words = 0; words < 16; words++) {
		struct frame f = {};
		struct weir_packet pkt;

		add_ipv4(&f, UDP, words < 5 ? 5 : words, false);
		f.bytes[0] = 0x40 | words;
		add_transport(&f, UDP, false);
		if (words < 5) {
			assert_int_equal(parse_frame(&pkt, &f, AF_INET), WEIR_ACCEPT);
			continue;
		}
		assert_int_equal(parse_frame(&pkt, &f, AF_INET), WEIR_CONTINUE);
		assert_tuple(&pkt, AF_INET, UDP);
		assert_int_equal(pkt.outer.l4, words * 4);
	}
}

static void the_version_must_be_the_families(void **state)
{
	for (int version = 0; version < 16; version++) {
		for (int i = 0; i < 2; i++) {
			u8 family = families[i];
			struct frame f = {};
			struct weir_packet pkt;

			add_ip(&f, family, UDP, false);
			f.bytes[0] = version << 4 | (f.bytes[0] & 0x0f);
			add_transport(&f, UDP, false);
			assert_int_equal(parse_frame(&pkt, &f, family) == WEIR_CONTINUE,
					 version == (family == AF_INET ? 4 : 6));
		}
	}
}

static void later_fragments_have_no_ports_and_first_ones_are_known(void **state)
{
	struct frame f = {};
	struct weir_packet pkt;

	add_ipv4(&f, UDP, 5, false);
	f.bytes[7] = 1;
	add_transport(&f, UDP, false);
	assert_int_equal(parse_frame(&pkt, &f, AF_INET), WEIR_ACCEPT);
	f.bytes[6] = 0x20;
	f.bytes[7] = 0;
	assert_int_equal(parse_frame(&pkt, &f, AF_INET), WEIR_CONTINUE);
	assert_true(pkt.outer.is_fragment);

	f = (struct frame){};
	add_ipv6(&f, NEXTHDR_FRAGMENT, false);
	append(&f, 8)[0] = UDP;
	add_transport(&f, UDP, false);
	assert_int_equal(parse_frame(&pkt, &f, AF_INET6), WEIR_CONTINUE);
	assert_false(pkt.outer.is_fragment);
	f.bytes[43] = 1;
	assert_int_equal(parse_frame(&pkt, &f, AF_INET6), WEIR_CONTINUE);
	assert_true(pkt.outer.is_fragment);
	f.bytes[43] = 8;
	assert_int_equal(parse_frame(&pkt, &f, AF_INET6), WEIR_ACCEPT);
}

/* Chains @count destination options headers of 8, 16, 8, ... bytes. */
static void add_extensions(struct frame *f, unsigned int count, u8 protocol)
{
	add_ipv6(f, count ? NEXTHDR_DEST : protocol, false);
	for (unsigned int i = 0; i < count; i++) {
		u8 *ext = append(f, i % 2 ? 16 : 8);

		ext[0] = i + 1 < count ? NEXTHDR_DEST : protocol;
		ext[1] = i % 2;
	}
	add_transport(f, protocol, false);
}

static void extension_headers_are_walked_up_to_the_bound(void **state)
{
	for (unsigned int count = 0; count <= WEIR_EXTENSION_HEADERS_MAX + 2; count++) {
		struct frame f = {};
		struct weir_packet pkt;

		add_extensions(&f, count, TCP);
		if (count > WEIR_EXTENSION_HEADERS_MAX) {
			assert_int_equal(parse_frame(&pkt, &f, AF_INET6), WEIR_ACCEPT);
			continue;
		}
		assert_int_equal(parse_frame(&pkt, &f, AF_INET6), WEIR_CONTINUE);
		assert_tuple(&pkt, AF_INET6, TCP);
		assert_int_equal(pkt.outer.l4, f.len - 20);
		for (unsigned int len = 0; len < f.len; len++)
			assert_int_equal(parse(&pkt, f.bytes, len, AF_INET6), WEIR_ACCEPT);
	}
}

static void a_lying_extension_length_reads_nothing_too_far(void **state)
{
	for (int length = 0; length < 256; length++) {
		struct frame f = {};
		struct weir_packet pkt;

		add_extensions(&f, 1, UDP);
		f.bytes[41] = length;
		assert_int_equal(parse_frame(&pkt, &f, AF_INET6) == WEIR_CONTINUE, length == 0);
	}
}

/* An ICMP error about what the one at 2222 sent: it travels from 1111 on. */
static void build_error(struct frame *f, u8 family, u8 type, u8 protocol)
{
	*f = (struct frame){};
	add_ip(f, family, family == AF_INET ? ICMP : ICMPV6, false);
	add_icmp(f, family, type);
	add_ip(f, family, protocol, true);
	add_transport(f, protocol, true);
}

static void an_icmp_error_has_the_tuple_of_its_own_direction(void **state)
{
	for (int i = 0; i < 4; i++) {
		u8 family = families[i / 2], protocol = protocols[i % 2];
		struct weir_packet pkt;
		struct frame f;

		build_error(&f, family, family == AF_INET ? 3 : 1, protocol);
		assert_int_equal(parse_frame(&pkt, &f, family), WEIR_CONTINUE);
		assert_true(pkt.is_icmp_error);
		assert_tuple(&pkt, family, protocol);
		assert_int_equal(pkt.quoted.l3, family == AF_INET ? 28 : 48);
		assert_int_equal(pkt.quoted.l4, family == AF_INET ? 48 : 88);
	}
}

static void an_icmp_error_needs_eight_quoted_bytes_and_no_more(void **state)
{
	for (int i = 0; i < 4; i++) {
		u8 family = families[i / 2], protocol = protocols[i % 2];
		unsigned int needed = family == AF_INET ? 56 : 96;
		struct weir_packet pkt;
		struct frame f;

		build_error(&f, family, family == AF_INET ? 3 : 1, protocol);
		for (unsigned int len = 0; len < f.len; len++)
			assert_int_equal(parse(&pkt, f.bytes, len, family),
					 len < needed ? WEIR_ACCEPT : WEIR_CONTINUE);
	}
}

static void only_icmp_errors_are_ours(void **state)
{
	for (int type = 0; type < 256; type++) {
		struct weir_packet pkt;
		struct frame f;

		build_error(&f, AF_INET, type, UDP);
		assert_int_equal(parse_frame(&pkt, &f, AF_INET) == WEIR_CONTINUE,
				 type == 3 || type == 4 || type == 11 || type == 12);
		build_error(&f, AF_INET6, type, UDP);
		assert_int_equal(parse_frame(&pkt, &f, AF_INET6) == WEIR_CONTINUE, type < 128);
	}
}

static void other_protocols_are_left_alone(void **state)
{
	for (int protocol = 0; protocol < 256; protocol++) {
		struct frame f = {};
		struct weir_packet pkt;

		if (protocol == TCP || protocol == UDP || protocol == SCTP || protocol == ESP ||
		    protocol == AH)
			continue;
		add_ip(&f, AF_INET, protocol, false);
		append(&f, 40);
		assert_int_equal(parse_frame(&pkt, &f, AF_INET), WEIR_ACCEPT);
	}
}

/* Addresses, ports 100 and 80, and a verification tag; lengths come at the end. */
static void begin_sctp(struct frame *f, u8 family, u32 tag)
{
	u8 *l4;

	*f = (struct frame){};
	add_ip(f, family, SCTP, false);
	l4 = append(f, 12);
	l4[1] = 100;
	l4[3] = 80;
	memcpy(l4 + 4, &tag, sizeof(tag));
}

/* A chunk that says it has @length bytes, and has them, and padding. */
static void add_chunk(struct frame *f, u8 type, u16 length)
{
	u8 *chunk = append(f, (length + 3) / 4 * 4);

	chunk[0] = type;
	chunk[2] = length >> 8;
	chunk[3] = length;
}

/* The length of what has been built, into its network header. */
static void set_length(struct frame *f, u8 family)
{
	unsigned int length = family == AF_INET ? f->len : f->len - 40;

	f->bytes[family == AF_INET ? 2 : 4] = length >> 8;
	f->bytes[family == AF_INET ? 3 : 5] = length;
}

static u8 signals_of(struct frame *f, u8 family)
{
	struct weir_packet pkt;

	set_length(f, family);
	assert_int_equal(parse_frame(&pkt, f, family), WEIR_CONTINUE);
	assert_tuple(&pkt, family, SCTP);
	assert_int_equal(pkt.outer.is_plain, !pkt.signals);
	return pkt.signals;
}

enum { DATA = 0, INIT = 1, SACK = 3, ABORT = 6, SHUTDOWN = 7, COOKIE_ECHO = 10, COOKIE_ACK = 11 };

static void each_chunk_of_sctp_is_known_by_its_type(void **state)
{
	static const u8 signals[256] = {
		[1] = WEIR_SCTP_INIT, [2] = WEIR_SCTP_INIT_ACK, [6] = WEIR_SCTP_ABORT,
		[7] = WEIR_SCTP_SHUTDOWN, [8] = WEIR_SCTP_SHUTDOWN_ACK,
		[10] = WEIR_SCTP_COOKIE_ECHO, [11] = WEIR_SCTP_COOKIE_ACK,
		[14] = WEIR_SCTP_SHUTDOWN_COMPLETE,
	};

	for (int type = 0; type < 512; type++) {
		u8 family = families[type % 2];
		struct frame f;

		begin_sctp(&f, family, 0);
		add_chunk(&f, type / 2, 4 + type % 7);
		assert_int_equal(signals_of(&f, family), signals[type / 2]);
	}
}

static void all_chunks_of_a_packet_count(void **state)
{
	struct frame f;

	begin_sctp(&f, AF_INET, 7);
	add_chunk(&f, SACK, 16);
	add_chunk(&f, COOKIE_ACK, 4);
	add_chunk(&f, DATA, 17);
	add_chunk(&f, SHUTDOWN, 8);
	assert_int_equal(signals_of(&f, AF_INET), WEIR_SCTP_COOKIE_ACK | WEIR_SCTP_SHUTDOWN);
	add_chunk(&f, ABORT, 4);
	assert_int_equal(signals_of(&f, AF_INET),
			 WEIR_SCTP_COOKIE_ACK | WEIR_SCTP_SHUTDOWN | WEIR_SCTP_ABORT);
}

static void an_init_is_alone_and_without_a_tag(void **state)
{
	struct weir_packet pkt;
	struct frame f;

	begin_sctp(&f, AF_INET6, 0);
	add_chunk(&f, INIT, 20);
	assert_int_equal(signals_of(&f, AF_INET6), WEIR_SCTP_INIT);
	parse_frame(&pkt, &f, AF_INET6);
	assert_true(weir_packet_begins(&pkt));

	add_chunk(&f, DATA, 20);
	assert_int_equal(signals_of(&f, AF_INET6), 0);
	parse_frame(&pkt, &f, AF_INET6);
	assert_false(weir_packet_begins(&pkt));

	begin_sctp(&f, AF_INET6, 1);
	add_chunk(&f, INIT, 20);
	assert_int_equal(signals_of(&f, AF_INET6), 0);

	begin_sctp(&f, AF_INET6, 0);
	add_chunk(&f, ABORT, 4);
	add_chunk(&f, INIT, 20);
	assert_int_equal(signals_of(&f, AF_INET6), WEIR_SCTP_ABORT);
}

static void the_walk_over_chunks_ends_at_its_bound(void **state)
{
	for (int others = 0; others < WEIR_SCTP_CHUNKS_MAX + 3; others++) {
		struct frame f;

		begin_sctp(&f, AF_INET, 7);
		for (int i = 0; i < others; i++)
			add_chunk(&f, DATA, 17);
		add_chunk(&f, ABORT, 4);
		assert_int_equal(signals_of(&f, AF_INET),
				 others < WEIR_SCTP_CHUNKS_MAX ? WEIR_SCTP_ABORT : 0);
	}
}

static void a_chunk_that_lies_about_its_length_ends_the_walk(void **state)
{
	for (unsigned int length = 0; length < 80; length++) {
		bool is_right = length >= 13 && length <= 16;
		struct frame f;

		begin_sctp(&f, AF_INET, 7);
		add_chunk(&f, COOKIE_ECHO, 16);
		f.bytes[f.len - 13] = length;
		add_chunk(&f, SHUTDOWN, 8);
		/* 4 to 12: what is read as further chunks are zeros. */
		if (is_right)
			assert_int_equal(signals_of(&f, AF_INET),
					 WEIR_SCTP_COOKIE_ECHO | WEIR_SCTP_SHUTDOWN);
		else
			assert_int_equal(signals_of(&f, AF_INET),
					 length >= 4 && length <= 24 ? WEIR_SCTP_COOKIE_ECHO : 0);
	}
}

static void padding_behind_an_sctp_packet_is_no_chunk(void **state)
{
	struct weir_packet pkt;
	struct frame f;

	begin_sctp(&f, AF_INET, 7);
	add_chunk(&f, SACK, 16);
	set_length(&f, AF_INET);
	add_chunk(&f, ABORT, 4);
	assert_int_equal(parse_frame(&pkt, &f, AF_INET), WEIR_CONTINUE);
	assert_int_equal(pkt.signals, 0);
}

static void an_sctp_packet_cut_anywhere_reads_nothing_too_far(void **state)
{
	for (int i = 0; i < 2; i++) {
		unsigned int needed = (families[i] == AF_INET ? 20 : 40) + 12;
		struct weir_packet pkt;
		struct frame f;

		begin_sctp(&f, families[i], 7);
		add_chunk(&f, COOKIE_ACK, 4);
		add_chunk(&f, SACK, 16);
		add_chunk(&f, SHUTDOWN, 8);
		set_length(&f, families[i]);
		for (unsigned int len = 0; len < f.len; len++)
			assert_int_equal(parse(&pkt, f.bytes, len, families[i]),
					 len < needed ? WEIR_ACCEPT : WEIR_CONTINUE);
	}
}

static void assert_follows_ike(const struct weir_packet *pkt, u8 family, u8 protocol)
{
	struct weir_tuple expected = {
		.family = family,
		.protocol = UDP,
		.sport = htons(500),
		.dport = htons(500),
	};

	memset(&expected.src, 0x11, family == AF_INET ? 4 : 16);
	memset(&expected.dst, 0x22, family == AF_INET ? 4 : 16);
	assert_memory_equal(&pkt->tuple, &expected, sizeof(expected));
	assert_int_equal(weir_packet_is_ipsec(pkt), !pkt->is_icmp_error);
	assert_false(pkt->outer.is_plain);
	if (!pkt->is_icmp_error) {
		assert_int_equal(pkt->outer.protocol, protocol);
		assert_false(weir_packet_begins(pkt));
	}
}

/* Behind AH stands TCP, and ESP's numbers look like ports: neither is asked. */
static void ah_and_esp_have_the_tuple_of_ike_and_begin_nothing(void **state)
{
	for (int i = 0; i < 4; i++) {
		u8 family = families[i / 2], protocol = i % 2 ? ESP : AH;
		struct weir_packet pkt;
		struct frame f = {};

		add_ip(&f, family, protocol, false);
		append(&f, 24)[0] = TCP;
		add_transport(&f, TCP, false);
		assert_int_equal(parse_frame(&pkt, &f, family), WEIR_CONTINUE);
		assert_follows_ike(&pkt, family, protocol);
		assert_int_equal(pkt.outer.l4, family == AF_INET ? 20 : 40);
		assert_int_equal(parse(&pkt, f.bytes, pkt.outer.l4 + 7, family), WEIR_ACCEPT);

		build_error(&f, family, family == AF_INET ? 3 : 1, protocol);
		assert_int_equal(parse_frame(&pkt, &f, family), WEIR_CONTINUE);
		assert_follows_ike(&pkt, family, protocol);
	}
}

static void random_bytes_read_nothing_too_far(void **state)
{
	struct weir_packet pkt;
	u8 bytes[200];

	srand(1);
	for (int round = 0; round < 200000; round++) {
		unsigned int len = rand() % sizeof(bytes);
		u8 family = families[rand() % 2];

		for (unsigned int i = 0; i < len; i++)
			bytes[i] = rand() % 4 ? rand() : (u8[]){ 0, 43, 44, 60, 50, 51, 132, 1 }[rand() % 8];
		bytes[0] = (family == AF_INET ? 0x40 : 0x60) | rand() % 16;
		parse(&pkt, bytes, len, family);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcp_and_udp_are_found_in_both_families),
		cmocka_unit_test(only_a_bare_syn_asks_for_a_connection),
		cmocka_unit_test(a_packet_cut_anywhere_is_left_alone),
		cmocka_unit_test(ipv4_options_are_passed_over_and_short_lengths_refused),
		cmocka_unit_test(the_version_must_be_the_families),
		cmocka_unit_test(later_fragments_have_no_ports_and_first_ones_are_known),
		cmocka_unit_test(extension_headers_are_walked_up_to_the_bound),
		cmocka_unit_test(a_lying_extension_length_reads_nothing_too_far),
		cmocka_unit_test(an_icmp_error_has_the_tuple_of_its_own_direction),
		cmocka_unit_test(an_icmp_error_needs_eight_quoted_bytes_and_no_more),
		cmocka_unit_test(only_icmp_errors_are_ours),
		cmocka_unit_test(other_protocols_are_left_alone),
		cmocka_unit_test(each_chunk_of_sctp_is_known_by_its_type),
		cmocka_unit_test(all_chunks_of_a_packet_count),
		cmocka_unit_test(an_init_is_alone_and_without_a_tag),
		cmocka_unit_test(the_walk_over_chunks_ends_at_its_bound),
		cmocka_unit_test(a_chunk_that_lies_about_its_length_ends_the_walk),
		cmocka_unit_test(padding_behind_an_sctp_packet_is_no_chunk),
		cmocka_unit_test(an_sctp_packet_cut_anywhere_reads_nothing_too_far),
		cmocka_unit_test(ah_and_esp_have_the_tuple_of_ike_and_begin_nothing),
		cmocka_unit_test(random_bytes_read_nothing_too_far),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
