// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	tools/netlink/weir.yaml */
/* To regenerate run: tools/netlink/gen */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/weir.h>

/* Integer value ranges */
static struct netlink_range_validation weir_a_timeouts_tcp_syn_range = {
	.min	= WEIR_TIMEOUT_MIN_MS,
	.max	= WEIR_TIMEOUT_MAX_MS,
};

static struct netlink_range_validation weir_a_timeouts_tcp_established_range = {
	.min	= WEIR_TIMEOUT_MIN_MS,
	.max	= WEIR_TIMEOUT_MAX_MS,
};

static struct netlink_range_validation weir_a_timeouts_tcp_fin_range = {
	.min	= WEIR_TIMEOUT_MIN_MS,
	.max	= WEIR_TIMEOUT_MAX_MS,
};

static struct netlink_range_validation weir_a_timeouts_tcp_closed_range = {
	.min	= WEIR_TIMEOUT_MIN_MS,
	.max	= WEIR_TIMEOUT_MAX_MS,
};

static struct netlink_range_validation weir_a_timeouts_udp_range = {
	.min	= WEIR_TIMEOUT_MIN_MS,
	.max	= WEIR_TIMEOUT_MAX_MS,
};

static struct netlink_range_validation weir_a_timeouts_sctp_init_range = {
	.min	= WEIR_TIMEOUT_MIN_MS,
	.max	= WEIR_TIMEOUT_MAX_MS,
};

static struct netlink_range_validation weir_a_timeouts_sctp_established_range = {
	.min	= WEIR_TIMEOUT_MIN_MS,
	.max	= WEIR_TIMEOUT_MAX_MS,
};

static struct netlink_range_validation weir_a_timeouts_sctp_shutdown_range = {
	.min	= WEIR_TIMEOUT_MIN_MS,
	.max	= WEIR_TIMEOUT_MAX_MS,
};

static struct netlink_range_validation weir_a_timeouts_sctp_closed_range = {
	.min	= WEIR_TIMEOUT_MIN_MS,
	.max	= WEIR_TIMEOUT_MAX_MS,
};

static struct netlink_range_validation weir_a_affinity_timeout_range = {
	.max	= WEIR_AFFINITY_TIMEOUT_MAX_MS,
};

static struct netlink_range_validation weir_a_server_weight_range = {
	.max	= WEIR_WEIGHT_MAX,
};

static struct netlink_range_validation weir_a_server_deadline_range = {
	.max	= WEIR_TIMEOUT_MAX_MS,
};

static struct netlink_range_validation weir_a_server_conns_max_range = {
	.max	= WEIR_CONNS_LIMIT_MAX,
};

static struct netlink_range_validation weir_a_server_conns_resume_range = {
	.max	= WEIR_CONNS_LIMIT_MAX,
};

/* Common nested types */
const struct nla_policy weir_affinity_nl_policy[WEIR_A_AFFINITY_EVICTED + 1] = {
	[WEIR_A_AFFINITY_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &weir_a_affinity_timeout_range),
	[WEIR_A_AFFINITY_MASK] = NLA_POLICY_MAX(NLA_U8, 128),
	[WEIR_A_AFFINITY_BY] = NLA_POLICY_MAX(NLA_U32, 1),
	[WEIR_A_AFFINITY_WEIGHTLESS] = NLA_POLICY_MAX(NLA_U32, 1),
	[WEIR_A_AFFINITY_LIMIT] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEIR_A_AFFINITY_COUNT] = { .type = NLA_U32, },
	[WEIR_A_AFFINITY_EVICTED] = { .type = NLA_U32, },
};

const struct nla_policy weir_affinity_entry_nl_policy[WEIR_A_AFFINITY_ENTRY_EXPIRES + 1] = {
	[WEIR_A_AFFINITY_ENTRY_CLIENT_ADDRESS] = { .type = NLA_BINARY, .len = 16, },
	[WEIR_A_AFFINITY_ENTRY_MASK] = { .type = NLA_U8, },
	[WEIR_A_AFFINITY_ENTRY_CALL_ID] = { .type = NLA_NUL_STRING, .len = 255, },
	[WEIR_A_AFFINITY_ENTRY_EXPIRES] = { .type = NLA_U32, },
};

