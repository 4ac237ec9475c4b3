# SPDX-License-Identifier: GPL-2.0-only
UNIT_TESTS += mutation_test

mutation_test_SOURCES := mutation_test.c \
			 $(addprefix ../../kmod/,line.c packet.c packet_inner.c sip.c)
mutation_test_CPPFLAGS := $(KERNEL_CPPFLAGS) -D_GNU_SOURCE -D__percpu=
