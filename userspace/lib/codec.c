// SPDX-License-Identifier: GPL-2.0-only
/* Netlink attributes to plain structs; codec_put.c has the way there. */
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
#define HASH_KEY { .type = NLA_UNSPEC, .maxlen = WEIR_HASH_KEY_SIZE }
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
	[WEIR_A_AFFINITY_ENTRY] = NEST,
	[WEIR_A_REMOVED] = U32,
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
	[WEIR_A_SERVICE_FWMARK] = U32,
	[WEIR_A_SERVICE_FAMILY] = U8,
	[WEIR_A_SERVICE_ONE_PACKET] = U8,
	[WEIR_A_SERVICE_ICMP_SCHEDULE] = U8,
	[WEIR_A_SERVICE_AFFINITY] = NEST,
	[WEIR_A_SERVICE_FALLBACK] = U8,
	[WEIR_A_SERVICE_HASH_PORT] = U8,
	[WEIR_A_SERVICE_HASH_KEY] = HASH_KEY,
	[WEIR_A_SERVICE_NO_SERVER] = U32,
	[WEIR_A_SERVICE_HELPER] = U32,
	[WEIR_A_SERVICE_LOCAL_ADDRESSES] = NEST,
	[WEIR_A_SERVICE_HALF_OPEN_MAX] = U32,
	[WEIR_A_SERVICE_HALF_OPEN] = U32,
};

static struct nla_policy affinity_entry_policy[WEIR_A_AFFINITY_ENTRY_MAX + 1] = {
	[WEIR_A_AFFINITY_ENTRY_CLIENT_ADDRESS] = ADDRESS,
	[WEIR_A_AFFINITY_ENTRY_MASK] = U8,
	[WEIR_A_AFFINITY_ENTRY_CALL_ID] = TEXT(WEIR_CALL_ID_MAX + 1),
	[WEIR_A_AFFINITY_ENTRY_EXPIRES] = U32,
};

static struct nla_policy timeouts_policy[WEIR_A_TIMEOUTS_MAX + 1] = {
	[WEIR_A_TIMEOUTS_TCP_SYN] = U32,
	[WEIR_A_TIMEOUTS_TCP_ESTABLISHED] = U32,
	[WEIR_A_TIMEOUTS_TCP_FIN] = U32,
	[WEIR_A_TIMEOUTS_TCP_CLOSED] = U32,
	[WEIR_A_TIMEOUTS_UDP] = U32,
	[WEIR_A_TIMEOUTS_SCTP_INIT] = U32,
	[WEIR_A_TIMEOUTS_SCTP_ESTABLISHED] = U32,
	[WEIR_A_TIMEOUTS_SCTP_SHUTDOWN] = U32,
	[WEIR_A_TIMEOUTS_SCTP_CLOSED] = U32,
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
	[WEIR_A_SERVER_CONNS_MAX] = U32,
	[WEIR_A_SERVER_CONNS_RESUME] = U32,
	[WEIR_A_SERVER_FULL] = U8,
	[WEIR_A_SERVER_TUNNEL] = U32,
	[WEIR_A_SERVER_TUNNEL_PORT] = PORT,
	[WEIR_A_SERVER_TUNNEL_CHECKSUM] = U32,
	[WEIR_A_SERVER_PORTS_USED] = U32,
	[WEIR_A_SERVER_PORTS_MAX] = U32,
};

static struct nla_policy conn_policy[WEIR_A_CONN_MAX + 1] = {
	[WEIR_A_CONN_CLIENT_ADDRESS] = ADDRESS,
	[WEIR_A_CONN_CLIENT_PORT] = PORT,
	[WEIR_A_CONN_STATE] = U32,
	[WEIR_A_CONN_EXPIRES] = U32,
	[WEIR_A_CONN_FAST_REQUEST] = U8,
	[WEIR_A_CONN_FAST_REPLY] = U8,
	[WEIR_A_CONN_PROTOCOL] = U8,
	[WEIR_A_CONN_VIP_ADDRESS] = ADDRESS,
	[WEIR_A_CONN_VIP_PORT] = PORT,
	[WEIR_A_CONN_SCTP_STATE] = U32,
	[WEIR_A_CONN_LOCAL_ADDRESS] = ADDRESS,
	[WEIR_A_CONN_LOCAL_PORT] = PORT,
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
	[WEIR_A_NAMESPACE_AFFINITY_MAX] = U32,
	[WEIR_A_NAMESPACE_AFFINITY] = U32,
};

