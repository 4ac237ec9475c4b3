/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A real server of one service: what the packet path reads of it, and its life.
 */
#ifndef WEIR_SERVER_H
#define WEIR_SERVER_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "addr.h"
#include "encap.h"
#include "meter.h"
#include "pool.h"
#include "route.h"
#include "sched.h"
#include "stats.h"

/**
 * struct weir_server - a real server
 * @endpoint: address and port, 0 for that of each conn's request; const
 * @service: the service it belongs to; const, holds a reference
 * @load: conns held now; atomic, changes with births and ends of conns
 * @stats: counters, one set per packet; per CPU
 * @stats_block: what @stats are a part of; const, holds a reference
 * @route: cached way to @endpoint
 * @locals: where conns of the method fullnat take their ports from; replaced under
 *	the mutex, read under RCU; NULL if the service has no local addresses, and
 *	once the server is on no list
 * @wrapped_route: the same for packets that are wrapped: a way that is shared with
 *	the rest of the host
 * @wrapped_source: where those come from
 * @encap: what they are put into; written under the namespace's mutex, read by
 *	packets
 * @weight: share of new conns; written under the namespace's mutex, read by packets
 * @last_weight: the last that was not 0; under the mutex
 * @conns_max: limit of its conns, 0 for none; under the mutex
 * @conns_resume: a full server takes new conns below this; 0 for three quarters of
 *	@conns_max; under the mutex
 * @method: &enum weir_method of new conns; written under the mutex
 * @state: &enum weir_server_state; written under the mutex, read by packets
 * @policy: &enum weir_policy while @state is not up; likewise
 * @deadline: jiffies at which drain becomes reset; likewise
 * @has_deadline: whether @deadline counts; likewise
 * @is_drained: the drained event has been sent; under the mutex
 * @load_matters: the scheduler of the published pool wants to know of @load;
 *	written under the mutex, read by packets, right for candidates only
 * @places: its index in the published pool and in the one before, as
 *	&weir_pool.side says which, once it has been a candidate; written under
 *	the mutex, read under RCU
 * @link: in service->servers or service->departed; under the mutex
 * @id: grows in the order of adding, the cursor of dumps and its name in what
 *	schedulers remember; under the mutex
 * @drained: queued when the last conn of a server that is not up ends; holds a
 *	reference while queued
 * @refs: one for the list it is on, one per conn and per entry of affinity, one for
 *	queued work
 * @meter: what readers in IPVS's words have seen, or NULL before they come; under the
 *	mutex
 * @rcu: frees after a grace period, for readers of old pools; in the room of @link,
 *	since without a reference it is on no list
 * @clients: entries of affinity that lead to it; under the lock of its service's
 * @clients_count: their number; written under that lock, read without
 */
struct weir_server {
	struct weir_endpoint endpoint;
	u32 id;
	struct weir_service *service;
	struct weir_load load;
	refcount_t refs;
	struct weir_stats __percpu *stats;
	struct weir_route route;
	struct weir_route wrapped_route;
	struct weir_source wrapped_source;
	struct weir_encap encap;
	u32 clients_count;
	struct weir_locals __rcu *locals;
	u32 weight;
	u32 last_weight;
	u32 conns_max;
	u32 conns_resume;
	u8 method;
	u8 state;
	u8 policy;
	bool has_deadline;
	bool is_drained;
	bool load_matters;
	u16 places[2];
	unsigned long deadline;

	union {
		struct list_head link;
		struct rcu_head rcu;
	};
	struct work_struct drained;
	struct weir_stats_block *stats_block;
	struct weir_meter *meter;
	struct hlist_head clients;
};

static_assert(IS_ENABLED(CONFIG_LOCKDEP) || IS_ENABLED(CONFIG_DEBUG_OBJECTS_WORK) ||
	      sizeof(struct weir_server) <= 256,
	      "a server fits the slab of 256 bytes");

/**
 * enum weir_lease - what an existing conn of a server may expect now
 * @WEIR_LEASE_GOOD: its packets go on
 * @WEIR_LEASE_MOVE: flows without a handshake are scheduled anew, TCP goes on
 * @WEIR_LEASE_RESET: flows without a handshake are scheduled anew, TCP is reset
 */
enum weir_lease {
	WEIR_LEASE_GOOD,
	WEIR_LEASE_MOVE,
	WEIR_LEASE_RESET,
};

struct weir_server *weir_server_create(struct weir_service *service,
				       const struct weir_endpoint *endpoint,
				       work_func_t drained);
void weir_server_get(struct weir_server *server);
void weir_server_forget_routes(struct weir_server *server);
void weir_server_put(struct weir_server *server);
void weir_server_publish_locals(struct weir_server *server, struct weir_locals *locals);
enum weir_lease weir_server_lease_by_policy(const struct weir_server *server, u8 state);
u32 weir_server_conns(const struct weir_server *server);
void weir_server_set_limit(struct weir_server *server, u32 conns_max, u32 conns_resume);
void weir_server_conn_move_rcu(struct weir_server *server, atomic_t *from, atomic_t *to);
void weir_server_conn_end_rcu(struct weir_server *server, atomic_t *counted_in);

/*
 * Takes a reference to a server found under RCU; false if it is on its way out. In line,
 * because every birth of a conn pays for it.
 */
static inline bool weir_server_get_maybe_zero(struct weir_server *server)
{
	return refcount_inc_not_zero(&server->refs);
}

/* Whether new conns may go to it; any context, a recent answer. */
static inline bool weir_server_is_up(const struct weir_server *server)
{
	return READ_ONCE(server->state) == WEIR_SERVER_STATE_UP;
}

/* What an existing conn may expect now; any context. */
static inline enum weir_lease weir_server_lease(const struct weir_server *server)
{
	u8 state = READ_ONCE(server->state);

	if (likely(state == WEIR_SERVER_STATE_UP))
		return WEIR_LEASE_GOOD;
	return weir_server_lease_by_policy(server, state);
}

/*
 * Passes on that the load has changed: to the server's own limit, and to schedulers that
 * go by loads.
 */
static inline void weir_server_load_changed_rcu(struct weir_server *server)
{
	if (READ_ONCE(server->load.conns_max))
		weir_load_heed_limit(&server->load);
	if (READ_ONCE(server->load_matters))
		weir_pool_load_changed_rcu(server);
}

/*
 * Adds a conn, which holds a reference, to the load. @counted_in is
 * &weir_load.active or &weir_load.inactive of @server.
 */
static inline void weir_server_conn_begin_rcu(struct weir_server *server, atomic_t *counted_in)
{
	atomic_inc(counted_in);
	weir_server_load_changed_rcu(server);
}

#endif
