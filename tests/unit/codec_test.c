// SPDX-License-Identifier: GPL-2.0-only
/* libweir's messages: what it writes it reads, and what is hostile it survives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>

#include "client.h"
#include "codec.h"
#include "error.h"

#define ROUNDS 20000

static struct nl_msg *new_message(uint8_t command)
{
	struct nl_msg *msg = nlmsg_alloc_size(4096);

	assert_non_null(msg);
	assert_non_null(genlmsg_put(msg, 1, 1, 30, 0, 0, command, 1));
	return msg;
}

static struct weir_service_key key_of(uint8_t last)
{
	return (struct weir_service_key){
		.protocol = IPPROTO_TCP,
		.at = { .addr = { AF_INET, { 192, 0, 2, last } }, .port = 80 },
	};
}

static struct weir_server server_of(uint8_t last)
{
	return (struct weir_server){
		.set = WEIR_SERVER_SET_METHOD | WEIR_SERVER_SET_WEIGHT | WEIR_SERVER_SET_STATE |
		       WEIR_SERVER_SET_POLICY | WEIR_SERVER_SET_DEADLINE |
		       WEIR_SERVER_SET_CONNS_MAX | WEIR_SERVER_SET_CONNS_RESUME |
		       WEIR_SERVER_SET_TUNNEL | WEIR_SERVER_SET_TUNNEL_PORT |
		       WEIR_SERVER_SET_TUNNEL_CHECKSUM,
		.service = key_of(10),
		.at = { .addr = { AF_INET6, { 0x20, 1, 0xd, 0xb8, [15] = last } }, .port = 8080 },
		.method = WEIR_METHOD_NAT,
		.weight = 65535,
		.state = WEIR_SERVER_STATE_DOWN,
		.policy = WEIR_POLICY_KEEP,
		.deadline = 30000,
		.conns_max = WEIR_CONNS_LIMIT_MAX,
		.conns_resume = 7,
		.tunnel = WEIR_TUNNEL_GUE,
		.tunnel_port = 6081,
		.tunnel_checksum = WEIR_TUNNEL_CHECKSUM_REMOTE,
	};
}

static void a_service_survives_the_wire(void **state)
{
	const struct weir_service service = {
		.set = WEIR_SERVICE_SET_SCHEDULER | WEIR_SERVICE_SET_MIDSTREAM |
		       WEIR_SERVICE_SET_CONNTRACK | WEIR_SERVICE_SET_FAST |
		       WEIR_SERVICE_SET_HOOK | WEIR_SERVICE_SET_ONE_PACKET |
		       WEIR_SERVICE_SET_ICMP_SCHEDULE | WEIR_SERVICE_SET_FALLBACK |
		       WEIR_SERVICE_SET_HASH_PORT | WEIR_SERVICE_SET_HASH_KEY |
		       WEIR_SERVICE_SET_NO_SERVER | WEIR_SERVICE_SET_HELPER |
		       WEIR_SERVICE_SET_TIMEOUT << WEIR_TIMEOUT_TCP_FIN |
		       WEIR_SERVICE_SET_LOCAL_ADDRESSES,
		.key = key_of(10),
		.scheduler = "fifteen-letters",
		.midstream = WEIR_MIDSTREAM_DROP,
		.conntrack = true,
		.fast = true,
		.hook = WEIR_HOOK_INGRESS,
		.fallback = true,
		.hash_port = true, .has_hash_key = true,
		.hash_key = { 1, [15] = 0xff },
		.no_server = WEIR_NO_SERVER_PASS,
		.helper = WEIR_HELPER_FTP,
		.timeouts = { [WEIR_TIMEOUT_TCP_FIN] = 90000 },
		.one_packet = true,
		.icmp_schedule = true,
		.affinity = {
			.set = WEIR_AFFINITY_SET_TIMEOUT | WEIR_AFFINITY_SET_MASK |
			       WEIR_AFFINITY_SET_BY | WEIR_AFFINITY_SET_WEIGHTLESS |
			       WEIR_AFFINITY_SET_LIMIT,
			.timeout = WEIR_AFFINITY_TIMEOUT_MAX_MS,
			.mask = 24,
			.by = WEIR_AFFINITY_BY_CALL_ID,
			.weightless = WEIR_AFFINITY_WEIGHTLESS_KEEP,
			.limit = UINT32_MAX,
		},
		.local_addresses = { { AF_INET, { 198, 51, 100, 1 } },
				     { AF_INET6, { 0x20, 1, 0xd, 0xb8 } } },
		.local_count = 2,
	};
	struct nl_msg *msg = new_message(WEIR_CMD_SERVICE_ADD);
	struct weir_message out;

	assert_int_equal(weir_codec_put_service(msg, &service), 0);
	assert_in_range(nlmsg_datalen(nlmsg_hdr(msg)), 0, weir_codec_service_room(&service));
	assert_int_equal(weir_codec_decode(nlmsg_hdr(msg), &out), 0);
	assert_int_equal(out.command, WEIR_CMD_SERVICE_ADD);
	assert_int_equal(out.has, WEIR_HAS_SERVICE);
	assert_memory_equal(&out.service, &service, sizeof(service));
	nlmsg_free(msg);
}

static void a_key_by_mark_survives_the_wire(void **state)
{
	for (int i = 0; i < 2; i++) {
		const struct weir_service_key key = {
			.at.addr.family = i ? AF_INET6 : AF_INET,
			.fwmark = 0xfffffffe,
		};
		struct nl_msg *msg = new_message(WEIR_CMD_SERVICE_REMOVE);
		struct weir_message out;

		assert_int_equal(weir_codec_put_key(msg, &key), 0);
		assert_int_equal(weir_codec_decode(nlmsg_hdr(msg), &out), 0);
		assert_memory_equal(&out.service.key, &key, sizeof(key));
		nlmsg_free(msg);
	}
}

/* A mark without a family is nobody's, and a filter by mark is a filter. */
static void a_mark_needs_its_family_and_filters(void **state)
{
	const struct weir_conn_filter filter = {
		.service = { .at.addr.family = AF_INET, .fwmark = 7 },
	};
	struct nl_msg *msg = new_message(WEIR_CMD_CONN_GET);
	struct weir_message out;
	struct nlattr *nest;

	assert_int_equal(weir_codec_put_filter(msg, &filter), 0);
	assert_int_equal(weir_codec_decode(nlmsg_hdr(msg), &out), 0);
	assert_int_equal(out.service.key.fwmark, 7);
	nlmsg_free(msg);
	msg = new_message(WEIR_CMD_SERVICE_GET);
	nest = nla_nest_start(msg, WEIR_A_SERVICE | NLA_F_NESTED);
	nla_put_u32(msg, WEIR_A_SERVICE_FWMARK, 7);
	nla_nest_end(msg, nest);
	assert_int_equal(weir_codec_decode(nlmsg_hdr(msg), &out), -EBADMSG);
	nlmsg_free(msg);
}

