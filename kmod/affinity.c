// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries of affinity: found without a lock, and under their service's lock made,
 * renewed and ended. Packets come here when a conn begins and at no other time.
 */
#include "affinity.h"

#include <linux/export.h>
#include <linux/jhash.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/udp.h>

#include "conn.h"
#include "server.h"
#include "sip.h"

enum {
	/* Entries ended in one go with the lock held. */
	BATCH = 64,
	/* Seconds the collector sleeps at most, which jiffies of any HZ can tell. */
	SLEEP_MAX = 24 * 60 * 60,
};

static u32 hash_of(const union nf_inet_addr *client, const char *call_id, u8 length, u32 seed)
{
	if (length)
		return jhash(call_id, length, seed);
	return jhash2(client->all, ARRAY_SIZE(client->all), seed);
}

static u32 hash_key(const void *data, u32 length, u32 seed)
{
	const struct weir_affinity_key *key = data;

	return hash_of(&key->client, key->call_id, key->call_id_length, seed);
}

static u32 hash_entry(const void *data, u32 length, u32 seed)
{
	const struct weir_affinity_entry *entry = data;

	return hash_of(&entry->client, entry->call_id, entry->call_id_length, seed);
}

static int compare(struct rhashtable_compare_arg *arg, const void *data)
{
	const struct weir_affinity_entry *entry = data;
	const struct weir_affinity_key *key = arg->key;

	if (key->call_id_length != entry->call_id_length)
		return 1;
	if (key->call_id_length)
		return memcmp(key->call_id, entry->call_id, key->call_id_length);
	return memcmp(&key->client, &entry->client, sizeof(key->client));
}

static const struct rhashtable_params table_params = {
	.head_offset = offsetof(struct weir_affinity_entry, hash),
	.key_len = sizeof(struct weir_affinity_key),
	.hashfn = hash_key,
	.obj_hashfn = hash_entry,
	.obj_cmpfn = compare,
	.automatic_shrinking = true,
};

static struct weir_server *server_of(const struct weir_affinity *affinity,
				     const struct weir_affinity_entry *entry)
{
	return rcu_dereference_protected(entry->server, lockdep_is_held(&affinity->lock));
}

static bool is_past(const struct weir_affinity *affinity, const struct weir_affinity_entry *entry)
{
	u32 end = READ_ONCE(entry->used) + READ_ONCE(affinity->service->affinity_options.timeout);

	return (s32)(weir_conn_tick() - end) > 0;
}

/* Whether a client that has had @server gets it again. */
static bool takes_again(const struct weir_affinity *affinity, const struct weir_server *server)
{
	const struct weir_affinity_options *options = &affinity->service->affinity_options;

	return weir_server_is_up(server) && !READ_ONCE(server->load.is_full) &&
	       (READ_ONCE(server->weight) ||
		READ_ONCE(options->weightless) == WEIR_AFFINITY_WEIGHTLESS_KEEP);
}

/* Queues the collector for the end of the first entry, of which there is one. */
static void queue_collector(struct weir_affinity *affinity)
{
	const struct weir_affinity_entry *first;
	s32 left;

	first = list_first_entry(&affinity->recent, struct weir_affinity_entry, recent);
	left = first->used + affinity->service->affinity_options.timeout + 1 - weir_conn_tick();
	queue_delayed_work(weir_workqueue, &affinity->collector,
			   clamp_t(s32, left, 1, SLEEP_MAX) * HZ);
}

/* The server that the entry has is to be put once readers find it there no more. */
static struct weir_server *leave_server(struct weir_affinity *affinity,
					struct weir_affinity_entry *entry)
{
	struct weir_server *server = server_of(affinity, entry);

	hlist_del_init(&entry->peer);
	WRITE_ONCE(server->clients_count, server->clients_count - 1);
	return server;
}

