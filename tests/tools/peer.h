/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WEIR_TESTS_PEER_H
#define WEIR_TESTS_PEER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PEER_MAGIC	0x77656972
#define PEER_NAME_SIZE	16
#define PEER_CHUNK	65536
#define PEER_DATAGRAM	65000

/* What a client sends, followed by @payload bytes of the pattern of @seq. */
struct peer_request {
	uint32_t magic;
	uint32_t seq;
	uint32_t payload;
	uint32_t want;
	uint32_t flags;
};

#define PEER_CLOSE	1	/* the server closes first, after its answer */

/* What a server answers, followed by @payload bytes of the pattern of ~@seq. */
struct peer_answer {
	uint32_t magic;
	uint32_t seq;
	uint32_t payload;
	uint32_t damaged;	/* the request's payload was not the pattern */
	char name[PEER_NAME_SIZE];
	struct in6_addr client;	/* as the server sees it */
	uint32_t client_port;
};

/* Both ends run on one machine, so the integers above stay in host order. */

static inline uint8_t pattern_byte(uint32_t seq, uint32_t offset)
{
	return ((offset >> 2) * 2654435761u + seq * 40503u) >> (8 * (offset & 3));
}

void pattern_fill(uint8_t *buf, size_t len, uint32_t seq, uint32_t offset);
bool pattern_matches(const uint8_t *buf, size_t len, uint32_t seq, uint32_t offset);

uint64_t now_ms(void);
/* Milliseconds scaled by WEIR_TIME_SCALE, for machines that are slow. */
uint64_t scaled_ms(uint64_t ms);
unsigned long number(const char *word, unsigned long max);
void files_raise(void);

int serve_main(int argc, char **argv);
int load_main(int argc, char **argv);
int story_main(int argc, char **argv);

#endif
