# SPDX-License-Identifier: GPL-2.0-or-later
# Reads one suite's TAP stream (or several, one after the other), shows what
# failed or was skipped, and writes "passed failed skipped" to the file named by
# -v counts=FILE. A plan that is not kept counts as a failure: a test program
# that dies half-way must not pass.

function close_stream() {
	if (plan >= 0 && seen != plan) {
		printf "not ok - %s: planned %d tests, saw %d\n", suite, plan, seen
		failed++
	} else if (plan < 0 && seen > 0) {
		printf "not ok - %s: %d tests and no plan: it did not end\n", suite, seen
		failed++
	}
	plan = -1
	seen = 0
}

BEGIN { plan = -1; seen = passed = failed = skipped = 0 }

{ sub(/\r$/, "") }

/^TAP version/ { close_stream(); next }

/^1\.\.[0-9]+/ {
	# A plan stands before its tests or behind them.
	if (plan >= 0)
		close_stream()
	behind = seen > 0
	split($1, range, /\.\./)
	plan = range[2]
	if (plan == 0 && /# *[Ss][Kk][Ii][Pp]/) {
		print
		skipped++
	}
	if (behind)
		close_stream()
	next
}

/^ok([ \t]|$)/ {
	seen++
	if (/# *[Ss][Kk][Ii][Pp]/) {
		skipped++
		print
	} else {
		passed++
	}
	failing = 0
	next
}

/^not ok([ \t]|$)/ {
	seen++
	failed++
	failing = 1
	print
	next
}

/^Bail out!/ { failed++; print; next }

# A failed test's diagnostics belong to it.
failing && /^[ \t]*#/ { print }

END {
	close_stream()
	if (passed + failed + skipped == 0) {
		printf "not ok - %s: it reported no test at all\n", suite
		failed++
	}
	printf "%d %d %d\n", passed, failed, skipped > counts
}
