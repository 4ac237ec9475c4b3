/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libweir: Weir's control interface as plain structs and calls.
 *
 * Numbers are in host order, addresses in network order as struct in_addr and
 * struct in6_addr hold them, durations in milliseconds. Calls return 0 or a
 * negative errno; weir_last_error() tells the rest. A handle belongs to one
 * thread at a time and to the network namespace it was opened in.
 */
#ifndef WEIR_WEIR_H
#define WEIR_WEIR_H

#include <stddef.h>
#include <stdint.h>

#include "weir_types.h"

#ifdef __cplusplus
extern "C" {
#endif

struct weir;
struct weir_monitor;

/** WEIR_INTERRUPTED - a list changed while it was read: objects may be missing */
#define WEIR_INTERRUPTED 1

/**
 * weir_open - connects to the kernel
 * @out: the handle; NULL only with -ENOMEM, so that weir_last_error() can be
 *	asked after a failure too
 *
 * Return: 0; -ENOENT if weir.ko is not loaded; -ENOMEM; what socket() gives.
 */
int weir_open(struct weir **out);

/**
 * weir_close - frees a handle
 * @weir: the handle or NULL
 */
void weir_close(struct weir *weir);

/**
 * weir_last_error - why the last call on a handle failed
 * @weir: the handle
 *
 * Return: valid until the next call on the handle.
 */
const struct weir_error *weir_last_error(const struct weir *weir);

/**
 * weir_service_add - adds a service
 * @weir: the handle
 * @service: key and the options in its set
 *
 * Return: 0 or negative errno, -EEXIST if the key is taken.
 */
int weir_service_add(struct weir *weir, const struct weir_service *service);

/**
 * weir_service_set - changes the options in the set, keeps the others
 * @weir: the handle
 * @service: key and options
 *
 * Return: 0 or negative errno, -ENOENT if there is no such service.
 */
int weir_service_set(struct weir *weir, const struct weir_service *service);

/**
 * weir_service_remove - removes a service, its servers and its connections
 * @weir: the handle
 * @key: the service
 *
 * Return: 0 or negative errno, -ENOENT if there is no such service.
 */
int weir_service_remove(struct weir *weir, const struct weir_service_key *key);

/**
 * weir_service_replace - makes an array the whole server set of a service
 * @weir: the handle
 * @key: the service; that of the servers is not looked at
 * @servers: the servers
 * @count: their number; with 0 the service is left without servers
 *
 * Return: 0 or negative errno; after an error nothing has changed.
 */
int weir_service_replace(struct weir *weir, const struct weir_service_key *key,
			 const struct weir_server *servers, size_t count);

/** typedef weir_service_fn - takes a service of a list; not 0 ends the list */
typedef int weir_service_fn(const struct weir_service *service, void *arg);
/** typedef weir_server_fn - takes a server of a list; not 0 ends the list */
typedef int weir_server_fn(const struct weir_server *server, void *arg);
/** typedef weir_conn_fn - takes a connection of a list; not 0 ends the list */
typedef int weir_conn_fn(const struct weir_conn *conn, void *arg);
/** typedef weir_drop_fn - takes a drop reason of a list; not 0 ends the list */
typedef int weir_drop_fn(const struct weir_drop *drop, void *arg);
/** typedef weir_event_fn - takes an event; not 0 ends weir_monitor_read() */
typedef int weir_event_fn(const struct weir_event *event, void *arg);

/**
 * weir_service_list - hands each service to a function
 * @weir: the handle; the function must not use it
 * @key: one service only, or NULL for all
 * @fn: called for each; what it returns, if not 0, is returned at the end
 * @arg: for @fn
 *
 * Return: 0, WEIR_INTERRUPTED, what @fn returned, or negative errno.
 */
int weir_service_list(struct weir *weir, const struct weir_service_key *key,
		      weir_service_fn *fn, void *arg);

/**
 * weir_service_collect - reads services into an array
 * @weir: the handle
 * @key: one service only, or NULL for all
 * @out: the array, to be freed with free(); NULL if there are none
 * @count: their number
 *
 * A list that was interrupted is read again, a few times.
 *
 * Return: 0 or negative errno, -EAGAIN if the list changes all the time.
 */
int weir_service_collect(struct weir *weir, const struct weir_service_key *key,
			 struct weir_service **out, size_t *count);

/**
 * weir_server_add - adds a server to its service
 * @weir: the handle
 * @server: service, address and port, and the attributes in its set
 *
 * Return: 0 or negative errno, -EEXIST if the service has this server.
 */
int weir_server_add(struct weir *weir, const struct weir_server *server);

/**
 * weir_server_set - changes the attributes in the set, keeps the others
 * @weir: the handle
 * @server: service, address and port, and attributes
 *
 * Return: 0 or negative errno, -ENOENT if there is no such server.
 */
int weir_server_set(struct weir *weir, const struct weir_server *server);

/**
 * weir_server_remove - removes a server
 * @weir: the handle
 * @server: service, address and port; policy and deadline if in its set
 *
 * Return: 0 or negative errno, -ENOENT if there is no such server.
 */
int weir_server_remove(struct weir *weir, const struct weir_server *server);

/**
 * weir_server_list - hands each server to a function
 * @weir: the handle; the function must not use it
 * @key: the servers of one service only, or NULL for all
 * @fn: called for each; what it returns, if not 0, is returned at the end
 * @arg: for @fn
 *
 * Return: 0, WEIR_INTERRUPTED, what @fn returned, or negative errno.
 */
int weir_server_list(struct weir *weir, const struct weir_service_key *key,
		     weir_server_fn *fn, void *arg);

/**
 * weir_server_collect - reads servers into an array
 * @weir: the handle
 * @key: the servers of one service only, or NULL for all
 * @out: the array, to be freed with free(); NULL if there are none
 * @count: their number
 *
 * A list that was interrupted is read again, a few times.
 *
 * Return: 0 or negative errno, -EAGAIN if the list changes all the time.
 */
int weir_server_collect(struct weir *weir, const struct weir_service_key *key,
			struct weir_server **out, size_t *count);

/**
 * weir_conn_list - hands each connection to a function as it arrives
 * @weir: the handle; the function must not use it
 * @filter: which ones, or NULL for all
 * @fn: called for each; what it returns, if not 0, is returned at the end
 * @arg: for @fn
 *
 * Return: 0, WEIR_INTERRUPTED, what @fn returned, or negative errno.
 */
int weir_conn_list(struct weir *weir, const struct weir_conn_filter *filter,
		   weir_conn_fn *fn, void *arg);

/**
 * weir_conn_kill - ends connections
 * @weir: the handle
 * @filter: which ones, or NULL for all
 * @killed: how many were ended, or NULL
 *
 * Return: 0 or negative errno.
 */
int weir_conn_kill(struct weir *weir, const struct weir_conn_filter *filter,
		   uint32_t *killed);

/**
 * weir_drop_list - hands each drop reason to a function, zeroes too
 * @weir: the handle; the function must not use it
 * @fn: called for each; what it returns, if not 0, is returned at the end
 * @arg: for @fn
 *
 * Return: 0, WEIR_INTERRUPTED, what @fn returned, or negative errno.
 */
int weir_drop_list(struct weir *weir, weir_drop_fn *fn, void *arg);

/**
 * weir_namespace_get - reads totals and limits
 * @weir: the handle
 * @out: filled
 *
 * Return: 0 or negative errno.
 */
int weir_namespace_get(struct weir *weir, struct weir_namespace *out);

/**
 * weir_namespace_set - changes what is in the set, keeps the others
 * @weir: the handle
 * @ns: limits and switches
 *
 * Return: 0 or negative errno.
 */
int weir_namespace_set(struct weir *weir, const struct weir_namespace *ns);

/**
 * weir_flush - removes all services
 * @weir: the handle
 *
 * Return: 0 or negative errno.
 */
int weir_flush(struct weir *weir);

/**
 * weir_monitor_open - subscribes to events
 * @weir: the handle, which stays free for requests; it takes the errors
 * @out: the subscription
 *
 * Return: 0 or negative errno.
 */
int weir_monitor_open(struct weir *weir, struct weir_monitor **out);

/**
 * weir_monitor_close - ends a subscription
 * @monitor: the subscription or NULL
 */
void weir_monitor_close(struct weir_monitor *monitor);

/**
 * weir_monitor_fd - the file to poll for POLLIN
 * @monitor: the subscription
 *
 * Return: file descriptor, owned by the subscription, non-blocking.
 */
int weir_monitor_fd(const struct weir_monitor *monitor);

/**
 * weir_monitor_read - hands the events that have come to a function
 * @monitor: the subscription
 * @fn: called for each
 * @arg: for @fn
 *
 * Return: 0, also when nothing had come; WEIR_INTERRUPTED if events were lost
 * because they came faster than they were read; what @fn returned; negative
 * errno.
 */
int weir_monitor_read(struct weir_monitor *monitor, weir_event_fn *fn, void *arg);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_WEIR_H */
