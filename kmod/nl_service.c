// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests about services. Parsing has no side effects and takes no lock;
 * control_service.c applies what was parsed.
 */
#include <asm/unaligned.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "affinity.h"
#include "netlink.h"

static const struct weir_nl_rule affinity_read_only[] = {
	{ WEIR_A_AFFINITY_COUNT, "count is read-only" },
	{ WEIR_A_AFFINITY_EVICTED, "evicted is read-only" },
};

static const struct weir_nl_rule read_only[] = {
	{ WEIR_A_SERVICE_SERVERS, "servers is read-only" },
	{ WEIR_A_SERVICE_ACTIVE, "active is read-only" },
	{ WEIR_A_SERVICE_INACTIVE, "inactive is read-only" },
	{ WEIR_A_SERVICE_STATS, "stats is read-only" },
	{ WEIR_A_SERVICE_HALF_OPEN, "half-open is read-only" },
};

static_assert((int)WEIR_TIMEOUTS == WEIR_A_TIMEOUTS_MAX, "timeout class N is attribute N + 1");

/* What a key by firewall mark has no room for. */
static const struct weir_nl_rule no_mark[] = {
	{ WEIR_A_SERVICE_PROTOCOL, "fwmark and protocol exclude each other in a service key" },
	{ WEIR_A_SERVICE_ADDRESS, "fwmark and address exclude each other in a service key" },
	{ WEIR_A_SERVICE_PORT, "fwmark and port exclude each other in a service key" },
};

static int parse_mark(struct nlattr **attrs, const struct nlattr *nest,
		      struct weir_service_key *key, struct netlink_ext_ack *extack)
{
	int err = weir_nl_refuse_rules(extack, attrs, no_mark, ARRAY_SIZE(no_mark));

	if (err)
		return err;
	if (!attrs[WEIR_A_SERVICE_FAMILY])
		return weir_nl_refuse(extack, nest, "a service key with fwmark needs family");
	key->fwmark = nla_get_u32(attrs[WEIR_A_SERVICE_FWMARK]);
	if (!key->fwmark)
		return weir_nl_refuse(extack, attrs[WEIR_A_SERVICE_FWMARK],
				      "a service's fwmark must not be 0");
	return weir_nl_family_parse(attrs[WEIR_A_SERVICE_FAMILY], &key->vip, extack);
}

static int parse_key(struct nlattr **attrs, const struct nlattr *nest,
		     struct weir_service_key *key, struct netlink_ext_ack *extack)
{
	int err;

	if (attrs[WEIR_A_SERVICE_FWMARK])
		return parse_mark(attrs, nest, key, extack);
	if (attrs[WEIR_A_SERVICE_FAMILY])
		return weir_nl_refuse(extack, attrs[WEIR_A_SERVICE_FAMILY],
				      "family goes with fwmark only, since an address tells its own");
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

static int parse_affinity(const struct nlattr *nest, struct weir_service_config *config,
			  struct netlink_ext_ack *extack)
{
	struct nlattr **attrs = config->affinity_attrs;
	int err;

	err = nla_parse_nested(attrs, WEIR_A_AFFINITY_MAX, nest, weir_affinity_nl_policy, extack);
	if (!err)
		err = weir_nl_refuse_rules(extack, attrs, affinity_read_only,
					   ARRAY_SIZE(affinity_read_only));
	if (err)
		return err;
	if (attrs[WEIR_A_AFFINITY_TIMEOUT])
		config->affinity_timeout_ms = nla_get_u32(attrs[WEIR_A_AFFINITY_TIMEOUT]);
	if (attrs[WEIR_A_AFFINITY_MASK])
		config->affinity.prefix = nla_get_u8(attrs[WEIR_A_AFFINITY_MASK]);
	if (attrs[WEIR_A_AFFINITY_BY])
		config->affinity.by = nla_get_u32(attrs[WEIR_A_AFFINITY_BY]);
	if (attrs[WEIR_A_AFFINITY_WEIGHTLESS])
		config->affinity.weightless = nla_get_u32(attrs[WEIR_A_AFFINITY_WEIGHTLESS]);
	if (attrs[WEIR_A_AFFINITY_LIMIT])
		config->affinity.limit = nla_get_u32(attrs[WEIR_A_AFFINITY_LIMIT]);
	for (int id = 1; id <= WEIR_A_AFFINITY_MAX; id++)
		if (attrs[id])
			config->affinity_set |= BIT(id);
	return 0;
}

/* Both halves are read as SipHash reads its key: directors of either byte order agree. */
static int parse_hash_key(const struct nlattr *attr, struct weir_service_config *config,
			  struct netlink_ext_ack *extack)
{
	const u8 *bytes = nla_data(attr);

