// SPDX-License-Identifier: GPL-2.0-only
/* weir config: the limits of the network namespace. */
#include <stdio.h>

#include "cli.h"
#include "json.h"

static int take_conns_max(struct cli *cli, const char *value, void *object)
{
	(void)cli;
	if (!weir_parse_number(value, 1, UINT32_MAX, object))
		return cli_usage(value, "conns-max is a whole number from 1 to %u", UINT32_MAX);
	return CLI_DONE;
}

static const struct keyword config_keywords[] = {
	{ "conns-max", "N", "namespace.conns-max", false, take_conns_max },
	{ NULL, NULL, NULL, false, NULL },
};

static int config_set(struct cli *cli)
{
	uint32_t conns_max;

	if (!cli_peek(cli))
		return cli_missing(cli, "conns-max N");
	if (cli_keywords(cli, config_keywords, &conns_max, NULL))
		return CLI_USAGE;
	if (cli_connect(cli))
		return CLI_REFUSED;
	return cli_result(cli, weir_namespace_set(cli->weir, conns_max));
}

static int config_show(struct cli *cli)
{
	struct weir_namespace ns;

	if (cli_end(cli))
		return CLI_USAGE;
	if (cli_connect(cli) || cli_result(cli, weir_namespace_get(cli->weir, &ns)))
		return CLI_REFUSED;
	if (cli->json)
		return json_page(json_pack("{sI}", "conns_max", (json_int_t)ns.conns_max));
	printf("conns-max %u\n", ns.conns_max);
	return CLI_DONE;
}

const struct command config_commands[] = {
	{ "set", "conns-max N", "changes how many connections may be held at once", false,
	  config_set },
	{ "show", "", "prints what config set can change", true, config_show },
	{ NULL, NULL, NULL, false, NULL },
};
