// SPDX-License-Identifier: GPL-2.0-only
/*
 * Conntrack's entries of conns. Weir goes on to rewrite the packets itself, in
 * the places where it always does; conntrack is only told, before it confirms an
 * entry, who will answer. So the entry holds both directions of the flow, and
 * the host's source NAT works on it as on any other.
 */
#include "track.h"

#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_helper.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/netfilter/nf_conntrack_zones.h>
#include <net/netfilter/nf_nat.h>

static const char ftp_name[] = "ftp";

static unsigned int accept_all(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

/*
 * A rule of the host's source NAT that asks for nothing. nf_nat's own hooks, which
 * translate what a helper expects, exist in a namespace while it has some rule.
 */
static const struct nf_hook_ops no_nat = {
	.hook = accept_all,
	.pf = NFPROTO_INET,
	.hooknum = NF_INET_POST_ROUTING,
	.priority = NF_IP_PRI_NAT_SRC,
};

/* The helper and its other half in nf_nat, each with a reference to its module. */
static struct nf_conntrack_helper *get_helper(const struct weir_service_key *key)
{
	u8 family = key->vip.family;
	struct nf_conntrack_helper *helper;

	helper = nf_conntrack_helper_try_module_get(ftp_name, family, key->protocol);
	if (helper && nf_nat_helper_try_module_get(ftp_name, family, key->protocol)) {
		nf_conntrack_helper_put(helper);
		return NULL;
	}
	return helper;
}

static void put_helper(struct nf_conntrack_helper *helper)
{
	/* nf_nat looks through its list, and leaves the lock to whoever asks. */
	rcu_read_lock();
	nf_nat_helper_put(helper);
	rcu_read_unlock();
	nf_conntrack_helper_put(helper);
}

static int hold_helper(struct weir_service *service)
{
	struct nf_conntrack_helper *helper = get_helper(&service->key);
	int err;

	if (!helper)
		return -ENOENT;
	err = nf_nat_inet_register_fn(service->net, &no_nat);
	if (err) {
		put_helper(helper);
		return err;
	}
	WRITE_ONCE(service->ct_helper, helper);
	return 0;
}

/*
 * Packets that have seen the helper may still give it to their entry: before the
 * helper's module goes it waits for them, and takes it from all entries.
 */
static void release_helper(struct weir_service *service)
{
	struct nf_conntrack_helper *helper = service->ct_helper;

	WRITE_ONCE(service->ct_helper, NULL);
	nf_nat_inet_unregister_fn(service->net, &no_nat);
	put_helper(helper);
}

/**
 * weir_track_hold - gets what options of a service need of conntrack
 * @service: the service; its namespace's mutex is held
 * @conntrack: whether it is to be tracked
 * @helper: the helper it is to have
 *
 * What the service already has is kept. Modules may be loaded.
 *
 * Return: 0, -ENOENT if the kernel has no such helper, or another negative errno;
 * what was got before an error is kept until weir_track_settle().
 */
int weir_track_hold(struct weir_service *service, bool conntrack, enum weir_helper helper)
{
	int err;

	if (conntrack && !service->has_conntrack) {
		err = nf_ct_netns_get(service->net, service->key.vip.family);
		if (err)
			return err;
		service->has_conntrack = true;
	}
	if (helper == WEIR_HELPER_FTP && !service->ct_helper)
		return hold_helper(service);
	return 0;
}

/**
 * weir_track_settle - lets go of what a service's options do not need of conntrack
 * @service: the service; its namespace's mutex is held
 */
void weir_track_settle(struct weir_service *service)
{
	if (service->helper == WEIR_HELPER_NONE && service->ct_helper)
		release_helper(service);
	if (!service->conntrack && service->has_conntrack) {
		nf_ct_netns_put(service->net, service->key.vip.family);
		service->has_conntrack = false;
	}
}

/**
 * weir_track_release - lets go of everything a service has of conntrack
 * @service: a service that no packet uses any more; its namespace's mutex is held
 */
void weir_track_release(struct weir_service *service)
{
	service->conntrack = false;
	service->helper = WEIR_HELPER_NONE;
	weir_track_settle(service);
}

/*
 * The packet begins a conn but has the entry of a flow that is over: of the same
 * ports, perhaps with another server, which would answer for ever. Conntrack looks
 * at the packet again, as if it had not seen it, and makes another entry.
 */
static bool track_anew(const struct weir_packet *pkt, struct nf_conn *ct)
{
	const struct nf_hook_state state = {
		.hook = pkt->at == WEIR_AT_LOCAL_OUT ? NF_INET_LOCAL_OUT : NF_INET_PRE_ROUTING,
		.pf = pkt->outer.family,
		.net = pkt->net,
	};

	nf_ct_kill(ct);
	nf_reset_ct(pkt->skb);
	return nf_conntrack_in(pkt->skb, &state) == NF_ACCEPT;
}

/*
 * Makes both directions one flow: the other side's packets will be those of the
 * conn, as they arrive here. nf_nat is not told, or it would redirect requests
 * before they are routed, where neither the service nor the input chain is met.
 */
static void bind(struct nf_conn *ct, const struct weir_conn *conn, enum weir_dir dir)
{
	const struct weir_tuple *request = &conn->nodes[WEIR_DIR_REQUEST].tuple;
	const struct weir_tuple *reply = &conn->nodes[WEIR_DIR_REPLY].tuple;
	struct nf_conntrack_tuple tuple = ct->tuplehash[IP_CT_DIR_REPLY].tuple;

	if (dir == WEIR_DIR_REQUEST) {
		tuple.src.u3 = reply->src;
		tuple.src.u.all = reply->sport;
	} else {
		tuple.dst.u3 = request->dst;
		tuple.dst.u.all = request->dport;
	}
	nf_conntrack_alter_reply(ct, &tuple);
}

/*
 * Gives an entry that is not confirmed yet the service's helper. The helper
 * rewrites addresses only in flows that have NAT, and SRC_NAT, of the client to
 * itself unless a rule has other plans, is the kind that changes nothing.
 */
static bool assist(struct nf_conn *ct, struct nf_conntrack_helper *helper)
{
	struct nf_conn_help *help = nfct_help(ct);

	if (!help)
		help = nf_ct_helper_ext_add(ct, GFP_ATOMIC);
	if (!help || (!nfct_seqadj(ct) && !nfct_seqadj_ext_add(ct)))
		return false;
	rcu_assign_pointer(help->helper, helper);
	__set_bit(IPS_SRC_NAT_BIT, &ct->status);
	return true;
}

/**
 * weir_track_packet - tells conntrack what becomes of a packet
 * @pkt: a packet as it arrived, no ICMP error; RCU read side, bottom halves off
 * @conn: its conn, of a service with conntrack on
 * @dir: its direction
 * @is_first: it has begun the conn
 *
 * An entry that is not confirmed is nobody's but the packet's.
 *
 * Return: false without memory, or without room in conntrack's table.
 */
bool weir_track_packet(struct weir_packet *pkt, const struct weir_conn *conn, enum weir_dir dir,
		       bool is_first)
{
	struct nf_conntrack_helper *helper = READ_ONCE(conn->server->service->ct_helper);
	enum ip_conntrack_info info;
	struct nf_conn *ct = nf_ct_get(pkt->skb, &info);

	if (is_first && ct && nf_ct_is_confirmed(ct)) {
		if (!track_anew(pkt, ct))
			return false;
		ct = nf_ct_get(pkt->skb, &info);
	}
	if (!ct || nf_ct_is_confirmed(ct) || nf_ct_is_template(ct) || !weir_conn_sees_replies(conn))
		return true;
	bind(ct, conn, dir);
	return !helper || dir == WEIR_DIR_REPLY || assist(ct, helper);
}

/**
 * weir_track_has_ftp - whether conntrack's reader of FTP has a packet's flow
 * @ct: the flow's entry; RCU read side
 *
 * Return: whether it has.
 */
bool weir_track_has_ftp(const struct nf_conn *ct)
{
	const struct nf_conn_help *help = nfct_help(ct);
	const struct nf_conntrack_helper *helper = help ? rcu_dereference(help->helper) : NULL;

	return helper && !strcmp(helper->name, ftp_name);
}

/**
 * weir_track_end - ends conntrack's entry of a conn that ends
 * @conn: the conn, of a service with conntrack on; its lane is locked
 *
 * Left to itself the entry would outlive the conn, and tie the next flow of the
 * same ports to its server. It is looked for in the default zone.
 */
void weir_track_end(const struct weir_conn *conn)
{
	const struct weir_tuple *request = &conn->nodes[WEIR_DIR_REQUEST].tuple;
	const struct nf_conntrack_tuple tuple = {
		.src = {
			.u3 = request->src,
			.u.all = request->sport,
			.l3num = request->family,
		},
		.dst = {
			.u3 = request->dst,
			.u.all = request->dport,
			.protonum = request->protocol,
		},
	};
	struct nf_conntrack_tuple_hash *found;
	struct nf_conn *ct;

	found = nf_conntrack_find_get(conn->server->service->net, &nf_ct_zone_dflt, &tuple);
	if (!found)
		return;
	ct = nf_ct_tuplehash_to_ctrack(found);
	nf_ct_kill(ct);
	nf_ct_put(ct);
}
