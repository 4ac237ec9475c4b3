// SPDX-License-Identifier: GPL-2.0-only
/* weir conn: the connections, listed as they arrive or ended. */
#include <stdio.h>

#include "cli.h"
#include "json.h"
#include "listing.h"

#define ROW "%-25s  %-29s  %-25s  %-7s  %-17s  %-7s  %-8s  %-29s  %s\n"

static int take_service(struct cli *cli, const char *value, void *object)
{
	struct weir_conn_filter *filter = object;
	const char *rule = weir_parse_service_key(value, &filter->service);

	(void)cli;
	return rule ? cli_usage(value, "%s", rule) : CLI_DONE;
}

static int take_server(struct cli *cli, const char *value, void *object)
{
	struct weir_conn_filter *filter = object;
	const char *rule = weir_parse_endpoint(value, &filter->server);

	(void)cli;
	return rule ? cli_usage(value, "%s", rule) : CLI_DONE;
}

static int take_client(struct cli *cli, const char *value, void *object)
{
	struct weir_conn_filter *filter = object;
	const char *rule = weir_parse_endpoint(value, &filter->client);

	(void)cli;
	return rule ? cli_usage(value, "%s", rule) : CLI_DONE;
}

static const struct keyword filter_keywords[] = {
	{ "service", "the KEY of a service", "service", false, take_service },
	{ "server", "the ADDR of a server", "server", false, take_server },
	{ "client", "the ADDR of a client", "conn", false, take_client },
	{ NULL, NULL, NULL, false, NULL },
};

/* The directions whose packets may take the fast path, in a word. */
static const char *fast_word(const struct weir_conn *conn)
{
	if (conn->fast_request)
		return conn->fast_reply ? "both" : "request";
	return conn->fast_reply ? "reply" : "no";
}

static int print_conn(const struct weir_conn *conn, void *arg)
{
	char client[WEIR_TEXT_SIZE], service[WEIR_TEXT_SIZE];
	char server[WEIR_TEXT_SIZE], expires[WEIR_TEXT_SIZE], vip[WEIR_TEXT_SIZE];
	char local[WEIR_TEXT_SIZE];
	const struct weir_service_key to = { .protocol = conn->protocol, .at = conn->vip };
	struct listing *listing = arg;

	if (listing->json)
		return listing_add_json(listing, json_of_conn(conn));
	if (!listing->count++)
		printf(ROW, "CLIENT", "SERVICE", "SERVER", "METHOD", "STATE", "FAST",
		       "EXPIRES", "VIP", "LOCAL");
	printf(ROW, weir_format_endpoint(&conn->client, client),
	       weir_format_service_key(&conn->service, service),
	       weir_format_endpoint(&conn->server, server),
	       weir_word(&weir_method_words, conn->method),
	       weir_conn_state_word(conn), fast_word(conn),
	       weir_format_duration(conn->expires / 1000 * 1000, expires),
	       weir_format_service_key(&to, vip), weir_format_endpoint(&conn->local, local));
	return ferror(stdout);
}

static int conn_list(struct cli *cli)
{
	struct listing listing = { .name = "conns", .what = "connections", .json = cli->json };
	struct weir_conn_filter filter = { 0 };

	if (cli_keywords(cli, filter_keywords, &filter, NULL))
		return CLI_USAGE;
	if (cli_connect(cli))
		return CLI_REFUSED;
	return listing_end(&listing, cli,
			   weir_conn_list(cli->weir, &filter, print_conn, &listing));
}

static int conn_kill(struct cli *cli)
{
	struct weir_conn_filter filter = { 0 };
	uint32_t killed;

	if (listing_filter_or_all(cli, filter_keywords, &filter))
		return CLI_USAGE;
	if (cli_connect(cli) || cli_result(cli, weir_conn_kill(cli->weir, &filter, &killed)))
		return CLI_REFUSED;
	if (cli->json)
		return json_page(json_pack("{sI}", "killed", (json_int_t)killed));
	printf("killed %u\n", killed);
	return CLI_DONE;
}

#define FILTER_SYNOPSIS "[service KEY] [server ADDR] [client ADDR]"

const struct command conn_commands[] = {
	{ "list", FILTER_SYNOPSIS, "lists the connections that match", true, conn_list },
	{ "kill", "all | " FILTER_SYNOPSIS, "ends the connections that match, prints how many",
	  true, conn_kill },
	{ NULL, NULL, NULL, false, NULL },
};
