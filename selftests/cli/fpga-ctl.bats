#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# fpga-ctl where there is no card: on any machine, with any rights.

bats_require_minimum_version 1.5.0
load terminal

commands="list info read write dma irq fact reset bench watch selftest"

# usage_error ARGUMENT...: exits with 2, one message with advice, nothing on standard output
usage_error() {
	run --separate-stderr -2 fpga-ctl "$@"
	[ -z "$output" ]
	[[ $stderr == "fpga-ctl: "*--help* ]]
}

without_cards() {
	[ -d /sys/bus/pci/devices ] || skip "this machine has no PCI bus"
	! grep -qsiE 'PCI_ID=1234:(F96A|11E8)' /sys/bus/pci/devices/*/uevent ||
		skip "this machine has a card"
}

@test "fpga-ctl --version names program, package and version" {
	run -0 fpga-ctl --version
	[[ $output =~ ^fpga-ctl\ \(fpga-pci\)\ [0-9]+\.[0-9]+\.[0-9]+ ]]
}

@test "fpga-ctl --help names every command and every exit status" {
	run -0 fpga-ctl --help
	for command in $commands; do
		grep -qE "^  $command " <<<"$output"
	done
	for status in 0 1 2 3; do
		grep -qE "(^| )$status " <<<"$output"
	done
}

@test "each help text fits a terminal of 24 lines and 80 columns" {
	for command in "" $commands; do
		# shellcheck disable=SC2086 # no word where there is no command
		help_fits_terminal fpga-ctl $command
	done
}

@test "help wins over what else is on the line" {
	run -0 fpga-ctl dma --len 5 --help
	[[ ${lines[0]} == "Usage: fpga-ctl dma "* ]]
}

@test "no command is a usage error" {
	usage_error
}

@test "an unknown command is a usage error that names the nearest one" {
	usage_error selftset
	[[ $stderr == *"did you mean 'selftest'"* ]]
}

@test "an unknown option is a usage error that names it" {
	usage_error --colour
	[[ $stderr == *--colour* ]]
	for command in $commands; do
		usage_error "$command" --colour
		[[ $stderr == *"'--colour'"* ]]
		usage_error "$command" -Z
		[[ $stderr == *"'-Z'"* ]]
	done
	# not the word before it
	usage_error --json -Zj list
	[[ $stderr == *"'-Z'"* ]]
}

@test "an option without its value is a usage error" {
	usage_error dma --len
	[[ $stderr == *"'--len' needs a value"* ]]
	usage_error dma -l
	usage_error dma --verify=yes
	[[ $stderr == *"'--verify=yes' takes no value"* ]]
}

@test "what was probably meant by an option is said" {
	usage_error --devce fpga0 list
	[[ $stderr == *"did you mean '--device'?"* ]]
	usage_error dma --ln 4096
	[[ $stderr == *"did you mean '--len'?"* ]]
	usage_error --device
	[[ $stderr == *"'--device' needs a value"* ]]
}

@test "too many words are a usage error" {
	for command in list info dma reset watch selftest; do
		usage_error "$command" word
		[[ $stderr == *"'word'"* ]]
	done
	usage_error fact 1 2
	usage_error write SCRATCH
	usage_error write SCRATCH 1 2
}

@test "sizes that are none are refused" {
	for size in 0 -1 4X 4kb 1.5K "" 99999999999999999999 20000000T; do
		usage_error dma --len "$size"
		usage_error dma --block "$size"
	done
	usage_error dma --block 2G
	usage_error bench --size 4K,,8K
}

@test "times that are none are refused" {
	for time in 0 -1 1x "" 601 11m; do
		usage_error dma --timeout "$time"
		usage_error fact --timeout "$time" 3
	done
}

@test "numbers that are out of range are refused" {
	usage_error fact 4294967296
	usage_error fact -- -1
	usage_error fact ten
	usage_error irq raise --causes 0
	usage_error irq raise --causes 0x10000
	usage_error dma --loops 0
	usage_error read --width 3 ID
	usage_error read --count 0 ID
	usage_error write SCRATCH 0x10000000000000000
}

@test "patterns that are none are refused, and the names listed" {
	for pattern in "" abc 0x0 random:x Random; do
		usage_error dma --pattern "$pattern"
		[[ $stderr == *"walking"* ]]
	done
}

@test "dma options that contradict each other are refused" {
	usage_error dma --from /dev/null --pattern ones
	usage_error dma --from /dev/null --direction from-card
	usage_error dma --to /dev/null --direction to-card
	usage_error dma --to /dev/null --loops 2
	usage_error dma --to - --json
	usage_error dma --direction sideways
	usage_error dma --direction from-card --verify
	usage_error dma --direction from-card --verify --pattern random
}

@test "irq options belong to their actions" {
	usage_error irq
	usage_error irq rise
	usage_error irq count --count 2
	usage_error irq count --since 2
	usage_error irq wait --causes 2
	usage_error irq wait --causes 1
	usage_error irq wait --no-wait
}

@test "read wants registers, or all, or names" {
	usage_error read
	usage_error read --all ID
	usage_error read --all --names
	usage_error read --all --width 2
}

@test "a selector of no known form is refused" {
	for selector in "" 01:01 1234: "fpga 0" 0000:01:01.8; do
		usage_error --device "$selector" dma
		[[ $stderr == *"01:01.0"* ]]
	done
}

@test "without a card every command exits with 3 and says what is missing" {
	without_cards
	for command in list info "read ID" "write SCRATCH 1" dma "irq count" "fact 3" reset bench \
		watch selftest; do
		run --separate-stderr -3 fpga-ctl $command
		[ -z "$output" ]
		[[ $stderr == *"1234:f96a"*"-device edu"* ]]
	done
}

@test "without a card a selector makes no difference" {
	without_cards
	run --separate-stderr -3 fpga-ctl --device fpga0 dma
	run --separate-stderr -3 fpga-ctl dma --device 1234:11e8
}

@test "closed standard descriptors stay closed: output is an error, and nothing else is opened there" {
	run --separate-stderr bash -c "fpga-ctl --help >&-"
	[ "$status" = 3 ]
	[[ $stderr == *"standard output: Bad file descriptor"* ]]
	run bash -c "fpga-ctl --help <&- 2>&-"
	[ "$status" = 0 ]
	[[ $output == Usage:* ]]
}

@test "output that cannot be written is an error" {
	[ -c /dev/full ] || skip "there is no /dev/full"
	run --separate-stderr bash -c "fpga-ctl --help >/dev/full"
	[ "$status" != 0 ]
	[[ $stderr == *"standard output"* ]]
}
