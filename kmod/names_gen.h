/* SPDX-License-Identifier: GPL-2.0-only */
/* generated from tools/netlink/weir.yaml by tools/netlink/gen, not to be edited */

#ifndef _WEIR_NAMES_GEN_H
#define _WEIR_NAMES_GEN_H

#include <linux/compiler.h>

#include <uapi/linux/weir.h>

/* Number of drop reasons, for arrays indexed by enum weir_drop_reason. */
#define WEIR_DROP_REASONS	19

/* The reasons' names, by enum weir_drop_reason. */
static const char * const weir_drop_names[WEIR_DROP_REASONS] __maybe_unused = {
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

/*
 * The same list for __print_symbolic() in tracepoints. WEIR_DROP_ENUMS(F) also
 * serves TRACE_DEFINE_ENUM, so that user space can decode the numbers.
 */
#define WEIR_DROP_SYMBOLS \
	{ WEIR_DROP_REASON_NO_SERVER, "no-server" }, \
	{ WEIR_DROP_REASON_CONNS_MAX, "conns-max" }, \
	{ WEIR_DROP_REASON_NO_MEMORY, "no-memory" }, \
	{ WEIR_DROP_REASON_TUPLE_CLASH, "tuple-clash" }, \
	{ WEIR_DROP_REASON_MIDSTREAM, "midstream" }, \
	{ WEIR_DROP_REASON_MIDSTREAM_RESET, "midstream-reset" }, \
	{ WEIR_DROP_REASON_SERVER_RESET, "server-reset" }, \
	{ WEIR_DROP_REASON_NO_ROUTE, "no-route" }, \
	{ WEIR_DROP_REASON_LOCAL_SERVER, "local-server" }, \
	{ WEIR_DROP_REASON_TOO_BIG, "too-big" }, \
	{ WEIR_DROP_REASON_TTL, "ttl" }, \
	{ WEIR_DROP_REASON_ICMP_CHECKSUM, "icmp-checksum" }, \
	{ WEIR_DROP_REASON_NEIGHBOUR, "neighbour" }, \
	{ WEIR_DROP_REASON_AH_NAT, "ah-nat" }, \
	{ WEIR_DROP_REASON_SERVERS_FULL, "servers-full" }, \
	{ WEIR_DROP_REASON_NO_LOCAL_PORT, "no-local-port" }, \
	{ WEIR_DROP_REASON_LOCAL_CLIENT, "local-client" }, \
	{ WEIR_DROP_REASON_HALF_OPEN_MAX, "half-open-max" }, \
	{ WEIR_DROP_REASON_VRF, "vrf" }

#define WEIR_DROP_ENUMS(F) \
	F(WEIR_DROP_REASON_NO_SERVER); \
	F(WEIR_DROP_REASON_CONNS_MAX); \
	F(WEIR_DROP_REASON_NO_MEMORY); \
	F(WEIR_DROP_REASON_TUPLE_CLASH); \
	F(WEIR_DROP_REASON_MIDSTREAM); \
	F(WEIR_DROP_REASON_MIDSTREAM_RESET); \
	F(WEIR_DROP_REASON_SERVER_RESET); \
	F(WEIR_DROP_REASON_NO_ROUTE); \
	F(WEIR_DROP_REASON_LOCAL_SERVER); \
	F(WEIR_DROP_REASON_TOO_BIG); \
	F(WEIR_DROP_REASON_TTL); \
	F(WEIR_DROP_REASON_ICMP_CHECKSUM); \
	F(WEIR_DROP_REASON_NEIGHBOUR); \
	F(WEIR_DROP_REASON_AH_NAT); \
	F(WEIR_DROP_REASON_SERVERS_FULL); \
	F(WEIR_DROP_REASON_NO_LOCAL_PORT); \
	F(WEIR_DROP_REASON_LOCAL_CLIENT); \
	F(WEIR_DROP_REASON_HALF_OPEN_MAX); \
	F(WEIR_DROP_REASON_VRF);

#endif /* _WEIR_NAMES_GEN_H */
