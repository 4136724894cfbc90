#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check: machines other than a PC, sleeping devices, parts of machines. All are made up;
# ids are invented.

bats_require_minimum_version 1.5.0
load pciaddr

# A PCI Express capability at 40, by its device/port type
endpoint=("06=10 00" "34=40" "40=10 00 02")
root_port=("06=10 00" "34=40" "40=10 00 42")

setup() {
	dump=$BATS_TEST_TMPDIR/machine
}

@test "a host bridge that adds to 32-bit memory addresses is recognised by one BAR" {
	# the BAR, in its bridge's 32-bit window, cannot be where the kernel has it
	{
		bridge 0002:00:00.0 "00 01 01" "f1 01" "00 80 e0 80"
		card 0002:01:00.0 "\tRegion 0: Memory at 620c080000000 (64-bit, non-prefetchable) [size=16K]" \
			10="04 00 00 80"
	} >"$dump"
	run -0 pciaddr-check --dump "$dump"
	outcome ok bar-kernel
	# in another one, a 64-bit BAR on the root bus: nothing tells
	card 0002:00:01.0 "\tRegion 0: Memory at 620c080000000 (64-bit, prefetchable) [size=16K]" \
		10="0c 00 00 80" >"$dump"
	run -3 pciaddr-check --dump "$dump"
	outcome unknown bar-kernel "nothing tells"
	# two windows with an offset each
	{
		bridge 00:01.0 "00 01 01" "f1 01" "00 80 e0 80"
		card 01:00.0 "\tRegion 0: Memory at 200080000000 (32-bit, non-prefetchable) [size=1M]
\tRegion 2: Memory at 210000000000 (64-bit, prefetchable) [size=1M]" 10="00 00 00 80" 18="0c 00 00 00 00 21"
		bridge 00:02.0 "00 02 02" "f1 01" "00 90 e0 90"
		card 02:00.0 "\tRegion 0: Memory at 200090000000 (32-bit, non-prefetchable) [size=1M]" \
			10="00 00 00 90"
	} >"$dump"
	poke 00:01.0 24 01 00 f1 ff 00 21 00 00 00 21
	run -0 pciaddr-check --dump "$dump"
	outcome ok bar-kernel ".3."
	# one of the first window's that is elsewhere: with two that agree, it is stale
	poke 02:00.0 10 00 00 40 90
	{
		cat "$dump"
		bridge 00:03.0 "00 03 03" "f1 01" "00 a0 e0 a0"
		card 03:00.0 "\tRegion 0: Memory at 2000a0000000 (32-bit, non-prefetchable) [size=1M]" \
			10="00 00 00 a0"
	} >"$dump.3"
	mv "$dump.3" "$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-kernel "0000:02:00.0 BAR 0" "register 0x90400000"
}

# moved: register 0x2000, kernel 0x1000: translated, or moved behind the card's back
moved() {
	bridge 00:04.0 "00 01 01" "20 20" "f0 ff 00 00"
	card 01:01.0 "\tRegion 0: I/O ports at 1000 [size=2K]\n\tKernel driver in use: fpga_pci" \
		10="01 20"
}

# moved_ports RANGE: /proc/ioports with this range for the host bridge
moved_ports() {
	printf '%s : pcie@10000000\n  1000-1fff : PCI Bus 0000:01\n    1000-17ff : 0000:01:01.0\n' "$1"
	echo "      1000-17ff : fpga_pci"
}

@test "translated I/O is told from a moved card by the host bridge's range, the log, or not at all" {
	moved >"$dump"
	run -3 pciaddr-check --dump "$dump"
	outcome unknown bar-kernel
	run -3 pciaddr-check --dump "$dump" --expect 0x2000-0x27ff
	outcome unknown expect-kernel
	# all of the I/O space, from 0: there is nothing that could be added
	moved_ports 0000-ffff >"$dump.ioports"
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-kernel "register 0x2000" "kernel 0x1000-0x17ff"
	run -1 pciaddr-check --dump "$dump" --expect 0x2000-0x27ff
	fails_with expect-kernel "kernel 0x1000-0x17ff"
	# what is left of it from 0x1000 on
	moved_ports 0000-efff >"$dump.ioports"
	run -0 pciaddr-check --dump "$dump"
	outcome ok bar-kernel
	outcome ok ioports-claim
	run -0 pciaddr-check --dump "$dump" --expect 0x2000-0x27ff
	outcome ok expect-kernel "for the CPU it is at 0x1000-0x17ff"
	# a part that may be there or not
	moved_ports 0000-7fff >"$dump.ioports"
	run -3 pciaddr-check --dump "$dump"
	log='pci_bus 0000:00: root bus resource [io  0x0000-0x7fff]'
	echo "[    1.616299] $log (bus address [0x1000-0x8fff])" >"$dump.dmesg"
	run -0 pciaddr-check --dump "$dump" --expect 0x2000-0x27ff
	echo "Nov 27 06:00:00 host kernel: $log" >"$dump.dmesg"
	run -1 pciaddr-check --dump "$dump" --expect 0x2000-0x27ff
	fails_with expect-kernel "0x1000-0x17ff"
	# in one file with it
	{
		cat "$dump"
		printf 'dmesg:\n[    1.616299] %s (bus address [0x1000-0x8fff])\n' "$log"
	} >"$BATS_TEST_TMPDIR/one"
	cp "$dump.ioports" "$BATS_TEST_TMPDIR/one.ioports"
	run -0 pciaddr-check --dump "$BATS_TEST_TMPDIR/one" --expect 0x2000-0x27ff
	# the log beside a dump is no machine of its own; one without a dump is
	mkdir "$BATS_TEST_TMPDIR/dir"
	cp "$dump" "$dump.dmesg" "$dump.ioports" "$BATS_TEST_TMPDIR/dir"
	run -1 pciaddr-check --dump "$BATS_TEST_TMPDIR/dir"
	[[ $output == *"machine: 2 PCI functions"* ]]
	[[ $output != *"machines:"* ]]
}