static void end_entry(struct weir_affinity *affinity, struct weir_affinity_entry *entry)
{
	lockdep_assert_held(&affinity->lock);
	rhashtable_remove_fast(&affinity->table, &entry->hash, table_params);
	list_del(&entry->recent);
	weir_server_put(leave_server(affinity, entry));
	WRITE_ONCE(affinity->count, affinity->count - 1);
	atomic_dec(&affinity->service->table->clients);
	kfree_rcu(entry, rcu);
}

/* Ends the entry in front; before its time if the limit wants it so. */
static void end_first(struct weir_affinity *affinity)
{
	struct weir_affinity_entry *first;

	first = list_first_entry(&affinity->recent, struct weir_affinity_entry, recent);
	if (!is_past(affinity, first))
		WRITE_ONCE(affinity->evicted, affinity->evicted + 1);
	end_entry(affinity, first);
}

/* The client has begun a conn in this tick. */
static void renew(struct weir_affinity *affinity, struct weir_affinity_entry *entry)
{
	lockdep_assert_held(&affinity->lock);
	WRITE_ONCE(entry->used, weir_conn_tick());
	list_move_tail(&entry->recent, &affinity->recent);
}

static void give_server(struct weir_affinity *affinity, struct weir_affinity_entry *entry,
			struct weir_server *server)
{
	lockdep_assert_held(&affinity->lock);
	weir_server_get(server);
	rcu_assign_pointer(entry->server, server);
	hlist_add_head(&entry->peer, &server->clients);
	WRITE_ONCE(server->clients_count, server->clients_count + 1);
}

/* Whether the entry in front has to go: for its timeout, or for the limit. */
static bool has_surplus(struct weir_affinity *affinity)
{
	const struct weir_affinity_entry *first;

	first = list_first_entry_or_null(&affinity->recent, struct weir_affinity_entry, recent);
	return first && (is_past(affinity, first) ||
			 affinity->count > affinity->service->affinity_options.limit);
}

/* True if there is more to be ended. */
static bool collect_batch(struct weir_affinity *affinity)
{
	bool has_more;

	spin_lock_bh(&affinity->lock);
	for (int i = 0; i < BATCH && has_surplus(affinity); i++)
		end_first(affinity);
	has_more = has_surplus(affinity);
	if (!has_more && !list_empty(&affinity->recent))
		queue_collector(affinity);
	spin_unlock_bh(&affinity->lock);
	return has_more;
}

static void collect(struct work_struct *work)
{
	struct weir_affinity *affinity =
		container_of(to_delayed_work(work), struct weir_affinity, collector);

	while (collect_batch(affinity))
		cond_resched();
}

/* Ends the entries of one server, or of all for NULL. */
static void forget(struct weir_affinity *affinity, struct weir_server *server)
{
	struct weir_affinity_entry *entry;

	might_sleep();
	do {
		spin_lock_bh(&affinity->lock);
		for (int i = 0; i < BATCH; i++) {
			if (server)
				entry = hlist_entry_safe(server->clients.first,
							 struct weir_affinity_entry, peer);
			else
				entry = list_first_entry_or_null(&affinity->recent,
								 struct weir_affinity_entry,
								 recent);
			if (!entry)
				break;
			end_entry(affinity, entry);
		}
		spin_unlock_bh(&affinity->lock);
		cond_resched();
	} while (entry);
}

/**
 * weir_affinity_open - gives a service its memory
 * @service: the service; mutex held
 *
 * Return: 0, also if it has one already, or -ENOMEM.
 */
int weir_affinity_open(struct weir_service *service)
{
	struct weir_affinity *affinity;
	int err;

	if (weir_affinity_of(service))
		return 0;
	affinity = kzalloc(sizeof(*affinity), GFP_KERNEL_ACCOUNT);
	if (!affinity)
		return -ENOMEM;
	err = rhashtable_init(&affinity->table, &table_params);
	if (err) {
		kfree(affinity);
		return err;
	}
	weir_service_get(service);
	affinity->service = service;
	spin_lock_init(&affinity->lock);
	INIT_LIST_HEAD(&affinity->recent);
	INIT_DELAYED_WORK(&affinity->collector, collect);
	refcount_set(&affinity->refs, 1);
	rcu_assign_pointer(service->affinity, affinity);
	return 0;
}

