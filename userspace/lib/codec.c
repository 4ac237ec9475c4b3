// SPDX-License-Identifier: GPL-2.0-only
/* Plain structs to netlink attributes and back. */
#include "codec.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>

#define NEST { .type = NLA_NESTED }
#define U8 { .type = NLA_U8 }
#define U32 { .type = NLA_U32 }
#define U64 { .type = NLA_U64 }
#define PORT { .type = NLA_U16 }
#define TEXT(size) { .type = NLA_STRING, .minlen = 1, .maxlen = (size) }
#define ADDRESS { .type = NLA_UNSPEC, .minlen = 4, .maxlen = 16 }

/* libnl reads policies but takes them without const. */
static struct nla_policy message_policy[WEIR_A_MAX + 1] = {
	[WEIR_A_SERVICE] = NEST,
	[WEIR_A_SERVER] = NEST,
	[WEIR_A_CONN] = NEST,
	[WEIR_A_DROP] = NEST,
	[WEIR_A_NAMESPACE] = NEST,
	[WEIR_A_CHANGE] = U32,
	[WEIR_A_KILLED] = U32,
};

static struct nla_policy service_policy[WEIR_A_SERVICE_MAX + 1] = {
	[WEIR_A_SERVICE_PROTOCOL] = U8,
	[WEIR_A_SERVICE_ADDRESS] = ADDRESS,
	[WEIR_A_SERVICE_PORT] = PORT,
	[WEIR_A_SERVICE_SCHEDULER] = TEXT(WEIR_SCHEDULER_NAME_SIZE),
	[WEIR_A_SERVICE_MIDSTREAM] = U32,
	[WEIR_A_SERVICE_CONNTRACK] = U8,
	[WEIR_A_SERVICE_FAST] = U8,
	[WEIR_A_SERVICE_HOOK] = U32,
	[WEIR_A_SERVICE_TIMEOUTS] = NEST,
	[WEIR_A_SERVICE_SERVERS] = U32,
	[WEIR_A_SERVICE_ACTIVE] = U32,
	[WEIR_A_SERVICE_INACTIVE] = U32,
	[WEIR_A_SERVICE_STATS] = NEST,
};

static struct nla_policy timeouts_policy[WEIR_A_TIMEOUTS_MAX + 1] = {
	[WEIR_A_TIMEOUTS_TCP_SYN] = U32,
	[WEIR_A_TIMEOUTS_TCP_ESTABLISHED] = U32,
	[WEIR_A_TIMEOUTS_TCP_FIN] = U32,
	[WEIR_A_TIMEOUTS_TCP_CLOSED] = U32,
	[WEIR_A_TIMEOUTS_UDP] = U32,
};

static struct nla_policy server_policy[WEIR_A_SERVER_MAX + 1] = {
	[WEIR_A_SERVER_ADDRESS] = ADDRESS,
	[WEIR_A_SERVER_PORT] = PORT,
	[WEIR_A_SERVER_METHOD] = U32,
	[WEIR_A_SERVER_WEIGHT] = U32,
	[WEIR_A_SERVER_STATE] = U32,
	[WEIR_A_SERVER_POLICY] = U32,
	[WEIR_A_SERVER_DEADLINE] = U32,
	[WEIR_A_SERVER_ACTIVE] = U32,
	[WEIR_A_SERVER_INACTIVE] = U32,
	[WEIR_A_SERVER_STATS] = NEST,
};

static struct nla_policy conn_policy[WEIR_A_CONN_MAX + 1] = {
	[WEIR_A_CONN_CLIENT_ADDRESS] = ADDRESS,
	[WEIR_A_CONN_CLIENT_PORT] = PORT,
	[WEIR_A_CONN_STATE] = U32,
	[WEIR_A_CONN_EXPIRES] = U32,
	[WEIR_A_CONN_FAST_REQUEST] = U8,
	[WEIR_A_CONN_FAST_REPLY] = U8,
};

static struct nla_policy drop_policy[WEIR_A_DROP_MAX + 1] = {
	[WEIR_A_DROP_REASON] = U32,
	[WEIR_A_DROP_NAME] = TEXT(WEIR_DROP_NAME_SIZE),
	[WEIR_A_DROP_PACKETS] = U64,
};

static struct nla_policy namespace_policy[WEIR_A_NAMESPACE_MAX + 1] = {
	[WEIR_A_NAMESPACE_CONNS_MAX] = U32,
	[WEIR_A_NAMESPACE_FAST] = U8,
	[WEIR_A_NAMESPACE_CONNS] = U32,
	[WEIR_A_NAMESPACE_SERVICES] = U32,
	[WEIR_A_NAMESPACE_STATS] = NEST,
};

