// SPDX-License-Identifier: GPL-2.0-only
/*
 * Promises of the schedulers rr, wrr and sh, and of all alike. Those of lc and wlc
 * are in sched_load_test.c, of mh in maglev_test.c, of lblc and lblcr in
 * sched_locality_test.c, of the others in sched_sequence_test.c; what all do with servers
 * that are full or absent is in sched_full_test.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include <linux/kernel.h>
#include <linux/string.h>

#include "fixture.h"
#include "kstub/kstub.h"

#define PERIOD_MAX 65536
#define CLIENTS 100000

static const struct weir_tuple any;

static u32 pick(const struct weir_scheduler *sched, struct weir_sched_pool *pool)
{
	return sched->pick(pool, &any);
}

/* The next picks are those of @expected, a letter a server. */
static void assert_picks(const struct weir_scheduler *sched, struct weir_sched_pool *pool,
			 const char *expected)
{
	for (; *expected; expected++)
		assert_int_equal('A' + pick(sched, pool), *expected);
}

/* How often each server comes up in the next @picks. */
static u32 *count_picks(const struct weir_scheduler *sched, struct weir_sched_pool *pool, u32 picks)
{
	u32 *counts = calloc(pool->count, sizeof(*counts));

	while (picks--) {
		u32 i = pick(sched, pool);

		assert_true(i < pool->count);
		counts[i]++;
	}

	return counts;
}

/* The same numbers in every run. */
static u32 random_below(u32 bound)
{
	static u64 x = 0x2545f4914f6cdd1dULL;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (x >> 32) % bound;
}

static void every_scheduler_is_found_by_its_name(void **state)
{
	assert_ptr_equal(weir_sched_find("rr"), &weir_sched_rr);
	assert_ptr_equal(weir_sched_find("wrr"), &weir_sched_wrr);
	assert_ptr_equal(weir_sched_find("lc"), &weir_sched_lc);
	assert_ptr_equal(weir_sched_find("wlc"), &weir_sched_wlc);
	assert_ptr_equal(weir_sched_find("sed"), &weir_sched_sed);
	assert_ptr_equal(weir_sched_find("nq"), &weir_sched_nq);
	assert_ptr_equal(weir_sched_find("twos"), &weir_sched_twos);
	assert_ptr_equal(weir_sched_find("fo"), &weir_sched_fo);
	assert_ptr_equal(weir_sched_find("ovf"), &weir_sched_ovf);
	assert_ptr_equal(weir_sched_find("sh"), &weir_sched_sh);
	assert_ptr_equal(weir_sched_find("dh"), &weir_sched_dh);
	assert_ptr_equal(weir_sched_find("mh"), &weir_sched_mh);
	assert_ptr_equal(weir_sched_find("lblc"), &weir_sched_lblc);
	assert_ptr_equal(weir_sched_find("lblcr"), &weir_sched_lblcr);
	assert_ptr_equal(weir_sched_find("none"), &weir_sched_none);
}

static void no_other_name_finds_a_scheduler(void **state)
{
	assert_null(weir_sched_find(""));
	assert_null(weir_sched_find("r"));
	assert_null(weir_sched_find("rrr"));
	assert_null(weir_sched_find("RR"));
	assert_null(weir_sched_find("nobody"));
}

static void a_lone_server_is_always_picked(void **state)
{
	static const char *const names[] = { "rr", "wrr", "lc", "wlc", "sed", "nq", "twos", "fo",
					     "ovf", "sh", "dh", "mh", "lblc", "lblcr" };
	const u32 weights[] = { 7 };
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const struct weir_scheduler *sched = weir_sched_find(names[i]);
		struct weir_sched_pool *pool = fixture_pool(1, weights);

		atomic_set(&pool->cursor, 0x8badf00d);
		if (sched->build)
			assert_int_equal(sched->build(pool), 0);
		for (n = 0; n < 100; n++) {
			struct weir_tuple tuple = fixture_tuple(n, 1024);

			assert_int_equal(sched->pick(pool, &tuple), 0);
		}
		fixture_pool_free(pool);
	}
}

static void none_picks_nobody(void **state)
{
	const u32 weights[] = { 7, 1 };
	struct weir_sched_pool *pool = fixture_pool(2, weights);
	struct weir_tuple tuple = fixture_tuple(1, 1024);

	assert_int_equal(weir_sched_none.pick(pool, &tuple), WEIR_SCHED_NOBODY);
	fixture_pool_free(pool);
}

