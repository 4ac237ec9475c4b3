// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events, built from the same attributes as the answers of service-get and
 * server-get. Nothing is built when nobody listens.
 */
#include "notify.h"

#include "netlink.h"
#include "server.h"

static bool has_listeners(const struct weir_service *service)
{
	lockdep_assert_held(&weir_net(service->net)->services.mutex);
	return genl_has_listeners(&weir_nl_family, service->net, WEIR_NLGRP_EVENTS);
}

static int put_objects(struct sk_buff *skb, struct weir_service *service,
		       const struct weir_server *server)
{
	if (!server)
		return weir_nl_service_fill(skb, service, false);
	return weir_nl_service_fill_key(skb, &service->key) ?: weir_nl_server_fill(skb, server);
}

static struct sk_buff *build_event(u8 cmd, enum weir_change change, struct weir_service *service,
				   const struct weir_server *server)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *header;

	if (!skb)
		return NULL;
	header = genlmsg_put(skb, 0, 0, &weir_nl_family, 0, cmd);
	if (!header || nla_put_u32(skb, WEIR_A_CHANGE, change) ||
	    put_objects(skb, service, server)) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, header);
	return skb;
}

static void send_event(u8 cmd, enum weir_change change, struct weir_service *service,
		       const struct weir_server *server)
{
	struct sk_buff *skb;

	if (!has_listeners(service))
		return;
	skb = build_event(cmd, change, service, server);
	if (skb)
		genlmsg_multicast_netns(&weir_nl_family, service->net, skb, 0, WEIR_NLGRP_EVENTS,
					GFP_KERNEL);
	else
		/* Listeners learn that they have missed something. */
		genl_set_err(&weir_nl_family, service->net, 0, WEIR_NLGRP_EVENTS, -ENOBUFS);
}

/**
 * weir_notify_service - tells that a service changed
 * @service: the service; its namespace's mutex is held
 * @change: what happened
 */
void weir_notify_service(struct weir_service *service, enum weir_change change)
{
	send_event(WEIR_CMD_SERVICE_NTF, change, service, NULL);
}

/**
 * weir_notify_server - tells that a server changed
 * @server: the server; its namespace's mutex is held
 * @change: what happened
 */
void weir_notify_server(struct weir_server *server, enum weir_change change)
{
	send_event(WEIR_CMD_SERVER_NTF, change, server->service, server);
}
