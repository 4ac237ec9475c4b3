/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	tools/netlink/weir.yaml */
/* To regenerate run: tools/netlink/gen */

#ifndef _WEIR_NETLINK_GEN_H
#define _WEIR_NETLINK_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/weir.h>

/* Common nested types */
extern const struct nla_policy weir_affinity_nl_policy[WEIR_A_AFFINITY_EVICTED + 1];
extern const struct nla_policy weir_affinity_entry_nl_policy[WEIR_A_AFFINITY_ENTRY_EXPIRES + 1];
extern const struct nla_policy weir_conn_nl_policy[WEIR_A_CONN_LOCAL_PORT + 1];
extern const struct nla_policy weir_local_addresses_nl_policy[WEIR_A_LOCAL_ADDRESSES_ADDRESS + 1];
extern const struct nla_policy weir_namespace_nl_policy[WEIR_A_NAMESPACE_AFFINITY + 1];
extern const struct nla_policy weir_server_nl_policy[WEIR_A_SERVER_PORTS_MAX + 1];
extern const struct nla_policy weir_service_nl_policy[WEIR_A_SERVICE_HALF_OPEN + 1];
extern const struct nla_policy weir_stats_nl_policy[WEIR_A_STATS_SHED + 1];
extern const struct nla_policy weir_timeouts_nl_policy[WEIR_A_TIMEOUTS_SCTP_CLOSED + 1];

int weir_nl_conn_get_done(struct netlink_callback *cb);
int weir_nl_affinity_get_done(struct netlink_callback *cb);

int weir_nl_service_add_doit(struct sk_buff *skb, struct genl_info *info);
int weir_nl_service_set_doit(struct sk_buff *skb, struct genl_info *info);
int weir_nl_service_remove_doit(struct sk_buff *skb, struct genl_info *info);
int weir_nl_service_replace_doit(struct sk_buff *skb, struct genl_info *info);
int weir_nl_service_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int weir_nl_server_add_doit(struct sk_buff *skb, struct genl_info *info);
int weir_nl_server_set_doit(struct sk_buff *skb, struct genl_info *info);
int weir_nl_server_remove_doit(struct sk_buff *skb, struct genl_info *info);
int weir_nl_server_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int weir_nl_conn_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int weir_nl_conn_kill_doit(struct sk_buff *skb, struct genl_info *info);
int weir_nl_drop_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int weir_nl_namespace_get_doit(struct sk_buff *skb, struct genl_info *info);
int weir_nl_namespace_set_doit(struct sk_buff *skb, struct genl_info *info);
int weir_nl_flush_doit(struct sk_buff *skb, struct genl_info *info);
int weir_nl_affinity_get_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int weir_nl_affinity_remove_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	WEIR_NLGRP_EVENTS,
};

extern struct genl_family weir_nl_family;

#endif /* _WEIR_NETLINK_GEN_H */
