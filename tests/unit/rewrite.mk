# SPDX-License-Identifier: GPL-2.0-only
REWRITE_SOURCES := wire.c kstub/kstub.c kstub/skbuff.c ../../kmod/rewrite.c

# The kernel compares int with unsigned, as its skb_tailroom() makes it.
REWRITE_CPPFLAGS := $(KERNEL_CPPFLAGS) -D__percpu= -Wno-sign-compare

UNIT_TESTS += rewrite_test rewrite_payload_test

rewrite_test_SOURCES := rewrite_test.c $(REWRITE_SOURCES)
rewrite_test_CPPFLAGS := $(REWRITE_CPPFLAGS)

rewrite_payload_test_SOURCES := rewrite_payload_test.c $(REWRITE_SOURCES)
rewrite_payload_test_CPPFLAGS := $(REWRITE_CPPFLAGS)
