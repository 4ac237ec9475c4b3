// SPDX-License-Identifier: GPL-2.0-only
/*
 * Promises of the scheduler mh: balance, and few clients moved by a change.
 * A slot counts as moved if its server stayed and yet lost it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include <linux/kernel.h>
#include <linux/string.h>

#include "fixture.h"

static const u32 counts[] = { 1, 2, 3, 40, 41, 100, 655, 656, 1000, 4096 };

static u32 *slots_of(const struct weir_sched_pool *pool)
{
	u32 *slots = calloc(pool->servers, sizeof(*slots));
	u32 slot;

	for (slot = 0; slot < pool->table_size; slot++) {
		assert_true(pool->table[slot] < pool->count);
		slots[pool->table[slot]]++;
	}

	return slots;
}

static const struct weir_endpoint *owner(const struct weir_sched_pool *pool, u32 slot)
{
	return &pool->candidates[pool->table[slot]].endpoint;
}

static bool has_server(const struct weir_sched_pool *pool, const struct weir_endpoint *endpoint)
{
	u32 i;

	for (i = 0; i < pool->count; i++)
		if (weir_endpoint_equal(&pool->candidates[i].endpoint, endpoint))
			return true;

	return false;
}

/* Slots of servers that are in both pools, and another's in the second. */
static u32 moved_slots(const struct weir_sched_pool *before, const struct weir_sched_pool *after)
{
	u32 moved = 0;
	u32 slot;

	assert_int_equal(before->table_size, after->table_size);
	for (slot = 0; slot < before->table_size; slot++)
		moved += !weir_endpoint_equal(owner(before, slot), owner(after, slot)) &&
			 has_server(after, owner(before, slot));

	return moved;
}

static void assert_same_table(const struct weir_sched_pool *a, const struct weir_sched_pool *b)
{
	u32 slot;

	assert_int_equal(a->table_size, b->table_size);
	for (slot = 0; slot < a->table_size; slot++)
		assert_true(weir_endpoint_equal(owner(a, slot), owner(b, slot)));
}

/* Servers 0 .. count - 1 without those from @gone on, @gone_count of them. */
static struct weir_sched_pool *built_without(u32 count, u32 gone, u32 gone_count)
{
	struct weir_sched_pool *pool = fixture_pool(count - gone_count, NULL);
	u32 i;

	for (i = gone; i < pool->count; i++)
		pool->candidates[i].endpoint = fixture_server(i + gone_count);
	assert_int_equal(weir_sched_mh.build(pool), 0);

	return pool;
}

static void every_slot_has_a_server_and_every_server_a_slot(void **state)
{
	unsigned int n;
	u32 i;

	for (n = 0; n < ARRAY_SIZE(counts); n++) {
		struct weir_sched_pool *pool = fixture_built(&weir_sched_mh, counts[n], NULL);
		u32 *slots = slots_of(pool);

		for (i = 0; i < pool->count; i++)
			assert_true(slots[i] > 0);
		free(slots);
		fixture_pool_free(pool);
	}
}

static void equal_weights_get_equal_slots_but_for_one(void **state)
{
	unsigned int n;
	u32 i;

	for (n = 0; n < ARRAY_SIZE(counts); n++) {
		struct weir_sched_pool *pool = fixture_built(&weir_sched_mh, counts[n], NULL);
		u32 *slots = slots_of(pool);
		u32 least = pool->table_size / pool->count;

		for (i = 0; i < pool->count; i++)
			assert_in_range(slots[i], least, least + 1);
		free(slots);
		fixture_pool_free(pool);
	}
}

static void a_table_has_a_hundred_slots_for_each_server(void **state)
{
	static const struct {
		u32 count;
		u32 size;
	} sizes[] = {
		{ 1, 4093 }, { 40, 4093 }, { 41, 65537 }, { 655, 65537 },
		{ 656, 655373 }, { 4096, 655373 },
	};
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(sizes); n++) {
		struct weir_sched_pool *pool = fixture_built(&weir_sched_mh, sizes[n].count, NULL);

		assert_int_equal(pool->table_size, sizes[n].size);
		assert_true(pool->table_size >= 100 * pool->count);
		fixture_pool_free(pool);
	}
}

