/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between genl.c, which reads requests, and genl_reply.c, which writes replies.
 */
#ifndef WEIR_IPVS_GENL_H
#define WEIR_IPVS_GENL_H

#include "../control.h"
#include "ipvs.h"

struct genl_info;
struct netlink_callback;

extern struct genl_family ipvs_genl_family;

int ipvs_genl_reply_service(struct genl_info *info, struct weir_service *service);
int ipvs_genl_get_service_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
void ipvs_genl_dump_dests(struct sk_buff *skb, struct netlink_callback *cb,
			  struct weir_service *service);
int ipvs_genl_get_config_doit(struct sk_buff *skb, struct genl_info *info);
int ipvs_genl_get_info_doit(struct sk_buff *skb, struct genl_info *info);

#endif
