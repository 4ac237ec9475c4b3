// SPDX-License-Identifier: GPL-2.0-only
/*
 * The stand-ins that could be wrong without a test of kmod/ noticing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/siphash.h>
#include <linux/slab.h>

#include "kstub.h"

/* Key 00 01 .. 0f, message 00 01 .. n - 1. */
static void siphash_gives_the_published_vectors(void **state)
{
	static const struct {
		size_t len;
		u64 hash;
	} vectors[] = {
		{ 0, 0x726fdb47dd0e0e31ULL },
		{ 1, 0x74f839c593dc67fdULL },
		{ 2, 0x0d6c8009d9a94f5aULL },
		{ 3, 0x85676696d7fb7e2dULL },
		{ 7, 0xab0200f58b01d137ULL },
		{ 8, 0x93f5f5799a932462ULL },
		{ 15, 0xa129ca6149be45e5ULL },
	};
	const siphash_key_t key = { { 0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL } };
	u8 message[16];
	size_t i;

	for (i = 0; i < sizeof(message); i++)
		message[i] = i;

	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		assert_true(siphash(message, vectors[i].len, &key) == vectors[i].hash);
}

static void the_chosen_allocation_fails_and_no_other(void **state)
{
	void *memory;

	kstub_fail_allocation(2);
	memory = kvmalloc_array(1, 1, GFP_KERNEL);
	assert_non_null(memory);
	assert_null(kvcalloc(1, 1, GFP_KERNEL));
	kvfree(memory);
	memory = kvcalloc(1, 1, GFP_KERNEL);
	assert_non_null(memory);
	kvfree(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(siphash_gives_the_published_vectors),
		cmocka_unit_test(the_chosen_allocation_fails_and_no_other),
	};

	return cmocka_run_group_tests_name("kstub", tests, NULL, NULL);
}
