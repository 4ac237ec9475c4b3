// SPDX-License-Identifier: GPL-2.0-only
/* What a line of ipvsadm says, in Weir's words; what Weir cannot have is named. */
#include <arpa/inet.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ipvsadm.h"
#include "take.h"

#define PERSISTENT_DEFAULT 360 /* seconds of -p alone */
#define PERSISTENT_MAX ((uint32_t)(WEIR_AFFINITY_TIMEOUT_MAX_MS / 1000))
#define HOST_MAX 255

static const char endpoint_rule[] =
	"an address is 192.0.2.1:80 or [2001:db8::1]:80, or has a host's name instead";

/* The kinds of services by address, as ipvsadm_option orders them. */
static const uint8_t protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP };

/* Whether a word may be a host's name: its last label is none that a number could be. */
static bool is_name(const char *host)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *last = strrchr(host, '.');

	last = last ? last + 1 : host;
	return *last && strchr(letters, *last) &&
	       strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") ==
		       strlen(host);
}

static void copy_addr(const struct sockaddr *from, struct weir_addr *out)
{
	*out = (struct weir_addr){ .family = from->sa_family };
	if (from->sa_family == AF_INET6)
		memcpy(out->bytes, &((const struct sockaddr_in6 *)from)->sin6_addr, 16);
	else
		memcpy(out->bytes, &((const struct sockaddr_in *)from)->sin_addr, 4);
}

static int resolve(const char *word, const char *host, int family, struct weir_addr *out)
{
	const struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list;
	int error;

	if (!is_name(host))
		return cli_usage(word, endpoint_rule);
	error = getaddrinfo(host, NULL, &hints, &list);
	if (error)
		return cli_usage(word, "no host of this name is known: %s", gai_strerror(error));
	copy_addr(list->ai_addr, out);
	for (const struct addrinfo *next = list->ai_next; next && !error; next = next->ai_next) {
		struct weir_addr other;

		copy_addr(next->ai_addr, &other);
		error = !weir_addr_equal(out, &other);
	}
	freeaddrinfo(list);
	if (error)
		return cli_usage(word, "the name has several addresses, write the one that is meant");
	return CLI_DONE;
}

static int read_port(const char *word, const char *text, uint8_t protocol, uint16_t *out)
{
	const struct servent *service;
	uint32_t port;

	if (weir_parse_number(text, 0, UINT16_MAX, &port)) {
		*out = (uint16_t)port;
		return CLI_DONE;
	}
	service = getservbyname(text, weir_protocol_word(protocol));
	if (!service)
		return cli_usage(word, "a port is a whole number from 0 to %u or a name of services(5)",
				 UINT16_MAX);
	*out = ntohs((uint16_t)service->s_port);
	return CLI_DONE;
}

int ipvsadm_read_endpoint(const char *word, uint8_t protocol, struct weir_endpoint *out)
{
	char copy[HOST_MAX + sizeof("[]:65535")];
	int family = AF_INET;
	char *host = copy;
	char *port;

	*out = (struct weir_endpoint){ .port = 0 };
	if (strlen(word) >= sizeof(copy))
		return cli_usage(word, endpoint_rule);
	strcpy(copy, word);
	if (*copy == '[') {
		family = AF_INET6;
		host++;
		port = strchr(host, ']');
		if (!port || (port[1] && port[1] != ':'))
			return cli_usage(word, endpoint_rule);
		*port = '\0';
		port = port[1] ? port + 1 : NULL;
	} else {
		if (inet_pton(AF_INET6, host, out->addr.bytes) == 1) {
			out->addr.family = AF_INET6;
			return CLI_DONE;
		}
		port = strrchr(host, ':');
	}
	if (port)
		*port++ = '\0';
	if (inet_pton(family, host, out->addr.bytes) == 1)
		out->addr.family = family;
	else if (resolve(word, host, family, &out->addr))
		return CLI_USAGE;
	return port ? read_port(word, port, protocol, &out->port) : CLI_DONE;
}

/* ipvsadm -S writes marks above 2147483647 with a minus. */
static int read_mark(const struct ipvsadm_line *line, struct weir_service_key *key)
{
	const char *value = line->values[IPVSADM_FWMARK];
	uint32_t mark;

	if (weir_parse_number(value, 1, UINT32_MAX, &mark))
		key->fwmark = mark;
	else if (*value == '-' && weir_parse_number(value + 1, 1, INT32_MAX, &mark))
		key->fwmark = -mark;
	else
		return cli_usage(value, "a firewall mark is a whole number from 1 to %u", UINT32_MAX);
	key->at.addr.family = line->words[IPVSADM_IPV6] ? AF_INET6 : AF_INET;
	return CLI_DONE;
}

