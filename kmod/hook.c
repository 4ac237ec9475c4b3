// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netfilter's hooks, and the only file that knows NF_*: describes the packet,
 * runs the path, translates the verdict.
 */
#include "hook.h"

#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/slab.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/sock.h>

#include "device.h"
#include "fast.h"
#include "net.h"
#include "packet.h"
#include "path.h"
#include "route.h"

/*
 * After the host's filter rules (NF_IP_PRI_FILTER) and before its source NAT,
 * so that rules judge what clients sent.
 */
#define PRIORITY_PATH (NF_IP_PRI_NAT_SRC - 2)

/* After the raw table, before conntrack looks. */
#define PRIORITY_EARLY (NF_IP_PRI_CONNTRACK - 1)

static_assert((int)NF_IP_PRI_NAT_SRC == (int)NF_IP6_PRI_NAT_SRC);
static_assert((int)NF_IP_PRI_CONNTRACK == (int)NF_IP6_PRI_CONNTRACK);

static unsigned int to_netfilter(enum weir_verdict verdict)
{
	switch (verdict) {
	case WEIR_CONTINUE:
	case WEIR_ACCEPT:
		return NF_ACCEPT;
	case WEIR_DROP:
		return NF_DROP;
	case WEIR_STOLEN:
		return NF_STOLEN;
	}
	return NF_ACCEPT;
}

static enum weir_point where(unsigned int hook)
{
	switch (hook) {
	case NF_INET_LOCAL_IN:
		return WEIR_AT_LOCAL_IN;
	case NF_INET_LOCAL_OUT:
		return WEIR_AT_LOCAL_OUT;
	case NF_INET_FORWARD:
		return WEIR_AT_FORWARD;
	}
	return WEIR_AT_EARLY;
}

/* Only what was sent to this host, or by it, is ours. */
static bool is_eligible(const struct sk_buff *skb, enum weir_point at)
{
	return at == WEIR_AT_LOCAL_OUT || skb->pkt_type == PACKET_HOST;
}

/*
 * Whether a rule may have marked the packet after early_hook() has seen it, in a
 * chain of priority mangle: for the flow's first packet only the mark tells whose
 * it is.
 */
static bool is_marked_late(const struct weir_net *wn, const struct weir_packet *pkt)
{
	return unlikely(READ_ONCE(wn->services.fwmark_count)) && pkt->skb->mark &&
	       skb_nfct(pkt->skb) && pkt->at != WEIR_AT_FORWARD;
}

/* Nor will the host track it then: its entry is not confirmed yet. */
static void untrack(struct sk_buff *skb)
{
	nf_reset_ct(skb);
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
}

static unsigned int path_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	/* The parser fills it; some kernels would clear it first, for every packet. */
	struct weir_packet pkt __uninitialized;
	struct weir_net *wn = priv;
	enum weir_verdict verdict;

	pkt.net = state->net;
	pkt.drops = wn->drops;
	pkt.at = where(state->hook);
	pkt.is_alone = false;
	if (!is_eligible(skb, pkt.at))
		return NF_ACCEPT;
	verdict = weir_packet_parse(&pkt, skb, state->pf);
	if (verdict != WEIR_CONTINUE)
		return to_netfilter(verdict);
	if (is_marked_late(wn, &pkt) && weir_path_is_untracked(wn, &pkt))
		untrack(skb);
	return to_netfilter(weir_path(wn, &pkt));
}

/* What the host itself sends comes in process context. */
static unsigned int local_out_hook(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	unsigned int verdict;

	local_bh_disable();
	verdict = path_hook(priv, skb, state);
	local_bh_enable();
	return verdict;
}

/* Whether no other hook sees the packet here after @entry. */
static bool is_last(const struct nf_hook_state *state, nf_hookfn *entry)
{
	const struct netns_nf *nf = &state->net->nf;
	const struct nf_hook_entries *entries;

	if (state->pf == NFPROTO_IPV4)
		entries = rcu_dereference(nf->hooks_ipv4[state->hook]);
	else
		entries = rcu_dereference(nf->hooks_ipv6[state->hook]);
	return entries && entries->hooks[entries->num_hook_entries - 1].hook == entry;
}

/*
 * What came in fragments for a service that meets packets at ingress, where nobody
 * could tell whose they were.
 */
static noinline enum weir_verdict take_reassembled(struct weir_net *wn, struct sk_buff *skb,
						   const struct nf_hook_state *state)
{
	struct weir_packet pkt __uninitialized;

	pkt.skb = skb;
	pkt.outer.family = state->pf;
	pkt.net = state->net;
	pkt.drops = wn->drops;
	pkt.at = WEIR_AT_EARLY;
	pkt.is_alone = false;
	if (!weir_route_is_reassembled(&pkt) || !is_eligible(skb, pkt.at) ||
	    weir_packet_parse(&pkt, skb, state->pf) != WEIR_CONTINUE)
		return WEIR_ACCEPT;
	return weir_fast_reassembled(wn, &pkt);
}

/* What the host will not have to find out: whether to track, and where to route. */
static unsigned int early_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	/* Then conntrack is not in use, and no rule changes the packet any more. */
	bool is_final = is_last(state, early_hook);
	struct weir_packet pkt __uninitialized;
	struct weir_net *wn = priv;
	enum weir_verdict verdict;

	if (unlikely(READ_ONCE(wn->ingress_services)) && state->hook == NF_INET_PRE_ROUTING) {
		verdict = take_reassembled(wn, skb, state);
		if (verdict != WEIR_ACCEPT)
			return to_netfilter(verdict);
	}
	if (is_final && !(READ_ONCE(wn->has_slow_flows) && state->hook == NF_INET_PRE_ROUTING))
		return NF_ACCEPT;
	if (!is_final && skb->_nfct)
		return NF_ACCEPT;
	pkt.net = state->net;
	pkt.at = WEIR_AT_EARLY;
	if (weir_packet_parse(&pkt, skb, state->pf) != WEIR_CONTINUE)
		return NF_ACCEPT;
	if (is_final)
		weir_path_recall_input(wn, &pkt);
	else if (weir_path_is_untracked(wn, &pkt))
		nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	return NF_ACCEPT;
}

