// SPDX-License-Identifier: GPL-2.0-only
/*
 * Begin and end of Weir in a network namespace.
 */
#include "net.h"

#include "control.h"

/* The index of our state among a namespace's. */
unsigned int weir_net_id;

static int __net_init net_init(struct net *net)
{
	struct weir_net *wn = weir_net(net);

	wn->net = net;
	wn->conns.max = WEIR_CONNS_MAX_DEFAULT;
	return weir_service_table_init(&wn->services);
}

/*
 * Those who may still hold something of the namespace: packets, until the flush
 * has taken the hooks off; netlink requests and dumps, but their sockets hold
 * the namespace and it would not be exiting; conns, which the flush ends;
 * drained work, which takes the mutex, and for which we wait.
 */
static void __net_exit net_exit(struct net *net)
{
	struct weir_net *wn = weir_net(net);

	weir_control_flush(wn);
	flush_workqueue(weir_workqueue);
	weir_service_table_exit(&wn->services);
	weir_drops_free(wn->drops);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.exit = net_exit,
	.id = &weir_net_id,
	.size = sizeof(struct weir_net),
};

/**
 * weir_net_init - begins in all namespaces, now and to come
 *
 * Return: 0 or a negative errno.
 */
int weir_net_init(void)
{
	return register_pernet_subsys(&net_ops);
}

/**
 * weir_net_exit - ends in all namespaces
 */
void weir_net_exit(void)
{
	unregister_pernet_subsys(&net_ops);
}
