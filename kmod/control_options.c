// SPDX-License-Identifier: GPL-2.0-only
/*
 * The options of a service: their defaults, which go together, and how they are
 * applied. The namespace's mutex is held where there is a service.
 */
#include "control_options.h"

#include <linux/random.h>

#include "affinity.h"
#include "control_locals.h"
#include "server.h"
#include "track.h"

/*
 * RFC 5382 REQ-5, RFC 4787 REQ-5; the rest is what peers of ours use. An SCTP
 * association that is idle sends a HEARTBEAT in time (RFC 9260, section 8.3).
 */
static const u32 default_timeouts[WEIR_TIMEOUTS] = {
	[WEIR_TIMEOUT_TCP_SYN] = 60,
	[WEIR_TIMEOUT_TCP_ESTABLISHED] = 2 * 60 * 60 + 4 * 60,
	[WEIR_TIMEOUT_TCP_FIN] = 120,
	[WEIR_TIMEOUT_TCP_CLOSED] = 30,
	[WEIR_TIMEOUT_UDP] = 5 * 60,
	[WEIR_TIMEOUT_SCTP_INIT] = 60,
	[WEIR_TIMEOUT_SCTP_ESTABLISHED] = 15 * 60,
	[WEIR_TIMEOUT_SCTP_SHUTDOWN] = 60,
	[WEIR_TIMEOUT_SCTP_CLOSED] = 30,
};

/**
 * weir_options_default - the options of a service that is given none
 * @service: on no list yet
 */
void weir_options_default(struct weir_service *service)
{
	memcpy(service->timeouts, default_timeouts, sizeof(default_timeouts));
	service->scheduler = &weir_sched_wlc;
	service->fast = true;
	service->half_open_max = WEIR_HALF_OPEN_MAX_DEFAULT;
	service->sched.fallback = true;
	weir_control_affinity_default(service);
}

/**
 * weir_options_check_key - whether a service may have its key
 * @config: the request
 * @extack: for the sentence
 *
 * Return: 0, -EINVAL, -EPROTONOSUPPORT.
 */
int weir_options_check_key(const struct weir_service_config *config, struct netlink_ext_ack *extack)
{
	const struct weir_service_key *key = &config->key;

	if (key->fwmark)
		return 0;
	if (key->protocol != IPPROTO_TCP && key->protocol != IPPROTO_UDP &&
	    key->protocol != IPPROTO_SCTP)
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_PROTOCOL,
				   -EPROTONOSUPPORT, "a service's protocol is tcp, udp or sctp");
	if (!weir_addr_is_unicast(&key->vip))
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_ADDRESS, -EINVAL,
				   "a service's address must be a unicast address");
	return 0;
}

/**
 * weir_options_check_timeouts - whether timeouts are ones
 * @config: the request
 * @extack: for the sentence
 *
 * Return: 0, -EINVAL, -ERANGE.
 */
int weir_options_check_timeouts(const struct weir_service_config *config,
				struct netlink_ext_ack *extack)
{
	for (int class = 0; class < WEIR_TIMEOUTS; class++) {
		if (!(config->timeouts_set & BIT(class)))
			continue;
		if (config->timeouts_ms[class] < WEIR_TIMEOUT_MIN_MS ||
		    config->timeouts_ms[class] > WEIR_TIMEOUT_MAX_MS)
			return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_TIMEOUTS, -ERANGE,
					   "a timeout is between 1 second and 1 week");
		if (config->timeouts_ms[class] % MSEC_PER_SEC)
			return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_TIMEOUTS, -EINVAL,
					   "a timeout is a whole number of seconds");
	}
	return 0;
}

