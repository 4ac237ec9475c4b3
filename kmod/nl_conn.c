// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests about conns. A dump keeps its walk and its filter from message to
 * message, and with them the table, even if the last service goes meanwhile.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "netlink.h"
#include "server.h"

enum {
	/** @CONNS_PER_TURN: conns a dump looks at before it lets others run */
	CONNS_PER_TURN = 1024,
};

/**
 * struct conn_filter - which conns are meant; all that pass every part of it
 * @service: the service, if @has_service
 * @server: the server, if it has a family; port 0 is any
 * @client: the client, if it has a family; port 0 is any
 * @has_service: whether @service counts
 */
struct conn_filter {
	struct weir_service_key service;
	struct weir_endpoint server;
	struct weir_endpoint client;
	bool has_service;
};

/**
 * struct conn_dump - a dump in progress
 * @wn: the namespace, which the dump's socket keeps
 * @filter: what is listed
 * @walk: where it is, if @has_table
 * @has_table: it holds the table of conns
 */
struct conn_dump {
	struct weir_net *wn;
	struct conn_filter filter;
	struct weir_conn_walk walk;
	bool has_table;
};

/**
 * struct conn_cursor - what a callback keeps between messages
 * @dump: the dump; NULL before the first message
 */
struct conn_cursor {
	struct conn_dump *dump;
};

static_assert(sizeof(struct conn_cursor) <= sizeof_field(struct netlink_callback, ctx));

static const struct weir_nl_rule conn_read_only[] = {
	{ WEIR_A_CONN_STATE, "state is read-only" },
	{ WEIR_A_CONN_EXPIRES, "expires is read-only" },
	{ WEIR_A_CONN_FAST_REQUEST, "fast-request is read-only" },
	{ WEIR_A_CONN_FAST_REPLY, "fast-reply is read-only" },
	{ WEIR_A_CONN_PROTOCOL, "protocol is read-only" },
	{ WEIR_A_CONN_VIP_ADDRESS, "vip-address is read-only" },
	{ WEIR_A_CONN_VIP_PORT, "vip-port is read-only" },
	{ WEIR_A_CONN_SCTP_STATE, "sctp-state is read-only" },
	{ WEIR_A_CONN_LOCAL_ADDRESS, "local-address is read-only" },
	{ WEIR_A_CONN_LOCAL_PORT, "local-port is read-only" },
};

static int parse_client(const struct nlattr *nest, struct conn_filter *filter,
			struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[WEIR_A_CONN_MAX + 1];
	int err;

	err = nla_parse_nested(attrs, WEIR_A_CONN_MAX, nest, weir_conn_nl_policy, extack);
	if (!err)
		err = weir_nl_refuse_rules(extack, attrs, conn_read_only,
					   ARRAY_SIZE(conn_read_only));
	if (err)
		return err;
	if (!attrs[WEIR_A_CONN_CLIENT_ADDRESS])
		return weir_nl_refuse(extack, nest, "a client filter needs an address");
	err = weir_nl_address_parse(attrs[WEIR_A_CONN_CLIENT_ADDRESS], &filter->client, extack);
	if (err)
		return err;
	if (attrs[WEIR_A_CONN_CLIENT_PORT])
		filter->client.port = nla_get_be16(attrs[WEIR_A_CONN_CLIENT_PORT]);
	return 0;
}

static int parse_filter(struct nlattr **attrs, struct conn_filter *filter,
			struct netlink_ext_ack *extack)
{
	int err = 0;

	memset(filter, 0, sizeof(*filter));
	filter->has_service = attrs[WEIR_A_SERVICE];
	if (filter->has_service)
		err = weir_nl_service_filter_parse(attrs[WEIR_A_SERVICE], &filter->service, extack);
	if (!err && attrs[WEIR_A_SERVER])
		err = weir_nl_server_filter_parse(attrs[WEIR_A_SERVER], &filter->server, extack);
	if (!err && attrs[WEIR_A_CONN])
		err = parse_client(attrs[WEIR_A_CONN], filter, extack);
	return err;
}

