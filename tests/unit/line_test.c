// SPDX-License-Identifier: GPL-2.0-only
/*
 * Promises of the lines of FTP: which segments go on as they are, what is held of
 * others and when, and what the sender is told. What that comes to over a network
 * that loses and reorders is in line_random_test.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "line.h"

/* So that most tests meet the end of the numbers. */
#define FIRST 0xfffffffau

static struct weir_line line;
static u8 room[WEIR_LINE_MAX];
static struct weir_segment result;
static bool is_changed;

/* A direction that waits for FIRST, where a line begins, or nobody knows what. */
static void begin(enum weir_dir dir, bool at_line)
{
	line = (struct weir_line){ .held = room };
	weir_line_init(&line, dir, FIRST);
	line.begin = FIRST;
	line.has_begin = at_line;
}

static void feed_flags(u32 at, const char *text, bool fin, bool rst)
{
	struct weir_segment segment = {
		.data = (const u8 *)text,
		.seq = FIRST + at,
		.length = strlen(text),
		.fin = fin,
		.rst = rst,
	};

	is_changed = weir_line_feed(&line, &segment, &result);
}

/* The payload @text comes, at @at of the stream. */
static void feed(u32 at, const char *text)
{
	feed_flags(at, text, false, false);
}

static void passes(u32 at, const char *text)
{
	feed(at, text);
	assert_false(is_changed);
}

/* In place of what has come, @text goes on. */
static void gives(u32 at, const char *text)
{
	assert_true(is_changed);
	assert_int_equal(result.seq, FIRST + at);
	assert_int_equal(result.length, strlen(text));
	assert_non_null(result.data);
	assert_memory_equal(result.data, text, result.length);
}

/* Only the beginning of what has come goes on. */
static void is_cut(u32 at, u32 length)
{
	assert_true(is_changed);
	assert_null(result.data);
	assert_int_equal(result.seq, FIRST + at);
	assert_int_equal(result.length, length);
	assert_false(result.fin);
}

/* The receiver is asked what it has got, by the newline before @at. */
static void asks(u32 at)
{
	gives(at - 1, "\n");
	assert_false(result.fin);
}

/* The receiver says that it has all before @at: the sender hears it of @wanted. */
static void acks(u32 at, u32 wanted)
{
	assert_int_equal(weir_line_acknowledge(&line, FIRST + at), FIRST + wanted);
}

static void whole_lines_pass(void **state)
{
	begin(WEIR_DIR_REQUEST, true);
	passes(0, "USER a\r\n");
	passes(8, "PORT 1,2,3,4,5,6\r\n");
	passes(26, "NOOP\r\nNOOP\r\n");
	passes(38, "");
	acks(38, 38);
}

static void what_is_of_no_interest_passes_in_pieces(void **state)
{
	begin(WEIR_DIR_REQUEST, true);
	passes(0, "US");
	passes(2, "ER a\r");
	passes(7, "\n227 ");
	begin(WEIR_DIR_REPLY, true);
	passes(0, "PORT 1");
	passes(6, ",2\r\n15");
}

static void two_pieces_are_joined(void **state)
{
	begin(WEIR_DIR_REQUEST, true);
	feed(0, "PO");
	asks(0);
	acks(0, 2);
	feed(2, "RT 1,2,3,4,5,6\r\n");
	gives(0, "PORT 1,2,3,4,5,6\r\n");
	acks(0, 0);
	acks(18, 18);
	assert_int_equal(line.length, 0);
	passes(18, "NOOP\r\n");
}

static void single_bytes_are_joined(void **state)
{
	static const char text[] = "ePrT |2|2001:db8::1|4711|\r\n";
	u32 length = strlen(text);

	begin(WEIR_DIR_REQUEST, true);
	for (u32 i = 0; i < length - 1; i++) {
		feed(i, (char[]){ text[i], '\0' });
		asks(0);
		acks(0, i + 1);
	}
	feed(length - 1, "\n");
	gives(0, text);
	acks(length, length);
}