/* Each share within 1 % and a slot of its weight's. */
static void assert_proportional(u32 count, const u32 *weights)
{
	struct weir_sched_pool *pool = fixture_built(&weir_sched_mh, count, weights);
	u32 *slots = slots_of(pool);
	u64 sum = 0;
	u32 i;

	for (i = 0; i < count; i++)
		sum += weights[i];

	for (i = 0; i < count; i++) {
		u64 ideal = (u64)weights[i] * pool->table_size;

		assert_true(slots[i] >= 1);
		assert_true((u64)slots[i] * sum <= ideal + ideal / 100 + sum);
		assert_true((u64)slots[i] * sum + sum >= ideal - ideal / 100);
	}
	free(slots);
	fixture_pool_free(pool);
}

static void slots_are_proportional_to_weights(void **state)
{
	const u32 few[] = { 1, 2, 3, 4, 90 };
	const u32 steep[] = { 65535, 1 };
	u32 weights[WEIR_SERVERS_MAX];
	u32 i;

	assert_proportional(5, few);
	assert_proportional(2, steep);

	for (i = 0; i < ARRAY_SIZE(weights); i++)
		weights[i] = 1 + i * 7919 % 1000;
	assert_proportional(100, weights);
	assert_proportional(1000, weights);
	assert_proportional(ARRAY_SIZE(weights), weights);
}

static void one_giant_leaves_every_dwarf_a_slot(void **state)
{
	u32 weights[WEIR_SERVERS_MAX];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(weights); i++)
		weights[i] = i == 1234 ? WEIR_WEIGHT_MAX : 1;
	assert_proportional(ARRAY_SIZE(weights), weights);
}

static void only_the_ratio_of_weights_counts(void **state)
{
	const u32 small[] = { 1, 2, 3 };
	const u32 large[] = { 20000, 40000, 60000 };
	struct weir_sched_pool *a = fixture_built(&weir_sched_mh, 3, small);
	struct weir_sched_pool *b = fixture_built(&weir_sched_mh, 3, large);

	assert_same_table(a, b);
	fixture_pool_free(b);
	fixture_pool_free(a);
}

static void the_order_of_adding_does_not_matter(void **state)
{
	static const u32 some[] = { 2, 3, 100, 1000 };
	unsigned int n;
	u32 i;

	for (n = 0; n < ARRAY_SIZE(some); n++) {
		struct weir_sched_pool *forth = fixture_pool(some[n], NULL);
		struct weir_sched_pool *back = fixture_pool(some[n], NULL);

		for (i = 0; i < some[n]; i++) {
			u32 other = some[n] - 1 - i;

			forth->candidates[i].weight = 1 + i % 7;
			back->candidates[other].weight = forth->candidates[i].weight;
			back->candidates[other].endpoint = forth->candidates[i].endpoint;
		}
		assert_int_equal(weir_sched_mh.build(forth), 0);
		assert_int_equal(weir_sched_mh.build(back), 0);
		assert_same_table(forth, back);
		fixture_pool_free(back);
		fixture_pool_free(forth);
	}
}

static void a_server_that_leaves_moves_few_of_the_others(void **state)
{
	/* Slots moved, in 1/10000 of the table, the mean of some departures. */
	static const struct {
		u32 count;
		u32 bound;
	} cases[] = {
		{ 3, 300 }, { 8, 300 }, { 40, 300 }, { 100, 100 }, { 400, 100 }, { 655, 100 },
		{ 1000, 100 },
	};
	const u32 departures = 3;
	unsigned int n;
	u32 i;

	for (n = 0; n < ARRAY_SIZE(cases); n++) {
		const u32 count = cases[n].count;
		struct weir_sched_pool *before = fixture_built(&weir_sched_mh, count, NULL);
		const u64 slots = (u64)before->table_size * departures;
		u32 moved = 0;

		for (i = 0; i < departures; i++) {
			u32 gone = i * count / departures;
			struct weir_sched_pool *after = built_without(count, gone, 1);

			moved += moved_slots(before, after);
			fixture_pool_free(after);
		}

		print_message("# mh: 1 of %u servers gone: %.2f %% of %u slots moved\n", count,
			      moved * 100. / slots, before->table_size);
		assert_true(moved * 10000ULL <= cases[n].bound * slots);
		fixture_pool_free(before);
	}
}

