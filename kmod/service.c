// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a service, and the table of a namespace's services.
 */
#include "service.h"

#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>

#include "pool.h"
#include "server.h"

static const struct rhashtable_params service_params = {
	.head_offset = offsetof(struct weir_service, hash),
	.key_offset = offsetof(struct weir_service, key),
	.key_len = sizeof(struct weir_service_key),
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
	get_random_bytes(&service->hash_key, sizeof(service->hash_key));
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
	if (refcount_dec_and_test(&service->refs))
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
	if (!--table->count)
		rhashtable_destroy(&table->hash);
}

/**
 * weir_service_find_rcu - the service of a key
 * @table: the namespace's, with at least one service
 * @key: its key
 *
 * Return: the service or NULL; under RCU.
 */
struct weir_service *weir_service_find_rcu(struct weir_service_table *table,
					   const struct weir_service_key *key)
{
	return rhashtable_lookup(&table->hash, key, service_params);
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
	service = weir_service_find_rcu(table, key);
	rcu_read_unlock();
	return service;
}

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
		weir_route_release(&server->route);
	list_for_each_entry(server, &service->departed, link)
		weir_route_release(&server->route);
}
