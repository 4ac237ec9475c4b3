// SPDX-License-Identifier: GPL-2.0-only
/*
 * Births, lookups and ends of conns. Knows no skb beyond what struct weir_packet says
 * of it; states are in conn_state.c, the collector's clockwork is in conn_wheel.c.
 */
#include "conn.h"

#include <linux/export.h>
#include <linux/slab.h>

#include "conn_state.h"
#include "conn_wheel.h"
#include "trace.h"
#include "track.h"

/* Conns with one and with two nodes. */
static struct kmem_cache *caches[WEIR_DIRS];

static_assert(offsetofend(struct weir_conn, input) <= 64,
	      "what packets touch besides the tuple is in the first cache line");
static_assert((sizeof(long) < 8 || offsetof(struct weir_conn, nodes) >= 64) &&
	      offsetof(struct weir_conn, nodes[1]) <= 128,
	      "what a lookup of a request touches is in the second, and the last of such a conn");
static_assert(offsetof(struct weir_conn, nodes[2]) <= 192,
	      "a conn of two nodes takes at most three cache lines");

/**
 * weir_conns_init - once per module
 *
 * Return: 0 or -ENOMEM.
 */
int weir_conns_init(void)
{
	caches[0] = kmem_cache_create("weir_conn_1", offsetof(struct weir_conn, nodes[1]), 0,
				      SLAB_HWCACHE_ALIGN, NULL);
	caches[1] = kmem_cache_create("weir_conn_2", offsetof(struct weir_conn, nodes[2]), 0,
				      SLAB_HWCACHE_ALIGN, NULL);
	if (caches[0] && caches[1])
		return 0;
	kmem_cache_destroy(caches[0]);
	kmem_cache_destroy(caches[1]);
	return -ENOMEM;
}

/**
 * weir_conns_exit - once per module, when all namespaces have let go
 *
 * Conns that ended wait for a grace period; it must be over.
 */
void weir_conns_exit(void)
{
	kmem_cache_destroy(caches[0]);
	kmem_cache_destroy(caches[1]);
}

/**
 * weir_conn_table_hold - makes sure that the table exists
 * @table: the namespace's, its mutex held
 *
 * Return: 0, to be matched by weir_conn_table_release(), or -ENOMEM.
 */
int weir_conn_table_hold(struct weir_conn_table *table)
{
	int err;

	if (table->users++)
		return 0;
	err = rhashtable_init(&table->hash, &weir_conn_params);
	if (err)
		goto err_unhold;
	err = weir_port_table_init(&table->ports);
	if (err)
		goto err_destroy_hash;
	err = weir_ftp_table_init(&table->ftp);
	if (err)
		goto err_exit_ports;
	err = weir_wheel_init(table);
	if (err)
		goto err_exit_ftp;
	return 0;

err_exit_ftp:
	weir_ftp_table_exit(&table->ftp);
err_exit_ports:
	weir_port_table_exit(&table->ports);
err_destroy_hash:
	rhashtable_destroy(&table->hash);
err_unhold:
	table->users--;
	return err;
}
EXPORT_SYMBOL_GPL(weir_conn_table_hold);

/**
 * weir_conn_table_release - lets go of the table
 * @table: the namespace's, its mutex held
 *
 * The last to let go frees it. Those who might still hold it: packets, but
 * hooks go off and a grace period passes before the namespace's last service
 * lets go; conns, but all have been ended then, also those that the removal of
 * an earlier service has missed; the collector, which is stopped here; walks,
 * which hold it themselves.
 */
void weir_conn_table_release(struct weir_conn_table *table)
{
	if (--table->users)
		return;
	weir_wheel_exit(table);
	WARN_ON_ONCE(atomic_read(&table->count));
	weir_ftp_table_exit(&table->ftp);
	weir_port_table_exit(&table->ports);
	rhashtable_destroy(&table->hash);
}
EXPORT_SYMBOL_GPL(weir_conn_table_release);

/* What replies to @request carry once @server takes @local for the client. */
static __always_inline struct weir_tuple reply_to(const struct weir_tuple *request,
						  const struct weir_endpoint *server,
						  const struct weir_endpoint *local)
{
	return (struct weir_tuple){
		.src = server->addr,
		.sport = server->port ?: request->dport,
		.dst = local->addr,
		.dport = local->port,
		.family = request->family,
		.protocol = request->protocol,
		.dir = WEIR_DIR_REPLY,
	};
}

