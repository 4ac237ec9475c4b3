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

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/weir.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir;
struct weir_monitor;

/**
 * struct weir_addr - an IPv4 or IPv6 address
 * @family: AF_INET, AF_INET6, or 0 for none
 * @bytes: network order; IPv4 uses the first four, the others are 0
 */
struct weir_addr {
	int family;
	uint8_t bytes[16];
};

/**
 * struct weir_endpoint - an address and a port
 * @addr: the address
 * @port: host order; 0 is none
 */
struct weir_endpoint {
	struct weir_addr addr;
	uint16_t port;
};

/**
 * struct weir_service_key - what names a service
 * @protocol: IPPROTO_TCP or IPPROTO_UDP
 * @at: where clients connect to
 */
struct weir_service_key {
	uint8_t protocol;
	struct weir_endpoint at;
};

/**
 * struct weir_stats - counters since the object was created
 * @conns: connections created
 * @packets_in: packets from clients
 * @bytes_in: bytes from clients, network headers included
 * @packets_out: packets from servers that came through the director
 * @bytes_out: bytes from servers that came through the director
 * @packets_fast: those of @packets_in and @packets_out that took the fast path
 */
struct weir_stats {
	uint64_t conns;
	uint64_t packets_in;
	uint64_t bytes_in;
	uint64_t packets_out;
	uint64_t bytes_out;
	uint64_t packets_fast;
};

/**
 * enum weir_timeout - index of &struct weir_service.timeouts
 * @WEIR_TIMEOUT_TCP_SYN: handshake not complete
 * @WEIR_TIMEOUT_TCP_ESTABLISHED: established
 * @WEIR_TIMEOUT_TCP_FIN: one side has closed
 * @WEIR_TIMEOUT_TCP_CLOSED: both sides have closed, or a RST was seen
 * @WEIR_TIMEOUT_UDP: UDP
 * @WEIR_TIMEOUTS: number of them
 */
enum weir_timeout {
	WEIR_TIMEOUT_TCP_SYN,
	WEIR_TIMEOUT_TCP_ESTABLISHED,
	WEIR_TIMEOUT_TCP_FIN,
	WEIR_TIMEOUT_TCP_CLOSED,
	WEIR_TIMEOUT_UDP,
	WEIR_TIMEOUTS,
};

/**
 * enum weir_service_set - which options of a service are given
 * @WEIR_SERVICE_SET_SCHEDULER: the scheduler
 * @WEIR_SERVICE_SET_MIDSTREAM: the answer to packets without a connection
 * @WEIR_SERVICE_SET_CONNTRACK: whether conntrack sees the packets
 * @WEIR_SERVICE_SET_FAST: whether flows may take the fast path
 * @WEIR_SERVICE_SET_HOOK: where first packets are met
 * @WEIR_SERVICE_SET_TIMEOUT: first of WEIR_TIMEOUTS bits, shift it by the index
 */
enum weir_service_set {
	WEIR_SERVICE_SET_SCHEDULER = 1 << 0,
	WEIR_SERVICE_SET_MIDSTREAM = 1 << 1,
	WEIR_SERVICE_SET_CONNTRACK = 1 << 2,
	WEIR_SERVICE_SET_FAST = 1 << 3,
	WEIR_SERVICE_SET_HOOK = 1 << 4,
	WEIR_SERVICE_SET_TIMEOUT = 1 << 5,
};

/**
 * struct weir_service - a service
 * @set: enum weir_service_set bits: the options a request carries, or the
 *	kernel's answer held
 * @key: its name
 * @scheduler: name of the scheduler
 * @midstream: what TCP without a connection gets
 * @conntrack: conntrack sees its packets
 * @fast: its established flows may take the fast path
 * @hook: where the first packets of its connections are met
 * @timeouts: milliseconds, by enum weir_timeout
 * @servers: number of servers, removed ones left out; answers only
 * @active: TCP connections up to established, UDP flows; answers only
 * @inactive: other connections; answers only
 * @stats: sum over all servers it ever had; answers only
 */
struct weir_service {
	unsigned int set;
	struct weir_service_key key;
	char scheduler[WEIR_SCHEDULER_NAME_SIZE];
	enum weir_midstream midstream;
	bool conntrack;
	bool fast;
	enum weir_hook hook;
	uint32_t timeouts[WEIR_TIMEOUTS];
	uint32_t servers;
	uint32_t active;
	uint32_t inactive;
	struct weir_stats stats;
};

