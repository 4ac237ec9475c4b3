/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libweir: the plain structs that its calls take and give.
 */
#ifndef WEIR_WEIR_TYPES_H
#define WEIR_WEIR_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/weir.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct weir_addr - an IPv4 or IPv6 address
 * @family: AF_INET, AF_INET6, or 0 for none
 * @bytes: network order; IPv4 uses the first four, the others are 0
 */
struct weir_addr {
	int family;
	uint8_t bytes[16];
};

/**
 * struct weir_endpoint - an address and a port
 * @addr: the address
 * @port: host order; 0 is none
 */
struct weir_endpoint {
	struct weir_addr addr;
	uint16_t port;
};

/**
 * struct weir_service_key - what names a service
 * @protocol: IPPROTO_TCP, IPPROTO_UDP or IPPROTO_SCTP; 0 with @fwmark
 * @at: where clients connect to; port 0 is all ports without a service of their
 *	own. With @fwmark only its family counts
 * @fwmark: firewall mark of the packets; 0 for a service by address
 */
struct weir_service_key {
	uint8_t protocol;
	struct weir_endpoint at;
	uint32_t fwmark;
};

/**
 * struct weir_stats - counters since the object was created
 * @conns: connections created
 * @packets_in: packets from clients
 * @bytes_in: bytes from clients, network headers included
 * @packets_out: packets from servers that came through the director
 * @bytes_out: bytes from servers that came through the director
 * @packets_fast: those of @packets_in and @packets_out that took the fast path
 * @shed: connections ended before their handshake was complete, to make room
 */
struct weir_stats {
	uint64_t conns;
	uint64_t packets_in;
	uint64_t bytes_in;
	uint64_t packets_out;
	uint64_t bytes_out;
	uint64_t packets_fast;
	uint64_t shed;
};

/**
 * enum weir_timeout - index of &struct weir_service.timeouts
 * @WEIR_TIMEOUT_TCP_SYN: handshake not complete
 * @WEIR_TIMEOUT_TCP_ESTABLISHED: established
 * @WEIR_TIMEOUT_TCP_FIN: one side has closed
 * @WEIR_TIMEOUT_TCP_CLOSED: both sides have closed, or a RST was seen
 * @WEIR_TIMEOUT_UDP: UDP
 * @WEIR_TIMEOUT_SCTP_INIT: SCTP, handshake not complete
 * @WEIR_TIMEOUT_SCTP_ESTABLISHED: SCTP, established
 * @WEIR_TIMEOUT_SCTP_SHUTDOWN: SCTP, one side has begun to shut down
 * @WEIR_TIMEOUT_SCTP_CLOSED: SCTP, shut down or aborted
 * @WEIR_TIMEOUTS: number of them
 */
enum weir_timeout {
	WEIR_TIMEOUT_TCP_SYN,
	WEIR_TIMEOUT_TCP_ESTABLISHED,
	WEIR_TIMEOUT_TCP_FIN,
	WEIR_TIMEOUT_TCP_CLOSED,
	WEIR_TIMEOUT_UDP,
	WEIR_TIMEOUT_SCTP_INIT,
	WEIR_TIMEOUT_SCTP_ESTABLISHED,
	WEIR_TIMEOUT_SCTP_SHUTDOWN,
	WEIR_TIMEOUT_SCTP_CLOSED,
	WEIR_TIMEOUTS,
};

/**
 * enum weir_service_set - which options of a service are given
 * @WEIR_SERVICE_SET_SCHEDULER: the scheduler
 * @WEIR_SERVICE_SET_MIDSTREAM: the answer to packets without a connection
 * @WEIR_SERVICE_SET_CONNTRACK: whether connections are entries of conntrack
 * @WEIR_SERVICE_SET_FAST: whether flows may take the fast path
 * @WEIR_SERVICE_SET_HOOK: where first packets are met
 * @WEIR_SERVICE_SET_ONE_PACKET: whether each datagram is scheduled by itself
 * @WEIR_SERVICE_SET_ICMP_SCHEDULE: whether ICMP errors are scheduled
 * @WEIR_SERVICE_SET_FALLBACK: whether who is hashed to an absent server gets another
 * @WEIR_SERVICE_SET_HASH_PORT: whether the client's port is hashed too
 * @WEIR_SERVICE_SET_HASH_KEY: the key of hashes
 * @WEIR_SERVICE_SET_NO_SERVER: the answer to new connections no server takes
 * @WEIR_SERVICE_SET_HELPER: what conntrack reads in connections
 * @WEIR_SERVICE_SET_HALF_OPEN_MAX: the bound of incomplete handshakes
 * @WEIR_SERVICE_SET_TIMEOUT: first of WEIR_TIMEOUTS bits, shift it by the index
 * @WEIR_SERVICE_SET_TIMEOUTS: all of them
 * @WEIR_SERVICE_SET_LOCAL_ADDRESSES: the local addresses
 */
