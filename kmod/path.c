// SPDX-License-Identifier: GPL-2.0-only
/*
 * The slow path. A packet finds its conn; or its service, and affinity or the
 * scheduler a server, and a conn is born; the packet moves the conn's state; the
 * conn's method forwards it. No header bytes, no locks and no families here.
 */
#include "path.h"

#include "affinity.h"
#include "drop.h"
#include "pool.h"
#include "rewrite.h"
#include "trace.h"
#include "track.h"

/*
 * The firewall mark that says whose the packet is. What the host itself sends may
 * have that of a packet it answers (net.ipv4.fwmark_reflect), unless it begins
 * something.
 */
static u32 mark_of(const struct weir_packet *pkt)
{
	if (pkt->at == WEIR_AT_LOCAL_OUT && (pkt->is_icmp_error || !weir_packet_begins(pkt)))
		return 0;
	return pkt->skb->mark;
}

/**
 * weir_path_service - the service a packet is for
 * @wn: the namespace, with at least one service
 * @pkt: a parsed packet; RCU read side
 *
 * Return: the service or NULL; NULL for AH and ESP, which only follow a conn.
 */
struct weir_service *weir_path_service(struct weir_net *wn, const struct weir_packet *pkt)
{
	if (weir_packet_is_ipsec(pkt))
		return NULL;
	return weir_service_find_by_tuple_rcu(&wn->services, &pkt->tuple, mark_of(pkt));
}

static bool takes_new(const struct weir_server *server)
{
	return weir_server_is_up(server) && READ_ONCE(server->weight);
}

/*
 * Whether the packet begins something new although its conn still exists: a
 * client that uses its port again, a client that repeats its SYN or INIT to a
 * server that takes nothing new, a datagram for a server that left.
 */
static bool supersedes(const struct weir_packet *pkt, const struct weir_conn *conn,
		       enum weir_dir dir)
{
	u8 protocol = pkt->tuple.protocol;
	enum weir_lease lease;
	u32 state;

	if (dir == WEIR_DIR_REPLY || !weir_packet_begins(pkt))
		return false;
	lease = weir_server_lease(conn->server);
	if (!weir_protocol_has_states(protocol))
		return lease != WEIR_LEASE_GOOD;
	state = weir_conn_state(conn);
	return lease == WEIR_LEASE_RESET || weir_state_is_reusable(protocol, state) ||
	       (state == WEIR_STATE_UNANSWERED && !takes_new(conn->server));
}

/*
 * A packet in the middle of a conn nobody knows: the service's own rule.
 * WEIR_CONTINUE if it is to begin a conn after all.
 */
static enum weir_verdict judge_midstream(const struct weir_packet *pkt,
					 const struct weir_service *service)
{
	switch (READ_ONCE(service->midstream)) {
	case WEIR_MIDSTREAM_RESET:
		weir_route_reset(pkt);
		return weir_drop(pkt, WEIR_DROP_REASON_MIDSTREAM_RESET);
	case WEIR_MIDSTREAM_DROP:
		return weir_drop(pkt, WEIR_DROP_REASON_MIDSTREAM);
	case WEIR_MIDSTREAM_SCHEDULE:
		return weir_packet_is_midstream(pkt) ? WEIR_CONTINUE : WEIR_ACCEPT;
	}
	return WEIR_ACCEPT;
}

/* A packet whose new conn no server takes: the service's own rule. */
static enum weir_verdict judge_unserved(const struct weir_packet *pkt,
					const struct weir_service *service)
{
	enum weir_drop_reason reason = WEIR_DROP_REASON_NO_SERVER;

	if (weir_pool_is_full_rcu(service))
		reason = WEIR_DROP_REASON_SERVERS_FULL;
	switch ((enum weir_no_server)READ_ONCE(service->no_server)) {
	case WEIR_NO_SERVER_PASS:
		return WEIR_ACCEPT;
	case WEIR_NO_SERVER_DROP:
		break;
	case WEIR_NO_SERVER_RESET:
		if (weir_protocol_has_states(pkt->tuple.protocol)) {
			weir_route_reset(pkt);
			break;
		}
		fallthrough;
	case WEIR_NO_SERVER_REFUSE:
		weir_route_refuse(pkt, WEIR_REFUSE_PORT, 0);
		break;
	}
	return weir_drop(pkt, reason);
}

