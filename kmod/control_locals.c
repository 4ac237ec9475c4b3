// SPDX-License-Identifier: GPL-2.0-only
/*
 * Validates and applies changes of a service's local addresses. Every server on a
 * list of the service has its locals, whatever its method, so that a change of
 * method has nothing to prepare.
 */
#include "control_locals.h"

#include <linux/mm.h>
#include <linux/slab.h>

#include "control.h"
#include "ports.h"
#include "server.h"

static bool is_listed_before(const struct weir_local_addresses *addresses, u32 index)
{
	for (u32 i = 0; i < index; i++)
		if (weir_endpoint_equal(&addresses->list[i], &addresses->list[index]))
			return true;
	return false;
}

static int refuse(const struct weir_service_config *config, int error, const char *sentence,
		  struct netlink_ext_ack *extack)
{
	if (extack) {
		extack->_msg = sentence;
		NL_SET_BAD_ATTR(extack, config->attrs ?
						config->attrs[WEIR_A_SERVICE_LOCAL_ADDRESSES] :
						NULL);
	}
	return error;
}

static int check_address(const struct weir_service_config *config, u32 index,
			 struct netlink_ext_ack *extack)
{
	const struct weir_endpoint *address = &config->local_addresses->list[index];

	if (address->family != config->key.vip.family)
		return refuse(config, -EAFNOSUPPORT,
			      "local addresses and service must be of the same address family",
			      extack);
	if (!weir_addr_is_unicast(address))
		return refuse(config, -EINVAL, "a local address must be a unicast address",
			      extack);
	if (weir_addr_is_host_only(address))
		return refuse(config, -EINVAL,
			      "a loopback or link-local address cannot be a local address", extack);
	if (is_listed_before(config->local_addresses, index))
		return refuse(config, -EINVAL, "a local address is given twice", extack);
	return 0;
}

/**
 * weir_control_check_locals - whether a service may have the local addresses given
 * @service: the service; mutex held, or new
 * @config: the request
 * @extack: for the sentence
 *
 * Return: 0, -EAFNOSUPPORT or -EINVAL.
 */
int weir_control_check_locals(const struct weir_service *service,
			      const struct weir_service_config *config,
			      struct netlink_ext_ack *extack)
{
	bool has_fullnat = weir_service_has_method(service, WEIR_METHOD_FULLNAT);
	int err = 0;

	if ((config->set & BIT(WEIR_A_SERVICE_CONNTRACK)) && config->conntrack && has_fullnat)
		return weir_refuse(extack, config->attrs, WEIR_A_SERVICE_CONNTRACK, -EINVAL,
				   "conntrack on and method fullnat exclude each other, and a server of the service has the method");
	if (!(config->set & BIT(WEIR_A_SERVICE_LOCAL_ADDRESSES)))
		return 0;
	if (!config->local_addresses->count && has_fullnat)
		return refuse(config, -EINVAL,
			      "method fullnat needs local-addresses, and a server of the service has the method",
			      extack);
	for (u32 i = 0; i < config->local_addresses->count && !err; i++)
		err = check_address(config, i, extack);
	return err;
}

/**
 * weir_control_has_locals - whether a server of a service may have the method fullnat
 * @service: the service; mutex held
 * @why: set to the sentence if not
 *
 * Return: whether it may.
 */
bool weir_control_has_locals(const struct weir_service *service, const char **why)
{
	if (!service->local_addresses)
		*why = "method fullnat needs local-addresses, and the service has none";
	else if (service->conntrack)
		*why = "method fullnat and conntrack on exclude each other, since conntrack would see two flows where there is one";
	else
		return true;
	return false;
}

/**
 * weir_control_create_locals - the locals that a server has as its service is
 * @service: the service; mutex held
 * @server: the server's address and port
 *
 * Return: as weir_locals_create().
 */
struct weir_locals *weir_control_create_locals(const struct weir_service *service,
					       const struct weir_endpoint *server)
{
	return weir_locals_create(&weir_net(service->net)->conns.ports, service->local_addresses,
				  server, service->key.protocol);
}

static u32 length_of(const struct list_head *list)
{
	const struct list_head *link;
	u32 length = 0;

	list_for_each(link, list)
		length++;
	return length;
}

/* Plans the locals of the servers on one list. */
static int plan_list(const struct weir_service *service, struct list_head *list,
		     struct weir_local_plan *plan)
{
	struct weir_port_table *table = &weir_net(service->net)->conns.ports;
	struct weir_locals *locals;
	struct weir_server *server;

	list_for_each_entry(server, list, link) {
		locals = weir_locals_create(table, plan->addresses, &server->endpoint,
					    service->key.protocol);
		if (IS_ERR(locals))
			return PTR_ERR(locals);
		plan->locals[plan->count++] = locals;
	}
	return 0;
}

/**
 * weir_control_plan_locals - gets all that a change of local addresses takes
 * @service: the service; mutex held, or new
 * @config: valid; may say nothing of local addresses
 * @plan: filled in, to be committed or dropped
 *
 * Return: 0 or -ENOMEM; then there is nothing to be dropped.
 */
int weir_control_plan_locals(struct weir_service *service,
			     const struct weir_service_config *config,
			     struct weir_local_plan *plan)
{
	const struct weir_local_addresses *wanted = config->local_addresses;
	u32 servers = length_of(&service->servers) + length_of(&service->departed);
	int err = -ENOMEM;

	*plan = (struct weir_local_plan){
		.is_set = config->set & BIT(WEIR_A_SERVICE_LOCAL_ADDRESSES),
	};
	if (!plan->is_set)
		return 0;
	plan->locals = kvmalloc_array(servers + 1, sizeof(*plan->locals), GFP_KERNEL);
	if (!plan->locals)
		return err;
	if (wanted->count) {
		plan->addresses = kmemdup(wanted, struct_size(wanted, list, wanted->count),
					  GFP_KERNEL_ACCOUNT);
		if (!plan->addresses)
			goto err_drop;
	}
	err = plan_list(service, &service->servers, plan) ?:
	      plan_list(service, &service->departed, plan);
	if (!err)
		return 0;

err_drop:
	weir_control_drop_locals(plan);
	return err;
}

/**
 * weir_control_drop_locals - forgets a plan
 * @plan: from weir_control_plan_locals()
 */
void weir_control_drop_locals(struct weir_local_plan *plan)
{
	while (plan->count)
		weir_locals_release(plan->locals[--plan->count]);
	kvfree(plan->locals);
	kfree(plan->addresses);
}

/**
 * weir_control_commit_locals - carries a plan out
 * @service: the service; mutex held since it was planned, or new
 * @plan: from weir_control_plan_locals()
 *
 * New conns take their ports from the addresses that are there now; others keep
 * what they have.
 */
void weir_control_commit_locals(struct weir_service *service, struct weir_local_plan *plan)
{
	struct weir_locals **locals = plan->locals;
	struct weir_server *server;

	if (!plan->is_set)
		return;
	swap(service->local_addresses, plan->addresses);
	list_for_each_entry(server, &service->servers, link)
		weir_server_publish_locals(server, *locals++);
	list_for_each_entry(server, &service->departed, link)
		weir_server_publish_locals(server, *locals++);
	plan->count = 0;
	weir_control_drop_locals(plan);
}
