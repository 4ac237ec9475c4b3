// SPDX-License-Identifier: GPL-2.0-only
/*
 * Promises of the schedulers that compare loads: lc and wlc.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/kernel.h>

#include "fixture.h"

static const struct weir_tuple any;

static void set_load(const struct weir_scheduler *sched, struct weir_sched_pool *pool, u32 i,
		     int active, int inactive)
{
	fixture_set_load(pool, i, active, inactive);
	sched->changed(pool, i);
}

static u32 pick(const struct weir_scheduler *sched, struct weir_sched_pool *pool)
{
	return sched->pick(pool, &any);
}

struct load_case {
	int active[3];
	int inactive[3];
	u32 weights[3];
	u32 pick;
};

static void assert_loads(const struct weir_scheduler *sched, const struct load_case *cases,
			 u32 count)
{
	u32 n, i;

	for (n = 0; n < count; n++) {
		struct weir_sched_pool *pool = fixture_built(sched, 3, cases[n].weights);

		for (i = 0; i < 3; i++)
			set_load(sched, pool, i, cases[n].active[i], cases[n].inactive[i]);
		assert_int_equal(pick(sched, pool), cases[n].pick);
		fixture_pool_free(pool);
	}
}

static void lc_picks_the_least_load_whatever_the_weight(void **state)
{
	static const struct load_case cases[] = {
		{ { 5, 4, 6 }, { 0, 0, 0 }, { 1, 1, 1 }, 1 },
		{ { 5, 4, 6 }, { 0, 0, 0 }, { 1, 1, 65535 }, 1 },
		{ { 0, 0, 0 }, { 5, 4, 3 }, { 1, 1, 1 }, 2 },
		{ { 2, 2, 2 }, { 7, 9, 8 }, { 1, 1, 1 }, 0 },
	};

	assert_loads(&weir_sched_lc, cases, ARRAY_SIZE(cases));
}

/* ip_vs adds all conns, active ones among them, to 256 times the active ones. */
static void lc_counts_an_active_conn_as_257_inactive(void **state)
{
	static const struct load_case cases[] = {
		{ { 1, 0, 2 }, { 0, 256, 0 }, { 1, 1, 1 }, 1 },
		{ { 1, 0, 2 }, { 0, 257, 0 }, { 1, 1, 1 }, 0 },
		{ { 1, 0, 2 }, { 0, 258, 0 }, { 1, 1, 1 }, 0 },
		{ { 2, 0, 1 }, { 0, 257, 0 }, { 1, 1, 1 }, 1 },
	};

	assert_loads(&weir_sched_lc, cases, ARRAY_SIZE(cases));
}

static void lc_compares_the_largest_loads(void **state)
{
	static const struct load_case cases[] = {
		{ { INT32_MAX, INT32_MAX, INT32_MAX - 1 }, { 0, 1, 0 }, { 1, 1, 1 }, 2 },
		{ { 1 << 24, 1, 2 }, { 0, 0, 0 }, { 1, 1, 1 }, 1 },
	};

	assert_loads(&weir_sched_lc, cases, ARRAY_SIZE(cases));
}

static void wlc_picks_the_least_load_for_its_weight(void **state)
{
	static const struct load_case cases[] = {
		/* 5/1, 8/2, 18/3 */
		{ { 5, 8, 18 }, { 0, 0, 0 }, { 1, 2, 3 }, 1 },
		/* 2/3 < 3/4 < 1/1 */
		{ { 2, 3, 1 }, { 0, 0, 0 }, { 3, 4, 1 }, 0 },
		/* An idle server comes first, however little it weighs. */
		{ { 1, 1, 0 }, { 0, 0, 0 }, { 65535, 65535, 1 }, 2 },
		/* 257/100 > 2/1; 3/1 */
		{ { 1, 0, 0 }, { 0, 2, 3 }, { 100, 1, 1 }, 1 },
	};

	assert_loads(&weir_sched_wlc, cases, ARRAY_SIZE(cases));
}

