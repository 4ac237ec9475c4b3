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
#define WEIR_AFFINITY_TIMEOUT_MAX_MS	2678400000
#define WEIR_CALL_ID_MAX		255
#define WEIR_HASH_KEY_SIZE		16
#define WEIR_CONNS_LIMIT_MAX		2147483647
#define WEIR_LOCAL_ADDRESSES_MAX	64
#define WEIR_LOCAL_PORTS		64512

/**
 * enum weir_method - How packets reach a server.
 * @WEIR_METHOD_DIRECT: Only the destination MAC changes (DR). The server owns
 *   the service's address itself and answers the client past the director.
 * @WEIR_METHOD_NAT: The destination is rewritten to the server's address and
 *   port; replies come back through the director.
 * @WEIR_METHOD_TUNNEL: The packet travels inside another one to the server,
 *   which may be of another address family. The server owns the service's
 *   address itself and answers the client past the director.
 * @WEIR_METHOD_FULLNAT: As nat, and the source is rewritten to one of the
 *   service's local addresses and a port of it, so that replies come back to
 *   the director whatever the server's routes are.
 * @WEIR_METHOD_LOCAL: The server is a program on the director itself, which
 *   listens on the service's own address and port: the packet goes on to it as
 *   it is. The server's address only names it.
 */
enum weir_method {
	WEIR_METHOD_DIRECT,
	WEIR_METHOD_NAT,
	WEIR_METHOD_TUNNEL,
	WEIR_METHOD_FULLNAT,
	WEIR_METHOD_LOCAL,
};

/**
 * enum weir_tunnel - What is put around a packet by the method tunnel, inside
 *   an IP header.
 * @WEIR_TUNNEL_IPIP: Nothing else, IP in IP (RFC 2003, 2473, 4213).
 * @WEIR_TUNNEL_GUE: Generic UDP encapsulation, version 0; the source port
 *   tells flows apart.
 * @WEIR_TUNNEL_GRE: GRE without a key (RFC 2784).
 */
enum weir_tunnel {
	WEIR_TUNNEL_IPIP,
	WEIR_TUNNEL_GUE,
	WEIR_TUNNEL_GRE,
};

/**
 * enum weir_tunnel_checksum - What a tunnel's UDP or GRE header has for a
 *   checksum.
 * @WEIR_TUNNEL_CHECKSUM_OFF: None; the packet inside has its own.
 * @WEIR_TUNNEL_CHECKSUM_ON: One over all that it wraps.
 * @WEIR_TUNNEL_CHECKSUM_REMOTE: One over all that it wraps; a transport
 *   checksum inside that has yet to be summed up is left to the server (remote
 *   checksum offload).
 */
enum weir_tunnel_checksum {
	WEIR_TUNNEL_CHECKSUM_OFF,
	WEIR_TUNNEL_CHECKSUM_ON,
	WEIR_TUNNEL_CHECKSUM_REMOTE,
};

/**
 * enum weir_midstream - What a packet of TCP or SCTP gets that begins nothing,
 *   being no SYN or INIT, and belongs to no connection.
 * @WEIR_MIDSTREAM_PASS: It goes on to the host's own stack.
 * @WEIR_MIDSTREAM_RESET: It is answered by RST, SCTP by ABORT.
 * @WEIR_MIDSTREAM_DROP: It is dropped.
 * @WEIR_MIDSTREAM_SCHEDULE: It is scheduled as if it began a connection, which
 *   is established at once. What has a RST or a SYN, or no ACK, gets what pass
 *   gives.
 */
