// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/net/ip_vs*: the tables as text, in ip_vs's columns.
 */
#include <linux/inet.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <net/net_namespace.h>

#include "../server.h"
#include "ipvs.h"

static const char *protocol_name(u16 protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return "TCP";
	case IPPROTO_UDP:
		return "UDP";
	case IPPROTO_SCTP:
		return "SCTP";
	}
	return "IP";
}

static const char *method_name(u32 method)
{
	switch (method) {
	case IP_VS_CONN_F_LOCALNODE:
		return "Local";
	case IP_VS_CONN_F_TUNNEL:
		return "Tunnel";
	case IP_VS_CONN_F_DROUTE:
		return "Route";
	}
	return "Masq";
}

static void show_service(struct seq_file *seq, const struct ipvs_svc *svc)
{
	const char *ops = svc->flags & IP_VS_SVC_F_ONEPACKET ? "ops " : "";

	if (svc->is_fwmark)
		seq_printf(seq, "FWM  %08X %s %s", svc->fwmark, svc->scheduler, ops);
	else if (svc->af == AF_INET6)
		seq_printf(seq, "%s  [%pI6]:%04X %s ", protocol_name(svc->protocol),
			   &svc->addr.in6, ntohs(svc->port), svc->scheduler);
	else
		seq_printf(seq, "%s  %08X:%04X %s %s ", protocol_name(svc->protocol),
			   ntohl(svc->addr.ip), ntohs(svc->port), svc->scheduler, ops);
	if (svc->flags & IP_VS_SVC_F_PERSISTENT)
		seq_printf(seq, "persistent %u %08X\n", svc->timeout * HZ, ntohl(svc->netmask));
	else
		seq_putc(seq, '\n');
}

static void show_dest(struct seq_file *seq, const struct ipvs_dest *dest)
{
	if (dest->af == AF_INET6)
		seq_printf(seq, "  -> [%pI6]:%04X", &dest->addr.in6, ntohs(dest->port));
	else
		seq_printf(seq, "  -> %08X:%04X", ntohl(dest->addr.ip), ntohs(dest->port));
	seq_printf(seq, "      %-7s %-6d %-10d %-10d\n", method_name(dest->method), dest->weight,
		   dest->active, dest->inactive);
}

static void show_service_and_dests(struct seq_file *seq, const struct weir_service *service)
{
	const struct weir_server *server;
	struct ipvs_dest dest;
	struct ipvs_svc svc;

	ipvs_svc_of(service, &svc);
	show_service(seq, &svc);
	list_for_each_entry_reverse(server, &service->servers, link) {
		ipvs_dest_of(server, &dest);
		show_dest(seq, &dest);
	}
}

/* --- ip_vs: services and their servers, a service a step -------------------- */

/* Position N is the service with the least id that is N or more. */
static void *service_at(struct seq_file *seq, loff_t *position)
{
	struct weir_net *wn = weir_net(seq_file_net(seq));
	unsigned long id = *position - 1;
	struct weir_service *service = weir_service_next(&wn->services, &id);

	if (service)
		*position = id;
	return service;
}

static void *services_start(struct seq_file *seq, loff_t *position)
{
	mutex_lock(&weir_net(seq_file_net(seq))->services.mutex);
	return *position ? service_at(seq, position) : SEQ_START_TOKEN;
}

static void *services_next(struct seq_file *seq, void *item, loff_t *position)
{
	++*position;
	return service_at(seq, position);
}

static void services_stop(struct seq_file *seq, void *item)
{
	mutex_unlock(&weir_net(seq_file_net(seq))->services.mutex);
}

static int services_show(struct seq_file *seq, void *item)
{
	if (item != SEQ_START_TOKEN) {
		show_service_and_dests(seq, item);
		return 0;
	}
	seq_printf(seq, "IP Virtual Server version %d.%d.%d (size=%d)\n", IPVS_VERSION >> 16 & 0xff,
		   IPVS_VERSION >> 8 & 0xff, IPVS_VERSION & 0xff, IPVS_TABLE_SIZE);
	seq_puts(seq, "Prot LocalAddress:Port Scheduler Flags\n"
		      "  -> RemoteAddress:Port Forward Weight ActiveConn InActConn\n");
	return 0;
}

