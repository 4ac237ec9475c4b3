// SPDX-License-Identifier: GPL-2.0-only
/* Files of ipvsadm as weir import reads them, hostile ones included. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <netinet/in.h>

#include "import.h"
#include "text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SERVICE "-A -t 10.9.9.1:80 -s rr\n"
#define MARK "-A -f 5 -s rr\n"

static struct import import;
static char *said;

/* Reads @length bytes as a file; what it tells is in @said. */
static int read_bytes(const char *text, size_t length)
{
	FILE *file = fmemopen((void *)(uintptr_t)text, length, "r");
	FILE *terminal = stderr;
	size_t size;
	int status;

	import_free(&import);
	free(said);
	import = (struct import){ .name = "FILE" };
	said = NULL;
	assert_non_null(file);
	stderr = open_memstream(&said, &size);
	status = import_read_ipvsadm(file, &import);
	fclose(stderr);
	stderr = terminal;
	fclose(file);
	return status;
}

static int read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

static int forget(void **state)
{
	import_free(&import);
	import = (struct import){ .name = NULL };
	free(said);
	said = NULL;
	return 0;
}

static void assert_read(const char *text)
{
	int status = read_text(text);

	if (status)
		print_error("%s", said);
	assert_int_equal(status, CLI_DONE);
	assert_string_equal(said, "");
}

static const struct weir_service *service_of(const char *text)
{
	assert_read(text);
	assert_int_equal(import.count, 1);
	return &import.services[0].service;
}

static const struct weir_server *server_of(const char *text)
{
	service_of(text);
	assert_int_equal(import.services[0].count, 1);
	return &import.services[0].servers[0].server;
}

static void keys_are_those_of_weir(void **state)
{
	static const char *const keys[][2] = {
		{ "-A -t 10.9.9.1:80 -s rr\n", "tcp:10.9.9.1:80" },
		{ "-A -u 10.9.9.1:0 -p", "udp:10.9.9.1:any" },
		{ "-A -t 10.9.9.1 -p", "tcp:10.9.9.1:any" },
		{ "-A --sctp-service [2001:db8::1]:3868 -s lc", "sctp:[2001:db8::1]:3868" },
		{ "-A -t 2001:db8::1 -p", "tcp:[2001:db8::1]:any" },
		{ "-A -f 5", "fwmark:5" },
		{ "-A -f 4294967295 -6 -s rr", "fwmark6:4294967295" },
		{ "-A -6 -f 7 -s rr", "fwmark6:7" },
		{ "-A -f -1 -s rr", "fwmark:4294967295" },
		{ "-A -f -2147483647 -s rr", "fwmark:2147483649" },
		{ "ipvsadm -A -t 10.9.9.1:80", "tcp:10.9.9.1:80" },
		{ "  --add-service\t--tcp-service=10.9.9.1:80\r\n", "tcp:10.9.9.1:80" },
		{ "-At 10.9.9.1:80", "tcp:10.9.9.1:80" },
		{ "-A -s rr -t10.9.9.1:80", "tcp:10.9.9.1:80" },
		{ "-A -t 10.9.9.1:http", "tcp:10.9.9.1:80" },
		{ "-A -u [2001:db8::1]:domain -s rr", "udp:[2001:db8::1]:53" },
		{ "-A -t localhost:http -s rr", "tcp:127.0.0.1:80" },
		{ "# ipvsadm -A -t 10.9.9.1:0 -s rr", "tcp:10.9.9.1:any" },
	};
	char text[WEIR_TEXT_SIZE];

	for (size_t i = 0; i < COUNT(keys); i++) {
		const struct weir_service *service = service_of(keys[i][0]);

		assert_string_equal(weir_format_service_key(&service->key, text), keys[i][1]);
	}
}

