// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the SCTP state table. A director sees chunks pass by; it verifies no tags
 * and no cookies, so a state is what both ends can be assumed to have agreed on
 * (compare RFC 9260, section 4). The words are those of the client's end.
 */
#include "sctp_state.h"

#include <linux/kernel.h>

/* The states in two letters, so that a row of the table is one line. */
enum {
	NO = WEIR_SCTP_STATE_NONE,
	CW = WEIR_SCTP_STATE_COOKIE_WAIT,
	CE = WEIR_SCTP_STATE_COOKIE_ECHOED,
	UP = WEIR_SCTP_STATE_ESTABLISHED,
	SN = WEIR_SCTP_STATE_SHUTDOWN_SENT,
	SR = WEIR_SCTP_STATE_SHUTDOWN_RECEIVED,
	SA = WEIR_SCTP_STATE_SHUTDOWN_ACK_SENT,
	CL = WEIR_SCTP_STATE_CLOSED,
	STATES,
};

/* A row for each chunk that moves a state, and one for packets without any. */
enum {
	CHUNKS = 8,
	OTHERS = CHUNKS,
	ROWS,
};

/*
 * What the rows have in common:
 *
 * - An INIT where one side shuts down, or behind the end, opens a new
 *   association. The path makes a new conn of a client's; the entries keep the
 *   table whole.
 * - An INIT changes nothing established: it is a late copy, or a peer that has
 *   restarted, and the association goes on under new tags if the other end finds
 *   so (RFC 9260, section 5.2.2). INIT ACK only answers it, and the server keeps
 *   no state before it has seen the cookie again.
 * - The client's COOKIE ECHO is not trusted where the server's COOKIE ACK is
 *   heard: a forged one must not earn the long timeout.
 * - Where nothing is known, whatever both ends say without a handshake is said
 *   within an association that began before this director took over.
 * - The side that shuts down first sends SHUTDOWN and at the end SHUTDOWN COMPLETE,
 *   the other SHUTDOWN ACK; of two that cross each other either does all of it
 *   (RFC 9260, section 9.2).
 * - An ABORT closes from anywhere.
 */
static const u8 next_state[WEIR_VIEWS][ROWS][STATES] = {
	[WEIR_VIEW_CLIENT] = {
		/*		NO  CW  CE  UP  SN  SR  SA  CL */
		[0]	    = { CW, CW, CE, UP, CW, CW, CW, CW }, /* INIT */
		[1]	    = { NO, CW, CE, UP, SN, SR, SA, CL }, /* INIT ACK */
		[2]	    = { CE, CE, CE, UP, SN, SR, SA, CL }, /* COOKIE ECHO */
		[3]	    = { NO, CW, CE, UP, SN, SR, SA, CL }, /* COOKIE ACK */
		[4]	    = { SN, CW, SN, SN, SN, SN, SA, CL }, /* SHUTDOWN */
		[5]	    = { SA, CW, CE, SA, SA, SA, SA, CL }, /* SHUTDOWN ACK */
		[6]	    = { CL, CW, CE, UP, CL, CL, CL, CL }, /* SHUTDOWN COMPLETE */
		[7]	    = { CL, CL, CL, CL, CL, CL, CL, CL }, /* ABORT */
		[OTHERS]    = { UP, CW, CE, UP, SN, SR, SA, CL },
	},
	[WEIR_VIEW_SERVER] = {
		/*		NO  CW  CE  UP  SN  SR  SA  CL */
		[0]	    = { NO, CW, CE, UP, SN, SR, SA, CL }, /* INIT */
		[1]	    = { CW, CW, CE, UP, SN, SR, SA, CL }, /* INIT ACK */
		[2]	    = { NO, CW, CE, UP, SN, SR, SA, CL }, /* COOKIE ECHO */
		[3]	    = { UP, CW, UP, UP, SN, SR, SA, CL }, /* COOKIE ACK */
		[4]	    = { SR, CW, SR, SR, SR, SR, SA, CL }, /* SHUTDOWN */
		[5]	    = { SA, CW, CE, SA, SA, SA, SA, CL }, /* SHUTDOWN ACK */
		[6]	    = { CL, CW, CE, UP, CL, CL, CL, CL }, /* SHUTDOWN COMPLETE */
		[7]	    = { CL, CL, CL, CL, CL, CL, CL, CL }, /* ABORT */
		[OTHERS]    = { UP, CW, CE, UP, SN, SR, SA, CL },
	},
	/* The server is taken to answer as it should. Its SHUTDOWN is never seen. */
	[WEIR_VIEW_CLIENT_ONLY] = {
		/*		NO  CW  CE  UP  SN  SR  SA  CL */
		[0]	    = { CW, CW, UP, UP, CW, CW, CW, CW }, /* INIT */
		[1]	    = { NO, CW, UP, UP, SN, SR, SA, CL }, /* INIT ACK */
		[2]	    = { UP, UP, UP, UP, SN, SR, SA, CL }, /* COOKIE ECHO */
		[3]	    = { NO, CW, UP, UP, SN, SR, SA, CL }, /* COOKIE ACK */
		[4]	    = { SN, CW, SN, SN, SN, SN, SA, CL }, /* SHUTDOWN */
		[5]	    = { SA, CW, SA, SA, SA, SA, SA, CL }, /* SHUTDOWN ACK */
		[6]	    = { CL, CW, CL, CL, CL, CL, CL, CL }, /* SHUTDOWN COMPLETE */
		[7]	    = { CL, CL, CL, CL, CL, CL, CL, CL }, /* ABORT */
		[OTHERS]    = { UP, CW, UP, UP, SN, SR, SA, CL },
	},
};

