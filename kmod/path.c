// SPDX-License-Identifier: GPL-2.0-only
/*
 * The slow path. A packet finds its conn; or its service, and the scheduler a
 * server, and a conn is born; the packet moves the conn's state; the conn's
 * method forwards it. No header bytes, no locks and no families here.
 */
#include "path.h"

#include "drop.h"
#include "pool.h"
#include "trace.h"

/**
 * weir_path_service - the service a packet is addressed to
 * @wn: the namespace, with at least one service
 * @pkt: a parsed packet; RCU read side
 *
 * Return: the service or NULL.
 */
struct weir_service *weir_path_service(struct weir_net *wn, const struct weir_packet *pkt)
{
	struct weir_service_key key = {
		.vip = weir_tuple_destination(&pkt->tuple),
		.protocol = pkt->tuple.protocol,
	};

	return weir_service_find_rcu(&wn->services, &key);
}

/* Whether the packet can begin a conn: a SYN, or any datagram. */
static bool begins_conn(const struct weir_packet *pkt)
{
	return pkt->tuple.protocol != IPPROTO_TCP || weir_packet_is_syn(pkt);
}

/*
 * Whether the packet begins something new although its conn still exists: a
 * client that uses its port again, a client that repeats its SYN to a server
 * that is gone, a datagram for a server that left.
 */
static bool supersedes(const struct weir_packet *pkt, const struct weir_conn *conn,
		       enum weir_dir dir)
{
	enum weir_lease lease;
	enum weir_tcp_state state;

	if (dir == WEIR_DIR_REPLY || !begins_conn(pkt))
		return false;
	lease = weir_server_lease(conn->server);
	if (pkt->tuple.protocol != IPPROTO_TCP)
		return lease != WEIR_LEASE_GOOD;
	state = weir_conn_state(conn);
	return lease == WEIR_LEASE_RESET || weir_tcp_is_reusable(state) ||
	       (state == WEIR_TCP_STATE_SYN_SENT && !weir_server_is_up(conn->server));
}

/* A TCP packet in the middle of a conn nobody knows: the service's own rule. */
static enum weir_verdict judge_midstream(const struct weir_packet *pkt,
					 const struct weir_service *service)
{
	switch (READ_ONCE(service->midstream)) {
	case WEIR_MIDSTREAM_RESET:
		weir_route_reset(pkt);
		return weir_drop(pkt, WEIR_DROP_REASON_MIDSTREAM_RESET);
	case WEIR_MIDSTREAM_DROP:
		return weir_drop(pkt, WEIR_DROP_REASON_MIDSTREAM);
	}
	return WEIR_ACCEPT;
}

static enum weir_verdict judge_failed_birth(const struct weir_packet *pkt, long error)
{
	switch (error) {
	case -ENOSPC:
		return weir_drop(pkt, WEIR_DROP_REASON_CONNS_MAX);
	case -EEXIST:
		return weir_drop(pkt, WEIR_DROP_REASON_TUPLE_CLASH);
	}
	return weir_drop(pkt, WEIR_DROP_REASON_NO_MEMORY);
}

/* Picks a server for the packet's new conn; *@conn is set on WEIR_CONTINUE. */
static enum weir_verdict begin_conn(struct weir_net *wn, const struct weir_packet *pkt,
				    const struct weir_service *service, struct weir_conn **conn)
{
	struct weir_server *server;

	if (pkt->at == WEIR_AT_FORWARD)
		return WEIR_ACCEPT;
	if (!service)
		service = weir_path_service(wn, pkt);
	if (!service)
		return WEIR_ACCEPT;
	if (!begins_conn(pkt))
		return judge_midstream(pkt, service);
	server = weir_pool_pick_rcu(service, &pkt->tuple);
	if (!server) {
		weir_route_refuse(pkt, WEIR_REFUSE_PORT, 0);
		return weir_drop(pkt, WEIR_DROP_REASON_NO_SERVER);
	}
	trace_weir_schedule(&pkt->tuple, &server->endpoint, READ_ONCE(server->method));
	*conn = weir_conn_create_rcu(&wn->conns, pkt, server);
	return IS_ERR(*conn) ? judge_failed_birth(pkt, PTR_ERR(*conn)) : WEIR_CONTINUE;
}

/* Whether the fast path is closed to all flows of the service. */
static bool stays_slow(const struct weir_net *wn, const struct weir_service *service)
{
	return !READ_ONCE(wn->fast) || !READ_ONCE(service->fast);
}

/* From a flow's second packet on: the first may be its last. */
static void keep_input(const struct weir_net *wn, const struct weir_packet *pkt,
		       struct weir_conn *conn, enum weir_dir dir)
{
	if ((READ_ONCE(conn->fast) & BIT(dir)) && stays_slow(wn, conn->server->service) &&
	    (pkt->at == WEIR_AT_LOCAL_IN || pkt->at == WEIR_AT_FORWARD))
		weir_route_keep_input(pkt, weir_conn_input(conn, dir));
}