static void a_server_survives_the_wire(void **state)
{
	const struct weir_server server = server_of(1);
	struct nl_msg *msg = new_message(WEIR_CMD_SERVER_ADD);
	struct weir_message out;

	assert_int_equal(weir_codec_put_key(msg, &server.service), 0);
	assert_int_equal(weir_codec_put_server(msg, &server), 0);
	assert_int_equal(weir_codec_decode(nlmsg_hdr(msg), &out), 0);
	assert_int_equal(out.has, WEIR_HAS_SERVICE | WEIR_HAS_SERVER);
	assert_memory_equal(&out.server, &server, sizeof(server));
	nlmsg_free(msg);
}

static void a_namespace_survives_the_wire(void **state)
{
	const struct weir_namespace ns = {
		.set = WEIR_NAMESPACE_SET_CONNS_MAX | WEIR_NAMESPACE_SET_FAST,
		.conns_max = 2000000,
		.fast = true,
	};
	struct nl_msg *msg = new_message(WEIR_CMD_NAMESPACE_SET);
	struct weir_message out;

	assert_int_equal(weir_codec_put_namespace(msg, &ns), 0);
	assert_int_equal(weir_codec_decode(nlmsg_hdr(msg), &out), 0);
	assert_int_equal(out.has, WEIR_HAS_NAMESPACE);
	assert_memory_equal(&out.ns, &ns, sizeof(ns));
	nlmsg_free(msg);
}

