/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	tools/netlink/weir.yaml */
/* To regenerate run: tools/netlink/gen */

#ifndef _UAPI_LINUX_WEIR_H
#define _UAPI_LINUX_WEIR_H

#define WEIR_FAMILY_NAME	"weir"
#define WEIR_FAMILY_VERSION	1

#define WEIR_SCHEDULER_NAME_SIZE	16
#define WEIR_DROP_NAME_SIZE		32
#define WEIR_WEIGHT_MAX			65535
#define WEIR_TIMEOUT_MAX_MS		604800000
#define WEIR_TIMEOUT_MIN_MS		1000
#define WEIR_SERVERS_MAX		4096

/**
 * enum weir_method - How packets reach a server.
 * @WEIR_METHOD_DIRECT: Only the destination MAC changes (DR). The server owns
 *   the service's address itself and answers the client past the director.
 * @WEIR_METHOD_NAT: The destination is rewritten to the server's address and
 *   port; replies come back through the director.
 */
enum weir_method {
	WEIR_METHOD_DIRECT,
	WEIR_METHOD_NAT,
};

/**
 * enum weir_midstream - What a TCP packet gets that is no SYN and belongs to
 *   no connection.
 * @WEIR_MIDSTREAM_PASS: It goes on to the host's own stack.
 * @WEIR_MIDSTREAM_RESET: It is answered by RST.
 * @WEIR_MIDSTREAM_DROP: It is dropped.
 */
enum weir_midstream {
	WEIR_MIDSTREAM_PASS,
	WEIR_MIDSTREAM_RESET,
	WEIR_MIDSTREAM_DROP,
};

/**
 * enum weir_hook - Where the first packets of a service's connections are met.
 * @WEIR_HOOK_HOST: Where they reach the host, after its firewall has judged
 *   them. The service's address is one of the host's own.
 * @WEIR_HOOK_INGRESS: As they enter a device, before IP input, firewall and
 *   conntrack, which never see the flow. The address need not be the host's
 *   own.
 */
enum weir_hook {
	WEIR_HOOK_HOST,
	WEIR_HOOK_INGRESS,
};

/**
 * enum weir_policy - What the existing connections of a server get that is
 *   down or was removed. New connections never go to such a server.
 * @WEIR_POLICY_DRAIN: They go on, until the deadline if one is given; after it
 *   they get what reset gives. UDP flows of a removed server move at once.
 * @WEIR_POLICY_RESET: The next TCP packet is answered by RST, the next UDP
 *   packet is scheduled to another server.
 * @WEIR_POLICY_KEEP: They go on until they end by themselves, UDP flows too.
 */
enum weir_policy {
	WEIR_POLICY_DRAIN,
	WEIR_POLICY_RESET,
	WEIR_POLICY_KEEP,
};

/**
 * enum weir_server_state - Whether a server takes part.
 * @WEIR_SERVER_STATE_UP: Takes new connections, if its weight is not 0.
 * @WEIR_SERVER_STATE_DOWN: Takes no new connections; its policy says what old
 *   ones get.
 * @WEIR_SERVER_STATE_REMOVED: No longer a server of the service; listed for as
 *   long as connections remain. Only the kernel sets it.
 */
enum weir_server_state {
	WEIR_SERVER_STATE_UP,
	WEIR_SERVER_STATE_DOWN,
	WEIR_SERVER_STATE_REMOVED,
};

/**
 * enum weir_change - What an event tells of its object.
 * @WEIR_CHANGE_ADDED: It was added.
 * @WEIR_CHANGE_CHANGED: Its attributes changed.
 * @WEIR_CHANGE_REMOVED: It was removed; connections of a removed server may go
 *   on.
 * @WEIR_CHANGE_DRAINED: The last connection of a server that is down or
 *   removed has ended.
 */
enum weir_change {
	WEIR_CHANGE_ADDED,
	WEIR_CHANGE_CHANGED,
	WEIR_CHANGE_REMOVED,
	WEIR_CHANGE_DRAINED,
};

/**
 * enum weir_tcp_state - State of a TCP connection as the director sees it:
 *   both directions with the method nat, only the client's with the others.
 * @WEIR_TCP_STATE_NONE: Not TCP, or nothing seen yet.
 * @WEIR_TCP_STATE_SYN_SENT: The client's SYN was seen.
 * @WEIR_TCP_STATE_SYN_RECEIVED: The server's SYN was seen.
 * @WEIR_TCP_STATE_ESTABLISHED: The handshake is complete.
 * @WEIR_TCP_STATE_FIN_WAIT: The client has sent a FIN.
 * @WEIR_TCP_STATE_CLOSE_WAIT: The server has sent a FIN.
 * @WEIR_TCP_STATE_LAST_ACK: Both sides have sent a FIN, the last ACK is
 *   awaited.
 * @WEIR_TCP_STATE_TIME_WAIT: Both sides have closed.
 * @WEIR_TCP_STATE_CLOSED: A RST ended the connection.
 */
