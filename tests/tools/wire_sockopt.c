// SPDX-License-Identifier: GPL-2.0
/*
 * The socket options of IPVS: every number, the exact length and others, and values that
 * are wrong.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <linux/ip_vs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "wire.h"

#define EACH(_i, _array) (size_t _i = 0; _i < sizeof(_array) / sizeof((_array)[0]); _i++)
#define OPTION_MAX	1024

static int fd;

/* What the options that name a service and a server are given. */
static struct {
	struct ip_vs_service_user svc;
	struct ip_vs_dest_user dest;
} pair;

static struct ip_vs_service_user service_user(void)
{
	return (struct ip_vs_service_user){
		.protocol = IPPROTO_TCP,
		.addr = htonl(0x0a090901),
		.port = htons(80),
		.sched_name = "rr",
		.netmask = ~0,
	};
}

static void begin(void)
{
	pair.svc = service_user();
	pair.dest = (struct ip_vs_dest_user){
		.addr = htonl(0x0a090902), .port = htons(80), .weight = 1,
	};
}

static const char *outcome(int result) { return result ? strerrorname_np(errno) : "0"; }

static void print_bytes(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		printf("%s%02x", i % 32 ? "" : "\n  ", bytes[i]);
	putchar('\n');
}

/* --- reading ------------------------------------------------------------------ */

/* Services come in the order of a table: two of them by their bytes. */
static void sort_services(struct ip_vs_get_services *services)
{
	struct ip_vs_service_entry *entries = services->entrytable, first = entries[0];

	if (memcmp(&entries[0], &entries[1], sizeof(first)) <= 0)
		return;
	entries[0] = entries[1];
	entries[1] = first;
}

/* Reads into a buffer that begins with @given and has room for @len bytes. */
static void get(int option, const void *given, size_t size, int len, const char *what)
{
	_Alignas(8) uint8_t buffer[OPTION_MAX + 64];
	socklen_t room = len;
	int result;

	memset(buffer, 0xee, sizeof(buffer));
	memcpy(buffer, given, size);
	result = getsockopt(fd, IPPROTO_IP, option, buffer, &room);
	printf("## get %d, %s, room for %d\nerror %s length %d", option - IP_VS_BASE_CTL, what, len,
	       outcome(result), (int)room);
	if (option == IP_VS_SO_GET_SERVICES && !result && len > (int)size)
		sort_services((void *)buffer);
	print_bytes(buffer, len > 0 && len <= OPTION_MAX ? len + 8 : 8);
}

static void get_all_lengths(int option, const void *given, size_t size, int exact, const char *what)
{
	const int lengths[] = { -1, 0, 1, exact - 1, exact, exact + 1, exact + 104, OPTION_MAX };

	for EACH(i, lengths)
		if (lengths[i] >= -1)
			get(option, given, size, lengths[i], what);
}

static void get_tables(void)
{
	struct ip_vs_get_services services = {};
	struct ip_vs_service_entry entry = {};
	struct ip_vs_get_dests dests = {
		.protocol = IPPROTO_TCP, .addr = htonl(0x0a090901), .port = htons(80),
	};

	for (unsigned int count = 0; count <= 2; count += 2) {
		services.num_services = count;
		dests.num_dests = count;
		get_all_lengths(IP_VS_SO_GET_SERVICES, &services, sizeof(services),
				sizeof(services) + count * sizeof(entry), count ? "two" : "none");
		get_all_lengths(IP_VS_SO_GET_DESTS, &dests, sizeof(dests),
				sizeof(dests) + count * sizeof(struct ip_vs_dest_entry),
				count ? "two" : "none");
	}
	services.num_services = ~0;
	get(IP_VS_SO_GET_SERVICES, &services, sizeof(services), sizeof(services), "as many as can be");
	dests.port = 0;
	dests.num_dests = 0;
	get(IP_VS_SO_GET_DESTS, &dests, sizeof(dests), sizeof(dests), "of no service");
	dests.fwmark = 3;
	get(IP_VS_SO_GET_DESTS, &dests, sizeof(dests), sizeof(dests), "of no mark");
	entry.protocol = IPPROTO_TCP;
	entry.addr = htonl(0x0a090901);
	get(IP_VS_SO_GET_SERVICE, &entry, sizeof(entry), sizeof(entry), "no service");
	entry.port = htons(80);
	get_all_lengths(IP_VS_SO_GET_SERVICE, &entry, sizeof(entry), sizeof(entry), "a service");
	entry.fwmark = 3;
	get(IP_VS_SO_GET_SERVICE, &entry, sizeof(entry), sizeof(entry), "no mark");
}

static void try_gets(void)
{
	/* By number; 0 where there is nothing to be read. */
	static const int exact[] = {
		64, sizeof(struct ip_vs_getinfo), 0, 0, 0, 16, sizeof(struct ip_vs_timeout_user),
		2 * sizeof(struct ip_vs_daemon_user), 12,
	};

	for EACH(i, exact)
		if (exact[i])
			get_all_lengths(IP_VS_BASE_CTL + i, "", 0, exact[i], "");
	get_tables();
	get(IP_VS_BASE_CTL - 1, "", 0, 64, "the number before the first");
}

/* --- writing ------------------------------------------------------------------ */

static void set(int option, const void *data, int len, const char *what, unsigned long number)
{
	uint8_t buffer[OPTION_MAX] = {};

	state_base();
	memcpy(buffer, data, len > 0 && len < (int)sizeof(pair) ? len : (int)sizeof(pair));
	printf("## set %d, %s %lu, %d bytes\nerror %s\n", option - IP_VS_BASE_CTL, what, number, len,
	       outcome(setsockopt(fd, IPPROTO_IP, option, buffer, len)));
	state_report();
}

