// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tournament over the candidates of a pool. Each node of a binary tree names
 * the one below it with the least load for its weight, and the root the one to
 * pick. A change of a load replays the matches on the way from the candidate's
 * leaf to the root; nobody ever scans.
 *
 * The tree is the pool's table. Node n has the children 2n and 2n + 1, the root
 * is 1, and the leaves are count .. 2 * count - 1. Entry 0 is the node that the
 * next pick tends. A lone candidate has no tree.
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
 * as there are nodes, and until then a heavier candidate gets those conns. But none is
 * refused that somebody has room for: if the winner is full, all are looked at.
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

/* An active conn costs a server as much as 257 inactive ones: with ip_vs 256, and it
 * counts among all conns beside.
 */
const struct weir_load_rule weir_load_by_conns = { .active = 257, .inactive = 1 };

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
 * a / A < b / B is compared as a * B < b * A, which at 2^41 * 2^16 is far from
 * an overflow.
 *
 * Return: whether it has, by loads as they are now.
 */
bool weir_load_is_less(const struct weir_candidate *a, const struct weir_candidate *b,
		       const struct weir_load_rule *rule)
{
	return load_of(a, rule) * b->weight < load_of(b, rule) * a->weight;
}

/* A candidate as it stands in a match: its load is read once, however often it wins. */
struct player {
	u64 load;
	u32 weight;
	u16 index;
	bool is_full;
};

static __always_inline struct player player_of(const struct weir_sched_pool *pool, u32 index)
{
	const struct weir_candidate *candidate = &pool->candidates[index];

	return (struct player){
		.load = load_of(candidate, pool->rule),
		.weight = candidate->weight,
		.index = index,
		.is_full = weir_candidate_is_full(candidate),
	};
}

/* Whether a conn had better go to @a than to @b: to one that is full only if both are. */
static __always_inline bool is_better(const struct player *a, const struct player *b)
{
	if (unlikely(a->is_full != b->is_full))
		return b->is_full;
	return a->load * b->weight < b->load * a->weight;
}

/* Who wins the match between @player, at @place, and who is beside it. A tie goes left. */
static __always_inline struct player play(const struct weir_sched_pool *pool, u32 place,
					  const struct player *player)
{
	const struct player other = player_of(pool, READ_ONCE(pool->table[place ^ 1]));
	const bool is_right = place & 1;

	if (is_right)
		return is_better(player, &other) ? *player : other;
	return is_better(&other, player) ? other : *player;
}

/*
 * Plays the matches above @place up again, as far as the result matters: where the
 * winner stays the same and it is not the one whose load has changed, the
 * matches above know it already. @changed is that one, or NOBODY.
 */
static void replay(struct weir_sched_pool *pool, u32 place, u32 changed)
{
	struct player winner = player_of(pool, READ_ONCE(pool->table[place]));

	for (; place > ROOT; place /= 2) {
		winner = play(pool, place, &winner);

		if (winner.index != READ_ONCE(pool->table[place / 2]))
			WRITE_ONCE(pool->table[place / 2], winner.index);
		else if (winner.index != changed && changed != READ_ONCE(pool->table[ROOT]))
			return;
	}
}

/* CPUs that tend at once may tend the same node; the next round makes up for it. */
static void tend(struct weir_sched_pool *pool)
{
	u32 node = READ_ONCE(pool->table[NEXT_TENDED]);

	WRITE_ONCE(pool->table[NEXT_TENDED], node > ROOT ? node - 1 : pool->count - 1);
	replay(pool, 2 * node, NOBODY);
}

/* The leaves, from left to right, are those of the lowest level and then the others. */
static u32 leaf_of(const struct weir_sched_pool *pool, u32 index)
{
	u32 leaf = roundup_pow_of_two(pool->count) + index;

	return leaf < 2 * pool->count ? leaf : leaf - pool->count;
}

/**
 * weir_least_build - draws up the tournament
 * @pool: the pool
 * @rule: what makes a load
 *
 * Candidates are leaves from left to right, so that ties go to the first of them, whom a
 * scan of the list would take.
 *
 * Return: 0 or -ENOMEM.
 */
int weir_least_build(struct weir_sched_pool *pool, const struct weir_load_rule *rule)
{
	const u32 count = pool->count;
	u32 index, node;

	pool->rule = rule;
	if (count == 1)
		return 0;

	pool->table_size = 2 * count;
	pool->table = kvmalloc_array(pool->table_size, sizeof(*pool->table), GFP_KERNEL_ACCOUNT);
	if (!pool->table)
		return -ENOMEM;

	for (index = 0; index < count; index++)
		pool->table[leaf_of(pool, index)] = index;

	for (node = count - 1; node >= ROOT; node--) {
		struct player left = player_of(pool, pool->table[2 * node]);

		pool->table[node] = play(pool, 2 * node, &left).index;
	}

	pool->table[NEXT_TENDED] = count - 1;
	return 0;
}

/* The winner is full, and so is everybody unless a race has left the tree wrong. */
static u32 find_least(struct weir_sched_pool *pool)
{
	u32 best = weir_sched_find_room(pool, 0);
	u32 i;

	if (best == WEIR_SCHED_NOBODY)
		return best;

	for (i = best + 1; i < pool->count; i++)
		if (!weir_candidate_is_full(&pool->candidates[i]) &&
		    weir_load_is_less(&pool->candidates[i], &pool->candidates[best], pool->rule))
			best = i;

	weir_least_changed(pool, best);
	return best;
}

/**
 * weir_least_pick - the winner
 * @pool: the pool
 * @tuple: does not matter
 *
 * Return: its index, or WEIR_SCHED_NOBODY if all are full.
 */
u32 weir_least_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple)
{
	u32 winner = 0;

	if (pool->table) {
		tend(pool);
		winner = READ_ONCE(pool->table[ROOT]);
	}

	return likely(!weir_candidate_is_full(&pool->candidates[winner])) ? winner :
									   find_least(pool);
}

/**
 * weir_least_changed - lets a candidate play again
 * @pool: the pool
 * @index: the candidate, whose load has changed
 */
void weir_least_changed(struct weir_sched_pool *pool, u32 index)
{
	if (pool->table)
		replay(pool, leaf_of(pool, index), index);
}
