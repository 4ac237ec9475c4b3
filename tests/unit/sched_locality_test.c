// SPDX-License-Identifier: GPL-2.0-only
/*
 * Promises of the schedulers lblc and lblcr: an address stays with its servers, for how
 * long, and who has the conn when they have too many. The sequences are worked out by
 * hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <pthread.h>

#include <linux/kernel.h>

#include "farm.h"
#include "kstub/kstub.h"

#define DAY (24 * 60 * 60)

static const struct weir_scheduler *const scheds[] = { &weir_sched_lblc, &weir_sched_lblcr };

static struct weir_tuple asking_for(u32 address)
{
	struct weir_tuple tuple = fixture_tuple(0, 1024);

	tuple.dst.all[0] = htonl(0xcb007100 + address);
	return tuple;
}

static void play_for(struct farm *farm, u32 address, const char *story)
{
	const struct weir_tuple tuple = asking_for(address);

	farm_play_for(farm, &tuple, story);
}

static void an_address_stays_where_its_first_conn_went(void **state)
{
	unsigned int s;

	for (s = 0; s < ARRAY_SIZE(scheds); s++) {
		struct farm farm = BEGIN(scheds[s], 10, 10, 10);

		/* Each new one goes to the least loaded, whoever asks. */
		play_for(&farm, 1, "AAAA");
		play_for(&farm, 2, "BBB");
		play_for(&farm, 3, "CC");
		play_for(&farm, 4, "CC");
		/* Loads are 4, 3, 4. */
		play_for(&farm, 5, "B");
		play_for(&farm, 1, "AA");
		play_for(&farm, 3, "C");
		farm_end(&farm);
	}
}

/*
 * Weights of 4: overloaded is who has 5, while another has 1 at most. The address of
 * lblc moves and forgets where it was; that of lblcr has both then, and as long as the
 * lighter of them is not overloaded it has the conn.
 */
static void lblc_moves_an_address_whose_server_is_overloaded(void **state)
{
	struct farm farm = BEGIN(&weir_sched_lblc, 4, 4, 4);

	play_for(&farm, 1, "AAAAA" "BBBBB" "CCCCC");
	/* 5, 5, 5: nobody has less than half of his weight, so it stays. */
	play_for(&farm, 1, "CCC");
	/* 5, 5, 8; then 2 for A are not less than half of 4, but 1 is. */
	play_for(&farm, 1, "aaa" "C" "a" "A" "AAAA");
	/* 6, 5, 9. */
	play_for(&farm, 1, "A");
	farm_end(&farm);
}

static void lblcr_gives_an_address_one_more_server(void **state)
{
	struct farm farm = BEGIN(&weir_sched_lblcr, 4, 4, 4);

	/* At 5, 0, 0 B joins. It has the conns until A and B have 5 each, when C joins. */
	play_for(&farm, 1, "AAAAA" "BBBBB" "CCCCC");
	/* All are its own now, and the lightest has the conn: in turn, who joined last first. */
	play_for(&farm, 1, "CBACBA");
	/* 7, 7, 7; then 4, 7, 7. */
	play_for(&farm, 1, "aaa" "AAA" "C");
	farm_end(&farm);
}

/* At the weight itself it is not overloaded, nor are others idle at half of theirs. */
static void the_rule_of_overload_is_exact(void **state)
{
	struct farm farm = BEGIN(&weir_sched_lblc, 3, 5);

	/* Loads for the weights: A is first. B has 2, of which twice is 4 < 5: idle. */
	farm_add(&farm, 1, 2, 0);
	play_for(&farm, 1, "AAA" "A" "B");
	/* The same with 3, which is more than half of 5: A goes on. */
	play_for(&farm, 1, "bbb" "aaaa");
	farm_end(&farm);
	farm = BEGIN(&weir_sched_lblc, 3, 5);
	farm_add(&farm, 1, 3, 0);
	play_for(&farm, 1, "AAAA" "AAAA");
	farm_end(&farm);
}

