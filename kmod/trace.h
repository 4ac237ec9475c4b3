/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: where a new conn was sent, when conns begin and end, and why a
 * packet was dropped.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM weir

#if !defined(WEIR_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define WEIR_TRACE_H

#include <linux/tracepoint.h>
#include <net/ipv6.h>

#include "addr.h"
#include "names_gen.h"
#include "packet.h"

WEIR_DROP_ENUMS(TRACE_DEFINE_ENUM)

/* A flow as its first tuple shows it, and the server it goes to. */
DECLARE_EVENT_CLASS(weir_flow,
	TP_PROTO(const struct weir_tuple *tuple, const struct weir_endpoint *server, u8 detail),
	TP_ARGS(tuple, server, detail),
	TP_STRUCT__entry(
		__field(u8, protocol)
		__field(u8, detail)
		__array(u8, source, sizeof(struct sockaddr_in6))
		__array(u8, destination, sizeof(struct sockaddr_in6))
		__array(u8, server, sizeof(struct sockaddr_in6))
	),
	TP_fast_assign(
		__entry->protocol = tuple->protocol;
		__entry->detail = detail;
		weir_addr_to_sockaddr((void *)__entry->source, &tuple->src, tuple->sport,
				      tuple->family);
		weir_addr_to_sockaddr((void *)__entry->destination, &tuple->dst, tuple->dport,
				      tuple->family);
		weir_addr_to_sockaddr((void *)__entry->server, &server->addr, server->port,
				      server->family);
	),
	TP_printk("protocol=%u client=%pISpc service=%pISpc server=%pISpc detail=%u",
		  __entry->protocol, __entry->source, __entry->destination, __entry->server,
		  __entry->detail)
);

/* A scheduler has picked a server; detail is the method. */
DEFINE_EVENT(weir_flow, weir_schedule,
	TP_PROTO(const struct weir_tuple *tuple, const struct weir_endpoint *server, u8 detail),
	TP_ARGS(tuple, server, detail)
);

/* A conn is in the table; detail is the method. */
DEFINE_EVENT(weir_flow, weir_conn_new,
	TP_PROTO(const struct weir_tuple *tuple, const struct weir_endpoint *server, u8 detail),
	TP_ARGS(tuple, server, detail)
);

/* A conn has left the table; detail is its state. */
DEFINE_EVENT(weir_flow, weir_conn_end,
	TP_PROTO(const struct weir_tuple *tuple, const struct weir_endpoint *server, u8 detail),
	TP_ARGS(tuple, server, detail)
);

/* A packet was dropped. */
TRACE_EVENT(weir_drop,
	TP_PROTO(const struct weir_packet *pkt, enum weir_drop_reason reason),
	TP_ARGS(pkt, reason),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__field(u32, reason)
		__field(u8, protocol)
		__array(u8, source, sizeof(struct sockaddr_in6))
		__array(u8, destination, sizeof(struct sockaddr_in6))
	),
	TP_fast_assign(
		__entry->skbaddr = pkt->skb;
		__entry->reason = reason;
		__entry->protocol = pkt->tuple.protocol;
		weir_addr_to_sockaddr((void *)__entry->source, &pkt->tuple.src, pkt->tuple.sport,
				      pkt->tuple.family);
		weir_addr_to_sockaddr((void *)__entry->destination, &pkt->tuple.dst,
				      pkt->tuple.dport, pkt->tuple.family);
	),
	TP_printk("skbaddr=%p protocol=%u source=%pISpc destination=%pISpc reason=%s",
		  __entry->skbaddr, __entry->protocol, __entry->source, __entry->destination,
		  __print_symbolic(__entry->reason, WEIR_DROP_SYMBOLS))
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
