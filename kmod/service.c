// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a service, and the table of a namespace's services.
 */
#include "service.h"

#include <linux/export.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "pool.h"
#include "server.h"

/* By words: memcmp() would be called for every packet that has no conn yet. */
static int compare_keys(struct rhashtable_compare_arg *arg, const void *object)
{
	const u32 *theirs = (const u32 *)&((const struct weir_service *)object)->key;
	const u32 *wanted = arg->key;
	u32 differing = 0;

	for (size_t i = 0; i < sizeof(struct weir_service_key) / sizeof(u32); i++)
		differing |= theirs[i] ^ wanted[i];
	return differing;
}

static const struct rhashtable_params service_params = {
	.head_offset = offsetof(struct weir_service, hash),
	.key_offset = offsetof(struct weir_service, key),
	.key_len = sizeof(struct weir_service_key),
	.obj_cmpfn = compare_keys,
	.automatic_shrinking = true,
};

/**
 * weir_service_create - a service without servers
 * @net: its network namespace
 * @table: the namespace's
 * @key: its key
 *
 * Return: the service, with one reference for the caller, or NULL without
 * memory. Options are zero.
 */
struct weir_service *weir_service_create(struct net *net, struct weir_service_table *table,
					 const struct weir_service_key *key)
{
	struct weir_service *service = kzalloc(sizeof(*service), GFP_KERNEL_ACCOUNT);

	if (!service)
		return NULL;
	service->net = net;
	service->table = table;
	service->key = *key;
	for (int i = 0; i < ARRAY_SIZE(service->sched.key.key); i++)
		service->sched.key.key[i] = get_random_u64();
	INIT_LIST_HEAD(&service->servers);
	INIT_LIST_HEAD(&service->departed);
	refcount_set(&service->refs, 1);
	return service;
}

/**
 * weir_service_get - takes a reference
 * @service: a service the caller knows to be alive
 */
void weir_service_get(struct weir_service *service)
{
	refcount_inc(&service->refs);
}

/**
 * weir_service_put - gives a reference back
 * @service: the service; any context
 *
 * The last reference goes when it has left the table and its last server is
 * freed, which is after the last conn. Readers of the table may still see it
 * for a grace period.
 */
void weir_service_put(struct weir_service *service)
{
	if (!refcount_dec_and_test(&service->refs))
		return;
	weir_stats_release(service->counters.block);
	kfree(service->local_addresses);
	kfree(service->meter);
	kfree_rcu(service, rcu);
}

/**
 * weir_service_table_init - an empty table
 * @table: the namespace's
 *
 * Return: 0; the hash itself comes with the first service.
 */
int weir_service_table_init(struct weir_service_table *table)
{
	mutex_init(&table->mutex);
	xa_init(&table->by_id);
	return 0;
}

/**
 * weir_service_table_exit - the end of an empty table
 * @table: the namespace's; all services have been removed
 */
void weir_service_table_exit(struct weir_service_table *table)
{
	WARN_ON_ONCE(table->count);
	xa_destroy(&table->by_id);
	mutex_destroy(&table->mutex);
}

/* Keeps count of the services whose kind costs a packet a lookup more. */
static void count_kind(struct weir_service_table *table, const struct weir_service_key *key,
		       int change)
{
	if (key->fwmark)
		WRITE_ONCE(table->fwmark_count, table->fwmark_count + change);
	else if (weir_service_key_has_all_ports(key))
		WRITE_ONCE(table->all_ports_count, table->all_ports_count + change);
}

/**
 * weir_service_insert - makes a service visible to packets
 * @table: the namespace's, mutex held
 * @service: the service, complete; the caller's reference becomes the table's
 *
 * Return: 0, -EEXIST if the key is taken, -ENOMEM.
 */
int weir_service_insert(struct weir_service_table *table, struct weir_service *service)
{
	int err;

	lockdep_assert_held(&table->mutex);
	if (!table->count) {
		err = rhashtable_init(&table->hash, &service_params);
		if (err)
			return err;
	}
	err = xa_insert(&table->by_id, table->last_id + 1, service, GFP_KERNEL_ACCOUNT);
	if (err)
		goto err_destroy_hash;
	err = rhashtable_lookup_insert_fast(&table->hash, &service->hash, service_params);
	if (err)
		goto err_erase;
	service->id = ++table->last_id;
	table->count++;
	count_kind(table, &service->key, 1);
	return 0;

err_erase:
	xa_erase(&table->by_id, table->last_id + 1);
err_destroy_hash:
	if (!table->count)
		rhashtable_destroy(&table->hash);
	return err;
}

/**
 * weir_service_remove - hides a service from packets
 * @table: the namespace's, mutex held
 * @service: a service in it; the table's reference becomes the caller's
 *
 * Packets that have found it before may use it for a grace period. With the
 * last service the hash is freed: hooks must be off and a grace period over.
 */
void weir_service_remove(struct weir_service_table *table, struct weir_service *service)
{
	lockdep_assert_held(&table->mutex);
	rhashtable_remove_fast(&table->hash, &service->hash, service_params);
	xa_erase(&table->by_id, service->id);
	count_kind(table, &service->key, -1);
	if (!--table->count)
		rhashtable_destroy(&table->hash);
}

/* The service of a key; RCU read side. Packets look by themselves, to spare the call. */
static noinline struct weir_service *find_rcu(struct weir_service_table *table,
					      const struct weir_service_key *key)
{
	return rhashtable_lookup(&table->hash, key, service_params);
}

static struct weir_service *find_by_mark(struct weir_service_table *table, u8 family, u32 mark)
{
	const struct weir_service_key key = { .vip.family = family, .fwmark = mark };

