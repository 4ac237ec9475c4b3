// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a real server, and what its conns may expect of it.
 */
#include "server.h"

#include <linux/jiffies.h>
#include <linux/slab.h>

#include "ports.h"
#include "service.h"

/**
 * weir_server_create - a server that is up, with weight 0
 * @service: the service it is to belong to, mutex held; a reference is taken
 * @endpoint: its address and port
 * @drained: run in process context when its last conn ends while it is not up;
 *	inherits a reference to be put
 *
 * Return: the server, with one reference for the caller, or NULL without
 * memory.
 */
struct weir_server *weir_server_create(struct weir_service *service,
				       const struct weir_endpoint *endpoint, work_func_t drained)
{
	struct weir_server *server;

	lockdep_assert_held(&service->table->mutex);
	server = kzalloc(sizeof(*server), GFP_KERNEL_ACCOUNT);
	if (!server)
		return NULL;
	server->stats_block = weir_stats_take(&service->counters, &server->stats);
	if (!server->stats_block)
		goto err_free;
	weir_route_init(&server->route);
	server->route.iif = WEIR_ROUTE_TO_SERVER;
	weir_route_init(&server->wrapped_route);
	seqlock_init(&server->wrapped_source.lock);
	server->endpoint = *endpoint;
	server->service = service;
	server->state = WEIR_SERVER_STATE_UP;
	weir_service_get(service);
	INIT_WORK(&server->drained, drained);
	INIT_LIST_HEAD(&server->link);
	refcount_set(&server->refs, 1);
	return server;

err_free:
	kfree(server);
	return NULL;
}

/**
 * weir_server_get - takes a reference
 * @server: a server that somebody else's reference keeps meanwhile
 */
void weir_server_get(struct weir_server *server)
{
	refcount_inc(&server->refs);
}

/**
 * weir_server_forget_routes - lets go of the cached ways to a server
 * @server: the server; any context
 */
void weir_server_forget_routes(struct weir_server *server)
{
	weir_route_release(&server->route);
	weir_route_release(&server->wrapped_route);
}

static void free_rcu_server(struct rcu_head *rcu)
{
	struct weir_server *server = container_of(rcu, struct weir_server, rcu);
	struct weir_service *service = server->service;

	weir_server_forget_routes(server);
	weir_stats_release(server->stats_block);
	kfree(server->meter);
	kfree(server);
	weir_service_put(service);
}

/**
 * weir_server_put - gives a reference back
 * @server: the server; any context
 *
 * The last reference goes when it is on no list, has neither conn nor entry
 * of affinity, and no work is queued. Readers may still see it then in a pool that
 * has just been replaced; they fail to take a reference, and it is freed after their
 * grace period.
 */
void weir_server_put(struct weir_server *server)
{
	if (refcount_dec_and_test(&server->refs))
		call_rcu(&server->rcu, free_rcu_server);
}

/**
 * weir_server_publish_locals - gives a server other locals, and lets go of its own
 * @server: the server; mutex held
 * @locals: with the caller's reference, or NULL
 */
void weir_server_publish_locals(struct weir_server *server, struct weir_locals *locals)
{
	locals = rcu_replace_pointer(server->locals, locals,
				     lockdep_is_held(&server->service->table->mutex));
	weir_locals_release(locals);
}

static bool deadline_has_passed(const struct weir_server *server)
{
	return READ_ONCE(server->has_deadline) &&
	       time_after_eq(jiffies, READ_ONCE(server->deadline));
}

/**
 * weir_server_lease_by_policy - what a conn may expect of a server not up
 * @server: the server; any context
 * @state: its state, read once
 *
 * Return: what its state, policy and deadline give.
 */
enum weir_lease weir_server_lease_by_policy(const struct weir_server *server, u8 state)
{
	switch (READ_ONCE(server->policy)) {
	case WEIR_POLICY_KEEP:
		return WEIR_LEASE_GOOD;
	case WEIR_POLICY_DRAIN:
		if (deadline_has_passed(server))
			return WEIR_LEASE_RESET;
		return state == WEIR_SERVER_STATE_REMOVED ? WEIR_LEASE_MOVE : WEIR_LEASE_GOOD;
	}
	return WEIR_LEASE_RESET;
}

/**
 * weir_server_conns - conns the server holds
 * @server: the server; any context, a recent answer
 *
 * Return: active and inactive ones.
 */
u32 weir_server_conns(const struct weir_server *server)
{
	return atomic_read(&server->load.active) + atomic_read(&server->load.inactive);
}

/**
 * weir_server_set_limit - how many conns a server may hold
 * @server: the server; mutex held
 * @conns_max: the limit, 0 for none
 * @conns_resume: a full server takes new conns below this; 0 for three quarters of
 *	@conns_max, as with ip_vs
 */
void weir_server_set_limit(struct weir_server *server, u32 conns_max, u32 conns_resume)
{
	server->conns_max = conns_max;
	server->conns_resume = conns_resume;
	weir_load_set_limit(&server->load, conns_max, conns_resume);
	rcu_read_lock();
	if (READ_ONCE(server->load_matters))
		weir_pool_load_changed_rcu(server);
	rcu_read_unlock();
}

/**
 * weir_server_conn_move_rcu - counts a conn among the others from now on
 * @server: the server, alive
 * @from: &weir_load.active or &weir_load.inactive of @server
 * @to: the other one
 */
void weir_server_conn_move_rcu(struct weir_server *server, atomic_t *from, atomic_t *to)
{
	/* In this order the server never looks as if it had lost its last conn. */
	atomic_inc(to);
	atomic_dec(from);
	weir_server_load_changed_rcu(server);
}

/**
 * weir_server_conn_end_rcu - takes a conn off the server's load
 * @server: the server; the caller still holds the conn's reference
 * @counted_in: &weir_load.active or &weir_load.inactive of @server
 */
void weir_server_conn_end_rcu(struct weir_server *server, atomic_t *counted_in)
{
	/* Orders the load before the state; pairs with the mutex's holder who
	 * writes the state and then reads the load.
	 */
	smp_mb__before_atomic();
	atomic_dec(counted_in);
	smp_mb__after_atomic();
	weir_server_load_changed_rcu(server);
	if (weir_server_is_up(server) || weir_server_conns(server))
		return;
	if (!weir_server_get_maybe_zero(server))
		return;
	if (!queue_work(weir_workqueue, &server->drained))
		weir_server_put(server);
}
