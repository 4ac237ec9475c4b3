// SPDX-License-Identifier: GPL-2.0-only
/*
 * net.ipv4.vs.*, one table per namespace. What Weir has a meaning for takes
 * effect; the rest is remembered, so that tools which set it find it set.
 */
#include <linux/slab.h>
#include <linux/swap.h>
#include <linux/sysctl.h>

#include "ipvs.h"

/**
 * struct setting - one sysctl
 * @name: its name
 * @initial: its value at first
 * @max: the largest value it takes; INT_MAX for any
 */
struct setting {
	const char *name;
	int initial;
	int max;
};

static const struct setting settings[] = {
	[IPVS_SYSCTL_CONNTRACK] = { "conntrack", 0, INT_MAX },
	[IPVS_SYSCTL_SLOPPY_TCP] = { "sloppy_tcp", 0, INT_MAX },
	[IPVS_SYSCTL_SLOPPY_SCTP] = { "sloppy_sctp", 0, INT_MAX },
	[IPVS_SYSCTL_SCHEDULE_ICMP] = { "schedule_icmp", 0, INT_MAX },
	[IPVS_SYSCTL_EXPIRE_NODEST_CONN] = { "expire_nodest_conn", 0, INT_MAX },
	[IPVS_SYSCTL_EXPIRE_QUIESCENT_TEMPLATE] = { "expire_quiescent_template", 0, INT_MAX },
	[IPVS_SYSCTL_RUN_ESTIMATION] = { "run_estimation", 1, INT_MAX },
	{ "amemthresh", 1024, INT_MAX },
	{ "am_droprate", 10, INT_MAX },
	{ "drop_entry", 0, 3 },
	{ "drop_packet", 0, 3 },
	{ "secure_tcp", 0, 3 },
	{ "snat_reroute", 1, INT_MAX },
	{ "sync_version", 1, 1 },
	{ "sync_ports", 1, INT_MAX },
	{ "sync_persist_mode", 0, INT_MAX },
	{ "sync_qlen_max", -1, INT_MAX },
	{ "sync_sock_size", 0, INT_MAX },
	{ "cache_bypass", 0, INT_MAX },
	{ "sync_refresh_period", 0, INT_MAX },
	{ "sync_retries", 0, 3 },
	{ "nat_icmp_send", 0, INT_MAX },
	{ "pmtu_disc", 1, INT_MAX },
	{ "backup_only", 0, INT_MAX },
	{ "conn_reuse_mode", 1, INT_MAX },
	{ "ignore_tunneled", 0, INT_MAX },
};

static_assert(ARRAY_SIZE(settings) <= ARRAY_SIZE(((struct ipvs_net *)0)->sysctls));

/* Two numbers: how many packets before a conn is told, of how many. */
static int do_sync_threshold(struct ctl_table *table, int write, void *buffer, size_t *length,
			     loff_t *position)
{
	int *kept = table->data;
	int values[2] = { kept[0], kept[1] };
	struct ctl_table copy = { .data = values, .maxlen = sizeof(values), .mode = table->mode };
	int err = proc_dointvec(&copy, write, buffer, length, position);

	if (err || !write)
		return err;
	if (values[0] < 0 || values[1] < 0 || (values[0] >= values[1] && values[1]))
		return -EINVAL;
	kept[0] = values[0];
	kept[1] = values[1];
	return 0;
}

/* Of those that take effect: at once, on all that is there. */
static int do_effective(struct ctl_table *table, int write, void *buffer, size_t *length,
			loff_t *position)
{
	int *value = table->data, before = READ_ONCE(*value);
	int err = proc_dointvec(table, write, buffer, length, position);
	struct net *net = table->extra1;

	if (err || !write)
		return err;
	err = ipvs_heed_sysctl(net, value - ipvs_net(net)->sysctls);
	if (err)
		WRITE_ONCE(*value, before);
	return err;
}

static struct ctl_table entry_of(const struct setting *setting, int *value)
{
	struct ctl_table entry = {
		.procname = setting->name,
		.data = value,
		.maxlen = sizeof(int),
		.mode = 0644,
		.proc_handler = proc_dointvec,
	};

	if (setting->max != INT_MAX) {
		entry.proc_handler = proc_dointvec_minmax;
		entry.extra1 = SYSCTL_ZERO;
		entry.extra2 = setting->max == 1 ? SYSCTL_ONE : SYSCTL_THREE;
	}
	return entry;
}

static void fill_table(struct net *net, struct ipvs_net *in)
{
	const int count = ARRAY_SIZE(settings);

	for (int i = 0; i < count; i++) {
		in->sysctls[i] = settings[i].initial;
		if (in->sysctls[i] < 0)
			in->sysctls[i] = nr_free_buffer_pages() / 32;
		in->sysctl_table[i] = entry_of(&settings[i], &in->sysctls[i]);
		if (i >= IPVS_SYSCTLS_EFFECTIVE)
			continue;
		in->sysctl_table[i].proc_handler = do_effective;
		in->sysctl_table[i].extra1 = net;
	}
	in->sync_threshold[0] = 3;
	in->sync_threshold[1] = 50;
	in->sysctl_table[count] = (struct ctl_table){
		.procname = "sync_threshold",
		.data = in->sync_threshold,
		.maxlen = sizeof(in->sync_threshold),
		.mode = 0644,
		.proc_handler = do_sync_threshold,
	};
}

/**
 * ipvs_sysctl_open - the sysctls of a namespace
 * @net: the namespace
 *
 * Return: 0 or -ENOMEM.
 */
int ipvs_sysctl_open(struct net *net)
{
	struct ipvs_net *in = ipvs_net(net);

	/* One more for sync_threshold, one for the end. */
	in->sysctl_table = kcalloc(ARRAY_SIZE(settings) + 2, sizeof(*in->sysctl_table),
				   GFP_KERNEL_ACCOUNT);
	if (!in->sysctl_table)
		return -ENOMEM;
	fill_table(net, in);
	/* Only the root of the first user namespace sees any, as with ip_vs. */
	if (net->user_ns != &init_user_ns)
		in->sysctl_table[0].procname = NULL;
	in->sysctl_header = register_net_sysctl(net, "net/ipv4/vs", in->sysctl_table);
	if (in->sysctl_header)
		return 0;
	kfree(in->sysctl_table);
	return -ENOMEM;
}

/**
 * ipvs_sysctl_close - the end of a namespace's sysctls
 * @net: the namespace
 */
void ipvs_sysctl_close(struct net *net)
{
	struct ipvs_net *in = ipvs_net(net);

	unregister_net_sysctl_table(in->sysctl_header);
	kfree(in->sysctl_table);
}
