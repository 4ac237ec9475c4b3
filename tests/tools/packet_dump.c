// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps, and what makes them long.
 *
 *	fill COUNT SERVERS ADDR	adds COUNT services, TCP port 80 of ADDR and of
 *				the addresses after it, each with so many servers
 *	dump COMMAND ATTRIBUTE... [churn ADDR]
 *		counts the objects listed, those listed twice, and whether the
 *		kernel said that the dump was interrupted. With churn a service is
 *		added and another removed after each part that the kernel sends, of
 *		the addresses from ADDR on; those are left out of the counts.
 *	drops			each drop reason with its counter
 *	digest			a number made of all services and servers as listed
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../include/uapi/linux/weir.h"
#include "packet_netlink.h"

#define CHURN_MAX	200

/* What a dump has shown so far. */
struct dump {
	char *drops;		/* where to write reasons and counters, if wanted */
	uint64_t *keys;		/* a number made of each object's key */
	size_t count, room;
	size_t churned;		/* objects of services that come and go */
	size_t parts;
	uint64_t digest;
	bool interrupted;
	int error;
	char sentence[SENTENCE_MAX];
};

static struct message message;
static int own_socket = -1, churn_socket = -1;
static struct address churn_first;
static uint32_t churn_count;

static uint64_t mix(uint64_t hash, const void *data, size_t len)
{
	const uint8_t *byte = data;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ byte[i]) * 0x100000001b3ull;
	return hash;
}

/* --- one object --------------------------------------------------------------- */

static const struct nlattr *attr_find(const void *data, size_t len, uint16_t type)
{
	const uint8_t *end = (const uint8_t *)data + len;
	const struct nlattr *attr = data;

	for (; (const uint8_t *)attr + NLA_HDRLEN <= end;
	     attr = (void *)((const uint8_t *)attr + NLA_ALIGN(attr->nla_len)))
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
	return NULL;
}

static const struct nlattr *attr_inside(const struct nlattr *nest, uint16_t type)
{
	return nest ? attr_find(nest + 1, nest->nla_len - NLA_HDRLEN, type) : NULL;
}

static uint64_t mix_attr(uint64_t key, const struct nlattr *attr)
{
	return attr ? mix(key, attr + 1, attr->nla_len - NLA_HDRLEN) : key;
}

/* The key of the service, server, connection and client that a message is about. */
static uint64_t object_key(const struct nlattr *service, const struct nlattr *server,
			   const struct nlattr *conn, const struct nlattr *entry)
{
	uint64_t key = 0xcbf29ce484222325ull;

	key = mix_attr(key, attr_inside(service, WEIR_A_SERVICE_PROTOCOL));
	key = mix_attr(key, attr_inside(service, WEIR_A_SERVICE_ADDRESS));
	key = mix_attr(key, attr_inside(service, WEIR_A_SERVICE_PORT));
	key = mix_attr(key, attr_inside(server, WEIR_A_SERVER_ADDRESS));
	key = mix_attr(key, attr_inside(server, WEIR_A_SERVER_PORT));
	key = mix_attr(key, attr_inside(entry, WEIR_A_AFFINITY_ENTRY_CLIENT_ADDRESS));
	key = mix_attr(key, attr_inside(conn, WEIR_A_CONN_CLIENT_ADDRESS));
	return mix_attr(key, attr_inside(conn, WEIR_A_CONN_CLIENT_PORT));
}

static bool is_churned(const struct nlattr *service)
{
	const struct nlattr *address = attr_inside(service, WEIR_A_SERVICE_ADDRESS);
	unsigned int len = address_len(churn_first.family);

	return churn_first.family && address &&
	       !memcmp(address + 1, churn_first.bytes, len - 2);
}

static void drop_write(char *line, const struct nlattr *drop)
{
	const struct nlattr *name = attr_inside(drop, WEIR_A_DROP_NAME);
	const struct nlattr *packets = attr_inside(drop, WEIR_A_DROP_PACKETS);
	uint64_t count;

	if (!name || !packets)
		return;
	memcpy(&count, packets + 1, sizeof(count));
	sprintf(line + strlen(line), "%s=%llu ", (const char *)(name + 1),
		(unsigned long long)count);
}

static void dump_object(struct dump *dump, const struct nlmsghdr *header)
{
	const uint8_t *attrs = (const uint8_t *)header + NLMSG_HDRLEN + GENL_HDRLEN;
	size_t len = header->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;
	const struct nlattr *service = attr_find(attrs, len, WEIR_A_SERVICE);

	if (dump->drops)
		drop_write(dump->drops, attr_find(attrs, len, WEIR_A_DROP));
	dump->digest = mix(dump->digest, attrs, len);
	if (is_churned(service)) {
		dump->churned++;
		return;
	}
	if (dump->count == dump->room) {
		dump->room = dump->room ? 2 * dump->room : 4096;
		dump->keys = realloc(dump->keys, dump->room * sizeof(*dump->keys));
		if (!dump->keys)
			err(1, "no memory");
	}
	dump->keys[dump->count++] = object_key(service, attr_find(attrs, len, WEIR_A_SERVER),
					       attr_find(attrs, len, WEIR_A_CONN),
					       attr_find(attrs, len, WEIR_A_AFFINITY_ENTRY));
}

/* --- dumps -------------------------------------------------------------------- */

static void change_send(const char *command, const struct address *first, uint32_t number)
{
	char sentence[SENTENCE_MAX];
	int code;

	message_begin(&message, command, NLM_F_ACK);
	service_put(&message, IPPROTO_TCP, first, number);
	message_send(churn_socket, &message);
	code = message_result(churn_socket, sentence, sizeof(sentence));
	if (code)
		errx(1, "%s:%s %s", command, sentence, strerror(code));
}

