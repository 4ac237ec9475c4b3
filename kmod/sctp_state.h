/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of an SCTP association as a director sees it: a pure table from
 * state, view and chunk to the next state.
 */
#ifndef WEIR_SCTP_STATE_H
#define WEIR_SCTP_STATE_H

#include <linux/types.h>

#include "weir.h"

enum weir_sctp_state weir_sctp_next(enum weir_sctp_state state, enum weir_view view, u8 chunks);
enum weir_timeout weir_sctp_timeout(enum weir_sctp_state state);
bool weir_sctp_is_active(enum weir_sctp_state state);
bool weir_sctp_is_reusable(enum weir_sctp_state state);

#endif