/**
 * weir_affinity_close - takes a service's memory away
 * @service: hidden from packets a grace period ago, or never shown; mutex held
 *
 * Those who may still hold the memory: packets do not, since they have found the
 * service before the grace period; the collector, which is stopped here, when no
 * entry is left for which it would be queued again; dumps, which hold it themselves
 * and find no entry any more; entries that are on their way out, which hold nothing
 * but their own memory.
 */
void weir_affinity_close(struct weir_service *service)
{
	struct weir_affinity *affinity = weir_affinity_of(service);

	if (!affinity)
		return;
	RCU_INIT_POINTER(service->affinity, NULL);
	forget(affinity, NULL);
	cancel_delayed_work_sync(&affinity->collector);
	weir_affinity_put(affinity);
}

/**
 * weir_affinity_get - takes a reference
 * @affinity: of a service that is in the table; mutex held
 */
void weir_affinity_get(struct weir_affinity *affinity)
{
	refcount_inc(&affinity->refs);
}
EXPORT_SYMBOL_GPL(weir_affinity_get);

/**
 * weir_affinity_put - gives a reference back
 * @affinity: the memory; process context
 */
void weir_affinity_put(struct weir_affinity *affinity)
{
	might_sleep();
	if (!refcount_dec_and_test(&affinity->refs))
		return;
	WARN_ON_ONCE(affinity->count);
	rhashtable_destroy(&affinity->table);
	weir_service_put(affinity->service);
	kfree(affinity);
}
EXPORT_SYMBOL_GPL(weir_affinity_put);

static void store_options(struct weir_service *service,
			  const struct weir_affinity_options *options)
{
	struct weir_affinity_options *stored = &service->affinity_options;

	WRITE_ONCE(stored->timeout, options->timeout);
	WRITE_ONCE(stored->limit, options->limit);
	WRITE_ONCE(stored->prefix, options->prefix);
	WRITE_ONCE(stored->by, options->by);
	WRITE_ONCE(stored->weightless, options->weightless);
}

/**
 * weir_affinity_configure - gives a service its options of affinity
 * @service: the service; mutex held
 * @options: valid ones
 *
 * What is remembered is forgotten if it would be known by something else from now
 * on, or not at all.
 */
void weir_affinity_configure(struct weir_service *service,
			     const struct weir_affinity_options *options)
{
	const struct weir_affinity_options before = service->affinity_options;
	struct weir_affinity *affinity = weir_affinity_of(service);

	if (!affinity) {
		store_options(service, options);
		return;
	}
	spin_lock_bh(&affinity->lock);
	store_options(service, options);
	/* The first entry may end earlier now, and some be too many. */
	if (affinity->count)
		mod_delayed_work(weir_workqueue, &affinity->collector, 0);
	spin_unlock_bh(&affinity->lock);
	if (!options->timeout || options->prefix != before.prefix || options->by != before.by)
		forget(affinity, NULL);
}

/* The message may lie in several pieces. */
static u8 read_call_id(const struct weir_packet *pkt, char *call_id)
{
	u32 from = pkt->outer.l4 + sizeof(struct udphdr);
	u32 to = min3(pkt->skb->len, (u32)pkt->outer.length, from + WEIR_SIP_SCAN_MAX);
	struct skb_seq_state seq;
	struct weir_sip sip;
	unsigned int length;
	const u8 *data;

	if (pkt->tuple.protocol != IPPROTO_UDP || from >= to)
		return 0;
	weir_sip_begin(&sip, call_id);
	skb_prepare_seq_read(pkt->skb, from, to, &seq);
	for (u32 done = 0; from + done < to; done += length) {
		length = skb_seq_read(done, &data, &seq);
		/* A piece goes on behind what was asked for. */
		length = min(length, to - from - done);
		if (!length || weir_sip_feed(&sip, data, length))
			break;
	}
	skb_abort_seq_read(&seq);
	return weir_sip_call_id_length(&sip);
}

