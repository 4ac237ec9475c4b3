// SPDX-License-Identifier: GPL-2.0-only
/*
 * Begin and end of Weir: of the module, and in each network namespace.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "affinity.h"
#include "conn.h"
#include "control.h"
#include "control_lease.h"
#include "device.h"
#include "drop.h"
#include "net.h"
#include "netlink.h"

struct workqueue_struct *weir_workqueue;
unsigned int weir_net_id;
EXPORT_SYMBOL_GPL(weir_net_id);

static int __net_init net_init(struct net *net)
{
	struct weir_net *wn = weir_net(net);

	wn->net = net;
	wn->conns.max = WEIR_CONNS_MAX_DEFAULT;
	wn->services.clients_max = WEIR_AFFINITY_LIMIT_DEFAULT;
	wn->fast = true;
	INIT_LIST_HEAD(&wn->devices);
	INIT_WORK(&wn->forget_routes, weir_control_forget_routes);
	INIT_DELAYED_WORK(&wn->lease_work, weir_lease_end_work);
	return weir_service_table_init(&wn->services);
}

/*
 * Those who may still hold something of the namespace: packets, until the flush
 * has taken the hooks off; netlink requests and dumps, but their sockets hold
 * the namespace and it would not be exiting; conns, which the flush ends;
 * drained work, which takes the mutex, and for which we wait; the work that waits
 * for deadlines, which is cancelled, and which nobody queues any more: the flush
 * leaves no server. The flush comes before the namespace's devices go, since
 * cached routes hold them.
 */
static void __net_exit net_pre_exit(struct net *net)
{
	weir_control_flush(weir_net(net));
}

static void __net_exit net_exit(struct net *net)
{
	struct weir_net *wn = weir_net(net);

	cancel_delayed_work_sync(&wn->lease_work);
	flush_workqueue(weir_workqueue);
	weir_service_table_exit(&wn->services);
	weir_drops_free(wn->drops);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.id = &weir_net_id,
	.size = sizeof(struct weir_net),
};

static int __init weir_init(void)
{
	int err = -ENOMEM;

	weir_workqueue = alloc_workqueue("weir", WQ_UNBOUND, 0);
	if (!weir_workqueue)
		return err;
	err = weir_conns_init();
	if (err)
		goto err_workqueue;
	err = register_pernet_subsys(&net_ops);
	if (err)
		goto err_conns;
	err = weir_devices_init();
	if (err)
		goto err_net;
	err = weir_netlink_init();
	if (err)
		goto err_devices;
	return 0;

err_devices:
	weir_devices_exit();
err_net:
	unregister_pernet_subsys(&net_ops);
err_conns:
	rcu_barrier();
	weir_conns_exit();
err_workqueue:
	destroy_workqueue(weir_workqueue);
	return err;
}

/*
 * Runs only when no service exists, since each holds the module. Requests end
 * with the family; what RCU still has to free is freed before the caches go.
 */
static void __exit weir_exit(void)
{
	weir_netlink_exit();
	weir_devices_exit();
	unregister_pernet_subsys(&net_ops);
	/* Servers are freed by one callback, and put their services in it. */
	rcu_barrier();
	weir_conns_exit();
	destroy_workqueue(weir_workqueue);
}

module_init(weir_init);
module_exit(weir_exit);

MODULE_DESCRIPTION("Weir layer-4 load balancer");
MODULE_AUTHOR("The Weir authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(WEIR_VERSION);
MODULE_ALIAS_GENL_FAMILY(WEIR_FAMILY_NAME);
