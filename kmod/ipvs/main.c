// SPDX-License-Identifier: GPL-2.0-only
/*
 * Begin and end of weir_ipvs, and who owns the name IPVS.
 *
 * The socket options are the lock, since they can be asked for without that of generic
 * netlink, which ip_vs holds while it waits for modules of its own: whoever has them is
 * IPVS. So they come first and go last, and nothing else is touched without them, since
 * the kernel warns of a second /proc or sysctl entry. While we are IPVS, ip_vs itself is
 * turned away as it is loaded, before it runs into ours.
 */
#include <linux/module.h>

#include "genl.h"

unsigned int ipvs_net_id;

static int __net_init init_state(struct net *net)
{
	struct ipvs_net *in = ipvs_net(net);

	/* ip_vs's own. */
	in->timeouts[IPVS_TIMEOUT_TCP] = 15 * 60;
	in->timeouts[IPVS_TIMEOUT_TCP_FIN] = 2 * 60;
	in->timeouts[IPVS_TIMEOUT_UDP] = 5 * 60;
	return 0;
}

/* Before options and family, whose requests come as soon as they are there. */
static struct pernet_operations state_ops = {
	.init = init_state,
	.id = &ipvs_net_id,
	.size = sizeof(struct ipvs_net),
};

static int __net_init open_files(struct net *net)
{
	int err;

	err = ipvs_sysctl_open(net);
	if (err)
		return err;
	err = ipvs_proc_open(net);
	if (err)
		ipvs_sysctl_close(net);
	return err;
}

/* Files that are open are closed as their entries are removed. */
static void __net_exit close_files(struct net *net)
{
	ipvs_proc_close(net);
	ipvs_sysctl_close(net);
}

/* After the family, without which nothing of ip_vs's may be touched. */
static struct pernet_operations file_ops = {
	.init = open_files,
	.exit = close_files,
};

/*
 * -EEXIST is what modprobe takes for "it is there already", and so do scripts:
 * to them it is.
 */
static int turn_away(struct notifier_block *block, unsigned long state, void *data)
{
	const struct module *module = data;

	if (state != MODULE_STATE_COMING || strcmp(module->name, "ip_vs"))
		return NOTIFY_DONE;
	pr_info("weir_ipvs: ip_vs is turned away, since weir_ipvs serves IPVS\n");
	return notifier_from_errno(-EEXIST);
}

static struct notifier_block guard = {
	.notifier_call = turn_away,
};

static int __init weir_ipvs_init(void)
{
	int err;

	err = register_pernet_subsys(&state_ops);
	if (err)
		return err;
	/* Whether IPVS is taken is asked without a lock that ip_vs may hold while it waits. */
	err = ipvs_sockopt_init();
	if (err) {
		pr_err("weir_ipvs: ip_vs is loaded and serves IPVS already: rmmod ip_vs first\n");
		err = -EEXIST;
		goto err_state;
	}
	err = ipvs_genl_init();
	if (err)
		goto err_sockopt;
	err = register_module_notifier(&guard);
	if (err)
		goto err_genl;
	err = register_pernet_subsys(&file_ops);
	if (err)
		goto err_guard;
	err = ipvs_match_init();
	if (err)
		goto err_files;
	return 0;

err_files:
	unregister_pernet_subsys(&file_ops);
err_guard:
	unregister_module_notifier(&guard);
err_genl:
	ipvs_genl_exit();
err_sockopt:
	ipvs_sockopt_exit();
err_state:
	unregister_pernet_subsys(&state_ops);
	return err;
}

static void __exit weir_ipvs_exit(void)
{
	ipvs_match_exit();
	unregister_pernet_subsys(&file_ops);
	unregister_module_notifier(&guard);
	ipvs_genl_exit();
	ipvs_sockopt_exit();
	unregister_pernet_subsys(&state_ops);
}

module_init(weir_ipvs_init);
module_exit(weir_ipvs_exit);

MODULE_DESCRIPTION("The interfaces of IPVS on top of Weir");
MODULE_AUTHOR("The Weir authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(WEIR_VERSION);
