/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values of keywords that several nouns know.
 */
#ifndef WEIR_TAKE_H
#define WEIR_TAKE_H

#include "cli.h"

/* The keywords of a server, for cli_keywords() with a struct weir_server. */
int take_method(struct cli *cli, const char *value, void *object);
int take_weight(struct cli *cli, const char *value, void *object);
int take_state(struct cli *cli, const char *value, void *object);
int take_policy(struct cli *cli, const char *value, void *object);
int take_deadline(struct cli *cli, const char *value, void *object);
int take_server_conns_max(struct cli *cli, const char *value, void *object);
int take_server_conns_resume(struct cli *cli, const char *value, void *object);
int take_tunnel(struct cli *cli, const char *value, void *object);
int take_tunnel_port(struct cli *cli, const char *value, void *object);
int take_tunnel_checksum(struct cli *cli, const char *value, void *object);

/* Those of them that a server has from its birth, as members of a table. */
#define METHOD_KEYWORD \
	{ "method", "direct, nat, tunnel, fullnat or local", "server.method", false, take_method }
#define WEIGHT_KEYWORD { "weight", "N", "server.weight", false, take_weight }
#define CONNS_KEYWORDS                                                                  \
	{ "conns-max", "N", "server.conns-max", false, take_server_conns_max },         \
	{ "conns-resume", "N", "server.conns-resume", false, take_server_conns_resume }
#define TUNNEL_KEYWORDS                                                               \
	{ "tunnel", "ipip, gue or gre", "server.tunnel", false, take_tunnel },          \
	{ "tunnel-port", "PORT", "server.tunnel-port", false, take_tunnel_port },       \
	{ "tunnel-checksum", "off, on or remote", "server.tunnel-checksum", false,      \
	  take_tunnel_checksum }

/* The same, as usage spells them. */
#define METHOD_USAGE "[method direct|nat|tunnel|fullnat|local]"
#define CONNS_USAGE "[conns-max N] [conns-resume N]"
#define TUNNEL_USAGE \
	"[tunnel ipip|gue|gre] [tunnel-port PORT] [tunnel-checksum off|on|remote]"

/* The keywords of affinity, for cli_keywords() with a struct weir_service. */
int take_affinity(struct cli *cli, const char *value, void *object);
int take_affinity_mask(struct cli *cli, const char *value, void *object);
int take_affinity_by(struct cli *cli, const char *value, void *object);
int take_affinity_weightless(struct cli *cli, const char *value, void *object);
int take_affinity_limit(struct cli *cli, const char *value, void *object);

/* The keywords of service add and set, and of server set. */
extern const struct keyword service_keywords[];
extern const struct keyword server_set_keywords[];

/**
 * take_word - reads a word of an enumeration
 * @value: the word
 * @words: the enumeration
 * @count: how many of its words are allowed, from the first
 * @out: the value
 *
 * Return: CLI_DONE or CLI_USAGE.
 */
int take_word(const char *value, const struct weir_words *words, unsigned int count,
	      unsigned int *out);

/**
 * take_switch - reads on or off
 * @value: the word
 * @what: what is switched, e.g. "conntrack"
 * @out: true for on
 *
 * Return: CLI_DONE or CLI_USAGE.
 */
int take_switch(const char *value, const char *what, bool *out);

/**
 * take_duration - reads a duration
 * @value: the word
 * @what: what it is for, e.g. "a timeout"
 * @min: shortest allowed, milliseconds
 * @max: longest allowed, milliseconds
 * @out: milliseconds
 *
 * Return: CLI_DONE or CLI_USAGE.
 */
int take_duration(const char *value, const char *what, uint32_t min, uint32_t max,
		  uint32_t *out);

#endif /* WEIR_TAKE_H */