static const struct seq_operations services_ops = {
	.start = services_start,
	.next = services_next,
	.stop = services_stop,
	.show = services_show,
};

/* --- ip_vs_stats, ip_vs_stats_percpu ----------------------------------------- */

static void read_namespace(struct net *net, struct weir_reading *reading)
{
	struct weir_net *wn = weir_net(net);

	mutex_lock(&wn->services.mutex);
	ipvs_read_namespace(wn, reading);
	mutex_unlock(&wn->services.mutex);
}

static void show_counters(struct seq_file *seq, const struct weir_totals *t)
{
	seq_printf(seq, "%8llX %8llX %8llX %16llX %16llX", t->conns, t->packets[WEIR_DIR_REQUEST],
		   t->packets[WEIR_DIR_REPLY], t->bytes[WEIR_DIR_REQUEST],
		   t->bytes[WEIR_DIR_REPLY]);
}

static int stats_show(struct seq_file *seq, void *item)
{
	struct weir_reading reading;

	read_namespace(seq_file_single_net(seq), &reading);
	seq_puts(seq, "   Total Incoming Outgoing         Incoming         Outgoing\n"
		      "   Conns  Packets  Packets            Bytes            Bytes\n");
	show_counters(seq, &reading.totals);
	seq_puts(seq, "\n\n Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s\n");
	show_counters(seq, &reading.rates);
	seq_putc(seq, '\n');
	return 0;
}

/* Weir's counters of a processor are each server's own: only the sum is known here. */
static int stats_percpu_show(struct seq_file *seq, void *item)
{
	struct weir_totals none = {};
	struct weir_reading reading;
	int cpu;

	read_namespace(seq_file_single_net(seq), &reading);
	seq_puts(seq, "       Total Incoming Outgoing         Incoming         Outgoing\n"
		      "CPU    Conns  Packets  Packets            Bytes            Bytes\n");
	for_each_possible_cpu(cpu) {
		seq_printf(seq, "%3X ", cpu);
		show_counters(seq, cpu == cpumask_first(cpu_possible_mask) ? &reading.totals : &none);
		seq_putc(seq, '\n');
	}
	seq_puts(seq, "  ~ ");
	show_counters(seq, &reading.totals);
	seq_puts(seq, "\n\n     Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s\n    ");
	show_counters(seq, &reading.rates);
	seq_putc(seq, '\n');
	return 0;
}

/* No helper of ip_vs's exists: Weir uses the kernel's own. */
static int app_show(struct seq_file *seq, void *item)
{
	seq_puts(seq, "prot port    usecnt name\n");
	return 0;
}

/* --- ip_vs_conn, ip_vs_conn_sync ---------------------------------------------- */

/**
 * struct conn_reader - a file of conns that is open
 * @net: the namespace, which outlives the file's entry
 * @walk: through its conns
 * @templates: through affinity, once @walk is at its end
 * @is_at_templates: whether it is
 * @has_table: whether @walk has a table to walk through
 * @with_origin: whether to tell where a conn comes from
 */
struct conn_reader {
	struct net *net;
	struct weir_conn_walk walk;
	struct ipvs_templates templates;
	bool is_at_templates;
	bool has_table;
	bool with_origin;
};

static const char *state_name(const struct weir_conn *conn)
{
	static const char *const tcp[] = {
		[WEIR_TCP_STATE_NONE] = "NONE",
		[WEIR_TCP_STATE_SYN_SENT] = "SYN_RECV",
		[WEIR_TCP_STATE_SYN_RECEIVED] = "SYN_RECV",
		[WEIR_TCP_STATE_ESTABLISHED] = "ESTABLISHED",
		[WEIR_TCP_STATE_FIN_WAIT] = "FIN_WAIT",
		[WEIR_TCP_STATE_CLOSE_WAIT] = "CLOSE_WAIT",
		[WEIR_TCP_STATE_LAST_ACK] = "LAST_ACK",
		[WEIR_TCP_STATE_TIME_WAIT] = "TIME_WAIT",
		[WEIR_TCP_STATE_CLOSED] = "CLOSE",
	};

	static const char *const sctp[] = {
		[WEIR_SCTP_STATE_NONE] = "NONE",
		[WEIR_SCTP_STATE_COOKIE_WAIT] = "INIT",
		[WEIR_SCTP_STATE_COOKIE_ECHOED] = "C-ECHOED",
		[WEIR_SCTP_STATE_ESTABLISHED] = "ESTABLISHED",
		[WEIR_SCTP_STATE_SHUTDOWN_SENT] = "S-SENT",
		[WEIR_SCTP_STATE_SHUTDOWN_RECEIVED] = "S-RECEIVED",
		[WEIR_SCTP_STATE_SHUTDOWN_ACK_SENT] = "S-ACK-SENT",
		[WEIR_SCTP_STATE_CLOSED] = "CLOSED",
	};

	switch (weir_conn_protocol(conn)) {
	case IPPROTO_TCP:
		return tcp[weir_conn_state(conn)];
	case IPPROTO_SCTP:
		return sctp[weir_conn_state(conn)];
	}
	return "UDP";
}

