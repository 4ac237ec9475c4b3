/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one way to drop a packet: reason, counter, tracepoint and verdict in one
 * call. enum weir_drop_reason and its names come from the netlink spec.
 */
#ifndef WEIR_DROP_H
#define WEIR_DROP_H

#include <linux/percpu.h>

#include "packet.h"
#include "weir.h"

struct weir_drops;

struct weir_drops __percpu *weir_drops_alloc(void);
void weir_drops_free(struct weir_drops __percpu *drops);
u64 weir_drops_read(const struct weir_drops __percpu *drops, enum weir_drop_reason reason);
const char *weir_drop_name(enum weir_drop_reason reason);
u32 weir_drop_reasons(void);
enum weir_verdict weir_drop(const struct weir_packet *pkt, enum weir_drop_reason reason);

#endif
