// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about services: what makes the key, and all that can be said of one.
 */
#include <linux/ip_vs.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "wire.h"

#define EACH(_i, _array) (size_t _i = 0; _i < sizeof(_array) / sizeof((_array)[0]); _i++)

static struct request request;
static struct nest nest;

/* Begins with a good request, of @family. */
static void begin(int command, int family)
{
	nest = service_base(family);
	request = (struct request){ .command = command, .version = 1, .flags = NLM_F_ACK };
	if (command == IPVS_CMD_NEW_SERVICE)
		nest_be16(&nest, IPVS_SVC_ATTR_PORT, 8000);
	request.nests[0] = &nest;
}

static void try_keys(int command)
{
	static const uint16_t families[] = { 0, 1, 10, 28, 65535 };
	static const uint16_t protocols[] = { 0, 1, 17, 47, 132, 255, 262, 65535 };
	static const char *const addresses[] = {
		"0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "10.9.9.9", "2001:db8::1",
		"a09:901::",
	};
	static const char *const addresses6[] = {
		"::", "::1", "ff02::1", "fe80::1", "10.9.9.1", "::ffff:10.9.9.1",
	};

	for EACH(i, families) {
		begin(command, AF_INET);
		nest_u16(&nest, IPVS_SVC_ATTR_AF, families[i]);
		try_request(&request, "family %u", families[i]);
	}
	for EACH(i, protocols) {
		begin(command, AF_INET);
		nest_u16(&nest, IPVS_SVC_ATTR_PROTOCOL, protocols[i]);
		try_request(&request, "protocol %u", protocols[i]);
	}
	for EACH(i, addresses) {
		begin(command, AF_INET);
		nest_addr(&nest, IPVS_SVC_ATTR_ADDR, addresses[i]);
		try_request(&request, "address %s", addresses[i]);
	}
	for EACH(i, addresses6) {
		begin(command, AF_INET6);
		nest_addr(&nest, IPVS_SVC_ATTR_ADDR, addresses6[i]);
		try_request(&request, "IPv6 address %s", addresses6[i]);
	}
	begin(command, AF_INET);
	nest_be16(&nest, IPVS_SVC_ATTR_PORT, 0);
	try_request(&request, "port 0");
	begin(command, AF_INET);
	nest_be16(&nest, IPVS_SVC_ATTR_PORT, 21);
	try_request(&request, "port 21");
}

static void try_marks(int command)
{
	static const uint32_t marks[] = { 0, 1, 0x7fffffff, 0xffffffff };

	for EACH(i, marks) {
		begin(command, AF_INET);
		nest_u32(&nest, IPVS_SVC_ATTR_FWMARK, marks[i]);
		try_request(&request, "mark %#x and a key", marks[i]);
		nest_remove(&nest, IPVS_SVC_ATTR_PROTOCOL);
		nest_remove(&nest, IPVS_SVC_ATTR_ADDR);
		nest_remove(&nest, IPVS_SVC_ATTR_PORT);
		try_request(&request, "mark %#x", marks[i]);
		nest_u16(&nest, IPVS_SVC_ATTR_AF, AF_INET6);
		nest_u32(&nest, IPVS_SVC_ATTR_NETMASK, 128);
		try_request(&request, "mark %#x, IPv6", marks[i]);
	}
}

static void try_schedulers(int command)
{
	static const char *const schedulers[] = {
		"", "none", "wrr", "lc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh",
		"nosuch", "RR", "fifteen-letters", "sixteen--letters",
	};
	static const char *const engines[] = { "", "sip", "nosuch", "sixteen--letters" };

	for EACH(i, schedulers) {
		begin(command, AF_INET);
		nest_text(&nest, IPVS_SVC_ATTR_SCHED_NAME, schedulers[i]);
		try_request(&request, "scheduler '%s'", schedulers[i]);
	}
	for EACH(i, engines) {
		begin(command, AF_INET6);
		nest_text(&nest, IPVS_SVC_ATTR_PE_NAME, engines[i]);
		try_request(&request, "engine '%s'", engines[i]);
	}
}

static void try_flags(int command)
{
	static const struct ip_vs_flags flags[] = {
		{ 0, 0 }, { ~0, 0 }, { 0, ~0 }, { 1, 1 }, { 1, 0 }, { 0, 1 }, { 2, 2 }, { 0, 2 },
		{ 4, 4 }, { 8, 8 }, { 0x10, 0x10 }, { 0x18, ~0 }, { 0x20, 0x20 }, { 0x40, 0x40 },
		{ 0x80000000, ~0 }, { ~0, ~0 },
	};
	static const char *const schedulers[] = { "rr", "sh", "mh" };

	for EACH(s, schedulers) {
		for EACH(i, flags) {
			/* To all but the hashing ones they are but numbers. */
			if (s > 0 && !(flags[i].flags & 0x18))
				continue;
			begin(command, AF_INET);
			nest_text(&nest, IPVS_SVC_ATTR_SCHED_NAME, schedulers[s]);
			nest_set(&nest, IPVS_SVC_ATTR_FLAGS, &flags[i], sizeof(flags[i]));
			try_request(&request, "%s, flags %#x of %#x", schedulers[s], flags[i].flags,
				    flags[i].mask);
		}
	}
}