static void show_end(struct seq_file *seq, const struct weir_endpoint *end)
{
	if (end->family == AF_INET6)
		seq_printf(seq, "%pI6 %04X ", &end->addr.in6, ntohs(end->port));
	else
		seq_printf(seq, "%08X %04X ", ntohl(end->addr.ip), ntohs(end->port));
}

static void show_template(struct seq_file *seq, const struct conn_reader *reader,
			  const struct weir_affinity_entry *entry)
{
	struct ipvs_template template;

	ipvs_template_of(&reader->templates, entry, &template);
	seq_printf(seq, "%-3s ", protocol_name(template.protocol));
	show_end(seq, &template.client);
	show_end(seq, &template.vip);
	show_end(seq, &template.server);
	seq_printf(seq, "%-11s ", template.state);
	if (reader->with_origin)
		seq_printf(seq, "%-6s ", "LOCAL");
	seq_printf(seq, "%7u", template.expires);
	if (template.call_id_length && !reader->with_origin)
		seq_printf(seq, " sip %.*s", template.call_id_length, template.call_id);
	seq_putc(seq, '\n');
}

static int conns_show(struct seq_file *seq, void *item)
{
	const struct conn_reader *reader = seq->private;
	const struct weir_conn *conn = item;
	struct weir_endpoint client, vip;

	if (item == SEQ_START_TOKEN) {
		seq_printf(seq, "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       %s\n",
			   reader->with_origin ? "Origin Expires" : "Expires PEName PEData");
		return 0;
	}
	if (reader->is_at_templates) {
		show_template(seq, reader, item);
		return 0;
	}
	client = weir_conn_client(conn);
	vip = weir_conn_vip(conn);
	seq_printf(seq, "%-3s ", protocol_name(weir_conn_protocol(conn)));
	show_end(seq, &client);
	show_end(seq, &vip);
	show_end(seq, &conn->server->endpoint);
	seq_printf(seq, "%-11s ", state_name(conn));
	if (reader->with_origin)
		seq_printf(seq, "%-6s ", "LOCAL");
	seq_printf(seq, "%7u\n", weir_conn_expires_ms(conn) / (u32)MSEC_PER_SEC);
	return 0;
}

/* @conn, or if there is none the first template. */
static void *conn_or_template(struct conn_reader *reader, struct weir_conn *conn)
{
	if (conn)
		return conn;
	weir_conn_walk_stop(&reader->walk);
	reader->is_at_templates = true;
	return ipvs_templates_start(&reader->templates);
}

/* Somebody begins to read, perhaps again. */
static void rewind(struct conn_reader *reader)
{
	ipvs_templates_leave(&reader->templates);
	reader->is_at_templates = false;
	weir_conn_walk_exit(&reader->walk);
	weir_conn_walk_enter(&reader->walk, &weir_net(reader->net)->conns);
}

static void *conns_start(struct seq_file *seq, loff_t *position)
{
	struct conn_reader *reader = seq->private;

	if (!reader->has_table)
		return *position ? NULL : SEQ_START_TOKEN;
	if (!*position)
		rewind(reader);
	if (reader->is_at_templates)
		return ipvs_templates_start(&reader->templates);
	weir_conn_walk_start(&reader->walk);
	return *position ? conn_or_template(reader, weir_conn_walk_peek(&reader->walk)) :
			   SEQ_START_TOKEN;
}

