// SPDX-License-Identifier: GPL-2.0-only
/*
 * Promises of the tournament behind lc, wlc, sed and nq: it names whom a scan would
 * find, at the cost of a path, and what a race leaves in it does not stay.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include <linux/kernel.h>

#include "fixture.h"
#include "kstub/kstub.h"

/* A comparison reads two loads of two atomics each. */
#define READS_PER_COMPARISON 4

static const struct weir_scheduler *const scheds[] = {
	&weir_sched_lc, &weir_sched_wlc, &weir_sched_sed, &weir_sched_nq,
};
static const u32 counts[] = { 1, 2, 3, 7, 64, 1000, WEIR_SERVERS_MAX };

static const struct weir_tuple any;

/* The same numbers in every run. */
static u32 random_below(u32 bound)
{
	static _Thread_local u64 x = 0x2545f4914f6cdd1dULL;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (x >> 32) % bound;
}

/* A pool with its scheduler. */
struct contest {
	const struct weir_scheduler *sched;
	struct weir_sched_pool *pool;
};

static struct weir_load *load_of(const struct contest *contest, u32 i)
{
	return (struct weir_load *)contest->pool->candidates[i].load;
}

/* Small weights, so that ties come up, and now and then a large one; loads before the build. */
static struct contest begin_contest(const struct weir_scheduler *sched, u32 count)
{
	static u32 weights[WEIR_SERVERS_MAX];
	struct contest contest = { .sched = sched };
	u32 i;

	for (i = 0; i < count; i++)
		weights[i] = 1 + random_below(random_below(10) ? 4 : WEIR_WEIGHT_MAX);
	contest.pool = fixture_pool(count, weights);
	atomic_set(&contest.pool->cursor, random_below(U32_MAX));
	for (i = 0; i < count; i++)
		fixture_set_load(contest.pool, i, random_below(4), random_below(4));
	assert_int_equal(sched->build(contest.pool), 0);
	return contest;
}

static void end_contest(struct contest *contest)
{
	fixture_pool_free(contest->pool);
}

/* The load that the scheduler's definition sees. */
static u64 seen_load(const struct contest *contest, u32 i)
{
	const u64 active = load_of(contest, i)->active.counter;
	const u64 inactive = load_of(contest, i)->inactive.counter;

	if (contest->sched == &weir_sched_sed)
		return active + 1;
	if (contest->sched == &weir_sched_nq)
		return active ? active + 1 : 0;

	return active * 257 + inactive;
}

static bool is_lighter(const struct contest *contest, u32 a, u32 b)
{
	const bool is_weighted = contest->sched != &weir_sched_lc;

	return seen_load(contest, a) * (is_weighted ? contest->pool->candidates[b].weight : 1) <
	       seen_load(contest, b) * (is_weighted ? contest->pool->candidates[a].weight : 1);
}

/* The definition: the least of all, of those that tie the first. */
static u32 scan(const struct contest *contest)
{
	u32 best = 0;
	u32 i;

	for (i = 1; i < contest->pool->count; i++)
		if (is_lighter(contest, i, best))
			best = i;

	return best;
}

static u32 pick(const struct contest *contest)
{
	return contest->sched->pick(contest->pool, &any);
}

static void add(const struct contest *contest, u32 i, int active, int inactive)
{
	atomic_add(active, &load_of(contest, i)->active);
	atomic_add(inactive, &load_of(contest, i)->inactive);
	contest->sched->changed(contest->pool, i);
}

/* What may happen to a candidate that already has what it takes. */
static void happen(const struct contest *contest, u32 i)
{
	const struct weir_load *load = load_of(contest, i);
	bool has_active = load->active.counter > 0;
	bool has_inactive = load->inactive.counter > 0;

	switch (random_below(5)) {
	case 0:
		return add(contest, i, has_active ? -1 : 0, 0);
	case 1:
		return add(contest, i, 0, has_inactive ? -1 : 0);
	case 2:
		return has_active ? add(contest, i, -1, 1) : add(contest, i, 1, 0);
	case 3:
		return has_inactive ? add(contest, i, 1, -1) : add(contest, i, 0, 1);
	}
	/* A conn that goes where its client was before. */
	add(contest, i, 1, 0);
}

static void picks_are_those_of_a_scan(void **state)
{
	unsigned int s, c, n;

	for (s = 0; s < ARRAY_SIZE(scheds); s++) {
		for (c = 0; c < ARRAY_SIZE(counts); c++) {
			struct contest contest = begin_contest(scheds[s], counts[c]);

			for (n = 0; n < (counts[c] > 100 ? 3000 : 20000); n++) {
				u32 i = pick(&contest);

				assert_int_equal(i, scan(&contest));
				if (random_below(2))
					add(&contest, i, 1, 0);
				else
					happen(&contest, random_below(counts[c]));
			}
			end_contest(&contest);
		}
	}
}

static u32 log2_up(u32 n)
{
	u32 log = 0;

	while (1U << log < n)
		log++;

	return log;
}

static unsigned long comparisons(void)
{
	return kstub_atomic_reads / READS_PER_COMPARISON;
}