static struct nla_policy stats_policy[WEIR_A_STATS_MAX + 1] = {
	[WEIR_A_STATS_CONNS] = U64,
	[WEIR_A_STATS_PACKETS_IN] = U64,
	[WEIR_A_STATS_BYTES_IN] = U64,
	[WEIR_A_STATS_PACKETS_OUT] = U64,
	[WEIR_A_STATS_BYTES_OUT] = U64,
	[WEIR_A_STATS_PACKETS_FAST] = U64,
	[WEIR_A_STATS_SHED] = U64,
};

_Static_assert((int)WEIR_TIMEOUTS == (int)WEIR_A_TIMEOUTS_MAX &&
	       (int)WEIR_TIMEOUT_UDP + 1 == (int)WEIR_A_TIMEOUTS_UDP &&
	       (int)WEIR_TIMEOUT_TCP_CLOSED + 1 == (int)WEIR_A_TIMEOUTS_TCP_CLOSED &&
	       (int)WEIR_TIMEOUT_SCTP_CLOSED + 1 == (int)WEIR_A_TIMEOUTS_SCTP_CLOSED,
	       "enum weir_timeout follows the attributes");

static int get_addr(struct nlattr *attr, struct weir_addr *out)
{
	int length;

	memset(out, 0, sizeof(*out));
	if (!attr)
		return -EBADMSG;
	length = nla_len(attr);
	if (length != 4 && length != 16)
		return -EBADMSG;
	out->family = length == 4 ? AF_INET : AF_INET6;
	memcpy(out->bytes, nla_data(attr), (size_t)length);
	return 0;
}

