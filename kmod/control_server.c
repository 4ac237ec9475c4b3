// SPDX-License-Identifier: GPL-2.0-only
/*
 * Validates and applies changes of servers. The new pool is built before
 * anything changes, so that a request is refused as a whole or done as a whole.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "control.h"
#include "control_apply.h"
#include "notify.h"
#include "pool.h"
#include "server.h"

static const struct weir_server_settings default_settings = {
	.weight = 1,
	.method = WEIR_METHOD_DIRECT,
	.state = WEIR_SERVER_STATE_UP,
	.policy = WEIR_POLICY_DRAIN,
};

static void overlay(struct weir_server_settings *settings, const struct weir_server_config *config)
{
	if (config->set & BIT(WEIR_A_SERVER_WEIGHT))
		settings->weight = config->weight;
	if (config->set & BIT(WEIR_A_SERVER_METHOD))
		settings->method = config->method;
	if (config->set & BIT(WEIR_A_SERVER_STATE))
		settings->state = config->state;
	if (config->set & BIT(WEIR_A_SERVER_POLICY))
		settings->policy = config->policy;
	if (config->set & BIT(WEIR_A_SERVER_DEADLINE)) {
		settings->has_deadline = config->deadline_ms;
		settings->deadline = jiffies + msecs_to_jiffies(config->deadline_ms);
	}
	/* What was said of its old conns is over when it is up again. */
	if (settings->state == WEIR_SERVER_STATE_UP) {
		settings->policy = WEIR_POLICY_DRAIN;
		settings->has_deadline = false;
	}
}

static int refuse(const struct weir_server_config *config, int id, int error, const char *sentence,
		  struct netlink_ext_ack *extack)
{
	if (extack) {
		extack->_msg = sentence;
		NL_SET_BAD_ATTR(extack, config->attrs && config->attrs[id] ? config->attrs[id] :
									     config->attr);
	}
	return error;
}

static int check_endpoint(const struct weir_service *service,
			  const struct weir_server_config *config, struct netlink_ext_ack *extack)
{
	const struct weir_endpoint *server = &config->endpoint;
	const struct weir_endpoint *vip = &service->key.vip;

	if (server->family != vip->family)
		return refuse(config, WEIR_A_SERVER_ADDRESS, -EAFNOSUPPORT,
			      "server and service must be of the same address family", extack);
	if (!weir_addr_is_unicast(server))
		return refuse(config, WEIR_A_SERVER_ADDRESS, -EINVAL,
			      "a server's address must be a unicast address", extack);
	if (weir_addr_is_host_only(server))
		return refuse(config, WEIR_A_SERVER_ADDRESS, -EINVAL,
			      "a loopback or link-local address cannot be a server's", extack);
	if (!memcmp(&server->addr, &vip->addr, sizeof(vip->addr)))
		return refuse(config, WEIR_A_SERVER_ADDRESS, -EINVAL,
			      "a server's address cannot be the service's own", extack);
	if (!server->port)
		return refuse(config, WEIR_A_SERVER_PORT, -EINVAL,
			      "a server's port must not be 0", extack);
	return 0;
}

static int check_settings(const struct weir_service *service,
			  const struct weir_server_config *config,
			  const struct weir_server_settings *settings,
			  struct netlink_ext_ack *extack)
{
	const u32 leaving = BIT(WEIR_A_SERVER_POLICY) | BIT(WEIR_A_SERVER_DEADLINE);

	if (settings->weight > WEIR_WEIGHT_MAX)
		return refuse(config, WEIR_A_SERVER_WEIGHT, -ERANGE,
			      "a weight is between 0 and 65535", extack);
	if (settings->method == WEIR_METHOD_DIRECT &&
	    config->endpoint.port != service->key.vip.port)
		return refuse(config, WEIR_A_SERVER_PORT, -EINVAL,
			      "with method direct the server's port must be the service's, since direct rewrites nothing",
			      extack);
	if (settings->state == WEIR_SERVER_STATE_UP && (config->set & leaving))
		return refuse(config, WEIR_A_SERVER_POLICY, -EINVAL,
			      "policy and deadline are for a server that is down", extack);
	if (settings->policy != WEIR_POLICY_DRAIN && settings->has_deadline)
		return refuse(config, WEIR_A_SERVER_DEADLINE, -EINVAL,
			      "a deadline needs policy drain", extack);
	return 0;
}

/* What the request makes of a server that has @settings now. */
static int plan_settings(const struct weir_service *service,
			 const struct weir_server_config *config,
			 struct weir_server_settings *settings, struct netlink_ext_ack *extack)
{
	if ((config->set & BIT(WEIR_A_SERVER_STATE)) &&
	    config->state == WEIR_SERVER_STATE_REMOVED)
		return refuse(config, WEIR_A_SERVER_STATE, -EINVAL,
			      "a server's state can be set to up or down", extack);
	overlay(settings, config);
	return check_settings(service, config, settings, extack);
}

/**
 * struct lineup - the servers of a pool to be, taken down in their order
 * @candidates: those that take new conns
 * @count: their number
 * @servers: the number of all
 */