/* Whichever of a build's allocations fails. */
static void a_build_without_memory_fails_cleanly(void **state)
{
	static const char *const names[] = { "wrr", "lc", "wlc", "sed", "nq", "twos", "fo", "ovf",
					     "sh", "dh", "mh", "lblc", "lblcr" };
	const u32 weights[] = { 4, 3, 2 };
	unsigned int i, nth;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const struct weir_scheduler *sched = weir_sched_find(names[i]);
		int err = -ENOMEM;

		for (nth = 1; err; nth++) {
			struct weir_sched_pool *pool = fixture_pool(3, weights);

			kstub_fail_allocation(nth);
			err = sched->build(pool);
			if (err) {
				assert_int_equal(err, -ENOMEM);
				assert_null(pool->table);
			}
			fixture_pool_free(pool);
		}
		kstub_fail_allocation(0);
		assert_true(nth > 2);
	}
}

static void rr_takes_servers_in_turn_from_the_one_added_last(void **state)
{
	struct weir_sched_pool *pool = fixture_built(&weir_sched_rr, 4, NULL);

	assert_picks(&weir_sched_rr, pool, "ABCDABCDABCD");
	fixture_pool_free(pool);
}

static void rr_gives_equal_shares_whatever_the_weight(void **state)
{
	const u32 weights[] = { 1, 65535, 10, 3, 500 };
	struct weir_sched_pool *pool = fixture_built(&weir_sched_rr, 5, weights);
	u32 *counts = count_picks(&weir_sched_rr, pool, 5 * 1000);
	u32 i;

	for (i = 0; i < 5; i++)
		assert_int_equal(counts[i], 1000);
	free(counts);
	fixture_pool_free(pool);
}

static void rr_starts_where_the_cursor_is(void **state)
{
	struct weir_sched_pool *pool = fixture_built(&weir_sched_rr, 3, NULL);
	u32 start;

	for (start = 0; start < 9; start++) {
		atomic_set(&pool->cursor, start);
		assert_int_equal(pick(&weir_sched_rr, pool), start % 3);
	}

	atomic_set(&pool->cursor, 2);
	assert_picks(&weir_sched_rr, pool, "CABC");
	fixture_pool_free(pool);
}

/* A random cursor may be next to the wrap of 32 bits or of a sign. */
static void rr_breaks_off_no_round_when_the_cursor_wraps(void **state)
{
	static const u32 wraps[] = { 0, 0x80000000 };
	struct weir_sched_pool *pool = fixture_built(&weir_sched_rr, 7, NULL);
	unsigned int w;
	u32 start, n;

	for (w = 0; w < ARRAY_SIZE(wraps); w++) {
		for (start = wraps[w] - 20; start != wraps[w]; start++) {
			u32 last;

			atomic_set(&pool->cursor, start);
			last = pick(&weir_sched_rr, pool);
			for (n = 0; n < 40; n++) {
				u32 next = pick(&weir_sched_rr, pool);

				assert_int_equal(next, (last + 1) % 7);
				last = next;
			}
		}
	}
	fixture_pool_free(pool);
}

struct picker {
	struct weir_sched_pool *pool;
	u32 counts[3];
};

static void *pick_many(void *arg)
{
	struct picker *picker = arg;
	u32 n;

	for (n = 0; n < 300000; n++)
		picker->counts[weir_sched_rr.pick(picker->pool, &any)]++;

	return NULL;
}

static void rr_shares_stay_equal_when_cpus_pick_at_once(void **state)
{
	struct weir_sched_pool *pool = fixture_built(&weir_sched_rr, 3, NULL);
	struct picker pickers[2] = { { .pool = pool }, { .pool = pool } };
	pthread_t threads[2];
	u32 i;

	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, pick_many, &pickers[i]), 0);
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);

	for (i = 0; i < 3; i++)
		assert_int_equal(pickers[0].counts[i] + pickers[1].counts[i], 200000);
	fixture_pool_free(pool);
}

static void wrr_interleaves_4_3_2_as_ip_vs_does(void **state)
{
	const u32 weights[] = { 4, 3, 2 };
	struct weir_sched_pool *pool = fixture_built(&weir_sched_wrr, 3, weights);

	assert_int_equal(pool->table_size, 9);
	assert_picks(&weir_sched_wrr, pool, "AABABCABC" "AABABCABC");
	fixture_pool_free(pool);
}

