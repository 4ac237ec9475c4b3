// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests about servers. Parsing has no side effects and takes no lock;
 * control_server.c applies what was parsed.
 */
#include <linux/jiffies.h>
#include <net/sock.h>

#include "netlink.h"
#include "server.h"

static const struct weir_nl_rule read_only[] = {
	{ WEIR_A_SERVER_ACTIVE, "active is read-only" },
	{ WEIR_A_SERVER_INACTIVE, "inactive is read-only" },
	{ WEIR_A_SERVER_STATS, "stats is read-only" },
	{ WEIR_A_SERVER_FULL, "full is read-only" },
	{ WEIR_A_SERVER_PORTS_USED, "ports-used is read-only" },
	{ WEIR_A_SERVER_PORTS_MAX, "ports-max is read-only" },
};

static void parse_options(struct nlattr **attrs, struct weir_server_config *config)
{
	if (attrs[WEIR_A_SERVER_METHOD])
		config->method = nla_get_u32(attrs[WEIR_A_SERVER_METHOD]);
	if (attrs[WEIR_A_SERVER_WEIGHT])
		config->weight = nla_get_u32(attrs[WEIR_A_SERVER_WEIGHT]);
	if (attrs[WEIR_A_SERVER_STATE])
		config->state = nla_get_u32(attrs[WEIR_A_SERVER_STATE]);
	if (attrs[WEIR_A_SERVER_POLICY])
		config->policy = nla_get_u32(attrs[WEIR_A_SERVER_POLICY]);
	if (attrs[WEIR_A_SERVER_DEADLINE])
		config->deadline_ms = nla_get_u32(attrs[WEIR_A_SERVER_DEADLINE]);
	if (attrs[WEIR_A_SERVER_CONNS_MAX])
		config->conns_max = nla_get_u32(attrs[WEIR_A_SERVER_CONNS_MAX]);
	if (attrs[WEIR_A_SERVER_CONNS_RESUME])
		config->conns_resume = nla_get_u32(attrs[WEIR_A_SERVER_CONNS_RESUME]);
	if (attrs[WEIR_A_SERVER_TUNNEL])
		config->encap.tunnel = nla_get_u32(attrs[WEIR_A_SERVER_TUNNEL]);
	if (attrs[WEIR_A_SERVER_TUNNEL_PORT])
		config->encap.port = nla_get_be16(attrs[WEIR_A_SERVER_TUNNEL_PORT]);
	if (attrs[WEIR_A_SERVER_TUNNEL_CHECKSUM])
		config->encap.checksum = nla_get_u32(attrs[WEIR_A_SERVER_TUNNEL_CHECKSUM]);
}

/**
 * weir_nl_server_parse - reads a server: its key and its options
 * @nest: the attribute, or NULL if the request lacks it
 * @attrs: takes its attributes by id, WEIR_A_SERVER_MAX + 1 of them; @config
 *	points there
 * @config: takes what they say
 * @extack: where to say what is wrong
 *
 * Return: 0 or a negative errno
 */
int weir_nl_server_parse(const struct nlattr *nest, struct nlattr **attrs,
			 struct weir_server_config *config, struct netlink_ext_ack *extack)
{
	int err;

	memset(config, 0, sizeof(*config));
	if (!nest)
		return weir_nl_refuse(extack, NULL, "the request needs a server");
	err = nla_parse_nested(attrs, WEIR_A_SERVER_MAX, nest, weir_server_nl_policy, extack);
	if (!err)
		err = weir_nl_refuse_rules(extack, attrs, read_only, ARRAY_SIZE(read_only));
	if (err)
		return err;
	if (!attrs[WEIR_A_SERVER_ADDRESS] || !attrs[WEIR_A_SERVER_PORT])
		return weir_nl_refuse(extack, nest, "a server key needs address and port");
	err = weir_nl_address_parse(attrs[WEIR_A_SERVER_ADDRESS], &config->endpoint, extack);
	if (err)
		return err;

	parse_options(attrs, config);
	config->endpoint.port = nla_get_be16(attrs[WEIR_A_SERVER_PORT]);
	for (int id = 1; id <= WEIR_A_SERVER_MAX; id++) {
		if (attrs[id])
			config->set |= BIT(id);
	}
	config->attrs = attrs;
	config->attr = nest;
	return 0;
}

/**
 * weir_nl_server_filter_parse - reads the server of a filter
 * @nest: the attribute
 * @server: takes its address and, if there is one, its port
 * @extack: where to say what is wrong
 *
 * Return: 0 or a negative errno
 */
int weir_nl_server_filter_parse(const struct nlattr *nest, struct weir_endpoint *server,
				struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[WEIR_A_SERVER_MAX + 1];
	int err;

	err = nla_parse_nested(attrs, WEIR_A_SERVER_MAX, nest, weir_server_nl_policy, extack);
	if (!err)
		err = weir_nl_refuse_others(extack, attrs, WEIR_A_SERVER_MAX, WEIR_NL_SERVER_KEY,
					    "a filter takes only address and port of the server");
	if (err)
		return err;
	if (!attrs[WEIR_A_SERVER_ADDRESS])
		return weir_nl_refuse(extack, nest, "a server filter needs an address");
	err = weir_nl_address_parse(attrs[WEIR_A_SERVER_ADDRESS], server, extack);
	if (err)
		return err;
	if (attrs[WEIR_A_SERVER_PORT])
		server->port = nla_get_be16(attrs[WEIR_A_SERVER_PORT]);
	return 0;
}

