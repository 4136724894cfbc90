# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For the tests of both tools: what a terminal of 24 lines and 80 columns can show.

# help_fits_terminal COMMAND...: the help text ends with a newline and leaves a line for the prompt.
# Counted in a file: releases of bats disagree about a trailing empty line in ${lines[@]}.
help_fits_terminal() {
	local help=$BATS_TEST_TMPDIR/help
	"$@" --help >"$help"
	[ "$(wc -l <"$help")" -le 23 ]
	[ -z "$(tail -c 1 "$help")" ]
	[ "$(grep -cE '.{81}' "$help")" = 0 ]
	grep -q "^Usage: $1 " "$help"
}
