// SPDX-License-Identifier: GPL-2.0-only
/*
 * What requests make of servers, or which rule they break. Changes nothing.
 */
#include "control_plan.h"

#include "control_locals.h"
#include "server.h"

static const struct weir_server_settings default_settings = {
	.weight = 1,
	.method = WEIR_METHOD_DIRECT,
	.state = WEIR_SERVER_STATE_UP,
	.policy = WEIR_POLICY_DRAIN,
};

static void overlay(struct weir_server_settings *settings, const struct weir_server_config *config)
{
	if (config->set & BIT(WEIR_A_SERVER_WEIGHT))
		settings->weight = config->weight;
	if (config->set & BIT(WEIR_A_SERVER_METHOD))
		settings->method = config->method;
	if (config->set & BIT(WEIR_A_SERVER_STATE))
		settings->state = config->state;
	if (config->set & BIT(WEIR_A_SERVER_POLICY))
		settings->policy = config->policy;
	if (config->set & BIT(WEIR_A_SERVER_CONNS_MAX))
		settings->conns_max = config->conns_max;
	if (config->set & BIT(WEIR_A_SERVER_CONNS_RESUME))
		settings->conns_resume = config->conns_resume;
	if (config->set & BIT(WEIR_A_SERVER_DEADLINE)) {
		settings->has_deadline = config->deadline_ms;
		settings->deadline = jiffies + msecs_to_jiffies(config->deadline_ms);
	}
	weir_control_overlay_tunnel(&settings->encap, config);
	/* What was said of its old conns is over when it is up again. */
	if (settings->state == WEIR_SERVER_STATE_UP) {
		settings->policy = WEIR_POLICY_DRAIN;
		settings->has_deadline = false;
	}
}

/**
 * weir_plan_refuse - says what is wrong with a request about a server
 * @config: the request
 * @id: WEIR_A_SERVER_* of the attribute at fault
 * @error: a negative errno
 * @sentence: which rule it breaks; static
 * @extack: where to say so, or NULL
 *
 * Return: @error.
 */
int weir_plan_refuse(const struct weir_server_config *config, int id, int error,
		     const char *sentence, struct netlink_ext_ack *extack)
{
	if (extack) {
		extack->_msg = sentence;
		NL_SET_BAD_ATTR(extack, config->attrs && config->attrs[id] ? config->attrs[id] :
									     config->attr);
	}
	return error;
}

static int check_endpoint(const struct weir_service *service,
			  const struct weir_server_config *config, struct netlink_ext_ack *extack)
{
	const struct weir_endpoint *server = &config->endpoint;

	if (!weir_addr_is_unicast(server))
		return weir_plan_refuse(config, WEIR_A_SERVER_ADDRESS, -EINVAL,
					"a server's address must be a unicast address", extack);
	if (!server->port && !weir_service_key_has_all_ports(&service->key))
		return weir_plan_refuse(config, WEIR_A_SERVER_PORT, -EINVAL,
					"a server's port must not be 0", extack);
	return 0;
}

/* What the method asks of the addresses of service and server. */
static int check_method_addresses(const struct weir_service *service,
				  const struct weir_server_config *config, u8 method,
				  struct netlink_ext_ack *extack)
{
	const struct weir_endpoint *server = &config->endpoint;
	const struct weir_endpoint *vip = &service->key.vip;

	if (method == WEIR_METHOD_LOCAL)
		return 0;
	if (weir_addr_is_host_only(server))
		return weir_plan_refuse(config, WEIR_A_SERVER_ADDRESS, -EINVAL,
					"a loopback or link-local address cannot be a server's, except with method local",
					extack);
	if (service->key.fwmark)
		return 0;
	if (!memcmp(&server->addr, &vip->addr, sizeof(vip->addr)))
		return weir_plan_refuse(config, WEIR_A_SERVER_ADDRESS, -EINVAL,
					"a server's address cannot be the service's own, except with method local",
					extack);
	if (method == WEIR_METHOD_DIRECT && weir_addr_is_loopback(&vip->addr, vip->family))
		return weir_plan_refuse(config, WEIR_A_SERVER_METHOD, -EINVAL,
					"method direct needs a service's address that other hosts can have, and a loopback address is each host's own",
					extack);
	return 0;
}

/* What a method that rewrites nothing asks of the server's port. */
static int check_method_port(const struct weir_service *service,
			     const struct weir_server_config *config, u8 method,
			     struct netlink_ext_ack *extack)
{
	if (weir_method_sees_replies(method) || config->endpoint.port == service->key.vip.port)
		return 0;
	if (weir_service_key_has_all_ports(&service->key))
		return weir_plan_refuse(config, WEIR_A_SERVER_PORT, -EINVAL,
					"with methods direct, tunnel and local a server has no port where its service has no single one, since they rewrite nothing",
					extack);
	return weir_plan_refuse(config, WEIR_A_SERVER_PORT, -EINVAL,
				"with methods direct, tunnel and local the server's port must be the service's, since they rewrite nothing",
				extack);
}

