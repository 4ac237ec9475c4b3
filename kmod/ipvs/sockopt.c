// SPDX-License-Identifier: GPL-2.0-only
/*
 * The IP_VS_SO_* socket options: IPv4 only, counters of 32 bits, and the only
 * interface of ip_vs that the root of a user namespace may use.
 */
#include <linux/netfilter.h>
#include <linux/slab.h>
#include <linux/sockptr.h>
#include <net/sock.h>

#include "../control.h"
#include "../server.h"
#include "ipvs.h"

/**
 * union argument - what IP_VS_SO_SET_* may bring
 * @svc: a service
 * @timeouts: for IP_VS_SO_SET_TIMEOUT
 * @daemon: of the sync daemon
 * @pair: a service and a server
 */
union argument {
	struct ip_vs_service_user svc;
	struct ip_vs_timeout_user timeouts;
	struct ip_vs_daemon_user daemon;
	struct {
		struct ip_vs_service_user svc;
		struct ip_vs_dest_user dest;
	} pair;
};

/* Bytes of the argument; -1 for a command that does not exist. */
static int argument_length(int command)
{
	switch (command) {
	case IP_VS_SO_SET_ADD:
	case IP_VS_SO_SET_EDIT:
	case IP_VS_SO_SET_DEL:
	case IP_VS_SO_SET_ZERO:
		return sizeof(struct ip_vs_service_user);
	case IP_VS_SO_SET_ADDDEST:
	case IP_VS_SO_SET_EDITDEST:
	case IP_VS_SO_SET_DELDEST:
		return sizeof(struct ip_vs_service_user) + sizeof(struct ip_vs_dest_user);
	case IP_VS_SO_SET_TIMEOUT:
		return sizeof(struct ip_vs_timeout_user);
	case IP_VS_SO_SET_STARTDAEMON:
	case IP_VS_SO_SET_STOPDAEMON:
		return sizeof(struct ip_vs_daemon_user);
	case IP_VS_SO_SET_FLUSH:
		return 0;
	}
	return -1;
}

static void read_service(const struct ip_vs_service_user *user, struct ipvs_svc *svc)
{
	*svc = (struct ipvs_svc){
		.af = AF_INET,
		.protocol = user->protocol,
		.is_fwmark = user->fwmark,
		.port = user->port,
		.addr.ip = user->addr,
		.fwmark = user->fwmark,
		.flags = user->flags,
		.timeout = user->timeout,
		.netmask = user->netmask,
	};
	strscpy(svc->scheduler, user->sched_name, sizeof(svc->scheduler));
}

static void read_dest(const struct ip_vs_dest_user *user, struct ipvs_dest *dest)
{
	*dest = (struct ipvs_dest){
		.af = AF_INET,
		.port = user->port,
		.addr.ip = user->addr,
		.method = user->conn_flags & IP_VS_CONN_F_FWD_MASK,
		.weight = user->weight,
		.upper = user->u_threshold,
		.lower = user->l_threshold,
	};
}

static int set_of_service(struct net *net, int command, const union argument *arg)
{
	struct ipvs_dest dest;
	struct ipvs_svc svc;

	read_service(&arg->svc, &svc);
	if (command == IP_VS_SO_SET_ZERO && !svc.is_fwmark && !svc.addr.ip && !svc.port)
		return ipvs_zero(net, NULL);
	if ((command == IP_VS_SO_SET_ADD || command == IP_VS_SO_SET_EDIT) &&
	    strnlen(arg->svc.sched_name, sizeof(arg->svc.sched_name)) ==
		    sizeof(arg->svc.sched_name))
		return -EINVAL;
	if (svc.protocol != IPPROTO_TCP && svc.protocol != IPPROTO_UDP &&
	    svc.protocol != IPPROTO_SCTP)
		return -EFAULT;
	if (svc.is_fwmark)
		svc.protocol = IPPROTO_TCP;
	switch (command) {
	case IP_VS_SO_SET_ADD:
		return ipvs_add_service(net, &svc);
	case IP_VS_SO_SET_EDIT:
		return ipvs_set_service(net, &svc);
	case IP_VS_SO_SET_DEL:
		return ipvs_remove_service(net, &svc);
	case IP_VS_SO_SET_ZERO:
		return ipvs_zero(net, &svc);
	}
	read_dest(&arg->pair.dest, &dest);
	switch (command) {
	case IP_VS_SO_SET_ADDDEST:
		return ipvs_add_dest(net, &svc, &dest);
	case IP_VS_SO_SET_EDITDEST:
		return ipvs_set_dest(net, &svc, &dest);
	}
	return ipvs_remove_dest(net, &svc, &dest);
}

