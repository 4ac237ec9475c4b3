// SPDX-License-Identifier: GPL-2.0-only
/* Connections: the list as a stream, and their end. */
#include "client.h"

struct conn_sink {
	weir_conn_fn *fn;
	void *arg;
};

static int hand_conn(const struct weir_message *message, void *arg)
{
	const unsigned int wanted = WEIR_HAS_SERVICE | WEIR_HAS_SERVER | WEIR_HAS_CONN;
	const struct conn_sink *sink = arg;

	if ((message->has & wanted) != wanted)
		return 0;
	return sink->fn(&message->conn, sink->arg);
}

int weir_conn_list(struct weir *weir, const struct weir_conn_filter *filter,
		   weir_conn_fn *fn, void *arg)
{
	struct conn_sink sink = { .fn = fn, .arg = arg };
	struct nl_msg *msg =
		weir_request_create(weir, WEIR_CMD_CONN_GET, NLM_F_DUMP, WEIR_REQUEST_SIZE);

	if (msg && filter)
		weir_codec_put_filter(msg, filter);
	return weir_request_send(weir, msg, hand_conn, &sink);
}

static int take_killed(const struct weir_message *message, void *arg)
{
	*(uint32_t *)arg = message->killed;
	return 0;
}

int weir_conn_kill(struct weir *weir, const struct weir_conn_filter *filter, uint32_t *killed)
{
	struct nl_msg *msg = weir_request_create(weir, WEIR_CMD_CONN_KILL, 0, WEIR_REQUEST_SIZE);
	uint32_t count = 0;
	int err;

	if (msg && filter)
		weir_codec_put_filter(msg, filter);
	err = weir_request_send(weir, msg, take_killed, &count);
	if (!err && killed)
		*killed = count;
	return err;
}
