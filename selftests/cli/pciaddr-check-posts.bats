#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check: logs and dumps as people post them, with text around them and of machines that
# are not PCs.

bats_require_minimum_version 1.5.0
load pciaddr

setup() {
	log=$BATS_TEST_TMPDIR/log
}

# unknown_with CHECK TEXT...: it is a result "unknown" that has these texts
unknown_with() {
	local check=$1 found text
	shift
	found=$(grep -A 1 "^unknown  $check " <<<"$output") || { echo "$output"; return 1; }
	for text; do
		[[ $found == *"$text"* ]] || { echo "no '$text' in: $found"; return 1; }
	done
}

# stamped [SECONDS]: with time stamps that go on, as dmesg has them
stamped() {
	awk -v from="${1:-0}" '{ printf "[%5d.%06d] %s\n", from, NR, $0 }'
}

host() {
	echo "PCI host bridge to bus 0000:00"
	echo "pci_bus 0000:00: root bus resource [mem 0x80000000-0xbfffffff window]"
	echo "pci_bus 0000:00: root bus resource [bus 00-ff]"
}

port() {
	echo "pci 0000:00:02.0: [1234:0001] type 01 class 0x060400 PCIe Root Port"
	echo "pci 0000:00:02.0: PCI bridge to [bus 01]"
	echo "pci 0000:00:02.0:   bridge window [mem ${1:-0x90000000-0x900fffff}]"
}

card() {
	echo "pci 0000:01:00.0: [1234:0002] type 00 class 0x020000 PCIe Endpoint"
	echo "pci 0000:01:00.0: BAR 0 [mem 0x00000000-0x0000ffff]"
}

no_space() {
	echo "pci 0000:01:00.0: BAR 0 [mem size 0x00010000]: can't assign; no space"
	echo "pci 0000:01:00.0: BAR 0 [mem size 0x00010000]: failed to assign"
}

assigned() {
	echo "pci 0000:01:00.0: BAR 0 [mem 0x90000000-0x9000ffff]: assigned"
}

@test "of 'diff -u' of two logs the new side counts, in a file and with --dmesg, with stamps or without" {
	{ host && port && card && no_space; } >"$log.bad"
	{ host && port && card && assigned; } >"$log.good"
	for way in cat stamped; do
		$way <"$log.bad" >"$log.1"
		$way <"$log.good" >"$log.2"
		for option in --dump --dmesg; do
			diff -U 99 "$log.1" "$log.2" >"$log" || true
			run -0 pciaddr-check $option "$log"
			[[ $output == *": 2 PCI functions, "* && $output != *FAILED* ]]
			diff -U 99 "$log.2" "$log.1" | sed 's/^/> /' >"$log" || true
			run -1 pciaddr-check $option "$log"
			fails_with log-no-space "0000:01:00.0 BAR 0"
		done
		run -1 pciaddr-check --dump "$log"
		[[ $output == *"a 'diff -u' of two logs: "*" of its old side are left out"* ]]
	done
}

@test "lines that are quoted below a log once more are no news" {
	{ host && port && card && no_space && assigned; } | stamped >"$log"
	grep 'no space' "$log" >"$log.quote"
	{ echo "This is what I mean:" && cat "$log.quote" && sed 's/^\[.*\] pci/pci/' "$log.quote"; } >>"$log"
	run -0 pciaddr-check --dump "$log"
	[[ $output != *FAILED* && $output == *"quoted from a log once more, 2 lines"* ]]
	# without stamps nobody can know which was first: the last one counts
	sed -i 's/^\[.*\] pci/pci/' "$log"
	run -1 pciaddr-check --dump "$log"
	fails_with log-no-space "0000:01:00.0 BAR 0"
}

@test "behind a long log with stamps, lines without are somebody's text" {
	{ host && port && card && assigned &&
		for n in $(seq 60); do echo "pci 0000:01:00.0: word $n"; done; } | stamped >"$log"
	{ echo "> It said at another time:" && no_space; } >>"$log"
	run -0 pciaddr-check --dump "$log"
	[[ $output != *FAILED* && $output == *"quoted from a log once more, 2 lines"* ]]
	# but not a log that begins there
	{ host && port && card && no_space; } >>"$log"
	run -1 pciaddr-check --dump "$log"
	fails_with log-no-space "0000:01:00.0 BAR 0"
	[[ $output == *"the machine starts again here"* ]]
}

