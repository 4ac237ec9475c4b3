// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines of FTP's control connections, in one piece.
 */
#include "line.h"

#include <linux/kernel.h>
#include <linux/string.h>

enum {
	/* Bytes by which a line of interest is known. */
	WORD = 4,
};

/* What nf_conntrack_ftp looks for. */
static const char words[WEIR_DIRS][2][WORD + 1] = {
	[WEIR_DIR_REQUEST] = { "PORT", "EPRT" },
	[WEIR_DIR_REPLY] = { "227 ", "229 " },
};

static const u8 newline[] = { '\n' };

static bool is_before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

/* Just behind what is held. */
static u32 end_of(const struct weir_line *line)
{
	return line->start + line->length;
}

/* Whether the line that begins so is of interest, or may turn out to be. */
static bool is_wanted(const struct weir_line *line, const u8 *data, u32 length)
{
	for (u32 i = 0; i < ARRAY_SIZE(words[0]); i++)
		if (!strncasecmp((const char *)data, words[line->dir][i], min_t(u32, length, WORD)))
			return true;
	return false;
}

/* Bytes up to the first newline and with it, or 0 if there is none. */
static u32 line_length(const u8 *data, u32 length)
{
	const u8 *found = memchr(data, '\n', length);

	return found ? found - data + 1 : 0;
}

/* All before @next has come; a line begins there or not. */
static void advance(struct weir_line *line, u32 next, bool is_begin)
{
	if (is_before(next, line->next))
		return;
	line->next = next;
	if (!is_begin)
		return;
	line->begin = next;
	line->has_begin = true;
}

/**
 * weir_line_init - a direction of which nothing is known yet
 * @line: the direction, cleared
 * @dir: whose commands these are
 * @next: the sequence number of what comes next
 */
void weir_line_init(struct weir_line *line, enum weir_dir dir, u32 next)
{
	line->dir = dir;
	line->next = next;
}

/* Only the first @length bytes go on. */
static bool cut(const struct weir_segment *segment, u32 length, struct weir_segment *result)
{
	*result = (struct weir_segment){ .seq = segment->seq, .length = length };
	return true;
}

/*
 * A newline that the receiver has got or has yet to get, so that it tells at once
 * what it has got: the one before what is held, or else before the last line.
 */
static bool ask(const struct weir_line *line, struct weir_segment *result)
{
	*result = (struct weir_segment){
		.data = newline,
		.seq = (line->length ? line->start : line->begin) - 1,
		.length = 1,
	};
	return true;
}

/* All that is held, always in one piece. The sender has yet to hear of its end. */
static bool send_held(const struct weir_line *line, const struct weir_segment *segment,
		      struct weir_segment *result)
{
	*result = (struct weir_segment){
		.data = line->held,
		.seq = line->start,
		.length = line->length,
		.fin = segment->fin && segment->seq + segment->length == end_of(line),
	};
	return true;
}

static void keep(struct weir_line *line, const struct weir_segment *segment, u32 at, u32 length)
{
	line->start = segment->seq + at;
	line->length = length;
	memcpy(line->held, segment->data + at, length);
}

/*
 * The segment's last line is not at its end, and of interest: held if that is
 * possible, else lost.
 */
static bool hold(struct weir_line *line, const struct weir_segment *segment, u32 at,
		 struct weir_segment *result)
{
	advance(line, segment->seq + at, true);
	if (line->length || !line->held)
		return cut(segment, at, result);
	keep(line, segment, at, segment->length - at);
	line->is_sent = false;
	advance(line, end_of(line), false);
	return at ? cut(segment, at, result) : ask(line, result);
}

/*
 * The segment begins with a whole line of interest. Should it be lost, no part of
 * it is to come to the receiver without the others.
 */
static bool pass_whole(struct weir_line *line, const struct weir_segment *segment, u32 length)
{
	if (line->length)
		return false;
	if (line->held && length <= WEIR_LINE_MAX) {
		keep(line, segment, 0, length);
		line->is_sent = true;
	}
	return true;
}

/*
 * A segment that touches nothing that is held. Lines of interest are read only
 * where a segment begins: one that begins within this has to come again.
 */
static bool scan(struct weir_line *line, const struct weir_segment *segment,
		 struct weir_segment *result)
{
	u32 end = segment->seq + segment->length;
	bool is_next = segment->seq == line->next && line->has_begin && line->begin == line->next;
	bool is_old = !is_before(line->next, end);
	u32 at = 0, length, left;
	bool wanted;

