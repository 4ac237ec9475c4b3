// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the TCP state table. A director sees flags pass by; it keeps no sequence
 * numbers and is no endpoint, so a state is what both ends can be assumed to
 * have agreed on (compare RFC 9293, section 3.3.2).
 */
#include "tcp_state.h"

#include <linux/kernel.h>

/* What counts in a segment: RST before SYN before FIN before ACK. */
enum segment {
	SEGMENT_SYN,
	SEGMENT_SYN_ACK,
	SEGMENT_FIN,
	SEGMENT_ACK,
	SEGMENT_RST,
	SEGMENTS,
};

/* The states in two letters, so that a row of the table is one line. */
enum {
	NO = WEIR_TCP_STATE_NONE,
	SS = WEIR_TCP_STATE_SYN_SENT,
	SR = WEIR_TCP_STATE_SYN_RECEIVED,
	ES = WEIR_TCP_STATE_ESTABLISHED,
	FW = WEIR_TCP_STATE_FIN_WAIT,
	CW = WEIR_TCP_STATE_CLOSE_WAIT,
	LA = WEIR_TCP_STATE_LAST_ACK,
	TW = WEIR_TCP_STATE_TIME_WAIT,
	CL = WEIR_TCP_STATE_CLOSED,
	STATES,
};

/*
 * What the rows have in common:
 *
 * - A bare SYN in a state that is closing or closed opens a new connection. The
 *   path makes a new conn of a client's; the entries keep the table whole.
 * - A SYN changes nothing established: it is a late copy, or a peer that has
 *   restarted and learns so from the other's answer (RFC 9293, section 3.5.1).
 * - An ACK without a connection is one that began before this director took
 *   over; both ends know it as established.
 * - In SYN_SENT the client's word counts for nothing where the server's is
 *   heard: an ACK then answers no SYN, and a forged one must not earn the long
 *   timeout. In SYN_RECEIVED it completes the handshake; as SYN+ACK too, which
 *   is how the server's own SYN is answered (RFC 9293, section 3.5, figure 7).
 * - In LAST_ACK either side's ACK is the last: which side closed first is
 *   forgotten.
 * - A RST closes from anywhere.
 */
static const u8 next_state[WEIR_VIEWS][SEGMENTS][STATES] = {
	[WEIR_VIEW_CLIENT] = {
		/*		      NO  SS  SR  ES  FW  CW  LA  TW  CL */
		[SEGMENT_SYN]	  = { SS, SS, SR, ES, SS, SS, SS, SS, SS },
		[SEGMENT_SYN_ACK] = { NO, SS, ES, ES, FW, CW, LA, TW, CL },
		[SEGMENT_FIN]	  = { FW, SS, FW, FW, FW, LA, LA, TW, CL },
		[SEGMENT_ACK]	  = { ES, SS, ES, ES, FW, CW, TW, TW, CL },
		[SEGMENT_RST]	  = { CL, CL, CL, CL, CL, CL, CL, CL, CL },
	},
	[WEIR_VIEW_SERVER] = {
		/*		      NO  SS  SR  ES  FW  CW  LA  TW  CL */
		[SEGMENT_SYN]	  = { SR, SR, SR, ES, SR, SR, SR, SR, SR },
		[SEGMENT_SYN_ACK] = { SR, SR, SR, ES, FW, CW, LA, TW, CL },
		[SEGMENT_FIN]	  = { CW, SS, CW, CW, LA, CW, LA, TW, CL },
		[SEGMENT_ACK]	  = { ES, SS, SR, ES, FW, CW, TW, TW, CL },
		[SEGMENT_RST]	  = { CL, CL, CL, CL, CL, CL, CL, CL, CL },
	},
	/* The server is taken to answer as it should. Its FIN is never seen. */
	[WEIR_VIEW_CLIENT_ONLY] = {
		/*		      NO  SS  SR  ES  FW  CW  LA  TW  CL */
		[SEGMENT_SYN]	  = { SS, SS, SR, ES, SS, SS, SS, SS, SS },
		[SEGMENT_SYN_ACK] = { NO, SS, ES, ES, FW, CW, LA, TW, CL },
		[SEGMENT_FIN]	  = { FW, FW, FW, FW, FW, LA, LA, TW, CL },
		[SEGMENT_ACK]	  = { ES, ES, ES, ES, FW, CW, TW, TW, CL },
		[SEGMENT_RST]	  = { CL, CL, CL, CL, CL, CL, CL, CL, CL },
	},
};

