/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The wheel that finds conns which have been idle for too long without a timer
 * each and without a scan of the table. Between conn.c and conn_wheel.c only.
 */
#ifndef WEIR_CONN_WHEEL_H
#define WEIR_CONN_WHEEL_H

#include "conn.h"

int weir_wheel_init(struct weir_conn_table *table);
void weir_wheel_exit(struct weir_conn_table *table);
void weir_wheel_start(struct weir_conn_table *table);
void weir_wheel_place(struct weir_wheel_lane *lane, struct weir_conn *conn, u32 now);
bool weir_conn_shed(struct weir_conn_table *table, const struct weir_service *service, u8 home);
void weir_conn_end_locked(struct weir_conn_table *table, struct weir_conn *conn);

/*
 * Makes sure that the collector runs: a conn of @table has been counted. Any context. In
 * line, because every birth asks and few have to start it.
 */
static inline void weir_wheel_arm(struct weir_conn_table *table)
{
	/* Orders the count before the bit; pairs with the collector's own look. */
	smp_mb();
	if (!test_bit(0, &table->armed))
		weir_wheel_start(table);
}

#endif
