// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks up and caches the way to a server, checks that a packet fits it, sends
 * the packet, and tells senders what went wrong. Knows no services and no conns.
 */
#include "route.h"

#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/arp.h>
#include <net/ip.h>
#include <net/ip_fib.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "drop.h"
#include "rewrite.h"

/**
 * weir_route_init - no way yet
 * @route: the cache
 */
void weir_route_init(struct weir_route *route)
{
	route->dst = NULL;
	route->cookie = 0;
	route->iif = 0;
}

/**
 * weir_route_release - forgets a way
 * @route: the cache; any context
 */
void weir_route_release(struct weir_route *route)
{
	dst_release(xchg(&route->dst, NULL));
}

static struct dst_entry *lookup_ipv4(struct net *net, __be32 to, u8 flags,
				     union nf_inet_addr *source)
{
	struct flowi4 flow = {.daddr = to, .flowi4_flags = flags};
	struct rtable *rt = ip_route_output_key(net, &flow);

	source->ip = flow.saddr;
	return IS_ERR(rt) ? NULL : &rt->dst;
}

/* The source takes a walk over the device's addresses: only where it is wanted. */
static struct dst_entry *lookup_ipv6(struct net *net, const struct in6_addr *to, u8 flags,
				     union nf_inet_addr *source, bool wants_source, u32 *cookie)
{
	struct flowi6 flow = {.daddr = *to, .flowi6_flags = flags};
	struct dst_entry *dst;

	if (!wants_source)
		dst = ip6_route_output(net, NULL, &flow);
	else if (ip6_dst_lookup(net, NULL, &dst, &flow))
		return NULL;
	if (dst->error) {
		dst_release(dst);
		return NULL;
	}
	source->in6 = flow.saddr;
	*cookie = rt6_get_cookie((const struct rt6_info *)dst);
	return dst;
}

static void keep_source(struct weir_source *source, const union nf_inet_addr *addr)
{
	write_seqlock(&source->lock);
	source->addr = *addr;
	write_sequnlock(&source->lock);
}

/* dst_mtu(), in line for an IPv4 way that has neither learned an MTU nor been given one. */
static __always_inline u32 mtu_of(const struct dst_entry *dst, u8 family)
{
	if (family == AF_INET && !((const struct rtable *)dst)->rt_pmtu &&
	    !dst_metric_raw(dst, RTAX_MTU) && !dst->lwtstate)
		return READ_ONCE(dst->dev->mtu);
	return dst_mtu(dst);
}

/*
 * The way to @to, held by @route for as long as RCU is; or NULL if there is
 * none. Routes are looked up by destination alone.
 *
 * FLOWI_FLAG_KNOWN_NH: a packet that is addressed to the service on its way to
 * the server has the server's neighbour, not that of its own destination. Such
 * a route is made for us; without the flag it is shared with everybody, and gets
 * to know what is learned of the path's MTU. With a firewall mark a packet may be
 * addressed to the very server: the next may not.
 */
static noinline struct dst_entry *find_new_dst(const struct weir_packet *pkt,
					       struct weir_route *route,
					       const struct weir_endpoint *to,
					       const struct weir_wrap *wrap)
{
	union nf_inet_addr source = {};
	struct dst_entry *dst;
	u32 cookie = 0;
	u8 flags = 0;

	weir_route_release(route);
	if (!wrap && (READ_ONCE(route->iif) == WEIR_ROUTE_TO_SERVER ||
		      memcmp(&pkt->tuple.dst, &to->addr, sizeof(to->addr))))
		flags = FLOWI_FLAG_KNOWN_NH;
	if (to->family == AF_INET)
		dst = lookup_ipv4(pkt->net, to->addr.ip, flags, &source);
	else
		dst = lookup_ipv6(pkt->net, &to->addr.in6, flags, &source, wrap, &cookie);
	if (!dst)
		return NULL;
	if (wrap)
		keep_source(wrap->source, &source);
	WRITE_ONCE(route->cookie, cookie);
	if (READ_ONCE(route->iif) != WEIR_ROUTE_TO_SERVER)
		WRITE_ONCE(route->iif, 0);
	/* Another packet's way is as good; ours then lives for a grace period. */
	if (cmpxchg(&route->dst, NULL, dst))
		dst_release(dst);
	return dst;
}

