// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family IPVS: requests. What replies hold is in
 * genl_reply.c.
 */
#include <linux/ipv6.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "genl.h"

static const struct nla_policy command_policy[IPVS_CMD_ATTR_MAX + 1] = {
	[IPVS_CMD_ATTR_SERVICE] = { .type = NLA_NESTED },
	[IPVS_CMD_ATTR_DEST] = { .type = NLA_NESTED },
	[IPVS_CMD_ATTR_DAEMON] = { .type = NLA_NESTED },
	[IPVS_CMD_ATTR_TIMEOUT_TCP] = { .type = NLA_U32 },
	[IPVS_CMD_ATTR_TIMEOUT_TCP_FIN] = { .type = NLA_U32 },
	[IPVS_CMD_ATTR_TIMEOUT_UDP] = { .type = NLA_U32 },
};

static const struct nla_policy service_policy[IPVS_SVC_ATTR_MAX + 1] = {
	[IPVS_SVC_ATTR_AF] = { .type = NLA_U16 },
	[IPVS_SVC_ATTR_PROTOCOL] = { .type = NLA_U16 },
	[IPVS_SVC_ATTR_ADDR] = { .type = NLA_BINARY, .len = sizeof(union nf_inet_addr) },
	[IPVS_SVC_ATTR_PORT] = { .type = NLA_U16 },
	[IPVS_SVC_ATTR_FWMARK] = { .type = NLA_U32 },
	[IPVS_SVC_ATTR_SCHED_NAME] = { .type = NLA_NUL_STRING, .len = IP_VS_SCHEDNAME_MAXLEN - 1 },
	[IPVS_SVC_ATTR_PE_NAME] = { .type = NLA_NUL_STRING, .len = IP_VS_PENAME_MAXLEN },
	[IPVS_SVC_ATTR_FLAGS] = { .type = NLA_BINARY, .len = sizeof(struct ip_vs_flags) },
	[IPVS_SVC_ATTR_TIMEOUT] = { .type = NLA_U32 },
	[IPVS_SVC_ATTR_NETMASK] = { .type = NLA_U32 },
	[IPVS_SVC_ATTR_STATS] = { .type = NLA_NESTED },
};

static const struct nla_policy dest_policy[IPVS_DEST_ATTR_MAX + 1] = {
	[IPVS_DEST_ATTR_ADDR] = { .type = NLA_BINARY, .len = sizeof(union nf_inet_addr) },
	[IPVS_DEST_ATTR_PORT] = { .type = NLA_U16 },
	[IPVS_DEST_ATTR_FWD_METHOD] = { .type = NLA_U32 },
	[IPVS_DEST_ATTR_WEIGHT] = { .type = NLA_U32 },
	[IPVS_DEST_ATTR_U_THRESH] = { .type = NLA_U32 },
	[IPVS_DEST_ATTR_L_THRESH] = { .type = NLA_U32 },
	[IPVS_DEST_ATTR_ACTIVE_CONNS] = { .type = NLA_U32 },
	[IPVS_DEST_ATTR_INACT_CONNS] = { .type = NLA_U32 },
	[IPVS_DEST_ATTR_PERSIST_CONNS] = { .type = NLA_U32 },
	[IPVS_DEST_ATTR_STATS] = { .type = NLA_NESTED },
	[IPVS_DEST_ATTR_ADDR_FAMILY] = { .type = NLA_U16 },
	[IPVS_DEST_ATTR_TUN_TYPE] = { .type = NLA_U8 },
	[IPVS_DEST_ATTR_TUN_PORT] = { .type = NLA_U16 },
	[IPVS_DEST_ATTR_TUN_FLAGS] = { .type = NLA_U16 },
};