static void wrr_keeps_the_order_of_rr_within_a_pass(void **state)
{
	const u32 weights[] = { 1, 3, 2 };
	struct weir_sched_pool *pool = fixture_built(&weir_sched_wrr, 3, weights);

	assert_picks(&weir_sched_wrr, pool, "BBCABC" "BBCABC");
	fixture_pool_free(pool);
}

static void wrr_takes_out_the_common_divisor(void **state)
{
	const u32 weights[] = { 40000, 30000, 20000 };
	struct weir_sched_pool *pool = fixture_built(&weir_sched_wrr, 3, weights);

	assert_int_equal(pool->table_size, 9);
	assert_picks(&weir_sched_wrr, pool, "AABABCABC");
	fixture_pool_free(pool);
}

/* The definition: weights from the largest down, who has that much is next. */
static void assert_sequence_by_definition(struct weir_sched_pool *pool, const u32 *weights,
					  u32 step)
{
	u32 most = 0;
	u32 level, i;

	for (i = 0; i < pool->count; i++)
		most = max(most, weights[i]);

	for (level = most; level; level -= step)
		for (i = 0; i < pool->count; i++)
			if (weights[i] >= level)
				assert_int_equal(pick(&weir_sched_wrr, pool), i);
}

static void wrr_follows_its_definition_for_any_weights(void **state)
{
	u32 weights[30];
	u32 trial, i;

	for (trial = 0; trial < 300; trial++) {
		u32 count = 2 + random_below(28);
		u32 factor = 1 + random_below(5);
		struct weir_sched_pool *pool;

		/* The first two weights fix the divisor of all at factor. */
		for (i = 0; i < count; i++)
			weights[i] = factor * (1 + random_below(100));
		weights[0] = factor * 7;
		weights[1] = factor * 9;

		pool = fixture_built(&weir_sched_wrr, count, weights);
		assert_sequence_by_definition(pool, weights, factor);
		assert_sequence_by_definition(pool, weights, factor);
		fixture_pool_free(pool);
	}
}

static void wrr_shares_are_exact_over_a_period_from_any_start(void **state)
{
	const u32 weights[] = { 5, 1, 1, 10, 3 };
	struct weir_sched_pool *pool = fixture_built(&weir_sched_wrr, 5, weights);
	u32 start, i;

	for (start = 0; start < 20; start++) {
		u32 *counts;

		atomic_set(&pool->cursor, start);
		counts = count_picks(&weir_sched_wrr, pool, 20);
		for (i = 0; i < 5; i++)
			assert_int_equal(counts[i], weights[i]);
		free(counts);
	}
	fixture_pool_free(pool);
}

static void wrr_shares_stay_exact_when_the_cursor_wraps(void **state)
{
	const u32 weights[] = { 5, 1, 1, 10, 3 };
	struct weir_sched_pool *pool = fixture_built(&weir_sched_wrr, 5, weights);
	u32 start, i;

	for (start = -40U; start; start++) {
		u32 *counts;

		atomic_set(&pool->cursor, start);
		counts = count_picks(&weir_sched_wrr, pool, 60);
		for (i = 0; i < 5; i++)
			assert_int_equal(counts[i], 3 * weights[i]);
		free(counts);
	}
	fixture_pool_free(pool);
}

static void wrr_starts_where_the_cursor_is(void **state)
{
	const u32 weights[] = { 4, 3, 2 };
	struct weir_sched_pool *pool = fixture_built(&weir_sched_wrr, 3, weights);

	atomic_set(&pool->cursor, 9 * 1000 + 3);
	assert_picks(&weir_sched_wrr, pool, "ABCABC" "AABABCABC");
	fixture_pool_free(pool);
}

static void wrr_is_exact_up_to_the_longest_period(void **state)
{
	const u32 weights[] = { 65535, 1 };
	struct weir_sched_pool *pool = fixture_built(&weir_sched_wrr, 2, weights);
	u32 *counts = count_picks(&weir_sched_wrr, pool, PERIOD_MAX);

	assert_int_equal(pool->table_size, PERIOD_MAX);
	assert_int_equal(counts[0], 65535);
	assert_int_equal(counts[1], 1);
	free(counts);
	fixture_pool_free(pool);
}

