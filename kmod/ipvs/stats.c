// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters and rates as those see them who read in IPVS's words: they can be set
 * back, and with run_estimation 0 they stand still. Weir's own go on.
 */
#include <linux/ktime.h>

#include "../server.h"
#include "ipvs.h"

/* What a meter shows, of counters that are @totals now; without one there are no rates. */
static void read_meter(const struct weir_net *wn, struct weir_meter *meter,
		       const struct weir_totals *totals, struct weir_reading *reading)
{
	if (!meter)
		*reading = (struct weir_reading){ .totals = *totals };
	else if (ipvs_net(wn->net)->is_frozen)
		weir_meter_recall(meter, reading);
	else
		weir_meter_read(meter, totals, ktime_get_ns(), reading);
}

static struct weir_totals totals_of_namespace(struct weir_net *wn)
{
	struct weir_totals totals = wn->folded;

	weir_service_table_totals(&wn->services, &totals);
	return totals;
}

/**
 * ipvs_read_service - counters and rates of a service
 * @service: the service; its namespace's mutex is held
 * @reading: filled in
 */
void ipvs_read_service(struct weir_service *service, struct weir_reading *reading)
{
	struct weir_totals totals = {};

	weir_service_totals(service, &totals);
	read_meter(weir_net(service->net), weir_meter_obtain(&service->meter), &totals, reading);
}

/**
 * ipvs_read_server - counters and rates of a server
 * @server: the server; its namespace's mutex is held
 * @reading: filled in
 */
void ipvs_read_server(struct weir_server *server, struct weir_reading *reading)
{
	struct weir_totals totals = {};

	weir_stats_sum(server->stats, &totals);
	read_meter(weir_net(server->service->net), weir_meter_obtain(&server->meter), &totals,
		   reading);
}

/**
 * ipvs_read_namespace - counters and rates of all services there were
 * @wn: the namespace; its mutex is held
 * @reading: filled in
 */
void ipvs_read_namespace(struct weir_net *wn, struct weir_reading *reading)
{
	struct weir_totals totals = totals_of_namespace(wn);

	read_meter(wn, &ipvs_net(wn->net)->meter, &totals, reading);
}

typedef void (*change_t)(struct weir_meter *meter, const struct weir_totals *totals);

static void hold(struct weir_meter *meter, const struct weir_totals *totals)
{
	weir_meter_hold(meter, totals, ktime_get_ns());
}

static bool has_meters(struct weir_service *service)
{
	struct weir_server *server;

	if (!weir_meter_obtain(&service->meter))
		return false;
	list_for_each_entry(server, &service->servers, link)
		if (!weir_meter_obtain(&server->meter))
			return false;
	return true;
}

/* Changes the meters of a service, which are all there: a change is made whole. */
static void change_service(struct weir_service *service, change_t change)
{
	struct weir_totals totals = {};
	struct weir_server *server;

	weir_service_totals(service, &totals);
	change(service->meter, &totals);
	list_for_each_entry(server, &service->servers, link) {
		totals = (struct weir_totals){};
		weir_stats_sum(server->stats, &totals);
		change(server->meter, &totals);
	}
}

static int change_one(struct weir_service *service, change_t change)
{
	if (!has_meters(service))
		return -ENOMEM;
	change_service(service, change);
	return 0;
}

static int change_all(struct weir_net *wn, change_t change)
{
	struct weir_totals totals = totals_of_namespace(wn);
	struct weir_service *service;
	unsigned long id;

	for (id = 0; (service = weir_service_next(&wn->services, &id));)
		if (!has_meters(service))
			return -ENOMEM;
	for (id = 0; (service = weir_service_next(&wn->services, &id));)
		change_service(service, change);
	change(&ipvs_net(wn->net)->meter, &totals);
	return 0;
}

/**
 * ipvs_zero - ZERO: counters begin anew for those who read them this way
 * @net: the namespace
 * @svc: the key of the service; NULL for all
 *
 * Return: 0, -ESRCH, or -ENOMEM, and nothing has changed then.
 */
int ipvs_zero(struct net *net, const struct ipvs_svc *svc)
{
	struct weir_net *wn = weir_net(net);
	struct weir_service *service;
	int err;

	mutex_lock(&wn->services.mutex);
	service = svc ? ipvs_find(wn, svc) : NULL;
	if (!svc)
		err = change_all(wn, weir_meter_zero);
	else if (service)
		err = change_one(service, weir_meter_zero);
	else
		err = -ESRCH;
	mutex_unlock(&wn->services.mutex);
	return err;
}

/**
 * ipvs_freeze - lets counters and rates stand still, or go on
 * @net: the namespace
 * @is_frozen: which of the two
 *
 * Return: 0, or -ENOMEM, and nothing has changed then.
 */
int ipvs_freeze(struct net *net, bool is_frozen)
{
	struct weir_net *wn = weir_net(net);
	struct ipvs_net *in = ipvs_net(net);
	int err = 0;

	mutex_lock(&wn->services.mutex);
	if (is_frozen && !in->is_frozen)
		err = change_all(wn, hold);
	if (!err)
		in->is_frozen = is_frozen;
	mutex_unlock(&wn->services.mutex);
	return err;
}
