// SPDX-License-Identifier: GPL-2.0-only
/*
 * IPVS's words to Weir's, and back. Pure: no lock is taken, nothing is changed.
 */
#include <linux/inetdevice.h>

#include "../sched.h"
#include "../server.h"
#include "ipvs.h"

/**
 * ipvs_endpoint_of - an address and port as Weir has them
 * @af: AF_INET or AF_INET6
 * @addr: network order
 * @port: network order
 *
 * Return: the endpoint.
 */
struct weir_endpoint ipvs_endpoint_of(u16 af, const union nf_inet_addr *addr, __be16 port)
{
	struct weir_endpoint endpoint = { .port = port, .family = af };

	if (af == AF_INET6)
		endpoint.addr.in6 = addr->in6;
	else
		endpoint.addr.ip = addr->ip;
	return endpoint;
}

/**
 * ipvs_key_of - the key of a service
 * @svc: the service in IPVS's words
 *
 * Return: its key.
 */
struct weir_service_key ipvs_key_of(const struct ipvs_svc *svc)
{
	if (svc->is_fwmark)
		return (struct weir_service_key){
			.vip.family = svc->af,
			.fwmark = svc->fwmark,
		};
	return (struct weir_service_key){
		.vip = ipvs_endpoint_of(svc->af, &svc->addr, svc->port),
		.protocol = svc->protocol,
	};
}

/* A mask as @af has it: IPv4 the bits themselves, IPv6 their number. */
static __be32 netmask_of(u16 af, u8 length)
{
	return af == AF_INET6 ? (__force __be32)(u32)length : inet_make_mask(length);
}

/**
 * ipvs_prefix_of - how many leading bits of a client's address count
 * @svc: the service in IPVS's words
 *
 * Return: 1 to 128, 0 to 32, or -EINVAL for a mask that is none.
 */
int ipvs_prefix_of(const struct ipvs_svc *svc)
{
	u32 length = (__force u32)svc->netmask;

	if (svc->af == AF_INET6)
		return length >= 1 && length <= 128 ? length : -EINVAL;
	if (inet_make_mask(inet_mask_len(svc->netmask)) != svc->netmask)
		return -EINVAL;
	return inet_mask_len(svc->netmask);
}

/**
 * ipvs_scheduler_has_flags - whether flags of a service say how it picks
 * @scheduler: the service's
 *
 * Return: true of sh and mh; others have no use for them.
 */
bool ipvs_scheduler_has_flags(const struct weir_scheduler *scheduler)
{
	return !strcmp(scheduler->name, "sh") || !strcmp(scheduler->name, "mh");
}

static u32 scheduler_flags_of(const struct weir_service *service)
{
	u32 flags = 0;

	if (!ipvs_scheduler_has_flags(service->scheduler))
		return 0;
	if (service->sched.fallback)
		flags |= IP_VS_SVC_F_SCHED_SH_FALLBACK;
	if (service->sched.hash_port)
		flags |= IP_VS_SVC_F_SCHED_SH_PORT;
	return flags;
}

/**
 * ipvs_svc_of - a service in IPVS's words
 * @service: the service; its namespace's mutex is held
 * @svc: filled in
 */
void ipvs_svc_of(const struct weir_service *service, struct ipvs_svc *svc)
{
	const struct weir_affinity_options *affinity = &service->affinity_options;
	const struct weir_service_key *key = &service->key;

	*svc = (struct ipvs_svc){
		.af = key->vip.family,
		.protocol = key->fwmark ? IPPROTO_TCP : key->protocol,
		.is_fwmark = key->fwmark,
		.port = key->vip.port,
		.addr = key->vip.addr,
		.fwmark = key->fwmark,
		.flags = IP_VS_SVC_F_HASHED | scheduler_flags_of(service),
		.timeout = affinity->timeout,
		.netmask = netmask_of(key->vip.family, affinity->prefix),
	};
	if (affinity->timeout)
		svc->flags |= IP_VS_SVC_F_PERSISTENT;
	if (affinity->by == WEIR_AFFINITY_BY_CALL_ID)
		strscpy(svc->engine, "sip", sizeof(svc->engine));
	if (service->one_packet)
		svc->flags |= IP_VS_SVC_F_ONEPACKET;
	strscpy(svc->scheduler, service->scheduler->name, sizeof(svc->scheduler));
}

static u16 tunnel_flags_of(u8 checksum)
{
	switch ((enum weir_tunnel_checksum)checksum) {
	case WEIR_TUNNEL_CHECKSUM_ON:
		return IP_VS_TUNNEL_ENCAP_FLAG_CSUM;
	case WEIR_TUNNEL_CHECKSUM_REMOTE:
		return IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM;
	case WEIR_TUNNEL_CHECKSUM_OFF:
		break;
	}
	return IP_VS_TUNNEL_ENCAP_FLAG_NOCSUM;
}

static_assert((int)WEIR_TUNNEL_IPIP == IP_VS_CONN_F_TUNNEL_TYPE_IPIP &&
	      (int)WEIR_TUNNEL_GUE == IP_VS_CONN_F_TUNNEL_TYPE_GUE &&
	      (int)WEIR_TUNNEL_GRE == IP_VS_CONN_F_TUNNEL_TYPE_GRE,
	      "tunnels have one number here and there");

/**
 * ipvs_method_of - a method in IPVS's words
 * @method: &enum weir_method
 *
 * Return: the nearest of IP_VS_CONN_F_FWD_MASK: fullnat is masquerading.
 */
u32 ipvs_method_of(u8 method)
{
	switch ((enum weir_method)method) {
	case WEIR_METHOD_DIRECT:
		return IP_VS_CONN_F_DROUTE;
	case WEIR_METHOD_TUNNEL:
		return IP_VS_CONN_F_TUNNEL;
	case WEIR_METHOD_LOCAL:
		return IP_VS_CONN_F_LOCALNODE;
	case WEIR_METHOD_NAT:
	case WEIR_METHOD_FULLNAT:
		break;
	}
	return IP_VS_CONN_F_MASQ;
}

/**
 * ipvs_dest_of - a server in IPVS's words
 * @server: the server; under the mutex or RCU
 * @dest: filled in; what IPVS has no word for is its nearest
 */
void ipvs_dest_of(const struct weir_server *server, struct ipvs_dest *dest)
{
	struct weir_encap encap = READ_ONCE(server->encap);

	*dest = (struct ipvs_dest){
		.af = server->endpoint.family,
		.port = server->endpoint.port,
		.addr = server->endpoint.addr,
		.method = ipvs_method_of(READ_ONCE(server->method)),
		.weight = weir_server_is_up(server) ? READ_ONCE(server->weight) : 0,
		.upper = server->conns_max,
		.lower = server->conns_resume,
		.active = atomic_read(&server->load.active),
		.inactive = atomic_read(&server->load.inactive),
		.persistent = READ_ONCE(server->clients_count),
	};
	/* To ip_vs no UDP flow is active. */
	if (server->service->key.protocol == IPPROTO_UDP) {
		dest->inactive += dest->active;
		dest->active = 0;
	}
	if (dest->method != IP_VS_CONN_F_TUNNEL)
		return;
	dest->tun_type = encap.tunnel;
	if (encap.tunnel == WEIR_TUNNEL_GUE)
		dest->tun_port = encap.port;
	dest->tun_flags = tunnel_flags_of(encap.checksum);
}
