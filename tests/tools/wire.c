// SPDX-License-Identifier: GPL-2.0
/*
 * What IPVS answers to requests of its netlink family and to its socket options, legal,
 * illegal and malformed, byte for byte as text:
 *
 *	wire commands|services|dests|options
 *
 * Prints a block for each request: "## what it is", the replies, and of a request that
 * changed something what the director has then. Every request meets the same: two
 * services with a server each, and two without, the anchors. It deletes all others.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "wire.h"

/* Whether the director has other than the base. */
static bool is_changed = true;
static struct state base;

struct nest service_base(int family)
{
	const struct ip_vs_flags flags = { .flags = 0, .mask = ~0 };
	struct nest nest = {};

	nest_u16(&nest, IPVS_SVC_ATTR_AF, family);
	nest_u16(&nest, IPVS_SVC_ATTR_PROTOCOL, family == AF_INET6 ? 17 : 6);
	nest_addr(&nest, IPVS_SVC_ATTR_ADDR, family == AF_INET6 ? "2001:db8::1" : "10.9.9.1");
	nest_be16(&nest, IPVS_SVC_ATTR_PORT, family == AF_INET6 ? 53 : 80);
	nest_text(&nest, IPVS_SVC_ATTR_SCHED_NAME, family == AF_INET6 ? "wlc" : "rr");
	nest_set(&nest, IPVS_SVC_ATTR_FLAGS, &flags, sizeof(flags));
	nest_u32(&nest, IPVS_SVC_ATTR_TIMEOUT, 0);
	nest_u32(&nest, IPVS_SVC_ATTR_NETMASK, family == AF_INET6 ? 128 : ~0);
	return nest;
}

struct nest dest_base(int family)
{
	struct nest nest = {};

	nest_addr(&nest, IPVS_DEST_ATTR_ADDR, family == AF_INET6 ? "2001:db8::2" : "10.9.9.2");
	nest_be16(&nest, IPVS_DEST_ATTR_PORT, family == AF_INET6 ? 53 : 80);
	nest_u32(&nest, IPVS_DEST_ATTR_FWD_METHOD, IP_VS_CONN_F_MASQ);
	nest_u32(&nest, IPVS_DEST_ATTR_WEIGHT, 1);
	nest_u32(&nest, IPVS_DEST_ATTR_U_THRESH, 0);
	nest_u32(&nest, IPVS_DEST_ATTR_L_THRESH, 0);
	return nest;
}

static void add(const struct nest *service, const struct nest *dest)
{
	struct request request = { .command = IPVS_CMD_NEW_SERVICE, .flags = NLM_F_ACK };
	int error;

	request.nests[0] = service;
	if (dest) {
		request.command = IPVS_CMD_NEW_DEST;
		request.nests[1] = dest;
	}
	free(request_send(&request, &error));
	if (error && error != EEXIST)
		errx(1, "the base: %s", strerrorname_np(error));
}

/* The last service of a family takes longer to go than any other: there is always one. */
static void add_anchors(void)
{
	static const int families[] = { AF_INET, AF_INET6 };

	for (int i = 0; i < 2; i++) {
		struct nest service = service_base(families[i]);

		nest_be16(&service, IPVS_SVC_ATTR_PORT, 7);
		add(&service, NULL);
	}
}

void state_base(void)
{
	static const int families[] = { AF_INET, AF_INET6 };

	if (!is_changed)
		return;
	state_clear();
	for (int i = 0; i < 2; i++) {
		struct nest service = service_base(families[i]), dest = dest_base(families[i]);

		add(&service, NULL);
		add(&service, &dest);
	}
	is_changed = false;
	if (!base.count)
		state_read(&base);
}

static bool has(const struct state *state, const char *text)
{
	for (int i = 0; i < state->count; i++)
		if (!strcmp(state->texts[i], text))
			return true;
	return false;
}

