// SPDX-License-Identifier: GPL-2.0-only
/*
 * program services VIP PORT COUNT SERVERS - adds COUNT UDP services on the ports
 * from PORT of an IPv4 address, each with SERVERS servers from 10.0.0.1 on, as
 * a program that holds one connection to the kernel does.
 */
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "weir.h"

static void add(struct weir *weir, struct weir_service *service, struct weir_server *servers,
		unsigned long count)
{
	unsigned long i;

	for (i = 0; i < count; i++) {
		uint32_t addr = htonl(0x0a000001 + i);

		memcpy(servers[i].at.addr.bytes, &addr, sizeof(addr));
		servers[i].at.addr.family = AF_INET;
		servers[i].at.port = service->key.at.port;
		servers[i].set = WEIR_SERVER_SET_METHOD;
		servers[i].method = WEIR_METHOD_DIRECT;
	}
	if (weir_service_add(weir, service) ||
	    weir_service_replace(weir, &service->key, servers, count))
		errx(1, "%s", weir_last_error(weir)->message);
}

int main(int argc, char **argv)
{
	struct weir_service service = {
		.set = WEIR_SERVICE_SET_SCHEDULER,
		.key = { .protocol = IPPROTO_UDP, .at.addr.family = AF_INET },
		.scheduler = "rr",
	};
	unsigned long port, count, per_service, i;
	struct weir_server *servers;
	struct weir *weir;

	if (argc != 6 || strcmp(argv[1], "services") ||
	    inet_pton(AF_INET, argv[2], service.key.at.addr.bytes) != 1)
		errx(2, "usage: program services VIP PORT COUNT SERVERS");
	port = strtoul(argv[3], NULL, 10);
	count = strtoul(argv[4], NULL, 10);
	per_service = strtoul(argv[5], NULL, 10);
	servers = calloc(per_service + 1, sizeof(*servers));
	if (!servers)
		err(1, "servers");
	if (weir_open(&weir))
		errx(1, "cannot reach weir.ko");
	for (i = 0; i < count; i++) {
		service.key.at.port = port + i;
		add(weir, &service, servers, per_service);
	}
	weir_close(weir);
	free(servers);
	return 0;
}