static int put_deadline(struct sk_buff *skb, const struct weir_server *server)
{
	u32 left = 0;

	if (!server->has_deadline)
		return 0;
	if (time_before(jiffies, server->deadline))
		left = jiffies_to_msecs(server->deadline - jiffies);
	/* 0 would say that there is none; a deadline that is past still counts. */
	return nla_put_u32(skb, WEIR_A_SERVER_DEADLINE, max(left, 1U));
}

/* Of a tunnel there is, what it has. */
static int put_tunnel(struct sk_buff *skb, const struct weir_server *server)
{
	struct weir_encap encap = server->encap;

	if (server->method != WEIR_METHOD_TUNNEL)
		return 0;
	if (nla_put_u32(skb, WEIR_A_SERVER_TUNNEL, encap.tunnel))
		return -EMSGSIZE;
	if (encap.tunnel == WEIR_TUNNEL_GUE &&
	    nla_put_be16(skb, WEIR_A_SERVER_TUNNEL_PORT, encap.port))
		return -EMSGSIZE;
	if (encap.tunnel != WEIR_TUNNEL_IPIP &&
	    nla_put_u32(skb, WEIR_A_SERVER_TUNNEL_CHECKSUM, encap.checksum))
		return -EMSGSIZE;
	return 0;
}

static int put_state(struct sk_buff *skb, const struct weir_server *server)
{
	struct weir_totals totals = {};

	weir_stats_sum(server->stats, &totals);
	if (nla_put_u32(skb, WEIR_A_SERVER_ACTIVE, atomic_read(&server->load.active)) ||
	    nla_put_u32(skb, WEIR_A_SERVER_INACTIVE, atomic_read(&server->load.inactive)) ||
	    nla_put_u8(skb, WEIR_A_SERVER_FULL, READ_ONCE(server->load.is_full)))
		return -EMSGSIZE;
	return weir_nl_stats_fill(skb, WEIR_A_SERVER_STATS, &totals);
}

/**
 * weir_nl_server_fill - writes a server with all its attributes
 * @skb: the message
 * @server: the server; its namespace's mutex is held
 *
 * Return: 0 or -EMSGSIZE
 */
int weir_nl_server_fill(struct sk_buff *skb, const struct weir_server *server)
{
	struct nlattr *nest = nla_nest_start(skb, WEIR_A_SERVER);

	if (!nest)
		return -EMSGSIZE;
	if (weir_nl_endpoint_fill(skb, WEIR_A_SERVER_ADDRESS, WEIR_A_SERVER_PORT,
				  &server->endpoint) ||
	    nla_put_u32(skb, WEIR_A_SERVER_METHOD, server->method) ||
	    nla_put_u32(skb, WEIR_A_SERVER_WEIGHT, server->weight) ||
	    nla_put_u32(skb, WEIR_A_SERVER_STATE, server->state) ||
	    nla_put_u32(skb, WEIR_A_SERVER_POLICY, server->policy) ||
	    nla_put_u32(skb, WEIR_A_SERVER_CONNS_MAX, server->conns_max) ||
	    nla_put_u32(skb, WEIR_A_SERVER_CONNS_RESUME, server->conns_resume) ||
	    put_deadline(skb, server) || put_state(skb, server) || put_tunnel(skb, server) ||
	    weir_nl_locals_fill_ports(skb, server)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * struct server_request - a request about one server, parsed
 * @service: the key of its service
 * @server: the server
 * @service_attrs: what @service points to
 * @server_attrs: what @server points to
 */
struct server_request {
	struct weir_service_config service;
	struct weir_server_config server;
	struct nlattr *service_attrs[WEIR_A_SERVICE_MAX + 1];
	struct nlattr *server_attrs[WEIR_A_SERVER_MAX + 1];
};

/* The last of several would silently win: only service-replace takes them. */
static int refuse_several(const struct genl_info *info)
{
	const struct nlattr *attr;
	int rest;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rest) {
		if (nla_type(attr) == WEIR_A_SERVER && attr != info->attrs[WEIR_A_SERVER])
			return weir_nl_refuse(info->extack, info->attrs[WEIR_A_SERVER],
					      "this command takes one server");
	}
	return 0;
}

static int parse_request(const struct genl_info *info, struct server_request *request)
{
	int err;

	err = weir_nl_service_parse_key(info->attrs[WEIR_A_SERVICE], request->service_attrs,
					&request->service, info->extack);
	if (!err)
		err = refuse_several(info);
	if (err)
		return err;
	return weir_nl_server_parse(info->attrs[WEIR_A_SERVER], request->server_attrs,
				    &request->server, info->extack);
}

/**
 * weir_nl_server_add_doit - netlink handler of server-add
 * @skb: the request
 * @info: its attributes and its sender
 *
 * Return: 0 or a negative errno, with a sentence where the request is at fault.
 */
int weir_nl_server_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct server_request request;
	int err;

	err = parse_request(info, &request);
	if (err)
		return err;
	return weir_control_server_add(weir_net(genl_info_net(info)), &request.service,
				       &request.server, info->extack);
}