/**
 * weir_affinity_read_key - by what the client of a packet is known again
 * @affinity: of the service the packet is for
 * @pkt: the first packet of a new conn; RCU read side
 * @key: filled
 */
void weir_affinity_read_key(const struct weir_affinity *affinity, const struct weir_packet *pkt,
			    struct weir_affinity_key *key)
{
	const struct weir_affinity_options *options = &affinity->service->affinity_options;

	key->client = pkt->tuple.src;
	key->prefix = READ_ONCE(options->prefix);
	key->by = READ_ONCE(options->by);
	key->call_id_length = 0;
	if (key->by == WEIR_AFFINITY_BY_CALL_ID)
		key->call_id_length = read_call_id(pkt, key->call_id);
	if (!key->call_id_length)
		weir_addr_mask(&key->client, key->prefix);
}

/**
 * weir_affinity_find_rcu - the server that a client has
 * @affinity: of the service
 * @key: the client; bottom halves are off
 *
 * Takes the lock once a second for each client, to put its end off.
 *
 * Return: the server, with a reference, or NULL if one is to be picked.
 */
struct weir_server *weir_affinity_find_rcu(struct weir_affinity *affinity,
					   const struct weir_affinity_key *key)
{
	struct weir_affinity_entry *entry;
	struct weir_server *server;

	entry = rhashtable_lookup(&affinity->table, key, table_params);
	if (!entry || is_past(affinity, entry))
		return NULL;
	server = rcu_dereference(entry->server);
	if (!takes_again(affinity, server) || !weir_server_get_maybe_zero(server))
		return NULL;
	if (READ_ONCE(entry->used) != weir_conn_tick()) {
		spin_lock(&affinity->lock);
		if (!hlist_unhashed(&entry->peer))
			renew(affinity, entry);
		spin_unlock(&affinity->lock);
	}
	return server;
}

/* An entry that nobody else knows yet, without a server. */
static struct weir_affinity_entry *alloc_entry(const struct weir_affinity_key *key)
{
	struct weir_affinity_entry *entry;

	entry = kmalloc(struct_size(entry, call_id, key->call_id_length), GFP_ATOMIC);
	if (!entry)
		return NULL;
	entry->client = key->client;
	entry->call_id_length = key->call_id_length;
	memcpy(entry->call_id, key->call_id, key->call_id_length);
	entry->used = weir_conn_tick();
	INIT_HLIST_NODE(&entry->peer);
	return entry;
}

static bool is_namespace_full(const struct weir_service_table *table)
{
	return (u32)atomic_read(&table->clients) > READ_ONCE(table->clients_max);
}

/*
 * Takes the place of one more entry; at a limit who has not been here for the
 * longest time makes it. Where the namespace's has become lower two go for each that
 * comes. False if all places are other services'.
 */
static bool take_place(struct weir_affinity *affinity)
{
	struct weir_service_table *table = affinity->service->table;

	if (affinity->count >= affinity->service->affinity_options.limit)
		end_first(affinity);
	atomic_inc(&table->clients);
	for (int i = 0; i < 2 && is_namespace_full(table); i++) {
		if (affinity->count) {
			end_first(affinity);
		} else if (!i) {
			atomic_dec(&table->clients);
			WRITE_ONCE(affinity->evicted, affinity->evicted + 1);
			return false;
		}
	}
	return true;
}

static bool insert_entry(struct weir_affinity *affinity, struct weir_affinity_entry *entry,
			 struct weir_server *server)
{
	bool was_empty;

	if (!take_place(affinity))
		return false;
	if (rhashtable_insert_fast(&affinity->table, &entry->hash, table_params)) {
		atomic_dec(&affinity->service->table->clients);
		return false;
	}
	was_empty = list_empty(&affinity->recent);
	list_add_tail(&entry->recent, &affinity->recent);
	give_server(affinity, entry, server);
	renew(affinity, entry);
	WRITE_ONCE(affinity->count, affinity->count + 1);
	if (was_empty)
		queue_collector(affinity);
	return true;
}

