// SPDX-License-Identifier: GPL-2.0-only
/* weir stats: totals of the network namespace, and what was dropped and why. */
#include <inttypes.h>
#include <stdio.h>

#include "cli.h"
#include "json.h"
#include "table.h"

static json_t *json_of_namespace(const struct weir_namespace *ns)
{
	return json_pack("{sI sI sb sI sI sI so}", "conns_max", (json_int_t)ns->conns_max,
			 "affinity_max", (json_int_t)ns->affinity_max, "fast", ns->fast, "conns",
			 (json_int_t)ns->conns, "affinity", (json_int_t)ns->affinity, "services",
			 (json_int_t)ns->services, "stats", json_of_stats(&ns->stats));
}

/* The counters are read one by one, so a busy fast path may seem to be ahead. */
static uint64_t packets_slow(const struct weir_stats *stats)
{
	uint64_t packets = stats->packets_in + stats->packets_out;

	return packets > stats->packets_fast ? packets - stats->packets_fast : 0;
}

static int stats(struct cli *cli)
{
	static const char *const drops[] = { "drops" };
	struct weir_namespace ns;

	if (cli_peek(cli))
		return cli_unknown(cli_peek(cli), "a verb of stats", drops, 1);
	if (cli_connect(cli) || cli_result(cli, weir_namespace_get(cli->weir, &ns)))
		return CLI_REFUSED;
	if (cli->json)
		return json_page(json_of_namespace(&ns));
	printf("services       %u\n", ns.services);
	printf("conns          %u\n", ns.conns);
	printf("conns-max      %u\n", ns.conns_max);
	printf("affinity       %u\n", ns.affinity);
	printf("affinity-max   %u\n", ns.affinity_max);
	printf("fast           %s\n", ns.fast ? "on" : "off");
	printf("conns created  %" PRIu64 "\n", ns.stats.conns);
	printf("packets in     %" PRIu64 "\n", ns.stats.packets_in);
	printf("bytes in       %" PRIu64 "\n", ns.stats.bytes_in);
	printf("packets out    %" PRIu64 "\n", ns.stats.packets_out);
	printf("bytes out      %" PRIu64 "\n", ns.stats.bytes_out);
	printf("packets fast   %" PRIu64 "\n", ns.stats.packets_fast);
	printf("packets slow   %" PRIu64 "\n", packets_slow(&ns.stats));
	printf("conns shed     %" PRIu64 "\n", ns.stats.shed);
	return CLI_DONE;
}

static int add_row(const struct weir_drop *drop, void *arg)
{
	struct table *table = arg;

	table_cell(table, "%s", drop->name);
	table_cell(table, "%" PRIu64, drop->packets);
	return 0;
}

static int add_object(const struct weir_drop *drop, void *arg)
{
	json_t *object = json_pack("{ss sI}", "reason", drop->name, "packets",
				   (json_int_t)drop->packets);

	json_array_append_new(arg, object);
	return 0;
}

static int drops_json(struct cli *cli)
{
	json_t *list = json_array();

	if (cli_result(cli, weir_drop_list(cli->weir, add_object, list))) {
		json_decref(list);
		return CLI_REFUSED;
	}
	return json_page(json_pack("{so}", "drops", list));
}

static int stats_drops(struct cli *cli)
{
	struct table table = { .columns = 2, .right = 1 << 1 };
	int status;

	if (cli_end(cli))
		return CLI_USAGE;
	if (cli_connect(cli))
		return CLI_REFUSED;
	if (cli->json)
		return drops_json(cli);
	table_cell(&table, "REASON");
	table_cell(&table, "PACKETS");
	status = cli_result(cli, weir_drop_list(cli->weir, add_row, &table));
	return table_print(&table) ? CLI_REFUSED : status;
}

const struct command stats_commands[] = {
	{ "", "", "prints totals and limits of the network namespace", true, stats },
	{ "drops", "", "prints every drop reason and how often it struck", true, stats_drops },
	{ NULL, NULL, NULL, false, NULL },
};
