# SPDX-License-Identifier: GPL-2.0-or-later
# Included by the top Makefile.am; paths are from the top.
bashcompletiondir = $(datadir)/bash-completion/completions
bashcompletion_DATA = tools/completion/fpga-ctl tools/completion/pciaddr-check
zshcompletiondir = $(datadir)/zsh/site-functions
zshcompletion_DATA = tools/completion/_fpga-ctl tools/completion/_pciaddr-check
fishcompletiondir = $(datadir)/fish/vendor_completions.d
fishcompletion_DATA = tools/completion/fpga-ctl.fish tools/completion/pciaddr-check.fish

completion = $(srcdir)/tools/completion
pciaddr_check_completion = $(completion)/make-completion $(completion)/pciaddr-check.options
fpga_ctl_completion = $(completion)/make-command-completion $(completion)/fpga-ctl.options
EXTRA_DIST += tools/completion/make-completion tools/completion/make-command-completion \
	tools/completion/pciaddr-check.options tools/completion/pciaddr-check.bash.in \
	tools/completion/fpga-ctl.options tools/completion/fpga-ctl.bash.in
CLEANFILES += $(bashcompletion_DATA) $(zshcompletion_DATA) $(fishcompletion_DATA)

tools/completion/pciaddr-check: $(pciaddr_check_completion) $(completion)/pciaddr-check.bash.in
	$(AM_V_GEN)$(MKDIR_P) tools/completion && $(completion)/make-completion bash \
		$(completion)/pciaddr-check.options $(completion)/pciaddr-check.bash.in >$@.tmp && mv $@.tmp $@
tools/completion/_pciaddr-check: $(pciaddr_check_completion)
	$(AM_V_GEN)$(MKDIR_P) tools/completion && $(completion)/make-completion zsh \
		$(completion)/pciaddr-check.options >$@.tmp && mv $@.tmp $@
tools/completion/pciaddr-check.fish: $(pciaddr_check_completion)
	$(AM_V_GEN)$(MKDIR_P) tools/completion && $(completion)/make-completion fish \
		$(completion)/pciaddr-check.options >$@.tmp && mv $@.tmp $@
tools/completion/fpga-ctl: $(fpga_ctl_completion) $(completion)/fpga-ctl.bash.in
	$(AM_V_GEN)$(MKDIR_P) tools/completion && $(completion)/make-command-completion bash \
		$(completion)/fpga-ctl.options $(completion)/fpga-ctl.bash.in >$@.tmp && mv $@.tmp $@
tools/completion/_fpga-ctl: $(fpga_ctl_completion)
	$(AM_V_GEN)$(MKDIR_P) tools/completion && $(completion)/make-command-completion zsh \
		$(completion)/fpga-ctl.options >$@.tmp && mv $@.tmp $@
tools/completion/fpga-ctl.fish: $(fpga_ctl_completion)
	$(AM_V_GEN)$(MKDIR_P) tools/completion && $(completion)/make-command-completion fish \
		$(completion)/fpga-ctl.options >$@.tmp && mv $@.tmp $@
