// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walks over all conns of a namespace, in steps small enough for others to run.
 */
#include "conn.h"

#include <linux/export.h>
#include <linux/rhashtable.h>
#include <linux/sched.h>

/**
 * weir_conn_walk_enter - begins a walk over all conns
 * @walk: the walk
 * @table: held by the caller until weir_conn_walk_exit()
 */
void weir_conn_walk_enter(struct weir_conn_walk *walk, struct weir_conn_table *table)
{
	rhashtable_walk_enter(&table->hash, &walk->iter);
	walk->interrupted = false;
}
EXPORT_SYMBOL_GPL(weir_conn_walk_enter);

/**
 * weir_conn_walk_exit - ends a walk
 * @walk: the walk, stopped
 */
void weir_conn_walk_exit(struct weir_conn_walk *walk)
{
	rhashtable_walk_exit(&walk->iter);
}
EXPORT_SYMBOL_GPL(weir_conn_walk_exit);

/**
 * weir_conn_walk_start - begins or resumes steps; RCU is held until the stop
 * @walk: the walk
 */
void weir_conn_walk_start(struct weir_conn_walk *walk) __acquires(RCU)
{
	bool has_place = walk->iter.p;

	/* Resized, or the conn it stood at has ended: the place is a guess. */
	if (rhashtable_walk_start_check(&walk->iter) || (has_place && !walk->iter.p))
		walk->interrupted = true;
}
EXPORT_SYMBOL_GPL(weir_conn_walk_start);

/**
 * weir_conn_walk_stop - pauses, so that others may run
 * @walk: the walk
 */
void weir_conn_walk_stop(struct weir_conn_walk *walk) __releases(RCU)
{
	rhashtable_walk_stop(&walk->iter);
}
EXPORT_SYMBOL_GPL(weir_conn_walk_stop);

/**
 * weir_conn_walk_next - the next conn
 * @walk: the walk, started
 *
 * Return: the conn, or NULL at the end.
 */
struct weir_conn *weir_conn_walk_next(struct weir_conn_walk *walk)
{
	struct weir_conn_node *node;

	while ((node = rhashtable_walk_next(&walk->iter))) {
		if (IS_ERR(node))
			walk->interrupted = true;
		else if (node->tuple.dir == WEIR_DIR_REQUEST)
			return weir_conn_of(node);
	}
	return NULL;
}
EXPORT_SYMBOL_GPL(weir_conn_walk_next);

/**
 * weir_conn_walk_peek - the conn the walk stands at
 * @walk: the walk, started
 *
 * The one that the last step gave, if it is still there; else, and at the
 * beginning, the next.
 *
 * Return: the conn, or NULL at the end.
 */
struct weir_conn *weir_conn_walk_peek(struct weir_conn_walk *walk)
{
	struct weir_conn_node *node = rhashtable_walk_peek(&walk->iter);

	if (!node)
		return NULL;
	if (IS_ERR(node))
		walk->interrupted = true;
	else if (node->tuple.dir == WEIR_DIR_REQUEST)
		return weir_conn_of(node);
	return weir_conn_walk_next(walk);
}
EXPORT_SYMBOL_GPL(weir_conn_walk_peek);

/* What is done to the conns that match; whether it has done anything. */
typedef bool (*act_t)(struct weir_conn_table *table, struct weir_conn *conn);

/* Does it in one pass over the table, and returns to how many it has. */
static u32 act_once(struct weir_conn_table *table, weir_conn_match_t match, const void *context,
		    act_t act, bool *interrupted)
{
	struct weir_conn_walk walk;
	struct weir_conn *conn;
	unsigned int steps = 0;
	u32 done = 0;

	weir_conn_walk_enter(&walk, table);
	weir_conn_walk_start(&walk);
	while ((conn = weir_conn_walk_next(&walk))) {
		if (match(conn, context))
			done += act(table, conn);
		if (++steps % 128)
			continue;
		weir_conn_walk_stop(&walk);
		cond_resched();
		weir_conn_walk_start(&walk);
	}
	weir_conn_walk_stop(&walk);
	*interrupted = walk.interrupted;
	weir_conn_walk_exit(&walk);
	return done;
}

/*
 * A walk that resumes where a conn has gone may pass over its neighbours: passes are
 * repeated until one has nothing to do and was not interrupted. Where conns come
 * and go all the time each may be, so that after some in a row it is believed.
 */
static void act_on_all(struct weir_conn_table *table, weir_conn_match_t match,
		       const void *context, act_t act)
{
	enum { IN_VAIN_MAX = 8 };
	int in_vain = 0;
	bool interrupted;

	do {
		if (act_once(table, match, context, act, &interrupted))
			in_vain = 0;
		else if (interrupted)
			in_vain++;
		else
			break;
		cond_resched();
	} while (in_vain < IN_VAIN_MAX);
}

/**
 * weir_conn_kill - ends the conns that match, in one pass over the table
 * @table: held by the caller; process context
 * @match: which ones
 * @context: given to @match
 *
 * It may miss some while others end.
 *
 * Return: their number.
 */
u32 weir_conn_kill(struct weir_conn_table *table, weir_conn_match_t match, const void *context)
{
	bool interrupted;

	return act_once(table, match, context, weir_conn_end, &interrupted);
}

/**
 * weir_conn_kill_all - ends all conns that match
 * @table: held by the caller; process context
 * @match: which ones; no packet makes such conns any more, so that it comes to an end
 * @context: given to @match
 */
void weir_conn_kill_all(struct weir_conn_table *table, weir_conn_match_t match,
			const void *context)
{
	act_on_all(table, match, context, weir_conn_end);
}

/**
 * weir_conn_close_all - does to all conns that match what a RST would do
 * @table: held by the caller; process context
 * @match: which ones; no packet makes such conns any more, so that it comes to an end
 * @context: given to @match
 */
void weir_conn_close_all(struct weir_conn_table *table, weir_conn_match_t match,
			 const void *context)
{
	act_on_all(table, match, context, weir_conn_close);
}

/**
 * weir_conn_forget_routes - lets go of all cached ways of conns
 * @table: held by the caller; process context
 */
void weir_conn_forget_routes(struct weir_conn_table *table)
{
	struct weir_conn_walk walk;
	struct weir_conn *conn;
	unsigned int steps = 0;

	weir_conn_walk_enter(&walk, table);
	weir_conn_walk_start(&walk);
	while ((conn = weir_conn_walk_next(&walk))) {
		weir_route_release(&conn->client);
		weir_route_release(&conn->input);
		if (++steps % 128)
			continue;
		weir_conn_walk_stop(&walk);
		cond_resched();
		weir_conn_walk_start(&walk);
	}
	weir_conn_walk_stop(&walk);
	weir_conn_walk_exit(&walk);
}
