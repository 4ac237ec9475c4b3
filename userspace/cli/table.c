// SPDX-License-Identifier: GPL-2.0-only
/* A table with aligned columns. */
#include "table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MAX 16

static void append(struct table *table, char *text)
{
	if (table->count == table->room) {
		size_t room = table->room ? table->room * 2 : 64;
		char **cells = reallocarray(table->cells, room, sizeof(*cells));

		if (!cells) {
			table->failed = 1;
			free(text);
			return;
		}
		table->cells = cells;
		table->room = room;
	}
	table->cells[table->count++] = text;
}

static void append_format(struct table *table, const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		table->failed = 1;
	else
		append(table, text);
}

void table_cell(struct table *table, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append_format(table, format, args);
	va_end(args);
}

void table_line(struct table *table, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	append_format(table, format, args);
	va_end(args);
	for (unsigned int i = 1; i < table->columns; i++)
		append(table, NULL);
}

/* A row whose second cell is NULL is a line. */
static int is_line(const struct table *table, size_t row)
{
	return table->columns > 1 && !table->cells[row + 1];
}

static void print_row(const struct table *table, size_t row, const int *widths)
{
	int pending = 0;

	for (unsigned int i = 0; i < table->columns; i++) {
		const char *text = table->cells[row + i];
		int fill = widths[i] - (int)strlen(text);

		if (table->right & 1U << i)
			pending += fill;
		if (*text) {
			printf("%*s%s", pending, "", text);
			pending = 0;
		}
		if (!(table->right & 1U << i))
			pending += fill;
		pending += 2;
	}
	putchar('\n');
}

int table_print(struct table *table)
{
	int widths[COLUMNS_MAX] = { 0 };
	size_t row;

	for (row = 0; !table->failed && row < table->count; row += table->columns) {
		if (is_line(table, row))
			continue;
		for (unsigned int i = 0; i < table->columns; i++) {
			int width = (int)strlen(table->cells[row + i]);

			if (width > widths[i])
				widths[i] = width;
		}
	}
	for (row = 0; !table->failed && row < table->count; row += table->columns) {
		if (is_line(table, row))
			puts(table->cells[row]);
		else
			print_row(table, row, widths);
	}
	for (row = 0; row < table->count; row++)
		free(table->cells[row]);
	free(table->cells);
	table->cells = NULL;
	table->count = 0;
	table->room = 0;
	if (!table->failed)
		return 0;
	fputs("weir: out of memory\n", stderr);
	return -ENOMEM;
}
