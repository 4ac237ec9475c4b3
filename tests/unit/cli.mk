# SPDX-License-Identifier: GPL-2.0-only
#
# Files that the command line reads, with all of it but main().

CLI := ../../userspace/cli

UNIT_TESTS += import_test

import_test_SOURCES := import_test.c $(filter-out $(CLI)/main.c,$(wildcard $(CLI)/*.c)) \
		       $(wildcard ../../userspace/lib/*.c)
import_test_CPPFLAGS = $(LIBWEIR_CPPFLAGS) -I$(CLI) $(shell pkg-config --cflags jansson)
import_test_LDLIBS := $(shell pkg-config --libs libnl-genl-3.0 jansson)
