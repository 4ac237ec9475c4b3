// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which servers conns to an address went to, so that the next go there too: each is a
 * cache, and has what was asked of it before.
 *
 * The memory is a table of a fixed number of entries, in buckets of a few; an address
 * that has none takes the place of the one in its bucket that was asked for least
 * recently. Who sends conns to ever new addresses thus costs others their entries, but
 * no memory and no walk. Nothing runs by a timer: an entry that is past its life is
 * as if it were empty.
 *
 * It is handed from pool to pool, so entries name servers by id, and an id that is none
 * of a candidate is passed over: that server is gone, or comes back.
 *
 * No lock orders those who read an entry, write it and give it to another address at the
 * same time. What they may leave is an address whose conns go where another's should,
 * or an address with two entries: where to go is a matter of what it costs, and every
 * answer is a candidate that has room. So words are read and written once each, in any
 * order.
 */
#include "sched/locality.h"

#include <linux/errno.h>
#include <linux/ktime.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "sched/least.h"

enum {
	LOCALITY_BUCKETS = 4096,
	LOCALITY_WAYS = 4,
	/* Seconds until an address that nobody asks for is forgotten, or a set shrinks. */
	LOCALITY_LIFE = 24 * 60 * 60,
};

/**
 * struct entry - where conns to an address go
 * @address: a keyed hash of it, in place of it; 0 if the entry is empty
 * @used: the second of its last conn
 * @modified: the second in which @servers last changed
 * @servers: ids, the one that joined last first; 0 where there is none
 */
struct entry {
	u64 address;
	u32 used;
	u32 modified;
	u32 servers[];
};

/**
 * struct locality - the memory
 * @memory: its head
 * @members: length of the @servers of each entry
 * @stride: bytes from an entry to the next
 * @entries: bucket after bucket
 */
struct locality {
	struct weir_sched_memory memory;
	u32 members;
	u32 stride;
	u64 entries[];
};

static struct entry *entry_at(struct locality *locality, u64 address, u32 way)
{
	u32 bucket = reciprocal_scale(address >> 32, LOCALITY_BUCKETS);

	return (void *)locality->entries + (bucket * LOCALITY_WAYS + way) * locality->stride;
}

/* Seconds; below 0 where another CPU has seen a later one. */
static s32 age_of(u32 since, u32 now)
{
	return now - since;
}

static bool is_over(u32 since, u32 now)
{
	return age_of(since, now) > LOCALITY_LIFE;
}

static struct entry *find_entry(struct locality *locality, u64 address, u32 now)
{
	u32 way;

	for (way = 0; way < LOCALITY_WAYS; way++) {
		struct entry *entry = entry_at(locality, address, way);

		if (READ_ONCE(entry->address) == address && !is_over(READ_ONCE(entry->used), now))
			return entry;
	}

	return NULL;
}

/* An empty entry of the bucket, or the one that was used least recently. */
static struct entry *choose_victim(struct locality *locality, u64 address, u32 now)
{
	struct entry *victim = NULL;
	s32 oldest = 0;
	u32 way;

	for (way = 0; way < LOCALITY_WAYS; way++) {
		struct entry *entry = entry_at(locality, address, way);
		s32 age = age_of(READ_ONCE(entry->used), now);

		if (!READ_ONCE(entry->address))
			return entry;
		if (victim && age <= oldest)
			continue;
		victim = entry;
		oldest = age;
	}

	return victim;
}

static void remember(struct locality *locality, u64 address, u32 id, u32 now)
{
	struct entry *entry = choose_victim(locality, address, now);
	u32 i;

	for (i = 0; i < locality->members; i++)
		WRITE_ONCE(entry->servers[i], i ? 0 : id);
	WRITE_ONCE(entry->modified, now);
	WRITE_ONCE(entry->used, now);
	WRITE_ONCE(entry->address, address);
}

/* The candidate of an id, or WEIR_SCHED_NOBODY; their ids fall. */
static u32 find_candidate(const struct weir_sched_pool *pool, u32 id)
{
	u32 low = 0;
	u32 high = pool->count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (pool->candidates[middle].id > id)
			low = middle + 1;
		else
			high = middle;
	}

	return low < pool->count && pool->candidates[low].id == id ? low : WEIR_SCHED_NOBODY;
}

/* Of an address's servers the one with the least load for its weight, if any has room; of
 * those that tie the one that joined last.
 */
static u32 find_least(const struct weir_sched_pool *pool, const struct locality *locality,
		      const struct entry *entry)
{
	u32 best = WEIR_SCHED_NOBODY;
	u32 i;

	for (i = 0; i < locality->members; i++) {
		u32 id = READ_ONCE(entry->servers[i]);
		u32 index = id ? find_candidate(pool, id) : WEIR_SCHED_NOBODY;

		if (index == WEIR_SCHED_NOBODY || weir_candidate_is_full(&pool->candidates[index]))
			continue;
		if (best == WEIR_SCHED_NOBODY ||
		    weir_load_is_less(&pool->candidates[index], &pool->candidates[best], pool->rule))
			best = index;
	}

	return best;
}

/* Whether one of an address's servers should rather go than another. */
static bool is_worse(const struct weir_sched_pool *pool, u32 index, u32 other)
{
	if (index == WEIR_SCHED_NOBODY || other == WEIR_SCHED_NOBODY)
		return other != WEIR_SCHED_NOBODY;
	return weir_load_is_less(&pool->candidates[other], &pool->candidates[index], pool->rule);
}

