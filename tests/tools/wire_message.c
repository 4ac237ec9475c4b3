// SPDX-License-Identifier: GPL-2.0
/*
 * Messages of the family IPVS: put together, sent, and printed in full. The number of
 * the family, sequence numbers and ports are left out, since they are the kernel's.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <assert.h>
#include <err.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire.h"

#define BUFFER_SIZE	65536

static int own_socket = -1;
static uint16_t family_id;

/* --- attributes -------------------------------------------------------------- */

void nest_set(struct nest *nest, uint16_t type, const void *data, size_t len)
{
	struct value *value = nest->values;

	while (value < nest->values + nest->count && value->type != type)
		value++;
	if (value == nest->values + nest->count)
		nest->count++;
	if (nest->count > VALUES_MAX || len > VALUE_SIZE)
		errx(1, "too many attributes, or too long");
	value->type = type;
	value->len = len;
	memset(value->data, 0, sizeof(value->data));
	memcpy(value->data, data, len);
}

void nest_remove(struct nest *nest, uint16_t type)
{
	for (int i = 0; i < nest->count; i++) {
		if (nest->values[i].type != type)
			continue;
		memmove(&nest->values[i], &nest->values[i + 1],
			(--nest->count - i) * sizeof(struct value));
		return;
	}
}

void nest_u8(struct nest *nest, uint16_t type, uint8_t number)
{
	nest_set(nest, type, &number, sizeof(number));
}

void nest_u16(struct nest *nest, uint16_t type, uint16_t number)
{
	nest_set(nest, type, &number, sizeof(number));
}

void nest_be16(struct nest *nest, uint16_t type, uint16_t number)
{
	nest_u16(nest, type, htons(number));
}

void nest_u32(struct nest *nest, uint16_t type, uint32_t number)
{
	nest_set(nest, type, &number, sizeof(number));
}

void nest_text(struct nest *nest, uint16_t type, const char *text)
{
	nest_set(nest, type, text, strlen(text) + 1);
}

void nest_addr(struct nest *nest, uint16_t type, const char *text)
{
	uint8_t bytes[16];
	int family = strchr(text, ':') ? AF_INET6 : AF_INET;

	if (inet_pton(family, text, bytes) != 1)
		errx(1, "no address: %s", text);
	nest_set(nest, type, bytes, family == AF_INET6 ? 16 : 4);
}

static void put(struct nlmsghdr *header, uint16_t type, const void *data, size_t len)
{
	struct nlattr *attr = (void *)((uint8_t *)header + NLMSG_ALIGN(header->nlmsg_len));

	memset(attr, 0, NLA_HDRLEN + NLA_ALIGN(len));
	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	memcpy(attr + 1, data, len);
	header->nlmsg_len = NLMSG_ALIGN(header->nlmsg_len) + NLA_HDRLEN + NLA_ALIGN(len);
}

static void put_values(struct nlmsghdr *header, const struct nest *nest)
{
	for (int i = 0; i < nest->count; i++)
		put(header, nest->values[i].type, nest->values[i].data, nest->values[i].len);
}

static void put_nest(struct nlmsghdr *header, uint16_t type, const struct nest *nest)
{
	struct nlattr *attr = (void *)((uint8_t *)header + header->nlmsg_len);

	put(header, type, NULL, 0);
	put_values(header, nest);
	attr->nla_len = (uint8_t *)header + header->nlmsg_len - (uint8_t *)attr;
}

/* --- printing ---------------------------------------------------------------- */

static void print_bytes(FILE *out, const uint8_t *bytes, size_t len)
{
	while (len--)
		fprintf(out, "%02x", *bytes++);
}

/* Whether the attribute @type of a nest at @depth is a nest: statistics, and what they
 * are of. */
static bool is_nest(int depth, uint16_t type, uint8_t command)
{
	if (depth == 0)
		return command != IPVS_CMD_SET_INFO && type <= IPVS_CMD_ATTR_DAEMON;
	return depth == 1 && command != IPVS_CMD_NEW_DAEMON &&
	       (type == IPVS_SVC_ATTR_STATS || type == IPVS_SVC_ATTR_STATS64);
}

static_assert((int)IPVS_SVC_ATTR_STATS == (int)IPVS_DEST_ATTR_STATS &&
	      (int)IPVS_SVC_ATTR_STATS64 == (int)IPVS_DEST_ATTR_STATS64,
	      "services and servers number their statistics alike");

