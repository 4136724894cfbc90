#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check: its command line and what it finds, on any machine.

bats_require_minimum_version 1.5.0
load pciaddr
load terminal

# usage_error TEXT ARGUMENT...: exits with 2, says TEXT, nothing on standard output
usage_error() {
	local text=$1
	shift
	run --separate-stderr -2 pciaddr-check "$@"
	[ -z "$output" ]
	[[ $stderr == "pciaddr-check: "* ]]
	grep -qF -- "$text" <<<"$stderr"
}

@test "pciaddr-check --version names program, package and version" {
	run -0 pciaddr-check --version
	[[ $output =~ ^pciaddr-check\ \(fpga-pci\)\ [0-9]+\.[0-9]+\.[0-9]+ ]]
}

@test "--help names every exit status and fits a terminal of 24 lines and 80 columns" {
	run -0 pciaddr-check --help
	for status in 0 1 2 3; do
		grep -qE "(^| )$status " <<<"$output"
	done
	help_fits_terminal pciaddr-check
}

@test "--list-checks gives each label once, with a severity" {
	run -0 pciaddr-check --list-checks
	[ "${#lines[@]}" -gt 30 ]
	run ! grep -vE '^[a-z-]+ +(low|medium|high|critical) +[^ ]' <<<"$output"
	[ -z "$(awk '{ print $1 }' <<<"$output" | sort | uniq -d)" ]
}

@test "wrong options are usage errors with advice" {
	usage_error "did you mean '--expect'" --expct 0x2000-0x27ff
	usage_error "unexpected argument" something
	usage_error "'--spec' needs a value" --spec
	usage_error "'-s' needs a value" -qs
	usage_error "unknown option '-Z'" -Zq
	usage_error "unknown option '-Z'" --quiet -qZ
	usage_error "'--quiet=3' takes no value" --quiet=3
	usage_error "'--for' is ambiguous" --for
	usage_error "text, json, tap, junit, prometheus, openmetrics or nagios" --format xml
	usage_error "--jobs: '0' is not a number from 1 to 1024" --jobs 0
	usage_error "-j takes no number: it is --json" -j 4 --dump "$GUEST"
	usage_error "--jobs N looks at N machines" -j4 --dump "$GUEST"
	usage_error "did you mean '--json'" --jsn
	usage_error "--color: 'yes' is not auto" --color yes
	usage_error "a range is FIRST-LAST" --expect 0x2000
	usage_error "the range ends before it begins" --expect 0x27ff-0x2000
	usage_error "'-5': no value may be negative" -5
	usage_error "for example 1234:f96a" --expect 0x2000-0x27ff@zz
	usage_error "a slot's bus is 00 to ff" --expect 0x2000-0x27ff@100:01.0
	usage_error "a slot's device is 00 to 1f" --expect 0x2000-0x27ff@01:20.0
	usage_error "a slot's function is 0 to 7" --expect 0x2000-0x27ff@00:04.0/01.8
	usage_error "only one of" --tree --map
	usage_error "--map and --emulate do something else" --map --spec /dev/null
	usage_error "No such file" --dump /nonexistent/dump
	usage_error "No such file" --dump "$GUEST" --ioports /nonexistent/ioports
	usage_error "not a copy of /proc/ioports" --dump "$GUEST" --ioports "$GUEST"
	usage_error "no PCI device in it" --dump /dev/null
	usage_error "no PCI device in it" --sysfs "$BATS_TEST_TMPDIR"
}

@test "the demo's guest passes every check of any machine" {
	run -0 pciaddr-check --dump "$GUEST"
	[[ $output =~ \ 0\ failed,\ 0\ unknown,\ [0-9]+\ not\ run$ ]]
	grep -qE '^ok +bar-in-window' <<<"$output"
	grep -qE '^ok +ioports-claim' <<<"$output"
}

@test "--expect passes where the card is, by range, id, slot, path and keys" {
	for selector in "" @1234:f96a @0000:01:01.0 @01:01.0 @1234:* @00:04.0/01.0 \
		@id=1234:f96a,driver=fpga_pci @slot=*:01:*.*; do
		run -0 pciaddr-check --dump "$GUEST" --expect "0x2000-0x27ff$selector"
		grep -qE '^ok +expect-claim .*used by fpga_pci' <<<"$output"
	done
	run -0 pciaddr-check --dump "$GUEST" --expect 0x2000+0x800
	run -0 pciaddr-check --dump "$GUEST" --expect mem:0xfea00000-0xfeafffff@1234:11e8
}

@test "--expect of another range fails and says where the ports are instead" {
	run -1 pciaddr-check --dump "$GUEST" --expect 0x3000-0x37ff@1234:f96a
	fails_with expect-bar "expected I/O 0x3000-0x37ff" "BAR 0 0x2000-0x27ff" "What to do"
	run -1 pciaddr-check --dump "$GUEST" --expect 0x2000-0x2fff
	fails_with expect-bar "0000:01:01.0"
}

