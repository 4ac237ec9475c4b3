/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of Weir: what every other file of kmod/ may use without asking.
 *
 *   service    what clients connect to: family, protocol, address, port
 *   server     a real server of one service
 *   method     how packets reach a server (direct, nat)
 *   scheduler  picks the server of a new connection
 *   pool       the immutable snapshot of a service's servers a scheduler reads
 *   conn       one tracked flow
 *   tuple      one direction of a conn: source, destination, ports, protocol
 *   quoted     the header inside an ICMP error
 *   policy     what the conns of a server get that is down or removed
 *   midstream  a TCP packet that is no SYN and belongs to no conn
 */
#ifndef WEIR_H
#define WEIR_H

#include <linux/types.h>
#include <uapi/linux/weir.h>

struct net;
struct workqueue_struct;
struct sk_buff;
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
 * enum weir_timeout - the idle timeouts a service has, by class of state
 * @WEIR_TIMEOUT_TCP_SYN: handshake not complete
 * @WEIR_TIMEOUT_TCP_ESTABLISHED: established
 * @WEIR_TIMEOUT_TCP_FIN: one side has closed
 * @WEIR_TIMEOUT_TCP_CLOSED: both sides have closed, or a RST was seen
 * @WEIR_TIMEOUT_UDP: UDP
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
	WEIR_TIMEOUTS,
};

/* Runs all work of the module; exists from module init to exit, unbound. */
extern struct workqueue_struct *weir_workqueue;

#endif
