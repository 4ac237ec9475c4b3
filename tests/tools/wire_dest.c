// SPDX-License-Identifier: GPL-2.0
/*
 * Requests about servers of a service.
 */
#include <linux/ip_vs.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "wire.h"

#define EACH(_i, _array) (size_t _i = 0; _i < sizeof(_array) / sizeof((_array)[0]); _i++)

static struct request request;
static struct nest service, nest;

/* Begins with a good request: of the base's server, or of another of its service. */
static void begin(int command, int family)
{
	service = service_base(family);
	nest = dest_base(family);
	request = (struct request){ .command = command, .version = 1, .flags = NLM_F_ACK };
	if (command == IPVS_CMD_NEW_DEST)
		nest_addr(&nest, IPVS_DEST_ATTR_ADDR, family == AF_INET6 ? "2001:db8::3" : "10.9.9.3");
	request.nests[0] = &service;
	request.nests[1] = &nest;
}

static void try_keys(int command)
{
	static const uint16_t families[] = { 0, 1, 2, 10, 28, 65535 };
	static const char *const addresses[] = {
		"0.0.0.0", "127.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "10.9.9.1",
		"169.254.1.1", "192.0.2.10", "192.0.2.255",
	};
	static const char *const addresses6[] = {
		"::", "::1", "ff02::1", "fe80::1", "2001:db8::1", "::ffff:10.9.9.1",
	};
	static const uint16_t ports[] = { 0, 1, 65535 };

	for EACH(i, families) {
		begin(command, AF_INET);
		nest_u16(&nest, IPVS_DEST_ATTR_ADDR_FAMILY, families[i]);
		try_request(&request, "family %u", families[i]);
		nest_u32(&nest, IPVS_DEST_ATTR_FWD_METHOD, IP_VS_CONN_F_TUNNEL);
		try_request(&request, "tunnel, family %u", families[i]);
	}
	for EACH(i, addresses) {
		begin(command, AF_INET);
		nest_addr(&nest, IPVS_DEST_ATTR_ADDR, addresses[i]);
		try_request(&request, "address %s", addresses[i]);
	}
	for EACH(i, addresses6) {
		begin(command, AF_INET6);
		nest_addr(&nest, IPVS_DEST_ATTR_ADDR, addresses6[i]);
		try_request(&request, "address %s", addresses6[i]);
	}
	for EACH(i, ports) {
		begin(command, AF_INET);
		nest_be16(&nest, IPVS_DEST_ATTR_PORT, ports[i]);
		try_request(&request, "port %u", ports[i]);
	}
	begin(command, AF_INET);
	service = service_base(AF_INET6);
	nest_addr(&nest, IPVS_DEST_ATTR_ADDR, "2001:db8::2");
	nest_be16(&nest, IPVS_DEST_ATTR_PORT, 53);
	try_request(&request, "of the IPv6 service");
	nest_be16(&service, IPVS_SVC_ATTR_PORT, 54);
	try_request(&request, "of no service");
}

static void try_numbers(int command)
{
	static const uint32_t methods[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 0x103, ~0 };
	static const uint32_t weights[] = { 0, 100, 65535, 65536, 0x7fffffff, 0x80000000, ~0 };
	static const uint32_t limits[][2] = {
		{ 0, 1 }, { 1, 0 }, { 1, 1 }, { 5, 9 }, { 0x7fffffff, 0x7fffffff },
		{ 0x80000000, 0 }, { ~0, ~0 },
	};

	for EACH(i, methods) {
		begin(command, AF_INET);
		nest_u32(&nest, IPVS_DEST_ATTR_FWD_METHOD, methods[i]);
		try_request(&request, "method %#x", methods[i]);
		nest_be16(&nest, IPVS_DEST_ATTR_PORT, 8000);
		try_request(&request, "method %#x at another port", methods[i]);
	}
	for EACH(i, weights) {
		begin(command, AF_INET);
		nest_u32(&nest, IPVS_DEST_ATTR_WEIGHT, weights[i]);
		try_request(&request, "weight %u", weights[i]);
	}
	for EACH(i, limits) {
		begin(command, AF_INET);
		nest_u32(&nest, IPVS_DEST_ATTR_U_THRESH, limits[i][0]);
		nest_u32(&nest, IPVS_DEST_ATTR_L_THRESH, limits[i][1]);
		try_request(&request, "limits %u and %u", limits[i][0], limits[i][1]);
	}
}

static void try_tunnels(int command)
{
	static const uint16_t flags[] = { 0, 1, 2, 3, 4, 65535 };
	static const uint32_t methods[] = { IP_VS_CONN_F_TUNNEL, IP_VS_CONN_F_MASQ };

	for EACH(m, methods) {
		for (int type = 0; type <= 3; type++) {
			begin(command, AF_INET);
			nest_u32(&nest, IPVS_DEST_ATTR_FWD_METHOD, methods[m]);
			nest_u8(&nest, IPVS_DEST_ATTR_TUN_TYPE, type);
			try_request(&request, "method %u, tunnel %d", methods[m], type);
			nest_be16(&nest, IPVS_DEST_ATTR_TUN_PORT, 6080);
			for EACH(i, flags) {
				/* One is enough of what has no tunnel. */
				if (methods[m] != IP_VS_CONN_F_TUNNEL && flags[i] != 1)
					continue;
				nest_u16(&nest, IPVS_DEST_ATTR_TUN_FLAGS, flags[i]);
				try_request(&request, "method %u, tunnel %d, port, flags %u",
					    methods[m], type, flags[i]);
			}
			nest_be16(&nest, IPVS_DEST_ATTR_TUN_PORT, 0);
			try_request(&request, "method %u, tunnel %d, port 0, flags", methods[m], type);
		}
	}
}

/* What is for replies alone, and what there is not. */
static void try_more(int command)
{
	static const uint16_t types[] = {
		0, IPVS_DEST_ATTR_ACTIVE_CONNS, IPVS_DEST_ATTR_INACT_CONNS,
		IPVS_DEST_ATTR_PERSIST_CONNS, IPVS_DEST_ATTR_STATS, IPVS_DEST_ATTR_STATS64, 16, 99,
	};

	for EACH(i, types) {
		begin(command, AF_INET);
		nest_u32(&nest, types[i], 77);
		try_request(&request, "%u besides", types[i]);
	}
	begin(command, AF_INET);
	nest.values[nest.count++] = (struct value){ .type = IPVS_DEST_ATTR_WEIGHT, .len = 4 };
	try_request(&request, "two weights");
	begin(command, AF_INET);
	request.nests[1] = NULL;
	try_request(&request, "no server");
	begin(command, AF_INET);
	request.nests[0] = NULL;
	try_request(&request, "no service");
}

void try_dests(void)
{
	for (int command = IPVS_CMD_NEW_DEST; command <= IPVS_CMD_DEL_DEST; command++) {
		begin(command, AF_INET);
		try_malformed(&request, 1);
		try_keys(command);
		try_more(command);
		if (command == IPVS_CMD_DEL_DEST)
			continue;
		try_numbers(command);
		try_tunnels(command);
	}
}
