// SPDX-License-Identifier: GPL-2.0-only
/*
 * Servers A, B, C and so on under a scheduler, and stories of conns that come and end.
 */
#include "farm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>

static u32 id_of(u32 number)
{
	return FARM_SERVERS_MAX - number;
}

static u32 number_of(const struct farm *farm, u32 index)
{
	return FARM_SERVERS_MAX - farm->pool->candidates[index].id;
}

void farm_weigh(struct farm *farm, const u32 *weights)
{
	struct weir_sched_pool *old = farm->pool;
	u32 given[FARM_SERVERS_MAX];
	u32 who[FARM_SERVERS_MAX];
	u32 count = 0;
	u32 n = 0;
	u32 i;

	for (i = 0; i < farm->count; i++) {
		if (!weights[i])
			continue;
		farm->weights[i] = weights[i];
		who[n++] = i;
	}
	count = n;
	for (i = 0; i < farm->count; i++)
		if (!weights[i])
			who[n++] = i;
	for (i = 0; i < farm->count; i++)
		given[i] = farm->weights[who[i]];

	farm->pool = fixture_pool(farm->count, given);
	farm->pool->count = count;
	farm->pool->options.fallback = farm->options.fallback;
	farm->pool->options.hash_port = farm->options.hash_port;
	for (i = 0; i < farm->count; i++) {
		farm->pool->candidates[i].endpoint = fixture_server(who[i]);
		farm->pool->candidates[i].id = id_of(who[i]);
		fixture_set_load(farm->pool, i, farm->active[who[i]], farm->inactive[who[i]]);
	}
	if (old && old->memory) {
		refcount_inc(&old->memory->refs);
		farm->pool->memory = old->memory;
	}
	if (old)
		fixture_pool_free(old);
	if (count && farm->sched->build)
		assert_int_equal(farm->sched->build(farm->pool), 0);
	for (i = 0; i < count; i++)
		fixture_set_full(farm->sched, farm->pool, i, farm->is_full[who[i]]);
}

struct farm farm_begin(const struct weir_scheduler *sched, u32 count, const u32 *weights)
{
	struct farm farm = { .sched = sched, .count = count };

	assert_true(count <= FARM_SERVERS_MAX);
	farm_weigh(&farm, weights);
	return farm;
}

void farm_end(struct farm *farm)
{
	fixture_pool_free(farm->pool);
}

void farm_add(struct farm *farm, u32 server, int active, int inactive)
{
	u32 i;

	farm->active[server] += active;
	farm->inactive[server] += inactive;
	for (i = 0; i < farm->pool->count; i++) {
		if (number_of(farm, i) != server)
			continue;
		fixture_set_load(farm->pool, i, farm->active[server], farm->inactive[server]);
		if (farm->sched->changed)
			farm->sched->changed(farm->pool, i);
	}
}

void farm_fill(struct farm *farm, char server, bool is_full)
{
	u32 i;

	farm->is_full[server - 'A'] = is_full;
	for (i = 0; i < farm->pool->count; i++)
		if (number_of(farm, i) == (u32)(server - 'A'))
			fixture_set_full(farm->sched, farm->pool, i, is_full);
}

char farm_pick(const struct farm *farm, const struct weir_tuple *tuple)
{
	u32 i = farm->sched->pick(farm->pool, tuple);

	if (i == WEIR_SCHED_NOBODY)
		return '-';

	assert_true(i < farm->pool->count);
	return 'A' + number_of(farm, i);
}

void farm_play_for(struct farm *farm, const struct weir_tuple *tuple, const char *story)
{
	for (; *story; story++) {
		if (islower(*story)) {
			farm_add(farm, *story - 'a', -1, 0);
			continue;
		}
		assert_int_equal(farm_pick(farm, tuple), *story);
		if (*story != '-')
			farm_add(farm, *story - 'A', 1, 0);
	}
}

void farm_play(struct farm *farm, const char *story)
{
	static const struct weir_tuple any;

	farm_play_for(farm, &any, story);
}
