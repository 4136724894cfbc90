# SPDX-License-Identifier: GPL-2.0-or-later
# Included by the top Makefile.am; paths are from the top.
bin_PROGRAMS += fpga-ctl
noinst_LIBRARIES += libfpgactl.a

# What needs no card, for the unit tests too
libfpgactl_a_SOURCES = \
	tools/fpgactl/card.c \
	tools/fpgactl/card.h \
	tools/fpgactl/factorial.c \
	tools/fpgactl/factorial.h \
	tools/fpgactl/pattern.c \
	tools/fpgactl/pattern.h \
	tools/fpgactl/progress.c \
	tools/fpgactl/progress.h \
	tools/fpgactl/reg_tables.c \
	tools/fpgactl/regs.c \
	tools/fpgactl/regs.h \
	tools/fpgactl/samples.c \
	tools/fpgactl/samples.h \
	tools/fpgactl/stats.c \
	tools/fpgactl/stats.h \
	tools/fpgactl/units.c \
	tools/fpgactl/units.h \
	tools/fpgactl/verify.c \
	tools/fpgactl/verify.h

fpga_ctl_SOURCES = \
	tools/fpga-ctl.c \
	tools/fpgactl/card_message.c \
	tools/fpgactl/card_message.h \
	tools/fpgactl/checks.c \
	tools/fpgactl/checks.h \
	tools/fpgactl/checks_dma.c \
	tools/fpgactl/checks_irq.c \
	tools/fpgactl/checks_other.c \
	tools/fpgactl/checks_registers.c \
	tools/fpgactl/cmd_bench.c \
	tools/fpgactl/cmd_dma.c \
	tools/fpgactl/cmd_fact.c \
	tools/fpgactl/cmd_info.c \
	tools/fpgactl/cmd_irq.c \
	tools/fpgactl/cmd_list.c \
	tools/fpgactl/cmd_read.c \
	tools/fpgactl/cmd_reset.c \
	tools/fpgactl/cmd_selftest.c \
	tools/fpgactl/cmd_watch.c \
	tools/fpgactl/cmd_write.c \
	tools/fpgactl/command.c \
	tools/fpgactl/command.h \
	tools/fpgactl/device.c \
	tools/fpgactl/device.h \
	tools/fpgactl/file_data.c \
	tools/fpgactl/file_data.h \
	tools/fpgactl/interrupt.c \
	tools/fpgactl/interrupt.h \
	tools/fpgactl/json_result.c \
	tools/fpgactl/json_result.h \
	tools/fpgactl/measure.c \
	tools/fpgactl/measure.h \
	tools/fpgactl/register_arg.c \
	tools/fpgactl/register_arg.h \
	tools/fpgactl/select.c \
	tools/fpgactl/select.h \
	tools/fpgactl/transfer.c \
	tools/fpgactl/transfer.h

fpga_ctl_CPPFLAGS = $(AM_CPPFLAGS) $(JSON_C_CFLAGS)
fpga_ctl_LDADD = libfpgactl.a libtoolscommon.a $(JSON_C_LIBS)
