// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drop counters of a namespace, and the call that drops.
 */
#include "drop.h"

#include <linux/skbuff.h>

#include "names_gen.h"
#include "trace.h"

/**
 * struct weir_drops - one CPU's drop counters
 * @packets: by &enum weir_drop_reason; written by its CPU with bottom halves
 *	off. A reader on a 32-bit machine may see a torn value for a moment
 */
struct weir_drops {
	u64 packets[WEIR_DROP_REASONS];
};

/**
 * weir_drops_alloc - counters at zero
 *
 * Return: the counters, or NULL without memory.
 */
struct weir_drops __percpu *weir_drops_alloc(void)
{
	return alloc_percpu_gfp(struct weir_drops, GFP_KERNEL_ACCOUNT);
}

/**
 * weir_drops_free - frees counters
 * @drops: from weir_drops_alloc(), or NULL; nobody may still count
 */
void weir_drops_free(struct weir_drops __percpu *drops)
{
	free_percpu(drops);
}

/**
 * weir_drops_read - how often a reason struck
 * @drops: the counters
 * @reason: the reason
 *
 * Return: packets dropped, summed over all CPUs.
 */
u64 weir_drops_read(const struct weir_drops __percpu *drops, enum weir_drop_reason reason)
{
	u64 packets = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		packets += READ_ONCE(per_cpu_ptr(drops, cpu)->packets[reason]);
	return packets;
}

/**
 * weir_drop_name - the name of a reason, as the netlink spec has it
 * @reason: the reason
 *
 * Return: a constant string shorter than WEIR_DROP_NAME_SIZE.
 */
const char *weir_drop_name(enum weir_drop_reason reason)
{
	return weir_drop_names[reason];
}

/**
 * weir_drop_reasons - how many reasons there are
 *
 * Return: their number; reasons are 0 and up.
 */
u32 weir_drop_reasons(void)
{
	return WEIR_DROP_REASONS;
}

/**
 * weir_drop - drops a packet
 * @pkt: the packet; bottom halves are off
 * @reason: why
 *
 * The skb itself is freed by whoever turns the verdict into netfilter's. A
 * super-packet counts as the segments it stands for.
 *
 * Return: WEIR_DROP, to be returned by the stage that calls.
 */
enum weir_verdict weir_drop(const struct weir_packet *pkt, enum weir_drop_reason reason)
{
	struct weir_drops *drops = this_cpu_ptr(pkt->drops);
	u16 packets = max_t(u16, skb_shinfo(pkt->skb)->gso_segs, 1);

	WRITE_ONCE(drops->packets[reason], drops->packets[reason] + packets);
	trace_weir_drop(pkt, reason);
	return WEIR_DROP;
}