@test "two domains share the CPU's ports, each with its offset" {
	{
		moved
		moved | sed -E 's/^0[01]:0[0-9]\.0 /0001:&/; s/ports at 1000/ports at 12000/'
	} >"$dump"
	{
		moved_ports 0000-efff
		moved_ports 10000-1ffff | sed 's/1000-1/12000-12/; s/12fff/12fff/; s/0000:01/0001:01/
			s/12000-127ff/12000-127ff/; s/pcie@1/pcie@2/'
	} >"$dump.ioports"
	run -0 pciaddr-check --dump "$dump"
	outcome ok bar-kernel ".2."
	outcome ok ioports-claim ".2."
}

@test "a claim that only /proc/ioports has at the CPU's address (powerpc)" {
	{
		bridge 00:04.0 "00 01 01" "21 21" "f0 ff 00 00"
		card 01:01.0 "\tRegion 0: I/O ports at 2000 [size=2K]" 10="01 20"
	} >"$dump"
	cat >"$dump.ioports" <<-'PORTS'
		10000-1ffff : pci@800000020000000
		  10000-10fff : Legacy IO
		  12000-12fff : PCI Bus 0000:01
		    12000-127ff : 0000:01:01.0
		      12000-127ff : fpga_pci
	PORTS
	run -0 pciaddr-check --dump "$dump"
	outcome ok ioports-claim
	outcome ok bar-kernel
	run -0 pciaddr-check --dump "$dump" --expect 0x2000-0x27ff
	outcome ok expect-claim "0x12000-0x127ff .*used by fpga_pci"
	# at another page of the window it is another one's
	sed -i 's/12000-127ff/13100-138ff/' "$dump.ioports"
	run -1 pciaddr-check --dump "$dump"
	fails_with ioports-claim "0000:01:01.0"
}

@test "a 16-bit I/O window above one of 32 bits sees the low 16 bits, but not on a PC" {
	{
		bridge 00:00.0 "00 01 02" "10 20" "f0 ff 00 00" "${root_port[@]}"
		bridge 01:00.0 "01 02 02" "11 21" "f0 ff 00 00" 30="08 60 08 60"
		card 02:00.0 "" 10="01 10 08 60"
	} >"$dump"
	cat >"$dump.ioports" <<-'PORTS'
		0000-ffff : pcie@e00000000
		  1000-2fff : PCI Bus 0000:01
		    1000-2fff : PCI Bus 0000:02
		    1000-1007 : 0000:02:00.0
	PORTS
	run pciaddr-check --dump "$dump"
	no_failures
	outcome ok window-in-window ".2."
	outcome ok ioports-claim
	run pciaddr-check --dump "$dump" --expect 0x60081000-0x60081007
	outcome ok expect-window
	# the claim does not begin where the low bits say
	sed -i 's/1000-1007/1010-1017/' "$dump.ioports"
	run -1 pciaddr-check --dump "$dump"
	fails_with ioports-claim "0000:02:00.0 BAR 0"
	echo "0cf8-0cff : PCI conf1" >"$dump.ioports"
	run -1 pciaddr-check --dump "$dump"
	fails_with window-in-window "0000:01:00.0" "0x60081000-0x60082fff"
}

@test "address 0 is one where the host bridge adds to it, and lost where it does not" {
	{
		bridge 0001:00:04.0 "00 01 01" "00 00" "f0 ff 00 00"
		card 0001:01:01.0 "\tRegion 0: I/O ports at 10000 [size=2K]" 10="01"
	} >"$dump"
	cat >"$dump.ioports" <<-'PORTS'
		00000-0ffff : pcie@50000000
		10000-1ffff : pcie@10000000
		  10000-10fff : PCI Bus 0001:01
		    10000-107ff : 0001:01:01.0
	PORTS
	run -0 pciaddr-check --dump "$dump"
	outcome ok bar-kernel
	outcome ok bar-in-window
	run -0 pciaddr-check --dump "$dump" --tree
	[[ $output == *"I/O window 0x0-0xfff"*"BAR 0  io  0x0-0x7ff"* ]]
	sed -i 's/ports at 10000/ports at c000/' "$dump"
	echo "0cf8-0cff : PCI conf1" >"$dump.ioports"
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-kernel "lost the address"
}

@test "an Enhanced Allocation BAR that Linux takes for the CPU's address, behind an offset, fails" {
	{
		bridge 00:04.0 "00 01 01" "20 30" "f0 ff 00 00"
		# EA: one entry, I/O, enabled, 0x2000 to 0x27ff
		card 01:01.0 "\tRegion 0: I/O ports at 2000 [size=2K]" \
			06="10 00" 34=40 40="14 00 01 00 02 02 ff 80 00 20 00 00 fc 07 00 00"
		card 01:02.0 "\tRegion 0: I/O ports at 2000 [size=256]" 10="01 30"
	} >"$dump"
	echo "[    0.1] pci_bus 0000:00: root bus resource [io  0x0000-0xefff] (bus address [0x1000-0xffff])" \
		>"$dump.dmesg"
	run -1 pciaddr-check --dump "$dump" --expect 0x2000-0x27ff
	fails_with expect-kernel "0000:01:01.0 BAR 0"
}

@test "a device tree's ranges give the offsets, and functions are found below platform/" {
	tree=$BATS_TEST_TMPDIR/sys
	bus=$tree/devices/platform/4010000000.pcie/pci0000:00
	node=$tree/firmware/devicetree/base/pcie@10000000
	mkdir -p "$bus/0000:00:01.0" "$bus/pci_bus/0000:00" "$node"
	ln -s ../../../../../../firmware/devicetree/base/pcie@10000000 "$bus/pci_bus/0000:00/of_node"
	card 00:01.0 "" 10="0c 00 00 80" | sed -n 's/^[0-9a-f]0: //p' | tr -d '\n ' | xxd -r -p \
		>"$bus/0000:00:01.0/config"
	zero="0x0000000000000000 0x0000000000000000 0x0000000000000000"
	{
		echo "0x0000000480000000 0x00000004800fffff 0x000000000014220c"
		for _ in {1..12}; do echo "$zero"; done
	} >"$bus/0000:00:01.0/resource"
	run -3 pciaddr-check --sysfs "$tree"
	outcome unknown bar-kernel
	# 64-bit memory: bus 80000000 is 480000000 for the CPU, 256 MiB of it
	printf '\0\0\0\2' >"$node/../#address-cells"
	xxd -r -p <<<"43000000 00000000 80000000 00000004 80000000 00000000 10000000" >"$node/ranges"
	run -0 pciaddr-check --sysfs "$tree"
	outcome ok bar-kernel
	outcome ok bar-in-window
	xxd -r -p <<<"43000000 00000000 90000000 00000004 80000000 00000000 10000000" >"$node/ranges"
	run -1 pciaddr-check --sysfs "$tree"
	fails_with bar-kernel "register 0x80000000" "kernel 0x480000000-0x4800fffff"
}