static const struct nla_policy daemon_policy[IPVS_DAEMON_ATTR_MAX + 1] = {
	[IPVS_DAEMON_ATTR_STATE] = { .type = NLA_U32 },
	[IPVS_DAEMON_ATTR_MCAST_IFN] = { .type = NLA_NUL_STRING, .len = IP_VS_IFNAME_MAXLEN - 1 },
	[IPVS_DAEMON_ATTR_SYNC_ID] = { .type = NLA_U32 },
	[IPVS_DAEMON_ATTR_SYNC_MAXLEN] = { .type = NLA_U16 },
	[IPVS_DAEMON_ATTR_MCAST_GROUP] = { .type = NLA_U32 },
	[IPVS_DAEMON_ATTR_MCAST_GROUP6] = { .len = sizeof(struct in6_addr) },
	[IPVS_DAEMON_ATTR_MCAST_PORT] = { .type = NLA_U16 },
	[IPVS_DAEMON_ATTR_MCAST_TTL] = { .type = NLA_U8 },
};

static bool is_family(u16 af)
{
	return af == AF_INET || (af == AF_INET6 && ipv6_mod_enabled());
}

/* What of an address is given, up to 16 bytes; the rest is zero. */
static void read_address(const struct nlattr *attr, union nf_inet_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	nla_memcpy(addr, attr, sizeof(*addr));
}

static int read_key(struct nlattr **attrs, struct ipvs_svc *svc)
{
	if (!attrs[IPVS_SVC_ATTR_AF])
		return -EINVAL;
	if (!attrs[IPVS_SVC_ATTR_FWMARK] &&
	    !(attrs[IPVS_SVC_ATTR_PROTOCOL] && attrs[IPVS_SVC_ATTR_ADDR] &&
	      attrs[IPVS_SVC_ATTR_PORT]))
		return -EINVAL;
	svc->af = nla_get_u16(attrs[IPVS_SVC_ATTR_AF]);
	if (!is_family(svc->af))
		return -EAFNOSUPPORT;
	/* A mark of 0 is none: then the key is nothing but TCP. */
	if (attrs[IPVS_SVC_ATTR_FWMARK]) {
		svc->protocol = IPPROTO_TCP;
		svc->fwmark = nla_get_u32(attrs[IPVS_SVC_ATTR_FWMARK]);
		svc->is_fwmark = svc->fwmark;
		return 0;
	}
	/* One that does not fit is no service's, nor is 0. */
	svc->protocol = nla_get_u16(attrs[IPVS_SVC_ATTR_PROTOCOL]);
	if (svc->protocol > U8_MAX)
		svc->protocol = 0;
	svc->port = nla_get_be16(attrs[IPVS_SVC_ATTR_PORT]);
	read_address(attrs[IPVS_SVC_ATTR_ADDR], &svc->addr);
	return 0;
}

/* The flags that @svc's service has now, for those the mask leaves alone. */
static u32 current_flags(struct net *net, const struct ipvs_svc *svc)
{
	struct weir_net *wn = weir_net(net);
	struct weir_service *service;
	struct ipvs_svc now = {};

	mutex_lock(&wn->services.mutex);
	service = ipvs_find(wn, svc);
	if (service)
		ipvs_svc_of(service, &now);
	mutex_unlock(&wn->services.mutex);
	return now.flags;
}

static int read_options(struct net *net, struct nlattr **attrs, struct ipvs_svc *svc)
{
	struct ip_vs_flags flags;

	if (!attrs[IPVS_SVC_ATTR_SCHED_NAME] || !attrs[IPVS_SVC_ATTR_FLAGS] ||
	    !attrs[IPVS_SVC_ATTR_TIMEOUT] || !attrs[IPVS_SVC_ATTR_NETMASK])
		return -EINVAL;
	nla_memcpy(&flags, attrs[IPVS_SVC_ATTR_FLAGS], sizeof(flags));
	svc->flags = (current_flags(net, svc) & ~flags.mask) | (flags.flags & flags.mask);
	svc->timeout = nla_get_u32(attrs[IPVS_SVC_ATTR_TIMEOUT]);
	svc->netmask = nla_get_be32(attrs[IPVS_SVC_ATTR_NETMASK]);
	nla_strscpy(svc->scheduler, attrs[IPVS_SVC_ATTR_SCHED_NAME], sizeof(svc->scheduler));
	if (attrs[IPVS_SVC_ATTR_PE_NAME])
		nla_strscpy(svc->engine, attrs[IPVS_SVC_ATTR_PE_NAME], sizeof(svc->engine));
	return 0;
}