/* Shares of a scaled period: at least a turn, else the ideal rounded to the nearest. */
static void assert_scaled(u32 count, const u32 *weights)
{
	struct weir_sched_pool *pool = fixture_built(&weir_sched_wrr, count, weights);
	u32 *counts = calloc(count, sizeof(*counts));
	u64 sum = 0;
	u32 i;

	for (i = 0; i < count; i++)
		sum += weights[i];
	assert_true(pool->table_size <= PERIOD_MAX);
	assert_true(pool->table_size >= PERIOD_MAX - 2 * count);
	for (i = 0; i < pool->table_size; i++)
		counts[pool->table[i]]++;

	for (i = 0; i < count; i++) {
		u64 ideal = weights[i] * (u64)(PERIOD_MAX - count);

		assert_true(counts[i] >= 1);
		assert_true(counts[i] == 1 || 2 * counts[i] * sum <= 2 * ideal + sum);
		assert_true(2 * counts[i] * sum + sum >= 2 * ideal);
	}
	free(counts);
	fixture_pool_free(pool);
}

static void wrr_scales_a_longer_period_to_the_nearest_turn(void **state)
{
	const u32 just_over[] = { 65535, 2 };
	const u32 steep[] = { 65535, 65534, 1 };
	u32 weights[WEIR_SERVERS_MAX];
	u32 i;

	assert_scaled(2, just_over);
	assert_scaled(3, steep);

	for (i = 0; i < ARRAY_SIZE(weights); i++)
		weights[i] = 1 + random_below(WEIR_WEIGHT_MAX);
	assert_scaled(ARRAY_SIZE(weights), weights);

	/* All but one are rounded up. */
	for (i = 0; i < ARRAY_SIZE(weights); i++)
		weights[i] = i ? 1 : WEIR_WEIGHT_MAX;
	assert_scaled(ARRAY_SIZE(weights), weights);
}

static u32 sh_pick_client(struct weir_sched_pool *pool, u32 number, u16 port)
{
	struct weir_tuple tuple = fixture_tuple(number, port);

	return weir_sched_sh.pick(pool, &tuple);
}

static void sh_sends_a_client_to_one_server_whatever_its_port(void **state)
{
	struct weir_sched_pool *pool = fixture_built(&weir_sched_sh, 10, NULL);
	struct weir_sched_pool *again = fixture_built(&weir_sched_sh, 10, NULL);
	u32 n;

	atomic_set(&again->cursor, 12345);
	for (n = 0; n < 1000; n++) {
		u32 server = sh_pick_client(pool, n, 1024);

		assert_int_equal(sh_pick_client(pool, n, 1025), server);
		assert_int_equal(sh_pick_client(again, n, 60000), server);
	}
	fixture_pool_free(again);
	fixture_pool_free(pool);
}

static void sh_sends_clients_elsewhere_under_another_key(void **state)
{
	struct weir_sched_pool *pool = fixture_built(&weir_sched_sh, 10, NULL);
	struct weir_sched_pool *other = fixture_built(&weir_sched_sh, 10, NULL);
	u32 moved = 0;
	u32 n;

	other->options.key.key[0]++;
	for (n = 0; n < 10000; n++)
		moved += sh_pick_client(pool, n, 1024) != sh_pick_client(other, n, 1024);
	assert_in_range(moved, 8800, 9200);
	fixture_pool_free(other);
	fixture_pool_free(pool);
}

static void sh_shares_clients_by_weight(void **state)
{
	const u32 weights[] = { 1, 2, 3, 4, 90 };
	struct weir_sched_pool *pool = fixture_built(&weir_sched_sh, 5, weights);
	u32 counts[5] = { 0 };
	u32 n, i;

	for (n = 0; n < CLIENTS; n++)
		counts[sh_pick_client(pool, n, 1024)]++;

	/* More than five standard deviations of a fair draw. */
	for (i = 0; i < 5; i++)
		assert_in_range(counts[i], CLIENTS / 100 * weights[i] - CLIENTS / 200,
				CLIENTS / 100 * weights[i] + CLIENTS / 200);
	fixture_pool_free(pool);
}

static void sh_gives_as_many_slots_as_the_weight(void **state)
{
	const u32 weights[] = { 300, 1, 65234, 1 };
	struct weir_sched_pool *pool = fixture_built(&weir_sched_sh, 4, weights);
	u32 slots[4] = { 0 };
	u32 i;

	assert_int_equal(pool->table_size, 65536);
	for (i = 0; i < pool->table_size; i++)
		slots[pool->table[i]]++;
	for (i = 0; i < 4; i++)
		assert_int_equal(slots[i], weights[i]);
	fixture_pool_free(pool);
}

