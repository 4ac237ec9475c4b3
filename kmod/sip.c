// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads a SIP message byte by byte until its first Call-ID header. A message may
 * end, or be cut, anywhere; whatever is not as RFC 3261 has it gives no Call-ID.
 */
#include "sip.h"

#include <linux/compiler.h>
#include <linux/string.h>

/**
 * enum sip_state - what the next byte is
 * @SIP_BEGIN: the first of the message
 * @SIP_SKIP: one of a line that is of no interest
 * @SIP_LINE: the first of a line
 * @SIP_NAME: one of a header's name, or what ends it
 * @SIP_COLON: white space before the colon, or the colon
 * @SIP_BEFORE: white space before the Call-ID, or its first
 * @SIP_FOLDED: white space, if the Call-ID is on the next line
 * @SIP_VALUE: one of the Call-ID, or what ends it
 * @SIP_AFTER: white space after the Call-ID, or the end of the line
 * @SIP_FOUND: none; the Call-ID is complete
 * @SIP_NONE: none; there is no Call-ID
 */
enum sip_state {
	SIP_BEGIN,
	SIP_SKIP,
	SIP_LINE,
	SIP_NAME,
	SIP_COLON,
	SIP_BEFORE,
	SIP_FOLDED,
	SIP_VALUE,
	SIP_AFTER,
	SIP_FOUND,
	SIP_NONE,
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_end_of_line(char c)
{
	return c == '\r' || c == '\n';
}

static bool is_visible(char c)
{
	return c > ' ' && c < 0x7f;
}

static char to_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static enum sip_state take_name(struct weir_sip *sip, char c)
{
	if (sip->name_length < WEIR_SIP_NAME_MAX)
		sip->name[sip->name_length] = to_lower(c);
	if (sip->name_length <= WEIR_SIP_NAME_MAX)
		sip->name_length++;
	return SIP_NAME;
}

/* The name is complete: i is the compact form (RFC 3261, 20.8). */
static enum sip_state judge_name(const struct weir_sip *sip)
{
	static const char name[] = "call-id";

	static_assert(sizeof(name) - 1 == WEIR_SIP_NAME_MAX);
	if (sip->name_length == 1 && sip->name[0] == 'i')
		return SIP_BEFORE;
	if (sip->name_length == WEIR_SIP_NAME_MAX && !memcmp(sip->name, name, WEIR_SIP_NAME_MAX))
		return SIP_BEFORE;
	return SIP_SKIP;
}

static enum sip_state take_value(struct weir_sip *sip, char c)
{
	if (!is_visible(c) || sip->length == WEIR_CALL_ID_MAX)
		return SIP_NONE;
	sip->call_id[sip->length++] = c;
	return SIP_VALUE;
}

/* The empty line ends the headers; white space goes on with the one before. */
static enum sip_state begin_line(struct weir_sip *sip, char c)
{
	if (is_end_of_line(c))
		return SIP_NONE;
	if (is_blank(c))
		return SIP_SKIP;
	sip->name_length = 0;
	return take_name(sip, c);
}

static enum sip_state step(struct weir_sip *sip, char c)
{
	switch ((enum sip_state)sip->state) {
	case SIP_BEGIN:
		return is_end_of_line(c) ? SIP_NONE : SIP_SKIP;
	case SIP_SKIP:
		return c == '\n' ? SIP_LINE : SIP_SKIP;
	case SIP_LINE:
		return begin_line(sip, c);
	case SIP_NAME:
		if (!is_blank(c) && c != ':' && c != '\n')
			return take_name(sip, c);
		fallthrough;
	case SIP_COLON:
		if (c == ':')
			return judge_name(sip);
		if (c == '\n')
			return SIP_LINE;
		return is_blank(c) ? SIP_COLON : SIP_SKIP;
	case SIP_BEFORE:
		if (is_blank(c) || c == '\r')
			return SIP_BEFORE;
		return c == '\n' ? SIP_FOLDED : take_value(sip, c);
	case SIP_FOLDED:
		return is_blank(c) ? SIP_BEFORE : SIP_NONE;
	case SIP_VALUE:
		if (!is_blank(c) && !is_end_of_line(c))
			return take_value(sip, c);
		fallthrough;
	case SIP_AFTER:
		if (c == '\n')
			return SIP_FOUND;
		return is_blank(c) || c == '\r' ? SIP_AFTER : SIP_NONE;
	case SIP_FOUND:
	case SIP_NONE:
		break;
	}
	return sip->state;
}

static bool is_done(const struct weir_sip *sip)
{
	return sip->state == SIP_FOUND || sip->state == SIP_NONE;
}

/**
 * weir_sip_begin - begins to read a message
 * @sip: the reader
 * @call_id: takes the Call-ID, WEIR_CALL_ID_MAX bytes
 */
void weir_sip_begin(struct weir_sip *sip, char *call_id)
{
	sip->call_id = call_id;
	sip->state = SIP_BEGIN;
	sip->name_length = 0;
	sip->length = 0;
}

/**
 * weir_sip_feed - reads the next piece of a message
 * @sip: the reader
 * @data: the piece
 * @length: its bytes
 *
 * Return: true if the rest of the message makes no difference any more.
 */
bool weir_sip_feed(struct weir_sip *sip, const char *data, unsigned int length)
{
	const char *end = data + length;

	while (data < end && !is_done(sip)) {
		if (sip->state == SIP_SKIP) {
			data = memchr(data, '\n', end - data);
			if (!data)
				return false;
		}
		sip->state = step(sip, *data++);
	}
	return is_done(sip);
}

/**
 * weir_sip_call_id_length - what has been found
 * @sip: the reader
 *
 * Return: bytes of the Call-ID; 0 if the message has none, or none yet.
 */
u8 weir_sip_call_id_length(const struct weir_sip *sip)
{
	return sip->state == SIP_FOUND ? sip->length : 0;
}