/* A service: its key, and if @is_full all that NEW and SET need. */
static int read_service(struct net *net, const struct nlattr *nest, struct ipvs_svc *svc,
			bool is_full)
{
	struct nlattr *attrs[IPVS_SVC_ATTR_MAX + 1];
	int err;

	memset(svc, 0, sizeof(*svc));
	if (!nest || nla_parse_nested_deprecated(attrs, IPVS_SVC_ATTR_MAX, nest, service_policy,
						 NULL))
		return -EINVAL;
	err = read_key(attrs, svc);
	if (err || !is_full)
		return err;
	return read_options(net, attrs, svc);
}

static int read_dest_options(struct nlattr **attrs, struct ipvs_dest *dest)
{
	if (!attrs[IPVS_DEST_ATTR_FWD_METHOD] || !attrs[IPVS_DEST_ATTR_WEIGHT] ||
	    !attrs[IPVS_DEST_ATTR_U_THRESH] || !attrs[IPVS_DEST_ATTR_L_THRESH])
		return -EINVAL;
	dest->method = nla_get_u32(attrs[IPVS_DEST_ATTR_FWD_METHOD]) & IP_VS_CONN_F_FWD_MASK;
	dest->weight = nla_get_u32(attrs[IPVS_DEST_ATTR_WEIGHT]);
	dest->upper = nla_get_u32(attrs[IPVS_DEST_ATTR_U_THRESH]);
	dest->lower = nla_get_u32(attrs[IPVS_DEST_ATTR_L_THRESH]);
	if (attrs[IPVS_DEST_ATTR_TUN_TYPE])
		dest->tun_type = nla_get_u8(attrs[IPVS_DEST_ATTR_TUN_TYPE]);
	if (attrs[IPVS_DEST_ATTR_TUN_PORT])
		dest->tun_port = nla_get_be16(attrs[IPVS_DEST_ATTR_TUN_PORT]);
	if (attrs[IPVS_DEST_ATTR_TUN_FLAGS])
		dest->tun_flags = nla_get_u16(attrs[IPVS_DEST_ATTR_TUN_FLAGS]);
	return 0;
}

/* A server of @svc, of its family unless another is given. */
static int read_dest(const struct nlattr *nest, const struct ipvs_svc *svc,
		     struct ipvs_dest *dest, bool is_full)
{
	struct nlattr *attrs[IPVS_DEST_ATTR_MAX + 1];
	int err;

	memset(dest, 0, sizeof(*dest));
	if (!nest ||
	    nla_parse_nested_deprecated(attrs, IPVS_DEST_ATTR_MAX, nest, dest_policy, NULL))
		return -EINVAL;
	if (!attrs[IPVS_DEST_ATTR_ADDR] || !attrs[IPVS_DEST_ATTR_PORT])
		return -EINVAL;
	read_address(attrs[IPVS_DEST_ATTR_ADDR], &dest->addr);
	dest->port = nla_get_be16(attrs[IPVS_DEST_ATTR_PORT]);
	dest->af = svc->af;
	if (attrs[IPVS_DEST_ATTR_ADDR_FAMILY] && nla_get_u16(attrs[IPVS_DEST_ATTR_ADDR_FAMILY]))
		dest->af = nla_get_u16(attrs[IPVS_DEST_ATTR_ADDR_FAMILY]);
	err = is_full ? read_dest_options(attrs, dest) : 0;
	if (!err && !is_family(dest->af))
		err = -EAFNOSUPPORT;
	return err;
}

static int service_doit(struct sk_buff *skb, struct genl_info *info)
{
	u8 command = info->genlhdr->cmd;
	struct net *net = sock_net(skb->sk);
	struct ipvs_svc svc;
	int err;

	err = read_service(net, info->attrs[IPVS_CMD_ATTR_SERVICE], &svc,
			   command != IPVS_CMD_DEL_SERVICE);
	if (err)
		return err;
	switch (command) {
	case IPVS_CMD_NEW_SERVICE:
		return ipvs_add_service(net, &svc);
	case IPVS_CMD_SET_SERVICE:
		return ipvs_set_service(net, &svc);
	default:
		return ipvs_remove_service(net, &svc);
	}
}

