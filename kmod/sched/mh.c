// SPDX-License-Identifier: GPL-2.0-only
/*
 * Maglev hash (Eisenbud et al., NSDI 2016, section 3.4): a client always gets the
 * same candidate, and a server that joins or leaves moves few clients of the others.
 * One that is down or has no weight for a while keeps its slots, and moves none. The
 * table depends on the key and the servers, not on the order they were added in:
 * directors that share a key agree.
 */
#include "sched/slots.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

/* Shares are then even to a hundredth. */
#define MH_SLOTS_PER_CANDIDATE 100

/*
 * Sizes of tables: primes, for every skip has to reach every slot. There are
 * few because with another size nearly every client moves; for the same reason
 * the size does not follow the weights. A share is as exact as a slot.
 */
static const u32 mh_sizes[] = { 4093, 65537, 655373 };

static_assert(WEIR_SERVERS_MAX * MH_SLOTS_PER_CANDIDATE <= 655373, "the largest table suffices");

/*
 * A candidate with this many times the average weight has several turns in a
 * row. This bounds the rounds in which the others only wait for theirs.
 */
#define MH_TURN_AVERAGES 16

#define MH_SLOT_EMPTY U16_MAX

static_assert(WEIR_SERVERS_MAX < MH_SLOT_EMPTY, "no index looks like an empty slot");

/* A candidate's part in the filling of a table: a permutation of all slots. */
struct mh_permutation {
	const struct weir_candidate *candidate;
	u64 hash;
	u32 slot;
	u32 skip;
	u32 credit;
};

/* For a service of so many servers. */
static u32 mh_size(u32 count)
{
	unsigned int i = 0;

	while (mh_sizes[i] < count * MH_SLOTS_PER_CANDIDATE)
		i++;

	return mh_sizes[i];
}

/* The weight that buys a turn in each round. */
static u32 mh_turn_price(const struct weir_sched_pool *pool)
{
	u32 most = 0;
	u32 sum = 0;
	u32 i;

	for (i = 0; i < pool->servers; i++) {
		most = max(most, pool->candidates[i].weight);
		sum += pool->candidates[i].weight;
	}

	return min(most, max(sum / pool->servers, 1U) * MH_TURN_AVERAGES);
}

static int mh_compare(const void *a, const void *b)
{
	const struct mh_permutation *x = a;
	const struct mh_permutation *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;

	return memcmp(&x->candidate->endpoint, &y->candidate->endpoint,
		      sizeof(x->candidate->endpoint));
}

/*
 * The two halves of one keyed hash serve as the paper's two hash functions. Returns the
 * number of permutations: who has never had a weight has none.
 */
static u32 mh_permute(const struct weir_sched_pool *pool, struct mh_permutation *permutations)
{
	u32 count = 0;
	u32 i;

	for (i = 0; i < pool->servers; i++) {
		const struct weir_candidate *candidate = &pool->candidates[i];
		u64 hash = siphash(&candidate->endpoint, sizeof(candidate->endpoint),
				   &pool->options.key);

		if (!candidate->weight)
			continue;
		permutations[count++] = (struct mh_permutation){
			.candidate = candidate,
			.hash = hash,
			.slot = (u32)hash % pool->table_size,
			.skip = (u32)(hash >> 32) % (pool->table_size - 1) + 1,
		};
	}

	sort(permutations, count, sizeof(*permutations), mh_compare, NULL);
	return count;
}

static void mh_take_slot(struct weir_sched_pool *pool, struct mh_permutation *p)
{
	while (pool->table[p->slot] != MH_SLOT_EMPTY) {
		p->slot += p->skip;
		if (p->slot >= pool->table_size)
			p->slot -= pool->table_size;
	}

	pool->table[p->slot] = p->candidate - pool->candidates;
}

/* The first turn costs nothing, so that even the least weight has a slot. */
static void mh_fill(struct weir_sched_pool *pool, struct mh_permutation *permutations, u32 count)
{
	const u32 price = mh_turn_price(pool);
	u32 filled = 0;
	u32 i;

	memset(pool->table, 0xff, pool->table_size * sizeof(*pool->table));

	for (i = 0; i < count; i++)
		permutations[i].credit = price;

	for (;;) {
		for (i = 0; i < count; i++) {
			struct mh_permutation *p = &permutations[i];

			for (; p->credit >= price; p->credit -= price) {
				mh_take_slot(pool, p);
				if (++filled == pool->table_size)
					return;
			}
			p->credit += p->candidate->weight;
		}
		cond_resched();
	}
}

static int mh_build(struct weir_sched_pool *pool)
{
	struct mh_permutation *permutations;

	permutations = kvmalloc_array(pool->servers, sizeof(*permutations), GFP_KERNEL_ACCOUNT);
	if (!permutations)
		return -ENOMEM;

	if (weir_slots_alloc(pool, mh_size(pool->servers), pool->servers)) {
		kvfree(permutations);
		return -ENOMEM;
	}

	mh_fill(pool, permutations, mh_permute(pool, permutations));
	kvfree(permutations);
	return 0;
}

static u32 mh_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple)
{
	return weir_slots_pick(pool, weir_slots_hash_client(pool, tuple));
}

const struct weir_scheduler weir_sched_mh = {
	.name = "mh",
	.build = mh_build,
	.pick = mh_pick,
};
