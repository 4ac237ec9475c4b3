/* SPDX-License-Identifier: GPL-2.0-only */
/* Host stand-in: the structures are in net/ipv6.h. */
#include <net/ipv6.h>
