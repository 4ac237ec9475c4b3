// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes room when there are too many conns: ends half-open ones, the oldest first,
 * and never one whose handshake is complete. Looks at a bounded number of conns, so
 * that a flood costs no more per packet than that.
 */
#include "conn_wheel.h"

enum {
	/* Conns looked at in search of one to end. */
	SEARCH_MAX = 64,
};

/* Whether @conn may go, to make room for one of @service, NULL for any. */
static bool may_go(const struct weir_conn *conn, const struct weir_service *service)
{
	return !service || conn->server->service == service;
}

/*
 * Looks through a slot, whose lane is locked, for as long as *@budget lasts. A conn
 * that is not half-open any more is put where it would be put when it is due: each
 * is in the way once at most.
 */
static bool shed_from_slot(struct weir_conn_table *table, struct weir_wheel_lane *lane,
			   struct list_head *slot, const struct weir_service *service, u32 now,
			   int *budget)
{
	struct weir_conn *conn;
	struct weir_conn *next;

	list_for_each_entry_safe(conn, next, slot, wheel) {
		if (!(*budget)--)
			return false;
		if (!weir_state_is_half_open(READ_ONCE(conn->state))) {
			list_del(&conn->wheel);
			weir_wheel_place(lane, conn, now);
		} else if (may_go(conn, service)) {
			weir_stats_count_shed(conn->server->stats);
			weir_conn_end_locked(table, conn);
			return true;
		}
	}
	return false;
}

/* In the order in which the collector comes to them; it may be a tick behind. */
static bool shed_from_lane(struct weir_conn_table *table, struct weir_wheel_lane *lane,
			   const struct weir_service *service, u32 now, int *budget)
{
	u32 tick = now - 1;
	bool is_done = false;

	spin_lock(&lane->lock);
	while (!is_done && *budget > 0 && (s32)(lane->half_open_until - tick) >= 0)
		is_done = shed_from_slot(table, lane,
					 &lane->half_open[tick++ % WEIR_HALF_OPEN_SLOTS],
					 service, now, budget);
	/* The next search need not lock the lane to find nothing. */
	if (!is_done && *budget > 0 && !service)
		WRITE_ONCE(lane->half_open_until, now - 2);
	spin_unlock(&lane->lock);
	return is_done;
}

/**
 * weir_conn_shed - ends a half-open conn to make room for another
 * @table: the namespace's; RCU read side, bottom halves off, no lane locked
 * @service: whose conn it must be, NULL for any
 * @home: the lane to begin with: that of the conn which wants the room
 *
 * A lane has the conns that a CPU began, so that the oldest of a lane is about the oldest
 * of all where a device spreads flows over CPUs, and just that where it does not.
 *
 * Return: whether one was found.
 */
bool weir_conn_shed(struct weir_conn_table *table, const struct weir_service *service, u8 home)
{
	u32 now = weir_conn_tick();
	int budget = SEARCH_MAX;

	for (int i = 0; i < WEIR_WHEEL_LANES && budget > 0; i++) {
		struct weir_wheel_lane *lane = &table->lanes[(home + i) % WEIR_WHEEL_LANES];

		if ((s32)(READ_ONCE(lane->half_open_until) - now) >= -1 &&
		    shed_from_lane(table, lane, service, now, &budget))
			return true;
	}
	return false;
}