@test "a selector that matches nothing fails" {
	run -1 pciaddr-check --dump "$GUEST" --expect 0x2000-0x27ff@1234:ffff
	fails_with expect-bar "no device is 1234:ffff"
}

@test "--expect without sizes or ioports cannot tell, and is no pass" {
	sed '/^\t/d' "$GUEST" >"$BATS_TEST_TMPDIR/bare"
	run -3 pciaddr-check --dump "$BATS_TEST_TMPDIR/bare" --expect 0x2000-0x27ff
	grep -qE '^unknown +expect-bar .*where it ends is unknown' <<<"$output"
	grep -qE '^unknown +expect-claim' <<<"$output"
	run -0 pciaddr-check --dump "$BATS_TEST_TMPDIR/bare" --ioports "$GUEST.ioports" \
		--expect 0x2000-0x27ff
}

@test "zeroes in /proc/ioports cannot tell, and are no pass" {
	machine zero
	sed -i -E 's/[0-9a-f]{4}-[0-9a-f]{4}/0000-0000/' "$dump.ioports"
	run -3 pciaddr-check --dump "$dump"
	grep -qE '^unknown +ioports-claim .*only zeroes' <<<"$output"
	run -3 pciaddr-check --dump "$dump" --expect 0x2000-0x27ff
	run -0 pciaddr-check --dump "$dump" --allow-unknown
}

@test "a BAR outside its bridge's window fails, with both ranges and where each was read" {
	machine window
	poke 00:04.0 1c 10 10
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-in-window "0000:01:01.0 BAR 0" "BAR 0 0x2000-0x27ff" "register 0x10" \
		"0000:00:04.0 I/O window 0x1000-0x1fff" "register 0x1c" "What to do"
	run -1 pciaddr-check --dump "$dump" --expect 0x2000-0x27ff
	fails_with expect-window "0x1000-0x1fff"
}

@test "a BAR that is partly outside its bridge's window fails" {
	machine partly
	poke 01:01.0 10 01 2c
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-in-window "partly outside" "0x2c00-0x33ff" "0x2000-0x2fff"
	fails_with bar-aligned "size 2 KiB"
}

@test "a window that is closed fails for what is behind it" {
	machine closed
	poke 00:04.0 1c f0 00
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-in-window "I/O window closed"
}

@test "the ISA Enable bit of a bridge is a failure for a BAR that lies in its holes" {
	machine isa
	poke 00:04.0 3e 04 00
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-isa-hole "bridge control 0x0004" "BRIDGE_CONTROL"
	run -1 pciaddr-check --dump "$dump" --expect 0x2000-0x27ff@1234:f96a
	fails_with expect-window "ISA Enable set" "bridge control 0x0004" "BRIDGE_CONTROL"
}

@test "a BAR register that the kernel does not know of fails" {
	machine stale
	poke 01:01.0 10 01 28
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-kernel "register 0x2800" "kernel 0x2000-0x27ff" "error updating"
	machine lost
	poke 01:01.0 10 01 00
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-kernel "lost the address"
}

@test "two devices at the same ports fail" {
	machine twice
	poke 00:01.1 20 01 20
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-overlap "0000:00:01.1 BAR 4 0x2000-0x200f" "0000:01:01.0 BAR 0 0x2000-0x27ff"
	run -1 pciaddr-check --dump "$dump" --expect 0x2000-0x27ff
	fails_with expect-overlap "0000:00:01.1"
}

@test "a BAR in use that the command register does not enable fails" {
	machine decode
	poke 01:01.0 04 06 05
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-decode "fpga_pci uses this I/O BAR" "command 0x0506" "COMMAND=1:1"
}

@test "a bridge that does not forward what is enabled below it fails" {
	machine bridge
	poke 00:04.0 04 02 00
	run -1 pciaddr-check --dump "$dump"
	fails_with bridge-decode "I/O bit is off" "0000:01:01.0"
	fails_with bridge-master "bus master bit is off" "[medium]"
}

@test "bus numbers that are not nested fail" {
	machine buses
	poke 00:04.0 18 00 01 00
	run -1 pciaddr-check --dump "$dump"
	fails_with bus-numbers "subordinate bus is below" "buses 01-00"
	poke 00:04.0 18 05 01 01
	run -1 pciaddr-check --dump "$dump"
	fails_with bus-primary "primary bus 05" "[low]"
	run -0 pciaddr-check --dump "$dump" --severity medium
}

@test "a BAR that /proc/ioports does not have fails and says what is there" {
	machine unclaimed
	sed -i '/0000:01:01.0/d' "$dump.ioports"
	run -1 pciaddr-check --dump "$dump"
	fails_with ioports-claim "does not have this range for 0000:01:01.0"
}

