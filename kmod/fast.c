// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fast path. A packet of a flow that the slow path has decided on is
 * forwarded as it enters a device: no IP input, no routing, no firewall. What is
 * unusual in any way is left to the host, and so comes to the slow path.
 */
#include "fast.h"

#include <linux/skbuff.h>

#include "path.h"

/* The packet's service, if it meets even first packets at ingress; or NULL. */
static const struct weir_service *ingress_service(struct weir_net *wn,
						  const struct weir_packet *pkt,
						  const struct weir_conn *conn)
{
	const struct weir_service *service;

	if (likely(!READ_ONCE(wn->ingress_services)))
		return NULL;
	service = conn ? conn->server->service : weir_path_service(wn, pkt);
	return service && READ_ONCE(service->hook) == WEIR_HOOK_INGRESS ? service : NULL;
}

/* The packet's conn, or NULL, in *@conn; its service as ingress_service() has it. */
static __always_inline const struct weir_service *
look_up(struct weir_net *wn, const struct weir_packet *pkt, struct weir_conn **conn,
	enum weir_dir *dir)
{
	*dir = WEIR_DIR_REQUEST;
	*conn = weir_conn_find_rcu(&wn->conns, &pkt->tuple, dir);
	return ingress_service(wn, pkt, *conn);
}

/* Whether the host has decided on the flow, and the packet changes nothing. */
static bool is_fast(const struct weir_net *wn, const struct weir_packet *pkt,
		    const struct weir_conn *conn, enum weir_dir dir)
{
	return READ_ONCE(wn->fast) && pkt->outer.is_plain && weir_conn_is_fast(conn, dir) &&
	       weir_server_lease(conn->server) == WEIR_LEASE_GOOD;
}

/*
 * What IP input does for all that comes after it: the headers in one piece, and
 * no padding behind a packet shorter than a frame.
 */
static bool make_whole(struct weir_packet *pkt)
{
	unsigned int headers = pkt->outer.l4 + weir_transport_length(pkt->outer.protocol);
	struct sk_buff *skb = pkt->skb;

	if (pkt->outer.length < headers || skb->len < pkt->outer.length)
		return false;
	if (skb->len > pkt->outer.length && pskb_trim_rcsum(skb, pkt->outer.length))
		return false;
	return pskb_may_pull(skb, headers);
}

/**
 * weir_fast - the path of a packet as it enters a device
 * @wn: the namespace, with at least one service
 * @pkt: a parsed packet; RCU read side, bottom halves off
 *
 * Forwards what belongs to a flow the slow path has decided on, and anything of
 * a service with hook ingress.
 *
 * Return: WEIR_ACCEPT for the host's own stack, WEIR_DROP, WEIR_STOLEN.
 */
enum weir_verdict weir_fast(struct weir_net *wn, struct weir_packet *pkt)
{
	const struct weir_service *service;
	struct weir_conn *conn;
	enum weir_dir dir;

	service = look_up(wn, pkt, &conn, &dir);
	pkt->is_alone = service;
	/* Only the host puts fragments together: see weir_fast_reassembled(). */
	if (pkt->is_alone ? pkt->outer.is_fragment : !(conn && is_fast(wn, pkt, conn, dir)))
		return WEIR_ACCEPT;
	if (!make_whole(pkt))
		return WEIR_ACCEPT;
	if (pkt->is_alone)
		return weir_path_walk(wn, pkt, conn, dir, service);
	return weir_path_forward(wn, pkt, conn, dir);
}

/**
 * weir_fast_reassembled - the path of a packet that ingress had to leave in fragments
 * @wn: the namespace, with at least one service
 * @pkt: a parsed packet, put together by the host, before it is routed; RCU read side,
 *	bottom halves off
 *
 * Return: WEIR_ACCEPT for what is of no service with hook ingress, or for the host's
 * own stack all the same, WEIR_DROP, WEIR_STOLEN.
 */
enum weir_verdict weir_fast_reassembled(struct weir_net *wn, struct weir_packet *pkt)
{
	const struct weir_service *service;
	struct weir_conn *conn;
	enum weir_dir dir;

	service = look_up(wn, pkt, &conn, &dir);
	if (!service)
		return WEIR_ACCEPT;
	pkt->is_alone = true;
	return weir_path_walk(wn, pkt, conn, dir, service);
}
