// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes objects as the words parse.c reads, compares them, and looks words up.
 */
#include "text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

const char *weir_word(const struct weir_words *words, unsigned int value)
{
	return value < words->count ? words->words[value] : "unknown";
}

int weir_word_find(const struct weir_words *words, const char *word)
{
	for (unsigned int i = 0; i < words->count; i++)
		if (!strcmp(words->words[i], word))
			return (int)i;
	return -1;
}

const char *weir_protocol_word(unsigned int protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_SCTP:
		return "sctp";
	}
	return "unknown";
}

const char *weir_conn_state_word(const struct weir_conn *conn)
{
	if (conn->service.protocol == IPPROTO_SCTP)
		return weir_word(&weir_sctp_state_words, conn->sctp_state);
	return weir_word(&weir_tcp_state_words, conn->state);
}

char *weir_format_addr(const struct weir_addr *addr, char *text)
{
	if (!addr->family || !inet_ntop(addr->family, addr->bytes, text, WEIR_TEXT_SIZE))
		strcpy(text, "-");
	return text;
}

char *weir_format_endpoint(const struct weir_endpoint *endpoint, char *text)
{
	char addr[WEIR_TEXT_SIZE];

	weir_format_addr(&endpoint->addr, addr);
	if (!endpoint->port)
		snprintf(text, WEIR_TEXT_SIZE, "%.46s", addr);
	else if (endpoint->addr.family == AF_INET6)
		snprintf(text, WEIR_TEXT_SIZE, "[%.46s]:%u", addr, endpoint->port);
	else
		snprintf(text, WEIR_TEXT_SIZE, "%.46s:%u", addr, endpoint->port);
	return text;
}

char *weir_format_service_key(const struct weir_service_key *key, char *text)
{
	char at[WEIR_TEXT_SIZE];

	const char *protocol = weir_protocol_word(key->protocol);

	if (key->fwmark)
		snprintf(text, WEIR_TEXT_SIZE, "%s:%u",
			 key->at.addr.family == AF_INET6 ? "fwmark6" : "fwmark", key->fwmark);
	else if (key->at.port)
		snprintf(text, WEIR_TEXT_SIZE, "%s:%.54s", protocol,
			 weir_format_endpoint(&key->at, at));
	else
		snprintf(text, WEIR_TEXT_SIZE,
			 key->at.addr.family == AF_INET6 ? "%s:[%.46s]:any" : "%s:%.46s:any",
			 protocol, weir_format_addr(&key->at.addr, at));
	return text;
}

char *weir_format_duration(uint32_t ms, char *text)
{
	static const struct {
		const char *name;
		uint32_t ms;
	} units[] = {
		{ "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 },
	};
	size_t at = 0;

	if (!ms)
		return strcpy(text, "0s");
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		uint32_t n = ms / units[i].ms;

		ms %= units[i].ms;
		if (n)
			at += (size_t)snprintf(text + at, WEIR_TEXT_SIZE - at, "%u%s", n,
					       units[i].name);
	}
	return text;
}

char *weir_format_hash_key(const uint8_t *key, char *text)
{
	for (size_t i = 0; i < WEIR_HASH_KEY_SIZE; i++)
		snprintf(text + 2 * i, WEIR_TEXT_SIZE - 2 * i, "%02x", key[i]);
	return text;
}

bool weir_addr_equal(const struct weir_addr *a, const struct weir_addr *b)
{
	return a->family == b->family && !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

bool weir_endpoint_equal(const struct weir_endpoint *a, const struct weir_endpoint *b)
{
	return a->port == b->port && weir_addr_equal(&a->addr, &b->addr);
}

bool weir_service_key_equal(const struct weir_service_key *a, const struct weir_service_key *b)
{
	return a->protocol == b->protocol && a->fwmark == b->fwmark &&
	       weir_endpoint_equal(&a->at, &b->at);
}
