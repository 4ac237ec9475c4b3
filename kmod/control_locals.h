/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Local addresses of services, between the files of control: checked and planned
 * while a request may still be refused, then committed.
 */
#ifndef WEIR_CONTROL_LOCALS_H
#define WEIR_CONTROL_LOCALS_H

#include <linux/types.h>

struct netlink_ext_ack;
struct weir_endpoint;
struct weir_local_addresses;
struct weir_locals;
struct weir_service;
struct weir_service_config;

/**
 * struct weir_local_plan - a change of a service's local addresses to be
 * @is_set: whether there is any change
 * @addresses: those that the service will have, NULL for none
 * @locals: what its servers will have, in the order of the lists of the service
 * @count: number of @locals
 */
struct weir_local_plan {
	bool is_set;
	struct weir_local_addresses *addresses;
	struct weir_locals **locals;
	u32 count;
};

int weir_control_check_locals(const struct weir_service *service,
			      const struct weir_service_config *config,
			      struct netlink_ext_ack *extack);
bool weir_control_has_locals(const struct weir_service *service, const char **why);
struct weir_locals *weir_control_create_locals(const struct weir_service *service,
					       const struct weir_endpoint *server);
int weir_control_plan_locals(struct weir_service *service,
			     const struct weir_service_config *config,
			     struct weir_local_plan *plan);
void weir_control_drop_locals(struct weir_local_plan *plan);
void weir_control_commit_locals(struct weir_service *service, struct weir_local_plan *plan);

#endif