static void *conns_next(struct seq_file *seq, void *item, loff_t *position)
{
	struct conn_reader *reader = seq->private;

	++*position;
	if (!reader->has_table)
		return NULL;
	if (reader->is_at_templates)
		return ipvs_templates_next(&reader->templates);
	return conn_or_template(reader, item == SEQ_START_TOKEN ?
						weir_conn_walk_peek(&reader->walk) :
						weir_conn_walk_next(&reader->walk));
}

static void conns_stop(struct seq_file *seq, void *item)
{
	struct conn_reader *reader = seq->private;

	if (!reader->has_table)
		return;
	if (reader->is_at_templates)
		ipvs_templates_stop(&reader->templates);
	else
		weir_conn_walk_stop(&reader->walk);
}

static const struct seq_operations conns_ops = {
	.start = conns_start,
	.next = conns_next,
	.stop = conns_stop,
	.show = conns_show,
};

static int begin_reading(struct conn_reader *reader)
{
	struct weir_net *wn = weir_net(reader->net);
	int err = 0;

	mutex_lock(&wn->services.mutex);
	if (wn->services.count) {
		err = weir_conn_table_hold(&wn->conns);
		reader->has_table = !err;
		if (!err)
			weir_conn_walk_enter(&reader->walk, &wn->conns);
	}
	mutex_unlock(&wn->services.mutex);
	return err;
}

static int open_conns(struct inode *inode, struct file *file, bool with_origin)
{
	struct conn_reader *reader = __seq_open_private(file, &conns_ops, sizeof(*reader));
	int err;

	if (!reader)
		return -ENOMEM;
	reader->net = pde_data(inode);
	reader->templates.net = reader->net;
	reader->with_origin = with_origin;
	err = begin_reading(reader);
	if (err)
		seq_release_private(inode, file);
	return err;
}

static int conns_open(struct inode *inode, struct file *file)
{
	return open_conns(inode, file, false);
}

static int conns_sync_open(struct inode *inode, struct file *file)
{
	return open_conns(inode, file, true);
}

static int conns_release(struct inode *inode, struct file *file)
{
	struct conn_reader *reader = ((struct seq_file *)file->private_data)->private;
	struct weir_net *wn = weir_net(reader->net);

	if (reader->has_table) {
		ipvs_templates_leave(&reader->templates);
		mutex_lock(&wn->services.mutex);
		weir_conn_walk_exit(&reader->walk);
		weir_conn_table_release(&wn->conns);
		mutex_unlock(&wn->services.mutex);
	}
	return seq_release_private(inode, file);
}

static const struct proc_ops conns_proc_ops = {
	.proc_open = conns_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = conns_release,
};

static const struct proc_ops conns_sync_proc_ops = {
	.proc_open = conns_sync_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = conns_release,
};

static const char *const names[] = {
	"ip_vs", "ip_vs_stats", "ip_vs_stats_percpu", "ip_vs_app", "ip_vs_conn", "ip_vs_conn_sync",
};

/**
 * ipvs_proc_open - the files of a namespace
 * @net: the namespace
 *
 * Return: 0 or -ENOMEM.
 */
int ipvs_proc_open(struct net *net)
{
	struct proc_dir_entry *dir = net->proc_net;

	if (proc_create_net("ip_vs", 0, dir, &services_ops, sizeof(struct seq_net_private)) &&
	    proc_create_net_single("ip_vs_stats", 0, dir, stats_show, NULL) &&
	    proc_create_net_single("ip_vs_stats_percpu", 0, dir, stats_percpu_show, NULL) &&
	    proc_create_net_single("ip_vs_app", 0, dir, app_show, NULL) &&
	    proc_create_data("ip_vs_conn", 0, dir, &conns_proc_ops, net) &&
	    proc_create_data("ip_vs_conn_sync", 0, dir, &conns_sync_proc_ops, net))
		return 0;
	ipvs_proc_close(net);
	return -ENOMEM;
}

/**
 * ipvs_proc_close - the end of a namespace's files
 * @net: the namespace
 */
void ipvs_proc_close(struct net *net)
{
	for (int i = 0; i < ARRAY_SIZE(names); i++)
		remove_proc_subtree(names[i], net->proc_net);
}