@test "a device that reads all ones fails" {
	machine gone
	ones=$(printf 'ff %.0s' {1..64})
	poke 01:01.0 0 $ones
	# what follows the header still answers: it came back in between
	run -3 pciaddr-check --dump "$dump"
	grep -qE '^unknown +device-present .*woke up or came back' <<<"$output"
	for offset in 40 80 c0; do
		poke 01:01.0 $offset $ones
	done
	run -1 pciaddr-check --dump "$dump"
	fails_with device-present "0000:01:01.0" "does not answer"
}

@test "a dump from standard input is the same as from a file" {
	run -0 pciaddr-check --dump - <"$GUEST"
	grep -qE '^ok +bar-overlap .*\(16\)' <<<"$output"
}

@test "several machines: in order, with a summary, and the worst status that is certain" {
	machine good
	mkdir "$BATS_TEST_TMPDIR/fleet"
	for n in 1 2 3 4 5; do
		cp "$dump" "$BATS_TEST_TMPDIR/fleet/host$n"
		cp "$dump.ioports" "$BATS_TEST_TMPDIR/fleet/host$n.ioports"
		cp "$dump.iomem" "$BATS_TEST_TMPDIR/fleet/host$n.iomem"
	done
	run -0 pciaddr-check --dump "$BATS_TEST_TMPDIR/fleet" --expect 0x2000-0x27ff
	[[ $output == *"5 machines: 5 passed, 0 failed, 0 unknown, 0 unreadable" ]]
	diff <(grep -oE 'host[0-9]: [0-9]+ PCI' <<<"$output") \
		<(printf 'host%d: 11 PCI\n' 1 2 3 4 5)
	: >"$BATS_TEST_TMPDIR/fleet/host0"
	run -2 pciaddr-check --dump "$BATS_TEST_TMPDIR/fleet" --expect 0x2000-0x27ff
	[[ $output == *"1 unreadable"* ]]
	dump=$BATS_TEST_TMPDIR/fleet/host3
	poke 00:04.0 1c 10 10
	run -1 pciaddr-check -q --dump "$BATS_TEST_TMPDIR/fleet" --expect 0x2000-0x27ff
	[[ $output == *"6 machines: 4 passed, 1 failed, 0 unknown, 1 unreadable" ]]
}

@test "--quiet says nothing when all is well" {
	run -0 pciaddr-check --quiet --dump "$GUEST"
	[ -z "$output" ]
}

@test "colour is for terminals, on demand, and never with NO_COLOR" {
	run -0 pciaddr-check --dump "$GUEST"
	[[ $output != *$'\033'* ]]
	run -0 pciaddr-check --dump "$GUEST" --color always
	[[ $output == *$'\033'* ]]
	run -0 env NO_COLOR=1 script -qec "pciaddr-check --dump '$GUEST'" /dev/null
	[[ $output != *$'\033'* ]]
	run -0 env -u NO_COLOR script -qec "pciaddr-check --dump '$GUEST'" /dev/null
	[[ $output == *$'\033'* ]]
}

@test "a full disk is no success" {
	[ -w /dev/full ] || skip "no /dev/full"
	run bash -c "pciaddr-check --dump '$GUEST' >/dev/full"
	[ "$status" = 3 ]
	[[ $output == *"No space left"* ]]
}

@test "the live machine can be checked; without root it cannot tell what is hidden" {
	ls /sys/bus/pci/devices/* >/dev/null 2>&1 || skip "this machine has no PCI devices"
	[ "$(id -u)" = 0 ] || skip "not root"
	run pciaddr-check
	[ "$status" = 0 ] || [ "$status" = 1 ]
	command -v setpriv >/dev/null || skip "no setpriv"
	cp "$(command -v pciaddr-check)" "$BATS_TEST_TMPDIR/check"
	chmod 755 "$BATS_TEST_TMPDIR/check" "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR" \
		"$BATS_FILE_TMPDIR/.." 2>/dev/null || true
	run setpriv --reuid=65534 --regid=65534 --clear-groups "$BATS_TEST_TMPDIR/check"
	[ "$status" = 126 ] && skip "the test's directory is not open to others"
	[ "$status" = 3 ] || [ "$status" = 1 ]
	grep -qE '^unknown +(ioports|iomem)-claim' <<<"$output"
}

@test "nothing is written but what was asked for" {
	command -v strace >/dev/null || skip "no strace"
	run -0 strace -f -e trace=openat,open,creat,unlink,rename -o "$BATS_TEST_TMPDIR/trace" \
		pciaddr-check --dump "$GUEST"
	! grep -E 'O_WRONLY|O_RDWR|O_CREAT|unlink|rename' "$BATS_TEST_TMPDIR/trace"
}
