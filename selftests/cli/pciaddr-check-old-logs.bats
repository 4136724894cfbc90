#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check: logs of kernels before 3.4, and of consoles that do not show all lines. All are
# made up.

bats_require_minimum_version 1.5.0
load pciaddr

setup() {
	log=$BATS_TEST_TMPDIR/log
}

# tree LINE...: each is in the machine's tree
tree() {
	local text
	run -0 pciaddr-check --numeric --dump "$log" --tree
	for text; do
		[[ $output == *"$text"* ]] || { echo "no '$text' in: $output"; return 1; }
	done
}

@test "Linux 2.6.31: types in words, windows in capitals, one bus for each bridge" {
	sed 's/^/[    0.3] /' >"$log" <<-'LOG'
		pci 0000:00:02.0: reg 10 32bit mmio pref: [0xe0000000-0xe0ffffff]
		pci 0000:00:02.0: reg 14 io port: [0x1800-0x1807]
		pci 0000:00:02.0: reg 30 32bit mmio pref: [0x000000-0x00ffff]
		pci 0000:02:00.0: reg 10 64bit mmio: [0xf0000000-0xf0003fff]
		pci 0000:00:1c.0: bridge io port: [0x2000-0x2fff]
		pci 0000:00:1c.0: bridge 32bit mmio: [0xf0000000-0xf1ffffff]
		pci 0000:00:1e.0: transparent bridge
		pci 0000:00:1c.0: PCI bridge, secondary bus 0000:01
		pci 0000:00:1c.0:   IO window: disabled
		pci 0000:00:1c.0:   MEM window: 0xf0000000-0xf1ffffff
		pci 0000:00:1c.0:   PREFETCH window: 0x000000f4000000-0x000000f4ffffff
		pci 0000:01:00.0: PCI bridge, secondary bus 0000:02
		pci 0000:01:00.0:   IO window: disabled
		pci 0000:01:00.0:   MEM window: 0xf0000000-0xf0ffffff
		pci 0000:01:00.0:   PREFETCH window: disabled
		pci 0000:00:1e.0: PCI bridge, secondary bus 0000:03
		pci 0000:00:1e.0:   IO window: disabled
		pci 0000:00:1e.0:   MEM window: disabled
		pci 0000:00:1e.0:   PREFETCH window: disabled
		pci_bus 0000:00: resource 0 io:  [0x00-0xffff]
		pci_bus 0000:00: resource 1 mem: [0x000000-0xffffffffffffffff]
		pci_bus 0000:01: resource 1 mem: [0xf0000000-0xf1ffffff]
		pci_bus 0000:01: resource 2 pref mem [0xf4000000-0xf4ffffff]
		pci_bus 0000:02: resource 1 mem: [0xf0000000-0xf0ffffff]
	LOG
	tree "BAR 0  memory32  0xe0000000-0xe0ffffff" "BAR 1  io  0x1800-0x1807" "bus 01-02" \
		"memory window 0xf0000000-0xf1ffffff" "prefetchable window 0xf4000000-0xf4ffffff" \
		"BAR 0  memory64  0xf0000000-0xf0003fff"
	[[ $output != *"0x2000-0x2fff"* ]]
	run -0 pciaddr-check --dump "$log"
	[[ $output == *"5 PCI functions, 3 bridges"* && $output != *warning* ]]
	# two numbers with a comma between them, as 2.6.28 has them
	sed -i -E '/mmio/s/\[0x([0-9a-f]+)-0x([0-9a-f]+)\]/[\1, \2]/' "$log"
	tree "BAR 0  memory32  0xe0000000-0xe0ffffff"
	# the BAR is outside what the bridge forwards, as far as the scan has seen it
	sed -i 's/f0000000, f0003fff/f2000000, f2003fff/' "$log"
	run -3 pciaddr-check --dump "$log"
	[[ $output == *"unknown  bar-in-window     0000:02:00.0: "* ]]
}

@test "Linux 2.6.24: a bridge without its buses, failures with a size, no slot in front" {
	cat >"$log" <<-'LOG'
		PCI: Using ACPI for IRQ routing
		PCI: Cannot allocate resource region 7 of bridge 0000:00:1c.0
		PCI: Bridge: 0000:00:1c.0
		  IO window: disabled.
		  MEM window: f4000000-f5ffffff
		  PREFETCH window: d0000000-dfffffff
		PCI: Failed to allocate mem resource #6:20000@d8000000 for 0000:01:00.0
		PCI: Bridge: 0000:00:1e.0
		  IO window: 2000-2fff
		  MEM window: disabled.
		  PREFETCH window: disabled.
		PCI: Setting latency timer of device 0000:00:1e.0 to 64
		NET: Registered protocol family 2
		  MEM window: 10000000-1fffffff
	LOG
	for stamp in "" "[   25.578842] " "Jul 30 11:47:59 host kernel: "; do
		sed -i "s/^/$stamp/" "$log"
		run -3 pciaddr-check --numeric --dump "$log"
		[[ $output == *"3 PCI functions, 2 bridges"* && $output != *FAILED* ]]
		# a ROM is no loss
		[[ $output == *"harmless: no place for 1 memory resource"*"0000:01:00.0"* ]]
		tree "memory window 0xf4000000-0xf5ffffff" "prefetchable window 0xd0000000-0xdfffffff" \
			"I/O window 0x2000-0x2fff"
		[[ $output != *0x10000000* ]]
		sed -i "s/^$(sed 's/[][.]/\\&/g' <<<"$stamp")//" "$log"
	done
	# but a BAR is one
	sed -i 's/#6:20000@/#0:20000@/' "$log"
	run -1 pciaddr-check --dump "$log"
	fails_with log-no-space "0000:01:00.0 BAR 0" "128 KiB"
	sed -i "s/^PCI: Failed.*/pci 0000:01:00.0: BAR 0: can't allocate mem resource [0xd8000000-0xd801ffff]/" "$log"
	run -1 pciaddr-check --dump "$log"
	fails_with log-no-space "0000:01:00.0 BAR 0" "128 KiB"
}

