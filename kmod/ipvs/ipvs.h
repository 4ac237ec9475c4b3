/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * weir_ipvs: the interfaces of ip_vs on top of Weir's control functions. Here
 * alone IPVS's own words are used: a dest is a server, a svc a service.
 *
 *   genl.c sockopt.c proc.c sysctl.c match.c   the interfaces, byte for byte
 *   translate.c                                IPVS's words to Weir's and back
 *   apply.c                                    what requests do
 *   stats.c                                    what counters show
 *   template.c                                 affinity as conns of ip_vs's
 */
#ifndef WEIR_IPVS_H
#define WEIR_IPVS_H

#include <linux/ip_vs.h>
#include <linux/netfilter.h>
#include <net/netns/generic.h>

#include "../affinity.h"
#include "../meter.h"
#include "../net.h"

struct ctl_table_header;

enum {
	/** @IPVS_VERSION: what ip_vs says of itself: 1.2.1 */
	IPVS_VERSION = 0x010201,
	/** @IPVS_TABLE_SIZE: the size of the conn table that ip_vs has by default */
	IPVS_TABLE_SIZE = 4096,
};

/**
 * enum ipvs_timeout - the timeouts that IPVS lets one set
 * @IPVS_TIMEOUT_TCP: established
 * @IPVS_TIMEOUT_TCP_FIN: one side has closed
 * @IPVS_TIMEOUT_UDP: UDP
 * @IPVS_TIMEOUTS: their number
 */
enum ipvs_timeout {
	IPVS_TIMEOUT_TCP,
	IPVS_TIMEOUT_TCP_FIN,
	IPVS_TIMEOUT_UDP,
	IPVS_TIMEOUTS,
};

/**
 * struct ipvs_svc - a service in IPVS's words
 * @af: AF_INET or AF_INET6
 * @protocol: IPPROTO_*; IPPROTO_TCP if @fwmark counts
 * @is_fwmark: @fwmark is its key, not protocol, address and port
 * @port: network order
 * @addr: network order
 * @fwmark: the firewall's mark
 * @scheduler: its name
 * @engine: name of the persistence engine, or empty
 * @flags: IP_VS_SVC_F_*
 * @timeout: of persistence, in seconds
 * @netmask: of persistence: IPv4 a mask in network order, IPv6 a prefix length
 */
struct ipvs_svc {
	u16 af;
	u16 protocol;
	bool is_fwmark;
	__be16 port;
	union nf_inet_addr addr;
	u32 fwmark;
	char scheduler[IP_VS_SCHEDNAME_MAXLEN];
	char engine[IP_VS_PENAME_MAXLEN];
	u32 flags;
	u32 timeout;
	__be32 netmask;
};

/**
 * struct ipvs_dest - a server in IPVS's words
 * @af: AF_INET or AF_INET6
 * @port: network order
 * @addr: network order
 * @method: IP_VS_CONN_F_FWD_MASK's part of the flags
 * @weight: 0 or more
 * @upper: conns at which it takes no more, 0 for no limit
 * @lower: conns below which it takes conns again, 0 for three quarters of @upper
 * @tun_type: IP_VS_CONN_F_TUNNEL_TYPE_*
 * @tun_port: GUE's, network order
 * @tun_flags: IP_VS_TUNNEL_ENCAP_FLAG_*
 * @active: conns; answers only
 * @inactive: likewise
 * @persistent: clients that are held; answers only
 */
struct ipvs_dest {
	u16 af;
	__be16 port;
	union nf_inet_addr addr;
	u32 method;
	int weight;
	u32 upper;
	u32 lower;
	u8 tun_type;
	__be16 tun_port;
	u16 tun_flags;
	u32 active;
	u32 inactive;
	u32 persistent;
};

/**
 * enum ipvs_sysctl - the sysctls that take effect, by their place in the table
 * @IPVS_SYSCTL_CONNTRACK: services are left to conntrack
 * @IPVS_SYSCTL_SLOPPY_TCP: TCP in mid-stream is scheduled
 * @IPVS_SYSCTL_SLOPPY_SCTP: SCTP in mid-stream is scheduled
 * @IPVS_SYSCTL_SCHEDULE_ICMP: ICMP errors are scheduled
 * @IPVS_SYSCTL_EXPIRE_NODEST_CONN: conns of a removed server are reset
 * @IPVS_SYSCTL_EXPIRE_QUIESCENT_TEMPLATE: clients do not stay with a server of weight 0
 * @IPVS_SYSCTL_RUN_ESTIMATION: counters do not stand still
 * @IPVS_SYSCTLS_EFFECTIVE: their number
 */
enum ipvs_sysctl {
	IPVS_SYSCTL_CONNTRACK,
	IPVS_SYSCTL_SLOPPY_TCP,
	IPVS_SYSCTL_SLOPPY_SCTP,
	IPVS_SYSCTL_SCHEDULE_ICMP,
	IPVS_SYSCTL_EXPIRE_NODEST_CONN,
	IPVS_SYSCTL_EXPIRE_QUIESCENT_TEMPLATE,
	IPVS_SYSCTL_RUN_ESTIMATION,
	IPVS_SYSCTLS_EFFECTIVE,
};

