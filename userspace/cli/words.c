// SPDX-License-Identifier: GPL-2.0-only
/* Reads the words of a command line; whatever is not understood is named. */
#include <string.h>

#include "cli.h"

#define KEYWORDS_MAX 32 /* bits of the mask of keywords seen */

const char *cli_next(struct cli *cli)
{
	return cli->at < cli->count ? cli->words[cli->at++] : NULL;
}

const char *cli_peek(const struct cli *cli)
{
	return cli->at < cli->count ? cli->words[cli->at] : NULL;
}

int cli_end(struct cli *cli)
{
	const char *word = cli_peek(cli);

	return word ? cli_usage(word, "one word too many") : CLI_DONE;
}

static int unknown_keyword(const char *word, const struct keyword *table, const char *stop)
{
	const char *known[KEYWORDS_MAX + 1];
	size_t count = 0;

	for (; table->word && count < KEYWORDS_MAX; table++)
		known[count++] = table->word;
	if (stop)
		known[count++] = stop;
	return cli_unknown(word, "a keyword", known, count);
}

int cli_keywords(struct cli *cli, const struct keyword *table, void *object, const char *stop)
{
	unsigned int seen = 0;
	const char *word;

	while ((word = cli_peek(cli)) && !(stop && !strcmp(word, stop))) {
		const struct keyword *keyword = table;
		const char *value;
		unsigned int bit;
		int status;

		while (keyword->word && strcmp(keyword->word, word))
			keyword++;
		if (!keyword->word)
			return unknown_keyword(word, table, stop);
		bit = 1U << (keyword - table);
		if (seen & bit && !keyword->repeats)
			return cli_usage(word, "given twice");
		seen |= bit;
		cli_next(cli);
		value = cli_next(cli);
		if (!value)
			return cli_missing(cli, keyword->value);
		status = keyword->take(cli, value, object);
		if (status)
			return status;
		cli_note(cli, keyword->path, word, value);
	}
	return CLI_DONE;
}

int cli_key(struct cli *cli, struct weir_service_key *key)
{
	const char *word = cli_next(cli);
	const char *rule;

	if (!word)
		return cli_missing(cli, "the KEY of a service");
	rule = weir_parse_service_key(word, key);
	if (rule)
		return cli_usage(word, "%s", rule);
	cli_note(cli, "service", "", word);
	return CLI_DONE;
}

int cli_server(struct cli *cli, struct weir_server *server)
{
	const char *word = cli_next(cli);
	const char *rule;

	if (!word)
		return cli_missing(cli, "the ADDR of a server");
	rule = weir_parse_endpoint(word, &server->at);
	if (rule)
		return cli_usage(word, "%s", rule);
	if (!server->at.port)
		server->at.port = server->service.at.port;
	cli_note(cli, "server", "", word);
	return CLI_DONE;
}
