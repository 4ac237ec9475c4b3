/* SPDX-License-Identifier: GPL-2.0 */
#ifndef WEIR_TESTS_NETNS_H
#define WEIR_TESTS_NETNS_H

/* Moves the process into the network namespace that `ip netns` calls @name; exits on failure. */
void netns_enter(const char *name);

#endif
