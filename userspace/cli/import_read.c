// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads a whole file of ipvsadm's lines. Comments are skipped but for the three that
 * weir export ipvsadm writes: what ipvsadm would not take, or has no word for.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "ipvsadm.h"
#include "take.h"

static const char blanks[] = " \t\r\n";

static int out_of_memory(void)
{
	fputs("weir: out of memory\n", stderr);
	return CLI_REFUSED;
}

/* Makes room for one more item of @size bytes; NULL without memory. */
static void *grow(void *items, size_t count, size_t *room, size_t size)
{
	void *grown = items;

	if (count == *room) {
		grown = reallocarray(items, count ? 2 * count : 8, size);
		if (grown)
			*room = count ? 2 * count : 8;
	}
	if (grown)
		memset((char *)grown + count * size, 0, size);
	return grown;
}

/* Mostly it is the last one. */
static struct import_service *find_service(const struct import *import,
					   const struct weir_service_key *key)
{
	for (size_t i = import->count; i--;)
		if (weir_service_key_equal(&import->services[i].service.key, key))
			return &import->services[i];
	return NULL;
}

static struct import_server *find_server(const struct import_service *service,
					 const struct weir_endpoint *at)
{
	for (size_t i = service->count; i--;)
		if (weir_endpoint_equal(&service->servers[i].server.at, at))
			return &service->servers[i];
	return NULL;
}

static int read_service(const struct ipvsadm_line *line, const struct weir_service_key *key,
			unsigned int number, struct import *import)
{
	bool is_edit = line->command == IPVSADM_EDIT_SERVICE;
	struct import_service *found = find_service(import, key);
	struct weir_service service = { .key = *key };
	const char *word = line->words[line->command];
	void *grown;

	if (found && !is_edit)
		return cli_usage(word, "line %u has added this service already", found->line);
	if (!found && is_edit)
		return cli_usage(word, "no line before adds this service");
	if (ipvsadm_read_service(line, &service))
		return CLI_USAGE;
	if (found) {
		found->service = service;
		return CLI_DONE;
	}
	grown = grow(import->services, import->count, &import->room, sizeof(*import->services));
	if (!grown)
		return out_of_memory();
	import->services = grown;
	found = &import->services[import->count++];
	found->service = service;
	found->line = number;
	return CLI_DONE;
}

static int read_server(const struct ipvsadm_line *line, struct import_service *service,
		       unsigned int number)
{
	bool is_edit = line->command == IPVSADM_EDIT_SERVER;
	const char *word = line->words[line->command];
	struct import_server *found;
	struct weir_server server;
	void *grown;

	if (ipvsadm_read_server(line, &service->service, &server))
		return CLI_USAGE;
	found = find_server(service, &server.at);
	if (found && !is_edit)
		return cli_usage(line->values[IPVSADM_SERVER],
				 "line %u has added this server already", found->line);
	if (!found && is_edit)
		return cli_usage(line->values[IPVSADM_SERVER], "no line before adds this server");
	if (found) {
		found->server = server;
		return CLI_DONE;
	}
	if (service->count == WEIR_SERVERS_MAX)
		return cli_usage(word, "a service has at most %u servers", WEIR_SERVERS_MAX);
	grown = grow(service->servers, service->count, &service->room, sizeof(*service->servers));
	if (!grown)
		return out_of_memory();
	service->servers = grown;
	found = &service->servers[service->count++];
	found->server = server;
	found->line = number;
	return CLI_DONE;
}

/* A line of ipvsadm's own. */
static int read_ipvsadm(struct cli *cli, unsigned int number, struct import *import)
{
	struct import_service *service;
	struct weir_service_key key;
	struct ipvsadm_line line;

	if (ipvsadm_split(cli, &line) || ipvsadm_read_key(&line, &key))
		return CLI_USAGE;
	if (line.command == IPVSADM_ADD_SERVICE || line.command == IPVSADM_EDIT_SERVICE)
		return read_service(&line, &key, number, import);
	service = find_service(import, &key);
	if (!service)
		return cli_usage(line.words[line.command],
				 "no line before adds the service of this server");
	return read_server(&line, service, number);
}

