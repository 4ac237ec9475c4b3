// SPDX-License-Identifier: GPL-2.0-only
/*
 * What strangers send, valid at first and then damaged in a few places, by dice that
 * fall the same in every run: that no parser reads or writes a byte too far (the
 * sanitizers watch), contradicts itself, or believes what the bytes do not say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sanitizer/common_interface_defs.h>

#include <linux/kernel.h>
#include <linux/skbuff.h>

#include "line.h"
#include "packet.h"
#include "sip.h"

enum {
	SEED = 20240229,
	SAMPLE_MAX = 1024,
	/* Where a direction of a connection begins: numbers are soon at zero again. */
	FIRST = 0xffffff80,
};

/* Bytes in a buffer of just their length. */
struct sample {
	const u8 *bytes;
	u32 length;
};

/* Something valid; its NULs count. */
#define SEED_OF(text) { (const u8 *)(text), sizeof(text) - 1 }

#define PORTS "\0\x64\0\x50"
#define UDP PORTS "\0\x08\0\0"
#define TCP PORTS "\0\0\0\1\0\0\0\2\x50\x02\x20\0\0\0\0\0"
#define SCTP(tag) PORTS tag "\0\0\0\0"
#define INIT "\1\0\0\x14\0\0\0\1\0\0\1\0\0\1\0\1\0\0\0\1"
#define CHUNKS "\x0a\0\0\x06" "ab\0\0" "\0\3\0\x11\0\0\0\1\0\0\0\0\0\0\0\0" "x\0\0\0" "\7\0\0\x08\0\0\0\0"
#define V4(protocol, length) \
	"\x45\0\0" length "\0\0\0\0\x40" protocol "\0\0" "\x11\x11\x11\x11" "\x22\x22\x22\x22"
#define V4_OPTIONS(protocol, length) \
	"\x47\0\0" length "\0\0\0\0\x40" protocol "\0\0" "\x11\x11\x11\x11" "\x22\x22\x22\x22" \
	"\x94\4\0\0\1\1\1\0"
#define V6(next, length) "\x60\0\0\0\0" length next "\x40" "1111111111111111" "2222222222222222"
#define HOP(next) next "\0\5\2\0\0\1\0"
#define ROUTING(next) next "\2\0\0\0\0\0\0" "3333333333333333"
#define FRAGMENT(next) next "\0\0\1\0\0\0\1"
#define UNREACHABLE "\3\1\0\0\0\0\0\0"
#define UNREACHABLE6 "\1\4\0\0\0\0\0\0"
#define GUE(header, next) "\xc0\0\x17\xc0\0\0\0\0" header next
#define REMOTE_CHECKSUM "\x20\0\0\0\0\x28\0\x38"

static const struct sample v4_seeds[] = {
	SEED_OF(V4("\6", "\x28") TCP),
	SEED_OF(V4_OPTIONS("\x11", "\x24") UDP),
	SEED_OF(V4("\x84", "\x34") SCTP("\0\0\0\0") INIT),
	SEED_OF(V4("\x84", "\x44") SCTP("\0\0\0\7") CHUNKS),
	SEED_OF(V4("\x32", "\x1c") "\0\0\1\0\0\0\0\1"),
	SEED_OF(V4("\x33", "\x30") "\6\4\0\0\0\0\1\0\0\0\0\1" "sum of it..." "\0\0\0\0"),
	SEED_OF(V4("\1", "\x38") UNREACHABLE V4("\x11", "\x1c") UDP),
	SEED_OF(V4("\1", "\x58") UNREACHABLE V4("\4", "\x30") V4_OPTIONS("\6", "\x30") TCP),
	SEED_OF(V4("\1", "\x58") UNREACHABLE V4("\x29", "\x44") V6("\6", "\x14") TCP),
	SEED_OF(V4("\1", "\x58") UNREACHABLE
		V4("\x2f", "\x30") "\x80\0\x08\0\0\0\0\0" V4("\6", "\x28") TCP),
	SEED_OF(V4("\1", "\x58") UNREACHABLE V4("\x2f", "\x4c") "\0\0\x86\xdd" V6("\x11", "\x08") UDP),
	SEED_OF(V4("\1", "\x58") UNREACHABLE
		V4("\x11", "\x48") GUE("\0\4", "\0\0") V4("\6", "\x28") TCP),
	SEED_OF(V4("\1", "\x60") UNREACHABLE
		V4("\x11", "\x50") GUE("\2\4", "\1\0") REMOTE_CHECKSUM V4("\6", "\x28") TCP),
};