@test "BARs and windows on a root bus are inside what /proc shows of the host bridge" {
	machine host
	run -0 pciaddr-check --dump "$dump"
	outcome ok bar-in-window ".16."
	# the CPU's windows: bus 0 has memory from c0000000 on only
	sed -i 's/^[0-9a-f]*-[0-9a-f]* : PCI Bus 0000:00$/c0000000-c00fffff : PCI Bus 0000:00/' "$dump.iomem"
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-in-window "outside what the host bridge of bus 00 forwards" \
		"0xc0000000-0xc00fffff" "no compatible bridge window"
	fails_with window-in-window "0000:00:04.0 prefetchable window"
}

@test "an unassigned memory BAR is a finding; ROMs, host bridges and disabled registers are none" {
	card 00:01.0 "\tControl: I/O- Mem+ BusMaster+
\tRegion 0: Memory at 89000000 (32-bit, non-prefetchable) [size=16M]
\tRegion 1: Memory at <unassigned> (64-bit, prefetchable)
\tExpansion ROM at <unassigned> [disabled]
\tKernel driver in use: made_up" 10="00 00 00 89 0c" 30="00 00 00 00" >"$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-assigned "0000:00:01.0 BAR 1" "did not assign an address to this memory BAR"
	[ "$(grep -c '^FAILED' <<<"$output")" = 1 ]
	# without lspci -v: the device decodes memory, and the register has only its type
	card 00:01.0 "" 10="00 00 00 89 0c" >"$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-assigned "0000:00:01.0 BAR 1" "has no address"
	poke 00:01.0 04 01 00
	run -3 pciaddr-check --dump "$dump"
	outcome unknown bar-assigned
	# a host bridge's are left alone by the kernel
	device 00:00.0 "Host bridge: Made up" "\tControl: I/O+ Mem+ BusMaster+
\tRegion 0: Memory at <unassigned> (32-bit, prefetchable)" \
		0="34 12 03 00 07 00 00 00 00 00 00 06" 10="08" >"$dump"
	run pciaddr-check --dump "$dump"
	no_failures
}

@test "what lspci calls ignored, and what it does not call a region, is no address" {
	{
		card 00:01.0 "\tControl: I/O+ Mem+ BusMaster+\n\tRegion 0: I/O ports at <ignored>" 10="01 10"
		card 00:02.0 "\tControl: I/O+ Mem+ BusMaster+\n\tRegion 0: I/O ports at 1000 [size=256]" 10="01 10"
		device 00:1e.3 "System peripheral: Made up" "\tControl: I/O- Mem- BusMaster-" \
			0="34 12 04 00 00 00 00 00 00 00 80 08" 10="1d"
	} >"$dump"
	printf '0000-0cf7 : PCI Bus 0000:00\n0cf8-0cff : PCI conf1\n0d00-ffff : PCI Bus 0000:00\n  1000-10ff : 0000:00:02.0\n' \
		>"$dump.ioports"
	run -0 pciaddr-check --dump "$dump"
	outcome ok ioports-claim ".1."
	outcome ok bar-overlap ".1."
}

@test "a device whose bridge is not in the dump cannot be told" {
	card 02:00.0 "\tRegion 0: Memory at fe000000 (64-bit, non-prefetchable) [size=1M]" \
		10="04 00 00 fe" "${endpoint[@]}" >"$dump"
	run -3 pciaddr-check --dump "$dump"
	outcome unknown source-complete "bridge that leads to its bus"
	outcome unknown bar-in-window
	run -3 pciaddr-check --dump "$dump" --expect mem:0xfe000000-0xfe0fffff
	# bus 0 is no bridge's secondary bus: it is a root bus, as in some virtual machines
	sed 's/^02:/00:/' "$dump" >"$dump.0"
	run -0 pciaddr-check --dump "$dump.0"
	outcome "not run" bar-in-window
	# a root port, or a host bridge, says that its bus is a root bus
	{
		cat "$dump"
		bridge 02:01.0 "02 03 03" "f1 01" "00 80 e0 80" "${root_port[@]}"
	} >"$dump.1"
	run -0 pciaddr-check --dump "$dump.1"
}

@test "the nearest bridge that encloses a bus is its parent" {
	{
		bridge 5d:02.0 "5d 5e 60" "f1 01" "00 c0 f0 c5" "${root_port[@]}"
		bridge 5e:00.0 "5e 5f 60" "f1 01" "00 c4 f0 c4"
		card 60:00.0 "\tRegion 0: Memory at c4000000 (32-bit, non-prefetchable) [size=16M]" \
			10="00 00 00 c4"
	} >"$dump"
	run -3 pciaddr-check --dump "$dump"
	no_failures
	outcome ok bar-in-window ".1."
	outcome ok bar-overlap
	outcome unknown source-complete
	run pciaddr-check --dump "$dump" --tree
	[[ $output == *"bus 60 (the bridge to it was not read)"*"1234:0002"* ]]
	run pciaddr-check --dump "$dump" --draw -.svg
	[[ $output == *"1234:0002"* ]]
	# the nearest of all, and its window counts
	poke 5e:00.0 20 00 c0 f0 c0
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-in-window "what bridge 0000:5e:00.0 forwards"
}

