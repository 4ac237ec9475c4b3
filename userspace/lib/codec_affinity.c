// SPDX-License-Identifier: GPL-2.0-only
/* The options of affinity to netlink attributes and back. */
#include "codec.h"

#include <errno.h>

#include <netlink/attr.h>

#define U8 { .type = NLA_U8 }
#define U32 { .type = NLA_U32 }

/* libnl reads policies but takes them without const. */
static struct nla_policy affinity_policy[WEIR_A_AFFINITY_MAX + 1] = {
	[WEIR_A_AFFINITY_TIMEOUT] = U32,
	[WEIR_A_AFFINITY_MASK] = U8,
	[WEIR_A_AFFINITY_BY] = U32,
	[WEIR_A_AFFINITY_WEIGHTLESS] = U32,
	[WEIR_A_AFFINITY_LIMIT] = U32,
	[WEIR_A_AFFINITY_COUNT] = U32,
	[WEIR_A_AFFINITY_EVICTED] = U32,
};

int weir_codec_put_affinity(struct nl_msg *msg, const struct weir_affinity *affinity)
{
	struct nlattr *nest;

	if (!affinity->set)
		return 0;
	nest = nla_nest_start(msg, WEIR_A_SERVICE_AFFINITY | NLA_F_NESTED);
	if (!nest)
		return -EMSGSIZE;
	if (affinity->set & WEIR_AFFINITY_SET_TIMEOUT &&
	    nla_put_u32(msg, WEIR_A_AFFINITY_TIMEOUT, affinity->timeout))
		return -EMSGSIZE;
	if (affinity->set & WEIR_AFFINITY_SET_MASK &&
	    nla_put_u8(msg, WEIR_A_AFFINITY_MASK, affinity->mask))
		return -EMSGSIZE;
	if (affinity->set & WEIR_AFFINITY_SET_BY &&
	    nla_put_u32(msg, WEIR_A_AFFINITY_BY, affinity->by))
		return -EMSGSIZE;
	if (affinity->set & WEIR_AFFINITY_SET_WEIGHTLESS &&
	    nla_put_u32(msg, WEIR_A_AFFINITY_WEIGHTLESS, affinity->weightless))
		return -EMSGSIZE;
	if (affinity->set & WEIR_AFFINITY_SET_LIMIT &&
	    nla_put_u32(msg, WEIR_A_AFFINITY_LIMIT, affinity->limit))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest) ? -EMSGSIZE : 0;
}

/* Takes an attribute over if it is there, and notes that it was. */
static void take_u32(struct nlattr *attr, uint32_t *out, unsigned int *set, unsigned int bit)
{
	if (!attr)
		return;
	*out = nla_get_u32(attr);
	*set |= bit;
}

int weir_codec_get_affinity(struct nlattr *nest, struct weir_affinity *out)
{
	struct nlattr *tb[WEIR_A_AFFINITY_MAX + 1];
	uint32_t by = 0, weightless = 0;

	if (!nest)
		return 0;
	if (nla_parse_nested(tb, WEIR_A_AFFINITY_MAX, nest, affinity_policy))
		return -EBADMSG;
	take_u32(tb[WEIR_A_AFFINITY_TIMEOUT], &out->timeout, &out->set,
		 WEIR_AFFINITY_SET_TIMEOUT);
	if (tb[WEIR_A_AFFINITY_MASK]) {
		out->mask = nla_get_u8(tb[WEIR_A_AFFINITY_MASK]);
		out->set |= WEIR_AFFINITY_SET_MASK;
	}
	take_u32(tb[WEIR_A_AFFINITY_BY], &by, &out->set, WEIR_AFFINITY_SET_BY);
	take_u32(tb[WEIR_A_AFFINITY_WEIGHTLESS], &weightless, &out->set,
		 WEIR_AFFINITY_SET_WEIGHTLESS);
	take_u32(tb[WEIR_A_AFFINITY_LIMIT], &out->limit, &out->set, WEIR_AFFINITY_SET_LIMIT);
	out->by = by;
	out->weightless = weightless;
	take_u32(tb[WEIR_A_AFFINITY_COUNT], &out->count, &out->set, 0);
	take_u32(tb[WEIR_A_AFFINITY_EVICTED], &out->evicted, &out->set, 0);
	return 0;
}