@test "a second start of the machine is told, a host bridge whose driver is bound again is none" {
	{ host && port && card && no_space; } | stamped >"$log"
	{ host && port && card && assigned; } | stamped >>"$log"
	run -0 pciaddr-check --dump "$log"
	[[ $output == *"log:11: the machine starts again here"* && $output != *FAILED* ]]
	{ host && port && card && no_space; } | stamped >"$log"
	{ host && port && card && assigned; } | stamped 99 >>"$log"
	run -0 pciaddr-check --dump "$log"
	[[ $output != *"starts again"* && $output != *FAILED* ]]
}

@test "a resize that fails and is not undone is told as that, with what keeps it from happening" {
	{
		host
		port 0x90000000-0x97ffffff
		echo "pci 0000:01:00.0: [1234:0002] type 00 class 0x030000 PCIe Endpoint"
		echo "pci 0000:01:00.0: BAR 0 [mem 0x90000000-0x93ffffff]"
		echo "drv 0000:01:00.0: BAR 0 [mem 0x90000000-0x93ffffff]: releasing"
		echo "pci 0000:00:02.0: bridge window [mem 0x90000000-0x97ffffff]: releasing"
		echo "pci 0000:00:02.0: bridge window [mem size 0x80000000]: can't assign; no space"
		echo "pci 0000:00:02.0: bridge window [mem size 0x80000000]: failed to assign"
		echo "drv 0000:01:00.0: BAR 0 [mem size 0x40000000]: can't assign; no space"
	} >"$log.begin"
	{ cat "$log.begin" &&
		echo "pci 0000:00:02.0: bridge window [mem 0x90000000-0x97ffffff]: can't claim; address conflict with 0000:00:02.0 [mem 0x90000000-0x900fffff]"; } | stamped >"$log"
	run -1 pciaddr-check --dmesg "$log"
	[ "$(grep -c ^FAILED <<<"$output")" = 1 ]
	fails_with log-resize "0000:01:00.0 BAR 0" "amdgpu.rebar=0"
	[[ $output != *"[low]"* ]]
	{ cat "$log.begin" &&
		echo "pci 0000:00:02.0: bridge window [mem 0x90000000-0x97ffffff]: old value restored" &&
		echo "drv 0000:01:00.0: BAR 0 [mem 0x90000000-0x93ffffff]: old value restored"; } | stamped >"$log"
	run -0 pciaddr-check --dmesg "$log"
	[[ $output != *FAILED* ]]
}

@test "a resize that had a place, and whose windows are then put back over each other, has lost the device" {
	for size in 0x13fffffff 0x17fffffff; do
		{
			host
			echo "pci 0000:00:02.0: [1234:0001] type 01 class 0x060400 PCIe Root Port"
			echo "pci 0000:01:00.0: [1234:0002] type 00 class 0x030000 PCIe Endpoint"
			echo "pci 0000:01:00.0: BAR 0 [mem 0x90000000-0x93ffffff 64bit pref]"
			echo "pci 0000:00:02.0: PCI bridge to [bus 01]"
			echo "pci 0000:00:02.0:   bridge window [mem 0x90000000-0x97ffffff 64bit pref]"
			echo "drv 0000:01:00.0: BAR 0 [mem 0x90000000-0x93ffffff 64bit pref]: releasing"
			echo "pcieport 0000:00:02.0: bridge window [mem 0x90000000-0x97ffffff 64bit pref]: releasing"
			echo "pcieport 0000:00:02.0: bridge window [mem 0x100000000-$size 64bit pref]: assigned"
			echo "drv 0000:01:00.0: BAR 0 [mem 0x100000000-$size 64bit pref]: assigned"
		} >"$log"
		run pciaddr-check --dmesg "$log"
		[[ $output != *log-resize*FAILED* ]]
		echo "pcieport 0000:00:02.0: bridge window [mem 0x90000000-0x97ffffff 64bit pref]: can't claim; address conflict with PCI Bus 0000:01 [mem 0x90000000-0x97ffffff 64bit pref]" >>"$log"
		run -1 pciaddr-check --dmesg "$log"
		fails_with log-resize "0000:00:02.0 prefetchable window" "not given back" "amdgpu.rebar=0"
		# the device is further down
		sed -i 's/\[bus 01\]/[bus 01-03]/; s/0000:01:00.0/0000:03:00.0/' "$log"
		run -1 pciaddr-check --dmesg "$log"
		fails_with log-resize "0000:00:02.0 prefetchable window"
	done
}