/*
 * Of an address's servers, whose number *@size becomes, the place of the one to let go:
 * one that is no candidate any more, or else the one with the most load. Of those that
 * tie the one that joined last goes.
 */
static u32 *find_worst(const struct weir_sched_pool *pool, const struct locality *locality,
		       struct entry *entry, u32 *size)
{
	u32 worst = WEIR_SCHED_NOBODY;
	u32 *place = NULL;
	u32 i;

	*size = 0;
	for (i = 0; i < locality->members; i++) {
		u32 id = READ_ONCE(entry->servers[i]);
		u32 index;

		if (!id)
			continue;
		index = find_candidate(pool, id);
		if ((*size)++ && !is_worse(pool, index, worst))
			continue;
		worst = index;
		place = &entry->servers[i];
	}

	return place;
}

/* Lets a server of a set go that has had as many as it has for all of its life. */
static void shrink(const struct weir_sched_pool *pool, const struct locality *locality,
		   struct entry *entry, u32 now)
{
	u32 *place;
	u32 size;

	if (locality->members == 1 || likely(!is_over(READ_ONCE(entry->modified), now)))
		return;
	place = find_worst(pool, locality, entry, &size);
	if (size < 2)
		return;
	WRITE_ONCE(*place, 0);
	WRITE_ONCE(entry->modified, now);
}

/* One more server for an address; where there is no place left, in another's. */
static void enrol(const struct weir_sched_pool *pool, const struct locality *locality,
		  struct entry *entry, u32 id, u32 now)
{
	u32 *place = NULL;
	u32 size;
	u32 i;

	for (i = 0; i < locality->members; i++) {
		u32 other = READ_ONCE(entry->servers[i]);

		if (other == id)
			return;
		if (!other && !place)
			place = &entry->servers[i];
	}

	if (!place)
		place = find_worst(pool, locality, entry, &size);
	/* Another CPU may have emptied what was full. */
	if (!place)
		return;
	for (i = place - entry->servers; i; i--)
		WRITE_ONCE(entry->servers[i], READ_ONCE(entry->servers[i - 1]));
	WRITE_ONCE(entry->servers[0], id);
	WRITE_ONCE(entry->modified, now);
}

/*
 * Whether another should rather have the conn: it has more active conns than its weight,
 * while somebody has less than half of his, though he may be full. Looks at all only of
 * those that have that many.
 */
static bool is_overloaded(const struct weir_sched_pool *pool, u32 index)
{
	const struct weir_candidate *candidate = &pool->candidates[index];
	u32 i;

	if ((u32)atomic_read(&candidate->load->active) <= candidate->weight)
		return false;

	for (i = 0; i < pool->count; i++) {
		candidate = &pool->candidates[i];
		if (2 * (u64)atomic_read(&candidate->load->active) < candidate->weight)
			return true;
	}

	return false;
}

static struct locality *create(u32 members)
{
	u32 stride = round_up(sizeof(struct entry) + members * sizeof(u32), sizeof(u64));
	struct locality *locality;

	locality = kvzalloc(sizeof(*locality) + LOCALITY_BUCKETS * LOCALITY_WAYS * stride,
			    GFP_KERNEL_ACCOUNT);
	if (!locality)
		return NULL;

	refcount_set(&locality->memory.refs, 1);
	locality->members = members;
	locality->stride = stride;
	return locality;
}

/**
 * weir_locality_build - gives a pool its memory, and the tournament of the least
 * @pool: the pool
 * @members: servers that an address may have at a time
 *
 * Return: 0 or -ENOMEM.
 */
int weir_locality_build(struct weir_sched_pool *pool, u32 members)
{
	struct locality *locality;

	if (!pool->memory) {
		locality = create(members);
		if (!locality)
			return -ENOMEM;
		pool->memory = &locality->memory;
	}

	return weir_least_build(pool, &weir_load_by_conns);
}

/**
 * weir_locality_pick - the server of an address, or of its servers the least loaded
 * @pool: the pool
 * @tuple: of the packet
 *
 * Where the address has none that has room, or that is overloaded, the least loaded of
 * all is picked and becomes one of the address's.
 *
 * Return: its index, or WEIR_SCHED_NOBODY if all are full.
 */
u32 weir_locality_pick(struct weir_sched_pool *pool, const struct weir_tuple *tuple)
{
	struct locality *locality = (struct locality *)pool->memory;
	u64 address = siphash(&tuple->dst, sizeof(tuple->dst), &pool->options.key);
	const u32 now = (u32)ktime_get_seconds();
	struct entry *entry;
	u32 index;

	/* 0 is in empty entries. */
	address |= !address;
	entry = find_entry(locality, address, now);
	if (entry) {
		if (READ_ONCE(entry->used) != now)
			WRITE_ONCE(entry->used, now);
		index = find_least(pool, locality, entry);
		shrink(pool, locality, entry, now);
		if (index != WEIR_SCHED_NOBODY && !is_overloaded(pool, index))
			return index;
	}

	index = weir_least_pick(pool, tuple);
	if (index == WEIR_SCHED_NOBODY)
		return index;
	if (entry)
		enrol(pool, locality, entry, pool->candidates[index].id, now);
	else
		remember(locality, address, pool->candidates[index].id, now);
	return index;
}
