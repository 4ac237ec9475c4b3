// SPDX-License-Identifier: GPL-2.0-only
/*
 * Promises of every scheduler about servers that are full, and of the hashes about
 * those that are absent: who has the conn instead, one conn after the other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

#include <linux/kernel.h>

#include "farm.h"
#include "kstub/kstub.h"

static const char *const names[] = { "rr", "wrr", "lc", "wlc", "sed", "nq", "twos", "fo", "ovf",
				     "sh", "dh", "mh", "lblc", "lblcr" };

static const struct weir_tuple any;

static void nobody_has_a_conn_that_all_are_too_full_for(void **state)
{
	unsigned int n, i;

	for (n = 0; n < ARRAY_SIZE(names); n++) {
		struct farm farm = BEGIN(weir_sched_find(names[n]), 9, 9, 9, 9, 9);

		farm.pool->options.fallback = true;
		for (i = 0; i < 5; i++)
			farm_fill(&farm, 'A' + i, true);
		farm_play(&farm, "----");
		farm_fill(&farm, 'D', false);
		farm_play(&farm, "DDDD");
		farm_end(&farm);
	}
}

static void a_lone_server_that_is_full_has_no_conn(void **state)
{
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(names); n++) {
		struct farm farm = BEGIN(weir_sched_find(names[n]), 9);

		farm_fill(&farm, 'A', true);
		farm_play(&farm, "--");
		farm_fill(&farm, 'A', false);
		farm_play(&farm, "AA");
		farm_end(&farm);
	}
}

static void rr_passes_over_who_is_full(void **state)
{
	struct farm farm = BEGIN(&weir_sched_rr, 1, 1, 1, 1);

	farm_play(&farm, "ABCDA");
	farm_fill(&farm, 'C', true);
	farm_play(&farm, "BDABDA");
	farm_fill(&farm, 'B', true);
	farm_play(&farm, "DADA");
	farm_fill(&farm, 'B', false);
	farm_fill(&farm, 'C', false);
	farm_play(&farm, "BCDABCDA");
	farm_end(&farm);
}

/* The period is A AB ABC ABC. */
static void wrr_passes_over_the_turns_of_who_is_full(void **state)
{
	struct farm farm = BEGIN(&weir_sched_wrr, 4, 3, 2);

	farm_play(&farm, "AABABCABC");
	farm_fill(&farm, 'A', true);
	farm_play(&farm, "BBCBC" "BBCBC");
	farm_fill(&farm, 'B', true);
	farm_play(&farm, "CCC");
	farm_fill(&farm, 'A', false);
	farm_fill(&farm, 'B', false);
	/* The last turn was C's third, the first of a period's two. */
	farm_play(&farm, "ABC" "AABABCABC");
	farm_end(&farm);
}

/* 65535 turns of A lie between two of another; nobody walks past them all. */
static void wrr_finds_the_others_beside_a_giant_that_is_full(void **state)
{
	struct farm farm = BEGIN(&weir_sched_wrr, 65535, 1, 1, 1);
	u32 counts[4] = { 0 };
	u32 n;

	farm_fill(&farm, 'A', true);
	for (n = 0; n < 3000; n++)
		counts[farm_pick(&farm, &any) - 'A']++;
	assert_int_equal(counts[0], 0);
	for (n = 1; n < 4; n++)
		assert_in_range(counts[n], 500, 2000);
	farm_end(&farm);
}

/* Loads for the weights of A, B, C. */
static void wlc_takes_the_least_of_those_that_are_not_full(void **state)
{
	struct farm farm = BEGIN(&weir_sched_wlc, 1, 2, 4);

	/* In quarters: 0 0 0, 4 0 0, 4 2 0, 4 2 1, 4 2 2, 4 4 2, 4 4 3. */
	farm_play(&farm, "ABCCBCC");
	farm_fill(&farm, 'C', true);
	/* 4 4, 8 4, 8 6, then 8 8. */
	farm_play(&farm, "ABB");
	farm_fill(&farm, 'B', true);
	farm_play(&farm, "AA");
	farm_fill(&farm, 'A', true);
	farm_play(&farm, "-");
	farm_fill(&farm, 'C', false);
	farm_play(&farm, "CCCCCC");
	farm_end(&farm);
}