/* weir service set KEY OPTION...: what IPVS has no word for. */
static int read_service_set(struct cli *cli, struct import *import)
{
	struct import_service *found;
	struct weir_service_key key;
	const char *word = cli_peek(cli);

	if (cli_key(cli, &key))
		return CLI_USAGE;
	found = find_service(import, &key);
	if (!found)
		return cli_usage(word, "no line before adds this service");
	return cli_keywords(cli, service_keywords, &found->service, NULL);
}

/* weir server set KEY ADDR ATTRIBUTE... */
static int read_server_set(struct cli *cli, struct import *import)
{
	struct weir_server named = { 0 };
	struct import_service *service;
	struct import_server *found;
	const char *word;

	if (cli_key(cli, &named.service))
		return CLI_USAGE;
	word = cli_peek(cli);
	if (cli_server(cli, &named))
		return CLI_USAGE;
	service = find_service(import, &named.service);
	found = service ? find_server(service, &named.at) : NULL;
	if (!found)
		return cli_usage(word, "no line before adds this server");
	return cli_keywords(cli, server_set_keywords, &found->server, NULL);
}

/* Whether the next words are these; takes them if so. */
static bool take_words(struct cli *cli, const char *const *words, int count)
{
	if (cli->count - cli->at < count)
		return false;
	for (int i = 0; i < count; i++)
		if (strcmp(cli->words[cli->at + i], words[i]))
			return false;
	cli->at += count;
	return true;
}

static int read_words(struct cli *cli, bool is_comment, unsigned int number,
		      struct import *import)
{
	static const char *const ipvsadm[] = { "ipvsadm" };
	static const char *const service_set[] = { "weir", "service", "set" };
	static const char *const server_set[] = { "weir", "server", "set" };

	if (is_comment && take_words(cli, service_set, 3))
		return read_service_set(cli, import);
	if (is_comment && take_words(cli, server_set, 3))
		return read_server_set(cli, import);
	/* ipvsadm -R skips its own name. */
	if (!take_words(cli, ipvsadm, 1) && is_comment)
		return CLI_DONE;
	/* Not each comment that begins with the name is a line. */
	if (is_comment && (!cli_peek(cli) || *cli_peek(cli) != '-'))
		return CLI_DONE;
	return cli_peek(cli) ? read_ipvsadm(cli, number, import) : CLI_DONE;
}

/* Cuts a line into words and reads those. */
static int read_line(char *text, unsigned int number, struct import *import)
{
	struct cli cli = { .words = calloc(strlen(text) / 2 + 2, sizeof(*cli.words)) };
	bool is_comment;
	int status;

	if (!cli.words)
		return out_of_memory();
	text += strspn(text, blanks);
	is_comment = *text == '#';
	if (is_comment)
		text += strspn(text, "#");
	for (char *word; (word = strtok_r(text, blanks, &text));)
		cli.words[cli.count++] = word;
	status = read_words(&cli, is_comment, number, import);
	free(cli.notes);
	free(cli.words);
	return status;
}

int import_read_ipvsadm(FILE *file, struct import *import)
{
	int status = CLI_DONE;
	unsigned int number = 0;
	char *text = NULL;
	size_t size = 0;
	ssize_t length;

	while (!status && (length = getline(&text, &size, file)) >= 0) {
		cli_place(import->name, ++number);
		if (strlen(text) == (size_t)length)
			status = read_line(text, number, import);
		else
			status = cli_usage(text, "a line of text has no zero byte");
	}
	cli_place(NULL, 0);
	if (!status && !feof(file)) {
		fprintf(stderr, "weir: %s: %s\n", import->name, strerror(errno));
		status = CLI_REFUSED;
	}
	free(text);
	return status;
}

void import_free(struct import *import)
{
	for (size_t i = 0; i < import->count; i++)
		free(import->services[i].servers);
	free(import->services);
}