static const struct sample v6_seeds[] = {
	SEED_OF(V6("\6", "\x14") TCP),
	SEED_OF(V6("\0", "\x38") HOP("\x2b") ROUTING("\x2c") FRAGMENT("\x3c") HOP("\x11") UDP),
	SEED_OF(V6("\x3c", "\x20") HOP("\x3c") HOP("\x3c") HOP("\x3c") HOP("\x3c") HOP("\6") TCP),
	SEED_OF(V6("\x84", "\x20") SCTP("\0\0\0\0") INIT),
	SEED_OF(V6("\x84", "\x30") SCTP("\0\0\0\7") CHUNKS),
	SEED_OF(V6("\x3a", "\x38") UNREACHABLE6 V6("\x11", "\x08") UDP),
	SEED_OF(V6("\x3a", "\x50") UNREACHABLE6
		V6("\0", "\x28") HOP("\x2c") FRAGMENT("\x29") V6("\x3c", "\x10") HOP("\x11") UDP),
	SEED_OF(V6("\x3a", "\x60") UNREACHABLE6
		V6("\x11", "\x44") GUE("\0\x29", "\0\0") V6("\6", "\x14") TCP),
	SEED_OF(V6("\x3a", "\x60") UNREACHABLE6 V6("\x2f", "\x30") "\0\0\x08\0" V4("\x11", "\x1c") UDP),
	SEED_OF(V6("\x3a", "\x60") UNREACHABLE6 V6("\4", "\x28") V4("\6", "\x28") TCP),
};

#define LONG_ID "0123456789abcdefghijklmnopqrstuvwxyz@0123456789abcdefghijklmnopqrstuvwxyz"

static const struct sample sip_seeds[] = {
	SEED_OF("INVITE sip:bob@example.org SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9\r\n"
		"Subject: folded\r\n and Call-ID: not\r\nCall-ID: a84b4c76e66710@192.0.2.1\r\nCSeq: 1 INVITE\r\n\r\n"),
	SEED_OF("SIP/2.0 200 OK\r\nv: x\r\ni:\r\n\t folded \t\r\nCall-ID: second\r\n\r\nbody"),
	SEED_OF("BYE x SIP/2.0\nI:" LONG_ID LONG_ID LONG_ID "\n\n"),
};

static const struct sample line_seeds[] = {
	SEED_OF("220 hello\r\nUSER x\r\nPORT 192,0,2,1,18,103\r\nSTOR name\r\n"
		"EPRT |2|2001:db8::1|4711|\r\nNOOP\r\nport 1,2\n"),
	SEED_OF("220-\r\n227 Entering Passive Mode (192,0,2,10,18,103).\r\n"
		"226 Done\r\n229 E (|||4711|)\r\n22\r\n227 x\n"),
	SEED_OF("\nPORT " LONG_ID LONG_ID LONG_ID LONG_ID "\r\n"
		"PORT 1\r\n229 " LONG_ID LONG_ID LONG_ID LONG_ID "\nEPRT |\r\n"),
};

/**
 * struct target - a parser
 * @seeds: valid inputs
 * @seed_count: how many
 * @judge: feeds it one input, and fails if it is not as it should be
 * @rounds: how many it is fed
 */
struct target {
	const struct sample *seeds;
	u32 seed_count;
	void (*judge)(const struct sample *sample);
	u32 rounds;
};

static u32 random_state;

/* What is being tried, for whoever reads a failure. */
static struct {
	u32 round;
	u32 length;
	u8 bytes[SAMPLE_MAX];
} current;

static u32 dice(u32 sides)
{
	random_state = random_state * 1664525 + 1013904223;
	return (u64)random_state * sides >> 32;
}

/* --- damage ------------------------------------------------------------------- */

