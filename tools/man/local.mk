# SPDX-License-Identifier: GPL-2.0-or-later
# fpga-ctl(1), which help2man makes of the program's own help. Included by the top
# Makefile.am; paths are from the top.
#
# The page ships in the tarball. So it depends on the sources of the help; the program
# must only be there before it (order-only), or who builds the tarball would need help2man.
# The help's line of exit statuses has a section of its own in the page.
# From a git checkout without help2man, or built for another machine, it is left out.
fpga_ctl_page = tools/man/fpga-ctl.1
page_sources = tools/man/fpga-ctl.h2m tools/man/subcommands.awk
EXTRA_DIST += $(page_sources) $(fpga_ctl_page)
MAINTAINERCLEANFILES = $(fpga_ctl_page)

if INSTALL_FPGA_CTL_PAGE
man_MANS = $(fpga_ctl_page)
endif

$(fpga_ctl_page): $(page_sources) $(fpga_ctl_SOURCES) VERSION | fpga-ctl$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) $(@D)
	$(AM_V_at){ cat $(srcdir)/tools/man/fpga-ctl.h2m && \
		./fpga-ctl --help | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p' | \
		while read -r command; do ./fpga-ctl "$$command" --help || exit; done | \
		$(AWK) -v common='--device --json --help' -f $(srcdir)/tools/man/subcommands.awk; \
		} >$@.include
	$(AM_V_at)$(HELP2MAN) --no-info --section=1 --include=$@.include \
		--name="drive QEMU's emulated PCI cards from the command line" \
		--output=$@.new ./fpga-ctl$(EXEEXT)
	$(AM_V_at)sed '/^\.PP$$/{N;/\nExit status:/d;}' $@.new >$@.include
	$(AM_V_at)mv $@.include $@ && rm -f $@.new