enum weir_service_set {
	WEIR_SERVICE_SET_SCHEDULER = 1 << 0,
	WEIR_SERVICE_SET_MIDSTREAM = 1 << 1,
	WEIR_SERVICE_SET_CONNTRACK = 1 << 2,
	WEIR_SERVICE_SET_FAST = 1 << 3,
	WEIR_SERVICE_SET_HOOK = 1 << 4,
	WEIR_SERVICE_SET_ONE_PACKET = 1 << 5,
	WEIR_SERVICE_SET_ICMP_SCHEDULE = 1 << 6,
	WEIR_SERVICE_SET_FALLBACK = 1 << 7,
	WEIR_SERVICE_SET_HASH_PORT = 1 << 8,
	WEIR_SERVICE_SET_HASH_KEY = 1 << 9,
	WEIR_SERVICE_SET_NO_SERVER = 1 << 10,
	WEIR_SERVICE_SET_HELPER = 1 << 11,
	WEIR_SERVICE_SET_LOCAL_ADDRESSES = 1 << 12,
	WEIR_SERVICE_SET_HALF_OPEN_MAX = 1 << 13,
	WEIR_SERVICE_SET_TIMEOUT = 1 << 14,
	WEIR_SERVICE_SET_TIMEOUTS = 0x1ff << 14,
};

/**
 * enum weir_affinity_set - which options of affinity are given
 * @WEIR_AFFINITY_SET_TIMEOUT: the timeout
 * @WEIR_AFFINITY_SET_MASK: the mask
 * @WEIR_AFFINITY_SET_BY: by what clients are known again
 * @WEIR_AFFINITY_SET_WEIGHTLESS: what clients of a server of weight 0 get
 * @WEIR_AFFINITY_SET_LIMIT: the limit
 */
enum weir_affinity_set {
	WEIR_AFFINITY_SET_TIMEOUT = 1 << 0,
	WEIR_AFFINITY_SET_MASK = 1 << 1,
	WEIR_AFFINITY_SET_BY = 1 << 2,
	WEIR_AFFINITY_SET_WEIGHTLESS = 1 << 3,
	WEIR_AFFINITY_SET_LIMIT = 1 << 4,
};

/**
 * struct weir_affinity - how a service sends a client to the server it had
 * @set: enum weir_affinity_set bits: the options a request carries, or the
 *	kernel's answer held
 * @timeout: milliseconds from a client's last new connection; 0 is off
 * @mask: leading bits of a client's address that count
 * @by: by what a client is known again
 * @weightless: what clients of a server of weight 0 get
 * @limit: most entries held, at least 1
 * @count: entries held; answers only
 * @evicted: entries that went before their time because of @limit; answers only
 */
struct weir_affinity {
	unsigned int set;
	uint32_t timeout;
	uint8_t mask;
	enum weir_affinity_by by;
	enum weir_affinity_weightless weightless;
	uint32_t limit;
	uint32_t count;
	uint32_t evicted;
};

/**
 * struct weir_service - a service
 * @set: enum weir_service_set bits: the options a request carries, or the
 *	kernel's answer held
 * @key: its name
 * @scheduler: name of the scheduler
 * @midstream: what TCP and SCTP without a connection get
 * @conntrack: its connections are entries of conntrack
 * @fast: its established flows may take the fast path
 * @hook: where the first packets of its connections are met
 * @fallback: a client whose hash names a server that takes no new connections gets
 *	another
 * @hash_port: the client's port is hashed with its address
 * @has_hash_key: @hash_key is given; in a request false asks for a random one
 * @hash_key: keys every hash of the scheduler
 * @no_server: what a new connection gets that no server takes
 * @timeouts: milliseconds, by enum weir_timeout
 * @servers: number of servers, removed ones left out; answers only
 * @active: TCP and SCTP connections up to established, UDP flows; answers only
 * @inactive: other connections; answers only
 * @stats: sum over all servers it ever had; answers only
 * @one_packet: each of its UDP datagrams is scheduled by itself
 * @icmp_schedule: ICMP errors about its flows without a connection are scheduled
 * @affinity: how it sends a client to the server it had, with a set of its own
 * @helper: what conntrack reads in its connections
 * @local_addresses: what servers with the method fullnat see as clients
 * @local_count: number of @local_addresses; may be 0 in a request
 * @half_open_max: most TCP connections whose handshake is not complete; 0 is no bound
 * @half_open: those held; answers only
 */