@test "IDE in compatibility mode is known by its programming interface, also without hex" {
	{
		echo "00:1f.2 IDE interface: Made up (rev 01) (prog-if 80 [ISA Compatibility mode-only controller])"
		printf '\t%s\n' "Control: I/O+ Mem- BusMaster+" "Region 0: I/O ports at 01f0 [size=8]" \
			"Region 1: I/O ports at 03f4 [size=1]" "Region 2: I/O ports at 0170 [size=8]" \
			"Region 3: I/O ports at 0374 [size=1]" "Region 4: I/O ports at ffa0 [size=16]"
	} >"$dump"
	cat >"$dump.ioports" <<-'PORTS'
		0000-0cf7 : PCI Bus 0000:00
		  0170-0177 : 0000:00:1f.2
		  01f0-01f7 : 0000:00:1f.2
		  0376-0376 : 0000:00:1f.2
		  03f6-03f6 : 0000:00:1f.2
		0cf8-0cff : PCI conf1
		0d00-ffff : PCI Bus 0000:00
		  ffa0-ffaf : 0000:00:1f.2
	PORTS
	run -0 pciaddr-check --dump "$dump"
	outcome ok ioports-claim ".5."
	# native mode: BARs are as they read
	sed -i 's/prog-if 80/prog-if 85/' "$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with ioports-claim "BAR 1"
}

@test "bus numbers that a CardBus bridge keeps beyond those above it cost only cards with bridges" {
	# cardbus BUSES: a CardBus bridge on bus 1 below buses 01-02
	cardbus() {
		bridge 00:01.0 "00 01 02" "f1 01" "f0 ff 00 00"
		device 01:00.0 "CardBus bridge: Made up" "" 0="34 12 03 00 07 00 00 00 00 00 07 06 00 00 02" 18="$1"
	}
	cardbus "01 02 05" >"$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with bus-numbers "[low]" "buses from 03 on are not inside those of the bridge above" \
		"its secondary bus 02 is" "a card without a bridge of its own works" yenta_socket
	run ! grep "do not reach" <<<"$output"
	cardbus "01 02 02" >"$dump"
	run pciaddr-check --dump "$dump"
	outcome ok bus-numbers
	# its own bus is out of reach, and so is what is behind another bridge
	cardbus "01 03 05" >"$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with bus-numbers "bus numbers are not inside" "do not reach the buses below"
	run -1 pciaddr-check --dump "$dump" --severity high
	{
		bridge 00:01.0 "00 01 02" "f1 01" "f0 ff 00 00"
		bridge 01:00.0 "01 02 05" "f1 01" "f0 ff 00 00"
	} >"$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with bus-numbers "buses from 03 on are not inside" "its secondary bus 02 is" \
		"pci=assign-busses"
	run -1 pciaddr-check --dump "$dump" --severity high
}

@test "a primary bus register that is hard-wired to 0 is no failure" {
	bridge 10000:e0:06.0 "00 e1 e1" "f1 01" "00 72 00 72" "${root_port[@]}" >"$dump"
	run -0 pciaddr-check --dump "$dump"
	outcome ok bus-primary
	poke 10000:e0:06.0 18 05
	run -1 pciaddr-check --dump "$dump"
	fails_with bus-primary "primary bus 05"
}

@test "what the registers of a sleeping device read says nothing" {
	details="\tRegion 0: Memory at 4017001000 (64-bit, non-prefetchable) [size=4K]"
	asleep="\tCapabilities: [80] Power Management version 3\n\t\tStatus: D3 NoSoftRst+ PME-Enable- DSel=0 DScale=0 PME-"
	card 00:15.1 "$details\n$asleep" 10="04" 06="10 00" 34=80 >"$dump"
	run -3 pciaddr-check --dump "$dump"
	outcome unknown bar-kernel "power state below D0"
	# the capability in config space says it as well
	card 00:15.1 "$details" 10="04" 06="10 00" 34=80 80="01 00 03 00 03 00" >"$dump"
	run -3 pciaddr-check --dump "$dump"
	outcome unknown bar-kernel "power state below D0"
	{
		card 00:15.1 "$details" 10="04" 06="10 00" 34=80 80="01 00 03 00 00 00"
		card 00:15.2 "\tRegion 0: Memory at 4017002000 (64-bit, non-prefetchable) [size=4K]" \
			10="04 20 00 17 40"
	} >"$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-kernel "0000:00:15.1 BAR 0" "lost the address"
}

@test "Linux 2.4 names claims by the device, not by its slot" {
	{
		card 00:07.0 "\tRegion 0: I/O ports at df00 [size=64]" 10="01 df"
		card 00:0b.0 "\tRegion 0: I/O ports at d800 [size=256]" 10="01 d8"
	} >"$dump"
	cat >"$dump.ioports" <<-'PORTS'
		0000-001f : dma1
		0cf8-0cff : PCI conf1
		d800-d8ff : Made up, Inc. Ethernet
		  d800-d8ff : made_up
		df00-df3f : Made up, Inc. Sound
	PORTS
	run -0 pciaddr-check --dump "$dump"
	outcome ok ioports-claim ".2."
	sed -i /df00/d "$dump.ioports"
	run -3 pciaddr-check --dump "$dump"
	outcome unknown ioports-claim "older than 2.6"
}

@test "a truncated dump cannot be told, wherever it is cut" {
	size=$(stat -c %s "$GUEST")
	for cut in 20 600 3000 $((size / 2)) $((size - 30)); do
		head -c "$cut" "$GUEST" >"$dump"
		run pciaddr-check --dump "$dump"
		[ "$status" = 3 ] || [ "$status" = 1 ] || [ "$status" = 2 ] || {
			echo "cut at $cut: status $status" && echo "$output"
			return 1
		}
	done
	# in the middle of a row, and between rows
	awk '/^01:01.0/ { last = 1 } { print } last && /^90:/ { exit }' "$GUEST" >"$dump"
	run -3 pciaddr-check --dump "$dump"
	outcome unknown source-complete "cut off"
}

# physical NUMBER: a physical function whose VF BAR 0 is at e0000000, for so many of 8 virtual
# functions (hexadecimal), behind a bridge with memory from e0000000 to e00fffff
physical() {
	bridge 00:01.0 "00 01 01" "f1 01" "00 e0 00 e0" "${root_port[@]}"
	card 01:00.0 "" "${endpoint[@]}" 100="10 00 01 00" 108="09 00" 10e="08 00" 110="$1 00" \
		124="00 00 00 e0"
}