@test "what the scan found fails nothing: a ROM, a host bridge's BAR, a BAR that the log leaves there" {
	{
		host
		echo "pci 0000:00:00.0: [1234:0000] type 00 class 0x060000"
		echo "pci 0000:00:00.0: reg 0x10: [mem 0xee090800-0xee090bff]"
		port
		card
		echo "pci 0000:01:00.0: reg 0x30: [mem 0xfff80000-0xffffffff pref]"
		assigned
	} | stamped >"$log"
	run -0 pciaddr-check --dmesg "$log"
	echo "pci 0000:01:00.0: BAR 2 [mem 0x20000000-0x200003ff]" >>"$log"
	run -3 pciaddr-check --dmesg "$log"
	unknown_with bar-in-window "0000:01:00.0" "what the scan found"
	echo "pci 0000:01:00.0: BAR 2 [mem 0x20000000-0x200003ff]: assigned" >>"$log"
	run -1 pciaddr-check --dmesg "$log"
	fails_with bar-in-window "0000:01:00.0 BAR 2"
}

@test "a host bridge's windows are where they were read, and a log and a map may be of two moments" {
	{ host && echo "pci 0000:00:03.0: [1234:0003] type 00 class 0x020000" &&
		echo "pci 0000:00:03.0: BAR 0 [mem 0xd0000000-0xd00000ff]: assigned"; } >"$log"
	run -1 pciaddr-check --dmesg "$log"
	fails_with bar-in-window "0000:00:03.0 BAR 0" "host bridge: 0x80000000-0xbfffffff" "log:2"
	sed -i 's/0xd0000000-0xd00000ff/0xa0000000-0xa00000ff/' "$log"
	printf '%s\n' '00001000-7fffffff : System RAM' '80000000-bfffffff : PCI Bus 0000:00' \
		'  80000000-800000ff : 0000:00:04.0' >"$log.iomem"
	run -3 pciaddr-check --dmesg "$log" --iomem "$log.iomem"
	unknown_with iomem-claim "0000:00:03.0" "of another moment"
}

@test "text around a log is one warning, a frame buffer no row, and a program's debug output a log" {
	{ printf '%s\n' Hello, "" "this is my log," "it has a fault:" && { host && port && card &&
		assigned && echo "fb0: EFI VGA frame buffer device"; } | stamped; } >"$log"
	run -0 pciaddr-check --dump "$log"
	[ "$(grep -c ^warning <<<"$output")" = 1 ]
	[[ $output == *"log:1: not lines of lspci's, left out up to line 4: Hello,"* ]]
	{ host && port && card && no_space; } | sed 's/^/2024-12-17 14:39:28,496 DEBUG:\t/' >"$log"
	run -1 pciaddr-check --dump "$log"
	fails_with log-no-space "0000:01:00.0 BAR 0"
}