static_assert(STATES == 8, "every state has its column");
static_assert(sizeof(next_state) == WEIR_VIEWS * ROWS * STATES, "the table is dense");
static_assert(WEIR_SCTP_INIT == 1 << 0 && WEIR_SCTP_INIT_ACK == 1 << 1 &&
	      WEIR_SCTP_COOKIE_ECHO == 1 << 2 && WEIR_SCTP_COOKIE_ACK == 1 << 3 &&
	      WEIR_SCTP_SHUTDOWN == 1 << 4 && WEIR_SCTP_SHUTDOWN_ACK == 1 << 5 &&
	      WEIR_SCTP_SHUTDOWN_COMPLETE == 1 << 6 && WEIR_SCTP_ABORT == 1 << 7,
	      "row N is the chunk of bit N");

static const u8 state_timeout[] = {
	[NO] = WEIR_TIMEOUT_SCTP_INIT,
	[CW] = WEIR_TIMEOUT_SCTP_INIT,
	[CE] = WEIR_TIMEOUT_SCTP_INIT,
	[UP] = WEIR_TIMEOUT_SCTP_ESTABLISHED,
	[SN] = WEIR_TIMEOUT_SCTP_SHUTDOWN,
	[SR] = WEIR_TIMEOUT_SCTP_SHUTDOWN,
	[SA] = WEIR_TIMEOUT_SCTP_SHUTDOWN,
	[CL] = WEIR_TIMEOUT_SCTP_CLOSED,
};

static_assert(ARRAY_SIZE(state_timeout) == STATES, "every state has a timeout");

/**
 * weir_sctp_next - the state of a conn after a packet
 * @state: its state before
 * @view: who sent the packet, and whether replies are seen
 * @chunks: the packet's, a set of &enum weir_sctp_chunk
 *
 * Each chunk counts, in the order in which an association meets them. Defined for
 * every state, view and set.
 *
 * Return: the state after it.
 */
enum weir_sctp_state weir_sctp_next(enum weir_sctp_state state, enum weir_view view, u8 chunks)
{
	if (!chunks)
		return next_state[view][OTHERS][state];
	for (int row = 0; row < CHUNKS; row++)
		if (chunks & 1 << row)
			state = next_state[view][row][state];
	return state;
}

/**
 * weir_sctp_timeout - the class of idle timeout of a state
 * @state: the state
 *
 * Return: the class.
 */
enum weir_timeout weir_sctp_timeout(enum weir_sctp_state state)
{
	return state_timeout[state];
}

/**
 * weir_sctp_is_active - does a conn in this state count as active?
 * @state: the state
 *
 * Return: true from the INIT until a SHUTDOWN or ABORT.
 */
bool weir_sctp_is_active(enum weir_sctp_state state)
{
	switch (state) {
	case WEIR_SCTP_STATE_COOKIE_WAIT:
	case WEIR_SCTP_STATE_COOKIE_ECHOED:
	case WEIR_SCTP_STATE_ESTABLISHED:
		return true;
	default:
		return false;
	}
}

/**
 * weir_sctp_is_reusable - may an INIT start a new association?
 * @state: the state of the conn that has its addresses and ports
 *
 * Return: true in all states that are shutting down or closed.
 */
bool weir_sctp_is_reusable(enum weir_sctp_state state)
{
	switch (state) {
	case WEIR_SCTP_STATE_SHUTDOWN_SENT:
	case WEIR_SCTP_STATE_SHUTDOWN_RECEIVED:
	case WEIR_SCTP_STATE_SHUTDOWN_ACK_SENT:
	case WEIR_SCTP_STATE_CLOSED:
		return true;
	default:
		return false;
	}
}
