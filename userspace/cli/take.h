/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values of keywords that several nouns know.
 */
#ifndef WEIR_TAKE_H
#define WEIR_TAKE_H

#include "cli.h"

/* The keywords of a server, for cli_keywords() with a struct weir_server. */
int take_method(struct cli *cli, const char *value, void *object);
int take_weight(struct cli *cli, const char *value, void *object);
int take_state(struct cli *cli, const char *value, void *object);
int take_policy(struct cli *cli, const char *value, void *object);
int take_deadline(struct cli *cli, const char *value, void *object);

/**
 * take_word - reads a word of an enumeration
 * @value: the word
 * @words: the enumeration
 * @count: how many of its words are allowed, from the first
 * @out: the value
 *
 * Return: CLI_DONE or CLI_USAGE.
 */
int take_word(const char *value, const struct weir_words *words, unsigned int count,
	      unsigned int *out);

/**
 * take_switch - reads on or off
 * @value: the word
 * @what: what is switched, e.g. "conntrack"
 * @out: true for on
 *
 * Return: CLI_DONE or CLI_USAGE.
 */
int take_switch(const char *value, const char *what, bool *out);

/**
 * take_duration - reads a duration
 * @value: the word
 * @what: what it is for, e.g. "a timeout"
 * @min: shortest allowed, milliseconds
 * @max: longest allowed, milliseconds
 * @out: milliseconds
 *
 * Return: CLI_DONE or CLI_USAGE.
 */
int take_duration(const char *value, const char *what, uint32_t min, uint32_t max,
		  uint32_t *out);

#endif /* WEIR_TAKE_H */
