// SPDX-License-Identifier: GPL-2.0-only
/*
 * Births, lookups, states and ends of conns. Knows no skb beyond what
 * struct weir_packet says of it; the collector's clockwork is in conn_wheel.c.
 */
#include "conn.h"

#include <linux/slab.h>

#include "conn_wheel.h"
#include "trace.h"

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
	err = weir_wheel_init(table);
	if (err)
		goto err_destroy_hash;
	return 0;

err_destroy_hash:
	rhashtable_destroy(&table->hash);
err_unhold:
	table->users--;
	return err;
}

/**
 * weir_conn_table_release - lets go of the table
 * @table: the namespace's, its mutex held
 *
 * The last to let go frees it. Those who might still hold it: packets, but
 * hooks go off and a grace period passes before the namespace's last service
 * lets go; the collector, which is stopped here; walks, which hold it
 * themselves.
 */
void weir_conn_table_release(struct weir_conn_table *table)
{
	if (--table->users)
		return;
	weir_wheel_exit(table);
	WARN_ON_ONCE(atomic_read(&table->count));
	rhashtable_destroy(&table->hash);
}

static bool is_active(u8 protocol, u32 state)
{
	return protocol != IPPROTO_TCP || weir_tcp_is_active(state);
}

static atomic_t *counter_of(const struct weir_conn *conn, u32 state)
{
	struct weir_load *load = &conn->server->load;

	return is_active(weir_conn_protocol(conn), state) ? &load->active : &load->inactive;
}

static enum weir_tcp_view view_of(const struct weir_conn *conn, enum weir_dir dir)
{
	if (dir == WEIR_DIR_REPLY)
		return WEIR_TCP_FROM_SERVER;
	return weir_conn_sees_replies(conn) ? WEIR_TCP_FROM_CLIENT : WEIR_TCP_CLIENT_ONLY;
}

static void fill_tuples(struct weir_conn *conn, const struct weir_tuple *request)
{
	const struct weir_endpoint *server = &conn->server->endpoint;

	conn->nodes[WEIR_DIR_REQUEST].tuple = *request;
	conn->nodes[WEIR_DIR_REQUEST].tuple.dir = WEIR_DIR_REQUEST;
	if (!weir_conn_sees_replies(conn))
		return;
	conn->nodes[WEIR_DIR_REPLY].tuple = (struct weir_tuple){
		.src = server->addr,
		.sport = server->port,
		.dst = request->src,
		.dport = request->sport,
		.family = request->family,
		.protocol = request->protocol,
		.dir = WEIR_DIR_REPLY,
	};
}

/* A conn that nobody else knows yet; inherits the reference to @server. */
static struct weir_conn *alloc_conn(const struct weir_packet *pkt, struct weir_server *server)
{
	u8 method = READ_ONCE(server->method);
	struct weir_conn *conn;

	conn = kmem_cache_alloc(caches[method == WEIR_METHOD_NAT], GFP_ATOMIC);
	if (!conn)
		return NULL;
	conn->server = server;
	conn->method = method;
	conn->lane = weir_tuple_hash(&pkt->tuple, 0) % WEIR_WHEEL_LANES;
	conn->state = WEIR_TCP_STATE_NONE;
	conn->fast = 0;
	weir_route_init(&conn->client);
	weir_route_init(&conn->input);
	fill_tuples(conn, &pkt->tuple);
	if (pkt->tuple.protocol == IPPROTO_TCP)
		conn->state = weir_tcp_next(WEIR_TCP_STATE_NONE, view_of(conn, WEIR_DIR_REQUEST),
					    pkt->tcp_flags);
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

	weir_server_conn_end_rcu(conn->server, counter_of(conn, state));
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
	weir_server_conn_begin_rcu(conn->server, counter_of(conn, state));
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

	if (!clash || weir_conn_protocol(clash) != IPPROTO_TCP ||
	    !weir_tcp_is_reusable(weir_conn_state(clash)))
		return result;
	weir_conn_end(table, clash);
	return insert_conn(table, conn, state, &clash);
}

/**
 * weir_conn_create_rcu - a new conn
 * @table: the namespace's
 * @pkt: its first packet; bottom halves are off
 * @server: where it goes; the caller's reference is consumed in every case
 *
 * Return: the conn; the one another CPU has made for the same flow meanwhile;
 * or an error: -ENOSPC at the namespace's limit, -ENOMEM, -EEXIST if another
 * conn has the same reply tuple.
 */
struct weir_conn *weir_conn_create_rcu(struct weir_conn_table *table,
				       const struct weir_packet *pkt, struct weir_server *server)
{
	struct weir_conn *result = ERR_PTR(-ENOSPC);
	struct weir_conn *conn;

	if (atomic_inc_return(&table->count) > READ_ONCE(table->max))
		goto err_uncount;
	result = ERR_PTR(-ENOMEM);
	conn = alloc_conn(pkt, server);
	if (!conn)
		goto err_uncount;
	result = insert_or_replace(table, conn, conn->state);
	if (result == conn) {
		trace_weir_conn_new(&pkt->tuple, &server->endpoint, conn->method);
		weir_stats_count_conn(server->stats);
		weir_wheel_arm(table);
		return conn;
	}
	call_rcu(&conn->rcu, free_rcu_conn);
err_uncount:
	atomic_dec(&table->count);
	weir_server_put(server);
	/* Out of table space is out of memory to whoever asks. */
	return result == ERR_PTR(-E2BIG) || result == ERR_PTR(-EBUSY) ? ERR_PTR(-ENOMEM) : result;
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
	hlist_del_init(&conn->wheel);
	state = xchg(&conn->state, WEIR_CONN_ENDED);
	trace_weir_conn_end(&conn->nodes[WEIR_DIR_REQUEST].tuple, &server->endpoint, state);
	weir_server_conn_end_rcu(server, counter_of(conn, state));
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

/**
 * weir_conn_advance - moves a TCP conn to its next state
 * @conn: found under RCU
 * @pkt: one of its packets, no ICMP error; bottom halves are off
 * @dir: the packet's direction
 *
 * Each change is accounted by who makes it.
 *
 * Return: the state, or WEIR_CONN_ENDED.
 */
u32 weir_conn_advance(struct weir_conn *conn, const struct weir_packet *pkt, enum weir_dir dir)
{
	u32 state = READ_ONCE(conn->state);
	u32 next;

	if (state == WEIR_CONN_ENDED)
		return state;
	next = weir_tcp_next(state, view_of(conn, dir), pkt->tcp_flags);
	if (next == state || cmpxchg(&conn->state, state, next) != state)
		return state;
	if (counter_of(conn, next) != counter_of(conn, state))
		weir_server_conn_move_rcu(conn->server, counter_of(conn, state),
					  counter_of(conn, next));
	return next;
}

/**
 * weir_conn_expires_ms - how long a conn may still be idle
 * @conn: found under RCU
 *
 * Return: milliseconds, 0 if it is past.
 */
u32 weir_conn_expires_ms(const struct weir_conn *conn)
{
	s32 left = READ_ONCE(conn->expires) - weir_conn_tick();

	return left > 0 ? left * MSEC_PER_SEC : 0;
}

/**
 * weir_conn_state - the TCP state of a conn
 * @conn: found under RCU
 *
 * Return: its state; closed if it has ended meanwhile.
 */
enum weir_tcp_state weir_conn_state(const struct weir_conn *conn)
{
	u32 state = READ_ONCE(conn->state);

	return state == WEIR_CONN_ENDED ? WEIR_TCP_STATE_CLOSED : state;
}