static enum weir_verdict judge_failed_birth(const struct weir_packet *pkt, long error)
{
	switch (error) {
	case -ENOSPC:
		return weir_drop(pkt, WEIR_DROP_REASON_CONNS_MAX);
	case -EDQUOT:
		return weir_drop(pkt, WEIR_DROP_REASON_HALF_OPEN_MAX);
	case -EEXIST:
		return weir_drop(pkt, WEIR_DROP_REASON_TUPLE_CLASH);
	case -EADDRNOTAVAIL:
		return weir_drop(pkt, WEIR_DROP_REASON_NO_LOCAL_PORT);
	}
	return weir_drop(pkt, WEIR_DROP_REASON_NO_MEMORY);
}

/* Out of line, since a key with room for a Call-ID is large. */
static noinline struct weir_server *pick_for_client(const struct weir_packet *pkt,
						    const struct weir_service *service,
						    struct weir_affinity *affinity)
{
	struct weir_affinity_key client;
	struct weir_server *server;

	weir_affinity_read_key(affinity, pkt, &client);
	server = weir_affinity_find_rcu(affinity, &client);
	if (server)
		return server;
	server = weir_pool_pick_rcu(service, &pkt->tuple);
	return server ? weir_affinity_remember_rcu(affinity, &client, server) : NULL;
}

/* The server of a new conn, with a reference: the client's own, or the scheduler's choice. */
static struct weir_server *pick_server(const struct weir_packet *pkt,
				       const struct weir_service *service)
{
	struct weir_affinity *affinity = weir_affinity_of_rcu(service);

	return affinity ? pick_for_client(pkt, service, affinity) :
			  weir_pool_pick_rcu(service, &pkt->tuple);
}

/*
 * Sends a datagram as if it began a conn that nobody remembers. Not in line: only
 * such services pay for its room on the stack.
 */
static noinline enum weir_verdict forward_alone(struct weir_packet *pkt,
						const struct weir_service *service)
{
	struct weir_server *server = pick_server(pkt, service);
	union weir_conn_alone room;
	enum weir_verdict verdict;
	struct weir_conn *conn;

	if (!server)
		return judge_unserved(pkt, service);
	/* RCU holds it for as long as this takes. */
	weir_server_put(server);
	conn = weir_conn_init_alone(&room, &pkt->tuple, server);
	trace_weir_schedule(&pkt->tuple, &server->endpoint, conn->method);
	verdict = weir_method_attach(pkt, conn, WEIR_DIR_REQUEST);
	if (verdict != WEIR_CONTINUE)
		return verdict;
	weir_stats_count_conn(server->stats);
	weir_stats_count(server->stats, WEIR_DIR_REQUEST, pkt->skb, pkt->at == WEIR_AT_INGRESS);
	return weir_method_send(pkt, conn, WEIR_DIR_REQUEST);
}

/* The service whose conn the packet may begin, given @service if that is known. */
static const struct weir_service *service_to_begin(struct weir_net *wn,
						   const struct weir_packet *pkt,
						   const struct weir_service *service)
{
	if (pkt->at == WEIR_AT_FORWARD)
		return NULL;
	return service ?: weir_path_service(wn, pkt);
}

/*
 * Picks a server for the packet's new conn; *@conn is set on WEIR_CONTINUE. A
 * packet of which no conn is kept is forwarded here.
 */
static enum weir_verdict begin_conn(struct weir_net *wn, struct weir_packet *pkt,
				    const struct weir_service *service, struct weir_conn **conn)
{
	enum weir_verdict verdict;
	struct weir_server *server;

	service = service_to_begin(wn, pkt, service);
	if (!service)
		return WEIR_ACCEPT;
	if (weir_route_is_elsewhere(pkt))
		return weir_drop(pkt, WEIR_DROP_REASON_VRF);
	if (!weir_packet_begins(pkt)) {
		verdict = judge_midstream(pkt, service);
		if (verdict != WEIR_CONTINUE)
			return verdict;
	}
	if (READ_ONCE(service->one_packet) && pkt->tuple.protocol == IPPROTO_UDP)
		return forward_alone(pkt, service);
	server = pick_server(pkt, service);
	if (!server)
		return judge_unserved(pkt, service);
	trace_weir_schedule(&pkt->tuple, &server->endpoint, READ_ONCE(server->method));
	*conn = weir_conn_create_rcu(&wn->conns, pkt, server);
	return IS_ERR(*conn) ? judge_failed_birth(pkt, PTR_ERR(*conn)) : WEIR_CONTINUE;
}

