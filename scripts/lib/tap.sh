# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Test results in TAP (Test Anything Protocol 13) from shell scripts. Some suites send this
# file to a guest, whose shell may be dash or busybox's.

tap_count=0
tap_failed=0

# tap_ok NAME / tap_not_ok NAME [DIAGNOSTICS] / tap_skip NAME REASON
tap_ok() {
	echo "ok $((tap_count += 1)) - $1"
}

tap_not_ok() {
	echo "not ok $((tap_count += 1)) - $1"
	[ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/# /'
	tap_failed=1
}

tap_skip() {
	echo "ok $((tap_count += 1)) - $1 # SKIP $2"
}

# tap_run NAME COMMAND...: passes when the command does; shows the end of its output if not
tap_run() {
	local name="$1" out
	shift
	if out=$("$@" 2>&1); then
		tap_ok "$name"
	else
		tap_not_ok "$name" "status $? from: $*
$(printf '%s\n' "$out" | tail -n 40)"
	fi
}

# tap_long_only NAME REASON: in scripts/check without --long, one skipped test is all
tap_long_only() {
	[ "${CHECK_LONG:-0}" = 0 ] || return 0
	tap_skip "$1" "$2; scripts/check --long runs it"
	tap_done
	exit
}

# tap_done: the plan, and the status of the whole
tap_done() {
	echo "1..$tap_count"
	return "$tap_failed"
}