static void a_full_server_is_idle_to_nobody(void **state)
{
	struct farm farm = BEGIN(&weir_sched_nq, 1, 2, 4);

	farm_fill(&farm, 'A', true);
	/* In quarters: 4 2 for B and C, once they are busy; then 4 3, 4 4, 6 4. */
	farm_play(&farm, "BC" "CCBC");
	farm_end(&farm);
}

/* A tree that a race has left wrong costs no conn. */
static void a_full_winner_does_not_hide_those_with_room(void **state)
{
	struct farm farm = BEGIN(&weir_sched_lc, 1, 1, 1, 1, 1, 1, 1, 1);
	u32 node;

	farm_add(&farm, 6, 1, 0);
	for (node = 0; node < 8; node++)
		farm.is_full[node] = node != 5 && node != 6;
	for (node = 0; node < 8; node++)
		((struct weir_load *)farm.pool->candidates[node].load)->is_full =
			farm.is_full[node];
	for (node = 1; node < 8; node++)
		farm.pool->table[node] = 0;
	/* The node that is tended next is none of those above F or G. */
	farm.pool->table[0] = 4;
	assert_int_equal(farm_pick(&farm, &any), 'F');
	assert_int_equal(farm.pool->table[1], 5);
	farm_end(&farm);
}

static void fo_hands_over_while_the_first_is_full(void **state)
{
	struct farm farm = BEGIN(&weir_sched_fo, 3, 9, 9, 1);

	farm_play(&farm, "BB");
	farm_fill(&farm, 'B', true);
	farm_play(&farm, "CC");
	farm_fill(&farm, 'C', true);
	farm_play(&farm, "AA");
	farm_fill(&farm, 'B', false);
	farm_play(&farm, "BB");
	farm_end(&farm);
}

static void ovf_overflows_to_those_that_have_room(void **state)
{
	struct farm farm = BEGIN(&weir_sched_ovf, 2, 3, 1);

	farm_play(&farm, "BB");
	farm_fill(&farm, 'B', true);
	farm_play(&farm, "AAA" "CC" "-");
	farm_fill(&farm, 'B', false);
	farm_play(&farm, "BB-");
	farm_end(&farm);
}

/* Weights 1, 2, 1 are four slots A B B C, told apart by the upper two bits of a number. */
static void twos_draws_again_for_who_is_full(void **state)
{
	static const u32 numbers[] = {
		/* B, B, A; C: A and C are as loaded. */
		1U << 30, 2U << 30, 0, 3U << 30,
	};
	struct farm farm = BEGIN(&weir_sched_twos, 1, 2, 1);

	farm_fill(&farm, 'B', true);
	kstub_set_random(numbers, ARRAY_SIZE(numbers));
	assert_int_equal(farm_pick(&farm, &any), 'A');
	farm_end(&farm);
}

static void twos_shares_are_as_the_weights_of_those_with_room(void **state)
{
	struct farm farm = BEGIN(&weir_sched_twos, 90, 3, 7);
	u32 counts[3] = { 0 };
	u32 n;

	farm_fill(&farm, 'A', true);
	for (n = 0; n < 100000; n++)
		counts[farm_pick(&farm, &any) - 'A']++;
	assert_int_equal(counts[0], 0);
	/* One in six has 16 draws of A behind it and goes to the next. */
	assert_in_range(counts[1], 29000, 46000);
	assert_int_equal(counts[1] + counts[2], 100000);
	farm_end(&farm);
}

/* The hashes: many clients, who ask for as many addresses. */

#define CLIENTS 3000

static const struct weir_scheduler *const hashes[] = {
	&weir_sched_sh, &weir_sched_dh, &weir_sched_mh,
};

static void map_clients(const struct farm *farm, char *map)
{
	u32 n;

	for (n = 0; n < CLIENTS; n++) {
		struct weir_tuple tuple = fixture_tuple(n, 1024);

		tuple.dst.all[0] = htonl(0xcb007100 + n);
		map[n] = farm_pick(farm, &tuple);
	}
}

