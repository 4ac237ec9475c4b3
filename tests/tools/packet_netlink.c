// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink requests to the director, put together attribute by attribute, so
 * that those which a well-behaved client never sends can be tried.
 *
 *	request COMMAND ATTRIBUTE...
 *
 * COMMAND is a name of tools/netlink/weir.yaml or a number. An ATTRIBUTE is
 * NAME=TYPE:VALUE, or NAME[ ATTRIBUTE... ], the brackets words of their own;
 * NAME is one of the spec or a number; TYPE is u8, u16, u32, u64, be16, str, ip
 * or hex. Answers "done", or "ERRNO sentence (path of the attribute at fault)".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/genetlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../include/uapi/linux/weir.h"
#include "packet_netlink.h"

#define PATH_SIZE	128
#define PLACES_MAX	512

/* A set of attributes: what they are called, by number. */
struct set {
	const char *name;
	const char *const *attrs;
	int count;
};

static const char *const top_attrs[] = {
	[WEIR_A_SERVICE] = "service",
	[WEIR_A_SERVER] = "server",
	[WEIR_A_CONN] = "conn",
	[WEIR_A_DROP] = "drop",
	[WEIR_A_NAMESPACE] = "namespace",
	[WEIR_A_CHANGE] = "change",
	[WEIR_A_KILLED] = "killed",
	[WEIR_A_AFFINITY_ENTRY] = "affinity-entry",
	[WEIR_A_REMOVED] = "removed",
};

static const char *const affinity_attrs[] = {
	[WEIR_A_AFFINITY_TIMEOUT] = "timeout",
	[WEIR_A_AFFINITY_MASK] = "mask",
	[WEIR_A_AFFINITY_BY] = "by",
	[WEIR_A_AFFINITY_WEIGHTLESS] = "weightless",
	[WEIR_A_AFFINITY_LIMIT] = "limit",
	[WEIR_A_AFFINITY_COUNT] = "count",
	[WEIR_A_AFFINITY_EVICTED] = "evicted",
};

static const char *const affinity_entry_attrs[] = {
	[WEIR_A_AFFINITY_ENTRY_CLIENT_ADDRESS] = "client-address",
	[WEIR_A_AFFINITY_ENTRY_MASK] = "mask",
	[WEIR_A_AFFINITY_ENTRY_CALL_ID] = "call-id",
	[WEIR_A_AFFINITY_ENTRY_EXPIRES] = "expires",
};

static const char *const service_attrs[] = {
	[WEIR_A_SERVICE_PROTOCOL] = "protocol",
	[WEIR_A_SERVICE_ADDRESS] = "address",
	[WEIR_A_SERVICE_PORT] = "port",
	[WEIR_A_SERVICE_SCHEDULER] = "scheduler",
	[WEIR_A_SERVICE_MIDSTREAM] = "midstream",
	[WEIR_A_SERVICE_CONNTRACK] = "conntrack",
	[WEIR_A_SERVICE_FAST] = "fast",
	[WEIR_A_SERVICE_HOOK] = "hook",
	[WEIR_A_SERVICE_TIMEOUTS] = "timeouts",
	[WEIR_A_SERVICE_SERVERS] = "servers",
	[WEIR_A_SERVICE_ACTIVE] = "active",
	[WEIR_A_SERVICE_INACTIVE] = "inactive",
	[WEIR_A_SERVICE_STATS] = "stats",
	[WEIR_A_SERVICE_FWMARK] = "fwmark",
	[WEIR_A_SERVICE_FAMILY] = "family",
	[WEIR_A_SERVICE_ONE_PACKET] = "one-packet",
	[WEIR_A_SERVICE_ICMP_SCHEDULE] = "icmp-schedule",
	[WEIR_A_SERVICE_AFFINITY] = "affinity",
	[WEIR_A_SERVICE_FALLBACK] = "fallback",
	[WEIR_A_SERVICE_HASH_PORT] = "hash-port",
	[WEIR_A_SERVICE_HASH_KEY] = "hash-key",
	[WEIR_A_SERVICE_NO_SERVER] = "no-server",
	[WEIR_A_SERVICE_HELPER] = "helper",
	[WEIR_A_SERVICE_LOCAL_ADDRESSES] = "local-addresses",
	[WEIR_A_SERVICE_HALF_OPEN_MAX] = "half-open-max",
	[WEIR_A_SERVICE_HALF_OPEN] = "half-open",
};

