/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ends the conns of servers that their conns have no lease with any more, without
 * waiting for a packet of each.
 */
#ifndef WEIR_CONTROL_LEASE_H
#define WEIR_CONTROL_LEASE_H

#include <linux/workqueue.h>

struct weir_server;

void weir_lease_heed(const struct weir_server *server);
void weir_lease_end_work(struct work_struct *work);

#endif
