// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes servers. What is to be is planned and the new pool built before anything
 * changes, so that a request is refused as a whole or done as a whole.
 */
#include <linux/bsearch.h>
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "control.h"
#include "control_apply.h"
#include "control_lineup.h"
#include "control_plan.h"
#include "notify.h"
#include "pool.h"
#include "server.h"

static int add_server(struct weir_service *service, const struct weir_server_config *config,
		      struct netlink_ext_ack *extack)
{
	struct weir_server_settings settings;
	struct weir_server *server;
	struct weir_pool *pool;
	int err;

	if (weir_service_find_server(service, &config->endpoint))
		return weir_plan_refuse(config, WEIR_A_SERVER_ADDRESS, -EEXIST,
					"the service has a server with this address and port already",
					extack);
	if (service->servers_count >= WEIR_SERVERS_MAX)
		return weir_plan_refuse(config, WEIR_A_SERVER_ADDRESS, -ENOSPC,
					"a service has at most 4096 servers", extack);
	err = weir_plan_server(service, config, NULL, &settings, extack);
	if (err)
		return err;
	server = weir_apply_obtain(service, &config->endpoint);
	if (!server)
		return -ENOMEM;
	pool = weir_control_plan_pool(service, service->scheduler, &service->sched, server, &settings);
	if (IS_ERR(pool)) {
		weir_apply_abandon(server);
		return PTR_ERR(pool);
	}
	weir_apply_settings(server, &settings);
	weir_apply_enlist(service, server);
	weir_pool_publish(service, pool);
	weir_notify_server(server, WEIR_CHANGE_ADDED);
	weir_apply_settle(server);
	return 0;
}

static struct weir_server *find_server(struct weir_service *service,
				       const struct weir_server_config *config,
				       struct netlink_ext_ack *extack)
{
	struct weir_server *server = weir_service_find_server(service, &config->endpoint);

	if (!server)
		weir_plan_refuse(config, WEIR_A_SERVER_ADDRESS, -ENOENT,
				 "the service has no such server", extack);
	return server;
}

static int set_server(struct weir_service *service, const struct weir_server_config *config,
		      struct netlink_ext_ack *extack)
{
	struct weir_server *server = find_server(service, config, extack);
	struct weir_server_settings settings;
	struct weir_pool *pool;
	int err;

	if (!server)
		return -ENOENT;
	err = weir_plan_server(service, config, server, &settings, extack);
	if (err)
		return err;
	pool = weir_control_plan_pool(service, service->scheduler, &service->sched, server, &settings);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	weir_apply_settings(server, &settings);
	weir_pool_publish(service, pool);
	weir_notify_server(server, WEIR_CHANGE_CHANGED);
	weir_apply_settle(server);
	return 0;
}

static int remove_server(struct weir_service *service, const struct weir_server_config *config,
			 struct netlink_ext_ack *extack)
{
	struct weir_server *server = find_server(service, config, extack);
	struct weir_server_settings settings;
	struct weir_pool *pool;

	if (!server)
		return -ENOENT;
	settings = weir_plan_departure(server, config);
	if (settings.policy != WEIR_POLICY_DRAIN && settings.has_deadline)
		return weir_plan_refuse(config, WEIR_A_SERVER_DEADLINE, -EINVAL,
					"a deadline needs policy drain", extack);
	pool = weir_control_plan_pool(service, service->scheduler, &service->sched, server, NULL);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	weir_pool_publish(service, pool);
	weir_apply_depart(server, &settings);
	return 0;
}

/**
 * struct replacement - a server of the new set
 * @config: what the request says of it
 * @server: the server, on the service's list, departed or new
 * @settings: what it will have
 */
struct replacement {
	const struct weir_server_config *config;
	struct weir_server *server;
	struct weir_server_settings settings;
};

/**
 * struct replacements - the new set
 * @set: its servers, in the order of the request
 * @sorted: the same by endpoint
 * @count: their number
 * @planned: how many of @set, from the first, hold new servers
 */
struct replacements {
	struct replacement *set;
	const struct replacement **sorted;
	u32 count;
	u32 planned;
};

static int compare_endpoint(const void *endpoint, const void *sorted)
{
	return memcmp(endpoint, &(*(const struct replacement *const *)sorted)->config->endpoint,
		      sizeof(struct weir_endpoint));
}

static int compare_endpoints(const void *a, const void *b)
{
	return compare_endpoint(&(*(const struct replacement *const *)a)->config->endpoint, b);
}