static const char *const server_attrs[] = {
	[WEIR_A_SERVER_ADDRESS] = "address",
	[WEIR_A_SERVER_PORT] = "port",
	[WEIR_A_SERVER_METHOD] = "method",
	[WEIR_A_SERVER_WEIGHT] = "weight",
	[WEIR_A_SERVER_STATE] = "state",
	[WEIR_A_SERVER_POLICY] = "policy",
	[WEIR_A_SERVER_DEADLINE] = "deadline",
	[WEIR_A_SERVER_ACTIVE] = "active",
	[WEIR_A_SERVER_INACTIVE] = "inactive",
	[WEIR_A_SERVER_STATS] = "stats",
	[WEIR_A_SERVER_CONNS_MAX] = "conns-max",
	[WEIR_A_SERVER_CONNS_RESUME] = "conns-resume",
	[WEIR_A_SERVER_FULL] = "full",
	[WEIR_A_SERVER_PORTS_USED] = "ports-used",
	[WEIR_A_SERVER_PORTS_MAX] = "ports-max",
};

static const char *const conn_attrs[] = {
	[WEIR_A_CONN_CLIENT_ADDRESS] = "client-address",
	[WEIR_A_CONN_CLIENT_PORT] = "client-port",
	[WEIR_A_CONN_STATE] = "state",
	[WEIR_A_CONN_EXPIRES] = "expires",
	[WEIR_A_CONN_VIP_PORT] = "vip-port",
	[WEIR_A_CONN_SCTP_STATE] = "sctp-state",
};

static const char *const namespace_attrs[] = {
	[WEIR_A_NAMESPACE_CONNS_MAX] = "conns-max",
	[WEIR_A_NAMESPACE_CONNS] = "conns",
	[WEIR_A_NAMESPACE_SERVICES] = "services",
	[WEIR_A_NAMESPACE_STATS] = "stats",
	[WEIR_A_NAMESPACE_AFFINITY_MAX] = "affinity-max",
	[WEIR_A_NAMESPACE_AFFINITY] = "affinity",
};

static const char *const timeouts_attrs[] = {
	[WEIR_A_TIMEOUTS_TCP_SYN] = "tcp-syn",
	[WEIR_A_TIMEOUTS_TCP_ESTABLISHED] = "tcp-established",
	[WEIR_A_TIMEOUTS_TCP_FIN] = "tcp-fin",
	[WEIR_A_TIMEOUTS_TCP_CLOSED] = "tcp-closed",
	[WEIR_A_TIMEOUTS_UDP] = "udp",
	[WEIR_A_TIMEOUTS_SCTP_INIT] = "sctp-init",
	[WEIR_A_TIMEOUTS_SCTP_ESTABLISHED] = "sctp-established",
	[WEIR_A_TIMEOUTS_SCTP_SHUTDOWN] = "sctp-shutdown",
	[WEIR_A_TIMEOUTS_SCTP_CLOSED] = "sctp-closed",
};

static const char *const local_addresses_attrs[] = {
	[WEIR_A_LOCAL_ADDRESSES_ADDRESS] = "address",
};

#define SET(_name, _word) \
	static const struct set _name##_set = { \
		_word, _name##_attrs, sizeof(_name##_attrs) / sizeof(char *) \
	}

SET(top, "top");
SET(service, "service");
SET(server, "server");
SET(conn, "conn");
SET(namespace, "namespace");
SET(timeouts, "timeouts");
SET(affinity, "affinity");
SET(affinity_entry, "affinity-entry");
SET(local_addresses, "local-addresses");

