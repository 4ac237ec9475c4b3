// SPDX-License-Identifier: GPL-2.0
/*
 * SCTP packets: their chunks by name, and their CRC32c.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "packet.h"

#define HEADER	12

static const struct chunk_name {
	const char *name;
	uint8_t type;
	uint8_t len;	/* as built; of DATA without its payload */
} names[] = {
	{ "data", 0, 16 }, { "init", 1, 20 }, { "init-ack", 2, 20 }, { "sack", 3, 16 },
	{ "heartbeat", 4, 8 }, { "heartbeat-ack", 5, 8 }, { "abort", 6, 4 },
	{ "shutdown", 7, 8 }, { "shutdown-ack", 8, 4 }, { "error", 9, 8 },
	{ "cookie-echo", 10, 8 }, { "cookie-ack", 11, 4 }, { "shutdown-complete", 14, 4 },
};

static const struct chunk_name *name_find(uint8_t type)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].type == type)
			return &names[i];
	return NULL;
}

void sctp_chunks_parse(struct spec *spec, char *list)
{
	char *rest = NULL;

	for (char *word = strtok_r(list, "+", &rest); word; word = strtok_r(NULL, "+", &rest)) {
		size_t i = 0;

		while (i < sizeof(names) / sizeof(names[0]) && strcmp(names[i].name, word))
			i++;
		if (i == sizeof(names) / sizeof(names[0]))
			errx(2, "no chunk '%s'", word);
		if (spec->chunks_count == CHUNKS_MAX)
			errx(2, "more than %d chunks", CHUNKS_MAX);
		spec->chunks[spec->chunks_count++] = names[i].type;
	}
}

size_t sctp_put(uint8_t *l4, const struct spec *spec)
{
	size_t at = HEADER;

	for (int i = 0; i < 4; i++)
		l4[4 + i] = spec->vtag >> (24 - 8 * i);
	for (int i = 0; i < spec->chunks_count; i++) {
		uint8_t type = spec->chunks[i];
		size_t len = name_find(type)->len;

		l4[at] = type;
		l4[at + 1] = type ? 0 : 3;	/* DATA: the only fragment */
		l4[at + 3] = len;
		if (type == 1 || type == 2)	/* the sender's own tag */
			for (int j = 0; j < 4; j++)
				l4[at + 4 + j] = spec->seq >> (24 - 8 * j);
		if (!type && i + 1 == spec->chunks_count) {
			len += spec->payload;
			l4[at + 2] = len >> 8;
			l4[at + 3] = len;
			return at + len - spec->payload;
		}
		at += len;
	}
	return at;
}

/* The CRC32c of a packet as if its checksum were 0, in the order of the wire. */
static uint32_t crc_packet(const uint8_t *l4, size_t len)
{
	uint32_t crc = ~0u;

	for (size_t i = 0; i < len; i++) {
		crc ^= i >= 8 && i < 12 ? 0 : l4[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

void sctp_sum(uint8_t *l4, size_t len, enum sum_kind kind)
{
	uint32_t crc = crc_packet(l4, len);

	if (kind == SUM_BAD)
		crc ^= 0x01010101;
	if (kind == SUM_ZERO)
		crc = 0;
	for (int i = 0; i < 4; i++)
		l4[8 + i] = crc >> 8 * i;
}

bool sctp_sum_is_right(const uint8_t *l4, size_t len)
{
	uint32_t crc = crc_packet(l4, len);

	for (int i = 0; i < 4; i++)
		if (l4[8 + i] != (uint8_t)(crc >> 8 * i))
			return false;
	return true;
}

int sctp_describe(char *line, const uint8_t *l4, size_t len)
{
	char *at = line;

	if (len < HEADER)
		return 0;
	at += sprintf(at, " vtag=%u chunks=",
		      (unsigned int)l4[4] << 24 | l4[5] << 16 | l4[6] << 8 | l4[7]);
	for (size_t offset = HEADER; offset + 4 <= len && at - line < 300;) {
		const struct chunk_name *name = name_find(l4[offset]);
		size_t size = l4[offset + 2] << 8 | l4[offset + 3];

		if (size < 4 || offset + size > len)
			break;
		at += sprintf(at, "%s%s", offset > HEADER ? "+" : "", name ? name->name : "other");
		/* The T bit: the tag is given back. */
		if ((l4[offset] == 6 || l4[offset] == 14) && l4[offset + 1] & 1)
			at += sprintf(at, "-t");
		offset += (size + 3) / 4 * 4;
	}
	return at - line;
}
