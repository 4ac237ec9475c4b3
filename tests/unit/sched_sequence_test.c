// SPDX-License-Identifier: GPL-2.0-only
/*
 * Promises of the schedulers lc, wlc, sed, nq, fo, ovf, dh and twos: who is picked, one
 * conn after the other. The sequences are worked out by hand from ip_vs's definition,
 * with the sums beside them where a sum decides: its list begins with A, the server that
 * was added last, and another is taken only if it is better, so that A wins a tie.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>

#include <linux/kernel.h>

#include "farm.h"
#include "kstub/kstub.h"

static const struct weir_tuple any;

/* The same numbers in every run. */
static u32 random_below(u32 bound)
{
	static u64 x = 0x2545f4914f6cdd1dULL;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (x >> 32) % bound;
}

static void lc_goes_round_in_ip_vss_order_and_fills_gaps(void **state)
{
	struct farm farm = BEGIN(&weir_sched_lc, 1, 9, 5);

	/* Conns before each pick: 0 0 0, 1 0 0, 1 1 0; the same with 1 more; 2 2 2. */
	farm_play(&farm, "ABC" "ABC");
	/* 1 1 2, 2 1 2, 2 2 2, 3 2 2, 3 3 2. */
	farm_play(&farm, "ab" "ABABC");
	/* 3 2 1, 3 2 2, 3 3 2, 3 3 3. */
	farm_play(&farm, "bcc" "CBCA");
	farm_end(&farm);
}

static void lc_lets_inactive_conns_break_a_tie(void **state)
{
	struct farm farm = BEGIN(&weir_sched_lc, 1, 1, 1);

	farm_play(&farm, "ABCABC");
	/* One of B's closes: 514 258 514, 514 515 514, 771 515 514, 771 515 771. */
	farm_add(&farm, 1, -1, 1);
	farm_play(&farm, "BACB");
	farm_end(&farm);
}

static void wlc_takes_the_least_for_its_weight(void **state)
{
	struct farm farm = BEGIN(&weir_sched_wlc, 1, 2, 3);

	/* Conns for the weight, in sixths: 0 0 0, 6 0 0, 6 3 0, 6 3 2, 6 3 4, 6 6 4, 6 6 6. */
	farm_play(&farm, "ABCCBC" "ABCCBC");
	/* 3 conns of A: 18 12 12; then 18 15 12, 18 15 14, 18 15 16, 18 18 16, 18 18 18. */
	farm_play(&farm, "A" "BCCBC" "A");
	farm_end(&farm);
}

static void wlc_follows_weights_that_change(void **state)
{
	struct farm farm = BEGIN(&weir_sched_wlc, 1, 2, 3);

	/* Twice the weights. */
	farm_play(&farm, "ABCCBC" "ABCCBC");
	/* In sixths: 4 12 36, 6 12 36, 8 12 36, 10 12 36, 12 12 36, 14 12 36, 14 15 36, 16 15 36. */
	WEIGH(&farm, 3, 2, 1);
	farm_play(&farm, "AAAAABAB");
	/* 8, 6 and 6 conns, the second is out: 8/4 6/4, 8/4 7/4, 8/4 8/4, 9/4 8/4. */
	WEIGH(&farm, 4, 0, 4);
	farm_play(&farm, "CCAC");
	farm_end(&farm);
}

static void sed_takes_the_shortest_expected_delay(void **state)
{
	struct farm farm = BEGIN(&weir_sched_sed, 1, 2, 4);

	/*
	 * Before each pick (active + 1) / weight of A, B, C in quarters:
	 * 4 2 1, 4 2 2, 4 4 2, 4 4 3, 4 4 4, 8 4 4, 8 6 4; then 8 6 5, and so on:
	 * 8 6 5, 8 6 6, 8 8 6, 8 8 7, 8 8 8, 12 8 8, 12 10 8.
	 */
	farm_play(&farm, "CBCCABC" "CBCCABC");
	farm_end(&farm);
}

static void sed_takes_equal_servers_in_turn(void **state)
{
	struct farm farm = BEGIN(&weir_sched_sed, 3, 3, 3);

	farm_play(&farm, "ABCABC" "b" "BA");
	farm_end(&farm);
}

static void sed_follows_conns_that_end(void **state)
{
	struct farm farm = BEGIN(&weir_sched_sed, 1, 2, 4);

	farm_play(&farm, "CBCCABC");
	/* In quarters: 8 6 1, 8 6 2, 8 6 3, 8 6 4, 8 6 5, 8 6 6. */
	farm_play(&farm, "cccc" "CCCCCB");
	/* A and B are idle again: 4 2 6, 4 4 6, 8 4 6, 8 6 6. */
	farm_play(&farm, "abbb" "BABB");
	farm_end(&farm);
}

