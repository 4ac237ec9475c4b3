/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ports of local addresses, from which conns of the method fullnat take one
 * each. A port is taken per local address and server, so that one address serves
 * WEIR_LOCAL_PORTS conns to every server; services that have the same server, protocol
 * and address share its ports. A service that leaves ports or protocol to the packets
 * has ports of its own, of which some may be in use for the same replies.
 */
#ifndef WEIR_PORTS_H
#define WEIR_PORTS_H

#include <linux/atomic.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>

#include "addr.h"

/**
 * struct weir_local_addresses - the local addresses of a service
 * @count: their number, at least 1 unless a request says that there shall be none
 * @list: the addresses; ports are 0
 */
struct weir_local_addresses {
	u32 count;
	struct weir_endpoint list[];
};

/**
 * struct weir_ports - the ports of one local address towards one server
 * @hash: in the namespace's table; RCU readers, written under its lock
 * @key: what replies to the ports carry, but for the port itself, and 0 where packets
 *	differ; const
 * @table: the table it is in; const
 * @bitmap: the ports in use, the lowest first; NULL until the first is taken, set
 *	by cmpxchg; changes by atomic bit operations
 * @cursor: where the search for the next port starts, so that a port that was
 *	given back rests as long as there are others: the server may still be in
 *	TIME-WAIT. Written by whoever takes a port, any recent value will do
 * @used: bits set in @bitmap, or about to be; atomic
 * @refs: one per &struct weir_locals, one per port in use
 * @rcu: frees after a grace period
 */
struct weir_ports {
	struct rhash_head hash;
	struct weir_tuple key;
	struct weir_port_table *table;
	unsigned long *bitmap;
	u32 cursor;
	atomic_t used;
	refcount_t refs;
	struct rcu_head rcu;
};

/**
 * struct weir_locals - what a server's new conns may take their ports from
 * @rcu: frees after a grace period
 * @turn: whose turn it is; atomic, changes with births of conns
 * @count: number of @ports, at least 1
 * @ports: one of each local address of the service; holds a reference to each
 *
 * Const once published, but for @turn.
 */
struct weir_locals {
	struct rcu_head rcu;
	atomic_t turn;
	u32 count;
	struct weir_ports *ports[];
};

/**
 * struct weir_port_table - the ports of one namespace
 * @hash: by key
 * @lock: guards what is in @hash, and that nobody finds what has lost its last
 *	reference. Bottom halves off; the hash's bucket locks nest inside
 */
struct weir_port_table {
	struct rhashtable hash;
	spinlock_t lock;
};

int weir_port_table_init(struct weir_port_table *table);
void weir_port_table_exit(struct weir_port_table *table);

struct weir_locals *weir_locals_create(struct weir_port_table *table,
				       const struct weir_local_addresses *addresses,
				       const struct weir_endpoint *server, u8 protocol);
void weir_locals_release(struct weir_locals *locals);
void weir_locals_count(const struct weir_locals *locals, u32 *used, u32 *max);

int weir_port_take_rcu(struct weir_locals *locals, struct weir_endpoint *local);
void weir_port_return_rcu(struct weir_port_table *table, const struct weir_endpoint *server,
			  u8 protocol, const struct weir_endpoint *local);
void weir_port_shun_rcu(struct weir_port_table *table, const struct weir_endpoint *server,
			u8 protocol, const struct weir_endpoint *local);

#endif
