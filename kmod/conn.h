/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracked flows: the table that finds them by either direction, and the wheel
 * that collects those that have been idle for too long.
 */
#ifndef WEIR_CONN_H
#define WEIR_CONN_H

#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "addr.h"
#include "ftp.h"
#include "packet.h"
#include "ports.h"
#include "route.h"
#include "server.h"
#include "service.h"
#include "state.h"

/**
 * struct weir_conn_node - one direction of a conn in the table
 * @hash: links it in the table; RCU readers, written under its lane's lock
 * @tuple: what packets of this direction carry; const once inserted
 */
struct weir_conn_node {
	struct rhash_head hash;
	struct weir_tuple tuple;
};

/**
 * struct weir_conn - a tracked flow
 * @server: where it goes; const, holds a reference
 * @expires: the last tick it may be idle; written by packets, at most once a
 *	tick
 * @due: tick of the wheel slot it waits in; never later than @expires + 1 but
 *	for a moment; written under the lane's lock, read by packets
 * @state: as state.h has it for its protocol, WEIR_CONN_ENDED at the end; changes
 *	by cmpxchg, so that each change is accounted once
 * @method: &enum weir_method it was born with; const
 * @lane: lane of the wheel it lives in; const
 * @fast: BIT(&enum weir_dir) of the directions in which the slow path has
 *	forwarded a packet; written by packets, a bit that is lost comes again
 * @client: the way back to the client: for replies met at ingress, and as the
 *	host has found it for replies of flows that stay on the slow path
 * @input: the host's way in, for requests of flows that stay on the slow path
 * @wheel: in a slot of its lane from birth to end, behind those placed there
 *	before; under the lane's lock
 * @rcu: frees after a grace period; it is on no slot then
 * @nodes: request direction, and reply direction if the method sees replies
 *
 * In the table exactly while it is in the wheel: both change together under
 * the lane's lock. A reader under RCU may use it a grace period longer. A tick
 * is a second of jiffies.
 */
struct weir_conn {
	struct weir_server *server;
	u32 expires;
	u32 due;
	u32 state;
	u8 method;
	u8 lane;
	u8 fast;
	struct weir_route client;
	struct weir_route input;
	union {
		struct list_head wheel;
		struct rcu_head rcu;
	};
	struct weir_conn_node nodes[];
};

/**
 * union weir_conn_alone - room on the stack for a conn of one packet
 * @conn: the conn; in no table, counted nowhere, without a reference to its server
 * @room: as many bytes as it may have
 */
union weir_conn_alone {
	struct weir_conn conn;
	u8 room[offsetof(struct weir_conn, nodes[WEIR_DIRS])];
};

enum {
	/** @WEIR_CONN_ENDED: the state of a conn that has left the table */
	WEIR_CONN_ENDED = 0xff,
	/** @WEIR_WHEEL_LANES: locks that births and ends of conns spread over */
	WEIR_WHEEL_LANES = 16,
	/** @WEIR_WHEEL_BITS: log2 of the slots of one level */
	WEIR_WHEEL_BITS = 8,
	/** @WEIR_WHEEL_SLOTS: slots of one level: seconds, then 256 seconds each */
	WEIR_WHEEL_SLOTS = 1 << WEIR_WHEEL_BITS,
	/** @WEIR_WHEEL_LEVELS: levels; what is further away waits for a lap more */
	WEIR_WHEEL_LEVELS = 2,
	/** @WEIR_HALF_OPEN_SLOTS: slots of half-open conns: seconds */
	WEIR_HALF_OPEN_SLOTS = 64,
	/** @WEIR_CONNS_MAX_DEFAULT: conns a namespace may hold unless told otherwise */
	WEIR_CONNS_MAX_DEFAULT = 1 << 20,
	/**
	 * @WEIR_HALF_OPEN_MAX_DEFAULT: half-open conns a service may hold unless told
	 * otherwise: a sixteenth of what its namespace may, and at 100 000 SYNs a second
	 * still two thirds of a second for a handshake
	 */
	WEIR_HALF_OPEN_MAX_DEFAULT = 1 << 16,
};

/**
 * struct weir_wheel_lane - an independent part of the wheel
 * @lock: guards the slots, and births and ends of the lane's conns. Bottom
 *	halves off; the table's bucket locks nest inside
 * @slots: conns by the tick at which the collector looks at them
 * @half_open: likewise, those that were half-open when they were placed: apart from
 *	the others, so that the oldest are at hand when room is to be made
 * @half_open_until: the last tick whose slot of @half_open may hold a conn; written
 *	under @lock, read without
 */
struct weir_wheel_lane {
	spinlock_t lock;
	struct list_head slots[WEIR_WHEEL_LEVELS][WEIR_WHEEL_SLOTS];
	struct list_head half_open[WEIR_HALF_OPEN_SLOTS];
	u32 half_open_until;
} ____cacheline_aligned_in_smp;