const struct nla_policy weir_conn_nl_policy[WEIR_A_CONN_LOCAL_PORT + 1] = {
	[WEIR_A_CONN_CLIENT_ADDRESS] = { .type = NLA_BINARY, .len = 16, },
	[WEIR_A_CONN_CLIENT_PORT] = { .type = NLA_BE16, },
	[WEIR_A_CONN_STATE] = NLA_POLICY_MAX(NLA_U32, 8),
	[WEIR_A_CONN_EXPIRES] = { .type = NLA_U32, },
	[WEIR_A_CONN_FAST_REQUEST] = { .type = NLA_U8, },
	[WEIR_A_CONN_FAST_REPLY] = { .type = NLA_U8, },
	[WEIR_A_CONN_PROTOCOL] = { .type = NLA_U8, },
	[WEIR_A_CONN_VIP_ADDRESS] = { .type = NLA_BINARY, .len = 16, },
	[WEIR_A_CONN_VIP_PORT] = { .type = NLA_BE16, },
	[WEIR_A_CONN_SCTP_STATE] = NLA_POLICY_MAX(NLA_U32, 7),
	[WEIR_A_CONN_LOCAL_ADDRESS] = { .type = NLA_BINARY, .len = 16, },
	[WEIR_A_CONN_LOCAL_PORT] = { .type = NLA_BE16, },
};

const struct nla_policy weir_local_addresses_nl_policy[WEIR_A_LOCAL_ADDRESSES_ADDRESS + 1] = {
	[WEIR_A_LOCAL_ADDRESSES_ADDRESS] = { .type = NLA_BINARY, .len = 16, },
};

const struct nla_policy weir_namespace_nl_policy[WEIR_A_NAMESPACE_AFFINITY + 1] = {
	[WEIR_A_NAMESPACE_CONNS_MAX] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEIR_A_NAMESPACE_FAST] = NLA_POLICY_MAX(NLA_U8, 1),
	[WEIR_A_NAMESPACE_CONNS] = { .type = NLA_U32, },
	[WEIR_A_NAMESPACE_SERVICES] = { .type = NLA_U32, },
	[WEIR_A_NAMESPACE_STATS] = NLA_POLICY_NESTED(weir_stats_nl_policy),
	[WEIR_A_NAMESPACE_AFFINITY_MAX] = NLA_POLICY_MIN(NLA_U32, 1),
	[WEIR_A_NAMESPACE_AFFINITY] = { .type = NLA_U32, },
};

const struct nla_policy weir_server_nl_policy[WEIR_A_SERVER_PORTS_MAX + 1] = {
	[WEIR_A_SERVER_ADDRESS] = { .type = NLA_BINARY, .len = 16, },
	[WEIR_A_SERVER_PORT] = { .type = NLA_BE16, },
	[WEIR_A_SERVER_METHOD] = NLA_POLICY_MAX(NLA_U32, 4),
	[WEIR_A_SERVER_WEIGHT] = NLA_POLICY_FULL_RANGE(NLA_U32, &weir_a_server_weight_range),
	[WEIR_A_SERVER_STATE] = NLA_POLICY_MAX(NLA_U32, 2),
	[WEIR_A_SERVER_POLICY] = NLA_POLICY_MAX(NLA_U32, 2),
	[WEIR_A_SERVER_DEADLINE] = NLA_POLICY_FULL_RANGE(NLA_U32, &weir_a_server_deadline_range),
	[WEIR_A_SERVER_ACTIVE] = { .type = NLA_U32, },
	[WEIR_A_SERVER_INACTIVE] = { .type = NLA_U32, },
	[WEIR_A_SERVER_STATS] = NLA_POLICY_NESTED(weir_stats_nl_policy),
	[WEIR_A_SERVER_CONNS_MAX] = NLA_POLICY_FULL_RANGE(NLA_U32, &weir_a_server_conns_max_range),
	[WEIR_A_SERVER_CONNS_RESUME] = NLA_POLICY_FULL_RANGE(NLA_U32, &weir_a_server_conns_resume_range),
	[WEIR_A_SERVER_FULL] = { .type = NLA_U8, },
	[WEIR_A_SERVER_TUNNEL] = NLA_POLICY_MAX(NLA_U32, 2),
	[WEIR_A_SERVER_TUNNEL_PORT] = NLA_POLICY_MIN(NLA_BE16, 1),
	[WEIR_A_SERVER_TUNNEL_CHECKSUM] = NLA_POLICY_MAX(NLA_U32, 2),
	[WEIR_A_SERVER_PORTS_USED] = { .type = NLA_U32, },
	[WEIR_A_SERVER_PORTS_MAX] = { .type = NLA_U32, },
};

