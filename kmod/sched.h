/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a scheduler is: a few pure functions over a pool. This header and
 * the files of sched/ know no skb, no lock and no network; they compile on the host
 * for unit tests.
 */
#ifndef WEIR_SCHED_H
#define WEIR_SCHED_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/refcount.h>
#include <linux/siphash.h>
#include <linux/types.h>

#include "addr.h"
#include "weir.h"

/**
 * struct weir_load - the conns a server holds now
 * @active: TCP conns up to established, and UDP flows
 * @inactive: TCP conns that are closing or closed
 * @conns_max: how many of both make the server full; 0 if nothing does. Written
 *	under the namespace's mutex
 * @resume_below: it is full until there are fewer than this; likewise
 * @is_full: it takes no new conn; written by whoever changes a number above
 *
 * Lives in the server, changes when a conn is born, changes class or ends,
 * never with a packet. Readers take any recent value.
 */
struct weir_load {
	atomic_t active;
	atomic_t inactive;
	u32 conns_max;
	u32 resume_below;
	bool is_full;
};

void weir_load_set_limit(struct weir_load *load, u32 conns_max, u32 conns_resume);
void weir_load_heed_limit(struct weir_load *load);

/**
 * struct weir_candidate - a server as schedulers see it
 * @server: the server itself, opaque to schedulers
 * @load: its current load
 * @endpoint: its address and port, its identity across pools
 * @weight: 1 .. WEIR_WEIGHT_MAX; all 1 once a scheduler has built that goes by none.
 *	Of one that is absent what it was when it last had one, or 0
 * @id: names it in what is remembered from pool to pool; not 0
 *
 * Const once the pool is published.
 */
struct weir_candidate {
	struct weir_server *server;
	const struct weir_load *load;
	struct weir_endpoint endpoint;
	u32 weight;
	u32 id;
};

/* Whether it may have no other conn now. A recent answer: CPUs that pick at once may each
 * add one to a server that has room for one.
 */
static inline bool weir_candidate_is_full(const struct weir_candidate *candidate)
{
	return READ_ONCE(candidate->load->is_full);
}

/**
 * struct weir_sched_options - what a service says of how to pick
 * @key: keys every hash
 * @fallback: who is hashed to a server that takes no new conns gets another (sh, dh, mh)
 * @hash_port: the client's port counts as its address does (sh, mh)
 */
struct weir_sched_options {
	siphash_key_t key;
	bool fallback;
	bool hash_port;
};

/**
 * struct weir_sched_memory - the head of what a scheduler remembers from pool to pool
 * @refs: pools that use it; the last to go frees it with kvfree
 */
struct weir_sched_memory {
	refcount_t refs;
};

struct weir_load_rule;

/**
 * struct weir_sched_pool - the candidates of one service and what its scheduler
 *	precomputed from them
 * @options: what the service says
 * @cursor: where the next pick starts (rr, wrr); random at the beginning
 * @count: number of candidates, at least 1 whenever build or pick is called
 * @servers: number of @candidates with those that are absent: down, or without a
 *	weight. For tables that shall not change when a server is down for a while
 * @table_size: entries of @table
 * @table: indices of candidates in the scheduler's own order, or NULL; made by
 *	build with kvmalloc_array, freed with the pool; NULL if build fails
 * @rule: how loads compare, for those that look for the least; set by build
 * @memory: what the scheduler remembers; of the pool before, if that had the same
 *	scheduler, else NULL until build makes it
 * @candidates: the servers that are up and have a weight, the one added last first, as
 *	ip_vs lists them, and so with falling ids: of those that tie the first has the
 *	conn. Behind them those that are absent, in any order
 *
 * Const once published, but for @cursor (rr, wrr), what @table holds where the least is
 * looked for, and what @memory points to; any CPU changes these without a lock.
 */
struct weir_sched_pool {
	struct weir_sched_options options;
	atomic_t cursor;
	u32 count;
	u32 servers;
	u32 table_size;
	u16 *table;
	const struct weir_load_rule *rule;
	struct weir_sched_memory *memory;
	struct weir_candidate candidates[];
};

static_assert(WEIR_SERVERS_MAX <= 65536, "an index fits a table entry");

/* What pick returns if no candidate may have the conn: all are full, or who is meant. */
#define WEIR_SCHED_NOBODY U32_MAX

/**
 * struct weir_scheduler - an algorithm
 * @name: how netlink calls it
 * @build: precomputes what pick wants; process context, may sleep; 0 or
 *	-ENOMEM. NULL where there is nothing to do
 * @pick: index of the candidate for the new conn of a packet with @tuple, from the
 *	client to the address it asked for, or WEIR_SCHED_NOBODY; RCU read side, any CPU at
 *	the same time
 * @changed: hears that the load of candidate @index has changed, or whether it is
 *	full, after the fact; as pick, or under the mutex. Where calls race, or one is
 *	missing, pick finds out in time. NULL if pick does not go by loads
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
extern const struct weir_scheduler weir_sched_lblc;
extern const struct weir_scheduler weir_sched_lblcr;
extern const struct weir_scheduler weir_sched_none;

const struct weir_scheduler *weir_sched_find(const char *name);
u32 weir_sched_find_room(const struct weir_sched_pool *pool, u32 start);

#endif
