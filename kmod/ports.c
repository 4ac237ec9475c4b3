// SPDX-License-Identifier: GPL-2.0-only
/*
 * Gives ports of local addresses out and takes them back. Knows no conns.
 */
#include "ports.h"

#include <linux/bitmap.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

enum {
	/** @PORT_FIRST: what bit 0 stands for; ports below are never used */
	PORT_FIRST = 65536 - WEIR_LOCAL_PORTS,
};

static_assert(PORT_FIRST == 1024, "ports that need privileges are nobody's ephemeral ports");

static const struct rhashtable_params ports_params = {
	.head_offset = offsetof(struct weir_ports, hash),
	.key_offset = offsetof(struct weir_ports, key),
	.key_len = sizeof(struct weir_tuple),
	.automatic_shrinking = true,
};

/**
 * weir_port_table_init - an empty table
 * @table: the namespace's
 *
 * Return: 0 or -ENOMEM.
 */
int weir_port_table_init(struct weir_port_table *table)
{
	spin_lock_init(&table->lock);
	return rhashtable_init(&table->hash, &ports_params);
}

/**
 * weir_port_table_exit - the end of a table
 * @table: the namespace's; all conns have ended, all locals have been released
 */
void weir_port_table_exit(struct weir_port_table *table)
{
	WARN_ON_ONCE(atomic_read(&table->hash.nelems));
	rhashtable_destroy(&table->hash);
}

static struct weir_tuple key_of(const struct weir_endpoint *server, u8 protocol,
				const struct weir_endpoint *local)
{
	return (struct weir_tuple){
		.src = server->addr,
		.sport = server->port,
		.dst = local->addr,
		.family = server->family,
		.protocol = protocol,
	};
}

static void free_rcu_ports(struct rcu_head *rcu)
{
	struct weir_ports *ports = container_of(rcu, struct weir_ports, rcu);

	kfree(ports->bitmap);
	kfree(ports);
}

/*
 * Those who may still hold it after the last reference: packets that have found it
 * in a server's locals, within their RCU section; they fail to take a reference.
 */
static void put_ports(struct weir_ports *ports)
{
	struct weir_port_table *table = ports->table;

	if (refcount_dec_not_one(&ports->refs))
		return;
	spin_lock_bh(&table->lock);
	if (refcount_dec_and_test(&ports->refs)) {
		rhashtable_remove_fast(&table->hash, &ports->hash, ports_params);
		call_rcu(&ports->rcu, free_rcu_ports);
	}
	spin_unlock_bh(&table->lock);
}

static struct weir_ports *alloc_ports(struct weir_port_table *table, const struct weir_tuple *key)
{
	struct weir_ports *ports = kzalloc(sizeof(*ports), GFP_KERNEL_ACCOUNT);

	if (!ports)
		return NULL;
	ports->key = *key;
	ports->table = table;
	ports->cursor = get_random_u32() % WEIR_LOCAL_PORTS;
	refcount_set(&ports->refs, 1);
	return ports;
}

/* The ports of a key, which others may use already, with a reference. */
static struct weir_ports *obtain_ports(struct weir_port_table *table, const struct weir_tuple *key)
{
	struct weir_ports *fresh = alloc_ports(table, key);
	struct weir_ports *ports;

	if (!fresh)
		return ERR_PTR(-ENOMEM);
	spin_lock_bh(&table->lock);
	ports = rhashtable_lookup_get_insert_fast(&table->hash, &fresh->hash, ports_params);
	/* What is found has not lost its last reference: that takes the lock. */
	if (!IS_ERR_OR_NULL(ports))
		refcount_inc(&ports->refs);
	spin_unlock_bh(&table->lock);
	if (!ports)
		return fresh;
	kfree(fresh);
	return ports;
}

/**
 * weir_locals_create - what a server's new conns may take their ports from
 * @table: the namespace's
 * @addresses: the service's local addresses, or NULL
 * @server: the server's address and port
 * @protocol: the service's
 *
 * Return: the locals, NULL if there are no addresses, or an ERR_PTR without memory.
 */
struct weir_locals *weir_locals_create(struct weir_port_table *table,
				       const struct weir_local_addresses *addresses,
				       const struct weir_endpoint *server, u8 protocol)
{
	struct weir_locals *locals;
	struct weir_ports *ports;
	struct weir_tuple key;

	if (!addresses)
		return NULL;
	locals = kzalloc(struct_size(locals, ports, addresses->count), GFP_KERNEL_ACCOUNT);
	if (!locals)
		return ERR_PTR(-ENOMEM);
	atomic_set(&locals->turn, get_random_u32());
	for (u32 i = 0; i < addresses->count; i++) {
		key = key_of(server, protocol, &addresses->list[i]);
		ports = obtain_ports(table, &key);
		if (IS_ERR(ports)) {
			weir_locals_release(locals);
			return ERR_CAST(ports);
		}
		locals->ports[locals->count++] = ports;
	}
	return locals;
}

/**
 * weir_locals_release - lets go of locals
 * @locals: published no more, or NULL; packets may have found them before
 *
 * Ports in use stay until their conns end.
 */
void weir_locals_release(struct weir_locals *locals)
{
	if (!locals)
		return;
	for (u32 i = 0; i < locals->count; i++)
		put_ports(locals->ports[i]);
	kfree_rcu(locals, rcu);
}

/**
 * weir_locals_count - how many ports there are and how many are in use
 * @locals: the locals
 * @used: set to those in use, by whatever service
 * @max: set to all
 */
