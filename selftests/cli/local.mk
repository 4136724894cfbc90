# SPDX-License-Identifier: GPL-2.0-or-later
# Included by selftests/local.mk; paths are from the top. guest-*.bats are run in the guest.
cli_tests = \
	selftests/cli/boot.bats \
	selftests/cli/completion.bats \
	selftests/cli/completion-pciaddr-check.bats \
	selftests/cli/documents.bats \
	selftests/cli/fpga-ctl.bats \
	selftests/cli/hooks.bats \
	selftests/cli/links.bats \
	selftests/cli/manuals.bats \
	selftests/cli/pciaddr-check.bats \
	selftests/cli/pciaddr-check-ansible.bats \
	selftests/cli/pciaddr-check-boards.bats \
	selftests/cli/pciaddr-check-corpus.bats \
	selftests/cli/pciaddr-check-diff.bats \
	selftests/cli/pciaddr-check-emit.bats \
	selftests/cli/pciaddr-check-emulate.bats \
	selftests/cli/pciaddr-check-fleet.bats \
	selftests/cli/pciaddr-check-formats.bats \
	selftests/cli/pciaddr-check-forms.bats \
	selftests/cli/pciaddr-check-import.bats \
	selftests/cli/pciaddr-check-log.bats \
	selftests/cli/pciaddr-check-machines.bats \
	selftests/cli/pciaddr-check-old-logs.bats \
	selftests/cli/pciaddr-check-parts.bats \
	selftests/cli/pciaddr-check-posts.bats \
	selftests/cli/pciaddr-check-sources.bats \
	selftests/cli/pciaddr-check-spec.bats \
	selftests/cli/pciaddr-check-text.bats \
	selftests/cli/pciaddr-check-views.bats \
	selftests/cli/sources-pciaddr.bats

EXTRA_DIST += $(cli_tests)

if HAVE_BATS
TESTS += $(cli_tests)
endif