struct weir_service {
	unsigned int set;
	struct weir_service_key key;
	char scheduler[WEIR_SCHEDULER_NAME_SIZE];
	enum weir_midstream midstream;
	bool conntrack;
	bool fast;
	enum weir_hook hook;
	bool fallback;
	bool hash_port;
	bool has_hash_key;
	uint8_t hash_key[WEIR_HASH_KEY_SIZE];
	enum weir_no_server no_server;
	uint32_t timeouts[WEIR_TIMEOUTS];
	uint32_t servers;
	uint32_t active;
	uint32_t inactive;
	struct weir_stats stats;
	bool one_packet;
	bool icmp_schedule;
	struct weir_affinity affinity;
	enum weir_helper helper;
	struct weir_addr local_addresses[WEIR_LOCAL_ADDRESSES_MAX];
	uint32_t local_count;
	uint32_t half_open_max;
	uint32_t half_open;
};

/**
 * enum weir_server_set - which attributes of a server are given
 * @WEIR_SERVER_SET_METHOD: the method
 * @WEIR_SERVER_SET_WEIGHT: the weight
 * @WEIR_SERVER_SET_STATE: the state
 * @WEIR_SERVER_SET_POLICY: the policy
 * @WEIR_SERVER_SET_DEADLINE: the deadline
 * @WEIR_SERVER_SET_CONNS_MAX: the limit of connections
 * @WEIR_SERVER_SET_CONNS_RESUME: where a full server takes new ones again
 * @WEIR_SERVER_SET_TUNNEL: what the method tunnel wraps packets in
 * @WEIR_SERVER_SET_TUNNEL_PORT: the tunnel's UDP port
 * @WEIR_SERVER_SET_TUNNEL_CHECKSUM: the tunnel's checksum
 */
enum weir_server_set {
	WEIR_SERVER_SET_METHOD = 1 << 0,
	WEIR_SERVER_SET_WEIGHT = 1 << 1,
	WEIR_SERVER_SET_STATE = 1 << 2,
	WEIR_SERVER_SET_POLICY = 1 << 3,
	WEIR_SERVER_SET_DEADLINE = 1 << 4,
	WEIR_SERVER_SET_CONNS_MAX = 1 << 5,
	WEIR_SERVER_SET_CONNS_RESUME = 1 << 6,
	WEIR_SERVER_SET_TUNNEL = 1 << 7,
	WEIR_SERVER_SET_TUNNEL_PORT = 1 << 8,
	WEIR_SERVER_SET_TUNNEL_CHECKSUM = 1 << 9,
};

/**
 * struct weir_server - a server of one service
 * @set: enum weir_server_set bits: the attributes a request carries, or the
 *	kernel's answer held
 * @service: its service
 * @at: its address and port; port 0 is that of each packet, for a service that has
 *	no single one
 * @method: how packets reach it
 * @weight: 0 to WEIR_WEIGHT_MAX
 * @state: whether it takes part
 * @policy: what existing connections get while it is down or after its removal
 * @deadline: milliseconds until drain becomes reset; 0 is none
 * @conns_max: with as many connections it is full; 0 is no limit
 * @conns_resume: below this a full server takes new ones; 0 is three quarters of
 *	@conns_max
 * @full: it takes no new connections for its limit; answers only
 * @active: TCP and SCTP connections up to established, UDP flows; answers only
 * @inactive: other connections; answers only
 * @stats: answers only
 * @tunnel: what the method tunnel wraps packets in
 * @tunnel_port: host order, UDP port of WEIR_TUNNEL_GUE
 * @tunnel_checksum: of WEIR_TUNNEL_GUE and WEIR_TUNNEL_GRE
 * @ports_used: local ports in use towards it, by whatever service; answers only
 * @ports_max: how many there are, 0 if its service has no local addresses; answers
 *	only
 */
