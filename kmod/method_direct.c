// SPDX-License-Identifier: GPL-2.0-only
/*
 * Direct routing: the packet goes to the server's MAC as it is. The server owns
 * the service's address and answers the client itself.
 */
#include "method.h"
#include "route.h"
#include "server.h"

/*
 * Replies go past the director, so every packet met here travels to the server.
 * So does an ICMP error about what the server sent: it arrives at the service's
 * address, which is the server's too, and the server's path MTU discovery
 * (RFC 1191) depends on it.
 */
static enum weir_verdict attach(struct weir_packet *pkt, struct weir_conn *conn,
				enum weir_dir dir)
{
	struct weir_server *server = conn->server;

	return weir_route_attach(pkt, &server->route, &server->endpoint);
}

static enum weir_verdict send(struct weir_packet *pkt, const struct weir_conn *conn,
			      enum weir_dir dir)
{
	return weir_route_transmit(pkt);
}

const struct weir_method_ops weir_method_direct = {
	.attach = attach,
	.send = send,
};