@test "POWER: the upstream port of a switch has the whole window of its root port" {
	power() {
		echo "PCI host bridge to bus 0001:00"
		echo "pci_bus 0001:00: root bus resource [mem 0x3fe080000000-0x3fe0fffeffff] (bus address [0x80000000-0xfffeffff])"
		echo "pci_bus 0001:00: root bus resource [mem 0x240000000000-0x24ffffffffff 64bit pref]"
		echo "pci_bus 0001:00: root bus resource [bus 00-ff]"
		for slot in 00:00.0 01:00.0 02:08.0; do
			echo "pci 0001:$slot: [1234:0001] type 01 class 0x060400"
		done
		echo "pci 0001:01:00.0: reg 0x10: [mem 0x3fe082000000-0x3fe08203ffff]"
		echo "pci 0001:03:00.0: [1234:0002] type 00 class 0x020000"
		echo "pci 0001:03:00.0: reg 0x10: [mem 0x3fe080800000-0x3fe080807fff 64bit]"
		echo "pci 0001:03:00.0: reg 0x18: [mem 0x240000000000-0x2400007fffff 64bit pref]"
		echo "pci 0001:01:00.0: BAR 0: assigned [mem 0x3fe082000000-0x3fe08203ffff]"
		echo "pci 0001:03:00.0: BAR 0: assigned [mem 0x3fe080800000-0x3fe080807fff 64bit]"
		echo "pci 0001:03:00.0: BAR 2: assigned [mem 0x240000000000-0x2400007fffff 64bit pref]"
		echo "pci 0001:02:08.0: PCI bridge to [bus 03]"
		echo "pci 0001:02:08.0:   bridge window [mem 0x3fe080800000-0x3fe080ffffff]"
		echo "pci 0001:02:08.0:   bridge window [mem 0x240000000000-0x2400ffffffff 64bit pref]"
		echo "pci 0001:01:00.0: PCI bridge to [bus 02-03]"
		echo "pci 0001:01:00.0:   bridge window [mem $1]"
		echo "pci 0001:01:00.0:   bridge window [mem 0x240000000000-0x24ffffffffff 64bit pref]"
		echo "pci 0001:00:00.0: PCI bridge to [bus 01-03]"
		echo "pci 0001:00:00.0:   bridge window [mem 0x3fe080000000-0x3fe0ffefffff]"
		echo "pci 0001:00:00.0:   bridge window [mem 0x240000000000-0x24ffffffffff 64bit pref]"
	}
	power 0x3fe080000000-0x3fe0ffefffff | stamped >"$log"
	run -0 pciaddr-check --dmesg "$log"
	[[ $output == *"4 PCI functions, 3 bridges"* && $output != *unknown\ * ]]
	# one that is over its own BAR for another reason
	power 0x3fe080000000-0x3fe082ffffff | stamped >"$log"
	run -1 pciaddr-check --dmesg "$log"
	fails_with bar-overlap "0001:01:00.0 BAR 0"
}

# A single-board computer whose CPU has at $1 what is at $2 on the bus: text of lspci -v, and its log.
board() {
	cat >"$log" <<-END
		0000:00:00.0 PCI bridge: Device 1234:2712 (prog-if 00 [Normal decode])
			Flags: bus master, fast devsel, latency 0, IRQ 38
			Bus: primary=00, secondary=01, subordinate=01, sec-latency=0
			Memory behind bridge: $3 [size=1M] [32-bit]
			Prefetchable memory behind bridge: [disabled] [64-bit]
			Capabilities: [ac] Express Root Port (Slot-), MSI 00

		0000:01:00.0 Non-Volatile memory controller: Device 1234:0003 (prog-if 02 [NVM Express])
			Flags: bus master, fast devsel, latency 0, IRQ 40
			Memory at $1 (64-bit, non-prefetchable) [size=16K]
			Capabilities: [70] Express Endpoint, MSI 00
	END
	{ echo "PCI host bridge to bus 0000:00" &&
		echo "pci_bus 0000:00: root bus resource [bus 00-ff]" &&
		echo "pci_bus 0000:00: root bus resource [mem 0x$1-0x$4] (bus address [0x$2-0x$5])"; } | stamped >"$log.board"
}

@test "boards whose host bridge translates: lspci -v alone is unknown, with the log it is known" {
	for board in "1b00000000 00000000 00000000-000fffff 1bfffffffb fffffffb" \
		"600000000 f8000000 f8000000-f80fffff 603ffffff fbffffff" \
		"600000000 c0000000 c0000000-c00fffff 63fffffff ffffffff"; do
		# shellcheck disable=SC2086
		board $board
		run -3 pciaddr-check --dump "$log"
		unknown_with bar-in-window "0000:01:00.0" "what the host bridge adds is unknown"
		[[ $output != *FAILED* ]]
		run pciaddr-check --dump "$log" --dmesg "$log.board"
		[[ $output == *"ok       bar-in-window"* && $output != *FAILED* ]]
		# and there is a fault when it is outside
		sed 's/Memory at \(.*\)000000 (64/Memory at \1a00000 (64/' "$log" >"$log.outside"
		run -1 pciaddr-check --dump "$log.outside" --dmesg "$log.board"
		fails_with bar-in-window "0000:01:00.0 BAR 0"
	done
}

@test "a driver that only the log of one side speaks of is no change" {
	{ host && port && card && assigned; } | stamped >"$log.old"
	{ cat "$log.old" && echo "[    1.000000] nic 0000:01:00.0: ready"; } >"$log.new"
	# lspci -k of another device in the same file
	printf '\n%s\n\t%s\n\t%s\n' "00:1f.0 ISA bridge: Device 1234:0004" "Flags: bus master" \
		"Kernel driver in use: lpc" | tee -a "$log.old" >>"$log.new"
	run -0 pciaddr-check --diff "$log.old" "$log.new"
	[[ $output == *" 0 changed, "* && $output == *"unknown  diff-driver       0000:01:00.0"* ]]
	run -0 pciaddr-check --diff "$log.new" "$log.old"
	[[ $output == *" 0 changed, "* ]]
}

