// SPDX-License-Identifier: GPL-2.0-only
/* Drives the kernel's pktgen, which has its files in /proc/net of the namespace. */
#include <stdarg.h>

#include "traffic.h"

/* Writes one command; pktgen takes one a write and says in errno what it thinks. */
static void __attribute__((format(printf, 2, 3))) tell(const char *file, const char *format, ...)
{
	char path[256], line[256];
	va_list args;
	int fd, length;

	va_start(args, format);
	length = vsnprintf(line, sizeof(line) - 1, format, args);
	va_end(args);
	/* pgctrl takes the last character off, whatever it is. */
	line[length++] = '\n';
	snprintf(path, sizeof(path), "/proc/thread-self/net/pktgen/%s", file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", path);
	if (write(fd, line, length) != length)
		err(1, "pktgen: %.*s", length - 1, line);
	close(fd);
}

static void tell_addrs(const char *dev, const char *name, const struct addrs *addrs)
{
	char text[INET6_ADDRSTRLEN];
	struct in_addr in;

	if (addrs->family == AF_INET6) {
		tell(dev, "%s6 %s", name, inet_ntop(AF_INET6, &addrs->in6, text, sizeof(text)));
		return;
	}
	in.s_addr = htonl(addrs->low);
	tell(dev, "%s_min %s", name, inet_ntop(AF_INET, &in, text, sizeof(text)));
	in.s_addr = htonl(addrs->high);
	tell(dev, "%s_max %s", name, inet_ntop(AF_INET, &in, text, sizeof(text)));
}

static void tell_mac(const char *dev, const char *name, const unsigned char *mac)
{
	tell(dev, "%s %02x:%02x:%02x:%02x:%02x:%02x", name, mac[0], mac[1], mac[2], mac[3], mac[4],
	     mac[5]);
}

/**
 * pktgen_open - sets pktgen up, in the namespace that sends
 * @plan: what to send
 */
void pktgen_open(const struct plan *plan)
{
	const char *dev = plan->from.dev;

	tell("kpktgend_0", "rem_device_all");
	tell("kpktgend_0", "add_device %s", dev);
	tell(dev, "clone_skb 0");
	tell(dev, "delay 0");
	tell(dev, "pkt_size %d", plan->src.family == AF_INET6 ? FRAME6 : FRAME4);
	tell(dev, "flag UDPCSUM");
	tell(dev, "flag NO_TIMESTAMP");
	tell_mac(dev, "src_mac", plan->smac);
	tell_mac(dev, "dst_mac", plan->dmac);
	tell_addrs(dev, "src", &plan->src);
	tell_addrs(dev, "dst", &plan->dst);
	tell(dev, "udp_src_min %u", plan->sport.low);
	tell(dev, "udp_dst_min %u", plan->dport.low);
	/* pktgen leaves the upper end out, unless both are the same. */
	tell(dev, "udp_src_max %u", plan->sport.high + (plan->sport.high > plan->sport.low));
	tell(dev, "udp_dst_max %u", plan->dport.high + (plan->dport.high > plan->dport.low));
}

/* Reads the result of a run, if there is one yet. */
static bool has_result(const char *dev, unsigned long long *usec, unsigned long long *packets)
{
	char path[256], text[4096], *result;
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/thread-self/net/pktgen/%s", dev);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", path);
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[length > 0 ? length : 0] = '\0';
	result = strstr(text, "Result: OK: ");
	return result && sscanf(result, "Result: OK: %llu(%*[^)]) usec, %llu", usec, packets) == 2;
}

/**
 * pktgen_run - sends, and waits until all are sent
 * @plan: what was given to pktgen_open()
 * @ns: how long it took
 *
 * Return: packets sent.
 */
unsigned long pktgen_run(const struct plan *plan, uint64_t *ns)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	const char *dev = plan->from.dev;
	unsigned long long usec, packets;

	/*
	 * "start" gives its thread an eighth of a second and may return before it
	 * has begun. Any command replaces the result of the run before.
	 */
	tell(dev, "count %lu", plan->count);
	tell("pgctrl", "start");
	while (!has_result(dev, &usec, &packets))
		nanosleep(&pause, NULL);
	*ns = usec * 1000;
	return packets;
}