/**
 * weir_nl_server_set_doit - netlink handler of server-set
 * @skb: the request
 * @info: its attributes and its sender
 *
 * Return: 0 or a negative errno, with a sentence where the request is at fault.
 */
int weir_nl_server_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct server_request request;
	int err;

	err = parse_request(info, &request);
	if (err)
		return err;
	return weir_control_server_set(weir_net(genl_info_net(info)), &request.service,
				       &request.server, info->extack);
}

static int refuse_options(const struct genl_info *info, struct nlattr **attrs)
{
	u32 allowed = WEIR_NL_SERVER_KEY | BIT(WEIR_A_SERVER_POLICY) | BIT(WEIR_A_SERVER_DEADLINE);

	return weir_nl_refuse_others(info->extack, attrs, WEIR_A_SERVER_MAX, allowed,
				     "server-remove takes only the key, policy and deadline");
}

/**
 * weir_nl_server_remove_doit - netlink handler of server-remove
 * @skb: the request
 * @info: its attributes and its sender
 *
 * Return: 0 or a negative errno, with a sentence where the request is at fault.
 */
int weir_nl_server_remove_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct server_request request;
	int err;

	err = parse_request(info, &request);
	if (!err)
		err = refuse_options(info, request.server_attrs);
	if (err)
		return err;
	return weir_control_server_remove(weir_net(genl_info_net(info)), &request.service,
					  &request.server, info->extack);
}

/**
 * struct server_cursor - where a dump of servers is
 * @done: id of the last service it is done with
 * @service: id of the service it is in, or of the one before
 * @server: in @service, servers below this id are done
 */
struct server_cursor {
	unsigned long done;
	unsigned long service;
	u32 server;
};

static_assert(sizeof(struct server_cursor) <= sizeof_field(struct netlink_callback, ctx));

static int dump_server(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct weir_server *server)
{
	struct server_cursor *cursor = (void *)cb->ctx;
	void *header;

	header = weir_nl_dump_put(skb, cb, WEIR_CMD_SERVER_GET);
	if (!header)
		return -EMSGSIZE;
	if (weir_nl_service_fill_key(skb, &server->service->key) ||
	    weir_nl_server_fill(skb, server)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	weir_nl_dump_end(skb, cb, header);
	cursor->server = server->id + 1;
	return 0;
}

/* The first departed server of the ids from @from to below @end; their list is in no order. */
static struct weir_server *find_departed(const struct weir_service *service, u32 from, u32 end)
{
	struct weir_server *server, *first = NULL;

	list_for_each_entry(server, &service->departed, link) {
		if (server->id >= from && server->id < end) {
			first = server;
			end = server->id;
		}
	}
	return first;
}

static int dump_departed(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct weir_service *service, u32 end)
{
	struct server_cursor *cursor = (void *)cb->ctx;
	struct weir_server *server;
	int err;

	while ((server = find_departed(service, cursor->server, end))) {
		err = dump_server(skb, cb, server);
		if (err)
			return err;
	}
	return 0;
}

/*
 * Both lists as one, in the order of ids: a server that changes lists between
 * two messages is then neither missed nor seen twice.
 */
static int dump_service(struct sk_buff *skb, struct netlink_callback *cb,
			const struct weir_service *service)
{
	struct server_cursor *cursor = (void *)cb->ctx;
	struct weir_server *server;
	int err;

	list_for_each_entry(server, &service->servers, link) {
		if (server->id < cursor->server)
			continue;
		err = dump_departed(skb, cb, service, server->id);
		if (!err)
			err = dump_server(skb, cb, server);
		if (err)
			return err;
	}
	return dump_departed(skb, cb, service, U32_MAX);
}

static int dump_services(struct sk_buff *skb, struct netlink_callback *cb, struct weir_net *wn,
			 const struct weir_service_key *key)
{
	struct server_cursor *cursor = (void *)cb->ctx;
	unsigned long id = cursor->done;
	struct weir_service *service;
	int err;

	while ((service = weir_nl_service_next(wn, key, &id))) {
		if (service->id != cursor->service) {
			cursor->service = service->id;
			cursor->server = 0;
		}
		err = dump_service(skb, cb, service);
		if (err)
			return err;
		cursor->done = id;
	}
	if (key && !cursor->service) {
		NL_SET_ERR_MSG(cb->extack, "no such service");
		return -ENOENT;
	}
	return 0;
}

/**
 * weir_nl_server_get_dumpit - netlink handler of server-get
 * @skb: the message to fill
 * @cb: the dump's state
 *
 * Return: bytes filled, 0 at the end, or a negative errno.
 */
int weir_nl_server_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
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
