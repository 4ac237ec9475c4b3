// SPDX-License-Identifier: GPL-2.0-only
/* What libweir reads and writes as text, hostile words included. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include "text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void keys_survive_reading_and_writing(void **state)
{
	static const char *const keys[] = {
		"tcp:192.0.2.10:80", "udp:0.0.0.0:1", "tcp:255.255.255.255:65535",
		"udp:[2001:db8::1]:53", "sctp:192.0.2.10:3868", "sctp:[2001:db8::1]:5060",
		"tcp:[::]:443", "tcp:[::ffff:192.0.2.1]:443",
		"tcp:192.0.2.10:any", "udp:[2001:db8::1]:any",
		"udp:[2001:db8:1111:2222:3333:4444:5555:6666]:any",
		"sctp:[2001:db8:1111:2222:3333:4444:5555:6666]:any",
		"fwmark:1", "fwmark6:4294967295",
	};
	struct weir_service_key key;
	char text[WEIR_TEXT_SIZE];

	for (size_t i = 0; i < COUNT(keys); i++) {
		assert_null(weir_parse_service_key(keys[i], &key));
		assert_string_equal(weir_format_service_key(&key, text), keys[i]);
	}
	assert_null(weir_parse_service_key("tcp:192.0.2.10:80", &key));
	assert_int_equal(key.protocol, IPPROTO_TCP);
	assert_int_equal(key.at.port, 80);
	assert_int_equal(key.at.addr.family, AF_INET);
	assert_memory_equal(key.at.addr.bytes, ((uint8_t[16]){ 192, 0, 2, 10 }), 16);
	assert_null(weir_parse_service_key("udp:[2001:db8::1]:*", &key));
	assert_string_equal(weir_format_service_key(&key, text), "udp:[2001:db8::1]:any");
	assert_int_equal(key.at.port, 0);
	assert_int_equal(key.fwmark, 0);
	assert_null(weir_parse_service_key("fwmark6:7", &key));
	assert_int_equal(key.protocol, 0);
	assert_int_equal(key.fwmark, 7);
	assert_int_equal(key.at.addr.family, AF_INET6);
	assert_int_equal(key.at.port, 0);
}

static void keys_are_equal_in_all_parts_or_not(void **state)
{
	static const char *const keys[] = {
		"tcp:192.0.2.10:80", "udp:192.0.2.10:80", "tcp:192.0.2.10:any",
		"fwmark:7", "fwmark6:7", "fwmark:8",
	};
	struct weir_service_key a, b;

	for (size_t i = 0; i < COUNT(keys); i++) {
		for (size_t j = 0; j < COUNT(keys); j++) {
			assert_null(weir_parse_service_key(keys[i], &a));
			assert_null(weir_parse_service_key(keys[j], &b));
			assert_int_equal(weir_service_key_equal(&a, &b), i == j);
		}
	}
}

static void wrong_keys_are_refused_and_leave_the_result_alone(void **state)
{
	static const char *const keys[] = {
		"", "tcp", "tcp:", "tcp::", "tcp::80", "tcp:192.0.2.10", "tcp:192.0.2.10:",
		"tcp:192.0.2.10:0", "tcp:192.0.2.10:65536", "tcp:192.0.2.10:+80",
		"tcp:192.0.2.10: 80", "tcp:192.0.2.10:80 ", "tcp:192.0.2.10:80x",
		"tcp:192.0.2.10:80:80", "tcp:192.0.2:80", "tcp:192.0.2.256:80",
		"tcp:192.0.2.010:80", "tcp:2001:db8::1:80", "tcp:[2001:db8::1]", "tcp:[2001:db8::1",
		"tcp:[2001:db8::1]80", "tcp:[192.0.2.10]:80", "tcp:[]:80", "tcp:[:80",
		"tcp:[fe80::1%eth0]:80", "TCP:192.0.2.10:80", "tcp192.0.2.10:80",
		"sctp:192.0.2.10", "sctp192.0.2.10:80", "s:192.0.2.10:80", ":192.0.2.10:80",
		"icmp:192.0.2.10:80",
		"fwmark", "fwmark:", "fwmark:0", "fwmark:-1", "fwmark:0x7", "fwmark:4294967296",
		"fwmark:7:80", "fwmark6:", "fwmark6:0", "fwmark4:7", "Fwmark:7", "fwmark :7",
		"tcp:192.0.2.10:any ", "tcp:192.0.2.10:Any", "tcp:192.0.2.10:anyone",
		"tcp:192.0.2.10:**", "tcp:any", "tcp:*", "tcp::any", "tcp:2001:db8::1:any",
		"tcp:[192.0.2.10]:any",
		"tcp:192.0.2.10:99999999999999999999999999999999999999",
	};
	const struct weir_service_key untouched = { .protocol = 99 };
	struct weir_service_key key = untouched;

	for (size_t i = 0; i < COUNT(keys); i++) {
		if (!weir_parse_service_key(keys[i], &key))
			fail_msg("'%s' was taken", keys[i]);
		assert_memory_equal(&key, &untouched, sizeof(key));
	}
}

static void a_very_long_word_is_refused(void **state)
{
	char *word = malloc(100001);
	struct weir_service_key key;
	struct weir_endpoint at;
	struct weir_addr addr;
	uint32_t number;

	for (const char *c = "1a:[].%"; *c; c++) {
		memset(word, *c, 100000);
		word[100000] = '\0';
		assert_non_null(weir_parse_addr(word, &addr));
		assert_non_null(weir_parse_endpoint(word, &at));
		assert_non_null(weir_parse_duration(word, &number));
		assert_false(weir_parse_number(word, 0, UINT32_MAX, &number));
		memcpy(word, "tcp:[", 5);
		assert_non_null(weir_parse_service_key(word, &key));
	}
	free(word);
}

static void an_endpoint_may_lack_its_port(void **state)
{
	static const struct {
		const char *text;
		const char *written;
		uint16_t port;
	} cases[] = {
		{ "198.51.100.11", "198.51.100.11", 0 },
		{ "198.51.100.11:8080", "198.51.100.11:8080", 8080 },
		{ "2001:db8::1", "2001:db8::1", 0 },
		{ "[2001:DB8::1]", "2001:db8::1", 0 },
		{ "[2001:db8::1]:80", "[2001:db8::1]:80", 80 },
	};
	struct weir_endpoint at;
	char text[WEIR_TEXT_SIZE];

	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_null(weir_parse_endpoint(cases[i].text, &at));
		assert_int_equal(at.port, cases[i].port);
		assert_string_equal(weir_format_endpoint(&at, text), cases[i].written);
	}
}

static void durations_need_units_and_add_up(void **state)
{
	static const struct {
		const char *text;
		uint32_t ms;
	} good[] = {
		{ "500ms", 500 }, { "30s", 30000 }, { "5m", 300000 }, { "2h", 7200000 },
		{ "1d", 86400000 }, { "2h4m", 7440000 }, { "1d2h3m4s5ms", 93784005 },
		{ "0s", 0 }, { "0ms", 0 }, { "120s", 120000 }, { "4294967295ms", UINT32_MAX },
	};
	static const char *const bad[] = {
		"", "5", "s", "5 s", " 5s", "5s ", "-5s", "+5s", "5.5s", "5S", "5sec", "5ms3s",
		"5s5s", "4m2h", "5m3", "4294967296ms", "50d", "99999999999999999999s",
		"18446744073709551616ms", "1d9999999999h", "0x5s", "1w",
	};
	uint32_t ms;

	for (size_t i = 0; i < COUNT(good); i++) {
		assert_null(weir_parse_duration(good[i].text, &ms));
		assert_int_equal(ms, good[i].ms);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		ms = 77;
		if (!weir_parse_duration(bad[i], &ms))
			fail_msg("'%s' was taken", bad[i]);
		assert_int_equal(ms, 77);
	}
}

static void durations_survive_writing_and_reading(void **state)
{
	static const uint32_t values[] = { 0, 1, 999, 1000, 61001, 7440000, 86399999, UINT32_MAX };
	char text[WEIR_TEXT_SIZE];
	uint32_t ms;

	for (size_t i = 0; i < COUNT(values); i++) {
		assert_null(weir_parse_duration(weir_format_duration(values[i], text), &ms));
		assert_int_equal(ms, values[i]);
	}
}

static void numbers_are_whole_and_in_bounds(void **state)
{
	static const char *const bad[] = {
		"", "-1", "+1", " 1", "1 ", "1.0", "0x1", "1e3", "65536", "99999999999999999999",
	};
	uint32_t number = 7;

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(weir_parse_number(bad[i], 0, 65535, &number));
	assert_false(weir_parse_number("0", 1, 65535, &number));
	assert_int_equal(number, 7);
	assert_true(weir_parse_number("65535", 0, 65535, &number));
	assert_int_equal(number, 65535);
	assert_true(weir_parse_number("4294967295", 0, UINT32_MAX, &number));
	assert_int_equal(number, UINT32_MAX);
}

static void every_word_is_found_and_no_other(void **state)
{
	static const struct weir_words *const sets[] = {
		&weir_method_words, &weir_midstream_words, &weir_policy_words,
		&weir_server_state_words, &weir_change_words, &weir_tcp_state_words,
		&weir_drop_reason_words, &weir_timeouts_words, &weir_hook_words,
		&weir_helper_words,
	};

	for (size_t i = 0; i < COUNT(sets); i++) {
		for (unsigned int value = 0; value < sets[i]->count; value++)
			assert_int_equal(weir_word_find(sets[i], weir_word(sets[i], value)), value);
		assert_int_equal(weir_word_find(sets[i], ""), -1);
		assert_int_equal(weir_word_find(sets[i], "unknown"), -1);
		assert_string_equal(weir_word(sets[i], sets[i]->count), "unknown");
		assert_string_equal(weir_word(sets[i], UINT32_MAX), "unknown");
	}
	assert_int_equal(weir_word_find(&weir_method_words, "nat"), WEIR_METHOD_NAT);
	assert_int_equal(weir_word_find(&weir_timeouts_words, "udp"), WEIR_TIMEOUT_UDP);
	assert_int_equal(weir_word_find(&weir_hook_words, "ingress"), WEIR_HOOK_INGRESS);
	assert_int_equal(weir_word_find(&weir_helper_words, "ftp"), WEIR_HELPER_FTP);
}

static void a_hash_key_is_32_hexadecimal_digits(void **state)
{
	static const char *const bad[] = {
		"", "0", "random", "0x112233445566778899aabbccddeeff",
		"00112233445566778899aabbccddeef", "00112233445566778899aabbccddeeff0",
		"00112233445566778899aabbccddeefg", "00112233445566778899aabbccddeef ",
	};
	uint8_t key[WEIR_HASH_KEY_SIZE] = { 0 };
	char text[WEIR_TEXT_SIZE];

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_non_null(weir_parse_hash_key(bad[i], key));
	for (size_t i = 0; i < WEIR_HASH_KEY_SIZE; i++)
		assert_int_equal(key[i], 0);
	assert_null(weir_parse_hash_key("00112233445566778899aaBBccddEEff", key));
	for (size_t i = 0; i < WEIR_HASH_KEY_SIZE; i++)
		assert_int_equal(key[i], i * 0x11);
	assert_string_equal(weir_format_hash_key(key, text), "00112233445566778899aabbccddeeff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_survive_reading_and_writing),
		cmocka_unit_test(keys_are_equal_in_all_parts_or_not),
		cmocka_unit_test(wrong_keys_are_refused_and_leave_the_result_alone),
		cmocka_unit_test(a_very_long_word_is_refused),
		cmocka_unit_test(an_endpoint_may_lack_its_port),
		cmocka_unit_test(durations_need_units_and_add_up),
		cmocka_unit_test(durations_survive_writing_and_reading),
		cmocka_unit_test(numbers_are_whole_and_in_bounds),
		cmocka_unit_test(every_word_is_found_and_no_other),
		cmocka_unit_test(a_hash_key_is_32_hexadecimal_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
