// SPDX-License-Identifier: GPL-2.0-only
/* generated from tools/netlink/weir.yaml by tools/netlink/gen, not to be edited */

#include "attrs.h"
#include "text.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const char *const method_words[] = {
	[WEIR_METHOD_DIRECT] = "direct",
	[WEIR_METHOD_NAT] = "nat",
	[WEIR_METHOD_TUNNEL] = "tunnel",
	[WEIR_METHOD_FULLNAT] = "fullnat",
	[WEIR_METHOD_LOCAL] = "local",
};

const struct weir_words weir_method_words = {
	.what = "method",
	.words = method_words,
	.count = ARRAY_SIZE(method_words),
};

static const char *const tunnel_words[] = {
	[WEIR_TUNNEL_IPIP] = "ipip",
	[WEIR_TUNNEL_GUE] = "gue",
	[WEIR_TUNNEL_GRE] = "gre",
};

const struct weir_words weir_tunnel_words = {
	.what = "tunnel",
	.words = tunnel_words,
	.count = ARRAY_SIZE(tunnel_words),
};

static const char *const tunnel_checksum_words[] = {
	[WEIR_TUNNEL_CHECKSUM_OFF] = "off",
	[WEIR_TUNNEL_CHECKSUM_ON] = "on",
	[WEIR_TUNNEL_CHECKSUM_REMOTE] = "remote",
};

const struct weir_words weir_tunnel_checksum_words = {
	.what = "tunnel-checksum",
	.words = tunnel_checksum_words,
	.count = ARRAY_SIZE(tunnel_checksum_words),
};

static const char *const midstream_words[] = {
	[WEIR_MIDSTREAM_PASS] = "pass",
	[WEIR_MIDSTREAM_RESET] = "reset",
	[WEIR_MIDSTREAM_DROP] = "drop",
	[WEIR_MIDSTREAM_SCHEDULE] = "schedule",
};

const struct weir_words weir_midstream_words = {
	.what = "midstream",
	.words = midstream_words,
	.count = ARRAY_SIZE(midstream_words),
};

static const char *const hook_words[] = {
	[WEIR_HOOK_HOST] = "host",
	[WEIR_HOOK_INGRESS] = "ingress",
};

const struct weir_words weir_hook_words = {
	.what = "hook",
	.words = hook_words,
	.count = ARRAY_SIZE(hook_words),
};

static const char *const helper_words[] = {
	[WEIR_HELPER_NONE] = "none",
	[WEIR_HELPER_FTP] = "ftp",
};

const struct weir_words weir_helper_words = {
	.what = "helper",
	.words = helper_words,
	.count = ARRAY_SIZE(helper_words),
};

static const char *const policy_words[] = {
	[WEIR_POLICY_DRAIN] = "drain",
	[WEIR_POLICY_RESET] = "reset",
	[WEIR_POLICY_KEEP] = "keep",
};

const struct weir_words weir_policy_words = {
	.what = "policy",
	.words = policy_words,
	.count = ARRAY_SIZE(policy_words),
};

static const char *const server_state_words[] = {
	[WEIR_SERVER_STATE_UP] = "up",
	[WEIR_SERVER_STATE_DOWN] = "down",
	[WEIR_SERVER_STATE_REMOVED] = "removed",
};

const struct weir_words weir_server_state_words = {
	.what = "server-state",
	.words = server_state_words,
	.count = ARRAY_SIZE(server_state_words),
};

static const char *const change_words[] = {
	[WEIR_CHANGE_ADDED] = "added",
	[WEIR_CHANGE_CHANGED] = "changed",
	[WEIR_CHANGE_REMOVED] = "removed",
	[WEIR_CHANGE_DRAINED] = "drained",
};

const struct weir_words weir_change_words = {
	.what = "change",
	.words = change_words,
	.count = ARRAY_SIZE(change_words),
};

