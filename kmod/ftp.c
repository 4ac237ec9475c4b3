// SPDX-License-Identifier: GPL-2.0-only
/*
 * Between packets of FTP's control connections and line.c, which decides. What is
 * done to a packet here is done before conntrack reads it and moves its numbers:
 * they are those of its sender.
 */
#include "ftp.h"

#include <linux/rhashtable.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_seqadj.h>

#include "conn.h"
#include "rewrite.h"
#include "track.h"

static const struct rhashtable_params ftp_params = {
	.head_offset = offsetof(struct weir_ftp, hash),
	.key_offset = offsetof(struct weir_ftp, conn),
	.key_len = sizeof_field(struct weir_ftp, conn),
	.automatic_shrinking = true,
};

/**
 * weir_ftp_table_init - an empty table
 * @table: the namespace's
 *
 * Return: 0 or -ENOMEM.
 */
int weir_ftp_table_init(struct weir_ftp_table *table)
{
	atomic_set(&table->rooms, 0);
	return rhashtable_init(&table->hash, &ftp_params);
}

/**
 * weir_ftp_table_exit - the end of a table
 * @table: the namespace's; all conns have ended
 */
void weir_ftp_table_exit(struct weir_ftp_table *table)
{
	WARN_ON_ONCE(atomic_read(&table->hash.nelems) || atomic_read(&table->rooms));
	rhashtable_destroy(&table->hash);
}

static void provide_room(struct weir_ftp_table *table, struct weir_line *line)
{
	if (!atomic_add_unless(&table->rooms, 1, WEIR_FTP_ROOMS_MAX))
		return;
	line->held = kmalloc(WEIR_LINE_MAX, GFP_ATOMIC);
	if (!line->held)
		atomic_dec(&table->rooms);
}

static void take_room(struct weir_ftp_table *table, struct weir_line *line)
{
	if (!line->held)
		return;
	kfree(line->held);
	line->held = NULL;
	atomic_dec(&table->rooms);
}

/**
 * weir_ftp_forget_known - weir_ftp_forget() where there are control connections
 * @table: the namespace's
 * @conn: a conn that has ended
 *
 * Packets that have found it see that the conn has ended.
 */
void weir_ftp_forget_known(struct weir_ftp_table *table, const struct weir_conn *conn)
{
	struct weir_ftp *ftp;

	rcu_read_lock();
	ftp = rhashtable_lookup(&table->hash, &conn, ftp_params);
	/* Of two who forget it one removes it. */
	if (ftp && !rhashtable_remove_fast(&table->hash, &ftp->hash, ftp_params)) {
		spin_lock_bh(&ftp->lock);
		for (int dir = 0; dir < WEIR_DIRS; dir++)
			take_room(table, &ftp->lines[dir]);
		spin_unlock_bh(&ftp->lock);
		kfree_rcu(ftp, rcu);
	}
	rcu_read_unlock();
}

static bool has_ended(const struct weir_conn *conn)
{
	return READ_ONCE(conn->state) == WEIR_CONN_ENDED;
}

static const struct tcphdr *header_of(const struct weir_packet *pkt)
{
	return (const struct tcphdr *)(pkt->skb->data + pkt->outer.l4);
}

/* Whom conntrack takes the packet to be for. */
static enum ip_conntrack_dir receiver_of(const struct weir_packet *pkt)
{
	enum ip_conntrack_info info;

	nf_ct_get(pkt->skb, &info);
	return CTINFO2DIR(info) == IP_CT_DIR_ORIGINAL ? IP_CT_DIR_REPLY : IP_CT_DIR_ORIGINAL;
}

/* What a packet acknowledges, in the numbers of @sender, whom it is for. */
static u32 acknowledged(const struct nf_conn *ct, enum ip_conntrack_dir sender,
			const struct tcphdr *tcp)
{
	const struct nf_conn_seqadj *adjust = nfct_seqadj(ct);
	const struct nf_ct_seqadj *way;
	u32 ack = ntohl(tcp->ack_seq);

	if (!adjust)
		return ack;
	way = &adjust->seq[sender];
	if ((s32)(ack - way->offset_before - way->correction_pos) > 0)
		return ack - way->offset_after;
	return ack - way->offset_before;
}

/* The first packet of a conn with conntrack's reader; NULL without memory. */
static struct weir_ftp *begin(struct weir_ftp_table *table, const struct weir_conn *conn,
			      enum weir_dir dir, u32 seq, u32 ack)
{
	struct weir_ftp *ftp = kzalloc(sizeof(*ftp), GFP_ATOMIC);
	struct weir_ftp *other;