static void options_of_services_are_read(void **state)
{
	const struct weir_service *service = service_of("-A -t 10.9.9.1:80\n");
	const unsigned int always = WEIR_SERVICE_SET_SCHEDULER | WEIR_SERVICE_SET_ONE_PACKET;

	assert_string_equal(service->scheduler, "wlc");
	assert_int_equal(service->set, always);
	assert_int_equal(service->affinity.set, WEIR_AFFINITY_SET_TIMEOUT | WEIR_AFFINITY_SET_MASK |
							WEIR_AFFINITY_SET_BY);
	assert_int_equal(service->affinity.timeout, 0);
	assert_int_equal(service->affinity.mask, 32);

	service = service_of("-A -u 10.9.9.1:80 -p -o -M 255.255.240.0 -s sh -b sh-port --pe sip");
	assert_string_equal(service->scheduler, "sh");
	assert_true(service->one_packet);
	assert_true(service->hash_port);
	assert_false(service->fallback);
	assert_int_equal(service->set, always | WEIR_SERVICE_SET_FALLBACK |
					       WEIR_SERVICE_SET_HASH_PORT);
	assert_int_equal(service->affinity.timeout, 360000);
	assert_int_equal(service->affinity.mask, 20);
	assert_int_equal(service->affinity.by, WEIR_AFFINITY_BY_CALL_ID);
	assert_int_equal(service->affinity.set & WEIR_AFFINITY_SET_WEIGHTLESS, 0);

	service = service_of("-A -M 64 -p 60 -t [2001:db8::1]:80 -s mh -b mh-fallback,mh-port");
	assert_true(service->hash_port && service->fallback);
	assert_int_equal(service->affinity.timeout, 60000);
	assert_int_equal(service->affinity.mask, 64);
	service = service_of("-A -t 10.9.9.1:80 -s mh -b flag-1,flag-3");
	assert_true(service->fallback);
	assert_false(service->hash_port);
	assert_true(service_of("-A -f 5 -s rr -o")->one_packet);
	assert_int_equal(service_of("-A -t 10.9.9.1:80 -p 60 -M 0.0.0.0")->affinity.mask, 0);
	assert_string_equal(service_of("-A -t 10.9.9.1:80 -s sh -b \n")->scheduler, "sh");
	service = service_of(SERVICE "-E -t 10.9.9.1:80 -s lc -p 9\n");
	assert_string_equal(service->scheduler, "lc");
	assert_int_equal(service->affinity.timeout, 9000);
}

static void servers_are_read(void **state)
{
	const struct weir_server *server;
	char text[WEIR_TEXT_SIZE];

	server = server_of(SERVICE "-a -t 10.9.9.1:80 -r 10.9.9.2:8080 -m -w 3 -x 9 -y 4");
	assert_string_equal(weir_format_endpoint(&server->at, text), "10.9.9.2:8080");
	assert_int_equal(server->method, WEIR_METHOD_NAT);
	assert_int_equal(server->weight, 3);
	assert_int_equal(server->state, WEIR_SERVER_STATE_UP);
	assert_int_equal(server->conns_max, 9);
	assert_int_equal(server->conns_resume, 4);
	assert_int_equal(import.services[0].servers[0].line, 2);

	server = server_of(SERVICE "-a -t 10.9.9.1:80 -r 10.9.9.2:99 -w0");
	assert_string_equal(weir_format_endpoint(&server->at, text), "10.9.9.2:80");
	assert_int_equal(server->method, WEIR_METHOD_DIRECT);
	assert_int_equal(server->weight, 0);
	assert_int_equal(server->set, WEIR_SERVER_SET_METHOD | WEIR_SERVER_SET_WEIGHT);

	assert_int_equal(server_of(SERVICE "-a -t 10.9.9.1:80 -r 10.9.9.2 -m")->at.port, 80);
	assert_int_equal(server_of(SERVICE "-a -t 10.9.9.1:80 -r 10.9.9.2:0 -m")->at.port, 80);
	assert_int_equal(server_of(MARK "-a -f 5 -r 10.9.9.2:8080 -m")->at.port, 8080);
	assert_int_equal(server_of(MARK "-a -f 5 -r 10.9.9.2:8080 -g")->at.port, 0);
	assert_int_equal(server_of(MARK "-a -f 5 -r 10.9.9.2:http -m")->at.port, 80);
	assert_int_equal(server_of(SERVICE "-a -t 10.9.9.1:80 -r 127.0.0.1:80 -g")->method,
			 WEIR_METHOD_LOCAL);
	assert_int_equal(server_of(SERVICE "-a -t 10.9.9.1:80 -r 10.9.9.1:80 -g")->method,
			 WEIR_METHOD_LOCAL);
	server = server_of(SERVICE "-a -t 10.9.9.1:80 -r 10.9.9.2 -m -w 3\n"
				   "# ipvsadm -e -t 10.9.9.1:80 -r 10.9.9.2:80 -m -w 7 -x 9");
	assert_int_equal(server->weight, 7);
	assert_int_equal(server->conns_max, 9);
}

