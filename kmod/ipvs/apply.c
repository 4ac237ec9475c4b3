// SPDX-License-Identifier: GPL-2.0-only
/*
 * What requests in IPVS's words do: ip_vs's checks and its errors, then Weir's
 * control functions.
 */
#include <linux/netdevice.h>

#include "../control.h"
#include "../sched.h"
#include "../server.h"
#include "ipvs.h"

/**
 * ipvs_find - the service of a key
 * @wn: the namespace, mutex held
 * @svc: the key
 *
 * Return: the service or NULL.
 */
struct weir_service *ipvs_find(struct weir_net *wn, const struct ipvs_svc *svc)
{
	struct weir_service_key key = ipvs_key_of(svc);

	lockdep_assert_held(&wn->services.mutex);
	return wn->services.count ? weir_service_find(&wn->services, &key) : NULL;
}

/* A service that is not there is ESRCH to IPVS, and a server ENOENT. */
static int of_service(int err)
{
	return err == -ENOENT ? -ESRCH : err;
}

/**
 * ipvs_has_service - whether there is a service now
 * @net: the namespace
 * @svc: its key
 *
 * Return: whether there is.
 */
bool ipvs_has_service(struct net *net, const struct ipvs_svc *svc)
{
	struct weir_net *wn = weir_net(net);
	bool result;

	mutex_lock(&wn->services.mutex);
	result = ipvs_find(wn, svc);
	mutex_unlock(&wn->services.mutex);
	return result;
}

/* Timeouts that IPVS keeps for a whole namespace: those of @which, BIT(&enum ipvs_timeout). */
static void set_timeouts(const struct ipvs_net *in, u32 which, struct weir_service_config *config)
{
	static const u8 classes[IPVS_TIMEOUTS] = {
		[IPVS_TIMEOUT_TCP] = WEIR_TIMEOUT_TCP_ESTABLISHED,
		[IPVS_TIMEOUT_TCP_FIN] = WEIR_TIMEOUT_TCP_FIN,
		[IPVS_TIMEOUT_UDP] = WEIR_TIMEOUT_UDP,
	};

	for (int i = 0; i < IPVS_TIMEOUTS; i++) {
		if (!(which & BIT(i)))
			continue;
		config->set |= BIT(WEIR_A_SERVICE_TIMEOUTS);
		config->timeouts_set |= BIT(classes[i]);
		config->timeouts_ms[classes[i]] =
			min_t(u64, READ_ONCE(in->timeouts[i]) * (u64)MSEC_PER_SEC,
			      WEIR_TIMEOUT_MAX_MS);
	}
}

static bool is_on(const struct ipvs_net *in, enum ipvs_sysctl which)
{
	return READ_ONCE(in->sysctls[which]);
}

/* The sysctl that says what becomes of packets in mid-stream. */
static enum ipvs_sysctl sloppy_of(const struct weir_service_key *key)
{
	return key->protocol == IPPROTO_SCTP ? IPVS_SYSCTL_SLOPPY_SCTP : IPVS_SYSCTL_SLOPPY_TCP;
}

/* Switches of a whole namespace: those of @which, BIT(&enum ipvs_sysctl). */
static void set_switches(const struct ipvs_net *in, u32 which, struct weir_service_config *config)
{
	enum ipvs_sysctl sloppy = sloppy_of(&config->key);

	if (which & BIT(IPVS_SYSCTL_CONNTRACK)) {
		config->set |= BIT(WEIR_A_SERVICE_CONNTRACK);
		config->conntrack = is_on(in, IPVS_SYSCTL_CONNTRACK);
	}
	if (which & BIT(sloppy)) {
		config->set |= BIT(WEIR_A_SERVICE_MIDSTREAM);
		config->midstream = is_on(in, sloppy) ? WEIR_MIDSTREAM_SCHEDULE :
							WEIR_MIDSTREAM_PASS;
	}
	if (which & BIT(IPVS_SYSCTL_SCHEDULE_ICMP)) {
		config->set |= BIT(WEIR_A_SERVICE_ICMP_SCHEDULE);
		config->icmp_schedule = is_on(in, IPVS_SYSCTL_SCHEDULE_ICMP);
	}
	if (which & BIT(IPVS_SYSCTL_EXPIRE_QUIESCENT_TEMPLATE)) {
		config->set |= BIT(WEIR_A_SERVICE_AFFINITY);
		config->affinity_set |= BIT(WEIR_A_AFFINITY_WEIGHTLESS);
		config->affinity.weightless = is_on(in, IPVS_SYSCTL_EXPIRE_QUIESCENT_TEMPLATE) ?
						      WEIR_AFFINITY_WEIGHTLESS_MOVE :
						      WEIR_AFFINITY_WEIGHTLESS_KEEP;
	}
}