static const char *const tcp_state_words[] = {
	[WEIR_TCP_STATE_NONE] = "none",
	[WEIR_TCP_STATE_SYN_SENT] = "syn-sent",
	[WEIR_TCP_STATE_SYN_RECEIVED] = "syn-received",
	[WEIR_TCP_STATE_ESTABLISHED] = "established",
	[WEIR_TCP_STATE_FIN_WAIT] = "fin-wait",
	[WEIR_TCP_STATE_CLOSE_WAIT] = "close-wait",
	[WEIR_TCP_STATE_LAST_ACK] = "last-ack",
	[WEIR_TCP_STATE_TIME_WAIT] = "time-wait",
	[WEIR_TCP_STATE_CLOSED] = "closed",
};

const struct weir_words weir_tcp_state_words = {
	.what = "tcp-state",
	.words = tcp_state_words,
	.count = ARRAY_SIZE(tcp_state_words),
};

static const char *const drop_reason_words[] = {
	[WEIR_DROP_REASON_NO_SERVER] = "no-server",
	[WEIR_DROP_REASON_CONNS_MAX] = "conns-max",
	[WEIR_DROP_REASON_NO_MEMORY] = "no-memory",
	[WEIR_DROP_REASON_TUPLE_CLASH] = "tuple-clash",
	[WEIR_DROP_REASON_MIDSTREAM] = "midstream",
	[WEIR_DROP_REASON_MIDSTREAM_RESET] = "midstream-reset",
	[WEIR_DROP_REASON_SERVER_RESET] = "server-reset",
	[WEIR_DROP_REASON_NO_ROUTE] = "no-route",
	[WEIR_DROP_REASON_LOCAL_SERVER] = "local-server",
	[WEIR_DROP_REASON_TOO_BIG] = "too-big",
	[WEIR_DROP_REASON_TTL] = "ttl",
	[WEIR_DROP_REASON_ICMP_CHECKSUM] = "icmp-checksum",
	[WEIR_DROP_REASON_NEIGHBOUR] = "neighbour",
	[WEIR_DROP_REASON_AH_NAT] = "ah-nat",
	[WEIR_DROP_REASON_SERVERS_FULL] = "servers-full",
	[WEIR_DROP_REASON_NO_LOCAL_PORT] = "no-local-port",
	[WEIR_DROP_REASON_LOCAL_CLIENT] = "local-client",
	[WEIR_DROP_REASON_HALF_OPEN_MAX] = "half-open-max",
	[WEIR_DROP_REASON_VRF] = "vrf",
};

const struct weir_words weir_drop_reason_words = {
	.what = "drop-reason",
	.words = drop_reason_words,
	.count = ARRAY_SIZE(drop_reason_words),
};

static const char *const sctp_state_words[] = {
	[WEIR_SCTP_STATE_NONE] = "none",
	[WEIR_SCTP_STATE_COOKIE_WAIT] = "cookie-wait",
	[WEIR_SCTP_STATE_COOKIE_ECHOED] = "cookie-echoed",
	[WEIR_SCTP_STATE_ESTABLISHED] = "established",
	[WEIR_SCTP_STATE_SHUTDOWN_SENT] = "shutdown-sent",
	[WEIR_SCTP_STATE_SHUTDOWN_RECEIVED] = "shutdown-received",
	[WEIR_SCTP_STATE_SHUTDOWN_ACK_SENT] = "shutdown-ack-sent",
	[WEIR_SCTP_STATE_CLOSED] = "closed",
};

const struct weir_words weir_sctp_state_words = {
	.what = "sctp-state",
	.words = sctp_state_words,
	.count = ARRAY_SIZE(sctp_state_words),
};

static const char *const affinity_by_words[] = {
	[WEIR_AFFINITY_BY_CLIENT] = "client",
	[WEIR_AFFINITY_BY_CALL_ID] = "call-id",
};

const struct weir_words weir_affinity_by_words = {
	.what = "affinity-by",
	.words = affinity_by_words,
	.count = ARRAY_SIZE(affinity_by_words),
};

static const char *const affinity_weightless_words[] = {
	[WEIR_AFFINITY_WEIGHTLESS_MOVE] = "move",
	[WEIR_AFFINITY_WEIGHTLESS_KEEP] = "keep",
};

const struct weir_words weir_affinity_weightless_words = {
	.what = "affinity-weightless",
	.words = affinity_weightless_words,
	.count = ARRAY_SIZE(affinity_weightless_words),
};

