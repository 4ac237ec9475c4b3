/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a state of a conn means to its server and its service. Between conn.c and
 * conn_state.c only.
 */
#ifndef WEIR_CONN_STATE_H
#define WEIR_CONN_STATE_H

#include "conn.h"

/* Keeps count of the service's half-open conns: @conn changes from one state to another. */
static inline void weir_conn_count_half_open(const struct weir_conn *conn, u32 from, u32 to)
{
	bool was = weir_state_is_half_open(from);
	bool is = weir_state_is_half_open(to);

	if (is != was)
		atomic_add(is - was, &conn->server->service->half_open);
}

/* What counts @conn among the load of its server while it is in @state. */
static inline atomic_t *weir_conn_counter(const struct weir_conn *conn, u32 state)
{
	struct weir_load *load = &conn->server->load;
	u8 protocol = weir_conn_protocol(conn);

	/* Asked here, too: a datagram that begins a conn need not call for the answer. */
	if (!weir_protocol_has_states(protocol) || weir_state_is_active(protocol, state))
		return &load->active;
	return &load->inactive;
}

/* Who sends packets of @dir, and how much of the other side is seen. */
static inline enum weir_view weir_conn_view(const struct weir_conn *conn, enum weir_dir dir)
{
	if (dir == WEIR_DIR_REPLY)
		return WEIR_VIEW_SERVER;
	return weir_conn_sees_replies(conn) ? WEIR_VIEW_CLIENT : WEIR_VIEW_CLIENT_ONLY;
}

#endif