static struct nla_policy stats_policy[WEIR_A_STATS_MAX + 1] = {
	[WEIR_A_STATS_CONNS] = U64,
	[WEIR_A_STATS_PACKETS_IN] = U64,
	[WEIR_A_STATS_BYTES_IN] = U64,
	[WEIR_A_STATS_PACKETS_OUT] = U64,
	[WEIR_A_STATS_BYTES_OUT] = U64,
	[WEIR_A_STATS_PACKETS_FAST] = U64,
};

_Static_assert((int)WEIR_TIMEOUTS == (int)WEIR_A_TIMEOUTS_MAX &&
	       (int)WEIR_TIMEOUT_UDP + 1 == (int)WEIR_A_TIMEOUTS_UDP &&
	       (int)WEIR_TIMEOUT_TCP_CLOSED + 1 == (int)WEIR_A_TIMEOUTS_TCP_CLOSED,
	       "enum weir_timeout follows the attributes");

static int put_addr(struct nl_msg *msg, int type, const struct weir_addr *addr)
{
	return nla_put(msg, type, addr->family == AF_INET6 ? 16 : 4, addr->bytes);
}

static int put_key_attrs(struct nl_msg *msg, const struct weir_service_key *key)
{
	if (nla_put_u8(msg, WEIR_A_SERVICE_PROTOCOL, key->protocol) ||
	    put_addr(msg, WEIR_A_SERVICE_ADDRESS, &key->at.addr) ||
	    nla_put_u16(msg, WEIR_A_SERVICE_PORT, htons(key->at.port)))
		return -EMSGSIZE;
	return 0;
}

static int put_timeouts(struct nl_msg *msg, const struct weir_service *service)
{
	struct nlattr *nest;

	if (service->set < WEIR_SERVICE_SET_TIMEOUT)
		return 0;
	nest = nla_nest_start(msg, WEIR_A_SERVICE_TIMEOUTS | NLA_F_NESTED);
	if (!nest)
		return -EMSGSIZE;
	for (int i = 0; i < WEIR_TIMEOUTS; i++)
		if (service->set & WEIR_SERVICE_SET_TIMEOUT << i &&
		    nla_put_u32(msg, i + 1, service->timeouts[i]))
			return -EMSGSIZE;
	return nla_nest_end(msg, nest) ? -EMSGSIZE : 0;
}

int weir_codec_put_key(struct nl_msg *msg, const struct weir_service_key *key)
{
	struct nlattr *nest = nla_nest_start(msg, WEIR_A_SERVICE | NLA_F_NESTED);

	if (!nest || put_key_attrs(msg, key) || nla_nest_end(msg, nest))
		return -EMSGSIZE;
	return 0;
}

int weir_codec_put_service(struct nl_msg *msg, const struct weir_service *service)
{
	struct nlattr *nest = nla_nest_start(msg, WEIR_A_SERVICE | NLA_F_NESTED);

	if (!nest || put_key_attrs(msg, &service->key))
		return -EMSGSIZE;
	if (service->set & WEIR_SERVICE_SET_SCHEDULER &&
	    nla_put_string(msg, WEIR_A_SERVICE_SCHEDULER, service->scheduler))
		return -EMSGSIZE;
	if (service->set & WEIR_SERVICE_SET_MIDSTREAM &&
	    nla_put_u32(msg, WEIR_A_SERVICE_MIDSTREAM, service->midstream))
		return -EMSGSIZE;
	if (service->set & WEIR_SERVICE_SET_CONNTRACK &&
	    nla_put_u8(msg, WEIR_A_SERVICE_CONNTRACK, service->conntrack))
		return -EMSGSIZE;
	if (service->set & WEIR_SERVICE_SET_FAST &&
	    nla_put_u8(msg, WEIR_A_SERVICE_FAST, service->fast))
		return -EMSGSIZE;
	if (service->set & WEIR_SERVICE_SET_HOOK &&
	    nla_put_u32(msg, WEIR_A_SERVICE_HOOK, service->hook))
		return -EMSGSIZE;
	if (put_timeouts(msg, service) || nla_nest_end(msg, nest))
		return -EMSGSIZE;
	return 0;
}