static void both_answers_are_joined(void **state)
{
	begin(WEIR_DIR_REPLY, true);
	feed(0, "227 Entering (1,2");
	asks(0);
	feed(17, ",3,4,5,6).\r\n");
	gives(0, "227 Entering (1,2,3,4,5,6).\r\n");
	acks(29, 29);
	feed(29, "22");
	asks(29);
	feed(31, "9 E (|||7|)\r\n");
	gives(29, "229 E (|||7|)\r\n");
}

static void what_turns_out_otherwise_is_sent(void **state)
{
	begin(WEIR_DIR_REPLY, true);
	feed(0, "22");
	asks(0);
	acks(0, 2);
	feed(2, "6 ");
	gives(0, "226 ");
	/* Until that has been received, it is sent in one piece. */
	feed(2, "6 ");
	gives(0, "226 ");
	acks(2, 2);
	passes(4, "Done\r\n");
	acks(4, 4);
	passes(2, "6 ");
}

static void lines_before_it_are_not_held(void **state)
{
	begin(WEIR_DIR_REQUEST, true);
	feed(0, "NOOP\r\nPO");
	is_cut(0, 6);
	acks(0, 0);
	acks(6, 8);
	feed(8, "RT 1\r\n");
	gives(6, "PORT 1\r\n");
}

static void lines_behind_it_come_again(void **state)
{
	begin(WEIR_DIR_REQUEST, true);
	feed(0, "PO");
	feed(2, "RT 1\r\nNOOP\r\n");
	gives(0, "PORT 1\r\n");
	acks(8, 8);
	passes(8, "NOOP\r\n");
}

static void a_line_inside_a_segment_comes_again(void **state)
{
	begin(WEIR_DIR_REQUEST, true);
	feed(0, "NOOP\r\nPORT 1\r\nNOOP\r\n");
	is_cut(0, 6);
	passes(6, "PORT 1\r\nNOOP\r\n");
}

static void a_gap_is_left_to_the_sender(void **state)
{
	begin(WEIR_DIR_REQUEST, true);
	feed(6, "PORT 1\r\n");
	is_cut(6, 0);
	feed(0, "PO");
	feed(4, " 1\r\n");
	is_cut(4, 0);
	feed(2, "RT 1\r\n");
	gives(0, "PORT 1\r\n");
}

static void what_was_before_is_waited_for(void **state)
{
	begin(WEIR_DIR_REQUEST, true);
	passes(0, "NOOP\r\n");
	feed(6, "PO");
	asks(6);
	acks(0, 0);
	passes(0, "NOOP\r\n");
	acks(6, 8);
}

static void retransmissions_find_the_whole(void **state)
{
	begin(WEIR_DIR_REQUEST, true);
	passes(0, "NOOP\r\n");
	feed(6, "PO");
	feed(6, "PO");
	asks(6);
	feed(0, "NOOP\r\nPO");
	is_cut(0, 6);
	feed(6, "PORT");
	asks(6);
	acks(6, 10);
	feed(10, " 1\r\n");
	gives(6, "PORT 1\r\n");
	feed(10, " 1\r\n");
	gives(6, "PORT 1\r\n");
	feed(6, "PO");
	gives(6, "PORT 1\r\n");
	feed(0, "NOOP\r\nPORT 1\r\n");
	is_cut(0, 6);
	passes(14, "NOOP\r\n");
	acks(14, 14);
	/* Now the receiver has it, even if the sender does not know. */
	feed(6, "PO");
	asks(20);
	passes(10, " 1\r\n");
}

static void a_second_line_waits_for_the_first(void **state)
{
	begin(WEIR_DIR_REQUEST, true);
	feed(0, "PO");
	feed(2, "RT 1\r\n");
	feed(8, "EP");
	is_cut(8, 0);
	feed(8, "EP");
	is_cut(8, 0);
	acks(8, 8);
	feed(8, "EP");
	asks(8);
}