static int dest_doit(struct sk_buff *skb, struct genl_info *info)
{
	u8 command = info->genlhdr->cmd;
	struct net *net = sock_net(skb->sk);
	struct ipvs_dest dest;
	struct ipvs_svc svc;
	int err;

	err = read_service(net, info->attrs[IPVS_CMD_ATTR_SERVICE], &svc, false);
	/* A service that is missing is told before what is wrong with the server. */
	if (!err && !ipvs_has_service(net, &svc))
		err = -ESRCH;
	if (!err)
		err = read_dest(info->attrs[IPVS_CMD_ATTR_DEST], &svc, &dest,
				command != IPVS_CMD_DEL_DEST);
	if (err)
		return err;
	switch (command) {
	case IPVS_CMD_NEW_DEST:
		return ipvs_add_dest(net, &svc, &dest);
	case IPVS_CMD_SET_DEST:
		return ipvs_set_dest(net, &svc, &dest);
	default:
		return ipvs_remove_dest(net, &svc, &dest);
	}
}

static int zero_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *nest = info->attrs[IPVS_CMD_ATTR_SERVICE];
	struct net *net = sock_net(skb->sk);
	struct ipvs_svc svc;
	int err;

	if (!nest)
		return ipvs_zero(net, NULL);
	err = read_service(net, nest, &svc, false);
	return err ?: ipvs_zero(net, &svc);
}

static int flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	weir_control_flush(weir_net(sock_net(skb->sk)));
	return 0;
}

/* The group that daemons are to use, if it is said. */
static bool has_legal_group(struct nlattr **attrs)
{
	struct in6_addr group;

	if (attrs[IPVS_DAEMON_ATTR_MCAST_GROUP])
		return ipv4_is_multicast(nla_get_in_addr(attrs[IPVS_DAEMON_ATTR_MCAST_GROUP]));
	if (!attrs[IPVS_DAEMON_ATTR_MCAST_GROUP6])
		return true;
	group = nla_get_in6_addr(attrs[IPVS_DAEMON_ATTR_MCAST_GROUP6]);
	return ipv6_addr_is_multicast(&group);
}

static int new_daemon(struct net *net, struct nlattr **attrs)
{
	char name[IP_VS_IFNAME_MAXLEN];

	if (!attrs[IPVS_DAEMON_ATTR_STATE] || !attrs[IPVS_DAEMON_ATTR_MCAST_IFN] ||
	    !attrs[IPVS_DAEMON_ATTR_SYNC_ID] || !has_legal_group(attrs))
		return -EINVAL;
	nla_strscpy(name, attrs[IPVS_DAEMON_ATTR_MCAST_IFN], sizeof(name));
	return ipvs_start_daemon(net, name);
}

static int daemon_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *nest = info->attrs[IPVS_CMD_ATTR_DAEMON];
	struct nlattr *attrs[IPVS_DAEMON_ATTR_MAX + 1];

	if (!nest || nla_parse_nested_deprecated(attrs, IPVS_DAEMON_ATTR_MAX, nest, daemon_policy,
						 info->extack))
		return -EINVAL;
	if (info->genlhdr->cmd == IPVS_CMD_NEW_DAEMON)
		return new_daemon(sock_net(skb->sk), attrs);
	if (!attrs[IPVS_DAEMON_ATTR_STATE])
		return -EINVAL;
	return ipvs_stop_daemon(nla_get_u32(attrs[IPVS_DAEMON_ATTR_STATE]));
}

static int daemon_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return 0;
}

static int set_config_doit(struct sk_buff *skb, struct genl_info *info)
{
	static const u8 ids[IPVS_TIMEOUTS] = {
		[IPVS_TIMEOUT_TCP] = IPVS_CMD_ATTR_TIMEOUT_TCP,
		[IPVS_TIMEOUT_TCP_FIN] = IPVS_CMD_ATTR_TIMEOUT_TCP_FIN,
		[IPVS_TIMEOUT_UDP] = IPVS_CMD_ATTR_TIMEOUT_UDP,
	};
	u32 seconds[IPVS_TIMEOUTS] = {};

	for (int i = 0; i < IPVS_TIMEOUTS; i++)
		if (info->attrs[ids[i]])
			seconds[i] = nla_get_u32(info->attrs[ids[i]]);
	return ipvs_set_timeouts(sock_net(skb->sk), seconds);
}

