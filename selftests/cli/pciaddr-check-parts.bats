#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check: parts of kernel logs, which lack lines, and logs beside what lspci prints.

bats_require_minimum_version 1.5.0
load pciaddr

setup() {
	log=$BATS_TEST_TMPDIR/log
}

@test "hex dumps of drivers are no config space, those of 'config space:' are" {
	cat >"$log" <<-'LOG'
		[    0.5] PCI host bridge to bus 0000:00
		[    0.5] pci_bus 0000:00: root bus resource [mem 0x80000000-0xbfffffff window]
		[    0.5] pci 0000:00:03.0: [1234:0001] type 00 class 0x0c0010
		[    0.5] pci 0000:00:03.0: reg 0x10: [mem 0x80000000-0x80000fff]
		[   31.7] partition c9:
		[   31.7]   00000000: c9 06 02 7f ff 02 ff 01 fb bf 00 41 00 20 00 00
		[   31.7]   00000010: 00 07 89 37 00 a0 00 00
	LOG
	run -0 pciaddr-check --dump "$log"
	[[ $output != *FAILED* && $output != *unknown\ * && $output != *"fewer than 16"* ]]
	sed 's/partition c9:/pci 0000:00:03.0: config space:/; s/c9 06 02 7f/34 12 02 00/' "$log" >"$log.dump"
	run pciaddr-check --dump "$log.dump"
	[[ $output == *"fewer than 16 bytes: 00000010: 00 07 89 37"* ]]
}

# ends SIZE: what a kernel without SR-IOV says of two bridges and a card, and no line about buses
ends() {
	echo "pci 0000:00:00.0: BAR 8: no space for [mem size 0x$1]"
	echo "pci 0000:00:00.0: BAR 8: failed to assign [mem size 0x$1]"
	echo "pci 0000:00:00.0: BAR 9: no space for [mem size 0x00200000 64bit pref]"
	echo "pci 0000:00:00.0: BAR 9: failed to assign [mem size 0x00200000 64bit pref]"
	echo "pci 0000:01:03.0: BAR 8: no space for [mem size 0x$1]"
	echo "pci 0000:01:03.0: BAR 8: failed to assign [mem size 0x$1]"
	echo "pci 0000:02:00.0: BAR 0: no space for [mem size 0x$1 64bit]"
	echo "pci 0000:02:00.0: BAR 0: failed to assign [mem size 0x$1 64bit]"
}

@test "parts of logs of kernels without SR-IOV: BAR 8 and 9 are windows, and what they lead to is below them" {
	for size in 01000000 00100000 40000000; do
		ends $size >"$log"
		run -1 pciaddr-check --dmesg "$log"
		[ "$(grep -c ^FAILED <<<"$output")" = 1 ]
		fails_with log-no-space "0000:00:00.0 memory window" "0000:02:00.0 BAR 0"
		[[ $output != *"VF BAR"* ]]
	done
	# another one has the numbers of a kernel with SR-IOV, where those are of virtual functions
	echo "pci 0000:05:00.0: BAR 14: assigned [mem 0x80000000-0x800fffff]" >>"$log"
	run -1 pciaddr-check --dmesg "$log"
	fails_with log-no-space "0000:00:00.0 VF BAR 1"
}

@test "the driver of ports has no virtual functions" {
	for name in pcieport pci; do
		{
			echo "$name 2000:00:00.0: BAR 9: no space for [mem size 0x00400000 64bit pref]"
			echo "$name 2000:00:00.0: BAR 9: failed to assign [mem size 0x00400000 64bit pref]"
		} >"$log"
		run pciaddr-check --dmesg "$log"
		if [ $name = pcieport ]; then
			[[ $output == *"2000:00:00.0 prefetchable window"* && $output != *FAILED* ]]
		else
			[[ $output == *"2000:00:00.0 VF BAR 2"* ]]
		fi
	done
}

@test "parts of logs with the failures alone: the topmost windows are the cause" {
	part() {
		echo "pci $1:00:00.0: BAR 14: no space for [mem size 0x00100000]"
		echo "pci $1:00:00.0: BAR 14: failed to assign [mem size 0x00100000]"
		echo "pci $1:01:00.0: BAR 0: no space for [mem size 0x00004000 64bit]"
		echo "pci $1:01:00.0: BAR 0: failed to assign [mem size 0x00004000 64bit]"
	}
	part 0002 >"$log"
	run -1 pciaddr-check --dmesg "$log"
	[ "$(grep -c ^FAILED <<<"$output")" = 1 ]
	fails_with log-no-space "0002:00:00.0 memory window" "requested: 1 MiB" "0002:01:00.0 BAR 0"
	# two ports: the first bus is that of the first
	{
		sed 's/00:00.0: BAR/00:1c.0: BAR/' "$log"
		sed 's/00:00.0: BAR/00:1d.0: BAR/; s/01:00.0/02:00.0/' "$log"
	} >"$log.two"
	run -1 pciaddr-check --dmesg "$log.two"
	[ "$(grep -c ^FAILED <<<"$output")" = 1 ]
	fails_with log-no-space "0002:00:1c.0 memory window" "requested: 2 MiB" "0002:01:00.0 BAR 0, 0002:02:00.0 BAR 0"
	# new words
	part 000a | sed 's/BAR 14/bridge window/; s/BAR \(.*\): no space for \(.*\)/BAR \1 \2: can'\''t assign; no space/
		s/window: no space for \(.*\)/window \1: can'\''t assign; no space/' | grep -v 'failed to' >"$log"
	run -1 pciaddr-check --dmesg "$log"
	fails_with log-no-space "000a:00:00.0 memory window" "000a:01:00.0 BAR 0"
}