enum weir_midstream {
	WEIR_MIDSTREAM_PASS,
	WEIR_MIDSTREAM_RESET,
	WEIR_MIDSTREAM_DROP,
	WEIR_MIDSTREAM_SCHEDULE,
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
 * enum weir_helper - Whether conntrack reads what a service's connections say,
 *   to follow the connections they announce.
 * @WEIR_HELPER_NONE: It does not.
 * @WEIR_HELPER_FTP: It reads FTP's commands PORT, EPRT, PASV and EPSV. Needs
 *   conntrack on and servers of method nat.
 */
enum weir_helper {
	WEIR_HELPER_NONE,
	WEIR_HELPER_FTP,
};

/**
 * enum weir_policy - What the existing connections of a server get that is
 *   down or was removed. New connections never go to such a server.
 * @WEIR_POLICY_DRAIN: They go on, until the deadline if one is given; then
 *   they get what reset gives. UDP flows of a removed server move at once.
 * @WEIR_POLICY_RESET: They are over, whether they speak or not. The next TCP
 *   packet is answered by RST, the next SCTP packet by ABORT, until the
 *   timeout tcp-closed or sctp-closed has passed; the next UDP packet is
 *   scheduled to another server.
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
 *   both directions with the methods nat and fullnat, only the client's with
 *   the others.
 * @WEIR_TCP_STATE_NONE: UDP, or nothing seen yet.
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
 *   two services that share a server, method nat; or a client that has a local
 *   address of method fullnat).
 * @WEIR_DROP_REASON_MIDSTREAM: TCP or SCTP without a connection, for a service
 *   with midstream drop.
 * @WEIR_DROP_REASON_MIDSTREAM_RESET: TCP or SCTP without a connection,
 *   answered by RST or ABORT (midstream reset).
 * @WEIR_DROP_REASON_SERVER_RESET: TCP or SCTP of a server that is down or
 *   removed with the policy reset, or past its drain deadline; answered by RST
 *   or ABORT. The other side of TCP gets a RST in the name of the sender.
 * @WEIR_DROP_REASON_NO_ROUTE: No route leads to the server.
 * @WEIR_DROP_REASON_LOCAL_SERVER: The server's address is one of the
 *   director's own, and the packet was met at ingress, where nobody knows
 *   whether the service's is too (method direct, hook ingress).
 * @WEIR_DROP_REASON_TOO_BIG: Larger than the path's MTU and not to be
 *   fragmented; the sender was told by ICMP.
 * @WEIR_DROP_REASON_TTL: The TTL or hop limit ran out; the sender was told by
 *   ICMP.
 * @WEIR_DROP_REASON_ICMP_CHECKSUM: An ICMP error about a connection has a
 *   wrong checksum.
 * @WEIR_DROP_REASON_NEIGHBOUR: The next hop does not answer, and as many
 *   packets wait for it as may. (Of those that wait the kernel tells the
 *   senders by ICMP when it gives up.)
 * @WEIR_DROP_REASON_AH_NAT: An AH packet of a connection with the method nat:
 *   it protects the addresses that would change.
 * @WEIR_DROP_REASON_SERVERS_FULL: Every server that would take the new
 *   connection holds its conns-max already.
 * @WEIR_DROP_REASON_NO_LOCAL_PORT: Every port of every local address of the
 *   service is in use towards the server picked (method fullnat).
 * @WEIR_DROP_REASON_LOCAL_CLIENT: The client is a program on the director with
 *   an address that the server cannot answer: a loopback address, or, with the
 *   method direct, the service's own.
 * @WEIR_DROP_REASON_HALF_OPEN_MAX: The service holds half-open-max connections
 *   whose handshake is not complete, and none of them was found to make room.
 * @WEIR_DROP_REASON_VRF: The packet would begin a connection and came in a
 *   VRF, of whose routes Weir knows nothing.
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
	WEIR_DROP_REASON_AH_NAT,
	WEIR_DROP_REASON_SERVERS_FULL,
	WEIR_DROP_REASON_NO_LOCAL_PORT,
	WEIR_DROP_REASON_LOCAL_CLIENT,
	WEIR_DROP_REASON_HALF_OPEN_MAX,
	WEIR_DROP_REASON_VRF,
};

/**
 * enum weir_sctp_state - State of an SCTP association as the director sees it,
 *   in the client's words: both directions with the method nat, only the
 *   client's with the others.
 * @WEIR_SCTP_STATE_NONE: Nothing seen yet.
 * @WEIR_SCTP_STATE_COOKIE_WAIT: The client's INIT was seen.
 * @WEIR_SCTP_STATE_COOKIE_ECHOED: The client's COOKIE ECHO was seen.
 * @WEIR_SCTP_STATE_ESTABLISHED: The handshake is complete.
 * @WEIR_SCTP_STATE_SHUTDOWN_SENT: The client has sent a SHUTDOWN.
 * @WEIR_SCTP_STATE_SHUTDOWN_RECEIVED: The server has sent a SHUTDOWN.
 * @WEIR_SCTP_STATE_SHUTDOWN_ACK_SENT: A SHUTDOWN was answered, the end is
 *   awaited.
 * @WEIR_SCTP_STATE_CLOSED: A SHUTDOWN COMPLETE or an ABORT ended the
 *   association.
 */
enum weir_sctp_state {
	WEIR_SCTP_STATE_NONE,
	WEIR_SCTP_STATE_COOKIE_WAIT,
	WEIR_SCTP_STATE_COOKIE_ECHOED,
	WEIR_SCTP_STATE_ESTABLISHED,
	WEIR_SCTP_STATE_SHUTDOWN_SENT,
	WEIR_SCTP_STATE_SHUTDOWN_RECEIVED,
	WEIR_SCTP_STATE_SHUTDOWN_ACK_SENT,
	WEIR_SCTP_STATE_CLOSED,
};

/**
 * enum weir_affinity_by - By what a service knows a client again.
 * @WEIR_AFFINITY_BY_CLIENT: By its address, as far as the mask goes.
 * @WEIR_AFFINITY_BY_CALL_ID: By the Call-ID of the SIP message (RFC 3261) that
 *   a datagram holds; a datagram without one by the client's address. Not for
 *   services of tcp and sctp.
 */
enum weir_affinity_by {
	WEIR_AFFINITY_BY_CLIENT,
	WEIR_AFFINITY_BY_CALL_ID,
};

/**
 * enum weir_affinity_weightless - What clients get whose server has been given
 *   the weight 0.
 * @WEIR_AFFINITY_WEIGHTLESS_MOVE: Their next connection goes to another
 *   server.
 * @WEIR_AFFINITY_WEIGHTLESS_KEEP: Their connections go on to that server; no
 *   others do.
 */
enum weir_affinity_weightless {
	WEIR_AFFINITY_WEIGHTLESS_MOVE,
	WEIR_AFFINITY_WEIGHTLESS_KEEP,
};

/**
 * enum weir_no_server - What a new connection gets that no server of the
 *   service takes.
 * @WEIR_NO_SERVER_REFUSE: The client is told by ICMP that nobody serves the
 *   port.
 * @WEIR_NO_SERVER_RESET: TCP is answered by RST, SCTP by ABORT, UDP as with
 *   refuse.
 * @WEIR_NO_SERVER_DROP: It is dropped without an answer.
 * @WEIR_NO_SERVER_PASS: It goes on to the host's own stack.
 */
enum weir_no_server {
	WEIR_NO_SERVER_REFUSE,
	WEIR_NO_SERVER_RESET,
	WEIR_NO_SERVER_DROP,
	WEIR_NO_SERVER_PASS,
};

enum {
	WEIR_A_STATS_PAD = 1,
	WEIR_A_STATS_CONNS,
	WEIR_A_STATS_PACKETS_IN,
	WEIR_A_STATS_BYTES_IN,
	WEIR_A_STATS_PACKETS_OUT,
	WEIR_A_STATS_BYTES_OUT,
	WEIR_A_STATS_PACKETS_FAST,
	WEIR_A_STATS_SHED,

	__WEIR_A_STATS_MAX,
	WEIR_A_STATS_MAX = (__WEIR_A_STATS_MAX - 1)
};

enum {
	WEIR_A_TIMEOUTS_TCP_SYN = 1,
	WEIR_A_TIMEOUTS_TCP_ESTABLISHED,
	WEIR_A_TIMEOUTS_TCP_FIN,
	WEIR_A_TIMEOUTS_TCP_CLOSED,
	WEIR_A_TIMEOUTS_UDP,
	WEIR_A_TIMEOUTS_SCTP_INIT,
	WEIR_A_TIMEOUTS_SCTP_ESTABLISHED,
	WEIR_A_TIMEOUTS_SCTP_SHUTDOWN,
	WEIR_A_TIMEOUTS_SCTP_CLOSED,

	__WEIR_A_TIMEOUTS_MAX,
	WEIR_A_TIMEOUTS_MAX = (__WEIR_A_TIMEOUTS_MAX - 1)
};

enum {
	WEIR_A_AFFINITY_TIMEOUT = 1,
	WEIR_A_AFFINITY_MASK,
	WEIR_A_AFFINITY_BY,
	WEIR_A_AFFINITY_WEIGHTLESS,
	WEIR_A_AFFINITY_LIMIT,
	WEIR_A_AFFINITY_COUNT,
	WEIR_A_AFFINITY_EVICTED,