static int set_affinity(const struct ipvs_svc *svc, struct weir_service_config *config)
{
	bool is_persistent = svc->flags & IP_VS_SVC_F_PERSISTENT;
	int prefix = ipvs_prefix_of(svc);

	if (prefix < 0)
		return prefix;
	if (svc->engine[0] && strcmp(svc->engine, "sip"))
		return -ENOENT;
	config->set |= BIT(WEIR_A_SERVICE_AFFINITY);
	config->affinity_set = BIT(WEIR_A_AFFINITY_TIMEOUT) | BIT(WEIR_A_AFFINITY_MASK) |
			       BIT(WEIR_A_AFFINITY_BY);
	if (is_persistent && svc->timeout > U32_MAX / MSEC_PER_SEC)
		return -EINVAL;
	config->affinity_timeout_ms = is_persistent ? svc->timeout * MSEC_PER_SEC : 0;
	config->affinity.prefix = prefix;
	config->affinity.by = svc->engine[0] ? WEIR_AFFINITY_BY_CALL_ID :
					       WEIR_AFFINITY_BY_CLIENT;
	return 0;
}

/* The options of @svc; -ENOENT for a scheduler or an engine that there is not. */
static int config_of(const struct ipvs_svc *svc, struct weir_service_config *config)
{
	*config = (struct weir_service_config){ .key = ipvs_key_of(svc) };
	config->scheduler = weir_sched_find(svc->scheduler);
	if (!config->scheduler)
		return -ENOENT;
	config->set = BIT(WEIR_A_SERVICE_SCHEDULER) | BIT(WEIR_A_SERVICE_FALLBACK) |
		      BIT(WEIR_A_SERVICE_HASH_PORT) | BIT(WEIR_A_SERVICE_ONE_PACKET);
	config->fallback = svc->flags & IP_VS_SVC_F_SCHED_SH_FALLBACK;
	config->hash_port = svc->flags & IP_VS_SVC_F_SCHED_SH_PORT;
	config->one_packet = svc->flags & IP_VS_SVC_F_ONEPACKET;
	return set_affinity(svc, config);
}

/**
 * ipvs_add_service - NEW_SERVICE
 * @net: the namespace
 * @svc: the service
 *
 * Return: 0, or ip_vs's errno.
 */
int ipvs_add_service(struct net *net, const struct ipvs_svc *svc)
{
	struct weir_service_config config;
	int err;

	if (ipvs_has_service(net, svc))
		return -EEXIST;
	err = config_of(svc, &config);
	if (err)
		return err;
	set_timeouts(ipvs_net(net), U32_MAX, &config);
	set_switches(ipvs_net(net), U32_MAX, &config);
	return weir_control_service_add(weir_net(net), &config, NULL);
}

/* What the flags of sh and mh say is said of no other scheduler, whose own stays. */
static void keep_pick(struct weir_net *wn, const struct ipvs_svc *svc,
		      struct weir_service_config *config)
{
	const struct weir_service *service;

	if (ipvs_scheduler_has_flags(config->scheduler))
		return;
	mutex_lock(&wn->services.mutex);
	service = ipvs_find(wn, svc);
	if (service && service->scheduler == config->scheduler)
		config->set &= ~(BIT(WEIR_A_SERVICE_FALLBACK) | BIT(WEIR_A_SERVICE_HASH_PORT));
	mutex_unlock(&wn->services.mutex);
}

/**
 * ipvs_set_service - SET_SERVICE
 * @net: the namespace
 * @svc: the service, all of it: what is not said is as ip_vs has it by default
 *
 * Return: 0, or ip_vs's errno.
 */
int ipvs_set_service(struct net *net, const struct ipvs_svc *svc)
{
	struct weir_service_config config;
	int err;

	if (!ipvs_has_service(net, svc))
		return -ESRCH;
	err = config_of(svc, &config);
	if (err)
		return err;
	keep_pick(weir_net(net), svc, &config);
	return of_service(weir_control_service_set(weir_net(net), &config, NULL));
}

/**
 * ipvs_remove_service - DEL_SERVICE
 * @net: the namespace
 * @svc: its key
 *
 * Return: 0, or ip_vs's errno.
 */
int ipvs_remove_service(struct net *net, const struct ipvs_svc *svc)
{
	const struct weir_service_config config = { .key = ipvs_key_of(svc) };

	return of_service(weir_control_service_remove(weir_net(net), &config, NULL));
}