enum weir_tcp_state {
	WEIR_TCP_STATE_NONE,
	WEIR_TCP_STATE_SYN_SENT,
	WEIR_TCP_STATE_SYN_RECEIVED,
	WEIR_TCP_STATE_ESTABLISHED,
	WEIR_TCP_STATE_FIN_WAIT,
	WEIR_TCP_STATE_CLOSE_WAIT,
	WEIR_TCP_STATE_LAST_ACK,
	WEIR_TCP_STATE_TIME_WAIT,
	WEIR_TCP_STATE_CLOSED,
};

/**
 * enum weir_drop_reason - Why a packet was dropped. Each has a counter per
 *   network namespace.
 * @WEIR_DROP_REASON_NO_SERVER: No server of the service takes the new
 *   connection.
 * @WEIR_DROP_REASON_CONNS_MAX: The namespace already holds conns-max
 *   connections.
 * @WEIR_DROP_REASON_NO_MEMORY: Memory for a connection or for a writable
 *   header was not to be had.
 * @WEIR_DROP_REASON_TUPLE_CLASH: Another connection already uses the same
 *   addresses and ports towards the server picked (one client port used for
 *   two services that share a server, method nat).
 * @WEIR_DROP_REASON_MIDSTREAM: TCP without a connection, for a service with
 *   midstream drop.
 * @WEIR_DROP_REASON_MIDSTREAM_RESET: TCP without a connection, answered by RST
 *   (midstream reset).
 * @WEIR_DROP_REASON_SERVER_RESET: TCP of a server that is down or removed with
 *   the policy reset, or past its drain deadline; answered by RST.
 * @WEIR_DROP_REASON_NO_ROUTE: No route leads to the server.
 * @WEIR_DROP_REASON_LOCAL_SERVER: The server's address is one of the
 *   director's own.
 * @WEIR_DROP_REASON_TOO_BIG: Larger than the path's MTU and not to be
 *   fragmented; the sender was told by ICMP.
 * @WEIR_DROP_REASON_TTL: The TTL or hop limit ran out; the sender was told by
 *   ICMP.
 * @WEIR_DROP_REASON_ICMP_CHECKSUM: An ICMP error about a connection has a
 *   wrong checksum.
 * @WEIR_DROP_REASON_NEIGHBOUR: The next hop does not answer, and as many
 *   packets wait for it as may.
 */
enum weir_drop_reason {
	WEIR_DROP_REASON_NO_SERVER,
	WEIR_DROP_REASON_CONNS_MAX,
	WEIR_DROP_REASON_NO_MEMORY,
	WEIR_DROP_REASON_TUPLE_CLASH,
	WEIR_DROP_REASON_MIDSTREAM,
	WEIR_DROP_REASON_MIDSTREAM_RESET,
	WEIR_DROP_REASON_SERVER_RESET,
	WEIR_DROP_REASON_NO_ROUTE,
	WEIR_DROP_REASON_LOCAL_SERVER,
	WEIR_DROP_REASON_TOO_BIG,
	WEIR_DROP_REASON_TTL,
	WEIR_DROP_REASON_ICMP_CHECKSUM,
	WEIR_DROP_REASON_NEIGHBOUR,
};

enum {
	WEIR_A_STATS_PAD = 1,
	WEIR_A_STATS_CONNS,
	WEIR_A_STATS_PACKETS_IN,
	WEIR_A_STATS_BYTES_IN,
	WEIR_A_STATS_PACKETS_OUT,
	WEIR_A_STATS_BYTES_OUT,
	WEIR_A_STATS_PACKETS_FAST,

	__WEIR_A_STATS_MAX,
	WEIR_A_STATS_MAX = (__WEIR_A_STATS_MAX - 1)
};

enum {
	WEIR_A_TIMEOUTS_TCP_SYN = 1,
	WEIR_A_TIMEOUTS_TCP_ESTABLISHED,
	WEIR_A_TIMEOUTS_TCP_FIN,
	WEIR_A_TIMEOUTS_TCP_CLOSED,
	WEIR_A_TIMEOUTS_UDP,