/* The most there can be fits a request, and none is not the same as not set. */
static void local_addresses_survive_the_wire(void **state)
{
	struct weir_service service = {
		.set = WEIR_SERVICE_SET_LOCAL_ADDRESSES,
		.key = key_of(10),
		.local_count = WEIR_LOCAL_ADDRESSES_MAX,
	};
	struct weir_message out;
	struct nl_msg *msg;

	for (uint8_t i = 0; i < WEIR_LOCAL_ADDRESSES_MAX; i++)
		service.local_addresses[i] = (struct weir_addr){ AF_INET6, { 0x20, 1, [15] = i } };
	msg = new_message(WEIR_CMD_SERVICE_SET);
	assert_int_equal(weir_codec_put_service(msg, &service), 0);
	assert_in_range(nlmsg_datalen(nlmsg_hdr(msg)), 0, weir_codec_service_room(&service));
	assert_int_equal(weir_codec_decode(nlmsg_hdr(msg), &out), 0);
	assert_memory_equal(&out.service, &service, sizeof(service));
	nlmsg_free(msg);

	service = (struct weir_service){ .set = WEIR_SERVICE_SET_LOCAL_ADDRESSES,
					 .key = key_of(10) };
	msg = new_message(WEIR_CMD_SERVICE_SET);
	assert_int_equal(weir_codec_put_service(msg, &service), 0);
	assert_int_equal(weir_codec_decode(nlmsg_hdr(msg), &out), 0);
	assert_memory_equal(&out.service, &service, sizeof(service));
	nlmsg_free(msg);
}

/* A switch that is off is sent too; only one that is not set is not. */
static void off_is_not_the_same_as_not_set(void **state)
{
	const struct weir_service service = {
		.set = WEIR_SERVICE_SET_FAST | WEIR_SERVICE_SET_HOOK |
		       WEIR_SERVICE_SET_FALLBACK | WEIR_SERVICE_SET_HASH_KEY,
		.key = key_of(10),
		.hook = WEIR_HOOK_HOST,
	};
	struct weir_namespace ns = { .set = WEIR_NAMESPACE_SET_FAST, .conns_max = 7 };
	struct nl_msg *msg = new_message(WEIR_CMD_SERVICE_SET);
	struct weir_message out;

	assert_int_equal(weir_codec_put_service(msg, &service), 0);
	assert_int_equal(weir_codec_put_namespace(msg, &ns), 0);
	assert_int_equal(weir_codec_decode(nlmsg_hdr(msg), &out), 0);
	assert_memory_equal(&out.service, &service, sizeof(service));
	ns.conns_max = 0;
	assert_memory_equal(&out.ns, &ns, sizeof(ns));
	nlmsg_free(msg);
}

/* A conn nest as the kernel sends it; a negative flag is left out. */
static struct weir_conn decode_conn(int fast_request, int fast_reply)
{
	static const uint8_t client[4] = { 203, 0, 113, 7 };
	struct nl_msg *msg = new_message(WEIR_CMD_CONN_GET);
	struct nlattr *nest = nla_nest_start(msg, WEIR_A_CONN | NLA_F_NESTED);
	struct weir_message out;

	nla_put(msg, WEIR_A_CONN_CLIENT_ADDRESS, sizeof(client), client);
	nla_put_u16(msg, WEIR_A_CONN_CLIENT_PORT, htons(1024));
	if (fast_request >= 0)
		nla_put_u8(msg, WEIR_A_CONN_FAST_REQUEST, (uint8_t)fast_request);
	if (fast_reply >= 0)
		nla_put_u8(msg, WEIR_A_CONN_FAST_REPLY, (uint8_t)fast_reply);
	nla_nest_end(msg, nest);
	assert_int_equal(weir_codec_decode(nlmsg_hdr(msg), &out), 0);
	assert_int_equal(out.has, WEIR_HAS_CONN);
	nlmsg_free(msg);
	return out.conn;
}