static int set_tunnel(const struct ipvs_dest *dest, struct weir_server_config *config)
{
	if (dest->tun_type > IP_VS_CONN_F_TUNNEL_TYPE_MAX - 1)
		return -EINVAL;
	config->set |= BIT(WEIR_A_SERVER_TUNNEL);
	config->encap.tunnel = dest->tun_type;
	if (dest->tun_type == IP_VS_CONN_F_TUNNEL_TYPE_IPIP)
		return 0;
	config->set |= BIT(WEIR_A_SERVER_TUNNEL_CHECKSUM);
	if (dest->tun_flags & IP_VS_TUNNEL_ENCAP_FLAG_REMCSUM)
		config->encap.checksum = WEIR_TUNNEL_CHECKSUM_REMOTE;
	else if (dest->tun_flags & IP_VS_TUNNEL_ENCAP_FLAG_CSUM)
		config->encap.checksum = WEIR_TUNNEL_CHECKSUM_ON;
	if (dest->tun_type != IP_VS_CONN_F_TUNNEL_TYPE_GUE)
		return 0;
	config->set |= BIT(WEIR_A_SERVER_TUNNEL_PORT);
	config->encap.port = dest->tun_port;
	return 0;
}

static int set_method(const struct ipvs_dest *dest, struct weir_server_config *config)
{
	switch (dest->method) {
	case IP_VS_CONN_F_MASQ:
		config->method = WEIR_METHOD_NAT;
		return 0;
	case IP_VS_CONN_F_LOCALNODE:
		config->method = WEIR_METHOD_LOCAL;
		return 0;
	case IP_VS_CONN_F_DROUTE:
		config->method = WEIR_METHOD_DIRECT;
		return 0;
	case IP_VS_CONN_F_TUNNEL:
		config->method = WEIR_METHOD_TUNNEL;
		return set_tunnel(dest, config);
	}
	return -EINVAL;
}

static int server_config_of(const struct ipvs_svc *svc, const struct ipvs_dest *dest,
			    struct weir_server_config *config)
{
	*config = (struct weir_server_config){
		.endpoint = ipvs_endpoint_of(dest->af, &dest->addr, dest->port),
		.set = BIT(WEIR_A_SERVER_METHOD) | BIT(WEIR_A_SERVER_WEIGHT) |
		       BIT(WEIR_A_SERVER_STATE) | BIT(WEIR_A_SERVER_CONNS_MAX) |
		       BIT(WEIR_A_SERVER_CONNS_RESUME),
		.weight = dest->weight,
		.state = WEIR_SERVER_STATE_UP,
		.conns_max = dest->upper,
		.conns_resume = dest->lower,
	};
	if (dest->af != svc->af && dest->method != IP_VS_CONN_F_TUNNEL)
		return -EINVAL;
	if (dest->weight < 0 || dest->lower > dest->upper)
		return -ERANGE;
	if (dest->upper > INT_MAX)
		return -EINVAL;
	/* Of every server, whatever its method. */
	if (dest->tun_type == IP_VS_CONN_F_TUNNEL_TYPE_GUE && !dest->tun_port)
		return -EINVAL;
	return set_method(dest, config);
}

/*
 * What IPVS cannot say of a server is not to be changed by what it says: what it is
 * shown as its method, and the weight 0 of one that is down.
 */
static void keep_unsaid(struct weir_net *wn, const struct ipvs_svc *svc,
			const struct ipvs_dest *dest, struct weir_server_config *config)
{
	struct weir_server *server = NULL;
	struct weir_service *service;

	mutex_lock(&wn->services.mutex);
	service = ipvs_find(wn, svc);
	if (service)
		server = weir_service_find_server(service, &config->endpoint);
	if (server && ipvs_method_of(server->method) == dest->method)
		config->set &= ~BIT(WEIR_A_SERVER_METHOD);
	if (server && !weir_server_is_up(server) && !dest->weight)
		config->set &= ~(BIT(WEIR_A_SERVER_STATE) | BIT(WEIR_A_SERVER_WEIGHT));
	mutex_unlock(&wn->services.mutex);
}

/**
 * ipvs_add_dest - NEW_DEST
 * @net: the namespace
 * @svc: the key of its service
 * @dest: the server
 *
 * Return: 0, or ip_vs's errno.
 */
int ipvs_add_dest(struct net *net, const struct ipvs_svc *svc, const struct ipvs_dest *dest)
{
	const struct weir_service_config service = { .key = ipvs_key_of(svc) };
	struct weir_server_config config;
	int err = server_config_of(svc, dest, &config);

	return err ?: of_service(weir_control_server_add(weir_net(net), &service, &config, NULL));
}

/**
 * ipvs_set_dest - SET_DEST
 * @net: the namespace
 * @svc: the key of its service
 * @dest: the server
 *
 * Return: 0, or ip_vs's errno.
 */
