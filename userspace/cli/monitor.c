// SPDX-License-Identifier: GPL-2.0-only
/* weir monitor: events as they happen, a line each. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include "cli.h"
#include "json.h"
#include "options.h"

/* Bounds and addresses; an event about a service that is gone has none. */
static void print_limits(const struct weir_service *service)
{
	char text[OPTIONS_TEXT_SIZE];

	if (service->set & WEIR_SERVICE_SET_HALF_OPEN_MAX)
		printf(" half-open-max %u", service->half_open_max);
	if (service->set & WEIR_SERVICE_SET_TIMEOUTS)
		printf(" timeout%s", options_timeouts(service, "", text));
	fputs(options_affinity(service, text), stdout);
	if (*text)
		printf(" affinity-limit %u", service->affinity.limit);
	options_print_local_addresses(service);
}

static void print_options(const struct weir_service *service)
{
	if (service->set & WEIR_SERVICE_SET_SCHEDULER)
		printf(" scheduler %s", service->scheduler);
	if (service->set & WEIR_SERVICE_SET_MIDSTREAM)
		printf(" midstream %s", weir_word(&weir_midstream_words, service->midstream));
	if (service->set & WEIR_SERVICE_SET_CONNTRACK)
		printf(" conntrack %s", service->conntrack ? "on" : "off");
	if (service->set & WEIR_SERVICE_SET_FAST)
		printf(" fast %s", service->fast ? "on" : "off");
	if (service->set & WEIR_SERVICE_SET_HOOK)
		printf(" hook %s", weir_word(&weir_hook_words, service->hook));
	if (service->set & WEIR_SERVICE_SET_ONE_PACKET)
		printf(" one-packet %s", service->one_packet ? "on" : "off");
	if (service->set & WEIR_SERVICE_SET_ICMP_SCHEDULE)
		printf(" icmp-schedule %s", service->icmp_schedule ? "on" : "off");
	if (service->set & WEIR_SERVICE_SET_FALLBACK)
		printf(" fallback %s", service->fallback ? "on" : "off");
	if (service->set & WEIR_SERVICE_SET_HASH_PORT)
		printf(" hash-port %s", service->hash_port ? "on" : "off");
	if (service->set & WEIR_SERVICE_SET_NO_SERVER)
		printf(" no-server %s", weir_word(&weir_no_server_words, service->no_server));
	if (service->set & WEIR_SERVICE_SET_HELPER && service->helper != WEIR_HELPER_NONE)
		printf(" helper %s", weir_word(&weir_helper_words, service->helper));
}

static void print_attributes(const struct weir_server *server)
{
	char text[WEIR_TEXT_SIZE];

	if (server->set & WEIR_SERVER_SET_METHOD)
		printf(" method %s", weir_word(&weir_method_words, server->method));
	if (server->set & WEIR_SERVER_SET_WEIGHT)
		printf(" weight %u", server->weight);
	if (server->set & WEIR_SERVER_SET_STATE)
		printf(" state %s", weir_word(&weir_server_state_words, server->state));
	if (server->set & WEIR_SERVER_SET_POLICY)
		printf(" policy %s", weir_word(&weir_policy_words, server->policy));
	if (server->set & WEIR_SERVER_SET_DEADLINE && server->deadline)
		printf(" deadline %s", weir_format_duration(server->deadline, text));
	if (server->conns_max)
		printf(" conns-max %u conns-resume %u", server->conns_max,
		       server->conns_resume);
	if (server->set & WEIR_SERVER_SET_TUNNEL)
		printf(" tunnel %s", weir_word(&weir_tunnel_words, server->tunnel));
	if (server->set & WEIR_SERVER_SET_TUNNEL_PORT)
		printf(" tunnel-port %u", server->tunnel_port);
	if (server->set & WEIR_SERVER_SET_TUNNEL_CHECKSUM)
		printf(" tunnel-checksum %s",
		       weir_word(&weir_tunnel_checksum_words, server->tunnel_checksum));
}

static void print_text(const struct weir_event *event)
{
	char key[WEIR_TEXT_SIZE], at[WEIR_TEXT_SIZE];

	printf("%s %s %s", event->is_server ? "server" : "service",
	       weir_word(&weir_change_words, event->change),
	       weir_format_service_key(&event->service.key, key));
	if (event->is_server) {
		printf(" %s", weir_format_endpoint(&event->server.at, at));
		print_attributes(&event->server);
	} else {
		print_options(&event->service);
		print_limits(&event->service);
	}
	putchar('\n');
}

static int print_json(const struct weir_event *event)
{
	const char *change = weir_word(&weir_change_words, event->change);

	if (!event->is_server)
		return json_line(json_pack("{ss ss so}", "object", "service", "change", change,
					   "service", json_of_service(&event->service)));
	return json_line(json_pack("{ss ss so so}", "object", "server", "change", change,
				   "service", json_of_key(&event->service.key), "server",
				   json_of_server(&event->server)));
}

static int print_event(const struct weir_event *event, void *arg)
{
	const struct cli *cli = arg;

	if (cli->json)
		print_json(event);
	else
		print_text(event);
	return fflush(stdout) ? -EIO : 0;
}

static void print_lost(const struct cli *cli)
{
	puts(cli->json ? "{\"object\":\"none\",\"change\":\"lost\"}" : "lost");
	fflush(stdout);
}

/* Runs until standard output or the kernel's interface fails. */
static int watch(struct cli *cli, struct weir_monitor *monitor)
{
	struct pollfd poll_fd = { .fd = weir_monitor_fd(monitor), .events = POLLIN };

	for (;;) {
		int result;

		if (poll(&poll_fd, 1, -1) < 0 && errno != EINTR) {
			fprintf(stderr, "weir: poll: %m\n");
			return CLI_REFUSED;
		}
		result = weir_monitor_read(monitor, print_event, cli);
		if (result == WEIR_INTERRUPTED)
			print_lost(cli);
		if (ferror(stdout))
			return CLI_DONE; /* told at the end */
		if (result < 0)
			return cli_result(cli, result);
	}
}

static int monitor(struct cli *cli)
{
	struct weir_monitor *monitor;
	int status;

	if (cli_end(cli))
		return CLI_USAGE;
	if (cli_connect(cli) || cli_result(cli, weir_monitor_open(cli->weir, &monitor)))
		return CLI_REFUSED;
	status = watch(cli, monitor);
	weir_monitor_close(monitor);
	return status;
}

const struct command monitor_commands[] = {
	{ "", "", "prints events as they happen, a line each", true, monitor },
	{ NULL, NULL, NULL, false, NULL },
};
