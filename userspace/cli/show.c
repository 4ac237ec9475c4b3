// SPDX-License-Identifier: GPL-2.0-only
/*
 * weir show: services and their servers, with rates from two readings. A server
 * that was removed is shown for as long as it has connections.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "json.h"
#include "options.h"
#include "table.h"
#include "take.h"

#define INTERVAL_DEFAULT_MS 500
#define INTERVAL_MAX_MS 86400000
#define RIGHT_COLUMNS (~(1U << 0 | 1U << 1 | 1U << 3))

/**
 * struct reading - everything at one moment
 * @services: the services
 * @service_count: number of @services
 * @servers: the servers of all of them
 * @server_count: number of @servers
 * @when: nanoseconds on the monotonic clock
 */
struct reading {
	struct weir_service *services;
	size_t service_count;
	struct weir_server *servers;
	size_t server_count;
	uint64_t when;
};

/**
 * struct view - what is to be shown
 * @now: the last reading
 * @before: the first, empty if no rates are wanted
 * @seconds: between the two, 0 if no rates are wanted
 */
struct view {
	struct reading now;
	struct reading before;
	double seconds;
};

/* Counters as rates per second. */
struct rates {
	double conns;
	double packets_in;
	double bytes_in;
	double packets_out;
	double bytes_out;
	double packets_fast;
	double shed;
};

static uint64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void forget(struct reading *reading)
{
	free(reading->services);
	free(reading->servers);
}

static int read_all(struct cli *cli, const struct weir_service_key *key, struct reading *out)
{
	int result;

	memset(out, 0, sizeof(*out));
	result = weir_service_collect(cli->weir, key, &out->services, &out->service_count);
	if (!result)
		result = weir_server_collect(cli->weir, key, &out->servers, &out->server_count);
	out->when = now_ns();
	return cli_result(cli, result);
}

static double per_second(uint64_t now, uint64_t before, double seconds)
{
	/* An object made anew between the readings starts from 0. */
	return now < before || seconds <= 0 ? 0 : (double)(now - before) / seconds;
}

static struct rates rates_of(const struct weir_stats *now, const struct weir_stats *before,
			     double seconds)
{
	static const struct weir_stats zero;

	if (!before)
		before = &zero;
	return (struct rates){
		.conns = per_second(now->conns, before->conns, seconds),
		.packets_in = per_second(now->packets_in, before->packets_in, seconds),
		.bytes_in = per_second(now->bytes_in, before->bytes_in, seconds),
		.packets_out = per_second(now->packets_out, before->packets_out, seconds),
		.bytes_out = per_second(now->bytes_out, before->bytes_out, seconds),
		.packets_fast = per_second(now->packets_fast, before->packets_fast, seconds),
		.shed = per_second(now->shed, before->shed, seconds),
	};
}

static struct rates service_rates(const struct view *view, const struct weir_service *service)
{
	const struct weir_stats *before = NULL;

	for (size_t i = 0; i < view->before.service_count && !before; i++)
		if (weir_service_key_equal(&view->before.services[i].key, &service->key))
			before = &view->before.services[i].stats;
	return rates_of(&service->stats, before, view->seconds);
}

static bool same_server(const struct weir_server *a, const struct weir_server *b)
{
	return weir_endpoint_equal(&a->at, &b->at) &&
	       weir_service_key_equal(&a->service, &b->service) &&
	       (a->state == WEIR_SERVER_STATE_REMOVED) == (b->state == WEIR_SERVER_STATE_REMOVED);
}

static struct rates server_rates(const struct view *view, size_t index)
{
	const struct weir_server *server = &view->now.servers[index];
	const struct reading *before = &view->before;
	const struct weir_stats *stats = NULL;

	/* Mostly nothing was added or removed, and the place is the same. */
	if (index < before->server_count && same_server(&before->servers[index], server))
		stats = &before->servers[index].stats;
	for (size_t i = 0; i < before->server_count && !stats; i++)
		if (same_server(&before->servers[i], server))
			stats = &before->servers[i].stats;
	return rates_of(&server->stats, stats, view->seconds);
}

