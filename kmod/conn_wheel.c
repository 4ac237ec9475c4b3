// SPDX-License-Identifier: GPL-2.0-only
/*
 * A two-level wheel of conns in each lane. A conn waits in the slot of the tick
 * at which it would be idle for too long; packets that come meanwhile only
 * store a later tick in the conn, and the collector moves it on when its slot
 * is due. So a conn is looked at once per timeout, not once per packet or scan.
 */
#include "conn_wheel.h"

#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

enum {
	/* Conns looked at in one go with the lane locked. */
	BATCH = 64,
	/* The furthest a conn is placed: one slot short of a lap. */
	HORIZON = (WEIR_WHEEL_SLOTS - 1) * WEIR_WHEEL_SLOTS,
	/* The furthest a half-open conn is placed. */
	HALF_OPEN_HORIZON = WEIR_HALF_OPEN_SLOTS - 1,
};

static struct list_head *slot_of(struct weir_wheel_lane *lane, u32 due, u32 now)
{
	if (due - now < WEIR_WHEEL_SLOTS)
		return &lane->slots[0][due % WEIR_WHEEL_SLOTS];
	return &lane->slots[1][(due >> WEIR_WHEEL_BITS) % WEIR_WHEEL_SLOTS];
}

static void place_half_open(struct weir_wheel_lane *lane, struct weir_conn *conn, u32 due)
{
	list_add_tail(&conn->wheel, &lane->half_open[due % WEIR_HALF_OPEN_SLOTS]);
	if ((s32)(due - lane->half_open_until) > 0)
		WRITE_ONCE(lane->half_open_until, due);
}

/**
 * weir_wheel_place - puts a conn into the slot of its expiry
 * @lane: its lane, locked
 * @conn: in no slot
 * @now: the current tick
 */
void weir_wheel_place(struct weir_wheel_lane *lane, struct weir_conn *conn, u32 now)
{
	bool is_half_open = weir_state_is_half_open(READ_ONCE(conn->state));
	s32 distance = READ_ONCE(conn->expires) + 1 - now;
	u32 due = now + clamp_t(s32, distance, 1, is_half_open ? HALF_OPEN_HORIZON : HORIZON);

	lockdep_assert_held(&lane->lock);
	WRITE_ONCE(conn->due, due);
	if (is_half_open)
		place_half_open(lane, conn, due);
	else
		list_add_tail(&conn->wheel, slot_of(lane, due, now));
}

/**
 * weir_wheel_hasten - moves a conn to an earlier slot
 * @table: the namespace's
 * @conn: found under RCU; its expiry is earlier than its slot
 */
void weir_wheel_hasten(struct weir_conn_table *table, struct weir_conn *conn)
{
	struct weir_wheel_lane *lane = &table->lanes[conn->lane];

	spin_lock_bh(&lane->lock);
	if (READ_ONCE(conn->state) != WEIR_CONN_ENDED) {
		list_del(&conn->wheel);
		weir_wheel_place(lane, conn, weir_conn_tick());
	}
	spin_unlock_bh(&lane->lock);
}

/* Ends the conn, or puts it where it is due next; under RCU. */
static void look_at(struct weir_conn_table *table, struct weir_wheel_lane *lane,
		    struct weir_conn *conn, u32 now)
{
	if ((s32)(now - READ_ONCE(conn->expires)) > 0) {
		weir_conn_end_locked(table, conn);
		return;
	}
	list_del(&conn->wheel);
	weir_wheel_place(lane, conn, now);
}

/*
 * The slot is emptied into a list of our own first: what is placed meanwhile,
 * by us or by packets, waits for its own tick.
 */
static void collect_slot(struct weir_conn_table *table, struct weir_wheel_lane *lane,
			 struct list_head *slot)
{
	u32 now = weir_conn_tick();
	LIST_HEAD(batch);
	int budget;

