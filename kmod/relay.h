/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an ICMP error about a packet of the host's own means for the packet inside
 * that one, and for whoever sent it (RFC 2003 section 4, RFC 2473 section 8).
 */
#ifndef WEIR_RELAY_H
#define WEIR_RELAY_H

#include "packet.h"
#include "route.h"

/**
 * struct weir_relay - an ICMP error as the sender of an inner packet is told of it
 * @refusal: why the packet went no further
 * @mtu: with WEIR_REFUSE_TOO_BIG that of the path, outer headers included
 */
struct weir_relay {
	enum weir_refusal refusal;
	u32 mtu;
};

bool weir_relay_read(struct weir_packet *pkt, struct weir_relay *relay);
void weir_relay_learn(const struct weir_packet *pkt, u32 mtu);
void weir_relay_tell(const struct weir_packet *pkt, const struct weir_header *inner,
		     const struct weir_relay *relay);

#endif