/* Whether the fast path is closed to all flows of the service. */
static bool stays_slow(const struct weir_net *wn, const struct weir_service *service)
{
	return !READ_ONCE(wn->fast) || !READ_ONCE(service->fast);
}

/*
 * From a flow's second packet on: the first may be its last. Where replies are
 * routed here their way out has the place of their way in.
 */
static void keep_input(const struct weir_net *wn, const struct weir_packet *pkt,
		       struct weir_conn *conn, enum weir_dir dir)
{
	if ((READ_ONCE(conn->fast) & BIT(dir)) && stays_slow(wn, conn->server->service) &&
	    !(dir == WEIR_DIR_REPLY && weir_conn_routes_replies(conn)) &&
	    (pkt->at == WEIR_AT_LOCAL_IN || pkt->at == WEIR_AT_FORWARD))
		weir_route_keep_input(pkt, weir_conn_input(conn, dir));
}

/* Whether conntrack is to know of the packet; ICMP errors it knows by what they quote. */
static bool is_tracked(const struct weir_conn *conn)
{
	return READ_ONCE(conn->server->service->conntrack);
}

/* Tells conntrack, and has whole lines for its reader of FTP; false without memory. */
static noinline bool track(struct weir_net *wn, struct weir_packet *pkt,
			   const struct weir_conn *conn, enum weir_dir dir, bool is_first)
{
	return weir_track_packet(pkt, conn, dir, is_first) &&
	       weir_ftp_packet(&wn->conns.ftp, pkt, conn, dir);
}

/*
 * Lets the other side know as well, in the name of the one that has spoken: it may be
 * waiting for an answer and never speak again. An SCTP endpoint asks by itself whether
 * its peer is still there.
 */
static enum weir_verdict pass_reset_on(struct weir_packet *pkt, struct weir_conn *conn,
				       enum weir_dir dir)
{
	enum weir_verdict verdict;

	if (pkt->tuple.protocol != IPPROTO_TCP || !weir_route_is_intact(pkt) ||
	    !weir_rewrite_reset(pkt))
		return WEIR_DROP;
	verdict = weir_method_attach(pkt, conn, dir);
	return verdict == WEIR_CONTINUE ? weir_method_send(pkt, conn, dir) : verdict;
}

/* Ends the conn of a server that left: for either side, whichever speaks first. */
static noinline enum weir_verdict reset_conn(struct weir_net *wn, struct weir_packet *pkt,
					     struct weir_conn *conn, enum weir_dir dir)
{
	weir_route_reset(pkt);
	weir_conn_close(&wn->conns, conn);
	weir_drop(pkt, WEIR_DROP_REASON_SERVER_RESET);
	return pass_reset_on(pkt, conn, dir);
}

static bool must_reset(const struct weir_packet *pkt, const struct weir_conn *conn)
{
	return weir_protocol_has_states(pkt->tuple.protocol) &&
	       weir_server_lease(conn->server) == WEIR_LEASE_RESET;
}

/*
 * AH and ESP go to the server that IKE has agreed on them with. Once that server
 * has left, IKE has to find another one first; and AH, which covers the addresses,
 * does not survive NAT (RFC 3715, section 2.1).
 */
static enum weir_verdict follow_ike(struct weir_net *wn, struct weir_packet *pkt,
				    struct weir_conn *conn, enum weir_dir dir)
{
	if (weir_server_lease(conn->server) != WEIR_LEASE_GOOD)
		return WEIR_ACCEPT;
	if (pkt->outer.protocol == IPPROTO_AH && weir_conn_sees_replies(conn))
		return weir_drop(pkt, WEIR_DROP_REASON_AH_NAT);
	return weir_path_forward(wn, pkt, conn, dir);
}

/* An ICMP error about a conn goes where the packet it is about came from. */
static enum weir_verdict relay_icmp_error(struct weir_packet *pkt, struct weir_conn *conn,
					  enum weir_dir dir)
{
	enum weir_verdict verdict;

	if (!weir_route_is_intact(pkt))
		return weir_drop(pkt, WEIR_DROP_REASON_ICMP_CHECKSUM);
	verdict = weir_method_attach(pkt, conn, dir);
	return verdict == WEIR_CONTINUE ? weir_method_send(pkt, conn, dir) : verdict;
}

/*
 * An ICMP error about a flow that another director may know: it goes where the
 * flow's own packets would be sent, if the service is scheduled alike there. What
 * the host itself has to tell is none of ours.
 */
