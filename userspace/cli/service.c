// SPDX-License-Identifier: GPL-2.0-only
/* weir service: what clients connect to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "take.h"

#define OPTIONS_SYNOPSIS                                                  \
	"KEY [scheduler NAME] [midstream pass|reset|drop|schedule] [conntrack on|off] " \
	"[fast on|off] [hook host|ingress] "                                   \
	"[one-packet on|off] [icmp-schedule on|off] [fallback on|off] "        \
	"[hash-port on|off] [hash-key HEX|random] "                            \
	"[no-server refuse|reset|drop|pass] [helper none|ftp] "                \
	"[timeout tcp-syn|tcp-established|tcp-fin|tcp-closed|udp|"             \
	"sctp-init|sctp-established|sctp-shutdown|sctp-closed DURATION]... "   \
	"[affinity DURATION|off] [affinity-mask LENGTH] "                      \
	"[affinity-by client|call-id] [affinity-weightless move|keep] "        \
	"[affinity-limit N] [local-addresses ADDR[,ADDR]...|none] "                 \
	"[half-open-max N]"

static int take_scheduler(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;

	(void)cli;
	if (!*value || strlen(value) >= sizeof(service->scheduler))
		return cli_usage(value, "the name of a scheduler has 1 to %zu characters",
				 sizeof(service->scheduler) - 1);
	strcpy(service->scheduler, value);
	service->set |= WEIR_SERVICE_SET_SCHEDULER;
	return CLI_DONE;
}

static int take_midstream(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;
	unsigned int midstream = 0;

	(void)cli;
	if (take_word(value, &weir_midstream_words, weir_midstream_words.count, &midstream))
		return CLI_USAGE;
	service->midstream = midstream;
	service->set |= WEIR_SERVICE_SET_MIDSTREAM;
	return CLI_DONE;
}

static int take_conntrack(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;

	(void)cli;
	if (take_switch(value, "conntrack", &service->conntrack))
		return CLI_USAGE;
	service->set |= WEIR_SERVICE_SET_CONNTRACK;
	return CLI_DONE;
}

static int take_fast(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;

	(void)cli;
	if (take_switch(value, "fast", &service->fast))
		return CLI_USAGE;
	service->set |= WEIR_SERVICE_SET_FAST;
	return CLI_DONE;
}

static int take_hook(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;
	unsigned int hook = 0;

	(void)cli;
	if (take_word(value, &weir_hook_words, weir_hook_words.count, &hook))
		return CLI_USAGE;
	service->hook = hook;
	service->set |= WEIR_SERVICE_SET_HOOK;
	return CLI_DONE;
}

static int take_one_packet(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;

	(void)cli;
	if (take_switch(value, "one-packet", &service->one_packet))
		return CLI_USAGE;
	service->set |= WEIR_SERVICE_SET_ONE_PACKET;
	return CLI_DONE;
}

static int take_icmp_schedule(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;

	(void)cli;
	if (take_switch(value, "icmp-schedule", &service->icmp_schedule))
		return CLI_USAGE;
	service->set |= WEIR_SERVICE_SET_ICMP_SCHEDULE;
	return CLI_DONE;
}

static int take_fallback(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;

	(void)cli;
	if (take_switch(value, "fallback", &service->fallback))
		return CLI_USAGE;
	service->set |= WEIR_SERVICE_SET_FALLBACK;
	return CLI_DONE;
}

static int take_hash_port(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;

	(void)cli;
	if (take_switch(value, "hash-port", &service->hash_port))
		return CLI_USAGE;
	service->set |= WEIR_SERVICE_SET_HASH_PORT;
	return CLI_DONE;
}

static int take_hash_key(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;
	const char *rule = NULL;

	(void)cli;
	service->has_hash_key = strcmp(value, "random");
	if (service->has_hash_key)
		rule = weir_parse_hash_key(value, service->hash_key);
	if (rule)
		return cli_usage(value, "%s", rule);
	service->set |= WEIR_SERVICE_SET_HASH_KEY;
	return CLI_DONE;
}

static int take_no_server(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;
	unsigned int no_server = 0;

	(void)cli;
	if (take_word(value, &weir_no_server_words, weir_no_server_words.count, &no_server))
		return CLI_USAGE;
	service->no_server = no_server;
	service->set |= WEIR_SERVICE_SET_NO_SERVER;
	return CLI_DONE;
}

static int take_half_open_max(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;

	(void)cli;
	if (!weir_parse_number(value, 0, UINT32_MAX, &service->half_open_max))
		return cli_usage(value, "half-open-max is a whole number from 0 (no bound) to %u",
				 UINT32_MAX);
	service->set |= WEIR_SERVICE_SET_HALF_OPEN_MAX;
	return CLI_DONE;
}

static int take_helper(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;
	unsigned int helper = 0;

	(void)cli;
	if (take_word(value, &weir_helper_words, weir_helper_words.count, &helper))
		return CLI_USAGE;
	service->helper = helper;
	service->set |= WEIR_SERVICE_SET_HELPER;
	return CLI_DONE;
}

static int take_timeout(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;
	unsigned int which = 0;
	const char *duration;

	if (take_word(value, &weir_timeouts_words, WEIR_TIMEOUTS, &which))
		return CLI_USAGE;
	if (service->set & WEIR_SERVICE_SET_TIMEOUT << which)
		return cli_usage(value, "given twice");
	duration = cli_next(cli);
	if (!duration)
		return cli_missing(cli, "DURATION");
	if (take_duration(duration, "a timeout", WEIR_TIMEOUT_MIN_MS, WEIR_TIMEOUT_MAX_MS,
			  &service->timeouts[which]))
		return CLI_USAGE;
	service->set |= WEIR_SERVICE_SET_TIMEOUT << which;
	return CLI_DONE;
}

/* Reads the addresses of a list, whose commas are overwritten. */
static int take_addresses(char *list, struct weir_service *service)
{
	const char *rule;
	char *word;

	while ((word = strsep(&list, ","))) {
		if (service->local_count == WEIR_LOCAL_ADDRESSES_MAX)
			return cli_usage(word, "a service has at most %u local addresses",
					 WEIR_LOCAL_ADDRESSES_MAX);
		rule = weir_parse_addr(word, &service->local_addresses[service->local_count]);
		if (rule)
			return cli_usage(word, "%s", rule);
		service->local_count++;
	}
	return CLI_DONE;
}