static void sh_scales_larger_weights_but_leaves_nobody_out(void **state)
{
	static u32 weights[WEIR_SERVERS_MAX];
	struct weir_sched_pool *pool;
	u32 *slots;
	u64 sum = 0;
	u32 i;

	/* Dwarfs behind the giants and at the very end. */
	for (i = 0; i < ARRAY_SIZE(weights); i++)
		sum += weights[i] = i % 8 < 4 || i > 4000 ? 1 : WEIR_WEIGHT_MAX;

	pool = fixture_built(&weir_sched_sh, ARRAY_SIZE(weights), weights);
	slots = calloc(ARRAY_SIZE(weights), sizeof(*slots));
	assert_true(pool->table_size >= 65536);
	assert_true(pool->table_size <= 65536 + WEIR_SERVERS_MAX);
	for (i = 0; i < pool->table_size; i++)
		slots[pool->table[i]]++;

	for (i = 0; i < ARRAY_SIZE(weights); i++) {
		u32 ideal = weights[i] * 65536ULL / sum;

		assert_true(slots[i] >= 1);
		if (weights[i] == 1)
			assert_int_equal(slots[i], 1);
		else
			assert_in_range(slots[i], ideal - 4, ideal + 1);
	}
	free(slots);
	fixture_pool_free(pool);
}

static void sh_keeps_half_of_the_clients_when_a_server_leaves(void **state)
{
	struct weir_sched_pool *before = fixture_built(&weir_sched_sh, 10, NULL);
	u32 gone, i, n;

	for (gone = 0; gone < 10; gone++) {
		struct weir_sched_pool *after = fixture_pool(9, NULL);
		u32 moved = 0;

		for (i = 0; i < 9; i++)
			after->candidates[i].endpoint = fixture_server(i < gone ? i : i + 1);
		assert_int_equal(weir_sched_sh.build(after), 0);

		for (n = 0; n < 20000; n++) {
			u32 was = sh_pick_client(before, n, 1024);
			u32 is = sh_pick_client(after, n, 1024);

			moved += was != gone &&
				 !weir_endpoint_equal(&before->candidates[was].endpoint,
						      &after->candidates[is].endpoint);
		}
		assert_true(moved <= 20000 / 2);
		fixture_pool_free(after);
	}
	fixture_pool_free(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_scheduler_is_found_by_its_name),
		cmocka_unit_test(no_other_name_finds_a_scheduler),
		cmocka_unit_test(a_lone_server_is_always_picked),
		cmocka_unit_test(none_picks_nobody),
		cmocka_unit_test(a_build_without_memory_fails_cleanly),
		cmocka_unit_test(rr_takes_servers_in_turn_from_the_one_added_last),
		cmocka_unit_test(rr_gives_equal_shares_whatever_the_weight),
		cmocka_unit_test(rr_starts_where_the_cursor_is),
		cmocka_unit_test(rr_breaks_off_no_round_when_the_cursor_wraps),
		cmocka_unit_test(rr_shares_stay_equal_when_cpus_pick_at_once),
		cmocka_unit_test(wrr_interleaves_4_3_2_as_ip_vs_does),
		cmocka_unit_test(wrr_keeps_the_order_of_rr_within_a_pass),
		cmocka_unit_test(wrr_takes_out_the_common_divisor),
		cmocka_unit_test(wrr_follows_its_definition_for_any_weights),
		cmocka_unit_test(wrr_shares_are_exact_over_a_period_from_any_start),
		cmocka_unit_test(wrr_shares_stay_exact_when_the_cursor_wraps),
		cmocka_unit_test(wrr_starts_where_the_cursor_is),
		cmocka_unit_test(wrr_is_exact_up_to_the_longest_period),
		cmocka_unit_test(wrr_scales_a_longer_period_to_the_nearest_turn),
		cmocka_unit_test(sh_sends_a_client_to_one_server_whatever_its_port),
		cmocka_unit_test(sh_sends_clients_elsewhere_under_another_key),
		cmocka_unit_test(sh_shares_clients_by_weight),
		cmocka_unit_test(sh_gives_as_many_slots_as_the_weight),
		cmocka_unit_test(sh_scales_larger_weights_but_leaves_nobody_out),
		cmocka_unit_test(sh_keeps_half_of_the_clients_when_a_server_leaves),
	};

	return cmocka_run_group_tests_name("sched", tests, NULL, NULL);
}