static void inactive_conns_do_not_overload(void **state)
{
	struct farm farm = BEGIN(&weir_sched_lblc, 2, 2);

	play_for(&farm, 1, "A");
	farm_add(&farm, 0, 0, 500);
	play_for(&farm, 1, "AA");
	/* 3 are more than 2; B is idle with however many inactive ones, and lighter too. */
	farm_add(&farm, 1, 0, 50);
	play_for(&farm, 1, "B");
	farm_end(&farm);
}

static void an_address_leaves_who_is_full_or_gone(void **state)
{
	struct farm farm = BEGIN(&weir_sched_lblc, 9, 9, 9);

	play_for(&farm, 1, "AA");
	farm_fill(&farm, 'A', true);
	play_for(&farm, 1, "BB");
	/* It lives where it went last. */
	farm_fill(&farm, 'A', false);
	play_for(&farm, 1, "BB");
	WEIGH(&farm, 9, 0, 9);
	play_for(&farm, 1, "CC");
	WEIGH(&farm, 9, 9, 9);
	play_for(&farm, 1, "CC");
	farm_end(&farm);
}

static void a_set_keeps_who_comes_back(void **state)
{
	struct farm farm = BEGIN(&weir_sched_lblcr, 9, 9, 9);

	play_for(&farm, 1, "AA");
	farm_fill(&farm, 'A', true);
	play_for(&farm, 1, "BBB");
	farm_fill(&farm, 'A', false);
	/* 2, 3, 0: the lightest of its two, not of all. */
	play_for(&farm, 1, "A");
	WEIGH(&farm, 9, 0, 9);
	play_for(&farm, 1, "AAA");
	WEIGH(&farm, 9, 9, 9);
	play_for(&farm, 1, "BBB");
	farm_end(&farm);
}

static void locality_survives_a_change_of_servers(void **state)
{
	unsigned int s;
	u32 n;

	for (s = 0; s < ARRAY_SIZE(scheds); s++) {
		struct farm farm = BEGIN(scheds[s], 900, 900, 900, 900);
		char map[100];

		for (n = 0; n < 100; n++) {
			struct weir_tuple tuple = asking_for(n);

			map[n] = farm_pick(&farm, &tuple);
			farm_add(&farm, map[n] - 'A', 1, 0);
		}
		/* Indices change, and who is the lightest. */
		WEIGH(&farm, 0, 1, 900, 65535);
		farm_add(&farm, 1, -20, 0);
		WEIGH(&farm, 0, 900, 900, 65535);
		for (n = 0; n < 100; n++) {
			struct weir_tuple tuple = asking_for(n);
			char now = farm_pick(&farm, &tuple);

			if (map[n] != 'A')
				assert_int_equal(now, map[n]);
		}
		farm_end(&farm);
	}
}

static void an_address_is_forgotten_after_a_day_without_a_conn(void **state)
{
	unsigned int s;

	for (s = 0; s < ARRAY_SIZE(scheds); s++) {
		struct farm farm = BEGIN(scheds[s], 9, 9);

		kstub_set_time(1000);
		play_for(&farm, 1, "A");
		kstub_set_time(1000 + DAY);
		play_for(&farm, 1, "A");
		kstub_set_time(1000 + 2 * DAY);
		play_for(&farm, 1, "A");
		kstub_set_time(1000 + 3 * DAY + 1);
		play_for(&farm, 1, "B");
		kstub_set_time(0);
		farm_end(&farm);
	}
}

/* Whom the second hand has passed on another processor. */
static void a_clock_that_is_a_second_behind_forgets_nothing(void **state)
{
	struct farm farm = BEGIN(&weir_sched_lblc, 9, 9);

	kstub_set_time(1000);
	play_for(&farm, 1, "A");
	kstub_set_time(999);
	play_for(&farm, 1, "A");
	kstub_set_time(0);
	farm_end(&farm);
}

