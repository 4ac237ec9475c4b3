/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Validates and applies every change of configuration. Both netlink families
 * call it; it knows no attribute encoding.
 */
#ifndef WEIR_CONTROL_H
#define WEIR_CONTROL_H

#include <linux/bits.h>
#include <linux/netlink.h>

#include "net.h"
#include "service.h"

struct weir_server_settings;

/**
 * struct weir_service_config - what a request says of a service
 * @key: which service
 * @set: BIT(WEIR_A_SERVICE_*) of the options given
 * @scheduler: its algorithm, if BIT(WEIR_A_SERVICE_SCHEDULER)
 * @midstream: &enum weir_midstream, if its bit is set
 * @conntrack: if its bit is set
 * @fast: if its bit is set
 * @hook: &enum weir_hook, if its bit is set
 * @timeouts_set: BIT(class) of the @timeouts_ms given
 * @timeouts_ms: by &enum weir_timeout, in milliseconds
 * @attrs: the request's attributes by WEIR_A_SERVICE_*, to point at in a
 *	refusal; NULL where the request came another way
 */
struct weir_service_config {
	struct weir_service_key key;
	u32 set;
	const struct weir_scheduler *scheduler;
	u8 midstream;
	bool conntrack;
	bool fast;
	u8 hook;
	u32 timeouts_set;
	u32 timeouts_ms[WEIR_TIMEOUTS];
	struct nlattr **attrs;
};

/**
 * struct weir_server_config - what a request says of a server
 * @endpoint: which server
 * @set: BIT(WEIR_A_SERVER_*) of the attributes given
 * @method: &enum weir_method
 * @weight: 0 .. WEIR_WEIGHT_MAX
 * @state: &enum weir_server_state; removed is refused
 * @policy: &enum weir_policy
 * @deadline_ms: milliseconds from now, 0 for none
 * @attrs: as in &struct weir_service_config, by WEIR_A_SERVER_*; the array need
 *	not outlive the call
 * @attr: the nest as a whole, for refusals when @attrs is NULL
 */
struct weir_server_config {
	struct weir_endpoint endpoint;
	u32 set;
	u8 method;
	u32 weight;
	u8 state;
	u8 policy;
	u32 deadline_ms;
	struct nlattr **attrs;
	const struct nlattr *attr;
};

int weir_control_service_add(struct weir_net *wn, const struct weir_service_config *config,
			     struct netlink_ext_ack *extack);
int weir_control_service_set(struct weir_net *wn, const struct weir_service_config *config,
			     struct netlink_ext_ack *extack);
int weir_control_service_remove(struct weir_net *wn, const struct weir_service_config *config,
				struct netlink_ext_ack *extack);
int weir_control_service_replace(struct weir_net *wn, const struct weir_service_config *config,
				 const struct weir_server_config *servers, u32 count,
				 struct netlink_ext_ack *extack);
int weir_control_server_add(struct weir_net *wn, const struct weir_service_config *service,
			    const struct weir_server_config *config,
			    struct netlink_ext_ack *extack);
int weir_control_server_set(struct weir_net *wn, const struct weir_service_config *service,
			    const struct weir_server_config *config,
			    struct netlink_ext_ack *extack);
int weir_control_server_remove(struct weir_net *wn, const struct weir_service_config *service,
			       const struct weir_server_config *config,
			       struct netlink_ext_ack *extack);
int weir_control_set_fast(struct weir_net *wn, bool fast);
void weir_control_flush(struct weir_net *wn);
void weir_control_forget_routes(struct work_struct *work);

/* Between control_service.c and control_server.c. */
struct weir_service *weir_control_find_service(struct weir_net *wn,
					       const struct weir_service_config *config,
					       struct netlink_ext_ack *extack);
struct weir_pool *weir_control_plan_pool(struct weir_service *service,
					 const struct weir_scheduler *scheduler,
					 struct weir_server *changed,
					 const struct weir_server_settings *settings);

/* Refuses a request: the sentence, the attribute at fault if known, the errno. */
#define weir_refuse(extack, attrs, id, error, sentence)                                     \
	({                                                                                  \
		struct nlattr **__attrs = (attrs);                                          \
		NL_SET_ERR_MSG_ATTR(extack, __attrs ? __attrs[id] : NULL, sentence);        \
		(error);                                                                    \
	})

#endif
