// SPDX-License-Identifier: GPL-2.0-only
/*
 * NAT: requests get the server as their destination, replies the service as
 * their source. Full NAT: requests get a local as their source as well, and replies,
 * which the host takes for its own, the client as their destination. ICMP errors
 * get the same, and the opposite in what they quote (RFC 5508 section 4).
 */
#include "drop.h"
#include "method.h"
#include "rewrite.h"

/* Changes one end of the packet, or of the error and of what it quotes. */
static bool rewrite(struct weir_packet *pkt, enum weir_side side, const struct weir_endpoint *to)
{
	if (pkt->is_icmp_error)
		return weir_rewrite_icmp_error(pkt, side, to);
	return weir_rewrite(pkt->skb, &pkt->outer, side, to);
}

/* The way to the server, or back to the client. */
static __always_inline enum weir_verdict attach(struct weir_packet *pkt, struct weir_conn *conn,
						enum weir_dir dir)
{
	struct weir_server *server = conn->server;
	struct weir_endpoint client;

	if (dir == WEIR_DIR_REQUEST)
		return weir_route_attach(pkt, &server->route, &server->endpoint, true);
	client = weir_conn_client(conn);
	return weir_route_attach(pkt, &conn->client, &client, true);
}

/**
 * weir_nat_attach - the way to the server, or back to the client
 * @pkt: a packet of the conn; RCU read side, bottom halves off
 * @conn: the conn
 * @dir: the packet's direction
 *
 * A reply that the host forwards, or that is for the host or from it, is routed by
 * the host, as any other packet. One that is met before leaves as if it had been.
 *
 * Return: as weir_route_attach().
 */
enum weir_verdict weir_nat_attach(struct weir_packet *pkt, struct weir_conn *conn,
				  enum weir_dir dir)
{
	if (dir == WEIR_DIR_REPLY) {
		if (pkt->at != WEIR_AT_INGRESS && !pkt->is_alone) {
			weir_route_stay(pkt);
			return WEIR_CONTINUE;
		}
		weir_route_prioritize(pkt);
	}
	return attach(pkt, conn, dir);
}

/**
 * weir_nat_send - rewrites a packet and sends it
 * @pkt: a packet of the conn, after weir_nat_attach()
 * @conn: the conn
 * @dir: the packet's direction
 *
 * Return: WEIR_STOLEN; WEIR_ACCEPT for what the host's own stack goes on with;
 * WEIR_DROP without memory.
 */
enum weir_verdict weir_nat_send(struct weir_packet *pkt, const struct weir_conn *conn,
				enum weir_dir dir)
{
	struct weir_endpoint vip;
	bool is_done;

	if (dir == WEIR_DIR_REQUEST) {
		is_done = rewrite(pkt, WEIR_SIDE_DESTINATION, &conn->server->endpoint);
	} else {
		vip = weir_conn_vip(conn);
		is_done = rewrite(pkt, WEIR_SIDE_SOURCE, &vip);
	}
	if (!is_done)
		return weir_drop(pkt, WEIR_DROP_REASON_NO_MEMORY);
	return weir_route_transmit(pkt);
}

/**
 * weir_fullnat_attach - the way to the server, or back to the client
 * @pkt: a packet of the conn; RCU read side, bottom halves off
 * @conn: the conn
 * @dir: the packet's direction
 *
 * The host has routed a reply to itself.
 *
 * Return: as weir_route_attach().
 */
enum weir_verdict weir_fullnat_attach(struct weir_packet *pkt, struct weir_conn *conn,
				      enum weir_dir dir)
{
	return attach(pkt, conn, dir);
}

/**
 * weir_fullnat_send - rewrites both ends of a packet and sends it
 * @pkt: a packet of the conn, after weir_fullnat_attach()
 * @conn: the conn
 * @dir: the packet's direction
 *
 * Return: WEIR_STOLEN, or WEIR_DROP without memory.
 */
enum weir_verdict weir_fullnat_send(struct weir_packet *pkt, const struct weir_conn *conn,
				    enum weir_dir dir)
{
	bool is_request = dir == WEIR_DIR_REQUEST;
	struct weir_endpoint from = is_request ? weir_conn_local(conn) : weir_conn_vip(conn);
	struct weir_endpoint to = is_request ? conn->server->endpoint : weir_conn_client(conn);

	if (!rewrite(pkt, WEIR_SIDE_DESTINATION, &to) || !rewrite(pkt, WEIR_SIDE_SOURCE, &from))
		return weir_drop(pkt, WEIR_DROP_REASON_NO_MEMORY);
	return weir_route_transmit(pkt);
}