static void print_attrs(FILE *out, const uint8_t *at, const uint8_t *end, int depth,
			uint8_t command)
{
	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *attr = (const void *)at;

		if (depth < 2)
			fprintf(out, "\n%*s", 4 + 2 * depth, "");
		fprintf(out, "%s%u[%u] ", depth == 2 ? " " : "", attr->nla_type,
			attr->nla_len - NLA_HDRLEN);
		if (is_nest(depth, attr->nla_type, command))
			print_attrs(out, at + NLA_HDRLEN, at + attr->nla_len, depth + 1, command);
		else
			print_bytes(out, at + NLA_HDRLEN, attr->nla_len - NLA_HDRLEN);
		at += NLA_ALIGN(attr->nla_len);
	}
}

/* An end: the errno, how much of the request comes back, and what is said besides. */
static int print_error(FILE *out, const struct nlmsghdr *header)
{
	const struct nlmsgerr *error = (const void *)(header + 1);
	size_t offset = NLMSG_HDRLEN + sizeof(*error);

	if (!(header->nlmsg_flags & NLM_F_CAPPED))
		offset += error->msg.nlmsg_len - NLMSG_HDRLEN;
	fprintf(out, "error %s flags %#x length %u",
		error->error ? strerrorname_np(-error->error) : "0", header->nlmsg_flags,
		header->nlmsg_len);
	if (header->nlmsg_flags & NLM_F_ACK_TLVS)
		print_attrs(out, (const uint8_t *)header + NLMSG_ALIGN(offset),
			    (const uint8_t *)header + header->nlmsg_len, 2, 0);
	return -error->error;
}

/* One message as text, to be freed. */
static char *print_message(const struct nlmsghdr *header, int *error)
{
	const struct genlmsghdr *genl = (const void *)(header + 1);
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		err(1, "memory");
	if (header->nlmsg_type == NLMSG_ERROR) {
		*error = print_error(out, header);
	} else if (header->nlmsg_type == NLMSG_DONE) {
		*error = -*(const int *)(header + 1);
		fprintf(out, "done %d flags %#x length %u", *error, header->nlmsg_flags,
			header->nlmsg_len);
	} else {
		fprintf(out, "%s flags %#x command %u version %u reserved %u",
			header->nlmsg_type == family_id ? "reply" : "another family's",
			header->nlmsg_flags, genl->cmd, genl->version, genl->reserved);
		print_attrs(out, (const uint8_t *)(genl + 1),
			    (const uint8_t *)header + header->nlmsg_len, 0, genl->cmd);
	}
	fputc('\n', out);
	fclose(out);
	return text;
}

/* --- sending ----------------------------------------------------------------- */

static void open_socket(void)
{
	const struct timeval patience = { .tv_sec = 30 };
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	int on = 1;

	own_socket = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (own_socket < 0 || bind(own_socket, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "netlink socket");
	if (setsockopt(own_socket, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    setsockopt(own_socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)))
		err(1, "netlink socket's options");
}

static struct nlmsghdr *begin(uint16_t type, uint8_t command, uint8_t version, uint16_t flags)
{
	static union {
		struct nlmsghdr header;
		uint8_t bytes[BUFFER_SIZE];
	} buffer;
	static uint32_t sequence;
	struct genlmsghdr *genl = (void *)(&buffer.header + 1);

	memset(buffer.bytes, 0, NLMSG_HDRLEN + GENL_HDRLEN);
	buffer.header.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN;
	buffer.header.nlmsg_type = type;
	buffer.header.nlmsg_flags = NLM_F_REQUEST | flags;
	buffer.header.nlmsg_seq = ++sequence;
	genl->cmd = command;
	genl->version = version;
	return &buffer.header;
}

static void find_family(void)
{
	static uint8_t bytes[BUFFER_SIZE];
	const struct nlmsghdr *answer = (const void *)bytes;
	const uint8_t *at = bytes + NLMSG_HDRLEN + GENL_HDRLEN;
	struct nlmsghdr *header;
	ssize_t len;

	open_socket();
	header = begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, 0);
	put(header, CTRL_ATTR_FAMILY_NAME, IPVS_GENL_NAME, sizeof(IPVS_GENL_NAME));
	if (send(own_socket, header, header->nlmsg_len, 0) < 0)
		err(1, "send");
	len = recv(own_socket, bytes, sizeof(bytes), 0);
	if (len < NLMSG_HDRLEN || answer->nlmsg_type == NLMSG_ERROR)
		errx(1, "nobody is IPVS");
	while (at < bytes + len) {
		const struct nlattr *attr = (const void *)at;

		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			family_id = *(const uint16_t *)(attr + 1);
		at += NLA_ALIGN(attr->nla_len);
	}
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Calls @each for every message until the last, which is an end. */
static void receive(void (*each)(const struct nlmsghdr *header, void *data), void *data)
{
	static uint8_t bytes[BUFFER_SIZE];
	bool ended = false;

	while (!ended) {
		ssize_t left = recv(own_socket, bytes, sizeof(bytes), 0);
		const struct nlmsghdr *header = (const void *)bytes;

		if (left < 0)
			err(1, "receive");
		for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
			each(header, data);
			ended = header->nlmsg_type == NLMSG_ERROR || header->nlmsg_type == NLMSG_DONE;
		}
	}
}