@test "BARs of virtual functions are inside the windows above, as many as are enabled" {
	physical 04 >"$dump"
	run pciaddr-check --dump "$dump"
	outcome unknown sriov-in-window "where the BAR ends is unknown"
	# 128 KiB each, 8 of them
	printf 'e0000000-e00fffff : PCI Bus 0000:01\n  e0000000-e00fffff : 0000:01:00.0\n' >"$dump.iomem"
	run pciaddr-check --dump "$dump"
	outcome ok sriov-in-window ".1."
	# 256 KiB each: 4 fit, 8 do not
	sed -i 's/e00fffff : 0000/e01fffff : 0000/' "$dump.iomem"
	run pciaddr-check --dump "$dump"
	outcome ok sriov-in-window ".1."
	physical 08 >"$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with sriov-in-window "VF BAR 0, for 8 virtual functions" \
		"0xe0000000-0xe01fffff: 8 times 256 KiB" "memory window 0xe0000000-0xe00fffff"
	# a specification asks for them, and a captured one does
	echo 'devices: [{select: "1234:0002", sriov: {total: 8, enabled: 8}}]' >"$BATS_TEST_TMPDIR/spec"
	run -0 pciaddr-check --dump "$dump" --spec "$BATS_TEST_TMPDIR/spec"
	sed -i 's/enabled: 8/enabled: 4/' "$BATS_TEST_TMPDIR/spec"
	run -1 pciaddr-check --dump "$dump" --spec "$BATS_TEST_TMPDIR/spec"
	fails_with spec-sriov "specified: 4" "found: 8"
	run -0 pciaddr-check --dump "$dump" --capture
	[[ $output == *"sriov: {total: 8, enabled: 8}"* ]]
	sed '/^1[0-9a-f][0-9a-f]: /d' "$dump" >"$dump.256"
	run -3 pciaddr-check --dump "$dump.256" --spec "$BATS_TEST_TMPDIR/spec"
	outcome unknown spec-sriov "extended config space was not read"
	# none enabled
	poke() { sed -i 's/^100: .*/100: 10 00 01 00 00 00 00 00 00 00 00 00 00 00 08 00/' "$dump"; }
	poke
	run pciaddr-check --dump "$dump"
	outcome "not run" sriov-in-window
}

@test "BARs of virtual functions overlap nothing but what these show of them" {
	physical 04 >"$dump"
	printf 'e0000000-e00fffff : PCI Bus 0000:01\n  e0000000-e00fffff : 0000:01:00.0\n' >"$dump.iomem"
	run pciaddr-check --dump "$dump"
	outcome ok bar-overlap ".1."
	# the first of them has the function's BAR again, below the same bridge
	device 01:00.1 "Made up" "\tRegion 0: Memory at e0000000 (32-bit, non-prefetchable) [virtual] [size=128K]" \
		0="ff ff ff ff 00 00 00 00 00 00 00 ff" >>"$dump"
	printf '    e0000000-e001ffff : 0000:01:00.1\n' >>"$dump.iomem"
	run pciaddr-check --dump "$dump"
	no_failures
	outcome ok bar-overlap ".2."
	# 128 KiB each: the fourth ends at e007ffff
	card 01:01.0 "\tRegion 0: Memory at e0080000 (32-bit, non-prefetchable) [size=4K]" \
		10="00 00 08 e0" >>"$dump"
	run pciaddr-check --dump "$dump"
	outcome ok bar-overlap ".3."
	run ! grep -A3 "^FAILED *bar-overlap" <<<"$output"
	sed -i 's/e0080000/e007f000/; s/^10: 00 00 08 e0/10: 00 f0 07 e0/' "$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-overlap "overlaps the VF BAR 0 of 0000:01:00.0" \
		"0000:01:01.0 BAR 0 0xe007f000-0xe007ffff" \
		"0000:01:00.0 VF BAR 0 0xe0000000-0xe007ffff: 4 times 128 KiB"
	run pciaddr-check --dump "$dump" --map
	[[ $output == *"e0000000-e007ffff"*"512 KiB"*"0000:01:00.0 VF BAR 0"* ]]
	[[ $output == *"COLLIDES with 0000:01:00.0 VF BAR 0"* ]]
	# without their memory enabled they answer nowhere
	sed -i 's/^\(100: .*\) 09 00 \(.*\)/\1 01 00 \2/' "$dump"
	run pciaddr-check --dump "$dump"
	outcome ok bar-overlap ".2."
}

@test "the size of a resizable BAR is read from its capability" {
	card 00:01.0 "" 06="10 00" 34=40 40="10 00 92" 10="00 00 00 e0" \
		100="15 00 01 00 00 00 00 00 20 08 00 00" >"$dump"
	run pciaddr-check --dump "$dump" --tree
	[[ $output == *"BAR 0  memory32  0xe0000000-0xefffffff  256 MiB"* ]]
}

@test "the size of virtual functions' resizable BARs is read from their capability" {
	{
		bridge 00:01.0 "00 01 01" "f1 01" "00 e0 00 e0" "${root_port[@]}"
		card 01:00.0 "" "${endpoint[@]}" 100="24 00 01 14 00 30 00 00 20 01 00 00" \
			140="10 00 01 00" 148="09 00" 14e="08 00" 150="04 00" 164="00 00 00 e0"
	} >"$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with sriov-in-window "0xe0000000-0xe07fffff: 4 times 2 MiB"
}

