// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests about services. Parsing has no side effects and takes no lock;
 * control.c applies what was parsed.
 */
#include <linux/mm.h>
#include <net/sock.h>

#include "netlink.h"

static const struct weir_nl_rule read_only[] = {
	{ WEIR_A_SERVICE_SERVERS, "servers is read-only" },
	{ WEIR_A_SERVICE_ACTIVE, "active is read-only" },
	{ WEIR_A_SERVICE_INACTIVE, "inactive is read-only" },
	{ WEIR_A_SERVICE_STATS, "stats is read-only" },
};

static_assert((int)WEIR_TIMEOUTS == WEIR_A_TIMEOUTS_MAX, "timeout class N is attribute N + 1");

static int parse_key(struct nlattr **attrs, const struct nlattr *nest,
		     struct weir_service_key *key, struct netlink_ext_ack *extack)
{
	int err;

	if (!attrs[WEIR_A_SERVICE_PROTOCOL] || !attrs[WEIR_A_SERVICE_ADDRESS] ||
	    !attrs[WEIR_A_SERVICE_PORT])
		return weir_nl_refuse(extack, nest,
				      "a service key needs protocol, address and port");
	err = weir_nl_address_parse(attrs[WEIR_A_SERVICE_ADDRESS], &key->vip, extack);
	if (err)
		return err;
	key->vip.port = nla_get_be16(attrs[WEIR_A_SERVICE_PORT]);
	key->protocol = nla_get_u8(attrs[WEIR_A_SERVICE_PROTOCOL]);
	return 0;
}

static int parse_timeouts(const struct nlattr *nest, struct weir_service_config *config,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[WEIR_A_TIMEOUTS_MAX + 1];
	int err;

	err = nla_parse_nested(attrs, WEIR_A_TIMEOUTS_MAX, nest, weir_timeouts_nl_policy, extack);
	if (err)
		return err;
	for (int class = 0; class < WEIR_TIMEOUTS; class++) {
		if (!attrs[class + 1])
			continue;
		config->timeouts_set |= BIT(class);
		config->timeouts_ms[class] = nla_get_u32(attrs[class + 1]);
	}
	return 0;
}

static int parse_options(struct nlattr **attrs, struct weir_service_config *config,
			 struct netlink_ext_ack *extack)
{
	if (attrs[WEIR_A_SERVICE_SCHEDULER]) {
		config->scheduler = weir_sched_find(nla_data(attrs[WEIR_A_SERVICE_SCHEDULER]));
		if (!config->scheduler)
			return weir_nl_refuse(extack, attrs[WEIR_A_SERVICE_SCHEDULER],
					      "unknown scheduler");
	}
	if (attrs[WEIR_A_SERVICE_MIDSTREAM])
		config->midstream = nla_get_u32(attrs[WEIR_A_SERVICE_MIDSTREAM]);
	if (attrs[WEIR_A_SERVICE_CONNTRACK])
		config->conntrack = nla_get_u8(attrs[WEIR_A_SERVICE_CONNTRACK]);
	if (attrs[WEIR_A_SERVICE_FAST])
		config->fast = nla_get_u8(attrs[WEIR_A_SERVICE_FAST]);
	if (attrs[WEIR_A_SERVICE_HOOK])
		config->hook = nla_get_u32(attrs[WEIR_A_SERVICE_HOOK]);
	if (attrs[WEIR_A_SERVICE_TIMEOUTS])
		return parse_timeouts(attrs[WEIR_A_SERVICE_TIMEOUTS], config, extack);
	return 0;
}

/**
 * weir_nl_service_parse - reads a service: its key and its options
 * @nest: the attribute, or NULL if the request lacks it
 * @attrs: takes its attributes by id, WEIR_A_SERVICE_MAX + 1 of them; @config
 *	points there
 * @config: takes what they say
 * @extack: where to say what is wrong
 *
 * Return: 0 or a negative errno
 */
int weir_nl_service_parse(const struct nlattr *nest, struct nlattr **attrs,
			  struct weir_service_config *config, struct netlink_ext_ack *extack)
{
	int err;

	memset(config, 0, sizeof(*config));
	if (!nest)
		return weir_nl_refuse(extack, NULL, "the request needs a service");
	err = nla_parse_nested(attrs, WEIR_A_SERVICE_MAX, nest, weir_service_nl_policy, extack);
	if (!err)
		err = weir_nl_refuse_rules(extack, attrs, read_only, ARRAY_SIZE(read_only));
	if (!err)
		err = parse_key(attrs, nest, &config->key, extack);
	if (!err)
		err = parse_options(attrs, config, extack);
	if (err)
		return err;

