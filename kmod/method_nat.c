// SPDX-License-Identifier: GPL-2.0-only
/*
 * NAT: requests get the server as their destination, replies the service as
 * their source. ICMP errors get the same, and the opposite in what they quote
 * (RFC 5508 section 4).
 */
#include "drop.h"
#include "method.h"
#include "rewrite.h"
#include "route.h"
#include "server.h"

/* Changes one end of the packet, or of the error and of what it quotes. */
static bool rewrite(struct weir_packet *pkt, enum weir_side side, const struct weir_endpoint *to)
{
	if (pkt->is_icmp_error)
		return weir_rewrite_icmp_error(pkt, side, to);
	return weir_rewrite(pkt->skb, &pkt->outer, side, to);
}

/* The host routes replies to the client as it would any packet it forwards. */
static enum weir_verdict attach(struct weir_packet *pkt, struct weir_conn *conn,
				enum weir_dir dir)
{
	struct weir_server *server = conn->server;

	struct weir_endpoint client = weir_conn_client(conn);

	if (dir == WEIR_DIR_REQUEST)
		return weir_route_attach(pkt, &server->route, &server->endpoint);
	if (pkt->at == WEIR_AT_INGRESS)
		return weir_route_attach(pkt, &conn->client, &client);
	return WEIR_CONTINUE;
}

static enum weir_verdict send(struct weir_packet *pkt, const struct weir_conn *conn,
			      enum weir_dir dir)
{
	bool is_request = dir == WEIR_DIR_REQUEST;
	struct weir_endpoint to = is_request ? conn->server->endpoint : weir_conn_vip(conn);

	if (!rewrite(pkt, is_request ? WEIR_SIDE_DESTINATION : WEIR_SIDE_SOURCE, &to))
		return weir_drop(pkt, WEIR_DROP_REASON_NO_MEMORY);
	if (is_request || pkt->at == WEIR_AT_INGRESS)
		return weir_route_transmit(pkt);
	return WEIR_ACCEPT;
}

const struct weir_method_ops weir_method_nat = {
	.attach = attach,
	.send = send,
};