/* What @map has become, in @now: only clients of @lost may differ, and have @instead if not 0. */
static void assert_moved(const char *map, const char *now, char lost, char instead)
{
	u32 n;

	for (n = 0; n < CLIENTS; n++) {
		if (map[n] != lost)
			assert_int_equal(now[n], map[n]);
		else if (instead)
			assert_int_equal(now[n], instead);
		else
			assert_true(now[n] != lost && now[n] != '-');
	}
}

static struct farm begin_hash(const struct weir_scheduler *sched, bool fallback)
{
	struct farm farm = BEGIN(sched, 3, 3, 3, 3);

	farm.options.fallback = fallback;
	WEIGH(&farm, 3, 3, 3, 3);
	return farm;
}

static void without_fallback_nobody_has_the_clients_of_who_is_gone(void **state)
{
	char map[CLIENTS], now[CLIENTS];
	unsigned int s;

	for (s = 0; s < ARRAY_SIZE(hashes); s++) {
		struct farm farm = begin_hash(hashes[s], false);

		map_clients(&farm, map);
		farm_fill(&farm, 'C', true);
		map_clients(&farm, now);
		assert_moved(map, now, 'C', '-');
		farm_fill(&farm, 'C', false);
		WEIGH(&farm, 3, 3, 0, 3);
		map_clients(&farm, now);
		assert_moved(map, now, 'C', '-');
		WEIGH(&farm, 3, 3, 3, 3);
		map_clients(&farm, now);
		assert_memory_equal(map, now, CLIENTS);
		farm_end(&farm);
	}
}

static void with_fallback_the_others_share_them_and_keep_their_own(void **state)
{
	char map[CLIENTS], full[CLIENTS], gone[CLIENTS];
	unsigned int s;
	u32 n;

	for (s = 0; s < ARRAY_SIZE(hashes); s++) {
		struct farm farm = begin_hash(hashes[s], true);
		u32 taken[4] = { 0 };

		map_clients(&farm, map);
		farm_fill(&farm, 'C', true);
		map_clients(&farm, full);
		assert_moved(map, full, 'C', 0);
		/* About 750, by three. */
		for (n = 0; n < CLIENTS; n++)
			taken[full[n] - 'A'] += map[n] == 'C';
		assert_in_range(taken[0], 150, 350);
		assert_in_range(taken[1], 150, 350);
		assert_in_range(taken[3], 150, 350);
		/* Being away is no different. */
		farm_fill(&farm, 'C', false);
		WEIGH(&farm, 3, 3, 0, 3);
		map_clients(&farm, gone);
		assert_memory_equal(full, gone, CLIENTS);
		/* Another that goes has those of two to give, and moves none of the others. */
		farm_fill(&farm, 'B', true);
		map_clients(&farm, gone);
		assert_moved(full, gone, 'B', 0);
		farm_fill(&farm, 'A', true);
		map_clients(&farm, gone);
		for (n = 0; n < CLIENTS; n++)
			assert_int_equal(gone[n], 'D');
		farm_end(&farm);
	}
}

/* Both the order of adding and who is absent. */
static void directors_agree_whatever_the_order_of_adding(void **state)
{
	unsigned int s;
	u32 i, n;

	for (s = 0; s < ARRAY_SIZE(hashes); s++) {
		struct weir_sched_pool *forth = fixture_pool(50, NULL);
		struct weir_sched_pool *back = fixture_pool(50, NULL);

		forth->options.fallback = true;
		back->options.fallback = true;
		for (i = 0; i < 50; i++) {
			forth->candidates[i].weight = 1 + i % 7;
			/* The first 30 the other way round, and so the absent. */
			n = i < 30 ? 29 - i : 79 - i;
			back->candidates[n].weight = forth->candidates[i].weight;
			back->candidates[n].endpoint = forth->candidates[i].endpoint;
		}
		forth->count = 30;
		back->count = 30;
		assert_int_equal(hashes[s]->build(forth), 0);
		assert_int_equal(hashes[s]->build(back), 0);
		for (n = 0; n < CLIENTS; n++) {
			struct weir_tuple tuple = fixture_tuple(n, 1024);
			u32 a, b;

			tuple.dst.all[0] = htonl(0xcb007100 + n);
			a = hashes[s]->pick(forth, &tuple);
			b = hashes[s]->pick(back, &tuple);
			assert_int_equal(a, 29 - b);
		}
		fixture_pool_free(back);
		fixture_pool_free(forth);
	}
}