/**
 * enum weir_server_set - which attributes of a server are given
 * @WEIR_SERVER_SET_METHOD: the method
 * @WEIR_SERVER_SET_WEIGHT: the weight
 * @WEIR_SERVER_SET_STATE: the state
 * @WEIR_SERVER_SET_POLICY: the policy
 * @WEIR_SERVER_SET_DEADLINE: the deadline
 */
enum weir_server_set {
	WEIR_SERVER_SET_METHOD = 1 << 0,
	WEIR_SERVER_SET_WEIGHT = 1 << 1,
	WEIR_SERVER_SET_STATE = 1 << 2,
	WEIR_SERVER_SET_POLICY = 1 << 3,
	WEIR_SERVER_SET_DEADLINE = 1 << 4,
};

/**
 * struct weir_server - a server of one service
 * @set: enum weir_server_set bits: the attributes a request carries, or the
 *	kernel's answer held
 * @service: its service
 * @at: its address and port
 * @method: how packets reach it
 * @weight: 0 to WEIR_WEIGHT_MAX
 * @state: whether it takes part
 * @policy: what existing connections get while it is down or after its removal
 * @deadline: milliseconds until drain becomes reset; 0 is none
 * @active: TCP connections up to established, UDP flows; answers only
 * @inactive: other connections; answers only
 * @stats: answers only
 */
struct weir_server {
	unsigned int set;
	struct weir_service_key service;
	struct weir_endpoint at;
	enum weir_method method;
	uint32_t weight;
	enum weir_server_state state;
	enum weir_policy policy;
	uint32_t deadline;
	uint32_t active;
	uint32_t inactive;
	struct weir_stats stats;
};

/**
 * struct weir_conn - a connection
 * @service: its service
 * @server: its server
 * @client: its client
 * @method: how packets reach the server
 * @state: state of TCP; WEIR_TCP_STATE_NONE for UDP
 * @expires: milliseconds until it is collected if no packet comes
 * @fast_request: packets from the client may take the fast path
 * @fast_reply: packets from the server may take the fast path
 */
struct weir_conn {
	struct weir_service_key service;
	struct weir_endpoint server;
	struct weir_endpoint client;
	enum weir_method method;
	enum weir_tcp_state state;
	uint32_t expires;
	bool fast_request;
	bool fast_reply;
};

/**
 * struct weir_conn_filter - which connections are meant; all zero is all
 * @service: protocol 0 is any service
 * @server: family 0 is any server, port 0 any port
 * @client: family 0 is any client, port 0 any port
 */
struct weir_conn_filter {
	struct weir_service_key service;
	struct weir_endpoint server;
	struct weir_endpoint client;
};

/**
 * struct weir_drop - a drop reason and how often it struck
 * @reason: number of the reason
 * @name: its name as the kernel gives it
 * @packets: packets dropped
 */
struct weir_drop {
	uint32_t reason;
	char name[WEIR_DROP_NAME_SIZE];
	uint64_t packets;
};

/**
 * enum weir_namespace_set - what of a namespace is given
 * @WEIR_NAMESPACE_SET_CONNS_MAX: the limit of connections
 * @WEIR_NAMESPACE_SET_FAST: whether services may use the fast path
 */
enum weir_namespace_set {
	WEIR_NAMESPACE_SET_CONNS_MAX = 1 << 0,
	WEIR_NAMESPACE_SET_FAST = 1 << 1,
};

/**
 * struct weir_namespace - totals and limits of a network namespace
 * @set: enum weir_namespace_set bits: what a request carries, or the kernel's
 *	answer held
 * @conns_max: most connections held at once, at least 1
 * @fast: services may use the fast path; those with WEIR_HOOK_INGRESS do anyway
 * @conns: connections held; answers only
 * @services: number of services; answers only
 * @stats: sum over all services it ever had; answers only
 */
struct weir_namespace {
	unsigned int set;
	uint32_t conns_max;
	bool fast;
	uint32_t conns;
	uint32_t services;
	struct weir_stats stats;
};

/**
 * struct weir_event - something changed
 * @change: what happened to the object
 * @is_server: the object is @server, else it is @service
 * @service: the service; for a server's event only its key
 * @server: the server, if @is_server
 */
struct weir_event {
	enum weir_change change;
	bool is_server;
	struct weir_service service;
	struct weir_server server;
};

/**
 * struct weir_error - why the last call failed
 * @code: positive errno
 * @message: a sentence, the kernel's own where it gave one
 * @attribute: path of the attribute at fault, e.g. "server.weight", or ""
 * @index: which one of several attributes of that name, from 0
 */
struct weir_error {
	int code;
	char message[256];
	char attribute[64];
	unsigned int index;
};

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
