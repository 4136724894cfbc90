#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # bats sets $output and $stderr
# pciaddr-check --emulate: what is written, and what is said of sources that cannot be shown as
# they are. What a guest makes of it is tested in selftests/emulate.

bats_require_minimum_version 1.5.0
load pciaddr

setup() {
	dump=$BATS_TEST_TMPDIR/machine
	made=$BATS_TEST_TMPDIR/made
}

# emulate TEXT [OPTION...]: the machine of this dump, in $made
emulate() {
	printf '%b' "$1" >"$dump"
	shift
	run -0 --separate-stderr pciaddr-check --numeric --dump "$dump" --emulate "$made" --force "$@"
}

# readme SECTION TEXT: README has a line with TEXT below this title
readme() {
	awk -v title="$1" 'index($0, title) == 1 { inside = 1 } inside && /^$/ { inside = 0 } inside' \
		"$made/README" | grep -qF -e "$2" || { cat "$made/README" && return 1; }
}

# property NAME VALUE: of something in machine.cfg
property() { grep -qxF "  $1 = \"$2\"" "$made/machine.cfg" || { cat "$made/machine.cfg" && return 1; }; }

BRIDGE='00:02.0 0604: 8086:29c1\n\tBus: primary=00, secondary=01, subordinate=01, sec-latency=0
\tI/O behind bridge: 0000e000-0000efff\n\tMemory behind bridge: f0000000-f3ffffff
\tPrefetchable memory behind bridge: [disabled]
\n01:00.0 0200: 8086:10d3\n\tRegion 0: Memory at f3000000 (32-bit, non-prefetchable) [size=1M]\n'

@test "a name without ids gets some, and README names the function" {
	emulate '00:01.0 Ethernet controller: Example card\n'
	readme "Made up" "0000:00:01.0: the source tells no vendor and device id (lspci -nn would); it is 1234:ffff"
}

@test "a class in words of lspci -n is the guest's, with an interface of 0" {
	emulate '00:01.0 0601: 8086:7000\n'
	[ "$(od -An -tx1 -j9 -N3 "$made/0000-00-01.0.config")" = " 00 01 06" ]
	run ! grep -q "does not tell its class" "$made/README"
}

@test "sizes that are not told are made of alignment and of what comes next" {
	emulate '00:01.0 0200: 8086:10d3\n\tRegion 0: Memory at f0000000 (32-bit, non-prefetchable)
\tRegion 1: Memory at f0008000 (32-bit, non-prefetchable)\n'
	property bar0-size 0x8000
	property bar1-size 0x8000
	readme "Made up" "0000:00:01.0: BAR 0, BAR 1: the source has no size"
}

@test "domains that no segment group can be are others in the guest" {
	emulate '00:00.0 0600: 8086:29c0\n\n10000:e0:01.0 0604: 8086:a0b0\n\nfffffffe:00:02.0 0200: 8086:10d3\n'
	property address 0001:e0:01.0
	property address 0002:00:02.0
	readme "At another address" "domain 10000: no PCI segment group has such a number; it is domain 0001"
	readme "At another address" "domain fffffffe: no PCI segment group has such a number; it is domain 0002"
}

@test "a domain that cannot be is told, and the rest is made" {
	emulate '123456789:00:01.0 0600: 8086:29c0\n\n00:02.0 0200: 8086:10d3\n'
	[[ $stderr == *"machine:1: invalid PCI address, ignored: 123456789:00:01.0"* ]]
	[[ $output == *"1 of 1 functions"* ]]
	readme "What the source has" "machine:1: invalid PCI address, ignored: 123456789:00:01.0"
}

@test "two functions at one slot are told, by the slot" {
	emulate '00:02.0 0200: 8086:10d3\n\n00:02.0 0300: 10de:1b06\n'
	[[ $stderr == *"0000:00:02.0 comes a second time, with other ids"* ]]
	readme "What the source has" "0000:00:02.0 comes a second time, with other ids"
	[ "$(od -An -tx1 -N4 "$made/0000-00-02.0.config")" = " 86 80 d3 10" ]
}

@test "what no x86 processor reaches has an offset; ports beyond 64 KiB are told" {
	emulate '00:02.0 0200: 8086:10d3
\tRegion 0: Memory at 3f00000000000000 (64-bit, prefetchable) [size=128K]
\tRegion 4: I/O ports at 1f000 [size=64]\n'
	grep -q 'mem:0x3f00000000000000-0x3f0000003fffffff@0x' "$made/machine.cfg"
	readme "At another address" "no x86 processor reaches that far"
	readme "What the guest's kernel will not keep" "0000:00:02.0: BAR 4 0x1f000-0x1f03f: x86 has no ports beyond 0xffff"
}