static void a_flow_is_fast_in_each_direction_for_itself(void **state)
{
	for (int request = -1; request < 2; request++) {
		for (int reply = -1; reply < 2; reply++) {
			struct weir_conn conn = decode_conn(request, reply);

			assert_int_equal(conn.fast_request, request == 1);
			assert_int_equal(conn.fast_reply, reply == 1);
		}
	}
}

static void every_counter_has_its_place(void **state)
{
	struct nl_msg *msg = new_message(WEIR_CMD_NAMESPACE_GET);
	struct nlattr *ns = nla_nest_start(msg, WEIR_A_NAMESPACE | NLA_F_NESTED);
	struct nlattr *nest = nla_nest_start(msg, WEIR_A_NAMESPACE_STATS | NLA_F_NESTED);
	struct weir_message out;

	nla_put_u64(msg, WEIR_A_STATS_CONNS, 1);
	nla_put_u64(msg, WEIR_A_STATS_PACKETS_IN, 2);
	nla_put_u64(msg, WEIR_A_STATS_BYTES_IN, 3);
	nla_put_u64(msg, WEIR_A_STATS_PACKETS_OUT, 4);
	nla_put_u64(msg, WEIR_A_STATS_BYTES_OUT, 5);
	nla_put_u64(msg, WEIR_A_STATS_PACKETS_FAST, UINT64_MAX);
	nla_nest_end(msg, nest);
	nla_nest_end(msg, ns);
	assert_int_equal(weir_codec_decode(nlmsg_hdr(msg), &out), 0);
	assert_int_equal(out.ns.stats.conns, 1);
	assert_int_equal(out.ns.stats.packets_in, 2);
	assert_int_equal(out.ns.stats.bytes_in, 3);
	assert_int_equal(out.ns.stats.packets_out, 4);
	assert_int_equal(out.ns.stats.bytes_out, 5);
	assert_true(out.ns.stats.packets_fast == UINT64_MAX);
	assert_int_equal(out.ns.set, 0);
	nlmsg_free(msg);
}

static void what_is_not_set_is_not_sent(void **state)
{
	struct weir_server server = server_of(1);
	struct nl_msg *msg = new_message(WEIR_CMD_SERVER_SET);
	struct weir_message out;

	server.set = WEIR_SERVER_SET_WEIGHT;
	server.weight = 0;
	assert_int_equal(weir_codec_put_server(msg, &server), 0);
	assert_int_equal(weir_codec_decode(nlmsg_hdr(msg), &out), 0);
	assert_int_equal(out.server.set, WEIR_SERVER_SET_WEIGHT);
	assert_int_equal(out.server.deadline, 0);
	nlmsg_free(msg);
}

static void an_empty_filter_sends_nothing(void **state)
{
	struct weir_conn_filter filter = { .client = { .addr = { .family = 0 }, .port = 80 } };
	struct nl_msg *msg = new_message(WEIR_CMD_CONN_GET);
	uint32_t empty = nlmsg_hdr(msg)->nlmsg_len;

	assert_int_equal(weir_codec_put_filter(msg, &filter), 0);
	assert_int_equal(nlmsg_hdr(msg)->nlmsg_len, empty);
	nlmsg_free(msg);
}

static void a_full_message_is_told(void **state)
{
	struct weir_server server = server_of(1);
	struct nl_msg *msg = nlmsg_alloc_size(NLMSG_HDRLEN + GENL_HDRLEN + 40);

	assert_non_null(genlmsg_put(msg, 1, 1, 30, 0, 0, WEIR_CMD_SERVER_ADD, 1));
	assert_int_equal(weir_codec_put_server(msg, &server), -EMSGSIZE);
	nlmsg_free(msg);
}

