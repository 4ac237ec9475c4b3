// SPDX-License-Identifier: GPL-2.0-only
/* A list read into an array, and read again if it was interrupted. */
#include "collect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "error.h"

#define LISTS_MAX 10

int weir_array_append(struct weir_array *array, const void *item)
{
	if (array->count == array->room) {
		size_t room = array->room ? array->room * 2 : 16;
		void *items = reallocarray(array->items, room, array->size);

		if (!items)
			return -ENOMEM;
		array->items = items;
		array->room = room;
	}
	memcpy((char *)array->items + array->count++ * array->size, item, array->size);
	return 0;
}

int weir_collect(struct weir *weir, const struct weir_service_key *key, weir_list_fn *list,
		 struct weir_array *array)
{
	int err = WEIR_INTERRUPTED;

	for (int i = 0; i < LISTS_MAX && err == WEIR_INTERRUPTED; i++) {
		array->count = 0;
		err = list(weir, key, array);
	}
	if (!err)
		return 0;
	free(array->items);
	*array = (struct weir_array){ .size = array->size };
	if (err == WEIR_INTERRUPTED)
		return weir_error_fill(&weir->error, EAGAIN,
				       "the list kept changing while it was read");
	return err == -ENOMEM ? weir_error_fill(&weir->error, ENOMEM, NULL) : err;
}
