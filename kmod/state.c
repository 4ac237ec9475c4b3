// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asks the table of a protocol. Pure.
 */
#include "state.h"

#include "sctp_state.h"
#include "tcp_state.h"

/**
 * weir_state_next - the state of a conn after a packet
 * @protocol: the conn's
 * @state: its state before
 * @view: who sent the packet, and whether replies are seen
 * @signals: the packet's, as &weir_packet.signals has them
 *
 * Return: the state after it.
 */
u32 weir_state_next(u8 protocol, u32 state, enum weir_view view, u8 signals)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return weir_tcp_next(state, view, signals);
	case IPPROTO_SCTP:
		return weir_sctp_next(state, view, signals);
	}
	return WEIR_STATE_NONE;
}

/**
 * weir_state_timeout - the class of idle timeout of a state
 * @protocol: the conn's
 * @state: its state
 *
 * Return: the class.
 */
enum weir_timeout weir_state_timeout(u8 protocol, u32 state)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return weir_tcp_timeout(state);
	case IPPROTO_SCTP:
		return weir_sctp_timeout(state);
	}
	return WEIR_TIMEOUT_UDP;
}

/**
 * weir_state_is_active - does a conn in this state count as active?
 * @protocol: the conn's
 * @state: its state
 *
 * Return: true from its beginning until an end begins, and always without states.
 */
bool weir_state_is_active(u8 protocol, u32 state)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return weir_tcp_is_active(state);
	case IPPROTO_SCTP:
		return weir_sctp_is_active(state);
	}
	return true;
}

/**
 * weir_state_is_reusable - may a new connection take the place of one?
 * @protocol: the conn's
 * @state: its state
 *
 * Return: true in all states that are closing or closed.
 */
bool weir_state_is_reusable(u8 protocol, u32 state)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return weir_tcp_is_reusable(state);
	case IPPROTO_SCTP:
		return weir_sctp_is_reusable(state);
	}
	return false;
}

/**
 * weir_state_closed - the last state there is
 * @protocol: the conn's
 *
 * Return: the state.
 */
u32 weir_state_closed(u8 protocol)
{
	return protocol == IPPROTO_SCTP ? WEIR_SCTP_STATE_CLOSED : WEIR_TCP_STATE_CLOSED;
}