static void a_server_fits_the_room_planned_for_it(void **state)
{
	struct weir_server server = server_of(1);
	struct nl_msg *msg = new_message(WEIR_CMD_SERVER_ADD);
	uint32_t empty = nlmsg_hdr(msg)->nlmsg_len;

	assert_int_equal(weir_codec_put_server(msg, &server), 0);
	assert_true(nlmsg_hdr(msg)->nlmsg_len - empty <= WEIR_SERVER_WIRE_MAX);
	nlmsg_free(msg);
}

/* A service nest with an address of @length bytes. */
static int decode_address(size_t length)
{
	static const uint8_t bytes[32];
	struct nl_msg *msg = new_message(WEIR_CMD_SERVICE_GET);
	struct nlattr *nest = nla_nest_start(msg, WEIR_A_SERVICE | NLA_F_NESTED);
	struct weir_message out;
	int err;

	nla_put_u8(msg, WEIR_A_SERVICE_PROTOCOL, IPPROTO_TCP);
	nla_put(msg, WEIR_A_SERVICE_ADDRESS, (int)length, bytes);
	nla_put_u16(msg, WEIR_A_SERVICE_PORT, htons(80));
	nla_nest_end(msg, nest);
	err = weir_codec_decode(nlmsg_hdr(msg), &out);
	nlmsg_free(msg);
	return err;
}

static void addresses_have_4_or_16_bytes(void **state)
{
	for (size_t length = 0; length <= 32; length++)
		assert_int_equal(decode_address(length),
				 length == 4 || length == 16 ? 0 : -EBADMSG);
}

static void unknown_attributes_are_passed_over(void **state)
{
	const struct weir_service_key key = key_of(10);
	struct nl_msg *msg = new_message(WEIR_CMD_SERVICE_GET);
	struct weir_message out;

	nla_put_u32(msg, WEIR_A_MAX + 5, 1);
	weir_codec_put_key(msg, &key);
	assert_int_equal(weir_codec_decode(nlmsg_hdr(msg), &out), 0);
	assert_true(weir_codec_decode(nlmsg_hdr(msg), &out) == 0 && out.has == WEIR_HAS_SERVICE);
	nlmsg_free(msg);
}

/* Copies exactly the bytes of a message, so that a read behind them is caught. */
static void *exact_copy(const void *from, size_t length)
{
	void *copy = malloc(length);

	assert_non_null(copy);
	return memcpy(copy, from, length);
}

static void cut_and_damaged_messages_do_no_harm(void **state)
{
	const struct weir_server server = server_of(1);
	struct nl_msg *msg = new_message(WEIR_CMD_SERVER_GET);
	size_t length;

	weir_codec_put_key(msg, &server.service);
	weir_codec_put_server(msg, &server);
	length = nlmsg_hdr(msg)->nlmsg_len;
	srand(1);
	for (int i = 0; i < ROUNDS; i++) {
		size_t cut = NLMSG_HDRLEN + (size_t)rand() % (length - NLMSG_HDRLEN + 1);
		struct nlmsghdr *copy = exact_copy(nlmsg_hdr(msg), cut);
		struct weir_message out;

		for (int hits = rand() % 4; hits && cut > NLMSG_HDRLEN; hits--)
			((uint8_t *)copy)[NLMSG_HDRLEN +
					  (size_t)rand() % (cut - NLMSG_HDRLEN)] = (uint8_t)rand();
		copy->nlmsg_len = (uint32_t)cut;
		weir_codec_decode(copy, &out);
		free(copy);
	}
	nlmsg_free(msg);
}

/* The request of the refusals below: a service and two servers. */
static struct nl_msg *new_request(void)
{
	struct nl_msg *msg = new_message(WEIR_CMD_SERVICE_REPLACE);
	const struct weir_service_key key = key_of(10);

	weir_codec_put_key(msg, &key);
	for (uint8_t i = 1; i <= 2; i++) {
		struct weir_server server = server_of(i);

		weir_codec_put_server(msg, &server);
	}
	return msg;
}

