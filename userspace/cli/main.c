// SPDX-License-Identifier: GPL-2.0-only
/* The nouns, help, and the way from a command line to one verb. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define NOUNS (sizeof(nouns) / sizeof(nouns[0]))
#define WORDS_MAX 32 /* words offered as corrections */

static const struct noun nouns[] = {
	{ "service", service_commands },
	{ "server", server_commands },
	{ "flush", flush_commands },
	{ "show", show_commands },
	{ "conn", conn_commands },
	{ "affinity", affinity_commands },
	{ "stats", stats_commands },
	{ "monitor", monitor_commands },
	{ "config", config_commands },
	{ "import", import_commands },
	{ "export", export_commands },
};

static bool is_help(const char *word)
{
	return !strcmp(word, "help") || !strcmp(word, "--help") || !strcmp(word, "-h");
}

static void print_command(FILE *file, const struct noun *noun, const struct command *command)
{
	fprintf(file, "  weir %s%s%s%s%s\n      %s\n", noun->name, *command->verb ? " " : "",
		command->verb, *command->synopsis ? " " : "", command->synopsis,
		command->summary);
}

static void print_noun(FILE *file, const struct noun *noun)
{
	for (const struct command *command = noun->commands; command->verb; command++)
		print_command(file, noun, command);
}

static void print_help(FILE *file)
{
	fputs("usage: weir [-j] NOUN VERB [WORD]...\n\n", file);
	for (size_t i = 0; i < NOUNS; i++)
		print_noun(file, &nouns[i]);
	fputs("\n  -j prints JSON. KEY is tcp:ADDR:PORT or udp:ADDR:PORT, an IPv6 ADDR in brackets;\n"
	      "  DURATION is a number with a unit: 500ms, 30s, 5m, 2h, 1d, or 2h4m.\n"
	      "  weir(8) has every command with an example, weir(7) the ideas.\n",
	      file);
}

static const struct noun *find_noun(const char *name)
{
	for (size_t i = 0; i < NOUNS; i++)
		if (!strcmp(nouns[i].name, name))
			return &nouns[i];
	return NULL;
}

static int unknown_noun(const char *word)
{
	const char *known[NOUNS + 1] = { "help" };

	for (size_t i = 0; i < NOUNS; i++)
		known[i + 1] = nouns[i].name;
	return cli_unknown(word, "a noun", known, NOUNS + 1);
}

/* The verb @word of @noun, or what the noun does alone, or NULL. */
static const struct command *find_command(const struct noun *noun, const char *word)
{
	const struct command *alone = NULL;

	for (const struct command *command = noun->commands; command->verb; command++) {
		if (!*command->verb)
			alone = command;
		else if (word && !strcmp(command->verb, word))
			return command;
	}
	return alone;
}

static int unknown_verb(const struct noun *noun, const char *word)
{
	const char *known[WORDS_MAX] = { "help" };
	char what[64];
	size_t count = 1;

	for (const struct command *c = noun->commands; c->verb && count < WORDS_MAX; c++)
		known[count++] = c->verb;
	snprintf(what, sizeof(what), "a verb of %s", noun->name);
	return cli_unknown(word, what, known, count);
}

static int run_noun(struct cli *cli, const struct noun *noun)
{
	const char *word = cli_peek(cli);
	const struct command *command;

	if (word && is_help(word)) {
		cli_next(cli);
		if (cli_peek(cli))
			return cli_end(cli);
		print_noun(stdout, noun);
		return CLI_DONE;
	}
	command = find_command(noun, word);
	if (!command)
		return word ? unknown_verb(noun, word) : cli_missing(cli, "a verb");
	if (*command->verb)
		cli_next(cli);
	word = cli_peek(cli);
	if (word && is_help(word) && cli->at + 1 == cli->count) {
		print_command(stdout, noun, command);
		return CLI_DONE;
	}
	if (cli->json && !command->reads)
		return cli_usage("-j", "weir %s %s prints nothing", noun->name, command->verb);
	return command->run(cli);
}

static int run_help(struct cli *cli)
{
	const char *word = cli_next(cli);
	const struct noun *noun;

	if (!word) {
		print_help(stdout);
		return CLI_DONE;
	}
	noun = find_noun(word);
	if (!noun)
		return unknown_noun(word);
	if (cli_peek(cli))
		return cli_end(cli);
	print_noun(stdout, noun);
	return CLI_DONE;
}

static int run(struct cli *cli)
{
	const char *word = cli_next(cli);
	const struct noun *noun;

	if (!word) {
		print_help(stderr);
		return CLI_USAGE;
	}
	if (is_help(word))
		return run_help(cli);
	noun = find_noun(word);
	return noun ? run_noun(cli, noun) : unknown_noun(word);
}

/* Takes -j out of the words, wherever it stands. */
static int read_options(struct cli *cli, char **argv)
{
	for (int i = 1; argv[i]; i++) {
		if (strcmp(argv[i], "-j")) {
			cli->words[cli->count++] = argv[i];
			continue;
		}
		if (cli->json)
			return cli_usage("-j", "given twice");
		cli->json = true;
	}
	return CLI_DONE;
}

int main(int argc, char **argv)
{
	struct cli cli = { .words = calloc((size_t)argc + 1, sizeof(*cli.words)) };
	int status, flushed;

	if (!cli.words) {
		fputs("weir: out of memory\n", stderr);
		return CLI_REFUSED;
	}
	status = read_options(&cli, argv);
	if (status == CLI_DONE)
		status = run(&cli);
	flushed = cli_flush();
	weir_close(cli.weir);
	free(cli.notes);
	free(cli.words);
	return status == CLI_DONE ? flushed : status;
}
