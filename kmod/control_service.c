// SPDX-License-Identifier: GPL-2.0-only
/*
 * Validates and applies changes of services. With a namespace's first service
 * its tables and hooks appear, with the last one they go.
 */
#include <linux/module.h>

#include "affinity.h"
#include "control.h"
#include "control_apply.h"
#include "control_lease.h"
#include "control_locals.h"
#include "control_options.h"
#include "device.h"
#include "drop.h"
#include "hook.h"
#include "notify.h"
#include "pool.h"
#include "server.h"
#include "track.h"

/* The attribute of a service's key that says most. */
static int key_attribute(const struct weir_service_key *key)
{
	return key->fwmark ? WEIR_A_SERVICE_FWMARK : WEIR_A_SERVICE_ADDRESS;
}

/**
 * weir_control_find_service - the service a request means
 * @wn: the namespace, mutex held
 * @config: with its key
 * @extack: for the sentence
 *
 * Return: the service, or NULL with the sentence set: -ENOENT.
 */
struct weir_service *weir_control_find_service(struct weir_net *wn,
					       const struct weir_service_config *config,
					       struct netlink_ext_ack *extack)
{
	struct weir_service *service = NULL;

	lockdep_assert_held(&wn->services.mutex);
	if (wn->services.count)
		service = weir_service_find(&wn->services, &config->key);
	if (!service)
		weir_refuse(extack, config->attrs, key_attribute(&config->key), -ENOENT,
			    "no such service");
	return service;
}

/* The tables that a namespace with services has. */
static int open_namespace(struct weir_net *wn)
{
	if (wn->services.count)
		return 0;
	if (!wn->drops) {
		wn->drops = weir_drops_alloc();
		if (!wn->drops)
			return -ENOMEM;
	}
	return weir_conn_table_hold(&wn->conns);
}

static void close_namespace(struct weir_net *wn)
{
	if (!wn->services.count)
		weir_conn_table_release(&wn->conns);
}

/* Inserts the service and, with the first one, the hooks behind it. */
static int insert_service(struct weir_net *wn, struct weir_service *service)
{
	int err = weir_service_insert(&wn->services, service);

	if (err || wn->services.count > 1)
		return err;
	err = weir_hooks_register(wn);
	if (err)
		weir_service_remove(&wn->services, service);
	return err;
}

/* Keeps count of the services by where their packets are to be met. */
static void count_paths(struct weir_net *wn, const struct weir_service *service, int change)
{
	if (service->hook == WEIR_HOOK_INGRESS)
		WRITE_ONCE(wn->ingress_services, wn->ingress_services + change);
	if (service->fast)
		wn->fast_services += change;
}

/* Leaves the devices alone where nothing at ingress is ours any more. */
static void settle_paths(struct weir_net *wn)
{
	WRITE_ONCE(wn->has_slow_flows, !wn->fast || wn->fast_services < wn->services.count);
	if (!wn->ingress_services && !(wn->fast && wn->fast_services))
		weir_devices_close(wn);
}

/**
 * weir_control_set_fast - switches the fast path of a namespace
 * @wn: the namespace; mutex held
 * @fast: whether services may use it
 *
 * Return: 0 or -ENOMEM.
 */
int weir_control_set_fast(struct weir_net *wn, bool fast)
{
	int err = 0;

	if (fast && wn->fast_services)
		err = weir_devices_open(wn);
	if (err)
		return err;
	WRITE_ONCE(wn->fast, fast);
	settle_paths(wn);
	return 0;
}

static bool is_of_service(const struct weir_conn *conn, const void *service)
{
	return conn->server->service == service;
}

static bool is_any(const struct weir_conn *conn, const void *nothing)
{
	return true;
}

/*
 * Takes a service out of the table. Packets may still use it until a grace
 * period has passed.
 */
static void hide_service(struct weir_net *wn, struct weir_service *service)
{
	weir_service_remove(&wn->services, service);
	weir_pool_publish(service, NULL);
}

/*
 * Hides a service from packets, and ends the conns it has. With the last one all
 * conns end, whoever's they are: after it the table goes.
 */
static void withdraw_service(struct weir_net *wn, struct weir_service *service)
{
	bool is_last = wn->services.count == 1;

	if (is_last)
		weir_hooks_unregister(wn);
	hide_service(wn, service);
	/* Packets that have found the service may still be making a conn. */
	if (!is_last)
		synchronize_net();
	weir_conn_kill_all(&wn->conns, is_last ? is_any : is_of_service, service);
}

static bool is_flow_of_service(const struct weir_conn *conn, const void *service)
{
	return weir_conn_protocol(conn) == IPPROTO_UDP && is_of_service(conn, service);
}

/*
 * Ends the UDP flows of a service that keeps none any more: each would last for as
 * long as its client goes on.
 */
static void forget_flows(struct weir_net *wn, struct weir_service *service)
{
	/* Packets that have read the option before may still be making a conn. */
	synchronize_net();
	weir_conn_kill_all(&wn->conns, is_flow_of_service, service);
}