struct lineup {
	struct weir_candidate *candidates;
	u32 count;
	u32 servers;
};

static void line_up(struct lineup *lineup, struct weir_server *server, u32 weight, u8 state)
{
	u32 position = lineup->servers++;

	if (state != WEIR_SERVER_STATE_UP || !weight)
		return;
	lineup->candidates[lineup->count++] = (struct weir_candidate){
		.server = server,
		.load = &server->load,
		.endpoint = server->endpoint,
		.weight = weight,
		.position = position,
	};
}

/* The pool of @lineup, whose candidates are freed. */
static struct weir_pool *pool_of_lineup(const struct weir_service *service,
					const struct weir_scheduler *scheduler,
					const struct lineup *lineup)
{
	struct weir_pool *pool = weir_pool_build(service, scheduler, lineup->candidates,
						 lineup->count, lineup->servers);

	kvfree(lineup->candidates);
	return pool;
}

/**
 * weir_control_plan_pool - the pool a service would have after a change
 * @service: the service; mutex held
 * @scheduler: the scheduler it would have
 * @changed: a server that would have @settings, whether it is on the list yet
 *	or not; or NULL
 * @settings: of @changed; NULL if it would be gone
 *
 * Return: the pool, or ERR_PTR(-ENOMEM).
 */
struct weir_pool *weir_control_plan_pool(struct weir_service *service,
					 const struct weir_scheduler *scheduler,
					 struct weir_server *changed,
					 const struct weir_server_settings *settings)
{
	struct weir_server *server;
	struct lineup lineup = {};

	lineup.candidates = kvmalloc_array(service->servers_count + 1, sizeof(*lineup.candidates),
					   GFP_KERNEL);
	if (!lineup.candidates)
		return ERR_PTR(-ENOMEM);
	list_for_each_entry(server, &service->servers, link)
		if (server != changed)
			line_up(&lineup, server, server->weight, server->state);
		else if (settings)
			line_up(&lineup, server, settings->weight, settings->state);
	if (changed && settings && !weir_service_find_server(service, &changed->endpoint))
		line_up(&lineup, changed, settings->weight, settings->state);
	return pool_of_lineup(service, scheduler, &lineup);
}

static int add_server(struct weir_service *service, const struct weir_server_config *config,
		      struct netlink_ext_ack *extack)
{
	struct weir_server_settings settings = default_settings;
	struct weir_server *server;
	struct weir_pool *pool;
	int err;

	if (weir_service_find_server(service, &config->endpoint))
		return refuse(config, WEIR_A_SERVER_ADDRESS, -EEXIST,
			      "the service has a server with this address and port already",
			      extack);
	if (service->servers_count >= WEIR_SERVERS_MAX)
		return refuse(config, WEIR_A_SERVER_ADDRESS, -ENOSPC,
			      "a service has at most 4096 servers", extack);
	err = check_endpoint(service, config, extack) ?:
	      plan_settings(service, config, &settings, extack);
	if (err)
		return err;
	server = weir_apply_obtain(service, &config->endpoint);
	if (!server)
		return -ENOMEM;
	pool = weir_control_plan_pool(service, service->scheduler, server, &settings);
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
		refuse(config, WEIR_A_SERVER_ADDRESS, -ENOENT, "the service has no such server",
		       extack);
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
	settings = weir_apply_settings_of(server);
	err = plan_settings(service, config, &settings, extack);
	if (err)
		return err;
	pool = weir_control_plan_pool(service, service->scheduler, server, &settings);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	weir_apply_settings(server, &settings);
	weir_pool_publish(service, pool);
	weir_notify_server(server, WEIR_CHANGE_CHANGED);
	weir_apply_settle(server);
	return 0;
}

/* The settings of a server that leaves as the request says. */
static struct weir_server_settings departure(const struct weir_server *server,
					     const struct weir_server_config *config)
{
	struct weir_server_settings settings = weir_apply_settings_of(server);

	/* An earlier drain's deadline is not this removal's. */
	settings.policy = WEIR_POLICY_DRAIN;
	settings.has_deadline = false;
	settings.state = WEIR_SERVER_STATE_REMOVED;
	if (config)
		overlay(&settings, config);
	return settings;
}

static int remove_server(struct weir_service *service, const struct weir_server_config *config,
			 struct netlink_ext_ack *extack)
{
	struct weir_server *server = find_server(service, config, extack);
	struct weir_server_settings settings;
	struct weir_pool *pool;

	if (!server)
		return -ENOENT;
	settings = departure(server, config);
	if (settings.policy != WEIR_POLICY_DRAIN && settings.has_deadline)
		return refuse(config, WEIR_A_SERVER_DEADLINE, -EINVAL,
			      "a deadline needs policy drain", extack);
	pool = weir_control_plan_pool(service, service->scheduler, server, NULL);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	weir_pool_publish(service, pool);
	weir_apply_depart(server, &settings);
	return 0;
}

/**
 * struct replacement - a server of the new set
 * @server: the server, on the service's list, departed or new
 * @settings: what it will have
 */
