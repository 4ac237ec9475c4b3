// SPDX-License-Identifier: GPL-2.0
/*
 * look KEY [FIELD...] [at ADDRESS FIELD...]...: what a service has in the fields, and
 * then what each server has. The fields are those of `weir -j show`, stats.conns
 * among them; active+inactive is a sum. Prints the values on a line, a space between
 * two; nothing for what is not there. Scenarios ask so often that the command line and
 * a program that picks from its JSON would take most of their time.
 */
#include <err.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "weir.h"

/* Says so where values are looked for, too: nothing is what is compared with at times. */
static void __attribute__((noreturn)) fail(int status, const char *what, const char *why)
{
	puts("look failed");
	errx(status, "%s: %s", what, why);
}

/* The value of a path like stats.conns; NULL if there is none. */
static const json_t *find(const json_t *object, char *path)
{
	for (char *name = strtok(path, "."); name && object; name = strtok(NULL, "."))
		object = json_object_get(object, name);
	return object;
}

static void print_value(const json_t *value)
{
	if (json_is_string(value))
		fputs(json_string_value(value), stdout);
	else if (value)
		json_dumpf(value, stdout, JSON_ENCODE_ANY);
}

static void print_field(const json_t *object, const char *field)
{
	json_int_t sum = 0;
	char *rest, *part, *copy = strdup(field);

	if (!copy)
		fail(1, field, strerror(ENOMEM));
	rest = copy;
	if (!strchr(field, '+')) {
		print_value(find(object, copy));
	} else {
		while ((part = strsep(&rest, "+")))
			sum += json_integer_value(find(object, part));
		printf("%" JSON_INTEGER_FORMAT, sum);
	}
	free(copy);
}

/* The server at an address, the last if one that was removed is still listed too. */
static json_t *find_server(const struct weir_server *servers, size_t count, const char *address)
{
	const struct weir_server *found = NULL;
	struct weir_addr at;

	if (weir_parse_addr(address, &at))
		fail(2, address, "not an address");
	for (size_t i = 0; i < count; i++)
		if (weir_addr_equal(&servers[i].at.addr, &at))
			found = &servers[i];
	return found ? json_of_server(found) : NULL;
}

int main(int argc, char **argv)
{
	struct weir_service *services = NULL;
	struct weir_server *servers = NULL;
	size_t service_count = 0, server_count = 0;
	struct weir_service_key key;
	const char *gap = "";
	struct weir *weir;
	json_t *object;
	int i, result;

	if (argc < 3 || weir_parse_service_key(argv[1], &key))
		fail(2, "usage", "look KEY [FIELD...] [at ADDRESS FIELD...]...");
	result = weir_open(&weir);
	if (result)
		fail(1, "weir.ko", strerror(-result));
	result = weir_service_collect(weir, &key, &services, &service_count);
	if (!result)
		result = weir_server_collect(weir, &key, &servers, &server_count);
	/* A service that is gone has nothing, and that is no failure. */
	if (result && result != -ENOENT)
		fail(1, argv[1], strerror(-result));

	object = service_count ? json_of_service(services) : NULL;
	for (i = 2; i < argc; i++) {
		if (!strcmp(argv[i], "at")) {
			json_decref(object);
			object = find_server(servers, server_count, argv[++i] ?: "");
			continue;
		}
		fputs(gap, stdout);
		gap = " ";
		print_field(object, argv[i]);
	}
	putchar('\n');
	json_decref(object);
	free(services);
	free(servers);
	weir_close(weir);
	return 0;
}