static int set_timeouts(struct net *net, const struct ip_vs_timeout_user *user)
{
	const u32 seconds[IPVS_TIMEOUTS] = {
		[IPVS_TIMEOUT_TCP] = user->tcp_timeout,
		[IPVS_TIMEOUT_TCP_FIN] = user->tcp_fin_timeout,
		[IPVS_TIMEOUT_UDP] = user->udp_timeout,
	};

	return ipvs_set_timeouts(net, seconds);
}

static int start_daemon(struct net *net, const struct ip_vs_daemon_user *user)
{
	char name[IP_VS_IFNAME_MAXLEN];

	if (strscpy(name, user->mcast_ifn, sizeof(name)) <= 0)
		return -EINVAL;
	return ipvs_start_daemon(net, name);
}

static int set(struct sock *sk, int command, sockptr_t from, unsigned int length)
{
	struct net *net = sock_net(sk);
	union argument arg = {};

	if (!ns_capable(net->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	if ((int)length != argument_length(command))
		return -EINVAL;
	if (copy_from_sockptr(&arg, from, length))
		return -EFAULT;
	switch (command) {
	case IP_VS_SO_SET_FLUSH:
		weir_control_flush(weir_net(net));
		return 0;
	case IP_VS_SO_SET_TIMEOUT:
		return set_timeouts(net, &arg.timeouts);
	case IP_VS_SO_SET_STARTDAEMON:
		return start_daemon(net, &arg.daemon);
	case IP_VS_SO_SET_STOPDAEMON:
		return ipvs_stop_daemon(arg.daemon.state);
	}
	return set_of_service(net, command, &arg);
}

static void fill_stats(struct ip_vs_stats_user *user, const struct weir_reading *reading)
{
	const struct weir_totals *totals = &reading->totals, *rates = &reading->rates;

	*user = (struct ip_vs_stats_user){
		.conns = totals->conns,
		.inpkts = totals->packets[WEIR_DIR_REQUEST],
		.outpkts = totals->packets[WEIR_DIR_REPLY],
		.inbytes = totals->bytes[WEIR_DIR_REQUEST],
		.outbytes = totals->bytes[WEIR_DIR_REPLY],
		.cps = rates->conns,
		.inpps = rates->packets[WEIR_DIR_REQUEST],
		.outpps = rates->packets[WEIR_DIR_REPLY],
		.inbps = rates->bytes[WEIR_DIR_REQUEST],
		.outbps = rates->bytes[WEIR_DIR_REPLY],
	};
}

static void fill_service(struct ip_vs_service_entry *entry, struct weir_service *service)
{
	struct weir_reading reading;
	struct ipvs_svc svc;

	ipvs_svc_of(service, &svc);
	ipvs_read_service(service, &reading);
	memset(entry, 0, sizeof(*entry));
	entry->protocol = svc.protocol;
	entry->addr = svc.addr.ip;
	entry->port = svc.port;
	entry->fwmark = svc.fwmark;
	strscpy(entry->sched_name, svc.scheduler, sizeof(entry->sched_name));
	entry->flags = svc.flags;
	entry->timeout = svc.timeout;
	entry->netmask = svc.netmask;
	entry->num_dests = service->servers_count;
	fill_stats(&entry->stats, &reading);
}

static void fill_dest(struct ip_vs_dest_entry *entry, struct weir_server *server)
{
	struct weir_reading reading;
	struct ipvs_dest dest;

	ipvs_dest_of(server, &dest);
	ipvs_read_server(server, &reading);
	memset(entry, 0, sizeof(*entry));
	entry->addr = dest.addr.ip;
	entry->port = dest.port;
	/* Flags of conns that begin, which ip_vs lets out here. */
	entry->conn_flags = dest.method | IP_VS_CONN_F_INACTIVE;
	if (dest.method != IP_VS_CONN_F_MASQ)
		entry->conn_flags |= IP_VS_CONN_F_NOOUTPUT;
	entry->weight = dest.weight;
	entry->u_threshold = dest.upper;
	entry->l_threshold = dest.lower;
	entry->activeconns = dest.active;
	entry->inactconns = dest.inactive;
	entry->persistconns = dest.persistent;
	fill_stats(&entry->stats, &reading);
}

/* The next service that these options can name: one of IPv4. */
static struct weir_service *next_ipv4(struct weir_net *wn, unsigned long *id)
{
	struct weir_service *service;
	struct ipvs_svc svc;

	while ((service = weir_service_next(&wn->services, id))) {
		ipvs_svc_of(service, &svc);
		if (svc.af == AF_INET)
			return service;
	}
	return NULL;
}

static u32 count_services(struct weir_net *wn)
{
	unsigned long id = 0;
	u32 count = 0;

	while (next_ipv4(wn, &id))
		count++;
	return count;
}

/**
 * union question - what IP_VS_SO_GET_* may bring
 * @services: for IP_VS_SO_GET_SERVICES
 * @service: for IP_VS_SO_GET_SERVICE
 * @dests: for IP_VS_SO_GET_DESTS
 */
union question {
	struct ip_vs_get_services services;
	struct ip_vs_service_entry service;
	struct ip_vs_get_dests dests;
};

/**
 * struct answer - what a reader gets
 * @data: its own copy; or NULL
 * @size: bytes of it
 * @at: where in the reader's memory it goes
 *
 * Made with the mutex held and handed over without: a reader's memory may be a file
 * of its own that never answers.
 */
struct answer {
	void *data;
	size_t size;
	size_t at;
};

static int say(struct answer *answer, const void *data, size_t size)
{
	answer->data = kmemdup(data, size, GFP_KERNEL);
	answer->size = size;
	return answer->data ? 0 : -ENOMEM;
}

/* Room for a table of as many entries as there are, and as the reader has room for. */
static int say_table(struct answer *answer, size_t at, u32 count, size_t entry)
{
	answer->at = at;
	answer->data = kvcalloc(max(count, 1U), entry, GFP_KERNEL_ACCOUNT);
	return answer->data ? 0 : -ENOMEM;
}

static int get_version(struct answer *answer)
{
	char text[64];
	size_t size = scnprintf(text, sizeof(text), "IP Virtual Server version %d.%d.%d (size=%d)",
				IPVS_VERSION >> 16 & 0xff, IPVS_VERSION >> 8 & 0xff,
				IPVS_VERSION & 0xff, IPVS_TABLE_SIZE) + 1;

	return say(answer, text, size);
}

static int get_info(struct weir_net *wn, struct answer *answer)
{
	struct ip_vs_getinfo info = { .version = IPVS_VERSION, .size = IPVS_TABLE_SIZE };

	info.num_services = count_services(wn);
	return say(answer, &info, sizeof(info));
}

static int get_services(struct weir_net *wn, const struct ip_vs_get_services *head, size_t length,
			struct answer *answer)
{
	u32 count = min(head->num_services, wn->services.count);
	struct ip_vs_service_entry *entry;
	struct weir_service *service;
	unsigned long id = 0;

	if (length != struct_size(head, entrytable, head->num_services))
		return -EINVAL;
	if (say_table(answer, sizeof(*head), count, sizeof(*entry)))
		return -ENOMEM;
	for (entry = answer->data; count--; entry++, answer->size += sizeof(*entry)) {
		service = next_ipv4(wn, &id);
		if (!service)
			break;
		fill_service(entry, service);
	}
	return 0;
}

static struct weir_service *find(struct weir_net *wn, u16 protocol, __be32 addr, __be16 port,
				 u32 fwmark)
{
	struct ipvs_svc svc = {
		.af = AF_INET,
		.protocol = protocol,
		.is_fwmark = fwmark,
		.port = port,
		.addr.ip = addr,
		.fwmark = fwmark,
	};

	return ipvs_find(wn, &svc);
}

static int get_service(struct weir_net *wn, const struct ip_vs_service_entry *asked,
		       struct answer *answer)
{
	struct ip_vs_service_entry entry;
	struct weir_service *service;

	service = find(wn, asked->protocol, asked->addr, asked->port, asked->fwmark);
	if (!service)
		return -ESRCH;
	fill_service(&entry, service);
	return say(answer, &entry, sizeof(entry));
}

static int get_dests(struct weir_net *wn, const struct ip_vs_get_dests *head, size_t length,
		     struct answer *answer)
{
	struct ip_vs_dest_entry *entry;
	struct weir_service *service;
	struct weir_server *server;
	u32 count;

	if (length != struct_size(head, entrytable, head->num_dests))
		return -EINVAL;
	service = find(wn, head->protocol, head->addr, head->port, head->fwmark);
	if (!service)
		return -ESRCH;
	count = min(head->num_dests, service->servers_count);
	if (say_table(answer, sizeof(*head), count, sizeof(*entry)))
		return -ENOMEM;
	entry = answer->data;
	list_for_each_entry_reverse(server, &service->servers, link) {
		if (server->endpoint.family != AF_INET)
			continue;
		if (!count--)
			break;
		fill_dest(entry++, server);
		answer->size += sizeof(*entry);
	}
	return 0;
}

static int get_timeouts(struct net *net, struct answer *answer)
{
	const u32 *timeouts = ipvs_net(net)->timeouts;
	const struct ip_vs_timeout_user user = {
		.tcp_timeout = timeouts[IPVS_TIMEOUT_TCP],
		.tcp_fin_timeout = timeouts[IPVS_TIMEOUT_TCP_FIN],
		.udp_timeout = timeouts[IPVS_TIMEOUT_UDP],
	};

	return say(answer, &user, sizeof(user));
}

/* Neither a master nor a backup runs. */
static int get_daemons(struct answer *answer)
{
	const struct ip_vs_daemon_user none[2] = {};

	return say(answer, none, sizeof(none));
}

/* Bytes that a reader must have room for at least; -1 if the command does not exist. */
static int least_length(int command)
{
	switch (command) {
	case IP_VS_SO_GET_VERSION:
		return 64;
	case IP_VS_SO_GET_INFO:
		return sizeof(struct ip_vs_getinfo);
	case IP_VS_SO_GET_SERVICES:
		return sizeof(struct ip_vs_get_services);
	case IP_VS_SO_GET_SERVICE:
		return sizeof(struct ip_vs_service_entry);
	case IP_VS_SO_GET_DESTS:
		return sizeof(struct ip_vs_get_dests);
	case IP_VS_SO_GET_TIMEOUT:
		return sizeof(struct ip_vs_timeout_user);
	case IP_VS_SO_GET_DAEMON:
		return 2 * sizeof(struct ip_vs_daemon_user);
	}
	return -1;
}

/* Bytes that a reader asks by. */
static size_t question_length(int command)
{
	switch (command) {
	case IP_VS_SO_GET_SERVICES:
	case IP_VS_SO_GET_SERVICE:
	case IP_VS_SO_GET_DESTS:
		return least_length(command);
	}
	return 0;
}

static int find_answer(struct net *net, int command, const union question *asked, size_t length,
		       struct answer *answer)
{
	struct weir_net *wn = weir_net(net);

	switch (command) {
	case IP_VS_SO_GET_VERSION:
		return get_version(answer);
	case IP_VS_SO_GET_INFO:
		return get_info(wn, answer);
	case IP_VS_SO_GET_SERVICES:
		return get_services(wn, &asked->services, length, answer);
	case IP_VS_SO_GET_SERVICE:
		return get_service(wn, &asked->service, answer);
	case IP_VS_SO_GET_DESTS:
		return get_dests(wn, &asked->dests, length, answer);
	case IP_VS_SO_GET_TIMEOUT:
		return get_timeouts(net, answer);
	}
	return get_daemons(answer);
}

static int get(struct sock *sk, int command, void __user *to, int *length)
{
	struct net *net = sock_net(sk);
	int least = least_length(command);
	struct answer answer = {};
	union question asked;
	int err;

	if (!ns_capable(net->user_ns, CAP_NET_ADMIN))
		return -EPERM;
	if (least < 0 || *length < least)
		return -EINVAL;
	if (copy_from_user(&asked, to, question_length(command)))
		return -EFAULT;
	mutex_lock(&weir_net(net)->services.mutex);
	err = find_answer(net, command, &asked, *length, &answer);
	mutex_unlock(&weir_net(net)->services.mutex);
	if (!err && copy_to_user(to + answer.at, answer.data, answer.size))
		err = -EFAULT;
	/* How much room there is stays the answer to how many they are, as with ip_vs. */
	if (!err && command == IP_VS_SO_GET_VERSION)
		*length = answer.size;
	kvfree(answer.data);
	return err;
}

static struct nf_sockopt_ops sockopt_ops = {
	.pf = PF_INET,
	.set_optmin = IP_VS_BASE_CTL,
	.set_optmax = IP_VS_SO_SET_MAX + 1,
	.set = set,
	.get_optmin = IP_VS_BASE_CTL,
	.get_optmax = IP_VS_SO_GET_MAX + 1,
	.get = get,
	.owner = THIS_MODULE,
};

/**
 * ipvs_sockopt_init - takes the socket options
 *
 * Return: 0, -EBUSY if somebody has them.
 */
int ipvs_sockopt_init(void)
{
	return nf_register_sockopt(&sockopt_ops);
}

/**
 * ipvs_sockopt_exit - gives the socket options back
 */
void ipvs_sockopt_exit(void)
{
	nf_unregister_sockopt(&sockopt_ops);
}