static const struct set *const sets[] = {
	&service_set, &server_set, &conn_set, &namespace_set, &timeouts_set,
	&affinity_set, &affinity_entry_set, &local_addresses_set,
};

static const char *const commands[] = {
	[WEIR_CMD_SERVICE_ADD] = "service-add",
	[WEIR_CMD_SERVICE_SET] = "service-set",
	[WEIR_CMD_SERVICE_REMOVE] = "service-remove",
	[WEIR_CMD_SERVICE_REPLACE] = "service-replace",
	[WEIR_CMD_SERVICE_GET] = "service-get",
	[WEIR_CMD_SERVER_ADD] = "server-add",
	[WEIR_CMD_SERVER_SET] = "server-set",
	[WEIR_CMD_SERVER_REMOVE] = "server-remove",
	[WEIR_CMD_SERVER_GET] = "server-get",
	[WEIR_CMD_CONN_GET] = "conn-get",
	[WEIR_CMD_CONN_KILL] = "conn-kill",
	[WEIR_CMD_DROP_GET] = "drop-get",
	[WEIR_CMD_NAMESPACE_GET] = "namespace-get",
	[WEIR_CMD_NAMESPACE_SET] = "namespace-set",
	[WEIR_CMD_FLUSH] = "flush",
	[WEIR_CMD_AFFINITY_GET] = "affinity-get",
	[WEIR_CMD_AFFINITY_REMOVE] = "affinity-remove",
};

/* Where each attribute of the last message is, for refusals that point at one. */
static struct {
	size_t offset;
	char path[PATH_SIZE];
} places[PLACES_MAX];
static int places_count;

static int own_socket = -1;
static uint16_t family_id;

/* --- attributes -------------------------------------------------------------- */

static unsigned int name_number(const char *const *names, int count, const char *name)
{
	for (int i = 1; i < count; i++)
		if (names[i] && !strcmp(names[i], name))
			return i;
	return number_take(name, 65535);
}

static const struct set *set_of(const char *name)
{
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		if (!strcmp(sets[i]->name, name))
			return sets[i];
	return &top_set;
}

static uint8_t *message_extend(struct message *message, size_t len)
{
	uint8_t *at = message->bytes + message->header.nlmsg_len;

	if (message->header.nlmsg_len + len > sizeof(message->bytes))
		errx(1, "a netlink message has no room left");
	memset(at, 0, len);
	message->header.nlmsg_len += len;
	return at;
}

void attr_put(struct message *message, uint16_t type, const void *data, size_t len)
{
	struct nlattr *attr = (void *)message_extend(message, NLA_HDRLEN + NLA_ALIGN(len));

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	memcpy(attr + 1, data, len);
}

size_t nest_begin(struct message *message, uint16_t type)
{
	size_t nest = message->header.nlmsg_len;

	attr_put(message, type | NLA_F_NESTED, NULL, 0);
	return nest;
}

void nest_end(struct message *message, size_t nest)
{
	struct nlattr *attr = (void *)(message->bytes + nest);

	attr->nla_len = message->header.nlmsg_len - nest;
}

static size_t hex_parse(const char *word, uint8_t *data, size_t size)
{
	size_t len = 0;
	unsigned int byte;

	for (; *word; word += 2) {
		if (len == size || sscanf(word, "%2x", &byte) != 1)
			errx(2, "not bytes in hexadecimal: %s", word);
		data[len++] = byte;
	}
	return len;
}