static const char *const no_server_words[] = {
	[WEIR_NO_SERVER_REFUSE] = "refuse",
	[WEIR_NO_SERVER_RESET] = "reset",
	[WEIR_NO_SERVER_DROP] = "drop",
	[WEIR_NO_SERVER_PASS] = "pass",
};

const struct weir_words weir_no_server_words = {
	.what = "no-server",
	.words = no_server_words,
	.count = ARRAY_SIZE(no_server_words),
};

static const char *const timeouts_words[] = {
	"tcp-syn",
	"tcp-established",
	"tcp-fin",
	"tcp-closed",
	"udp",
	"sctp-init",
	"sctp-established",
	"sctp-shutdown",
	"sctp-closed",
};

const struct weir_words weir_timeouts_words = {
	.what = "timeouts",
	.words = timeouts_words,
	.count = ARRAY_SIZE(timeouts_words),
};

static const struct weir_attr stats_attrs[] = {
	[WEIR_A_STATS_PAD] = { "pad", NULL },
	[WEIR_A_STATS_CONNS] = { "conns", NULL },
	[WEIR_A_STATS_PACKETS_IN] = { "packets-in", NULL },
	[WEIR_A_STATS_BYTES_IN] = { "bytes-in", NULL },
	[WEIR_A_STATS_PACKETS_OUT] = { "packets-out", NULL },
	[WEIR_A_STATS_BYTES_OUT] = { "bytes-out", NULL },
	[WEIR_A_STATS_PACKETS_FAST] = { "packets-fast", NULL },
	[WEIR_A_STATS_SHED] = { "shed", NULL },
};

const struct weir_attrs weir_stats_attrs = {
	.attrs = stats_attrs,
	.count = ARRAY_SIZE(stats_attrs),
};

static const struct weir_attr timeouts_attrs[] = {
	[WEIR_A_TIMEOUTS_TCP_SYN] = { "tcp-syn", NULL },
	[WEIR_A_TIMEOUTS_TCP_ESTABLISHED] = { "tcp-established", NULL },
	[WEIR_A_TIMEOUTS_TCP_FIN] = { "tcp-fin", NULL },
	[WEIR_A_TIMEOUTS_TCP_CLOSED] = { "tcp-closed", NULL },
	[WEIR_A_TIMEOUTS_UDP] = { "udp", NULL },
	[WEIR_A_TIMEOUTS_SCTP_INIT] = { "sctp-init", NULL },
	[WEIR_A_TIMEOUTS_SCTP_ESTABLISHED] = { "sctp-established", NULL },
	[WEIR_A_TIMEOUTS_SCTP_SHUTDOWN] = { "sctp-shutdown", NULL },
	[WEIR_A_TIMEOUTS_SCTP_CLOSED] = { "sctp-closed", NULL },
};

const struct weir_attrs weir_timeouts_attrs = {
	.attrs = timeouts_attrs,
	.count = ARRAY_SIZE(timeouts_attrs),
};

static const struct weir_attr affinity_attrs[] = {
	[WEIR_A_AFFINITY_TIMEOUT] = { "timeout", NULL },
	[WEIR_A_AFFINITY_MASK] = { "mask", NULL },
	[WEIR_A_AFFINITY_BY] = { "by", NULL },
	[WEIR_A_AFFINITY_WEIGHTLESS] = { "weightless", NULL },
	[WEIR_A_AFFINITY_LIMIT] = { "limit", NULL },
	[WEIR_A_AFFINITY_COUNT] = { "count", NULL },
	[WEIR_A_AFFINITY_EVICTED] = { "evicted", NULL },
};

const struct weir_attrs weir_affinity_attrs = {
	.attrs = affinity_attrs,
	.count = ARRAY_SIZE(affinity_attrs),
};

static const struct weir_attr affinity_entry_attrs[] = {
	[WEIR_A_AFFINITY_ENTRY_CLIENT_ADDRESS] = { "client-address", NULL },
	[WEIR_A_AFFINITY_ENTRY_MASK] = { "mask", NULL },
	[WEIR_A_AFFINITY_ENTRY_CALL_ID] = { "call-id", NULL },
	[WEIR_A_AFFINITY_ENTRY_EXPIRES] = { "expires", NULL },
};

