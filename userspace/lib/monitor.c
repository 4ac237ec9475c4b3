// SPDX-License-Identifier: GPL-2.0-only
/* Events: a socket of its own in the multicast group. */
#include <errno.h>
#include <stdlib.h>

#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/socket.h>

#include "client.h"
#include "error.h"

/**
 * struct weir_monitor - a subscription
 * @weir: takes the errors
 * @socket: member of the group
 * @fn: takes the events of the read under way
 * @arg: for @fn
 * @result: what @fn returned, or a decoding error
 */
struct weir_monitor {
	struct weir *weir;
	struct nl_sock *socket;
	weir_event_fn *fn;
	void *arg;
	int result;
};

static int on_event(struct nl_msg *msg, void *arg)
{
	struct weir_monitor *monitor = arg;
	struct weir_event event = { 0 };
	struct weir_message message;

	if (nlmsg_hdr(msg)->nlmsg_type != monitor->weir->family)
		return NL_SKIP;
	if (weir_codec_decode(nlmsg_hdr(msg), &message)) {
		monitor->result = weir_error_fill(&monitor->weir->error, EBADMSG,
						  "an event of the kernel makes no sense");
		return NL_STOP;
	}
	if (!(message.has & WEIR_HAS_SERVICE) || !(message.has & WEIR_HAS_CHANGE))
		return NL_SKIP;
	event.change = message.change;
	event.is_server = message.has & WEIR_HAS_SERVER;
	event.service = message.service;
	event.server = message.server;
	monitor->result = monitor->fn(&event, monitor->arg);
	return monitor->result ? NL_STOP : NL_OK;
}

static int join(struct weir *weir, struct weir_monitor *monitor)
{
	int err = weir_socket_open(&weir->error, &monitor->socket);
	int group;

	if (err)
		return err;
	group = genl_ctrl_resolve_grp(monitor->socket, WEIR_FAMILY_NAME, WEIR_MCGRP_EVENTS);
	if (group < 0)
		return weir_error_netlink(&weir->error, group);
	nl_socket_disable_seq_check(monitor->socket);
	err = nl_socket_modify_cb(monitor->socket, NL_CB_VALID, NL_CB_CUSTOM, on_event, monitor);
	if (!err)
		err = nl_socket_add_memberships(monitor->socket, group, 0);
	if (!err)
		err = nl_socket_set_nonblocking(monitor->socket);
	return err ? weir_error_netlink(&weir->error, err) : 0;
}

int weir_monitor_open(struct weir *weir, struct weir_monitor **out)
{
	struct weir_monitor *monitor = calloc(1, sizeof(*monitor));
	int err;

	*out = NULL;
	if (!monitor)
		return weir_error_fill(&weir->error, ENOMEM, NULL);
	monitor->weir = weir;
	err = join(weir, monitor);
	if (err) {
		weir_monitor_close(monitor);
		return err;
	}
	*out = monitor;
	return 0;
}

void weir_monitor_close(struct weir_monitor *monitor)
{
	if (!monitor)
		return;
	nl_socket_free(monitor->socket);
	free(monitor);
}

int weir_monitor_fd(const struct weir_monitor *monitor)
{
	return nl_socket_get_fd(monitor->socket);
}

int weir_monitor_read(struct weir_monitor *monitor, weir_event_fn *fn, void *arg)
{
	int err;

	monitor->fn = fn;
	monitor->arg = arg;
	monitor->result = 0;
	do {
		err = nl_recvmsgs_default(monitor->socket);
	} while (err >= 0 && !monitor->result);
	if (monitor->result)
		return monitor->result;
	if (err == -NLE_AGAIN || err == -NLE_INTR)
		return 0;
	/* libnl's word for ENOBUFS, which says that the receive buffer overflowed */
	if (err == -NLE_NOMEM)
		return WEIR_INTERRUPTED;
	return weir_error_netlink(&monitor->weir->error, err);
}