static void sed_follows_weights_that_change(void **state)
{
	struct farm farm = BEGIN(&weir_sched_sed, 1, 2, 4);

	farm_play(&farm, "CBCCABC");
	/* 1, 2 and 4 conns; in quarters: 2 6 20, 3 6 20, 4 6 20, 5 6 20, 6 6 20, 7 6 20. */
	WEIGH(&farm, 4, 2, 1);
	farm_play(&farm, "AAAAAB");
	/* 6, 3 and 4 conns, the first is out: - 8 5, - 8 6, - 8 7, - 8 8, - 10 8. */
	WEIGH(&farm, 0, 2, 4);
	farm_play(&farm, "CCCBC");
	farm_end(&farm);
}

static void sed_does_not_count_inactive_conns(void **state)
{
	struct farm farm = BEGIN(&weir_sched_sed, 1, 2, 4);

	farm_add(&farm, 1, 0, 5000);
	farm_add(&farm, 2, 0, 1);
	farm_play(&farm, "CBCCABC");
	farm_end(&farm);
}

static void sed_compares_the_largest_loads(void **state)
{
	struct farm farm = BEGIN(&weir_sched_sed, 65535, 65535, 65534);

	farm_add(&farm, 0, INT32_MAX, 0);
	farm_add(&farm, 1, INT32_MAX - 1, 0);
	farm_add(&farm, 2, INT32_MAX, 0);
	assert_int_equal(farm_pick(&farm, &any), 'B');
	farm_end(&farm);
}

static void nq_takes_the_first_idle_server_whatever_its_weight(void **state)
{
	struct farm farm = BEGIN(&weir_sched_nq, 1, 2, 4);

	farm_play(&farm, "ABC" "b" "B" "ca" "AC");
	farm_end(&farm);
}

static void nq_is_as_sed_when_nobody_is_idle(void **state)
{
	struct farm farm = BEGIN(&weir_sched_nq, 1, 2, 4);

	farm_play(&farm, "ABC");
	/* In quarters: 8 4 2, 8 4 3, 8 4 4, 8 6 4, 8 6 5, 8 6 6, 8 8 6, 8 8 7, 8 8 8. */
	farm_play(&farm, "CCBCCBCCA");
	/* Then 2, 3 and 7 conns; the first two become idle, and after them: 8 4 8, 8 6 8, 8 8 8. */
	farm_play(&farm, "aabbb" "AB" "BBA");
	farm_end(&farm);
}

static void nq_follows_weights_that_change(void **state)
{
	struct farm farm = BEGIN(&weir_sched_nq, 1, 0, 4);

	/* Of the two that take conns: 8 2, 8 3, 8 4. */
	farm_play(&farm, "AC" "CCC");
	/* The newcomer is idle; then, in eighths: 2 8 40, 3 8 40. */
	WEIGH(&farm, 8, 2, 1);
	farm_play(&farm, "B" "AA");
	farm_end(&farm);
}

static void nq_calls_a_server_idle_that_has_inactive_conns_alone(void **state)
{
	struct farm farm = BEGIN(&weir_sched_nq, 1, 2, 4);

	farm_play(&farm, "ABC");
	farm_add(&farm, 0, -1, 1);
	farm_add(&farm, 1, 0, 5000);
	farm_play(&farm, "A");
	farm_end(&farm);
}

static void fo_takes_the_largest_weight_and_of_a_tie_the_first(void **state)
{
	struct farm farm = BEGIN(&weir_sched_fo, 3, 9, 9, 1);

	farm_play(&farm, "BBBBBBBBBBBB");
	WEIGH(&farm, 3, 0, 9, 1);
	farm_play(&farm, "CCC");
	WEIGH(&farm, 3, 0, 2, 1);
	farm_play(&farm, "AA");
	WEIGH(&farm, 0, 0, 1, 1);
	farm_play(&farm, "C");
	WEIGH(&farm, 3, 9, 9, 10);
	farm_play(&farm, "D");
	WEIGH(&farm, 5, 5, 5, 5);
	farm_play(&farm, "AAA");
	farm_end(&farm);
}

static void fo_starts_nowhere_else_however_random_the_cursor(void **state)
{
	const u32 weights[] = { 1, 2, 2 };
	struct weir_sched_pool *pool = fixture_pool(3, weights);

	atomic_set(&pool->cursor, 0x8badf00d);
	assert_int_equal(weir_sched_fo.build(pool), 0);
	assert_int_equal(weir_sched_fo.pick(pool, &any), 1);
	fixture_pool_free(pool);
}

