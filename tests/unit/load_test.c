// SPDX-License-Identifier: GPL-2.0-only
/*
 * Promises of the limit of a server: when it is full, when it is not any more, and that
 * it does not stay so without conns, however they come and end at the same time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "kstub/kstub.h"
#include "sched.h"

static void hold(struct weir_load *load, int active, int inactive)
{
	atomic_set(&load->active, active);
	atomic_set(&load->inactive, inactive);
	weir_load_heed_limit(load);
}

static void a_server_is_full_from_its_limit_until_below_the_other(void **state)
{
	struct weir_load load = { 0 };

	weir_load_set_limit(&load, 10, 4);
	hold(&load, 9, 0);
	assert_false(load.is_full);
	hold(&load, 10, 0);
	assert_true(load.is_full);
	hold(&load, 4, 0);
	assert_true(load.is_full);
	hold(&load, 3, 0);
	assert_false(load.is_full);
	hold(&load, 9, 0);
	assert_false(load.is_full);
	hold(&load, 11, 0);
	assert_true(load.is_full);
}

static void inactive_conns_count_as_active_ones_do(void **state)
{
	struct weir_load load = { 0 };

	weir_load_set_limit(&load, 10, 4);
	hold(&load, 0, 10);
	assert_true(load.is_full);
	hold(&load, 2, 2);
	assert_true(load.is_full);
	hold(&load, 1, 2);
	assert_false(load.is_full);
	hold(&load, 5, 5);
	assert_true(load.is_full);
}

/* ip_vs: until four times the conns are less than three times the limit. */
static void without_the_other_it_is_three_quarters(void **state)
{
	u32 max;
	int n;

	for (max = 1; max < 100; max++) {
		struct weir_load load = { 0 };

		weir_load_set_limit(&load, max, 0);
		for (n = max; n >= 0; n--) {
			hold(&load, max, 0);
			assert_true(load.is_full);
			hold(&load, n, 0);
			assert_int_equal(load.is_full, !(4 * n < 3 * (int)max));
		}
	}
}

static void without_a_limit_it_is_never_full(void **state)
{
	struct weir_load load = { 0 };

	hold(&load, INT32_MAX, INT32_MAX);
	assert_false(load.is_full);
}

static void a_limit_holds_at_once(void **state)
{
	struct weir_load load = { 0 };

	hold(&load, 10, 0);
	weir_load_set_limit(&load, 11, 0);
	assert_false(load.is_full);
	weir_load_set_limit(&load, 10, 0);
	assert_true(load.is_full);
	/* Raised, but not as far as it would take new ones again: 10 is no less than 9. */
	weir_load_set_limit(&load, 12, 0);
	assert_true(load.is_full);
	weir_load_set_limit(&load, 14, 0);
	assert_false(load.is_full);
	weir_load_set_limit(&load, 5, 5);
	assert_true(load.is_full);
	weir_load_set_limit(&load, 0, 0);
	assert_false(load.is_full);
}

static struct weir_load shared;

/* What another processor does while this one has looked at the load but not acted. */
static void all_conns_end(void)
{
	kstub_on_atomic_read = NULL;
	hold(&shared, 0, 0);
}

static void they_come_back(void)
{
	kstub_on_atomic_read = NULL;
	hold(&shared, 10, 0);
}

static void it_does_not_stay_full_of_conns_that_end_meanwhile(void **state)
{
	weir_load_set_limit(&shared, 10, 1);
	atomic_set(&shared.active, 10);
	kstub_on_atomic_read = all_conns_end;
	weir_load_heed_limit(&shared);
	assert_int_equal(shared.active.counter, 0);
	assert_false(shared.is_full);
}

static void it_does_not_stay_open_to_conns_that_come_meanwhile(void **state)
{
	weir_load_set_limit(&shared, 10, 1);
	hold(&shared, 10, 0);
	atomic_set(&shared.active, 0);
	kstub_on_atomic_read = they_come_back;
	weir_load_heed_limit(&shared);
	assert_int_equal(shared.active.counter, 10);
	assert_true(shared.is_full);
}

#define CPUS 3

/* The limit is reached and left all the time. */
static void *begin_and_end(void *arg)
{
	for (int n = 0; n < 100000; n++) {
		atomic_add(1, &shared.active);
		weir_load_heed_limit(&shared);
		atomic_add(-1, &shared.active);
		weir_load_heed_limit(&shared);
	}
	return NULL;
}

static void without_conns_it_is_not_full_whoever_has_raced(void **state)
{
	pthread_t threads[CPUS];
	int trial, i;

	hold(&shared, 0, 0);
	weir_load_set_limit(&shared, 2, 1);
	for (trial = 0; trial < 10; trial++) {
		for (i = 0; i < CPUS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, begin_and_end, NULL), 0);
		for (i = 0; i < CPUS; i++)
			pthread_join(threads[i], NULL);
		assert_int_equal(shared.active.counter, 0);
		assert_false(shared.is_full);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_is_full_from_its_limit_until_below_the_other),
		cmocka_unit_test(inactive_conns_count_as_active_ones_do),
		cmocka_unit_test(without_the_other_it_is_three_quarters),
		cmocka_unit_test(without_a_limit_it_is_never_full),
		cmocka_unit_test(a_limit_holds_at_once),
		cmocka_unit_test(it_does_not_stay_full_of_conns_that_end_meanwhile),
		cmocka_unit_test(it_does_not_stay_open_to_conns_that_come_meanwhile),
		cmocka_unit_test(without_conns_it_is_not_full_whoever_has_raced),
	};

	return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
