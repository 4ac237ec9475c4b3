// SPDX-License-Identifier: GPL-2.0-only
/* generated from tools/netlink/weir.yaml by tools/netlink/gen, not to be edited */

#include "attrs.h"
#include "text.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const char *const method_words[] = {
	[WEIR_METHOD_DIRECT] = "direct",
	[WEIR_METHOD_NAT] = "nat",
};

const struct weir_words weir_method_words = {
	.what = "method",
	.words = method_words,
	.count = ARRAY_SIZE(method_words),
};

static const char *const midstream_words[] = {
	[WEIR_MIDSTREAM_PASS] = "pass",
	[WEIR_MIDSTREAM_RESET] = "reset",
	[WEIR_MIDSTREAM_DROP] = "drop",
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
};

const struct weir_words weir_drop_reason_words = {
	.what = "drop-reason",
	.words = drop_reason_words,
	.count = ARRAY_SIZE(drop_reason_words),
};

static const char *const timeouts_words[] = {
	"tcp-syn",
	"tcp-established",
	"tcp-fin",
	"tcp-closed",
	"udp",
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
};

const struct weir_attrs weir_timeouts_attrs = {
	.attrs = timeouts_attrs,
	.count = ARRAY_SIZE(timeouts_attrs),
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
};

const struct weir_attrs weir_message_attrs = {
	.attrs = message_attrs,
	.count = ARRAY_SIZE(message_attrs),
};
