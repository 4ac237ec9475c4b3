// SPDX-License-Identifier: GPL-2.0-only
/*
 * States of conns and how long they last. Packets on several CPUs may move one conn at
 * once: no change is lost, and none is accounted twice.
 */
#include "conn_state.h"

#include <linux/bottom_half.h>
#include <linux/export.h>

/*
 * Makes @next of the state @state, and accounts the change. Returns the state that was
 * found: @state, or another, of which nothing has been made. A full barrier.
 */
static u32 change_state(struct weir_conn *conn, u32 state, u32 next)
{
	u32 found = cmpxchg(&conn->state, state, next);

	if (found != state)
		return found;
	weir_conn_count_half_open(conn, state, next);
	if (weir_conn_counter(conn, next) != weir_conn_counter(conn, state))
		weir_server_conn_move_rcu(conn->server, weir_conn_counter(conn, state),
					  weir_conn_counter(conn, next));
	return state;
}

/**
 * weir_conn_advance - moves a conn to its next state
 * @conn: found under RCU, of a protocol that has states
 * @pkt: one of its packets, no ICMP error; bottom halves are off
 * @dir: the packet's direction
 *
 * Each change is accounted by who makes it. Where a packet on another CPU has changed
 * the state first, this one moves the state that it finds then: none is lost, and
 * each turn more is another packet's change.
 *
 * Return: the state, or WEIR_CONN_ENDED.
 */
u32 weir_conn_advance(struct weir_conn *conn, const struct weir_packet *pkt, enum weir_dir dir)
{
	u32 found = READ_ONCE(conn->state);
	u32 state, next;

	do {
		state = found;
		if (state == WEIR_CONN_ENDED)
			return state;
		next = weir_state_next(weir_conn_protocol(conn), state, weir_conn_view(conn, dir),
				       pkt->signals);
		if (next == state)
			return state;
		found = change_state(conn, state, next);
	} while (unlikely(found != state));
	return next;
}

/**
 * weir_conn_put_off - writes how long a conn may be idle from now on
 * @table: the namespace's
 * @conn: found under RCU; bottom halves are off
 * @state: the state it had a moment ago, not WEIR_CONN_ENDED
 *
 * Who changes the state writes the time that the new one gives. A packet on another CPU
 * that knows the old one may write the old one's time after that, which can be hours
 * for a conn that is closed: so each looks, after it has written, whether the state
 * is still the one that it has written for.
 */
void weir_conn_put_off(struct weir_conn_table *table, struct weir_conn *conn, u32 state)
{
	u32 written;

	do {
		written = state;
		WRITE_ONCE(conn->expires, weir_conn_tick() + weir_conn_timeout(conn, state));
		/* Orders the time before the state; pairs with change_state(). */
		smp_mb();
		state = READ_ONCE(conn->state);
	} while (state != written && state != WEIR_CONN_ENDED);
	if ((s32)(READ_ONCE(conn->due) - READ_ONCE(conn->expires)) > 1)
		weir_wheel_hasten(table, conn);
}

/* Unless it has ended, or has no longer to go than a conn that is closed. */
static bool become_closed(struct weir_conn *conn)
{
	u8 protocol = weir_conn_protocol(conn);
	u32 closed = weir_state_closed(protocol);
	u32 found = READ_ONCE(conn->state);
	u32 state;

	do {
		state = found;
		if (state == WEIR_CONN_ENDED ||
		    weir_state_timeout(protocol, state) == weir_state_timeout(protocol, closed))
			return false;
		found = change_state(conn, state, closed);
	} while (found != state);
	return true;
}

/**
 * weir_conn_close - does to a conn what a RST or ABORT would do
 * @table: the namespace's
 * @conn: found under RCU
 *
 * It stays for as long as a closed one does, so that what either side still sends
 * finds it. One without states ends.
 *
 * Return: false if there was nothing to do.
 */
bool weir_conn_close(struct weir_conn_table *table, struct weir_conn *conn)
{
	u8 protocol = weir_conn_protocol(conn);
	bool is_changed;

	if (!weir_protocol_has_states(protocol))
		return weir_conn_end(table, conn);
	local_bh_disable();
	is_changed = become_closed(conn);
	if (is_changed)
		weir_conn_put_off(table, conn, weir_state_closed(protocol));
	local_bh_enable();
	return is_changed;
}

/**
 * weir_conn_expires_ms - how long a conn may still be idle
 * @conn: found under RCU
 *
 * Return: milliseconds, 0 if it is past.
 */
u32 weir_conn_expires_ms(const struct weir_conn *conn)
{
	s32 left = READ_ONCE(conn->expires) - weir_conn_tick();

	return left > 0 ? left * MSEC_PER_SEC : 0;
}
EXPORT_SYMBOL_GPL(weir_conn_expires_ms);

/**
 * weir_conn_state - the state of a conn
 * @conn: found under RCU
 *
 * Return: its state, as state.h has it; closed if it has ended meanwhile.
 */
u32 weir_conn_state(const struct weir_conn *conn)
{
	u32 state = READ_ONCE(conn->state);

	return state == WEIR_CONN_ENDED ? weir_state_closed(weir_conn_protocol(conn)) : state;
}
EXPORT_SYMBOL_GPL(weir_conn_state);
