// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walks over all entries of a service's affinity, in steps small enough for others
 * to run.
 */
#include "affinity.h"

#include <linux/export.h>
#include <linux/sched.h>

/* Entries looked at before others may run. */
enum { STEPS = 128 };

/**
 * weir_affinity_walk_enter - begins a walk over all entries
 * @walk: the walk
 * @affinity: held by the caller until weir_affinity_walk_exit()
 */
void weir_affinity_walk_enter(struct weir_affinity_walk *walk, struct weir_affinity *affinity)
{
	rhashtable_walk_enter(&affinity->table, &walk->iter);
	walk->interrupted = false;
}
EXPORT_SYMBOL_GPL(weir_affinity_walk_enter);

/**
 * weir_affinity_walk_exit - ends a walk
 * @walk: the walk, stopped
 */
void weir_affinity_walk_exit(struct weir_affinity_walk *walk)
{
	rhashtable_walk_exit(&walk->iter);
}
EXPORT_SYMBOL_GPL(weir_affinity_walk_exit);

/**
 * weir_affinity_walk_start - begins or resumes steps; RCU is held until the stop
 * @walk: the walk
 */
void weir_affinity_walk_start(struct weir_affinity_walk *walk) __acquires(RCU)
{
	bool has_place = walk->iter.p;

	/* Resized, or the entry it stood at has ended: the place is a guess. */
	if (rhashtable_walk_start_check(&walk->iter) || (has_place && !walk->iter.p))
		walk->interrupted = true;
}
EXPORT_SYMBOL_GPL(weir_affinity_walk_start);

/**
 * weir_affinity_walk_stop - pauses, so that others may run
 * @walk: the walk
 */
void weir_affinity_walk_stop(struct weir_affinity_walk *walk) __releases(RCU)
{
	rhashtable_walk_stop(&walk->iter);
}
EXPORT_SYMBOL_GPL(weir_affinity_walk_stop);

/**
 * weir_affinity_walk_next - the next entry
 * @walk: the walk, started
 *
 * Return: the entry, or NULL at the end.
 */
struct weir_affinity_entry *weir_affinity_walk_next(struct weir_affinity_walk *walk)
{
	struct weir_affinity_entry *entry;

	while (IS_ERR(entry = rhashtable_walk_next(&walk->iter)))
		walk->interrupted = true;
	return entry;
}
EXPORT_SYMBOL_GPL(weir_affinity_walk_next);

/**
 * weir_affinity_walk_peek - the entry the walk stands at
 * @walk: the walk, started
 *
 * The one that the last step gave, if it is still there; else, and at the
 * beginning, the next.
 *
 * Return: the entry, or NULL at the end.
 */
struct weir_affinity_entry *weir_affinity_walk_peek(struct weir_affinity_walk *walk)
{
	struct weir_affinity_entry *entry = rhashtable_walk_peek(&walk->iter);

	if (!IS_ERR(entry))
		return entry;
	walk->interrupted = true;
	return weir_affinity_walk_next(walk);
}
EXPORT_SYMBOL_GPL(weir_affinity_walk_peek);

/**
 * weir_affinity_remove - ends the entries that match, in one pass over the table
 * @affinity: held by the caller; process context
 * @match: which ones
 * @context: given to @match
 *
 * A walk that resumes where an entry has gone may pass over its neighbours: who
 * wants all of them repeats until a pass finds none.
 *
 * Return: their number.
 */
u32 weir_affinity_remove(struct weir_affinity *affinity, weir_affinity_match_t match,
			 const void *context)
{
	struct weir_affinity_entry *entry;
	struct weir_affinity_walk walk;
	unsigned int steps = 0;
	u32 removed = 0;

	weir_affinity_walk_enter(&walk, affinity);
	weir_affinity_walk_start(&walk);
	while ((entry = weir_affinity_walk_next(&walk))) {
		if (match(affinity, entry, context))
			removed += weir_affinity_end(affinity, entry);
		if (++steps % STEPS)
			continue;
		weir_affinity_walk_stop(&walk);
		cond_resched();
		weir_affinity_walk_start(&walk);
	}
	weir_affinity_walk_stop(&walk);
	weir_affinity_walk_exit(&walk);
	return removed;
}