/* The offset of attribute @type in the server nest number @which. */
static uint32_t offset_of(struct nl_msg *request, int which, int type)
{
	struct nlattr *nest, *attr;
	int left, inner;

	nlmsg_for_each_attr(nest, nlmsg_hdr(request), GENL_HDRLEN, left) {
		if (nla_type(nest) != WEIR_A_SERVER || which--)
			continue;
		if (!type)
			return (uint32_t)((char *)nest - (char *)nlmsg_hdr(request));
		nla_for_each_nested(attr, nest, inner)
			if (nla_type(attr) == type)
				return (uint32_t)((char *)attr - (char *)nlmsg_hdr(request));
	}
	return 0;
}

/* A refusal, capped or with the whole request in it. */
static struct nl_msg *new_refusal(struct nl_msg *request, int code, bool capped)
{
	struct nl_msg *msg = nlmsg_alloc_size(4096);
	uint32_t length = nlmsg_hdr(request)->nlmsg_len;

	assert_non_null(nlmsg_put(msg, 1, 1, NLMSG_ERROR, 0,
				  NLM_F_ACK_TLVS | (capped ? NLM_F_CAPPED : 0)));
	nlmsg_append(msg, &code, sizeof(code), 0);
	nlmsg_append(msg, nlmsg_hdr(request), capped ? NLMSG_HDRLEN : length, NLMSG_ALIGNTO);
	return msg;
}

static void a_refusal_gives_its_sentence_and_attribute(void **state)
{
	struct nl_msg *request = new_request();

	for (int capped = 0; capped < 2; capped++) {
		struct nl_msg *answer = new_refusal(request, -EINVAL, capped);
		struct weir_error error;

		nla_put_string(answer, NLMSGERR_ATTR_MSG, "weight is too large");
		nla_put_u32(answer, NLMSGERR_ATTR_OFFS,
			    offset_of(request, 1, WEIR_A_SERVER_WEIGHT));
		assert_int_equal(weir_error_parse(&error, nlmsg_hdr(answer), nlmsg_hdr(request)),
				 -EINVAL);
		assert_int_equal(error.code, EINVAL);
		assert_string_equal(error.message, "weight is too large");
		assert_string_equal(error.attribute, "server.weight");
		assert_int_equal(error.index, 1);
		nlmsg_free(answer);
	}
	nlmsg_free(request);
}

static void a_missing_attribute_is_named(void **state)
{
	struct nl_msg *request = new_request();
	struct nl_msg *answer = new_refusal(request, -EINVAL, true);
	struct weir_error error;

	nla_put_u32(answer, NLMSGERR_ATTR_MISS_TYPE, WEIR_A_SERVER_PORT);
	nla_put_u32(answer, NLMSGERR_ATTR_MISS_NEST, offset_of(request, 0, 0));
	weir_error_parse(&error, nlmsg_hdr(answer), nlmsg_hdr(request));
	assert_string_equal(error.attribute, "server.port");
	assert_string_equal(error.message, strerror(EINVAL));
	nlmsg_free(answer);
	nlmsg_free(request);
}

static void the_end_of_a_dump_may_be_a_refusal(void **state)
{
	struct nl_msg *request = new_request();
	struct nl_msg *answer = nlmsg_alloc_size(256);
	struct weir_error error;
	int code = -ENOENT;

	nlmsg_put(answer, 1, 1, NLMSG_DONE, 0, NLM_F_ACK_TLVS);
	nlmsg_append(answer, &code, sizeof(code), NLMSG_ALIGNTO);
	nla_put_string(answer, NLMSGERR_ATTR_MSG, "there is no such service");
	assert_int_equal(weir_error_parse(&error, nlmsg_hdr(answer), nlmsg_hdr(request)), -ENOENT);
	assert_string_equal(error.message, "there is no such service");
	nlmsg_free(answer);
	nlmsg_free(request);
}