static int create_replacements(struct replacements *all, const struct weir_server_config *configs,
			       u32 count)
{
	bool is_in_order = true;

	*all = (struct replacements){ .count = count };
	all->set = kvcalloc(max(count, 1U), sizeof(*all->set), GFP_KERNEL);
	all->sorted = kvcalloc(max(count, 1U), sizeof(*all->sorted), GFP_KERNEL);
	if (!all->set || !all->sorted)
		return -ENOMEM;
	for (u32 i = 0; i < count; i++) {
		all->set[i].config = &configs[i];
		all->sorted[i] = &all->set[i];
		is_in_order &= !i || compare_endpoints(&all->sorted[i - 1], &all->sorted[i]) < 0;
	}
	if (!is_in_order)
		sort(all->sorted, count, sizeof(*all->sorted), compare_endpoints, NULL);
	return 0;
}

static void destroy_replacements(struct replacements *all)
{
	kvfree(all->sorted);
	kvfree(all->set);
}

/* One of two that have an endpoint in common, the later in the request; or NULL. */
static const struct replacement *find_double(const struct replacements *all)
{
	for (u32 i = 1; i < all->count; i++)
		if (!compare_endpoints(&all->sorted[i - 1], &all->sorted[i]))
			return max(all->sorted[i - 1], all->sorted[i]);
	return NULL;
}

/* What the set makes of @server, or NULL if that is not in it. */
static struct replacement *find_replacement(const struct replacements *all,
					    const struct weir_server *server)
{
	const struct replacement **found = bsearch(&server->endpoint, all->sorted, all->count,
						   sizeof(*all->sorted), compare_endpoint);

	return found ? &all->set[*found - all->set] : NULL;
}

static int plan_replacement(struct weir_service *service, struct replacement *planned,
			    struct netlink_ext_ack *extack)
{
	const struct weir_server_config *config = planned->config;
	struct weir_server *server = planned->server;
	int err;

	err = weir_plan_server(service, config, server, &planned->settings, extack);
	if (err)
		return err;
	planned->server = server ?: weir_apply_obtain(service, &config->endpoint);
	return planned->server ? 0 : -ENOMEM;
}

/* Whether it is not on its service's list yet. */
static bool is_newcomer(const struct replacement *planned)
{
	return planned->server->state == WEIR_SERVER_STATE_REMOVED;
}

/* In the order of the list that is to be: who stays keeps its place. */
static struct weir_pool *pool_of_replacements(struct weir_service *service,
					      const struct replacements *all)
{
	const struct replacement *planned;
	struct weir_server *server;
	struct weir_lineup lineup;

	if (weir_lineup_begin(&lineup, all->count))
		return ERR_PTR(-ENOMEM);
	list_for_each_entry(server, &service->servers, link) {
		planned = find_replacement(all, server);
		if (planned)
			weir_lineup_add(&lineup, server, &planned->settings);
	}
	for (u32 i = 0; i < all->count; i++)
		if (is_newcomer(&all->set[i]))
			weir_lineup_add(&lineup, all->set[i].server, &all->set[i].settings);
	return weir_lineup_pool(service, service->scheduler, &service->sched, &lineup);
}

/* Lets go of the servers that are not in the set, then takes in the new ones. */
static void apply_replacements(struct weir_service *service, const struct replacements *all)
{
	struct weir_server_settings settings;
	struct weir_server *server, *next;

	list_for_each_entry_safe(server, next, &service->servers, link) {
		if (find_replacement(all, server))
			continue;
		settings = weir_plan_departure(server, NULL);
		weir_apply_depart(server, &settings);
	}
	for (u32 i = 0; i < all->count; i++) {
		const struct replacement *planned = &all->set[i];
		bool is_new = is_newcomer(planned);

		weir_apply_settings(planned->server, &planned->settings);
		if (is_new)
			weir_apply_enlist(service, planned->server);
		weir_notify_server(planned->server, is_new ? WEIR_CHANGE_ADDED : WEIR_CHANGE_CHANGED);
		weir_apply_settle(planned->server);
	}
}

/* Plans all of the set, then does it. */
static int replace_servers(struct weir_service *service, struct replacements *all,
			   struct netlink_ext_ack *extack)
{
	const struct replacement *twice = find_double(all);
	struct replacement *planned;
	struct weir_server *server;
	struct weir_pool *pool;
	int err;

