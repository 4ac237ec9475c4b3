// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests about a network namespace as a whole: its limits, its totals, its
 * drop counters, and its end.
 */
#include <net/sock.h>

#include "affinity.h"
#include "control.h"
#include "drop.h"
#include "netlink.h"

static const struct weir_nl_rule read_only[] = {
	{ WEIR_A_NAMESPACE_CONNS, "conns is read-only" },
	{ WEIR_A_NAMESPACE_SERVICES, "services is read-only" },
	{ WEIR_A_NAMESPACE_STATS, "stats is read-only" },
	{ WEIR_A_NAMESPACE_AFFINITY, "affinity is read-only" },
};

static int put_namespace(struct sk_buff *skb, struct weir_net *wn)
{
	struct nlattr *nest = nla_nest_start(skb, WEIR_A_NAMESPACE);
	struct weir_totals totals;

	if (!nest)
		return -EMSGSIZE;
	totals = wn->folded;
	weir_service_table_totals(&wn->services, &totals);
	if (nla_put_u32(skb, WEIR_A_NAMESPACE_CONNS_MAX, wn->conns.max) ||
	    nla_put_u8(skb, WEIR_A_NAMESPACE_FAST, wn->fast) ||
	    nla_put_u32(skb, WEIR_A_NAMESPACE_CONNS, atomic_read(&wn->conns.count)) ||
	    nla_put_u32(skb, WEIR_A_NAMESPACE_SERVICES, wn->services.count) ||
	    weir_nl_stats_fill(skb, WEIR_A_NAMESPACE_STATS, &totals) ||
	    nla_put_u32(skb, WEIR_A_NAMESPACE_AFFINITY_MAX, wn->services.clients_max) ||
	    nla_put_u32(skb, WEIR_A_NAMESPACE_AFFINITY, atomic_read(&wn->services.clients))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_namespace(struct sk_buff *skb, struct genl_info *info, struct weir_net *wn)
{
	void *header;
	int err;

	header = genlmsg_put_reply(skb, info, &weir_nl_family, 0, WEIR_CMD_NAMESPACE_GET);
	if (!header)
		return -EMSGSIZE;
	mutex_lock(&wn->services.mutex);
	err = put_namespace(skb, wn);
	mutex_unlock(&wn->services.mutex);
	if (err)
		return err;
	genlmsg_end(skb, header);
	return 0;
}

/**
 * weir_nl_namespace_get_doit - netlink handler of namespace-get
 * @skb: the request
 * @info: its attributes and its sender
 *
 * Return: 0 or a negative errno, with a sentence where the request is at fault.
 */
int weir_nl_namespace_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weir_net *wn = weir_net(genl_info_net(info));
	struct sk_buff *reply;
	int err;

	reply = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	err = fill_namespace(reply, info, wn);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return genlmsg_reply(reply, info);
}

/* Sets in @attrs what the request gives of the namespace. */
static int parse_namespace(const struct genl_info *info, struct nlattr **attrs)
{
	const struct nlattr *nest = info->attrs[WEIR_A_NAMESPACE];
	int err;

	if (!nest)
		return weir_nl_refuse(info->extack, NULL, "the request needs a namespace");
	err = nla_parse_nested(attrs, WEIR_A_NAMESPACE_MAX, nest, weir_namespace_nl_policy,
			       info->extack);
	if (!err)
		err = weir_nl_refuse_rules(info->extack, attrs, read_only, ARRAY_SIZE(read_only));
	if (err)
		return err;
	if (!attrs[WEIR_A_NAMESPACE_CONNS_MAX] && !attrs[WEIR_A_NAMESPACE_FAST] &&
	    !attrs[WEIR_A_NAMESPACE_AFFINITY_MAX])
		return weir_nl_refuse(info->extack, nest,
				      "namespace-set needs conns-max, affinity-max or fast");
	return 0;
}

/*
 * Conns and clients are remembered because of packets, on nobody's account: root of a
 * user namespace may not hold more of the machine's memory than anybody gets by
 * default.
 */
static int check_limit(const struct net *net, const struct nlattr *limit, u32 usual,
		       const char *sentence, struct netlink_ext_ack *extack)
{
	if (!limit || nla_get_u32(limit) <= usual || net->user_ns == &init_user_ns ||
	    capable(CAP_NET_ADMIN))
		return 0;
	weir_nl_refuse(extack, limit, sentence);
	return -EPERM;
}

static int check_limits(const struct net *net, struct nlattr **attrs,
			struct netlink_ext_ack *extack)
{
	return check_limit(net, attrs[WEIR_A_NAMESPACE_CONNS_MAX], WEIR_CONNS_MAX_DEFAULT,
			   "conns-max above 1048576 takes CAP_NET_ADMIN outside the user namespace",
			   extack) ?:
	       check_limit(net, attrs[WEIR_A_NAMESPACE_AFFINITY_MAX], WEIR_AFFINITY_LIMIT_DEFAULT,
			   "affinity-max above 1048576 takes CAP_NET_ADMIN outside the user namespace",
			   extack);
}

/**
 * weir_nl_namespace_set_doit - netlink handler of namespace-set
 * @skb: the request
 * @info: its attributes and its sender
 *
 * Return: 0 or a negative errno, with a sentence where the request is at fault.
 */
int weir_nl_namespace_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weir_net *wn = weir_net(genl_info_net(info));
	struct nlattr *attrs[WEIR_A_NAMESPACE_MAX + 1];
	int err;

	err = parse_namespace(info, attrs) ?: check_limits(wn->net, attrs, info->extack);
	if (err)
		return err;
	mutex_lock(&wn->services.mutex);
	if (attrs[WEIR_A_NAMESPACE_FAST])
		err = weir_control_set_fast(wn, nla_get_u8(attrs[WEIR_A_NAMESPACE_FAST]));
	/* Pairs with the reads by packets when a conn is born or a client remembered. */
	if (!err && attrs[WEIR_A_NAMESPACE_CONNS_MAX])
		WRITE_ONCE(wn->conns.max, nla_get_u32(attrs[WEIR_A_NAMESPACE_CONNS_MAX]));
	if (!err && attrs[WEIR_A_NAMESPACE_AFFINITY_MAX])
		WRITE_ONCE(wn->services.clients_max,
			   nla_get_u32(attrs[WEIR_A_NAMESPACE_AFFINITY_MAX]));
	mutex_unlock(&wn->services.mutex);
	return err;
}

