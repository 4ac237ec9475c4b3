/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists too long to be collected: each entry is printed as it arrives.
 */
#ifndef WEIR_LISTING_H
#define WEIR_LISTING_H

#include <stdbool.h>

#include <jansson.h>

#include "cli.h"

/**
 * struct listing - a list being printed
 * @name: what JSON calls the list
 * @what: whom it lists, in the words of a warning
 * @json: as JSON
 * @count: entries printed
 */
struct listing {
	const char *name;
	const char *what;
	bool json;
	unsigned long count;
};

/**
 * listing_add_json - prints the next entry
 * @listing: a list as JSON
 * @entry: the entry, whose reference is taken over
 *
 * Return: not 0 if it cannot be written.
 */
int listing_add_json(struct listing *listing, json_t *entry);

/**
 * listing_end - prints what is behind the last entry
 * @listing: the list
 * @cli: the run
 * @result: how the kernel's list ended
 *
 * Return: an enum cli_exit.
 */
int listing_end(const struct listing *listing, struct cli *cli, int result);

/**
 * listing_filter_or_all - reads what is to be ended: a filter, or the word all
 * @cli: the run
 * @table: the keywords of the filter
 * @filter: the filter, empty
 *
 * Return: CLI_DONE or CLI_USAGE.
 */
int listing_filter_or_all(struct cli *cli, const struct keyword *table, void *filter);

#endif /* WEIR_LISTING_H */