int ipvsadm_read_key(const struct ipvsadm_line *line, struct weir_service_key *key)
{
	int kind = IPVSADM_OPTIONS;

	memset(key, 0, sizeof(*key));
	for (int i = IPVSADM_TCP; i <= IPVSADM_FWMARK; i++) {
		if (line->words[i] && kind != IPVSADM_OPTIONS)
			return cli_usage(line->words[i], "a line is about one service");
		if (line->words[i])
			kind = i;
	}
	if (kind == IPVSADM_OPTIONS)
		return cli_usage(line->words[line->command],
				 "a service must be given by -t, -u, --sctp-service or -f");
	if (kind == IPVSADM_FWMARK)
		return read_mark(line, key);
	if (line->words[IPVSADM_IPV6])
		return cli_usage(line->words[IPVSADM_IPV6], "it is for services by firewall mark, -f");
	key->protocol = protocols[kind - IPVSADM_TCP];
	return ipvsadm_read_endpoint(line->values[kind], key->protocol, &key->at);
}

/* The scheduler and, if it hashes, how. */
static int read_scheduler(const struct ipvsadm_line *line, struct weir_service *service)
{
	const char *name = line->values[IPVSADM_SCHEDULER];
	const struct ipvsadm_hashing *words;

	if (!name)
		name = "wlc";
	if (!*name || strlen(name) >= sizeof(service->scheduler))
		return cli_usage(name, "the name of a scheduler has 1 to %zu characters",
				 sizeof(service->scheduler) - 1);
	strcpy(service->scheduler, name);
	service->set |= WEIR_SERVICE_SET_SCHEDULER;
	words = ipvsadm_hashing(name);
	if (words && words->fallback)
		service->set |= WEIR_SERVICE_SET_FALLBACK | WEIR_SERVICE_SET_HASH_PORT;
	return CLI_DONE;
}

/* flag-1 to flag-3 are the same bits for whatever scheduler; nobody uses the third. */
static int take_flag(const char *flag, struct weir_service *service)
{
	static const char *const known[] = {
		"flag-1", "flag-2", "flag-3", "sh-fallback", "sh-port", "mh-fallback", "mh-port",
	};
	const struct ipvsadm_hashing *words = ipvsadm_hashing(service->scheduler);
	size_t i = 0;

	while (i < sizeof(known) / sizeof(known[0]) && strcmp(known[i], flag))
		i++;
	if (i == sizeof(known) / sizeof(known[0]))
		return cli_unknown(flag, "a flag of a scheduler", known, i);
	if (i > 2 && (!words || !words->fallback || strncmp(flag, words->scheduler, 2)))
		return cli_usage(flag, "the scheduler %s has no such flag", service->scheduler);
	if (!strcmp(flag, "flag-1") || strstr(flag, "-fallback"))
		service->fallback = true;
	if (!strcmp(flag, "flag-2") || strstr(flag, "-port"))
		service->hash_port = true;
	return CLI_DONE;
}

static int read_flags(const struct ipvsadm_line *line, struct weir_service *service)
{
	const char *at = line->values[IPVSADM_FLAGS];
	char flag[32];

	while (at && *at) {
		size_t length = strcspn(at, ",");

		snprintf(flag, sizeof(flag), "%.*s", (int)(length < 31 ? length : 31), at);
		if (length && take_flag(flag, service))
			return CLI_USAGE;
		at += length + (at[length] == ',');
	}
	return CLI_DONE;
}

/* The length of an IPv4 netmask, or -1. */
static int mask_length(const char *text)
{
	struct in_addr mask;
	uint32_t bits;
	int length = 0;

	if (inet_pton(AF_INET, text, &mask) != 1)
		return -1;
	bits = ntohl(mask.s_addr);
	for (; bits & 0x80000000; bits <<= 1)
		length++;
	return bits ? -1 : length;
}

static int read_mask(const struct ipvsadm_line *line, struct weir_service *service)
{
	bool is_ipv6 = service->key.at.addr.family == AF_INET6;
	const char *value = line->values[IPVSADM_NETMASK];
	uint32_t length = is_ipv6 ? 128 : 32;
	int bits;

	service->affinity.mask = (uint8_t)length;
	service->affinity.set |= WEIR_AFFINITY_SET_MASK;
	if (!value)
		return CLI_DONE;
	if (is_ipv6) {
		if (!weir_parse_number(value, 0, 128, &length))
			return cli_usage(value, "an IPv6 mask is a number of bits from 0 to 128");
		service->affinity.mask = (uint8_t)length;
		return CLI_DONE;
	}
	bits = mask_length(value);
	if (bits < 0)
		return cli_usage(value, "a mask is one of leading bits, as 255.255.255.0");
	service->affinity.mask = (uint8_t)bits;
	return CLI_DONE;
}

