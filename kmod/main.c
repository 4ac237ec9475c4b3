// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads and unloads the module: what is set up, in which order.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/workqueue.h>

#include "conn.h"
#include "net.h"
#include "netlink.h"

struct workqueue_struct *weir_workqueue;

static int __init weir_init(void)
{
	int err = -ENOMEM;

	weir_workqueue = alloc_workqueue("weir", WQ_UNBOUND, 0);
	if (!weir_workqueue)
		return err;
	err = weir_conns_init();
	if (err)
		goto err_workqueue;
	err = weir_net_init();
	if (err)
		goto err_conns;
	err = weir_netlink_init();
	if (err)
		goto err_net;
	return 0;

err_net:
	weir_net_exit();
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
	weir_net_exit();
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
