/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table with aligned columns. Lines without columns may stand between rows.
 */
#ifndef WEIR_TABLE_H
#define WEIR_TABLE_H

#include <stddef.h>

/**
 * struct table - rows collected for printing
 * @columns: number of columns
 * @right: bit mask of the columns that are aligned to the right
 * @cells: texts, @columns to a row; a line has its text in the first only
 * @count: texts held
 * @room: texts there is room for
 * @failed: memory ran out; table_print() will say so
 */
struct table {
	unsigned int columns;
	unsigned int right;
	char **cells;
	size_t count;
	size_t room;
	int failed;
};

/**
 * table_cell - appends a cell
 * @table: the table
 * @format: printf format
 */
void table_cell(struct table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * table_line - appends a line that takes no part in the alignment
 * @table: the table, at the start of a row
 * @format: printf format
 */
void table_line(struct table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * table_print - prints the rows to standard output and frees them
 * @table: empty afterwards
 *
 * Return: 0 or -ENOMEM, which was told.
 */
int table_print(struct table *table);

#endif /* WEIR_TABLE_H */