static int read_affinity(const struct ipvsadm_line *line, struct weir_service *service)
{
	const char *engine = line->values[IPVSADM_ENGINE];
	const char *value = line->values[IPVSADM_PERSISTENT];
	struct weir_affinity *affinity = &service->affinity;
	uint32_t seconds = PERSISTENT_DEFAULT;

	if (value && !weir_parse_number(value, 1, PERSISTENT_MAX, &seconds))
		return cli_usage(value, "a timeout of -p is a whole number of seconds from 1 to %u",
				 PERSISTENT_MAX);
	if (engine && strcmp(engine, "sip"))
		return cli_usage(engine, "the one engine of persistence is sip");
	if (engine && service->key.protocol == IPPROTO_TCP)
		return cli_usage(engine, "in the first packet of a TCP connection is no SIP message");
	affinity->set |= WEIR_AFFINITY_SET_TIMEOUT | WEIR_AFFINITY_SET_BY;
	affinity->by = engine ? WEIR_AFFINITY_BY_CALL_ID : WEIR_AFFINITY_BY_CLIENT;
	affinity->timeout = line->words[IPVSADM_PERSISTENT] ? seconds * 1000 : 0;
	return read_mask(line, service);
}

int ipvsadm_read_service(const struct ipvsadm_line *line, struct weir_service *service)
{
	const char *ops = line->words[IPVSADM_ONE_PACKET];

	if (ops && !service->key.fwmark && service->key.protocol != IPPROTO_UDP)
		return cli_usage(ops, "one-packet scheduling is for UDP");
	service->fallback = false;
	service->hash_port = false;
	service->one_packet = ops;
	service->set |= WEIR_SERVICE_SET_ONE_PACKET;
	if (read_scheduler(line, service) || read_flags(line, service))
		return CLI_USAGE;
	return read_affinity(line, service);
}

static int read_method(const struct ipvsadm_line *line, const struct weir_service *service,
		       struct weir_server *server)
{
	static const enum weir_method methods[] = {
		WEIR_METHOD_DIRECT, WEIR_METHOD_NAT, WEIR_METHOD_TUNNEL,
	};
	int given = IPVSADM_OPTIONS;

	server->method = WEIR_METHOD_DIRECT;
	server->set |= WEIR_SERVER_SET_METHOD;
	for (int i = IPVSADM_DIRECT; i <= IPVSADM_TUNNEL; i++) {
		if (line->words[i] && given != IPVSADM_OPTIONS)
			return cli_usage(line->words[i], "a server has one of -g, -m and -i");
		if (line->words[i]) {
			given = i;
			server->method = methods[i - IPVSADM_DIRECT];
		}
	}
	if (server->method == WEIR_METHOD_NAT && service->one_packet)
		return cli_usage(line->words[given],
				 "-m and -o of the service exclude each other in Weir, since without a connection no reply is mapped back");
	if (server->method != WEIR_METHOD_TUNNEL &&
	    server->at.addr.family != service->key.at.addr.family)
		return cli_usage(line->values[IPVSADM_SERVER],
				 "only with -i is a server's address of another family than its service's");
	return CLI_DONE;
}

static bool is_own_address(const struct weir_service *service, const struct weir_addr *addr)
{
	static const struct weir_addr loopback = {
		.family = AF_INET6,
		.bytes = { [15] = 1 },
	};

	return (addr->family == AF_INET && addr->bytes[0] == 127) ||
	       weir_addr_equal(addr, &loopback) ||
	       (!service->key.fwmark && weir_addr_equal(addr, &service->key.at.addr));
}

static int read_checksum(const struct ipvsadm_line *line, struct weir_server *server)
{
	int given = IPVSADM_TUN_NOCSUM;
	int count = 0;

	for (int i = IPVSADM_TUN_NOCSUM; i <= IPVSADM_TUN_REMCSUM; i++) {
		if (!line->words[i])
			continue;
		given = i;
		if (count++)
			return cli_usage(line->words[i], "a tunnel has one kind of checksum");
	}
	if (server->tunnel == WEIR_TUNNEL_IPIP && count)
		return cli_usage(line->words[given], "ipip has no checksum");
	if (server->tunnel == WEIR_TUNNEL_GRE && given == IPVSADM_TUN_REMCSUM)
		return cli_usage(line->words[given], "remote checksums are for gue");
	if (server->tunnel == WEIR_TUNNEL_IPIP)
		return CLI_DONE;
	server->tunnel_checksum = WEIR_TUNNEL_CHECKSUM_OFF + (given - IPVSADM_TUN_NOCSUM);
	server->set |= WEIR_SERVER_SET_TUNNEL_CHECKSUM;
	return CLI_DONE;
}

