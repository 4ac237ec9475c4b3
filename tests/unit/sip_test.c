// SPDX-License-Identifier: GPL-2.0-only
/*
 * Promises of the reader of SIP messages: which Call-ID it finds, in whatever
 * pieces the message comes, and that it reads and writes not a byte too far (the
 * sanitizers watch).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sip.h"

#define INVITE "INVITE sip:bob@example.org SIP/2.0\r\n"
#define VIA "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKnashds8\r\n"

/* What is found in @length bytes that come in pieces of @piece, as a string. */
static char *found(const char *text, size_t length, size_t piece, char *out)
{
	/* Of their own size, so that the sanitizers see a byte too far. */
	char *call_id = malloc(WEIR_CALL_ID_MAX);
	struct weir_sip sip;
	u8 size;

	weir_sip_begin(&sip, call_id);
	for (size_t at = 0; at < length; at += piece) {
		size_t chunk = length - at < piece ? length - at : piece;
		char *copy = malloc(chunk);
		bool is_done;

		memcpy(copy, text + at, chunk);
		is_done = weir_sip_feed(&sip, copy, chunk);
		free(copy);
		if (is_done)
			break;
	}
	size = weir_sip_call_id_length(&sip);
	memcpy(out, call_id, size);
	out[size] = '\0';
	free(call_id);
	return out;
}

/* The same in pieces of every size. */
static void finds(const char *text, const char *wanted)
{
	char out[WEIR_CALL_ID_MAX + 1];
	size_t length = strlen(text);

	for (size_t piece = 1; piece <= length; piece++)
		assert_string_equal(found(text, length, piece, out), wanted);
}

static void the_header_is_found(void **state)
{
	finds(INVITE VIA "Call-ID: a84b4c76e66710@192.0.2.1\r\nCSeq: 1 INVITE\r\n\r\n",
	      "a84b4c76e66710@192.0.2.1");
	finds(INVITE "Call-ID: first\r\n" VIA "\r\n", "first");
	finds("SIP/2.0 200 OK\r\n" VIA "Call-ID: answer@host\r\n\r\n", "answer@host");
}

static void its_compact_form_is_found(void **state)
{
	finds(INVITE "v: x\r\ni: compact@host\r\n\r\n", "compact@host");
	finds(INVITE "I:upper\r\n\r\n", "upper");
}

static void case_and_white_space_make_no_difference(void **state)
{
	finds(INVITE "CALL-ID:x\r\n\r\n", "x");
	finds(INVITE "cAlL-iD \t : \t x \t\r\n\r\n", "x");
	finds(INVITE "Call-ID:\r\n  folded\r\n\r\n", "folded");
	finds(INVITE "call-id: newlines\n\n", "newlines");
}

static void other_headers_are_passed_over(void **state)
{
	finds(INVITE "In-Reply-To: other\r\nCall-IDs: other\r\nCall-I: other\r\nii: other\r\n"
		     "X-Call-ID: other\r\nCall-Id2: other\r\nno colon\r\n: no name\r\ni: own\r\n\r\n",
	      "own");
	finds(INVITE "Subject: x\r\n Call-ID: of a folded line\r\ni: own\r\n\r\n", "own");
	finds("i: not a start line\r\ni: own\r\n\r\n", "own");
}

static void the_first_of_several_counts(void **state)
{
	finds(INVITE "i: first\r\nCall-ID: second\r\n\r\n", "first");
}

static void what_is_no_call_id_is_none(void **state)
{
	finds("", "");
	finds("\r\n\r\n", "");
	finds(INVITE VIA "\r\n", "");
	finds(INVITE VIA "\r\nCall-ID: of the body\r\n", "");
	finds(INVITE "Call-ID:\r\n\r\n", "");
	finds(INVITE "Call-ID: \r\nCSeq: 1\r\n", "");
	finds(INVITE "Call-ID: two words\r\n\r\n", "");
	finds(INVITE "Call-ID: \x01\r\n\r\n", "");
	finds(INVITE "Call-ID: \xc3\xa4\r\n\r\n", "");
	finds(INVITE "Call-ID: a\rb\r\n\r\n", "");
}

static void a_message_that_is_cut_has_none(void **state)
{
	static const char text[] = INVITE "Call-ID: whole@host\r\n";
	char out[WEIR_CALL_ID_MAX + 1];

	for (size_t length = 0; length < sizeof(text) - 2; length++)
		assert_string_equal(found(text, length, sizeof(text), out), "");
	assert_string_equal(found(text, sizeof(text) - 1, sizeof(text), out), "whole@host");
}

static void a_nul_is_a_byte_like_others(void **state)
{
	static const char before[] = INVITE "Subject: \0 x\r\ni: own\r\n\r\n";
	static const char within[] = INVITE "i: o\0wn\r\n\r\n";
	char out[WEIR_CALL_ID_MAX + 1];

	assert_string_equal(found(before, sizeof(before) - 1, 7, out), "own");
	assert_string_equal(found(within, sizeof(within) - 1, 7, out), "");
}

static void the_longest_has_255_bytes(void **state)
{
	char text[2 * WEIR_CALL_ID_MAX], id[WEIR_CALL_ID_MAX + 2];

	memset(id, 'x', sizeof(id));
	id[WEIR_CALL_ID_MAX] = '\0';
	snprintf(text, sizeof(text), INVITE "i: %s\r\n\r\n", id);
	finds(text, id);
	id[WEIR_CALL_ID_MAX] = 'x';
	id[WEIR_CALL_ID_MAX + 1] = '\0';
	snprintf(text, sizeof(text), INVITE "i: %s\r\n\r\n", id);
	finds(text, "");
}

/* Noise of the characters that matter: nothing is promised but that it ends well. */
static void noise_is_survived(void **state)
{
	static const char letters[] = "\r\n\t :iIcall-ID@x\0\xff";
	char out[WEIR_CALL_ID_MAX + 1], text[400];

	srand(1);
	for (int round = 0; round < 20000; round++) {
		size_t length = rand() % sizeof(text);

		for (size_t i = 0; i < length; i++)
			text[i] = letters[rand() % (sizeof(letters) - 1)];
		found(text, length, 1 + rand() % 50, out);
		for (const char *c = out; *c; c++)
			assert_true(*c > ' ' && *c < 0x7f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_is_found),
		cmocka_unit_test(its_compact_form_is_found),
		cmocka_unit_test(case_and_white_space_make_no_difference),
		cmocka_unit_test(other_headers_are_passed_over),
		cmocka_unit_test(the_first_of_several_counts),
		cmocka_unit_test(what_is_no_call_id_is_none),
		cmocka_unit_test(a_message_that_is_cut_has_none),
		cmocka_unit_test(a_nul_is_a_byte_like_others),
		cmocka_unit_test(the_longest_has_255_bytes),
		cmocka_unit_test(noise_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