@test "a host bridge's window that is marked as of 64 bits has no place for a memory window" {
	marked() {
		echo "PCI host bridge to bus 0000:00"
		echo "pci_bus 0000:00: root bus resource [bus 00-1f]"
		echo "pci_bus 0000:00: root bus resource [mem $1]"
		echo "pci 0000:00:00.0: [1234:0001] type 01 class 0x060400"
		echo "pci 0000:01:00.0: [1234:0002] type 00 class 0x010802"
		echo "pci 0000:01:00.0: reg 0x10: [mem 0x00000000-0x00003fff 64bit]"
		echo "pci 0000:00:00.0: BAR 14: no space for [mem size 0x00100000]"
		echo "pci 0000:00:00.0: BAR 14: failed to assign [mem size 0x00100000]"
		echo "pci 0000:01:00.0: BAR 0: no space for [mem size 0x00004000 64bit]"
		echo "pci 0000:01:00.0: BAR 0: failed to assign [mem size 0x00004000 64bit]"
		echo "pci 0000:00:00.0: PCI bridge to [bus 01]"
	}
	for range in 0xe8000000-0xe9ffffff 0x40000000-0x7fffffff; do
		marked "$range 64bit" >"$log"
		run -1 pciaddr-check --dmesg "$log"
		fails_with log-no-space "0000:00:00.0 memory window" "marked as one of 64 bits" "'ranges'"
		for other in "" " window" " 64bit pref"; do
			marked "$range$other" >"$log"
			run pciaddr-check --dmesg "$log"
			[[ $output != *"marked as"* ]]
		done
	done
	# one more beside it, without the mark, is what counts
	marked "0xe8000000-0xe9ffffff 64bit" >"$log"
	sed -i '3a pci_bus 0000:00: root bus resource [mem 0xf0000000-0xf007ffff]' "$log"
	run -1 pciaddr-check --dmesg "$log"
	fails_with log-no-space "memory 0xf0000000-0xf007ffff: 512 KiB"
}

@test "windows of one host bridge that overlap are of two logs: the later one counts" {
	{
		echo "pci_bus 0000:00: root bus resource [mem 0x65400000-0xbfffffff window]"
		echo "pci_bus 0000:00: root bus resource [mem 0x4000000000-0x7fffffffff window]"
		echo "and on the other machine:"
		echo "pci_bus 0000:00: root bus resource [mem 0x90000000-0x9fffffff window]"
		echo "pci 0000:00:15.0: [1234:0001] type 00 class 0x118000"
		echo "pci 0000:00:15.0: BAR 0: no space for [mem size 0x20000000]"
	} >"$log"
	run -1 pciaddr-check --dmesg "$log"
	fails_with log-no-space "memory 0x90000000-0x9fffffff: 256 MiB" "256 MiB are missing"
}

@test "lines of the claims alone do not tell whether another address was given" {
	{
		echo "pci 0000:07:00.0: can't claim BAR 0 [mem 0x10030000000-0x1003fffffff 64bit pref]: no compatible bridge window"
		echo "pci 0000:07:00.0: can't claim BAR 4 [io  0x8280-0x829f]: address conflict with PCI Bus 0000:01 [io  0x8000-0x8fff]"
	} >"$log"
	run -3 pciaddr-check --dmesg "$log"
	[[ $output == *"unknown  log-claim"*"0000:07:00.0 BAR 0"*"no window above has it"* ]]
	# what is given to another shows that this one got none
	echo "pci 0000:08:00.0: BAR 0: assigned [mem 0x80000000-0x80000fff]" >>"$log"
	run -1 pciaddr-check --dmesg "$log"
	fails_with log-claim "0000:07:00.0 BAR 0"
	# and what the driver says of it
	sed -i '$d' "$log"
	echo "drv 0000:07:00.0: can't enable device: BAR 0 [mem 0x10030000000-0x1003fffffff 64bit pref] not claimed" >>"$log"
	run -1 pciaddr-check --dmesg "$log"
	fails_with log-claim "0000:07:00.0 BAR 0"
}

@test "bus numbers that are missing are told once, of the topmost bridge, with what it needs" {
	lost() {
		echo "pci 0004:42:00.0: devices behind bridge are unusable because [bus $1] cannot be assigned for them"
		echo "pci 0004:42:02.0: devices behind bridge are unusable because [bus $2] cannot be assigned for them"
		echo "pci 0004:41:00.0: devices behind bridge are unusable because [bus 42-$2] cannot be assigned for them"
		echo "pcieport 0004:40:00.0: bridge has subordinate 41 but max busn $2"
	}
	lost 43 44 >"$log"
	run -1 pciaddr-check --dmesg "$log"
	[ "$(grep -c ^FAILED <<<"$output")" = 1 ]
	fails_with log-bus-numbers "0004:41:00.0" "numbers (42 to 44)" "0004:40:00.0 needs numbers up to 44" \
		"pci=assign-busses"
	# a mail program has broken the lines
	lost 43 5a | sed 's/ because/\n&/' >"$log"
	run -1 pciaddr-check --dmesg "$log"
	[ "$(grep -c ^FAILED <<<"$output")" = 1 ]
	fails_with log-bus-numbers "numbers (42 to 5a)"
	# two of one level, of which none is below the other
	lost 43 44 | head -n 2 >"$log"
	run -1 pciaddr-check --dmesg "$log"
	[ "$(grep -c ^FAILED <<<"$output")" = 2 ]
	fails_with log-bus-numbers "0004:42:00.0" "number (43)"
}