const struct weir_attrs weir_affinity_entry_attrs = {
	.attrs = affinity_entry_attrs,
	.count = ARRAY_SIZE(affinity_entry_attrs),
};

static const struct weir_attr local_addresses_attrs[] = {
	[WEIR_A_LOCAL_ADDRESSES_ADDRESS] = { "address", NULL },
};

const struct weir_attrs weir_local_addresses_attrs = {
	.attrs = local_addresses_attrs,
	.count = ARRAY_SIZE(local_addresses_attrs),
};

static const struct weir_attr service_attrs[] = {
	[WEIR_A_SERVICE_PROTOCOL] = { "protocol", NULL },
	[WEIR_A_SERVICE_ADDRESS] = { "address", NULL },
	[WEIR_A_SERVICE_PORT] = { "port", NULL },
	[WEIR_A_SERVICE_SCHEDULER] = { "scheduler", NULL },
	[WEIR_A_SERVICE_MIDSTREAM] = { "midstream", NULL },
	[WEIR_A_SERVICE_CONNTRACK] = { "conntrack", NULL },
	[WEIR_A_SERVICE_FAST] = { "fast", NULL },
	[WEIR_A_SERVICE_HOOK] = { "hook", NULL },
	[WEIR_A_SERVICE_TIMEOUTS] = { "timeouts", &weir_timeouts_attrs },
	[WEIR_A_SERVICE_SERVERS] = { "servers", NULL },
	[WEIR_A_SERVICE_ACTIVE] = { "active", NULL },
	[WEIR_A_SERVICE_INACTIVE] = { "inactive", NULL },
	[WEIR_A_SERVICE_STATS] = { "stats", &weir_stats_attrs },
	[WEIR_A_SERVICE_FWMARK] = { "fwmark", NULL },
	[WEIR_A_SERVICE_FAMILY] = { "family", NULL },
	[WEIR_A_SERVICE_ONE_PACKET] = { "one-packet", NULL },
	[WEIR_A_SERVICE_ICMP_SCHEDULE] = { "icmp-schedule", NULL },
	[WEIR_A_SERVICE_AFFINITY] = { "affinity", &weir_affinity_attrs },
	[WEIR_A_SERVICE_FALLBACK] = { "fallback", NULL },
	[WEIR_A_SERVICE_HASH_PORT] = { "hash-port", NULL },
	[WEIR_A_SERVICE_HASH_KEY] = { "hash-key", NULL },
	[WEIR_A_SERVICE_NO_SERVER] = { "no-server", NULL },
	[WEIR_A_SERVICE_HELPER] = { "helper", NULL },
	[WEIR_A_SERVICE_LOCAL_ADDRESSES] = { "local-addresses", &weir_local_addresses_attrs },
	[WEIR_A_SERVICE_HALF_OPEN_MAX] = { "half-open-max", NULL },
	[WEIR_A_SERVICE_HALF_OPEN] = { "half-open", NULL },
};

const struct weir_attrs weir_service_attrs = {
	.attrs = service_attrs,
	.count = ARRAY_SIZE(service_attrs),
};

static const struct weir_attr server_attrs[] = {
	[WEIR_A_SERVER_ADDRESS] = { "address", NULL },
	[WEIR_A_SERVER_PORT] = { "port", NULL },
	[WEIR_A_SERVER_METHOD] = { "method", NULL },
	[WEIR_A_SERVER_WEIGHT] = { "weight", NULL },
	[WEIR_A_SERVER_STATE] = { "state", NULL },
	[WEIR_A_SERVER_POLICY] = { "policy", NULL },
	[WEIR_A_SERVER_DEADLINE] = { "deadline", NULL },
	[WEIR_A_SERVER_ACTIVE] = { "active", NULL },
	[WEIR_A_SERVER_INACTIVE] = { "inactive", NULL },
	[WEIR_A_SERVER_STATS] = { "stats", &weir_stats_attrs },
	[WEIR_A_SERVER_CONNS_MAX] = { "conns-max", NULL },
	[WEIR_A_SERVER_CONNS_RESUME] = { "conns-resume", NULL },
	[WEIR_A_SERVER_FULL] = { "full", NULL },
	[WEIR_A_SERVER_TUNNEL] = { "tunnel", NULL },
	[WEIR_A_SERVER_TUNNEL_PORT] = { "tunnel-port", NULL },
	[WEIR_A_SERVER_TUNNEL_CHECKSUM] = { "tunnel-checksum", NULL },
	[WEIR_A_SERVER_PORTS_USED] = { "ports-used", NULL },
	[WEIR_A_SERVER_PORTS_MAX] = { "ports-max", NULL },
};