static int check_one_packet(const struct weir_service *service,
			    const struct weir_service_config *config,
			    struct netlink_ext_ack *extack)
{
	if (!(config->set & BIT(WEIR_A_SERVICE_ONE_PACKET)) || !config->one_packet)
		return 0;
	if (!service->key.fwmark && service->key.protocol != IPPROTO_UDP)
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_ONE_PACKET, -EINVAL,
				   "one-packet on and a protocol other than udp exclude each other, since the packets of a connection belong to one server");
	if (weir_service_has_method(service, WEIR_METHOD_NAT) || weir_service_has_method(service, WEIR_METHOD_FULLNAT))
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_ONE_PACKET, -EINVAL,
				   "one-packet on and the methods nat and fullnat exclude each other, since without a conn no reply is mapped back");
	return 0;
}

/**
 * weir_options_plan_sched - what a scheduler may know besides after a request
 * @service: the service; mutex held
 * @config: checked
 *
 * Return: the options.
 */
struct weir_sched_options weir_options_plan_sched(const struct weir_service *service,
						  const struct weir_service_config *config)
{
	struct weir_sched_options options = service->sched;

	if (config->set & BIT(WEIR_A_SERVICE_FALLBACK))
		options.fallback = config->fallback;
	if (config->set & BIT(WEIR_A_SERVICE_HASH_PORT))
		options.hash_port = config->hash_port;
	if (!(config->set & BIT(WEIR_A_SERVICE_HASH_KEY)))
		return options;
	options.key = config->hash_key;
	if (!config->has_hash_key)
		get_random_bytes(&options.key, sizeof(options.key));
	return options;
}

/* Whether every server answers through the director, which a helper has to read. */
static bool all_answer_here(const struct weir_service *service)
{
	const struct weir_server *server;

	list_for_each_entry(server, &service->servers, link)
		if (server->method != WEIR_METHOD_NAT)
			return false;
	return true;
}

/* A helper works on the connections of one kind of service only. */
static int check_helper(const struct weir_service *service,
			const struct weir_service_config *config, struct netlink_ext_ack *extack)
{
	bool conntrack = service->conntrack;
	u8 helper = service->helper;

	if (config->set & BIT(WEIR_A_SERVICE_CONNTRACK))
		conntrack = config->conntrack;
	if (config->set & BIT(WEIR_A_SERVICE_HELPER))
		helper = config->helper;
	if (helper == WEIR_HELPER_NONE)
		return 0;
	if (service->key.protocol != IPPROTO_TCP)
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_HELPER, -EINVAL,
				   "helper ftp is for services of protocol tcp");
	if (!conntrack)
		return weir_refuse(extack, config->attrs,
				   config->set & BIT(WEIR_A_SERVICE_HELPER) ?
					   WEIR_A_SERVICE_HELPER : WEIR_A_SERVICE_CONNTRACK,
				   -EINVAL, "helper ftp needs conntrack on, since it is conntrack that reads the commands");
	if (!all_answer_here(service))
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_HELPER, -EINVAL,
				   "helper ftp needs servers of method nat, since others do not answer through the director");
	return 0;
}

/* Where the service's packets are met, and what that excludes. */
static int check_hook(const struct weir_service *service, const struct weir_service_config *config,
		      struct netlink_ext_ack *extack)
{
	bool conntrack = service->conntrack;
	bool fast = service->fast;
	u8 hook = service->hook;

	if (config->set & BIT(WEIR_A_SERVICE_CONNTRACK))
		conntrack = config->conntrack;
	if (config->set & BIT(WEIR_A_SERVICE_HOOK))
		hook = config->hook;
	if (config->set & BIT(WEIR_A_SERVICE_FAST))
		fast = config->fast;
	if (!fast && hook == WEIR_HOOK_INGRESS)
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_HOOK, -EINVAL,
				   "hook ingress and fast off exclude each other, since ingress has no slow path");
	if (conntrack && hook == WEIR_HOOK_INGRESS)
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_HOOK, -EINVAL,
				   "hook ingress and conntrack on exclude each other, since conntrack never sees what ingress takes");
	if (hook == WEIR_HOOK_INGRESS && weir_service_has_method(service, WEIR_METHOD_LOCAL))
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_HOOK, -EINVAL,
				   "hook ingress and a server's method local exclude each other, since a program on the host gets only what the host takes in");
	return 0;
}