/* Every number, with every length that one of them has, and those around it. */
static void set_all_lengths(void)
{
	static const int lengths[] = { -1, 0, 1, 11, 12, 13, 23, 24, 25, 43, 44, 45, 67, 68, 69, 255, 256 };

	for (int option = IP_VS_BASE_CTL; option <= IP_VS_SO_SET_MAX + 1; option++) {
		for EACH(i, lengths) {
			begin();
			/* Timeouts would be those of the next block. */
			if (option == IP_VS_SO_SET_TIMEOUT)
				memset(&pair, 0, sizeof(pair));
			set(option, &pair, lengths[i], "any", 0);
		}
	}
}

static void set_services(int option)
{
	static const uint16_t protocols[] = { 0, 1, 17, 132, 255, 256 + 6 };
	static const uint32_t flags[] = { 1, 2, 4, 8, 0x10, 0x80000000, ~0 };
	static const char *const schedulers[] = { "", "none", "wlc", "nosuch", "fifteen-letters" };

	for EACH(i, protocols) {
		begin();
		pair.svc.port = option == IP_VS_SO_SET_ADD ? htons(81) : htons(80);
		pair.svc.protocol = protocols[i];
		set(option, &pair, sizeof(pair.svc), "protocol", protocols[i]);
		pair.svc.fwmark = 5;
		set(option, &pair, sizeof(pair.svc), "mark and protocol", protocols[i]);
	}
	for EACH(i, flags) {
		begin();
		pair.svc.port = option == IP_VS_SO_SET_ADD ? htons(81) : htons(80);
		pair.svc.timeout = flags[i] & 1 ? 60 : 0;
		pair.svc.flags = flags[i];
		set(option, &pair, sizeof(pair.svc), "flags", flags[i]);
	}
	for EACH(i, schedulers) {
		begin();
		pair.svc.port = option == IP_VS_SO_SET_ADD ? htons(81) : htons(80);
		strcpy(pair.svc.sched_name, schedulers[i]);
		set(option, &pair, sizeof(pair.svc), schedulers[i], i);
	}
	begin();
	memset(pair.svc.sched_name, 'r', sizeof(pair.svc.sched_name));
	set(option, &pair, sizeof(pair.svc), "scheduler without end", 0);
	begin();
	pair.svc.addr = 0;
	pair.svc.port = 0;
	set(option, &pair, sizeof(pair.svc), "nothing in the key but protocol", 6);
	pair.svc.protocol = 0;
	set(option, &pair, sizeof(pair.svc), "nothing in the key", 0);
}

static void set_dests(int option)
{
	static const int weights[] = { 0, 65535, -1 };
	static const unsigned int methods[] = { 0, 1, 2, 3, 4, 7, 0xffffffff };
	static const uint32_t limits[] = { 1, 0x7fffffff, 0x80000000 };

	for EACH(i, weights) {
		begin();
		pair.dest.weight = weights[i];
		set(option, &pair, sizeof(pair), "weight", weights[i]);
		pair.dest.addr = htonl(0x0a090903);
		set(option, &pair, sizeof(pair), "other server, weight", weights[i]);
	}
	for EACH(i, methods) {
		begin();
		pair.dest.conn_flags = methods[i];
		set(option, &pair, sizeof(pair), "method", methods[i]);
		pair.dest.addr = htonl(0x0a090903);
		set(option, &pair, sizeof(pair), "other server, method", methods[i]);
	}
	for EACH(i, limits) {
		begin();
		pair.dest.l_threshold = limits[i];
		set(option, &pair, sizeof(pair), "lower limit", limits[i]);
		pair.dest.u_threshold = limits[i];
		set(option, &pair, sizeof(pair), "both limits", limits[i]);
	}
	begin();
	pair.dest.addr = htonl(0xe0000001);
	set(option, &pair, sizeof(pair), "multicast", 0);
	begin();
	pair.svc.port = htons(82);
	set(option, &pair, sizeof(pair), "no service", 0);
	begin();
	pair.svc.protocol = 0;
	set(option, &pair, sizeof(pair), "protocol", 0);
}

static void set_timeouts(void)
{
	static const int values[] = { 0, 1, 0x7fffffff, -1, 0x7fffffff / 250, 0x7fffffff / 250 + 1 };
	struct ip_vs_timeout_user user = {};

	for (int i = 0; i < 3; i++)
		for EACH(v, values) {
			const struct ip_vs_timeout_user usual = { 900, 120, 300 };

			user = usual;
			memcpy((char *)&user + i * sizeof(int), &values[v], sizeof(int));
			set(IP_VS_SO_SET_TIMEOUT, &user, sizeof(user), "timeout", values[v]);
			get(IP_VS_SO_GET_TIMEOUT, "", 0, sizeof(user), "after that");
			setsockopt(fd, IPPROTO_IP, IP_VS_SO_SET_TIMEOUT, &usual, sizeof(usual));
		}
}

void try_options(void)
{
	fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (fd < 0)
		err(1, "raw socket");
	state_base();
	try_gets();
	set_all_lengths();
	set_services(IP_VS_SO_SET_ADD);
	set_services(IP_VS_SO_SET_EDIT);
	set_services(IP_VS_SO_SET_DEL);
	set_services(IP_VS_SO_SET_ZERO);
	set_dests(IP_VS_SO_SET_ADDDEST);
	set_dests(IP_VS_SO_SET_EDITDEST);
	set_dests(IP_VS_SO_SET_DELDEST);
	set_timeouts();
}
