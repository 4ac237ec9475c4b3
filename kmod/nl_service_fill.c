// SPDX-License-Identifier: GPL-2.0-only
/*
 * A service as replies, dumps and events tell of it.
 */
#include <asm/unaligned.h>

#include "affinity.h"
#include "netlink.h"

static int put_key(struct sk_buff *skb, const struct weir_service_key *key)
{
	if (key->fwmark)
		return nla_put_u32(skb, WEIR_A_SERVICE_FWMARK, key->fwmark) ?:
		       nla_put_u8(skb, WEIR_A_SERVICE_FAMILY, key->vip.family);
	if (nla_put_u8(skb, WEIR_A_SERVICE_PROTOCOL, key->protocol))
		return -EMSGSIZE;
	return weir_nl_endpoint_fill(skb, WEIR_A_SERVICE_ADDRESS, WEIR_A_SERVICE_PORT, &key->vip);
}

/**
 * weir_nl_service_fill_key - writes a service of which only the key matters
 * @skb: the message
 * @key: the key
 *
 * Return: 0 or -EMSGSIZE
 */
int weir_nl_service_fill_key(struct sk_buff *skb, const struct weir_service_key *key)
{
	struct nlattr *nest = nla_nest_start(skb, WEIR_A_SERVICE);

	if (!nest)
		return -EMSGSIZE;
	if (put_key(skb, key)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_timeouts(struct sk_buff *skb, const struct weir_service *service)
{
	struct nlattr *nest = nla_nest_start(skb, WEIR_A_SERVICE_TIMEOUTS);

	if (!nest)
		return -EMSGSIZE;
	for (int class = 0; class < WEIR_TIMEOUTS; class++) {
		if (nla_put_u32(skb, class + 1, service->timeouts[class] * MSEC_PER_SEC)) {
			nla_nest_cancel(skb, nest);
			return -EMSGSIZE;
		}
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_affinity(struct sk_buff *skb, const struct weir_service *service)
{
	const struct weir_affinity_options *options = &service->affinity_options;
	const struct weir_affinity *affinity = weir_affinity_of(service);
	struct nlattr *nest = nla_nest_start(skb, WEIR_A_SERVICE_AFFINITY);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, WEIR_A_AFFINITY_TIMEOUT, options->timeout * MSEC_PER_SEC) ||
	    nla_put_u8(skb, WEIR_A_AFFINITY_MASK, options->prefix) ||
	    nla_put_u32(skb, WEIR_A_AFFINITY_BY, options->by) ||
	    nla_put_u32(skb, WEIR_A_AFFINITY_WEIGHTLESS, options->weightless) ||
	    nla_put_u32(skb, WEIR_A_AFFINITY_LIMIT, options->limit) ||
	    nla_put_u32(skb, WEIR_A_AFFINITY_COUNT, affinity ? READ_ONCE(affinity->count) : 0) ||
	    nla_put_u32(skb, WEIR_A_AFFINITY_EVICTED,
			affinity ? READ_ONCE(affinity->evicted) : 0)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* The key only if it was given: one that was drawn is nobody's to know. */
static int put_picking(struct sk_buff *skb, const struct weir_service *service, bool tell_key)
{
	u8 key[WEIR_HASH_KEY_SIZE];

	if (nla_put_string(skb, WEIR_A_SERVICE_SCHEDULER, service->scheduler->name) ||
	    nla_put_u8(skb, WEIR_A_SERVICE_FALLBACK, service->sched.fallback) ||
	    nla_put_u8(skb, WEIR_A_SERVICE_HASH_PORT, service->sched.hash_port))
		return -EMSGSIZE;
	if (!service->has_hash_key || !tell_key)
		return 0;
	put_unaligned_le64(service->sched.key.key[0], key);
	put_unaligned_le64(service->sched.key.key[1], key + sizeof(u64));
	return nla_put(skb, WEIR_A_SERVICE_HASH_KEY, sizeof(key), key);
}

static int put_state(struct sk_buff *skb, struct weir_service *service)
{
	struct weir_totals totals = {};
	u32 active = 0, inactive = 0;

	weir_service_load(service, &active, &inactive);
	weir_service_totals(service, &totals);
	if (nla_put_u32(skb, WEIR_A_SERVICE_SERVERS, service->servers_count) ||
	    nla_put_u32(skb, WEIR_A_SERVICE_ACTIVE, active) ||
	    nla_put_u32(skb, WEIR_A_SERVICE_INACTIVE, inactive) ||
	    nla_put_u32(skb, WEIR_A_SERVICE_HALF_OPEN, atomic_read(&service->half_open)))
		return -EMSGSIZE;
	return weir_nl_stats_fill(skb, WEIR_A_SERVICE_STATS, &totals);
}

/**
 * weir_nl_service_fill - writes a service with all its attributes
 * @skb: the message
 * @service: the service; its namespace's mutex is held
 * @tell_key: whether the reader may know its hash key, with which clients can be made to
 *	all go to one server: an event may be anybody's to read
 *
 * Return: 0 or -EMSGSIZE
 */
int weir_nl_service_fill(struct sk_buff *skb, struct weir_service *service, bool tell_key)
{
	struct nlattr *nest = nla_nest_start(skb, WEIR_A_SERVICE);

	if (!nest)
		return -EMSGSIZE;
	if (put_key(skb, &service->key) ||
	    put_picking(skb, service, tell_key) ||
	    nla_put_u32(skb, WEIR_A_SERVICE_MIDSTREAM, service->midstream) ||
	    nla_put_u8(skb, WEIR_A_SERVICE_CONNTRACK, service->conntrack) ||
	    nla_put_u8(skb, WEIR_A_SERVICE_FAST, service->fast) ||
	    nla_put_u32(skb, WEIR_A_SERVICE_HOOK, service->hook) ||
	    nla_put_u8(skb, WEIR_A_SERVICE_ONE_PACKET, service->one_packet) ||
	    nla_put_u8(skb, WEIR_A_SERVICE_ICMP_SCHEDULE, service->icmp_schedule) ||
	    nla_put_u32(skb, WEIR_A_SERVICE_NO_SERVER, service->no_server) ||
	    nla_put_u32(skb, WEIR_A_SERVICE_HELPER, service->helper) ||
	    nla_put_u32(skb, WEIR_A_SERVICE_HALF_OPEN_MAX, service->half_open_max) ||
	    put_timeouts(skb, service) || put_state(skb, service) ||
	    put_affinity(skb, service) || weir_nl_locals_fill(skb, service)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}