/* One more service, and of the first that came one less. */
static void churn(void)
{
	if (churn_count >= CHURN_MAX)
		return;
	change_send("service-add", &churn_first, churn_count);
	if (churn_count % 2)
		change_send("service-remove", &churn_first, churn_count / 2);
	churn_count++;
}

/* Takes one part; false at the end of the dump. */
static bool dump_part(struct dump *dump)
{
	static uint8_t bytes[MESSAGE_MAX];
	const struct nlmsghdr *header = (void *)bytes;
	ssize_t len = recv(own_socket, bytes, sizeof(bytes), 0);

	if (len < 0)
		err(1, "receive from netlink");
	dump->parts++;
	for (; NLMSG_OK(header, len); header = NLMSG_NEXT(header, len)) {
		dump->interrupted |= header->nlmsg_flags & NLM_F_DUMP_INTR;
		if (header->nlmsg_type == NLMSG_DONE || header->nlmsg_type == NLMSG_ERROR) {
			dump->error = -*(const int *)(header + 1);
			extack_read(header, NLMSG_HDRLEN +
				    (header->nlmsg_type == NLMSG_DONE ?
				     sizeof(int) : sizeof(struct nlmsgerr)),
				    dump->sentence, sizeof(dump->sentence));
			return false;
		}
		dump_object(dump, header);
	}
	return true;
}

static void dump_run(struct dump *dump, const char *command, struct words *words)
{
	if (own_socket < 0)
		own_socket = socket_open();
	message_begin(&message, command, NLM_F_DUMP);
	if (words)
		message_attrs(&message, words);
	message_send(own_socket, &message);
	while (dump_part(dump))
		if (churn_first.family)
			churn();
}

static int key_compare(const void *a, const void *b)
{
	uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;

	return first < second ? -1 : first > second;
}

static size_t duplicates_count(struct dump *dump)
{
	size_t duplicates = 0;

	qsort(dump->keys, dump->count, sizeof(*dump->keys), key_compare);
	for (size_t i = 1; i < dump->count; i++)
		duplicates += dump->keys[i] == dump->keys[i - 1];
	return duplicates;
}

void request_dump(struct words *words)
{
	const char *command = words_take(words, "a command");
	struct dump dump = { 0 };

	churn_first.family = 0;
	if (words->count - words->next >= 2 &&
	    !strcmp(words->word[words->count - 2], "churn")) {
		churn_first = address_parse(words->word[words->count - 1]);
		churn_count = 0;
		words->count -= 2;
		if (churn_socket < 0)
			churn_socket = socket_open();
	}
	dump_run(&dump, command, words);
	if (dump.error)
		answer("%s%s", strerrorname_np(dump.error), dump.sentence);
	else
		answer("objects=%zu duplicates=%zu interrupted=%d parts=%zu churned=%d",
		       dump.count, duplicates_count(&dump), dump.interrupted, dump.parts,
		       dump.churned > 0);
	free(dump.keys);
	for (uint32_t i = churn_count / 2; churn_first.family && i < churn_count; i++)
		change_send("service-remove", &churn_first, i);
}

void request_digest(struct words *words)
{
	struct dump dump = { 0 };

	(void)words;
	churn_first.family = 0;
	dump_run(&dump, "service-get", NULL);
	dump_run(&dump, "server-get", NULL);
	free(dump.keys);
	answer("%zu objects, %016llx", dump.count, (unsigned long long)dump.digest);
}

void request_drops(struct words *words)
{
	char line[4096] = "";
	struct dump dump = { .drops = line };

	(void)words;
	churn_first.family = 0;
	dump_run(&dump, "drop-get", NULL);
	free(dump.keys);
	answer("%s", line);
}

/* --- many services -------------------------------------------------------------- */

static void server_put(const struct address *first, unsigned int number)
{
	size_t nest = nest_begin(&message, WEIR_A_SERVER);
	size_t len = address_len(first->family);
	uint32_t method = WEIR_METHOD_NAT;
	struct address address = *first;
	uint16_t port = htons(8080);

	address.bytes[len - 3]++;	/* not the address of a service */
	address.bytes[len - 1] += number;
	attr_put(&message, WEIR_A_SERVER_ADDRESS, address.bytes, len);
	attr_put(&message, WEIR_A_SERVER_PORT, &port, sizeof(port));
	attr_put(&message, WEIR_A_SERVER_METHOD, &method, sizeof(method));
	nest_end(&message, nest);
}

void request_fill(struct words *words)
{
	unsigned long services = number_take(words_take(words, "a count"), 60000);
	unsigned long servers = number_take(words_take(words, "servers"), 200);
	struct address first = address_parse(words_take(words, "an address"));
	char sentence[SENTENCE_MAX];
	int code;

	if (churn_socket < 0)
		churn_socket = socket_open();
	for (unsigned long i = 0; i < services; i++) {
		change_send("service-add", &first, i);
		for (unsigned long j = 0; j < servers; j++) {
			message_begin(&message, "server-add", NLM_F_ACK);
			service_put(&message, IPPROTO_TCP, &first, i);
			server_put(&first, j);
			message_send(churn_socket, &message);
			code = message_result(churn_socket, sentence, sizeof(sentence));
			if (code)
				errx(1, "server-add:%s %s", sentence, strerror(code));
		}
	}
	answer("%lu", services);
}
