/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WEIR_TESTS_PEER_LOAD_H
#define WEIR_TESTS_PEER_LOAD_H

#include <sys/socket.h>

#include "peer.h"

#define NAMES_MAX 32

enum close_mode { CLOSE_FIN, CLOSE_RST, CLOSE_SERVER };

struct load_options {
	struct sockaddr_storage to;
	struct sockaddr_storage from;
	bool from_given;
	unsigned int sources;
	uint16_t sport;
	bool masked;
	bool udp;
	bool sctp;
	bool hold;
	bool forever;
	unsigned int conns;
	unsigned int exchanges;
	unsigned int parallel;
	unsigned int pause_ms;
	uint32_t size;
	uint32_t reply;
	uint64_t timeout_ms;
	enum close_mode close_mode;
	const char *map;
};

/* What came of a round. */
struct tally {
	char names[NAMES_MAX][PEER_NAME_SIZE];
	unsigned int answered[NAMES_MAX];
	unsigned int conns;
	unsigned int answers;
	unsigned int failed, refused, reset, timeout, unreachable, closed, other;
	unsigned int moved;
	unsigned int wrong;
	unsigned int connect_ms;
};

enum flow_state { FLOW_IDLE, FLOW_CONNECTING, FLOW_EXCHANGE, FLOW_HELD, FLOW_CLOSING };

struct flow {
	enum flow_state state;
	int fd;
	uint64_t opened_at;
	uint64_t deadline;
	unsigned int left;	/* exchanges of this round */
	struct peer_request request;
	struct peer_answer answer;
	size_t sent;
	size_t received;
	char server[PEER_NAME_SIZE];
};

extern struct load_options options;
extern struct tally tally;
extern int load_epoll;
/* Flows neither idle nor held. */
extern unsigned int flows_active;

void flow_open(struct flow *flow, unsigned int index);
void flow_go(struct flow *flow, unsigned int exchanges);
void flow_half_close(struct flow *flow);
void flow_finish(struct flow *flow);
void flow_event(struct flow *flow, uint32_t events);
void flow_expire(struct flow *flow, uint64_t now);

void tally_server(const char *name);
void tally_failure(int error);
void tally_print(void);

#endif
