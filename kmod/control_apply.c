// SPDX-License-Identifier: GPL-2.0-only
/*
 * Applies validated changes of servers: settings, lists, and the end of servers
 * that have lost their last conn. The namespace's mutex is held throughout.
 */
#include "control_apply.h"

#include "affinity.h"
#include "control_lease.h"
#include "control_locals.h"
#include "net.h"
#include "notify.h"

/**
 * weir_apply_settings_of - the settings a server has
 * @server: the server; mutex held
 *
 * Return: a copy.
 */
struct weir_server_settings weir_apply_settings_of(const struct weir_server *server)
{
	return (struct weir_server_settings){
		.weight = server->weight,
		.conns_max = server->conns_max,
		.conns_resume = server->conns_resume,
		.method = server->method,
		.state = server->state,
		.policy = server->policy,
		.has_deadline = server->has_deadline,
		.deadline = server->deadline,
		.encap = server->encap,
	};
}

/**
 * weir_apply_settings - gives a server its settings
 * @server: the server; mutex held
 * @settings: valid ones
 */
void weir_apply_settings(struct weir_server *server, const struct weir_server_settings *settings)
{
	WRITE_ONCE(server->weight, settings->weight);
	if (settings->weight)
		server->last_weight = settings->weight;
	weir_server_set_limit(server, settings->conns_max, settings->conns_resume);
	WRITE_ONCE(server->encap, settings->encap);
	WRITE_ONCE(server->method, settings->method);
	WRITE_ONCE(server->deadline, settings->deadline);
	WRITE_ONCE(server->has_deadline, settings->has_deadline);
	WRITE_ONCE(server->policy, settings->policy);
	server->is_drained = false;
	/* Packets read the state first; what it makes them read is there. */
	smp_store_release(&server->state, settings->state);
	weir_lease_heed(server);
}

/* Lets go of a server that has no conns any more. */
static void unlist(struct weir_server *server)
{
	list_del_init(&server->link);
	weir_server_publish_locals(server, NULL);
	weir_server_put(server);
}

/**
 * weir_apply_settle - looks whether a server has drained
 * @server: the server; mutex held
 *
 * A server that is not up and has no conn left: says so once, and forgets it if
 * it was removed. The caller must not use it afterwards unless it holds it.
 */
void weir_apply_settle(struct weir_server *server)
{
	struct weir_service *service = server->service;

	/* Orders the state before the load; pairs with weir_server_conn_end_rcu(). */
	smp_mb();
	if (server->state == WEIR_SERVER_STATE_UP || server->is_drained ||
	    list_empty(&server->link) || weir_server_conns(server))
		return;
	server->is_drained = true;
	weir_notify_server(server, WEIR_CHANGE_DRAINED);
	if (server->state != WEIR_SERVER_STATE_REMOVED)
		return;
	weir_net(service->net)->generation++;
	weir_stats_sum(server->stats, &service->folded);
	unlist(server);
}

static void drained_work(struct work_struct *work)
{
	struct weir_server *server = container_of(work, struct weir_server, drained);
	struct weir_net *wn = weir_net(server->service->net);

	mutex_lock(&wn->services.mutex);
	weir_apply_settle(server);
	mutex_unlock(&wn->services.mutex);
	weir_server_put(server);
}

/**
 * weir_apply_obtain - the server for a key that the service does not have
 * @service: the service; mutex held
 * @endpoint: the server's key
 *
 * Ids are given here, so that the pool to be built has them; servers are to be enlisted
 * in the order in which they were obtained.
 *
 * Return: the removed server of that key that still has conns; or a new one, on
 * no list, to be enlisted or abandoned; or NULL without memory.
 */
struct weir_server *weir_apply_obtain(struct weir_service *service,
					    const struct weir_endpoint *endpoint)
{
	struct weir_server *server = weir_service_find_departed(service, endpoint);
	struct weir_locals *locals;

	if (server) {
		/* A dump may have passed its new id, or its old one. */
		weir_net(service->net)->generation++;
		server->id = ++service->next_server_id;
		return server;
	}
	server = weir_server_create(service, endpoint, drained_work);
	if (!server)
		return NULL;
	server->state = WEIR_SERVER_STATE_REMOVED;
	server->id = ++service->next_server_id;
	locals = weir_control_create_locals(service, endpoint);
	if (IS_ERR(locals)) {
		weir_server_put(server);
		return NULL;
	}
	weir_server_publish_locals(server, locals);
	return server;
}

/**
 * weir_apply_abandon - undoes weir_apply_obtain()
 * @server: what it gave; mutex held
 */
void weir_apply_abandon(struct weir_server *server)
{
	if (list_empty(&server->link))
		unlist(server);
}

/**
 * weir_apply_enlist - puts a server at the end of its service's list
 * @service: the service; mutex held
 * @server: new, or departed
 */
void weir_apply_enlist(struct weir_service *service, struct weir_server *server)
{
	list_move_tail(&server->link, &service->servers);
	service->servers_count++;
}

/**
 * weir_apply_depart - takes a server off its service's list
 * @server: on the list, in no published pool any more; mutex held
 * @settings: its last, state removed
 */
void weir_apply_depart(struct weir_server *server, const struct weir_server_settings *settings)
{
	weir_apply_settings(server, settings);
	list_move_tail(&server->link, &server->service->departed);
	server->service->servers_count--;
	weir_affinity_forget_server(server);
	weir_notify_server(server, WEIR_CHANGE_REMOVED);
	weir_apply_settle(server);
}

/**
 * weir_apply_release - lets go of the servers of a service that goes
 * @service: hidden from packets, without conns; mutex held
 *
 * Those who may still hold one: drained work that is queued, which finds it on
 * no list and lets go too; readers of the last pool, whose grace period its
 * memory outlives.
 */
void weir_apply_release(struct weir_service *service)
{
	struct weir_server *server;
	struct weir_server *next;

	list_splice_init(&service->departed, &service->servers);
	list_for_each_entry_safe(server, next, &service->servers, link)
		unlist(server);
	service->servers_count = 0;
}