static void success_is_no_refusal(void **state)
{
	struct nl_msg *request = new_request();
	struct nl_msg *answer = new_refusal(request, 0, true);
	struct weir_error error;

	assert_int_equal(weir_error_parse(&error, nlmsg_hdr(answer), nlmsg_hdr(request)), 0);
	nlmsg_free(answer);
	nlmsg_free(request);
}

static void cut_and_damaged_refusals_do_no_harm(void **state)
{
	struct nl_msg *request = new_request();
	struct nl_msg *answer = new_refusal(request, -EINVAL, false);
	struct nlmsghdr *asked = exact_copy(nlmsg_hdr(request), nlmsg_hdr(request)->nlmsg_len);
	size_t length;

	nla_put_string(answer, NLMSGERR_ATTR_MSG, "a sentence");
	nla_put_u32(answer, NLMSGERR_ATTR_OFFS, offset_of(request, 1, WEIR_A_SERVER_WEIGHT));
	nla_put_u32(answer, NLMSGERR_ATTR_MISS_NEST, offset_of(request, 0, 0));
	nla_put_u32(answer, NLMSGERR_ATTR_MISS_TYPE, WEIR_A_SERVER_PORT);
	length = nlmsg_hdr(answer)->nlmsg_len;
	srand(2);
	for (int i = 0; i < ROUNDS; i++) {
		size_t cut = NLMSG_HDRLEN + (size_t)rand() % (length - NLMSG_HDRLEN + 1);
		struct nlmsghdr *copy = exact_copy(nlmsg_hdr(answer), cut);
		struct weir_error error;

		for (int hits = rand() % 4; hits; hits--)
			((uint8_t *)copy)[4 + (size_t)rand() % (cut - 4)] = (uint8_t)rand();
		copy->nlmsg_len = (uint32_t)cut;
		weir_error_parse(&error, copy, asked);
		free(copy);
	}
	free(asked);
	nlmsg_free(answer);
	nlmsg_free(request);
}

static void any_offset_is_survived(void **state)
{
	struct nl_msg *request = new_request();
	uint32_t length = nlmsg_hdr(request)->nlmsg_len;
	struct nlmsghdr *asked = exact_copy(nlmsg_hdr(request), length);

	for (uint32_t offset = 0; offset < length + 64; offset++) {
		struct nl_msg *answer = new_refusal(request, -EINVAL, true);
		struct weir_error error;

		nla_put_u32(answer, NLMSGERR_ATTR_OFFS, offset < length + 32 ? offset : -offset);
		weir_error_parse(&error, nlmsg_hdr(answer), asked);
		nlmsg_free(answer);
	}
	free(asked);
	nlmsg_free(request);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_service_survives_the_wire),
		cmocka_unit_test(a_key_by_mark_survives_the_wire),
		cmocka_unit_test(a_mark_needs_its_family_and_filters),
		cmocka_unit_test(a_server_survives_the_wire),
		cmocka_unit_test(local_addresses_survive_the_wire),
		cmocka_unit_test(a_namespace_survives_the_wire),
		cmocka_unit_test(off_is_not_the_same_as_not_set),
		cmocka_unit_test(a_flow_is_fast_in_each_direction_for_itself),
		cmocka_unit_test(every_counter_has_its_place),
		cmocka_unit_test(what_is_not_set_is_not_sent),
		cmocka_unit_test(an_empty_filter_sends_nothing),
		cmocka_unit_test(a_full_message_is_told),
		cmocka_unit_test(a_server_fits_the_room_planned_for_it),
		cmocka_unit_test(addresses_have_4_or_16_bytes),
		cmocka_unit_test(unknown_attributes_are_passed_over),
		cmocka_unit_test(cut_and_damaged_messages_do_no_harm),
		cmocka_unit_test(a_refusal_gives_its_sentence_and_attribute),
		cmocka_unit_test(a_missing_attribute_is_named),
		cmocka_unit_test(the_end_of_a_dump_may_be_a_refusal),
		cmocka_unit_test(success_is_no_refusal),
		cmocka_unit_test(cut_and_damaged_refusals_do_no_harm),
		cmocka_unit_test(any_offset_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