@test "a log of several starts, between which cards were changed: the last start counts" {
	{ echo "Linux version 6.1.0" && host && port && card && assigned; } | stamped >"$log"
	{
		head -c 600 /dev/zero
		host && port
		echo "pci 0000:01:00.0: [1234:9999] type 00 class 0x010802 PCIe Endpoint"
		echo "pci 0000:01:00.0: BAR 0 [mem 0x90000000-0x9000ffff]"
	} | stamped >>"$log"
	run -0 pciaddr-check --dump "$log"
	[ "$(grep -c ^warning <<<"$output")" = 1 ]
	[[ $output == *"the machine starts again here"* ]]
	run -0 pciaddr-check --numeric --dump "$log" --tree
	[[ $output == *1234:9999* && $output != *1234:0002* ]]
}

@test "a line of a device that is quoted below it, and a log's line that begins like a row" {
	{
		device 00:02.0 "VGA compatible controller: Made up" "\tFlags: fast devsel" | head -2
		printf '\t%s\n' "Memory at fd000000 (32-bit, prefetchable) [size=16M]" \
			"Memory at febd0000 (32-bit, non-prefetchable) [size=4K]"
		printf '%s\n' "" "we see a line" "	Memory at fd000000 (32-bit, prefetchable) [size=16M]"
	} >"$log"
	run -0 pciaddr-check --dump "$log"
	[[ $output == *"bar-overlap       no BAR overlaps"*"(2)"* ]]
	{ host && port && card && assigned && echo "e1000: 0000:01:00.0: e1000_probe: (PCI:33MHz:32-bit)"; } |
		stamped >"$log"
	run -0 pciaddr-check --dump "$log"
	[[ $output != *warning* ]]
}

@test "I/O BARs without an address harm nothing beside a memory BAR that has one" {
	{
		echo "00:0c.0 IDE interface: Made up (prog-if 8f [PCI native mode controller])"
		printf '\t%s\n' "Flags: bus master, medium devsel, latency 16, IRQ 17" \
			"I/O ports at <unassigned> [disabled]" "I/O ports at <unassigned> [disabled]" \
			"Memory at 80600000 (32-bit, non-prefetchable) [size=8K]" \
			"Kernel driver in use: made_up"
	} >"$log"
	run -0 pciaddr-check --dump "$log"
	[ "$(grep -c 'bar-assigned.*harmless: these ports have no address' <<<"$output")" = 2 ]
	sed -i 's/80600000/<unassigned>/' "$log"
	run -1 pciaddr-check --dump "$log"
	[ "$(grep -c '^FAILED   bar-assigned' <<<"$output")" = 3 ]
}

@test "parts of two logs in one file, without their host bridges: the second one alone counts" {
	{ port && card && no_space; } | stamped 1 >"$log"
	{ port && assigned; } | stamped >>"$log"
	echo "[    0.000009] pci 0000:00:03.0: [1234:0003] type 00 class 0x020000" >>"$log"
	run pciaddr-check --dump "$log"
	[[ $output == *"log:8: the machine starts again here"* ]]
	run -0 pciaddr-check --numeric --dump "$log" --tree
	[[ $output == *1234:0003* && $output != *1234:0002* ]]
	# a card that is plugged in once more is no other log
	{ port && card && assigned; } | stamped >"$log"
	{ card && assigned; } | stamped 90 >>"$log"
	run -0 pciaddr-check --dump "$log"
	[[ $output == *": 2 PCI functions"* && $output != *warning* ]]
}

@test "a log beside a dump that is a 'diff -u' is told as that, too" {
	device 00:03.0 "Ethernet controller: Made up" "" 0="34 12 03 00 00 00 00 00 00 00 00 02" >"$log.lspci"
	{ host && port && card && no_space; } >"$log.1"
	{ host && port && card && assigned; } >"$log.2"
	diff -U 99 "$log.1" "$log.2" >"$log.lspci.dmesg" || true
	run pciaddr-check --dump "$log.lspci"
	[[ $output == *"log.lspci.dmesg:"*"a 'diff -u' of two logs: "*" of its old side are left out"* ]]
}