static __always_inline void fill_tuples(struct weir_conn *conn, const struct weir_tuple *request,
			const struct weir_endpoint *local)
{
	conn->nodes[WEIR_DIR_REQUEST].tuple = *request;
	conn->nodes[WEIR_DIR_REQUEST].tuple.dir = WEIR_DIR_REQUEST;
	if (!weir_conn_sees_replies(conn))
		return;
	conn->nodes[WEIR_DIR_REPLY].tuple = reply_to(request, &conn->server->endpoint, local);
}

/*
 * The lane of conns that this CPU begins: births wait for no other CPU's, and no
 * sender can choose one by what it sends. Bottom halves are off.
 */
static u8 lane_here(void)
{
	return smp_processor_id() % WEIR_WHEEL_LANES;
}

/* What does not depend on there being a table. */
static __always_inline void init_conn(struct weir_conn *conn, const struct weir_tuple *request,
		      const struct weir_endpoint *local, struct weir_server *server, u8 method)
{
	conn->server = server;
	conn->method = method;
	conn->state = WEIR_STATE_NONE;
	conn->fast = 0;
	weir_route_init(&conn->client);
	weir_route_init(&conn->input);
	fill_tuples(conn, request, local);
}

/*
 * Takes the port that a conn has towards its server, in *@local; 0 or an errno. Ports
 * are kept by what a service knows of its server. One of all ports, or by a firewall
 * mark, may come to the same replies as one of a single port that has the port in
 * use: then another port is tried, up to a bound that is met when few are free.
 */
static int take_port(struct weir_conn_table *table, const struct weir_tuple *request,
		     struct weir_server *server, struct weir_endpoint *local)
{
	enum { TRIES_MAX = 128 };
	struct weir_tuple reply;
	int err;

	for (int tries = 0; tries < TRIES_MAX; tries++) {
		err = weir_port_take_rcu(rcu_dereference(server->locals), local);
		if (err)
			return err;
		reply = reply_to(request, &server->endpoint, local);
		if (likely(!rhashtable_lookup(&table->hash, &reply, weir_conn_params)))
			return 0;
		weir_port_shun_rcu(&table->ports, &server->endpoint,
				   server->service->key.protocol, local);
	}
	return -EADDRNOTAVAIL;
}

/* Gives it back, once nobody finds the conn by it. */
static void return_port(struct weir_conn_table *table, const struct weir_conn *conn)
{
	struct weir_endpoint local;

	if (conn->method != WEIR_METHOD_FULLNAT)
		return;
	local = weir_conn_local(conn);
	/* Taken by the service's protocol, which with a firewall mark is none. */
	weir_port_return_rcu(&table->ports, &conn->server->endpoint,
			     conn->server->service->key.protocol, &local);
}

/* The conn has ended, or was never found: what it has elsewhere goes. */
static void clear_up(struct weir_conn_table *table, const struct weir_conn *conn)
{
	weir_ftp_forget(&table->ftp, conn);
	return_port(table, conn);
}

/*
 * A conn that nobody else knows yet, or an ERR_PTR; inherits the reference to
 * @server, and has its port.
 */
static struct weir_conn *alloc_conn(struct weir_conn_table *table, const struct weir_packet *pkt,
				    struct weir_server *server)
{
	struct weir_endpoint local = weir_tuple_source(&pkt->tuple);
	u8 method = READ_ONCE(server->method);
	struct weir_conn *conn;
	int err;

	conn = kmem_cache_alloc(caches[weir_method_sees_replies(method)], GFP_ATOMIC);
	if (!conn)
		return ERR_PTR(-ENOMEM);
	err = method == WEIR_METHOD_FULLNAT ? take_port(table, &pkt->tuple, server, &local) : 0;
	if (err) {
		kmem_cache_free(caches[1], conn);
		return ERR_PTR(err);
	}
	init_conn(conn, &pkt->tuple, &local, server, method);
	conn->lane = lane_here();
	if (weir_protocol_has_states(pkt->tuple.protocol))
		conn->state = weir_state_next(pkt->tuple.protocol, WEIR_STATE_NONE,
					      weir_conn_view(conn, WEIR_DIR_REQUEST),
					      pkt->signals);
	conn->expires = weir_conn_tick() + weir_conn_timeout(conn, conn->state);
	return conn;
}

static void free_conn(struct weir_conn *conn)
{
	kmem_cache_free(caches[weir_conn_sees_replies(conn)], conn);
}

static void free_rcu_conn(struct rcu_head *rcu)
{
	struct weir_conn *conn = container_of(rcu, struct weir_conn, rcu);

	weir_route_release(&conn->client);
	weir_route_release(&conn->input);
	free_conn(conn);
}

