// SPDX-License-Identifier: GPL-2.0-only
/*
 * The xtables match "ipvs", revision 0: rules ask whether a packet belongs to a
 * conn of Weir, and to which.
 */
#include <linux/netfilter/x_tables.h>
#include <linux/netfilter/xt_ipvs.h>
#include <net/netfilter/nf_conntrack.h>

#include "../packet.h"
#include "ipvs.h"

/* The direction opposite to that of @tuple. */
static struct weir_tuple opposite(const struct weir_tuple *tuple)
{
	return (struct weir_tuple){
		.src = tuple->dst,
		.dst = tuple->src,
		.sport = tuple->dport,
		.dport = tuple->sport,
		.family = tuple->family,
		.protocol = tuple->protocol,
	};
}

/* Whether a conn has the packet, in either direction, as it came or as it was rewritten. */
static bool is_of_conn(struct weir_net *wn, const struct weir_tuple *tuple)
{
	struct weir_tuple back = opposite(tuple);
	enum weir_dir dir;

	return weir_conn_find_rcu(&wn->conns, tuple, &dir) ||
	       weir_conn_find_rcu(&wn->conns, &back, &dir);
}

/*
 * The conn that ip_vs would tell more of: only while its requests leave. Those to Masq
 * servers are what a reply would come back for, the others are still to the VIP; of what
 * leaves in a tunnel ip_vs sees the outer packet alone.
 */
static const struct weir_conn *find_leaving(struct weir_net *wn, const struct weir_tuple *tuple)
{
	struct weir_tuple back = opposite(tuple);
	const struct weir_conn *conn;
	enum weir_dir dir;

	conn = weir_conn_find_rcu(&wn->conns, &back, &dir);
	if (conn && dir == WEIR_DIR_REPLY)
		return conn;
	conn = weir_conn_find_rcu(&wn->conns, tuple, &dir);
	return conn && dir == WEIR_DIR_REQUEST && !weir_conn_sees_replies(conn) ? conn : NULL;
}

static bool is_in(const struct weir_endpoint *vip, const struct xt_ipvs_mtinfo *info)
{
	const u32 *addr = (const u32 *)&vip->addr;
	int words = vip->family == AF_INET ? 1 : 4;

	for (int i = 0; i < words; i++)
		if ((addr[i] ^ (__force u32)info->vaddr.all[i]) & (__force u32)info->vmask.all[i])
			return false;
	return true;
}

/* Whether one of the match's questions, if it is asked, has the answer it wants. */
static bool passes(const struct xt_ipvs_mtinfo *info, u8 question, bool answer)
{
	return !(info->bitmask & question) || answer != !!(info->invert & question);
}

/*
 * Whether the port asked for is that of what ip_vs would control the conn by, the template
 * of a persistent service: its own, or 0 if clients are held for more than one port.
 */
static bool is_controlled(const struct weir_conn *conn, __be16 port)
{
	const struct weir_service *service = conn->server->service;
	__be16 own = service->key.vip.port;

	return READ_ONCE(service->affinity_options.timeout) && port == (own == htons(21) ? 0 : own);
}

/* Of connection tracking's, without which ip_vs tells no direction. */
static bool passes_dir(const struct xt_ipvs_mtinfo *info, const struct sk_buff *skb)
{
	enum ip_conntrack_info ctinfo;

	if (!(info->bitmask & XT_IPVS_DIR))
		return true;
	return nf_ct_get(skb, &ctinfo) && passes(info, XT_IPVS_DIR, ctinfo < IP_CT_IS_REPLY);
}

static bool passes_all(const struct xt_ipvs_mtinfo *info, const struct sk_buff *skb,
		       const struct weir_conn *conn)
{
	struct weir_endpoint vip = weir_conn_vip(conn);
	u32 method = ipvs_method_of(conn->method);

	return passes(info, XT_IPVS_PROTO, weir_conn_protocol(conn) == info->l4proto) &&
	       passes(info, XT_IPVS_VADDR, is_in(&vip, info)) &&
	       passes(info, XT_IPVS_VPORT, vip.port == info->vport) &&
	       passes(info, XT_IPVS_METHOD, method == info->fwd_method) &&
	       passes(info, XT_IPVS_VPORTCTL, is_controlled(conn, info->vportctl)) &&
	       passes_dir(info, skb);
}

/* Before POST_ROUTING it has not been balanced yet, says ip_vs. */
static bool is_balanced(struct weir_net *wn, const struct xt_action_param *par)
{
	return xt_hooknum(par) == NF_INET_POST_ROUTING && READ_ONCE(wn->is_open);
}

static bool match(const struct sk_buff *skb, struct xt_action_param *par)
{
	const struct xt_ipvs_mtinfo *info = par->matchinfo;
	struct weir_net *wn = weir_net(xt_net(par));
	struct weir_packet pkt __uninitialized;
	const struct weir_conn *conn;
	bool is_known;

	pkt.at = WEIR_AT_EARLY;
	/* Parsing changes nothing of the skb. */
	is_known = is_balanced(wn, par) &&
		   weir_packet_parse(&pkt, (struct sk_buff *)skb, xt_family(par)) == WEIR_CONTINUE;
	if (info->bitmask == XT_IPVS_IPVS_PROPERTY)
		return passes(info, XT_IPVS_IPVS_PROPERTY, is_known && is_of_conn(wn, &pkt.tuple));
	conn = is_known ? find_leaving(wn, &pkt.tuple) : NULL;
	return conn && passes_all(info, skb, conn);
}

static int check(const struct xt_mtchk_param *par)
{
	return par->family == NFPROTO_IPV4 || par->family == NFPROTO_IPV6 ? 0 : -EINVAL;
}

static struct xt_match ipvs_match __read_mostly = {
	.name = "ipvs",
	.revision = 0,
	.family = NFPROTO_UNSPEC,
	.match = match,
	.checkentry = check,
	.matchsize = XT_ALIGN(sizeof(struct xt_ipvs_mtinfo)),
	.me = THIS_MODULE,
};

/**
 * ipvs_match_init - makes the match known
 *
 * Return: 0 or a negative errno.
 */
int ipvs_match_init(void)
{
	return xt_register_match(&ipvs_match);
}

/**
 * ipvs_match_exit - takes the match back; no rule uses it, since each holds the module
 */
void ipvs_match_exit(void)
{
	xt_unregister_match(&ipvs_match);
}