/**
 * struct weir_conn_table - the conns of one namespace
 * @hash: by tuple, either direction; exists while @lanes does
 * @lanes: the wheel; NULL while the namespace has no services
 * @count: conns held; atomic
 * @max: limit of @count; written under the namespace's mutex
 * @collector: looks once a second at the slots that are due
 * @tick: last tick the collector has finished; the collector's own while @armed
 * @armed: bit 0: the collector is queued or running
 * @ports: local ports in use; exist while @lanes do
 * @ftp: control connections of FTP; exist while @lanes do
 * @users: what needs @hash, @lanes, @ports and @ftp: one for having services, one per walk;
 *	under the namespace's mutex
 */
struct weir_conn_table {
	struct rhashtable hash;
	struct weir_wheel_lane *lanes;
	atomic_t count;
	u32 max;
	struct delayed_work collector;
	u32 tick;
	unsigned long armed;
	struct weir_port_table ports;
	struct weir_ftp_table ftp;
	u32 users;
};

/**
 * struct weir_conn_walk - a walk over all conns that may stop and resume
 * @iter: where it is
 * @interrupted: the table was resized under it, so that conns already seen may
 *	come again; reset by whoever has reported it
 */
struct weir_conn_walk {
	struct rhashtable_iter iter;
	bool interrupted;
};

/**
 * typedef weir_conn_match_t - whether a walk means this conn
 * @conn: a conn, under RCU
 * @context: the walk's own
 */
typedef bool (*weir_conn_match_t)(const struct weir_conn *conn, const void *context);

int weir_conns_init(void);
void weir_conns_exit(void);
int weir_conn_table_hold(struct weir_conn_table *table);
void weir_conn_table_release(struct weir_conn_table *table);

struct weir_conn *weir_conn_create_rcu(struct weir_conn_table *table,
				       const struct weir_packet *pkt,
				       struct weir_server *server);
struct weir_conn *weir_conn_init_alone(union weir_conn_alone *room,
				       const struct weir_tuple *request,
				       struct weir_server *server);
bool weir_conn_end(struct weir_conn_table *table, struct weir_conn *conn);
bool weir_conn_close(struct weir_conn_table *table, struct weir_conn *conn);
u32 weir_conn_advance(struct weir_conn *conn, const struct weir_packet *pkt, enum weir_dir dir);
void weir_conn_put_off(struct weir_conn_table *table, struct weir_conn *conn, u32 state);
void weir_wheel_hasten(struct weir_conn_table *table, struct weir_conn *conn);
void weir_conn_walk_enter(struct weir_conn_walk *walk, struct weir_conn_table *table);
void weir_conn_walk_exit(struct weir_conn_walk *walk);
void weir_conn_walk_start(struct weir_conn_walk *walk);
void weir_conn_walk_stop(struct weir_conn_walk *walk);
struct weir_conn *weir_conn_walk_peek(struct weir_conn_walk *walk);
struct weir_conn *weir_conn_walk_next(struct weir_conn_walk *walk);
void weir_conn_forget_routes(struct weir_conn_table *table);
u32 weir_conn_kill(struct weir_conn_table *table, weir_conn_match_t match, const void *context);
void weir_conn_kill_all(struct weir_conn_table *table, weir_conn_match_t match,
			const void *context);
void weir_conn_close_all(struct weir_conn_table *table, weir_conn_match_t match,
			 const void *context);

u32 weir_conn_expires_ms(const struct weir_conn *conn);
u32 weir_conn_state(const struct weir_conn *conn);

/* The conn that a node of the table is part of. */
static inline struct weir_conn *weir_conn_of(struct weir_conn_node *node)
{
	return container_of(node - node->tuple.dir, struct weir_conn, nodes[0]);
}

/* Whether replies come back through the director with &enum weir_method @method. */
static inline bool weir_method_sees_replies(u8 method)
{
	return method == WEIR_METHOD_NAT || method == WEIR_METHOD_FULLNAT;
}

/* Whether replies of the conn come back through the director. */
static inline bool weir_conn_sees_replies(const struct weir_conn *conn)
{
	return weir_method_sees_replies(conn->method);
}

/* Whether replies are given their way here even where the host has routed them. */
static inline bool weir_conn_routes_replies(const struct weir_conn *conn)
{
	return conn->method == WEIR_METHOD_FULLNAT;
}

static inline u32 weir_conn_hash_key(const void *key, u32 length, u32 seed)
{
	return weir_tuple_hash(key, seed);
}

static inline u32 weir_conn_hash_node(const void *node, u32 length, u32 seed)
{
	return weir_tuple_hash(&((const struct weir_conn_node *)node)->tuple, seed);
}

