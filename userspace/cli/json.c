// SPDX-License-Identifier: GPL-2.0-only
/* Objects as JSON. */
#include "json.h"

#include <sys/socket.h>

#include <stdio.h>

#include "cli.h"

static json_t *integer(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static json_t *word(const struct weir_words *words, unsigned int value)
{
	return json_string(weir_word(words, value));
}

static void set_endpoint(json_t *object, const char *address, const char *port,
			 const struct weir_endpoint *at)
{
	char text[WEIR_TEXT_SIZE];

	json_object_set_new(object, address, json_string(weir_format_addr(&at->addr, text)));
	json_object_set_new(object, port, integer(at->port));
}

static void set_key(json_t *object, const struct weir_service_key *key)
{
	char text[WEIR_TEXT_SIZE];

	json_object_set_new(object, "key", json_string(weir_format_service_key(key, text)));
	if (key->fwmark) {
		json_object_set_new(object, "fwmark", integer(key->fwmark));
		json_object_set_new(object, "family",
				    json_string(key->at.addr.family == AF_INET6 ? "ipv6" : "ipv4"));
		return;
	}
	json_object_set_new(object, "protocol", json_string(weir_protocol_word(key->protocol)));
	set_endpoint(object, "address", "port", &key->at);
}

json_t *json_of_key(const struct weir_service_key *key)
{
	json_t *object = json_object();

	set_key(object, key);
	return object;
}

json_t *json_of_stats(const struct weir_stats *stats)
{
	json_t *object = json_object();

	json_object_set_new(object, "conns", integer(stats->conns));
	json_object_set_new(object, "packets_in", integer(stats->packets_in));
	json_object_set_new(object, "bytes_in", integer(stats->bytes_in));
	json_object_set_new(object, "packets_out", integer(stats->packets_out));
	json_object_set_new(object, "bytes_out", integer(stats->bytes_out));
	json_object_set_new(object, "packets_fast", integer(stats->packets_fast));
	json_object_set_new(object, "shed", integer(stats->shed));
	return object;
}

static json_t *json_of_timeouts(const struct weir_service *service)
{
	static const char *const names[WEIR_TIMEOUTS] = {
		[WEIR_TIMEOUT_TCP_SYN] = "tcp_syn",
		[WEIR_TIMEOUT_TCP_ESTABLISHED] = "tcp_established",
		[WEIR_TIMEOUT_TCP_FIN] = "tcp_fin",
		[WEIR_TIMEOUT_TCP_CLOSED] = "tcp_closed",
		[WEIR_TIMEOUT_UDP] = "udp",
		[WEIR_TIMEOUT_SCTP_INIT] = "sctp_init",
		[WEIR_TIMEOUT_SCTP_ESTABLISHED] = "sctp_established",
		[WEIR_TIMEOUT_SCTP_SHUTDOWN] = "sctp_shutdown",
		[WEIR_TIMEOUT_SCTP_CLOSED] = "sctp_closed",
	};
	json_t *object = json_object();

	for (int i = 0; i < WEIR_TIMEOUTS; i++)
		if (service->set & WEIR_SERVICE_SET_TIMEOUT << i)
			json_object_set_new(object, names[i], integer(service->timeouts[i]));
	return object;
}

static json_t *json_of_affinity(const struct weir_affinity *affinity)
{
	json_t *object = json_object();

	if (affinity->set & WEIR_AFFINITY_SET_TIMEOUT)
		json_object_set_new(object, "timeout", integer(affinity->timeout));
	if (affinity->set & WEIR_AFFINITY_SET_MASK)
		json_object_set_new(object, "mask", integer(affinity->mask));
	if (affinity->set & WEIR_AFFINITY_SET_BY)
		json_object_set_new(object, "by", word(&weir_affinity_by_words, affinity->by));
	if (affinity->set & WEIR_AFFINITY_SET_WEIGHTLESS)
		json_object_set_new(object, "weightless",
				    word(&weir_affinity_weightless_words, affinity->weightless));
	if (affinity->set & WEIR_AFFINITY_SET_LIMIT)
		json_object_set_new(object, "limit", integer(affinity->limit));
	json_object_set_new(object, "count", integer(affinity->count));
	json_object_set_new(object, "evicted", integer(affinity->evicted));
	return object;
}

static void set_picking(json_t *object, const struct weir_service *service)
{
	char text[WEIR_TEXT_SIZE];

	if (service->set & WEIR_SERVICE_SET_FALLBACK)
		json_object_set_new(object, "fallback", json_boolean(service->fallback));
	if (service->set & WEIR_SERVICE_SET_HASH_PORT)
		json_object_set_new(object, "hash_port", json_boolean(service->hash_port));
	if (service->has_hash_key)
		json_object_set_new(object, "hash_key",
				    json_string(weir_format_hash_key(service->hash_key, text)));
	if (service->set & WEIR_SERVICE_SET_NO_SERVER)
		json_object_set_new(object, "no_server",
				    word(&weir_no_server_words, service->no_server));
}

static json_t *json_of_local_addresses(const struct weir_service *service)
{
	json_t *array = json_array();
	char text[WEIR_TEXT_SIZE];

	for (uint32_t i = 0; i < service->local_count; i++)
		json_array_append_new(array, json_string(weir_format_addr(
						     &service->local_addresses[i], text)));
	return array;
}

json_t *json_of_service(const struct weir_service *service)
{
	json_t *object = json_of_key(&service->key);

	if (service->set & WEIR_SERVICE_SET_SCHEDULER)
		json_object_set_new(object, "scheduler", json_string(service->scheduler));
	if (service->set & WEIR_SERVICE_SET_MIDSTREAM)
		json_object_set_new(object, "midstream",
				    word(&weir_midstream_words, service->midstream));
	if (service->set & WEIR_SERVICE_SET_CONNTRACK)
		json_object_set_new(object, "conntrack", json_boolean(service->conntrack));
	if (service->set & WEIR_SERVICE_SET_FAST)
		json_object_set_new(object, "fast", json_boolean(service->fast));
	if (service->set & WEIR_SERVICE_SET_HOOK)
		json_object_set_new(object, "hook", word(&weir_hook_words, service->hook));
	if (service->set & WEIR_SERVICE_SET_ONE_PACKET)
		json_object_set_new(object, "one_packet", json_boolean(service->one_packet));
	if (service->set & WEIR_SERVICE_SET_ICMP_SCHEDULE)
		json_object_set_new(object, "icmp_schedule",
				    json_boolean(service->icmp_schedule));
	set_picking(object, service);
	if (service->set & WEIR_SERVICE_SET_HELPER)
		json_object_set_new(object, "helper", word(&weir_helper_words, service->helper));
	if (service->set & WEIR_SERVICE_SET_TIMEOUTS)
		json_object_set_new(object, "timeouts", json_of_timeouts(service));
	if (service->affinity.set)
		json_object_set_new(object, "affinity", json_of_affinity(&service->affinity));
	json_object_set_new(object, "local_addresses", json_of_local_addresses(service));
	if (service->set & WEIR_SERVICE_SET_HALF_OPEN_MAX)
		json_object_set_new(object, "half_open_max", integer(service->half_open_max));
	json_object_set_new(object, "active", integer(service->active));
	json_object_set_new(object, "inactive", integer(service->inactive));
	json_object_set_new(object, "half_open", integer(service->half_open));
	json_object_set_new(object, "stats", json_of_stats(&service->stats));
	return object;
}

json_t *json_of_server(const struct weir_server *server)
{
	json_t *object = json_object();

	set_endpoint(object, "address", "port", &server->at);
	if (server->set & WEIR_SERVER_SET_METHOD)
		json_object_set_new(object, "method", word(&weir_method_words, server->method));
	if (server->set & WEIR_SERVER_SET_WEIGHT)
		json_object_set_new(object, "weight", integer(server->weight));
	if (server->set & WEIR_SERVER_SET_STATE)
		json_object_set_new(object, "state",
				    word(&weir_server_state_words, server->state));
	if (server->set & WEIR_SERVER_SET_POLICY)
		json_object_set_new(object, "policy", word(&weir_policy_words, server->policy));
	if (server->set & WEIR_SERVER_SET_DEADLINE)
		json_object_set_new(object, "deadline", integer(server->deadline));
	if (server->set & WEIR_SERVER_SET_CONNS_MAX) {
		json_object_set_new(object, "conns_max", integer(server->conns_max));
		json_object_set_new(object, "conns_resume", integer(server->conns_resume));
		json_object_set_new(object, "full", json_boolean(server->full));
	}
	if (server->set & WEIR_SERVER_SET_TUNNEL)
		json_object_set_new(object, "tunnel", word(&weir_tunnel_words, server->tunnel));
	if (server->set & WEIR_SERVER_SET_TUNNEL_PORT)
		json_object_set_new(object, "tunnel_port", integer(server->tunnel_port));
	if (server->set & WEIR_SERVER_SET_TUNNEL_CHECKSUM)
		json_object_set_new(object, "tunnel_checksum",
				    word(&weir_tunnel_checksum_words, server->tunnel_checksum));
	json_object_set_new(object, "active", integer(server->active));
	json_object_set_new(object, "inactive", integer(server->inactive));
	if (server->ports_max) {
		json_object_set_new(object, "ports_used", integer(server->ports_used));
		json_object_set_new(object, "ports_max", integer(server->ports_max));
	}
	json_object_set_new(object, "stats", json_of_stats(&server->stats));
	return object;
}

json_t *json_of_conn(const struct weir_conn *conn)
{
	json_t *object = json_object();
	char key[WEIR_TEXT_SIZE];

	set_endpoint(object, "client_address", "client_port", &conn->client);
	json_object_set_new(object, "service",
			    json_string(weir_format_service_key(&conn->service, key)));
	set_endpoint(object, "server_address", "server_port", &conn->server);
	json_object_set_new(object, "method", word(&weir_method_words, conn->method));
	if (conn->local.addr.family)
		set_endpoint(object, "local_address", "local_port", &conn->local);
	json_object_set_new(object, "state", json_string(weir_conn_state_word(conn)));
	json_object_set_new(object, "expires", integer(conn->expires));
	json_object_set_new(object, "fast_request", json_boolean(conn->fast_request));
	json_object_set_new(object, "fast_reply", json_boolean(conn->fast_reply));
	json_object_set_new(object, "protocol", json_string(weir_protocol_word(conn->protocol)));
	set_endpoint(object, "vip_address", "vip_port", &conn->vip);
	return object;
}

json_t *json_of_affinity_entry(const struct weir_affinity_entry *entry)
{
	json_t *object = json_object();
	char text[WEIR_TEXT_SIZE];

	json_object_set_new(object, "client_address",
			    json_string(weir_format_addr(&entry->client, text)));
	json_object_set_new(object, "mask", integer(entry->mask));
	if (*entry->call_id)
		json_object_set_new(object, "call_id", json_string(entry->call_id));
	json_object_set_new(object, "service",
			    json_string(weir_format_service_key(&entry->service, text)));
	set_endpoint(object, "server_address", "server_port", &entry->server);
	json_object_set_new(object, "expires", integer(entry->expires));
	return object;
}

static int print(json_t *object, size_t flags)
{
	int err = object ? json_dumpf(object, stdout, flags) : -1;

	json_decref(object);
	if (err && !ferror(stdout)) {
		fputs("weir: out of memory\n", stderr);
		return CLI_REFUSED;
	}
	putchar('\n');
	return CLI_DONE;
}

int json_line(json_t *object)
{
	return print(object, JSON_COMPACT);
}

int json_page(json_t *object)
{
	return print(object, JSON_INDENT(2));
}
