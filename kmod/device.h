/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The devices at whose ingress packets are met, followed as they come and go.
 */
#ifndef WEIR_DEVICE_H
#define WEIR_DEVICE_H

struct net;

int weir_devices_init(void);
void weir_devices_exit(void);
int weir_devices_open(struct net *net);
void weir_devices_close(struct net *net);

#endif