@test "a port's window within another port's, which Linux has accepted, is unknown; not on a PC" {
	ports() {
		echo "pci_bus 0000:00: root bus resource [io  0x80000-0x87ffff] (bus address [0x0000-0x7fffff])"
		for slot in 10.0 11.0; do
			echo "pci 0000:00:$slot: [1234:0001] type 01 class 0x060400 PCIe Root Port"
			echo "pci 0000:00:$slot: PCI bridge to [bus ${slot/1?.0/0${slot:1:1}}]"
			[ $slot = 10.0 ] || echo "pci 0000:00:$slot:   bridge window [io  0x80000-0x83fff]"
			[ $slot = 11.0 ] || echo "pci 0000:00:$slot:   bridge window [io  $1]"
		done
	}
	ports 0x82000-0x82fff | sed 's/bus 00/bus 02/' >"$log"
	run -3 pciaddr-check --dump "$log"
	unknown_with window-overlap "0000:00:10.0" "which Linux has accepted"
	# half in it: no tree of resources has that
	ports 0x82000-0x85fff | sed 's/bus 00/bus 02/' >"$log"
	run -1 pciaddr-check --dump "$log"
	fails_with window-overlap "0000:00:1"
}

@test "what has the space, and what is missing: a bridge's own BAR, a window that is counted once" {
	{
		echo "pci_bus 0002:00: root bus resource [mem 0xf0200000-0xf1ffffff]"
		echo "pci_bus 0002:00: root bus resource [mem 0x380000000-0x3bfffffff] (bus address [0x40000000-0x7fffffff])"
		echo "pci 0002:00:00.0: [1234:0001] type 01 class 0x060400 PCIe Root Port"
		for bar in 0 1; do echo "pci 0002:00:00.0: BAR $bar [mem 0x00000000-0x3fffffff]"; done
		echo "pci 0002:00:00.0: PCI bridge to [bus 01]"
		echo "pci 0002:01:00.0: [1234:0002] type 00 class 0x030000 PCIe Endpoint"
		echo "pci 0002:00:00.0: BAR 0 [mem 0x380000000-0x3bfffffff]: assigned"
		echo "pci 0002:00:00.0: BAR 1 [mem size 0x40000000]: can't assign; no space"
		echo "pci 0002:00:00.0: bridge window [mem size 0x04000000]: can't assign; no space"
		for bar in 0 2; do
			echo "pci 0002:01:00.0: BAR $bar [mem size 0x02000000 64bit]: can't assign; no space"
		done
	} >"$log"
	run -1 pciaddr-check --dump "$log"
	[ "$(grep -c ^FAILED <<<"$output")" = 1 ]
	# the second window is below 4 GiB for the bus
	fails_with log-no-space "requested: 64 MiB for 0002:00:00.0 memory window" "0x380000000-0x3bfffffff" \
		"the most has 0002:00:00.0 BAR 0: 1 GiB" "34 MiB are missing" "a bridge's own BAR has the space"
}

@test "a guest of Xen whose memory map has RAM where its device is" {
	for owner in "System RAM" "Unusable memory"; do
		{ host && echo "pci 0000:00:03.0: [1234:0003] type 00 class 0x0c0320" &&
			echo "pci 0000:00:03.0: can't claim BAR 0 [mem 0x81940000-0x819403ff]: address conflict with $owner [mem 0x25800000-0xfebfffff]"; } >"$log"
		run -1 pciaddr-check --dump "$log"
		fails_with log-conflict "0000:00:03.0 BAR 0" "of $owner, too" "e820_host = 1"
	done
}

@test "a driver that says that its card's BAR has no address, in a log without the kernel's lines" {
	{
		echo "[83260.063553] NVRM: This PCI I/O region assigned to your NVIDIA device is invalid:"
		echo "               NVRM: BAR1 is 0M @ 0x0 (PCI:0000:14:00.0)"
		echo "[83260.063557] nvidia: probe of 0000:14:00.0 failed with error -1"
	} >"$log"
	run -1 pciaddr-check --dump "$log"
	fails_with log-no-space "0000:14:00.0 BAR 1" "an unknown size" "$log:2"
	# one that it can see is none
	sed -i 's/0M @ 0x0/256M @ 0xe0000000/' "$log"
	run pciaddr-check --dump "$log"
	no_failures
}

