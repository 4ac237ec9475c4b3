/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The published snapshot of a service's servers. A change of servers builds a
 * new pool and publishes it with one pointer store; packets pick from whichever
 * they see.
 */
#ifndef WEIR_POOL_H
#define WEIR_POOL_H

#include <linux/rcupdate.h>

#include "sched.h"

/**
 * struct weir_pool - a snapshot
 * @scheduler: whose build made @sched, and whose pick may read it
 * @side: which of a server's two places is its index in this pool; not that of
 *	the pool before it, so that packets which still see that one find theirs
 * @rcu: frees after a grace period
 * @sched: candidates and what the scheduler precomputed
 */
struct weir_pool {
	const struct weir_scheduler *scheduler;
	u8 side;
	struct rcu_head rcu;
	struct weir_sched_pool sched;
};

struct weir_pool *weir_pool_build(const struct weir_service *service,
				  const struct weir_scheduler *scheduler,
				  const struct weir_sched_options *options,
				  const struct weir_candidate *candidates, u32 count,
				  u32 servers);
void weir_pool_publish(struct weir_service *service, struct weir_pool *pool);
void weir_pool_free(struct weir_pool *pool);
struct weir_server *weir_pool_pick_rcu(const struct weir_service *service,
				       const struct weir_tuple *tuple);
struct weir_server *weir_pool_pick_alone_rcu(const struct weir_service *service,
					     const struct weir_tuple *tuple);
bool weir_pool_is_full_rcu(const struct weir_service *service);
void weir_pool_load_changed_rcu(const struct weir_server *server);

#endif