static __always_inline struct dst_entry *find_dst(const struct weir_packet *pkt,
						  struct weir_route *route,
						  const struct weir_endpoint *to,
						  const struct weir_wrap *wrap)
{
	struct dst_entry *dst = READ_ONCE(route->dst);

	if (likely(dst && weir_route_is_current(pkt, dst, READ_ONCE(route->cookie), to->family)))
		return dst;
	return find_new_dst(pkt, route, to, wrap);
}

/*
 * The largest fragment that a packet was put together from, 0 if it arrived
 * whole: before IP input nothing is put together, and skb->cb is not IP's yet.
 */
static u16 largest_fragment(const struct weir_packet *pkt)
{
	if (pkt->at == WEIR_AT_INGRESS)
		return 0;
	if (pkt->outer.family == AF_INET)
		return IPCB(pkt->skb)->frag_max_size;
	return IP6CB(pkt->skb)->frag_max_size;
}

/**
 * weir_route_is_reassembled - whether the host has put a packet together
 * @pkt: a packet that IP input has seen
 *
 * Return: whether it came in fragments.
 */
bool weir_route_is_reassembled(const struct weir_packet *pkt)
{
	return largest_fragment(pkt);
}

/* Whether a packet larger than @mtu is not to be cut into segments that fit. */
static bool exceeds(const struct sk_buff *skb, u32 mtu)
{
	return !(skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu));
}

/* Whether nobody may fragment a packet larger than @mtu on the way. */
static bool is_too_big(const struct weir_packet *pkt, u32 mtu)
{
	const struct sk_buff *skb = pkt->skb;
	u16 largest;

	if (pkt->outer.family == AF_INET && !(ip_hdr(skb)->frag_off & htons(IP_DF)))
		return false;
	/* Put together from fragments, it may leave in fragments as large. */
	largest = largest_fragment(pkt);
	if (largest)
		return largest > mtu;
	return !skb->ignore_df && exceeds(skb, mtu);
}

/* What forwarding changes in every skb, whatever the method. */
static __always_inline bool prepare_to_forward(struct weir_packet *pkt, const struct dst_entry *dst,
					       u32 overhead)
{
	struct sk_buff *skb = pkt->skb;

	if (skb_cow(skb, LL_RESERVED_SPACE(dst->dev) + dst->header_len + overhead))
		return false;
	if (pkt->at != WEIR_AT_LOCAL_OUT) {
		weir_rewrite_ttl(pkt);
		/* The sender's socket on a veth, or what early demux has found. */
		skb_orphan(skb);
	}
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	return true;
}

/* What is wrong with sending the packet this way, told to its sender. */
static enum weir_verdict object(const struct weir_packet *pkt, enum weir_drop_reason reason,
				enum weir_refusal refusal, u32 mtu)
{
	/* The slow path meets it again, and tells then. */
	if (pkt->at == WEIR_AT_INGRESS && !pkt->is_alone)
		return WEIR_ACCEPT;
	weir_route_refuse(pkt, refusal, mtu);
	return weir_drop(pkt, reason);
}

/*
 * Whether the other end of a link could not answer what a program on this host
 * sends: it would have to send to a loopback address, or to what is its own as well.
 */
static bool is_unanswerable(const struct weir_packet *pkt, bool is_addressed)
{
	const struct weir_tuple *tuple = &pkt->tuple;

	return weir_addr_is_loopback(&tuple->src, tuple->family) ||
	       (!is_addressed && !memcmp(&tuple->src, &tuple->dst, sizeof(tuple->src)));
}

static __always_inline enum weir_verdict
examine(const struct weir_packet *pkt, const struct dst_entry *dst, u32 mtu, bool is_addressed)
{
	if (pkt->at == WEIR_AT_LOCAL_OUT) {
		if (unlikely(is_unanswerable(pkt, is_addressed)))
			return object(pkt, WEIR_DROP_REASON_LOCAL_CLIENT, WEIR_REFUSE_HOST, 0);
	} else if (unlikely(pkt->outer.ttl <= 1)) {
		return object(pkt, WEIR_DROP_REASON_TTL, WEIR_REFUSE_TTL, 0);
	}
	if (unlikely(pkt->skb->len > mtu && is_too_big(pkt, mtu)))
		return object(pkt, WEIR_DROP_REASON_TOO_BIG, WEIR_REFUSE_TOO_BIG, mtu);
	return WEIR_CONTINUE;
}