int weir_codec_put_server(struct nl_msg *msg, const struct weir_server *server)
{
	const struct {
		unsigned int set;
		int type;
		uint32_t value;
	} attrs[] = {
		{ WEIR_SERVER_SET_METHOD, WEIR_A_SERVER_METHOD, server->method },
		{ WEIR_SERVER_SET_WEIGHT, WEIR_A_SERVER_WEIGHT, server->weight },
		{ WEIR_SERVER_SET_STATE, WEIR_A_SERVER_STATE, server->state },
		{ WEIR_SERVER_SET_POLICY, WEIR_A_SERVER_POLICY, server->policy },
		{ WEIR_SERVER_SET_DEADLINE, WEIR_A_SERVER_DEADLINE, server->deadline },
	};
	struct nlattr *nest = nla_nest_start(msg, WEIR_A_SERVER | NLA_F_NESTED);

	if (!nest || put_addr(msg, WEIR_A_SERVER_ADDRESS, &server->at.addr) ||
	    nla_put_u16(msg, WEIR_A_SERVER_PORT, htons(server->at.port)))
		return -EMSGSIZE;
	for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++)
		if (server->set & attrs[i].set &&
		    nla_put_u32(msg, attrs[i].type, attrs[i].value))
			return -EMSGSIZE;
	return nla_nest_end(msg, nest) ? -EMSGSIZE : 0;
}

/* Appends a nest of an address and, if there is one, a port. */
static int put_endpoint(struct nl_msg *msg, int outer, int address, int port,
			const struct weir_endpoint *endpoint)
{
	struct nlattr *nest;

	if (!endpoint->addr.family)
		return 0;
	nest = nla_nest_start(msg, outer | NLA_F_NESTED);
	if (!nest || put_addr(msg, address, &endpoint->addr))
		return -EMSGSIZE;
	if (endpoint->port && nla_put_u16(msg, port, htons(endpoint->port)))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest) ? -EMSGSIZE : 0;
}

int weir_codec_put_filter(struct nl_msg *msg, const struct weir_conn_filter *filter)
{
	if (filter->service.protocol && weir_codec_put_key(msg, &filter->service))
		return -EMSGSIZE;
	if (put_endpoint(msg, WEIR_A_SERVER, WEIR_A_SERVER_ADDRESS, WEIR_A_SERVER_PORT,
			 &filter->server) ||
	    put_endpoint(msg, WEIR_A_CONN, WEIR_A_CONN_CLIENT_ADDRESS, WEIR_A_CONN_CLIENT_PORT,
			 &filter->client))
		return -EMSGSIZE;
	return 0;
}

int weir_codec_put_namespace(struct nl_msg *msg, const struct weir_namespace *ns)
{
	struct nlattr *nest = nla_nest_start(msg, WEIR_A_NAMESPACE | NLA_F_NESTED);

	if (!nest)
		return -EMSGSIZE;
	if (ns->set & WEIR_NAMESPACE_SET_CONNS_MAX &&
	    nla_put_u32(msg, WEIR_A_NAMESPACE_CONNS_MAX, ns->conns_max))
		return -EMSGSIZE;
	if (ns->set & WEIR_NAMESPACE_SET_FAST &&
	    nla_put_u8(msg, WEIR_A_NAMESPACE_FAST, ns->fast))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest) ? -EMSGSIZE : 0;
}

static int get_endpoint(struct nlattr *addr, struct nlattr *port, struct weir_endpoint *out)
{
	int length;

	memset(out, 0, sizeof(*out));
	if (!addr || !port)
		return -EBADMSG;
	length = nla_len(addr);
	if (length != 4 && length != 16)
		return -EBADMSG;
	out->addr.family = length == 4 ? AF_INET : AF_INET6;
	memcpy(out->addr.bytes, nla_data(addr), (size_t)length);
	out->port = ntohs(nla_get_u16(port));
	return 0;
}