static void tunnels_are_read(void **state)
{
	const unsigned int checked = WEIR_SERVER_SET_TUNNEL | WEIR_SERVER_SET_TUNNEL_CHECKSUM;
	const unsigned int all = checked | WEIR_SERVER_SET_TUNNEL_PORT;
	const struct weir_server *server;

	server = server_of(SERVICE "-a -t 10.9.9.1:80 -r [2001:db8::2]:80 -i -w 1 --tun-type ipip");
	assert_int_equal(server->method, WEIR_METHOD_TUNNEL);
	assert_int_equal(server->at.addr.family, AF_INET6);
	assert_int_equal(server->set & all, WEIR_SERVER_SET_TUNNEL);
	server = server_of(SERVICE "-a -t 10.9.9.1:80 -r 10.9.9.2 -i --tun-type gue --tun-port 6080 "
				   "--tun-remcsum");
	assert_int_equal(server->tunnel, WEIR_TUNNEL_GUE);
	assert_int_equal(server->tunnel_port, 6080);
	assert_int_equal(server->tunnel_checksum, WEIR_TUNNEL_CHECKSUM_REMOTE);
	assert_int_equal(server->set & all, all);
	server = server_of(SERVICE "-a -t 10.9.9.1:80 -r 10.9.9.2 -i --tun-type gre --tun-csum");
	assert_int_equal(server->tunnel, WEIR_TUNNEL_GRE);
	assert_int_equal(server->tunnel_checksum, WEIR_TUNNEL_CHECKSUM_ON);
	assert_int_equal(server->set & all, checked);
}

static void comments_are_skipped_but_for_those_of_export(void **state)
{
	const struct weir_service *service;
	const struct weir_server *server;

	assert_read("");
	assert_int_equal(import.count, 0);
	assert_read("\n   \n# weir\n#\n# ipvsadm is a program\n#weir service\n# -A -t 1.2.3.4:80\n");
	assert_int_equal(import.count, 0);
	service = service_of(SERVICE "# weir service set tcp:10.9.9.1:80 timeout tcp-fin 7s "
				     "hook ingress affinity-limit 9 local-addresses 10.9.9.9\n");
	assert_int_equal(service->timeouts[WEIR_TIMEOUT_TCP_FIN], 7000);
	assert_true(service->set & WEIR_SERVICE_SET_TIMEOUT << WEIR_TIMEOUT_TCP_FIN);
	assert_int_equal(service->hook, WEIR_HOOK_INGRESS);
	assert_int_equal(service->affinity.limit, 9);
	assert_int_equal(service->local_count, 1);
	server = server_of(SERVICE "-a -t 10.9.9.1:80 -r 10.9.9.2 -m -w 0\n"
				   "# weir server set tcp:10.9.9.1:80 10.9.9.2:80 method fullnat "
				   "weight 5 state down policy keep\n");
	assert_int_equal(server->method, WEIR_METHOD_FULLNAT);
	assert_int_equal(server->weight, 5);
	assert_int_equal(server->state, WEIR_SERVER_STATE_DOWN);
	assert_true(server->set & WEIR_SERVER_SET_POLICY);
}

