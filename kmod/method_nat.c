// SPDX-License-Identifier: GPL-2.0-only
/*
 * NAT: requests get the server as their destination, replies the service as
 * their source. ICMP errors get the same, and the opposite in what they quote
 * (RFC 5508 section 4).
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

/**
 * weir_nat_attach - the way to the server, or back to the client
 * @pkt: a packet of the conn; RCU read side, bottom halves off
 * @conn: the conn
 * @dir: the packet's direction
 *
 * A reply that the host forwards is routed by the host, as any other packet.
 *
 * Return: as weir_route_attach().
 */
enum weir_verdict weir_nat_attach(struct weir_packet *pkt, struct weir_conn *conn,
				  enum weir_dir dir)
{
	struct weir_server *server = conn->server;
	struct weir_endpoint client;

	if (dir == WEIR_DIR_REQUEST)
		return weir_route_attach(pkt, &server->route, &server->endpoint);
	if (pkt->at != WEIR_AT_INGRESS)
		return WEIR_CONTINUE;
	client = weir_conn_client(conn);
	return weir_route_attach(pkt, &conn->client, &client);
}

/**
 * weir_nat_send - rewrites a packet and sends it
 * @pkt: a packet of the conn, after weir_nat_attach()
 * @conn: the conn
 * @dir: the packet's direction
 *
 * Return: WEIR_STOLEN; WEIR_ACCEPT for a reply that the host forwards;
 * WEIR_DROP without memory.
 */
enum weir_verdict weir_nat_send(struct weir_packet *pkt, const struct weir_conn *conn,
				enum weir_dir dir)
{
	bool is_request = dir == WEIR_DIR_REQUEST;
	struct weir_endpoint vip;
	bool is_done;

	if (is_request) {
		is_done = rewrite(pkt, WEIR_SIDE_DESTINATION, &conn->server->endpoint);
	} else {
		vip = weir_conn_vip(conn);
		is_done = rewrite(pkt, WEIR_SIDE_SOURCE, &vip);
	}
	if (!is_done)
		return weir_drop(pkt, WEIR_DROP_REASON_NO_MEMORY);
	if (is_request || pkt->at == WEIR_AT_INGRESS)
		return weir_route_transmit(pkt);
	return WEIR_ACCEPT;
}
