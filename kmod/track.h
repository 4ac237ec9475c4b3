/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel's connection tracking (conntrack) knows of conns, for services
 * with conntrack on: each conn is one entry there, made and ended with it.
 */
#ifndef WEIR_TRACK_H
#define WEIR_TRACK_H

#include "conn.h"
#include "packet.h"
#include "service.h"

struct nf_conn;

int weir_track_hold(struct weir_service *service, bool conntrack, enum weir_helper helper);
void weir_track_settle(struct weir_service *service);
void weir_track_release(struct weir_service *service);
bool weir_track_packet(struct weir_packet *pkt, const struct weir_conn *conn, enum weir_dir dir,
		       bool is_first);
bool weir_track_has_ftp(const struct nf_conn *ct);
void weir_track_end(const struct weir_conn *conn);

#endif
