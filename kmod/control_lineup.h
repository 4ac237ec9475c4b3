/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The servers of a pool to be: those that take new conns, and those that are absent.
 */
#ifndef WEIR_CONTROL_LINEUP_H
#define WEIR_CONTROL_LINEUP_H

#include "control_apply.h"
#include "pool.h"

/**
 * struct weir_lineup - servers, taken down in their order
 * @candidates: from the front those that take new conns, from the end those absent
 * @room: length of @candidates
 * @count: number of those that take new conns
 * @servers: the number of all
 */
struct weir_lineup {
	struct weir_candidate *candidates;
	u32 room;
	u32 count;
	u32 servers;
};

int weir_lineup_begin(struct weir_lineup *lineup, u32 servers_max);
void weir_lineup_add(struct weir_lineup *lineup, struct weir_server *server,
		     const struct weir_server_settings *settings);
struct weir_pool *weir_lineup_pool(const struct weir_service *service,
				   const struct weir_scheduler *scheduler,
				   const struct weir_sched_options *options,
				   const struct weir_lineup *lineup);

#endif
