/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Affinity: the memory of a service that sends a client to the server it had. An
 * entry ends when the service's timeout has passed since the client's last new
 * conn, whatever becomes of the conns it has.
 */
#ifndef WEIR_AFFINITY_H
#define WEIR_AFFINITY_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/rhashtable.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "addr.h"
#include "packet.h"
#include "service.h"

enum {
	/**
	 * @WEIR_AFFINITY_LIMIT_DEFAULT: entries of a service, and of all services of a
	 * namespace, unless told otherwise
	 */
	WEIR_AFFINITY_LIMIT_DEFAULT = 1 << 20,
};

/**
 * struct weir_affinity_key - by what a packet's client is known again
 * @client: its address, without the bits that do not count unless there is a
 *	Call-ID
 * @prefix: &weir_affinity_options.prefix when the key was made
 * @by: &weir_affinity_options.by when the key was made
 * @call_id_length: bytes in @call_id; 0 if it is the client that is known again
 * @call_id: not cleared
 */
struct weir_affinity_key {
	union nf_inet_addr client;
	u8 prefix;
	u8 by;
	u8 call_id_length;
	char call_id[WEIR_CALL_ID_MAX];
};

/**
 * struct weir_affinity_entry - a client, or a call, and the server it has
 * @hash: in the table; RCU readers, written under the lock
 * @server: the server, with a reference; changes under the lock, read under RCU
 * @used: tick of the last new conn; written under the lock, read by packets
 * @call_id_length: bytes in @call_id; const
 * @client: as in &struct weir_affinity_key; const
 * @recent: in the order of @used; under the lock
 * @peer: among the entries of @server, from birth to end; under the lock
 * @rcu: frees after a grace period
 * @call_id: const
 */
struct weir_affinity_entry {
	struct rhash_head hash;
	struct weir_server __rcu *server;
	u32 used;
	u8 call_id_length;
	union nf_inet_addr client;
	struct list_head recent;
	struct hlist_node peer;
	struct rcu_head rcu;
	char call_id[];
};

/**
 * struct weir_affinity - what a service remembers of its clients
 * @service: the service; const, holds a reference
 * @table: entries by client or Call-ID
 * @lock: guards the entries, their order, and the service's options of affinity.
 *	Bottom halves off; the table's bucket locks nest inside
 * @recent: entries, the one whose last new conn is the longest ago first; since
 *	all have the same timeout, what is past is in front
 * @count: length of @recent; written under the lock
 * @evicted: entries that went for a limit, or were not made; written under the lock
 * @collector: queued for the time when the first entry ends; not while there is
 *	none
 * @refs: one for the service, one per dump
 */
struct weir_affinity {
	struct weir_service *service;
	struct rhashtable table;
	spinlock_t lock;
	struct list_head recent;
	u32 count;
	u32 evicted;
	struct delayed_work collector;
	refcount_t refs;
};

/**
 * struct weir_affinity_walk - a walk over all entries that may stop and resume
 * @iter: where it is
 * @interrupted: entries may have been missed, or come again; reset by whoever has
 *	reported it
 */
struct weir_affinity_walk {
	struct rhashtable_iter iter;
	bool interrupted;
};

/**
 * typedef weir_affinity_match_t - whether an entry is meant
 * @affinity: whose entry it is
 * @entry: the entry, under RCU
 * @context: the caller's own
 */
typedef bool (*weir_affinity_match_t)(const struct weir_affinity *affinity,
				      const struct weir_affinity_entry *entry,
				      const void *context);

int weir_affinity_open(struct weir_service *service);
void weir_affinity_close(struct weir_service *service);
void weir_affinity_get(struct weir_affinity *affinity);
void weir_affinity_put(struct weir_affinity *affinity);
void weir_affinity_configure(struct weir_service *service,
			     const struct weir_affinity_options *options);

void weir_affinity_read_key(const struct weir_affinity *affinity, const struct weir_packet *pkt,
			    struct weir_affinity_key *key);
struct weir_server *weir_affinity_find_rcu(struct weir_affinity *affinity,
					   const struct weir_affinity_key *key);
struct weir_server *weir_affinity_remember_rcu(struct weir_affinity *affinity,
					       const struct weir_affinity_key *key,
					       struct weir_server *server);
void weir_affinity_forget_server(struct weir_server *server);
bool weir_affinity_end(struct weir_affinity *affinity, struct weir_affinity_entry *entry);
u32 weir_affinity_remove(struct weir_affinity *affinity, weir_affinity_match_t match,
			 const void *context);
u32 weir_affinity_expires_ms(const struct weir_affinity *affinity,
			     const struct weir_affinity_entry *entry);

void weir_affinity_walk_enter(struct weir_affinity_walk *walk, struct weir_affinity *affinity);
void weir_affinity_walk_exit(struct weir_affinity_walk *walk);
void weir_affinity_walk_start(struct weir_affinity_walk *walk);
void weir_affinity_walk_stop(struct weir_affinity_walk *walk);
struct weir_affinity_entry *weir_affinity_walk_peek(struct weir_affinity_walk *walk);
struct weir_affinity_entry *weir_affinity_walk_next(struct weir_affinity_walk *walk);

/* The memory of @service, or NULL; under the namespace's mutex. */
static inline struct weir_affinity *weir_affinity_of(const struct weir_service *service)
{
	return rcu_dereference_protected(service->affinity,
					 lockdep_is_held(&service->table->mutex));
}

/* The memory that new conns of @service go by, or NULL if they go by none. */
static inline struct weir_affinity *weir_affinity_of_rcu(const struct weir_service *service)
{
	return READ_ONCE(service->affinity_options.timeout) ? rcu_dereference(service->affinity) :
							      NULL;
}

#endif
