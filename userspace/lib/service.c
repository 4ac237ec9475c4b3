// SPDX-License-Identifier: GPL-2.0-only
/* Services: requests and lists. */
#include <errno.h>

#include "client.h"
#include "collect.h"

/* A request with all that @service says. */
static int request_options(struct weir *weir, uint8_t command, const struct weir_service *service)
{
	struct nl_msg *msg =
		weir_request_create(weir, command, 0, weir_codec_service_room(service));

	return weir_request_fill(weir, msg, msg ? weir_codec_put_service(msg, service) : -ENOMEM);
}

int weir_service_add(struct weir *weir, const struct weir_service *service)
{
	return request_options(weir, WEIR_CMD_SERVICE_ADD, service);
}

int weir_service_set(struct weir *weir, const struct weir_service *service)
{
	return request_options(weir, WEIR_CMD_SERVICE_SET, service);
}

int weir_service_remove(struct weir *weir, const struct weir_service_key *key)
{
	struct nl_msg *msg =
		weir_request_create(weir, WEIR_CMD_SERVICE_REMOVE, 0, WEIR_REQUEST_SIZE);

	return weir_request_fill(weir, msg, msg ? weir_codec_put_key(msg, key) : -ENOMEM);
}

int weir_service_replace(struct weir *weir, const struct weir_service_key *key,
			 const struct weir_server *servers, size_t count)
{
	struct nl_msg *msg = weir_request_create(weir, WEIR_CMD_SERVICE_REPLACE, 0,
						 WEIR_REQUEST_SIZE + count * WEIR_SERVER_WIRE_MAX);
	int err = msg ? weir_codec_put_key(msg, key) : -ENOMEM;

	for (size_t i = 0; i < count && !err; i++)
		err = weir_codec_put_server(msg, &servers[i]);
	return weir_request_fill(weir, msg, err);
}

struct service_sink {
	weir_service_fn *fn;
	void *arg;
};

static int hand_service(const struct weir_message *message, void *arg)
{
	const struct service_sink *sink = arg;

	if (!(message->has & WEIR_HAS_SERVICE))
		return 0;
	return sink->fn(&message->service, sink->arg);
}

int weir_service_list(struct weir *weir, const struct weir_service_key *key,
		      weir_service_fn *fn, void *arg)
{
	struct service_sink sink = { .fn = fn, .arg = arg };
	struct nl_msg *msg = weir_request_create(weir, WEIR_CMD_SERVICE_GET, NLM_F_DUMP,
						 WEIR_REQUEST_SIZE);

	if (msg && key)
		weir_codec_put_key(msg, key);
	return weir_request_send(weir, msg, hand_service, &sink);
}

static int append_service(const struct weir_service *service, void *arg)
{
	return weir_array_append(arg, service);
}

static int list_services(struct weir *weir, const struct weir_service_key *key,
			 struct weir_array *array)
{
	return weir_service_list(weir, key, append_service, array);
}

int weir_service_collect(struct weir *weir, const struct weir_service_key *key,
			 struct weir_service **out, size_t *count)
{
	struct weir_array array = { .size = sizeof(**out) };
	int err = weir_collect(weir, key, list_services, &array);

	*out = array.items;
	*count = array.count;
	return err;
}
