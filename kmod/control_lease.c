// SPDX-License-Identifier: GPL-2.0-only
/*
 * The time at which conns of servers that leave are over: at once with the policy
 * reset, at the deadline with drain. One work per namespace waits for the next such
 * time, then looks which servers are meant; it holds no server meanwhile, so that
 * one that comes back, or goes with its service, has nothing to cancel.
 */
#include "control_lease.h"

#include <linux/jiffies.h>
#include <linux/rcupdate.h>

#include "net.h"
#include "server.h"

/* Lets the work run at @when at the latest; mutex held. */
static void arm(struct weir_net *wn, unsigned long when)
{
	unsigned long now = jiffies;

	if (wn->has_lease_end && time_before_eq(wn->lease_end, when))
		return;
	wn->has_lease_end = true;
	wn->lease_end = when;
	mod_delayed_work(weir_workqueue, &wn->lease_work,
			 time_after(when, now) ? when - now : 0);
}

/**
 * weir_lease_heed - makes sure that the conns of a server end when they are to
 * @server: the server, its settings new; mutex held
 */
void weir_lease_heed(const struct weir_server *server)
{
	struct weir_net *wn = weir_net(server->service->net);

	lockdep_assert_held(&wn->services.mutex);
	if (server->state == WEIR_SERVER_STATE_UP)
		return;
	if (server->policy == WEIR_POLICY_RESET)
		arm(wn, jiffies);
	else if (server->policy == WEIR_POLICY_DRAIN && server->has_deadline)
		arm(wn, server->deadline);
}

static bool is_over(const struct weir_server *server)
{
	return weir_server_lease(server) == WEIR_LEASE_RESET;
}

/* Whether a server on the list has conns that are over; arms for those to come. */
static bool review_list(const struct list_head *list)
{
	const struct weir_server *server;
	bool is_due = false;

	list_for_each_entry(server, list, link) {
		if (!is_over(server))
			weir_lease_heed(server);
		else if (weir_server_conns(server))
			is_due = true;
	}
	return is_due;
}

static bool review(struct weir_net *wn)
{
	struct weir_service *service;
	unsigned long id = 0;
	bool is_due = false;

	while ((service = weir_service_next(&wn->services, &id))) {
		is_due |= review_list(&service->servers);
		is_due |= review_list(&service->departed);
	}
	return is_due;
}

static bool is_conn_over(const struct weir_conn *conn, const void *nothing)
{
	return is_over(conn->server);
}

/* Whether there is something to do, which the table is held for then. */
static bool begin(struct weir_net *wn)
{
	lockdep_assert_held(&wn->services.mutex);
	wn->has_lease_end = false;
	if (!wn->services.count)
		return false;
	/* Packets that have found a server up may still be making a conn. */
	synchronize_net();
	return review(wn) && !weir_conn_table_hold(&wn->conns);
}

/**
 * weir_lease_end_work - ends the conns that are over
 * @work: &weir_net.lease_work
 *
 * Those of TCP and SCTP are closed, as if the answer that their next packet gets had
 * been sent already: both sides get it whenever they speak, until a closed conn's
 * time is over. Flows of UDP end, and so move with their next packet.
 *
 * The walk goes without the mutex, since there may be a million conns. What it meets
 * is there meanwhile: the table is held, conns and with them servers are under RCU.
 * Services may come and go, the last one too, which ends all conns; a server that
 * is up again is passed by from then on.
 */
void weir_lease_end_work(struct work_struct *work)
{
	struct weir_net *wn = container_of(to_delayed_work(work), struct weir_net, lease_work);
	bool is_due;

	mutex_lock(&wn->services.mutex);
	is_due = begin(wn);
	mutex_unlock(&wn->services.mutex);
	if (!is_due)
		return;
	weir_conn_close_all(&wn->conns, is_conn_over, NULL);
	mutex_lock(&wn->services.mutex);
	weir_conn_table_release(&wn->conns);
	mutex_unlock(&wn->services.mutex);
}