static noinline struct neighbour *create_ipv4_neighbour(struct net_device *dev, __be32 hop)
{
	return __neigh_create(&arp_tbl, &hop, dev, false);
}

static __always_inline struct neighbour *find_ipv4_neighbour(struct net_device *dev, __be32 hop)
{
	struct neighbour *neighbour = __ipv4_neigh_lookup_noref(dev, (__force u32)hop);

	return likely(neighbour) ? neighbour : create_ipv4_neighbour(dev, hop);
}

/* The next hop, if the neighbour table knows it. */
static __always_inline const struct neighbour *
find_known_neighbour(const struct dst_entry *dst, const struct weir_endpoint *to)
{
	const struct rtable *rt = (const struct rtable *)dst;

	if (to->family == AF_INET6)
		return __ipv6_neigh_lookup_noref(dst->dev, rt6_nexthop((const struct rt6_info *)dst,
								       &to->addr.in6));
	if (rt->rt_gw_family == AF_INET6)
		return __ipv6_neigh_lookup_noref(dst->dev, &rt->rt_gw6);
	return __ipv4_neigh_lookup_noref(dst->dev, (__force u32)(rt->rt_gw_family ?
								 rt->rt_gw4 : to->addr.ip));
}

/* The next hop; made known to the neighbour table if it is not yet. */
static __always_inline struct neighbour *find_neighbour(struct dst_entry *dst,
							const struct weir_endpoint *to)
{
	const struct in6_addr *hop;
	const struct rtable *rt = (struct rtable *)dst;
	struct neighbour *neighbour;

	if (to->family == AF_INET) {
		/* An IPv4 packet by an IPv6 hop (RFC 8950) needs IP output's care. */
		if (rt->rt_gw_family == AF_INET6)
			return NULL;
		return find_ipv4_neighbour(dst->dev, rt->rt_gw_family ? rt->rt_gw4 : to->addr.ip);
	}
	hop = rt6_nexthop((struct rt6_info *)dst, &to->addr.in6);
	neighbour = __ipv6_neigh_lookup_noref(dst->dev, hop);
	return neighbour ?: __neigh_create(&nd_tbl, hop, dst->dev, false);
}

/* Whether a packet for this hop would only push out another that waits. */
static bool is_queue_full(const struct neighbour *neighbour, const struct sk_buff *skb)
{
	unsigned int queued = READ_ONCE(neighbour->arp_queue_len_bytes);

	return queued && queued + skb->truesize > NEIGH_VAR(neighbour->parms, QUEUE_LEN_BYTES);
}

/*
 * Whether IP output would push out another packet that waits for the next hop. It
 * makes the neighbour known, if that is not yet.
 */
static __always_inline bool would_push_out(const struct weir_packet *pkt,
					   const struct dst_entry *dst,
					   const struct weir_endpoint *to)
{
	const struct neighbour *neighbour = find_known_neighbour(dst, to);

	return unlikely(neighbour && !(READ_ONCE(neighbour->nud_state) & NUD_VALID)) &&
	       is_queue_full(neighbour, pkt->skb);
}

/* Whether an IPsec policy of the namespace may be about what it sends. */
static bool has_ipsec_policy(const struct net *net)
{
#ifdef CONFIG_XFRM
	return net->xfrm.policy_count[XFRM_POLICY_OUT] ||
	       net->xfrm.policy_default[XFRM_POLICY_OUT] != XFRM_USERPOLICY_ACCEPT;
#else
	return false;
#endif
}

/* Whether there is more to do than to hand the packet to a neighbour. */
static __always_inline bool needs_ip_output(const struct weir_packet *pkt,
					    const struct dst_entry *dst, u32 mtu)
{
	return dst->lwtstate || has_ipsec_policy(pkt->net) ||
	       unlikely(pkt->skb->len > mtu && exceeds(pkt->skb, mtu));
}

/*
 * A packet met at ingress goes to the neighbour by itself. Where that is not
 * enough it is left to the host, or to IP output if the host knows nothing of it.
 */