	spin_lock_bh(&lane->lock);
	list_splice_init(slot, &batch);
	while (!list_empty(&batch)) {
		rcu_read_lock();
		for (budget = BATCH; budget && !list_empty(&batch); budget--)
			look_at(table, lane, list_first_entry(&batch, struct weir_conn, wheel),
				now);
		rcu_read_unlock();
		spin_unlock_bh(&lane->lock);
		cond_resched();
		spin_lock_bh(&lane->lock);
	}
	spin_unlock_bh(&lane->lock);
}

static void collect_tick(struct weir_conn_table *table, u32 tick)
{
	for (int i = 0; i < WEIR_WHEEL_LANES; i++) {
		struct weir_wheel_lane *lane = &table->lanes[i];

		if (tick % WEIR_WHEEL_SLOTS == 0)
			collect_slot(table, lane,
				     &lane->slots[1][(tick >> WEIR_WHEEL_BITS) % WEIR_WHEEL_SLOTS]);
		collect_slot(table, lane, &lane->slots[0][tick % WEIR_WHEEL_SLOTS]);
		collect_slot(table, lane, &lane->half_open[tick % WEIR_HALF_OPEN_SLOTS]);
	}
}

static void queue_collector(struct weir_conn_table *table)
{
	queue_delayed_work(weir_workqueue, &table->collector, HZ);
}

static void collect(struct work_struct *work)
{
	struct weir_conn_table *table =
		container_of(to_delayed_work(work), struct weir_conn_table, collector);
	u32 now = weir_conn_tick();

	while ((s32)(now - table->tick) > 0)
		collect_tick(table, ++table->tick);
	if (atomic_read(&table->count)) {
		queue_collector(table);
		return;
	}
	/* A birth that still saw the bit counted before we look again; pairs
	 * with weir_wheel_arm(), which runs after the count.
	 */
	clear_bit(0, &table->armed);
	smp_mb__after_atomic();
	if (atomic_read(&table->count) && !test_and_set_bit(0, &table->armed))
		queue_collector(table);
}

/**
 * weir_wheel_start - starts the collector, unless somebody else just has
 * @table: the namespace's, as weir_wheel_arm() found it; any context
 */
void weir_wheel_start(struct weir_conn_table *table)
{
	if (test_and_set_bit(0, &table->armed))
		return;
	/* Slots of ticks that passed while the collector slept were empty then
	 * and hold only what is due later.
	 */
	table->tick = weir_conn_tick() - 1;
	queue_collector(table);
}

static void init_lane(struct weir_wheel_lane *lane)
{
	spin_lock_init(&lane->lock);
	for (int level = 0; level < WEIR_WHEEL_LEVELS; level++)
		for (int i = 0; i < WEIR_WHEEL_SLOTS; i++)
			INIT_LIST_HEAD(&lane->slots[level][i]);
	for (int i = 0; i < WEIR_HALF_OPEN_SLOTS; i++)
		INIT_LIST_HEAD(&lane->half_open[i]);
}

/**
 * weir_wheel_init - an empty wheel
 * @table: the namespace's
 *
 * Return: 0 or -ENOMEM.
 */
int weir_wheel_init(struct weir_conn_table *table)
{
	table->lanes = kvcalloc(WEIR_WHEEL_LANES, sizeof(*table->lanes), GFP_KERNEL_ACCOUNT);
	if (!table->lanes)
		return -ENOMEM;
	for (int i = 0; i < WEIR_WHEEL_LANES; i++)
		init_lane(&table->lanes[i]);
	INIT_DELAYED_WORK(&table->collector, collect);
	table->armed = 0;
	return 0;
}

/**
 * weir_wheel_exit - frees an empty wheel
 * @table: the namespace's; no packet can reach it any more
 */
void weir_wheel_exit(struct weir_conn_table *table)
{
	cancel_delayed_work_sync(&table->collector);
	kvfree(table->lanes);
	table->lanes = NULL;
}