/* A server is full when it has more than its weight: one more fits than that. */
static void ovf_fills_one_server_after_the_other(void **state)
{
	struct farm farm = BEGIN(&weir_sched_ovf, 2, 3, 1);

	farm_play(&farm, "BBBB" "AAA" "CC" "--");
	farm_end(&farm);
}

static void ovf_goes_back_to_the_largest_weight_that_has_room(void **state)
{
	struct farm farm = BEGIN(&weir_sched_ovf, 2, 3, 1);

	farm_play(&farm, "BBBBA" "b" "BA");
	farm_play(&farm, "aab" "BAAAC" "c" "CC-" "a" "A-");
	farm_end(&farm);
}

static void ovf_takes_the_first_of_equal_weights(void **state)
{
	struct farm farm = BEGIN(&weir_sched_ovf, 1, 2, 1, 2);

	farm_play(&farm, "BBB" "DDD" "AA" "CC" "-" "db" "BD-");
	farm_end(&farm);
}

static void ovf_follows_weights_that_change(void **state)
{
	struct farm farm = BEGIN(&weir_sched_ovf, 2, 3, 1);

	farm_play(&farm, "BBBB" "AAA" "CC" "-");
	WEIGH(&farm, 5, 3, 1);
	farm_play(&farm, "AAA-");
	WEIGH(&farm, 5, 6, 1);
	farm_play(&farm, "BBB-");
	/* Of 6, 7 and 2 conns, too many all but the last. */
	WEIGH(&farm, 0, 1, 2);
	farm_play(&farm, "C-");
	farm_end(&farm);
}

static void ovf_counts_active_conns_alone(void **state)
{
	struct farm farm = BEGIN(&weir_sched_ovf, 1, 2);

	farm_add(&farm, 1, 0, 5000);
	farm_play(&farm, "BBB" "AA" "-");
	farm_end(&farm);
}

/* The definition: of those that are not full the first with the largest weight. */
static u32 ovf_scan(const struct weir_sched_pool *pool)
{
	u32 best = WEIR_SCHED_NOBODY;
	u32 i;

	for (i = 0; i < pool->count; i++) {
		const struct weir_candidate *candidate = &pool->candidates[i];

		if (candidate->load->active.counter > (int)candidate->weight)
			continue;
		if (best == WEIR_SCHED_NOBODY || candidate->weight > pool->candidates[best].weight)
			best = i;
	}

	return best;
}

static void ovf_picks_are_those_of_a_scan(void **state)
{
	u32 weights[100];
	u32 trial, n, i;

	for (trial = 0; trial < 50; trial++) {
		struct weir_sched_pool *pool;

		for (i = 0; i < ARRAY_SIZE(weights); i++)
			weights[i] = 1 + random_below(trial % 2 ? 5 : WEIR_WEIGHT_MAX);
		pool = fixture_built(&weir_sched_ovf, ARRAY_SIZE(weights), weights);
		for (n = 0; n < 200; n++) {
			i = random_below(ARRAY_SIZE(weights));
			fixture_set_load(pool, i, random_below(2 * weights[i] + 1), 0);
			assert_int_equal(weir_sched_ovf.pick(pool, &any), ovf_scan(pool));
		}
		fixture_pool_free(pool);
	}
}

static struct weir_tuple asking_for(u32 address)
{
	struct weir_tuple tuple = fixture_tuple(0, 1024);

	tuple.dst.all[0] = htonl(0xcb007100 + address);
	return tuple;
}

/* The definition: the upper 8 of 32 bits of the hash are the slot, of which every third is A's. */
static char dh_owner(const struct farm *farm, const struct weir_tuple *tuple)
{
	u32 hash = siphash(&tuple->dst, sizeof(tuple->dst), &farm->pool->options.key);

	return 'A' + (hash >> 24) % 3;
}

static void dh_shares_out_256_slots_in_turn_whatever_the_weights(void **state)
{
	struct farm farm = BEGIN(&weir_sched_dh, 1, 900, 20);
	u32 n;

	assert_int_equal(farm.pool->table_size, 256);
	for (n = 0; n < 256; n++)
		assert_int_equal(farm.pool->table[n], n % 3);
	for (n = 0; n < 1000; n++) {
		struct weir_tuple tuple = asking_for(n);

		assert_int_equal(farm_pick(&farm, &tuple), dh_owner(&farm, &tuple));
	}
	farm_end(&farm);
}