static void try_persistence(int command)
{
	static const uint32_t timeouts[] = { 1, 300, 86400, 4294967, 8589934, 0x7fffffff, ~0 };
	static const uint32_t masks[] = { 0, 0xffffff, 0xff, 0x80000000, 0xff00ff, 24 };
	static const uint32_t prefixes[] = { 0, 1, 64, 128, 129, ~0 };
	const struct ip_vs_flags persistent = { 1, ~0 };

	for EACH(i, timeouts) {
		begin(command, AF_INET);
		nest_u32(&nest, IPVS_SVC_ATTR_TIMEOUT, timeouts[i]);
		try_request(&request, "timeout %u, not persistent", timeouts[i]);
		nest_set(&nest, IPVS_SVC_ATTR_FLAGS, &persistent, sizeof(persistent));
		try_request(&request, "persistent, timeout %u", timeouts[i]);
	}
	for EACH(i, masks) {
		begin(command, AF_INET);
		nest_u32(&nest, IPVS_SVC_ATTR_NETMASK, masks[i]);
		try_request(&request, "mask %#x, not persistent", masks[i]);
		nest_u32(&nest, IPVS_SVC_ATTR_TIMEOUT, 60);
		nest_set(&nest, IPVS_SVC_ATTR_FLAGS, &persistent, sizeof(persistent));
		try_request(&request, "persistent, mask %#x", masks[i]);
	}
	for EACH(i, prefixes) {
		begin(command, AF_INET6);
		nest_u32(&nest, IPVS_SVC_ATTR_NETMASK, prefixes[i]);
		try_request(&request, "IPv6, prefix %u", prefixes[i]);
	}
	begin(command, AF_INET);
	nest_set(&nest, IPVS_SVC_ATTR_FLAGS, &persistent, sizeof(persistent));
	try_request(&request, "persistent, timeout 0");
	nest_u32(&nest, IPVS_SVC_ATTR_TIMEOUT, 60);
	nest_text(&nest, IPVS_SVC_ATTR_PE_NAME, "sip");
	nest_u16(&nest, IPVS_SVC_ATTR_PROTOCOL, 17);
	try_request(&request, "persistent, engine sip");
}

/* What a request may have besides. */
static void try_more(int command)
{
	static const struct { const char *name; uint16_t type; } more[] = {
		{ "statistics", IPVS_SVC_ATTR_STATS }, { "statistics of 64 bits", IPVS_SVC_ATTR_STATS64 },
		{ "attribute 0", 0 }, { "attribute 13", 13 }, { "attribute 16383", 16383 },
	};

	for EACH(i, more) {
		begin(command, AF_INET);
		nest_u32(&nest, more[i].type, 1);
		try_request(&request, "%s besides", more[i].name);
	}
	begin(command, AF_INET);
	nest.values[nest.count] = nest.values[0];
	nest.values[nest.count++].data[0] = AF_INET6;
	try_request(&request, "two families");
}

/* More services and servers than a message holds. */
static void try_many(void)
{
	struct request get = { .version = 1, .flags = NLM_F_DUMP };
	struct nest dest = dest_base(AF_INET);
	int error;

	state_base();
	begin(IPVS_CMD_NEW_SERVICE, AF_INET);
	for (int i = 0; i < 100; i++) {
		nest_be16(&nest, IPVS_SVC_ATTR_PORT, 3000 + i);
		free(request_send(&request, &error));
	}
	request.command = IPVS_CMD_NEW_DEST;
	request.nests[1] = &dest;
	for (int i = 0; i < 150; i++) {
		nest_be16(&dest, IPVS_DEST_ATTR_PORT, 4000 + i);
		nest_u32(&dest, IPVS_DEST_ATTR_WEIGHT, i);
		free(request_send(&request, &error));
	}
	get.command = IPVS_CMD_GET_SERVICE;
	printf("## many services\n%s", request_send(&get, &error));
	get.command = IPVS_CMD_GET_DEST;
	get.nests[0] = &nest;
	printf("## many servers\n%s", request_send(&get, &error));
	state_clear();
}

void try_services(void)
{
	static const int commands[] = {
		IPVS_CMD_NEW_SERVICE, IPVS_CMD_SET_SERVICE, IPVS_CMD_DEL_SERVICE,
		IPVS_CMD_GET_SERVICE, IPVS_CMD_ZERO, IPVS_CMD_GET_DEST,
	};

	for EACH(i, commands) {
		begin(commands[i], AF_INET);
		if (commands[i] == IPVS_CMD_GET_DEST)
			request.flags = NLM_F_DUMP;
		try_malformed(&request, 0);
		if (commands[i] == IPVS_CMD_GET_DEST)
			continue;
		try_keys(commands[i]);
		try_marks(commands[i]);
		try_more(commands[i]);
		if (commands[i] != IPVS_CMD_NEW_SERVICE && commands[i] != IPVS_CMD_SET_SERVICE)
			continue;
		try_schedulers(commands[i]);
		try_flags(commands[i]);
		try_persistence(commands[i]);
	}
	try_many();
}
