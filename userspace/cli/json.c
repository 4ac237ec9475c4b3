// SPDX-License-Identifier: GPL-2.0-only
/* Objects as JSON. */
#include "json.h"

#include <netinet/in.h>
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
	const char *protocol = key->protocol == IPPROTO_TCP ? "tcp" :
			       key->protocol == IPPROTO_UDP ? "udp" : "unknown";

	json_object_set_new(object, "key", json_string(weir_format_service_key(key, text)));
	json_object_set_new(object, "protocol", json_string(protocol));
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
	};
	json_t *object = json_object();

	for (int i = 0; i < WEIR_TIMEOUTS; i++)
		if (service->set & WEIR_SERVICE_SET_TIMEOUT << i)
			json_object_set_new(object, names[i], integer(service->timeouts[i]));
	return object;
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
	if (service->set >= WEIR_SERVICE_SET_TIMEOUT)
		json_object_set_new(object, "timeouts", json_of_timeouts(service));
	json_object_set_new(object, "active", integer(service->active));
	json_object_set_new(object, "inactive", integer(service->inactive));
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
	json_object_set_new(object, "active", integer(server->active));
	json_object_set_new(object, "inactive", integer(server->inactive));
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
	json_object_set_new(object, "state", word(&weir_tcp_state_words, conn->state));
	json_object_set_new(object, "expires", integer(conn->expires));
	json_object_set_new(object, "fast_request", json_boolean(conn->fast_request));
	json_object_set_new(object, "fast_reply", json_boolean(conn->fast_reply));
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