static void dh_goes_by_the_address_asked_for_alone(void **state)
{
	struct farm farm = BEGIN(&weir_sched_dh, 1, 1, 1);
	struct weir_tuple first = fixture_tuple(0, 1024);
	u32 n;

	for (n = 0; n < 1000; n++) {
		struct weir_tuple tuple = fixture_tuple(n, 1024 + n);

		tuple.dport = htons(n);
		assert_int_equal(farm_pick(&farm, &tuple), farm_pick(&farm, &first));
		farm_add(&farm, n % 3, 1, 1);
	}
	farm_end(&farm);
}

static void dh_gives_nobody_the_addresses_of_a_server_that_takes_none(void **state)
{
	struct farm farm = BEGIN(&weir_sched_dh, 1, 1, 1);
	u32 closed = 0;
	u32 n;

	WEIGH(&farm, 5, 0, 1);
	for (n = 0; n < 1000; n++) {
		struct weir_tuple tuple = asking_for(n);
		char owner = dh_owner(&farm, &tuple);

		assert_int_equal(farm_pick(&farm, &tuple), owner == 'B' ? '-' : owner);
		closed += owner == 'B';
	}
	assert_in_range(closed, 250, 420);

	WEIGH(&farm, 1, 1, 1);
	for (n = 0; n < 1000; n++) {
		struct weir_tuple tuple = asking_for(n);

		assert_int_equal(farm_pick(&farm, &tuple), dh_owner(&farm, &tuple));
	}
	farm_end(&farm);
}

static void dh_sends_addresses_elsewhere_under_another_key(void **state)
{
	struct farm farm = BEGIN(&weir_sched_dh, 1, 1, 1, 1, 1, 1, 1, 1);
	struct farm other = BEGIN(&weir_sched_dh, 1, 1, 1, 1, 1, 1, 1, 1);
	u32 moved = 0;
	u32 n;

	other.pool->options.key.key[0]++;
	for (n = 0; n < 10000; n++) {
		struct weir_tuple tuple = asking_for(n);

		moved += farm_pick(&farm, &tuple) != farm_pick(&other, &tuple);
	}
	assert_in_range(moved, 8550, 8950);
	farm_end(&other);
	farm_end(&farm);
}

static void dh_gives_more_than_256_servers_a_slot_each(void **state)
{
	struct weir_sched_pool *pool = fixture_built(&weir_sched_dh, 1000, NULL);
	u32 n;

	assert_int_equal(pool->table_size, 1000);
	for (n = 0; n < 1000; n++)
		assert_int_equal(pool->table[n], n);
	fixture_pool_free(pool);
}

/* Weights 1, 2, 1 are four slots A B B C, told apart by the upper two bits of a number. */
static u32 number_for(char server)
{
	return (u32)(server == 'A' ? 0 : server == 'B' ? 1 : 3) << 30 | random_below(1 << 30);
}

static char pick_of_two(const struct farm *farm, const char *drawn)
{
	const u32 numbers[] = { number_for(drawn[0]), number_for(drawn[1]) };

	kstub_set_random(numbers, 2);
	return farm_pick(farm, &any);
}

static void twos_takes_the_less_loaded_of_the_two_drawn(void **state)
{
	/* Each with the loads for the weights of the two before it; a tie is the first's. */
	static const struct {
		const char *drawn;
		char pick;
	} steps[] = {
		{ "AB", 'A' }, /* 0, 0 */
		{ "AB", 'B' }, /* 1, 0 */
		{ "AB", 'B' }, /* 1, 1/2 */
		{ "AB", 'A' }, /* 1, 1 */
		{ "BC", 'C' }, /* 1, 0 */
		{ "CB", 'C' }, /* 1, 1 */
		{ "CA", 'C' }, /* 2, 2 */
		{ "CB", 'B' }, /* 3, 1 */
		{ "CC", 'C' },
		{ "BA", 'B' }, /* 3/2, 2 */
		{ "BA", 'B' }, /* 2, 2 */
		{ "BA", 'A' }, /* 5/2, 2 */
		{ "AC", 'A' }, /* 3, 4 */
		{ "CB", 'B' }, /* 4, 5/2 */
	};
	struct farm farm = BEGIN(&weir_sched_twos, 1, 2, 1);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		assert_int_equal(pick_of_two(&farm, steps[i].drawn), steps[i].pick);
		farm_add(&farm, steps[i].pick - 'A', 1, 0);
	}
	farm_end(&farm);
}