/* What is wrong with a line, by the word that is told. */
static const char *const wrong[][2] = {
	{ "foo", "foo" },
	{ "-", "-" },
	{ "--", "--" },
	{ "-t 10.9.9.1:80 -A", "-t" },
	{ "-A", "-A" },
	{ "-a", "-a" },
	{ "-A -A -t 10.9.9.1:80", "-A" },
	{ "-A -a -t 10.9.9.1:80", "-a" },
	{ "-AE -t 10.9.9.1:80", "-AE" },
	{ "-A -t", "-t" },
	{ "-A -t 10.9.9.1:80 -t 10.9.9.1:81", "-t" },
	{ "-A -t 10.9.9.1:80 -u 10.9.9.1:80", "-u" },
	{ "-A -t 10.9.9.1:80 -6", "-6" },
	{ "-A -t 10.9.9.1:80 -r 10.9.9.2", "-r" },
	{ "-A -t 10.9.9.1:80 -w 3", "-w" },
	{ "-A -t 10.9.9.1:80 -n", "-n" },
	{ "-A -t 10.9.9.1:80 --tcp 1", "--tcp" },
	{ "-A -t 10.9.9.1:80 --ops=yes", "--ops=yes" },
	{ "-A -t 10.9.9.1:80 extra", "extra" },
	{ "-A -t 10.9.9.1:80 # comment", "#" },
	{ "-C", "-C" },
	{ "-D -t 10.9.9.1:80", "-D" },
	{ "-d -t 10.9.9.1:80 -r 10.9.9.2", "-d" },
	{ "--clear", "--clear" },
	{ "-Z", "-Z" },
	{ "-L", "-L" },
	{ "--set 900 120 300", "--set" },
	{ "--start-daemon master", "--start-daemon" },
	{ "--stop-daemon backup", "--stop-daemon" },
	{ "-A -t 80", "80" },
	{ "-A -t :80", ":80" },
	{ "-A -t 10.9.9.1:", "10.9.9.1:" },
	{ "-A -t 10.9.9.1:-1", "10.9.9.1:-1" },
	{ "-A -t 10.9.9.1:65536", "10.9.9.1:65536" },
	{ "-A -t 10.9.9.1:no-such-port", "10.9.9.1:no-such-port" },
	{ "-A -t 10.9.9:80", "10.9.9:80" },
	{ "-A -t 10.9.9.256:80", "10.9.9.256:80" },
	{ "-A -t 0x0a.1:80", "0x0a.1:80" },
	{ "-A -t [10.9.9.1]:80", "[10.9.9.1]:80" },
	{ "-A -t [2001:db8::1:80", "[2001:db8::1:80" },
	{ "-A -t [2001:db8::1]80", "[2001:db8::1]80" },
	{ "-A -t [fe80::1%eth0]:80", "[fe80::1%eth0]:80" },
	{ "-A -t []:80", "[]:80" },
	{ "-A -t a$b:80", "a$b:80" },
	{ "-A -f 0", "0" },
	{ "-A -f -0", "-0" },
	{ "-A -f 4294967296", "4294967296" },
	{ "-A -f -2147483648", "-2147483648" },
	{ "-A -f 0x5", "0x5" },
	{ "-A -t 10.9.9.1:80 -s sixteen-letters-", "sixteen-letters-" },
	{ "-A -t 10.9.9.1:80 -s rr -b sh-port", "sh-port" },
	{ "-A -t 10.9.9.1:80 -s sh -b mh-port", "mh-port" },
	{ "-A -t 10.9.9.1:80 -s dh -b sh-port", "sh-port" },
	{ "-A -t 10.9.9.1:80 -s sh -b sh-port,flag-4", "flag-4" },
	{ "-A -t 10.9.9.1:80 -p 0", "0" },
	{ "-A -t 10.9.9.1:80 -p 2678401", "2678401" },
	{ "-A -t 10.9.9.1:80 -p 5m", "5m" },
	{ "-A -t 10.9.9.1:80 -p 5 -M 24", "24" },
	{ "-A -t 10.9.9.1:80 -p 5 -M 255.0.255.0", "255.0.255.0" },
	{ "-A -t [2001:db8::1]:80 -p 5 -M 129", "129" },
	{ "-A -f 5 -6 -p 5 -M 255.255.255.0", "255.255.255.0" },
	{ "-A -u 10.9.9.1:80 -p 5 --pe nosuch", "nosuch" },
	{ "-A -t 10.9.9.1:80 -p 5 --pe sip", "sip" },
	{ "-A -t 10.9.9.1:80 -o", "-o" },
	{ "-A --sctp-service 10.9.9.1:80 -o", "-o" },
	{ "-A -t 10.9.9.9:80", "-A" }, /* the one there is already */
	{ "-E -t 10.9.9.1:80", "-E" },
	{ "-a -t 10.9.9.1:80 -r 10.9.9.2", "-a" },
	{ "-a -t 10.9.9.9:80", "-a" },
	{ "-a -t 10.9.9.9:80 -r 10.9.9.2 -g -m", "-m" },
	{ "-a -t 10.9.9.9:80 -r 10.9.9.2 -s rr", "-s" },
	{ "-a -t 10.9.9.9:80 -r 10.9.9.2 -w 65536", "65536" },
	{ "-a -t 10.9.9.9:80 -r 10.9.9.2 -w -1", "-1" },
	{ "-a -t 10.9.9.9:80 -r 10.9.9.2 -x 2147483648", "2147483648" },
	{ "-a -t 10.9.9.9:80 -r 10.9.9.2 -x 5 -y 9", "9" },
	{ "-a -t 10.9.9.9:80 -r 10.9.9.2 -y 9", "9" },
	{ "-a -t 10.9.9.9:80 -r [2001:db8::2]:80 -m", "[2001:db8::2]:80" },
	{ "-a -t 10.9.9.9:80 -r [2001:db8::2]:80", "[2001:db8::2]:80" },
	{ "-a -t 10.9.9.9:80 -r 10.9.9.2 -m --tun-type ipip", "--tun-type" },
	{ "-a -t 10.9.9.9:80 -r 10.9.9.2 -i --tun-type vxlan", "vxlan" },
	{ "-a -t 10.9.9.9:80 -r 10.9.9.2 -i --tun-type gue", "gue" },
	{ "-a -t 10.9.9.9:80 -r 10.9.9.2 -i --tun-type gue --tun-port 0", "0" },
	{ "-a -t 10.9.9.9:80 -r 10.9.9.2 -i --tun-port 6080", "--tun-port" },
	{ "-a -t 10.9.9.9:80 -r 10.9.9.2 -i --tun-csum", "--tun-csum" },
	{ "-a -t 10.9.9.9:80 -r 10.9.9.2 -i --tun-type gre --tun-remcsum", "--tun-remcsum" },
	{ "-a -t 10.9.9.9:80 -r 10.9.9.2 -i --tun-type gre --tun-csum --tun-nocsum", "--tun-csum" },
	{ "-a -t 10.9.9.9:80 -r 10.9.9.8:80", "10.9.9.8:80" }, /* there already */
	{ "-e -t 10.9.9.9:80 -r 10.9.9.2", "10.9.9.2" },
	{ "-a -u 10.9.9.9:53 -r 10.9.9.2 -m", "-m" }, /* a one-packet service */
	{ "# weir service set tcp:10.9.9.1:80 hook host", "tcp:10.9.9.1:80" },
	{ "# weir service set tcp:10.9.9.9:80 hook nowhere", "nowhere" },
	{ "# weir service set tcp:10.9.9.9 hook host", "tcp:10.9.9.9" },
	{ "# weir service set", "set" },
	{ "# weir server set tcp:10.9.9.9:80 10.9.9.2 weight 1", "10.9.9.2" },
	{ "# weir server set tcp:10.9.9.9:80 10.9.9.8 weight x", "x" },
	{ "# ipvsadm -a -t 10.9.9.9:80 -r", "-r" },
};