	for (int id = 1; id <= WEIR_A_SERVICE_MAX; id++) {
		if (attrs[id])
			config->set |= BIT(id);
	}
	config->attrs = attrs;
	return 0;
}

/**
 * weir_nl_service_parse_key - reads a service of which only the key may be given
 * @nest: as weir_nl_service_parse() has it
 * @attrs: likewise
 * @config: likewise
 * @extack: likewise
 *
 * Return: 0 or a negative errno
 */
int weir_nl_service_parse_key(const struct nlattr *nest, struct nlattr **attrs,
			      struct weir_service_config *config, struct netlink_ext_ack *extack)
{
	int err;

	err = weir_nl_service_parse(nest, attrs, config, extack);
	if (err)
		return err;
	return weir_nl_refuse_others(extack, attrs, WEIR_A_SERVICE_MAX, WEIR_NL_SERVICE_KEY,
				     "this command takes only the key of the service");
}

static int put_key(struct sk_buff *skb, const struct weir_service_key *key)
{
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

static int put_state(struct sk_buff *skb, struct weir_service *service)
{
	struct weir_totals totals = {};
	u32 active = 0, inactive = 0;

	weir_service_load(service, &active, &inactive);
	weir_service_totals(service, &totals);
	if (nla_put_u32(skb, WEIR_A_SERVICE_SERVERS, service->servers_count) ||
	    nla_put_u32(skb, WEIR_A_SERVICE_ACTIVE, active) ||
	    nla_put_u32(skb, WEIR_A_SERVICE_INACTIVE, inactive))
		return -EMSGSIZE;
	return weir_nl_stats_fill(skb, WEIR_A_SERVICE_STATS, &totals);
}

/**
 * weir_nl_service_fill - writes a service with all its attributes
 * @skb: the message
 * @service: the service; its namespace's mutex is held
 *
 * Return: 0 or -EMSGSIZE
 */
int weir_nl_service_fill(struct sk_buff *skb, struct weir_service *service)
{
	struct nlattr *nest = nla_nest_start(skb, WEIR_A_SERVICE);

	if (!nest)
		return -EMSGSIZE;
	if (put_key(skb, &service->key) ||
	    nla_put_string(skb, WEIR_A_SERVICE_SCHEDULER, service->scheduler->name) ||
	    nla_put_u32(skb, WEIR_A_SERVICE_MIDSTREAM, service->midstream) ||
	    nla_put_u8(skb, WEIR_A_SERVICE_CONNTRACK, service->conntrack) ||
	    nla_put_u8(skb, WEIR_A_SERVICE_FAST, service->fast) ||
	    nla_put_u32(skb, WEIR_A_SERVICE_HOOK, service->hook) ||
	    put_timeouts(skb, service) || put_state(skb, service)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * weir_nl_service_next - the next service of a dump
 * @wn: the namespace; its mutex is held
 * @key: the only service wanted, or NULL for all
 * @id: the id of the last service the dump is done with, 0 at its start; takes
 *	the id of the one returned
 *
 * Return: the service, or NULL at the end.
 */
struct weir_service *weir_nl_service_next(struct weir_net *wn, const struct weir_service_key *key,
					  unsigned long *id)
{
	struct weir_service *service;

	lockdep_assert_held(&wn->services.mutex);
	if (!key)
		return weir_service_next(&wn->services, id);
	if (!wn->services.count)
		return NULL;
	service = weir_service_find(&wn->services, key);
	if (!service || service->id <= *id)
		return NULL;
	*id = service->id;
	return service;
}

/**
 * weir_nl_service_add_doit - netlink handler of service-add
 * @skb: the request
 * @info: its attributes and its sender
 *
 * Return: 0 or a negative errno, with a sentence where the request is at fault.
 */
int weir_nl_service_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[WEIR_A_SERVICE_MAX + 1];
	struct weir_service_config config;
	int err;

	err = weir_nl_service_parse(info->attrs[WEIR_A_SERVICE], attrs, &config, info->extack);
	if (err)
		return err;
	return weir_control_service_add(weir_net(genl_info_net(info)), &config, info->extack);
}

/**
 * weir_nl_service_set_doit - netlink handler of service-set
 * @skb: the request
 * @info: its attributes and its sender
 *
 * Return: 0 or a negative errno, with a sentence where the request is at fault.
 */
int weir_nl_service_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[WEIR_A_SERVICE_MAX + 1];
	struct weir_service_config config;
	int err;

	err = weir_nl_service_parse(info->attrs[WEIR_A_SERVICE], attrs, &config, info->extack);
	if (err)
		return err;
	return weir_control_service_set(weir_net(genl_info_net(info)), &config, info->extack);
}

/**
 * weir_nl_service_remove_doit - netlink handler of service-remove
 * @skb: the request
 * @info: its attributes and its sender
 *
 * Return: 0 or a negative errno, with a sentence where the request is at fault.
 */
int weir_nl_service_remove_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[WEIR_A_SERVICE_MAX + 1];
	struct weir_service_config config;
	int err;

	err = weir_nl_service_parse_key(info->attrs[WEIR_A_SERVICE], attrs, &config, info->extack);
	if (err)
		return err;
	return weir_control_service_remove(weir_net(genl_info_net(info)), &config, info->extack);
}

