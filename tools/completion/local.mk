# SPDX-License-Identifier: GPL-2.0-or-later
# Included by the top Makefile.am; paths are from the top.
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = tools/completion/fpga-ctl tools/completion/pciaddr-check