struct weir_server {
	unsigned int set;
	struct weir_service_key service;
	struct weir_endpoint at;
	enum weir_method method;
	uint32_t weight;
	enum weir_server_state state;
	enum weir_policy policy;
	uint32_t deadline;
	uint32_t conns_max;
	uint32_t conns_resume;
	bool full;
	uint32_t active;
	uint32_t inactive;
	struct weir_stats stats;
	enum weir_tunnel tunnel;
	uint16_t tunnel_port;
	enum weir_tunnel_checksum tunnel_checksum;
	uint32_t ports_used;
	uint32_t ports_max;
};

/**
 * struct weir_conn - a connection
 * @service: its service
 * @server: its server
 * @client: its client
 * @method: how packets reach the server
 * @state: state of TCP; WEIR_TCP_STATE_NONE for others
 * @expires: milliseconds until it is collected if no packet comes
 * @fast_request: packets from the client may take the fast path
 * @fast_reply: packets from the server may take the fast path
 * @protocol: IPPROTO_TCP, IPPROTO_UDP or IPPROTO_SCTP
 * @vip: what the client has connected to
 * @sctp_state: state of SCTP; WEIR_SCTP_STATE_NONE for others
 * @local: the client as the server sees it; family 0 unless the method is fullnat
 */
struct weir_conn {
	struct weir_service_key service;
	struct weir_endpoint server;
	struct weir_endpoint client;
	enum weir_method method;
	enum weir_tcp_state state;
	uint32_t expires;
	bool fast_request;
	bool fast_reply;
	uint8_t protocol;
	struct weir_endpoint vip;
	enum weir_sctp_state sctp_state;
	struct weir_endpoint local;
};

/**
 * struct weir_conn_filter - which connections are meant; all zero is all
 * @service: protocol 0 and fwmark 0 is any service
 * @server: family 0 is any server, port 0 any port
 * @client: family 0 is any client, port 0 any port
 */
struct weir_conn_filter {
	struct weir_service_key service;
	struct weir_endpoint server;
	struct weir_endpoint client;
};

/**
 * struct weir_drop - a drop reason and how often it struck
 * @reason: number of the reason
 * @name: its name as the kernel gives it
 * @packets: packets dropped
 */
struct weir_drop {
	uint32_t reason;
	char name[WEIR_DROP_NAME_SIZE];
	uint64_t packets;
};

/**
 * enum weir_namespace_set - what of a namespace is given
 * @WEIR_NAMESPACE_SET_CONNS_MAX: the limit of connections
 * @WEIR_NAMESPACE_SET_FAST: whether services may use the fast path
 * @WEIR_NAMESPACE_SET_AFFINITY_MAX: the limit of clients remembered
 */
enum weir_namespace_set {
	WEIR_NAMESPACE_SET_CONNS_MAX = 1 << 0,
	WEIR_NAMESPACE_SET_FAST = 1 << 1,
	WEIR_NAMESPACE_SET_AFFINITY_MAX = 1 << 2,
};

/**
 * struct weir_namespace - totals and limits of a network namespace
 * @set: enum weir_namespace_set bits: what a request carries, or the kernel's
 *	answer held
 * @conns_max: most connections held at once, at least 1
 * @fast: services may use the fast path; those with WEIR_HOOK_INGRESS do anyway
 * @conns: connections held; answers only
 * @services: number of services; answers only
 * @stats: sum over all services it ever had; answers only
 * @affinity_max: most clients that all services together remember, at least 1
 * @affinity: clients remembered; answers only
 */
struct weir_namespace {
	unsigned int set;
	uint32_t conns_max;
	bool fast;
	uint32_t conns;
	uint32_t services;
	struct weir_stats stats;
	uint32_t affinity_max;
	uint32_t affinity;
};

/**
 * struct weir_event - something changed
 * @change: what happened to the object
 * @is_server: the object is @server, else it is @service
 * @service: the service; for a server's event only its key
 * @server: the server, if @is_server
 */
struct weir_event {
	enum weir_change change;
	bool is_server;
	struct weir_service service;
	struct weir_server server;
};

/**
 * struct weir_error - why the last call failed
 * @code: positive errno
 * @message: a sentence, the kernel's own where it gave one
 * @attribute: path of the attribute at fault, e.g. "server.weight", or ""
 * @index: which one of several attributes of that name, from 0
 */
struct weir_error {
	int code;
	char message[256];
	char attribute[64];
	unsigned int index;
};

#ifdef __cplusplus
}
#endif

#endif