static int get_service_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct net *net = sock_net(skb->sk);
	struct weir_net *wn = weir_net(net);
	struct weir_service *service;
	struct ipvs_svc svc;
	int err;

	err = read_service(net, info->attrs[IPVS_CMD_ATTR_SERVICE], &svc, false);
	if (err)
		return err;
	mutex_lock(&wn->services.mutex);
	service = ipvs_find(wn, &svc);
	err = service ? ipvs_genl_reply_service(info, service) : -ESRCH;
	mutex_unlock(&wn->services.mutex);
	return err;
}

static int get_dest_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nlattr *attrs[IPVS_CMD_ATTR_MAX + 1];
	struct net *net = sock_net(skb->sk);
	struct weir_net *wn = weir_net(net);
	struct weir_service *service;
	struct ipvs_svc svc;

	/* An unknown service has no servers, says ip_vs, and that is no error. */
	if (nlmsg_parse_deprecated(cb->nlh, GENL_HDRLEN, attrs, IPVS_CMD_ATTR_MAX, command_policy,
				   cb->extack) ||
	    read_service(net, attrs[IPVS_CMD_ATTR_SERVICE], &svc, false))
		return skb->len;
	mutex_lock(&wn->services.mutex);
	service = ipvs_find(wn, &svc);
	if (service)
		ipvs_genl_dump_dests(skb, cb, service);
	mutex_unlock(&wn->services.mutex);
	return skb->len;
}

#define LAX (GENL_DONT_VALIDATE_STRICT | GENL_DONT_VALIDATE_DUMP)
#define DO(_cmd, _doit) \
	{ .cmd = IPVS_CMD_##_cmd, .validate = LAX, .flags = GENL_ADMIN_PERM, .doit = (_doit) }
#define DUMP(_cmd, _dumpit) \
	{ .cmd = IPVS_CMD_##_cmd, .validate = LAX, .flags = GENL_ADMIN_PERM, .dumpit = (_dumpit) }

static const struct genl_small_ops ops[] = {
	DO(NEW_SERVICE, service_doit),
	DO(SET_SERVICE, service_doit),
	DO(DEL_SERVICE, service_doit),
	{
		.cmd = IPVS_CMD_GET_SERVICE,
		.validate = LAX,
		.flags = GENL_ADMIN_PERM,
		.doit = get_service_doit,
		.dumpit = ipvs_genl_get_service_dumpit,
	},
	DO(NEW_DEST, dest_doit),
	DO(SET_DEST, dest_doit),
	DO(DEL_DEST, dest_doit),
	DUMP(GET_DEST, get_dest_dumpit),
	DO(NEW_DAEMON, daemon_doit),
	DO(DEL_DAEMON, daemon_doit),
	DUMP(GET_DAEMON, daemon_dumpit),
	DO(SET_CONFIG, set_config_doit),
	DO(GET_CONFIG, ipvs_genl_get_config_doit),
	DO(GET_INFO, ipvs_genl_get_info_doit),
	DO(ZERO, zero_doit),
	DO(FLUSH, flush_doit),
};

struct genl_family ipvs_genl_family __ro_after_init = {
	.name = IPVS_GENL_NAME,
	.version = IPVS_GENL_VERSION,
	.maxattr = IPVS_CMD_ATTR_MAX,
	.policy = command_policy,
	.netnsok = true,
	.module = THIS_MODULE,
	.small_ops = ops,
	.n_small_ops = ARRAY_SIZE(ops),
	.resv_start_op = IPVS_CMD_FLUSH + 1,
};

/**
 * ipvs_genl_init - takes the family's name
 *
 * Return: 0; -EEXIST while ip_vs has it.
 */
int ipvs_genl_init(void)
{
	return genl_register_family(&ipvs_genl_family);
}

/**
 * ipvs_genl_exit - gives the name back; no request is running any more
 */
void ipvs_genl_exit(void)
{
	genl_unregister_family(&ipvs_genl_family);
}