/* Adds the attribute whose value is TYPE:VALUE. */
static void value_put(struct message *message, uint16_t type, char *value)
{
	char *text = strchr(value, ':');
	uint8_t data[1024];
	struct address address;
	unsigned long long number;

	if (!text)
		errx(2, "neither type nor value: %s", value);
	*text++ = '\0';
	if (!strcmp(value, "str")) {
		attr_put(message, type, text, strlen(text) + 1);
	} else if (!strcmp(value, "hex")) {
		attr_put(message, type, data, hex_parse(text, data, sizeof(data)));
	} else if (!strcmp(value, "ip")) {
		address = address_parse(text);
		attr_put(message, type, address.bytes, address_len(address.family));
	} else if (!strcmp(value, "be16")) {
		uint16_t port = htons(number_take(text, 65535));

		attr_put(message, type, &port, sizeof(port));
	} else {
		number = strtoull(text, NULL, 0);	/* little-endian machines */
		attr_put(message, type, &number, number_take(value + 1, 64) / 8);
	}
}

static void place_add(const struct message *message, const char *path)
{
	if (places_count == PLACES_MAX)
		return;
	places[places_count].offset = message->header.nlmsg_len;
	snprintf(places[places_count++].path, PATH_SIZE, "%s", path);
}

static void attrs_put(struct message *message, const struct set *set, const char *path,
		      struct words *words)
{
	while (words->next < words->count) {
		char *word = words_take(words, "an attribute");
		size_t len = strlen(word);
		char *value = strchr(word, '=');
		char inner[PATH_SIZE];
		size_t nest;

		if (!strcmp(word, "]"))
			return;
		if (value)
			*value = '\0';
		else if (word[len - 1] == '[')
			word[len - 1] = '\0';
		else
			errx(2, "no attribute: %s", word);
		snprintf(inner, sizeof(inner), "%s%s%s", path, *path ? "." : "", word);
		place_add(message, inner);
		if (value) {
			value_put(message, name_number(set->attrs, set->count, word), value + 1);
			continue;
		}
		nest = nest_begin(message, name_number(set->attrs, set->count, word));
		attrs_put(message, set_of(word), inner, words);
		nest_end(message, nest);
	}
}

void message_attrs(struct message *message, struct words *words)
{
	places_count = 0;
	attrs_put(message, &top_set, "", words);
}

/* --- messages ---------------------------------------------------------------- */

int socket_open(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	int on = 1, bytes = 8 << 20;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		err(1, "netlink socket");
	if (setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)))
		err(1, "netlink socket's options");
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	return fd;
}

void message_send(int fd, struct message *message)
{
	if (send(fd, message->bytes, message->header.nlmsg_len, 0) < 0)
		err(1, "send to netlink");
}

static void header_put(struct message *message, uint16_t type, uint8_t command, uint16_t flags)
{
	static uint32_t sequence;
	struct genlmsghdr *genl;

	memset(message->bytes, 0, NLMSG_HDRLEN);
	message->header.nlmsg_len = NLMSG_HDRLEN;
	message->header.nlmsg_type = type;
	message->header.nlmsg_flags = NLM_F_REQUEST | flags;
	message->header.nlmsg_seq = ++sequence;
	genl = (void *)message_extend(message, GENL_HDRLEN);
	genl->cmd = command;
	genl->version = WEIR_FAMILY_VERSION;
}

