// SPDX-License-Identifier: GPL-2.0-only
/*
 * Host stand-ins for kernel functions that are more than a line.
 */
#include "kstub.h"

#include <stdlib.h>
#include <string.h>

#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>
#include <linux/sort.h>

_Thread_local unsigned long kstub_atomic_reads;
_Thread_local void (*kstub_on_atomic_read)(void);

static unsigned int failing_allocation;

void kstub_fail_allocation(unsigned int n)
{
	failing_allocation = n;
}

static bool allocation_fails(void)
{
	return failing_allocation && !--failing_allocation;
}

/* Filled with a pattern, so that nobody gets away with expecting zeroes. */
void *kvmalloc_array(size_t n, size_t size, gfp_t flags)
{
	u8 *memory;
	size_t i;

	if (allocation_fails())
		return NULL;

	memory = reallocarray(NULL, n, size);
	for (i = 0; memory && i < n * size; i++)
		memory[i] = 0xa5;

	return memory;
}

void *kvcalloc(size_t n, size_t size, gfp_t flags)
{
	return allocation_fails() ? NULL : calloc(n, size);
}

void *kvzalloc(size_t size, gfp_t flags)
{
	return kvcalloc(1, size, flags);
}

void kvfree(const void *memory)
{
	free((void *)memory);
}

static s64 now;

void kstub_set_time(s64 seconds)
{
	now = seconds;
}

time64_t ktime_get_seconds(void)
{
	return now;
}

static const u32 *random_numbers;
static size_t random_left;

void kstub_set_random(const u32 *numbers, size_t count)
{
	random_numbers = numbers;
	random_left = count;
}

u32 get_random_u32(void)
{
	static u64 x = 0x9e3779b97f4a7c15ULL;

	if (random_left) {
		random_left--;
		return *random_numbers++;
	}

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x >> 32;
}

/* By insertion: the C library's qsort_r passes something else to its comparison. */
void sort_r(void *base, size_t num, size_t size, cmp_r_func_t compare, swap_r_func_t swap,
	    const void *priv)
{
	u8 *elements = base;
	u8 moved[size];
	size_t i, n;

	assert(!swap);
	for (n = 1; n < num; n++) {
		memcpy(moved, elements + n * size, size);
		for (i = n; i && compare(elements + (i - 1) * size, moved, priv) > 0; i--)
			memcpy(elements + i * size, elements + (i - 1) * size, size);
		memcpy(elements + i * size, moved, size);
	}
}

static u64 rotate_left(u64 x, unsigned int n)
{
	return x << n | x >> (64 - n);
}

static void sip_rounds(u64 v[4], unsigned int rounds)
{
	while (rounds--) {
		v[0] += v[1];
		v[1] = rotate_left(v[1], 13) ^ v[0];
		v[0] = rotate_left(v[0], 32);
		v[2] += v[3];
		v[3] = rotate_left(v[3], 16) ^ v[2];
		v[0] += v[3];
		v[3] = rotate_left(v[3], 21) ^ v[0];
		v[2] += v[1];
		v[1] = rotate_left(v[1], 17) ^ v[2];
		v[2] = rotate_left(v[2], 32);
	}
}

/* The next up to 8 bytes as a little-endian number, on hosts of either order. */
static u64 little_endian(const u8 *bytes, size_t len)
{
	u64 word = 0;
	size_t i;

	for (i = 0; i < len; i++)
		word |= (u64)bytes[i] << (8 * i);

	return word;
}

static void sip_absorb(u64 v[4], u64 word)
{
	v[3] ^= word;
	sip_rounds(v, 2);
	v[0] ^= word;
}

/* Aumasson and Bernstein, "SipHash: a fast short-input PRF", section 2. */
u64 siphash(const void *data, size_t len, const siphash_key_t *key)
{
	const u8 *bytes = data;
	size_t left;
	u64 v[4] = {
		key->key[0] ^ 0x736f6d6570736575ULL,
		key->key[1] ^ 0x646f72616e646f6dULL,
		key->key[0] ^ 0x6c7967656e657261ULL,
		key->key[1] ^ 0x7465646279746573ULL,
	};

	for (left = len; left >= 8; left -= 8, bytes += 8)
		sip_absorb(v, little_endian(bytes, 8));
	sip_absorb(v, little_endian(bytes, left) | (u64)len << 56);

	v[2] ^= 0xff;
	sip_rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