static void damage_number(u8 *at, u32 left)
{
	static const u8 limits[] = { 0, 1, 3, 4, 5, 0x0a, 0x20, 0x7f, 0x80, 0xff };

	at[0] = dice(2) ? limits[dice(ARRAY_SIZE(limits))] : dice(256);
	if (left > 1 && dice(2))
		at[1] = limits[dice(ARRAY_SIZE(limits))];
}

/* Repeats a piece, up to @max bytes in all; returns the length. */
static u32 repeat(u8 *bytes, u32 length, u32 max)
{
	u32 at = dice(length), piece = 1 + dice(length - at);

	if (length + piece > max)
		return length;
	memmove(bytes + at + piece, bytes + at, length - at);
	return length + piece;
}

static u32 leave_out(u8 *bytes, u32 length)
{
	u32 at = dice(length), piece = 1 + dice(length - at);

	memmove(bytes + at, bytes + at + piece, length - at - piece);
	return length - piece;
}

static u32 damage(u8 *bytes, u32 length, u32 max)
{
	u32 at = dice(length);

	switch (dice(8)) {
	case 0:
	case 1:
		bytes[at] ^= 1 << dice(8);
		return length;
	case 2:
	case 3:
	case 4:
		damage_number(bytes + at, length - at);
		return length;
	case 5:
		return at;
	case 6:
		return repeat(bytes, length, max);
	default:
		return leave_out(bytes, length);
	}
}

/* The beginning of one seed and the end of another or the same, damaged. */
static u32 make(const struct target *target, u8 *bytes, u32 max)
{
	const struct sample *head = &target->seeds[dice(target->seed_count)];
	const struct sample *tail = dice(4) ? head : &target->seeds[dice(target->seed_count)];
	u32 cut = min(dice(head->length + 1), tail->length), length = tail->length;

	memcpy(bytes, head->bytes, cut);
	memcpy(bytes + cut, tail->bytes + cut, length - cut);
	for (u32 count = dice(8); count && length; count--)
		length = damage(bytes, length, max);
	return length;
}

/* --- packets ------------------------------------------------------------------ */

/* Parses into a struct that is full of @fill. */
static enum weir_verdict parse(struct weir_packet *pkt, struct sk_buff *skb, u8 family, int fill)
{
	memset(pkt, fill, sizeof(*pkt));
	return weir_packet_parse(pkt, skb, family);
}

static void assert_same_header(const struct weir_header *a, const struct weir_header *b)
{
	assert_memory_equal(a, b, offsetof(struct weir_header, is_plain) + sizeof(a->is_plain));
}

/* Behind @h there is as much as its protocol has at least, or an error quotes. */
static void assert_within(const struct weir_header *h, u32 needed, u32 length)
{
	assert_true(h->l4 >= h->l3 + (h->family == AF_INET ? 20 : 40));
	assert_true(h->l4 + needed <= length);
}

/* What a tunnel's packet carries, that an ICMP error is about. */
static void judge_inner(struct weir_packet *pkt, u32 length)
{
	struct weir_header inner;
	struct weir_tuple tuple;

	if (!weir_packet_find_inner(pkt, &pkt->quoted, &inner))
		return;
	assert_true(inner.l3 >= pkt->quoted.l4);
	if (!weir_packet_parse_inner(pkt, &inner, &tuple))
		return;
	assert_within(&inner, 8, length);
	assert_int_equal(tuple.family, inner.family);
}

static void judge_parsed(struct weir_packet *pkt, u8 family, u32 length)
{
	bool has_ports = pkt->tuple.protocol == IPPROTO_TCP || pkt->tuple.protocol == IPPROTO_UDP ||
			 pkt->tuple.protocol == IPPROTO_SCTP;

	assert_int_equal(pkt->tuple.family, family);
	assert_int_equal(pkt->outer.l3, 0);
	assert_within(&pkt->outer, weir_transport_length(pkt->outer.protocol), length);
	if (!pkt->is_icmp_error) {
		assert_true(has_ports);
		return;
	}
	assert_int_equal(pkt->signals, 0);
	assert_false(pkt->outer.is_plain);
	assert_int_equal(pkt->quoted.family, family);
	assert_int_equal(pkt->quoted.l3, pkt->outer.l4 + 8);
	if (has_ports)
		assert_within(&pkt->quoted, 8, length);
	else
		assert_true(!pkt->tuple.sport && !pkt->tuple.dport);
	judge_inner(pkt, length);
}