/**
 * struct ipvs_net - what the interface remembers of a namespace
 * @timeouts: in seconds, by &enum ipvs_timeout; under the namespace's mutex
 * @sysctls: values by their place in sysctl.c's table
 * @sync_threshold: the one that holds two
 * @sysctl_header: the registered table, or NULL
 * @sysctl_table: the namespace's own copy
 * @meter: of the namespace's totals; under its mutex
 * @is_frozen: counters stand still; under the mutex
 *
 * Settings only: all that packets meet is Weir's.
 */
struct ipvs_net {
	u32 timeouts[IPVS_TIMEOUTS];
	int sysctls[32];
	int sync_threshold[2];
	struct ctl_table_header *sysctl_header;
	struct ctl_table *sysctl_table;
	struct weir_meter meter;
	bool is_frozen;
};

/**
 * struct ipvs_templates - a walk over what all services remember of clients
 * @net: the namespace
 * @id: of the service it is in, or was last
 * @affinity: that service's, held; NULL between services
 * @walk: through its entries
 */
struct ipvs_templates {
	struct net *net;
	unsigned long id;
	struct weir_affinity *affinity;
	struct weir_affinity_walk walk;
};

/**
 * struct ipvs_template - an entry of affinity in IPVS's words
 * @protocol: IPPROTO_*; IPPROTO_IP of a service by firewall mark
 * @client: without the bits that do not count; port 0
 * @vip: what it asks for; of a service by firewall mark that
 * @server: its server
 * @state: whether a conn has begun well under it
 * @expires: seconds left
 * @call_id: of a SIP call, not terminated; valid as long as the entry
 * @call_id_length: bytes in @call_id; 0 if it is the client that is known again
 */
struct ipvs_template {
	u16 protocol;
	struct weir_endpoint client;
	struct weir_endpoint vip;
	struct weir_endpoint server;
	const char *state;
	u32 expires;
	const char *call_id;
	u8 call_id_length;
};

extern unsigned int ipvs_net_id;

/* What is remembered of @net; valid from module init to exit. */
static inline struct ipvs_net *ipvs_net(const struct net *net)
{
	return net_generic(net, ipvs_net_id);
}

/* translate.c */
struct weir_endpoint ipvs_endpoint_of(u16 af, const union nf_inet_addr *addr, __be16 port);
struct weir_service_key ipvs_key_of(const struct ipvs_svc *svc);
int ipvs_prefix_of(const struct ipvs_svc *svc);
u32 ipvs_method_of(u8 method);
bool ipvs_scheduler_has_flags(const struct weir_scheduler *scheduler);
void ipvs_svc_of(const struct weir_service *service, struct ipvs_svc *svc);
void ipvs_dest_of(const struct weir_server *server, struct ipvs_dest *dest);

/* apply.c */
struct weir_service *ipvs_find(struct weir_net *wn, const struct ipvs_svc *svc);
bool ipvs_has_service(struct net *net, const struct ipvs_svc *svc);
int ipvs_add_service(struct net *net, const struct ipvs_svc *svc);
int ipvs_set_service(struct net *net, const struct ipvs_svc *svc);
int ipvs_remove_service(struct net *net, const struct ipvs_svc *svc);
int ipvs_add_dest(struct net *net, const struct ipvs_svc *svc, const struct ipvs_dest *dest);
int ipvs_set_dest(struct net *net, const struct ipvs_svc *svc, const struct ipvs_dest *dest);
int ipvs_remove_dest(struct net *net, const struct ipvs_svc *svc, const struct ipvs_dest *dest);
int ipvs_heed_sysctl(struct net *net, enum ipvs_sysctl which);
int ipvs_set_timeouts(struct net *net, const u32 *seconds);

/* stats.c */
int ipvs_freeze(struct net *net, bool is_frozen);
int ipvs_zero(struct net *net, const struct ipvs_svc *svc);
int ipvs_start_daemon(struct net *net, const char *name);
int ipvs_stop_daemon(u32 state);
void ipvs_read_service(struct weir_service *service, struct weir_reading *reading);
void ipvs_read_server(struct weir_server *server, struct weir_reading *reading);
void ipvs_read_namespace(struct weir_net *wn, struct weir_reading *reading);

/* template.c */
struct weir_affinity_entry *ipvs_templates_start(struct ipvs_templates *templates);
struct weir_affinity_entry *ipvs_templates_next(struct ipvs_templates *templates);
void ipvs_templates_stop(struct ipvs_templates *templates);
void ipvs_templates_leave(struct ipvs_templates *templates);
void ipvs_template_of(const struct ipvs_templates *templates,
		      const struct weir_affinity_entry *entry, struct ipvs_template *template);

/* The interfaces; init of what the whole module has, open of what a namespace has. */
int ipvs_genl_init(void);
void ipvs_genl_exit(void);
int ipvs_sockopt_init(void);
void ipvs_sockopt_exit(void);
int ipvs_proc_open(struct net *net);
void ipvs_proc_close(struct net *net);
int ipvs_sysctl_open(struct net *net);
void ipvs_sysctl_close(struct net *net);
int ipvs_match_init(void);
void ipvs_match_exit(void);

#endif
