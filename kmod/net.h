/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What Weir keeps per network namespace, and the map of its locks.
 *
 *   lock                     protects                            context
 *   services.mutex           services, servers, limits, hooks    process
 *   RTNL                     devices met at ingress              process
 *   conns.lanes[].lock       births, ends and slots of conns     BH off
 *   affinity->lock           a service's entries and options     BH off
 *   conns.ports.lock         ports of local addresses            BH off
 *   bucket locks of hashes   chains (rhashtable's own)           BH off
 *   ftp->lock                lines of a control connection       BH off
 *   conntrack's own locks    entries of conns that end           BH off
 *
 * in this order of nesting, but that an affinity and a lane are never locked at
 * once. Packets take none of them unless a conn is born, ends, or changes to a
 * shorter timeout: they read services, pools, servers, conns and entries of
 * affinity under RCU.
 */
#ifndef WEIR_NET_H
#define WEIR_NET_H

#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "conn.h"
#include "drop.h"
#include "service.h"

/**
 * struct weir_net - the state of one namespace
 * @net: the namespace
 * @services: services and the mutex of all control
 * @conns: conns
 * @drops: drop counters; per CPU, NULL until the first service
 * @folded: what removed services had counted; under the mutex
 * @ingress_services: number of services with hook ingress; written under the
 *	mutex
 * @fast: services may use the fast path; written under the mutex
 * @has_slow_flows: some service's flows all stay on the slow path; written under
 *	the mutex
 * @fast_services: number of services that may use the fast path; under the mutex
 * @hooks: netfilter's hooks, while there are services; under the mutex
 * @devices: the devices at whose ingress packets are met; under RTNL
 * @has_ingress: whether devices that come are to be met; written under the mutex
 *	and RTNL
 * @forget_routes: queued when a device goes down, so that no cached route holds it
 * @lease_work: ends the conns of servers that leave when they are over; queued while
 *	@has_lease_end
 * @lease_end: jiffies at which it is to run; under the mutex
 * @has_lease_end: whether @lease_end counts; under the mutex
 * @is_open: hooks are on: packets may look for conns; written under the mutex
 * @generation: changes with every change of services or servers, so that dumps
 *	notice; under the mutex
 */
struct weir_net {
	struct net *net;
	struct weir_service_table services;
	struct weir_conn_table conns;
	struct weir_drops __percpu *drops;
	struct weir_totals folded;
	u32 ingress_services;
	bool fast;
	bool has_slow_flows;
	u32 fast_services;
	struct nf_hook_ops *hooks;
	struct list_head devices;
	bool has_ingress;
	struct work_struct forget_routes;
	struct delayed_work lease_work;
	unsigned long lease_end;
	bool has_lease_end;
	bool is_open;
	u32 generation;
};

/* The index of our state among a namespace's. */
extern unsigned int weir_net_id;

/* The state of @net; valid from module init to exit. */
static inline struct weir_net *weir_net(const struct net *net)
{
	return net_generic(net, weir_net_id);
}

#endif
