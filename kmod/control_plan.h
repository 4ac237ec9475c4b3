/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Requests about servers, judged before anything changes.
 */
#ifndef WEIR_CONTROL_PLAN_H
#define WEIR_CONTROL_PLAN_H

#include "control.h"
#include "control_apply.h"

int weir_plan_refuse(const struct weir_server_config *config, int id, int error,
		     const char *sentence, struct netlink_ext_ack *extack);
int weir_plan_server(const struct weir_service *service, const struct weir_server_config *config,
		     const struct weir_server *server, struct weir_server_settings *settings,
		     struct netlink_ext_ack *extack);
struct weir_server_settings weir_plan_departure(const struct weir_server *server,
						const struct weir_server_config *config);

#endif
