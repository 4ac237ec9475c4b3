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
#include "meter.h"
#include "sched.h"
#include "stats.h"

struct nf_conntrack_helper;
struct weir_local_addresses;
struct weir_service_table;

/**
 * struct weir_service_key - what tells services apart
 * @vip: address and port clients connect to; port 0 is all those without a service
 *	of their own. With @fwmark only its family is set
 * @fwmark: firewall mark of the packets, host order; 0 for a service by address
 * @protocol: IPPROTO_TCP, IPPROTO_UDP or IPPROTO_SCTP; 0 with @fwmark, which means any
 * @pad: zero
 *
 * Where packets go is never read from it, since it may not tell: conns know what
 * their client has connected to.
 */
struct weir_service_key {
	struct weir_endpoint vip;
	u32 fwmark;
	u8 protocol;
	u8 pad[3];
};

static_assert(sizeof(struct weir_service_key) == 28, "a key has no hidden padding");

/**
 * struct weir_affinity_options - how a service remembers its clients
 * @timeout: seconds from a client's last new conn; 0: not at all
 * @limit: most entries, at least 1
 * @prefix: leading bits of a client's address that count
 * @by: &enum weir_affinity_by
 * @weightless: &enum weir_affinity_weightless
 *
 * Written under the mutex and, once the service has a memory, its lock; read by
 * packets.
 */
struct weir_affinity_options {
	u32 timeout;
	u32 limit;
	u8 prefix;
	u8 by;
	u8 weightless;
};

/**
 * struct weir_service - a service
 * @hash: in the namespace's table; RCU readers, written under the mutex
 * @key: const
 * @net: its network namespace; const, valid while the service is in the table
 * @table: the table it is made for; const, valid likewise
 * @pool: what schedulers read, one of no servers while none takes new conns, NULL at
 *	its end; replaced under the mutex, read under RCU
 * @timeouts: in seconds, by &enum weir_timeout; written under the mutex
 * @midstream: &enum weir_midstream; written under the mutex
 * @conntrack: its packets are left to conntrack; written under the mutex
 * @fast: its established flows may take the fast path; written under the mutex
 * @hook: host or ingress: where its first packets are met; written under the mutex
 * @one_packet: each of its datagrams is scheduled by itself, without a conn; written
 *	under the mutex
 * @icmp_schedule: ICMP errors about flows without a conn are scheduled; written under
 *	the mutex
 * @no_server: &enum weir_no_server; written under the mutex
 * @helper: &enum weir_helper; under the mutex
 * @has_conntrack: the namespace's conntrack is in use for it; under the mutex
 * @ct_helper: conntrack's helper for its conns, with a reference to its modules, or
 *	NULL; written under the mutex, read under RCU
 * @half_open_max: bound of @half_open, 0 for none; written under the mutex
 * @half_open: conns of TCP and SCTP whose handshake is not complete; atomic, changes
 *	when one begins and when it is complete, or the conn ends
 * @scheduler: its algorithm; under the mutex (packets use the pool's)
 * @sched: what its scheduler may know besides; under the mutex (packets use the pool's)
 * @has_hash_key: the key of @sched was given, not drawn; under the mutex
 * @servers: up and down servers in the order of adding; under the mutex
 * @departed: removed servers that still hold conns; under the mutex
 * @servers_count: length of @servers; under the mutex
 * @next_server_id: id of the next server; under the mutex
 * @counters: where its next servers get theirs; under the mutex
 * @folded: what freed servers had counted; under the mutex
 * @local_addresses: what servers with the method fullnat see as clients, or NULL;
 *	under the mutex
 * @id: grows in the order of adding, the cursor of dumps; const
 * @refs: one for the table, one per server, one for @affinity
 * @meter: what readers in IPVS's words have seen, or NULL before they come; under the
 *	mutex
 * @rcu: frees after a grace period, for readers of the table
 * @affinity_options: how it remembers its clients
 * @affinity: the clients it remembers; NULL until it first has to, then the same to
 *	its end; written under the mutex, read under RCU
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
	bool one_packet;
	bool icmp_schedule;
	u8 no_server;
	u8 helper;
	bool has_conntrack;
	struct nf_conntrack_helper *ct_helper;
	u32 half_open_max;
	atomic_t half_open;

	const struct weir_scheduler *scheduler;
	struct weir_sched_options sched;
	bool has_hash_key;
	struct list_head servers;
	struct list_head departed;
	u32 servers_count;
	u32 next_server_id;
	struct weir_stats_source counters;
	struct weir_totals folded;
	struct weir_local_addresses *local_addresses;
	unsigned long id;
	refcount_t refs;
	struct weir_meter *meter;
	struct rcu_head rcu;
	struct weir_affinity_options affinity_options;
	struct weir_affinity __rcu *affinity;
};

/**
 * struct weir_service_table - the services of one namespace
 * @hash: by key; exists while @count is not 0
 * @by_id: the same services by id, for dumps; under the mutex
 * @count: number of services; under the mutex
 * @fwmark_count: number of those by firewall mark; written under the mutex, read by
 *	packets
 * @all_ports_count: number of those of all ports; likewise
 * @clients: entries of affinity of all services; atomic, changes when one begins or
 *	ends
 * @clients_max: bound of @clients; written under the mutex, read by packets
 * @last_id: the last id given; under the mutex
 * @mutex: the namespace's one mutex, that guards every change of services and
 *	servers. Process context; taken before every lock of the packet path
 */
struct weir_service_table {
	struct rhashtable hash;
	struct xarray by_id;
	u32 count;
	u32 fwmark_count;
	u32 all_ports_count;
	atomic_t clients;
	u32 clients_max;
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
struct weir_service *weir_service_find_by_tuple_rcu(struct weir_service_table *table,
						    const struct weir_tuple *tuple, u32 mark);
struct weir_service *weir_service_find(struct weir_service_table *table,
				       const struct weir_service_key *key);
struct weir_service *weir_service_next(struct weir_service_table *table, unsigned long *id);
struct weir_server *weir_service_find_server(struct weir_service *service,
					     const struct weir_endpoint *endpoint);
struct weir_server *weir_service_find_departed(struct weir_service *service,
					       const struct weir_endpoint *endpoint);
void weir_service_forget_routes(struct weir_service *service);
bool weir_service_has_method(const struct weir_service *service, u8 method);
void weir_service_totals(struct weir_service *service, struct weir_totals *totals);
void weir_service_table_totals(struct weir_service_table *table, struct weir_totals *totals);
void weir_service_load(struct weir_service *service, u32 *active, u32 *inactive);

/* Whether a key leaves the port to the packets. */
static inline bool weir_service_key_has_all_ports(const struct weir_service_key *key)
{
	return !key->vip.port;
}

#endif