@test "the minutes of dmesg -H are stamps" {
	for minute in "Feb26 10:50" "Mär 3 23:09" "Oct31 00:00"; do
		{
			echo "[$minute] pci 0000:00:04.0: BAR 0: no space for [mem size 0x00001000]"
			echo "[  +0.000003] pci 0000:00:05.0: BAR 0: no space for [mem size 0x00002000]"
		} >"$log"
		run -1 pciaddr-check --dump "$log"
		fails_with log-no-space "0000:00:04.0 BAR 0"
		[[ $output != *warning* ]]
	done
}

@test "stamps that were cut, or that others than the kernel have written" {
	local stamps=("host kernel: " "0.397495] " "	[   26.403728] " "03:09:07,536 DEBUG kernel:"
		"23:59:59,001 INFO kernel: " "12.000001] " "		[ 1.5] "
		"2025-10-07T11:51:23.614390-07:00 host kernel: [T24615] " "Oct  7 11:51:23 host kernel: [   C3] ")
	for stamp in "${stamps[@]}"; do
		{
			echo "PCI host bridge to bus 0000:00"
			echo "pci_bus 0000:00: root bus resource [mem 0x80000000-0xbfffffff window]"
			echo "pci 0000:00:03.0: [1234:0001] type 00 class 0x020000"
			echo "pci 0000:00:03.0: BAR 0: no space for [mem size 0x00001000]"
		} | while read -r line; do echo "$stamp$line"; done >"$log"
		for option in --dump --dmesg; do
			run -1 pciaddr-check $option "$log"
			[[ $output == *": 1 PCI function, "* && $output != *warning* ]]
			fails_with log-no-space "0000:00:03.0 BAR 0" "host bridge of bus 0000:00"
		done
	done
}

@test "what nobody uses may be where the scan found it: a hidden function, ports beside memory" {
	found() {
		echo "PCI host bridge to bus 0000:00"
		echo "pci_bus 0000:00: root bus resource [io  0x1000-0x1fff window]"
		echo "pci_bus 0000:00: root bus resource [mem 0x80000000-0xbfffffff window]"
		echo "pci 0000:00:1f.1: [$1:a120] type 00 class 0x$2"
		echo "pci 0000:00:1f.1: reg 0x10: [mem $3]"
		echo "pci 0000:00:1f.1: reg 0x18: [io  0x9000-0x907f]"
	}
	found 8086 058000 0xfd000000-0xfdffffff | grep -v 'io  0x9' >"$log"
	run -0 pciaddr-check --dmesg "$log"
	found 1234 058000 0xfd000000-0xfdffffff | grep -v 'io  0x9' >"$log"
	run -3 pciaddr-check --dmesg "$log"
	unknown=$(grep -c "^unknown  bar-in-window" <<<"$output")
	[ "$unknown" = 1 ]
	found 1234 020000 0x80000000-0x80000fff >"$log"
	run -0 pciaddr-check --dmesg "$log"
	# ports alone are needed
	sed -i '/mem 0x80000000-0x80000fff/d' "$log"
	run -3 pciaddr-check --dmesg "$log"
}

@test "a list of lspci's in front of a log has what the log tells of its devices" {
	{
		echo "00:1b.0 PCI bridge: Device 1234:0001 (rev 10)"
		echo "04:00.0 Ethernet controller: Device 1234:0002"
		echo
		echo "[    0.5] PCI host bridge to bus 0000:00"
		echo "[    0.5] pci_bus 0000:00: root bus resource [mem 0x80000000-0xbfffffff window]"
		echo "[    0.5] pci 0000:00:1b.0: [1234:0001] type 01 class 0x060400"
		echo "[    0.5] pci 0000:00:1b.0: PCI bridge to [bus 04]"
		echo "[    0.5] pci 0000:00:1b.0:   bridge window [mem 0x80000000-0x800fffff]"
		echo "[    0.5] pci 0000:04:00.0: [1234:0002] type 00 class 0x020000"
		echo "[    0.5] pci 0000:04:00.0: BAR 0 [mem 0x80000000-0x80000fff]: assigned"
	} >"$log"
	run -0 pciaddr-check --dump "$log"
	[[ $output == *": 2 PCI functions, 1 bridge, 2 buses"* && $output == *"ok       bar-in-window"* ]]
	sed -i 's/0x80000000-0x80000fff\]: assigned/0x90000000-0x90000fff]: assigned/' "$log"
	run -1 pciaddr-check --dump "$log"
	fails_with bar-in-window "0000:04:00.0 BAR 0"
}

