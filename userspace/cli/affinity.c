// SPDX-License-Identifier: GPL-2.0-only
/* weir affinity: the clients that services remember, and the options that say how. */
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "listing.h"
#include "take.h"

#define ROW "%-25s  %-29s  %-25s  %-7s  %s\n"

int take_affinity(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;

	(void)cli;
	service->affinity.set |= WEIR_AFFINITY_SET_TIMEOUT;
	service->affinity.timeout = 0;
	if (!strcmp(value, "off"))
		return CLI_DONE;
	return take_duration(value, "affinity", WEIR_TIMEOUT_MIN_MS,
			     WEIR_AFFINITY_TIMEOUT_MAX_MS, &service->affinity.timeout);
}

int take_affinity_mask(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;
	uint32_t mask = 0;

	(void)cli;
	if (!weir_parse_number(value, 0, 128, &mask))
		return cli_usage(value, "a mask is a number of bits from 0 to 128");
	service->affinity.mask = (uint8_t)mask;
	service->affinity.set |= WEIR_AFFINITY_SET_MASK;
	return CLI_DONE;
}

int take_affinity_by(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;
	unsigned int by = 0;

	(void)cli;
	if (take_word(value, &weir_affinity_by_words, weir_affinity_by_words.count, &by))
		return CLI_USAGE;
	service->affinity.by = by;
	service->affinity.set |= WEIR_AFFINITY_SET_BY;
	return CLI_DONE;
}

int take_affinity_weightless(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;
	unsigned int weightless = 0;

	(void)cli;
	if (take_word(value, &weir_affinity_weightless_words,
		      weir_affinity_weightless_words.count, &weightless))
		return CLI_USAGE;
	service->affinity.weightless = weightless;
	service->affinity.set |= WEIR_AFFINITY_SET_WEIGHTLESS;
	return CLI_DONE;
}

int take_affinity_limit(struct cli *cli, const char *value, void *object)
{
	struct weir_service *service = object;

	(void)cli;
	if (!weir_parse_number(value, 1, UINT32_MAX, &service->affinity.limit))
		return cli_usage(value, "a limit is a whole number from 1 to %u", UINT32_MAX);
	service->affinity.set |= WEIR_AFFINITY_SET_LIMIT;
	return CLI_DONE;
}

static int take_service(struct cli *cli, const char *value, void *object)
{
	struct weir_affinity_filter *filter = object;
	const char *rule = weir_parse_service_key(value, &filter->service);

	(void)cli;
	return rule ? cli_usage(value, "%s", rule) : CLI_DONE;
}

static int take_server(struct cli *cli, const char *value, void *object)
{
	struct weir_affinity_filter *filter = object;
	const char *rule = weir_parse_endpoint(value, &filter->server);

	(void)cli;
	return rule ? cli_usage(value, "%s", rule) : CLI_DONE;
}

static int take_client(struct cli *cli, const char *value, void *object)
{
	struct weir_affinity_filter *filter = object;
	const char *rule = weir_parse_addr(value, &filter->client);

	(void)cli;
	return rule ? cli_usage(value, "%s", rule) : CLI_DONE;
}

static const struct keyword filter_keywords[] = {
	{ "service", "the KEY of a service", "service", false, take_service },
	{ "server", "the ADDR of a server", "server", false, take_server },
	{ "client", "the ADDR of a client", "affinity-entry", false, take_client },
	{ NULL, NULL, NULL, false, NULL },
};

/* An address, or a prefix if not all of it counts. */
static const char *client_text(const struct weir_affinity_entry *entry, char *text)
{
	size_t length;

	weir_format_addr(&entry->client, text);
	length = strlen(text);
	if (entry->mask < (strchr(text, ':') ? 128 : 32))
		snprintf(text + length, WEIR_TEXT_SIZE - length, "/%u", entry->mask);
	return text;
}

static int print_entry(const struct weir_affinity_entry *entry, void *arg)
{
	char client[WEIR_TEXT_SIZE], service[WEIR_TEXT_SIZE];
	char server[WEIR_TEXT_SIZE], expires[WEIR_TEXT_SIZE];
	struct listing *listing = arg;

	if (listing->json)
		return listing_add_json(listing, json_of_affinity_entry(entry));
	if (!listing->count++)
		printf(ROW, "CLIENT", "SERVICE", "SERVER", "EXPIRES", "CALL-ID");
	printf(ROW, client_text(entry, client), weir_format_service_key(&entry->service, service),
	       weir_format_endpoint(&entry->server, server),
	       weir_format_duration(entry->expires / 1000 * 1000, expires),
	       *entry->call_id ? entry->call_id : "-");
	return ferror(stdout);
}

static int affinity_list(struct cli *cli)
{
	struct listing listing = { .name = "affinity", .what = "clients", .json = cli->json };
	struct weir_affinity_filter filter = { 0 };

	if (cli_keywords(cli, filter_keywords, &filter, NULL))
		return CLI_USAGE;
	if (cli_connect(cli))
		return CLI_REFUSED;
	return listing_end(&listing, cli,
			   weir_affinity_list(cli->weir, &filter, print_entry, &listing));
}

static int affinity_remove(struct cli *cli)
{
	struct weir_affinity_filter filter = { 0 };
	uint32_t removed;

	if (listing_filter_or_all(cli, filter_keywords, &filter))
		return CLI_USAGE;
	if (cli_connect(cli) ||
	    cli_result(cli, weir_affinity_remove(cli->weir, &filter, &removed)))
		return CLI_REFUSED;
	if (cli->json)
		return json_page(json_pack("{sI}", "removed", (json_int_t)removed));
	printf("removed %u\n", removed);
	return CLI_DONE;
}

#define FILTER_SYNOPSIS "[service KEY] [server ADDR] [client ADDR]"

const struct command affinity_commands[] = {
	{ "list", FILTER_SYNOPSIS, "lists the clients that services remember", true,
	  affinity_list },
	{ "remove", "all | " FILTER_SYNOPSIS,
	  "forgets the clients that match, prints how many entries that were", true,
	  affinity_remove },
	{ NULL, NULL, NULL, false, NULL },
};