static u32 count_servers(const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	u32 count = 0;
	int rest;

	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rest)
		count += nla_type(attr) == WEIR_A_SERVER;
	return count;
}

static int parse_servers(const struct nlmsghdr *nlh, struct weir_server_config *servers,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[WEIR_A_SERVER_MAX + 1];
	const struct nlattr *attr;
	int rest, err;

	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rest) {
		if (nla_type(attr) != WEIR_A_SERVER)
			continue;
		err = weir_nl_server_parse(attr, attrs, servers, extack);
		if (err)
			return err;
		/* The next server takes the array; refusals point at the nest. */
		servers->attrs = NULL;
		servers++;
	}
	return 0;
}

/**
 * weir_nl_service_replace_doit - netlink handler of service-replace
 * @skb: the request
 * @info: its attributes and its sender
 *
 * Return: 0 or a negative errno, with a sentence where the request is at fault.
 */
int weir_nl_service_replace_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attrs[WEIR_A_SERVICE_MAX + 1];
	u32 count = count_servers(info->nlhdr);
	struct weir_server_config *servers;
	struct weir_service_config config;
	int err;

	err = weir_nl_service_parse_key(info->attrs[WEIR_A_SERVICE], attrs, &config, info->extack);
	if (err)
		return err;
	if (count > WEIR_SERVERS_MAX)
		return weir_nl_refuse(info->extack, NULL, "a service has at most "
				      __stringify(WEIR_SERVERS_MAX) " servers");
	servers = kvcalloc(max(count, 1U), sizeof(*servers), GFP_KERNEL);
	if (!servers)
		return -ENOMEM;
	err = parse_servers(info->nlhdr, servers, info->extack);
	if (!err)
		err = weir_control_service_replace(weir_net(genl_info_net(info)), &config, servers,
						   count, info->extack);
	kvfree(servers);
	return err;
}

static int dump_service(struct sk_buff *skb, struct netlink_callback *cb,
			struct weir_service *service)
{
	void *header = weir_nl_dump_put(skb, cb, WEIR_CMD_SERVICE_GET);

	if (!header)
		return -EMSGSIZE;
	if (weir_nl_service_fill(skb, service)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	weir_nl_dump_end(skb, cb, header);
	return 0;
}

/**
 * struct service_cursor - where a dump of services is
 * @id: the last service it is done with
 */
struct service_cursor {
	unsigned long id;
};

static_assert(sizeof(struct service_cursor) <= sizeof_field(struct netlink_callback, ctx));

static int dump_services(struct sk_buff *skb, struct netlink_callback *cb, struct weir_net *wn,
			 const struct weir_service_key *key)
{
	struct service_cursor *cursor = (void *)cb->ctx;
	unsigned long id = cursor->id;
	struct weir_service *service;
	int err;

	while ((service = weir_nl_service_next(wn, key, &id))) {
		err = dump_service(skb, cb, service);
		if (err)
			return err;
		cursor->id = id;
	}
	if (key && !cursor->id) {
		NL_SET_ERR_MSG(cb->extack, "no such service");
		return -ENOENT;
	}
	return 0;
}

/**
 * weir_nl_service_get_dumpit - netlink handler of service-get
 * @skb: the message to fill
 * @cb: the dump's state
 *
 * Return: bytes filled, 0 at the end, or a negative errno.
 */
int weir_nl_service_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct nlattr *nest = genl_info_dump(cb)->attrs[WEIR_A_SERVICE];
	struct weir_net *wn = weir_net(sock_net(skb->sk));
	struct nlattr *attrs[WEIR_A_SERVICE_MAX + 1];
	struct weir_service_config filter;
	int err;

	if (nest) {
		err = weir_nl_service_parse_key(nest, attrs, &filter, cb->extack);
		if (err)
			return err;
	}
	mutex_lock(&wn->services.mutex);
	cb->seq = weir_nl_dump_seq(wn);
	err = dump_services(skb, cb, wn, nest ? &filter.key : NULL);
	mutex_unlock(&wn->services.mutex);
	return weir_nl_dump_result(skb, err);
}
