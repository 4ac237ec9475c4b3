// SPDX-License-Identifier: GPL-2.0-only
/*
 * traffic - sends packets from one network namespace and tells how long that
 * took and how many of them reached a device of another.
 *
 *	traffic pktgen|send WORD=VALUE...
 *
 *	from=NETNS/DEV	where they leave
 *	to=NETNS/DEV	where they are counted
 *	smac= dmac=	addresses of the link
 *	proto=udp|tcp	tcp only with send
 *	flags=S|SA|A	flags of tcp
 *	src=A[-B]	IPv4 ranges, or one IPv6 address; dst alike
 *	sport=A[-B]	dport alike
 *	count=N		packets
 *	runs=N		that many times, a line of output each
 *
 * Every field that is a range moves on with each packet, as pktgen has it, so
 * ranges of coprime lengths give their product of flows. Output of each run:
 * nanoseconds, packets sent, packets counted.
 *
 * pktgen makes and sends in the kernel, but knows no TCP. send builds the same
 * frames beforehand and hands them to the driver by sendmmsg() on a packet
 * socket that bypasses the queueing discipline. Either way a packet is dealt
 * with to its end before the next is sent.
 */
#include "traffic.h"

static int at_range(struct range *range, const char *text)
{
	char *end;

	range->low = strtoul(text, &end, 10);
	range->high = *end == '-' ? strtoul(end + 1, &end, 10) : range->low;
	return *end || range->low > range->high || range->high > UINT16_MAX;
}

static int at_addrs(struct addrs *addrs, const char *text)
{
	size_t length = strcspn(text, "-");
	const char *high = text[length] ? text + length + 1 : text;
	char low[INET_ADDRSTRLEN] = "";
	struct in_addr first, last;

	if (inet_pton(AF_INET6, text, &addrs->in6) == 1) {
		addrs->family = AF_INET6;
		return 0;
	}
	if (length >= sizeof(low))
		return -1;
	memcpy(low, text, length);
	if (inet_pton(AF_INET, low, &first) != 1 || inet_pton(AF_INET, high, &last) != 1)
		return -1;
	addrs->family = AF_INET;
	addrs->low = ntohl(first.s_addr);
	addrs->high = ntohl(last.s_addr);
	return addrs->low > addrs->high;
}

static int at_mac(unsigned char *mac, const char *text)
{
	return sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &mac[0], &mac[1], &mac[2], &mac[3],
		      &mac[4], &mac[5]) != 6;
}

static int at_port(struct port *port, char *text)
{
	char *slash = strchr(text, '/');

	if (!slash)
		return -1;
	*slash = '\0';
	port->netns = text;
	port->dev = slash + 1;
	return 0;
}

static int at_flags(struct plan *plan, const char *text)
{
	for (; *text; text++) {
		if (*text == 'S')
			plan->flags |= TH_SYN;
		else if (*text == 'A')
			plan->flags |= TH_ACK;
		else
			return -1;
	}
	return 0;
}

static int take(struct plan *plan, const char *name, char *value)
{
	if (!strcmp(name, "from"))
		return at_port(&plan->from, value);
	if (!strcmp(name, "to"))
		return at_port(&plan->to, value);
	if (!strcmp(name, "smac"))
		return at_mac(plan->smac, value);
	if (!strcmp(name, "dmac"))
		return at_mac(plan->dmac, value);
	if (!strcmp(name, "src"))
		return at_addrs(&plan->src, value);
	if (!strcmp(name, "dst"))
		return at_addrs(&plan->dst, value);
	if (!strcmp(name, "sport"))
		return at_range(&plan->sport, value);
	if (!strcmp(name, "dport"))
		return at_range(&plan->dport, value);
	if (!strcmp(name, "flags"))
		return at_flags(plan, value);
	if (!strcmp(name, "count"))
		return (plan->count = strtoul(value, NULL, 10)) == 0;
	if (!strcmp(name, "runs"))
		return (plan->runs = strtoul(value, NULL, 10)) == 0;
	if (!strcmp(name, "proto")) {
		plan->protocol = !strcmp(value, "tcp") ? IPPROTO_TCP : IPPROTO_UDP;
		return 0;
	}
	return -1;
}

void enter(const char *netns)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(1, "%s", path);
	close(fd);
}

/* Packets that a device has received, as its namespace counts them. */
static unsigned long received(const struct port *port)
{
	unsigned long packets;
	char line[512], *colon;
	bool found = false;
	FILE *file;

	enter(port->netns);
	file = fopen("/proc/thread-self/net/dev", "r");
	if (!file)
		err(1, "/proc/thread-self/net/dev");
	while (!found && fgets(line, sizeof(line), file)) {
		colon = strchr(line, ':');
		if (!colon)
			continue;
		*colon = '\0';
		found = !strcmp(line + strspn(line, " "), port->dev) &&
			sscanf(colon + 1, "%*u %lu", &packets) == 1;
	}
	fclose(file);
	if (!found)
		errx(1, "%s has no device %s", port->netns, port->dev);
	return packets;
}

int main(int argc, char **argv)
{
	struct plan plan = { .runs = 1, .protocol = IPPROTO_UDP };
	unsigned long before, sent, i;
	struct sender *sender = NULL;
	uint64_t ns;
	int arg;

	if (argc < 2 || (strcmp(argv[1], "pktgen") && strcmp(argv[1], "send")))
		errx(2, "pktgen or send?");
	for (arg = 2; arg < argc; arg++) {
		char *equals = strchr(argv[arg], '=');

		if (!equals)
			errx(2, "not WORD=VALUE: %s", argv[arg]);
		*equals = '\0';
		if (take(&plan, argv[arg], equals + 1))
			errx(2, "bad %s: %s", argv[arg], equals + 1);
	}
	if (!plan.from.dev || !plan.to.dev || !plan.count || !plan.src.family ||
	    plan.src.family != plan.dst.family)
		errx(2, "from, to, count, src and dst are needed");

	enter(plan.from.netns);
	if (!strcmp(argv[1], "send"))
		sender = sender_open(&plan);
	else
		pktgen_open(&plan);
	for (i = 0; i < plan.runs; i++) {
		before = received(&plan.to);
		enter(plan.from.netns);
		sent = sender ? sender_run(sender, &plan, &ns) : pktgen_run(&plan, &ns);
		printf("%llu %lu %lu\n", (unsigned long long)ns, sent, received(&plan.to) - before);
		fflush(stdout);
	}
	return 0;
}
