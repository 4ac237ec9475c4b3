// SPDX-License-Identifier: GPL-2.0-only
/* What holds for the network namespace: totals, limits, drop reasons, flush. */
#include <errno.h>

#include "client.h"
#include "error.h"

struct drop_sink {
	weir_drop_fn *fn;
	void *arg;
};

static int hand_drop(const struct weir_message *message, void *arg)
{
	const struct drop_sink *sink = arg;

	return message->has & WEIR_HAS_DROP ? sink->fn(&message->drop, sink->arg) : 0;
}

int weir_drop_list(struct weir *weir, weir_drop_fn *fn, void *arg)
{
	struct drop_sink sink = { .fn = fn, .arg = arg };
	struct nl_msg *msg = weir_request_create(weir, WEIR_CMD_DROP_GET, NLM_F_DUMP, 0);

	return weir_request_send(weir, msg, hand_drop, &sink);
}

struct namespace_answer {
	struct weir_namespace *out;
	bool came;
};

static int take_namespace(const struct weir_message *message, void *arg)
{
	struct namespace_answer *answer = arg;

	if (message->has & WEIR_HAS_NAMESPACE) {
		*answer->out = message->ns;
		answer->came = true;
	}
	return 0;
}

int weir_namespace_get(struct weir *weir, struct weir_namespace *out)
{
	struct namespace_answer answer = { .out = out };
	struct nl_msg *msg = weir_request_create(weir, WEIR_CMD_NAMESPACE_GET, 0, 0);
	int err = weir_request_send(weir, msg, take_namespace, &answer);

	if (!err && !answer.came)
		return weir_error_fill(&weir->error, EBADMSG, "the kernel's answer is empty");
	return err;
}

int weir_namespace_set(struct weir *weir, const struct weir_namespace *ns)
{
	struct nl_msg *msg =
		weir_request_create(weir, WEIR_CMD_NAMESPACE_SET, 0, WEIR_REQUEST_SIZE);

	return weir_request_fill(weir, msg, msg ? weir_codec_put_namespace(msg, ns) : -ENOMEM);
}

int weir_flush(struct weir *weir)
{
	return weir_request_send(weir, weir_request_create(weir, WEIR_CMD_FLUSH, 0, 0), NULL,
				 NULL);
}
