/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WEIR_TESTS_PACKET_NETLINK_H
#define WEIR_TESTS_PACKET_NETLINK_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet.h"

#define MESSAGE_MAX	65536
#define SENTENCE_MAX	512

/* A generic netlink request under construction, with room for its attributes. */
struct message {
	union {
		struct nlmsghdr header;
		uint8_t bytes[MESSAGE_MAX];
	};
};

/* Begins a request of the family weir; @command is a name or a number. */
void message_begin(struct message *message, const char *command, uint16_t flags);
/* Adds the attributes that the words left describe. */
void message_attrs(struct message *message, struct words *words);

/* Adds one attribute, or begins and ends a nest. */
void attr_put(struct message *message, uint16_t type, const void *data, size_t len);
size_t nest_begin(struct message *message, uint16_t type);
void nest_end(struct message *message, size_t nest);

/* Adds the attribute of a service's key: its address has @number in its last bytes. */
void service_put(struct message *message, uint8_t protocol, const struct address *first,
		 uint32_t number);

/* Sends the message on a socket that was opened before, or the usual one. */
int socket_open(void);
void message_send(int fd, struct message *message);
/* Takes sentence and attribute out of the end of a message, behind @offset bytes. */
void extack_read(const struct nlmsghdr *header, size_t offset, char *sentence, size_t size);
/* Waits for the acknowledgement of what was sent; returns 0 or a positive errno. */
int message_result(int fd, char *sentence, size_t size);

#endif