@test "what the kernel has given below a bridge shows that somebody has left out its windows" {
	for space in "mem 0x90000000-0x90000fff" "io  0x2000-0x207f"; do
		{
			echo "PCI host bridge to bus 0000:00"
			echo "pci_bus 0000:00: root bus resource [io  0x0000-0xffff]"
			echo "pci_bus 0000:00: root bus resource [mem 0x80000000-0xbfffffff]"
			echo "pci 0000:00:00.0: [1234:0001] type 01 class 0x060400 PCIe Root Port"
			echo "pci 0000:00:00.0: PCI bridge to [bus 01-ff]"
			echo "pci 0000:01:00.0: [1234:0002] type 00 class 0x010802 PCIe Endpoint"
			echo "pci 0000:01:00.0: BAR 0 [$space]: assigned"
		} >"$log"
		run -3 pciaddr-check --dmesg "$log"
		[[ $output == *"unknown  bar-in-window"* && $output != *FAILED* ]]
		# a list that has another window is whole
		{
			echo "pci 0000:00:00.0: PCI bridge to [bus 01-ff]"
			echo "pci 0000:00:00.0:   bridge window [mem 0xa0000000-0xa00fffff]"
			echo "pci 0000:00:00.0:   bridge window [io  0x3000-0x3fff]"
		} >>"$log"
		run -1 pciaddr-check --dmesg "$log"
		fails_with bar-in-window "0000:01:00.0 BAR 0"
	done
}

@test "ports that the kernel assigns from 0 on are addresses, and not those of a PC" {
	for last in 0fff 1fff; do
		{
			echo "PCI host bridge to bus 0000:00"
			echo "pci_bus 0000:00: root bus resource [io  0x0000-0xffff]"
			echo "pci 0000:00:00.0: [1234:0001] type 01 class 0x060400"
			echo "pci 0000:01:00.0: [1234:0002] type 00 class 0x020000"
			echo "pci 0000:01:00.0: reg 0x10: [io  0x0000-0x0007]"
			echo "pci 0000:00:00.0: PCI bridge to [bus 01-ff]"
			echo "pci 0000:00:00.0:   bridge window [io  0x0000-0x0fff]"
			echo "pci 0000:00:00.0: BAR 7: assigned [io  0x0000-0x$last]"
			echo "pci 0000:01:00.0: BAR 0: assigned [io  0x0010-0x0017]"
			echo "pci 0000:00:00.0: PCI bridge to [bus 01]"
			echo "pci 0000:00:00.0:   bridge window [io  0x0000-0x$last]"
		} >"$log"
		run -0 pciaddr-check --dmesg "$log"
		[[ $output == *"ok       bar-in-window"* ]]
		# as the scan finds it, it is what reset leaves
		sed -i '/BAR 7: assigned/d' "$log"
		run pciaddr-check --dmesg "$log"
		[[ $output != *"ok       bar-in-window"* ]]
	done
}

@test "without the line that begins a host bridge's windows, there may be others" {
	{
		echo "PCI host bridge to bus 0000:5d"
		echo "pci_bus 0000:5d: root bus resource [mem 0xb000000000-0xbfffffffff window]"
		echo "pcieport 0000:5d:00.0: PCI bridge to [bus 5e-61]"
		echo "pcieport 0000:5d:00.0:   bridge window [mem 0xb9000000-0xba0fffff]"
	} >"$log"
	run -1 pciaddr-check --dmesg "$log"
	fails_with window-in-window "0000:5d:00.0 memory window"
	sed -i 1d "$log"
	run pciaddr-check --dmesg "$log"
	[[ $output != *FAILED* ]]
}

@test "a BAR that a driver cannot take, because another has claimed its addresses" {
	for slot in 0000:09:00.0 0001:01:00.1; do
		echo "vfio-pci $slot: BAR 1: can't reserve [mem 0xd0000000-0xdfffffff 64bit pref]" >"$log"
		run -1 pciaddr-check --dmesg "$log"
		fails_with log-conflict "$slot BAR 1" "0xd0000000-0xdfffffff" "/proc/iomem" "sysfb_init"
		# it is at another place since
		echo "pci $slot: BAR 1: assigned [mem 0x8000000000-0x800fffffff 64bit pref]" >>"$log"
		run pciaddr-check --dmesg "$log"
		[[ $output != *FAILED* ]]
	done
	# ports of old disk controllers belong to others as a rule
	echo "ata_piix 0000:00:1f.1: BAR 0: can't reserve [io  0x01f0-0x01f7]" >"$log"
	run pciaddr-check --dmesg "$log"
	[[ $output != *FAILED* ]]
	# that it is over ECAM says more
	{
		echo "PCI: ECAM [mem 0x80000000-0x8fffffff] (base 0x80000000) for domain 0000 [bus 00-ff]"
		echo "drv 0000:04:00.0: BAR 1: can't reserve [mem 0x805c0000-0x805c3fff 64bit]"
	} >"$log"
	run pciaddr-check --dmesg "$log"
	[[ $output != *log-conflict* || $output == *"ok       log-conflict"* ]]
}

@test "of a large window that failed, a part of a log need not show what is below it" {
	large() {
		echo "pcieport 0001:01:00.0: bridge window [mem size 0x$1 64bit pref]: can't assign; no space"
		echo "pcieport 0001:01:00.0: bridge window [mem size 0x$1 64bit pref]: failed to assign"
		echo "pcieport 0001:02:00.0: bridge window [mem size 0x$1 64bit pref]: can't assign; no space"
	}
	for size in 600000000 00600000; do
		large $size >"$log"
		run -3 pciaddr-check --dmesg "$log"
		[[ $output == *"unknown  log-no-space"*"0001:01:00.0"*"whether something below needs it"* ]]
		# the card is there, and has what it needs; or it has not
		echo "drv 0001:03:00.0: BAR 0 [mem 0x80000000-0x80000fff 64bit]: assigned" >>"$log"
		run pciaddr-check --dmesg "$log"
		[[ $output == *harmless:* && $output != *"whether something below"* ]]
		echo "drv 0001:03:00.0: BAR 2 [mem size 0x$size 64bit pref]: can't assign; no space" >>"$log"
		run -1 pciaddr-check --dmesg "$log"
		fails_with log-no-space "0001:01:00.0 prefetchable window" "0001:03:00.0 BAR 2"
	done
	# as much as is reserved for what may be plugged in
	large 00200000 >"$log"
	run pciaddr-check --dmesg "$log"
	[[ $output == *harmless:* ]]
}

