// SPDX-License-Identifier: GPL-2.0-only
/* weir config: the limits and switches of the network namespace. */
#include <stdio.h>

#include "json.h"
#include "take.h"

static int take_conns_max(struct cli *cli, const char *value, void *object)
{
	struct weir_namespace *ns = object;

	(void)cli;
	if (!weir_parse_number(value, 1, UINT32_MAX, &ns->conns_max))
		return cli_usage(value, "conns-max is a whole number from 1 to %u", UINT32_MAX);
	ns->set |= WEIR_NAMESPACE_SET_CONNS_MAX;
	return CLI_DONE;
}

static int take_affinity_max(struct cli *cli, const char *value, void *object)
{
	struct weir_namespace *ns = object;

	(void)cli;
	if (!weir_parse_number(value, 1, UINT32_MAX, &ns->affinity_max))
		return cli_usage(value, "affinity-max is a whole number from 1 to %u", UINT32_MAX);
	ns->set |= WEIR_NAMESPACE_SET_AFFINITY_MAX;
	return CLI_DONE;
}

static int take_fast(struct cli *cli, const char *value, void *object)
{
	struct weir_namespace *ns = object;

	(void)cli;
	if (take_switch(value, "fast", &ns->fast))
		return CLI_USAGE;
	ns->set |= WEIR_NAMESPACE_SET_FAST;
	return CLI_DONE;
}

static const struct keyword config_keywords[] = {
	{ "conns-max", "N", "namespace.conns-max", false, take_conns_max },
	{ "affinity-max", "N", "namespace.affinity-max", false, take_affinity_max },
	{ "fast", "on or off", "namespace.fast", false, take_fast },
	{ NULL, NULL, NULL, false, NULL },
};

static int config_set(struct cli *cli)
{
	struct weir_namespace ns = { 0 };

	if (!cli_peek(cli))
		return cli_missing(cli, "conns-max, affinity-max or fast");
	if (cli_keywords(cli, config_keywords, &ns, NULL))
		return CLI_USAGE;
	if (cli_connect(cli))
		return CLI_REFUSED;
	return cli_result(cli, weir_namespace_set(cli->weir, &ns));
}

static int config_show(struct cli *cli)
{
	struct weir_namespace ns;

	if (cli_end(cli))
		return CLI_USAGE;
	if (cli_connect(cli) || cli_result(cli, weir_namespace_get(cli->weir, &ns)))
		return CLI_REFUSED;
	if (cli->json)
		return json_page(json_pack("{sI sI sb}", "conns_max", (json_int_t)ns.conns_max,
					   "affinity_max", (json_int_t)ns.affinity_max, "fast",
					   ns.fast));
	printf("conns-max %u\n", ns.conns_max);
	printf("affinity-max %u\n", ns.affinity_max);
	printf("fast %s\n", ns.fast ? "on" : "off");
	return CLI_DONE;
}

const struct command config_commands[] = {
	{ "set", "[conns-max N] [affinity-max N] [fast on|off]",
	  "changes how many connections may be held and clients remembered at once, and "
	  "whether services may use the fast path",
	  false, config_set },
	{ "show", "", "prints what config set can change", true, config_show },
	{ NULL, NULL, NULL, false, NULL },
};
