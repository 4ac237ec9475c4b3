/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The options of a service, as control_service.c has them checked and applied.
 */
#ifndef WEIR_CONTROL_OPTIONS_H
#define WEIR_CONTROL_OPTIONS_H

#include "control.h"

void weir_options_default(struct weir_service *service);
int weir_options_check_key(const struct weir_service_config *config,
			   struct netlink_ext_ack *extack);
int weir_options_check_timeouts(const struct weir_service_config *config,
				struct netlink_ext_ack *extack);
int weir_options_check(const struct weir_service *service, const struct weir_service_config *config,
		       struct netlink_ext_ack *extack);
struct weir_sched_options weir_options_plan_sched(const struct weir_service *service,
						  const struct weir_service_config *config);
int weir_options_hold_track(struct weir_service *service,
			    const struct weir_service_config *config,
			    struct netlink_ext_ack *extack);
void weir_options_apply(struct weir_service *service, const struct weir_service_config *config);

#endif
