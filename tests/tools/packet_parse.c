// SPDX-License-Identifier: GPL-2.0
/*
 * Describes captured packets in words, so that a scenario can ask for those
 * that matter to it:
 *
 *	tcp src=A sport=N dst=A dport=N flags=APRSF ttl=N size=N payload=N data=H sums=S
 *	udp src=A sport=N dst=A dport=N ttl=N size=N payload=N data=H sums=S
 *	sctp src=A sport=N dst=A dport=N ttl=N vtag=N chunks=NAME+NAME size=N sums=S
 *	esp|ah src=A dst=A ttl=N spi=N size=N sums=S
 *	icmp src=A dst=A type=N code=N rest=N ttl=N size=N sums=S
 *		quoted=udp qsrc=A qsport=N qdst=A qdport=N qttl=N qbytes=N qsums=S
 *	other src=A dst=A protocol=N
 *
 * (flags in that order) and options=N (bytes) or ext=N (IPv6 extension headers), df, fragment=OFFSET,
 * more (fragments to come). size is that of the IP packet, data a number made
 * of the payload's bytes, qbytes what is left of the quoted packet's transport
 * part. sums is "ok" if every checksum there is is right; "partial" if the
 * transport sum is left to the hardware and what stands there is right;
 * "zero" for UDP without one; else "bad-ip", "bad-l4" or "bad-partial". qsums
 * is the same for what is quoted, or "cut" if too little is there to say.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "packet.h"

/* A packet taken apart; offsets from its network header. */
struct parsed {
	const uint8_t *l3;
	size_t len;		/* of what is there */
	size_t total;		/* of what the header says */
	int family;
	uint8_t protocol;
	size_t l4;
	unsigned int options;
	unsigned int extensions;
	unsigned int offset;	/* of a fragment */
	bool more;
};

static char *line_end;

static void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	line_end += vsprintf(line_end, format, args);
	va_end(args);
}

static unsigned int get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static unsigned int get32(const uint8_t *at)
{
	return (unsigned int)get16(at) << 16 | get16(at + 2);
}

static bool parse_ipv4(struct parsed *p)
{
	unsigned int header = (p->l3[0] & 15) * 4;
	unsigned int fragment;

	if (p->len < 20 || header < 20 || p->len < header)
		return false;
	fragment = get16(p->l3 + 6);
	p->family = AF_INET;
	p->total = get16(p->l3 + 2);
	p->protocol = p->l3[9];
	p->l4 = header;
	p->options = header - 20;
	p->offset = (fragment & 0x1fff) * 8;
	p->more = fragment & 0x2000;
	return true;
}

static bool parse_ipv6(struct parsed *p)
{
	if (p->len < 40)
		return false;
	p->family = AF_INET6;
	p->total = 40 + get16(p->l3 + 4);
	p->protocol = p->l3[6];
	p->l4 = 40;
	for (;;) {
		const uint8_t *ext = p->l3 + p->l4;
		size_t len;

		switch (p->protocol) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_DSTOPTS:
		case IPPROTO_ROUTING:
			len = 8 + (p->l4 + 2 <= p->len ? ext[1] * 8 : 0);
			break;
		case IPPROTO_FRAGMENT:
			len = 8;
			break;
		default:
			return true;
		}
		if (p->l4 + len > p->len)
			return false;
		if (p->protocol == IPPROTO_FRAGMENT) {
			p->offset = get16(ext + 2) & 0xfff8;
			p->more = ext[3] & 1;
		}
		p->protocol = ext[0];
		p->l4 += len;
		p->extensions++;
		if (p->offset)
			return true;
	}
}

static bool parse(struct parsed *p, const uint8_t *l3, size_t len)
{
	*p = (struct parsed){ .l3 = l3, .len = len };
	if (!len || (l3[0] >> 4 == 4 ? !parse_ipv4(p) : !parse_ipv6(p)))
		return false;
	/* A super-packet's length field may be too small to say it. */
	if (p->total && p->total < p->len)
		p->len = p->total;
	return p->l4 <= p->len;
}

static bool is_icmp(const struct parsed *p)
{
	return p->protocol == (p->family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6);
}

static bool has_ports(const struct parsed *p)
{
	return (p->protocol == IPPROTO_TCP || p->protocol == IPPROTO_UDP ||
		p->protocol == IPPROTO_SCTP) && !p->offset;
}

/* What the transport header's checksum field says, and whether that is right. */
static const char *transport_sums(const struct parsed *p, enum capture_sum summed)
{
	const uint8_t *l4 = p->l3 + p->l4;
	size_t len = p->len - p->l4;
	size_t field = p->protocol == IPPROTO_TCP ? 16 : p->protocol == IPPROTO_UDP ? 6 : 2;
	uint32_t pseudo = 0;
	uint16_t left;

	if (len < (p->protocol == IPPROTO_SCTP ? 12 : field + 2))
		return "cut";
	if (p->offset || p->more)
		return "ok";
	if (p->protocol == IPPROTO_SCTP && summed == CAPTURE_PARTIAL)
		return "partial";
	if (p->protocol == IPPROTO_SCTP)
		return sctp_sum_is_right(l4, len) ? "ok" : "bad-l4";
	if (p->protocol == IPPROTO_UDP && !get16(l4 + field))
		return "zero";
	if (p->protocol != IPPROTO_ICMP)
		pseudo = sum_pseudo(p->l3, p->protocol, len);
	if (summed == CAPTURE_PARTIAL) {
		left = ~sum_finish(pseudo);
		return get16(l4 + field) == left ? "partial" : "bad-partial";
	}
	return sum_finish(sum_add(pseudo, l4, len)) ? "bad-l4" : "ok";
}