/* Devices of every kind bring frames in; ours hold IP, for this host, untagged. */
static unsigned int ingress_hook(void *priv, struct sk_buff *skb,
				 const struct nf_hook_state *state)
{
	struct weir_packet pkt __uninitialized;
	struct weir_net *wn = priv;
	enum weir_verdict verdict;
	u8 family;

	if (skb->protocol == htons(ETH_P_IP))
		family = AF_INET;
	else if (skb->protocol == htons(ETH_P_IPV6))
		family = AF_INET6;
	else
		return NF_ACCEPT;
	if (skb->pkt_type != PACKET_HOST || skb_vlan_tag_present(skb))
		return NF_ACCEPT;
	/* A dst, or a socket of this host, means that somebody has other plans. */
	if (skb_dst(skb) || skb_sk_is_prefetched(skb))
		return NF_ACCEPT;
	pkt.net = state->net;
	pkt.drops = wn->drops;
	pkt.at = WEIR_AT_INGRESS;
	verdict = weir_packet_parse(&pkt, skb, family);
	if (verdict == WEIR_CONTINUE)
		verdict = weir_fast(wn, &pkt);
	return to_netfilter(verdict);
}

/* Copied for each device, with the namespace as its priv. */
const struct nf_hook_ops weir_hook_ingress_ops = {
	.hook = ingress_hook,
	.pf = NFPROTO_NETDEV,
	.hooknum = NF_NETDEV_INGRESS,
	.priority = 0,
};

#define HOOK(_hook, _pf, _hooknum, _priority) \
	{ .hook = (_hook), .pf = (_pf), .hooknum = (_hooknum), .priority = (_priority) }

/* Copied for each namespace, with the namespace as its priv. */
static const struct nf_hook_ops hooks[] = {
	HOOK(early_hook, NFPROTO_IPV4, NF_INET_PRE_ROUTING, PRIORITY_EARLY),
	HOOK(early_hook, NFPROTO_IPV6, NF_INET_PRE_ROUTING, PRIORITY_EARLY),
	HOOK(early_hook, NFPROTO_IPV4, NF_INET_LOCAL_OUT, PRIORITY_EARLY),
	HOOK(early_hook, NFPROTO_IPV6, NF_INET_LOCAL_OUT, PRIORITY_EARLY),
	HOOK(path_hook, NFPROTO_IPV4, NF_INET_LOCAL_IN, PRIORITY_PATH),
	HOOK(path_hook, NFPROTO_IPV6, NF_INET_LOCAL_IN, PRIORITY_PATH),
	HOOK(local_out_hook, NFPROTO_IPV4, NF_INET_LOCAL_OUT, PRIORITY_PATH),
	HOOK(local_out_hook, NFPROTO_IPV6, NF_INET_LOCAL_OUT, PRIORITY_PATH),
	HOOK(path_hook, NFPROTO_IPV4, NF_INET_FORWARD, PRIORITY_PATH),
	HOOK(path_hook, NFPROTO_IPV6, NF_INET_FORWARD, PRIORITY_PATH),
};

/**
 * weir_hooks_register - lets packets in
 * @wn: the namespace; its tables exist, its mutex is held
 *
 * Fragments are put together before the hooks see them: only the first one
 * carries ports. Devices are another matter: weir_devices_open().
 *
 * Return: 0 or a negative errno.
 */
int weir_hooks_register(struct weir_net *wn)
{
	struct net *net = wn->net;
	int err;

	lockdep_assert_held(&wn->services.mutex);
	wn->hooks = kmemdup(hooks, sizeof(hooks), GFP_KERNEL_ACCOUNT);
	if (!wn->hooks)
		return -ENOMEM;
	for (int i = 0; i < ARRAY_SIZE(hooks); i++)
		wn->hooks[i].priv = wn;
	err = nf_defrag_ipv4_enable(net);
	if (err)
		goto err_free;
	err = nf_defrag_ipv6_enable(net);
	if (err)
		goto err_disable_ipv4;
	err = nf_register_net_hooks(net, wn->hooks, ARRAY_SIZE(hooks));
	if (err)
		goto err_disable_ipv6;
	WRITE_ONCE(wn->is_open, true);
	return 0;

err_disable_ipv6:
	nf_defrag_ipv6_disable(net);
	/* Packets may be in those that were registered before the one that failed. */
	synchronize_net();
err_disable_ipv4:
	nf_defrag_ipv4_disable(net);
err_free:
	kfree(wn->hooks);
	wn->hooks = NULL;
	return err;
}

/**
 * weir_hooks_unregister - lets no more packets in
 * @wn: the namespace; its mutex is held
 *
 * On return no packet is in a hook any more: tables may go.
 */
void weir_hooks_unregister(struct weir_net *wn)
{
	lockdep_assert_held(&wn->services.mutex);
	WRITE_ONCE(wn->is_open, false);
	weir_devices_close(wn);
	nf_unregister_net_hooks(wn->net, wn->hooks, ARRAY_SIZE(hooks));
	nf_defrag_ipv6_disable(wn->net);
	nf_defrag_ipv4_disable(wn->net);
	synchronize_net();
	kfree(wn->hooks);
	wn->hooks = NULL;
}