static json_t *json_of_rates(const struct rates *rates)
{
	return json_pack("{sf sf sf sf sf sf sf}", "conns", rates->conns, "packets_in",
			 rates->packets_in, "bytes_in", rates->bytes_in, "packets_out",
			 rates->packets_out, "bytes_out", rates->bytes_out,
			 "packets_fast", rates->packets_fast, "shed", rates->shed);
}

static json_t *json_service(const struct view *view, const struct weir_service *service)
{
	json_t *object = json_of_service(service);
	json_t *servers = json_array();
	struct rates rates;

	if (view->seconds > 0) {
		rates = service_rates(view, service);
		json_object_set_new(object, "rates", json_of_rates(&rates));
	}
	for (size_t i = 0; i < view->now.server_count; i++) {
		json_t *server;

		if (!weir_service_key_equal(&view->now.servers[i].service, &service->key))
			continue;
		server = json_of_server(&view->now.servers[i]);
		if (view->seconds > 0) {
			rates = server_rates(view, i);
			json_object_set_new(server, "rates", json_of_rates(&rates));
		}
		json_array_append_new(servers, server);
	}
	json_object_set_new(object, "servers", servers);
	return object;
}

static int show_json(const struct view *view)
{
	json_t *services = json_array();

	for (size_t i = 0; i < view->now.service_count; i++)
		json_array_append_new(services, json_service(view, &view->now.services[i]));
	return json_page(json_pack("{so}", "services", services));
}

/* A rate with three digits or so: 0, 7.2, 950, 12.3k, 4.5M. */
static void rate_cell(struct table *table, double rate)
{
	static const char units[] = "kMGT";
	const char *unit = units;

	if (rate < 999.5) {
		table_cell(table, rate > 0 && rate < 99.95 ? "%.1f" : "%.0f", rate);
		return;
	}
	rate /= 1000;
	while (rate >= 999.5 && unit[1]) {
		rate /= 1000;
		unit++;
	}
	table_cell(table, rate < 99.95 ? "%.1f%c" : "%.0f%c", rate, *unit);
}

static void rate_cells(struct table *table, const struct rates *rates)
{
	rate_cell(table, rates->conns);
	rate_cell(table, rates->packets_in);
	rate_cell(table, rates->bytes_in);
	rate_cell(table, rates->packets_out);
	rate_cell(table, rates->bytes_out);
}

/*
 * How many of the packets took the fast path, rounded down: 100% is all of them.
 * The summand makes up for what division and addition of rates have lost.
 */
static void share_cell(struct table *table, double fast, double packets)
{
	unsigned int permille;

	if (packets <= 0) {
		table_cell(table, "-");
		return;
	}
	permille = fast < packets ? (unsigned int)(fast / packets * 1000 + 1e-6) : 1000;
	if (permille == 1000)
		table_cell(table, "100%%");
	else
		table_cell(table, "%u.%u%%", permille / 10, permille % 10);
}

/* The columns that tell of packets: a share of all there were, or rates. */
static void packet_cells(struct table *table, const struct weir_stats *stats,
			 const struct rates *rates)
{
	if (!rates) {
		share_cell(table, (double)stats->packets_fast,
			   (double)stats->packets_in + (double)stats->packets_out);
		return;
	}
	share_cell(table, rates->packets_fast, rates->packets_in + rates->packets_out);
	rate_cells(table, rates);
}

/* "up" or "up, full", or for a server out of service what its connections get. */
static void state_cell(struct table *table, const struct weir_server *server)
{
	const char *state = weir_word(&weir_server_state_words, server->state);
	const char *policy = weir_word(&weir_policy_words, server->policy);
	char left[WEIR_TEXT_SIZE];

	if (server->state == WEIR_SERVER_STATE_UP)
		table_cell(table, server->full ? "%s, full" : "%s", state);
	else if (!server->deadline)
		table_cell(table, "%s, %s", state, policy);
	else
		table_cell(table, "%s, %s %s", state, policy,
			   weir_format_duration((server->deadline + 999) / 1000 * 1000, left));
}

