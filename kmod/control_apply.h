/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a validated change of servers does to them. Nothing here can fail but
 * for weir_apply_obtain(), which a request calls before anything has changed.
 */
#ifndef WEIR_CONTROL_APPLY_H
#define WEIR_CONTROL_APPLY_H

#include "server.h"
#include "service.h"

/**
 * struct weir_server_settings - what can be changed of a server
 * @weight: as in &struct weir_server
 * @conns_max: likewise
 * @conns_resume: likewise
 * @method: likewise
 * @state: likewise
 * @policy: likewise
 * @has_deadline: likewise
 * @deadline: likewise
 * @encap: likewise
 */
struct weir_server_settings {
	u32 weight;
	u32 conns_max;
	u32 conns_resume;
	u8 method;
	u8 state;
	u8 policy;
	bool has_deadline;
	unsigned long deadline;
	struct weir_encap encap;
};

struct weir_server_settings weir_apply_settings_of(const struct weir_server *server);
void weir_apply_settings(struct weir_server *server, const struct weir_server_settings *settings);
struct weir_server *weir_apply_obtain(struct weir_service *service,
				      const struct weir_endpoint *endpoint);
void weir_apply_abandon(struct weir_server *server);
void weir_apply_enlist(struct weir_service *service, struct weir_server *server);
void weir_apply_depart(struct weir_server *server, const struct weir_server_settings *settings);
void weir_apply_settle(struct weir_server *server);
void weir_apply_release(struct weir_service *service);

#endif