static __always_inline enum weir_verdict attach_neighbour(struct weir_packet *pkt,
							  struct dst_entry *dst,
							  const struct weir_endpoint *to, u32 mtu)
{
	struct neighbour *neighbour = NULL;

	if (!needs_ip_output(pkt, dst, mtu))
		neighbour = find_neighbour(dst, to);
	if (unlikely(IS_ERR_OR_NULL(neighbour)))
		return pkt->is_alone ? WEIR_CONTINUE : WEIR_ACCEPT;
	if (unlikely(!(READ_ONCE(neighbour->nud_state) & NUD_VALID))) {
		if (is_queue_full(neighbour, pkt->skb))
			return weir_drop(pkt, WEIR_DROP_REASON_NEIGHBOUR);
		if (!pkt->is_alone)
			return WEIR_ACCEPT;
	}
	pkt->neighbour = neighbour;
	return WEIR_CONTINUE;
}

/**
 * weir_route_stay - leaves a packet that is to be rewritten to the host's own stack
 * @pkt: the packet; takes the place of weir_route_attach()
 */
void weir_route_stay(struct weir_packet *pkt)
{
	pkt->neighbour = NULL;
	pkt->stays = true;
	/* What early demux has found was looked for by other addresses. */
	if (pkt->at == WEIR_AT_LOCAL_IN)
		skb_orphan(pkt->skb);
}

/*
 * The way of the packet ends at this host. If it is going to carry the host's
 * address, the host will take it, wherever it was met. If it goes on as it is, it
 * is met again, and counts, where the host has taken it in.
 */
static enum weir_verdict stay(struct weir_packet *pkt, bool is_addressed)
{
	if (pkt->at == WEIR_AT_INGRESS && !pkt->is_alone)
		return WEIR_ACCEPT;
	if (!is_addressed && pkt->is_alone)
		return object(pkt, WEIR_DROP_REASON_LOCAL_SERVER, WEIR_REFUSE_HOST, 0);
	if (!is_addressed && pkt->at != WEIR_AT_LOCAL_IN)
		return WEIR_ACCEPT;
	if (is_addressed)
		weir_route_stay(pkt);
	pkt->stays = true;
	return WEIR_CONTINUE;
}

/*
 * The size that the sender of a packet to be wrapped is held to where @mtu is what
 * the wrapping leaves. What the sender has fragmented, would let others fragment,
 * or cannot make any smaller (IPv6: RFC 2473 section 7.1, RFC 4213 section 3.2.2)
 * may be fragmented with what it is wrapped in.
 */
static u32 limit_inside(struct weir_packet *pkt, u32 mtu)
{
	const struct sk_buff *skb = pkt->skb;

	pkt->may_fragment = skb->ignore_df || largest_fragment(pkt);
	if (pkt->outer.family == AF_INET) {
		pkt->may_fragment |= !(ip_hdr(skb)->frag_off & htons(IP_DF));
		return mtu;
	}
	pkt->may_fragment |= mtu < IPV6_MIN_MTU;
	return max_t(u32, mtu, IPV6_MIN_MTU);
}

/* Whether the packet may go the way of @dst, and all that it takes but the dst. */
static __always_inline enum weir_verdict prepare(struct weir_packet *pkt, struct dst_entry *dst,
						 const struct weir_endpoint *to,
						 const struct weir_wrap *wrap, bool is_addressed)
{
	enum weir_verdict verdict;
	u32 mtu, limit;

	if (!dst)
		return object(pkt, WEIR_DROP_REASON_NO_ROUTE, WEIR_REFUSE_HOST, 0);
	if (unlikely(dst->dev->flags & IFF_LOOPBACK))
		return wrap ? object(pkt, WEIR_DROP_REASON_LOCAL_SERVER, WEIR_REFUSE_HOST, 0)
			    : stay(pkt, is_addressed);
	mtu = mtu_of(dst, to->family);
	limit = mtu;
	if (wrap) {
		mtu -= wrap->overhead;
		limit = limit_inside(pkt, mtu);
	}
	verdict = examine(pkt, dst, limit, is_addressed);
	if (verdict == WEIR_CONTINUE && pkt->at == WEIR_AT_INGRESS)
		verdict = attach_neighbour(pkt, dst, to, mtu);
	else if (verdict == WEIR_CONTINUE && would_push_out(pkt, dst, to))
		verdict = weir_drop(pkt, WEIR_DROP_REASON_NEIGHBOUR);
	if (verdict == WEIR_CONTINUE && !prepare_to_forward(pkt, dst, wrap ? wrap->overhead : 0))
		verdict = weir_drop(pkt, WEIR_DROP_REASON_NO_MEMORY);
	return verdict;
}