const struct nla_policy weir_service_nl_policy[WEIR_A_SERVICE_HALF_OPEN + 1] = {
	[WEIR_A_SERVICE_PROTOCOL] = { .type = NLA_U8, },
	[WEIR_A_SERVICE_ADDRESS] = { .type = NLA_BINARY, .len = 16, },
	[WEIR_A_SERVICE_PORT] = { .type = NLA_BE16, },
	[WEIR_A_SERVICE_SCHEDULER] = { .type = NLA_NUL_STRING, .len = 15, },
	[WEIR_A_SERVICE_MIDSTREAM] = NLA_POLICY_MAX(NLA_U32, 3),
	[WEIR_A_SERVICE_CONNTRACK] = NLA_POLICY_MAX(NLA_U8, 1),
	[WEIR_A_SERVICE_FAST] = NLA_POLICY_MAX(NLA_U8, 1),
	[WEIR_A_SERVICE_HOOK] = NLA_POLICY_MAX(NLA_U32, 1),
	[WEIR_A_SERVICE_TIMEOUTS] = NLA_POLICY_NESTED(weir_timeouts_nl_policy),
	[WEIR_A_SERVICE_SERVERS] = { .type = NLA_U32, },
	[WEIR_A_SERVICE_ACTIVE] = { .type = NLA_U32, },
	[WEIR_A_SERVICE_INACTIVE] = { .type = NLA_U32, },
	[WEIR_A_SERVICE_STATS] = NLA_POLICY_NESTED(weir_stats_nl_policy),
	[WEIR_A_SERVICE_FWMARK] = { .type = NLA_U32, },
	[WEIR_A_SERVICE_FAMILY] = { .type = NLA_U8, },
	[WEIR_A_SERVICE_ONE_PACKET] = NLA_POLICY_MAX(NLA_U8, 1),
	[WEIR_A_SERVICE_ICMP_SCHEDULE] = NLA_POLICY_MAX(NLA_U8, 1),
	[WEIR_A_SERVICE_AFFINITY] = NLA_POLICY_NESTED(weir_affinity_nl_policy),
	[WEIR_A_SERVICE_FALLBACK] = NLA_POLICY_MAX(NLA_U8, 1),
	[WEIR_A_SERVICE_HASH_PORT] = NLA_POLICY_MAX(NLA_U8, 1),
	[WEIR_A_SERVICE_HASH_KEY] = { .type = NLA_BINARY, .len = 16, },
	[WEIR_A_SERVICE_NO_SERVER] = NLA_POLICY_MAX(NLA_U32, 3),
	[WEIR_A_SERVICE_HELPER] = NLA_POLICY_MAX(NLA_U32, 1),
	[WEIR_A_SERVICE_LOCAL_ADDRESSES] = NLA_POLICY_NESTED(weir_local_addresses_nl_policy),
	[WEIR_A_SERVICE_HALF_OPEN_MAX] = { .type = NLA_U32, },
	[WEIR_A_SERVICE_HALF_OPEN] = { .type = NLA_U32, },
};