	if (twice)
		return weir_plan_refuse(twice->config, WEIR_A_SERVER_ADDRESS, -EEXIST,
					"a server is named twice", extack);
	service->counters.expected = all->count;
	list_for_each_entry(server, &service->servers, link) {
		planned = find_replacement(all, server);
		service->counters.expected -= !!planned;
		if (planned)
			planned->server = server;
	}
	for (; all->planned < all->count; all->planned++) {
		err = plan_replacement(service, &all->set[all->planned], extack);
		if (err)
			return err;
	}
	pool = pool_of_replacements(service, all);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	weir_pool_publish(service, pool);
	apply_replacements(service, all);
	return 0;
}

/**
 * weir_control_service_replace - makes a list the whole server set of a service
 * @wn: the namespace
 * @config: the service's key
 * @servers: the new set; what is not given of one that exists is kept
 * @count: their number
 * @extack: for the sentence
 *
 * Packets see the old set or the new one, nothing between. Servers that are not
 * named drain without a deadline.
 *
 * Return: 0, or as weir_control_server_add(); then nothing has changed.
 */
int weir_control_service_replace(struct weir_net *wn, const struct weir_service_config *config,
				 const struct weir_server_config *servers, u32 count,
				 struct netlink_ext_ack *extack)
{
	struct weir_service *service;
	struct replacements all;
	int err;

	if (count > WEIR_SERVERS_MAX)
		return weir_refuse(extack, NULL, 0, -ENOSPC, "a service has at most 4096 servers");
	err = create_replacements(&all, servers, count);
	if (err)
		goto err_destroy;
	mutex_lock(&wn->services.mutex);
	service = weir_control_find_service(wn, config, extack);
	err = service ? replace_servers(service, &all, extack) : -ENOENT;
	if (service)
		service->counters.expected = 0;
	if (err)
		while (all.planned--)
			weir_apply_abandon(all.set[all.planned].server);
	else
		wn->generation++;
	mutex_unlock(&wn->services.mutex);
err_destroy:
	destroy_replacements(&all);
	return err;
}

typedef int (*server_change_t)(struct weir_service *service,
			       const struct weir_server_config *config,
			       struct netlink_ext_ack *extack);

/* Finds the service and lets @change act on it under the mutex. */
static int change_server(struct weir_net *wn, const struct weir_service_config *service_config,
			 const struct weir_server_config *config, server_change_t change,
			 struct netlink_ext_ack *extack)
{
	struct weir_service *service;
	int err = -ENOENT;

	mutex_lock(&wn->services.mutex);
	service = weir_control_find_service(wn, service_config, extack);
	if (service)
		err = change(service, config, extack);
	if (!err)
		wn->generation++;
	mutex_unlock(&wn->services.mutex);
	return err;
}

/**
 * weir_control_server_add - adds a server to a service
 * @wn: the namespace
 * @service: the service's key
 * @config: the server
 * @extack: for the sentence
 *
 * A removed server that still has conns comes back with them.
 *
 * Return: 0, -ENOENT, -EEXIST, -EINVAL, -EAFNOSUPPORT, -ERANGE, -ENOSPC,
 * -ENOMEM.
 */
int weir_control_server_add(struct weir_net *wn, const struct weir_service_config *service,
			    const struct weir_server_config *config, struct netlink_ext_ack *extack)
{
	return change_server(wn, service, config, add_server, extack);
}
EXPORT_SYMBOL_GPL(weir_control_server_add);

/**
 * weir_control_server_set - changes a server
 * @wn: the namespace
 * @service: the service's key
 * @config: the server's key, and what to change
 * @extack: for the sentence
 *
 * Conns keep the method they were born with.
 *
 * Return: 0, -ENOENT, -EINVAL, -ERANGE, -ENOMEM.
 */
int weir_control_server_set(struct weir_net *wn, const struct weir_service_config *service,
			    const struct weir_server_config *config, struct netlink_ext_ack *extack)
{
	return change_server(wn, service, config, set_server, extack);
}
EXPORT_SYMBOL_GPL(weir_control_server_set);

/**
 * weir_control_server_remove - removes a server
 * @wn: the namespace
 * @service: the service's key
 * @config: the server's key, policy and deadline
 * @extack: for the sentence
 *
 * Return: 0, -ENOENT, -EINVAL, -ENOMEM.
 */
int weir_control_server_remove(struct weir_net *wn, const struct weir_service_config *service,
			       const struct weir_server_config *config,
			       struct netlink_ext_ack *extack)
{
	return change_server(wn, service, config, remove_server, extack);
}
EXPORT_SYMBOL_GPL(weir_control_server_remove);
