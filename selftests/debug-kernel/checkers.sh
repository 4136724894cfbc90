# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# What the checkers of a debug kernel (scripts/debug-kernel) have to say. Sent, with
# scripts/lib/tap.sh before it, to the machine that runs the kernel.

# After its first report lockdep switches itself off.
locks_are_checked() {
	grep "debug_locks: *1" /proc/lockdep_stats
}

# What was freed just now may still be seen in a register: the second scan counts.
no_leaks() {
	local leaks=/sys/kernel/debug/kmemleak
	echo scan >$leaks && sleep 6 && echo scan >$leaks || return
	cat $leaks
	! grep -q . $leaks
}
