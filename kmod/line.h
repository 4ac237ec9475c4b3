/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps FTP's commands and answers that name an address in one TCP segment each,
 * for a reader that understands no others. One direction of a control connection
 * is a struct weir_line. Of a line that is not at its end what has come is held
 * back, and sent with the rest. Nothing is sent that has not been received in
 * order, and what cannot be dealt with is cut off, as if it had been lost.
 *
 * The receiver has not got what is held; the sender, who may wait for that with
 * the rest (RFC 896), is told that it has, but only once the receiver has
 * acknowledged all that was before. Knows no skb; compiles on the host for unit
 * tests. All numbers are the sender's, in host order.
 */
#ifndef WEIR_LINE_H
#define WEIR_LINE_H

#include <linux/types.h>

#include "weir.h"

enum {
	/** @WEIR_LINE_MAX: bytes of a line that are held; longer ones are sent in parts */
	WEIR_LINE_MAX = 256,
};

/**
 * struct weir_line - a direction of a control connection
 * @held: room for WEIR_LINE_MAX bytes, or NULL; whoever owns the struct provides it
 *	before and takes it back after a call, the latter while @length is 0
 * @next: what comes next: all before it has come in order
 * @begin: where the last line begins that is known to, just behind a newline
 * @start: of the first byte that is held
 * @length: bytes that are held, or 0
 * @dir: &enum weir_dir, whose commands these are; const
 * @has_begin: a newline has been seen: @begin is valid
 * @is_sent: what is held was sent, and is kept only until it has been received
 */
struct weir_line {
	u8 *held;
	u32 next;
	u32 begin;
	u32 start;
	u16 length;
	u8 dir;
	bool has_begin;
	bool is_sent;
};

/**
 * struct weir_segment - what a TCP segment carries
 * @data: the payload; of a result NULL for the beginning of the original's
 * @seq: sequence number of its first byte
 * @length: bytes of it
 * @fin: it ends the stream
 * @rst: it ends the connection; of no meaning in a result
 */
struct weir_segment {
	const u8 *data;
	u32 seq;
	u32 length;
	bool fin;
	bool rst;
};

void weir_line_init(struct weir_line *line, enum weir_dir dir, u32 next);
bool weir_line_wants_room(const struct weir_line *line, const struct weir_segment *segment);
bool weir_line_feed(struct weir_line *line, const struct weir_segment *segment,
		    struct weir_segment *result);
u32 weir_line_acknowledge(struct weir_line *line, u32 ack);

#endif