static void what_is_wrong_is_told_with_its_line_and_word(void **state)
{
	static const char before[] = "-A -t 10.9.9.9:80\n-a -t 10.9.9.9:80 -r 10.9.9.8\n"
				     "-A -u 10.9.9.9:53 -o\n\n";
	char text[512], start[256];

	assert_read(before);
	for (size_t i = 0; i < COUNT(wrong); i++) {
		snprintf(text, sizeof(text), "%s%s\n", before, wrong[i][0]);
		snprintf(start, sizeof(start), "weir: FILE:5: %s: ", wrong[i][1]);
		if (read_text(text) != CLI_USAGE || strncmp(said, start, strlen(start)) ||
		    strchr(said, '\n') != said + strlen(said) - 1)
			fail_msg("%s: told: %s", wrong[i][0], said);
	}
}

static void too_much_is_refused(void **state)
{
	char *text = malloc(1 << 20);
	size_t length = (size_t)sprintf(text, "%s", MARK);

	assert_non_null(text);
	for (unsigned int i = 0; i <= WEIR_SERVERS_MAX; i++)
		length += (size_t)sprintf(text + length, "-a -f 5 -r 10.%u.%u.1:80 -m\n", i >> 8,
					  i & 0xff);
	assert_int_equal(read_text(text), CLI_USAGE);
	assert_non_null(strstr(said, "FILE:4098: -a: a service has at most 4096 servers"));

	memset(text, 'a', 100000);
	strcpy(text + 100000, ":80\n");
	memcpy(text, "-A -t ", 6);
	assert_int_equal(read_text(text), CLI_USAGE);
	assert_true(strlen(said) < 500);
	free(text);
	assert_int_equal(read_bytes("-A -t 10.9.9.1:80\0 -s rr\n", 25), CLI_USAGE);
	assert_non_null(strstr(said, "FILE:1: "));
}

