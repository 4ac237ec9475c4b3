// SPDX-License-Identifier: GPL-2.0-only
/*
 * Affinity in IPVS's words: an entry is a template, which is listed among the conns
 * as one without a client's port.
 */
#include <linux/seq_file.h>

#include "../affinity.h"
#include "../conn.h"
#include "ipvs.h"

/* Goes to the next service that has a memory; false at the end. */
static bool enter_service(struct ipvs_templates *templates)
{
	struct weir_net *wn = weir_net(templates->net);
	struct weir_affinity *affinity = NULL;
	struct weir_service *service;

	mutex_lock(&wn->services.mutex);
	while (!affinity && (service = weir_service_next(&wn->services, &templates->id)))
		affinity = weir_affinity_of(service);
	if (affinity) {
		weir_affinity_get(affinity);
		weir_affinity_walk_enter(&templates->walk, affinity);
	}
	mutex_unlock(&wn->services.mutex);
	templates->affinity = affinity;
	return affinity;
}

/**
 * ipvs_templates_leave - ends a walk, or begins it anew
 * @templates: the walk, stopped
 */
void ipvs_templates_leave(struct ipvs_templates *templates)
{
	if (templates->affinity) {
		weir_affinity_walk_exit(&templates->walk);
		weir_affinity_put(templates->affinity);
	}
	templates->affinity = NULL;
	templates->id = 0;
}

/* An entry that is not past, from @entry on. */
static struct weir_affinity_entry *skip_past(struct ipvs_templates *templates,
					     struct weir_affinity_entry *entry)
{
	while (entry && !weir_affinity_expires_ms(templates->affinity, entry))
		entry = weir_affinity_walk_next(&templates->walk);
	return entry;
}

/* Lets go of the service whose entries have all been seen. */
static void leave_service(struct ipvs_templates *templates)
{
	unsigned long id = templates->id;

	weir_affinity_walk_stop(&templates->walk);
	ipvs_templates_leave(templates);
	templates->id = id;
}

/* The first entry of the services that have not been seen; RCU is held if there is one. */
static struct weir_affinity_entry *find_first(struct ipvs_templates *templates)
{
	struct weir_affinity_entry *entry;

	while (enter_service(templates)) {
		weir_affinity_walk_start(&templates->walk);
		entry = skip_past(templates, weir_affinity_walk_peek(&templates->walk));
		if (entry)
			return entry;
		leave_service(templates);
	}
	return NULL;
}

/**
 * ipvs_templates_start - begins or resumes steps
 * @templates: the walk, stopped
 *
 * Return: the entry the walk stands at, under RCU until the stop; or NULL at the end.
 */
struct weir_affinity_entry *ipvs_templates_start(struct ipvs_templates *templates)
{
	struct weir_affinity_entry *entry;

	if (!templates->affinity)
		return find_first(templates);
	weir_affinity_walk_start(&templates->walk);
	entry = skip_past(templates, weir_affinity_walk_peek(&templates->walk));
	if (entry)
		return entry;
	leave_service(templates);
	return find_first(templates);
}

/**
 * ipvs_templates_next - the next entry
 * @templates: the walk, started, not at its end
 *
 * Return: as ipvs_templates_start().
 */
struct weir_affinity_entry *ipvs_templates_next(struct ipvs_templates *templates)
{
	struct weir_affinity_entry *entry;

	entry = skip_past(templates, weir_affinity_walk_next(&templates->walk));
	if (entry)
		return entry;
	leave_service(templates);
	return find_first(templates);
}

/**
 * ipvs_templates_stop - pauses, so that others may run
 * @templates: the walk, started
 */
void ipvs_templates_stop(struct ipvs_templates *templates)
{
	if (templates->affinity)
		weir_affinity_walk_stop(&templates->walk);
}

/**
 * ipvs_template_of - an entry in IPVS's words
 * @templates: the walk that stands at it
 * @entry: the entry, under RCU
 * @template: filled in
 */
void ipvs_template_of(const struct ipvs_templates *templates,
		      const struct weir_affinity_entry *entry, struct ipvs_template *template)
{
	const struct weir_server *server = rcu_dereference(entry->server);
	const struct weir_service *service = templates->affinity->service;
	const struct weir_service_key *key = &service->key;
	bool is_confirmed = key->protocol != IPPROTO_UDP || weir_method_sees_replies(server->method);

	*template = (struct ipvs_template){
		.protocol = key->fwmark ? IPPROTO_IP : key->protocol,
		.client = { .addr = entry->client, .family = key->vip.family },
		.vip = key->vip,
		.server = server->endpoint,
		/* What is seen of both sides has begun well; of the rest nobody knows. */
		.state = is_confirmed ? "ASSURED" : "NONE",
		.expires = weir_affinity_expires_ms(templates->affinity, entry) / MSEC_PER_SEC,
		.call_id = entry->call_id,
		.call_id_length = entry->call_id_length,
	};
	if (key->fwmark)
		template->vip.addr.ip = htonl(key->fwmark);
	/* The data connections of FTP have any port. */
	if (key->vip.port == htons(21))
		template->vip.port = 0;
	if (!template->vip.port)
		template->server.port = 0;
}
