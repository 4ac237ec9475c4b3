/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Servers A, B, C and so on under a scheduler, and stories of conns that come and end.
 */
#ifndef FARM_H
#define FARM_H

#include "fixture.h"

#define FARM_SERVERS_MAX 16

/**
 * struct farm - servers from the one added last to the one added first, as ip_vs lists
 *	them, and what they hold
 * @sched: who picks
 * @pool: of the servers that have a weight, and behind them the others
 * @options: of every pool but for the key, which is a constant
 * @count: number of servers
 * @weights: the last that were not 0
 * @active: active conns
 * @inactive: the others
 * @is_full: which are full
 */
struct farm {
	const struct weir_scheduler *sched;
	struct weir_sched_pool *pool;
	struct weir_sched_options options;
	u32 count;
	u32 weights[FARM_SERVERS_MAX];
	int active[FARM_SERVERS_MAX];
	int inactive[FARM_SERVERS_MAX];
	bool is_full[FARM_SERVERS_MAX];
};

/**
 * farm_begin - servers without conns
 * @sched: who picks
 * @count: number of servers
 * @weights: their weights, 0 for one that takes no new conns
 *
 * Return: the farm, for farm_end().
 */
struct farm farm_begin(const struct weir_scheduler *sched, u32 count, const u32 *weights);

#define BEGIN(sched, ...)                                                               \
	farm_begin(sched, sizeof((const u32[]){ __VA_ARGS__ }) / sizeof(u32),           \
		   (const u32[]){ __VA_ARGS__ })

/**
 * farm_end - free a farm
 * @farm: from farm_begin()
 */
void farm_end(struct farm *farm);

/**
 * farm_weigh - another pool, as after every change of weights
 * @farm: the farm
 * @weights: the new ones of all servers
 */
void farm_weigh(struct farm *farm, const u32 *weights);

#define WEIGH(farm, ...) farm_weigh(farm, (const u32[]){ __VA_ARGS__ })

/**
 * farm_add - conns that come, or end
 * @farm: the farm
 * @server: 0 for A and so on
 * @active: how many more
 * @inactive: how many more
 */
void farm_add(struct farm *farm, u32 server, int active, int inactive);

/**
 * farm_fill - make a server full, or end that
 * @farm: the farm
 * @server: 'A' and so on
 * @is_full: whether it is
 */
void farm_fill(struct farm *farm, char server, bool is_full);

/**
 * farm_pick - who has the next conn
 * @farm: the farm
 * @tuple: of its first packet
 *
 * Return: 'A' and so on, '-' for nobody.
 */
char farm_pick(const struct farm *farm, const struct weir_tuple *tuple);

/**
 * farm_play - play a story
 * @farm: the farm
 * @story: "A", the next conn goes to A and stays; "a", an active conn of A ends; "-",
 *	nobody has the next conn
 *
 * All conns are from the same client to the same address.
 */
void farm_play(struct farm *farm, const char *story);

/**
 * farm_play_for - play a story of conns like this
 * @farm: the farm
 * @tuple: of every conn
 * @story: as farm_play() has it
 */
void farm_play_for(struct farm *farm, const struct weir_tuple *tuple, const char *story);

#endif
