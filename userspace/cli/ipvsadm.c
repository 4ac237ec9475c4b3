// SPDX-License-Identifier: GPL-2.0-only
/* The options of ipvsadm, and a line of them taken apart as popt does it. */
#include "ipvsadm.h"

#include <stdio.h>
#include <string.h>

/* Whether an option is followed by a value. */
enum value {
	VALUE_NONE,
	VALUE_NEEDED,
	VALUE_OPTIONAL,
};

#define SERVICE_LINES (1U << IPVSADM_ADD_SERVICE | 1U << IPVSADM_EDIT_SERVICE)
#define SERVER_LINES (1U << IPVSADM_ADD_SERVER | 1U << IPVSADM_EDIT_SERVER)
#define ALL_LINES (SERVICE_LINES | SERVER_LINES)

/**
 * struct option - an option of ipvsadm
 * @letter: its letter, or 0
 * @name: its long name
 * @value: whether it has one
 * @lines: bits by command: where it may stand; 0 for a command
 */
struct option {
	char letter;
	const char *name;
	enum value value;
	unsigned int lines;
};

static const struct option options[IPVSADM_OPTIONS] = {
	[IPVSADM_ADD_SERVICE] = { 'A', "add-service", VALUE_NONE, 0 },
	[IPVSADM_EDIT_SERVICE] = { 'E', "edit-service", VALUE_NONE, 0 },
	[IPVSADM_ADD_SERVER] = { 'a', "add-server", VALUE_NONE, 0 },
	[IPVSADM_EDIT_SERVER] = { 'e', "edit-server", VALUE_NONE, 0 },
	[IPVSADM_TCP] = { 't', "tcp-service", VALUE_NEEDED, ALL_LINES },
	[IPVSADM_UDP] = { 'u', "udp-service", VALUE_NEEDED, ALL_LINES },
	[IPVSADM_SCTP] = { 0, "sctp-service", VALUE_NEEDED, ALL_LINES },
	[IPVSADM_FWMARK] = { 'f', "fwmark-service", VALUE_NEEDED, ALL_LINES },
	[IPVSADM_IPV6] = { '6', "ipv6", VALUE_NONE, ALL_LINES },
	[IPVSADM_SCHEDULER] = { 's', "scheduler", VALUE_NEEDED, SERVICE_LINES },
	[IPVSADM_PERSISTENT] = { 'p', "persistent", VALUE_OPTIONAL, SERVICE_LINES },
	[IPVSADM_NETMASK] = { 'M', "netmask", VALUE_NEEDED, SERVICE_LINES },
	[IPVSADM_ENGINE] = { 0, "pe", VALUE_NEEDED, SERVICE_LINES },
	[IPVSADM_ONE_PACKET] = { 'o', "ops", VALUE_NONE, SERVICE_LINES },
	/* ipvsadm -S writes it without a value for flag-3 of sh and mh. */
	[IPVSADM_FLAGS] = { 'b', "sched-flags", VALUE_OPTIONAL, SERVICE_LINES },
	[IPVSADM_SERVER] = { 'r', "real-server", VALUE_NEEDED, SERVER_LINES },
	[IPVSADM_DIRECT] = { 'g', "gatewaying", VALUE_NONE, SERVER_LINES },
	[IPVSADM_NAT] = { 'm', "masquerading", VALUE_NONE, SERVER_LINES },
	[IPVSADM_TUNNEL] = { 'i', "ipip", VALUE_NONE, SERVER_LINES },
	[IPVSADM_WEIGHT] = { 'w', "weight", VALUE_NEEDED, SERVER_LINES },
	[IPVSADM_UPPER] = { 'x', "u-threshold", VALUE_NEEDED, SERVER_LINES },
	[IPVSADM_LOWER] = { 'y', "l-threshold", VALUE_NEEDED, SERVER_LINES },
	[IPVSADM_TUN_TYPE] = { 0, "tun-type", VALUE_NEEDED, SERVER_LINES },
	[IPVSADM_TUN_PORT] = { 0, "tun-port", VALUE_NEEDED, SERVER_LINES },
	[IPVSADM_TUN_NOCSUM] = { 0, "tun-nocsum", VALUE_NONE, SERVER_LINES },
	[IPVSADM_TUN_CSUM] = { 0, "tun-csum", VALUE_NONE, SERVER_LINES },
	[IPVSADM_TUN_REMCSUM] = { 0, "tun-remcsum", VALUE_NONE, SERVER_LINES },
};

/* Commands that a file cannot give, and why. */
static const struct {
	char letter;
	const char *name;
	const char *rule;
} refused[] = {
	{ 'C', "clear", "a file only adds, weir flush removes all services" },
	{ 'D', "delete-service", "a file only adds, weir service remove removes" },
	{ 'd', "delete-server", "a file only adds, weir server remove removes" },
	{ 'Z', "zero", "Weir's counters are never set to zero" },
	{ 0, "set", "in Weir timeouts are each service's: weir service set KEY timeout" },
	{ 0, "start-daemon", "Weir has no sync daemon" },
	{ 0, "stop-daemon", "Weir has no sync daemon" },
};

static const struct ipvsadm_hashing hashing[] = {
	{ "sh", "sh-fallback", "sh-port" },
	{ "mh", "mh-fallback", "mh-port" },
	{ "dh", NULL, NULL },
	{ NULL, NULL, NULL },
};