static int create_service(struct weir_net *wn, const struct weir_service_config *config,
			  struct netlink_ext_ack *extack)
{
	struct weir_service *service;
	struct weir_local_plan plan;
	int err;

	service = weir_service_create(wn->net, &wn->services, &config->key);
	if (!service)
		return -ENOMEM;
	weir_options_default(service);
	service->sched = weir_options_plan_sched(service, config);
	err = weir_options_check(service, config, extack) ?:
	      weir_control_affinity_prepare(service, config);
	if (err)
		goto err_put;
	err = weir_options_hold_track(service, config, extack) ?:
	      weir_control_plan_locals(service, config, &plan);
	if (err)
		goto err_release_track;
	weir_options_apply(service, config);
	weir_control_commit_locals(service, &plan);
	err = open_namespace(wn);
	if (err)
		goto err_release_track;
	err = insert_service(wn, service);
	if (err)
		goto err_close;
	if (service->fast)
		err = weir_devices_open(wn);
	if (err)
		goto err_withdraw;
	count_paths(wn, service, 1);
	settle_paths(wn);
	wn->generation++;
	weir_notify_service(service, WEIR_CHANGE_ADDED);
	return 0;

err_withdraw:
	withdraw_service(wn, service);
err_close:
	close_namespace(wn);
err_release_track:
	weir_track_release(service);
err_put:
	weir_affinity_close(service);
	weir_service_put(service);
	return err;
}

static int refuse_taken_key(const struct weir_service_config *config,
			    struct netlink_ext_ack *extack)
{
	if (config->key.fwmark)
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_FWMARK, -EEXIST,
				   "a service with this firewall mark and family exists already");
	return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_ADDRESS, -EEXIST,
			   "a service with this protocol, address and port exists already");
}

/**
 * weir_control_service_add - adds a service
 * @wn: the namespace
 * @config: its key and options
 * @extack: for the sentence
 *
 * Each service holds a reference to the module, so that it is not unloaded
 * under traffic by mistake.
 *
 * Return: 0, -EEXIST, -EINVAL, -ERANGE, -EPROTONOSUPPORT, -EAFNOSUPPORT, -ENOMEM.
 */
int weir_control_service_add(struct weir_net *wn, const struct weir_service_config *config,
			     struct netlink_ext_ack *extack)
{
	int err;

	err = weir_options_check_key(config, extack) ?: weir_options_check_timeouts(config, extack);
	if (err)
		return err;
	if (!try_module_get(THIS_MODULE))
		return weir_refuse(extack, NULL, 0, -ENODEV, "the module is being unloaded");
	mutex_lock(&wn->services.mutex);
	err = create_service(wn, config, extack);
	mutex_unlock(&wn->services.mutex);
	if (!err)
		return 0;
	module_put(THIS_MODULE);
	if (err == -EEXIST)
		return refuse_taken_key(config, extack);
	return err;
}
EXPORT_SYMBOL_GPL(weir_control_service_add);

/* Gives the service the pool that its servers make when picked as the request says. */
static int change_pick(struct weir_service *service, const struct weir_service_config *config)
{
	const u32 picking = BIT(WEIR_A_SERVICE_FALLBACK) | BIT(WEIR_A_SERVICE_HASH_PORT) |
			    BIT(WEIR_A_SERVICE_HASH_KEY);
	const struct weir_scheduler *scheduler = service->scheduler;
	struct weir_sched_options options;
	struct weir_pool *pool;

	if (config->set & BIT(WEIR_A_SERVICE_SCHEDULER))
		scheduler = config->scheduler;
	if (scheduler == service->scheduler && !(config->set & picking))
		return 0;
	options = weir_options_plan_sched(service, config);
	pool = weir_control_plan_pool(service, scheduler, &options, NULL, NULL);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	weir_pool_publish(service, pool);
	service->sched = options;
	return 0;
}

static int set_service(struct weir_net *wn, const struct weir_service_config *config,
		       struct netlink_ext_ack *extack)
{
	struct weir_service *service = weir_control_find_service(wn, config, extack);
	struct weir_local_plan plan;
	bool was_one_packet;
	int err;

	if (!service)
		return -ENOENT;
	was_one_packet = service->one_packet;
	/* What may fail comes first; whether it was needed is seen at the end. */
	err = weir_options_check(service, config, extack) ?:
	      weir_control_affinity_prepare(service, config);
	if (!err && (config->set & (BIT(WEIR_A_SERVICE_FAST) | BIT(WEIR_A_SERVICE_HOOK))))
		err = weir_devices_open(wn);
	if (err)
		return err;
	err = weir_options_hold_track(service, config, extack) ?:
	      weir_control_plan_locals(service, config, &plan);
	if (err)
		goto err_settle;
	err = change_pick(service, config);
	if (err)
		goto err_drop;
	count_paths(wn, service, -1);
	weir_options_apply(service, config);
	weir_control_commit_locals(service, &plan);
	count_paths(wn, service, 1);
	settle_paths(wn);
	if (!was_one_packet && service->one_packet)
		forget_flows(wn, service);
	weir_track_settle(service);
	wn->generation++;
	weir_notify_service(service, WEIR_CHANGE_CHANGED);
	return 0;

err_drop:
	weir_control_drop_locals(&plan);
err_settle:
	weir_track_settle(service);
	settle_paths(wn);
	return err;
}

