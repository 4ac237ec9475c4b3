// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests about entries of affinity. A dump takes the services one after the other
 * in the order of their ids, and keeps the memory of the one it is in, which may
 * close meanwhile.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/sock.h>

#include "affinity.h"
#include "netlink.h"
#include "server.h"

enum {
	/** @ENTRIES_PER_TURN: entries a dump looks at before it lets others run */
	ENTRIES_PER_TURN = 1024,
	/** @PASSES: how often a removal looks again for what it may have missed */
	PASSES = 4,
};

/**
 * struct affinity_filter - which entries are meant; all that pass every part of it
 * @service: the service, if @has_service
 * @server: the server, if it has a family; port 0 is any
 * @client: the client, if it has a family; without a port
 * @has_service: whether @service counts
 */
struct affinity_filter {
	struct weir_service_key service;
	struct weir_endpoint server;
	struct weir_endpoint client;
	bool has_service;
};

/**
 * struct affinity_dump - a dump in progress
 * @wn: the namespace, which the dump's socket keeps
 * @filter: what is listed
 * @id: of the service it is in, or of the last one it is done with
 * @affinity: memory of the service it is in, with a reference; or NULL
 * @walk: where it is in @affinity
 */
struct affinity_dump {
	struct weir_net *wn;
	struct affinity_filter filter;
	unsigned long id;
	struct weir_affinity *affinity;
	struct weir_affinity_walk walk;
};

/**
 * struct affinity_cursor - what a callback keeps between messages
 * @dump: the dump; NULL before the first message
 */
struct affinity_cursor {
	struct affinity_dump *dump;
};

static_assert(sizeof(struct affinity_cursor) <= sizeof_field(struct netlink_callback, ctx));

static const struct weir_nl_rule read_only[] = {
	{ WEIR_A_AFFINITY_ENTRY_MASK, "mask is read-only" },
	{ WEIR_A_AFFINITY_ENTRY_CALL_ID, "call-id is read-only" },
	{ WEIR_A_AFFINITY_ENTRY_EXPIRES, "expires is read-only" },
};

static int parse_client(const struct nlattr *nest, struct weir_endpoint *client,
			struct netlink_ext_ack *extack)
{
	struct nlattr *attrs[WEIR_A_AFFINITY_ENTRY_MAX + 1];
	int err;

	err = nla_parse_nested(attrs, WEIR_A_AFFINITY_ENTRY_MAX, nest,
			       weir_affinity_entry_nl_policy, extack);
	if (!err)
		err = weir_nl_refuse_rules(extack, attrs, read_only, ARRAY_SIZE(read_only));
	if (err)
		return err;
	if (!attrs[WEIR_A_AFFINITY_ENTRY_CLIENT_ADDRESS])
		return weir_nl_refuse(extack, nest, "a client filter needs an address");
	return weir_nl_address_parse(attrs[WEIR_A_AFFINITY_ENTRY_CLIENT_ADDRESS], client, extack);
}

static int parse_filter(struct nlattr **attrs, struct affinity_filter *filter,
			struct netlink_ext_ack *extack)
{
	int err = 0;

	memset(filter, 0, sizeof(*filter));
	filter->has_service = attrs[WEIR_A_SERVICE];
	if (filter->has_service)
		err = weir_nl_service_filter_parse(attrs[WEIR_A_SERVICE], &filter->service, extack);
	if (!err && attrs[WEIR_A_SERVER])
		err = weir_nl_server_filter_parse(attrs[WEIR_A_SERVER], &filter->server, extack);
	if (!err && attrs[WEIR_A_AFFINITY_ENTRY])
		err = parse_client(attrs[WEIR_A_AFFINITY_ENTRY], &filter->client, extack);
	return err;
}

/* Bits of the address of an entry that count: a call's client is known whole. */
static u8 prefix_of(const struct weir_affinity *affinity, const struct weir_affinity_entry *entry)
{
	const struct weir_service *service = affinity->service;

	if (entry->call_id_length)
		return BITS_PER_BYTE * weir_addr_len(service->key.vip.family);
	return READ_ONCE(service->affinity_options.prefix);
}

/* A client passes for the one whose address it shares as far as that counts. */
static bool passes_client(const struct weir_affinity *affinity,
			  const struct weir_affinity_entry *entry,
			  const struct weir_endpoint *wanted)
{
	union nf_inet_addr client = wanted->addr;

	if (!wanted->family)
		return true;
	if (wanted->family != affinity->service->key.vip.family)
		return false;
	weir_addr_mask(&client, prefix_of(affinity, entry));
	return !memcmp(&client, &entry->client, sizeof(client));
}

