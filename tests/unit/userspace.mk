# SPDX-License-Identifier: GPL-2.0-only
#
# The pure files of libweir: words in and out, attributes in and out.

LIBWEIR := ../../userspace/lib
LIBWEIR_CPPFLAGS := -D_GNU_SOURCE -I$(LIBWEIR) -isystem ../../include/uapi \
		    $(shell pkg-config --cflags libnl-genl-3.0)

UNIT_TESTS += parse_test codec_test

parse_test_SOURCES := parse_test.c $(addprefix $(LIBWEIR)/,parse.c format.c names.c)
parse_test_CPPFLAGS := $(LIBWEIR_CPPFLAGS)

codec_test_SOURCES := codec_test.c $(addprefix $(LIBWEIR)/,codec.c codec_put.c codec_affinity.c error.c names.c)
codec_test_CPPFLAGS := $(LIBWEIR_CPPFLAGS)
codec_test_LDLIBS := $(shell pkg-config --libs libnl-genl-3.0)
