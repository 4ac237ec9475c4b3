/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ends SCTP associations that nobody serves any more.
 */
#ifndef WEIR_ABORT_H
#define WEIR_ABORT_H

#include "packet.h"

void weir_abort(const struct weir_packet *pkt);

#endif
