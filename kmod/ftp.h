/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control connections of FTP, whose commands and answers conntrack reads: each of
 * these comes to it in one packet, however it was sent.
 */
#ifndef WEIR_FTP_H
#define WEIR_FTP_H

#include <linux/atomic.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>

#include "line.h"

/**
 * struct weir_ftp - a control connection
 * @hash: in the namespace's table
 * @conn: whose it is, the key; const
 * @lock: guards @lines; bottom halves off
 * @lines: both directions
 * @rcu: frees after a grace period
 *
 * In the table from the conn's first packet with conntrack's reader until the conn ends.
 */
struct weir_ftp {
	struct rhash_head hash;
	const struct weir_conn *conn;
	spinlock_t lock;
	struct weir_line lines[WEIR_DIRS];
	struct rcu_head rcu;
};

/**
 * struct weir_ftp_table - the control connections of one namespace
 * @hash: by conn; RCU readers
 * @rooms: lines that have room, WEIR_FTP_ROOMS_MAX at most; atomic
 */
struct weir_ftp_table {
	struct rhashtable hash;
	atomic_t rooms;
};

enum {
	/**
	 * @WEIR_FTP_ROOMS_MAX: lines of a namespace of which something may be held at
	 * a time: 1 MiB, whatever clients send
	 */
	WEIR_FTP_ROOMS_MAX = 4096,
};

int weir_ftp_table_init(struct weir_ftp_table *table);
void weir_ftp_table_exit(struct weir_ftp_table *table);

bool weir_ftp_packet(struct weir_ftp_table *table, struct weir_packet *pkt,
		     const struct weir_conn *conn, enum weir_dir dir);
void weir_ftp_forget_known(struct weir_ftp_table *table, const struct weir_conn *conn);

/*
 * Forgets a conn that has ended, or was never in the conns' table, if it was a
 * control connection. Its state, changed by a full barrier, says so already.
 */
static inline void weir_ftp_forget(struct weir_ftp_table *table, const struct weir_conn *conn)
{
	/* Pairs with the barrier before whoever inserts one looks at the state. */
	if (unlikely(atomic_read(&table->hash.nelems)))
		weir_ftp_forget_known(table, conn);
}

#endif