/**
 * weir_options_check - whether a service may have its options, with those it has
 * @service: the service; mutex held
 * @config: the request
 * @extack: for the sentence
 *
 * Return: 0, -EINVAL, -ERANGE, -EPERM, -EAFNOSUPPORT.
 */
int weir_options_check(const struct weir_service *service, const struct weir_service_config *config,
		       struct netlink_ext_ack *extack)
{
	return check_one_packet(service, config, extack) ?:
	       check_hook(service, config, extack) ?:
	       check_helper(service, config, extack) ?:
	       weir_control_affinity_check(service, config, extack) ?:
	       weir_control_check_locals(service, config, extack);
}

/**
 * weir_options_hold_track - gets what the options will need of conntrack
 * @service: the service; mutex held
 * @config: checked
 * @extack: for the sentence
 *
 * Return: 0, or as weir_track_hold(), with -EOPNOTSUPP for a helper that is missing.
 */
int weir_options_hold_track(struct weir_service *service,
			    const struct weir_service_config *config,
			    struct netlink_ext_ack *extack)
{
	bool conntrack = config->set & BIT(WEIR_A_SERVICE_CONNTRACK) ? config->conntrack :
								       service->conntrack;
	u8 helper = config->set & BIT(WEIR_A_SERVICE_HELPER) ? config->helper : service->helper;
	int err = weir_track_hold(service, conntrack, helper);

	if (err == -ENOENT)
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_HELPER, -EOPNOTSUPP,
				   "helper ftp needs the kernel's modules nf_conntrack_ftp and nf_nat_ftp");
	return err;
}

/**
 * weir_options_apply - changes all that cannot fail any more; but not how to pick
 * @service: the service; mutex held
 * @config: checked, and prepared for
 */
void weir_options_apply(struct weir_service *service, const struct weir_service_config *config)
{
	if (config->set & BIT(WEIR_A_SERVICE_SCHEDULER))
		service->scheduler = config->scheduler;
	if (config->set & BIT(WEIR_A_SERVICE_HASH_KEY))
		service->has_hash_key = config->has_hash_key;
	if (config->set & BIT(WEIR_A_SERVICE_NO_SERVER))
		WRITE_ONCE(service->no_server, config->no_server);
	if (config->set & BIT(WEIR_A_SERVICE_MIDSTREAM))
		WRITE_ONCE(service->midstream, config->midstream);
	if (config->set & BIT(WEIR_A_SERVICE_CONNTRACK))
		WRITE_ONCE(service->conntrack, config->conntrack);
	if (config->set & BIT(WEIR_A_SERVICE_FAST))
		WRITE_ONCE(service->fast, config->fast);
	if (config->set & BIT(WEIR_A_SERVICE_HOOK))
		WRITE_ONCE(service->hook, config->hook);
	if (config->set & BIT(WEIR_A_SERVICE_ONE_PACKET))
		WRITE_ONCE(service->one_packet, config->one_packet);
	if (config->set & BIT(WEIR_A_SERVICE_ICMP_SCHEDULE))
		WRITE_ONCE(service->icmp_schedule, config->icmp_schedule);
	if (config->set & BIT(WEIR_A_SERVICE_HELPER))
		service->helper = config->helper;
	if (config->set & BIT(WEIR_A_SERVICE_HALF_OPEN_MAX))
		WRITE_ONCE(service->half_open_max, config->half_open_max);
	for (int class = 0; class < WEIR_TIMEOUTS; class++)
		if (config->timeouts_set & BIT(class))
			WRITE_ONCE(service->timeouts[class],
				   config->timeouts_ms[class] / MSEC_PER_SEC);
	weir_control_affinity_apply(service, config);
}
