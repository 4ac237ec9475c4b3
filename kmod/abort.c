// SPDX-License-Identifier: GPL-2.0-only
/*
 * Answers SCTP packets as an endpoint does that has no association for them
 * (RFC 9260, section 8.4): by ABORT. Knows no services and no conns.
 */
#include "abort.h"

#include <linux/crc32.h>
#include <linux/sctp.h>
#include <linux/skbuff.h>

#include "route.h"

/**
 * struct answer - an SCTP packet of one chunk without a value
 * @header: the common header
 * @chunk: the chunk
 */
struct answer {
	struct sctphdr header;
	struct sctp_chunkhdr chunk;
};

static_assert(sizeof(struct answer) == 16, "an answer has no padding");

/* The T bit: the verification tag is the other side's own, given back. */
enum { TAG_REFLECTED = 0x01 };

/* Of an INIT that is refused, the tag that its sender has chosen for itself. */
static bool read_initiate_tag(const struct weir_packet *pkt, __be32 *tag)
{
	unsigned int at = pkt->outer.l4 + sizeof(struct answer);
	const __be32 *found = skb_header_pointer(pkt->skb, at, sizeof(*found), tag);

	if (!found)
		return false;
	*tag = *found;
	return true;
}

/* What to answer to a packet; false if nothing. */
static bool compose(const struct weir_packet *pkt, struct answer *answer)
{
	const struct sctphdr *in;
	struct sctphdr header;

	/* Those that end something already, and those that are answers. */
	if (pkt->signals & (WEIR_SCTP_ABORT | WEIR_SCTP_SHUTDOWN_COMPLETE | WEIR_SCTP_COOKIE_ACK))
		return false;
	in = skb_header_pointer(pkt->skb, pkt->outer.l4, sizeof(header), &header);
	if (!in)
		return false;
	answer->header = (struct sctphdr){
		.source = in->dest,
		.dest = in->source,
		.vtag = in->vtag,
	};
	answer->chunk = (struct sctp_chunkhdr){
		.type = SCTP_CID_ABORT,
		.flags = TAG_REFLECTED,
		.length = htons(sizeof(answer->chunk)),
	};
	if (pkt->signals & WEIR_SCTP_SHUTDOWN_ACK)
		answer->chunk.type = SCTP_CID_SHUTDOWN_COMPLETE;
	if (pkt->signals & WEIR_SCTP_INIT) {
		answer->chunk.flags = 0;
		if (!read_initiate_tag(pkt, &answer->header.vtag))
			return false;
	}
	answer->header.checksum = cpu_to_le32(~__crc32c_le(~0, (const u8 *)answer,
							   sizeof(*answer)));
	return true;
}

/**
 * weir_abort - answers an SCTP packet by ABORT, or what else ends its association
 * @pkt: the packet, as it arrived; RCU read side, bottom halves off
 */
void weir_abort(const struct weir_packet *pkt)
{
	struct answer answer;

	if (compose(pkt, &answer))
		weir_route_answer(pkt, &answer, sizeof(answer));
}