static void a_set_loses_its_most_loaded_after_a_day_unchanged(void **state)
{
	struct farm farm = BEGIN(&weir_sched_lblcr, 4, 4, 4);

	kstub_set_time(1000);
	play_for(&farm, 1, "AAAAA" "BBBBB" "C" "aabbb");
	/* 3, 2, 1; used every half a day, but not changed. */
	kstub_set_time(1000 + DAY / 2);
	play_for(&farm, 1, "Cc");
	kstub_set_time(1000 + DAY);
	play_for(&farm, 1, "Cc");
	/* A leaves the set: idle as it becomes, B and C have the conns. */
	kstub_set_time(1000 + DAY + 1);
	play_for(&farm, 1, "C" "aaa" "CBC");
	/* 0, 3, 4; of those that tied C had joined last. */
	kstub_set_time(1000 + DAY + 1 + DAY / 2);
	play_for(&farm, 1, "bB");
	/* The set has been as it is for another day: C leaves it too. */
	kstub_set_time(1000 + 2 * DAY + 2);
	play_for(&farm, 1, "B" "cccc" "B");
	kstub_set_time(0);
	farm_end(&farm);
}

/* Of those with as many, who joined last; whether one is full is no matter. */
static void a_set_loses_the_most_loaded_even_if_another_is_full(void **state)
{
	struct farm farm = BEGIN(&weir_sched_lblcr, 4, 4, 4);

	kstub_set_time(1000);
	play_for(&farm, 1, "AAAAA" "BBBBB" "aaa");
	kstub_set_time(1000 + DAY / 2);
	play_for(&farm, 1, "Aa");
	farm_fill(&farm, 'A', true);
	/* A has 2 and B 5: B leaves, and has too many while C has none, who joins. */
	kstub_set_time(1000 + DAY + 1);
	play_for(&farm, 1, "C");
	farm_fill(&farm, 'A', false);
	/* 2, 0, 1. */
	kstub_set_time(1000 + DAY + 1 + DAY / 2);
	play_for(&farm, 1, "bbbbb" "CCA");
	/* 3 0 3, and a day later C goes, though it is the one that is taken once more. */
	kstub_set_time(1000 + 2 * DAY + 2);
	play_for(&farm, 1, "C" "cccc" "AA");
	kstub_set_time(0);
	farm_end(&farm);
}

/* An idle server calls another overloaded even if it has no room for more itself. */
static void a_server_that_is_full_may_be_idle(void **state)
{
	unsigned int s;

	for (s = 0; s < ARRAY_SIZE(scheds); s++) {
		struct farm farm = BEGIN(scheds[s], 4, 4, 4);

		play_for(&farm, 1, "AAAAA");
		farm_add(&farm, 2, 3, 0);
		farm_fill(&farm, 'B', true);
		/* 5, 0, 3 conns: C is no longer idle, but B is. */
		play_for(&farm, 1, "C");
		farm_end(&farm);
	}
}

/* More servers than a set has room for: the most loaded makes room. */
static void a_set_is_bounded(void **state)
{
	struct farm farm = BEGIN(&weir_sched_lblcr, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4);
	u32 n;

	for (n = 0; n < 14; n++) {
		char story[] = "-----";

		for (u32 i = 0; i < 5; i++)
			story[i] = 'A' + n;
		play_for(&farm, 1, story);
	}
	/* The last two took the places of two others, who are not picked now. */
	for (n = 0; n < 14; n++)
		farm_add(&farm, n, -3, 0);
	for (n = 0; n < 24; n++) {
		struct weir_tuple tuple = asking_for(1);
		char pick = farm_pick(&farm, &tuple);

		farm_add(&farm, pick - 'A', 1, 0);
	}
	for (n = 0; n < 14; n++)
		assert_in_range(farm.active[n], 2, 4);
	u32 untouched = 0;

	for (n = 0; n < 14; n++)
		untouched += farm.active[n] == 2;
	assert_int_equal(untouched, 2);
	assert_int_equal(farm.active[13], 4);
	farm_end(&farm);
}