static uint32_t get_u32(struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

static bool get_bool(struct nlattr *attr)
{
	return attr && nla_get_u8(attr);
}

static uint64_t get_u64(struct nlattr *attr)
{
	return attr ? nla_get_u64(attr) : 0;
}

static int get_stats(struct nlattr *nest, struct weir_stats *out)
{
	struct nlattr *tb[WEIR_A_STATS_MAX + 1];

	if (!nest)
		return 0;
	if (nla_parse_nested(tb, WEIR_A_STATS_MAX, nest, stats_policy))
		return -EBADMSG;
	out->conns = get_u64(tb[WEIR_A_STATS_CONNS]);
	out->packets_in = get_u64(tb[WEIR_A_STATS_PACKETS_IN]);
	out->bytes_in = get_u64(tb[WEIR_A_STATS_BYTES_IN]);
	out->packets_out = get_u64(tb[WEIR_A_STATS_PACKETS_OUT]);
	out->bytes_out = get_u64(tb[WEIR_A_STATS_BYTES_OUT]);
	out->packets_fast = get_u64(tb[WEIR_A_STATS_PACKETS_FAST]);
	return 0;
}

static int get_timeouts(struct nlattr *nest, struct weir_service *out)
{
	struct nlattr *tb[WEIR_A_TIMEOUTS_MAX + 1];

	if (!nest)
		return 0;
	if (nla_parse_nested(tb, WEIR_A_TIMEOUTS_MAX, nest, timeouts_policy))
		return -EBADMSG;
	for (int i = 0; i < WEIR_TIMEOUTS; i++) {
		if (!tb[i + 1])
			continue;
		out->timeouts[i] = nla_get_u32(tb[i + 1]);
		out->set |= WEIR_SERVICE_SET_TIMEOUT << i;
	}
	return 0;
}

/* Takes an attribute over if it is there, and notes that it was. */
static void take_u32(struct nlattr *attr, uint32_t *out, unsigned int *set, unsigned int bit)
{
	if (!attr)
		return;
	*out = nla_get_u32(attr);
	*set |= bit;
}

static void take_bool(struct nlattr *attr, bool *out, unsigned int *set, unsigned int bit)
{
	if (!attr)
		return;
	*out = nla_get_u8(attr);
	*set |= bit;
}

static void get_options(struct nlattr **tb, struct weir_service *out)
{
	uint32_t midstream = 0, hook = 0;

	if (tb[WEIR_A_SERVICE_SCHEDULER]) {
		nla_strlcpy(out->scheduler, tb[WEIR_A_SERVICE_SCHEDULER],
			    sizeof(out->scheduler));
		out->set |= WEIR_SERVICE_SET_SCHEDULER;
	}
	take_u32(tb[WEIR_A_SERVICE_MIDSTREAM], &midstream, &out->set,
		 WEIR_SERVICE_SET_MIDSTREAM);
	take_bool(tb[WEIR_A_SERVICE_CONNTRACK], &out->conntrack, &out->set,
		  WEIR_SERVICE_SET_CONNTRACK);
	take_bool(tb[WEIR_A_SERVICE_FAST], &out->fast, &out->set, WEIR_SERVICE_SET_FAST);
	take_u32(tb[WEIR_A_SERVICE_HOOK], &hook, &out->set, WEIR_SERVICE_SET_HOOK);
	out->midstream = midstream;
	out->hook = hook;
}

static int get_service(struct nlattr *nest, struct weir_service *out)
{
	struct nlattr *tb[WEIR_A_SERVICE_MAX + 1];

	if (nla_parse_nested(tb, WEIR_A_SERVICE_MAX, nest, service_policy) ||
	    !tb[WEIR_A_SERVICE_PROTOCOL] ||
	    get_endpoint(tb[WEIR_A_SERVICE_ADDRESS], tb[WEIR_A_SERVICE_PORT], &out->key.at))
		return -EBADMSG;
	out->key.protocol = nla_get_u8(tb[WEIR_A_SERVICE_PROTOCOL]);
	get_options(tb, out);
	out->servers = get_u32(tb[WEIR_A_SERVICE_SERVERS]);
	out->active = get_u32(tb[WEIR_A_SERVICE_ACTIVE]);
	out->inactive = get_u32(tb[WEIR_A_SERVICE_INACTIVE]);
	if (get_timeouts(tb[WEIR_A_SERVICE_TIMEOUTS], out))
		return -EBADMSG;
	return get_stats(tb[WEIR_A_SERVICE_STATS], &out->stats);
}

static int get_server(struct nlattr *nest, struct weir_server *out)
{
	struct nlattr *tb[WEIR_A_SERVER_MAX + 1];
	uint32_t method = 0, state = 0, policy = 0;

	if (nla_parse_nested(tb, WEIR_A_SERVER_MAX, nest, server_policy) ||
	    get_endpoint(tb[WEIR_A_SERVER_ADDRESS], tb[WEIR_A_SERVER_PORT], &out->at))
		return -EBADMSG;
	take_u32(tb[WEIR_A_SERVER_METHOD], &method, &out->set, WEIR_SERVER_SET_METHOD);
	take_u32(tb[WEIR_A_SERVER_WEIGHT], &out->weight, &out->set, WEIR_SERVER_SET_WEIGHT);
	take_u32(tb[WEIR_A_SERVER_STATE], &state, &out->set, WEIR_SERVER_SET_STATE);
	take_u32(tb[WEIR_A_SERVER_POLICY], &policy, &out->set, WEIR_SERVER_SET_POLICY);
	take_u32(tb[WEIR_A_SERVER_DEADLINE], &out->deadline, &out->set,
		 WEIR_SERVER_SET_DEADLINE);
	out->method = method;
	out->state = state;
	out->policy = policy;
	out->active = get_u32(tb[WEIR_A_SERVER_ACTIVE]);
	out->inactive = get_u32(tb[WEIR_A_SERVER_INACTIVE]);
	return get_stats(tb[WEIR_A_SERVER_STATS], &out->stats);
}

static int get_conn(struct nlattr *nest, struct weir_conn *out)
{
	struct nlattr *tb[WEIR_A_CONN_MAX + 1];

	if (nla_parse_nested(tb, WEIR_A_CONN_MAX, nest, conn_policy) ||
	    get_endpoint(tb[WEIR_A_CONN_CLIENT_ADDRESS], tb[WEIR_A_CONN_CLIENT_PORT],
			 &out->client))
		return -EBADMSG;
	out->state = get_u32(tb[WEIR_A_CONN_STATE]);
	out->expires = get_u32(tb[WEIR_A_CONN_EXPIRES]);
	out->fast_request = get_bool(tb[WEIR_A_CONN_FAST_REQUEST]);
	out->fast_reply = get_bool(tb[WEIR_A_CONN_FAST_REPLY]);
	return 0;
}

static int get_drop(struct nlattr *nest, struct weir_drop *out)
{
	struct nlattr *tb[WEIR_A_DROP_MAX + 1];

	if (nla_parse_nested(tb, WEIR_A_DROP_MAX, nest, drop_policy) || !tb[WEIR_A_DROP_NAME])
		return -EBADMSG;
	out->reason = get_u32(tb[WEIR_A_DROP_REASON]);
	nla_strlcpy(out->name, tb[WEIR_A_DROP_NAME], sizeof(out->name));
	out->packets = get_u64(tb[WEIR_A_DROP_PACKETS]);
	return 0;
}

static int get_namespace(struct nlattr *nest, struct weir_namespace *out)
{
	struct nlattr *tb[WEIR_A_NAMESPACE_MAX + 1];

	if (nla_parse_nested(tb, WEIR_A_NAMESPACE_MAX, nest, namespace_policy))
		return -EBADMSG;
	take_u32(tb[WEIR_A_NAMESPACE_CONNS_MAX], &out->conns_max, &out->set,
		 WEIR_NAMESPACE_SET_CONNS_MAX);
	take_bool(tb[WEIR_A_NAMESPACE_FAST], &out->fast, &out->set, WEIR_NAMESPACE_SET_FAST);
	out->conns = get_u32(tb[WEIR_A_NAMESPACE_CONNS]);
	out->services = get_u32(tb[WEIR_A_NAMESPACE_SERVICES]);
	return get_stats(tb[WEIR_A_NAMESPACE_STATS], &out->stats);
}

static int get_objects(struct nlattr **tb, struct weir_message *out)
{
	if (tb[WEIR_A_SERVICE] && get_service(tb[WEIR_A_SERVICE], &out->service))
		return -EBADMSG;
	if (tb[WEIR_A_SERVER] && get_server(tb[WEIR_A_SERVER], &out->server))
		return -EBADMSG;
	if (tb[WEIR_A_CONN] && get_conn(tb[WEIR_A_CONN], &out->conn))
		return -EBADMSG;
	if (tb[WEIR_A_DROP] && get_drop(tb[WEIR_A_DROP], &out->drop))
		return -EBADMSG;
	if (tb[WEIR_A_NAMESPACE] && get_namespace(tb[WEIR_A_NAMESPACE], &out->ns))
		return -EBADMSG;
	out->change = get_u32(tb[WEIR_A_CHANGE]);
	out->killed = get_u32(tb[WEIR_A_KILLED]);
	out->server.service = out->service.key;
	out->conn.service = out->service.key;
	out->conn.server = out->server.at;
	out->conn.method = out->server.method;
	return 0;
}

int weir_codec_decode(struct nlmsghdr *header, struct weir_message *out)
{
	struct nlattr *tb[WEIR_A_MAX + 1];
	struct genlmsghdr *genl;

	memset(out, 0, sizeof(*out));
	if (!genlmsg_valid_hdr(header, 0))
		return -EBADMSG;
	genl = genlmsg_hdr(header);
	out->command = genl->cmd;
	if (nla_parse(tb, WEIR_A_MAX, genlmsg_attrdata(genl, 0), genlmsg_attrlen(genl, 0),
		      message_policy))
		return -EBADMSG;
	for (int i = 0; i < WEIR_A_MAX; i++)
		if (tb[i + 1])
			out->has |= 1U << i;
	return get_objects(tb, out);
}