@test "Linux 3.0: the type of the header in one digit, the class without its interface, closed windows" {
	sed 's/^/[    0.3] /' >"$log" <<-'LOG'
		pci 0000:00:00.0: [1234:0000] type 0 class 0x000600
		pci 0000:00:1c.0: [1234:0001] type 1 class 0x000604
		pci 0000:01:00.0: [1234:0002] type 0 class 0x000200
		pci 0000:01:00.0: reg 10: [mem 0xf0000000-0xf0003fff 64bit]
		pci 0000:00:1c.0: PCI bridge to [bus 01-01]
		pci 0000:00:1c.0:   bridge window [io  0xf000-0x0000] (disabled)
		pci 0000:00:1c.0:   bridge window [mem 0xf0000000-0xf00fffff]
		pci 0000:00:1c.0:   bridge window [mem 0xfff00000-0x000fffff pref] (disabled)
		pci 0000:00:1c.0: PCI bridge to [bus 01-01]
		pci 0000:00:1c.0:   bridge window [io  disabled]
		pci 0000:00:1c.0:   bridge window [mem 0xf0000000-0xf00fffff]
		pci 0000:00:1c.0:   bridge window [mem pref disabled]
	LOG
	run -0 pciaddr-check --dump "$log"
	[[ $output == *"3 PCI functions, 1 bridge, 2 buses"* && $output != *warning* ]]
	tree "1c.0  1234:0001" "00.0  1234:0002  Ethernet" "memory window 0xf0000000-0xf00fffff"
	run -0 pciaddr-check --dump "$log" --capture
	[[ $output == *'class: "020000"'* && $output == *"io: closed"*"prefetchable: closed"* ]]
}

@test "a console that does not show which functions are bridges: numbered windows, and their own BARs" {
	sed 's/^/[    1.9] /' >"$log" <<-'LOG'
		PCI host bridge to bus 0000:00
		pci_bus 0000:00: root bus resource [mem 0x60000000-0x6fffffff]
		pci_bus 0000:00: root bus resource [io  0x1e160000-0x1e16ffff]
		pci 0000:00:00.0: BAR 0: can't assign mem (size 0x80000000)
		pci 0000:00:00.0: BAR 8: assigned [mem 0x60000000-0x600fffff]
		pci 0000:00:00.0: BAR 9: assigned [mem 0x60100000-0x601fffff pref]
		pci 0000:00:00.0: BAR 1: assigned [mem 0x60300000-0x6030ffff]
		pci 0000:01:00.0: BAR 0: assigned [mem 0x60000000-0x600fffff 64bit]
		pci 0000:00:00.0: PCI bridge to [bus 01]
		pci 0000:00:00.0:   bridge window [mem 0x60000000-0x600fffff]
		pci 0000:00:00.0:   bridge window [mem 0x60100000-0x601fffff pref]
	LOG
	run -0 pciaddr-check --dump "$log"
	[[ $output == *"harmless: no place for 1 memory resource"* && $output != *"VF BAR"* ]]
	tree "memory window 0x60000000-0x600fffff" "prefetchable window 0x60100000-0x601fffff"
	# said before, if firmware left it without numbers
	sed -i '4i [    1.9] pci 0000:00:00.0: bridge configuration invalid ([bus 00-00]), reconfiguring' "$log"
	sed -i '/PCI bridge to/,$d' "$log"
	run -3 pciaddr-check --dump "$log"
	[[ $output == *"harmless: no place for 1 memory resource"* && $output != *"VF BAR"* ]]
	# what is no bridge has virtual functions
	sed -i '/bridge configuration/d; 3a [    1.9] pci 0000:00:00.0: [1234:0001] type 00 class 0x020000' "$log"
	sed -i 's/BAR 8: assigned .*/BAR 8: no space for [mem size 0x00100000]/' "$log"
	run pciaddr-check --dump "$log"
	[[ $output == *"0000:00:00.0 VF BAR 2"* ]]
}

@test "a bridge's register that does not take an address harms no device" {
	log() {
		echo "pci 0000:00:00.0: [1234:0001] type $1"
		echo "pci 0000:00:00.0: BAR 0 [mem 0x00000000-0x07ffffff]"
		echo "pci 0000:00:00.0: BAR 0 [mem 0x1108000000-0x110fffffff]: assigned"
		echo "pci 0000:00:00.0: BAR 0: error updating ($2)"
		[[ $1 != 01* ]] || echo "pci 0000:00:00.0: PCI bridge to [bus 01-ff]"
	}
	log "01 class 0x060400 PCIe Root Port" "0x87ef0000 != 0x80000000" >"$log"
	run -0 pciaddr-check --dmesg "$log"
	[[ $output == *"ok       log-assigned"*"harmless: the register of BAR 0"* ]]
	# its driver for hot-plug uses it
	echo "shpchp 0000:00:00.0: Cannot reserve MMIO region" >>"$log"
	run -1 pciaddr-check --dmesg "$log"
	fails_with log-assigned "0000:00:00.0 BAR 0" "0x80000000"
	log "01 class 0x060400 PCIe Root Port" "0x87ef0000 != 0xffffffff" >"$log"
	run -1 pciaddr-check --dmesg "$log"
	fails_with log-assigned "does not answer"
	log "00 class 0x020000 PCIe Endpoint" "0x87ef0000 != 0x80000000" >"$log"
	run -1 pciaddr-check --dmesg "$log"
	fails_with log-assigned "0000:00:00.0 BAR 0"
}