const struct nla_policy weir_stats_nl_policy[WEIR_A_STATS_SHED + 1] = {
	[WEIR_A_STATS_CONNS] = { .type = NLA_U64, },
	[WEIR_A_STATS_PACKETS_IN] = { .type = NLA_U64, },
	[WEIR_A_STATS_BYTES_IN] = { .type = NLA_U64, },
	[WEIR_A_STATS_PACKETS_OUT] = { .type = NLA_U64, },
	[WEIR_A_STATS_BYTES_OUT] = { .type = NLA_U64, },
	[WEIR_A_STATS_PACKETS_FAST] = { .type = NLA_U64, },
	[WEIR_A_STATS_SHED] = { .type = NLA_U64, },
};

const struct nla_policy weir_timeouts_nl_policy[WEIR_A_TIMEOUTS_SCTP_CLOSED + 1] = {
	[WEIR_A_TIMEOUTS_TCP_SYN] = NLA_POLICY_FULL_RANGE(NLA_U32, &weir_a_timeouts_tcp_syn_range),
	[WEIR_A_TIMEOUTS_TCP_ESTABLISHED] = NLA_POLICY_FULL_RANGE(NLA_U32, &weir_a_timeouts_tcp_established_range),
	[WEIR_A_TIMEOUTS_TCP_FIN] = NLA_POLICY_FULL_RANGE(NLA_U32, &weir_a_timeouts_tcp_fin_range),
	[WEIR_A_TIMEOUTS_TCP_CLOSED] = NLA_POLICY_FULL_RANGE(NLA_U32, &weir_a_timeouts_tcp_closed_range),
	[WEIR_A_TIMEOUTS_UDP] = NLA_POLICY_FULL_RANGE(NLA_U32, &weir_a_timeouts_udp_range),
	[WEIR_A_TIMEOUTS_SCTP_INIT] = NLA_POLICY_FULL_RANGE(NLA_U32, &weir_a_timeouts_sctp_init_range),
	[WEIR_A_TIMEOUTS_SCTP_ESTABLISHED] = NLA_POLICY_FULL_RANGE(NLA_U32, &weir_a_timeouts_sctp_established_range),
	[WEIR_A_TIMEOUTS_SCTP_SHUTDOWN] = NLA_POLICY_FULL_RANGE(NLA_U32, &weir_a_timeouts_sctp_shutdown_range),
	[WEIR_A_TIMEOUTS_SCTP_CLOSED] = NLA_POLICY_FULL_RANGE(NLA_U32, &weir_a_timeouts_sctp_closed_range),
};

/* WEIR_CMD_SERVICE_ADD - do */
static const struct nla_policy weir_service_add_nl_policy[WEIR_A_SERVICE + 1] = {
	[WEIR_A_SERVICE] = NLA_POLICY_NESTED(weir_service_nl_policy),
};

/* WEIR_CMD_SERVICE_SET - do */
static const struct nla_policy weir_service_set_nl_policy[WEIR_A_SERVICE + 1] = {
	[WEIR_A_SERVICE] = NLA_POLICY_NESTED(weir_service_nl_policy),
};

/* WEIR_CMD_SERVICE_REMOVE - do */
static const struct nla_policy weir_service_remove_nl_policy[WEIR_A_SERVICE + 1] = {
	[WEIR_A_SERVICE] = NLA_POLICY_NESTED(weir_service_nl_policy),
};

/* WEIR_CMD_SERVICE_REPLACE - do */
static const struct nla_policy weir_service_replace_nl_policy[WEIR_A_SERVER + 1] = {
	[WEIR_A_SERVICE] = NLA_POLICY_NESTED(weir_service_nl_policy),
	[WEIR_A_SERVER] = NLA_POLICY_NESTED(weir_server_nl_policy),
};

/* WEIR_CMD_SERVICE_GET - dump */
static const struct nla_policy weir_service_get_nl_policy[WEIR_A_SERVICE + 1] = {
	[WEIR_A_SERVICE] = NLA_POLICY_NESTED(weir_service_nl_policy),
};

