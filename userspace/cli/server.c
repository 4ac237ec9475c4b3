// SPDX-License-Identifier: GPL-2.0-only
/* weir server: the real servers of a service. */
#include "take.h"

#define STATE { "state", "up or down", "server.state", false, take_state }
#define POLICY { "policy", "drain, reset or keep", "server.policy", false, take_policy }
#define DEADLINE { "deadline", "DURATION", "server.deadline", false, take_deadline }
#define END { NULL, NULL, NULL, false, NULL }

static const struct keyword add_keywords[] = {
	METHOD_KEYWORD, WEIGHT_KEYWORD, CONNS_KEYWORDS, TUNNEL_KEYWORDS, END,
};
const struct keyword server_set_keywords[] = {
	METHOD_KEYWORD, WEIGHT_KEYWORD, STATE, POLICY, DEADLINE, CONNS_KEYWORDS, TUNNEL_KEYWORDS,
	END,
};
static const struct keyword drain_keywords[] = { DEADLINE, END };
static const struct keyword remove_keywords[] = { POLICY, DEADLINE, END };

/* Reads "KEY ADDR" and keywords, then hands the server to a call of libweir. */
static int run(struct cli *cli, const struct keyword *keywords, struct weir_server *server,
	       int (*call)(struct weir *weir, const struct weir_server *server))
{
	if (cli_key(cli, &server->service) || cli_server(cli, server) ||
	    cli_keywords(cli, keywords, server, NULL))
		return CLI_USAGE;
	if (call == weir_server_set && !server->set)
		return cli_missing(cli, "an attribute to set");
	if (cli_connect(cli))
		return CLI_REFUSED;
	return cli_result(cli, call(cli->weir, server));
}

static int server_add(struct cli *cli)
{
	struct weir_server server = { 0 };

	return run(cli, add_keywords, &server, weir_server_add);
}

static int server_set(struct cli *cli)
{
	struct weir_server server = { 0 };

	return run(cli, server_set_keywords, &server, weir_server_set);
}

static int server_drain(struct cli *cli)
{
	struct weir_server server = {
		.set = WEIR_SERVER_SET_STATE | WEIR_SERVER_SET_POLICY,
		.state = WEIR_SERVER_STATE_DOWN,
		.policy = WEIR_POLICY_DRAIN,
	};

	return run(cli, drain_keywords, &server, weir_server_set);
}

static int server_remove(struct cli *cli)
{
	struct weir_server server = { 0 };

	return run(cli, remove_keywords, &server, weir_server_remove);
}

const struct command server_commands[] = {
	{ "add", "KEY ADDR " METHOD_USAGE " [weight N] " CONNS_USAGE " " TUNNEL_USAGE,
	  "adds a server to a service", false, server_add },
	{ "set",
	  "KEY ADDR " METHOD_USAGE " [weight N] [state up|down] "
	  "[policy drain|reset|keep] [deadline DURATION] " CONNS_USAGE " " TUNNEL_USAGE,
	  "changes the attributes given, keeps the others", false, server_set },
	{ "drain", "KEY ADDR [deadline DURATION]",
	  "no new connections; old ones go on, until the deadline if there is one", false,
	  server_drain },
	{ "remove", "KEY ADDR [policy drain|reset|keep] [deadline DURATION]",
	  "removes a server; the policy says what its connections get", false, server_remove },
	{ NULL, NULL, NULL, false, NULL },
};
