// SPDX-License-Identifier: GPL-2.0-only
/* Values of keywords that several nouns know. */
#include "take.h"

#include <stdio.h>
#include <string.h>

int take_word(const char *value, const struct weir_words *words, unsigned int count,
	      unsigned int *out)
{
	int found = weir_word_find(words, value);
	char what[64];

	if (found < 0 || (unsigned int)found >= count) {
		snprintf(what, sizeof(what), "a %s", words->what);
		return cli_unknown(value, what, words->words, count);
	}
	*out = (unsigned int)found;
	return CLI_DONE;
}

int take_switch(const char *value, const char *what, bool *out)
{
	if (strcmp(value, "on") && strcmp(value, "off"))
		return cli_usage(value, "%s is on or off", what);
	*out = !strcmp(value, "on");
	return CLI_DONE;
}

int take_duration(const char *value, const char *what, uint32_t min, uint32_t max,
		  uint32_t *out)
{
	const char *rule = weir_parse_duration(value, out);
	char shortest[WEIR_TEXT_SIZE], longest[WEIR_TEXT_SIZE];

	if (rule)
		return cli_usage(value, "%s", rule);
	if (*out < min || *out > max)
		return cli_usage(value, "%s is from %s to %s", what,
				 weir_format_duration(min, shortest),
				 weir_format_duration(max, longest));
	return CLI_DONE;
}

int take_method(struct cli *cli, const char *value, void *object)
{
	struct weir_server *server = object;
	unsigned int method = 0;

	(void)cli;
	if (take_word(value, &weir_method_words, weir_method_words.count, &method))
		return CLI_USAGE;
	server->method = method;
	server->set |= WEIR_SERVER_SET_METHOD;
	return CLI_DONE;
}

int take_weight(struct cli *cli, const char *value, void *object)
{
	struct weir_server *server = object;

	(void)cli;
	if (!weir_parse_number(value, 0, WEIR_WEIGHT_MAX, &server->weight))
		return cli_usage(value, "a weight is a whole number from 0 to %u",
				 WEIR_WEIGHT_MAX);
	server->set |= WEIR_SERVER_SET_WEIGHT;
	return CLI_DONE;
}

int take_state(struct cli *cli, const char *value, void *object)
{
	struct weir_server *server = object;
	unsigned int state = 0;

	(void)cli;
	if (take_word(value, &weir_server_state_words, WEIR_SERVER_STATE_DOWN + 1, &state))
		return CLI_USAGE;
	server->state = state;
	server->set |= WEIR_SERVER_SET_STATE;
	return CLI_DONE;
}

int take_policy(struct cli *cli, const char *value, void *object)
{
	struct weir_server *server = object;
	unsigned int policy = 0;

	(void)cli;
	if (take_word(value, &weir_policy_words, weir_policy_words.count, &policy))
		return CLI_USAGE;
	server->policy = policy;
	server->set |= WEIR_SERVER_SET_POLICY;
	return CLI_DONE;
}

int take_deadline(struct cli *cli, const char *value, void *object)
{
	struct weir_server *server = object;

	(void)cli;
	if (take_duration(value, "a deadline", 0, WEIR_TIMEOUT_MAX_MS, &server->deadline))
		return CLI_USAGE;
	server->set |= WEIR_SERVER_SET_DEADLINE;
	return CLI_DONE;
}
