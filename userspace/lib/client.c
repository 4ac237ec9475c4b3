// SPDX-License-Identifier: GPL-2.0-only
/* The socket: one request at a time, read to its end before the next. */
#include "client.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/socket.h>

#include "error.h"

#define RECEIVE_BUFFER (1 << 20)
#define SEND_BUFFER (1 << 20)
#define MESSAGE_BUFFER (64 << 10) /* the kernel fills at most 32 KiB at a time */

/* One request under way. */
struct exchange {
	struct weir *weir;
	const struct nlmsghdr *request;
	weir_message_fn *fn;
	void *arg;
	int result;
	bool interrupted;
	bool done;
};

int weir_error_netlink(struct weir_error *error, int code)
{
	static const struct {
		int netlink;
		int system;
	} codes[] = {
		{ NLE_NOMEM, ENOMEM }, { NLE_PERM, EPERM }, { NLE_NOACCESS, EACCES },
		{ NLE_AGAIN, EAGAIN }, { NLE_INTR, EINTR }, { NLE_BAD_SOCK, ENOTSOCK },
		{ NLE_MSGSIZE, EMSGSIZE }, { NLE_PROTO_MISMATCH, EPROTONOSUPPORT },
		{ NLE_AF_NOSUPPORT, EAFNOSUPPORT },
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (code == -codes[i].netlink)
			return weir_error_fill(error, codes[i].system, NULL);
	return weir_error_fill(error, EIO, nl_geterror(code));
}

int weir_socket_open(struct weir_error *error, struct nl_sock **out)
{
	struct nl_sock *socket = nl_socket_alloc();
	int on = 1, err;

	*out = NULL;
	if (!socket)
		return weir_error_fill(error, ENOMEM, NULL);
	err = genl_connect(socket);
	if (!err)
		err = nl_socket_set_buffer_size(socket, RECEIVE_BUFFER, SEND_BUFFER);
	if (!err)
		err = nl_socket_set_msg_buf_size(socket, MESSAGE_BUFFER);
	if (err) {
		nl_socket_free(socket);
		return weir_error_netlink(error, err);
	}
	nl_socket_disable_msg_peek(socket);

	/* A kernel without one of these works, it only says less. */
	setsockopt(nl_socket_get_fd(socket), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(nl_socket_get_fd(socket), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(nl_socket_get_fd(socket), SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on,
		   sizeof(on));
	*out = socket;
	return 0;
}

int weir_open(struct weir **out)
{
	struct weir *weir = calloc(1, sizeof(*weir));
	int err;

	*out = weir;
	if (!weir)
		return -ENOMEM;
	err = weir_socket_open(&weir->error, &weir->socket);
	if (err)
		return err;
	weir->family = genl_ctrl_resolve(weir->socket, WEIR_FAMILY_NAME);
	if (weir->family == -NLE_OBJ_NOTFOUND)
		return weir_error_fill(&weir->error, ENOENT,
				       "weir.ko is not loaded in the kernel "
				       "(family weir not found)");
	if (weir->family < 0)
		return weir_error_netlink(&weir->error, weir->family);
	return 0;
}

void weir_close(struct weir *weir)
{
	if (!weir)
		return;
	nl_socket_free(weir->socket);
	free(weir);
}

const struct weir_error *weir_last_error(const struct weir *weir)
{
	return &weir->error;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct exchange *exchange = arg;
	struct weir_message message;

	if (exchange->result || !exchange->fn)
		return NL_OK;
	if (weir_codec_decode(nlmsg_hdr(msg), &message))
		exchange->result = weir_error_fill(&exchange->weir->error, EBADMSG,
						   "the kernel's answer makes no sense");
	else
		exchange->result = exchange->fn(&message, exchange->arg);
	return NL_OK;
}

static int on_interrupted(struct nl_msg *msg, void *arg)
{
	struct exchange *exchange = arg;

	(void)msg;
	exchange->interrupted = true;
	return NL_OK;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct exchange *exchange = arg;

	(void)msg;
	exchange->done = true;
	return NL_STOP;
}

static void note_refusal(struct exchange *exchange, const struct nlmsghdr *answer)
{
	int err = weir_error_parse(&exchange->weir->error, answer, exchange->request);

	if (err)
		exchange->result = err;
	exchange->done = true;
}

/* The end of a dump carries its error, if it had one. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	note_refusal(arg, nlmsg_hdr(msg));
	return NL_STOP;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *refusal, void *arg)
{
	(void)from;
	note_refusal(arg, (struct nlmsghdr *)((char *)refusal - NLMSG_HDRLEN));
	return NL_STOP;
}

static int receive(struct exchange *exchange)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int err = 0;

	if (!cb)
		return weir_error_fill(&exchange->weir->error, ENOMEM, NULL);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, exchange);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, exchange);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, exchange);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, exchange);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, exchange);
	while (!exchange->done && err >= 0)
		err = nl_recvmsgs(exchange->weir->socket, cb);
	nl_cb_put(cb);
	if (!exchange->done)
		return weir_error_netlink(&exchange->weir->error, err);
	if (exchange->result)
		return exchange->result;
	return exchange->interrupted ? WEIR_INTERRUPTED : 0;
}

struct nl_msg *weir_request_create(struct weir *weir, uint8_t command, int flags, size_t size)
{
	struct nl_msg *msg = nlmsg_alloc_size(NLMSG_HDRLEN + GENL_HDRLEN + size);

	weir_error_clear(&weir->error);
	if (msg && !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, weir->family, 0, flags, command,
				WEIR_FAMILY_VERSION)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return msg;
}

/*
 * Another socket in the place of one on which an answer is missing: libnl would still
 * expect that one's number, or take what comes late of it for the next. Without
 * another, the next request is told that numbers do not match.
 */
static void renew_socket(struct weir *weir)
{
	struct weir_error error;
	struct nl_sock *socket;

	if (weir_socket_open(&error, &socket))
		return;
	nl_socket_free(weir->socket);
	weir->socket = socket;
}

int weir_request_send(struct weir *weir, struct nl_msg *request, weir_message_fn *fn, void *arg)
{
	struct exchange exchange = { .weir = weir, .fn = fn, .arg = arg };
	int err;

	if (!request)
		return weir_error_fill(&weir->error, ENOMEM, NULL);
	exchange.request = nlmsg_hdr(request);
	err = nl_send_auto(weir->socket, request);
	if (err < 0)
		err = weir_error_netlink(&weir->error, err);
	else
		err = receive(&exchange);
	nlmsg_free(request);
	if (!exchange.done)
		renew_socket(weir);
	return err;
}

int weir_request_fill(struct weir *weir, struct nl_msg *request, int built)
{
	if (request && built) {
		nlmsg_free(request);
		return weir_error_fill(&weir->error, -built, NULL);
	}
	return weir_request_send(weir, request, NULL, NULL);
}