int ipvs_set_dest(struct net *net, const struct ipvs_svc *svc, const struct ipvs_dest *dest)
{
	const struct weir_service_config service = { .key = ipvs_key_of(svc) };
	struct weir_server_config config;
	int err = server_config_of(svc, dest, &config);

	if (!err && !ipvs_has_service(net, svc))
		err = -ESRCH;
	if (err)
		return err;
	keep_unsaid(weir_net(net), svc, dest, &config);
	return weir_control_server_set(weir_net(net), &service, &config, NULL);
}

/**
 * ipvs_remove_dest - DEL_DEST
 * @net: the namespace
 * @svc: the key of its service
 * @dest: its key
 *
 * Where ip_vs would drop what its old conns send, for as long as they last, they are
 * drained instead.
 *
 * Return: 0, or ip_vs's errno.
 */
int ipvs_remove_dest(struct net *net, const struct ipvs_svc *svc, const struct ipvs_dest *dest)
{
	const struct weir_service_config service = { .key = ipvs_key_of(svc) };
	struct weir_server_config config = {
		.endpoint = ipvs_endpoint_of(dest->af, &dest->addr, dest->port),
		.policy = WEIR_POLICY_RESET,
	};

	if (!ipvs_has_service(net, svc))
		return -ESRCH;
	if (is_on(ipvs_net(net), IPVS_SYSCTL_EXPIRE_NODEST_CONN))
		config.set |= BIT(WEIR_A_SERVER_POLICY);
	return weir_control_server_remove(weir_net(net), &service, &config, NULL);
}

/*
 * Tells all services what IPVS keeps for the namespace, as far as asked. Each stands
 * for itself: what one of them cannot have the others get.
 */
static void spread(struct net *net, u32 switches, u32 timeouts)
{
	struct weir_net *wn = weir_net(net);
	struct weir_service_config config;
	struct weir_service *service;
	unsigned long id = 0;

	for (;;) {
		mutex_lock(&wn->services.mutex);
		service = weir_service_next(&wn->services, &id);
		if (service)
			config = (struct weir_service_config){ .key = service->key };
		mutex_unlock(&wn->services.mutex);
		if (!service)
			return;
		set_switches(ipvs_net(net), switches, &config);
		set_timeouts(ipvs_net(net), timeouts, &config);
		if (config.set)
			weir_control_service_set(wn, &config, NULL);
	}
}

/**
 * ipvs_heed_sysctl - does what the new value of a sysctl says
 * @net: the namespace
 * @which: which one
 *
 * Return: 0, or -ENOMEM, and nothing has changed then.
 */
int ipvs_heed_sysctl(struct net *net, enum ipvs_sysctl which)
{
	bool value = is_on(ipvs_net(net), which);

	switch (which) {
	case IPVS_SYSCTL_EXPIRE_NODEST_CONN:
		if (value)
			weir_control_reset_departed(weir_net(net));
		break;
	case IPVS_SYSCTL_RUN_ESTIMATION:
		return ipvs_freeze(net, !value);
	default:
		spread(net, BIT(which), 0);
	}
	return 0;
}

/**
 * ipvs_set_timeouts - SET_CONFIG
 * @net: the namespace
 * @seconds: by &enum ipvs_timeout; 0 keeps what there is
 *
 * Return: 0 or -EINVAL.
 */
int ipvs_set_timeouts(struct net *net, const u32 *seconds)
{
	struct ipvs_net *in = ipvs_net(net);
	u32 given = 0;

	for (int i = 0; i < IPVS_TIMEOUTS; i++)
		if (seconds[i] > INT_MAX / HZ)
			return -EINVAL;
	mutex_lock(&weir_net(net)->services.mutex);
	for (int i = 0; i < IPVS_TIMEOUTS; i++) {
		if (!seconds[i])
			continue;
		WRITE_ONCE(in->timeouts[i], seconds[i]);
		given |= BIT(i);
	}
	mutex_unlock(&weir_net(net)->services.mutex);
	spread(net, 0, given);
	return 0;
}

/**
 * ipvs_start_daemon - NEW_DAEMON: no state is handed to other directors
 * @net: the namespace
 * @name: the interface that the daemon would use
 *
 * Return: -ENODEV if there is no such interface, else -EOPNOTSUPP.
 */
int ipvs_start_daemon(struct net *net, const char *name)
{
	bool exists;

	rcu_read_lock();
	exists = dev_get_by_name_rcu(net, name);
	rcu_read_unlock();
	return exists ? -EOPNOTSUPP : -ENODEV;
}

/**
 * ipvs_stop_daemon - DEL_DAEMON: none runs
 * @state: IP_VS_STATE_* of the daemon
 *
 * Return: -EINVAL for what is no daemon's state, else -ESRCH.
 */
int ipvs_stop_daemon(u32 state)
{
	return state == IP_VS_STATE_MASTER || state == IP_VS_STATE_BACKUP ? -ESRCH : -EINVAL;
}