	for (left = segment->length; left; at += length, left -= length) {
		length = line_length(segment->data + at, left);
		wanted = is_wanted(line, segment->data + at, left);
		/* Received long ago, perhaps; its reader would stop it for being unfinished. */
		if (!at && !is_next && wanted && !length && is_old && line->has_begin)
			return ask(line, result);
		wanted = wanted && (at || is_next);
		if (!length && wanted && !segment->fin && left <= WEIR_LINE_MAX &&
		    !is_before(segment->seq + at, line->next))
			return hold(line, segment, at, result);
		if (wanted && at) {
			advance(line, segment->seq + at, true);
			return cut(segment, at, result);
		}
		if (!length)
			break;
		if (wanted && !pass_whole(line, segment, length))
			return cut(segment, 0, result);
	}
	advance(line, end, segment->length && !left);
	return false;
}

/* More of a line that is held, or again what is held. */
static bool extend(struct weir_line *line, const struct weir_segment *segment,
		   struct weir_segment *result)
{
	u32 known = line->next - segment->seq;
	u32 left, length, taken;
	const u8 *data;

	if (known >= segment->length && !segment->fin)
		return ask(line, result);
	known = min(known, segment->length);
	data = segment->data + known;
	left = segment->length - known;
	length = line_length(data, left);
	taken = min_t(u32, length ?: left, WEIR_LINE_MAX - line->length);
	memcpy(line->held + line->length, data, taken);
	line->length += taken;
	advance(line, end_of(line), length && taken == length);
	if (!length && !segment->fin && line->length < WEIR_LINE_MAX &&
	    is_wanted(line, line->held, line->length))
		return ask(line, result);
	line->is_sent = true;
	return send_held(line, segment, result);
}

/* A segment without payload. */
static bool feed_empty(const struct weir_line *line, const struct weir_segment *segment,
		       struct weir_segment *result)
{
	if (!line->length || line->is_sent)
		return false;
	/* A keep-alive (RFC 1122, section 4.2.3.6), beside what the receiver knows. */
	if (!segment->rst)
		return !is_before(segment->seq, line->start) && is_before(segment->seq, line->next) &&
		       ask(line, result);
	/* Only where the receiver waits for the next byte it is believed (RFC 5961). */
	if (segment->seq != line->next)
		return false;
	*result = (struct weir_segment){ .seq = line->start };
	return true;
}

/**
 * weir_line_wants_room - whether room has to be found before a segment is fed
 * @line: its direction
 * @segment: the segment
 *
 * Return: whether there is none, and something of the segment may be held.
 */
bool weir_line_wants_room(const struct weir_line *line, const struct weir_segment *segment)
{
	return !line->held && segment->length &&
	       (segment->data[segment->length - 1] != '\n' ||
		is_wanted(line, segment->data, segment->length));
}

/**
 * weir_line_feed - what becomes of a segment
 * @line: its direction
 * @segment: the segment, its checksum found right; no SYN
 * @result: takes what goes on in its place, if anything else does
 *
 * Return: false if it goes on as it is.
 */
bool weir_line_feed(struct weir_line *line, const struct weir_segment *segment,
		    struct weir_segment *result)
{
	u32 end = segment->seq + segment->length;

	if (segment->rst || !(segment->length || segment->fin))
		return feed_empty(line, segment, result);
	/* Something before it was lost; without that nobody can tell lines. */
	if (is_before(line->next, segment->seq))
		return cut(segment, 0, result);
	if (!line->length || !is_before(line->start, end))
		return scan(line, segment, result);
	if (is_before(segment->seq, line->start))
		return cut(segment, line->start - segment->seq, result);
	if (!line->is_sent)
		return extend(line, segment, result);
	if (is_before(segment->seq, end_of(line)) ||
	    (!segment->length && segment->seq == end_of(line)))
		return send_held(line, segment, result);
	return scan(line, segment, result);
}

/**
 * weir_line_acknowledge - what the sender is told of what its receiver has got
 * @line: the sender's direction
 * @ack: the acknowledgment number that comes from the receiver
 *
 * Return: the acknowledgment number for the sender.
 */
u32 weir_line_acknowledge(struct weir_line *line, u32 ack)
{
	/* Something went another way, or was a FIN; what is held is of no use then. */
	if (is_before(line->next, ack)) {
		line->next = ack;
		line->length = 0;
		return ack;
	}
	if (!line->length || is_before(ack, line->start))
		return ack;
	if (!line->is_sent)
		return line->next;
	if (!is_before(ack, end_of(line)))
		line->length = 0;
	return ack;
}
