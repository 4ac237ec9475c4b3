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
		snprintf(what, sizeof(what), "%s %s", strchr("aeiou", *words->what) ? "an" : "a",
			 words->what);
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

int take_server_conns_max(struct cli *cli, const char *value, void *object)
{
	struct weir_server *server = object;

	(void)cli;
	if (!weir_parse_number(value, 0, WEIR_CONNS_LIMIT_MAX, &server->conns_max))
		return cli_usage(value, "conns-max is a whole number from 0 (no limit) to %u",
				 WEIR_CONNS_LIMIT_MAX);
	server->set |= WEIR_SERVER_SET_CONNS_MAX;
	return CLI_DONE;
}

int take_server_conns_resume(struct cli *cli, const char *value, void *object)
{
	struct weir_server *server = object;

	(void)cli;
	if (!weir_parse_number(value, 0, WEIR_CONNS_LIMIT_MAX, &server->conns_resume))
		return cli_usage(value,
				 "conns-resume is a whole number from 0 (three quarters of conns-max) to %u",
				 WEIR_CONNS_LIMIT_MAX);
	server->set |= WEIR_SERVER_SET_CONNS_RESUME;
	return CLI_DONE;
}

int take_tunnel(struct cli *cli, const char *value, void *object)
{
	struct weir_server *server = object;
	unsigned int tunnel = 0;

	(void)cli;
	if (take_word(value, &weir_tunnel_words, weir_tunnel_words.count, &tunnel))
		return CLI_USAGE;
	server->tunnel = tunnel;
	server->set |= WEIR_SERVER_SET_TUNNEL;
	return CLI_DONE;
}

int take_tunnel_port(struct cli *cli, const char *value, void *object)
{
	struct weir_server *server = object;
	uint32_t port;

	(void)cli;
	if (!weir_parse_number(value, 1, UINT16_MAX, &port))
		return cli_usage(value, "a port is a whole number from 1 to %u", UINT16_MAX);
	server->tunnel_port = (uint16_t)port;
	server->set |= WEIR_SERVER_SET_TUNNEL_PORT;
	return CLI_DONE;
}

int take_tunnel_checksum(struct cli *cli, const char *value, void *object)
{
	struct weir_server *server = object;
	unsigned int checksum = 0;

	(void)cli;
	if (take_word(value, &weir_tunnel_checksum_words, weir_tunnel_checksum_words.count,
		      &checksum))
		return CLI_USAGE;
	server->tunnel_checksum = checksum;
	server->set |= WEIR_SERVER_SET_TUNNEL_CHECKSUM;
	return CLI_DONE;
}
