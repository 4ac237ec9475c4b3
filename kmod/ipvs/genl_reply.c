// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family IPVS: replies. The order of attributes is ip_vs's,
 * and nests have no flag that says so: clients of many years expect both.
 */
#include <net/genetlink.h>
#include <net/sock.h>

#include "../server.h"
#include "genl.h"

/* Of IPVS_STATS_ATTR_*, those that the nest of narrow counters has in 64 bits, too. */
#define ALWAYS_WIDE (BIT(IPVS_STATS_ATTR_INBYTES) | BIT(IPVS_STATS_ATTR_OUTBYTES))
#define ALL_WIDE GENMASK(IPVS_STATS_ATTR_OUTBPS, IPVS_STATS_ATTR_CONNS)

static u8 *write_value(u8 *at, int id, const void *value, size_t size)
{
	struct nlattr *attr = (struct nlattr *)at;

	attr->nla_type = id;
	attr->nla_len = nla_attr_size(size);
	memcpy(nla_data(attr), value, size);
	return at + nla_total_size(size);
}

/* Where the machine wants it, 64 bits are aligned by an attribute of no content. */
static u8 *write_wide(u8 *at, int id, u64 value)
{
	if (!IS_ENABLED(CONFIG_HAVE_EFFICIENT_UNALIGNED_ACCESS) && IS_ALIGNED((uintptr_t)at, 8))
		at = write_value(at, IPVS_STATS_ATTR_PAD, NULL, 0);
	return write_value(at, id, &value, sizeof(value));
}

/*
 * A nest of all counters; those in @wide with 64 bits. There is one look for room, not
 * one for each counter: a list of 10 000 servers has 200 000 of these.
 */
static int put_counters(struct sk_buff *skb, int id, const u64 *values, unsigned long wide)
{
	struct nlattr *nest = nla_nest_start_noflag(skb, id);
	u8 *begin = skb_tail_pointer(skb), *at = begin;

	if (!nest ||
	    skb_tailroom(skb) < IPVS_STATS_ATTR_OUTBPS * (int)nla_total_size_64bit(sizeof(u64)))
		return -EMSGSIZE;
	for (int i = IPVS_STATS_ATTR_CONNS; i <= IPVS_STATS_ATTR_OUTBPS; i++) {
		u32 narrow = values[i];

		at = wide & BIT(i) ? write_wide(at, i, values[i]) :
				     write_value(at, i, &narrow, sizeof(narrow));
	}
	skb_put(skb, at - begin);
	nla_nest_end(skb, nest);
	return 0;
}

/* Both nests of counters: as they were at first, and as they are since 64 bits came. */
static int put_stats(struct sk_buff *skb, int id, int wide_id, const struct weir_reading *reading)
{
	const struct weir_totals *totals = &reading->totals, *rates = &reading->rates;
	const u64 values[] = {
		[IPVS_STATS_ATTR_CONNS] = totals->conns,
		[IPVS_STATS_ATTR_INPKTS] = totals->packets[WEIR_DIR_REQUEST],
		[IPVS_STATS_ATTR_OUTPKTS] = totals->packets[WEIR_DIR_REPLY],
		[IPVS_STATS_ATTR_INBYTES] = totals->bytes[WEIR_DIR_REQUEST],
		[IPVS_STATS_ATTR_OUTBYTES] = totals->bytes[WEIR_DIR_REPLY],
		[IPVS_STATS_ATTR_CPS] = rates->conns,
		[IPVS_STATS_ATTR_INPPS] = rates->packets[WEIR_DIR_REQUEST],
		[IPVS_STATS_ATTR_OUTPPS] = rates->packets[WEIR_DIR_REPLY],
		[IPVS_STATS_ATTR_INBPS] = rates->bytes[WEIR_DIR_REQUEST],
		[IPVS_STATS_ATTR_OUTBPS] = rates->bytes[WEIR_DIR_REPLY],
	};

	return put_counters(skb, id, values, ALWAYS_WIDE) ?:
	       put_counters(skb, wide_id, values, ALL_WIDE);
}