	__WEIR_A_TIMEOUTS_MAX,
	WEIR_A_TIMEOUTS_MAX = (__WEIR_A_TIMEOUTS_MAX - 1)
};

enum {
	WEIR_A_SERVICE_PROTOCOL = 1,
	WEIR_A_SERVICE_ADDRESS,
	WEIR_A_SERVICE_PORT,
	WEIR_A_SERVICE_SCHEDULER,
	WEIR_A_SERVICE_MIDSTREAM,
	WEIR_A_SERVICE_CONNTRACK,
	WEIR_A_SERVICE_FAST,
	WEIR_A_SERVICE_HOOK,
	WEIR_A_SERVICE_TIMEOUTS,
	WEIR_A_SERVICE_SERVERS,
	WEIR_A_SERVICE_ACTIVE,
	WEIR_A_SERVICE_INACTIVE,
	WEIR_A_SERVICE_STATS,

	__WEIR_A_SERVICE_MAX,
	WEIR_A_SERVICE_MAX = (__WEIR_A_SERVICE_MAX - 1)
};

enum {
	WEIR_A_SERVER_ADDRESS = 1,
	WEIR_A_SERVER_PORT,
	WEIR_A_SERVER_METHOD,
	WEIR_A_SERVER_WEIGHT,
	WEIR_A_SERVER_STATE,
	WEIR_A_SERVER_POLICY,
	WEIR_A_SERVER_DEADLINE,
	WEIR_A_SERVER_ACTIVE,
	WEIR_A_SERVER_INACTIVE,
	WEIR_A_SERVER_STATS,

	__WEIR_A_SERVER_MAX,
	WEIR_A_SERVER_MAX = (__WEIR_A_SERVER_MAX - 1)
};

enum {
	WEIR_A_CONN_CLIENT_ADDRESS = 1,
	WEIR_A_CONN_CLIENT_PORT,
	WEIR_A_CONN_STATE,
	WEIR_A_CONN_EXPIRES,
	WEIR_A_CONN_FAST_REQUEST,
	WEIR_A_CONN_FAST_REPLY,

	__WEIR_A_CONN_MAX,
	WEIR_A_CONN_MAX = (__WEIR_A_CONN_MAX - 1)
};

enum {
	WEIR_A_DROP_PAD = 1,
	WEIR_A_DROP_REASON,
	WEIR_A_DROP_NAME,
	WEIR_A_DROP_PACKETS,

	__WEIR_A_DROP_MAX,
	WEIR_A_DROP_MAX = (__WEIR_A_DROP_MAX - 1)
};

enum {
	WEIR_A_NAMESPACE_CONNS_MAX = 1,
	WEIR_A_NAMESPACE_FAST,
	WEIR_A_NAMESPACE_CONNS,
	WEIR_A_NAMESPACE_SERVICES,
	WEIR_A_NAMESPACE_STATS,

	__WEIR_A_NAMESPACE_MAX,
	WEIR_A_NAMESPACE_MAX = (__WEIR_A_NAMESPACE_MAX - 1)
};

enum {
	WEIR_A_SERVICE = 1,
	WEIR_A_SERVER,
	WEIR_A_CONN,
	WEIR_A_DROP,
	WEIR_A_NAMESPACE,
	WEIR_A_CHANGE,
	WEIR_A_KILLED,

	__WEIR_A_MAX,
	WEIR_A_MAX = (__WEIR_A_MAX - 1)
};

enum {
	WEIR_CMD_SERVICE_ADD = 1,
	WEIR_CMD_SERVICE_SET,
	WEIR_CMD_SERVICE_REMOVE,
	WEIR_CMD_SERVICE_REPLACE,
	WEIR_CMD_SERVICE_GET,
	WEIR_CMD_SERVER_ADD,
	WEIR_CMD_SERVER_SET,
	WEIR_CMD_SERVER_REMOVE,
	WEIR_CMD_SERVER_GET,
	WEIR_CMD_CONN_GET,
	WEIR_CMD_CONN_KILL,
	WEIR_CMD_DROP_GET,
	WEIR_CMD_NAMESPACE_GET,
	WEIR_CMD_NAMESPACE_SET,
	WEIR_CMD_FLUSH,
	WEIR_CMD_SERVICE_NTF,
	WEIR_CMD_SERVER_NTF,

	__WEIR_CMD_MAX,
	WEIR_CMD_MAX = (__WEIR_CMD_MAX - 1)
};

#define WEIR_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_WEIR_H */
