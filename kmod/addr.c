// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses, endpoints and tuples as values: what needs a look at the family.
 */
#include "addr.h"

#include <linux/in.h>
#include <linux/inetdevice.h>
#include <net/ipv6.h>

/**
 * weir_addr_is_unicast - whether an address can be a server's or a service's
 * @endpoint: the address; its port does not matter
 *
 * Return: false for unspecified (0.0.0.0/8, ::), multicast and limited broadcast
 * addresses, and for IPv4-mapped IPv6 addresses, which name a host of the other family.
 * True for 240.0.0.0/4, which the kernel routes as it does any other.
 */
bool weir_addr_is_unicast(const struct weir_endpoint *endpoint)
{
	int type;

	if (endpoint->family == AF_INET)
		return !ipv4_is_zeronet(endpoint->addr.ip) &&
		       !ipv4_is_multicast(endpoint->addr.ip) &&
		       !ipv4_is_lbcast(endpoint->addr.ip);
	type = ipv6_addr_type(&endpoint->addr.in6);
	return (type & IPV6_ADDR_UNICAST) && !(type & IPV6_ADDR_MAPPED);
}

/**
 * weir_addr_is_loopback - whether an address is the host's own everywhere
 * @addr: the address
 * @family: AF_INET or AF_INET6
 *
 * Return: true for 127.0.0.0/8 and ::1, which no packet on a link may carry.
 */
bool weir_addr_is_loopback(const union nf_inet_addr *addr, u8 family)
{
	return family == AF_INET ? ipv4_is_loopback(addr->ip) : ipv6_addr_loopback(&addr->in6);
}

/**
 * weir_addr_is_host_only - whether an address never leaves its host or its link
 * @endpoint: the address; its port does not matter
 *
 * Return: true for loopback and IPv6 link-local addresses, which name no server
 * without naming a device as well.
 */
bool weir_addr_is_host_only(const struct weir_endpoint *endpoint)
{
	return weir_addr_is_loopback(&endpoint->addr, endpoint->family) ||
	       (endpoint->family == AF_INET6 &&
		(ipv6_addr_type(&endpoint->addr.in6) & IPV6_ADDR_LINKLOCAL));
}

/**
 * weir_addr_mask - clears the bits of an address that do not count
 * @addr: the address, of either family
 * @prefix: how many leading bits stay, 0 .. 128
 */
void weir_addr_mask(union nf_inet_addr *addr, u8 prefix)
{
	for (int word = 0; word < ARRAY_SIZE(addr->all); word++) {
		int bits = clamp(prefix - 32 * word, 0, 32);

		addr->all[word] &= (__force __u32)htonl((u32)(~0ULL << (32 - bits)));
	}
}

/**
 * weir_addr_to_sockaddr - an address in the form that %pISpc prints
 * @sockaddr: filled in; large enough for both families
 * @addr: the address
 * @port: the port
 * @family: AF_INET or AF_INET6
 */
void weir_addr_to_sockaddr(struct sockaddr_in6 *sockaddr, const union nf_inet_addr *addr,
			   __be16 port, u8 family)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)sockaddr;

	memset(sockaddr, 0, sizeof(*sockaddr));
	sockaddr->sin6_family = family;
	sockaddr->sin6_port = port;
	if (family == AF_INET)
		v4->sin_addr = addr->in;
	else
		sockaddr->sin6_addr = addr->in6;
}
