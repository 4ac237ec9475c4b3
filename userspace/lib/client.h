/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The socket: sends a request, hands out what comes back decoded, notes errors.
 * Knows nothing of services or servers.
 */
#ifndef WEIR_CLIENT_H
#define WEIR_CLIENT_H

#include <netlink/msg.h>
#include <netlink/netlink.h>

#include "codec.h"

/**
 * struct weir - a handle
 * @socket: connected to generic netlink
 * @family: id of the family
 * @error: why the last call failed
 */
struct weir {
	struct nl_sock *socket;
	int family;
	struct weir_error error;
};

/** typedef weir_message_fn - takes a decoded answer; not 0 mutes the rest */
typedef int weir_message_fn(const struct weir_message *message, void *arg);

/**
 * weir_request_create - starts a request
 * @weir: the handle; takes the error
 * @command: WEIR_CMD_*
 * @flags: NLM_F_DUMP or 0
 * @size: room for attributes
 *
 * Return: the request, or NULL without memory.
 */
struct nl_msg *weir_request_create(struct weir *weir, uint8_t command, int flags, size_t size);

/**
 * weir_request_send - sends a request and reads its whole answer
 * @weir: the handle; takes the error
 * @request: freed in every case; NULL gives -ENOMEM
 * @fn: called for each message of the answer; NULL if there is nothing to read
 * @arg: for @fn
 *
 * Return: 0, WEIR_INTERRUPTED, what @fn returned, or negative errno.
 */
int weir_request_send(struct weir *weir, struct nl_msg *request, weir_message_fn *fn, void *arg);

/**
 * weir_request_fill - sends a request unless building it failed
 * @weir: the handle; takes the error
 * @request: freed in every case
 * @built: what the codec returned
 *
 * Return: as weir_request_send() without a function.
 */
int weir_request_fill(struct weir *weir, struct nl_msg *request, int built);

/**
 * weir_socket_open - a socket as this library wants it
 * @error: takes the error
 * @out: the socket
 *
 * Return: 0 or negative errno.
 */
int weir_socket_open(struct weir_error *error, struct nl_sock **out);

/**
 * weir_error_netlink - notes an error of libnl
 * @error: filled
 * @code: negative NLE_*
 *
 * Return: negative errno.
 */
int weir_error_netlink(struct weir_error *error, int code);

#endif /* WEIR_CLIENT_H */