/*
 * Puts one direction into the table. On a clash the conn that is there already
 * is returned, on an error an ERR_PTR.
 */
static struct weir_conn *insert_node(struct weir_conn_table *table, struct weir_conn *conn,
				     enum weir_dir dir)
{
	struct weir_conn_node *other;

	other = rhashtable_lookup_get_insert_key(&table->hash, &conn->nodes[dir].tuple,
						 &conn->nodes[dir].hash, weir_conn_params);
	if (IS_ERR_OR_NULL(other))
		return ERR_CAST(other);
	return weir_conn_of(other);
}

static void remove_node(struct weir_conn_table *table, struct weir_conn *conn, enum weir_dir dir)
{
	rhashtable_remove_fast(&table->hash, &conn->nodes[dir].hash, weir_conn_params);
}

/*
 * The conn could not be inserted. Packets that have found it by its first node
 * must see it ended, and what they did to its state is undone with it.
 */
static void abort_conn(struct weir_conn *conn)
{
	u32 state = xchg(&conn->state, WEIR_CONN_ENDED);

	weir_conn_count_half_open(conn, state, WEIR_CONN_ENDED);
	weir_server_conn_end_rcu(conn->server, weir_conn_counter(conn, state));
}

/*
 * Puts both directions into the table and the conn into the wheel, or nothing.
 * *@clash is the conn that has the reply tuple already.
 *
 * Returns @conn; or the conn that another CPU has just made for the same flow;
 * or an ERR_PTR. In the last two cases the caller frees @conn after a grace
 * period, since packets may have seen it.
 */
static struct weir_conn *insert_conn(struct weir_conn_table *table, struct weir_conn *conn,
				     u32 state, struct weir_conn **clash)
{
	struct weir_wheel_lane *lane = &table->lanes[conn->lane];
	struct weir_conn *other;

	spin_lock(&lane->lock);
	/* Before others can see and end it. */
	WRITE_ONCE(conn->state, state);
	weir_conn_count_half_open(conn, WEIR_TCP_STATE_NONE, state);
	weir_server_conn_begin_rcu(conn->server, weir_conn_counter(conn, state));
	other = insert_node(table, conn, WEIR_DIR_REQUEST);
	if (other)
		goto err_abort;
	if (weir_conn_sees_replies(conn)) {
		other = insert_node(table, conn, WEIR_DIR_REPLY);
		if (other)
			goto err_remove;
	}
	weir_wheel_place(lane, conn, weir_conn_tick());
	spin_unlock(&lane->lock);
	return conn;

err_remove:
	remove_node(table, conn, WEIR_DIR_REQUEST);
	if (!IS_ERR(other)) {
		*clash = other;
		other = ERR_PTR(-EEXIST);
	}
err_abort:
	abort_conn(conn);
	spin_unlock(&lane->lock);
	return other;
}

/* As insert_conn(), after what has ended but for its timeout has made room. */
static struct weir_conn *insert_or_replace(struct weir_conn_table *table, struct weir_conn *conn,
					   u32 state)
{
	struct weir_conn *clash = NULL;
	struct weir_conn *result = insert_conn(table, conn, state, &clash);

	if (!clash ||
	    !weir_state_is_reusable(weir_conn_protocol(clash), weir_conn_state(clash)))
		return result;
	weir_conn_end(table, clash);
	return insert_conn(table, conn, state, &clash);
}

/* Whether the namespace has room for one more conn, which has been counted. */
static bool has_room(struct weir_conn_table *table)
{
	return atomic_inc_return(&table->count) <= READ_ONCE(table->max) ||
	       weir_conn_shed(table, NULL, lane_here());
}

/*
 * Whether the service may hold the conn too. CPUs that look at the same time may go
 * past the bound by one each.
 */
static bool may_be_half_open(struct weir_conn_table *table, const struct weir_conn *conn)
{
	const struct weir_service *service = conn->server->service;
	u32 max = READ_ONCE(service->half_open_max);

	return !weir_state_is_half_open(conn->state) || !max ||
	       (u32)atomic_read(&service->half_open) < max ||
	       weir_conn_shed(table, service, conn->lane);
}

/**
 * weir_conn_create_rcu - a new conn
 * @table: the namespace's
 * @pkt: its first packet; bottom halves are off
 * @server: where it goes; the caller's reference is consumed in every case
 *
 * At a limit, the oldest half-open conn that is soon found makes room for it; so it
 * does without memory, though too late for this one.
 *
 * Return: the conn; the one another CPU has made for the same flow meanwhile;
 * or an error: -ENOSPC at the namespace's limit, -EDQUOT at the service's
 * half-open-max, -ENOMEM, -EEXIST if another conn has the same reply tuple,
 * -EADDRNOTAVAIL if no local port is left.
 */
