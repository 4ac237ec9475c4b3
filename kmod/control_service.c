// SPDX-License-Identifier: GPL-2.0-only
/*
 * Validates and applies changes of services. With a namespace's first service
 * its tables and hooks appear, with the last one they go.
 */
#include <linux/module.h>

#include "control.h"
#include "control_apply.h"
#include "device.h"
#include "drop.h"
#include "hook.h"
#include "notify.h"
#include "pool.h"
#include "server.h"

/* RFC 5382 REQ-5, RFC 4787 REQ-5; the rest is what peers of ours use. */
static const u32 default_timeouts[WEIR_TIMEOUTS] = {
	[WEIR_TIMEOUT_TCP_SYN] = 60,
	[WEIR_TIMEOUT_TCP_ESTABLISHED] = 2 * 60 * 60 + 4 * 60,
	[WEIR_TIMEOUT_TCP_FIN] = 120,
	[WEIR_TIMEOUT_TCP_CLOSED] = 30,
	[WEIR_TIMEOUT_UDP] = 5 * 60,
};

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
		weir_refuse(extack, config->attrs, WEIR_A_SERVICE_ADDRESS, -ENOENT,
			    "no such service");
	return service;
}

static int check_key(const struct weir_service_config *config, struct netlink_ext_ack *extack)
{
	const struct weir_service_key *key = &config->key;

	if (key->protocol != IPPROTO_TCP && key->protocol != IPPROTO_UDP)
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_PROTOCOL,
				   -EPROTONOSUPPORT, "a service's protocol is tcp or udp");
	if (!weir_addr_is_unicast(&key->vip))
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_ADDRESS, -EINVAL,
				   "a service's address must be a unicast address");
	if (!key->vip.port)
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_PORT, -EINVAL,
				   "a service's port must not be 0");
	return 0;
}

static int check_timeouts(const struct weir_service_config *config,
			  struct netlink_ext_ack *extack)
{
	for (int class = 0; class < WEIR_TIMEOUTS; class++) {
		if (!(config->timeouts_set & BIT(class)))
			continue;
		if (config->timeouts_ms[class] < WEIR_TIMEOUT_MIN_MS ||
		    config->timeouts_ms[class] > WEIR_TIMEOUT_MAX_MS)
			return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_TIMEOUTS, -ERANGE,
					   "a timeout is between 1 second and 1 week");
		if (config->timeouts_ms[class] % MSEC_PER_SEC)
			return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_TIMEOUTS, -EINVAL,
					   "a timeout is a whole number of seconds");
	}
	return 0;
}

/* Combinations that cannot work, with what the service has already. */
static int check_options(const struct weir_service *service,
			 const struct weir_service_config *config, struct netlink_ext_ack *extack)
{
	bool conntrack = service->conntrack;
	bool fast = service->fast;
	u8 hook = service->hook;

	if (config->set & BIT(WEIR_A_SERVICE_CONNTRACK))
		conntrack = config->conntrack;
	if (config->set & BIT(WEIR_A_SERVICE_HOOK))
		hook = config->hook;
	if (config->set & BIT(WEIR_A_SERVICE_FAST))
		fast = config->fast;
	if (!fast && hook == WEIR_HOOK_INGRESS)
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_HOOK, -EINVAL,
				   "hook ingress and fast off exclude each other, since ingress has no slow path");
	if (conntrack && hook == WEIR_HOOK_INGRESS)
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_HOOK, -EINVAL,
				   "hook ingress and conntrack on exclude each other, since conntrack never sees what ingress takes");
	return 0;
}

