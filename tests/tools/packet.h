/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WEIR_TESTS_PACKET_H
#define WEIR_TESTS_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAX	70000
#define LINE_MAX_LEN	1024
#define WORDS_MAX	256

/* The words of one command; they point into the line that was read. */
struct words {
	char *word[WORDS_MAX];
	int count;
	int next;
};

/* The next word; exits if there is none. */
char *words_take(struct words *words, const char *what);
/* The next word if it is @word; else false and nothing taken. */
bool words_skip(struct words *words, const char *word);

/* The one line that answers a command. */
void answer(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Does something inside a network namespace and comes back. */
void inside_enter(const char *netns);
void inside_leave(void);

unsigned long number_take(const char *word, unsigned long max);
uint64_t clock_ms(void);

/* --- addresses and sums ---------------------------------------------------- */

struct address {
	int family;		/* AF_INET or AF_INET6 */
	uint8_t bytes[16];
};

struct address address_parse(const char *word);
const char *address_text(int family, const void *bytes);
static inline unsigned int address_len(int family)
{
	return family == 2 ? 4 : 16;
}

/* Adds bytes, the first at an even offset, to a one's complement sum. */
uint32_t sum_add(uint32_t sum, const void *data, size_t len);
/* What has to stand in the checksum field. */
uint16_t sum_finish(uint32_t sum);
/* Sets the checksum of the IPv4 header at @l3. */
void sum_ipv4(uint8_t *l3, size_t header);
/* The sum of the pseudo header of @l3, which is the network header. */
uint32_t sum_pseudo(const uint8_t *l3, uint8_t protocol, uint32_t len);

/* --- packets to send ------------------------------------------------------- */

enum sum_kind { SUM_GOOD, SUM_BAD, SUM_ZERO };

#define EXTENSIONS_MAX	24
#define CHUNKS_MAX	24

/* A packet to be built; of an ICMP error, @quoted is what it is about. */
struct spec {
	uint8_t protocol;
	struct address src, dst;
	uint16_t sport, dport;
	uint8_t flags;		/* of TCP */
	uint32_t seq, ack;
	uint8_t ttl;
	bool df;
	enum sum_kind sum;
	unsigned int payload;
	const char *hex;	/* its bytes; NULL for others */
	unsigned int options;	/* bytes of IPv4 options */
	uint8_t extensions[EXTENSIONS_MAX];
	int extensions_count;
	uint8_t type, code;	/* of ICMP */
	uint32_t vtag;		/* of SCTP; seq is the tag in an INIT */
	uint8_t chunks[CHUNKS_MAX];
	int chunks_count;
	uint32_t rest;		/* its second word */
	int keep;		/* bytes of transport header quoted; -1 for all */
	struct spec *quoted;
};

/* A frame, its headers at known places. */
struct frame {
	uint8_t bytes[FRAME_MAX];
	size_t len;
	size_t l3, l4;
	size_t quoted_l3, quoted_l4;
};

void spec_parse(struct spec *spec, struct spec *quoted, struct words *words);
/* Builds the packet behind an Ethernet header whose addresses stay as they are. */
void frame_build(struct frame *frame, const struct spec *spec);
/* Sums up the headers again after they were changed. */
void frame_sum(struct frame *frame, const struct spec *spec);

/* --- SCTP ------------------------------------------------------------------ */

void sctp_chunks_parse(struct spec *spec, char *list);
/* Puts what follows the ports; returns the length of all, payload left out. */
size_t sctp_put(uint8_t *l4, const struct spec *spec);
void sctp_sum(uint8_t *l4, size_t len, enum sum_kind kind);
bool sctp_sum_is_right(const uint8_t *l4, size_t len);
/* Appends words about the packet to @line; returns how many characters. */
int sctp_describe(char *line, const uint8_t *l4, size_t len);

/* --- packets that were captured -------------------------------------------- */

/* What happened to the checksum on the way to the tap. */
enum capture_sum { CAPTURE_SUMMED, CAPTURE_PARTIAL };

/* Describes an Ethernet frame in words; false if it is not IP. */
bool frame_describe(const uint8_t *frame, size_t len, enum capture_sum summed, char *line);

struct tap;
void tap_open(struct words *words);
void tap_expect(struct words *words);
void tap_count(struct words *words);
void tap_biggest(struct words *words);
void tap_total(struct words *words);
void tap_list(struct words *words);
void tap_clear(struct words *words);
void tap_offload(struct words *words);

/* A way from one tap to the interface of another. */
struct way {
	int fd;
	uint8_t to[6], from[6];
};

struct way way_take(struct words *words);
/* Sends as it is; false if the kernel refuses the frame. */
bool way_send(const struct way *way, struct frame *frame);

void send_one(struct words *words);
void send_flood(struct words *words);
void send_storm(struct words *words);

/* --- netlink --------------------------------------------------------------- */

void request_send(struct words *words);
void request_drops(struct words *words);
void request_digest(struct words *words);
void request_dump(struct words *words);
void request_fill(struct words *words);
void request_become(struct words *words);

#endif
