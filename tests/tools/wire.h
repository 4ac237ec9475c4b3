/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WEIR_TESTS_WIRE_H
#define WEIR_TESTS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VALUES_MAX	24
#define VALUE_SIZE	40
#define REPLIES_MAX	1024

/* An attribute of at most VALUE_SIZE bytes, and a set of them. */
struct value {
	uint16_t type;
	uint16_t len;
	uint8_t data[VALUE_SIZE];
};

struct nest {
	int count;
	struct value values[VALUES_MAX];
};

/* A request of the family IPVS: attributes of its own, and up to three nests. */
struct request {
	uint8_t command;
	uint8_t version;
	uint16_t flags;
	/* what is or-ed to the types of the nests */
	uint16_t nest_flags;
	const struct nest *top;
	const struct nest *nests[3];
};

/* Sets, by replacing or appending, or removes an attribute. */
void nest_set(struct nest *nest, uint16_t type, const void *data, size_t len);
void nest_remove(struct nest *nest, uint16_t type);
void nest_u8(struct nest *nest, uint16_t type, uint8_t number);
void nest_u16(struct nest *nest, uint16_t type, uint16_t number);
void nest_be16(struct nest *nest, uint16_t type, uint16_t number);
void nest_u32(struct nest *nest, uint16_t type, uint32_t number);
void nest_text(struct nest *nest, uint16_t type, const char *text);
/* An address, as text, in 4 or 16 bytes. */
void nest_addr(struct nest *nest, uint16_t type, const char *text);

/* Sends; what is answered comes as text, to be freed. Replies in a list whose order is
 * the kernel's own are sorted. The errno of the last message goes to @error. */
char *request_send(const struct request *request, int *error);
/* All services but the anchors, each with its servers, as text. */
struct state {
	int count;
	char *texts[REPLIES_MAX];
};

void state_read(struct state *state);
void state_free(struct state *state);
/* Removes all services but the anchors. */
void state_clear(void);

/* The requests that are tried; wire_service.c, wire_dest.c and wire_sockopt.c. */
struct nest service_base(int family);
struct nest dest_base(int family);
void state_base(void);
/* Prints what the director has that is not the base's. */
void state_report(void);
/* Sends a request to a director that has but the base service, and tells of it. */
void try_request(const struct request *request, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The same for each way in which the attributes of a nest can be malformed. */
void try_malformed(const struct request *request, int which);
void try_services(void);
void try_dests(void);
void try_options(void);

#endif
