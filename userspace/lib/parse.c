// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the words of commands: addresses, keys, durations, numbers. Pure, and
 * all or nothing: what is not wholly understood is refused with its rule.
 */
#include "text.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define ADDR_TEXT_MAX 46 /* INET6_ADDRSTRLEN, the NUL included */

static const char addr_rule[] = "an address is 192.0.2.1, 2001:db8::1 or [2001:db8::1]";
static const char endpoint_rule[] =
	"an address with a port is 192.0.2.1:80 or [2001:db8::1]:80";
static const char port_rule[] = "a port is a whole number from 1 to 65535";
static const char key_rule[] =
	"a service is tcp:ADDR:PORT, udp:ADDR:PORT or sctp:ADDR:PORT, an IPv6 address in brackets, "
	"or fwmark:N or fwmark6:N";
static const char service_port_rule[] =
	"a service's port is a whole number from 1 to 65535, or any";
static const char fwmark_rule[] = "a firewall mark is a whole number from 1 to 4294967295";
static const char hash_key_rule[] = "a hash key is 32 hexadecimal digits, or random";
static const char duration_rule[] =
	"a duration is a number with a unit, as 500ms, 30s, 5m, 2h, 1d or 2h4m";
static const char duration_long_rule[] = "a duration is at most 49 days";

bool weir_parse_number(const char *text, uint32_t min, uint32_t max, uint32_t *out)
{
	uint64_t value = 0;
	const char *c;

	for (c = text; *c; c++) {
		if (*c < '0' || *c > '9')
			return false;
		value = value * 10 + (uint64_t)(*c - '0');
		if (value > max)
			return false;
	}
	if (c == text || value < min)
		return false;
	*out = (uint32_t)value;
	return true;
}

/* Reads the @length bytes at @text as an address of @family. */
static bool parse_family(const char *text, size_t length, int family, struct weir_addr *out)
{
	struct weir_addr addr = { .family = family };
	char copy[ADDR_TEXT_MAX];

	if (length >= sizeof(copy))
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (inet_pton(family, copy, addr.bytes) != 1)
		return false;
	*out = addr;
	return true;
}

static bool parse_any_family(const char *text, size_t length, struct weir_addr *out)
{
	if (length >= 2 && text[0] == '[' && text[length - 1] == ']')
		return parse_family(text + 1, length - 2, AF_INET6, out);
	return parse_family(text, length, AF_INET, out) ||
	       parse_family(text, length, AF_INET6, out);
}

const char *weir_parse_addr(const char *text, struct weir_addr *out)
{
	return parse_any_family(text, strlen(text), out) ? NULL : addr_rule;
}

/* The colon before the port, or NULL: bare IPv6 addresses have colons too. */
static const char *port_colon(const char *text)
{
	const char *colon;

	if (text[0] == '[') {
		const char *bracket = strchr(text, ']');

		return bracket && bracket[1] == ':' ? bracket + 1 : NULL;
	}
	colon = strchr(text, ':');
	return colon && !strchr(colon + 1, ':') ? colon : NULL;
}

const char *weir_parse_endpoint(const char *text, struct weir_endpoint *out)
{
	const char *colon = port_colon(text);
	struct weir_endpoint endpoint = { .port = 0 };
	uint32_t port;

	if (!colon) {
		if (!parse_any_family(text, strlen(text), &endpoint.addr))
			return addr_rule;
		*out = endpoint;
		return NULL;
	}
	if (!parse_any_family(text, (size_t)(colon - text), &endpoint.addr))
		return endpoint_rule;
	if (!weir_parse_number(colon + 1, 1, UINT16_MAX, &port))
		return port_rule;
	endpoint.port = (uint16_t)port;
	*out = endpoint;
	return NULL;
}

static const char *parse_mark(const char *text, int family, struct weir_service_key *out)
{
	struct weir_service_key key = { .at.addr.family = family };

	if (!weir_parse_number(text, 1, UINT32_MAX, &key.fwmark))
		return fwmark_rule;
	*out = key;
	return NULL;
}

/* ADDR:PORT of a service, where "any" or "*" stands for all ports. */
static const char *parse_vip(const char *text, struct weir_endpoint *out)
{
	const char *colon = port_colon(text);
	const char *rule;

	if (colon && (!strcmp(colon + 1, "any") || !strcmp(colon + 1, "*"))) {
		out->port = 0;
		return parse_any_family(text, (size_t)(colon - text), &out->addr) ? NULL : key_rule;
	}
	rule = weir_parse_endpoint(text, out);
	if (rule)
		return rule == port_rule ? service_port_rule : key_rule;
	return out->port ? NULL : key_rule;
}

const char *weir_parse_service_key(const char *text, struct weir_service_key *out)
{
	static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP };
	struct weir_service_key key = { 0 };
	size_t length = strcspn(text, ":");
	const char *rule;

	if (!strncmp(text, "fwmark:", 7))
		return parse_mark(text + 7, AF_INET, out);
	if (!strncmp(text, "fwmark6:", 8))
		return parse_mark(text + 8, AF_INET6, out);
	for (size_t i = 0; i < sizeof(protocols); i++)
		if (!strncmp(text, weir_protocol_word(protocols[i]), length) &&
		    !weir_protocol_word(protocols[i])[length])
			key.protocol = protocols[i];
	if (!key.protocol || !text[length])
		return key_rule;

	rule = parse_vip(text + length + 1, &key.at);
	if (!rule)
		*out = key;
	return rule;
}

struct unit {
	const char *name;
	uint64_t ms;
};

/* Longest first: the order in which a duration may name them. */
static const struct unit units[] = {
	{ "d", 24 * 60 * 60 * 1000 },
	{ "h", 60 * 60 * 1000 },
	{ "m", 60 * 1000 },
	{ "s", 1000 },
	{ "ms", 1 },
};

#define UNITS (sizeof(units) / sizeof(units[0]))

/* The unit at @text, from @first on; its letters end at a digit or the end. */
static size_t find_unit(const char *text, size_t first)
{
	size_t length = strcspn(text, "0123456789");
	size_t i;

	for (i = first; i < UNITS; i++)
		if (strlen(units[i].name) == length && !strncmp(units[i].name, text, length))
			break;
	return i;
}

const char *weir_parse_duration(const char *text, uint32_t *out)
{
	const char *at = text;
	uint64_t total = 0;
	size_t first = 0;

	do {
		uint64_t number = 0;
		const char *digits = at;
		size_t unit;

		for (; *at >= '0' && *at <= '9'; at++) {
			number = number * 10 + (uint64_t)(*at - '0');
			if (number > UINT32_MAX)
				return duration_long_rule;
		}
		unit = find_unit(at, first);
		if (at == digits || unit == UNITS)
			return duration_rule;
		total += number * units[unit].ms;
		if (total > UINT32_MAX)
			return duration_long_rule;
		at += strlen(units[unit].name);
		first = unit + 1;
	} while (*at);

	*out = (uint32_t)total;
	return NULL;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

const char *weir_parse_hash_key(const char *text, uint8_t *out)
{
	if (strlen(text) != 2 * WEIR_HASH_KEY_SIZE)
		return hash_key_rule;
	for (size_t i = 0; i < 2 * WEIR_HASH_KEY_SIZE; i++)
		if (hex_digit(text[i]) < 0)
			return hash_key_rule;
	for (size_t i = 0; i < WEIR_HASH_KEY_SIZE; i++)
		out[i] = (uint8_t)(hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
	return NULL;
}