static int take_local_addresses(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;
	char *list;
	int status;

	(void)cli;
	service->set |= WEIR_SERVICE_SET_LOCAL_ADDRESSES;
	if (!strcmp(value, "none"))
		return CLI_DONE;
	list = strdup(value);
	if (!list) {
		fputs("weir: out of memory\n", stderr);
		return CLI_REFUSED;
	}
	status = take_addresses(list, service);
	free(list);
	return status;
}

const struct keyword service_keywords[] = {
	{ "scheduler", "NAME", "service.scheduler", false, take_scheduler },
	{ "midstream", "pass, reset, drop or schedule", "service.midstream", false,
	  take_midstream },
	{ "conntrack", "on or off", "service.conntrack", false, take_conntrack },
	{ "fast", "on or off", "service.fast", false, take_fast },
	{ "hook", "host or ingress", "service.hook", false, take_hook },
	{ "one-packet", "on or off", "service.one-packet", false, take_one_packet },
	{ "icmp-schedule", "on or off", "service.icmp-schedule", false, take_icmp_schedule },
	{ "fallback", "on or off", "service.fallback", false, take_fallback },
	{ "hash-port", "on or off", "service.hash-port", false, take_hash_port },
	{ "hash-key", "HEX or random", "service.hash-key", false, take_hash_key },
	{ "no-server", "refuse, reset, drop or pass", "service.no-server", false,
	  take_no_server },
	{ "helper", "none or ftp", "service.helper", false, take_helper },
	{ "half-open-max", "N", "service.half-open-max", false, take_half_open_max },
	{ "timeout", "the name of a timeout", "service.timeouts", true, take_timeout },
	{ "affinity", "DURATION or off", "service.affinity.timeout", false, take_affinity },
	{ "affinity-mask", "LENGTH", "service.affinity.mask", false, take_affinity_mask },
	{ "affinity-by", "client or call-id", "service.affinity.by", false, take_affinity_by },
	{ "affinity-weightless", "move or keep", "service.affinity.weightless", false,
	  take_affinity_weightless },
	{ "affinity-limit", "N", "service.affinity.limit", false, take_affinity_limit },
	{ "local-addresses", "ADDR,ADDR... or none", "service.local-addresses", false,
	  take_local_addresses },
	{ NULL, NULL, NULL, false, NULL },
};

