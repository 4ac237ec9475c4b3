/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events: tells the multicast group what changed.
 */
#ifndef WEIR_NOTIFY_H
#define WEIR_NOTIFY_H

#include "weir.h"

void weir_notify_service(struct weir_service *service, enum weir_change change);
void weir_notify_server(struct weir_server *server, enum weir_change change);

#endif