/*
 * Whether the packet is in one piece, what was in the struct before, and what stands
 * behind the packet makes no difference to where it goes.
 */
static void judge_packet(const struct sample *sample, u8 family)
{
	/* Parsing writes nothing. */
	u8 *bytes = (u8 *)sample->bytes;
	struct sk_buff linear = { .data = bytes, .len = sample->length, .is_linear = true };
	struct sk_buff pieces = { .data = bytes, .len = sample->length };
	struct weir_packet pkt, again;
	enum weir_verdict verdict = parse(&pkt, &linear, family, 0);
	u8 longer[SAMPLE_MAX + 8];

	assert_int_equal(parse(&again, &pieces, family, 0xff), verdict);
	if (verdict == WEIR_ACCEPT)
		return;
	assert_int_equal(verdict, WEIR_CONTINUE);
	assert_memory_equal(&pkt.tuple, &again.tuple, sizeof(pkt.tuple));
	assert_int_equal(pkt.is_icmp_error, again.is_icmp_error);
	assert_int_equal(pkt.signals, again.signals);
	assert_same_header(&pkt.outer, &again.outer);
	if (pkt.is_icmp_error)
		assert_same_header(&pkt.quoted, &again.quoted);
	judge_parsed(&pkt, family, sample->length);

	memcpy(longer, sample->bytes, sample->length);
	memset(longer + sample->length, 0xa5, 8);
	pieces = (struct sk_buff){ .data = longer, .len = sample->length + 8 };
	assert_int_equal(parse(&again, &pieces, family, 0), WEIR_CONTINUE);
	assert_memory_equal(&pkt.tuple, &again.tuple, sizeof(pkt.tuple));
}

static void judge_v4(const struct sample *sample)
{
	judge_packet(sample, AF_INET);
}

static void judge_v6(const struct sample *sample)
{
	judge_packet(sample, AF_INET6);
}

/* --- SIP ---------------------------------------------------------------------- */

/* The Call-ID, in pieces of up to @piece bytes; returns its length. */
static u32 read_sip(const struct sample *sample, u32 piece, int fill, char *call_id)
{
	struct weir_sip sip;
	u32 taken;

	memset(&sip, fill, sizeof(sip));
	weir_sip_begin(&sip, call_id);
	for (u32 at = 0; at < sample->length; at += taken) {
		taken = 1 + dice(min(piece, sample->length - at));
		if (weir_sip_feed(&sip, (const char *)sample->bytes + at, taken))
			break;
	}
	return weir_sip_call_id_length(&sip);
}

static void judge_sip(const struct sample *sample)
{
	char *one = malloc(WEIR_CALL_ID_MAX), *other = malloc(WEIR_CALL_ID_MAX);
	u32 length = read_sip(sample, 1, 0, one);

	assert_int_equal(read_sip(sample, 1 + dice(60), 0xff, other), length);
	assert_memory_equal(one, other, length);
	for (u32 i = 0; i < length; i++)
		assert_true(one[i] > ' ' && one[i] < 0x7f);
	assert_non_null(memmem(sample->bytes, sample->length, one, length));
	free(one);
	free(other);
}

/* --- FTP ---------------------------------------------------------------------- */

/* A part of the stream: mostly what comes next, else any; some say that it ends there. */
static struct weir_segment cut_segment(const struct weir_line *line, const struct sample *stream)
{
	u32 at = line->next - FIRST;
	struct weir_segment segment;

	if (!dice(4) || at > stream->length)
		at = dice(stream->length + 1);
	segment.length = dice(min_t(u32, stream->length - at, 1 + dice(400)) + 1);
	segment.seq = FIRST + at;
	segment.data = stream->bytes + at;
	segment.fin = !dice(at + segment.length == stream->length ? 2 : 30);
	segment.rst = !dice(50);
	return segment;
}

static void assert_of_stream(const struct sample *stream, const u8 *data, u32 seq, u32 length)
{
	u32 at = seq - FIRST;

	assert_true(at <= stream->length && length <= stream->length - at);
	assert_memory_equal(data, stream->bytes + at, length);
}

