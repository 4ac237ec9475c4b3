/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where packets enter: netfilter's hooks.
 */
#ifndef WEIR_HOOK_H
#define WEIR_HOOK_H

#include <linux/netfilter.h>

struct weir_net;

extern const struct nf_hook_ops weir_hook_ingress_ops;

int weir_hooks_register(struct weir_net *wn);
void weir_hooks_unregister(struct weir_net *wn);

#endif
