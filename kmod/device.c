// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps a hook at the ingress of every device that can bring traffic in, while
 * the namespace has services that may want it.
 */
#include "device.h"

#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "hook.h"
#include "net.h"

/**
 * struct weir_device - a device with a hook
 * @link: in weir_net->devices; under RTNL
 * @ops: the hook; its dev is the device
 * @rcu: frees after a grace period
 */
struct weir_device {
	struct list_head link;
	struct nf_hook_ops ops;
	struct rcu_head rcu;
};

/*
 * What enters a bridge or bond port belongs to the device above it and is met there.
 * What enters a port of a VRF is met by the slow path alone, which sends nothing by
 * other routes than the VRF's. Loopback brings only what the host sends itself.
 */
static bool is_wanted(struct net_device *dev)
{
	ASSERT_RTNL();
	return !(dev->flags & IFF_LOOPBACK) && !netdev_master_upper_dev_get(dev);
}

static struct weir_device *find_device(struct weir_net *wn, const struct net_device *dev)
{
	struct weir_device *device;

	list_for_each_entry(device, &wn->devices, link)
		if (device->ops.dev == dev)
			return device;
	return NULL;
}

static int add_device(struct weir_net *wn, struct net_device *dev)
{
	struct weir_device *device = kzalloc(sizeof(*device), GFP_KERNEL_ACCOUNT);
	int err;

	if (!device)
		return -ENOMEM;
	device->ops = weir_hook_ingress_ops;
	device->ops.dev = dev;
	device->ops.priv = wn;
	err = nf_register_net_hook(wn->net, &device->ops);
	if (err) {
		kfree(device);
		return err;
	}
	list_add_tail(&device->link, &wn->devices);
	return 0;
}

static void remove_device(struct weir_net *wn, struct weir_device *device)
{
	nf_unregister_net_hook(wn->net, &device->ops);
	list_del(&device->link);
	/* Whoever lists hooks reads their ops under RCU. */
	kfree_rcu(device, rcu);
}

/* Gives the device a hook, or takes it away, as it should be now. */
static int follow(struct weir_net *wn, struct net_device *dev, bool is_leaving)
{
	struct weir_device *device = find_device(wn, dev);
	bool is_due = wn->has_ingress && !is_leaving && is_wanted(dev);

	if (is_due && !device)
		return add_device(wn, dev);
	if (!is_due && device)
		remove_device(wn, device);
	return 0;
}

/*
 * A device that gets no hook for want of memory is served by the slow path:
 * slower, not worse, unless a service meets first packets at ingress.
 */
static int device_event(struct notifier_block *block, unsigned long event, void *data)
{
	struct net_device *dev = netdev_notifier_info_to_dev(data);
	struct weir_net *wn = weir_net(dev_net(dev));

	switch (event) {
	case NETDEV_REGISTER:
	case NETDEV_CHANGEUPPER:
		if (follow(wn, dev, false))
			netdev_warn(dev, "weir: no memory for an ingress hook\n");
		break;
	case NETDEV_UNREGISTER:
		follow(wn, dev, true);
		fallthrough;
	case NETDEV_DOWN:
		/* The mutex that guards servers may not be taken under RTNL. */
		queue_work(weir_workqueue, &wn->forget_routes);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = device_event,
};

/**
 * weir_devices_init - begins to follow devices, once per module
 *
 * Return: 0 or a negative errno.
 */
int weir_devices_init(void)
{
	return register_netdevice_notifier(&notifier);
}

/**
 * weir_devices_exit - follows no more, once per module
 */
void weir_devices_exit(void)
{
	unregister_netdevice_notifier(&notifier);
}

/**
 * weir_devices_open - meets packets at the ingress of all devices
 * @wn: the namespace, with a service; its mutex is held
 *
 * Does nothing if it has been done.
 *
 * Return: 0, or a negative errno and no device has a hook.
 */
int weir_devices_open(struct weir_net *wn)
{
	struct net_device *dev;
	int err = 0;

	lockdep_assert_held(&wn->services.mutex);
	if (wn->has_ingress)
		return 0;
	rtnl_lock();
	wn->has_ingress = true;
	for_each_netdev(wn->net, dev) {
		err = follow(wn, dev, false);
		if (err)
			break;
	}
	rtnl_unlock();
	if (err)
		weir_devices_close(wn);
	return err;
}

/**
 * weir_devices_close - meets packets at no ingress any more
 * @wn: the namespace; its mutex is held
 *
 * Packets may be in a hook until a grace period has passed.
 */
void weir_devices_close(struct weir_net *wn)
{
	struct weir_device *device;
	struct weir_device *next;

	lockdep_assert_held(&wn->services.mutex);
	if (!wn->has_ingress)
		return;
	rtnl_lock();
	wn->has_ingress = false;
	list_for_each_entry_safe(device, next, &wn->devices, link)
		remove_device(wn, device);
	rtnl_unlock();
}