	if (!ftp)
		return NULL;
	ftp->conn = conn;
	spin_lock_init(&ftp->lock);
	weir_line_init(&ftp->lines[dir], dir, seq);
	weir_line_init(&ftp->lines[!dir], !dir, ack);
	other = rhashtable_lookup_get_insert_fast(&table->hash, &ftp->hash, ftp_params);
	if (other) {
		kfree(ftp);
		return IS_ERR(other) ? NULL : other;
	}
	/* Whoever ends the conn finds it, or it is seen here; pairs with weir_ftp_forget(). */
	smp_mb();
	if (!has_ended(conn))
		return ftp;
	weir_ftp_forget_known(table, conn);
	return NULL;
}

/* Tells the sender that the receiver has what is held, if it has all before that. */
static void acknowledge(struct weir_packet *pkt, struct nf_conn *ct, struct weir_line *line,
			enum ip_conntrack_dir sender)
{
	const struct tcphdr *tcp = header_of(pkt);
	u32 came, ack;

	spin_lock(&ct->lock);
	came = acknowledged(ct, sender, tcp);
	ack = weir_line_acknowledge(line, came);
	if (ack != came)
		weir_rewrite_ack(pkt, ack + nf_ct_seq_offset(ct, sender, ack));
	spin_unlock(&ct->lock);
}

/* What the packet carries for the other side. */
static bool carry(struct weir_ftp_table *table, struct weir_packet *pkt, struct weir_line *line)
{
	const struct tcphdr *tcp = header_of(pkt);
	unsigned int start = pkt->outer.l4 + tcp->doff * 4;
	const struct weir_segment segment = {
		.data = pkt->skb->data + start,
		.seq = ntohl(tcp->seq),
		.length = pkt->skb->len - start,
		.fin = tcp->fin,
		.rst = tcp->rst,
	};
	struct weir_segment result;

	if (weir_line_wants_room(line, &segment))
		provide_room(table, line);
	return !weir_line_feed(line, &segment, &result) || weir_rewrite_payload(pkt, &result);
}

static bool walk(struct weir_ftp_table *table, struct weir_packet *pkt, struct nf_conn *ct,
		 struct weir_ftp *ftp, enum weir_dir dir)
{
	bool is_done;

	if (header_of(pkt)->ack)
		acknowledge(pkt, ct, &ftp->lines[!dir], receiver_of(pkt));
	is_done = carry(table, pkt, &ftp->lines[dir]);
	for (int i = 0; i < WEIR_DIRS; i++)
		if (!ftp->lines[i].length)
			take_room(table, &ftp->lines[i]);
	return is_done;
}

/* The entry of a packet that conntrack's reader of FTP is about to see, or NULL. */
static struct nf_conn *entry_of(const struct weir_packet *pkt)
{
	enum ip_conntrack_info info;
	struct nf_conn *ct = nf_ct_get(pkt->skb, &info);

	return ct && nf_ct_is_confirmed(ct) && weir_track_has_ftp(ct) ? ct : NULL;
}

/* Whether the packet has a header that can be read, in one piece and writable. */
static bool prepare(struct weir_packet *pkt)
{
	unsigned int header = pkt->outer.l4 + sizeof(struct tcphdr);
	struct sk_buff *skb = pkt->skb;
	const struct tcphdr *tcp;

	if (skb_linearize(skb) || skb->len < header || skb_ensure_writable(skb, header))
		return false;
	tcp = header_of(pkt);
	return tcp->doff * 4 >= sizeof(*tcp) && skb->len >= pkt->outer.l4 + tcp->doff * 4;
}

/**
 * weir_ftp_packet - keeps the lines of a control connection whole
 * @table: the namespace's
 * @pkt: a packet that conntrack knows, no ICMP error; RCU read side, bottom halves off
 * @conn: its conn
 * @dir: its direction
 *
 * Return: false without memory; the packet is to be dropped then.
 */
bool weir_ftp_packet(struct weir_ftp_table *table, struct weir_packet *pkt,
		     const struct weir_conn *conn, enum weir_dir dir)
{
	struct nf_conn *ct = entry_of(pkt);
	const struct tcphdr *tcp;
	bool is_done = true;
	struct weir_ftp *ftp;

	/* Numbers of a flow that something else has damaged are none to go by. */
	if (!ct || !weir_route_is_intact(pkt))
		return true;
	if (!prepare(pkt))
		return false;
	tcp = header_of(pkt);
	if (tcp->syn)
		return true;
	ftp = rhashtable_lookup(&table->hash, &conn, ftp_params);
	if (!ftp && tcp->ack)
		ftp = begin(table, conn, dir, ntohl(tcp->seq),
			    acknowledged(ct, receiver_of(pkt), tcp));
	if (!ftp)
		return true;
	spin_lock(&ftp->lock);
	/* Else what is held has been freed. */
	if (!has_ended(conn))
		is_done = walk(table, pkt, ct, ftp, dir);
	spin_unlock(&ftp->lock);
	return is_done;
}