static int put_key(struct sk_buff *skb, const struct ipvs_svc *svc)
{
	if (nla_put_u16(skb, IPVS_SVC_ATTR_AF, svc->af))
		return -EMSGSIZE;
	if (svc->is_fwmark)
		return nla_put_u32(skb, IPVS_SVC_ATTR_FWMARK, svc->fwmark);
	if (nla_put_u16(skb, IPVS_SVC_ATTR_PROTOCOL, svc->protocol) ||
	    nla_put(skb, IPVS_SVC_ATTR_ADDR, sizeof(svc->addr), &svc->addr))
		return -EMSGSIZE;
	return nla_put_be16(skb, IPVS_SVC_ATTR_PORT, svc->port);
}

static int put_service(struct sk_buff *skb, struct weir_service *service)
{
	struct nlattr *nest = nla_nest_start_noflag(skb, IPVS_CMD_ATTR_SERVICE);
	struct ip_vs_flags flags = { .mask = ~0 };
	struct weir_reading reading;
	struct ipvs_svc svc;

	if (!nest)
		return -EMSGSIZE;
	ipvs_svc_of(service, &svc);
	ipvs_read_service(service, &reading);
	flags.flags = svc.flags;
	if (put_key(skb, &svc) || nla_put_string(skb, IPVS_SVC_ATTR_SCHED_NAME, svc.scheduler) ||
	    (svc.engine[0] && nla_put_string(skb, IPVS_SVC_ATTR_PE_NAME, svc.engine)) ||
	    nla_put(skb, IPVS_SVC_ATTR_FLAGS, sizeof(flags), &flags) ||
	    nla_put_u32(skb, IPVS_SVC_ATTR_TIMEOUT, svc.timeout) ||
	    nla_put_be32(skb, IPVS_SVC_ATTR_NETMASK, svc.netmask) ||
	    put_stats(skb, IPVS_SVC_ATTR_STATS, IPVS_SVC_ATTR_STATS64, &reading)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_dest_options(struct sk_buff *skb, const struct ipvs_dest *dest)
{
	if (nla_put(skb, IPVS_DEST_ATTR_ADDR, sizeof(dest->addr), &dest->addr) ||
	    nla_put_be16(skb, IPVS_DEST_ATTR_PORT, dest->port) ||
	    nla_put_u32(skb, IPVS_DEST_ATTR_FWD_METHOD, dest->method) ||
	    nla_put_u32(skb, IPVS_DEST_ATTR_WEIGHT, dest->weight) ||
	    nla_put_u8(skb, IPVS_DEST_ATTR_TUN_TYPE, dest->tun_type) ||
	    nla_put_be16(skb, IPVS_DEST_ATTR_TUN_PORT, dest->tun_port) ||
	    nla_put_u16(skb, IPVS_DEST_ATTR_TUN_FLAGS, dest->tun_flags) ||
	    nla_put_u32(skb, IPVS_DEST_ATTR_U_THRESH, dest->upper) ||
	    nla_put_u32(skb, IPVS_DEST_ATTR_L_THRESH, dest->lower) ||
	    nla_put_u32(skb, IPVS_DEST_ATTR_ACTIVE_CONNS, dest->active) ||
	    nla_put_u32(skb, IPVS_DEST_ATTR_INACT_CONNS, dest->inactive) ||
	    nla_put_u32(skb, IPVS_DEST_ATTR_PERSIST_CONNS, dest->persistent))
		return -EMSGSIZE;
	return nla_put_u16(skb, IPVS_DEST_ATTR_ADDR_FAMILY, dest->af);
}

static int put_dest(struct sk_buff *skb, struct weir_server *server)
{
	struct nlattr *nest = nla_nest_start_noflag(skb, IPVS_CMD_ATTR_DEST);
	struct weir_reading reading;
	struct ipvs_dest dest;

	if (!nest)
		return -EMSGSIZE;
	ipvs_dest_of(server, &dest);
	ipvs_read_server(server, &reading);
	if (put_dest_options(skb, &dest) ||
	    put_stats(skb, IPVS_DEST_ATTR_STATS, IPVS_DEST_ATTR_STATS64, &reading)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* A reply to @info's request, answering as @command; the caller fills and sends it. */
static struct sk_buff *begin_reply(struct genl_info *info, u8 command, void **header)
{
	struct sk_buff *skb = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		return NULL;
	*header = genlmsg_put_reply(skb, info, &ipvs_genl_family, 0, command);
	if (*header)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

static int end_reply(struct genl_info *info, struct sk_buff *skb, void *header, int err)
{
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

/**
 * ipvs_genl_reply_service - answers GET_SERVICE
 * @info: the request
 * @service: the service; its namespace's mutex is held
 *
 * Return: 0 or a negative errno.
 */
int ipvs_genl_reply_service(struct genl_info *info, struct weir_service *service)
{
	struct sk_buff *skb;
	void *header;

	skb = begin_reply(info, IPVS_CMD_NEW_SERVICE, &header);
	if (!skb)
		return -ENOMEM;
	return end_reply(info, skb, header, put_service(skb, service));
}

/**
 * ipvs_genl_get_config_doit - answers GET_CONFIG
 * @skb: the request
 * @info: likewise
 *
 * Return: 0 or a negative errno.
 */
int ipvs_genl_get_config_doit(struct sk_buff *skb, struct genl_info *info)
{
	const u32 *timeouts = ipvs_net(sock_net(skb->sk))->timeouts;
	struct sk_buff *reply;
	void *header;
	int err = 0;

	reply = begin_reply(info, IPVS_CMD_SET_CONFIG, &header);
	if (!reply)
		return -ENOMEM;
	if (nla_put_u32(reply, IPVS_CMD_ATTR_TIMEOUT_TCP, READ_ONCE(timeouts[IPVS_TIMEOUT_TCP])) ||
	    nla_put_u32(reply, IPVS_CMD_ATTR_TIMEOUT_TCP_FIN,
			READ_ONCE(timeouts[IPVS_TIMEOUT_TCP_FIN])) ||
	    nla_put_u32(reply, IPVS_CMD_ATTR_TIMEOUT_UDP, READ_ONCE(timeouts[IPVS_TIMEOUT_UDP])))
		err = -EMSGSIZE;
	return end_reply(info, reply, header, err);
}

/**
 * ipvs_genl_get_info_doit - answers GET_INFO
 * @skb: the request
 * @info: likewise
 *
 * Return: 0 or a negative errno.
 */
int ipvs_genl_get_info_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *header;
	int err = 0;

	reply = begin_reply(info, IPVS_CMD_SET_INFO, &header);
	if (!reply)
		return -ENOMEM;
	if (nla_put_u32(reply, IPVS_INFO_ATTR_VERSION, IPVS_VERSION) ||
	    nla_put_u32(reply, IPVS_INFO_ATTR_CONN_TAB_SIZE, IPVS_TABLE_SIZE))
		err = -EMSGSIZE;
	return end_reply(info, reply, header, err);
}

/* One message of a dump; 0 or -EMSGSIZE, and nothing is written then. */
static void *begin_entry(struct sk_buff *skb, struct netlink_callback *cb, u8 command)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &ipvs_genl_family,
			   NLM_F_MULTI, command);
}

static int end_entry(struct sk_buff *skb, void *header, int err)
{
	if (err)
		genlmsg_cancel(skb, header);
	else
		genlmsg_end(skb, header);
	return err;
}

/**
 * ipvs_genl_get_service_dumpit - lists services
 * @skb: the message to fill
 * @cb: the dump; args[0] is the id of the last service it is done with
 *
 * Return: bytes filled, 0 at the end.
 */
int ipvs_genl_get_service_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct weir_net *wn = weir_net(sock_net(skb->sk));
	unsigned long id = cb->args[0];
	struct weir_service *service;
	void *header;

	mutex_lock(&wn->services.mutex);
	while ((service = weir_service_next(&wn->services, &id))) {
		header = begin_entry(skb, cb, IPVS_CMD_NEW_SERVICE);
		if (!header || end_entry(skb, header, put_service(skb, service)))
			break;
		cb->args[0] = id;
	}
	mutex_unlock(&wn->services.mutex);
	return skb->len;
}

/**
 * ipvs_genl_dump_dests - lists the servers of a service
 * @skb: the message to fill
 * @cb: the dump; args[0] is the id of the last server it is done with
 * @service: the service; its namespace's mutex is held
 *
 * The one added last comes first, as with ip_vs.
 */
void ipvs_genl_dump_dests(struct sk_buff *skb, struct netlink_callback *cb,
			  struct weir_service *service)
{
	struct weir_server *server;
	void *header;

	list_for_each_entry_reverse(server, &service->servers, link) {
		if (cb->args[0] && server->id >= cb->args[0])
			continue;
		header = begin_entry(skb, cb, IPVS_CMD_NEW_DEST);
		if (!header || end_entry(skb, header, put_dest(skb, server)))
			break;
		cb->args[0] = server->id;
	}
}