static const char *sums(const struct parsed *p, enum capture_sum summed)
{
	if (p->family == AF_INET && sum_finish(sum_add(0, p->l3, p->l4)))
		return "bad-ip";
	if (!has_ports(p) && !is_icmp(p))
		return "ok";
	return transport_sums(p, summed);
}

/* Of a quoted packet only the IPv4 header can be judged unless all of it is there. */
static const char *quoted_sums(const struct parsed *p)
{
	const char *whole = sums(p, CAPTURE_SUMMED);

	if (!strcmp(whole, "bad-ip"))
		return whole;
	return p->len < p->total ? "cut" : whole;
}

static void say_flags(uint8_t flags)
{
	static const char names[] = "FSRPA";

	say(" flags=");
	for (int i = 4; i >= 0; i--)
		if (flags & 1 << i)
			say("%c", names[i]);
}

/* Words about one of the two, each name with @prefix before it. */
static void say_ends(const struct parsed *p, const char *prefix)
{
	unsigned int len = address_len(p->family);
	const uint8_t *src = p->l3 + (p->family == AF_INET ? 12 : 8);
	const uint8_t *l4 = p->l3 + p->l4;
	bool ports = has_ports(p) && p->l4 + 4 <= p->len;

	say(" %ssrc=%s", prefix, address_text(p->family, src));
	if (ports)
		say(" %ssport=%u", prefix, get16(l4));
	say(" %sdst=%s", prefix, address_text(p->family, src + len));
	if (ports)
		say(" %sdport=%u", prefix, get16(l4 + 2));
	say(" %sttl=%u", prefix, p->family == AF_INET ? p->l3[8] : p->l3[7]);
	if (p->options)
		say(" %soptions=%u", prefix, p->options);
	if (p->extensions)
		say(" %sext=%u", prefix, p->extensions);
	if (p->family == AF_INET && p->l3[6] & 0x40)
		say(" %sdf", prefix);
	if (p->offset || p->more)
		say(" %sfragment=%u%s", prefix, p->offset, p->more ? " more" : "");
}

static const char *protocol_name(const struct parsed *p)
{
	if (is_icmp(p))
		return "icmp";
	switch (p->protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_SCTP:
		return "sctp";
	case IPPROTO_AH:
		return "ah";
	case IPPROTO_ESP:
		return "esp";
	}
	return "other";
}

static void say_quoted(const struct parsed *outer)
{
	const uint8_t *l4 = outer->l3 + outer->l4;
	struct parsed quoted;

	if (outer->family == AF_INET ? l4[0] != 3 && l4[0] != 11 && l4[0] != 12 && l4[0] != 4 :
				       l4[0] & 0x80)
		return;
	if (!parse(&quoted, l4 + 8, outer->len - outer->l4 - 8))
		return;
	say(" quoted=%s", protocol_name(&quoted));
	say_ends(&quoted, "q");
	say(" qbytes=%zu qsums=%s", quoted.len - quoted.l4, quoted_sums(&quoted));
}

static void say_payload(const struct parsed *p)
{
	size_t header = p->protocol == IPPROTO_UDP ? 8 : 20;
	uint32_t data = 0;

	if (p->protocol == IPPROTO_TCP && p->l4 + 20 <= p->len)
		header = (p->l3[p->l4 + 12] >> 4) * 4;
	if (p->l4 + header > p->len)
		return;
	for (size_t i = p->l4 + header; i < p->len; i++)
		data = data * 31 + p->l3[i];
	say(" payload=%zu data=%08x", p->len - p->l4 - header, data);
}

bool frame_describe(const uint8_t *frame, size_t len, enum capture_sum summed, char *line)
{
	struct parsed p;
	const uint8_t *l4;

	if (len < ETH_HLEN + 1 ||
	    (get16(frame + 12) != ETH_P_IP && get16(frame + 12) != ETH_P_IPV6) ||
	    !parse(&p, frame + ETH_HLEN, len - ETH_HLEN))
		return false;
	line_end = line;
	l4 = p.l3 + p.l4;
	say("%s", protocol_name(&p));
	say_ends(&p, "");
	if (p.protocol == IPPROTO_TCP && has_ports(&p) && p.l4 + 14 <= p.len)
		say_flags(l4[13]);
	if (p.protocol == IPPROTO_SCTP && has_ports(&p))
		line_end += sctp_describe(line_end, l4, p.len - p.l4);
	else if (has_ports(&p))
		say_payload(&p);
	else if (p.protocol == IPPROTO_ESP && p.l4 + 4 <= p.len)
		say(" spi=%u", get32(l4));
	else if (p.protocol == IPPROTO_AH && p.l4 + 8 <= p.len)
		say(" spi=%u", get32(l4 + 4));
	else if (is_icmp(&p) && p.l4 + 8 <= p.len)
		say(" type=%u code=%u rest=%u", l4[0], l4[1], get32(l4 + 4));
	else
		say(" protocol=%u", p.protocol);
	say(" size=%zu sums=%s", p.len, sums(&p, summed));
	if (is_icmp(&p) && !p.offset && p.l4 + 8 <= p.len)
		say_quoted(&p);
	return true;
}
