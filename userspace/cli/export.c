// SPDX-License-Identifier: GPL-2.0-only
/*
 * weir export: services as another program writes them. Each line is what ipvsadm -S -n
 * would print, or the nearest to it; what such lines cannot hold stands behind them as
 * comments, which ipvsadm-restore skips and weir import reads.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "ipvsadm.h"
#include "options.h"

#define NAME_SIZE 32
#define HALF_OPEN_MAX_DEFAULT 65536 /* what weir service add gives */
#define AFFINITY_LIMIT_DEFAULT 1048576

/* ipvsadm orders numbers by their difference, whose sign is that of 32 bits. */
static int difference(uint32_t a, uint32_t b)
{
	return (int)(a - b);
}

static uint32_t word_of(const struct weir_addr *addr, int index)
{
	const uint8_t *bytes = addr->bytes + 4 * index;

	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

/* Which of two endpoints ipvsadm lists first; it looks at the family of the one only. */
static int compare_endpoints(const struct weir_endpoint *a, const struct weir_endpoint *b)
{
	int words = a->addr.family == AF_INET6 ? 4 : 1;
	int result = 0;

	for (int i = 0; i < words && !result; i++)
		result = difference(word_of(&a->addr, i), word_of(&b->addr, i));
	return result ? result : a->port - b->port;
}

static int compare_services(const void *left, const void *right)
{
	const struct weir_service_key *a = &((const struct weir_service *)left)->key;
	const struct weir_service_key *b = &((const struct weir_service *)right)->key;
	int result = difference(a->fwmark, b->fwmark);

	if (!result)
		result = a->at.addr.family - b->at.addr.family;
	if (!result)
		result = a->protocol - b->protocol;
	return result ? result : compare_endpoints(&a->at, &b->at);
}

static int compare_servers(const void *left, const void *right)
{
	return compare_endpoints(&((const struct weir_server *)left)->at,
				 &((const struct weir_server *)right)->at);
}

static uint8_t whole_mask(const struct weir_service *service)
{
	return service->key.at.addr.family == AF_INET6 ? 128 : 32;
}

/* Whether ipvsadm itself refuses to read the service that it would write. */
static bool is_beyond_ipvsadm(const struct weir_service *service)
{
	const struct weir_affinity *affinity = &service->affinity;
	bool is_ipv6 = service->key.at.addr.family == AF_INET6;

	if (affinity->timeout)
		return is_ipv6 && !affinity->mask;
	return !service->key.fwmark && !service->key.at.port;
}

/* An address and a port, even if that is 0. */
static void print_endpoint(const struct weir_endpoint *at)
{
	char text[WEIR_TEXT_SIZE];

	printf(at->addr.family == AF_INET6 ? " [%s]:%u" : " %s:%u",
	       weir_format_addr(&at->addr, text), at->port);
}

/* "-A -t 192.0.2.10:80" */
static void print_head(enum ipvsadm_option command, const struct weir_service *service)
{
	static const enum ipvsadm_option kinds[] = {
		[IPPROTO_TCP] = IPVSADM_TCP,
		[IPPROTO_UDP] = IPVSADM_UDP,
		[IPPROTO_SCTP] = IPVSADM_SCTP,
	};
	const struct weir_service_key *key = &service->key;
	char name[NAME_SIZE];

	printf("%s%s", is_beyond_ipvsadm(service) ? "# ipvsadm " : "", ipvsadm_name(command, name));
	if (key->fwmark) {
		printf(" %s %" PRIu32, ipvsadm_name(IPVSADM_FWMARK, name), key->fwmark);
		if (key->at.addr.family == AF_INET6)
			printf(" %s", ipvsadm_name(IPVSADM_IPV6, name));
		return;
	}
	printf(" %s", ipvsadm_name(kinds[key->protocol], name));
	print_endpoint(&key->at);
}

static void print_mask(const struct weir_service *service)
{
	uint8_t length = service->affinity.mask;
	struct in_addr mask;
	char name[NAME_SIZE];

	if (length == whole_mask(service))
		return;
	printf(" %s ", ipvsadm_name(IPVSADM_NETMASK, name));
	if (whole_mask(service) == 128) {
		printf("%u", length);
		return;
	}
	mask.s_addr = length ? htonl(UINT32_MAX << (32 - length)) : 0;
	printf("%s", inet_ntoa(mask));
}

static void print_flags(const struct weir_service *service)
{
	const struct ipvsadm_hashing *words = ipvsadm_hashing(service->scheduler);
	char name[NAME_SIZE];

	if (!words || !words->fallback || (!service->fallback && !service->hash_port))
		return;
	printf(" %s %s%s%s", ipvsadm_name(IPVSADM_FLAGS, name),
	       service->fallback ? words->fallback : "",
	       service->fallback && service->hash_port ? "," : "",
	       service->hash_port ? words->hash_port : "");
}

/* The line of a service, options in the order of ipvsadm -S. */
static void print_service(const struct weir_service *service)
{
	const struct weir_affinity *affinity = &service->affinity;
	char name[NAME_SIZE];

	print_head(IPVSADM_ADD_SERVICE, service);
	printf(" %s %s", ipvsadm_name(IPVSADM_SCHEDULER, name), service->scheduler);
	if (affinity->timeout) {
		printf(" %s %" PRIu32, ipvsadm_name(IPVSADM_PERSISTENT, name),
		       affinity->timeout / 1000);
		print_mask(service);
		if (affinity->by == WEIR_AFFINITY_BY_CALL_ID)
			printf(" %s sip", ipvsadm_name(IPVSADM_ENGINE, name));
	}
	if (service->one_packet)
		printf(" %s", ipvsadm_name(IPVSADM_ONE_PACKET, name));
	print_flags(service);
	putchar('\n');
}

/* What decides who has a new connection, beyond the words of ipvsadm. */
static void print_picking(const struct weir_service *service)
{
	const struct ipvsadm_hashing *words = ipvsadm_hashing(service->scheduler);
	const struct weir_affinity *affinity = &service->affinity;
	char text[WEIR_TEXT_SIZE];

	if (words && !words->fallback)
		printf(" fallback %s", service->fallback ? "on" : "off");
	if (service->has_hash_key)
		printf(" hash-key %s", weir_format_hash_key(service->hash_key, text));
	if (service->no_server != WEIR_NO_SERVER_REFUSE)
		printf(" no-server %s", weir_word(&weir_no_server_words, service->no_server));
	if (!affinity->timeout)
		return;
	printf(" affinity-weightless %s",
	       weir_word(&weir_affinity_weightless_words, affinity->weightless));
	if (affinity->limit != AFFINITY_LIMIT_DEFAULT)
		printf(" affinity-limit %" PRIu32, affinity->limit);
}

/* Timeouts, which ipvsadm -S loses, and options that IPVS has not, if they are set. */
static void print_service_rest(const struct weir_service *service)
{
	char key[WEIR_TEXT_SIZE], text[OPTIONS_TEXT_SIZE];

	printf("# weir service set %s", weir_format_service_key(&service->key, key));
	fputs(options_timeouts(service, " timeout", text), stdout);
	print_picking(service);
	if (service->midstream != WEIR_MIDSTREAM_PASS)
		printf(" midstream %s", weir_word(&weir_midstream_words, service->midstream));
	if (service->conntrack)
		printf(" conntrack on");
	if (!service->fast)
		printf(" fast off");
	if (service->hook != WEIR_HOOK_HOST)
		printf(" hook %s", weir_word(&weir_hook_words, service->hook));
	if (service->icmp_schedule)
		printf(" icmp-schedule on");
	if (service->helper != WEIR_HELPER_NONE)
		printf(" helper %s", weir_word(&weir_helper_words, service->helper));
	if (service->half_open_max != HALF_OPEN_MAX_DEFAULT)
		printf(" half-open-max %" PRIu32, service->half_open_max);
	options_print_local_addresses(service);
	putchar('\n');
}

static void print_tunnel(const struct weir_server *server)
{
	enum ipvsadm_option checksum =
		IPVSADM_TUN_NOCSUM + (server->tunnel_checksum - WEIR_TUNNEL_CHECKSUM_OFF);
	char name[NAME_SIZE];

	printf(" %s %s", ipvsadm_name(IPVSADM_TUN_TYPE, name),
	       weir_word(&weir_tunnel_words, server->tunnel));
	if (server->tunnel == WEIR_TUNNEL_GUE)
		printf(" %s %u", ipvsadm_name(IPVSADM_TUN_PORT, name), server->tunnel_port);
	if (server->tunnel != WEIR_TUNNEL_IPIP)
		printf(" %s", ipvsadm_name(checksum, name));
}

/* The line of a server without its end. */
static void print_server(enum ipvsadm_option command, const struct weir_service *service,
			 const struct weir_server *server)
{
	bool is_up = server->state == WEIR_SERVER_STATE_UP;
	char name[NAME_SIZE];

	print_head(command, service);
	printf(" %s", ipvsadm_name(IPVSADM_SERVER, name));
	print_endpoint(&server->at);
	printf(" %s", ipvsadm_name(ipvsadm_method(server->method), name));
	printf(" %s %" PRIu32, ipvsadm_name(IPVSADM_WEIGHT, name), is_up ? server->weight : 0);
	if (server->method == WEIR_METHOD_TUNNEL)
		print_tunnel(server);
}

/* Thresholds, which ipvsadm -S loses, as a line that ipvsadm takes. */
static void print_thresholds(const struct weir_service *service, const struct weir_server *server)
{
	char name[NAME_SIZE];

	if (!server->conns_max)
		return;
	if (!is_beyond_ipvsadm(service))
		printf("# ipvsadm ");
	print_server(IPVSADM_EDIT_SERVER, service, server);
	printf(" %s %" PRIu32, ipvsadm_name(IPVSADM_UPPER, name), server->conns_max);
	printf(" %s %" PRIu32 "\n", ipvsadm_name(IPVSADM_LOWER, name), server->conns_resume);
}

/* What of a server IPVS has no word for. */
static void print_server_rest(const struct weir_server *server)
{
	bool has_method = server->method == WEIR_METHOD_FULLNAT ||
			  server->method == WEIR_METHOD_LOCAL;
	bool is_down = server->state == WEIR_SERVER_STATE_DOWN;
	char text[WEIR_TEXT_SIZE];

	if (!has_method && !is_down)
		return;
	printf("# weir server set %s", weir_format_service_key(&server->service, text));
	printf(" %s", weir_format_endpoint(&server->at, text));
	if (has_method)
		printf(" method %s", weir_word(&weir_method_words, server->method));
	if (is_down)
		printf(" weight %" PRIu32 " state down policy %s", server->weight,
		       weir_word(&weir_policy_words, server->policy));
	if (is_down && server->deadline)
		printf(" deadline %s",
		       weir_format_duration((server->deadline + 999) / 1000 * 1000, text));
	putchar('\n');
}

/* The servers of one service among those of all, in ipvsadm's order, into @own. */
static size_t own_servers(const struct weir_service *service, const struct weir_server *servers,
			  size_t count, struct weir_server *own)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		if (servers[i].state != WEIR_SERVER_STATE_REMOVED &&
		    weir_service_key_equal(&servers[i].service, &service->key))
			own[found++] = servers[i];
	qsort(own, found, sizeof(*own), compare_servers);
	return found;
}