void state_report(void)
{
	static struct state now;
	int gone = 0;

	state_read(&now);
	for (int i = 0; i < now.count; i++) {
		if (has(&base, now.texts[i]))
			continue;
		printf("then there is\n%s", now.texts[i]);
		is_changed = true;
	}
	for (int i = 0; i < base.count; i++)
		gone += !has(&now, base.texts[i]);
	if (gone) {
		printf("%d services are no longer as they were\n", gone);
		is_changed = true;
	}
	state_free(&now);
}

void try_request(const struct request *request, const char *format, ...)
{
	char *answer;
	va_list args;
	int error;

	state_base();
	printf("## %u", request->command);
	if (format) {
		va_start(args, format);
		fputs(", ", stdout);
		vprintf(format, args);
		va_end(args);
	}
	answer = request_send(request, &error);
	printf("\n%s", answer);
	free(answer);
	state_report();
}

static const char *const nest_names[] = { "service", "server", "daemon" };

void try_malformed(const struct request *request, int which)
{
	const struct nest *good = request->nests[which];
	const char *name = nest_names[which];
	struct request bad = *request;

	for (int i = 0; i < good->count; i++) {
		struct nest nest = *good;
		struct value *value = &nest.values[i];
		int type = value->type, len = value->len;

		bad.nests[which] = &nest;
		nest_remove(&nest, type);
		try_request(&bad, "%s without %d", name, type);
		nest = *good;
		value->len = 0;
		try_request(&bad, "%s, no byte of %d", name, type);
		value->len = len - 1;
		try_request(&bad, "%s, %d a byte short", name, type);
		value->len = len + 1;
		try_request(&bad, "%s, %d a byte long", name, type);
		value->len = len + 17;
		try_request(&bad, "%s, %d 17 bytes long", name, type);
		value->len = len;
		value->type |= NLA_F_NESTED;
		try_request(&bad, "%s, %d says it is a nest", name, type);
		value->type = type | NLA_F_NET_BYTEORDER;
		try_request(&bad, "%s, %d says it is in network order", name, type);
	}
}

/* --- commands ---------------------------------------------------------------- */

/* Every command with nothing, with empty nests, and with what all can understand. */
static void try_command(int command)
{
	struct nest service = service_base(AF_INET), dest = dest_base(AF_INET), empty = {};
	struct request request = { .command = command, .version = 1 };
	static const uint16_t flags[] = { NLM_F_ACK, NLM_F_DUMP, NLM_F_DUMP | NLM_F_ACK };
	static const char *const ways[] = { "once", "list", "list, acknowledged" };

	for (int i = 0; i < 3; i++) {
		request.flags = flags[i];
		request.nests[0] = request.nests[1] = request.nests[2] = NULL;
		try_request(&request, "nothing, %s", ways[i]);
		request.nests[0] = request.nests[1] = request.nests[2] = &empty;
		try_request(&request, "empty nests, %s", ways[i]);
		request.nests[0] = &service;
		request.nests[1] = &dest;
		request.nests[2] = NULL;
		try_request(&request, "the base, %s", ways[i]);
	}
	request.flags = NLM_F_ACK;
	for (request.version = 0; request.version <= 2; request.version += 2)
		try_request(&request, "version %u", request.version);
	request.version = 1;
	request.nest_flags = NLA_F_NESTED;
	try_request(&request, "flagged nests");
	request.nest_flags = NLA_F_NET_BYTEORDER;
	try_request(&request, "nests in network order");
	request.nest_flags = NLA_F_NESTED;
	request.flags = NLM_F_DUMP;
	try_request(&request, "flagged nests, list");
}

/* What does not belong at the top. */
static void try_top(int command)
{
	struct nest service = service_base(AF_INET), dest = dest_base(AF_INET), top = {};
	struct request request = { .command = command, .version = 1, .flags = NLM_F_ACK };

	request.nests[0] = &service;
	request.nests[1] = &dest;
	request.top = &top;
	nest_u32(&top, 99, 1);
	try_request(&request, "unknown attribute at the top");
	top = (struct nest){};
	nest_u32(&top, IPVS_CMD_ATTR_SERVICE, 0xffffffff);
	try_request(&request, "garbage for a second service");
	top = (struct nest){};
	nest_set(&top, IPVS_CMD_ATTR_TIMEOUT_TCP, "\1\2", 2);
	try_request(&request, "a timeout of two bytes");
	request.flags = NLM_F_DUMP;
	try_request(&request, "a timeout of two bytes, list");
}