static void without_room_nothing_is_held(void **state)
{
	begin(WEIR_DIR_REQUEST, true);
	line.held = NULL;
	feed(0, "NOOP\r\nPO");
	is_cut(0, 6);
	acks(6, 6);
	feed(6, "PO");
	is_cut(6, 0);
	line.held = room;
	feed(6, "PO");
	asks(6);
	acks(6, 8);
}

static void long_lines_end_in_parts(void **state)
{
	char text[WEIR_LINE_MAX + 20] = "227 ";

	memset(text + 4, 'x', sizeof(text) - 5);
	begin(WEIR_DIR_REPLY, true);
	passes(0, text);
	begin(WEIR_DIR_REPLY, true);
	feed(0, "227 ");
	asks(0);
	feed(4, text + 4);
	assert_true(is_changed);
	assert_int_equal(result.length, WEIR_LINE_MAX);
	assert_memory_equal(result.data, text, WEIR_LINE_MAX);
	acks(WEIR_LINE_MAX, WEIR_LINE_MAX);
	passes(WEIR_LINE_MAX, "xxx");
}

static void the_middle_of_a_line_is_no_beginning(void **state)
{
	begin(WEIR_DIR_REQUEST, false);
	passes(0, "PO");
	passes(2, "RT\r\n");
	feed(6, "PO");
	asks(6);
}

static void keepalives_are_answered(void **state)
{
	begin(WEIR_DIR_REQUEST, true);
	passes(0, "NOOP\r\n");
	feed(6, "POR");
	acks(6, 9);
	feed(8, "");
	asks(6);
	feed(8, "R");
	asks(6);
	passes(9, "");
}

static void ends_are_believed(void **state)
{
	begin(WEIR_DIR_REQUEST, true);
	feed(0, "PO");
	feed_flags(2, "", false, true);
	assert_true(is_changed);
	assert_int_equal(result.seq, FIRST);
	assert_int_equal(result.length, 0);

	begin(WEIR_DIR_REQUEST, true);
	feed(0, "PO");
	for (int i = 0; i < 2; i++) {
		feed_flags(2, "", true, false);
		gives(0, "PO");
		assert_true(result.fin);
	}
	acks(3, 3);
	feed_flags(2, "", true, false);
	assert_false(is_changed);

	begin(WEIR_DIR_REQUEST, true);
	feed(0, "PO");
	feed_flags(2, "RT 1\r\nQ", true, false);
	gives(0, "PORT 1\r\n");
	assert_false(result.fin);
}

static void a_stream_that_went_on_elsewhere_is_found_again(void **state)
{
	begin(WEIR_DIR_REQUEST, true);
	feed(0, "PO");
	acks(100, 100);
	passes(100, "xx\r\n");
	feed(104, "PO");
	asks(104);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_lines_pass),
		cmocka_unit_test(what_is_of_no_interest_passes_in_pieces),
		cmocka_unit_test(two_pieces_are_joined),
		cmocka_unit_test(single_bytes_are_joined),
		cmocka_unit_test(both_answers_are_joined),
		cmocka_unit_test(what_turns_out_otherwise_is_sent),
		cmocka_unit_test(lines_before_it_are_not_held),
		cmocka_unit_test(lines_behind_it_come_again),
		cmocka_unit_test(a_line_inside_a_segment_comes_again),
		cmocka_unit_test(a_gap_is_left_to_the_sender),
		cmocka_unit_test(what_was_before_is_waited_for),
		cmocka_unit_test(retransmissions_find_the_whole),
		cmocka_unit_test(a_second_line_waits_for_the_first),
		cmocka_unit_test(without_room_nothing_is_held),
		cmocka_unit_test(long_lines_end_in_parts),
		cmocka_unit_test(the_middle_of_a_line_is_no_beginning),
		cmocka_unit_test(keepalives_are_answered),
		cmocka_unit_test(ends_are_believed),
		cmocka_unit_test(a_stream_that_went_on_elsewhere_is_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