/**
 * weir_nl_flush_doit - netlink handler of flush
 * @skb: the request
 * @info: its attributes and its sender
 *
 * Return: 0 or a negative errno, with a sentence where the request is at fault.
 */
int weir_nl_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	weir_control_flush(weir_net(genl_info_net(info)));
	return 0;
}

static int put_drop(struct sk_buff *skb, struct weir_net *wn, u32 reason)
{
	u64 packets = wn->drops ? weir_drops_read(wn->drops, reason) : 0;
	struct nlattr *nest = nla_nest_start(skb, WEIR_A_DROP);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, WEIR_A_DROP_REASON, reason) ||
	    nla_put_string(skb, WEIR_A_DROP_NAME, weir_drop_name(reason)) ||
	    nla_put_u64_64bit(skb, WEIR_A_DROP_PACKETS, packets, WEIR_A_DROP_PAD)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int dump_drop(struct sk_buff *skb, struct netlink_callback *cb, struct weir_net *wn,
		     u32 reason)
{
	void *header = weir_nl_dump_put(skb, cb, WEIR_CMD_DROP_GET);

	if (!header)
		return -EMSGSIZE;
	if (put_drop(skb, wn, reason)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	weir_nl_dump_end(skb, cb, header);
	return 0;
}

/**
 * struct drop_cursor - where a dump of drop reasons is
 * @reason: the next reason
 */
struct drop_cursor {
	u32 reason;
};

static_assert(sizeof(struct drop_cursor) <= sizeof_field(struct netlink_callback, ctx));

/**
 * weir_nl_drop_get_dumpit - netlink handler of drop-get. The reasons never change: no dump is interrupted
 * @skb: the message to fill
 * @cb: the dump's state
 *
 * Return: bytes filled, 0 at the end, or a negative errno.
 */
int weir_nl_drop_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct weir_net *wn = weir_net(sock_net(skb->sk));
	struct drop_cursor *cursor = (void *)cb->ctx;
	int err = 0;

	mutex_lock(&wn->services.mutex);
	while (!err && cursor->reason < weir_drop_reasons()) {
		err = dump_drop(skb, cb, wn, cursor->reason);
		if (!err)
			cursor->reason++;
	}
	mutex_unlock(&wn->services.mutex);
	return weir_nl_dump_result(skb, err);
}
