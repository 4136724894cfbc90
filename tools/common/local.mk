# SPDX-License-Identifier: GPL-2.0-or-later
# What the tools share.  Included by the top Makefile.am; paths are from the top.
noinst_LIBRARIES += libtoolscommon.a
libtoolscommon_a_SOURCES = \
	tools/common/alloc.c \
	tools/common/alloc.h \
	tools/common/arena.c \
	tools/common/arena.h \
	tools/common/descriptors.c \
	tools/common/descriptors.h \
	tools/common/die.c \
	tools/common/die.h \
	tools/common/hash.h \
	tools/common/json.c \
	tools/common/json.h \
	tools/common/markup.c \
	tools/common/markup.h \
	tools/common/nearest.c \
	tools/common/nearest.h \
	tools/common/numbers.c \
	tools/common/numbers.h \
	tools/common/options.c \
	tools/common/options.h \
	tools/common/terminal.c \
	tools/common/terminal.h \
	tools/common/utf8.c \
	tools/common/utf8.h \
	tools/common/workers.c \
	tools/common/workers.h \
	tools/common/wrap.c \
	tools/common/wrap.h
libtoolscommon_a_CPPFLAGS = $(AM_CPPFLAGS) $(JSON_C_CFLAGS)
