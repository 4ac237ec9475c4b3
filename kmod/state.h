/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The states of conns, whatever their protocol: which table is asked, and the
 * states that all tables know.
 */
#ifndef WEIR_STATE_H
#define WEIR_STATE_H

#include <linux/in.h>

#include "weir.h"

/**
 * enum weir_state - the states that mean the same in every protocol that has them
 * @WEIR_STATE_NONE: nothing seen yet, and always of a protocol without states
 * @WEIR_STATE_UNANSWERED: the client has asked for a connection
 * @WEIR_STATE_ANSWERED: the handshake goes on; nothing proves that the client exists
 * @WEIR_STATE_ESTABLISHED: the handshake is over and nobody is closing
 */
enum weir_state {
	WEIR_STATE_NONE = WEIR_TCP_STATE_NONE,
	WEIR_STATE_UNANSWERED = WEIR_TCP_STATE_SYN_SENT,
	WEIR_STATE_ANSWERED = WEIR_TCP_STATE_SYN_RECEIVED,
	WEIR_STATE_ESTABLISHED = WEIR_TCP_STATE_ESTABLISHED,
};

static_assert((int)WEIR_STATE_NONE == WEIR_SCTP_STATE_NONE &&
	      (int)WEIR_STATE_UNANSWERED == WEIR_SCTP_STATE_COOKIE_WAIT &&
	      (int)WEIR_STATE_ANSWERED == WEIR_SCTP_STATE_COOKIE_ECHOED &&
	      (int)WEIR_STATE_ESTABLISHED == WEIR_SCTP_STATE_ESTABLISHED,
	      "what all know has one number");

/* Whether conns of @protocol begin and end by signals, and not only by silence. */
static inline bool weir_protocol_has_states(u8 protocol)
{
	return protocol != IPPROTO_UDP;
}

/* Whether the handshake has begun and is not complete; never of a protocol without states. */
static inline bool weir_state_is_half_open(u32 state)
{
	return state == WEIR_STATE_UNANSWERED || state == WEIR_STATE_ANSWERED;
}

u32 weir_state_next(u8 protocol, u32 state, enum weir_view view, u8 signals);
enum weir_timeout weir_state_timeout(u8 protocol, u32 state);
bool weir_state_is_active(u8 protocol, u32 state);
bool weir_state_is_reusable(u8 protocol, u32 state);
u32 weir_state_closed(u8 protocol);

#endif
