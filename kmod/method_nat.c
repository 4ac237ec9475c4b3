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

static enum weir_verdict forward_request(struct weir_packet *pkt, struct weir_server *server)
{
	enum weir_verdict verdict;

	verdict = weir_route_attach(pkt, &server->route, &server->endpoint);
	if (verdict != WEIR_CONTINUE)
		return verdict;
	if (!rewrite(pkt, WEIR_SIDE_DESTINATION, &server->endpoint))
		return weir_drop(pkt, WEIR_DROP_REASON_NO_MEMORY);
	return weir_route_transmit(pkt);
}

/* The host routes replies to the client as it would any packet. */
static enum weir_verdict forward_reply(struct weir_packet *pkt, const struct weir_endpoint *vip)
{
	if (!rewrite(pkt, WEIR_SIDE_SOURCE, vip))
		return weir_drop(pkt, WEIR_DROP_REASON_NO_MEMORY);
	return WEIR_ACCEPT;
}

static enum weir_verdict forward(struct weir_packet *pkt, const struct weir_conn *conn,
				 enum weir_dir dir)
{
	struct weir_endpoint vip = weir_conn_vip(conn);

	if (dir == WEIR_DIR_REPLY)
		return forward_reply(pkt, &vip);
	return forward_request(pkt, conn->server);
}

const struct weir_method_ops weir_method_nat = {
	.forward = forward,
};
