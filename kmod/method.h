/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How packets of a conn reach their other end: one method a file.
 */
#ifndef WEIR_METHOD_H
#define WEIR_METHOD_H

#include "conn.h"
#include "packet.h"

/**
 * struct weir_method_ops - a method
 * @attach: gives a packet of a conn, or an ICMP error about it whose checksum
 *	has been verified, its way: WEIR_CONTINUE; or WEIR_ACCEPT when the host has
 *	to deal with it as it is, or WEIR_DROP
 * @send: sends a packet that has its way: WEIR_STOLEN when it has left,
 *	WEIR_ACCEPT when the host's stack goes on with it, WEIR_DROP
 */
struct weir_method_ops {
	enum weir_verdict (*attach)(struct weir_packet *pkt, struct weir_conn *conn,
				    enum weir_dir dir);
	enum weir_verdict (*send)(struct weir_packet *pkt, const struct weir_conn *conn,
				  enum weir_dir dir);
};

extern const struct weir_method_ops weir_method_direct;
extern const struct weir_method_ops weir_method_nat;

const struct weir_method_ops *weir_method_of(const struct weir_conn *conn);

#endif
