// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tunnel: requests travel inside packets of the director's own to the server, of
 * either address family, which unwraps them, owns the service's address and answers
 * the client itself. What routers say of the outer packets is said to the client of
 * the inner ones.
 */
#include "drop.h"
#include "encap.h"
#include "method.h"
#include "relay.h"

/* As the server is configured now: a tunnel has the same at both its ends. */
static struct weir_encap encap_of(const struct weir_server *server)
{
	return READ_ONCE(server->encap);
}

/**
 * weir_tunnel_attach - the way to the server
 * @pkt: a packet of the conn; RCU read side, bottom halves off
 * @conn: the conn
 *
 * As with direct there is nothing but what travels to the server.
 *
 * Return: as weir_route_attach().
 */
enum weir_verdict weir_tunnel_attach(struct weir_packet *pkt, struct weir_conn *conn)
{
	struct weir_server *server = conn->server;
	struct weir_wrap wrap = {
		.overhead = weir_encap_overhead(encap_of(server), &server->endpoint),
		.source = &server->wrapped_source,
	};

	return weir_route_attach_wrapped(pkt, &server->wrapped_route, &server->endpoint, &wrap);
}

/**
 * weir_tunnel_send - wraps a packet and sends it
 * @pkt: a packet of the conn, after weir_tunnel_attach()
 * @conn: the conn
 *
 * Return: WEIR_STOLEN, or WEIR_DROP without memory.
 */
enum weir_verdict weir_tunnel_send(struct weir_packet *pkt, const struct weir_conn *conn)
{
	const struct weir_server *server = conn->server;

	if (!weir_encap_wrap(pkt, encap_of(server), &server->endpoint, &server->wrapped_source))
		return weir_drop(pkt, WEIR_DROP_REASON_NO_MEMORY);
	return weir_route_transmit(pkt);
}

/*
 * The conn of the packet inside the one that an ICMP error is about, if that one
 * went to the conn's server; *@inner is where the packet is then.
 */
static struct weir_conn *find_inner_conn(struct weir_conn_table *table, struct weir_packet *pkt,
					 struct weir_header *inner)
{
	const struct weir_endpoint *to;
	struct weir_tuple tuple;
	struct weir_conn *conn;
	enum weir_dir dir;

	if (!weir_packet_find_inner(pkt, &pkt->quoted, inner) ||
	    !weir_packet_parse_inner(pkt, inner, &tuple))
		return NULL;
	conn = weir_conn_find_rcu(table, &tuple, &dir);
	if (!conn || conn->method != WEIR_METHOD_TUNNEL)
		return NULL;
	to = &conn->server->endpoint;
	/* The error travels the other way, from the server as it were. */
	if (to->family != pkt->tuple.family ||
	    memcmp(&to->addr, &pkt->tuple.src, sizeof(to->addr)))
		return NULL;
	return conn;
}

/**
 * weir_tunnel_find_conn_rcu - whose packet an ICMP error is about that was wrapped
 * @table: the namespace's conns
 * @pkt: an ICMP error; RCU read side
 *
 * Return: the conn, or NULL.
 */
struct weir_conn *weir_tunnel_find_conn_rcu(struct weir_conn_table *table,
					    struct weir_packet *pkt)
{
	struct weir_header inner;

	return find_inner_conn(table, pkt, &inner);
}

/**
 * weir_tunnel_relay - passes on an ICMP error about a wrapped packet
 * @table: the namespace's conns
 * @pkt: an ICMP error about no conn; RCU read side, bottom halves off
 *
 * The host learns the path's MTU, and the client is told in its own family. An
 * error that quotes too little of the inner packet to tell whose it is stays the
 * host's alone.
 *
 * Return: WEIR_ACCEPT, since the host itself is who the error was sent to;
 * WEIR_DROP if its checksum is wrong.
 */
enum weir_verdict weir_tunnel_relay(struct weir_conn_table *table, struct weir_packet *pkt)
{
	const struct weir_server *server;
	struct weir_header inner;
	struct weir_relay relay;
	struct weir_conn *conn;
	u32 overhead;

	if (pkt->at != WEIR_AT_LOCAL_IN)
		return WEIR_ACCEPT;
	conn = find_inner_conn(table, pkt, &inner);
	if (!conn)
		return WEIR_ACCEPT;
	if (!weir_route_is_intact(pkt))
		return weir_drop(pkt, WEIR_DROP_REASON_ICMP_CHECKSUM);
	if (!weir_relay_read(pkt, &relay))
		return WEIR_ACCEPT;
	server = conn->server;
	if (relay.refusal == WEIR_REFUSE_TOO_BIG) {
		weir_relay_learn(pkt, relay.mtu);
		overhead = weir_encap_overhead(encap_of(server), &server->endpoint);
		/* Every path takes 68 bytes (RFC 791). */
		relay.mtu = max(relay.mtu, overhead + 68) - overhead;
	}
	weir_relay_tell(pkt, &inner, &relay);
	return WEIR_ACCEPT;
}
