// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds, publishes and frees pools, and picks from the published one.
 */
#include "pool.h"

#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "server.h"
#include "service.h"

/* Each failure takes another replacement of the pool in the same moment. */
enum { PICK_TRIES = 8 };

/* What the scheduler remembers of the pool before, if it is the same scheduler. */
static struct weir_sched_memory *inherit_memory(const struct weir_service *service,
						const struct weir_scheduler *scheduler)
{
	const struct weir_pool *old = rcu_dereference_protected(
		service->pool, lockdep_is_held(&service->table->mutex));

	if (!old || old->scheduler != scheduler || !old->sched.memory)
		return NULL;
	refcount_inc(&old->sched.memory->refs);
	return old->sched.memory;
}

static void release_memory(struct weir_sched_memory *memory)
{
	if (memory && refcount_dec_and_test(&memory->refs))
		kvfree(memory);
}

/**
 * weir_pool_build - a snapshot of servers that take new conns
 * @service: whose pool it is to be; mutex held
 * @scheduler: whose pool it is to be
 * @options: how it is to pick
 * @candidates: the servers, behind them those that are absent
 * @count: number of the former; a pool of none is right too
 * @servers: the number of all servers
 *
 * Return: the pool, or ERR_PTR(-ENOMEM).
 */
struct weir_pool *weir_pool_build(const struct weir_service *service,
				  const struct weir_scheduler *scheduler,
				  const struct weir_sched_options *options,
				  const struct weir_candidate *candidates, u32 count,
				  u32 servers)
{
	struct weir_pool *pool;
	int err;

	pool = kvzalloc(struct_size(pool, sched.candidates, servers), GFP_KERNEL_ACCOUNT);
	if (!pool)
		return ERR_PTR(-ENOMEM);
	pool->scheduler = scheduler;
	pool->sched.options = *options;
	pool->sched.memory = inherit_memory(service, scheduler);
	pool->sched.count = count;
	pool->sched.servers = servers;
	atomic_set(&pool->sched.cursor, get_random_u32());
	memcpy(pool->sched.candidates, candidates, array_size(servers, sizeof(*candidates)));
	if (count && scheduler->build) {
		err = scheduler->build(&pool->sched);
		if (err) {
			weir_pool_free(pool);
			return ERR_PTR(err);
		}
	}
	return pool;
}

/**
 * weir_pool_free - frees a pool nobody reads
 * @pool: never published, or replaced a grace period ago; or NULL
 */
void weir_pool_free(struct weir_pool *pool)
{
	if (!pool)
		return;
	release_memory(pool->sched.memory);
	kvfree(pool->sched.table);
	kvfree(pool);
}

static void free_rcu_pool(struct rcu_head *rcu)
{
	weir_pool_free(container_of(rcu, struct weir_pool, rcu));
}

/* Before a pool is published: its candidates shall find their way back to it. */
static void place_candidates(struct weir_pool *pool, const struct weir_pool *old)
{
	pool->side = old ? !old->side : 0;
	for (u32 i = 0; i < pool->sched.count; i++) {
		struct weir_server *server = pool->sched.candidates[i].server;

		WRITE_ONCE(server->places[pool->side], i);
		WRITE_ONCE(server->load_matters, !!pool->scheduler->changed);
	}
}

/*
 * Loads may have changed after build looked at them, which only the pool before
 * was told of. A change that slips through here is one more for the scheduler to
 * make up for as it does for those that race with each other.
 */
static void review_loads(struct weir_pool *pool)
{
	for (u32 i = 0; i < pool->sched.count; i++)
		pool->scheduler->changed(&pool->sched, i);
}

/**
 * weir_pool_publish - makes packets pick from a pool
 * @service: the service; mutex held
 * @pool: from weir_pool_build(), or NULL when the service goes
 *
 * The pool before it is freed after a grace period.
 */
void weir_pool_publish(struct weir_service *service, struct weir_pool *pool)
{
	struct weir_pool *old = rcu_dereference_protected(service->pool,
							  lockdep_is_held(&service->table->mutex));

	if (pool)
		place_candidates(pool, old);
	rcu_assign_pointer(service->pool, pool);
	if (pool && pool->scheduler->changed)
		review_loads(pool);
	if (old)
		call_rcu(&old->rcu, free_rcu_pool);
}

/**
 * weir_pool_load_changed_rcu - lets the scheduler know of a server's load
 * @server: the server, after the change
 *
 * It need not be a candidate: then its place is another's, or nobody's.
 */
void weir_pool_load_changed_rcu(const struct weir_server *server)
{
	struct weir_pool *pool = rcu_dereference(server->service->pool);
	u32 index;

	if (!pool || !pool->scheduler->changed)
		return;
	/* There since before the pool was published: it is found by way of the pool. */
	index = READ_ONCE(server->places[pool->side]);
	if (index < pool->sched.count && pool->sched.candidates[index].server == server)
		pool->scheduler->changed(&pool->sched, index);
}

/**
 * weir_pool_pick_alone_rcu - the server for a packet of which no conn is kept
 * @service: the service
 * @tuple: of the packet
 *
 * Return: the server, borrowed for as long as RCU is: it may be on its way out; or
 * NULL if none takes the packet.
 */
struct weir_server *weir_pool_pick_alone_rcu(const struct weir_service *service,
					     const struct weir_tuple *tuple)
{
	struct weir_pool *pool = rcu_dereference(service->pool);
	u32 index;

	if (!pool || !pool->sched.count)
		return NULL;
	index = pool->scheduler->pick(&pool->sched, tuple);
	return index == WEIR_SCHED_NOBODY ? NULL : pool->sched.candidates[index].server;
}

/**
 * weir_pool_is_full_rcu - whether it is for full servers that a service takes no conn
 * @service: the service
 *
 * Return: whether there are candidates, and all are full; a recent answer.
 */
bool weir_pool_is_full_rcu(const struct weir_service *service)
{
	const struct weir_pool *pool = rcu_dereference(service->pool);

	return pool && pool->sched.count &&
	       weir_sched_find_room(&pool->sched, 0) == WEIR_SCHED_NOBODY;
}

/**
 * weir_pool_pick_rcu - the server for a new conn
 * @service: the service
 * @tuple: of its first packet
 *
 * Return: the server, with a reference, or NULL if none takes the conn.
 */
struct weir_server *weir_pool_pick_rcu(const struct weir_service *service,
				       const struct weir_tuple *tuple)
{
	struct weir_server *server;

	/* A server that is gone was removed after we read the pool: the pool that
	 * came before its removal is there to be read now.
	 */
	for (int tries = 0; tries < PICK_TRIES; tries++) {
		server = weir_pool_pick_alone_rcu(service, tuple);
		if (!server || weir_server_get_maybe_zero(server))
			return server;
	}
	return NULL;
}