@test "the kernel's notice that a window cannot have what is below it names the window" {
	for last in 0xfc4fffff 0xfc7fffff; do
		{
			echo "pcieport 0000:02:00.2: Assigned bridge window [mem 0xfc200000-$last] to [bus 03-2a] cannot fit 0x1000000 required for 0000:03:00.0 bridging to [bus 04]"
			echo "pci 0000:03:00.0: bridge window [mem size 0x01000000]: can't assign; no space"
			echo "pci 0000:04:00.0: BAR 0 [mem size 0x01000000]: can't assign; no space"
		} >"$log"
		run -1 pciaddr-check --dmesg "$log"
		fails_with log-no-space "0000:03:00.0 memory window" "0000:04:00.0 BAR 0" \
			"0000:02:00.2 memory window 0xfc200000-$last" "MiB are missing"
	done
}

# A host bridge whose memory is at $1 for the CPU and at $2 on the bus, as a log tells it and as
# lspci -v prints it: of the windows the low 32 bits of the CPU's addresses.
high() {
	local low=$((0x$1 & 0xffffffff))
	{
		echo "PCI host bridge to bus 0030:00"
		printf 'pci_bus 0030:00: root bus resource [mem 0x%s-0x%x] (bus address [0x%s-0x%x])\n' \
			"$1" $((0x$1 + 0x3fffffff)) "$2" $((0x$2 + 0x3fffffff))
		echo "pci_bus 0030:00: root bus resource [io  0x0000-0xffff] (bus address [0xf8000000-0xf800ffff])"
		echo "pci 0030:00:00.0: [1234:0001] type 01 class 0x060400"
		echo "pci 0030:01:00.0: [1234:0002] type 00 class 0x020000"
		printf 'pci 0030:01:00.0: BAR 0 [mem 0x%s-0x%x]: assigned\n' "$1" $((0x$1 + 0xffff))
		echo "pci 0030:00:00.0: PCI bridge to [bus 01]"
		echo "pci 0030:00:00.0:   bridge window [io  0x1000-0x1fff]"
		printf 'pci 0030:00:00.0:   bridge window [mem 0x%s-0x%x]\n' "$1" $((0x$1 + 0xfffff))
	} >"$log"
	{
		echo "0030:00:00.0 PCI bridge: Device 1234:0001 (prog-if 00 [Normal decode])"
		printf '\tFlags: bus master, fast devsel, latency 0\n'
		printf '\tBus: primary=00, secondary=01, subordinate=01, sec-latency=0\n'
		printf '\tI/O behind bridge: 1000-1fff [size=4K] [16-bit]\n'
		printf '\tMemory behind bridge: %08x-%08x [size=1M] [32-bit]\n' $low $((low + 0xfffff))
		printf '\tPrefetchable memory behind bridge: [disabled] [64-bit]\n\n'
		echo "0030:01:00.0 Ethernet controller: Device 1234:0002"
		printf '\tFlags: bus master, fast devsel, latency 0\n'
		printf '\tMemory at %s (32-bit, non-prefetchable) [size=64K]\n' "$1"
	} >"$log.lspci"
}