/*
 * A packet that stays, and will carry the host's own address. What a program sends the
 * host has routed by the service's address, which may be another's: it needs the
 * way to the host itself, for longer than RCU is held.
 */
static enum weir_verdict turn_inwards(const struct weir_packet *pkt, struct dst_entry *dst)
{
	if (pkt->at != WEIR_AT_LOCAL_OUT)
		return WEIR_CONTINUE;
	skb_dst_drop(pkt->skb);
	skb_dst_set_noref(pkt->skb, dst);
	return skb_dst_force(pkt->skb) ? WEIR_CONTINUE :
					 weir_drop(pkt, WEIR_DROP_REASON_NO_ROUTE);
}

/* weir_route_attach() of either kind: two copies, lest the usual one pays for the other. */
static __always_inline enum weir_verdict attach(struct weir_packet *pkt, struct weir_route *route,
						const struct weir_endpoint *to,
						const struct weir_wrap *wrap, bool is_addressed)
{
	struct dst_entry *dst = find_dst(pkt, route, to, wrap);
	enum weir_verdict verdict;

	pkt->neighbour = NULL;
	pkt->stays = false;
	verdict = prepare(pkt, dst, to, wrap, is_addressed);
	if (verdict != WEIR_CONTINUE)
		return verdict;
	if (unlikely(pkt->stays))
		return is_addressed ? turn_inwards(pkt, dst) : verdict;
	skb_dst_drop(pkt->skb);
	skb_dst_set_noref(pkt->skb, dst);
	return WEIR_CONTINUE;
}

/**
 * weir_route_attach - gives a packet its way
 * @pkt: the packet; RCU read side, bottom halves off
 * @route: the cache for @to
 * @to: the address of the packet's next end, which it need not carry itself
 * @is_addressed: it is going to carry @to as its destination, once it is rewritten
 *
 * On success the skb has the new dst, a writable head with room for the link
 * header, and a TTL less by one unless the host itself is the sender; or @to is the
 * host's own, the packet stays, and nothing else has changed but, if the host is the
 * sender, its dst. Otherwise the sender has been told and the drop counted; or, of a
 * packet met at ingress, the host has to deal with it and nothing has changed.
 *
 * Return: WEIR_CONTINUE, WEIR_ACCEPT or WEIR_DROP.
 */
enum weir_verdict weir_route_attach(struct weir_packet *pkt, struct weir_route *route,
				    const struct weir_endpoint *to, bool is_addressed)
{
	return attach(pkt, route, to, NULL, is_addressed);
}

/**
 * weir_route_attach_wrapped - gives a packet the way of what it will be wrapped in
 * @pkt: as weir_route_attach() has it
 * @route: likewise
 * @to: where the wrapping goes, which may be of another family
 * @wrap: what the caller will wrap the packet in
 *
 * Return: as weir_route_attach().
 */
enum weir_verdict weir_route_attach_wrapped(struct weir_packet *pkt, struct weir_route *route,
					    const struct weir_endpoint *to,
					    const struct weir_wrap *wrap)
{
	return attach(pkt, route, to, wrap, false);
}

/**
 * weir_route_clear_control_block - leaves in an skb what IP input would have left
 * @skb: a packet that IP input has not seen, or whose network header is another now
 */
void weir_route_clear_control_block(struct sk_buff *skb)
{
	memset(skb->cb, 0, sizeof(skb->cb));
}

/**
 * weir_route_output - sends a packet by IP output, or leaves it to the host
 * @pkt: the packet; after weir_route_attach(), and rewritten
 *
 * It passes POST_ROUTING and no other hook, and IPsec's policies.
 *
 * Return: WEIR_STOLEN; WEIR_ACCEPT for one that stays; or WEIR_DROP where a policy
 * forbids it.
 */
enum weir_verdict weir_route_output(struct weir_packet *pkt)
{
	if (pkt->stays)
		return WEIR_ACCEPT;
	if (pkt->at == WEIR_AT_INGRESS) {
		skb_set_transport_header(pkt->skb, pkt->outer.l4);
		weir_route_clear_control_block(pkt->skb);
	}
	if (has_ipsec_policy(pkt->net) && !xfrm_route_forward(pkt->skb, pkt->outer.family))
		return weir_drop(pkt, WEIR_DROP_REASON_NO_ROUTE);
	dst_output(pkt->net, NULL, pkt->skb);
	return WEIR_STOLEN;
}
