// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools for tests of schedulers.
 */
#include "fixture.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include <linux/slab.h>

struct weir_endpoint fixture_server(u32 number)
{
	return (struct weir_endpoint){
		.addr.all = { htonl(0x0a000000 + number) },
		.port = htons(80),
		.family = AF_INET,
	};
}

struct weir_tuple fixture_tuple(u32 client, u16 port)
{
	return (struct weir_tuple){
		.src.all = { htonl(0xc0000200 + client) },
		.sport = htons(port),
		.dst.all = { htonl(0xc6336400) },
		.dport = htons(80),
		.family = AF_INET,
		.protocol = IPPROTO_TCP,
	};
}

struct weir_sched_pool *fixture_pool(u32 count, const u32 *weights)
{
	struct weir_load *loads = calloc(count, sizeof(*loads));
	struct weir_sched_pool *pool;
	u32 i;

	pool = calloc(1, sizeof(*pool) + count * sizeof(pool->candidates[0]));
	pool->options.key = (siphash_key_t){ { 0x5765697257656972ULL, 0x6d61676c65766d68ULL } };
	pool->count = count;
	pool->servers = count;
	for (i = 0; i < count; i++) {
		pool->candidates[i].load = &loads[i];
		pool->candidates[i].endpoint = fixture_server(i);
		pool->candidates[i].weight = weights ? weights[i] : 1;
		pool->candidates[i].id = count - i;
	}

	return pool;
}

void fixture_pool_free(struct weir_sched_pool *pool)
{
	free((struct weir_load *)pool->candidates[0].load);
	kvfree(pool->table);
	if (pool->memory && refcount_dec_and_test(&pool->memory->refs))
		kvfree(pool->memory);
	free(pool);
}

struct weir_sched_pool *fixture_built(const struct weir_scheduler *sched, u32 count,
				      const u32 *weights)
{
	struct weir_sched_pool *pool = fixture_pool(count, weights);

	if (sched->build && sched->build(pool))
		abort();

	return pool;
}

void fixture_set_load(struct weir_sched_pool *pool, u32 i, int active, int inactive)
{
	struct weir_load *load = (struct weir_load *)pool->candidates[i].load;

	atomic_set(&load->active, active);
	atomic_set(&load->inactive, inactive);
}

void fixture_set_full(const struct weir_scheduler *sched, struct weir_sched_pool *pool, u32 i,
		      bool is_full)
{
	((struct weir_load *)pool->candidates[i].load)->is_full = is_full;
	if (sched->changed)
		sched->changed(pool, i);
}
