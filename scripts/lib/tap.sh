# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Test results in TAP (Test Anything Protocol 13) from shell scripts.

tap_count=0
tap_failed=0

# tap_ok NAME / tap_not_ok NAME [DIAGNOSTICS] / tap_skip NAME REASON
tap_ok() {
	echo "ok $((++tap_count)) - $1"
}

tap_not_ok() {
	echo "not ok $((++tap_count)) - $1"
	[ $# -lt 2 ] || sed 's/^/# /' <<<"$2"
	tap_failed=1
}

tap_skip() {
	echo "ok $((++tap_count)) - $1 # SKIP $2"
}

# tap_run NAME COMMAND...: passes when the command does; shows the end of its output if not
tap_run() {
	local name=$1 out
	shift
	if out=$("$@" 2>&1); then
		tap_ok "$name"
	else
		tap_not_ok "$name" "status $? from: $*
$(tail -n 40 <<<"$out")"
	fi
}

# tap_done: the plan, and the status of the whole
tap_done() {
	echo "1..$tap_count"
	return "$tap_failed"
}
