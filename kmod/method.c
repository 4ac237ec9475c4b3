// SPDX-License-Identifier: GPL-2.0-only
/*
 * The methods that are asked last.
 */
#include "method.h"

/**
 * weir_method_attach_other - the way of a packet whose method is not direct and not nat
 * @pkt: as weir_method_attach() has it
 * @conn: likewise
 * @dir: likewise
 *
 * Return: as that.
 */
enum weir_verdict weir_method_attach_other(struct weir_packet *pkt, struct weir_conn *conn,
					   enum weir_dir dir)
{
	switch ((enum weir_method)conn->method) {
	case WEIR_METHOD_TUNNEL:
		return weir_tunnel_attach(pkt, conn);
	case WEIR_METHOD_FULLNAT:
		return weir_fullnat_attach(pkt, conn, dir);
	case WEIR_METHOD_LOCAL:
		/*
		 * The host's stack takes it as it is. What is met on the way there is met
		 * again where it arrives, and counts only then.
		 */
		return pkt->at == WEIR_AT_LOCAL_IN ? WEIR_CONTINUE : WEIR_ACCEPT;
	case WEIR_METHOD_DIRECT:
	case WEIR_METHOD_NAT:
		break;
	}
	return WEIR_ACCEPT;
}

/**
 * weir_method_send_other - sends a packet whose method is not direct and not nat
 * @pkt: as weir_method_send() has it
 * @conn: likewise
 * @dir: likewise
 *
 * Return: as that.
 */
enum weir_verdict weir_method_send_other(struct weir_packet *pkt, const struct weir_conn *conn,
					 enum weir_dir dir)
{
	switch ((enum weir_method)conn->method) {
	case WEIR_METHOD_TUNNEL:
		return weir_tunnel_send(pkt, conn);
	case WEIR_METHOD_FULLNAT:
		return weir_fullnat_send(pkt, conn, dir);
	case WEIR_METHOD_LOCAL:
	case WEIR_METHOD_DIRECT:
	case WEIR_METHOD_NAT:
		break;
	}
	return WEIR_ACCEPT;
}