/* The number by which the family goes; asked for once. */
static void family_find(struct message *message)
{
	static uint8_t bytes[8192];
	const struct nlmsghdr *header = (void *)bytes;
	const struct nlattr *attr = (void *)(bytes + NLMSG_HDRLEN + GENL_HDRLEN);
	int fd = socket_open();
	ssize_t len;

	header_put(message, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	attr_put(message, CTRL_ATTR_FAMILY_NAME, WEIR_FAMILY_NAME, sizeof(WEIR_FAMILY_NAME));
	message_send(fd, message);
	len = recv(fd, bytes, sizeof(bytes), 0);
	if (len < NLMSG_HDRLEN || header->nlmsg_type == NLMSG_ERROR)
		errx(1, "no netlink family '%s'", WEIR_FAMILY_NAME);
	while ((uint8_t *)attr < bytes + len) {
		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			family_id = *(uint16_t *)(attr + 1);
		attr = (void *)((uint8_t *)attr + NLA_ALIGN(attr->nla_len));
	}
	close(fd);
}

void message_begin(struct message *message, const char *command, uint16_t flags)
{
	if (!family_id)
		family_find(message);
	header_put(message, family_id,
		   name_number(commands, sizeof(commands) / sizeof(commands[0]), command), flags);
}

void service_put(struct message *message, uint8_t protocol, const struct address *first,
		 uint32_t number)
{
	size_t nest = nest_begin(message, WEIR_A_SERVICE);
	size_t len = address_len(first->family);
	struct address address = *first;
	uint16_t port = htons(80);

	address.bytes[len - 2] += number >> 8;
	address.bytes[len - 1] += number;
	attr_put(message, WEIR_A_SERVICE_PROTOCOL, &protocol, sizeof(protocol));
	attr_put(message, WEIR_A_SERVICE_ADDRESS, address.bytes, len);
	attr_put(message, WEIR_A_SERVICE_PORT, &port, sizeof(port));
	nest_end(message, nest);
}

static const char *place_of(size_t offset)
{
	for (int i = 0; i < places_count; i++)
		if (places[i].offset == offset)
			return places[i].path;
	return "?";
}

void extack_read(const struct nlmsghdr *header, size_t offset, char *sentence, size_t size)
{
	const uint8_t *end = (const uint8_t *)header + header->nlmsg_len;
	const uint8_t *at = (const uint8_t *)header + offset;
	const char *text = "";
	const char *place = "";

	while (header->nlmsg_flags & NLM_F_ACK_TLVS && at + NLA_HDRLEN <= end) {
		const struct nlattr *attr = (void *)at;

		if (attr->nla_type == NLMSGERR_ATTR_MSG)
			text = (const char *)(attr + 1);
		else if (attr->nla_type == NLMSGERR_ATTR_OFFS)
			place = place_of(*(const uint32_t *)(attr + 1));
		at += NLA_ALIGN(attr->nla_len);
	}
	snprintf(sentence, size, "%s%s%s%s%s", *text ? " " : "", text, *place ? " (" : "", place,
		 *place ? ")" : "");
}

int message_result(int fd, char *sentence, size_t size)
{
	static uint8_t bytes[MESSAGE_MAX];
	const struct nlmsghdr *header = (void *)bytes;
	const struct nlmsgerr *error = (void *)(header + 1);

	for (;;) {
		if (recv(fd, bytes, sizeof(bytes), 0) < 0)
			err(1, "receive from netlink");
		if (header->nlmsg_type != NLMSG_ERROR)
			continue;	/* an answer; the acknowledgement follows */
		extack_read(header, NLMSG_HDRLEN + sizeof(*error), sentence, size);
		return -error->error;
	}
}

void request_send(struct words *words)
{
	static struct message message;
	char sentence[SENTENCE_MAX];
	int code;

	if (own_socket < 0)
		own_socket = socket_open();
	message_begin(&message, words_take(words, "a command"), NLM_F_ACK);
	message_attrs(&message, words);
	message_send(own_socket, &message);
	code = message_result(own_socket, sentence, sizeof(sentence));
	if (code)
		answer("%s%s", strerrorname_np(code), sentence);
	else
		answer("done");
}

/* --- other users -------------------------------------------------------------- */

static void text_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		err(1, "%s", path);
	close(fd);
}

/*
 * From here on, for good: nobody, who may do nothing; or root of a user
 * namespace that nobody has made, in a network namespace of its own.
 */
void request_become(struct words *words)
{
	enum { NOBODY = 65534 };
	bool root = words_skip(words, "root");

	if (!root && !words_skip(words, "nobody"))
		errx(2, "nobody or root");
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		err(1, "become nobody");
	own_socket = -1;
	if (root) {
		prctl(PR_SET_DUMPABLE, 1);	/* or /proc/self is root's */
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET)) {
			answer("unshare: %s", strerrorname_np(errno));
			return;
		}
		text_write("/proc/self/uid_map", "0 65534 1");
	}
	answer("ok");
}