static bool passes_filter(const struct weir_affinity *affinity,
			  const struct weir_affinity_entry *entry, const void *context)
{
	const struct affinity_filter *filter = context;

	return weir_nl_endpoint_passes(&filter->server, rcu_dereference(entry->server)->endpoint) &&
	       passes_client(affinity, entry, &filter->client);
}

static int put_server(struct sk_buff *skb, const struct weir_server *server)
{
	struct nlattr *nest = nla_nest_start(skb, WEIR_A_SERVER);

	if (!nest)
		return -EMSGSIZE;
	if (weir_nl_endpoint_fill(skb, WEIR_A_SERVER_ADDRESS, WEIR_A_SERVER_PORT,
				  &server->endpoint)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_call_id(struct sk_buff *skb, const struct weir_affinity_entry *entry)
{
	char text[WEIR_CALL_ID_MAX + 1];

	if (!entry->call_id_length)
		return 0;
	memcpy(text, entry->call_id, entry->call_id_length);
	text[entry->call_id_length] = '\0';
	return nla_put_string(skb, WEIR_A_AFFINITY_ENTRY_CALL_ID, text);
}

static int put_entry(struct sk_buff *skb, const struct weir_affinity *affinity,
		     const struct weir_affinity_entry *entry)
{
	struct nlattr *nest = nla_nest_start(skb, WEIR_A_AFFINITY_ENTRY);
	u8 family = affinity->service->key.vip.family;

	if (!nest)
		return -EMSGSIZE;
	if (nla_put(skb, WEIR_A_AFFINITY_ENTRY_CLIENT_ADDRESS, weir_addr_len(family),
		    &entry->client) ||
	    nla_put_u8(skb, WEIR_A_AFFINITY_ENTRY_MASK, prefix_of(affinity, entry)) ||
	    put_call_id(skb, entry) ||
	    nla_put_u32(skb, WEIR_A_AFFINITY_ENTRY_EXPIRES,
			weir_affinity_expires_ms(affinity, entry))) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int dump_entry(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct weir_affinity *affinity,
		      const struct weir_affinity_entry *entry)
{
	void *header = weir_nl_dump_put(skb, cb, WEIR_CMD_AFFINITY_GET);

	if (!header)
		return -EMSGSIZE;
	if (weir_nl_service_fill_key(skb, &affinity->service->key) ||
	    put_server(skb, rcu_dereference(entry->server)) ||
	    put_entry(skb, affinity, entry)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	weir_nl_dump_end(skb, cb, header);
	return 0;
}

/* A walk that was interrupted changes the dump's seq, which marks its next message. */
static void report_interruption(struct netlink_callback *cb, struct weir_affinity_walk *walk)
{
	if (walk->interrupted)
		cb->seq++;
	walk->interrupted = false;
}

/* Goes on by a bounded number of entries: 0 at the end, -EAGAIN before it. */
static int dump_turn(struct sk_buff *skb, struct netlink_callback *cb, struct affinity_dump *dump)
{
	struct weir_affinity_walk *walk = &dump->walk;
	struct weir_affinity_entry *entry;
	unsigned int seen = 0;
	int err = 0;

	weir_affinity_walk_start(walk);
	for (entry = weir_affinity_walk_peek(walk); entry;
	     entry = weir_affinity_walk_next(walk)) {
		if (seen++ == ENTRIES_PER_TURN) {
			err = -EAGAIN;
			break;
		}
		/* Past, and not yet collected. */
		if (!weir_affinity_expires_ms(dump->affinity, entry) ||
		    !passes_filter(dump->affinity, entry, &dump->filter))
			continue;
		report_interruption(cb, walk);
		err = dump_entry(skb, cb, dump->affinity, entry);
		if (err)
			break;
	}
	weir_affinity_walk_stop(walk);
	report_interruption(cb, walk);
	return err;
}

/* Lets go of the service the dump is in, if it is in one. */
static void leave_service(struct affinity_dump *dump)
{
	if (!dump->affinity)
		return;
	weir_affinity_walk_exit(&dump->walk);
	weir_affinity_put(dump->affinity);
	dump->affinity = NULL;
}

/* Goes to the next service that has a memory; false at the end. */
static bool enter_service(struct affinity_dump *dump)
{
	const struct affinity_filter *filter = &dump->filter;
	struct weir_net *wn = dump->wn;
	struct weir_service *service;

	mutex_lock(&wn->services.mutex);
	while (!dump->affinity &&
	       (service = weir_nl_service_next(wn, filter->has_service ? &filter->service : NULL,
					       &dump->id))) {
		dump->affinity = weir_affinity_of(service);
		if (dump->affinity) {
			weir_affinity_get(dump->affinity);
			weir_affinity_walk_enter(&dump->walk, dump->affinity);
		}
	}
	mutex_unlock(&wn->services.mutex);
	return dump->affinity;
}

static int dump_services(struct sk_buff *skb, struct netlink_callback *cb,
			 struct affinity_dump *dump)
{
	int err;

	while (dump->affinity || enter_service(dump)) {
		while ((err = dump_turn(skb, cb, dump)) == -EAGAIN)
			cond_resched();
		if (err)
			return err;
		leave_service(dump);
	}
	return 0;
}

/*
 * Made by the first message and not by a start callback, which on older kernels
 * has no way to say why it refuses.
 */
static struct affinity_dump *create_dump(struct weir_net *wn, struct netlink_callback *cb)
{
	struct affinity_dump *dump;
	int err;

	dump = kzalloc(sizeof(*dump), GFP_KERNEL_ACCOUNT);
	if (!dump)
		return ERR_PTR(-ENOMEM);
	dump->wn = wn;
	err = parse_filter(genl_info_dump(cb)->attrs, &dump->filter, cb->extack);
	if (err) {
		kfree(dump);
		return ERR_PTR(err);
	}
	return dump;
}

/**
 * weir_nl_affinity_get_dumpit - netlink handler of affinity-get
 * @skb: the message to fill
 * @cb: the dump's state
 *
 * Return: bytes filled, 0 at the end, or a negative errno.
 */
int weir_nl_affinity_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct affinity_cursor *cursor = (void *)cb->ctx;
	struct affinity_dump *dump = cursor->dump;

	if (!dump) {
		dump = create_dump(weir_net(sock_net(skb->sk)), cb);
		if (IS_ERR(dump))
			return PTR_ERR(dump);
		cursor->dump = dump;
		cb->seq = 1;
	}
	return weir_nl_dump_result(skb, dump_services(skb, cb, dump));
}

/**
 * weir_nl_affinity_get_done - ends an affinity-get, complete or not
 * @cb: the dump's state
 *
 * Return: 0.
 */
int weir_nl_affinity_get_done(struct netlink_callback *cb)
{
	struct affinity_cursor *cursor = (void *)cb->ctx;

	if (cursor->dump)
		leave_service(cursor->dump);
	kfree(cursor->dump);
	return 0;
}

/* A pass may miss some; but clients may also come back as fast as they are forgotten. */
static u32 remove_entries(struct weir_affinity *affinity, const struct affinity_filter *filter)
{
	u32 removed = 0;
	u32 once;

	for (int pass = 0; pass < PASSES; pass++) {
		once = weir_affinity_remove(affinity, passes_filter, filter);
		if (!once)
			break;
		removed += once;
	}
	return removed;
}

/**
 * weir_nl_affinity_remove_doit - netlink handler of affinity-remove
 * @skb: the request
 * @info: its attributes and its sender
 *
 * Return: 0 or a negative errno, with a sentence where the request is at fault.
 */
int weir_nl_affinity_remove_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weir_net *wn = weir_net(genl_info_net(info));
	struct affinity_filter filter;
	struct weir_affinity *affinity;
	struct weir_service *service;
	struct sk_buff *answer;
	unsigned long id = 0;
	u32 *removed;
	int err;

	err = parse_filter(info->attrs, &filter, info->extack);
	if (err)
		return err;
	answer = weir_nl_answer_u32(info, WEIR_CMD_AFFINITY_REMOVE, WEIR_A_REMOVED, &removed);
	if (IS_ERR(answer))
		return PTR_ERR(answer);
	*removed = 0;
	mutex_lock(&wn->services.mutex);
	while ((service = weir_nl_service_next(wn, filter.has_service ? &filter.service : NULL,
					       &id))) {
		affinity = weir_affinity_of(service);
		if (affinity)
			*removed += remove_entries(affinity, &filter);
	}
	mutex_unlock(&wn->services.mutex);
	return genlmsg_reply(answer, info);
}
