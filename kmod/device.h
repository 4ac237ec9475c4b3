/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The devices at whose ingress packets are met, followed as they come and go.
 */
#ifndef WEIR_DEVICE_H
#define WEIR_DEVICE_H

struct weir_net;

int weir_devices_init(void);
void weir_devices_exit(void);
int weir_devices_open(struct weir_net *wn);
void weir_devices_close(struct weir_net *wn);

#endif
