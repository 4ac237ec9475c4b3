// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes about local addresses, their ports, and the conns that have one.
 */
#include <linux/slab.h>

#include "netlink.h"
#include "ports.h"
#include "server.h"

static u32 count_nested(const struct nlattr *nest)
{
	const struct nlattr *attr;
	u32 count = 0;
	int rest;

	nla_for_each_nested(attr, nest, rest)
		count++;
	return count;
}

/**
 * weir_nl_locals_parse - reads the local addresses of a service
 * @attrs: the service's attributes by id
 * @config: takes the addresses if there is the attribute; the caller frees them
 * @extack: where to say what is wrong
 *
 * Return: 0 or a negative errno
 */
int weir_nl_locals_parse(struct nlattr **attrs, struct weir_service_config *config,
			 struct netlink_ext_ack *extack)
{
	const struct nlattr *nest = attrs[WEIR_A_SERVICE_LOCAL_ADDRESSES];
	struct weir_local_addresses *addresses;
	const struct nlattr *attr;
	int rest, err = 0;
	u32 count;

	if (!nest)
		return 0;
	count = count_nested(nest);
	if (count > WEIR_LOCAL_ADDRESSES_MAX)
		return weir_nl_refuse(extack, nest, "a service has at most "
				      __stringify(WEIR_LOCAL_ADDRESSES_MAX) " local addresses");
	addresses = kzalloc(struct_size(addresses, list, count), GFP_KERNEL_ACCOUNT);
	if (!addresses)
		return -ENOMEM;
	config->local_addresses = addresses;
	nla_for_each_nested(attr, nest, rest) {
		err = weir_nl_address_parse(attr, &addresses->list[addresses->count++], extack);
		if (err)
			break;
	}
	return err;
}

/**
 * weir_nl_locals_fill - writes the local addresses of a service
 * @skb: the message
 * @service: the service; its namespace's mutex is held
 *
 * Return: 0 or -EMSGSIZE
 */
int weir_nl_locals_fill(struct sk_buff *skb, const struct weir_service *service)
{
	const struct weir_local_addresses *addresses = service->local_addresses;
	struct nlattr *nest;

	if (!addresses)
		return 0;
	nest = nla_nest_start(skb, WEIR_A_SERVICE_LOCAL_ADDRESSES);
	if (!nest)
		return -EMSGSIZE;
	for (u32 i = 0; i < addresses->count; i++) {
		if (nla_put(skb, WEIR_A_LOCAL_ADDRESSES_ADDRESS,
			    weir_addr_len(addresses->list[i].family), &addresses->list[i].addr)) {
			nla_nest_cancel(skb, nest);
			return -EMSGSIZE;
		}
	}
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * weir_nl_locals_fill_ports - writes how many local ports a server has, and uses
 * @skb: the message
 * @server: the server; its namespace's mutex is held
 *
 * Return: 0 or -EMSGSIZE
 */
int weir_nl_locals_fill_ports(struct sk_buff *skb, const struct weir_server *server)
{
	const struct weir_locals *locals =
		rcu_dereference_protected(server->locals,
					  lockdep_is_held(&server->service->table->mutex));
	u32 used, max;

	if (!locals)
		return 0;
	weir_locals_count(locals, &used, &max);
	if (nla_put_u32(skb, WEIR_A_SERVER_PORTS_USED, used) ||
	    nla_put_u32(skb, WEIR_A_SERVER_PORTS_MAX, max))
		return -EMSGSIZE;
	return 0;
}

/**
 * weir_nl_locals_fill_conn - writes the local address and port of a conn
 * @skb: the message
 * @conn: the conn, under RCU
 *
 * Return: 0 or -EMSGSIZE
 */
int weir_nl_locals_fill_conn(struct sk_buff *skb, const struct weir_conn *conn)
{
	struct weir_endpoint local;

	if (conn->method != WEIR_METHOD_FULLNAT)
		return 0;
	local = weir_conn_local(conn);
	return weir_nl_endpoint_fill(skb, WEIR_A_CONN_LOCAL_ADDRESS, WEIR_A_CONN_LOCAL_PORT,
				     &local);
}