/* Replies as text. */
struct replies {
	int count;
	int error;
	char *texts[REPLIES_MAX];
};

static void keep_text(const struct nlmsghdr *header, void *data)
{
	struct replies *replies = data;

	if (replies->count == REPLIES_MAX)
		errx(1, "too many replies");
	replies->texts[replies->count++] = print_message(header, &replies->error);
}

static char *join(struct replies *replies)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		err(1, "memory");
	for (int i = 0; i < replies->count; i++) {
		fputs(replies->texts[i], out);
		free(replies->texts[i]);
	}
	fclose(out);
	return text;
}

static void send_request(const struct request *request)
{
	struct nlmsghdr *header;

	if (own_socket < 0)
		find_family();
	header = begin(family_id, request->command, request->version, request->flags);
	for (int i = 0; i < 3; i++)
		if (request->nests[i])
			put_nest(header, (IPVS_CMD_ATTR_SERVICE + i) | request->nest_flags,
				 request->nests[i]);
	if (request->top)
		put_values(header, request->top);
	if (send(own_socket, header, header->nlmsg_len, 0) < 0)
		err(1, "send");
}

char *request_send(const struct request *request, int *error)
{
	static struct replies replies;

	replies.count = replies.error = 0;
	send_request(request);
	receive(keep_text, &replies);
	/* Services come in the order of a table. */
	if (request->command == IPVS_CMD_GET_SERVICE)
		qsort(replies.texts, replies.count - 1, sizeof(char *), compare_texts);
	*error = replies.error;
	return join(&replies);
}

/* --- the state ---------------------------------------------------------------- */

/* Keys of services. */
struct keys {
	int count;
	struct nest nests[REPLIES_MAX];
};

/* Of a service's reply its key; ports 7 are the anchors'. */
static void keep_key(const struct nlmsghdr *header, void *data)
{
	const uint8_t *at = (const uint8_t *)header + NLMSG_HDRLEN + GENL_HDRLEN + NLA_HDRLEN;
	const uint8_t *end = (const uint8_t *)header + header->nlmsg_len;
	const uint16_t anchor = htons(7);
	struct keys *keys = data;
	struct nest *nest = &keys->nests[keys->count];
	bool is_anchor = false;

	if (header->nlmsg_type != family_id || keys->count == REPLIES_MAX)
		return;
	nest->count = 0;
	while (at < end) {
		const struct nlattr *attr = (const void *)at;

		if (attr->nla_type <= IPVS_SVC_ATTR_FWMARK)
			nest_set(nest, attr->nla_type, attr + 1, attr->nla_len - NLA_HDRLEN);
		if (attr->nla_type == IPVS_SVC_ATTR_PORT)
			is_anchor = *(const uint16_t *)(attr + 1) == anchor;
		at += NLA_ALIGN(attr->nla_len);
	}
	keys->count += !is_anchor;
}

static struct keys *read_keys(void)
{
	const struct request list = { .command = IPVS_CMD_GET_SERVICE, .flags = NLM_F_DUMP };
	static struct keys keys;

	keys.count = 0;
	send_request(&list);
	receive(keep_key, &keys);
	return &keys;
}

/* What one service is and has. */
static char *read_service(const struct nest *key)
{
	struct request request = { .command = IPVS_CMD_GET_SERVICE, .nests[0] = key };
	char *service, *dests, *text;
	int error;

	request.flags = NLM_F_ACK;
	service = request_send(&request, &error);
	request.command = IPVS_CMD_GET_DEST;
	request.flags = NLM_F_DUMP;
	dests = request_send(&request, &error);
	if (asprintf(&text, "%s%s", service, dests) < 0)
		err(1, "memory");
	free(service);
	free(dests);
	return text;
}

void state_read(struct state *state)
{
	struct keys *keys = read_keys();

	state->count = 0;
	for (int i = 0; i < keys->count; i++)
		state->texts[state->count++] = read_service(&keys->nests[i]);
	qsort(state->texts, state->count, sizeof(char *), compare_texts);
}

void state_free(struct state *state)
{
	while (state->count)
		free(state->texts[--state->count]);
}

void state_clear(void)
{
	struct keys *keys = read_keys();
	int error;

	for (int i = 0; i < keys->count; i++)
		free(request_send(&(struct request){ .command = IPVS_CMD_DEL_SERVICE,
						     .flags = NLM_F_ACK,
						     .nests[0] = &keys->nests[i] }, &error));
}
