/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The slow path: what happens to a packet, as a page to be read aloud.
 */
#ifndef WEIR_PATH_H
#define WEIR_PATH_H

#include "method.h"
#include "net.h"
#include "packet.h"

enum weir_verdict weir_path(struct weir_net *wn, struct weir_packet *pkt);
enum weir_verdict weir_path_walk(struct weir_net *wn, struct weir_packet *pkt,
				 struct weir_conn *conn, enum weir_dir dir,
				 const struct weir_service *service);
struct weir_service *weir_path_service(struct weir_net *wn, const struct weir_packet *pkt);
bool weir_path_is_untracked(struct weir_net *wn, struct weir_packet *pkt);
void weir_path_recall_input(struct weir_net *wn, const struct weir_packet *pkt);

/*
 * What every packet of a conn gets, fast or slow: its way, a word in the conn's
 * books, and the method's own. No ICMP error; RCU read side, bottom halves off.
 * Returns as weir_path().
 */
static inline enum weir_verdict weir_path_forward(struct weir_net *wn, struct weir_packet *pkt,
						  struct weir_conn *conn, enum weir_dir dir)
{
	enum weir_verdict verdict = weir_method_attach(pkt, conn, dir);

	if (verdict != WEIR_CONTINUE)
		return verdict;
	weir_conn_track(&wn->conns, conn, pkt, dir);
	return weir_method_send(pkt, conn, dir);
}

#endif
