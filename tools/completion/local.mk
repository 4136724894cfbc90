# SPDX-License-Identifier: GPL-2.0-or-later
# Included by the top Makefile.am; paths are from the top.
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = tools/completion/fpga-ctl
bashcompletion_DATA = tools/completion/pciaddr-check
zshcompletiondir = $(datadir)/zsh/site-functions
zshcompletion_DATA = tools/completion/_pciaddr-check
fishcompletiondir = $(datadir)/fish/vendor_completions.d
fishcompletion_DATA = tools/completion/pciaddr-check.fish

completion_table = $(srcdir)/tools/completion/pciaddr-check.options
make_completion = $(srcdir)/tools/completion/make-completion
completion_sources = $(completion_table) $(make_completion) \
	$(srcdir)/tools/completion/pciaddr-check.bash.in
EXTRA_DIST += tools/completion/pciaddr-check.options tools/completion/make-completion \
	tools/completion/pciaddr-check.bash.in
CLEANFILES += $(bashcompletion_DATA) $(zshcompletion_DATA) $(fishcompletion_DATA)

tools/completion/pciaddr-check: $(completion_sources)
	$(AM_V_GEN)$(MKDIR_P) tools/completion && $(make_completion) bash $(completion_table) \
		$(srcdir)/tools/completion/pciaddr-check.bash.in >$@.tmp && mv $@.tmp $@
tools/completion/_pciaddr-check: $(completion_sources)
	$(AM_V_GEN)$(MKDIR_P) tools/completion && $(make_completion) zsh $(completion_table) \
		>$@.tmp && mv $@.tmp $@
tools/completion/pciaddr-check.fish: $(completion_sources)
	$(AM_V_GEN)$(MKDIR_P) tools/completion && $(make_completion) fish $(completion_table) \
		>$@.tmp && mv $@.tmp $@