/* What cannot fail any more. */
static void apply_options(struct weir_service *service, const struct weir_service_config *config)
{
	if (config->set & BIT(WEIR_A_SERVICE_SCHEDULER))
		service->scheduler = config->scheduler;
	if (config->set & BIT(WEIR_A_SERVICE_MIDSTREAM))
		WRITE_ONCE(service->midstream, config->midstream);
	if (config->set & BIT(WEIR_A_SERVICE_CONNTRACK))
		WRITE_ONCE(service->conntrack, config->conntrack);
	if (config->set & BIT(WEIR_A_SERVICE_FAST))
		WRITE_ONCE(service->fast, config->fast);
	if (config->set & BIT(WEIR_A_SERVICE_HOOK))
		WRITE_ONCE(service->hook, config->hook);
	for (int class = 0; class < WEIR_TIMEOUTS; class++)
		if (config->timeouts_set & BIT(class))
			WRITE_ONCE(service->timeouts[class],
				   config->timeouts_ms[class] / MSEC_PER_SEC);
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
 * No packet makes such conns any more, so that this comes to an end; a pass may
 * miss some while others end by themselves.
 */
static void kill_conns(struct weir_net *wn, weir_conn_match_t match, const void *context)
{
	while (weir_conn_kill(&wn->conns, match, context))
		cond_resched();
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

/* Hides a service from packets, and ends the conns it has. */
static void withdraw_service(struct weir_net *wn, struct weir_service *service)
{
	bool is_last = wn->services.count == 1;

	if (is_last)
		weir_hooks_unregister(wn);
	hide_service(wn, service);
	/* Packets that have found the service may still be making a conn. */
	if (!is_last)
		synchronize_net();
	kill_conns(wn, is_of_service, service);
}

static int create_service(struct weir_net *wn, const struct weir_service_config *config,
			  struct netlink_ext_ack *extack)
{
	struct weir_service *service;
	int err;

	service = weir_service_create(wn->net, &wn->services, &config->key);
	if (!service)
		return -ENOMEM;
	memcpy(service->timeouts, default_timeouts, sizeof(default_timeouts));
	service->scheduler = &weir_sched_wlc;
	service->fast = true;
	err = check_options(service, config, extack);
	if (err)
		goto err_put;
	apply_options(service, config);
	err = open_namespace(wn);
	if (err)
		goto err_put;
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
err_put:
	weir_service_put(service);
	return err;
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
 * Return: 0, -EEXIST, -EINVAL, -ERANGE, -EPROTONOSUPPORT, -ENOMEM.
 */
int weir_control_service_add(struct weir_net *wn, const struct weir_service_config *config,
			     struct netlink_ext_ack *extack)
{
	int err;

	err = check_key(config, extack) ?: check_timeouts(config, extack);
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
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_ADDRESS, err,
				   "a service with this protocol, address and port exists already");
	return err;
}

/* The pool that the current servers give with another scheduler. */
static int change_scheduler(struct weir_service *service, const struct weir_scheduler *scheduler)
{
	struct weir_pool *pool = weir_control_plan_pool(service, scheduler, NULL, NULL);

	if (IS_ERR(pool))
		return PTR_ERR(pool);
	weir_pool_publish(service, pool);
	return 0;
}

static int set_service(struct weir_net *wn, const struct weir_service_config *config,
		       struct netlink_ext_ack *extack)
{
	struct weir_service *service = weir_control_find_service(wn, config, extack);
	int err;

	if (!service)
		return -ENOENT;
	err = check_options(service, config, extack);
	/* What may fail comes first; whether it was needed is seen at the end. */
	if (!err && (config->set & (BIT(WEIR_A_SERVICE_FAST) | BIT(WEIR_A_SERVICE_HOOK))))
		err = weir_devices_open(wn);
	if (err)
		return err;
	if ((config->set & BIT(WEIR_A_SERVICE_SCHEDULER)) &&
	    config->scheduler != service->scheduler) {
		err = change_scheduler(service, config->scheduler);
		if (err)
			goto err_settle;
	}
	count_paths(wn, service, -1);
	apply_options(service, config);
	count_paths(wn, service, 1);
	settle_paths(wn);
	wn->generation++;
	weir_notify_service(service, WEIR_CHANGE_CHANGED);
	return 0;

err_settle:
	settle_paths(wn);
	return err;
}

/**
 * weir_control_service_set - changes options of a service
 * @wn: the namespace
 * @config: its key, and the options to change
 * @extack: for the sentence
 *
 * Return: 0, -ENOENT, -EINVAL, -ERANGE, -ENOMEM.
 */
int weir_control_service_set(struct weir_net *wn, const struct weir_service_config *config,
			     struct netlink_ext_ack *extack)
{
	int err = check_timeouts(config, extack);

	if (err)
		return err;
	mutex_lock(&wn->services.mutex);
	err = set_service(wn, config, extack);
	mutex_unlock(&wn->services.mutex);
	return err;
}

/*
 * The end of a hidden service none of whose conns is left. Servers are still
 * held by whatever drained work is queued; it finds them on no list and lets go.
 */
static void retire_service(struct weir_net *wn, struct weir_service *service)
{
	count_paths(wn, service, -1);
	weir_service_totals(service, &wn->folded);
	weir_notify_service(service, WEIR_CHANGE_REMOVED);
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

static void flush_services(struct weir_net *wn)
{
	struct weir_service *service;
	unsigned long id = 0;

	weir_hooks_unregister(wn);
	kill_conns(wn, is_any, NULL);
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