@test "two domains with the same addresses: the second has an offset" {
	emulate '0000:00:01.0 0200: 8086:10d3
\tRegion 0: Memory at f0000000 (32-bit, non-prefetchable) [size=1M]
\tRegion 2: I/O ports at e000 [size=32]
\n0001:00:01.0 0200: 8086:10d3
\tRegion 0: Memory at f0000000 (32-bit, non-prefetchable) [size=1M]
\tRegion 2: I/O ports at e000 [size=32]\n'
	[ "$(grep -c '^  windows = .*mem:0xf0000000-0xfebfffff@0x' "$made/machine.cfg")" -eq 1 ]
	[ "$(grep -c '^  windows = .*mem:0xf0000000-0xfebfffff ' "$made/machine.cfg")" -eq 1 ]
	readme "At another address" "host bridge 0001:00: memory 0xf0000000-0xfebfffff of the bus is"
	readme "What the guest's kernel will not keep" "host bridge 0001:00: I/O 0xe000-"
}

@test "a window across the APICs is elsewhere for the processor" {
	emulate "${BRIDGE/f0000000-f3ffffff/80000000-ffefffff}"
	grep -q 'mem:0x80000000-0xffffffff@0x' "$made/machine.cfg"
	readme "At another address" "the platform's own devices are there"
}

@test "more windows than a line of QEMU's configuration takes are in a file" {
	{
		echo '[    0.1] PCI host bridge to bus 0000:00'
		for ((i = 0; i < 40; i++)); do
			printf '[    0.1] pci_bus 0000:00: root bus resource [mem 0x%x-0x%x window]\n' \
				$((0xc0000000 + i * 0x100000)) $((0xc0000000 + i * 0x100000 + 0x7ffff))
		done
	} >"$dump.dmesg"
	emulate "$BRIDGE"
	property windows-file 0000-00.windows
	[ "$(grep -c '^mem:0xc' "$made/0000-00.windows")" -eq 40 ]
	! grep -q '.\{1000\}' "$made/machine.cfg"
}

@test "a BAR and a window at 0 are none to x86's kernel; what is in the window moves with it" {
	emulate '00:02.0 0604: 8086:29c1\n\tBus: primary=00, secondary=01, subordinate=01, sec-latency=0
\tI/O behind bridge: 00000000-0000ffff\n
01:00.0 0200: 8086:10d3\n\tRegion 0: I/O ports at f800 [size=256]\n\n01:01.0 0200: 8086:10d3
\tRegion 0: I/O ports at 0000 [size=256]\n'
	readme "What the guest's kernel" "0000:00:02.0: I/O window 0x0-0xffff: x86's kernel takes 0 for no address"
	run ! grep -qE 'io: *0xf800|0x0-' "$made/machine.yaml"
	grep -q 'ignore .*,moved,' "$made/README"
}

@test "Linux makes the windows of a CardBus bridge: they are told, and not specified" {
	emulate '00:04.0 0607: 104c:ac51\n\tBus: primary=00, secondary=02, subordinate=05, sec-latency=176
\tMemory window 0: 10400000-107ff000\n\tI/O window 0: 00004000-000040fc\n'
	readme "What the guest's kernel" "0000:00:04.0: the windows of a CardBus bridge: Linux makes its own"
	run ! grep -q window "$made/machine.yaml"
	grep -q 'ignore .*,moved,' "$made/README"
}

@test "a BAR that the source's kernel has behind an offset is told" {
	emulate '00:01.0 0200: 8086:10d3\n\tRegion 0: Memory at 620c080000000 (32-bit, non-prefetchable) [size=16K]
00: 86 80 d3 10 02 00 00 00 00 00 00 02 00 00 00 00\n10: 00 00 00 80 00 00 00 00 00 00 00 00 00 00 00 00\n'
	readme "At another address" "0000:00:01.0: BAR 0: the source's kernel has it at 0x620c080000000-0x620c080003fff, the guest's at 0x80000000"
	grep -q 'ignore .*,moved,' "$made/README"
	emulate '00:01.0 0200: 8086:10d3\n\tRegion 0: Memory at 80000000 (32-bit, non-prefetchable) [size=16K]
00: 86 80 d3 10 02 00 00 00 00 00 00 02 00 00 00 00\n10: 00 00 00 80 00 00 00 00 00 00 00 00 00 00 00 00\n'
	run ! grep -q "the source's kernel has it" "$made/README"
}