	if (nla_len(attr) && nla_len(attr) != WEIR_HASH_KEY_SIZE)
		return weir_nl_refuse(extack, attr,
				      "a hash key is 16 bytes, or none for a random one");
	config->has_hash_key = nla_len(attr);
	if (!config->has_hash_key)
		return 0;
	config->hash_key.key[0] = get_unaligned_le64(bytes);
	config->hash_key.key[1] = get_unaligned_le64(bytes + sizeof(u64));
	return 0;
}

static int parse_picking(struct nlattr **attrs, struct weir_service_config *config,
			 struct netlink_ext_ack *extack)
{
	if (attrs[WEIR_A_SERVICE_SCHEDULER]) {
		config->scheduler = weir_sched_find(nla_data(attrs[WEIR_A_SERVICE_SCHEDULER]));
		if (!config->scheduler)
			return weir_nl_refuse(extack, attrs[WEIR_A_SERVICE_SCHEDULER],
					      "unknown scheduler");
	}
	if (attrs[WEIR_A_SERVICE_FALLBACK])
		config->fallback = nla_get_u8(attrs[WEIR_A_SERVICE_FALLBACK]);
	if (attrs[WEIR_A_SERVICE_HASH_PORT])
		config->hash_port = nla_get_u8(attrs[WEIR_A_SERVICE_HASH_PORT]);
	if (attrs[WEIR_A_SERVICE_HASH_KEY])
		return parse_hash_key(attrs[WEIR_A_SERVICE_HASH_KEY], config, extack);
	return 0;
}

static int parse_options(struct nlattr **attrs, struct weir_service_config *config,
			 struct netlink_ext_ack *extack)
{
	int err = parse_picking(attrs, config, extack);

	if (err)
		return err;
	if (attrs[WEIR_A_SERVICE_MIDSTREAM])
		config->midstream = nla_get_u32(attrs[WEIR_A_SERVICE_MIDSTREAM]);
	if (attrs[WEIR_A_SERVICE_CONNTRACK])
		config->conntrack = nla_get_u8(attrs[WEIR_A_SERVICE_CONNTRACK]);
	if (attrs[WEIR_A_SERVICE_FAST])
		config->fast = nla_get_u8(attrs[WEIR_A_SERVICE_FAST]);
	if (attrs[WEIR_A_SERVICE_HOOK])
		config->hook = nla_get_u32(attrs[WEIR_A_SERVICE_HOOK]);
	if (attrs[WEIR_A_SERVICE_HALF_OPEN_MAX])
		config->half_open_max = nla_get_u32(attrs[WEIR_A_SERVICE_HALF_OPEN_MAX]);
	if (attrs[WEIR_A_SERVICE_HELPER])
		config->helper = nla_get_u32(attrs[WEIR_A_SERVICE_HELPER]);
	if (attrs[WEIR_A_SERVICE_ONE_PACKET])
		config->one_packet = nla_get_u8(attrs[WEIR_A_SERVICE_ONE_PACKET]);
	if (attrs[WEIR_A_SERVICE_ICMP_SCHEDULE])
		config->icmp_schedule = nla_get_u8(attrs[WEIR_A_SERVICE_ICMP_SCHEDULE]);
	if (attrs[WEIR_A_SERVICE_NO_SERVER])
		config->no_server = nla_get_u32(attrs[WEIR_A_SERVICE_NO_SERVER]);
	if (attrs[WEIR_A_SERVICE_TIMEOUTS]) {
		err = parse_timeouts(attrs[WEIR_A_SERVICE_TIMEOUTS], config, extack);
		if (err)
			return err;
	}
	if (attrs[WEIR_A_SERVICE_AFFINITY])
		return parse_affinity(attrs[WEIR_A_SERVICE_AFFINITY], config, extack);
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

/**
 * weir_nl_service_filter_parse - reads the service of a filter
 * @nest: the attribute
 * @key: takes its key
 * @extack: where to say what is wrong
 *
 * Return: 0 or a negative errno
 */
int weir_nl_service_filter_parse(const struct nlattr *nest, struct weir_service_key *key,
				 struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[WEIR_A_SERVICE_MAX + 1];
	struct weir_service_config config;
	int err;

	err = weir_nl_service_parse_key(nest, attrs, &config, extack);
	if (!err)
		*key = config.key;
	return err;
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

	err = weir_nl_service_parse(info->attrs[WEIR_A_SERVICE], attrs, &config, info->extack) ?:
	      weir_nl_locals_parse(attrs, &config, info->extack);
	if (!err)
		err = weir_control_service_add(weir_net(genl_info_net(info)), &config,
					       info->extack);
	kfree(config.local_addresses);
	return err;
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

	err = weir_nl_service_parse(info->attrs[WEIR_A_SERVICE], attrs, &config, info->extack) ?:
	      weir_nl_locals_parse(attrs, &config, info->extack);
	if (!err)
		err = weir_control_service_set(weir_net(genl_info_net(info)), &config,
					       info->extack);
	kfree(config.local_addresses);
	return err;
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
	if (weir_nl_service_fill(skb, service, true)) {
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
