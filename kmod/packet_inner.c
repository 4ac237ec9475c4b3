// SPDX-License-Identifier: GPL-2.0-only
/*
 * Headers of tunnels, read where an ICMP error quotes them. Compiles on the host
 * for unit tests.
 */
#include <linux/if_ether.h>
#include <linux/udp.h>
#include <net/gre.h>
#include <net/gue.h>

#include "packet.h"

/* The IP protocol of what a header is followed by, and where that begins. */
static u8 skip_gue(struct weir_packet *pkt, unsigned int *offset)
{
	const struct guehdr *gue;

	gue = weir_packet_take(pkt, *offset + sizeof(struct udphdr), sizeof(*gue));
	if (!gue || gue->version || gue->control)
		return IPPROTO_RAW;
	*offset += sizeof(struct udphdr) + sizeof(*gue) + gue->hlen * sizeof(__be32);
	return gue->proto_ctype;
}

static u8 skip_gre(struct weir_packet *pkt, unsigned int *offset)
{
	const struct gre_base_hdr *gre = weir_packet_take(pkt, *offset, sizeof(*gre));

	if (!gre || (gre->flags & ~GRE_CSUM))
		return IPPROTO_RAW;
	*offset += sizeof(*gre) + (gre->flags & GRE_CSUM ? sizeof(__be32) : 0);
	if (gre->protocol == htons(ETH_P_IP))
		return IPPROTO_IPIP;
	return gre->protocol == htons(ETH_P_IPV6) ? IPPROTO_IPV6 : IPPROTO_RAW;
}

enum {
	/* The longest IPv6 header with all the extension headers that are walked. */
	NETWORK_MAX = 40 + WEIR_EXTENSION_HEADERS_MAX * 256 * 8,
	/* The longest shim of a tunnel: UDP, and GUE with all that its length can tell. */
	SHIM_MAX = 8 + 4 + 31 * 4,
};

static_assert(3 * NETWORK_MAX + SHIM_MAX + 8 <= U16_MAX,
	      "what an ICMP error quotes, and what is in there, begins where a u16 can tell");

/**
 * weir_packet_find_inner - where the packet is that another one was put around
 * @pkt: what both are in
 * @outer: headers of the other one, e.g. quoted ones
 * @inner: takes where the packet begins, and its family
 *
 * Return: whether there is one, as far as the headers between go; no more of it
 * has been looked at.
 */
bool weir_packet_find_inner(struct weir_packet *pkt, const struct weir_header *outer,
			    struct weir_header *inner)
{
	unsigned int offset = outer->l4;
	u8 protocol = outer->protocol;

	if (protocol == IPPROTO_UDP)
		protocol = skip_gue(pkt, &offset);
	else if (protocol == IPPROTO_GRE)
		protocol = skip_gre(pkt, &offset);
	if (protocol != IPPROTO_IPIP && protocol != IPPROTO_IPV6)
		return false;
	*inner = (struct weir_header){
		.l3 = offset,
		.family = protocol == IPPROTO_IPIP ? AF_INET : AF_INET6,
	};
	return true;
}
