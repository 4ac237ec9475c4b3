# SPDX-License-Identifier: GPL-2.0-only
UNIT_TESTS += line_test line_random_test

line_test_SOURCES := line_test.c ../../kmod/line.c
line_test_CPPFLAGS := $(KERNEL_CPPFLAGS)

line_random_test_SOURCES := line_random_test.c ../../kmod/line.c
line_random_test_CPPFLAGS := $(KERNEL_CPPFLAGS)