/* A line with each byte taken out, doubled, or made another; nothing to be but no crash. */
static void mangled_lines_do_no_harm(void **state)
{
	static const char *const lines[] = {
		"-A -t 10.9.9.1:80 -s sh -p 9 -M 255.0.0.0 -b sh-port\n",
		"-A -f 5 -6 -s mh -b mh-port,mh-fallback -o\n",
		SERVICE "-a -t 10.9.9.1:80 -r [2001:db8::7]:80 -i --tun-type gue --tun-port 9\n",
		SERVICE "# weir service set tcp:10.9.9.1:80 timeout udp 5m local-addresses 1.1.1.1\n",
	};
	static const char others[] = "\0\n #-=:[],9~\xff";
	char text[256];

	for (size_t i = 0; i < COUNT(lines); i++) {
		size_t length = strlen(lines[i]);

		for (size_t at = 0; at < length; at++) {
			for (size_t j = 0; j < sizeof(others) - 1; j++) {
				memcpy(text, lines[i], length);
				text[at] = others[j];
				read_bytes(text, length);
			}
			memmove(text, lines[i], at);
			memmove(text + at, lines[i] + at + 1, length - at - 1);
			read_bytes(text, length - 1);
			memcpy(text, lines[i], at + 1);
			memcpy(text + at + 1, lines[i] + at, length - at);
			read_bytes(text, length + 1);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(keys_are_those_of_weir, forget),
		cmocka_unit_test_teardown(options_of_services_are_read, forget),
		cmocka_unit_test_teardown(servers_are_read, forget),
		cmocka_unit_test_teardown(tunnels_are_read, forget),
		cmocka_unit_test_teardown(comments_are_skipped_but_for_those_of_export, forget),
		cmocka_unit_test_teardown(what_is_wrong_is_told_with_its_line_and_word, forget),
		cmocka_unit_test_teardown(too_much_is_refused, forget),
		cmocka_unit_test_teardown(mangled_lines_do_no_harm, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