@test "lspci prints the low half of a window's address: with the log it is whole" {
	for place in "620c000000000 80000000" "300900000 f0000000" "7f40000000 c0000000"; do
		# shellcheck disable=SC2086
		high $place
		run pciaddr-check --dump "$log.lspci" --dmesg "$log"
		[[ $output == *"ok       window-in-window"* && $output == *"ok       bar-in-window"* ]]
		[[ $output != *FAILED* ]]
		# of another host bridge it is outside
		sed -i '/bridge window \[mem/d; s/root bus resource \[mem 0x\([0-9a-f]*\)\([0-9a-f]\{8\}\)-/root bus resource [mem 0x9\1\2-/
			s/-0x\([0-9a-f]*\)\] (bus address \[0x\(8\|f\|c\)/-0x9\1] (bus address [0x\2/' "$log"
		run -1 pciaddr-check --dump "$log.lspci" --dmesg "$log"
		[[ $output == *FAILED* ]]
	done
}

@test "lspci -v counts BARs, the log numbers them" {
	{
		echo "PCI host bridge to bus 0000:00"
		echo "pci_bus 0000:00: root bus resource [io  0x0000-0xffff window]"
		echo "pci_bus 0000:00: root bus resource [mem 0x80000000-0xbfffffff window]"
		echo "pci 0000:00:06.0: [1234:0001] type 00 class 0x020000"
		echo "pci 0000:00:06.0: BAR 0 [mem 0x9c300000-0x9c37ffff]"
		echo "pci 0000:00:06.0: BAR 2 [io  0x9000-0x901f]"
		echo "pci 0000:00:06.0: BAR 3 [mem 0x9c380000-0x9c383fff]"
	} >"$log"
	{
		echo "00:06.0 Ethernet controller: Device 1234:0001"
		printf '\tFlags: bus master, fast devsel, latency 0\n'
		printf '\tMemory at 9c300000 (32-bit, non-prefetchable) [size=512K]\n'
		printf '\tI/O ports at 9000 [disabled] [size=32]\n'
		printf '\tMemory at 9c380000 (32-bit, non-prefetchable) [size=16K]\n'
	} >"$log.lspci"
	run pciaddr-check --dump "$log.lspci" --dmesg "$log"
	[[ $output == *"ok       log-agrees"* && $output != *FAILED* ]]
	sed -i 's/9c380000/9c390000/' "$log.lspci"
	run -1 pciaddr-check --dump "$log.lspci" --dmesg "$log"
	fails_with log-agrees "0x9c390000" "0x9c380000"
	# without the machine's start nobody knows of which boot the lines are
	sed -i 1d "$log"
	run -3 pciaddr-check --dump "$log.lspci" --dmesg "$log"
	[[ $output == *"unknown  log-agrees"*"parts only"* ]]
}

# A machine's log, and what lspci prints of its only device.
started() {
	echo "PCI host bridge to bus 0000:00"
	echo "pci_bus 0000:00: root bus resource [mem 0x80000000-0xbfffffff window]"
	echo "pci 0000:00:02.0: [1234:0001] type 00 class 0x030000"
	echo "pci 0000:00:02.0: BAR 0 [mem 0x90000000-0x9000ffff]"
}

# gone SLOT: the last run says that this device is gone
gone() {
	[[ $output == *"diff-gone"*"0000:$1: the device is gone"* ]]
}

# unknown CLASS TEXT: the last run tells no change, and that this one is unknown, and why
unknown() {
	[[ $output != *changed\ * && $output == *"unknown  diff-$1"*"$2"* ]]
}

vga() {
	printf '00:02.0 VGA compatible controller [0300]: Device [1234:0001] (prog-if 00 [VGA controller])\n'
	printf '\tControl: I/O+ Mem+ BusMaster+ SpecCycle- MemWINV- VGASnoop- ParErr- Stepping- SERR- FastB2B- DisINTx-\n'
	printf '\tRegion 0: Memory at 90000000 (32-bit, non-prefetchable) [size=64K]\n'
}

@test "diff: a VGA card's ROM is at its copy, where lspci has it, and did not move" {
	{ started && echo "pci 0000:00:02.0: reg 0x30: [mem 0xbdee0000-0xbdefffff pref]"; } >"$log"
	{ vga && printf '\tExpansion ROM at 000c0000 [disabled] [size=128K]\n'; } >"$log.lspci"
	run pciaddr-check --diff "$log" "$log.lspci"
	[[ $output != *changed\ * ]]
	run pciaddr-check --diff "$log.lspci" "$log"
	[[ $output != *changed\ * ]]
	sed -i 's/000c0000/b0000000/; s/ \[disabled\]//' "$log.lspci"
	run -1 pciaddr-check --diff "$log" "$log.lspci"
	[[ $output == *"diff-moved"*"expansion ROM"* ]]
}

@test "diff: what a part of a log does not tell is neither new nor gone" {
	started >"$log"
	{ vga && printf '\n00:03.0 Ethernet controller [0200]: Device [1234:0003]\n' &&
		printf '\tRegion 0: Memory at 90010000 (32-bit, non-prefetchable) [size=4K]\n'; } >"$log.lspci"
	run -1 pciaddr-check --diff "$log" "$log.lspci"
	[[ $output == *"diff-new"*"0000:00:03.0: the device is new"* ]]
	run -1 pciaddr-check --diff "$log.lspci" "$log"
	gone 00:03.0
	sed -i 1,2d "$log"
	run pciaddr-check --diff "$log" "$log.lspci"
	unknown new "part of a log"
	run pciaddr-check --diff "$log.lspci" "$log"
	unknown gone "part of a log"
}

@test "diff: of what 'lspci -s' shows of a machine, the rest is not gone" {
	for class in 060000 020000; do
		{ started && echo "pci 0000:00:00.0: [1234:0009] type 00 class 0x$class" &&
			echo "pci 0000:00:05.0: [1234:0005] type 00 class 0x020000"; } >"$log"
		vga >"$log.lspci"
		run pciaddr-check --diff "$log" "$log.lspci"
		if [ $class = 060000 ]; then
			unknown gone "part of a machine"
		else
			gone 00:05.0
		fi
	done
	# a log has all that was found
	started >"$log.second"
	echo "pci 0000:00:00.0: [1234:0009] type 00 class 0x060000" >>"$log"
	run -1 pciaddr-check --diff "$log" "$log.second"
	gone 00:05.0
}

@test "diff: a function that firmware hides is seen for a moment, and not gone" {
	for vendor in 8086 1234; do
		{ started && echo "pci 0000:00:1f.1: [$vendor:9d20] type 00 class 0x058000" &&
			echo "pci 0000:00:1f.1: reg 0x10: [mem 0xbd000000-0xbdffffff 64bit]"; } >"$log"
		vga >"$log.lspci"
		run pciaddr-check --diff "$log" "$log.lspci"
		if [ $vendor = 8086 ]; then
			unknown gone "firmware hides it"
		else
			gone 00:1f.1
		fi
	done
}

@test "diff: a driver that has begun to probe need not have been bound" {
	{ started && echo "serial 0000:00:02.0: enabling device (0000 -> 0002)"; } >"$log"
	{ vga && printf '\tKernel driver in use: other\n'; } >"$log.lspci"
	run pciaddr-check --diff "$log" "$log.lspci"
	[[ $output != *changed\ * ]]
	echo "serial 0000:00:02.0: ready" >>"$log"
	run -1 pciaddr-check --diff "$log" "$log.lspci"
	[[ $output == *"diff-driver"*"another driver is bound"* ]]
}

@test "diff: a register that reads 0 in D3 has lost nothing" {
	started >"$log"
	{ vga && printf '\tCapabilities: [40] Power Management version 3\n' &&
		printf '\t\tStatus: %s NoSoftRst+ PME-Enable- DSel=0 DScale=0 PME-\n' D3 &&
		printf '00: 34 12 01 00 07 00 10 00 00 00 00 03 00 00 00 00\n' &&
		printf '%s: 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n' 10 20 &&
		printf '30: 00 00 00 00 40 00 00 00 00 00 00 00 00 00 00 00\n'; } >"$log.lspci"
	run pciaddr-check --diff "$log" "$log.lspci"
	[[ $output != *changed\ * ]]
	sed -i 's/Status: D3/Status: D0/' "$log.lspci"
	run pciaddr-check --diff "$log" "$log.lspci"
	[[ $output == *"has lost its address"* ]]
}

# What lspci says of a port and its card, up to a line: -v or -vv, as grep -A cuts it off
told_port="00:1c.4 PCI bridge: Device 1234:0001 (rev 10)"
told_card="04:00.0 Ethernet controller: Device 1234:0002"
told_flags="Flags: bus master, fast devsel, latency 0, IRQ 37"
told_control="Control: I/O- Mem+ BusMaster+ SpecCycle- MemWINV- VGASnoop- ParErr- Stepping- SERR- FastB2B- DisINTx+"
told_buses="Bus: primary=00, secondary=04, subordinate=04, sec-latency=0"

@test "where lspci's records are cut off, the log tells the rest, in front of them or behind" {
	{
		echo "[    0.5] PCI host bridge to bus 0000:00"
		echo "[    0.5] pci_bus 0000:00: root bus resource [mem 0x80000000-0xbfffffff window]"
		echo "[    0.5] pci_bus 0000:00: root bus resource [bus 00-ff]"
		echo "[    0.5] pci 0000:00:1c.4: [1234:0001] type 01 class 0x060400 PCIe Root Port"
		echo "[    0.5] pci 0000:04:00.0: [1234:0002] type 00 class 0x020000 PCIe Endpoint"
		echo "[    0.5] pci 0000:04:00.0: BAR 0 [mem 0x80000000-0x80000fff]: assigned"
		echo "[    0.5] pci 0000:04:00.0: BAR 2 [mem 0x80200000-0x802fffff 64bit pref]: assigned"
		echo "[    0.5] pci 0000:00:1c.4: PCI bridge to [bus 04]"
		echo "[    0.5] pci 0000:00:1c.4:   bridge window [mem 0x80000000-0x800fffff]"
		echo "[    0.5] pci 0000:00:1c.4:   bridge window [mem 0x80200000-0x803fffff 64bit pref]"
	} >"$log"
	for records in "" "$told_flags" "$told_control" "$told_flags:$told_buses" "$told_control:$told_buses"; do
		{
			printf '%s\n' "$told_port"
			[ -z "$records" ] || sed 's/:Bus/\nBus/; s/^/\t/; s/\n/\n\t/' <<<"$records"
			printf '%s\n' "$told_card"
			[ -z "$records" ] || sed 's/:Bus.*//; s/^/\t/' <<<"$records"
			echo
		} >"$log.lspci"
		{ cat "$log" && echo && cat "$log.lspci"; } >"$log.1"
		cat "$log.lspci" "$log" >"$log.2"
		for files in "--dump $log.1" "--dump $log.2" "--dump $log.lspci --dmesg $log"; do
			# shellcheck disable=SC2086
			run pciaddr-check $files
			no_failures
			# a bridge's command register is in the text of -vv
			[ -z "$(grep ^unknown <<<"$output" | grep -v 'device-present.*00:1c.4')" ]
			[[ $output == *"ok       bus-numbers"* && $output == *"ok       bar-in-window"*"(2)"* ]]
			# shellcheck disable=SC2086
			run pciaddr-check $files --tree
			[[ $output == *"0x80000000-0x800fffff"*"0x80200000-0x803fffff"* ]]
			[[ $output == *"0x80000000-0x80000fff  4 KiB"*"0x80200000-0x802fffff  1 MiB"* ]]
			[[ $output != *disabled* ]]
		done
		# and what it tells of a BAR outside the windows
		sed 's/0x80200000-0x802fffff/0x90200000-0x902fffff/' "$log.1" >"$log.3"
		run -1 pciaddr-check --dump "$log.3"
		fails_with bar-in-window "0000:04:00.0 BAR 2"
	done
	# records that have their end: what they do not have is not there
	{
		printf '%s\n\t%s\n\t%s\n\tCapabilities: [40] Express Root Port (Slot+), MSI 00\n\n' \
			"$told_port" "$told_flags" "$told_buses"
		printf '%s\n\t%s\n\tCapabilities: [40] Express Endpoint, MSI 00\n\n' "$told_card" "$told_flags"
	} >"$log.whole"
	run pciaddr-check --dump "$log.whole" --dmesg "$log" --tree
	[[ $output != *BAR* && $output != *"memory window"* ]]
}

@test "a log and what lspci prints of another device at a slot are not mixed, in both orders" {
	{
		echo "PCI host bridge to bus 0000:00"
		echo "pci_bus 0000:00: root bus resource [mem 0xa0000000-0xafffffff]"
		echo "pci_bus 0000:00: root bus resource [bus 00-ff]"
		echo "pci 0000:00:00.0: [1234:0001] type 01 class 0x060400"
		echo "pci 0000:01:00.0: [1234:0002] type 00 class 0x010601"
		echo "pci 0000:01:00.0: BAR 0 [mem 0xa0000000-0xa0001fff]: assigned"
		echo "pci 0000:00:00.0: PCI bridge to [bus 01]"
		echo "pci 0000:00:00.0:   bridge window [mem 0xa0000000-0xa00fffff]"
		echo "pci 0000:02:00.0: [1234:0005] type 00 class 0x020000"
	} | sed 's/^/[    1.500000] /' >"$log"
	for name in "Network controller [0280]: Made up [1234:0003]" "SATA controller [0106]: Made up [1235:0002]" \
		"Ethernet controller: Made up"; do
		printf '01:00.0 %s\n\t%s\n\t%s\n\n' "$name" "$told_control" \
			"Region 0: Memory at 60000000 (64-bit, non-prefetchable) [size=1M]" >"$log.lspci"
		{ cat "$log" && echo && cat "$log.lspci"; } >"$log.1"
		cat "$log.lspci" "$log" >"$log.2"
		for files in "--dump $log.1" "--dump $log.2" "--dump $log.lspci --dmesg $log"; do
			# shellcheck disable=SC2086
			run -1 pciaddr-check $files
			fails_with log-agrees "0000:01:00.0: the kernel's log has another device here"
			grep -q "log: 1234:0002, class 0106 .*:[1-9]" <<<"$output"
			grep -q "the source: .*class 0[12]" <<<"$output"
			[ "$(grep -c ^FAILED <<<"$output")" = 1 ]
			[[ $output != *"second time"* ]]
			# shellcheck disable=SC2086
			run -1 pciaddr-check $files --tree
			[[ $output == *"0x60000000-0x600fffff"* && $output != *0xa00* && $output != *0000:02* ]]
		done
	done
	# the same one, by its ids or its class
	for name in "SATA controller [0106]: Made up [1234:0002]" "SATA controller: Made up"; do
		printf '01:00.0 %s\n\t%s\n\t%s\n\n' "$name" "$told_control" \
			"Region 0: Memory at a0000000 (32-bit, non-prefetchable) [size=8K]" >"$log.lspci"
		for files in "$log.lspci $log" "$log $log.lspci"; do
			# shellcheck disable=SC2086
			cat $files >"$log.1"
			run pciaddr-check --dump "$log.1"
			[[ $output == *"ok       log-agrees"* && $output == *"ok       bar-in-window"* ]]
			no_failures
		done
	done
}

@test "lspci -v leaves out BARs, and those that it has are numbered as the log has them" {
	# NUMBER:TYPE:SIZE of the log, those that lspci lists, and whether they have addresses
	local layouts=("0:mem:1000 2:pref:100000 4:io:40" "0:mem:1000 1:pref:100000 3:pref:200000 5:io:80"
		"1:mem:4000 2:mem:1000 3:mem:2000" "0:io:20 1:io:20 5:mem:800")
	local listed=("2 4" "1 3 5" "2 3" "0 5")
	for i in 0 1 2 3; do
		for with in address no-address; do
			address=$((0x90000000))
			echo "[    1.5] pci 0000:04:00.0: [1234:0002] type 00 class 0x020000" >"$log"
			printf '04:00.0 Ethernet controller: Device 1234:0002\n\tFlags: fast devsel, IRQ 37\n' >"$log.lspci"
			for bar in ${layouts[i]}; do
				IFS=: read -r number kind size <<<"$bar"
				size=$((16#$size))
				range=$(printf '0x%x-0x%x' $address $((address + size - 1)))
				at=$(printf '%x' $address)
				[ $with = address ] || at="<unassigned>"
				case $kind in
				io) space="io " type="" line="I/O ports at $at" ;;
				mem) space=mem type="" line="Memory at $at (32-bit, non-prefetchable)" ;;
				pref) space=mem type=" 64bit pref" line="Memory at $at (64-bit, prefetchable)" ;;
				esac
				if [ $with = address ]; then
					echo "[    1.6] pci 0000:04:00.0: BAR $number [$space $range$type]: assigned"
				else
					printf '[    1.6] pci 0000:04:00.0: BAR %d [%s size 0x%x%s]: failed to assign\n' \
						"$number" "$space" $size "$type"
				fi >>"$log"
				[[ " ${listed[i]} " == *" $number "* ]] &&
					printf '\t%s [size=%d]\n' "$line" $size >>"$log.lspci"
				address=$((address + 0x1000000))
			done
			printf '\tCapabilities: [40] Express Endpoint, MSI 00\n\n' >>"$log.lspci"
			cat "$log" <(echo) "$log.lspci" >"$log.1"
			cat "$log.lspci" "$log" >"$log.2"
			for files in "--dump $log.1" "--dump $log.2" "--dump $log.lspci --dmesg $log"; do
				# shellcheck disable=SC2086
				run pciaddr-check $files --tree
				[ "$(grep -o 'BAR [0-9]' <<<"$output" | tr -dc '0-9\n' | xargs)" = "${listed[i]}" ]
				# shellcheck disable=SC2086
				run pciaddr-check $files --all
				[[ $output != *"log-agrees "*another* ]]
				[ $with = address ] || for number in ${listed[i]}; do
					grep -q "bar-assigned .*BAR $number" <<<"$output" || return 1
				done
			done
		done
	done
}