static void wlc_does_not_round(void **state)
{
	static const struct load_case cases[] = {
		/* 1/2, 1/3, 1/1 of an inactive conn */
		{ { 0, 0, 0 }, { 1, 1, 1 }, { 2, 3, 1 }, 1 },
		{ { 100, 100, 100 }, { 1, 0, 2 }, { 65535, 65535, 65535 }, 1 },
	};

	assert_loads(&weir_sched_wlc, cases, ARRAY_SIZE(cases));
}

static void wlc_compares_the_largest_loads(void **state)
{
	static const struct load_case cases[] = {
		{ { INT32_MAX, INT32_MAX, INT32_MAX }, { 0, 0, 0 }, { 65534, 65535, 65533 }, 1 },
		{ { INT32_MAX, INT32_MAX - 1, INT32_MAX }, { 0, 0, 0 }, { 9, 9, 9 }, 1 },
		{ { 1 << 24, 1, 2 }, { 0, 0, 0 }, { 1, 1, 1 }, 1 },
	};

	assert_loads(&weir_sched_wlc, cases, ARRAY_SIZE(cases));
}

/* Loads that tie are @factor times the weights. Where a pool begins does not matter. */
static void assert_the_first_wins_a_tie(const struct weir_scheduler *sched, const u32 *weights,
					u32 factor)
{
	static const u32 starts[] = { 0, 1, 2, 3, 4000000001U, U32_MAX };
	unsigned int s;
	u32 i;

	for (s = 0; s < ARRAY_SIZE(starts); s++) {
		struct weir_sched_pool *pool = fixture_pool(3, weights);

		atomic_set(&pool->cursor, starts[s]);
		assert_int_equal(sched->build(pool), 0);
		for (i = 0; i < 3; i++)
			set_load(sched, pool, i, factor * (weights ? weights[i] : 1), 0);
		assert_int_equal(pick(sched, pool), 0);
		assert_int_equal(pick(sched, pool), 0);
		/* Of two that tie, too. */
		set_load(sched, pool, 0, 1000, 0);
		assert_int_equal(pick(sched, pool), 1);
		fixture_pool_free(pool);
	}
}

static void of_those_that_tie_the_one_added_last_is_picked(void **state)
{
	const u32 weights[] = { 1, 2, 3 };

	assert_the_first_wins_a_tie(&weir_sched_lc, NULL, 0);
	assert_the_first_wins_a_tie(&weir_sched_lc, NULL, 10);
	assert_the_first_wins_a_tie(&weir_sched_lc, weights, 0);
	assert_the_first_wins_a_tie(&weir_sched_wlc, weights, 0);
	assert_the_first_wins_a_tie(&weir_sched_wlc, weights, 10);
}

static void wlc_fills_servers_in_proportion_to_their_weights(void **state)
{
	const u32 weights[] = { 10, 20, 70 };
	struct weir_sched_pool *pool = fixture_built(&weir_sched_wlc, 3, weights);
	u32 held[3] = { 0 };
	u32 n, i;

	for (n = 0; n < 1000; n++) {
		i = pick(&weir_sched_wlc, pool);
		set_load(&weir_sched_wlc, pool, i, ++held[i], 0);
	}

	for (i = 0; i < 3; i++)
		assert_in_range(held[i], weights[i] * 10 - 1, weights[i] * 10 + 1);
	fixture_pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lc_picks_the_least_load_whatever_the_weight),
		cmocka_unit_test(lc_counts_an_active_conn_as_257_inactive),
		cmocka_unit_test(lc_compares_the_largest_loads),
		cmocka_unit_test(wlc_picks_the_least_load_for_its_weight),
		cmocka_unit_test(wlc_does_not_round),
		cmocka_unit_test(wlc_compares_the_largest_loads),
		cmocka_unit_test(of_those_that_tie_the_one_added_last_is_picked),
		cmocka_unit_test(wlc_fills_servers_in_proportion_to_their_weights),
	};

	return cmocka_run_group_tests_name("sched_load", tests, NULL, NULL);
}