static bool passes_filter(const struct weir_conn *conn, const void *context)
{
	const struct weir_service *service = conn->server->service;
	const struct conn_filter *filter = context;

	if (filter->has_service &&
	    memcmp(&filter->service, &service->key, sizeof(service->key)))
		return false;
	return weir_nl_endpoint_passes(&filter->server, conn->server->endpoint) &&
	       weir_nl_endpoint_passes(&filter->client, weir_conn_client(conn));
}

static int put_server(struct sk_buff *skb, const struct weir_conn *conn)
{
	struct nlattr *nest = nla_nest_start(skb, WEIR_A_SERVER);

	if (!nest)
		return -EMSGSIZE;
	if (weir_nl_endpoint_fill(skb, WEIR_A_SERVER_ADDRESS, WEIR_A_SERVER_PORT,
				  &conn->server->endpoint) ||
	    nla_put_u32(skb, WEIR_A_SERVER_METHOD, conn->method)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* The state by the attribute whose enum it is of. */
static int put_state(struct sk_buff *skb, const struct weir_conn *conn)
{
	bool is_sctp = weir_conn_protocol(conn) == IPPROTO_SCTP;

	return nla_put_u32(skb, is_sctp ? WEIR_A_CONN_SCTP_STATE : WEIR_A_CONN_STATE,
			   weir_conn_state(conn));
}

static int put_conn(struct sk_buff *skb, const struct weir_conn *conn)
{
	struct weir_endpoint client = weir_conn_client(conn);
	struct weir_endpoint vip = weir_conn_vip(conn);
	struct nlattr *nest = nla_nest_start(skb, WEIR_A_CONN);

	if (!nest)
		return -EMSGSIZE;
	if (weir_nl_endpoint_fill(skb, WEIR_A_CONN_CLIENT_ADDRESS, WEIR_A_CONN_CLIENT_PORT,
				  &client) ||
	    nla_put_u8(skb, WEIR_A_CONN_PROTOCOL, weir_conn_protocol(conn)) ||
	    weir_nl_endpoint_fill(skb, WEIR_A_CONN_VIP_ADDRESS, WEIR_A_CONN_VIP_PORT, &vip) ||
	    put_state(skb, conn) ||
	    nla_put_u8(skb, WEIR_A_CONN_FAST_REQUEST,
		       weir_conn_is_fast(conn, WEIR_DIR_REQUEST)) ||
	    nla_put_u8(skb, WEIR_A_CONN_FAST_REPLY, weir_conn_is_fast(conn, WEIR_DIR_REPLY)) ||
	    nla_put_u32(skb, WEIR_A_CONN_EXPIRES, weir_conn_expires_ms(conn)) ||
	    weir_nl_locals_fill_conn(skb, conn)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int dump_conn(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct weir_conn *conn)
{
	void *header = weir_nl_dump_put(skb, cb, WEIR_CMD_CONN_GET);

	if (!header)
		return -EMSGSIZE;
	if (weir_nl_service_fill_key(skb, &conn->server->service->key) ||
	    put_server(skb, conn) || put_conn(skb, conn)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	weir_nl_dump_end(skb, cb, header);
	return 0;
}

/* A walk that was interrupted changes the dump's seq, which marks its next message. */
static void report_interruption(struct netlink_callback *cb, struct weir_conn_walk *walk)
{
	if (walk->interrupted)
		cb->seq++;
	walk->interrupted = false;
}

/* Goes on by a bounded number of conns: 0 at the end, -EAGAIN before it. */
static int dump_turn(struct sk_buff *skb, struct netlink_callback *cb, struct conn_dump *dump)
{
	struct weir_conn_walk *walk = &dump->walk;
	unsigned int seen = 0;
	struct weir_conn *conn;
	int err = 0;

	weir_conn_walk_start(walk);
	for (conn = weir_conn_walk_peek(walk); conn; conn = weir_conn_walk_next(walk)) {
		if (seen++ == CONNS_PER_TURN) {
			err = -EAGAIN;
			break;
		}
		if (!passes_filter(conn, &dump->filter))
			continue;
		report_interruption(cb, walk);
		err = dump_conn(skb, cb, conn);
		if (err)
			break;
	}
	weir_conn_walk_stop(walk);
	report_interruption(cb, walk);
	return err;
}

static int begin_walk(struct conn_dump *dump)
{
	struct weir_net *wn = dump->wn;
	int err = 0;

	mutex_lock(&wn->services.mutex);
	if (wn->services.count) {
		err = weir_conn_table_hold(&wn->conns);
		if (!err) {
			weir_conn_walk_enter(&dump->walk, &wn->conns);
			dump->has_table = true;
		}
	}
	mutex_unlock(&wn->services.mutex);
	return err;
}

static void end_walk(struct conn_dump *dump)
{
	struct weir_net *wn = dump->wn;

	if (!dump->has_table)
		return;
	mutex_lock(&wn->services.mutex);
	weir_conn_walk_exit(&dump->walk);
	weir_conn_table_release(&wn->conns);
	mutex_unlock(&wn->services.mutex);
}

/*
 * Made by the first message and not by a start callback, which on older kernels
 * has no way to say why it refuses.
 */
static struct conn_dump *create_dump(struct weir_net *wn, struct netlink_callback *cb)
{
	struct conn_dump *dump;
	int err;

	dump = kzalloc(sizeof(*dump), GFP_KERNEL_ACCOUNT);
	if (!dump)
		return ERR_PTR(-ENOMEM);
	dump->wn = wn;
	err = parse_filter(genl_info_dump(cb)->attrs, &dump->filter, cb->extack);
	if (!err)
		err = begin_walk(dump);
	if (err) {
		kfree(dump);
		return ERR_PTR(err);
	}
	return dump;
}

/**
 * weir_nl_conn_get_dumpit - netlink handler of conn-get
 * @skb: the message to fill
 * @cb: the dump's state
 *
 * Return: bytes filled, 0 at the end, or a negative errno.
 */
int weir_nl_conn_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct conn_cursor *cursor = (void *)cb->ctx;
	struct conn_dump *dump = cursor->dump;
	int err;

	if (!dump) {
		dump = create_dump(weir_net(sock_net(skb->sk)), cb);
		if (IS_ERR(dump))
			return PTR_ERR(dump);
		cursor->dump = dump;
		cb->seq = 1;
	}
	if (!dump->has_table)
		return 0;
	while ((err = dump_turn(skb, cb, dump)) == -EAGAIN)
		cond_resched();
	return weir_nl_dump_result(skb, err);
}

/**
 * weir_nl_conn_get_done - Ends a conn-get, complete or not
 * @cb: the dump's state
 *
 * Return: 0.
 */
int weir_nl_conn_get_done(struct netlink_callback *cb)
{
	struct conn_cursor *cursor = (void *)cb->ctx;

	if (cursor->dump)
		end_walk(cursor->dump);
	kfree(cursor->dump);
	return 0;
}

/* A pass may miss some; but clients may also make new ones as fast as they end. */
static u32 kill_conns(struct weir_net *wn, const struct conn_filter *filter)
{
	u32 killed = 0;
	u32 once;

	for (int pass = 0; pass < 4; pass++) {
		once = weir_conn_kill(&wn->conns, passes_filter, filter);
		if (!once)
			break;
		killed += once;
	}
	return killed;
}

/**
 * weir_nl_conn_kill_doit - netlink handler of conn-kill
 * @skb: the request
 * @info: its attributes and its sender
 *
 * Return: 0 or a negative errno, with a sentence where the request is at fault.
 */
int weir_nl_conn_kill_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weir_net *wn = weir_net(genl_info_net(info));
	struct conn_filter filter;
	struct sk_buff *answer;
	u32 *killed;
	int err;

	err = parse_filter(info->attrs, &filter, info->extack);
	if (err)
		return err;
	answer = weir_nl_answer_u32(info, WEIR_CMD_CONN_KILL, WEIR_A_KILLED, &killed);
	if (IS_ERR(answer))
		return PTR_ERR(answer);
	mutex_lock(&wn->services.mutex);
	/* Conns that outlive the last service are kept by nothing but a dump. */
	*killed = wn->services.count ? kill_conns(wn, &filter) : 0;
	mutex_unlock(&wn->services.mutex);
	return genlmsg_reply(answer, info);
}
