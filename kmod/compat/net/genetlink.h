/* SPDX-License-Identifier: GPL-2.0-only */
/* Goes when the floor is Linux 6.6, which keeps a whole genl_info per dump. */
#ifndef WEIR_COMPAT_NET_GENETLINK_H
#define WEIR_COMPAT_NET_GENETLINK_H

#include <linux/version.h>
#include_next <net/genetlink.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
/* Of a dump's request there are only the attributes, under the same name. */
static inline const struct genl_dumpit_info *genl_info_dump(struct netlink_callback *cb)
{
	return genl_dumpit_info(cb);
}
#endif

#endif