static inline int weir_conn_compare(struct rhashtable_compare_arg *arg, const void *node)
{
	return !weir_tuple_equal(arg->key, &((const struct weir_conn_node *)node)->tuple);
}

static const struct rhashtable_params weir_conn_params = {
	.head_offset = offsetof(struct weir_conn_node, hash),
	.key_len = sizeof(struct weir_tuple),
	.hashfn = weir_conn_hash_key,
	.obj_hashfn = weir_conn_hash_node,
	.obj_cmpfn = weir_conn_compare,
	.automatic_shrinking = true,
};

/*
 * The conn that a packet with @tuple belongs to, or NULL; *@dir is set to its
 * direction if there is one. RCU read side. In line, because every packet pays
 * for it.
 */
static __always_inline struct weir_conn *weir_conn_find_rcu(struct weir_conn_table *table,
						   const struct weir_tuple *tuple,
						   enum weir_dir *dir)
{
	struct weir_conn_node *node = rhashtable_lookup(&table->hash, tuple, weir_conn_params);

	if (!node)
		return NULL;
	*dir = node->tuple.dir;
	return weir_conn_of(node);
}

/*
 * Whether packets of @conn may take the fast path in direction @dir: the slow
 * path has forwarded one that way, the handshake is over and nobody is closing,
 * and the service allows it. RCU read side.
 */
static inline bool weir_conn_is_fast(const struct weir_conn *conn, enum weir_dir dir)
{
	const struct weir_service *service = conn->server->service;

	return (READ_ONCE(conn->fast) & BIT(dir)) && READ_ONCE(service->fast) &&
	       !READ_ONCE(service->conntrack) &&
	       (!weir_protocol_has_states(conn->nodes[WEIR_DIR_REQUEST].tuple.protocol) ||
		READ_ONCE(conn->state) == WEIR_STATE_ESTABLISHED);
}

static inline u8 weir_conn_protocol(const struct weir_conn *conn)
{
	return conn->nodes[WEIR_DIR_REQUEST].tuple.protocol;
}

/* The slow path has forwarded a packet of @conn in direction @dir. */
static inline void weir_conn_make_fast(struct weir_conn *conn, enum weir_dir dir)
{
	u8 fast = READ_ONCE(conn->fast);

	if (unlikely(!(fast & BIT(dir))))
		WRITE_ONCE(conn->fast, fast | BIT(dir));
}

/* The current tick. In line, because every packet looks. */
static inline u32 weir_conn_tick(void)
{
	return (u32)div_u64(get_jiffies_64(), HZ);
}

/* How many ticks @conn may be idle in @state. */
static inline u32 weir_conn_timeout(const struct weir_conn *conn, u32 state)
{
	enum weir_timeout class = WEIR_TIMEOUT_UDP;

	if (weir_protocol_has_states(weir_conn_protocol(conn)))
		class = weir_state_timeout(weir_conn_protocol(conn), state);
	return READ_ONCE(conn->server->service->timeouts[class]);
}

/*
 * Lets a packet of @conn, no ICMP error, act on it: moves its state, counts, and
 * puts its end off. Bottom halves are off. Takes no lock unless the conn has to
 * be collected earlier than was planned, which happens when it begins to close.
 */
static inline void weir_conn_track(struct weir_conn_table *table, struct weir_conn *conn,
				   const struct weir_packet *pkt, enum weir_dir dir)
{
	u32 state = READ_ONCE(conn->state);

	if (weir_protocol_has_states(weir_conn_protocol(conn)))
		state = weir_conn_advance(conn, pkt, dir);
	weir_stats_count(conn->server->stats, dir, pkt->skb, pkt->at == WEIR_AT_INGRESS);
	if (state != WEIR_CONN_ENDED &&
	    READ_ONCE(conn->expires) != weir_conn_tick() + weir_conn_timeout(conn, state))
		weir_conn_put_off(table, conn, state);
}

/* Where the host's way for packets of direction @dir is kept. */
static inline struct weir_route *weir_conn_input(struct weir_conn *conn, enum weir_dir dir)
{
	return dir == WEIR_DIR_REQUEST ? &conn->input : &conn->client;
}

/* What the client sent its first packet to. */
static inline struct weir_endpoint weir_conn_vip(const struct weir_conn *conn)
{
	return weir_tuple_destination(&conn->nodes[WEIR_DIR_REQUEST].tuple);
}

/* Who the client is. */
static inline struct weir_endpoint weir_conn_client(const struct weir_conn *conn)
{
	return weir_tuple_source(&conn->nodes[WEIR_DIR_REQUEST].tuple);
}

/* Who the client is to the server, of a conn that sees replies: itself, or a local. */
static inline struct weir_endpoint weir_conn_local(const struct weir_conn *conn)
{
	return weir_tuple_destination(&conn->nodes[WEIR_DIR_REPLY].tuple);
}

#endif