/* Ends the conn of a server that left: for either side, whenever it speaks. */
static enum weir_verdict reset_conn(struct weir_net *wn, struct weir_packet *pkt,
				    struct weir_conn *conn, enum weir_dir dir)
{
	weir_route_reset(pkt);
	/* The RST closes the conn as if the peer had sent it. */
	pkt->tcp_flags |= WEIR_TCP_RST;
	weir_conn_track(&wn->conns, conn, pkt, dir);
	return weir_drop(pkt, WEIR_DROP_REASON_SERVER_RESET);
}

static bool must_reset(const struct weir_packet *pkt, const struct weir_conn *conn)
{
	return pkt->tuple.protocol == IPPROTO_TCP &&
	       weir_server_lease(conn->server) == WEIR_LEASE_RESET;
}

/* An ICMP error about a conn goes where the packet it is about came from. */
static enum weir_verdict relay_icmp_error(struct weir_packet *pkt, struct weir_conn *conn,
					  enum weir_dir dir)
{
	enum weir_verdict verdict;

	if (!weir_route_icmp_is_intact(pkt))
		return weir_drop(pkt, WEIR_DROP_REASON_ICMP_CHECKSUM);
	verdict = weir_method_attach(pkt, conn, dir);
	return verdict == WEIR_CONTINUE ? weir_method_send(pkt, conn, dir) : verdict;
}

/**
 * weir_path_walk - the slow path of a packet whose conn has been looked for
 * @wn: the namespace, with at least one service
 * @pkt: a parsed packet; RCU read side, bottom halves off
 * @conn: its conn, or NULL
 * @dir: its direction, if it has one
 * @service: the service it is addressed to, or NULL if that has yet to be seen
 *
 * Return: as weir_path().
 */
enum weir_verdict weir_path_walk(struct weir_net *wn, struct weir_packet *pkt,
				 struct weir_conn *conn, enum weir_dir dir,
				 const struct weir_service *service)
{
	enum weir_verdict verdict;

	/* A service's address that is no longer the host's own. */
	if (conn && dir == WEIR_DIR_REQUEST && pkt->at == WEIR_AT_FORWARD)
		return WEIR_ACCEPT;
	if (pkt->is_icmp_error)
		return conn ? relay_icmp_error(pkt, conn, dir) : WEIR_ACCEPT;
	if (conn && supersedes(pkt, conn, dir)) {
		weir_conn_end(&wn->conns, conn);
		conn = NULL;
	}
	if (!conn) {
		verdict = begin_conn(wn, pkt, service, &conn);
		if (verdict != WEIR_CONTINUE)
			return verdict;
	}
	if (must_reset(pkt, conn))
		return reset_conn(wn, pkt, conn, dir);
	keep_input(wn, pkt, conn, dir);
	verdict = weir_path_forward(wn, pkt, conn, dir);
	if (verdict != WEIR_DROP)
		weir_conn_make_fast(conn, dir);
	return verdict;
}

/**
 * weir_path - the slow path
 * @wn: the namespace, with at least one service
 * @pkt: a parsed packet; RCU read side, bottom halves off
 *
 * Return: WEIR_ACCEPT for what is not ours and for replies, WEIR_DROP,
 * WEIR_STOLEN.
 */
enum weir_verdict weir_path(struct weir_net *wn, struct weir_packet *pkt)
{
	enum weir_dir dir = WEIR_DIR_REQUEST;
	struct weir_conn *conn;

	conn = weir_conn_find_rcu(&wn->conns, &pkt->tuple, &dir);
	return weir_path_walk(wn, pkt, conn, dir, NULL);
}

/**
 * weir_path_is_untracked - whether conntrack has no business with a packet
 * @wn: the namespace, with at least one service
 * @pkt: a parsed packet, met before conntrack; RCU read side
 *
 * Return: whether it belongs to a conn or a service that does not ask for
 * conntrack.
 */
bool weir_path_is_untracked(struct weir_net *wn, const struct weir_packet *pkt)
{
	const struct weir_service *service;
	struct weir_conn *conn;
	enum weir_dir dir;

	conn = weir_conn_find_rcu(&wn->conns, &pkt->tuple, &dir);
	service = conn ? conn->server->service : weir_path_service(wn, pkt);
	return service && !READ_ONCE(service->conntrack);
}

/**
 * weir_path_recall_input - tells the host its way for a packet it has yet to route
 * @wn: the namespace, with at least one service
 * @pkt: a parsed packet that nobody changes any more before it is routed; RCU
 *	read side
 *
 * Flows that stay on the slow path, or did, have a way to be told. An ICMP error
 * has other addresses than its flow.
 */
void weir_path_recall_input(struct weir_net *wn, const struct weir_packet *pkt)
{
	struct weir_conn *conn;
	enum weir_dir dir;

	if (!pkt->outer.is_plain)
		return;
	conn = weir_conn_find_rcu(&wn->conns, &pkt->tuple, &dir);
	if (conn)
		weir_route_recall_input(pkt, weir_conn_input(conn, dir));
}
