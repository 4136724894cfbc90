# SPDX-License-Identifier: GPL-2.0-or-later
# Included by the top Makefile.am; paths are from the top.
bin_PROGRAMS += pciaddr-check
noinst_LIBRARIES += libpciaddr.a

# Everything but main(), for the unit tests too
libpciaddr_a_SOURCES = \
	tools/pciaddr/arena.c \
	tools/pciaddr/arena.h \
	tools/pciaddr/capture.c \
	tools/pciaddr/check-bars.c \
	tools/pciaddr/check-bridges.c \
	tools/pciaddr/check-claims.c \
	tools/pciaddr/check-kernel.c \
	tools/pciaddr/check-overlap.c \
	tools/pciaddr/check-usable.c \
	tools/pciaddr/checks.c \
	tools/pciaddr/checks.h \
	tools/pciaddr/claims.h \
	tools/pciaddr/config-bars.c \
	tools/pciaddr/config-bridge.c \
	tools/pciaddr/config-capabilities.c \
	tools/pciaddr/config-decode.c \
	tools/pciaddr/config-decode.h \
	tools/pciaddr/config-ea.c \
	tools/pciaddr/configspace.c \
	tools/pciaddr/configspace.h \
	tools/pciaddr/draw-boxes.c \
	tools/pciaddr/draw-dot.c \
	tools/pciaddr/draw-layout.c \
	tools/pciaddr/draw-svg.c \
	tools/pciaddr/draw.c \
	tools/pciaddr/draw.h \
	tools/pciaddr/dump-details.c \
	tools/pciaddr/dump-reader.c \
	tools/pciaddr/dump-reader.h \
	tools/pciaddr/dump-rows.c \
	tools/pciaddr/expect.c \
	tools/pciaddr/expect.h \
	tools/pciaddr/intervals.c \
	tools/pciaddr/intervals.h \
	tools/pciaddr/map.c \
	tools/pciaddr/markup.c \
	tools/pciaddr/markup.h \
	tools/pciaddr/marks.c \
	tools/pciaddr/marks.h \
	tools/pciaddr/model.c \
	tools/pciaddr/model.h \
	tools/pciaddr/names.c \
	tools/pciaddr/names.h \
	tools/pciaddr/options.c \
	tools/pciaddr/options.h \
	tools/pciaddr/output-json.c \
	tools/pciaddr/output-junit.c \
	tools/pciaddr/output-prometheus.c \
	tools/pciaddr/output-tap.c \
	tools/pciaddr/output-text.c \
	tools/pciaddr/output.c \
	tools/pciaddr/output.h \
	tools/pciaddr/pcispec.h \
	tools/pciaddr/resources.c \
	tools/pciaddr/resources.h \
	tools/pciaddr/results.c \
	tools/pciaddr/results.h \
	tools/pciaddr/run.c \
	tools/pciaddr/run.h \
	tools/pciaddr/selector.c \
	tools/pciaddr/selector.h \
	tools/pciaddr/source-dump.c \
	tools/pciaddr/source-live.c \
	tools/pciaddr/source-sysfs.c \
	tools/pciaddr/sources.c \
	tools/pciaddr/sources.h \
	tools/pciaddr/spec-match-bar.c \
	tools/pciaddr/spec-match-bridge.c \
	tools/pciaddr/spec-match-device.c \
	tools/pciaddr/spec-match-range.c \
	tools/pciaddr/spec-match-rules.c \
	tools/pciaddr/spec-match.c \
	tools/pciaddr/spec-match.h \
	tools/pciaddr/spec-model.h \
	tools/pciaddr/spec-read-address.c \
	tools/pciaddr/spec-read-entry.c \
	tools/pciaddr/spec-read-features.c \
	tools/pciaddr/spec-read.c \
	tools/pciaddr/spec-read.h \
	tools/pciaddr/spec-yaml.c \
	tools/pciaddr/spec-yaml.h \
	tools/pciaddr/spec.h \
	tools/pciaddr/sysfs.c \
	tools/pciaddr/sysfs.h \
	tools/pciaddr/terminal.c \
	tools/pciaddr/terminal.h \
	tools/pciaddr/textfile.c \
	tools/pciaddr/textfile.h \
	tools/pciaddr/topology.c \
	tools/pciaddr/topology.h \
	tools/pciaddr/tree.c \
	tools/pciaddr/views.c \
	tools/pciaddr/views.h \
	tools/pciaddr/workers.c \
	tools/pciaddr/workers.h
libpciaddr_a_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPCI_CFLAGS) $(LIBFYAML_CFLAGS) $(JSON_C_CFLAGS)

pciaddr_check_SOURCES = tools/pciaddr-check.c
pciaddr_libs = libpciaddr.a libtoolscommon.a $(LIBPCI_LIBS) $(LIBFYAML_LIBS) $(JSON_C_LIBS) \
	-lpthread -lm
pciaddr_check_LDADD = $(pciaddr_libs)

dist_man_MANS += docs/pciaddr-check.1 docs/pciaddr-spec.5
