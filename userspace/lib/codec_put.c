// SPDX-License-Identifier: GPL-2.0-only
/* Plain structs to netlink attributes; codec.c has the way back. */
#include "codec.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>

static int put_addr(struct nl_msg *msg, int type, const struct weir_addr *addr)
{
	return nla_put(msg, type, addr->family == AF_INET6 ? 16 : 4, addr->bytes);
}

static int put_mark(struct nl_msg *msg, const struct weir_service_key *key)
{
	if (nla_put_u32(msg, WEIR_A_SERVICE_FWMARK, key->fwmark) ||
	    nla_put_u8(msg, WEIR_A_SERVICE_FAMILY, (uint8_t)key->at.addr.family))
		return -EMSGSIZE;
	return 0;
}

static int put_key_attrs(struct nl_msg *msg, const struct weir_service_key *key)
{
	if (key->fwmark)
		return put_mark(msg, key);
	if (nla_put_u8(msg, WEIR_A_SERVICE_PROTOCOL, key->protocol) ||
	    put_addr(msg, WEIR_A_SERVICE_ADDRESS, &key->at.addr) ||
	    nla_put_u16(msg, WEIR_A_SERVICE_PORT, htons(key->at.port)))
		return -EMSGSIZE;
	return 0;
}

static int put_timeouts(struct nl_msg *msg, const struct weir_service *service)
{
	struct nlattr *nest;

	if (!(service->set & WEIR_SERVICE_SET_TIMEOUTS))
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

static int put_local_addresses(struct nl_msg *msg, const struct weir_service *service)
{
	struct nlattr *nest;

	if (!(service->set & WEIR_SERVICE_SET_LOCAL_ADDRESSES))
		return 0;
	nest = nla_nest_start(msg, WEIR_A_SERVICE_LOCAL_ADDRESSES | NLA_F_NESTED);
	if (!nest || service->local_count > WEIR_LOCAL_ADDRESSES_MAX)
		return -EMSGSIZE;
	for (uint32_t i = 0; i < service->local_count; i++)
		if (put_addr(msg, WEIR_A_LOCAL_ADDRESSES_ADDRESS, &service->local_addresses[i]))
			return -EMSGSIZE;
	/* An empty nest is not left out: it says that there shall be none. */
	return nla_nest_end_keep_empty(msg, nest) ? -EMSGSIZE : 0;
}

int weir_codec_put_key(struct nl_msg *msg, const struct weir_service_key *key)
{
	struct nlattr *nest = nla_nest_start(msg, WEIR_A_SERVICE | NLA_F_NESTED);

	if (!nest || put_key_attrs(msg, key) || nla_nest_end(msg, nest))
		return -EMSGSIZE;
	return 0;
}

/* How the scheduler is to hash, and what it gives if it has nobody. */
static int put_picking(struct nl_msg *msg, const struct weir_service *service)
{
	if (service->set & WEIR_SERVICE_SET_FALLBACK &&
	    nla_put_u8(msg, WEIR_A_SERVICE_FALLBACK, service->fallback))
		return -EMSGSIZE;
	if (service->set & WEIR_SERVICE_SET_HASH_PORT &&
	    nla_put_u8(msg, WEIR_A_SERVICE_HASH_PORT, service->hash_port))
		return -EMSGSIZE;
	if (service->set & WEIR_SERVICE_SET_HASH_KEY &&
	    nla_put(msg, WEIR_A_SERVICE_HASH_KEY,
		    service->has_hash_key ? WEIR_HASH_KEY_SIZE : 0, service->hash_key))
		return -EMSGSIZE;
	if (service->set & WEIR_SERVICE_SET_NO_SERVER &&
	    nla_put_u32(msg, WEIR_A_SERVICE_NO_SERVER, service->no_server))
		return -EMSGSIZE;
	return 0;
}

size_t weir_codec_service_room(const struct weir_service *service)
{
	size_t count = service->set & WEIR_SERVICE_SET_LOCAL_ADDRESSES ? service->local_count : 0;

	if (count > WEIR_LOCAL_ADDRESSES_MAX)
		count = 0;
	return WEIR_REQUEST_SIZE + count * nla_total_size(sizeof(struct in6_addr));
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
	if (service->set & WEIR_SERVICE_SET_HALF_OPEN_MAX &&
	    nla_put_u32(msg, WEIR_A_SERVICE_HALF_OPEN_MAX, service->half_open_max))
		return -EMSGSIZE;
	if (service->set & WEIR_SERVICE_SET_HELPER &&
	    nla_put_u32(msg, WEIR_A_SERVICE_HELPER, service->helper))
		return -EMSGSIZE;
	if (service->set & WEIR_SERVICE_SET_ONE_PACKET &&
	    nla_put_u8(msg, WEIR_A_SERVICE_ONE_PACKET, service->one_packet))
		return -EMSGSIZE;
	if (service->set & WEIR_SERVICE_SET_ICMP_SCHEDULE &&
	    nla_put_u8(msg, WEIR_A_SERVICE_ICMP_SCHEDULE, service->icmp_schedule))
		return -EMSGSIZE;
	if (put_picking(msg, service) || put_timeouts(msg, service) ||
	    put_local_addresses(msg, service) ||
	    weir_codec_put_affinity(msg, &service->affinity) || nla_nest_end(msg, nest))
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
		{ WEIR_SERVER_SET_CONNS_MAX, WEIR_A_SERVER_CONNS_MAX, server->conns_max },
		{ WEIR_SERVER_SET_CONNS_RESUME, WEIR_A_SERVER_CONNS_RESUME,
		  server->conns_resume },
		{ WEIR_SERVER_SET_TUNNEL, WEIR_A_SERVER_TUNNEL, server->tunnel },
		{ WEIR_SERVER_SET_TUNNEL_CHECKSUM, WEIR_A_SERVER_TUNNEL_CHECKSUM,
		  server->tunnel_checksum },
	};
	struct nlattr *nest = nla_nest_start(msg, WEIR_A_SERVER | NLA_F_NESTED);

	if (!nest || put_addr(msg, WEIR_A_SERVER_ADDRESS, &server->at.addr) ||
	    nla_put_u16(msg, WEIR_A_SERVER_PORT, htons(server->at.port)))
		return -EMSGSIZE;
	for (size_t i = 0; i < sizeof(attrs) / sizeof(attrs[0]); i++)
		if (server->set & attrs[i].set &&
		    nla_put_u32(msg, attrs[i].type, attrs[i].value))
			return -EMSGSIZE;
	if (server->set & WEIR_SERVER_SET_TUNNEL_PORT &&
	    nla_put_u16(msg, WEIR_A_SERVER_TUNNEL_PORT, htons(server->tunnel_port)))
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
	if ((filter->service.protocol || filter->service.fwmark) &&
	    weir_codec_put_key(msg, &filter->service))
		return -EMSGSIZE;
	if (put_endpoint(msg, WEIR_A_SERVER, WEIR_A_SERVER_ADDRESS, WEIR_A_SERVER_PORT,
			 &filter->server) ||
	    put_endpoint(msg, WEIR_A_CONN, WEIR_A_CONN_CLIENT_ADDRESS, WEIR_A_CONN_CLIENT_PORT,
			 &filter->client))
		return -EMSGSIZE;
	return 0;
}

int weir_codec_put_affinity_filter(struct nl_msg *msg,
				   const struct weir_affinity_filter *filter)
{
	const struct weir_endpoint client = { .addr = filter->client };

	if (filter->service.protocol && weir_codec_put_key(msg, &filter->service))
		return -EMSGSIZE;
	if (put_endpoint(msg, WEIR_A_SERVER, WEIR_A_SERVER_ADDRESS, WEIR_A_SERVER_PORT,
			 &filter->server) ||
	    put_endpoint(msg, WEIR_A_AFFINITY_ENTRY, WEIR_A_AFFINITY_ENTRY_CLIENT_ADDRESS, 0,
			 &client))
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
	if (ns->set & WEIR_NAMESPACE_SET_AFFINITY_MAX &&
	    nla_put_u32(msg, WEIR_A_NAMESPACE_AFFINITY_MAX, ns->affinity_max))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest) ? -EMSGSIZE : 0;
}