/* WEIR_CMD_SERVER_ADD - do */
static const struct nla_policy weir_server_add_nl_policy[WEIR_A_SERVER + 1] = {
	[WEIR_A_SERVICE] = NLA_POLICY_NESTED(weir_service_nl_policy),
	[WEIR_A_SERVER] = NLA_POLICY_NESTED(weir_server_nl_policy),
};

/* WEIR_CMD_SERVER_SET - do */
static const struct nla_policy weir_server_set_nl_policy[WEIR_A_SERVER + 1] = {
	[WEIR_A_SERVICE] = NLA_POLICY_NESTED(weir_service_nl_policy),
	[WEIR_A_SERVER] = NLA_POLICY_NESTED(weir_server_nl_policy),
};

/* WEIR_CMD_SERVER_REMOVE - do */
static const struct nla_policy weir_server_remove_nl_policy[WEIR_A_SERVER + 1] = {
	[WEIR_A_SERVICE] = NLA_POLICY_NESTED(weir_service_nl_policy),
	[WEIR_A_SERVER] = NLA_POLICY_NESTED(weir_server_nl_policy),
};

/* WEIR_CMD_SERVER_GET - dump */
static const struct nla_policy weir_server_get_nl_policy[WEIR_A_SERVICE + 1] = {
	[WEIR_A_SERVICE] = NLA_POLICY_NESTED(weir_service_nl_policy),
};

/* WEIR_CMD_CONN_GET - dump */
static const struct nla_policy weir_conn_get_nl_policy[WEIR_A_CONN + 1] = {
	[WEIR_A_SERVICE] = NLA_POLICY_NESTED(weir_service_nl_policy),
	[WEIR_A_SERVER] = NLA_POLICY_NESTED(weir_server_nl_policy),
	[WEIR_A_CONN] = NLA_POLICY_NESTED(weir_conn_nl_policy),
};

/* WEIR_CMD_CONN_KILL - do */
static const struct nla_policy weir_conn_kill_nl_policy[WEIR_A_CONN + 1] = {
	[WEIR_A_SERVICE] = NLA_POLICY_NESTED(weir_service_nl_policy),
	[WEIR_A_SERVER] = NLA_POLICY_NESTED(weir_server_nl_policy),
	[WEIR_A_CONN] = NLA_POLICY_NESTED(weir_conn_nl_policy),
};

/* WEIR_CMD_NAMESPACE_SET - do */
static const struct nla_policy weir_namespace_set_nl_policy[WEIR_A_NAMESPACE + 1] = {
	[WEIR_A_NAMESPACE] = NLA_POLICY_NESTED(weir_namespace_nl_policy),
};

/* WEIR_CMD_AFFINITY_GET - dump */
static const struct nla_policy weir_affinity_get_nl_policy[WEIR_A_AFFINITY_ENTRY + 1] = {
	[WEIR_A_SERVICE] = NLA_POLICY_NESTED(weir_service_nl_policy),
	[WEIR_A_SERVER] = NLA_POLICY_NESTED(weir_server_nl_policy),
	[WEIR_A_AFFINITY_ENTRY] = NLA_POLICY_NESTED(weir_affinity_entry_nl_policy),
};

/* WEIR_CMD_AFFINITY_REMOVE - do */
static const struct nla_policy weir_affinity_remove_nl_policy[WEIR_A_AFFINITY_ENTRY + 1] = {
	[WEIR_A_SERVICE] = NLA_POLICY_NESTED(weir_service_nl_policy),
	[WEIR_A_SERVER] = NLA_POLICY_NESTED(weir_server_nl_policy),
	[WEIR_A_AFFINITY_ENTRY] = NLA_POLICY_NESTED(weir_affinity_entry_nl_policy),
};

