/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The TCP state of a conn as a director sees it: a pure table from state, view
 * and flags to the next state.
 */
#ifndef WEIR_TCP_STATE_H
#define WEIR_TCP_STATE_H

#include <linux/types.h>

#include "weir.h"

/**
 * enum weir_tcp_flag - the flags that move a state, as in byte 13 of the header
 * @WEIR_TCP_FIN: FIN
 * @WEIR_TCP_SYN: SYN
 * @WEIR_TCP_RST: RST
 * @WEIR_TCP_ACK: ACK
 */
enum weir_tcp_flag {
	WEIR_TCP_FIN = 0x01,
	WEIR_TCP_SYN = 0x02,
	WEIR_TCP_RST = 0x04,
	WEIR_TCP_ACK = 0x10,
};

enum weir_tcp_state weir_tcp_next(enum weir_tcp_state state, enum weir_view view, u8 flags);
enum weir_timeout weir_tcp_timeout(enum weir_tcp_state state);
bool weir_tcp_is_active(enum weir_tcp_state state);
bool weir_tcp_is_reusable(enum weir_tcp_state state);

#endif