/**
 * weir_control_service_set - changes options of a service
 * @wn: the namespace
 * @config: its key, and the options to change
 * @extack: for the sentence
 *
 * Return: 0, -ENOENT, -EINVAL, -ERANGE, -EAFNOSUPPORT, -ENOMEM.
 */
int weir_control_service_set(struct weir_net *wn, const struct weir_service_config *config,
			     struct netlink_ext_ack *extack)
{
	int err = weir_options_check_timeouts(config, extack);

	if (err)
		return err;
	mutex_lock(&wn->services.mutex);
	err = set_service(wn, config, extack);
	mutex_unlock(&wn->services.mutex);
	return err;
}
EXPORT_SYMBOL_GPL(weir_control_service_set);

/*
 * The end of a hidden service none of whose conns is left. Servers are still
 * held by whatever drained work is queued; it finds them on no list and lets go.
 */
static void retire_service(struct weir_net *wn, struct weir_service *service)
{
	count_paths(wn, service, -1);
	weir_service_totals(service, &wn->folded);
	weir_notify_service(service, WEIR_CHANGE_REMOVED);
	weir_affinity_close(service);
	weir_track_release(service);
	weir_apply_release(service);
	wn->generation++;
	weir_service_put(service);
	module_put(THIS_MODULE);
}

static void remove_service(struct weir_net *wn, struct weir_service *service)
{
	withdraw_service(wn, service);
	retire_service(wn, service);
	settle_paths(wn);
	close_namespace(wn);
}

/**
 * weir_control_service_remove - removes a service, its servers and its conns
 * @wn: the namespace
 * @config: its key
 * @extack: for the sentence
 *
 * Return: 0 or -ENOENT.
 */
int weir_control_service_remove(struct weir_net *wn, const struct weir_service_config *config,
				struct netlink_ext_ack *extack)
{
	struct weir_service *service;

	mutex_lock(&wn->services.mutex);
	service = weir_control_find_service(wn, config, extack);
	if (service)
		remove_service(wn, service);
	mutex_unlock(&wn->services.mutex);
	return service ? 0 : -ENOENT;
}
EXPORT_SYMBOL_GPL(weir_control_service_remove);

static void flush_services(struct weir_net *wn)
{
	struct weir_service *service;
	unsigned long id = 0;

	weir_hooks_unregister(wn);
	weir_conn_kill_all(&wn->conns, is_any, NULL);
	while ((service = weir_service_next(&wn->services, &id))) {
		hide_service(wn, service);
		retire_service(wn, service);
	}
	close_namespace(wn);
}

/**
 * weir_control_flush - removes all services
 * @wn: the namespace
 */
void weir_control_flush(struct weir_net *wn)
{
	mutex_lock(&wn->services.mutex);
	if (wn->services.count)
		flush_services(wn);
	mutex_unlock(&wn->services.mutex);
}
EXPORT_SYMBOL_GPL(weir_control_flush);

static bool drains_for_good(const struct weir_server *server)
{
	return server->policy == WEIR_POLICY_DRAIN && !server->has_deadline;
}

/**
 * weir_control_reset_departed - resets what removed servers still have
 * @wn: the namespace
 *
 * But for servers that were given a deadline when they were removed, or the policy keep.
 */
void weir_control_reset_departed(struct weir_net *wn)
{
	struct weir_service *service;
	struct weir_server *server;
	unsigned long id = 0;

	mutex_lock(&wn->services.mutex);
	while ((service = weir_service_next(&wn->services, &id))) {
		list_for_each_entry(server, &service->departed, link) {
			if (!drains_for_good(server))
				continue;
			WRITE_ONCE(server->policy, WEIR_POLICY_RESET);
			weir_lease_heed(server);
			weir_notify_server(server, WEIR_CHANGE_CHANGED);
			wn->generation++;
		}
	}
	mutex_unlock(&wn->services.mutex);
}
EXPORT_SYMBOL_GPL(weir_control_reset_departed);

/**
 * weir_control_forget_routes - lets go of all cached ways
 * @work: &weir_net.forget_routes
 *
 * A way that goes through a device which is unregistered would hold it for as
 * long as no packet asks for the way again. A packet that was looking one up
 * meanwhile may put it back: the kernel repeats the event until the device is
 * free.
 */
void weir_control_forget_routes(struct work_struct *work)
{
	struct weir_net *wn = container_of(work, struct weir_net, forget_routes);
	struct weir_service *service;
	unsigned long id = 0;

	mutex_lock(&wn->services.mutex);
	while ((service = weir_service_next(&wn->services, &id)))
		weir_service_forget_routes(service);
	if (wn->services.count)
		weir_conn_forget_routes(&wn->conns);
	mutex_unlock(&wn->services.mutex);
}
