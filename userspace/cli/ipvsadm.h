/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of ipvsadm beside those of Weir, for import and export, and a line of
 * ipvsadm taken apart. Nothing here talks to the kernel.
 */
#ifndef WEIR_IPVSADM_H
#define WEIR_IPVSADM_H

#include "cli.h"

/**
 * enum ipvsadm_option - an option, by its place in the table
 * @IPVSADM_ADD_SERVICE: -A
 * @IPVSADM_EDIT_SERVICE: -E
 * @IPVSADM_ADD_SERVER: -a
 * @IPVSADM_EDIT_SERVER: -e
 * @IPVSADM_TCP: -t, and so on in this order the kinds of services
 * @IPVSADM_UDP: -u
 * @IPVSADM_SCTP: --sctp-service
 * @IPVSADM_FWMARK: -f
 * @IPVSADM_IPV6: -6
 * @IPVSADM_SCHEDULER: -s
 * @IPVSADM_PERSISTENT: -p
 * @IPVSADM_NETMASK: -M
 * @IPVSADM_ENGINE: --pe
 * @IPVSADM_ONE_PACKET: -o
 * @IPVSADM_FLAGS: -b
 * @IPVSADM_SERVER: -r
 * @IPVSADM_DIRECT: -g, and so on in this order the methods
 * @IPVSADM_NAT: -m
 * @IPVSADM_TUNNEL: -i
 * @IPVSADM_WEIGHT: -w
 * @IPVSADM_UPPER: -x
 * @IPVSADM_LOWER: -y
 * @IPVSADM_TUN_TYPE: --tun-type
 * @IPVSADM_TUN_PORT: --tun-port
 * @IPVSADM_TUN_NOCSUM: --tun-nocsum, and so on in this order the checksums
 * @IPVSADM_TUN_CSUM: --tun-csum
 * @IPVSADM_TUN_REMCSUM: --tun-remcsum
 * @IPVSADM_OPTIONS: their number
 */
enum ipvsadm_option {
	IPVSADM_ADD_SERVICE,
	IPVSADM_EDIT_SERVICE,
	IPVSADM_ADD_SERVER,
	IPVSADM_EDIT_SERVER,
	IPVSADM_TCP,
	IPVSADM_UDP,
	IPVSADM_SCTP,
	IPVSADM_FWMARK,
	IPVSADM_IPV6,
	IPVSADM_SCHEDULER,
	IPVSADM_PERSISTENT,
	IPVSADM_NETMASK,
	IPVSADM_ENGINE,
	IPVSADM_ONE_PACKET,
	IPVSADM_FLAGS,
	IPVSADM_SERVER,
	IPVSADM_DIRECT,
	IPVSADM_NAT,
	IPVSADM_TUNNEL,
	IPVSADM_WEIGHT,
	IPVSADM_UPPER,
	IPVSADM_LOWER,
	IPVSADM_TUN_TYPE,
	IPVSADM_TUN_PORT,
	IPVSADM_TUN_NOCSUM,
	IPVSADM_TUN_CSUM,
	IPVSADM_TUN_REMCSUM,
	IPVSADM_OPTIONS,
};

/**
 * struct ipvsadm_line - a line taken apart
 * @command: one of the first four options
 * @words: by option, the word that gives it; NULL if none does
 * @values: by option, its value; NULL if it has none
 */
struct ipvsadm_line {
	enum ipvsadm_option command;
	const char *words[IPVSADM_OPTIONS];
	const char *values[IPVSADM_OPTIONS];
};

/**
 * ipvsadm_split - takes a line of ipvsadm apart
 * @cli: the words of the line
 * @line: filled; it points into the words
 *
 * Return: CLI_DONE or CLI_USAGE.
 */
int ipvsadm_split(struct cli *cli, struct ipvsadm_line *line);

/**
 * ipvsadm_read_key - the service that a line is about
 * @line: the line
 * @key: filled
 *
 * Return: CLI_DONE or CLI_USAGE.
 */
int ipvsadm_read_key(const struct ipvsadm_line *line, struct weir_service_key *key);

/**
 * ipvsadm_read_service - the options of a service
 * @line: a line of -A or -E
 * @service: its key is known; all that IPVS has a word for is filled
 *
 * Return: CLI_DONE or CLI_USAGE.
 */
int ipvsadm_read_service(const struct ipvsadm_line *line, struct weir_service *service);

/**
 * ipvsadm_read_server - a server
 * @line: a line of -a or -e
 * @service: its service
 * @server: filled
 *
 * Return: CLI_DONE or CLI_USAGE.
 */
int ipvsadm_read_server(const struct ipvsadm_line *line, const struct weir_service *service,
			struct weir_server *server);

/**
 * ipvsadm_read_endpoint - an address and a port as ipvsadm writes them
 * @word: 192.0.2.1:80, [2001:db8::1]:80, or names instead of numbers
 * @protocol: whose names ports have
 * @out: filled; port 0 if none is given
 *
 * Return: CLI_DONE or CLI_USAGE.
 */
int ipvsadm_read_endpoint(const char *word, uint8_t protocol, struct weir_endpoint *out);

/**
 * ipvsadm_method - the option of a method
 * @method: the method
 *
 * Return: the option, that of the nearest method for those IPVS has not.
 */
enum ipvsadm_option ipvsadm_method(enum weir_method method);

/**
 * ipvsadm_name - how ipvsadm -S writes an option
 * @option: the option
 * @text: 32 bytes
 *
 * Return: @text.
 */
char *ipvsadm_name(enum ipvsadm_option option, char *text);

/**
 * struct ipvsadm_hashing - the words for how a scheduler hashes
 * @scheduler: the scheduler; NULL ends the table
 * @fallback: the flag for &struct weir_service.fallback, or NULL
 * @hash_port: the flag for &struct weir_service.hash_port, or NULL
 */
struct ipvsadm_hashing {
	const char *scheduler;
	const char *fallback;
	const char *hash_port;
};

/**
 * ipvsadm_hashing - how a scheduler hashes
 * @scheduler: its name
 *
 * Return: the words for it, or NULL if it does not hash.
 */
const struct ipvsadm_hashing *ipvsadm_hashing(const char *scheduler);

#endif /* WEIR_IPVSADM_H */