static void twos_counts_an_active_conn_as_257_inactive(void **state)
{
	struct farm farm = BEGIN(&weir_sched_twos, 1, 2, 1);

	farm_add(&farm, 0, 1, 0);
	farm_add(&farm, 2, 0, 256);
	assert_int_equal(pick_of_two(&farm, "AC"), 'C');
	farm_add(&farm, 2, 0, 2);
	assert_int_equal(pick_of_two(&farm, "CA"), 'A');
	/* 257 / 1 against 512 / 2, then 516 / 2. */
	farm_add(&farm, 1, 0, 512);
	assert_int_equal(pick_of_two(&farm, "AB"), 'B');
	farm_add(&farm, 1, 0, 4);
	assert_int_equal(pick_of_two(&farm, "BA"), 'A');
	farm_end(&farm);
}

/* Without loads the first drawn has the conn. */
static void twos_draws_each_server_as_often_as_its_weight(void **state)
{
	struct farm farm = BEGIN(&weir_sched_twos, 1, 0, 2, 7, 90);
	const u32 shares[] = { 1, 0, 2, 7, 90 };
	u32 counts[5] = { 0 };
	u32 n, i;

	for (n = 0; n < 100000; n++)
		counts[farm_pick(&farm, &any) - 'A']++;

	/* More than five standard deviations of a fair draw. */
	for (i = 0; i < 5; i++)
		assert_in_range(counts[i], shares[i] ? shares[i] * 1000 - 500 : 0,
				shares[i] ? shares[i] * 1000 + 500 : 0);
	farm_end(&farm);
}

/* A busy one of three has only those conns for which it is drawn twice. */
static void twos_draws_twice(void **state)
{
	struct farm farm = BEGIN(&weir_sched_twos, 1, 1, 1);
	u32 busy = 0;
	u32 n;

	farm_add(&farm, 1, 1000, 0);
	for (n = 0; n < 90000; n++)
		busy += farm_pick(&farm, &any) == 'B';

	assert_in_range(busy, 9500, 10500);
	farm_end(&farm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lc_goes_round_in_ip_vss_order_and_fills_gaps),
		cmocka_unit_test(lc_lets_inactive_conns_break_a_tie),
		cmocka_unit_test(wlc_takes_the_least_for_its_weight),
		cmocka_unit_test(wlc_follows_weights_that_change),
		cmocka_unit_test(sed_takes_the_shortest_expected_delay),
		cmocka_unit_test(sed_takes_equal_servers_in_turn),
		cmocka_unit_test(sed_follows_conns_that_end),
		cmocka_unit_test(sed_follows_weights_that_change),
		cmocka_unit_test(sed_does_not_count_inactive_conns),
		cmocka_unit_test(sed_compares_the_largest_loads),
		cmocka_unit_test(nq_takes_the_first_idle_server_whatever_its_weight),
		cmocka_unit_test(nq_is_as_sed_when_nobody_is_idle),
		cmocka_unit_test(nq_follows_weights_that_change),
		cmocka_unit_test(nq_calls_a_server_idle_that_has_inactive_conns_alone),
		cmocka_unit_test(fo_takes_the_largest_weight_and_of_a_tie_the_first),
		cmocka_unit_test(fo_starts_nowhere_else_however_random_the_cursor),
		cmocka_unit_test(ovf_fills_one_server_after_the_other),
		cmocka_unit_test(ovf_goes_back_to_the_largest_weight_that_has_room),
		cmocka_unit_test(ovf_takes_the_first_of_equal_weights),
		cmocka_unit_test(ovf_follows_weights_that_change),
		cmocka_unit_test(ovf_counts_active_conns_alone),
		cmocka_unit_test(ovf_picks_are_those_of_a_scan),
		cmocka_unit_test(dh_shares_out_256_slots_in_turn_whatever_the_weights),
		cmocka_unit_test(dh_goes_by_the_address_asked_for_alone),
		cmocka_unit_test(dh_gives_nobody_the_addresses_of_a_server_that_takes_none),
		cmocka_unit_test(dh_sends_addresses_elsewhere_under_another_key),
		cmocka_unit_test(dh_gives_more_than_256_servers_a_slot_each),
		cmocka_unit_test(twos_takes_the_less_loaded_of_the_two_drawn),
		cmocka_unit_test(twos_counts_an_active_conn_as_257_inactive),
		cmocka_unit_test(twos_draws_each_server_as_often_as_its_weight),
		cmocka_unit_test(twos_draws_twice),
	};

	return cmocka_run_group_tests_name("sched_sequence", tests, NULL, NULL);
}