/* Other addresses, by the million, take no memory; those in use keep their server. */
static void a_flood_of_addresses_leaves_those_in_use_alone(void **state)
{
	struct farm farm = BEGIN(&weir_sched_lblc, 9, 9, 9);
	u32 kept = 0;
	u32 n;

	play_for(&farm, 0, "A");
	farm_add(&farm, 0, 5, 0);
	kstub_set_time(1);
	for (n = 1; n < 20000; n++) {
		struct weir_tuple tuple = asking_for(n);

		farm_pick(&farm, &tuple);
		if (n % 1000)
			continue;
		/* Asked for again: a newer conn than most. A is the most loaded. */
		kstub_set_time(n / 1000 + 1);
		tuple = asking_for(0);
		kept += farm_pick(&farm, &tuple) == 'A';
	}
	assert_int_equal(kept, 19);
	kstub_set_time(0);
	farm_end(&farm);
}

static void an_address_that_is_pushed_out_is_scheduled_anew(void **state)
{
	struct farm farm = BEGIN(&weir_sched_lblc, 900, 900);
	u32 moved = 0;
	u32 n;

	for (n = 0; n < 100000; n++) {
		struct weir_tuple tuple = asking_for(n);

		kstub_set_time(n);
		farm_pick(&farm, &tuple);
	}
	farm_add(&farm, 0, 5, 0);
	for (n = 0; n < 1000; n++) {
		struct weir_tuple tuple = asking_for(n);

		moved += farm_pick(&farm, &tuple) == 'B';
	}
	assert_int_equal(moved, 1000);
	kstub_set_time(0);
	farm_end(&farm);
}

struct picker {
	struct farm *farm;
	u32 seed;
};

static void *pick_many(void *arg)
{
	struct picker *picker = arg;
	u32 n;

	for (n = 0; n < 100000; n++) {
		struct weir_tuple tuple = asking_for((n * 7919 + picker->seed) % 30000);
		u32 i = picker->farm->sched->pick(picker->farm->pool, &tuple);

		assert_true(i < picker->farm->pool->count);
	}

	return NULL;
}

static void whoever_picks_at_once_gets_a_server(void **state)
{
	unsigned int s, i;

	for (s = 0; s < ARRAY_SIZE(scheds); s++) {
		struct farm farm = BEGIN(scheds[s], 1, 2, 3, 4);
		struct picker pickers[2] = { { &farm, 0 }, { &farm, 15000 } };
		pthread_t threads[2];

		for (i = 0; i < 4; i++)
			farm_add(&farm, i, i * 3, 0);
		for (i = 0; i < 2; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, pick_many, &pickers[i]),
					 0);
		for (i = 0; i < 2; i++)
			pthread_join(threads[i], NULL);
		farm_end(&farm);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_stays_where_its_first_conn_went),
		cmocka_unit_test(lblc_moves_an_address_whose_server_is_overloaded),
		cmocka_unit_test(lblcr_gives_an_address_one_more_server),
		cmocka_unit_test(the_rule_of_overload_is_exact),
		cmocka_unit_test(inactive_conns_do_not_overload),
		cmocka_unit_test(an_address_leaves_who_is_full_or_gone),
		cmocka_unit_test(a_set_keeps_who_comes_back),
		cmocka_unit_test(locality_survives_a_change_of_servers),
		cmocka_unit_test(an_address_is_forgotten_after_a_day_without_a_conn),
		cmocka_unit_test(a_clock_that_is_a_second_behind_forgets_nothing),
		cmocka_unit_test(a_set_loses_its_most_loaded_after_a_day_unchanged),
		cmocka_unit_test(a_set_loses_the_most_loaded_even_if_another_is_full),
		cmocka_unit_test(a_server_that_is_full_may_be_idle),
		cmocka_unit_test(a_set_is_bounded),
		cmocka_unit_test(a_flood_of_addresses_leaves_those_in_use_alone),
		cmocka_unit_test(an_address_that_is_pushed_out_is_scheduled_anew),
		cmocka_unit_test(whoever_picks_at_once_gets_a_server),
	};

	return cmocka_run_group_tests_name("sched_locality", tests, NULL, NULL);
}