static void a_hundredth_that_leaves_moves_few_of_the_others(void **state)
{
	static const u32 some[] = { 100, 400, 600, 1000 };
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(some); n++) {
		struct weir_sched_pool *before = fixture_built(&weir_sched_mh, some[n], NULL);
		struct weir_sched_pool *after = built_without(some[n], some[n] / 3, some[n] / 100);
		u32 moved = moved_slots(before, after);

		print_message("# mh: 1 %% of %u servers gone: %.2f %% of %u slots moved\n", some[n],
			      moved * 100. / before->table_size, before->table_size);
		assert_true(moved * 100ULL <= 3ULL * before->table_size);
		fixture_pool_free(after);
		fixture_pool_free(before);
	}
}

static void a_changed_weight_moves_few_of_the_others(void **state)
{
	u32 weights[100];
	struct weir_sched_pool *before, *after;
	u32 moved = 0;
	u32 i, slot;

	for (i = 0; i < 100; i++)
		weights[i] = 100;
	before = fixture_built(&weir_sched_mh, 100, weights);
	weights[50] = 50;
	after = fixture_built(&weir_sched_mh, 100, weights);

	for (slot = 0; slot < before->table_size; slot++)
		moved += before->table[slot] != 50 && after->table[slot] != before->table[slot];
	print_message("# mh: 1 of 100 weights halved: %.2f %% of %u slots moved\n",
		      moved * 100. / before->table_size, before->table_size);
	assert_true(moved * 100ULL <= before->table_size);
	fixture_pool_free(after);
	fixture_pool_free(before);
}

static void a_server_that_comes_back_restores_the_table(void **state)
{
	struct weir_sched_pool *before = fixture_built(&weir_sched_mh, 100, NULL);
	struct weir_sched_pool *without = built_without(100, 17, 1);
	struct weir_sched_pool *after = fixture_pool(100, NULL);
	u32 i;

	/* It comes back as the last of the list. */
	for (i = 17; i < 99; i++)
		after->candidates[i].endpoint = fixture_server(i + 1);
	after->candidates[99].endpoint = fixture_server(17);
	assert_int_equal(weir_sched_mh.build(after), 0);

	assert_true(moved_slots(before, without) < before->table_size);
	assert_same_table(before, after);
	fixture_pool_free(after);
	fixture_pool_free(without);
	fixture_pool_free(before);
}

static void another_key_gives_another_table(void **state)
{
	struct weir_sched_pool *a = fixture_built(&weir_sched_mh, 10, NULL);
	struct weir_sched_pool *b = fixture_pool(10, NULL);

	b->options.key.key[1]++;
	assert_int_equal(weir_sched_mh.build(b), 0);
	assert_true(moved_slots(a, b) > a->table_size * 8 / 10);
	fixture_pool_free(b);
	fixture_pool_free(a);
}

static void servers_that_differ_in_port_alone_are_as_independent(void **state)
{
	struct weir_sched_pool *four = fixture_pool(4, NULL);
	struct weir_sched_pool *three = fixture_pool(3, NULL);
	u32 i;

	for (i = 0; i < 4; i++) {
		four->candidates[i].endpoint = fixture_server(0);
		four->candidates[i].endpoint.port = htons(8000 + i);
		if (i < 3)
			three->candidates[i].endpoint = four->candidates[i].endpoint;
	}
	assert_int_equal(weir_sched_mh.build(four), 0);
	assert_int_equal(weir_sched_mh.build(three), 0);

	assert_true(moved_slots(four, three) * 100 <= 3 * four->table_size);
	fixture_pool_free(three);
	fixture_pool_free(four);
}

static u32 pick_client(struct weir_sched_pool *pool, u32 number, u16 port)
{
	struct weir_tuple tuple = fixture_tuple(number, port);

	return weir_sched_mh.pick(pool, &tuple);
}

