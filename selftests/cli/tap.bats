#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# scripts/lib/tap.awk, by which scripts/check counts: nothing that went wrong is overlooked.

bats_require_minimum_version 1.5.0

awk_file=$BATS_TEST_DIRNAME/../../scripts/lib/tap.awk

# stream LINE...
stream() {
	printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/tap"
}

# counts PASSED FAILED SKIPPED: what the stream amounts to; $output is what is shown of it
counts() {
	run -0 awk -v suite=some -v counts="$BATS_TEST_TMPDIR/counts" -f "$awk_file" \
		"$BATS_TEST_TMPDIR/tap"
	echo "$(cat "$BATS_TEST_TMPDIR/counts") instead of $*: $output"
	[ "$(cat "$BATS_TEST_TMPDIR/counts")" = "$*" ]
}

@test "a stream that keeps its plan passes, and shows nothing" {
	stream 'TAP version 13' 1..2 'ok 1 - one' 'ok 2 - two'
	counts 2 0 0
	[ -z "$output" ]
	stream 1..1 ok
	counts 1 0 0
}

@test "a plan may stand behind its tests" {
	stream 'ok 1' 'ok 2' 1..2
	counts 2 0 0
	stream 'ok 1' 'ok 2' 1..3
	counts 2 1 0
	[[ $output == *"planned 3 tests, saw 2"* ]]
}

@test "what fails is shown with its diagnostics, and nobody else's" {
	stream 1..3 'ok 1' '# of the first' 'not ok 2 - two' '# why' '  # more' noise 'ok 3' \
		'# of the third'
	counts 2 1 0
	[ "$output" = $'not ok 2 - two\n# why\n  # more' ]
}

@test "a program that dies half-way fails" {
	stream 1..3 'ok 1' 'ok 2'
	counts 2 1 0
	[[ $output == "not ok - some: planned 3 tests, saw 2" ]]
	stream 'ok 1' 'ok 2'
	counts 2 1 0
	[[ $output == *"2 tests and no plan"* ]]
	stream 'TAP version 13' 1..4
	counts 0 1 0
}

@test "more tests than planned fail" {
	stream 1..1 'ok 1' 'ok 2'
	counts 2 1 0
	stream 'ok 1' 1..1 'ok 2'
	counts 2 1 0
	stream 1..0 'ok 1'
	counts 1 1 0
}

@test "no test at all is a failure" {
	: >"$BATS_TEST_TMPDIR/tap"
	counts 0 1 0
	[[ $output == *"no test at all"* ]]
	stream 1..0
	counts 0 1 0
	stream 'make: *** [all] Error 2' okay 'not okay'
	counts 0 1 0
}

@test "a plan that is none does not count as one" {
	stream 1..x 'ok 1'
	counts 1 1 0
	stream 2..3 'ok 1'
	counts 1 1 0
	stream 1..1x 'ok 1'
	counts 1 1 0
	stream ' 1..1' 'ok 1'
	counts 1 1 0
}

@test "several streams, one after the other, each with a plan of its own" {
	stream 1..1 'ok 1' 1..2 'ok 1' 'ok 2'
	counts 3 0 0
	stream 'TAP version 13' 'ok 1' 1..1 'TAP version 13' 'ok 1' 1..1
	counts 2 0 0
	# the first dies, and the second does not make up for it
	stream 1..2 'ok 1' 'TAP version 13' 1..1 'ok 1'
	counts 2 1 0
	stream 1..2 'ok 1' 1..1 'ok 1'
	counts 2 1 0
	stream 'ok 1' 'TAP version 13' 1..1 'ok 1'
	counts 2 1 0
}

@test "skipped tests are counted apart, and shown" {
	stream 1..3 'ok 1 - a # SKIP no disk' 'ok 2 # skip' 'ok 3'
	counts 1 0 2
	[ "$output" = $'ok 1 - a # SKIP no disk\nok 2 # skip' ]
	stream '1..0 # SKIP needs a card'
	counts 0 0 1
	[ "$output" = '1..0 # SKIP needs a card' ]
	# one that fails is not skipped
	stream 1..1 'not ok 1 # SKIP'
	counts 0 1 0
}

@test "subtests belong to their test" {
	stream 1..2 '# Subtest: a' '    ok 1 - inner' '    not ok 2 - inner' '    1..2' \
		'not ok 1 - a' '    1..1' '    ok 1 - inner' 'ok 2 - b'
	counts 1 1 0
	stream 1..1 '# ok 1 inner' '# 1..7' 'ok 1'
	counts 1 0 0
}

@test "a bail out is a failure" {
	stream 1..1 'ok 1' 'Bail out! no memory'
	counts 1 1 0
	[ "$output" = 'Bail out! no memory' ]
	stream 'Bail out!'
	counts 0 1 0
}

@test "a terminal's line ends make no difference" {
	stream $'1..2\r' $'ok 1\r' $'not ok 2\r'
	counts 1 1 0
}
