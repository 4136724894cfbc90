# SPDX-License-Identifier: GPL-2.0-or-later
# Included by selftests/local.mk; paths are from the top.
unit_tests = \
	selftests/unit/common-arena \
	selftests/unit/common-json \
	selftests/unit/common-nearest \
	selftests/unit/common-wrap \
	selftests/unit/fpgactl-cards \
	selftests/unit/fpgactl-pattern \
	selftests/unit/fpgactl-regs \
	selftests/unit/fpgactl-units \
	selftests/unit/pciaddr-diff \
	selftests/unit/pciaddr-draw \
	selftests/unit/pciaddr-dump \
	selftests/unit/pciaddr-parse \
	selftests/unit/pciaddr-topology

fpgactl_unit_libs = libfpgactl.a libtoolscommon.a $(CMOCKA_LIBS)

selftests_unit_common_arena_SOURCES = selftests/unit/common-arena.c selftests/unit/unit.h
selftests_unit_common_arena_LDADD = libtoolscommon.a $(CMOCKA_LIBS)
selftests_unit_common_json_SOURCES = selftests/unit/common-json.c selftests/unit/unit.h
selftests_unit_common_json_CPPFLAGS = $(AM_CPPFLAGS) $(JSON_C_CFLAGS)
selftests_unit_common_json_LDADD = libtoolscommon.a $(JSON_C_LIBS) $(CMOCKA_LIBS)
selftests_unit_common_nearest_SOURCES = selftests/unit/common-nearest.c selftests/unit/unit.h
selftests_unit_common_nearest_LDADD = libtoolscommon.a $(CMOCKA_LIBS)
selftests_unit_common_wrap_SOURCES = selftests/unit/common-wrap.c selftests/unit/unit.h
selftests_unit_common_wrap_LDADD = libtoolscommon.a $(CMOCKA_LIBS)
selftests_unit_fpgactl_cards_SOURCES = selftests/unit/fpgactl-cards.c selftests/unit/unit.h
selftests_unit_fpgactl_cards_LDADD = $(fpgactl_unit_libs)
selftests_unit_fpgactl_pattern_SOURCES = selftests/unit/fpgactl-pattern.c selftests/unit/unit.h
selftests_unit_fpgactl_pattern_LDADD = $(fpgactl_unit_libs)
selftests_unit_fpgactl_regs_SOURCES = selftests/unit/fpgactl-regs.c selftests/unit/unit.h
selftests_unit_fpgactl_regs_LDADD = $(fpgactl_unit_libs)
selftests_unit_fpgactl_units_SOURCES = selftests/unit/fpgactl-units.c selftests/unit/unit.h
selftests_unit_fpgactl_units_LDADD = $(fpgactl_unit_libs)

selftests_unit_pciaddr_diff_SOURCES = selftests/unit/pciaddr-diff.c selftests/unit/unit.h
selftests_unit_pciaddr_diff_LDADD = $(pciaddr_libs) $(CMOCKA_LIBS)
selftests_unit_pciaddr_draw_SOURCES = selftests/unit/pciaddr-draw.c selftests/unit/unit.h
selftests_unit_pciaddr_draw_LDADD = $(pciaddr_libs) $(CMOCKA_LIBS)
selftests_unit_pciaddr_dump_SOURCES = selftests/unit/pciaddr-dump.c selftests/unit/unit.h
selftests_unit_pciaddr_dump_LDADD = $(pciaddr_libs) $(CMOCKA_LIBS)
selftests_unit_pciaddr_parse_SOURCES = selftests/unit/pciaddr-parse.c selftests/unit/unit.h
selftests_unit_pciaddr_parse_LDADD = $(pciaddr_libs) $(CMOCKA_LIBS)
selftests_unit_pciaddr_topology_SOURCES = selftests/unit/pciaddr-topology.c selftests/unit/unit.h
selftests_unit_pciaddr_topology_LDADD = $(pciaddr_libs) $(CMOCKA_LIBS)

if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif
