/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of Weir: what every other file of kmod/ may use without asking.
 *
 *   service    what clients connect to: family, protocol, address, port; or what
 *              has a firewall mark
 *   server     a real server of one service
 *   method     how packets reach a server (direct, nat, tunnel, fullnat, local)
 *   wrap       to put a packet into another one, which is the outer one then
 *   scheduler  picks the server of a new connection
 *   pool       the immutable snapshot of a service's servers a scheduler reads
 *   conn       one tracked flow
 *   affinity   the memory that sends a client to the server it had
 *   local      address and port of the director that a fullnat conn has instead of
 *              its client's
 *   tuple      one direction of a conn: source, destination, ports, protocol
 *   quoted     the header inside an ICMP error
 *   policy     what the conns of a server get that is down or removed
 *   full       a server that holds as many conns as it may
 *   midstream  a packet of TCP or SCTP that begins nothing and belongs to no conn
 *   half-open  a conn of TCP or SCTP whose handshake is not complete
 *   shed       end a half-open conn to make room for another
 */
#ifndef WEIR_H
#define WEIR_H

#include <linux/types.h>
#include <uapi/linux/weir.h>

struct net;
struct workqueue_struct;
struct sk_buff;
struct weir_affinity;
struct weir_conn;
struct weir_net;
struct weir_packet;
struct weir_pool;
struct weir_server;
struct weir_service;

/**
 * enum weir_verdict - what a stage of the packet path decided
 * @WEIR_CONTINUE: nothing final, the next stage goes on
 * @WEIR_ACCEPT: the host's own stack goes on with the packet
 * @WEIR_DROP: the packet is at its end; the reason has been counted
 * @WEIR_STOLEN: the stage has consumed the skb
 *
 * The ownership rule: after WEIR_STOLEN nobody but the stage that returned it
 * may touch the skb; after every other verdict it is still the caller's.
 */
enum weir_verdict {
	WEIR_CONTINUE,
	WEIR_ACCEPT,
	WEIR_DROP,
	WEIR_STOLEN,
};

/**
 * enum weir_dir - direction of a packet within its conn
 * @WEIR_DIR_REQUEST: from the client
 * @WEIR_DIR_REPLY: from the server
 * @WEIR_DIRS: number of directions
 */
enum weir_dir {
	WEIR_DIR_REQUEST,
	WEIR_DIR_REPLY,
	WEIR_DIRS,
};

/**
 * enum weir_view - whose packet it is and how much the director sees
 * @WEIR_VIEW_CLIENT: from the client, replies are seen too (nat)
 * @WEIR_VIEW_SERVER: from the server (nat)
 * @WEIR_VIEW_CLIENT_ONLY: from the client, replies go past the director (direct)
 * @WEIR_VIEWS: number of views
 */
enum weir_view {
	WEIR_VIEW_CLIENT,
	WEIR_VIEW_SERVER,
	WEIR_VIEW_CLIENT_ONLY,
	WEIR_VIEWS,
};

/**
 * enum weir_sctp_chunk - the chunks of SCTP that move a state (RFC 9260)
 * @WEIR_SCTP_INIT: INIT, alone in its packet and under the verification tag 0
 * @WEIR_SCTP_INIT_ACK: INIT ACK
 * @WEIR_SCTP_COOKIE_ECHO: COOKIE ECHO
 * @WEIR_SCTP_COOKIE_ACK: COOKIE ACK
 * @WEIR_SCTP_SHUTDOWN: SHUTDOWN
 * @WEIR_SCTP_SHUTDOWN_ACK: SHUTDOWN ACK
 * @WEIR_SCTP_SHUTDOWN_COMPLETE: SHUTDOWN COMPLETE
 * @WEIR_SCTP_ABORT: ABORT
 *
 * In the order in which an association meets them.
 */
enum weir_sctp_chunk {
	WEIR_SCTP_INIT = 0x01,
	WEIR_SCTP_INIT_ACK = 0x02,
	WEIR_SCTP_COOKIE_ECHO = 0x04,
	WEIR_SCTP_COOKIE_ACK = 0x08,
	WEIR_SCTP_SHUTDOWN = 0x10,
	WEIR_SCTP_SHUTDOWN_ACK = 0x20,
	WEIR_SCTP_SHUTDOWN_COMPLETE = 0x40,
	WEIR_SCTP_ABORT = 0x80,
};

/**
 * enum weir_timeout - the idle timeouts a service has, by class of state
 * @WEIR_TIMEOUT_TCP_SYN: handshake not complete
 * @WEIR_TIMEOUT_TCP_ESTABLISHED: established
 * @WEIR_TIMEOUT_TCP_FIN: one side has closed
 * @WEIR_TIMEOUT_TCP_CLOSED: both sides have closed, or a RST was seen
 * @WEIR_TIMEOUT_UDP: UDP
 * @WEIR_TIMEOUT_SCTP_INIT: SCTP, handshake not complete
 * @WEIR_TIMEOUT_SCTP_ESTABLISHED: SCTP, established
 * @WEIR_TIMEOUT_SCTP_SHUTDOWN: SCTP, one side has begun to shut down
 * @WEIR_TIMEOUT_SCTP_CLOSED: SCTP, shut down or aborted
 * @WEIR_TIMEOUTS: number of classes
 *
 * Class N is netlink attribute N + 1 of the timeouts set.
 */
enum weir_timeout {
	WEIR_TIMEOUT_TCP_SYN,
	WEIR_TIMEOUT_TCP_ESTABLISHED,
	WEIR_TIMEOUT_TCP_FIN,
	WEIR_TIMEOUT_TCP_CLOSED,
	WEIR_TIMEOUT_UDP,
	WEIR_TIMEOUT_SCTP_INIT,
	WEIR_TIMEOUT_SCTP_ESTABLISHED,
	WEIR_TIMEOUT_SCTP_SHUTDOWN,
	WEIR_TIMEOUT_SCTP_CLOSED,
	WEIR_TIMEOUTS,
};

/* Runs all work of the module; exists from module init to exit, unbound. */
extern struct workqueue_struct *weir_workqueue;

#endif