const struct weir_attrs weir_server_attrs = {
	.attrs = server_attrs,
	.count = ARRAY_SIZE(server_attrs),
};

static const struct weir_attr conn_attrs[] = {
	[WEIR_A_CONN_CLIENT_ADDRESS] = { "client-address", NULL },
	[WEIR_A_CONN_CLIENT_PORT] = { "client-port", NULL },
	[WEIR_A_CONN_STATE] = { "state", NULL },
	[WEIR_A_CONN_EXPIRES] = { "expires", NULL },
	[WEIR_A_CONN_FAST_REQUEST] = { "fast-request", NULL },
	[WEIR_A_CONN_FAST_REPLY] = { "fast-reply", NULL },
	[WEIR_A_CONN_PROTOCOL] = { "protocol", NULL },
	[WEIR_A_CONN_VIP_ADDRESS] = { "vip-address", NULL },
	[WEIR_A_CONN_VIP_PORT] = { "vip-port", NULL },
	[WEIR_A_CONN_SCTP_STATE] = { "sctp-state", NULL },
	[WEIR_A_CONN_LOCAL_ADDRESS] = { "local-address", NULL },
	[WEIR_A_CONN_LOCAL_PORT] = { "local-port", NULL },
};

const struct weir_attrs weir_conn_attrs = {
	.attrs = conn_attrs,
	.count = ARRAY_SIZE(conn_attrs),
};

static const struct weir_attr drop_attrs[] = {
	[WEIR_A_DROP_PAD] = { "pad", NULL },
	[WEIR_A_DROP_REASON] = { "reason", NULL },
	[WEIR_A_DROP_NAME] = { "name", NULL },
	[WEIR_A_DROP_PACKETS] = { "packets", NULL },
};

const struct weir_attrs weir_drop_attrs = {
	.attrs = drop_attrs,
	.count = ARRAY_SIZE(drop_attrs),
};

static const struct weir_attr namespace_attrs[] = {
	[WEIR_A_NAMESPACE_CONNS_MAX] = { "conns-max", NULL },
	[WEIR_A_NAMESPACE_FAST] = { "fast", NULL },
	[WEIR_A_NAMESPACE_CONNS] = { "conns", NULL },
	[WEIR_A_NAMESPACE_SERVICES] = { "services", NULL },
	[WEIR_A_NAMESPACE_STATS] = { "stats", &weir_stats_attrs },
	[WEIR_A_NAMESPACE_AFFINITY_MAX] = { "affinity-max", NULL },
	[WEIR_A_NAMESPACE_AFFINITY] = { "affinity", NULL },
};

const struct weir_attrs weir_namespace_attrs = {
	.attrs = namespace_attrs,
	.count = ARRAY_SIZE(namespace_attrs),
};

static const struct weir_attr message_attrs[] = {
	[WEIR_A_SERVICE] = { "service", &weir_service_attrs },
	[WEIR_A_SERVER] = { "server", &weir_server_attrs },
	[WEIR_A_CONN] = { "conn", &weir_conn_attrs },
	[WEIR_A_DROP] = { "drop", &weir_drop_attrs },
	[WEIR_A_NAMESPACE] = { "namespace", &weir_namespace_attrs },
	[WEIR_A_CHANGE] = { "change", NULL },
	[WEIR_A_KILLED] = { "killed", NULL },
	[WEIR_A_AFFINITY_ENTRY] = { "affinity-entry", &weir_affinity_entry_attrs },
	[WEIR_A_REMOVED] = { "removed", NULL },
};

const struct weir_attrs weir_message_attrs = {
	.attrs = message_attrs,
	.count = ARRAY_SIZE(message_attrs),
};
