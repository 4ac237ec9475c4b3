/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pools for tests of schedulers. Server i of a pool is 10.0.x.y port 80, where
 * x.y is its number; clients are 192.0.2.0 plus their number and ask for
 * 198.51.100.0 port 80.
 */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "sched.h"

/**
 * fixture_pool - a pool of servers 0 .. @count - 1 without load
 * @count: number of servers
 * @weights: their weights, or NULL for 1 each
 *
 * Server 0 was added last. The cursor is 0 and the key a constant. Nothing is built yet.
 *
 * Return: the pool, for fixture_pool_free().
 */
struct weir_sched_pool *fixture_pool(u32 count, const u32 *weights);

/**
 * fixture_pool_free - free a pool, its loads and its table
 * @pool: from fixture_pool()
 */
void fixture_pool_free(struct weir_sched_pool *pool);

/**
 * fixture_built - a pool of fixture_pool() that a scheduler has built
 * @sched: the scheduler
 * @count: number of servers
 * @weights: their weights, or NULL for 1 each
 *
 * Return: the pool, for fixture_pool_free().
 */
struct weir_sched_pool *fixture_built(const struct weir_scheduler *sched, u32 count,
				      const u32 *weights);

/**
 * fixture_set_load - give a server conns
 * @pool: from fixture_pool()
 * @i: the server
 * @active: active conns
 * @inactive: inactive conns
 */
void fixture_set_load(struct weir_sched_pool *pool, u32 i, int active, int inactive);

/**
 * fixture_set_full - say whether a server is full
 * @sched: who built the pool
 * @pool: from fixture_pool()
 * @i: the server
 * @is_full: whether it is
 *
 * The scheduler is told if it wants to know.
 */
void fixture_set_full(const struct weir_scheduler *sched, struct weir_sched_pool *pool, u32 i,
		      bool is_full);

/**
 * fixture_server - the endpoint of a server
 * @number: the server's number
 */
struct weir_endpoint fixture_server(u32 number);

/**
 * fixture_tuple - the tuple of a client's packet
 * @client: the client's number
 * @port: its port, in host order
 */
struct weir_tuple fixture_tuple(u32 client, u16 port);

#endif
