# SPDX-License-Identifier: GPL-2.0-only
UNIT_TESTS += sip_test

sip_test_SOURCES := sip_test.c ../../kmod/sip.c
sip_test_CPPFLAGS := $(KERNEL_CPPFLAGS)
