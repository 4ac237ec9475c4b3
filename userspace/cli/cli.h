/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every noun of the command line shares: the words still to be read, how a
 * mistake is told, and the table of commands.
 */
#ifndef WEIR_CLI_H
#define WEIR_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/**
 * enum cli_exit - exit status
 * @CLI_DONE: done
 * @CLI_REFUSED: refused by the kernel, or not to be written
 * @CLI_USAGE: not understood; nothing was sent
 */
enum cli_exit {
	CLI_DONE = 0,
	CLI_REFUSED = 1,
	CLI_USAGE = 2,
};

struct cli_note;

/**
 * struct cli - one run of the command
 * @json: -j was given
 * @words: the words of the command line
 * @count: their number
 * @at: the next to be read
 * @weir: the kernel, after cli_connect()
 * @index: which server of several is being read, from 0
 * @notes: which word set which attribute, for the kernel's refusals
 * @note_count: number of @notes
 */
struct cli {
	bool json;
	char **words;
	int count;
	int at;
	struct weir *weir;
	unsigned int index;
	struct cli_note *notes;
	size_t note_count;
};

/**
 * struct command - a verb of a noun
 * @verb: exact word; "" for what the noun alone does; NULL ends a table
 * @synopsis: the words behind the verb
 * @summary: what it does, half a line
 * @reads: it has something to print, so -j makes sense
 * @run: reads the words, then acts; an enum cli_exit
 */
struct command {
	const char *verb;
	const char *synopsis;
	const char *summary;
	bool reads;
	int (*run)(struct cli *cli);
};

/**
 * struct noun - a noun and its verbs
 * @name: exact word
 * @commands: its verbs
 */
struct noun {
	const char *name;
	const struct command *commands;
};

extern const struct command service_commands[];
extern const struct command server_commands[];
extern const struct command conn_commands[];
extern const struct command affinity_commands[];
extern const struct command show_commands[];
extern const struct command stats_commands[];
extern const struct command monitor_commands[];
extern const struct command config_commands[];
extern const struct command flush_commands[];
extern const struct command import_commands[];
extern const struct command export_commands[];

/**
 * struct keyword - a word that is followed by a value
 * @word: exact word; NULL ends a table
 * @value: what the value is called in messages, e.g. "N"
 * @path: the attribute it sets, as struct weir_error names it
 * @repeats: it may come more than once; @take then looks for doubles
 * @take: reads @value into @object; CLI_DONE or CLI_USAGE
 */
struct keyword {
	const char *word;
	const char *value;
	const char *path;
	bool repeats;
	int (*take)(struct cli *cli, const char *value, void *object);
};

/**
 * cli_next - takes the next word
 * @cli: the run
 *
 * Return: the word, or NULL at the end.
 */
const char *cli_next(struct cli *cli);

/**
 * cli_peek - looks at the next word
 * @cli: the run
 *
 * Return: the word, or NULL at the end.
 */
const char *cli_peek(const struct cli *cli);

/**
 * cli_end - refuses words that are left
 * @cli: the run
 *
 * Return: CLI_DONE or CLI_USAGE.
 */
int cli_end(struct cli *cli);

/**
 * cli_keywords - reads keywords and their values
 * @cli: the run
 * @table: the keywords, at most 32
 * @object: for their take functions
 * @stop: word that ends the list without being taken, or NULL
 *
 * Return: CLI_DONE at the end or at @stop, or CLI_USAGE.
 */
int cli_keywords(struct cli *cli, const struct keyword *table, void *object, const char *stop);

/**
 * cli_key - takes the key of a service
 * @cli: the run
 * @key: filled
 *
 * Return: CLI_DONE or CLI_USAGE.
 */
int cli_key(struct cli *cli, struct weir_service_key *key);

/**
 * cli_server - takes the address of a server
 * @cli: the run
 * @server: its service is known; address and port are filled, the port being
 *	the service's if none is given
 *
 * Return: CLI_DONE or CLI_USAGE.
 */
int cli_server(struct cli *cli, struct weir_server *server);

/**
 * cli_usage - tells a mistake in one line
 * @word: the word at fault
 * @rule: printf format: the rule it breaks
 *
 * Return: CLI_USAGE.
 */
int cli_usage(const char *word, const char *rule, ...) __attribute__((format(printf, 2, 3)));

/**
 * cli_place - says where the words come from, for those who tell mistakes
 * @file: the file; NULL for the command line
 * @line: its line
 */
void cli_place(const char *file, unsigned int line);

/**
 * cli_missing - tells that a word is missing
 * @cli: the run: the word before is named
 * @what: what should have come
 *
 * Return: CLI_USAGE.
 */
int cli_missing(const struct cli *cli, const char *what);

/**
 * cli_unknown - tells that a word is none of those expected
 * @word: the word
 * @what: what it should be, e.g. "a method"
 * @known: the words expected
 * @count: their number
 *
 * Return: CLI_USAGE.
 */
int cli_unknown(const char *word, const char *what, const char *const *known, size_t count);

/**
 * cli_note - remembers which word set an attribute
 * @cli: the run
 * @path: the attribute
 * @keyword: the keyword before the word, or ""
 * @word: the word
 *
 * Without memory the note is lost, and a refusal names no word.
 */
void cli_note(struct cli *cli, const char *path, const char *keyword, const char *word);

/**
 * cli_connect - opens the kernel's interface
 * @cli: the run
 *
 * Return: CLI_DONE or CLI_REFUSED, which was told.
 */
int cli_connect(struct cli *cli);

/**
 * cli_result - tells why a call failed, if it did
 * @cli: the run
 * @result: what the call returned
 *
 * Return: CLI_DONE or CLI_REFUSED.
 */
int cli_result(struct cli *cli, int result);

/**
 * cli_flush - writes out what was printed
 *
 * Return: CLI_DONE, or CLI_REFUSED if it could not be written, which was told.
 */
int cli_flush(void);

#endif /* WEIR_CLI_H */
