// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tournament over the candidates of a pool. Each node of a binary tree names
 * the one below it with the least load for its weight, and the root the one to
 * pick. A change of a load replays the matches on the way from the candidate's
 * leaf to the root; nobody ever scans.
 *
 * The tree is the pool's table. Node n has the children 2n and 2n + 1, the root
 * is 1, and the leaves are count .. 2 * count - 1. Entry 0 is the node that the
 * next pick tends. The pool's cursor becomes the leaf of candidate 0. A lone
 * candidate has no tree.
 *
 * No lock orders the replays of CPUs that meet at a node, and the one that writes
 * last may have looked first: the node then names a candidate that is not the
 * lightest below it, for nobody will look again on account of the changes that
 * were missed. Two things undo that.
 *
 * A candidate that is picked although it is too heavy is told of by its own
 * birth, and a replay that starts at the winner of the root does not stop
 * short of the root: it is picked wrongly once, not until something else
 * happens to change.
 *
 * A candidate that is passed over although it is the lightest may hold no conn
 * whose end would bring it back, and may stand behind one that is never picked
 * either. So each pick tends one node, in turn: it replays that match and, if it
 * goes another way, those above. What a race has left is gone after as many picks
 * as there are nodes, and until then a heavier candidate gets those conns.
 */
#include "sched/least.h"

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/slab.h>

static_assert(2 * WEIR_SERVERS_MAX <= 65536, "a node fits a table entry");

enum {
	NEXT_TENDED = 0,
	ROOT = 1,
	/* No candidate's index. */
	NOBODY = U16_MAX,
};

static_assert(WEIR_SERVERS_MAX <= NOBODY, "no index looks like nobody's");

/* An active conn costs a server as much as 256 inactive ones. */
const struct weir_load_rule weir_load_by_conns = { .active = 256, .inactive = 1 };

static u64 load_of(const struct weir_candidate *candidate, const struct weir_load_rule *rule)
{
	u32 active = atomic_read(&candidate->load->active);
	u32 inactive = atomic_read(&candidate->load->inactive);

	return (u64)active * rule->active + (u64)inactive * rule->inactive +
	       (active ? rule->busy : rule->idle);
}

/**
 * weir_load_is_less - whether a candidate has less load for its weight
 * @a: the candidate
 * @b: who it is compared with
 * @rule: what makes a load
 *
 * a / A < b / B is compared as a * B < b * A, which at 2^40 * 2^16 is far from
 * an overflow.
 *
 * Return: whether it has, by loads as they are now.
 */
bool weir_load_is_less(const struct weir_candidate *a, const struct weir_candidate *b,
		       const struct weir_load_rule *rule)
{
	return load_of(a, rule) * b->weight < load_of(b, rule) * a->weight;
}

/* Who wins a match now. A tie goes to the left. */
static u16 play(const struct weir_sched_pool *pool, u32 node)
{
	const u16 left = READ_ONCE(pool->table[2 * node]);
	const u16 right = READ_ONCE(pool->table[2 * node + 1]);

	return weir_load_is_less(&pool->candidates[right], &pool->candidates[left],
				 pool->rule) ? right : left;
}

/*
 * Plays the matches from @node up again, as far as the result matters: where the
 * winner stays the same and it is not the one whose load has changed, the
 * matches above know it already. @changed is that one, or NOBODY.
 */
static void replay(struct weir_sched_pool *pool, u32 node, u32 changed)
{
	for (; node >= ROOT; node /= 2) {
		u16 winner = play(pool, node);

		if (winner != READ_ONCE(pool->table[node]))
			WRITE_ONCE(pool->table[node], winner);
		else if (winner != changed && changed != READ_ONCE(pool->table[ROOT]))
			return;
	}
}

/* CPUs that tend at once may tend the same node; the next round makes up for it. */
static void tend(struct weir_sched_pool *pool)
{
	u32 node = READ_ONCE(pool->table[NEXT_TENDED]);

	WRITE_ONCE(pool->table[NEXT_TENDED], node > ROOT ? node - 1 : pool->count - 1);
	replay(pool, node, NOBODY);
}

/**
 * weir_least_build - draws up the tournament
 * @pool: the pool; its cursor says where ties begin
 * @rule: what makes a load
 *
 * Ties go to the first candidate at or after the cursor: otherwise the first
 * server added would get the first conn of every director. The leaves, from
 * left to right, are those of the lowest level and then the others.
 *
 * Return: 0 or -ENOMEM.
 */
int weir_least_build(struct weir_sched_pool *pool, const struct weir_load_rule *rule)
{
	const u32 count = pool->count;
	u32 leaf = roundup_pow_of_two(count);
	u32 index = (u32)atomic_read(&pool->cursor) % count;
	u32 node, n;

	pool->rule = rule;
	if (count == 1)
		return 0;

	pool->table_size = 2 * count;
	pool->table = kvmalloc_array(pool->table_size, sizeof(*pool->table), GFP_KERNEL);
	if (!pool->table)
		return -ENOMEM;

	for (n = 0; n < count; n++) {
		pool->table[leaf] = index;
		if (!index)
			atomic_set(&pool->cursor, leaf);
		if (++leaf == 2 * count)
			leaf = count;
		if (++index == count)
			index = 0;
	}

	for (node = count - 1; node >= ROOT; node--)
		pool->table[node] = play(pool, node);

	pool->table[NEXT_TENDED] = count - 1;
	return 0;
}

/**
 * weir_least_pick - the winner
 * @pool: the pool
 * @tuple: does not matter
 *
 * Return: its index.
 */
u32 weir_least_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple)
{
	if (!pool->table)
		return 0;

	tend(pool);
	return READ_ONCE(pool->table[ROOT]);
}

/**
 * weir_least_changed - lets a candidate play again
 * @pool: the pool
 * @index: the candidate, whose load has changed
 */
void weir_least_changed(struct weir_sched_pool *pool, u32 index)
{
	u32 leaf = atomic_read(&pool->cursor) + index;

	if (!pool->table)
		return;

	if (leaf >= 2 * pool->count)
		leaf -= pool->count;
	replay(pool, leaf / 2, index);
}
