// SPDX-License-Identifier: GPL-2.0-only
/* Tells mistakes and refusals, one line each, with the word they are about. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

#define WORD_MAX 256 /* of a word longer than that the start is shown */
#define GUESS_MAX 32 /* longest word a correction is sought for */

/**
 * struct cli_note - which word set an attribute
 * @path: the attribute
 * @index: which server of several
 * @keyword: the keyword before it, or ""
 * @word: the word
 */
struct cli_note {
	const char *path;
	unsigned int index;
	const char *keyword;
	const char *word;
};

/* Where the words come from that are read now; no file is the command line. */
static struct {
	const char *file;
	unsigned int line;
} place;

/* Writes a word so that it stays on its line, whatever is in it. */
static void print_word(const char *word)
{
	if (!*word)
		fputs("''", stderr);
	for (size_t i = 0; word[i]; i++) {
		unsigned char c = (unsigned char)word[i];

		if (i == WORD_MAX) {
			fputs("...", stderr);
			break;
		}
		if (c < ' ' || c == 0x7f)
			fprintf(stderr, "\\x%02x", c);
		else
			fputc(c, stderr);
	}
}

void cli_place(const char *file, unsigned int line)
{
	place.file = file;
	place.line = line;
}

/* How each line begins that is told. */
static void begin_line(void)
{
	fputs("weir: ", stderr);
	if (!place.file)
		return;
	print_word(place.file);
	fprintf(stderr, ":%u: ", place.line);
}

int cli_usage(const char *word, const char *rule, ...)
{
	va_list args;

	begin_line();
	print_word(word);
	fputs(": ", stderr);
	va_start(args, rule);
	vfprintf(stderr, rule, args);
	va_end(args);
	fputc('\n', stderr);
	return CLI_USAGE;
}

int cli_missing(const struct cli *cli, const char *what)
{
	const char *before = cli->at ? cli->words[cli->at - 1] : "weir";

	return cli_usage(before, "%s must follow", what);
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t min = a < b ? a : b;

	return min < c ? min : c;
}

/* Edits (insert, delete, replace, swap neighbours) from one word to the other. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][GUESS_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];
	size_t length = strlen(b);

	for (size_t j = 0; j <= length; j++)
		last[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t *spare = before;

		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			row[j] = least(last[j] + 1, row[j - 1] + 1,
				       last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[length];
}

/* The known word that @word was meant to be, or NULL if none is close. */
static const char *guess(const char *word, const char *const *known, size_t count)
{
	size_t length = strlen(word);
	size_t limit = length < 4 ? 1 : 2;
	const char *best = NULL;

	if (length > GUESS_MAX)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t far;

		if (!*known[i] || strlen(known[i]) > GUESS_MAX)
			continue;
		far = distance(word, known[i]);
		if (far <= limit && far < strlen(known[i])) {
			best = known[i];
			limit = far ? far - 1 : 0;
		}
	}
	return best;
}

int cli_unknown(const char *word, const char *what, const char *const *known, size_t count)
{
	const char *meant = guess(word, known, count);
	char list[512] = "";
	size_t used = 0;

	if (meant)
		return cli_usage(word, "not %s, did you mean %s?", what, meant);
	for (size_t i = 0; i < count && used < sizeof(list); i++)
		if (*known[i])
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
						 used ? ", " : "", known[i]);
	return cli_usage(word, "not %s; known are %s", what, list);
}

void cli_note(struct cli *cli, const char *path, const char *keyword, const char *word)
{
	struct cli_note *notes =
		reallocarray(cli->notes, cli->note_count + 1, sizeof(*cli->notes));

	if (!notes)
		return;
	cli->notes = notes;
	notes[cli->note_count++] = (struct cli_note){ path, cli->index, keyword, word };
}

/* The note for the attribute of an error, or for the nest it is in. */
static const struct cli_note *find_note(const struct cli *cli, const struct weir_error *error)
{
	char path[sizeof(error->attribute)];
	char *dot;

	snprintf(path, sizeof(path), "%s", error->attribute);
	for (;;) {
		bool in_server = !strncmp(path, "server", strlen("server"));

		for (size_t i = 0; i < cli->note_count; i++)
			if (!strcmp(cli->notes[i].path, path) &&
			    (!in_server || cli->notes[i].index == error->index))
				return &cli->notes[i];
		dot = strrchr(path, '.');
		if (!dot)
			return NULL;
		*dot = '\0';
	}
}

static void tell_error(const struct cli *cli)
{
	const struct weir_error *error = weir_last_error(cli->weir);
	const struct cli_note *note = find_note(cli, error);

	begin_line();
	fputs(error->message, stderr);
	if (note) {
		fprintf(stderr, " (%s%s", note->keyword, *note->keyword ? " " : "");
		print_word(note->word);
		fputc(')', stderr);
	} else if (*error->attribute) {
		fprintf(stderr, " (%s)", error->attribute);
	} else if (error->code == EPERM) {
		fputs(" (CAP_NET_ADMIN is needed)", stderr);
	}
	fputc('\n', stderr);
}

int cli_connect(struct cli *cli)
{
	int err = weir_open(&cli->weir);

	if (!err)
		return CLI_DONE;
	if (cli->weir)
		tell_error(cli);
	else
		fputs("weir: out of memory\n", stderr);
	return CLI_REFUSED;
}

int cli_result(struct cli *cli, int result)
{
	if (!result)
		return CLI_DONE;
	tell_error(cli);
	return CLI_REFUSED;
}

int cli_flush(void)
{
	if (!ferror(stdout) && !fflush(stdout))
		return CLI_DONE;
	fprintf(stderr, "weir: standard output: %s\n", strerror(errno));
	clearerr(stdout);
	return CLI_REFUSED;
}
