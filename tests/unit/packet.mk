# SPDX-License-Identifier: GPL-2.0-only
UNIT_TESTS += packet_test

packet_test_SOURCES := packet_test.c ../../kmod/packet.c
packet_test_CPPFLAGS := $(KERNEL_CPPFLAGS) -D__percpu=