@test "what was not looked at is no pass, in any format" {
	card 00:01.0 "" 10="01 10" >"$dump"
	run pciaddr-check --dump "$dump"
	outcome "not run" bar-kernel "does not have what it compares"
	outcome "not run" window-overlap "nothing for it to look at"
	[[ ${lines[-1]} =~ :\ [0-9]+\ passed,\ 0\ failed,\ 1\ unknown,\ [0-9]+\ not\ run$ ]] ||
		[[ ${lines[-1]} =~ \ not\ run$ ]]
	run pciaddr-check --dump "$dump" --format tap
	grep -qE '^ok [0-9]+ - bar-kernel: .* # SKIP' <<<"$output"
	run pciaddr-check --dump "$dump" --format prometheus
	grep -qE 'check="bar-kernel",severity="high",outcome="skip"} 1$' <<<"$output"
	grep -qE 'check="bar-kernel",severity="high",outcome="pass"} 0$' <<<"$output"
	run pciaddr-check --dump "$dump" --format junit
	grep -A1 'classname="bar-kernel"' <<<"$output" | grep -q '<skipped'
	command -v jq >/dev/null || skip "the rest: no jq"
	pciaddr-check --dump "$dump" --format json >"$BATS_TEST_TMPDIR/json" || true
	jq -e '.machines[0].checks[] | select(.check == "bar-kernel") | .pass == 0 and .skip == 1' \
		"$BATS_TEST_TMPDIR/json"
}

# selftests/arch/capture wrote these; sources: what of them is there
@test "captured guests of other architectures, as far as it is known what their host bridges add" {
	for name in "$TOP"/selftests/pciaddr/arch/*; do
		mkdir "$BATS_TEST_TMPDIR/${name##*/}"
		cp "$name"/* "$BATS_TEST_TMPDIR/${name##*/}"
		dump=$BATS_TEST_TMPDIR/${name##*/}/guest.lspci
		run -0 pciaddr-check --dump "$dump" --expect 0x2000-0x27ff@1234:f96a
		outcome ok expect-claim "0000:01:01.0 BAR 0"
		# the window of 1 MiB that SLOF made has no room for 16 MiB
		if [ "${name##*/}" = ppc64el ]; then
			run -1 pciaddr-check --dump "$dump"
			fails_with log-no-space "0000:01:01.0 BAR 2"
			[ "$(grep -c ^FAILED <<<"$output")" = 1 ]
		else
			run -0 pciaddr-check --dump "$dump"
		fi
		[ "$(grep -c ^unknown <<<"$output")" = 0 ]
		# Without log and claims nothing tells; a failure would be a guess.
		rm "$dump".*
		run pciaddr-check --dump "$dump"
		no_failures
	done
}

@test "guests of other architectures" {
	ARCH=$CORPUS/../arch
	[ -d "$ARCH" ] || skip "no guests of other architectures beside this tree"
	for name in arm64-address-zero arm64-io-offset arm64-two-domains ppc64el-pseries \
		ppc64el-two-host-bridges; do
		run pciaddr-check --dump "$ARCH/$name/guest.lspci"
		# its log is right: firmware's window of 1 MiB has no room for the card's BAR 2
		if [[ $name == ppc64el-* ]]; then
			fails_with log-no-space ":01:01.0 BAR 2" "15 MiB are missing"
			[ "$(grep -c ^FAILED <<<"$output")" = 1 ]
		else
			no_failures
		fi
		mkdir "$BATS_TEST_TMPDIR/$name"
		tar -xzf "$ARCH/$name/sys.tar.gz" -C "$BATS_TEST_TMPDIR/$name"
		run pciaddr-check --sysfs "$BATS_TEST_TMPDIR/$name"
		no_failures
	done
	for name in arm64-moved-by-linux riscv64-virt; do
		run -1 pciaddr-check --dump "$ARCH/$name/guest.lspci"
		fails_with bar-kernel "register 0x2000" "kernel 0x1000-0x17ff"
	done
}

# told SLOT NAME LINE...: lspci -vv of a function that decodes, without hex
told() {
	local slot=$1 name=$2
	shift 2
	printf '%s %s\n' "$slot" "$name"
	printf '\tControl: I/O+ Mem+ BusMaster+ SpecCycle- MemWINV- VGASnoop- ParErr- Stepping- SERR- FastB2B- DisINTx-\n'
	printf '\t%s\n' "$@"
	echo
}

# behind IO MEMORY PREFETCHABLE: a bridge to bus 1 with these windows; - : closed
behind() {
	local -a windows=("$@")
	local names=("I/O" Memory "Prefetchable memory") i
	for i in 0 1 2; do
		[ "${windows[i]}" = - ] && windows[i]="[disabled]"
		windows[i]="${names[i]} behind bridge: ${windows[i]} [size=1M]"
	done
	told 00:02.0 "PCI bridge: Device 1234:0001" \
		"Bus: primary=00, secondary=01, subordinate=01, sec-latency=0" "${windows[@]}"
}

@test "lspci's text of a host bridge that translates: what does not fit as it is, is unknown" {
	# memory whose window lspci has cut to 32 bits, beside a prefetchable one of 64
	for high in 7 12 0x3f; do
		high=$(printf '%x' $((high)))
		for region in "Memory at ${high}40200000 (64-bit, non-prefetchable) [size=64K]" \
			"Memory at ${high}40200000 (64-bit, prefetchable) [size=64K]" \
			"Memory at ${high}40200000 (32-bit, non-prefetchable) [size=64K]"; do
			for prefetchable in - "${high}80000000-${high}8fffffff" c0000000-c00fffff; do
				behind - 40200000-402fffff "$prefetchable" >"$dump"
				told 01:00.0 "Ethernet controller: Device 1234:0002" "Region 0: $region" >>"$dump"
				run -3 pciaddr-check --dump "$dump"
				outcome unknown bar-in-window "what the host bridge adds is unknown"
			done
		done
	done
	# ports: in the registers all of the CPU's address, or in the CPU's a part of a large space
	for ports in "d4003000-d4003fff 3010" "2000-2fff 12040" "00007000-00007fff 2000007020"; do
		# shellcheck disable=SC2086
		set -- $ports
		behind "$1" - - >"$dump"
		told 01:00.0 "SATA controller: Device 1234:0003" "Region 0: I/O ports at $2 [size=16]" >>"$dump"
		run -3 pciaddr-check --dump "$dump"
		outcome unknown bar-in-window "what the host bridge adds is unknown"
		run -3 pciaddr-check --dump "$dump" --expect "$(printf '0x%x-0x%x' $((16#$2)) $((16#$2 + 15)))"
		outcome unknown expect-window "what the host bridge adds is unknown"
		# no offset puts a larger BAR into the window
		sed -i 's/size=16]/size=8K]/; s/ports at .*0 \[/ports at 10000 [/' "$dump"
		run -1 pciaddr-check --dump "$dump"
		fails_with bar-in-window "0000:01:00.0 BAR 0"
	done
	# below 4 GiB another BAR, or the text's own word of a device tree, shows that it may be
	for line in "Region 2: Memory at a40100000 (32-bit, non-prefetchable) [size=4K]" \
		"Device tree node: /sys/firmware/devicetree/base/pcie@50000000/pcie@2,0"; do
		behind - 90000000-900fffff - >"$dump"
		told 01:00.0 "Ethernet controller: Device 1234:0002" "$line" \
			"Region 0: Memory at 50000000 (32-bit, non-prefetchable) [size=64K]" >>"$dump"
		run -3 pciaddr-check --dump "$dump"
		outcome unknown bar-in-window "what the host bridge adds is unknown"
	done
	# but where another BAR is inside as it is, nothing is added
	told 01:00.1 "Ethernet controller: Device 1234:0002" \
		"Region 0: Memory at 90010000 (32-bit, non-prefetchable) [size=64K]" >>"$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-in-window "0000:01:00.0 BAR 0" "0x90000000-0x900fffff"
	# nor on a PC
	{
		told 00:00.0 "Host bridge [0600]: Made up [8086:1234]"
		told 00:1f.0 "ISA bridge [0601]: Made up [8086:1235]"
		behind - 40200000-402fffff 780000000-78fffffff
		told 01:00.0 "Ethernet controller: Device 1234:0002" \
			"Region 0: Memory at 740200000 (64-bit, non-prefetchable) [size=64K]"
	} >"$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-in-window "0000:01:00.0 BAR 0"
}

