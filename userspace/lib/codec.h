/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Plain structs to netlink attributes and back. No sockets here.
 */
#ifndef WEIR_CODEC_H
#define WEIR_CODEC_H

#include <netlink/msg.h>

#include "weir.h"
#include "weir_affinity.h"

/**
 * enum weir_message_has - which objects a message carries
 * @WEIR_HAS_SERVICE: &struct weir_message.service
 * @WEIR_HAS_SERVER: &struct weir_message.server
 * @WEIR_HAS_CONN: &struct weir_message.conn, but for its service and server
 * @WEIR_HAS_DROP: &struct weir_message.drop
 * @WEIR_HAS_NAMESPACE: &struct weir_message.ns
 * @WEIR_HAS_CHANGE: &struct weir_message.change
 * @WEIR_HAS_KILLED: &struct weir_message.killed
 * @WEIR_HAS_AFFINITY_ENTRY: &struct weir_message.affinity_entry, but for its service
 *	and server
 * @WEIR_HAS_REMOVED: &struct weir_message.removed
 */
enum weir_message_has {
	WEIR_HAS_SERVICE = 1 << 0,
	WEIR_HAS_SERVER = 1 << 1,
	WEIR_HAS_CONN = 1 << 2,
	WEIR_HAS_DROP = 1 << 3,
	WEIR_HAS_NAMESPACE = 1 << 4,
	WEIR_HAS_CHANGE = 1 << 5,
	WEIR_HAS_KILLED = 1 << 6,
	WEIR_HAS_AFFINITY_ENTRY = 1 << 7,
	WEIR_HAS_REMOVED = 1 << 8,
};

/**
 * struct weir_message - a message from the kernel, decoded
 * @command: WEIR_CMD_*
 * @has: enum weir_message_has bits: which of the others are filled
 * @service: the service
 * @server: the server; its service is @service's key
 * @conn: the connection; its service and server are those of the message
 * @drop: the drop reason
 * @ns: the namespace's totals and limits
 * @change: what happened to the object of an event
 * @killed: connections ended
 * @affinity_entry: the entry of affinity; its service and server are those of the
 *	message
 * @removed: entries of affinity removed
 */
struct weir_message {
	uint8_t command;
	unsigned int has;
	struct weir_service service;
	struct weir_server server;
	struct weir_conn conn;
	struct weir_drop drop;
	struct weir_namespace ns;
	enum weir_change change;
	uint32_t killed;
	struct weir_affinity_entry affinity_entry;
	uint32_t removed;
};

/**
 * weir_codec_put_key - appends a service nest with the key only
 * @msg: the request
 * @key: the service
 *
 * Return: 0 or -EMSGSIZE.
 */
int weir_codec_put_key(struct nl_msg *msg, const struct weir_service_key *key);

/**
 * weir_codec_put_service - appends a service nest: key and the options set
 * @msg: the request
 * @service: the service
 *
 * Return: 0 or -EMSGSIZE.
 */
int weir_codec_put_service(struct nl_msg *msg, const struct weir_service *service);

/**
 * weir_codec_put_affinity - appends a nest of affinity: what is in the set
 * @msg: the request, in a service nest
 * @affinity: the options
 *
 * Return: 0 or -EMSGSIZE.
 */
int weir_codec_put_affinity(struct nl_msg *msg, const struct weir_affinity *affinity);

/**
 * weir_codec_get_affinity - reads a nest of affinity
 * @nest: the nest, or NULL
 * @out: filled; as it was if there is no nest
 *
 * Return: 0 or -EBADMSG.
 */
int weir_codec_get_affinity(struct nlattr *nest, struct weir_affinity *out);

/**
 * weir_codec_put_server - appends a server nest: key and the attributes set
 * @msg: the request
 * @server: the server
 *
 * Return: 0 or -EMSGSIZE.
 */
int weir_codec_put_server(struct nl_msg *msg, const struct weir_server *server);

/**
 * weir_codec_service_room - room that a request with a service nest fits in
 * @service: the service
 *
 * Return: bytes; without that for local addresses if there are more than are sent.
 */
size_t weir_codec_service_room(const struct weir_service *service);

/**
 * weir_codec_put_filter - appends the nests of a connection filter
 * @msg: the request
 * @filter: what is zero in it is left out
 *
 * Return: 0 or -EMSGSIZE.
 */
int weir_codec_put_filter(struct nl_msg *msg, const struct weir_conn_filter *filter);

/**
 * weir_codec_put_affinity_filter - appends the nests of a filter for entries of affinity
 * @msg: the request
 * @filter: what is zero in it is left out
 *
 * Return: 0 or -EMSGSIZE.
 */
int weir_codec_put_affinity_filter(struct nl_msg *msg,
				   const struct weir_affinity_filter *filter);

/**
 * weir_codec_put_namespace - appends a namespace nest: what is in the set
 * @msg: the request
 * @ns: the namespace
 *
 * Return: 0 or -EMSGSIZE.
 */
int weir_codec_put_namespace(struct nl_msg *msg, const struct weir_namespace *ns);

/**
 * weir_codec_decode - reads a message of the kernel
 * @header: the message, nlmsg_len bytes of it readable
 * @out: filled
 *
 * Attributes this library does not know are passed over.
 *
 * Return: 0, or -EBADMSG for what no kernel with this family sends.
 */
int weir_codec_decode(struct nlmsghdr *header, struct weir_message *out);

/** WEIR_REQUEST_SIZE - room that any request fits in, but for servers and local addresses */
#define WEIR_REQUEST_SIZE 512

/** WEIR_SERVER_WIRE_MAX - most bytes weir_codec_put_server() appends */
#define WEIR_SERVER_WIRE_MAX 120

#endif /* WEIR_CODEC_H */