void weir_locals_count(const struct weir_locals *locals, u32 *used, u32 *max)
{
	*used = 0;
	*max = locals->count * WEIR_LOCAL_PORTS;
	for (u32 i = 0; i < locals->count; i++)
		*used += atomic_read(&locals->ports[i]->used);
}

/* The bitmap, made when it is needed: 8 KiB. */
static unsigned long *bitmap_of(struct weir_ports *ports)
{
	unsigned long *bitmap = READ_ONCE(ports->bitmap);
	unsigned long *other;

	if (likely(bitmap))
		return bitmap;
	bitmap = kcalloc(BITS_TO_LONGS(WEIR_LOCAL_PORTS), sizeof(*bitmap),
			 GFP_ATOMIC | __GFP_NOWARN);
	if (!bitmap)
		return NULL;
	other = cmpxchg(&ports->bitmap, NULL, bitmap);
	if (!other)
		return bitmap;
	kfree(bitmap);
	return other;
}

/*
 * The next port that nobody has. There is one: the caller is counted in @used
 * already, and not more than WEIR_LOCAL_PORTS are.
 */
static u32 claim_bit(struct weir_ports *ports, unsigned long *bitmap)
{
	u32 bit = READ_ONCE(ports->cursor);

	for (;;) {
		bit = find_next_zero_bit(bitmap, WEIR_LOCAL_PORTS, bit);
		if (bit >= WEIR_LOCAL_PORTS)
			bit = 0;
		else if (!test_and_set_bit(bit, bitmap))
			break;
	}
	WRITE_ONCE(ports->cursor, bit + 1);
	return bit;
}

/* A port of one address, in *@port; -EADDRNOTAVAIL if all are in use, or -ENOMEM. */
static int take_port(struct weir_ports *ports, __be16 *port)
{
	unsigned long *bitmap;

	if (!atomic_add_unless(&ports->used, 1, WEIR_LOCAL_PORTS))
		return -EADDRNOTAVAIL;
	/* Pairs with weir_port_return_rcu(): a bit is free before it is not counted. */
	bitmap = bitmap_of(ports);
	if (bitmap && refcount_inc_not_zero(&ports->refs)) {
		*port = htons(PORT_FIRST + claim_bit(ports, bitmap));
		return 0;
	}
	atomic_dec(&ports->used);
	return bitmap ? -EADDRNOTAVAIL : -ENOMEM;
}

/**
 * weir_port_take_rcu - a port for a new conn
 * @locals: of the conn's server, or NULL; RCU read side, bottom halves off
 * @local: set to the address and the port, to be given back when the conn ends
 *
 * Addresses take turns; one whose ports are all in use is passed over.
 *
 * Return: 0, -EADDRNOTAVAIL if no port is left, or -ENOMEM.
 */
int weir_port_take_rcu(struct weir_locals *locals, struct weir_endpoint *local)
{
	int err = -EADDRNOTAVAIL;
	struct weir_ports *ports;
	u32 turn;

	if (!locals)
		return err;
	turn = atomic_inc_return(&locals->turn);
	for (u32 i = 0; i < locals->count; i++) {
		ports = locals->ports[(turn + i) % locals->count];
		err = take_port(ports, &local->port);
		if (err)
			continue;
		local->addr = ports->key.dst;
		local->family = ports->key.family;
		local->pad = 0;
		return 0;
	}
	return err;
}

/* Takes a port back, and returns the others of its address while they are there. */
static struct weir_ports *take_back(struct weir_port_table *table,
				    const struct weir_endpoint *server, u8 protocol,
				    const struct weir_endpoint *local)
{
	struct weir_tuple key = key_of(server, protocol, local);
	struct weir_ports *ports = rhashtable_lookup(&table->hash, &key, ports_params);

	if (WARN_ON_ONCE(!ports))
		return NULL;
	clear_bit(ntohs(local->port) - PORT_FIRST, ports->bitmap);
	/* Pairs with take_port(). */
	smp_mb__after_atomic();
	atomic_dec(&ports->used);
	return ports;
}

/**
 * weir_port_return_rcu - takes a port back
 * @table: the namespace's
 * @server: the conn's server
 * @protocol: as weir_locals_create() had it
 * @local: what weir_port_take_rcu() gave; RCU read side, bottom halves off
 *
 * No packet finds the conn by it any more.
 */
void weir_port_return_rcu(struct weir_port_table *table, const struct weir_endpoint *server,
			  u8 protocol, const struct weir_endpoint *local)
{
	struct weir_ports *ports = take_back(table, server, protocol, local);

	if (ports)
		put_ports(ports);
}

/**
 * weir_port_shun_rcu - takes a port back that is of no use now
 * @table: the namespace's
 * @server: the server it was taken for
 * @protocol: as weir_locals_create() had it
 * @local: what weir_port_take_rcu() gave; RCU read side, bottom halves off
 *
 * What comes behind it is likely to be of none either: the search for the next port
 * starts anywhere.
 */
void weir_port_shun_rcu(struct weir_port_table *table, const struct weir_endpoint *server,
			u8 protocol, const struct weir_endpoint *local)
{
	struct weir_ports *ports = take_back(table, server, protocol, local);

	if (!ports)
		return;
	WRITE_ONCE(ports->cursor, get_random_u32() % WEIR_LOCAL_PORTS);
	put_ports(ports);
}