@test "an offset that registers and text of one BAR show holds for those with text alone" {
	for outside in 20 e0; do
		{
			bridge 00:02.0 "00 01 01" "f1 01" "00 80 f0 80"
			card 01:00.0 "\tRegion 0: Memory at 6580000000 (32-bit, non-prefetchable) [size=64K]" \
				10="00 00 00 80"
			told 01:00.1 "Ethernet controller: Device 1234:0002" \
				"Region 0: Memory at 6580${outside}0000 (64-bit, non-prefetchable) [size=64K]"
			told 01:00.2 "Ethernet controller: Device 1234:0002" \
				"Region 0: Memory at 65${outside}000000 (64-bit, non-prefetchable) [size=64K]"
		} >"$dump"
		run -1 pciaddr-check --dump "$dump"
		fails_with bar-in-window "0000:01:00.2 BAR 0"
		[[ $output != *"0000:01:00.1 BAR 0:"* && $output != *"0000:01:00.0 BAR 0:"* ]]
	done
}

@test "a BAR's register in a window of which only lspci's word is known, which is the kernel's" {
	{
		behind - 40200000-402fffff -
		card 01:00.0 "\tRegion 0: Memory at 740200000 (32-bit, non-prefetchable) [size=64K]" \
			10="00 00 20 c0"
	} >"$dump"
	run pciaddr-check --dump "$dump"
	outcome ok bar-in-window
	no_failures
}

@test "a window of which there is lspci's word alone, below one whose register was read" {
	{
		bridge 00:01.0 "00 01 02" "f1 01" "20 c0 20 c0"
		behind - 40200000-402fffff - | sed 's/^00:02/01:02/; s/=01/=02/g; s/=00/=01/'
	} >"$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with window-in-window "0000:01:02.0 memory window"
	# on a machine that translates
	told 02:00.0 "Ethernet controller: Device 1234:0002" \
		"Region 0: Memory at 740200000 (32-bit, non-prefetchable) [size=64K]" >>"$dump"
	run -3 pciaddr-check --dump "$dump"
	outcome unknown window-in-window "what the host bridge adds is unknown"
}

# on_port PORT [LINE]: a card whose ports begin there
on_port() {
	told 00:05.0 "SCSI storage controller: Device 1234:0004" "${2:-Latency: 0}" \
		"Region 0: I/O ports at $1 [size=32]"
}

@test "the ports of a PC's own devices are that on a PC, and unknown where nothing tells what it is" {
	for port in 0020 0040 00c0 0ce0; do
		on_port "$port" >"$dump"
		run -3 pciaddr-check --dump "$dump"
		outcome unknown legacy-ports "whether this machine is a PC"
		# a chipset, a kernel's log, the name of the machine, /proc/ioports
		for pc in "[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable" \
			"[    0.312000] PCI: Using configuration type 1 for base access" \
			"Linux box 6.1.0 #1 SMP Sat Jan 1 00:00:00 UTC 2022 x86_64 GNU/Linux" \
			"Linux box 4.19.0 #1 SMP Sat Jan 1 00:00:00 UTC 2022 i686 i686 i386 GNU/Linux"; do
			{ echo "$pc" && echo && cat "$dump"; } >"$dump.pc"
			run -1 pciaddr-check --dump "$dump.pc"
			fails_with legacy-ports "0000:00:05.0 BAR 0"
			{ cat "$dump" && echo "$pc"; } >"$dump.pc"
			run -1 pciaddr-check --dump "$dump.pc"
			fails_with legacy-ports "0000:00:05.0 BAR 0"
		done
		for vendor in 8086 1022; do
			{
				told 00:00.0 "Host bridge [0600]: Made up [$vendor:1234]"
				told 00:14.3 "ISA bridge [0601]: Made up [$vendor:1235]"
				cat "$dump"
			} >"$dump.pc"
			run -1 pciaddr-check --dump "$dump.pc"
			fails_with legacy-ports "0000:00:05.0 BAR 0"
		done
		for other in "[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x410fd034]" \
			"[    0.000000] OF: fdt: Machine model: Made up" \
			"[    0.000000] Machine model: Made up" \
			"[    0.000000] PROMLIB: Sun IEEE Boot Prom 'OBP 4.30.4'" \
			"[    0.000000] MIPS: machine is Made up" \
			"[    7.000000] Hardware name: Made up board (DT)" \
			"[    1.0] pci_bus 0000:00: root bus resource [io  0x1000000-0x100ffff] (bus address [0x0000-0xffff])" \
			"Linux box 6.1.0 #1 SMP Sat Jan 1 00:00:00 UTC 2022 ppc64le GNU/Linux"; do
			{ cat "$dump" && echo && echo "$other"; } >"$dump.other"
			run pciaddr-check --dump "$dump.other"
			outcome "not run" legacy-ports
		done
		{
			on_port "$port" "Device tree node: /sys/firmware/devicetree/base/pci@7000/scsi@5"
			sed 's/^.*Region.*/\tRegion 0: Memory at 300b0000000 (32-bit, non-prefetchable) [size=4K]/' "$dump" |
				sed 's/^00:05/00:06/'
		} >"$dump.both"
		# each of the two is enough
		head -n 5 "$dump.both" >"$dump.other"
		run -0 pciaddr-check --dump "$dump.other"
		outcome "not run" legacy-ports
		grep -v 'Device tree' "$dump.both" >"$dump.other"
		run -0 pciaddr-check --dump "$dump.other"
		outcome "not run" legacy-ports
	done
}