static const struct keyword replace_keywords[] = {
	METHOD_KEYWORD,
	WEIGHT_KEYWORD,
	CONNS_KEYWORDS,
	TUNNEL_KEYWORDS,
	{ NULL, NULL, NULL, false, NULL },
};

static int service_add(struct cli *cli)
{
	struct weir_service service = { 0 };

	if (cli_key(cli, &service.key) || cli_keywords(cli, service_keywords, &service, NULL))
		return CLI_USAGE;
	if (cli_connect(cli))
		return CLI_REFUSED;
	return cli_result(cli, weir_service_add(cli->weir, &service));
}

static int service_set(struct cli *cli)
{
	struct weir_service service = { 0 };

	if (cli_key(cli, &service.key))
		return CLI_USAGE;
	if (!cli_peek(cli))
		return cli_missing(cli, "an option to set");
	if (cli_keywords(cli, service_keywords, &service, NULL))
		return CLI_USAGE;
	if (cli_connect(cli))
		return CLI_REFUSED;
	return cli_result(cli, weir_service_set(cli->weir, &service));
}

static int service_remove(struct cli *cli)
{
	struct weir_service_key key;

	if (cli_key(cli, &key) || cli_end(cli))
		return CLI_USAGE;
	if (cli_connect(cli))
		return CLI_REFUSED;
	return cli_result(cli, weir_service_remove(cli->weir, &key));
}

/* Reads one "server ADDR [method M] [weight N]..." of a replacement. */
static int read_member(struct cli *cli, const struct weir_server *before, size_t count,
		       struct weir_server *server)
{
	static const char *const known[] = { "server" };
	const char *word = cli_next(cli);

	if (strcmp(word, known[0]))
		return cli_unknown(word, "a keyword", known, 1);
	cli->index = (unsigned int)count;
	word = cli_peek(cli);
	if (cli_server(cli, server))
		return CLI_USAGE;
	for (size_t i = 0; i < count; i++)
		if (weir_endpoint_equal(&before[i].at, &server->at))
			return cli_usage(word, "this server is given twice");
	return cli_keywords(cli, replace_keywords, server, known[0]);
}

static int read_members(struct cli *cli, const struct weir_service_key *key,
			struct weir_server *servers, size_t *count)
{
	for (*count = 0; cli_peek(cli); (*count)++) {
		if (*count == WEIR_SERVERS_MAX)
			return cli_usage(cli_peek(cli), "a service has at most %u servers",
					 WEIR_SERVERS_MAX);
		servers[*count].service = *key;
		if (read_member(cli, servers, *count, &servers[*count]))
			return CLI_USAGE;
	}
	return CLI_DONE;
}

static int service_replace(struct cli *cli)
{
	struct weir_server *servers;
	struct weir_service_key key;
	size_t count;
	int status;

	if (cli_key(cli, &key))
		return CLI_USAGE;
	servers = calloc((size_t)cli->count + 1, sizeof(*servers));
	if (!servers) {
		fputs("weir: out of memory\n", stderr);
		return CLI_REFUSED;
	}
	status = read_members(cli, &key, servers, &count);
	if (!status)
		status = cli_connect(cli);
	if (!status)
		status = cli_result(cli, weir_service_replace(cli->weir, &key, servers, count));
	free(servers);
	return status;
}

const struct command service_commands[] = {
	{ "add", OPTIONS_SYNOPSIS, "adds a service", false, service_add },
	{ "set", OPTIONS_SYNOPSIS, "changes the options given, keeps the others", false,
	  service_set },
	{ "remove", "KEY", "removes a service, its servers and its connections", false,
	  service_remove },
	{ "replace",
	  "KEY [server ADDR " METHOD_USAGE " [weight N] " CONNS_USAGE " " TUNNEL_USAGE "]...",
	  "makes the servers given the whole server set, at once", false, service_replace },
	{ NULL, NULL, NULL, false, NULL },
};
