/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fast path: packets as they enter a device.
 */
#ifndef WEIR_FAST_H
#define WEIR_FAST_H

#include "net.h"
#include "packet.h"

enum weir_verdict weir_fast(struct weir_net *wn, struct weir_packet *pkt);
enum weir_verdict weir_fast_reassembled(struct weir_net *wn, struct weir_packet *pkt);

#endif