/* One with room among thousands: nobody is refused, whatever the tries. */
static void the_last_one_with_room_is_found(void **state)
{
	unsigned int s;
	u32 n, i;

	for (s = 0; s < ARRAY_SIZE(hashes); s++) {
		struct weir_sched_pool *pool = fixture_built(hashes[s], 3000, NULL);

		pool->options.fallback = true;
		for (i = 0; i < 3000; i++)
			fixture_set_full(hashes[s], pool, i, i != 1234);
		for (n = 0; n < 100; n++) {
			struct weir_tuple tuple = fixture_tuple(n, 1024);

			assert_int_equal(hashes[s]->pick(pool, &tuple), 1234);
		}
		fixture_pool_free(pool);
	}
}

static void who_never_had_a_weight_has_no_slots(void **state)
{
	char map[CLIENTS], now[CLIENTS];
	struct farm three = BEGIN(&weir_sched_sh, 3, 3, 3);
	struct farm four = BEGIN(&weir_sched_sh, 3, 3, 3, 0);
	struct farm mh = BEGIN(&weir_sched_mh, 3, 3, 3, 0);
	u32 slot;

	map_clients(&three, map);
	map_clients(&four, now);
	assert_memory_equal(map, now, CLIENTS);
	for (slot = 0; slot < mh.pool->table_size; slot++)
		assert_true(mh.pool->table[slot] < 3);
	farm_end(&three);
	farm_end(&four);
	farm_end(&mh);
}

/* Who differs from the server of port 1024. */
static u32 count_by_port(struct farm *farm)
{
	u32 differ = 0;
	u16 port;

	for (port = 1024; port < 2024; port++) {
		struct weir_tuple first = fixture_tuple(7, 1024);
		struct weir_tuple tuple = fixture_tuple(7, port);

		differ += farm_pick(farm, &tuple) != farm_pick(farm, &first);
		/* The same one again. */
		assert_int_equal(farm_pick(farm, &tuple), farm_pick(farm, &tuple));
	}

	return differ;
}

static void the_port_counts_if_it_is_asked_to(void **state)
{
	unsigned int s;

	for (s = 0; s < ARRAY_SIZE(hashes); s++) {
		struct farm farm = begin_hash(hashes[s], true);

		assert_int_equal(count_by_port(&farm), 0);
		farm.options.hash_port = true;
		WEIGH(&farm, 3, 3, 3, 3);
		if (hashes[s] == &weir_sched_dh)
			assert_int_equal(count_by_port(&farm), 0);
		else
			assert_in_range(count_by_port(&farm), 650, 850);
		farm_end(&farm);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_has_a_conn_that_all_are_too_full_for),
		cmocka_unit_test(a_lone_server_that_is_full_has_no_conn),
		cmocka_unit_test(rr_passes_over_who_is_full),
		cmocka_unit_test(wrr_passes_over_the_turns_of_who_is_full),
		cmocka_unit_test(wrr_finds_the_others_beside_a_giant_that_is_full),
		cmocka_unit_test(wlc_takes_the_least_of_those_that_are_not_full),
		cmocka_unit_test(a_full_server_is_idle_to_nobody),
		cmocka_unit_test(a_full_winner_does_not_hide_those_with_room),
		cmocka_unit_test(fo_hands_over_while_the_first_is_full),
		cmocka_unit_test(ovf_overflows_to_those_that_have_room),
		cmocka_unit_test(twos_draws_again_for_who_is_full),
		cmocka_unit_test(twos_shares_are_as_the_weights_of_those_with_room),
		cmocka_unit_test(without_fallback_nobody_has_the_clients_of_who_is_gone),
		cmocka_unit_test(with_fallback_the_others_share_them_and_keep_their_own),
		cmocka_unit_test(directors_agree_whatever_the_order_of_adding),
		cmocka_unit_test(the_last_one_with_room_is_found),
		cmocka_unit_test(who_never_had_a_weight_has_no_slots),
		cmocka_unit_test(the_port_counts_if_it_is_asked_to),
	};

	return cmocka_run_group_tests_name("sched_full", tests, NULL, NULL);
}