static void try_configs(void)
{
	static const int ids[] = {
		IPVS_CMD_ATTR_TIMEOUT_TCP, IPVS_CMD_ATTR_TIMEOUT_TCP_FIN, IPVS_CMD_ATTR_TIMEOUT_UDP,
	};
	static const uint32_t values[] = {
		1, 0, 77, 0x7fffffff, 0xffffffff, 0x80000000, 0x7fffffff / 250,
		0x7fffffff / 250 + 1, 0x7fffffff / 1000, 0x7fffffff / 1000 + 1, 5,
	};
	struct request get = { .command = IPVS_CMD_GET_CONFIG, .version = 1, .flags = NLM_F_ACK };
	struct request set = { .command = IPVS_CMD_SET_CONFIG, .version = 1, .flags = NLM_F_ACK };
	struct nest top = {};

	set.top = &top;
	for (int id = 0; id < 3; id++)
		for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
			top = (struct nest){};
			nest_u32(&top, ids[id], values[i]);
			try_request(&set, "%d is %u", ids[id], values[i]);
			try_request(&get, "after %d was to be %u", ids[id], values[i]);
		}
	/* Some that are good are not to be taken beside one that is bad. */
	nest_u32(&top, ids[0], 900);
	nest_u32(&top, ids[1], 120);
	nest_u32(&top, ids[2], 0xffffffff);
	try_request(&set, "two good and a bad one");
	try_request(&get, "after two good and a bad one");
	nest_u32(&top, ids[2], 300);
	try_request(&set, "three good ones");
	try_request(&get, "after three good ones");
}

static void try_daemons(void)
{
	static const uint32_t states[] = { 0, 1, 2, 3, 9 };
	struct nest good = {}, nest;
	struct request request = { .version = 1, .flags = NLM_F_ACK };

	nest_u32(&good, IPVS_DAEMON_ATTR_STATE, 1);
	nest_text(&good, IPVS_DAEMON_ATTR_MCAST_IFN, "nosuch0");
	nest_u32(&good, IPVS_DAEMON_ATTR_SYNC_ID, 7);
	request.nests[2] = &good;
	for (request.command = IPVS_CMD_NEW_DAEMON; request.command <= IPVS_CMD_DEL_DAEMON;
	     request.command++) {
		try_malformed(&request, 2);
		request.nests[2] = &nest;
		for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
			nest = good;
			nest_u32(&nest, IPVS_DAEMON_ATTR_STATE, states[i]);
			try_request(&request, "daemon's state %u", states[i]);
		}
		nest = good;
		nest_u32(&nest, IPVS_DAEMON_ATTR_MCAST_GROUP, 0x0100000a);
		try_request(&request, "daemon's group is of one host");
		nest = good;
		nest_addr(&nest, IPVS_DAEMON_ATTR_MCAST_GROUP6, "2001:db8::1");
		try_request(&request, "daemon's group is of one IPv6 host");
		nest = good;
		nest_u32(&nest, IPVS_DAEMON_ATTR_SYNC_ID, 256);
		try_request(&request, "daemon's id is 256");
		nest = good;
		nest_u16(&nest, IPVS_DAEMON_ATTR_SYNC_MAXLEN, 65535);
		try_request(&request, "daemon's messages are long");
		request.nests[2] = &good;
	}
}

static void try_commands(void)
{
	for (int command = 0; command <= 18; command++) {
		try_command(command);
		try_top(command);
	}
	try_command(255);
	try_configs();
	try_daemons();
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} parts[] = {
		{ "commands", try_commands },
		{ "services", try_services },
		{ "dests", try_dests },
		{ "options", try_options },
	};

	for (size_t i = 0; argc == 2 && i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (strcmp(argv[1], parts[i].name))
			continue;
		add_anchors();
		parts[i].run();
		state_free(&base);
		return 0;
	}
	errx(2, "usage: wire commands|services|dests|options");
}
