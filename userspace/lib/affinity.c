// SPDX-License-Identifier: GPL-2.0-only
/* Entries of affinity: the list as a stream, and their removal. */
#include "client.h"

struct affinity_sink {
	weir_affinity_fn *fn;
	void *arg;
};

static int hand_entry(const struct weir_message *message, void *arg)
{
	const unsigned int wanted = WEIR_HAS_SERVICE | WEIR_HAS_SERVER | WEIR_HAS_AFFINITY_ENTRY;
	const struct affinity_sink *sink = arg;

	if ((message->has & wanted) != wanted)
		return 0;
	return sink->fn(&message->affinity_entry, sink->arg);
}

int weir_affinity_list(struct weir *weir, const struct weir_affinity_filter *filter,
		       weir_affinity_fn *fn, void *arg)
{
	struct affinity_sink sink = { .fn = fn, .arg = arg };
	struct nl_msg *msg =
		weir_request_create(weir, WEIR_CMD_AFFINITY_GET, NLM_F_DUMP, WEIR_REQUEST_SIZE);

	if (msg && filter)
		weir_codec_put_affinity_filter(msg, filter);
	return weir_request_send(weir, msg, hand_entry, &sink);
}

static int take_removed(const struct weir_message *message, void *arg)
{
	*(uint32_t *)arg = message->removed;
	return 0;
}

int weir_affinity_remove(struct weir *weir, const struct weir_affinity_filter *filter,
			 uint32_t *removed)
{
	struct nl_msg *msg =
		weir_request_create(weir, WEIR_CMD_AFFINITY_REMOVE, 0, WEIR_REQUEST_SIZE);
	uint32_t count = 0;
	int err;

	if (msg && filter)
		weir_codec_put_affinity_filter(msg, filter);
	err = weir_request_send(weir, msg, take_removed, &count);
	if (!err && removed)
		*removed = count;
	return err;
}