/* "direct", or with a tunnel also which one. */
static void method_cell(struct table *table, const struct weir_server *server)
{
	const char *method = weir_word(&weir_method_words, server->method);

	if (server->set & WEIR_SERVER_SET_TUNNEL)
		table_cell(table, "%s %s", method, weir_word(&weir_tunnel_words, server->tunnel));
	else
		table_cell(table, "%s", method);
}

static void server_row(struct table *table, const struct view *view, size_t index)
{
	const struct weir_server *server = &view->now.servers[index];
	struct rates rates = server_rates(view, index);
	char at[WEIR_TEXT_SIZE];

	table_cell(table, "  %s", weir_format_endpoint(&server->at, at));
	method_cell(table, server);
	table_cell(table, "%" PRIu32, server->weight);
	state_cell(table, server);
	table_cell(table, "%" PRIu32, server->active);
	table_cell(table, "%" PRIu32, server->inactive);
	packet_cells(table, &server->stats, view->seconds > 0 ? &rates : NULL);
}

/* What decides who has a new connection, as far as it is not the default. */
static char *picking_text(const struct weir_service *service, char *text, size_t size)
{
	char key[WEIR_TEXT_SIZE] = "";

	if (service->has_hash_key)
		weir_format_hash_key(service->hash_key, key);
	snprintf(text, size, "%s%s%s%s%s%s", service->fallback ? "" : " fallback off",
		 service->hash_port ? " hash-port on" : "", *key ? " hash-key " : "", key,
		 service->no_server == WEIR_NO_SERVER_REFUSE ? "" : " no-server ",
		 service->no_server == WEIR_NO_SERVER_REFUSE ?
			 "" : weir_word(&weir_no_server_words, service->no_server));
	return text;
}

static void service_line(struct table *table, const struct weir_service *service)
{
	char key[WEIR_TEXT_SIZE], affinity[OPTIONS_TEXT_SIZE], picking[3 * WEIR_TEXT_SIZE];

	bool is_helped = service->helper != WEIR_HELPER_NONE;

	table_line(table, "%s scheduler %s midstream %s conntrack %s fast %s hook %s%s%s%s%s%s%s",
		   weir_format_service_key(&service->key, key), service->scheduler,
		   weir_word(&weir_midstream_words, service->midstream),
		   service->conntrack ? "on" : "off", service->fast ? "on" : "off",
		   weir_word(&weir_hook_words, service->hook), is_helped ? " helper " : "",
		   is_helped ? weir_word(&weir_helper_words, service->helper) : "",
		   service->one_packet ? " one-packet on" : "",
		   service->icmp_schedule ? " icmp-schedule on" : "",
		   picking_text(service, picking, sizeof(picking)),
		   options_affinity(service, affinity));
}

/* The timeouts fill a line of their own, so only for one service asked for. */
static void timeouts_line(struct table *table, const struct weir_service *service)
{
	char text[OPTIONS_TEXT_SIZE];

	table_line(table, "  timeout%s", options_timeouts(service, "", text));
}

static void affinity_line(struct table *table, const struct weir_service *service)
{
	const struct weir_affinity *affinity = &service->affinity;

	if (affinity->timeout)
		table_line(table, "  affinity entries %" PRIu32 " limit %" PRIu32 " evicted %" PRIu32,
			   affinity->count, affinity->limit, affinity->evicted);
}

/* What servers with the method fullnat see, and how much of it is in use. */
static void local_lines(struct table *table, const struct view *view,
			const struct weir_service *service)
{
	char text[WEIR_TEXT_SIZE];

	for (uint32_t i = 0; i < service->local_count; i++)
		table_line(table, "  local-address %s",
			   weir_format_addr(&service->local_addresses[i], text));
	for (size_t i = 0; i < view->now.server_count; i++) {
		const struct weir_server *server = &view->now.servers[i];

		if (server->method == WEIR_METHOD_FULLNAT &&
		    weir_service_key_equal(&server->service, &service->key))
			table_line(table, "  ports %s used %" PRIu32 " of %" PRIu32,
				   weir_format_endpoint(&server->at, text), server->ports_used,
				   server->ports_max);
	}
}

/* Likewise what is known of handshakes that are not complete. */
static void half_open_line(struct table *table, const struct weir_service *service)
{
	table_line(table, "  half-open-max %" PRIu32 " half-open %" PRIu32 " shed %" PRIu64,
		   service->half_open_max, service->half_open, service->stats.shed);
}

