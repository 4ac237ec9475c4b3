// SPDX-License-Identifier: GPL-2.0-only
/* What the lists of connections and of affinity have in common. */
#include "listing.h"

#include <stdio.h>
#include <string.h>

static void begin_json(const struct listing *listing)
{
	printf("{\"%s\": [", listing->name);
}

int listing_add_json(struct listing *listing, json_t *entry)
{
	if (listing->count++)
		putchar(',');
	else
		begin_json(listing);
	putchar('\n');
	json_dumpf(entry, stdout, JSON_COMPACT);
	json_decref(entry);
	return ferror(stdout);
}

int listing_end(const struct listing *listing, struct cli *cli, int result)
{
	/* A list that was broken off stays without its end, lest it pass for whole. */
	if (listing->json && (!result || result == WEIR_INTERRUPTED)) {
		if (listing->count)
			putchar('\n');
		else
			begin_json(listing);
		printf("], \"interrupted\": %s}\n", result == WEIR_INTERRUPTED ? "true" : "false");
	}
	if (ferror(stdout))
		return CLI_DONE; /* told at the end */
	if (result == WEIR_INTERRUPTED) {
		fprintf(stderr, "weir: %s came and went while they were listed; "
			"some may be missing\n", listing->what);
		return CLI_DONE;
	}
	return cli_result(cli, result);
}

int listing_filter_or_all(struct cli *cli, const struct keyword *table, void *filter)
{
	const char *word = cli_peek(cli);

	if (!word)
		return cli_missing(cli, "a filter or the word all");
	if (strcmp(word, "all"))
		return cli_keywords(cli, table, filter, NULL);
	cli_next(cli);
	return cli_end(cli);
}
