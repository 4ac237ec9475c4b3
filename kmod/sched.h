/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a scheduler is: a few pure functions over a pool. This header and
 * the files of sched/ know no skb, no lock and no network; they compile on the host
 * for unit tests.
 */
#ifndef WEIR_SCHED_H
#define WEIR_SCHED_H

#include <linux/atomic.h>
#include <linux/siphash.h>
#include <linux/types.h>

#include "addr.h"
#include "weir.h"

/**
 * struct weir_load - the conns a server holds now
 * @active: TCP conns up to established, and UDP flows
 * @inactive: TCP conns that are closing or closed
 *
 * Lives in the server, changes when a conn is born, changes class or ends,
 * never with a packet. Readers take any recent value.
 */
struct weir_load {
	atomic_t active;
	atomic_t inactive;
};

/**
 * struct weir_candidate - a server as schedulers see it
 * @server: the server itself, opaque to schedulers
 * @load: its current load
 * @endpoint: its address and port, its identity across pools
 * @weight: 1 .. WEIR_WEIGHT_MAX; all 1 once a scheduler has built that goes by none
 * @position: its place among all servers of the service in the order they were
 *	added, those that are no candidates included
 *
 * Const once the pool is published.
 */
struct weir_candidate {
	struct weir_server *server;
	const struct weir_load *load;
	struct weir_endpoint endpoint;
	u32 weight;
	u16 position;
};

struct weir_load_rule;

/**
 * struct weir_sched_pool - the candidates of one service and what its scheduler
 *	precomputed from them
 * @key: keys every hash; the same in all pools of a service
 * @cursor: where the next pick starts (rr, wrr), or ties do (lc, wlc, sed, nq: made
 *	into a place in @table by build), or who is picked (fo); random at the beginning
 * @count: number of candidates, at least 1 whenever build or pick is called
 * @servers: servers of the service, those that take no new conns included: for
 *	tables that shall not change when a server is down for a while
 * @table_size: entries of @table
 * @table: indices of candidates in the scheduler's own order, or NULL; made by
 *	build with kvmalloc_array, freed with the pool; NULL if build fails
 * @rule: how loads compare (lc, wlc, sed, nq); set by build
 * @candidates: servers that are up and have a weight, in the order they were added
 *
 * Const once published, but for @cursor (rr, wrr) and what @table holds (lc,
 * wlc, sed, nq), which any CPU changes without a lock.
 */
struct weir_sched_pool {
	siphash_key_t key;
	atomic_t cursor;
	u32 count;
	u32 servers;
	u32 table_size;
	u16 *table;
	const struct weir_load_rule *rule;
	struct weir_candidate candidates[];
};

static_assert(WEIR_SERVERS_MAX <= 65536, "an index fits a table entry, and a position its member");

/* What pick returns if no candidate may have the conn. */
#define WEIR_SCHED_NOBODY U32_MAX

/**
 * struct weir_scheduler - an algorithm
 * @name: how netlink calls it
 * @build: precomputes what pick wants; process context, may sleep; 0 or
 *	-ENOMEM. NULL where there is nothing to do
 * @pick: index of the candidate for the new conn of a packet with @tuple, from the
 *	client to the address it asked for, or WEIR_SCHED_NOBODY; RCU read side, any CPU at
 *	the same time
 * @changed: hears that the load of candidate @index has changed, after the
 *	fact; as pick, or under the mutex. Where calls race, or one is missing, pick
 *	finds out in time. NULL if pick does not go by loads
 */
struct weir_scheduler {
	const char *name;
	int (*build)(struct weir_sched_pool *pool);
	u32 (*pick)(struct weir_sched_pool *pool, const struct weir_tuple *tuple);
	void (*changed)(struct weir_sched_pool *pool, u32 index);
};

extern const struct weir_scheduler weir_sched_rr;
extern const struct weir_scheduler weir_sched_wrr;
extern const struct weir_scheduler weir_sched_lc;
extern const struct weir_scheduler weir_sched_wlc;
extern const struct weir_scheduler weir_sched_sed;
extern const struct weir_scheduler weir_sched_nq;
extern const struct weir_scheduler weir_sched_twos;
extern const struct weir_scheduler weir_sched_fo;
extern const struct weir_scheduler weir_sched_ovf;
extern const struct weir_scheduler weir_sched_sh;
extern const struct weir_scheduler weir_sched_dh;
extern const struct weir_scheduler weir_sched_mh;

const struct weir_scheduler *weir_sched_find(const char *name);

#endif
