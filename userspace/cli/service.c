// SPDX-License-Identifier: GPL-2.0-only
/* weir service: what clients connect to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "take.h"

#define OPTIONS_SYNOPSIS                                                  \
	"KEY [scheduler NAME] [midstream pass|reset|drop] [conntrack on|off] " \
	"[fast on|off] [hook host|ingress] "                                   \
	"[timeout tcp-syn|tcp-established|tcp-fin|tcp-closed|udp DURATION]..."

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

static const struct keyword service_keywords[] = {
	{ "scheduler", "NAME", "service.scheduler", false, take_scheduler },
	{ "midstream", "pass, reset or drop", "service.midstream", false, take_midstream },
	{ "conntrack", "on or off", "service.conntrack", false, take_conntrack },
	{ "fast", "on or off", "service.fast", false, take_fast },
	{ "hook", "host or ingress", "service.hook", false, take_hook },
	{ "timeout", "the name of a timeout", "service.timeouts", true, take_timeout },
	{ NULL, NULL, NULL, false, NULL },
};

static const struct keyword replace_keywords[] = {
	{ "method", "direct or nat", "server.method", false, take_method },
	{ "weight", "N", "server.weight", false, take_weight },
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

/* Reads one "server ADDR [method M] [weight N]" of a replacement. */
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
	{ "replace", "KEY [server ADDR [method direct|nat] [weight N]]...",
	  "makes the servers given the whole server set, at once", false, service_replace },
	{ NULL, NULL, NULL, false, NULL },
};