static void a_client_keeps_its_server_whatever_its_port(void **state)
{
	struct weir_sched_pool *pool = fixture_built(&weir_sched_mh, 10, NULL);
	struct weir_sched_pool *again = fixture_built(&weir_sched_mh, 10, NULL);
	u32 n;

	atomic_set(&again->cursor, 4711);
	for (n = 0; n < 1000; n++) {
		u32 server = pick_client(pool, n, 1024);

		assert_int_equal(pick_client(pool, n, 1025), server);
		assert_int_equal(pick_client(again, n, 60000), server);
	}
	fixture_pool_free(again);
	fixture_pool_free(pool);
}

static void clients_spread_by_weight(void **state)
{
	const u32 weights[] = { 10, 20, 30, 40 };
	struct weir_sched_pool *pool = fixture_built(&weir_sched_mh, 4, weights);
	u32 picks[4] = { 0 };
	u32 n, i;

	for (n = 0; n < 100000; n++)
		picks[pick_client(pool, n, 1024)]++;
	for (i = 0; i < 4; i++)
		assert_in_range(picks[i], weights[i] * 1000 - 1000, weights[i] * 1000 + 1000);
	fixture_pool_free(pool);
}

static void ipv6_clients_in_one_subnet_spread(void **state)
{
	struct weir_sched_pool *pool = fixture_built(&weir_sched_mh, 4, NULL);
	struct weir_tuple tuple = { .family = AF_INET6 };
	u32 picks[4] = { 0 };
	u32 n, i;

	tuple.src.ip6[0] = htonl(0x20010db8);
	for (n = 0; n < 40000; n++) {
		tuple.src.ip6[3] = htonl(n);
		picks[weir_sched_mh.pick(pool, &tuple)]++;
	}
	for (i = 0; i < 4; i++)
		assert_in_range(picks[i], 9500, 10500);
	fixture_pool_free(pool);
}

static void clients_of_the_others_stay_when_a_server_leaves(void **state)
{
	struct weir_sched_pool *before = fixture_built(&weir_sched_mh, 10, NULL);
	struct weir_sched_pool *after = built_without(10, 5, 1);
	u32 moved = 0;
	u32 n;

	for (n = 0; n < 20000; n++) {
		u32 was = pick_client(before, n, 1024);
		u32 is = pick_client(after, n, 1024);

		moved += was != 5 && is + (is >= 5) != was;
	}
	assert_true(moved <= 20000 * 3 / 100);
	fixture_pool_free(after);
	fixture_pool_free(before);
}

static void a_server_that_is_down_for_a_while_does_not_change_the_table(void **state)
{
	struct weir_sched_pool *all = fixture_built(&weir_sched_mh, 41, NULL);
	struct weir_sched_pool *rest = fixture_pool(41, NULL);

	rest->count = 40;
	assert_int_equal(weir_sched_mh.build(rest), 0);
	assert_same_table(rest, all);
	fixture_pool_free(rest);
	fixture_pool_free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_slot_has_a_server_and_every_server_a_slot),
		cmocka_unit_test(equal_weights_get_equal_slots_but_for_one),
		cmocka_unit_test(a_table_has_a_hundred_slots_for_each_server),
		cmocka_unit_test(slots_are_proportional_to_weights),
		cmocka_unit_test(one_giant_leaves_every_dwarf_a_slot),
		cmocka_unit_test(only_the_ratio_of_weights_counts),
		cmocka_unit_test(the_order_of_adding_does_not_matter),
		cmocka_unit_test(a_server_that_leaves_moves_few_of_the_others),
		cmocka_unit_test(a_hundredth_that_leaves_moves_few_of_the_others),
		cmocka_unit_test(a_changed_weight_moves_few_of_the_others),
		cmocka_unit_test(a_server_that_comes_back_restores_the_table),
		cmocka_unit_test(a_server_that_is_down_for_a_while_does_not_change_the_table),
		cmocka_unit_test(another_key_gives_another_table),
		cmocka_unit_test(servers_that_differ_in_port_alone_are_as_independent),
		cmocka_unit_test(a_client_keeps_its_server_whatever_its_port),
		cmocka_unit_test(clients_spread_by_weight),
		cmocka_unit_test(ipv6_clients_in_one_subnet_spread),
		cmocka_unit_test(clients_of_the_others_stay_when_a_server_leaves),
	};

	return cmocka_run_group_tests_name("maglev", tests, NULL, NULL);
}