static void judge_line_state(const struct weir_line *line, const struct sample *stream)
{
	if (line->has_begin)
		assert_of_stream(stream, (const u8 *)"\n", line->begin - 1, 1);
	if (!line->length)
		return;
	assert_true(line->length <= WEIR_LINE_MAX);
	assert_of_stream(stream, line->held, line->start, line->length);
	assert_true((s32)(line->next - (line->start + line->length)) >= 0);
}

static void feed(struct weir_line *line, const struct sample *stream, u8 *room)
{
	struct weir_segment segment = cut_segment(line, stream), result;
	u8 *copy = malloc(segment.length);

	segment.data = memcpy(copy, segment.data, segment.length);
	memset(&result, 0xff, sizeof(result));
	if (weir_line_wants_room(line, &segment) && dice(10))
		line->held = room;
	if (!weir_line_feed(line, &segment, &result))
		result = segment;
	free(copy);
	if (result.data == copy)
		return;
	if (result.data) {
		assert_of_stream(stream, result.data, result.seq, result.length);
		return;
	}
	assert_true(result.length <= segment.length);
	assert_true(result.seq == segment.seq || !result.length);
}

/* A stream in pieces, in any order: nothing goes on that is not of the stream. */
static void judge_direction(const struct sample *stream, enum weir_dir dir)
{
	struct weir_line line = {};
	u8 *room = malloc(WEIR_LINE_MAX);
	u32 ack, next;

	weir_line_init(&line, dir, FIRST);
	for (int step = 0; step < 12; step++) {
		next = line.next;
		feed(&line, stream, room);
		judge_line_state(&line, stream);
		assert_true((s32)(line.next - next) >= 0);
		if (!line.length)
			line.held = NULL;
		ack = FIRST + dice(stream->length + 1);
		if (!dice(3))
			next = weir_line_acknowledge(&line, ack);
		else
			next = ack;
		assert_true(next == ack || (next == line.next && (s32)(next - ack) > 0));
		judge_line_state(&line, stream);
	}
	free(room);
}

static void judge_line(const struct sample *sample)
{
	judge_direction(sample, WEIR_DIR_REQUEST);
	judge_direction(sample, WEIR_DIR_REPLY);
}

/* --- all of them --------------------------------------------------------------- */

/* What a sanitizer finds ends the program; what it finds at the end is of no round. */
static void show_current(void)
{
	if (!current.round)
		return;
	printf("# seed %d, round %u, %u bytes: ", SEED, current.round, current.length);
	for (u32 i = 0; i < current.length; i++)
		printf("%02x", current.bytes[i]);
	printf("\n");
	fflush(stdout);
}

static void damaged_bytes_are_survived(void **state)
{
	const struct target *target = *state;
	struct sample sample;
	u8 *copy;

	random_state = SEED;
	for (current.round = 1; current.round <= target->rounds; current.round++) {
		current.length = make(target, current.bytes, sizeof(current.bytes));
		copy = malloc(current.length);
		memcpy(copy, current.bytes, current.length);
		sample = (struct sample){ .bytes = copy, .length = current.length };
		target->judge(&sample);
		free(copy);
	}
	current.round = 0;
}

/* A round that has not been left behind has failed. */
static int show_failed(void **state)
{
	show_current();
	current.round = 0;
	return 0;
}

#define TARGET(seeds, judge, rounds) \
	(&(struct target){ seeds, ARRAY_SIZE(seeds), judge, rounds })

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "damaged packets of IPv4", damaged_bytes_are_survived, NULL, show_failed,
		  TARGET(v4_seeds, judge_v4, 200000) },
		{ "damaged packets of IPv6", damaged_bytes_are_survived, NULL, show_failed,
		  TARGET(v6_seeds, judge_v6, 200000) },
		{ "damaged messages of SIP", damaged_bytes_are_survived, NULL, show_failed,
		  TARGET(sip_seeds, judge_sip, 30000) },
		{ "damaged lines of FTP", damaged_bytes_are_survived, NULL, show_failed,
		  TARGET(line_seeds, judge_line, 20000) },
	};

	printf("# seed %d\n", SEED);
	__sanitizer_set_death_callback(show_current);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