# ide SLOT INTERFACE REGISTERS LINE...: IDE with this programming interface, and registers 10 to 1f
ide() {
	local slot=$1 interface=$2 registers=$3
	shift 3
	device "$slot" "IDE interface: Made up (prog-if $interface)" "$(printf '\\t%s\\n' "$@")" \
		0="34 12 08 00 05 00 00 00 00 $interface 01 01" 10="$registers"
}

@test "IDE in compatibility mode is where registers or lspci have it, with the channels that they have" {
	# a channel of two is a function of its own: in hex and text, in hex, in text
	local first=("Region 0: I/O ports at 01f0 [size=8]" "Region 1: I/O ports at 03f4")
	local second=("Region 0: I/O ports at 0170 [size=8]" "Region 1: I/O ports at 0374")
	local empty="00 00 00 00 00 00 00 00"
	for interface in 00 80 8a; do
		{
			ide 00:09.1 $interface "f1 01 00 00 f5 03 00 00 $empty" "${first[@]}"
			ide 00:09.2 $interface "71 01 00 00 75 03 00 00 $empty" "${second[@]}"
		} >"$dump.both"
		sed '/Region/d' "$dump.both" >"$dump.hex"
		{
			told 00:09.1 "IDE interface: Device 1234:0008 (prog-if $interface)" "${first[@]}"
			told 00:09.2 "IDE interface: Device 1234:0008 (prog-if $interface)" "${second[@]}"
		} >"$dump.text"
		for file in "$dump.both" "$dump.hex" "$dump.text"; do
			run -0 pciaddr-check --dump "$file"
			outcome ok bar-overlap ".4."
			run -0 pciaddr-check --dump "$file" --tree
			[[ $output == *"0x1f0-0x1f7"*"0x3f6-0x3f6"*09.2*"0x170-0x177"*"0x376-0x376"* ]]
			[ "$(grep -c BAR <<<"$output")" = 4 ]
		done
		# in a record of text and one of hex, in both orders
		cat "$dump.text" "$dump.hex" >"$dump.1"
		cat "$dump.hex" "$dump.text" >"$dump.2"
		for file in "$dump.1" "$dump.2"; do
			run -0 pciaddr-check --dump "$file"
			outcome ok bar-overlap ".4."
		done
	done
	# the kernel's resources, with registers that tell nothing
	tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree/0000:00:09.1" "$tree/0000:00:09.2"
	for function in 1f0:3f6:1 170:376:2; do
		IFS=: read -r ports control number <<<"$function"
		directory=$tree/0000:00:09.$number
		{
			printf '\x34\x12\x08\0\x05\0\0\0\0\x80\x01\x01'
			head -c 52 /dev/zero
		} >"$directory/config"
		printf '0x%016x 0x%016x 0x%016x\n' "0x$ports" $((16#$ports + 7)) 0x40101 "0x$control" \
			"0x$control" 0x40101 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 >"$directory/resource"
	done
	run pciaddr-check --sysfs "$tree" --tree
	[[ $output == *"0x1f0-0x1f7"*"0x3f6-0x3f6"*09.2*"0x170-0x177"*"0x376-0x376"* ]]
	[ "$(grep -c BAR <<<"$output")" = 4 ]
	# registers of 0 tell nothing: both channels, as the standard has them
	ide 00:09.1 80 "$empty $empty" "Latency: 0" >"$dump"
	run -0 pciaddr-check --dump "$dump" --tree
	[[ $output == *0x1f0-0x1f7*0x3f6-0x3f6*0x170-0x177*0x376-0x376* ]]
}

@test "IDE in compatibility mode whose registers hold an address that is none of ISA's" {
	for address in "a1 c0" "01 12" "09 01"; do
		ide 00:09.1 80 "$address 00 00 00 00 00 00 00 00 00 00 00 00 00 00" "Latency: 0" >"$dump"
		run -0 pciaddr-check --dump "$dump" --tree
		[[ $output == *0x1f0-0x1f7* ]]
		# another one at the standard's address: which of them is there, nothing tells
		card 00:0a.0 "\tRegion 0: I/O ports at 01f0 [size=8]" 10="f1 01" >>"$dump"
		run -3 pciaddr-check --dump "$dump"
		outcome unknown bar-overlap "IDE in compatibility mode"
		# lspci has it where the register says
		set -- $address
		sed "s/Latency: 0/Region 0: I\/O ports at $2${1%?}0 [size=8]/" "$dump" >"$dump.told"
		[ "$1" = 09 ] && sed -i 's/0100 \[/0108 [/' "$dump.told"
		run -0 pciaddr-check --dump "$dump.told"
		outcome ok bar-overlap
		outcome ok bar-kernel
	done
	# and where it says it, without a register
	told 00:09.1 "IDE interface: Device 1234:0008 (prog-if 80)" \
		"Region 0: I/O ports at c0a0 [size=8]" "Region 1: I/O ports at c0b4 [size=4]" >"$dump"
	run -0 pciaddr-check --dump "$dump" --tree
	[[ $output == *0xc0a0-0xc0a7*0xc0b4-0xc0b7* && $output != *0x1[f7]0-* ]]
}
