// SPDX-License-Identifier: GPL-2.0-only
/* weir flush: away with all services. */
#include "cli.h"

static int flush(struct cli *cli)
{
	if (cli_end(cli))
		return CLI_USAGE;
	if (cli_connect(cli))
		return CLI_REFUSED;
	return cli_result(cli, weir_flush(cli->weir));
}

const struct command flush_commands[] = {
	{ "", "", "removes all services of the network namespace", false, flush },
	{ NULL, NULL, NULL, false, NULL },
};
