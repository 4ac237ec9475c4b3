/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the Call-ID of a SIP message (RFC 3261), which comes in pieces. Knows no
 * skb; compiles on the host for unit tests.
 */
#ifndef WEIR_SIP_H
#define WEIR_SIP_H

#include <linux/types.h>

#include "weir.h"

enum {
	/** @WEIR_SIP_SCAN_MAX: bytes of a message that are looked at */
	WEIR_SIP_SCAN_MAX = 4096,
	/** @WEIR_SIP_NAME_MAX: length of the longest header name that is of interest */
	WEIR_SIP_NAME_MAX = 7,
};

/**
 * struct weir_sip - a message being read
 * @call_id: takes the Call-ID, WEIR_CALL_ID_MAX bytes without a NUL
 * @name: the name of the header that is being read, in lower case
 * @state: what the next byte is, private to sip.c
 * @name_length: bytes in @name, one more than it holds if the name is longer
 * @length: bytes in @call_id
 */
struct weir_sip {
	char *call_id;
	char name[WEIR_SIP_NAME_MAX];
	u8 state;
	u8 name_length;
	u8 length;
};

void weir_sip_begin(struct weir_sip *sip, char *call_id);
bool weir_sip_feed(struct weir_sip *sip, const char *data, unsigned int length);
u8 weir_sip_call_id_length(const struct weir_sip *sip);

#endif
