/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the handlers of all nouns share: the codec of keys, addresses and
 * counters, refusals with a sentence, and the frame of a dump.
 */
#ifndef WEIR_NETLINK_H
#define WEIR_NETLINK_H

#include <net/genetlink.h>
#include <net/netlink.h>

#include "control.h"
#include "net.h"
#include "netlink_gen.h"
#include "stats.h"

/**
 * struct weir_nl_rule - an attribute that a request must not carry
 * @id: the attribute
 * @sentence: what the sender is told
 */
struct weir_nl_rule {
	int id;
	const char *sentence;
};

int weir_netlink_init(void);
void weir_netlink_exit(void);

int weir_nl_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr, const char *sentence);
int weir_nl_refuse_others(struct netlink_ext_ack *extack, struct nlattr **attrs, int max,
			  u32 allowed, const char *sentence);
int weir_nl_refuse_rules(struct netlink_ext_ack *extack, struct nlattr **attrs,
			 const struct weir_nl_rule *rules, unsigned int count);

int weir_nl_address_parse(const struct nlattr *address, struct weir_endpoint *endpoint,
			  struct netlink_ext_ack *extack);
int weir_nl_family_parse(const struct nlattr *family, struct weir_endpoint *endpoint,
			 struct netlink_ext_ack *extack);
int weir_nl_endpoint_fill(struct sk_buff *skb, int address_id, int port_id,
			  const struct weir_endpoint *endpoint);
int weir_nl_stats_fill(struct sk_buff *skb, int id, const struct weir_totals *totals);

int weir_nl_service_parse(const struct nlattr *nest, struct nlattr **attrs,
			  struct weir_service_config *config, struct netlink_ext_ack *extack);
int weir_nl_service_parse_key(const struct nlattr *nest, struct nlattr **attrs,
			      struct weir_service_config *config, struct netlink_ext_ack *extack);
int weir_nl_service_filter_parse(const struct nlattr *nest, struct weir_service_key *key,
				 struct netlink_ext_ack *extack);
int weir_nl_service_fill_key(struct sk_buff *skb, const struct weir_service_key *key);
int weir_nl_service_fill(struct sk_buff *skb, struct weir_service *service, bool tell_key);
int weir_nl_locals_parse(struct nlattr **attrs, struct weir_service_config *config,
			 struct netlink_ext_ack *extack);
int weir_nl_locals_fill(struct sk_buff *skb, const struct weir_service *service);
int weir_nl_locals_fill_ports(struct sk_buff *skb, const struct weir_server *server);
int weir_nl_locals_fill_conn(struct sk_buff *skb, const struct weir_conn *conn);
struct weir_service *weir_nl_service_next(struct weir_net *wn, const struct weir_service_key *key,
					  unsigned long *id);
int weir_nl_server_parse(const struct nlattr *nest, struct nlattr **attrs,
			 struct weir_server_config *config, struct netlink_ext_ack *extack);
int weir_nl_server_filter_parse(const struct nlattr *nest, struct weir_endpoint *server,
				struct netlink_ext_ack *extack);
int weir_nl_server_fill(struct sk_buff *skb, const struct weir_server *server);

void *weir_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);
void weir_nl_dump_end(struct sk_buff *skb, struct netlink_callback *cb, void *header);
int weir_nl_dump_result(const struct sk_buff *skb, int err);
struct sk_buff *weir_nl_answer_u32(struct genl_info *info, u8 cmd, int id, u32 **number);

/* The bits of an attribute set's key, for weir_nl_refuse_others(). */
#define WEIR_NL_SERVICE_KEY                                                                 \
	(BIT(WEIR_A_SERVICE_PROTOCOL) | BIT(WEIR_A_SERVICE_ADDRESS) |                       \
	 BIT(WEIR_A_SERVICE_PORT) | BIT(WEIR_A_SERVICE_FWMARK) | BIT(WEIR_A_SERVICE_FAMILY))
#define WEIR_NL_SERVER_KEY (BIT(WEIR_A_SERVER_ADDRESS) | BIT(WEIR_A_SERVER_PORT))

/* Whether @endpoint is the one of a filter, which without a family is any, as is its port 0. */
static inline bool weir_nl_endpoint_passes(const struct weir_endpoint *wanted,
					   struct weir_endpoint endpoint)
{
	if (!wanted->family)
		return true;
	if (!wanted->port)
		endpoint.port = 0;
	return weir_endpoint_equal(wanted, &endpoint);
}

/*
 * What cb->seq says of services and servers; dumps are interrupted when it
 * changes, and 0 means unknown. Under the namespace's mutex.
 */
static inline u32 weir_nl_dump_seq(const struct weir_net *wn)
{
	return wn->generation ?: U32_MAX;
}

#endif