static_assert(STATES == 9, "every state has its column");
static_assert(sizeof(next_state) == WEIR_VIEWS * SEGMENTS * STATES, "the table is dense");

static const u8 state_timeout[] = {
	[NO] = WEIR_TIMEOUT_TCP_SYN,
	[SS] = WEIR_TIMEOUT_TCP_SYN,
	[SR] = WEIR_TIMEOUT_TCP_SYN,
	[ES] = WEIR_TIMEOUT_TCP_ESTABLISHED,
	[FW] = WEIR_TIMEOUT_TCP_FIN,
	[CW] = WEIR_TIMEOUT_TCP_FIN,
	[LA] = WEIR_TIMEOUT_TCP_FIN,
	[TW] = WEIR_TIMEOUT_TCP_CLOSED,
	[CL] = WEIR_TIMEOUT_TCP_CLOSED,
};

static_assert(ARRAY_SIZE(state_timeout) == STATES, "every state has a timeout");

/* SEGMENTS if nothing in @flags moves a state, as in a null scan. */
static enum segment segment_of(u8 flags)
{
	if (flags & WEIR_TCP_RST)
		return SEGMENT_RST;
	if (flags & WEIR_TCP_SYN)
		return flags & WEIR_TCP_ACK ? SEGMENT_SYN_ACK : SEGMENT_SYN;
	if (flags & WEIR_TCP_FIN)
		return SEGMENT_FIN;
	if (flags & WEIR_TCP_ACK)
		return SEGMENT_ACK;
	return SEGMENTS;
}

/**
 * weir_tcp_next - the state of a conn after a segment
 * @state: its state before
 * @view: who sent the segment, and whether replies are seen
 * @flags: byte 13 of the TCP header; other bits than &enum weir_tcp_flag are
 *	ignored
 *
 * Defined for every state, view and flags.
 *
 * Return: the state after it.
 */
enum weir_tcp_state weir_tcp_next(enum weir_tcp_state state, enum weir_view view, u8 flags)
{
	enum segment segment = segment_of(flags);

	return segment == SEGMENTS ? state : next_state[view][segment][state];
}

/**
 * weir_tcp_timeout - the class of idle timeout of a state
 * @state: the state
 *
 * Return: the class.
 */
enum weir_timeout weir_tcp_timeout(enum weir_tcp_state state)
{
	return state_timeout[state];
}

/**
 * weir_tcp_is_active - does a conn in this state count as active?
 * @state: the state
 *
 * Return: true from the first SYN until a FIN or RST.
 */
bool weir_tcp_is_active(enum weir_tcp_state state)
{
	switch (state) {
	case WEIR_TCP_STATE_SYN_SENT:
	case WEIR_TCP_STATE_SYN_RECEIVED:
	case WEIR_TCP_STATE_ESTABLISHED:
		return true;
	default:
		return false;
	}
}

/**
 * weir_tcp_is_reusable - may a bare SYN start a new connection?
 * @state: the state of the conn that has its addresses and ports
 *
 * Return: true in all states that are closing or closed.
 */
bool weir_tcp_is_reusable(enum weir_tcp_state state)
{
	switch (state) {
	case WEIR_TCP_STATE_FIN_WAIT:
	case WEIR_TCP_STATE_CLOSE_WAIT:
	case WEIR_TCP_STATE_LAST_ACK:
	case WEIR_TCP_STATE_TIME_WAIT:
	case WEIR_TCP_STATE_CLOSED:
		return true;
	default:
		return false;
	}
}