static void service_rows(struct table *table, const struct view *view,
			 const struct weir_service *service)
{
	struct rates rates = service_rates(view, service);

	service_line(table, service);
	for (size_t i = 0; i < view->now.server_count; i++)
		if (weir_service_key_equal(&view->now.servers[i].service, &service->key))
			server_row(table, view, i);
	table_cell(table, "  total");
	table_cell(table, "%s", "");
	table_cell(table, "%s", "");
	table_cell(table, "%s", "");
	table_cell(table, "%" PRIu32, service->active);
	table_cell(table, "%" PRIu32, service->inactive);
	packet_cells(table, &service->stats, view->seconds > 0 ? &rates : NULL);
}

static int show_table(const struct view *view, bool one)
{
	static const char *const heads[] = {
		"SERVER", "METHOD",  "WEIGHT",   "STATE",     "ACTIVE",    "INACTIVE",
		"FAST",   "CONNS/S", "PKT/S IN", "BYTE/S IN", "PKT/S OUT", "BYTE/S OUT",
	};
	struct table table = {
		.columns = view->seconds > 0 ? 12 : 7,
		.right = RIGHT_COLUMNS,
	};

	if (!view->now.service_count) {
		puts("no services");
		return CLI_DONE;
	}
	for (unsigned int i = 0; i < table.columns; i++)
		table_cell(&table, "%s", heads[i]);
	for (size_t i = 0; i < view->now.service_count; i++) {
		service_rows(&table, view, &view->now.services[i]);
		if (one) {
			timeouts_line(&table, &view->now.services[i]);
			affinity_line(&table, &view->now.services[i]);
			half_open_line(&table, &view->now.services[i]);
		}
		local_lines(&table, view, &view->now.services[i]);
	}
	return table_print(&table) ? CLI_REFUSED : CLI_DONE;
}

static void wait_ms(uint32_t ms)
{
	struct timespec left = { ms / 1000, (long)(ms % 1000) * 1000000 };

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

static int take_interval(struct cli *cli, const char *value, void *object)
{
	(void)cli;
	if (!strcmp(value, "0")) {
		*(uint32_t *)object = 0;
		return CLI_DONE;
	}
	return take_duration(value, "an interval", 0, INTERVAL_MAX_MS, object);
}

static const struct keyword show_keywords[] = {
	{ "interval", "DURATION", "", false, take_interval },
	{ NULL, NULL, NULL, false, NULL },
};

static int read_view(struct cli *cli, const struct weir_service_key *key, uint32_t interval,
		     struct view *view)
{
	if (interval) {
		if (read_all(cli, key, &view->before))
			return CLI_REFUSED;
		wait_ms(interval);
	}
	if (read_all(cli, key, &view->now))
		return CLI_REFUSED;
	if (interval)
		view->seconds = (double)(view->now.when - view->before.when) / 1e9;
	return CLI_DONE;
}

static int show(struct cli *cli)
{
	struct weir_service_key one, *key = NULL;
	uint32_t interval = INTERVAL_DEFAULT_MS;
	struct view view = { .seconds = 0 };
	const char *word = cli_peek(cli);
	int status;

	if (word && strcmp(word, show_keywords[0].word)) {
		key = &one;
		if (cli_key(cli, key))
			return CLI_USAGE;
	}
	if (cli_keywords(cli, show_keywords, &interval, NULL))
		return CLI_USAGE;
	if (cli_connect(cli))
		return CLI_REFUSED;
	status = read_view(cli, key, interval, &view);
	if (!status && key && !view.now.service_count) {
		fprintf(stderr, "weir: there is no such service (%s)\n", word);
		status = CLI_REFUSED;
	}
	if (!status)
		status = cli->json ? show_json(&view) : show_table(&view, key);
	forget(&view.before);
	forget(&view.now);
	return status;
}

const struct command show_commands[] = {
	{ "", "[KEY] [interval DURATION]",
	  "prints services and their servers; rates are taken over the interval (0: none)", true,
	  show },
	{ NULL, NULL, NULL, false, NULL },
};