@test "a card behind windows that were given up for another try waits for the topmost one" {
	{
		host
		echo "pci 0000:00:02.0: [1234:0001] type 01 class 0x060400 PCIe Root Port"
		echo "pci 0000:00:02.0: PCI bridge to [bus 01-02]"
		echo "pci 0000:01:00.0: [1234:0001] type 01 class 0x060400 PCIe Switch Upstream Port"
		echo "pci 0000:01:00.0: PCI bridge to [bus 02]"
		echo "pci 0000:02:00.0: [1234:0002] type 00 class 0x030000 PCIe Endpoint"
		echo "pci 0000:02:00.0: BAR 0 [mem 0x00000000-0x0fffffff]"
		for slot in 01:00.0 00:02.0; do
			echo "pci 0000:$slot: bridge window [mem size 0x50000000]: can't assign; no space"
		done
		echo "pci 0000:02:00.0: BAR 0 [mem size 0x10000000]: can't assign; no space"
		echo "PCI: No. 2 try to assign unassigned res"
		echo "pci 0000:00:02.0: bridge window [mem size 0x50000000]: can't assign; no space"
		echo "pci 0000:02:00.0: BAR 0 [mem size 0x10000000]: can't assign; no space"
	} | stamped >"$log"
	run -1 pciaddr-check --dump "$log"
	[ "$(grep -c 'log-no-space ' <<<"$output")" = 1 ]
	fails_with log-no-space "0000:00:02.0 memory window" "without an address: 0000:02:00.0 BAR 0" \
		"requested: 1.2 GiB" "host bridge of bus 0000:00" "256 MiB are missing"
}

@test "what a boot loader says on the console before the kernel is one warning, with all its rules" {
	{
		printf '%s\n' "==========" "Boot loader 1.1" "----------" "0000:|    0    0" "" "##########" \
			"Please choose:" "" "----------" "   1: Load code" ""
		{ host && port && card && assigned; } | stamped
	} >"$log"
	run -0 pciaddr-check --dump "$log"
	[ "$(grep -c ^warning <<<"$output")" = 1 ]
	[[ $output == *"log:2: not lines of lspci's, left out up to line 10: Boot loader 1.1"* ]]
}

@test "a driver whose initialization failed is not bound, that of a port whose slot failed is" {
	{ host && port && card && assigned; } | stamped >"$log"
	{
		echo "[    2.000000] nic 0000:01:00.0: HPC vendor_id 1b36 device_id 1 ss_vid 0 ss_did 0"
		echo "[    2.000000] nic 0000:01:00.0: Slot initialization failed"
		echo "[    2.000000] pcieport 0000:00:02.0: pciehp: Slot initialization failed (-16)"
	} >>"$log"
	run -0 pciaddr-check --dmesg "$log" --tree
	[[ $output == *"[pcieport]"* && $output != *"[nic]"* ]]
	echo "[    3.000000] shpchp 0000:01:00.0: Requesting control of SHPC hotplug via OSHP (S30_)" >>"$log"
	echo "[    3.000000] shpchp 0000:01:00.0: Cannot get control of SHPC hotplug" >>"$log"
	run -0 pciaddr-check --dmesg "$log" --tree
	[[ $output != *"[shpchp]"* ]]
	echo "[    3.000000] nic 0000:01:00.0: ready" >>"$log"
	run -0 pciaddr-check --dmesg "$log" --tree
	[[ $output == *"[nic]"* ]]
}

@test "a card behind a slot whose button was pressed has gone, unless that was undone" {
	slot() { echo "[   60.000000] pcieport 0000:00:02.0: pciehp: Slot(2): $1"; }
	{ host && port && card && assigned; } | stamped >"$log.begin"
	for words in "Powering off due to button press" "Button press: will power off in 5 sec" "Card not present"; do
		{ cat "$log.begin" && slot "$words"; } >"$log"
		run -0 pciaddr-check --dmesg "$log" --tree
		[[ $output == *"1234:0001"* && $output != *"1234:0002"* ]]
	done
	for words in "Button cancel" "Action canceled due to button press"; do
		{ cat "$log.begin" && slot "Powering off due to button press" && slot "$words"; } >"$log"
		run -0 pciaddr-check --dmesg "$log" --tree
		[[ $output == *"1234:0002"* ]]
	done
}