	__WEIR_A_AFFINITY_MAX,
	WEIR_A_AFFINITY_MAX = (__WEIR_A_AFFINITY_MAX - 1)
};

enum {
	WEIR_A_AFFINITY_ENTRY_CLIENT_ADDRESS = 1,
	WEIR_A_AFFINITY_ENTRY_MASK,
	WEIR_A_AFFINITY_ENTRY_CALL_ID,
	WEIR_A_AFFINITY_ENTRY_EXPIRES,

	__WEIR_A_AFFINITY_ENTRY_MAX,
	WEIR_A_AFFINITY_ENTRY_MAX = (__WEIR_A_AFFINITY_ENTRY_MAX - 1)
};

enum {
	WEIR_A_LOCAL_ADDRESSES_ADDRESS = 1,

	__WEIR_A_LOCAL_ADDRESSES_MAX,
	WEIR_A_LOCAL_ADDRESSES_MAX = (__WEIR_A_LOCAL_ADDRESSES_MAX - 1)
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
	WEIR_A_SERVICE_FWMARK,
	WEIR_A_SERVICE_FAMILY,
	WEIR_A_SERVICE_ONE_PACKET,
	WEIR_A_SERVICE_ICMP_SCHEDULE,
	WEIR_A_SERVICE_AFFINITY,
	WEIR_A_SERVICE_FALLBACK,
	WEIR_A_SERVICE_HASH_PORT,
	WEIR_A_SERVICE_HASH_KEY,
	WEIR_A_SERVICE_NO_SERVER,
	WEIR_A_SERVICE_HELPER,
	WEIR_A_SERVICE_LOCAL_ADDRESSES,
	WEIR_A_SERVICE_HALF_OPEN_MAX,
	WEIR_A_SERVICE_HALF_OPEN,

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
	WEIR_A_SERVER_CONNS_MAX,
	WEIR_A_SERVER_CONNS_RESUME,
	WEIR_A_SERVER_FULL,
	WEIR_A_SERVER_TUNNEL,
	WEIR_A_SERVER_TUNNEL_PORT,
	WEIR_A_SERVER_TUNNEL_CHECKSUM,
	WEIR_A_SERVER_PORTS_USED,
	WEIR_A_SERVER_PORTS_MAX,

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
	WEIR_A_CONN_PROTOCOL,
	WEIR_A_CONN_VIP_ADDRESS,
	WEIR_A_CONN_VIP_PORT,
	WEIR_A_CONN_SCTP_STATE,
	WEIR_A_CONN_LOCAL_ADDRESS,
	WEIR_A_CONN_LOCAL_PORT,

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
	WEIR_A_NAMESPACE_AFFINITY_MAX,
	WEIR_A_NAMESPACE_AFFINITY,

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
	WEIR_A_AFFINITY_ENTRY,
	WEIR_A_REMOVED,

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
	WEIR_CMD_AFFINITY_GET,
	WEIR_CMD_AFFINITY_REMOVE,

	__WEIR_CMD_MAX,
	WEIR_CMD_MAX = (__WEIR_CMD_MAX - 1)
};

#define WEIR_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_WEIR_H */