struct weir_conn *weir_conn_create_rcu(struct weir_conn_table *table,
				       const struct weir_packet *pkt, struct weir_server *server)
{
	struct weir_conn *result = ERR_PTR(-ENOSPC);
	struct weir_conn *conn;

	if (!has_room(table))
		goto err_uncount;
	conn = alloc_conn(table, pkt, server);
	result = conn;
	if (IS_ERR(conn)) {
		if (PTR_ERR(conn) == -ENOMEM)
			weir_conn_shed(table, NULL, lane_here());
		goto err_uncount;
	}
	if (!may_be_half_open(table, conn)) {
		return_port(table, conn);
		free_conn(conn);
		result = ERR_PTR(-EDQUOT);
		goto err_uncount;
	}
	result = insert_or_replace(table, conn, conn->state);
	if (result == conn) {
		trace_weir_conn_new(&pkt->tuple, &server->endpoint, conn->method);
		weir_stats_count_conn(server->stats);
		weir_wheel_arm(table);
		return conn;
	}
	clear_up(table, conn);
	call_rcu(&conn->rcu, free_rcu_conn);
err_uncount:
	atomic_dec(&table->count);
	weir_server_put(server);
	/* Out of table space is out of memory to whoever asks. */
	return result == ERR_PTR(-E2BIG) || result == ERR_PTR(-EBUSY) ? ERR_PTR(-ENOMEM) : result;
}

/**
 * weir_conn_init_alone - a conn for the methods to send one packet by
 * @room: where it is made
 * @request: the packet's tuple, or of an ICMP error that of a request it travels with
 * @server: where it goes; borrowed, RCU read side
 *
 * Methods keep nothing in it: it ends with the packet, and nobody cleans it up.
 *
 * Return: the conn, in @room.
 */
struct weir_conn *weir_conn_init_alone(union weir_conn_alone *room,
				       const struct weir_tuple *request, struct weir_server *server)
{
	struct weir_endpoint client = weir_tuple_source(request);
	struct weir_conn *conn = &room->conn;

	init_conn(conn, request, &client, server, READ_ONCE(server->method));
	conn->lane = 0;
	conn->expires = 0;
	conn->due = 0;
	return conn;
}

/**
 * weir_conn_end_locked - takes a conn out of the table and the wheel
 * @table: the namespace's
 * @conn: in the table; its lane is locked, under RCU
 *
 * Those who may still hold it: packets that found it before, each within its
 * RCU section, after which it is freed. They read its server, which lives on
 * for as long since it is freed after a grace period of its own; they may try
 * to change its state, but WEIR_CONN_ENDED stays. The wheel does not hold it
 * any more, and nobody else ever does.
 */
void weir_conn_end_locked(struct weir_conn_table *table, struct weir_conn *conn)
{
	struct weir_server *server = conn->server;
	u32 state;

	lockdep_assert_held(&table->lanes[conn->lane].lock);
	remove_node(table, conn, WEIR_DIR_REQUEST);
	if (weir_conn_sees_replies(conn))
		remove_node(table, conn, WEIR_DIR_REPLY);
	list_del(&conn->wheel);
	if (READ_ONCE(server->service->conntrack))
		weir_track_end(conn);
	state = xchg(&conn->state, WEIR_CONN_ENDED);
	trace_weir_conn_end(&conn->nodes[WEIR_DIR_REQUEST].tuple, &server->endpoint, state);
	weir_conn_count_half_open(conn, state, WEIR_CONN_ENDED);
	clear_up(table, conn);
	weir_server_conn_end_rcu(server, weir_conn_counter(conn, state));
	weir_server_put(server);
	atomic_dec(&table->count);
	call_rcu(&conn->rcu, free_rcu_conn);
}

/**
 * weir_conn_end - ends a conn before its time
 * @table: the namespace's
 * @conn: found under RCU
 *
 * Return: false if it had ended already.
 */
bool weir_conn_end(struct weir_conn_table *table, struct weir_conn *conn)
{
	struct weir_wheel_lane *lane = &table->lanes[conn->lane];
	bool is_ours;

	spin_lock_bh(&lane->lock);
	is_ours = READ_ONCE(conn->state) != WEIR_CONN_ENDED;
	if (is_ours)
		weir_conn_end_locked(table, conn);
	spin_unlock_bh(&lane->lock);
	return is_ours;
}
