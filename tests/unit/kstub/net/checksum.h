/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in for the kernel's header: RFC 1071 and RFC 1624, as the kernel has them. */
#ifndef KSTUB_NET_CHECKSUM_H
#define KSTUB_NET_CHECKSUM_H

#include <linux/types.h>

#define CSUM_MANGLED_0 ((__sum16)0xffff)

struct sk_buff;

static inline __wsum csum_add(__wsum sum, __wsum addend)
{
	sum += addend;
	return sum + (sum < addend);
}

static inline __wsum csum_sub(__wsum sum, __wsum addend)
{
	return csum_add(sum, ~addend);
}

static inline __wsum csum_unfold(__sum16 sum)
{
	return sum;
}

static inline __sum16 csum_fold(__wsum sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static inline void csum_replace4(__sum16 *check, __be32 from, __be32 to)
{
	*check = csum_fold(csum_add(csum_sub(~csum_unfold(*check), from), to));
}

static inline void csum_replace2(__sum16 *check, __be16 from, __be16 to)
{
	csum_replace4(check, from, to);
}

__wsum csum_partial(const void *bytes, int len, __wsum sum);
__sum16 csum_tcpudp_magic(__be32 saddr, __be32 daddr, u32 len, u8 protocol, __wsum sum);
void inet_proto_csum_replace4(__sum16 *check, struct sk_buff *skb, __be32 from, __be32 to,
			      bool is_pseudo);
void inet_proto_csum_replace16(__sum16 *check, struct sk_buff *skb, const __be32 *from,
			       const __be32 *to, bool is_pseudo);

static inline void inet_proto_csum_replace2(__sum16 *check, struct sk_buff *skb, __be16 from,
					    __be16 to, bool is_pseudo)
{
	inet_proto_csum_replace4(check, skb, from, to, is_pseudo);
}

#endif