static noinline enum weir_verdict schedule_icmp_error(struct weir_net *wn,
						      struct weir_packet *pkt,
						      const struct weir_service *service)
{
	union weir_conn_alone room;
	struct weir_server *server;

	service = service_to_begin(wn, pkt, service);
	if (!service || !READ_ONCE(service->icmp_schedule) || pkt->at == WEIR_AT_LOCAL_OUT)
		return WEIR_ACCEPT;
	if (weir_route_is_elsewhere(pkt))
		return weir_drop(pkt, WEIR_DROP_REASON_VRF);
	server = weir_pool_pick_alone_rcu(service, &pkt->tuple);
	if (!server)
		return weir_drop(pkt, WEIR_DROP_REASON_NO_SERVER);
	/* Only who has the conn knows what the server takes for its client. */
	if (READ_ONCE(server->method) == WEIR_METHOD_FULLNAT)
		return WEIR_ACCEPT;
	return relay_icmp_error(pkt, weir_conn_init_alone(&room, &pkt->tuple, server),
				WEIR_DIR_REQUEST);
}

/* An ICMP error about no conn: about what a tunnel has sent, or another director's. */
static enum weir_verdict judge_icmp_error(struct weir_net *wn, struct weir_packet *pkt,
					  const struct weir_service *service)
{
	enum weir_verdict verdict = weir_tunnel_relay(&wn->conns, pkt);

	return verdict == WEIR_ACCEPT ? schedule_icmp_error(wn, pkt, service) : verdict;
}

/* Whether the packet goes to another host: what is for this one is never fast. */
static bool has_left(const struct weir_packet *pkt, enum weir_verdict verdict)
{
	return verdict == WEIR_STOLEN ||
	       (verdict == WEIR_ACCEPT && pkt->at == WEIR_AT_FORWARD);
}

/* A packet that is none of the flow's own: an ICMP error about it, or IPsec beside IKE. */
static noinline enum weir_verdict walk_companion(struct weir_net *wn, struct weir_packet *pkt,
						 struct weir_conn *conn, enum weir_dir dir,
						 const struct weir_service *service)
{
	if (!pkt->is_icmp_error)
		return conn ? follow_ike(wn, pkt, conn, dir) : WEIR_ACCEPT;
	return conn ? relay_icmp_error(pkt, conn, dir) : judge_icmp_error(wn, pkt, service);
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
	bool is_first = false;

	/* A service's address that is no longer the host's own. */
	if (conn && dir == WEIR_DIR_REQUEST && pkt->at == WEIR_AT_FORWARD)
		return WEIR_ACCEPT;
	if (unlikely(pkt->outer.protocol != pkt->tuple.protocol))
		return walk_companion(wn, pkt, conn, dir, service);
	if (conn && supersedes(pkt, conn, dir)) {
		weir_conn_end(&wn->conns, conn);
		conn = NULL;
	}
	if (!conn) {
		verdict = begin_conn(wn, pkt, service, &conn);
		if (verdict != WEIR_CONTINUE)
			return verdict;
		is_first = true;
	}
	if (must_reset(pkt, conn))
		return reset_conn(wn, pkt, conn, dir);
	if (unlikely(is_tracked(conn)) && !track(wn, pkt, conn, dir, is_first))
		return weir_drop(pkt, WEIR_DROP_REASON_NO_MEMORY);
	keep_input(wn, pkt, conn, dir);
	verdict = weir_path_forward(wn, pkt, conn, dir);
	if (has_left(pkt, verdict))
		weir_conn_make_fast(conn, dir);
	return verdict;
}

/**
 * weir_path - the slow path
 * @wn: the namespace, with at least one service
 * @pkt: a parsed packet; RCU read side, bottom halves off
 *
 * Return: WEIR_ACCEPT for what is not ours, for replies and for what a program on
 * this host gets, WEIR_DROP, WEIR_STOLEN.
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
 * conntrack, or is an ICMP error about a packet that was wrapped.
 */
bool weir_path_is_untracked(struct weir_net *wn, struct weir_packet *pkt)
{
	const struct weir_service *service;
	struct weir_conn *conn;
	enum weir_dir dir;

	conn = weir_conn_find_rcu(&wn->conns, &pkt->tuple, &dir);
	/* Of a wrapped packet conntrack has never heard. */
	if (!conn && pkt->is_icmp_error && weir_tunnel_find_conn_rcu(&wn->conns, pkt))
		return true;
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