	return find_rcu(table, &key);
}

/**
 * weir_service_find_by_tuple_rcu - the service that a packet is for
 * @table: the namespace's, with at least one service
 * @tuple: of the packet, from a client
 * @mark: the packet's firewall mark, 0 for none
 *
 * The one of its mark comes first, then that of its very port, then that of all
 * ports.
 *
 * Return: the service or NULL; under RCU.
 */
struct weir_service *weir_service_find_by_tuple_rcu(struct weir_service_table *table,
						    const struct weir_tuple *tuple, u32 mark)
{
	struct weir_service_key key = {
		.vip = weir_tuple_destination(tuple),
		.protocol = tuple->protocol,
	};
	struct weir_service *service = NULL;

	if (mark && READ_ONCE(table->fwmark_count))
		service = find_by_mark(table, tuple->family, mark);
	if (likely(!service))
		service = rhashtable_lookup(&table->hash, &key, service_params);
	if (service || !READ_ONCE(table->all_ports_count))
		return service;
	key.vip.port = 0;
	return find_rcu(table, &key);
}

/**
 * weir_service_find - the service of a key
 * @table: the namespace's, mutex held, with at least one service
 * @key: its key
 *
 * Return: the service or NULL; as long as the mutex is held.
 */
struct weir_service *weir_service_find(struct weir_service_table *table,
				       const struct weir_service_key *key)
{
	struct weir_service *service;

	lockdep_assert_held(&table->mutex);
	rcu_read_lock();
	service = find_rcu(table, key);
	rcu_read_unlock();
	return service;
}
EXPORT_SYMBOL_GPL(weir_service_find);

/**
 * weir_service_next - the service with the next higher id
 * @table: the namespace's, mutex held
 * @id: the last id seen, 0 at the beginning; set to the id found
 *
 * Return: the service, or NULL at the end.
 */
struct weir_service *weir_service_next(struct weir_service_table *table, unsigned long *id)
{
	lockdep_assert_held(&table->mutex);
	return xa_find_after(&table->by_id, id, ULONG_MAX, XA_PRESENT);
}
EXPORT_SYMBOL_GPL(weir_service_next);

static struct weir_server *find_in(struct list_head *list, const struct weir_endpoint *endpoint)
{
	struct weir_server *server;

	list_for_each_entry(server, list, link)
		if (weir_endpoint_equal(&server->endpoint, endpoint))
			return server;
	return NULL;
}

/**
 * weir_service_find_server - a server of a service
 * @service: the service; mutex held
 * @endpoint: the server's key
 *
 * Return: the server or NULL.
 */
struct weir_server *weir_service_find_server(struct weir_service *service,
					     const struct weir_endpoint *endpoint)
{
	return find_in(&service->servers, endpoint);
}
EXPORT_SYMBOL_GPL(weir_service_find_server);

/**
 * weir_service_find_departed - a removed server that still holds conns
 * @service: the service; mutex held
 * @endpoint: the server's key
 *
 * Return: the server or NULL.
 */
struct weir_server *weir_service_find_departed(struct weir_service *service,
					       const struct weir_endpoint *endpoint)
{
	return find_in(&service->departed, endpoint);
}

/**
 * weir_service_has_method - whether a server takes part that is reached in a way
 * @service: the service; mutex held
 * @method: &enum weir_method
 *
 * Return: whether there is one; those that were removed do not count.
 */
bool weir_service_has_method(const struct weir_service *service, u8 method)
{
	const struct weir_server *server;

	list_for_each_entry(server, &service->servers, link)
		if (server->method == method)
			return true;
	return false;
}

/**
 * weir_service_totals - what a service has carried since it was added
 * @service: the service; mutex held
 * @totals: where to add it to
 */
void weir_service_totals(struct weir_service *service, struct weir_totals *totals)
{
	struct weir_server *server;

	weir_totals_add(totals, &service->folded);
	list_for_each_entry(server, &service->servers, link)
		weir_stats_sum(server->stats, totals);
	list_for_each_entry(server, &service->departed, link)
		weir_stats_sum(server->stats, totals);
}
EXPORT_SYMBOL_GPL(weir_service_totals);

/**
 * weir_service_table_totals - what all services of a table have carried
 * @table: the table; mutex held
 * @totals: where to add it to
 */
void weir_service_table_totals(struct weir_service_table *table, struct weir_totals *totals)
{
	struct weir_service *service;
	unsigned long id = 0;

	while ((service = weir_service_next(table, &id)))
		weir_service_totals(service, totals);
}
EXPORT_SYMBOL_GPL(weir_service_table_totals);

/**
 * weir_service_load - the conns a service holds
 * @service: the service; mutex held
 * @active: set to the active ones
 * @inactive: set to the others
 */
void weir_service_load(struct weir_service *service, u32 *active, u32 *inactive)
{
	struct weir_server *server;

	*active = 0;
	*inactive = 0;
	list_for_each_entry(server, &service->servers, link) {
		*active += atomic_read(&server->load.active);
		*inactive += atomic_read(&server->load.inactive);
	}
	list_for_each_entry(server, &service->departed, link) {
		*active += atomic_read(&server->load.active);
		*inactive += atomic_read(&server->load.inactive);
	}
}

/**
 * weir_service_forget_routes - lets go of the cached ways to a service's servers
 * @service: the service; mutex held
 */
void weir_service_forget_routes(struct weir_service *service)
{
	struct weir_server *server;

	list_for_each_entry(server, &service->servers, link)
		weir_server_forget_routes(server);
	list_for_each_entry(server, &service->departed, link)
		weir_server_forget_routes(server);
}