static void nothing_costs_more_than_a_path(void **state)
{
	unsigned int s, c, n;

	for (s = 0; s < ARRAY_SIZE(scheds); s++) {
		for (c = 0; c < ARRAY_SIZE(counts); c++) {
			struct contest contest = begin_contest(scheds[s], counts[c]);

			for (n = 0; n < 5000; n++) {
				u32 i;

				kstub_atomic_reads = 0;
				i = pick(&contest);
				assert_true(comparisons() <= 1);

				kstub_atomic_reads = 0;
				add(&contest, i, 1, 0);
				assert_true(comparisons() <= log2_up(counts[c]));

				kstub_atomic_reads = 0;
				happen(&contest, random_below(counts[c]));
				assert_true(comparisons() <= log2_up(counts[c]));
			}
			end_contest(&contest);
		}
	}
}

/* The end of a conn of one that wins nothing, before or after, is over at its first match. */
static void a_loser_that_stays_one_plays_once(void **state)
{
	struct weir_sched_pool *pool = fixture_built(&weir_sched_wlc, 64, NULL);
	struct contest contest = { .sched = &weir_sched_wlc, .pool = pool };

	add(&contest, 8, 9, 0);
	kstub_atomic_reads = 0;
	add(&contest, 8, -1, 0);
	assert_int_equal(comparisons(), 1);
	fixture_pool_free(pool);
}

static void a_lone_candidate_has_no_tree(void **state)
{
	struct weir_sched_pool *pool = fixture_built(&weir_sched_wlc, 1, NULL);

	assert_null(pool->table);
	weir_sched_wlc.changed(pool, 0);
	assert_int_equal(weir_sched_wlc.pick(pool, &any), 0);
	fixture_pool_free(pool);
}

/* Each node names anybody below it, which is the worst that races can do. */
static void spoil(const struct contest *contest)
{
	u16 *table = contest->pool->table;
	u32 node;

	for (node = contest->pool->count - 1; node; node--)
		table[node] = table[2 * node + random_below(2)];
}

static void a_spoilt_tree_is_right_again_after_a_pick_per_candidate(void **state)
{
	unsigned int s, c, trial;
	u32 n;

	for (s = 0; s < ARRAY_SIZE(scheds); s++) {
		for (c = 1; c < ARRAY_SIZE(counts); c++) {
			struct contest contest = begin_contest(scheds[s], counts[c]);

			for (trial = 0; trial < 20; trial++) {
				spoil(&contest);
				for (n = 1; n < counts[c]; n++) {
					happen(&contest, random_below(counts[c]));
					add(&contest, pick(&contest), 1, 0);
				}
				assert_int_equal(pick(&contest), scan(&contest));
			}
			end_contest(&contest);
		}
	}
}

/* Even if a match on its path has been lost already, where others would stop. */
static void a_wrong_winner_is_picked_once(void **state)
{
	struct weir_sched_pool *pool = fixture_built(&weir_sched_lc, 1024, NULL);
	struct contest contest = { .sched = &weir_sched_lc, .pool = pool };
	u32 trial;

	for (trial = 0; trial < 100; trial++) {
		u32 heavy = random_below(1024);

		add(&contest, heavy, 5, 0);
		pool->table[1] = heavy;
		assert_int_equal(pick(&contest), heavy);
		add(&contest, heavy, 1, 0);
		assert_int_equal(pick(&contest), scan(&contest));
	}
	fixture_pool_free(pool);
}

static void *change_many(void *arg)
{
	const struct contest *contest = arg;
	u32 held[64] = { 0 };
	u32 n, i;

	for (n = 0; n < 200000; n++) {
		i = random_below(2) ? pick(contest) : random_below(64);
		if (held[i] && random_below(2)) {
			held[i]--;
			add(contest, i, -1, 0);
		} else {
			held[i]++;
			add(contest, i, 1, 0);
		}
	}

	return NULL;
}

static void what_races_leave_is_gone_after_a_pick_per_candidate(void **state)
{
	struct contest contest = begin_contest(&weir_sched_wlc, 64);
	pthread_t threads[3];
	u32 trial, i;

	for (trial = 0; trial < 5; trial++) {
		for (i = 0; i < ARRAY_SIZE(threads); i++)
			assert_int_equal(pthread_create(&threads[i], NULL, change_many, &contest),
					 0);
		for (i = 0; i < ARRAY_SIZE(threads); i++)
			pthread_join(threads[i], NULL);

		for (i = 1; i < 64; i++)
			pick(&contest);
		assert_int_equal(pick(&contest), scan(&contest));
	}
	end_contest(&contest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(picks_are_those_of_a_scan),
		cmocka_unit_test(nothing_costs_more_than_a_path),
		cmocka_unit_test(a_loser_that_stays_one_plays_once),
		cmocka_unit_test(a_lone_candidate_has_no_tree),
		cmocka_unit_test(a_spoilt_tree_is_right_again_after_a_pick_per_candidate),
		cmocka_unit_test(a_wrong_winner_is_picked_once),
		cmocka_unit_test(what_races_leave_is_gone_after_a_pick_per_candidate),
	};

	return cmocka_run_group_tests_name("sched_least", tests, NULL, NULL);
}
