// SPDX-License-Identifier: GPL-2.0-only
/* Servers: requests and lists. */
#include <errno.h>

#include "client.h"
#include "collect.h"

static int send_server(struct weir *weir, uint8_t command, const struct weir_server *server)
{
	struct nl_msg *msg = weir_request_create(weir, command, 0, WEIR_REQUEST_SIZE);
	int err = msg ? weir_codec_put_key(msg, &server->service) : -ENOMEM;

	if (!err)
		err = weir_codec_put_server(msg, server);
	return weir_request_fill(weir, msg, err);
}

int weir_server_add(struct weir *weir, const struct weir_server *server)
{
	return send_server(weir, WEIR_CMD_SERVER_ADD, server);
}

int weir_server_set(struct weir *weir, const struct weir_server *server)
{
	return send_server(weir, WEIR_CMD_SERVER_SET, server);
}

int weir_server_remove(struct weir *weir, const struct weir_server *server)
{
	return send_server(weir, WEIR_CMD_SERVER_REMOVE, server);
}

struct server_sink {
	weir_server_fn *fn;
	void *arg;
};

static int hand_server(const struct weir_message *message, void *arg)
{
	const unsigned int wanted = WEIR_HAS_SERVICE | WEIR_HAS_SERVER;
	const struct server_sink *sink = arg;

	if ((message->has & wanted) != wanted)
		return 0;
	return sink->fn(&message->server, sink->arg);
}

int weir_server_list(struct weir *weir, const struct weir_service_key *key,
		     weir_server_fn *fn, void *arg)
{
	struct server_sink sink = { .fn = fn, .arg = arg };
	struct nl_msg *msg = weir_request_create(weir, WEIR_CMD_SERVER_GET, NLM_F_DUMP,
						 WEIR_REQUEST_SIZE);

	if (msg && key)
		weir_codec_put_key(msg, key);
	return weir_request_send(weir, msg, hand_server, &sink);
}

static int append_server(const struct weir_server *server, void *arg)
{
	return weir_array_append(arg, server);
}

static int list_servers(struct weir *weir, const struct weir_service_key *key,
			struct weir_array *array)
{
	return weir_server_list(weir, key, append_server, array);
}

int weir_server_collect(struct weir *weir, const struct weir_service_key *key,
			struct weir_server **out, size_t *count)
{
	struct weir_array array = { .size = sizeof(**out) };
	int err = weir_collect(weir, key, list_servers, &array);

	*out = array.items;
	*count = array.count;
	return err;
}