static int get_endpoint(struct nlattr *addr, struct nlattr *port, struct weir_endpoint *out)
{
	memset(out, 0, sizeof(*out));
	if (!port || get_addr(addr, &out->addr))
		return -EBADMSG;
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
	out->shed = get_u64(tb[WEIR_A_STATS_SHED]);
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

static int get_local_addresses(struct nlattr *nest, struct weir_service *out)
{
	struct nlattr *attr;
	int rest;

	if (!nest)
		return 0;
	nla_for_each_nested(attr, nest, rest) {
		if (nla_type(attr) != WEIR_A_LOCAL_ADDRESSES_ADDRESS)
			continue;
		if (out->local_count == WEIR_LOCAL_ADDRESSES_MAX ||
		    get_addr(attr, &out->local_addresses[out->local_count]))
			return -EBADMSG;
		out->local_count++;
	}
	out->set |= WEIR_SERVICE_SET_LOCAL_ADDRESSES;
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

static void get_picking(struct nlattr **tb, struct weir_service *out)
{
	struct nlattr *key = tb[WEIR_A_SERVICE_HASH_KEY];
	uint32_t no_server = 0;

	take_bool(tb[WEIR_A_SERVICE_FALLBACK], &out->fallback, &out->set,
		  WEIR_SERVICE_SET_FALLBACK);
	take_bool(tb[WEIR_A_SERVICE_HASH_PORT], &out->hash_port, &out->set,
		  WEIR_SERVICE_SET_HASH_PORT);
	take_u32(tb[WEIR_A_SERVICE_NO_SERVER], &no_server, &out->set,
		 WEIR_SERVICE_SET_NO_SERVER);
	out->no_server = no_server;
	if (!key)
		return;
	out->has_hash_key = nla_len(key) == WEIR_HASH_KEY_SIZE;
	if (out->has_hash_key)
		memcpy(out->hash_key, nla_data(key), WEIR_HASH_KEY_SIZE);
	out->set |= WEIR_SERVICE_SET_HASH_KEY;
}

static void get_options(struct nlattr **tb, struct weir_service *out)
{
	uint32_t midstream = 0, hook = 0, helper = 0;

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
	take_bool(tb[WEIR_A_SERVICE_ONE_PACKET], &out->one_packet, &out->set,
		  WEIR_SERVICE_SET_ONE_PACKET);
	take_bool(tb[WEIR_A_SERVICE_ICMP_SCHEDULE], &out->icmp_schedule, &out->set,
		  WEIR_SERVICE_SET_ICMP_SCHEDULE);
	get_picking(tb, out);
	take_u32(tb[WEIR_A_SERVICE_HALF_OPEN_MAX], &out->half_open_max, &out->set,
		 WEIR_SERVICE_SET_HALF_OPEN_MAX);
	out->midstream = midstream;
	out->hook = hook;
	take_u32(tb[WEIR_A_SERVICE_HELPER], &helper, &out->set, WEIR_SERVICE_SET_HELPER);
	out->helper = helper;
}

static int get_key(struct nlattr **tb, struct weir_service_key *out)
{
	memset(out, 0, sizeof(*out));
	if (tb[WEIR_A_SERVICE_FWMARK]) {
		out->fwmark = nla_get_u32(tb[WEIR_A_SERVICE_FWMARK]);
		if (!tb[WEIR_A_SERVICE_FAMILY])
			return -EBADMSG;
		out->at.addr.family = nla_get_u8(tb[WEIR_A_SERVICE_FAMILY]);
		return 0;
	}
	if (!tb[WEIR_A_SERVICE_PROTOCOL])
		return -EBADMSG;
	out->protocol = nla_get_u8(tb[WEIR_A_SERVICE_PROTOCOL]);
	return get_endpoint(tb[WEIR_A_SERVICE_ADDRESS], tb[WEIR_A_SERVICE_PORT], &out->at);
}

static int get_service(struct nlattr *nest, struct weir_service *out)
{
	struct nlattr *tb[WEIR_A_SERVICE_MAX + 1];

	if (nla_parse_nested(tb, WEIR_A_SERVICE_MAX, nest, service_policy) ||
	    get_key(tb, &out->key))
		return -EBADMSG;
	get_options(tb, out);
	out->servers = get_u32(tb[WEIR_A_SERVICE_SERVERS]);
	out->active = get_u32(tb[WEIR_A_SERVICE_ACTIVE]);
	out->inactive = get_u32(tb[WEIR_A_SERVICE_INACTIVE]);
	out->half_open = get_u32(tb[WEIR_A_SERVICE_HALF_OPEN]);
	if (get_timeouts(tb[WEIR_A_SERVICE_TIMEOUTS], out) ||
	    weir_codec_get_affinity(tb[WEIR_A_SERVICE_AFFINITY], &out->affinity) ||
	    get_local_addresses(tb[WEIR_A_SERVICE_LOCAL_ADDRESSES], out))
		return -EBADMSG;
	return get_stats(tb[WEIR_A_SERVICE_STATS], &out->stats);
}

static void get_tunnel(struct nlattr **tb, struct weir_server *out)
{
	uint32_t tunnel = 0, checksum = 0;

	take_u32(tb[WEIR_A_SERVER_TUNNEL], &tunnel, &out->set, WEIR_SERVER_SET_TUNNEL);
	take_u32(tb[WEIR_A_SERVER_TUNNEL_CHECKSUM], &checksum, &out->set,
		 WEIR_SERVER_SET_TUNNEL_CHECKSUM);
	out->tunnel = tunnel;
	out->tunnel_checksum = checksum;
	if (!tb[WEIR_A_SERVER_TUNNEL_PORT])
		return;
	out->tunnel_port = ntohs(nla_get_u16(tb[WEIR_A_SERVER_TUNNEL_PORT]));
	out->set |= WEIR_SERVER_SET_TUNNEL_PORT;
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
	take_u32(tb[WEIR_A_SERVER_CONNS_MAX], &out->conns_max, &out->set,
		 WEIR_SERVER_SET_CONNS_MAX);
	take_u32(tb[WEIR_A_SERVER_CONNS_RESUME], &out->conns_resume, &out->set,
		 WEIR_SERVER_SET_CONNS_RESUME);
	out->full = get_bool(tb[WEIR_A_SERVER_FULL]);
	out->method = method;
	out->state = state;
	out->policy = policy;
	get_tunnel(tb, out);
	out->active = get_u32(tb[WEIR_A_SERVER_ACTIVE]);
	out->inactive = get_u32(tb[WEIR_A_SERVER_INACTIVE]);
	out->ports_used = get_u32(tb[WEIR_A_SERVER_PORTS_USED]);
	out->ports_max = get_u32(tb[WEIR_A_SERVER_PORTS_MAX]);
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
	if (tb[WEIR_A_CONN_PROTOCOL])
		out->protocol = nla_get_u8(tb[WEIR_A_CONN_PROTOCOL]);
	out->sctp_state = get_u32(tb[WEIR_A_CONN_SCTP_STATE]);
	if (tb[WEIR_A_CONN_VIP_ADDRESS] &&
	    get_endpoint(tb[WEIR_A_CONN_VIP_ADDRESS], tb[WEIR_A_CONN_VIP_PORT], &out->vip))
		return -EBADMSG;
	if (tb[WEIR_A_CONN_LOCAL_ADDRESS])
		return get_endpoint(tb[WEIR_A_CONN_LOCAL_ADDRESS], tb[WEIR_A_CONN_LOCAL_PORT],
				    &out->local);
	return 0;
}

static int get_affinity_entry(struct nlattr *nest, struct weir_affinity_entry *out)
{
	struct nlattr *tb[WEIR_A_AFFINITY_ENTRY_MAX + 1];

	if (nla_parse_nested(tb, WEIR_A_AFFINITY_ENTRY_MAX, nest, affinity_entry_policy) ||
	    get_addr(tb[WEIR_A_AFFINITY_ENTRY_CLIENT_ADDRESS], &out->client))
		return -EBADMSG;
	if (tb[WEIR_A_AFFINITY_ENTRY_MASK])
		out->mask = nla_get_u8(tb[WEIR_A_AFFINITY_ENTRY_MASK]);
	if (tb[WEIR_A_AFFINITY_ENTRY_CALL_ID])
		nla_strlcpy(out->call_id, tb[WEIR_A_AFFINITY_ENTRY_CALL_ID],
			    sizeof(out->call_id));
	out->expires = get_u32(tb[WEIR_A_AFFINITY_ENTRY_EXPIRES]);
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
	take_u32(tb[WEIR_A_NAMESPACE_AFFINITY_MAX], &out->affinity_max, &out->set,
		 WEIR_NAMESPACE_SET_AFFINITY_MAX);
	out->affinity = get_u32(tb[WEIR_A_NAMESPACE_AFFINITY]);
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
	if (tb[WEIR_A_AFFINITY_ENTRY] &&
	    get_affinity_entry(tb[WEIR_A_AFFINITY_ENTRY], &out->affinity_entry))
		return -EBADMSG;
	out->change = get_u32(tb[WEIR_A_CHANGE]);
	out->killed = get_u32(tb[WEIR_A_KILLED]);
	out->removed = get_u32(tb[WEIR_A_REMOVED]);
	out->server.service = out->service.key;
	out->conn.service = out->service.key;
	out->conn.server = out->server.at;
	out->conn.method = out->server.method;
	out->affinity_entry.service = out->service.key;
	out->affinity_entry.server = out->server.at;
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
