/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libweir: the clients, or calls, that services with affinity remember. How they
 * do is an option of the service, &struct weir_affinity.
 */
#ifndef WEIR_WEIR_AFFINITY_H
#define WEIR_WEIR_AFFINITY_H

#include "weir.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct weir_affinity_entry - a client, or a call, that a service remembers
 * @service: the service
 * @server: the server that its new connections go to
 * @client: the client's address, without the bits that do not count; of a call
 *	that of the client that began it
 * @mask: leading bits of @client that count
 * @call_id: the SIP Call-ID if a call is remembered, else ""
 * @expires: milliseconds until it ends if no new connection comes
 */
struct weir_affinity_entry {
	struct weir_service_key service;
	struct weir_endpoint server;
	struct weir_addr client;
	uint8_t mask;
	char call_id[WEIR_CALL_ID_MAX + 1];
	uint32_t expires;
};

/**
 * struct weir_affinity_filter - which entries are meant; all zero is all
 * @service: protocol 0 is any service
 * @server: family 0 is any server, port 0 any port
 * @client: family 0 is any client; else the entry that this address falls under
 */
struct weir_affinity_filter {
	struct weir_service_key service;
	struct weir_endpoint server;
	struct weir_addr client;
};

/** typedef weir_affinity_fn - takes an entry of a list; not 0 ends the list */
typedef int weir_affinity_fn(const struct weir_affinity_entry *entry, void *arg);

/**
 * weir_affinity_list - hands each entry of affinity to a function as it arrives
 * @weir: the handle; the function must not use it
 * @filter: which ones, or NULL for all
 * @fn: called for each; what it returns, if not 0, is returned at the end
 * @arg: for @fn
 *
 * Return: 0, WEIR_INTERRUPTED, what @fn returned, or negative errno.
 */
int weir_affinity_list(struct weir *weir, const struct weir_affinity_filter *filter,
		       weir_affinity_fn *fn, void *arg);

/**
 * weir_affinity_remove - forgets clients; connections that they have go on
 * @weir: the handle
 * @filter: which ones, or NULL for all
 * @removed: how many entries were removed, or NULL
 *
 * Return: 0 or negative errno.
 */
int weir_affinity_remove(struct weir *weir, const struct weir_affinity_filter *filter,
			 uint32_t *removed);

#ifdef __cplusplus
}
#endif

#endif /* WEIR_WEIR_AFFINITY_H */
