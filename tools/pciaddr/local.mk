# SPDX-License-Identifier: GPL-2.0-or-later
# Included by the top Makefile.am; paths are from the top.
bin_PROGRAMS += pciaddr-check
noinst_LIBRARIES += libpciaddr.a

# Everything but main(), for the unit tests too
libpciaddr_a_SOURCES = \
	tools/pciaddr/check/bars.c \
	tools/pciaddr/check/bridges.c \
	tools/pciaddr/check/catalogue.c \
	tools/pciaddr/check/catalogue.h \
	tools/pciaddr/check/checks.c \
	tools/pciaddr/check/checks.h \
	tools/pciaddr/check/claims.c \
	tools/pciaddr/check/expect.c \
	tools/pciaddr/check/expect.h \
	tools/pciaddr/check/finding-text.c \
	tools/pciaddr/check/finding-text.h \
	tools/pciaddr/check/isa-enable.c \
	tools/pciaddr/check/kernel.c \
	tools/pciaddr/check/location.c \
	tools/pciaddr/check/location.h \
	tools/pciaddr/check/overlap.c \
	tools/pciaddr/check/results.c \
	tools/pciaddr/check/results.h \
	tools/pciaddr/check/source.c \
	tools/pciaddr/check/sriov.c \
	tools/pciaddr/check/usable.c \
	tools/pciaddr/configspace/bars.c \
	tools/pciaddr/configspace/bridge.c \
	tools/pciaddr/configspace/capabilities.c \
	tools/pciaddr/configspace/decode.c \
	tools/pciaddr/configspace/decode.h \
	tools/pciaddr/configspace/enhanced-allocation.c \
	tools/pciaddr/configspace/extended.c \
	tools/pciaddr/configspace/extended.h \
	tools/pciaddr/configspace/read.c \
	tools/pciaddr/configspace/read.h \
	tools/pciaddr/diff/addresses.c \
	tools/pciaddr/diff/changes.c \
	tools/pciaddr/diff/changes.h \
	tools/pciaddr/diff/diff.h \
	tools/pciaddr/diff/match.c \
	tools/pciaddr/diff/match.h \
	tools/pciaddr/diff/pairs.c \
	tools/pciaddr/diff/pairs.h \
	tools/pciaddr/diff/state.c \
	tools/pciaddr/diff/windows.c \
	tools/pciaddr/input/clean.c \
	tools/pciaddr/input/clean.h \
	tools/pciaddr/input/device-tree.c \
	tools/pciaddr/input/device-tree.h \
	tools/pciaddr/input/dump-capabilities.c \
	tools/pciaddr/input/dump-capabilities.h \
	tools/pciaddr/input/dump-details.c \
	tools/pciaddr/input/dump-details.h \
	tools/pciaddr/input/dump-directory.c \
	tools/pciaddr/input/dump-directory.h \
	tools/pciaddr/input/dump-kind.c \
	tools/pciaddr/input/dump-kind.h \
	tools/pciaddr/input/dump-log.c \
	tools/pciaddr/input/dump-log.h \
	tools/pciaddr/input/dump-merge.c \
	tools/pciaddr/input/dump-merge.h \
	tools/pciaddr/input/dump-reader.c \
	tools/pciaddr/input/dump-reader.h \
	tools/pciaddr/input/dump-registers.c \
	tools/pciaddr/input/dump-registers.h \
	tools/pciaddr/input/dump-resources.c \
	tools/pciaddr/input/dump-resources.h \
	tools/pciaddr/input/dump-rows.c \
	tools/pciaddr/input/dump-rows.h \
	tools/pciaddr/input/dump-slots.c \
	tools/pciaddr/input/dump-slots.h \
	tools/pciaddr/input/dump-state.c \
	tools/pciaddr/input/dump-state.h \
	tools/pciaddr/input/dump-words.c \
	tools/pciaddr/input/dump-words.h \
	tools/pciaddr/input/dump.c \
	tools/pciaddr/input/encoding.c \
	tools/pciaddr/input/encoding.h \
	tools/pciaddr/input/host-name.c \
	tools/pciaddr/input/host-name.h \
	tools/pciaddr/input/kernel-log.c \
	tools/pciaddr/input/kernel-log.h \
	tools/pciaddr/input/live.c \
	tools/pciaddr/input/prefix.c \
	tools/pciaddr/input/prefix.h \
	tools/pciaddr/input/proc-resources.c \
	tools/pciaddr/input/proc-resources.h \
	tools/pciaddr/input/source.c \
	tools/pciaddr/input/source.h \
	tools/pciaddr/input/sysfs-files.c \
	tools/pciaddr/input/sysfs-files.h \
	tools/pciaddr/input/sysfs-tree.c \
	tools/pciaddr/input/text-stream.c \
	tools/pciaddr/input/text-stream.h \
	tools/pciaddr/input/textfile.c \
	tools/pciaddr/input/textfile.h \
	tools/pciaddr/input/unpack.c \
	tools/pciaddr/input/unpack.h \
	tools/pciaddr/model/claims.c \
	tools/pciaddr/model/claims.h \
	tools/pciaddr/model/host-windows.c \
	tools/pciaddr/model/host-windows.h \
	tools/pciaddr/model/intervals.c \
	tools/pciaddr/model/intervals.h \
	tools/pciaddr/model/machine.c \
	tools/pciaddr/model/machine.h \
	tools/pciaddr/model/names.c \
	tools/pciaddr/model/names.h \
	tools/pciaddr/model/pcispec.h \
	tools/pciaddr/model/resources.c \
	tools/pciaddr/model/resources.h \
	tools/pciaddr/model/selector.c \
	tools/pciaddr/model/selector.h \
	tools/pciaddr/model/slot.c \
	tools/pciaddr/model/slot.h \
	tools/pciaddr/model/topology.c \
	tools/pciaddr/model/topology.h \
	tools/pciaddr/model/translation.c \
	tools/pciaddr/model/translation.h \
	tools/pciaddr/options.c \
	tools/pciaddr/options.h \
	tools/pciaddr/output/json.c \
	tools/pciaddr/output/junit.c \
	tools/pciaddr/output/output.c \
	tools/pciaddr/output/output.h \
	tools/pciaddr/output/prometheus.c \
	tools/pciaddr/output/tap.c \
	tools/pciaddr/output/text.c \
	tools/pciaddr/run.c \
	tools/pciaddr/run.h \
	tools/pciaddr/spec/capture.c \
	tools/pciaddr/spec/capture.h \
	tools/pciaddr/spec/match-bar.c \
	tools/pciaddr/spec/match-bridge.c \
	tools/pciaddr/spec/match-device.c \
	tools/pciaddr/spec/match-extended.c \
	tools/pciaddr/spec/match-range.c \
	tools/pciaddr/spec/match-range.h \
	tools/pciaddr/spec/match-rules.c \
	tools/pciaddr/spec/match.c \
	tools/pciaddr/spec/match.h \
	tools/pciaddr/spec/model.h \
	tools/pciaddr/spec/read-address.c \
	tools/pciaddr/spec/read-entry.c \
	tools/pciaddr/spec/read-extended.c \
	tools/pciaddr/spec/read-features.c \
	tools/pciaddr/spec/read.c \
	tools/pciaddr/spec/read.h \
	tools/pciaddr/spec/report.c \
	tools/pciaddr/spec/report.h \
	tools/pciaddr/spec/spec.h \
	tools/pciaddr/spec/yaml.c \
	tools/pciaddr/spec/yaml.h \
	tools/pciaddr/view/draw-boxes.c \
	tools/pciaddr/view/draw-dot.c \
	tools/pciaddr/view/draw-layout.c \
	tools/pciaddr/view/draw-svg.c \
	tools/pciaddr/view/draw.c \
	tools/pciaddr/view/draw.h \
	tools/pciaddr/view/map.c \
	tools/pciaddr/view/marks.c \
	tools/pciaddr/view/marks.h \
	tools/pciaddr/view/resources.c \
	tools/pciaddr/view/tree.c \
	tools/pciaddr/view/views.h
libpciaddr_a_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPCI_CFLAGS) $(LIBFYAML_CFLAGS) $(JSON_C_CFLAGS) \
	$(ZLIB_CFLAGS) $(LZMA_CFLAGS) $(ZSTD_CFLAGS)

pciaddr_check_SOURCES = tools/pciaddr-check.c
pciaddr_libs = libpciaddr.a libtoolscommon.a $(LIBPCI_LIBS) $(LIBFYAML_LIBS) $(JSON_C_LIBS) \
	$(ZLIB_LIBS) $(LZMA_LIBS) $(ZSTD_LIBS) \
	-lpthread -lm
pciaddr_check_LDADD = $(pciaddr_libs)

dist_man_MANS += docs/pciaddr-check.1 docs/pciaddr-spec.5