/* Ops table for weir */
static const struct genl_ops weir_nl_ops[] = {
	{
		.cmd		= WEIR_CMD_SERVICE_ADD,
		.doit		= weir_nl_service_add_doit,
		.policy		= weir_service_add_nl_policy,
		.maxattr	= WEIR_A_SERVICE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEIR_CMD_SERVICE_SET,
		.doit		= weir_nl_service_set_doit,
		.policy		= weir_service_set_nl_policy,
		.maxattr	= WEIR_A_SERVICE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEIR_CMD_SERVICE_REMOVE,
		.doit		= weir_nl_service_remove_doit,
		.policy		= weir_service_remove_nl_policy,
		.maxattr	= WEIR_A_SERVICE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEIR_CMD_SERVICE_REPLACE,
		.doit		= weir_nl_service_replace_doit,
		.policy		= weir_service_replace_nl_policy,
		.maxattr	= WEIR_A_SERVER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEIR_CMD_SERVICE_GET,
		.dumpit		= weir_nl_service_get_dumpit,
		.policy		= weir_service_get_nl_policy,
		.maxattr	= WEIR_A_SERVICE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEIR_CMD_SERVER_ADD,
		.doit		= weir_nl_server_add_doit,
		.policy		= weir_server_add_nl_policy,
		.maxattr	= WEIR_A_SERVER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEIR_CMD_SERVER_SET,
		.doit		= weir_nl_server_set_doit,
		.policy		= weir_server_set_nl_policy,
		.maxattr	= WEIR_A_SERVER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEIR_CMD_SERVER_REMOVE,
		.doit		= weir_nl_server_remove_doit,
		.policy		= weir_server_remove_nl_policy,
		.maxattr	= WEIR_A_SERVER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEIR_CMD_SERVER_GET,
		.dumpit		= weir_nl_server_get_dumpit,
		.policy		= weir_server_get_nl_policy,
		.maxattr	= WEIR_A_SERVICE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEIR_CMD_CONN_GET,
		.dumpit		= weir_nl_conn_get_dumpit,
		.done		= weir_nl_conn_get_done,
		.policy		= weir_conn_get_nl_policy,
		.maxattr	= WEIR_A_CONN,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEIR_CMD_CONN_KILL,
		.doit		= weir_nl_conn_kill_doit,
		.policy		= weir_conn_kill_nl_policy,
		.maxattr	= WEIR_A_CONN,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd	= WEIR_CMD_DROP_GET,
		.dumpit	= weir_nl_drop_get_dumpit,
		.flags	= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd	= WEIR_CMD_NAMESPACE_GET,
		.doit	= weir_nl_namespace_get_doit,
		.flags	= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEIR_CMD_NAMESPACE_SET,
		.doit		= weir_nl_namespace_set_doit,
		.policy		= weir_namespace_set_nl_policy,
		.maxattr	= WEIR_A_NAMESPACE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd	= WEIR_CMD_FLUSH,
		.doit	= weir_nl_flush_doit,
		.flags	= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEIR_CMD_AFFINITY_GET,
		.dumpit		= weir_nl_affinity_get_dumpit,
		.done		= weir_nl_affinity_get_done,
		.policy		= weir_affinity_get_nl_policy,
		.maxattr	= WEIR_A_AFFINITY_ENTRY,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= WEIR_CMD_AFFINITY_REMOVE,
		.doit		= weir_nl_affinity_remove_doit,
		.policy		= weir_affinity_remove_nl_policy,
		.maxattr	= WEIR_A_AFFINITY_ENTRY,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

static const struct genl_multicast_group weir_nl_mcgrps[] = {
	[WEIR_NLGRP_EVENTS] = { "events", },
};

struct genl_family weir_nl_family __ro_after_init = {
	.name		= WEIR_FAMILY_NAME,
	.version	= WEIR_FAMILY_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.ops		= weir_nl_ops,
	.n_ops		= ARRAY_SIZE(weir_nl_ops),
	.mcgrps		= weir_nl_mcgrps,
	.n_mcgrps	= ARRAY_SIZE(weir_nl_mcgrps),
};