@test "a switch's port without the port above is a root port, on which Linux does not stop" {
	emulate '00:00.0 0600: 8086:29c0\n\n02:00.0 0604: 10b5:8747
\tBus: primary=02, secondary=03, subordinate=03, sec-latency=0
\tCapabilities: [40] Express (v2) Downstream Port (Slot+), MSI 00\n'
	readme "Made up" "0000:02:00.0: the port above this one of a switch is not in the source"
	[ "$(od -An -tx1 -j66 -N1 "$made/0000-02-00.0.config")" = " 42" ]
	emulate '00:1c.0 0604: 8086:9d10\n\tBus: primary=00, secondary=02, subordinate=03, sec-latency=0
\n02:00.0 0604: 10b5:8747\n\tBus: primary=02, secondary=03, subordinate=03, sec-latency=0
\tCapabilities: [40] Express (v2) Downstream Port (Slot+), MSI 00\n'
	[ "$(od -An -tx1 -j66 -N1 "$made/0000-02-00.0.config")" = " 62" ]
}

@test "virtual functions have the sizes that the log beside the dump tells" {
	config=$BATS_TEST_TMPDIR/config
	{
		printf '\x34\x12\x02\x00\x07\x00\x10\x00\x00\x00\x00\x02' && head -c 40 /dev/zero
		printf '\x40' && head -c 11 /dev/zero && printf '\x10\x00\x02\x00' && head -c 188 /dev/zero
		printf '\x10\x00\x01\x00' && head -c 8 /dev/zero && printf '\x04\x00\x04\x00'
		head -c 3824 /dev/zero
	} >"$config"
	[ "$(stat -c %s "$config")" = 4096 ]
	printf '[    0.1] pci 0000:00:01.0: %s\n' "[1234:0002] type 00 class 0x020000" \
		"VF BAR 0 [mem 0x00000000-0x000fffff]" \
		"VF BAR 0 [mem 0x00000000-0x003fffff]: contains BAR 0 for 4 VFs" \
		"VF BAR 3 [mem 0x00000000-0x00003fff 64bit]" \
		"VF BAR 3 [mem 0x00000000-0x0000ffff 64bit]: contains BAR 3 for 4 VFs" >"$dump.dmesg"
	emulate "00:01.0 0200: 1234:0002\n$(od -An -v -tx1 -w16 "$config" |
		awk '{ printf "%02x:%s\\n", 16 * (NR - 1), $0 }')"
	property vf-bar0-size 0x100000
	property vf-bar3-size 0x4000
}

@test "--fault: windows of half the size, closed ones, a large BAR, none with an address" {
	emulate "$BRIDGE" --fault small-window@00:02.0
	[ "$(od -An -tx1 -j32 -N4 "$made/0000-00-02.0.config")" = " 00 f0 f0 f1" ]
	readme "Wrong on purpose" "0000:00:02.0: the memory window 0xf0000000-0xf3ffffff is 0xf0000000-0xf1ffffff"
	emulate "$BRIDGE" --fault closed-window@8086:29c1
	[ "$(od -An -tx1 -j32 -N4 "$made/0000-00-02.0.config")" = " f0 ff 00 00" ]
	emulate "$BRIDGE" --fault big-bar@01:00.0
	property bar0-size 0x1000000
	[ "$(od -An -tx1 -j16 -N4 "$made/0000-01-00.0.config")" = " 00 00 00 00" ]
	emulate "$BRIDGE" --fault no-address@01:00.0
	property bar0-size 0x100000
	[ "$(od -An -tx1 -j16 -N4 "$made/0000-01-00.0.config")" = " 00 00 00 00" ]
	readme "Wrong on purpose" "0000:01:00.0: its BARs have no address"
}

@test "--fault: what is not one, matches nothing or is not possible is told" {
	printf '%b' "$BRIDGE" >"$dump"
	for fault in huge-window@00:02.0 small-window; do
		run -2 --separate-stderr pciaddr-check --dump "$dump" --emulate "$made" --force --fault "$fault"
		[[ $stderr == *"--fault: '$fault' is not one"* ]]
	done
	run -2 --separate-stderr pciaddr-check --dump "$dump" --emulate "$made" --force --fault big-bar@05:00.0
	[[ $stderr == *"no function of"*"is 05:00.0"* ]]
	run -2 --separate-stderr pciaddr-check --dump "$dump" --emulate "$made" --force --fault small-window@01:00.0
	[[ $stderr == *"no memory window or BAR of which to make this"* ]]
	run -2 --separate-stderr pciaddr-check --dump "$dump" --fault big-bar@01:00.0
	[[ $stderr == *"--fault goes with --emulate"* ]]
}

@test "README's command finds no change between a machine and itself" {
	emulate "$BRIDGE"
	classes=$(sed -n 's/.*--diff SOURCE GUEST --ignore //p' "$made/README")
	[ -n "$classes" ]
	run -0 pciaddr-check --diff "$dump" "$dump" --ignore "$classes"
}
