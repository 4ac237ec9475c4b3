/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How packets of a conn reach their other end: one method a file, unless it is
 * as short as direct, and each of two steps.
 *
 *   attach   gives a packet of a conn, or an ICMP error about it whose checksum
 *            has been verified, its way: WEIR_CONTINUE; or WEIR_ACCEPT when the
 *            host has to deal with it as it is, or WEIR_DROP
 *   send     sends a packet that has its way: WEIR_STOLEN when it has left,
 *            WEIR_ACCEPT when the host's stack goes on with it, WEIR_DROP
 *
 * Tests and no table of functions: with the mitigations of today's kernels
 * an indirect call costs as much as looking at the conn.
 */
#ifndef WEIR_METHOD_H
#define WEIR_METHOD_H

#include "conn.h"
#include "packet.h"
#include "route.h"

enum weir_verdict weir_nat_attach(struct weir_packet *pkt, struct weir_conn *conn,
				  enum weir_dir dir);
enum weir_verdict weir_nat_send(struct weir_packet *pkt, const struct weir_conn *conn,
				enum weir_dir dir);
enum weir_verdict weir_fullnat_attach(struct weir_packet *pkt, struct weir_conn *conn,
				      enum weir_dir dir);
enum weir_verdict weir_fullnat_send(struct weir_packet *pkt, const struct weir_conn *conn,
				    enum weir_dir dir);

enum weir_verdict weir_tunnel_attach(struct weir_packet *pkt, struct weir_conn *conn);
enum weir_verdict weir_tunnel_send(struct weir_packet *pkt, const struct weir_conn *conn);
enum weir_verdict weir_tunnel_relay(struct weir_conn_table *table, struct weir_packet *pkt);
struct weir_conn *weir_tunnel_find_conn_rcu(struct weir_conn_table *table,
					    struct weir_packet *pkt);

/* As weir_method_attach() and weir_method_send(), for the methods they do not name. */
enum weir_verdict weir_method_attach_other(struct weir_packet *pkt, struct weir_conn *conn,
					   enum weir_dir dir);
enum weir_verdict weir_method_send_other(struct weir_packet *pkt, const struct weir_conn *conn,
					 enum weir_dir dir);

/* The way of a packet of @conn, as its method gives it. */
static inline enum weir_verdict weir_method_attach(struct weir_packet *pkt,
						   struct weir_conn *conn, enum weir_dir dir)
{
	/*
	 * To the server's MAC as it is: the server owns the service's address and
	 * answers the client itself, so that all there is to be met here travels to
	 * the server. So does an ICMP error about what the server sent: its path MTU
	 * discovery (RFC 1191) depends on it.
	 */
	if (conn->method == WEIR_METHOD_DIRECT)
		return weir_route_attach(pkt, &conn->server->route, &conn->server->endpoint,
					 false);
	if (conn->method == WEIR_METHOD_NAT)
		return weir_nat_attach(pkt, conn, dir);
	return weir_method_attach_other(pkt, conn, dir);
}

/* Sends a packet of @conn as its method does. */
static inline enum weir_verdict weir_method_send(struct weir_packet *pkt,
						 const struct weir_conn *conn,
						 enum weir_dir dir)
{
	if (conn->method == WEIR_METHOD_DIRECT)
		return weir_route_transmit(pkt);
	if (conn->method == WEIR_METHOD_NAT)
		return weir_nat_send(pkt, conn, dir);
	return weir_method_send_other(pkt, conn, dir);
}

#endif
