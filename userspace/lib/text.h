/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libweir: the words people and scripts use for Weir's objects, read and
 * written. Nothing here talks to the kernel.
 */
#ifndef WEIR_TEXT_H
#define WEIR_TEXT_H

#include "weir.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct weir_words - the words of an enumeration
 * @what: the enumeration's name, e.g. "server-state"
 * @words: the words, by value
 * @count: number of words
 */
struct weir_words {
	const char *what;
	const char *const *words;
	unsigned int count;
};

extern const struct weir_words weir_method_words;
extern const struct weir_words weir_midstream_words;
extern const struct weir_words weir_hook_words;
extern const struct weir_words weir_helper_words;
extern const struct weir_words weir_policy_words;
extern const struct weir_words weir_server_state_words;
extern const struct weir_words weir_change_words;
extern const struct weir_words weir_tcp_state_words;
extern const struct weir_words weir_sctp_state_words;
extern const struct weir_words weir_drop_reason_words;
extern const struct weir_words weir_no_server_words;
extern const struct weir_words weir_timeouts_words;
extern const struct weir_words weir_affinity_by_words;
extern const struct weir_words weir_affinity_weightless_words;
extern const struct weir_words weir_tunnel_words;
extern const struct weir_words weir_tunnel_checksum_words;

/**
 * weir_word - the word of a value
 * @words: the enumeration
 * @value: any number
 *
 * Return: the word, or "unknown" for a value this library does not know.
 */
const char *weir_word(const struct weir_words *words, unsigned int value);

/**
 * weir_word_find - the value of a word
 * @words: the enumeration
 * @word: exact word
 *
 * Return: the value, or -1.
 */
int weir_word_find(const struct weir_words *words, const char *word);

/**
 * weir_protocol_word - the word of a service's protocol
 * @protocol: e.g. IPPROTO_TCP
 *
 * Return: the word before the first colon of a service's name, or "unknown" for a
 * protocol this library does not know.
 */
const char *weir_protocol_word(unsigned int protocol);

/**
 * weir_conn_state_word - the word of a connection's state
 * @conn: the connection
 *
 * Return: the word, from the states of its protocol.
 */
const char *weir_conn_state_word(const struct weir_conn *conn);

/**
 * weir_parse_addr - reads an address
 * @text: 192.0.2.1, 2001:db8::1 or [2001:db8::1]
 * @out: filled on success
 *
 * Return: NULL, or the rule that @text breaks.
 */
const char *weir_parse_addr(const char *text, struct weir_addr *out);

/**
 * weir_parse_endpoint - reads an address with or without a port
 * @text: as weir_parse_addr(), or 192.0.2.1:80, [2001:db8::1]:80
 * @out: filled on success; port 0 if none is given
 *
 * Return: NULL, or the rule that @text breaks.
 */
const char *weir_parse_endpoint(const char *text, struct weir_endpoint *out);

/**
 * weir_parse_service_key - reads the name of a service
 * @text: tcp:192.0.2.1:80, udp:[2001:db8::1]:53, sctp:192.0.2.1:3868; with any or *
 *	for all ports; fwmark:7 or fwmark6:7 for IPv4 or IPv6 packets with a firewall mark
 * @out: filled on success
 *
 * Return: NULL, or the rule that @text breaks.
 */
const char *weir_parse_service_key(const char *text, struct weir_service_key *out);

/**
 * weir_parse_duration - reads a duration
 * @text: 500ms, 30s, 5m, 2h, 1d, or several, longest unit first: 2h4m
 * @out: milliseconds, filled on success
 *
 * Return: NULL, or the rule that @text breaks.
 */
const char *weir_parse_duration(const char *text, uint32_t *out);

/**
 * weir_parse_number - reads a whole decimal number
 * @text: digits only
 * @min: smallest accepted
 * @max: largest accepted
 * @out: filled on success
 *
 * Return: true if @text is such a number.
 */
bool weir_parse_number(const char *text, uint32_t min, uint32_t max, uint32_t *out);

/**
 * weir_parse_hash_key - reads a hash key
 * @text: 32 hexadecimal digits
 * @out: WEIR_HASH_KEY_SIZE bytes, filled on success
 *
 * Return: NULL, or the rule that @text breaks.
 */
const char *weir_parse_hash_key(const char *text, uint8_t *out);

/** WEIR_TEXT_SIZE - bytes that hold any text of weir_format_*() and its NUL */
#define WEIR_TEXT_SIZE 64

/**
 * weir_format_addr - writes an address as text
 * @addr: the address
 * @text: WEIR_TEXT_SIZE bytes
 *
 * Return: @text.
 */
char *weir_format_addr(const struct weir_addr *addr, char *text);

/**
 * weir_format_endpoint - writes an address and its port, if it has one
 * @endpoint: address and port
 * @text: WEIR_TEXT_SIZE bytes
 *
 * Return: @text.
 */
char *weir_format_endpoint(const struct weir_endpoint *endpoint, char *text);

/**
 * weir_format_service_key - writes the name of a service
 * @key: the name
 * @text: WEIR_TEXT_SIZE bytes
 *
 * Return: @text.
 */
char *weir_format_service_key(const struct weir_service_key *key, char *text);

/**
 * weir_format_duration - writes a duration that weir_parse_duration() reads
 * @ms: milliseconds
 * @text: WEIR_TEXT_SIZE bytes
 *
 * Return: @text.
 */
char *weir_format_duration(uint32_t ms, char *text);

/**
 * weir_format_hash_key - writes a hash key that weir_parse_hash_key() reads
 * @key: WEIR_HASH_KEY_SIZE bytes
 * @text: WEIR_TEXT_SIZE bytes
 *
 * Return: @text.
 */
char *weir_format_hash_key(const uint8_t *key, char *text);

/**
 * weir_addr_equal - whether two addresses are the same
 * @a: an address
 * @b: an address
 *
 * Return: true if family and bytes are equal.
 */
bool weir_addr_equal(const struct weir_addr *a, const struct weir_addr *b);

/**
 * weir_endpoint_equal - whether two endpoints are the same
 * @a: an endpoint
 * @b: an endpoint
 *
 * Return: true if address and port are equal.
 */
bool weir_endpoint_equal(const struct weir_endpoint *a, const struct weir_endpoint *b);

/**
 * weir_service_key_equal - whether two keys name the same service
 * @a: a key
 * @b: a key
 *
 * Return: true if they do.
 */
bool weir_service_key_equal(const struct weir_service_key *a,
			    const struct weir_service_key *b);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_TEXT_H */
