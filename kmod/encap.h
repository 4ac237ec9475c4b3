/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Puts a packet into another one (RFC 2003, 2473, 2784, 4213; generic UDP
 * encapsulation).
 */
#ifndef WEIR_ENCAP_H
#define WEIR_ENCAP_H

#include <linux/compiler.h>
#include <linux/udp.h>
#include <net/gre.h>
#include <net/gue.h>

#include "packet.h"
#include "route.h"

enum {
	/** @WEIR_GUE_PORT: where servers listen for GUE unless told otherwise */
	WEIR_GUE_PORT = 6080,
};

/**
 * struct weir_encap - what is put around a packet
 * @tunnel: &enum weir_tunnel
 * @checksum: &enum weir_tunnel_checksum
 * @port: UDP destination port of WEIR_TUNNEL_GUE, network order
 *
 * A word, so that it is read and written in one piece.
 */
struct weir_encap {
	u8 tunnel;
	u8 checksum;
	__be16 port;
};

static_assert(sizeof(struct weir_encap) == sizeof(u32), "an encapsulation is a word");

bool weir_encap_wrap(struct weir_packet *pkt, struct weir_encap encap,
		     const struct weir_endpoint *to, const struct weir_source *source);

/* Bytes of the header between the outer network header and the packet. */
static inline unsigned int weir_encap_shim(struct weir_encap encap)
{
	bool is_summed = encap.checksum != WEIR_TUNNEL_CHECKSUM_OFF;

	switch ((enum weir_tunnel)encap.tunnel) {
	case WEIR_TUNNEL_IPIP:
		return 0;
	case WEIR_TUNNEL_GUE:
		return sizeof(struct udphdr) + sizeof(struct guehdr) +
		       (encap.checksum == WEIR_TUNNEL_CHECKSUM_REMOTE ?
				GUE_LEN_PRIV + GUE_PLEN_REMCSUM : 0);
	case WEIR_TUNNEL_GRE:
		return sizeof(struct gre_base_hdr) + (is_summed ? sizeof(__be32) : 0);
	}
	return 0;
}

/*
 * Bytes that a packet grows by on its way to @to. Some packets grow by less: a
 * checksum that is complete already is not left to the server.
 */
static inline unsigned int weir_encap_overhead(struct weir_encap encap,
					       const struct weir_endpoint *to)
{
	return weir_encap_shim(encap) + weir_addr_network_len(to->family);
}

#endif