static int print_all(struct weir_service *services, size_t service_count,
		     const struct weir_server *servers, size_t server_count)
{
	struct weir_server *own = calloc(server_count + 1, sizeof(*own));

	if (!own) {
		fputs("weir: out of memory\n", stderr);
		return CLI_REFUSED;
	}
	puts("# Written by weir export ipvsadm, to be read by weir import ipvsadm or by\n"
	     "# ipvsadm-restore, which skips comments. There is no sync daemon. Comments are\n"
	     "# commands for what the lines before them, the nearest that IPVS has, do not say.");
	if (service_count)
		qsort(services, service_count, sizeof(*services), compare_services);
	for (size_t i = 0; i < service_count; i++) {
		size_t count = own_servers(&services[i], servers, server_count, own);

		print_service(&services[i]);
		print_service_rest(&services[i]);
		for (size_t j = 0; j < count; j++) {
			print_server(IPVSADM_ADD_SERVER, &services[i], &own[j]);
			putchar('\n');
			print_thresholds(&services[i], &own[j]);
			print_server_rest(&own[j]);
		}
	}
	free(own);
	return CLI_DONE;
}

static int export_ipvsadm(struct cli *cli)
{
	size_t service_count = 0, server_count = 0;
	struct weir_service *services = NULL;
	struct weir_server *servers = NULL;
	int result;

	if (cli->json)
		return cli_usage("-j", "ipvsadm reads no JSON; weir -j show prints services");
	if (cli_end(cli))
		return CLI_USAGE;
	if (cli_connect(cli))
		return CLI_REFUSED;
	result = weir_service_collect(cli->weir, NULL, &services, &service_count);
	if (!result)
		result = weir_server_collect(cli->weir, NULL, &servers, &server_count);
	result = cli_result(cli, result);
	if (!result)
		result = print_all(services, service_count, servers, server_count);
	free(services);
	free(servers);
	return result;
}

const struct command export_commands[] = {
	{ "ipvsadm", "", "prints the services as ipvsadm -S does, for ipvsadm-restore", true,
	  export_ipvsadm },
	{ NULL, NULL, NULL, false, NULL },
};