const struct ipvsadm_hashing *ipvsadm_hashing(const char *scheduler)
{
	const struct ipvsadm_hashing *found = hashing;

	while (found->scheduler && strcmp(found->scheduler, scheduler))
		found++;
	return found->scheduler ? found : NULL;
}

enum ipvsadm_option ipvsadm_method(enum weir_method method)
{
	switch (method) {
	case WEIR_METHOD_NAT:
	case WEIR_METHOD_FULLNAT:
		return IPVSADM_NAT;
	case WEIR_METHOD_TUNNEL:
		return IPVSADM_TUNNEL;
	case WEIR_METHOD_DIRECT:
	case WEIR_METHOD_LOCAL:
		break;
	}
	return IPVSADM_DIRECT;
}

char *ipvsadm_name(enum ipvsadm_option option, char *text)
{
	if (options[option].letter)
		snprintf(text, 32, "-%c", options[option].letter);
	else
		snprintf(text, 32, "--%s", options[option].name);
	return text;
}

static int refuse_command(const char *word, char letter, const char *name)
{
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (name ? !strcmp(refused[i].name, name) : letter && refused[i].letter == letter)
			return cli_usage(word, "%s", refused[i].rule);
	return CLI_DONE;
}

/* Tells a word that is no option, or the value that is too much. */
static int unknown_option(const char *word, char letter, const char *name)
{
	char names[IPVSADM_OPTIONS][32];
	const char *known[IPVSADM_OPTIONS];

	if (refuse_command(word, letter, name))
		return CLI_USAGE;
	if (letter)
		return cli_usage(word, "%c is no option of services and servers", letter);
	if (!name)
		return cli_usage(word, "options of ipvsadm begin with a hyphen");
	for (int i = 0; i < IPVSADM_OPTIONS; i++) {
		snprintf(names[i], sizeof(names[i]), "--%s", options[i].name);
		known[i] = names[i];
	}
	return cli_unknown(word, "an option of services and servers", known, IPVSADM_OPTIONS);
}

static int find_letter(char letter)
{
	int i = 0;

	while (i < IPVSADM_OPTIONS && options[i].letter != letter)
		i++;
	return i;
}

static int find_name(const char *name, size_t length)
{
	int i = 0;

	while (i < IPVSADM_OPTIONS &&
	       (strncmp(options[i].name, name, length) || options[i].name[length]))
		i++;
	return i;
}

/* Takes the first option, which is the command. */
static int take_command(const char *word, int option, struct ipvsadm_line *line)
{
	if (options[option].lines)
		return cli_usage(word, "a line begins with -A for a service or -a for a server");
	line->command = option;
	line->words[option] = word;
	return CLI_DONE;
}

/*
 * Takes an option that @word gives. @rest is what of the word follows it: its value, or
 * NULL if that is the next word.
 */
static int take_option(struct cli *cli, const char *word, int option, const char *rest,
		       struct ipvsadm_line *line)
{
	const struct option *taken = &options[option];

	if (taken->lines && !(taken->lines & 1U << line->command))
		return cli_usage(word, taken->lines & SERVER_LINES ?
					       "it is for servers, in lines of -a" :
					       "it is for services, in lines of -A");
	if (!taken->lines)
		return cli_usage(word, "a line has one command");
	if (line->words[option])
		return cli_usage(word, "given twice");
	if (!rest && taken->value != VALUE_NONE) {
		rest = cli_peek(cli);
		if (rest && (taken->value == VALUE_NEEDED || *rest != '-'))
			cli_next(cli);
		else
			rest = NULL;
		if (!rest && taken->value == VALUE_NEEDED)
			return cli_usage(word, "a value must follow");
	}
	line->words[option] = word;
	line->values[option] = rest;
	return CLI_DONE;
}

/* --name, --name value, --name=value */
static int take_long(struct cli *cli, const char *word, bool is_first, struct ipvsadm_line *line)
{
	size_t length = strcspn(word + 2, "=");
	const char *rest = word[2 + length] ? word + 2 + length + 1 : NULL;
	int option = find_name(word + 2, length);

	if (option == IPVSADM_OPTIONS)
		return unknown_option(word, 0, word + 2);
	if (rest && options[option].value == VALUE_NONE)
		return cli_usage(word, "it has no value");
	return is_first ? take_command(word, option, line) :
			  take_option(cli, word, option, rest, line);
}

/* -w 3, -w3, -w=3, and several without a value in one word: -om */
static int take_letters(struct cli *cli, const char *word, bool is_first,
			struct ipvsadm_line *line)
{
	for (const char *at = word + 1; *at; at++) {
		int option = find_letter(*at);
		const char *rest = NULL;
		int status;

		if (option == IPVSADM_OPTIONS)
			return unknown_option(word, *at, NULL);
		if (options[option].value != VALUE_NONE && at[1])
			rest = at + 1 + (at[1] == '=');
		status = is_first ? take_command(word, option, line) :
				    take_option(cli, word, option, rest, line);
		if (status || rest)
			return status;
		is_first = false;
	}
	return CLI_DONE;
}

int ipvsadm_split(struct cli *cli, struct ipvsadm_line *line)
{
	bool is_first = true;
	const char *word;

	memset(line, 0, sizeof(*line));
	while ((word = cli_next(cli))) {
		int status;

		if (!strncmp(word, "--", 2) && word[2])
			status = take_long(cli, word, is_first, line);
		else if (*word == '-' && word[1])
			status = take_letters(cli, word, is_first, line);
		else
			status = unknown_option(word, 0, NULL);
		if (status)
			return status;
		is_first = false;
	}
	return CLI_DONE;
}