struct replacement {
	struct weir_server *server;
	struct weir_server_settings settings;
};

static bool is_named_before(const struct weir_server_config *configs, u32 index)
{
	for (u32 i = 0; i < index; i++)
		if (weir_endpoint_equal(&configs[i].endpoint, &configs[index].endpoint))
			return true;
	return false;
}

static int plan_replacement(struct weir_service *service, const struct weir_server_config *config,
			    struct replacement *planned, struct netlink_ext_ack *extack)
{
	struct weir_server *server = weir_service_find_server(service, &config->endpoint);
	int err;

	planned->settings = server ? weir_apply_settings_of(server) : default_settings;
	err = check_endpoint(service, config, extack) ?:
	      plan_settings(service, config, &planned->settings, extack);
	if (err)
		return err;
	planned->server = server ?: weir_apply_obtain(service, &config->endpoint);
	return planned->server ? 0 : -ENOMEM;
}

/* What @set makes of @server, or NULL if that is not in it. */
static const struct replacement *find_replacement(const struct replacement *set, u32 count,
						  const struct weir_server *server)
{
	for (u32 i = 0; i < count; i++)
		if (set[i].server == server)
			return &set[i];
	return NULL;
}

/* Whether it is not on its service's list yet. */
static bool is_newcomer(const struct replacement *planned)
{
	return planned->server->state == WEIR_SERVER_STATE_REMOVED;
}

/* In the order of the list that is to be: who stays keeps its place. */
static struct weir_pool *pool_of_replacements(struct weir_service *service,
					      const struct replacement *set, u32 count)
{
	const struct replacement *planned;
	struct weir_server *server;
	struct lineup lineup = {};

	lineup.candidates = kvmalloc_array(max(count, 1U), sizeof(*lineup.candidates), GFP_KERNEL);
	if (!lineup.candidates)
		return ERR_PTR(-ENOMEM);
	list_for_each_entry(server, &service->servers, link) {
		planned = find_replacement(set, count, server);
		if (planned)
			line_up(&lineup, server, planned->settings.weight,
				planned->settings.state);
	}
	for (u32 i = 0; i < count; i++)
		if (is_newcomer(&set[i]))
			line_up(&lineup, set[i].server, set[i].settings.weight,
				set[i].settings.state);
	return pool_of_lineup(service, service->scheduler, &lineup);
}

/* Lets go of the servers that are not in the set, then takes in the new ones. */
static void apply_replacements(struct weir_service *service, const struct replacement *set,
			       u32 count)
{
	struct weir_server_settings settings;
	struct weir_server *server;
	struct weir_server *next;

	list_for_each_entry_safe(server, next, &service->servers, link) {
		if (find_replacement(set, count, server))
			continue;
		settings = departure(server, NULL);
		weir_apply_depart(server, &settings);
	}
	for (u32 i = 0; i < count; i++) {
		bool is_new = is_newcomer(&set[i]);

		weir_apply_settings(set[i].server, &set[i].settings);
		if (is_new)
			weir_apply_enlist(service, set[i].server);
		weir_notify_server(set[i].server,
				   is_new ? WEIR_CHANGE_ADDED : WEIR_CHANGE_CHANGED);
		weir_apply_settle(set[i].server);
	}
}

/* Plans all of @set, then does it; *@planned tells how many hold new servers. */
static int replace_servers(struct weir_service *service,
			   const struct weir_server_config *configs, u32 count,
			   struct replacement *set, u32 *planned, struct netlink_ext_ack *extack)
{
	struct weir_pool *pool;
	int err;

	for (u32 i = 0; i < count; i++) {
		if (is_named_before(configs, i))
			return refuse(&configs[i], WEIR_A_SERVER_ADDRESS, -EEXIST,
				      "a server is named twice", extack);
		err = plan_replacement(service, &configs[i], &set[i], extack);
		if (err)
			return err;
		*planned = i + 1;
	}
	pool = pool_of_replacements(service, set, count);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	weir_pool_publish(service, pool);
	apply_replacements(service, set, count);
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
	struct replacement *set;
	u32 planned = 0;
	int err;

	if (count > WEIR_SERVERS_MAX)
		return weir_refuse(extack, NULL, 0, -ENOSPC,
				   "a service has at most 4096 servers");
	set = kvcalloc(max(count, 1U), sizeof(*set), GFP_KERNEL);
	if (!set)
		return -ENOMEM;
	mutex_lock(&wn->services.mutex);
	service = weir_control_find_service(wn, config, extack);
	err = service ? replace_servers(service, servers, count, set, &planned, extack) : -ENOENT;
	if (err)
		while (planned--)
			weir_apply_abandon(set[planned].server);
	else
		wn->generation++;
	mutex_unlock(&wn->services.mutex);
	kvfree(set);
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
			    const struct weir_server_config *config,
			    struct netlink_ext_ack *extack)
{
	return change_server(wn, service, config, add_server, extack);
}

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
			    const struct weir_server_config *config,
			    struct netlink_ext_ack *extack)
{
	return change_server(wn, service, config, set_server, extack);
}

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
