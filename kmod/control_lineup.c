// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines up the servers of a service for the pool it would have after a change.
 */
#include "control_lineup.h"

#include <linux/mm.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/slab.h>

#include "control.h"
#include "server.h"
#include "service.h"

/**
 * weir_lineup_begin - an empty lineup
 * @lineup: the lineup, to be made a pool
 * @servers_max: how many servers it is to take
 *
 * Return: 0 or -ENOMEM.
 */
int weir_lineup_begin(struct weir_lineup *lineup, u32 servers_max)
{
	*lineup = (struct weir_lineup){ .room = max(servers_max, 1U) };
	lineup->candidates = kvmalloc_array(lineup->room, sizeof(*lineup->candidates),
					    GFP_KERNEL);
	return lineup->candidates ? 0 : -ENOMEM;
}

/**
 * weir_lineup_add - takes the next server of a service down, in the order of adding
 * @lineup: the lineup
 * @server: the server; mutex held
 * @settings: those it would have
 */
void weir_lineup_add(struct weir_lineup *lineup, struct weir_server *server,
		     const struct weir_server_settings *settings)
{
	bool is_absent = settings->state != WEIR_SERVER_STATE_UP || !settings->weight;
	u32 absent = lineup->servers++ - lineup->count;

	lineup->candidates[is_absent ? lineup->room - 1 - absent : lineup->count++] =
		(struct weir_candidate){
			.server = server,
			.load = &server->load,
			.endpoint = server->endpoint,
			.weight = settings->weight ?: server->last_weight,
			.id = server->id,
		};
}

/* Schedulers want the one that was added last first. */
static void turn_round(const struct weir_lineup *lineup)
{
	for (u32 i = 0; i < lineup->count / 2; i++)
		swap(lineup->candidates[i], lineup->candidates[lineup->count - 1 - i]);
}

/**
 * weir_lineup_pool - the pool of a lineup
 * @service: the service; mutex held
 * @scheduler: the scheduler it would have
 * @options: the options for that
 * @lineup: the lineup, which ends here
 *
 * Return: the pool, or ERR_PTR(-ENOMEM).
 */
struct weir_pool *weir_lineup_pool(const struct weir_service *service,
				   const struct weir_scheduler *scheduler,
				   const struct weir_sched_options *options,
				   const struct weir_lineup *lineup)
{
	u32 absent = lineup->servers - lineup->count;
	struct weir_pool *pool;

	turn_round(lineup);
	memmove(lineup->candidates + lineup->count, lineup->candidates + lineup->room - absent,
		array_size(absent, sizeof(*lineup->candidates)));
	pool = weir_pool_build(service, scheduler, options, lineup->candidates, lineup->count,
			       lineup->servers);
	kvfree(lineup->candidates);
	return pool;
}

/**
 * weir_control_plan_pool - the pool a service would have after a change
 * @service: the service; mutex held
 * @scheduler: the scheduler it would have
 * @options: the options for that
 * @changed: a server that would have @settings, whether it is on the list yet
 *	or not; or NULL
 * @settings: of @changed; NULL if it would be gone
 *
 * Return: the pool, or ERR_PTR(-ENOMEM).
 */
struct weir_pool *weir_control_plan_pool(struct weir_service *service,
					 const struct weir_scheduler *scheduler,
					 const struct weir_sched_options *options,
					 struct weir_server *changed,
					 const struct weir_server_settings *settings)
{
	struct weir_server_settings current_settings;
	struct weir_server *server;
	struct weir_lineup lineup;

	if (weir_lineup_begin(&lineup, service->servers_count + 1))
		return ERR_PTR(-ENOMEM);
	list_for_each_entry(server, &service->servers, link) {
		current_settings = weir_apply_settings_of(server);
		if (server != changed)
			weir_lineup_add(&lineup, server, &current_settings);
		else if (settings)
			weir_lineup_add(&lineup, server, settings);
	}
	if (changed && settings && !weir_service_find_server(service, &changed->endpoint))
		weir_lineup_add(&lineup, changed, settings);
	return weir_lineup_pool(service, scheduler, options, &lineup);
}
