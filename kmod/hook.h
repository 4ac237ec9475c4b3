/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where packets enter: netfilter's hooks.
 */
#ifndef WEIR_HOOK_H
#define WEIR_HOOK_H

struct net;

int weir_hooks_register(struct net *net);
void weir_hooks_unregister(struct net *net);

#endif