/* Whether the service's options allow for the method. */
static int check_method(const struct weir_service *service,
			const struct weir_server_config *config,
			const struct weir_server_settings *settings,
			struct netlink_ext_ack *extack)
{
	struct weir_fault fault;
	const char *why;
	int err;

	err = check_method_addresses(service, config, settings->method, extack) ?:
	      check_method_port(service, config, settings->method, extack);
	if (err)
		return err;
	if (settings->method == WEIR_METHOD_LOCAL && service->hook == WEIR_HOOK_INGRESS)
		return weir_plan_refuse(config, WEIR_A_SERVER_METHOD, -EINVAL,
					"method local and the service's hook ingress exclude each other, since a program on the host gets only what the host takes in",
					extack);
	if (weir_method_sees_replies(settings->method) && service->one_packet)
		return weir_plan_refuse(config, WEIR_A_SERVER_METHOD, -EINVAL,
					"one-packet on and the methods nat and fullnat exclude each other, since without a conn no reply is mapped back",
					extack);
	err = weir_control_check_tunnel(service, config, settings, &fault);
	if (err)
		return weir_plan_refuse(config, fault.id, err, fault.sentence, extack);
	if (service->helper != WEIR_HELPER_NONE && settings->method != WEIR_METHOD_NAT)
		return weir_plan_refuse(config, WEIR_A_SERVER_METHOD, -EINVAL,
					"helper ftp needs servers of method nat, since others do not answer through the director",
					extack);
	if (settings->method == WEIR_METHOD_FULLNAT && !weir_control_has_locals(service, &why))
		return weir_plan_refuse(config, WEIR_A_SERVER_METHOD, -EINVAL, why, extack);
	return 0;
}

static int check_settings(const struct weir_server_config *config,
			  const struct weir_server_settings *settings,
			  struct netlink_ext_ack *extack)
{
	const u32 leaving = BIT(WEIR_A_SERVER_POLICY) | BIT(WEIR_A_SERVER_DEADLINE);
	const int limit = config->set & BIT(WEIR_A_SERVER_CONNS_RESUME) ?
				  WEIR_A_SERVER_CONNS_RESUME : WEIR_A_SERVER_CONNS_MAX;

	if (settings->weight > WEIR_WEIGHT_MAX)
		return weir_plan_refuse(config, WEIR_A_SERVER_WEIGHT, -ERANGE,
					"a weight is between 0 and 65535", extack);
	if (settings->state == WEIR_SERVER_STATE_UP && (config->set & leaving))
		return weir_plan_refuse(config, WEIR_A_SERVER_POLICY, -EINVAL,
					"policy and deadline are for a server that is down", extack);
	if (settings->policy != WEIR_POLICY_DRAIN && settings->has_deadline)
		return weir_plan_refuse(config, WEIR_A_SERVER_DEADLINE, -EINVAL,
					"a deadline needs policy drain", extack);
	if (settings->conns_resume && !settings->conns_max)
		return weir_plan_refuse(config, limit, -EINVAL,
					"conns-resume needs conns-max, since a server without a limit is never full",
					extack);
	if (settings->conns_resume > settings->conns_max)
		return weir_plan_refuse(config, limit, -EINVAL,
					"conns-resume cannot be above conns-max", extack);
	return 0;
}

/**
 * weir_plan_server - what a request makes of a server
 * @service: the service; mutex held
 * @config: the request
 * @server: the server as it is now, or NULL if it would be new
 * @settings: takes what it would have
 * @extack: for the sentence
 *
 * Return: 0, -EINVAL, -EAFNOSUPPORT, -ERANGE.
 */
int weir_plan_server(const struct weir_service *service, const struct weir_server_config *config,
		     const struct weir_server *server, struct weir_server_settings *settings,
		     struct netlink_ext_ack *extack)
{
	int err = check_endpoint(service, config, extack);

	if (err)
		return err;
	if ((config->set & BIT(WEIR_A_SERVER_STATE)) && config->state == WEIR_SERVER_STATE_REMOVED)
		return weir_plan_refuse(config, WEIR_A_SERVER_STATE, -EINVAL,
					"a server's state can be set to up or down", extack);
	*settings = server ? weir_apply_settings_of(server) : default_settings;
	overlay(settings, config);
	return check_method(service, config, settings, extack) ?:
	       check_settings(config, settings, extack);
}

/**
 * weir_plan_departure - the settings of a server that leaves
 * @server: the server; mutex held
 * @config: how it is to leave, or NULL: it drains, without a deadline
 *
 * Return: the settings.
 */
struct weir_server_settings weir_plan_departure(const struct weir_server *server,
						const struct weir_server_config *config)
{
	struct weir_server_settings settings = weir_apply_settings_of(server);

	/* An earlier drain's deadline is not this removal's. */
	settings.policy = WEIR_POLICY_DRAIN;
	settings.has_deadline = false;
	settings.state = WEIR_SERVER_STATE_REMOVED;
	if (config)
		overlay(&settings, config);
	return settings;
}