static int read_tunnel(const struct ipvsadm_line *line, struct weir_server *server)
{
	const char *type = line->values[IPVSADM_TUN_TYPE];
	const char *port = line->values[IPVSADM_TUN_PORT];
	unsigned int tunnel = WEIR_TUNNEL_IPIP;
	uint32_t number;

	if (server->method != WEIR_METHOD_TUNNEL) {
		for (int i = IPVSADM_TUN_TYPE; i <= IPVSADM_TUN_REMCSUM; i++)
			if (line->words[i])
				return cli_usage(line->words[i], "it is for servers with -i");
		return CLI_DONE;
	}
	if (type && take_word(type, &weir_tunnel_words, weir_tunnel_words.count, &tunnel))
		return CLI_USAGE;
	server->tunnel = tunnel;
	server->set |= WEIR_SERVER_SET_TUNNEL;
	if (tunnel == WEIR_TUNNEL_GUE && !port)
		return cli_usage(type, "--tun-port must be given with gue");
	if (tunnel != WEIR_TUNNEL_GUE && port)
		return cli_usage(line->words[IPVSADM_TUN_PORT], "a port is for gue");
	if (port) {
		if (!weir_parse_number(port, 1, UINT16_MAX, &number))
			return cli_usage(port, "a port is a whole number from 1 to %u", UINT16_MAX);
		server->tunnel_port = (uint16_t)number;
		server->set |= WEIR_SERVER_SET_TUNNEL_PORT;
	}
	return read_checksum(line, server);
}

/* Thresholds are absent from what ipvsadm -S writes, which is not to say that none are set. */
static int read_thresholds(const struct ipvsadm_line *line, struct weir_server *server)
{
	const char *upper = line->values[IPVSADM_UPPER];
	const char *lower = line->values[IPVSADM_LOWER];

	if (!upper && !lower)
		return CLI_DONE;
	server->conns_max = 0;
	server->conns_resume = 0;
	if (upper && !weir_parse_number(upper, 0, WEIR_CONNS_LIMIT_MAX, &server->conns_max))
		return cli_usage(upper, "a threshold is a whole number from 0 to %u",
				 WEIR_CONNS_LIMIT_MAX);
	if (lower && !weir_parse_number(lower, 0, WEIR_CONNS_LIMIT_MAX, &server->conns_resume))
		return cli_usage(lower, "a threshold is a whole number from 0 to %u",
				 WEIR_CONNS_LIMIT_MAX);
	if (server->conns_resume > server->conns_max)
		return cli_usage(lower, "the lower threshold cannot be above the upper one");
	server->set |= WEIR_SERVER_SET_CONNS_MAX | WEIR_SERVER_SET_CONNS_RESUME;
	return CLI_DONE;
}

static int read_weight(const struct ipvsadm_line *line, struct weir_server *server)
{
	const char *weight = line->values[IPVSADM_WEIGHT];

	server->weight = 1;
	if (weight && !weir_parse_number(weight, 0, WEIR_WEIGHT_MAX, &server->weight))
		return cli_usage(weight, "a weight is a whole number from 0 to %u",
				 WEIR_WEIGHT_MAX);
	server->set |= WEIR_SERVER_SET_WEIGHT;
	/* A server that is down has the weight 0 for ipvsadm. */
	if (server->weight) {
		server->state = WEIR_SERVER_STATE_UP;
		server->set |= WEIR_SERVER_SET_STATE;
	}
	return CLI_DONE;
}

/* The server's address, and its port, which only -m lets be another than the service's. */
static int read_address(const struct ipvsadm_line *line, const struct weir_service *service,
			struct weir_server *server)
{
	uint8_t protocol = service->key.fwmark ? IPPROTO_TCP : service->key.protocol;
	const char *word = line->values[IPVSADM_SERVER];

	if (!word)
		return cli_usage(line->words[line->command], "a server must be given by -r");
	if (ipvsadm_read_endpoint(word, protocol, &server->at))
		return CLI_USAGE;
	if (!line->words[IPVSADM_NAT] || !server->at.port)
		server->at.port = service->key.at.port;
	return CLI_DONE;
}

int ipvsadm_read_server(const struct ipvsadm_line *line, const struct weir_service *service,
			struct weir_server *server)
{
	*server = (struct weir_server){ .service = service->key };
	if (read_address(line, service, server) || read_method(line, service, server) ||
	    read_weight(line, server) || read_thresholds(line, server) ||
	    read_tunnel(line, server))
		return CLI_USAGE;
	if (server->method == WEIR_METHOD_DIRECT && is_own_address(service, &server->at.addr))
		server->method = WEIR_METHOD_LOCAL;
	return CLI_DONE;
}
