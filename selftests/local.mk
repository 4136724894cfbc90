# SPDX-License-Identifier: GPL-2.0-or-later
# What "make check" runs: every test speaks TAP. Included by the top Makefile.am; paths are
# from the top. What needs a guest or root is run by scripts/check only.
TEST_EXTENSIONS = .bats
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
BATS_LOG_DRIVER = $(LOG_DRIVER)
BATS_LOG_COMPILER = $(BATS) --tap
# The tools that were just built, not those that are installed
AM_TESTS_ENVIRONMENT = PATH="$(abs_top_builddir):$$PATH"; export PATH;

include $(top_srcdir)/selftests/unit/local.mk
include $(top_srcdir)/selftests/cli/local.mk

# For scripts: the tests' names, one on each line
print-tests:
	@printf '%s\n' $(TESTS)
.PHONY: print-tests
