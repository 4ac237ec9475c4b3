/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Services and the table that finds them: what clients connect to.
 */
#ifndef WEIR_SERVICE_H
#define WEIR_SERVICE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/rhashtable-types.h>
#include <linux/xarray.h>

#include "addr.h"
#include "sched.h"
#include "stats.h"

struct weir_service_table;

/**
 * struct weir_service_key - what tells services apart
 * @vip: address and port clients connect to
 * @protocol: IPPROTO_TCP or IPPROTO_UDP
 * @pad: zero
 */
struct weir_service_key {
	struct weir_endpoint vip;
	u8 protocol;
	u8 pad[3];
};

static_assert(sizeof(struct weir_service_key) == 24, "a key has no hidden padding");

/**
 * struct weir_service - a service
 * @hash: in the namespace's table; RCU readers, written under the mutex
 * @key: const
 * @net: its network namespace; const, valid while the service is in the table
 * @table: the table it is made for; const, valid likewise
 * @pool: what schedulers read; replaced under the mutex, read under RCU, NULL
 *	while no server takes new conns
 * @timeouts: in seconds, by &enum weir_timeout; written under the mutex
 * @midstream: &enum weir_midstream; written under the mutex
 * @conntrack: its packets are left to conntrack; written under the mutex
 * @fast: its established flows may take the fast path; written under the mutex
 * @hook: host or ingress: where its first packets are met; written under the mutex
 * @scheduler: its algorithm; under the mutex (packets use the pool's)
 * @hash_key: keys every hash of its schedulers; const, random
 * @servers: up and down servers in the order of adding; under the mutex
 * @departed: removed servers that still hold conns; under the mutex
 * @servers_count: length of @servers; under the mutex
 * @next_server_id: id of the next server; under the mutex
 * @folded: what freed servers had counted; under the mutex
 * @id: grows in the order of adding, the cursor of dumps; const
 * @refs: one for the table, one per server
 * @rcu: frees after a grace period, for readers of the table
 */
struct weir_service {
	struct rhash_head hash;
	struct weir_service_key key;
	struct net *net;
	struct weir_service_table *table;
	struct weir_pool __rcu *pool;
	u32 timeouts[WEIR_TIMEOUTS];
	u8 midstream;
	bool conntrack;
	bool fast;
	u8 hook;

	const struct weir_scheduler *scheduler;
	siphash_key_t hash_key;
	struct list_head servers;
	struct list_head departed;
	u32 servers_count;
	u32 next_server_id;
	struct weir_totals folded;
	unsigned long id;
	refcount_t refs;
	struct rcu_head rcu;
};

/**
 * struct weir_service_table - the services of one namespace
 * @hash: by key; exists while @count is not 0
 * @by_id: the same services by id, for dumps; under the mutex
 * @count: number of services; under the mutex
 * @last_id: the last id given; under the mutex
 * @mutex: the namespace's one mutex, that guards every change of services and
 *	servers. Process context; taken before every lock of the packet path
 */
struct weir_service_table {
	struct rhashtable hash;
	struct xarray by_id;
	u32 count;
	unsigned long last_id;
	struct mutex mutex;
};

struct weir_service *weir_service_create(struct net *net, struct weir_service_table *table,
					 const struct weir_service_key *key);
void weir_service_get(struct weir_service *service);
void weir_service_put(struct weir_service *service);

int weir_service_table_init(struct weir_service_table *table);
void weir_service_table_exit(struct weir_service_table *table);
int weir_service_insert(struct weir_service_table *table, struct weir_service *service);
void weir_service_remove(struct weir_service_table *table, struct weir_service *service);
struct weir_service *weir_service_find_rcu(struct weir_service_table *table,
					   const struct weir_service_key *key);
struct weir_service *weir_service_find(struct weir_service_table *table,
				       const struct weir_service_key *key);
struct weir_service *weir_service_next(struct weir_service_table *table, unsigned long *id);
struct weir_server *weir_service_find_server(struct weir_service *service,
					     const struct weir_endpoint *endpoint);
struct weir_server *weir_service_find_departed(struct weir_service *service,
					       const struct weir_endpoint *endpoint);
void weir_service_forget_routes(struct weir_service *service);
void weir_service_totals(struct weir_service *service, struct weir_totals *totals);
void weir_service_load(struct weir_service *service, u32 *active, u32 *inactive);

#endif
