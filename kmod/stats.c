// SPDX-License-Identifier: GPL-2.0-only
/*
 * Per-CPU traffic counters: count on one CPU, sum over all.
 */
#include "stats.h"

#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/percpu.h>
#include <linux/sctp.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <linux/udp.h>

/* As many as fit where one search for per-CPU memory ends soon: less than a page. */
enum { BLOCK_SETS = 32 };

static_assert(BLOCK_SETS * sizeof(struct weir_stats) < PAGE_SIZE);

static struct weir_stats_block *alloc_block(u32 sets)
{
	struct weir_stats_block *block = kmalloc(sizeof(*block), GFP_KERNEL_ACCOUNT);
	int cpu;

	if (!block)
		return NULL;
	block->sets = __alloc_percpu_gfp(array_size(sets, sizeof(*block->sets)),
					 __alignof__(*block->sets), GFP_KERNEL_ACCOUNT);
	if (!block->sets) {
		kfree(block);
		return NULL;
	}
	for_each_possible_cpu(cpu)
		for (u32 i = 0; i < sets; i++)
			u64_stats_init(&per_cpu_ptr(block->sets + i, cpu)->sync);
	refcount_set(&block->refs, 1);
	return block;
}

/**
 * weir_stats_take - counters at zero for a server
 * @source: where its service has them from; mutex held
 * @stats: takes the counters, there until weir_stats_release()
 *
 * Return: what they are a part of, or NULL without memory.
 */
struct weir_stats_block *weir_stats_take(struct weir_stats_source *source,
					 struct weir_stats __percpu **stats)
{
	struct weir_stats_block *block = source->block;

	if (!block) {
		source->left = clamp_t(u32, source->expected, 1, BLOCK_SETS);
		source->block = block = alloc_block(source->left);
		if (!block)
			return NULL;
	}
	*stats = block->sets + --source->left;
	if (source->expected)
		source->expected--;
	/* Who takes the last set takes the source's reference. */
	if (source->left)
		refcount_inc(&block->refs);
	else
		source->block = NULL;
	return block;
}

/**
 * weir_stats_release - gives a server's counters back, or closes a source
 * @block: from weir_stats_take(), where the server counts no more; or that of a source
 *	nobody takes from any more; or NULL
 */
void weir_stats_release(struct weir_stats_block *block)
{
	if (!block || !refcount_dec_and_test(&block->refs))
		return;
	free_percpu(block->sets);
	kfree(block);
}

/**
 * weir_stats_count_conn - counts a new conn
 * @stats: the server's; bottom halves are off
 */
void weir_stats_count_conn(struct weir_stats __percpu *stats)
{
	struct weir_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->sync);
	u64_stats_inc(&s->conns);
	u64_stats_update_end(&s->sync);
}

/**
 * weir_stats_count_shed - counts a conn that was ended half-open to make room
 * @stats: its server's; bottom halves are off
 */
void weir_stats_count_shed(struct weir_stats __percpu *stats)
{
	struct weir_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->sync);
	u64_stats_inc(&s->shed);
	u64_stats_update_end(&s->sync);
}

/* Bytes of network and transport header, which every segment carries. */
static unsigned int header_length(const struct sk_buff *skb)
{
	unsigned int transport = skb_transport_offset(skb);

	if (skb_shinfo(skb)->gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6))
		return transport + tcp_hdrlen(skb);
	if (skb_shinfo(skb)->gso_type & SKB_GSO_SCTP)
		return transport + sizeof(struct sctphdr);
	return transport + sizeof(struct udphdr);
}

/**
 * weir_stats_size_gso - what a GSO packet counts as
 * @skb: the packet, its data at the network header
 *
 * Return: the packets it stands for, each with its own copy of the headers.
 */
struct weir_stats_size weir_stats_size_gso(const struct sk_buff *skb)
{
	struct weir_stats_size size = { .packets = 1, .bytes = skb->len };

	if (skb_shinfo(skb)->gso_segs > 1) {
		size.packets = skb_shinfo(skb)->gso_segs;
		size.bytes += (size.packets - 1) * header_length(skb);
	}
	return size;
}

/**
 * weir_stats_sum - adds up all CPUs
 * @stats: the counters
 * @totals: where to add them to
 */
void weir_stats_sum(const struct weir_stats __percpu *stats, struct weir_totals *totals)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct weir_stats *s = per_cpu_ptr(stats, cpu);
		struct weir_totals one = {};
		unsigned int start;

		do {
			start = u64_stats_fetch_begin(&s->sync);
			one.conns = u64_stats_read(&s->conns);
			one.packets_fast = u64_stats_read(&s->packets_fast);
			one.shed = u64_stats_read(&s->shed);
			for (int dir = 0; dir < WEIR_DIRS; dir++) {
				one.packets[dir] = u64_stats_read(&s->packets[dir]);
				one.bytes[dir] = u64_stats_read(&s->bytes[dir]);
			}
		} while (u64_stats_fetch_retry(&s->sync, start));
		weir_totals_add(totals, &one);
	}
}
EXPORT_SYMBOL_GPL(weir_stats_sum);

/**
 * weir_totals_add - adds one sum to another
 * @totals: where to add to
 * @more: what to add
 */
void weir_totals_add(struct weir_totals *totals, const struct weir_totals *more)
{
	totals->conns += more->conns;
	totals->packets_fast += more->packets_fast;
	totals->shed += more->shed;
	for (int dir = 0; dir < WEIR_DIRS; dir++) {
		totals->packets[dir] += more->packets[dir];
		totals->bytes[dir] += more->bytes[dir];
	}
}
EXPORT_SYMBOL_GPL(weir_totals_add);
