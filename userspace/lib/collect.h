/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A list read into an array, and read again if it was interrupted.
 */
#ifndef WEIR_COLLECT_H
#define WEIR_COLLECT_H

#include "weir.h"

/**
 * struct weir_array - an array that grows
 * @items: the objects, or NULL
 * @size: bytes of one
 * @count: objects held
 * @room: objects there is room for
 */
struct weir_array {
	void *items;
	size_t size;
	size_t count;
	size_t room;
};

/**
 * weir_array_append - copies an object behind the others
 * @array: the array
 * @item: @array->size bytes
 *
 * Return: 0 or -ENOMEM.
 */
int weir_array_append(struct weir_array *array, const void *item);

/** typedef weir_list_fn - lists once, appending to the array */
typedef int weir_list_fn(struct weir *weir, const struct weir_service_key *key,
			 struct weir_array *array);

/**
 * weir_collect - lists until a list came through uninterrupted
 * @weir: the handle; takes the error
 * @key: for @list
 * @list: lists once
 * @array: empty, with its size; frees what is in it on failure
 *
 * Return: 0 or negative errno, -EAGAIN after a bounded number of lists.
 */
int weir_collect(struct weir *weir, const struct weir_service_key *key, weir_list_fn *list,
		 struct weir_array *array);

#endif /* WEIR_COLLECT_H */
