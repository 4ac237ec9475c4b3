/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Validates and applies every change of configuration. Both netlink families
 * call it; it knows no attribute encoding.
 */
#ifndef WEIR_CONTROL_H
#define WEIR_CONTROL_H

#include <linux/bits.h>
#include <linux/netlink.h>

#include "encap.h"
#include "net.h"
#include "service.h"

struct weir_local_addresses;
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
 * @one_packet: if its bit is set
 * @icmp_schedule: if its bit is set
 * @fallback: if its bit is set
 * @hash_port: if its bit is set
 * @has_hash_key: if its bit is set: whether @hash_key is given, or drawn anew
 * @hash_key: likewise
 * @no_server: &enum weir_no_server, if its bit is set
 * @helper: &enum weir_helper, if its bit is set
 * @half_open_max: if its bit is set
 * @timeouts_set: BIT(class) of the @timeouts_ms given
 * @timeouts_ms: by &enum weir_timeout, in milliseconds
 * @local_addresses: if its bit is set; as many as there are to be, perhaps none
 * @attrs: the request's attributes by WEIR_A_SERVICE_*, to point at in a
 *	refusal; NULL where the request came another way
 * @affinity_set: BIT(WEIR_A_AFFINITY_*) of the options given in @affinity
 * @affinity: how it is to remember its clients, but for the timeout
 * @affinity_timeout_ms: milliseconds, if its bit is set
 * @affinity_attrs: as @attrs, by WEIR_A_AFFINITY_*; all NULL where the request came
 *	another way
 */
struct weir_service_config {
	struct weir_service_key key;
	u32 set;
	const struct weir_scheduler *scheduler;
	u8 midstream;
	bool conntrack;
	bool fast;
	u8 hook;
	bool one_packet;
	bool icmp_schedule;
	bool fallback;
	bool hash_port;
	bool has_hash_key;
	siphash_key_t hash_key;
	u8 no_server;
	u8 helper;
	u32 half_open_max;
	u32 timeouts_set;
	u32 timeouts_ms[WEIR_TIMEOUTS];
	struct weir_local_addresses *local_addresses;
	struct nlattr **attrs;
	u32 affinity_set;
	struct weir_affinity_options affinity;
	u32 affinity_timeout_ms;
	struct nlattr *affinity_attrs[WEIR_A_AFFINITY_MAX + 1];
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
 * @conns_max: most conns it may hold, 0 for any number
 * @conns_resume: once full it takes new ones below this, 0 for three quarters
 * @encap: what the method tunnel puts packets into, as far as @set says
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
	u32 conns_max;
	u32 conns_resume;
	struct weir_encap encap;
	struct nlattr **attrs;
	const struct nlattr *attr;
};

/**
 * struct weir_fault - what is wrong with a request about a server
 * @id: WEIR_A_SERVER_* of the attribute at fault
 * @sentence: which rule it breaks
 */
struct weir_fault {
	int id;
	const char *sentence;
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
void weir_control_reset_departed(struct weir_net *wn);
int weir_control_set_fast(struct weir_net *wn, bool fast);
void weir_control_flush(struct weir_net *wn);
void weir_control_forget_routes(struct work_struct *work);

/* Between control_service.c and control_affinity.c. */
void weir_control_affinity_default(struct weir_service *service);
int weir_control_affinity_check(const struct weir_service *service,
				const struct weir_service_config *config,
				struct netlink_ext_ack *extack);
int weir_control_affinity_prepare(struct weir_service *service,
				  const struct weir_service_config *config);
void weir_control_affinity_apply(struct weir_service *service,
				 const struct weir_service_config *config);

/* Between control_service.c, control_server.c and control_lineup.c. */
struct weir_service *weir_control_find_service(struct weir_net *wn,
					       const struct weir_service_config *config,
					       struct netlink_ext_ack *extack);
struct weir_pool *weir_control_plan_pool(struct weir_service *service,
					 const struct weir_scheduler *scheduler,
					 const struct weir_sched_options *options,
					 struct weir_server *changed,
					 const struct weir_server_settings *settings);

/* Of control_tunnel.c. */
void weir_control_overlay_tunnel(struct weir_encap *encap,
				 const struct weir_server_config *config);
int weir_control_check_tunnel(const struct weir_service *service,
			      const struct weir_server_config *config,
			      const struct weir_server_settings *settings,
			      struct weir_fault *fault);

/* Refuses a request: the sentence, the attribute at fault if known, the errno. */
#define weir_refuse(extack, attrs, id, error, sentence)                                     \
	({                                                                                  \
		struct nlattr **__attrs = (attrs);                                          \
		NL_SET_ERR_MSG_ATTR(extack, __attrs ? __attrs[id] : NULL, sentence);        \
		(error);                                                                    \
	})

#endif