/* The server of an entry that is there: its own while that is right, else @server. */
static struct weir_server *settle_entry(struct weir_affinity *affinity,
					struct weir_affinity_entry *entry,
					struct weir_server *server)
{
	struct weir_server *had = server_of(affinity, entry);

	if (!is_past(affinity, entry) && takes_again(affinity, had)) {
		weir_server_get(had);
		weir_server_put(server);
		server = had;
	} else {
		leave_server(affinity, entry);
		give_server(affinity, entry, server);
		weir_server_put(had);
	}
	renew(affinity, entry);
	return server;
}

/* Whether an entry may be made: the options are those of the key, the server stays. */
static bool may_remember(const struct weir_affinity *affinity,
			 const struct weir_affinity_key *key, const struct weir_server *server)
{
	const struct weir_affinity_options *options = &affinity->service->affinity_options;

	lockdep_assert_held(&affinity->lock);
	return options->timeout && options->prefix == key->prefix && options->by == key->by &&
	       weir_server_is_up(server);
}

/**
 * weir_affinity_remember_rcu - has a client stay with a server
 * @affinity: of the service
 * @key: the client; bottom halves are off
 * @server: the server picked, with a reference, which is consumed
 *
 * When several first packets of a client come at once they all get the server
 * whose packet is first here. Without memory, or a place among all clients of the
 * namespace, nothing is remembered.
 *
 * Return: the server of the new conn, with a reference.
 */
struct weir_server *weir_affinity_remember_rcu(struct weir_affinity *affinity,
					       const struct weir_affinity_key *key,
					       struct weir_server *server)
{
	struct weir_affinity_entry *fresh = alloc_entry(key);
	struct weir_affinity_entry *entry;

	if (!fresh)
		return server;
	spin_lock(&affinity->lock);
	/*
	 * A server that leaves has its state written before its entries are
	 * forgotten under the lock: none is made for it afterwards.
	 */
	if (may_remember(affinity, key, server)) {
		entry = rhashtable_lookup(&affinity->table, key, table_params);
		if (entry)
			server = settle_entry(affinity, entry, server);
		else if (insert_entry(affinity, fresh, server))
			fresh = NULL;
	}
	spin_unlock(&affinity->lock);
	kfree(fresh);
	return server;
}

/**
 * weir_affinity_forget_server - ends the entries of a server
 * @server: not up any more; mutex held
 */
void weir_affinity_forget_server(struct weir_server *server)
{
	struct weir_affinity *affinity = weir_affinity_of(server->service);

	if (affinity)
		forget(affinity, server);
}

/**
 * weir_affinity_end - ends an entry before its time
 * @affinity: whose entry it is
 * @entry: found under RCU
 *
 * Return: false if it had ended already.
 */
bool weir_affinity_end(struct weir_affinity *affinity, struct weir_affinity_entry *entry)
{
	bool is_ours;

	spin_lock_bh(&affinity->lock);
	is_ours = !hlist_unhashed(&entry->peer);
	if (is_ours)
		end_entry(affinity, entry);
	spin_unlock_bh(&affinity->lock);
	return is_ours;
}

/**
 * weir_affinity_expires_ms - what is left of an entry if no new conn comes
 * @affinity: whose entry it is
 * @entry: found under RCU
 *
 * Return: milliseconds, 0 if it is past and not yet collected.
 */
u32 weir_affinity_expires_ms(const struct weir_affinity *affinity,
			     const struct weir_affinity_entry *entry)
{
	s32 left = READ_ONCE(entry->used) +
		   READ_ONCE(affinity->service->affinity_options.timeout) + 1 - weir_conn_tick();

	return left > 0 ? left * MSEC_PER_SEC : 0;
}
EXPORT_SYMBOL_GPL(weir_affinity_expires_ms);
