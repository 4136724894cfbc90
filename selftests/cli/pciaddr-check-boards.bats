#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check: boards and servers whose host bridges add something else to each of their windows.
# All are made up, with the windows that these machines have; ids are invented.
# shellcheck disable=SC2086 # numbers

bats_require_minimum_version 1.5.0
load pciaddr

setup() {
	dump=$BATS_TEST_TMPDIR/board
}

# A PCI Express capability at 40, by its device/port type
endpoint=("06=10 00" "34=40" "40=10 00 02")
root_port=("06=10 00" "34=40" "40=10 00 42")
closed=("24=f1 ff 01 00" "1c=f0 00" "20=f0 ff 00 00")

# le BYTES VALUE: little endian, "00 10 00 00"
le() {
	local i
	for ((i = 0; i < $1; i++)); do printf '%02x ' $(($2 >> 8 * i & 0xff)); done
}

# memory_window FIRST LAST, prefetchable_window FIRST LAST: for a bridge's registers
memory_window() { printf '20=%s%s' "$(le 2 $(($1 >> 16)))" "$(le 2 $(($2 >> 16 & 0xfff0)))"; }
prefetchable_window() {
	printf '24=%s%s%s%s' "$(le 2 $(($1 >> 16 & 0xfff0 | 1)))" "$(le 2 $(($2 >> 16 & 0xfff0 | 1)))" \
		"$(le 4 $(($1 >> 32)))" "$(le 4 $(($2 >> 32)))"
}

# port SLOT BUS WINDOW...
port() {
	local slot=$1 bus=$2
	shift 2
	bridge "$slot" "00 $bus $bus" "f0 00" "f0 ff 00 00" "${root_port[@]}" "${closed[@]}" "$@"
}

# each_way TEXT...: with the log and with /proc, or with one of them, the BARs are where they should be;
# with neither of them nothing fails
each_way() {
	for kept in "dmesg iomem ioports" "dmesg" "iomem ioports"; do
		rm -rf "$BATS_TEST_TMPDIR/way" && mkdir "$BATS_TEST_TMPDIR/way"
		cp "$dump" "$BATS_TEST_TMPDIR/way"
		for name in $kept; do
			[ ! -f "$dump.$name" ] || cp "$dump.$name" "$BATS_TEST_TMPDIR/way"
		done
		run pciaddr-check --dump "$BATS_TEST_TMPDIR/way/board"
		no_failures || { echo "with $kept" && return 1; }
		for text; do
			[[ $kept == *${text%%:*}* ]] || continue
			grep -qE "${text#*:}" <<<"$output" || {
				echo "with $kept, expected '${text#*:}' in: $output"
				return 1
			}
		done
	done
	run pciaddr-check --dump "$dump" --iomem /dev/null --ioports /dev/null --dmesg /dev/null
	no_failures
}

# moved FROM TO LABEL TEXT...: the dump with one address changed in lspci's text has this failure
moved() {
	local from=$1 to=$2
	shift 2
	sed "s/ at $from / at $to /" "$dump" >"$dump.moved"
	run ! cmp -s "$dump" "$dump.moved"
	run -1 pciaddr-check --dump "$dump.moved" --dmesg "$dump.dmesg"
	fails_with "$@"
}

@test "RK3399: memory as it is, I/O of 32 bits of the bus below 64 KiB of the CPU's" {
	{
		port 00:00.0 01 "$(memory_window 0xfa000000 0xfa1fffff)" 1c="01 01" 30="e0 fb e0 fb"
		card 01:00.0 "\tRegion 0: Memory at fa000000 (64-bit, non-prefetchable) [size=16K]
\tRegion 2: I/O ports at 0000 [size=256]
\tRegion 4: Memory at fa100000 (32-bit, non-prefetchable) [size=4K]" "${endpoint[@]}" \
			10="$(le 8 0xfa000004)" 18="$(le 4 0xfbe00001)" 20="$(le 4 0xfa100000)"
	} >"$dump"
	cat >"$dump.dmesg" <<-'LOG'
		rockchip-pcie f8000000.pcie: PCI host bridge to bus 0000:00
		pci_bus 0000:00: root bus resource [bus 00-1f]
		pci_bus 0000:00: root bus resource [mem 0xfa000000-0xfbdfffff]
		pci_bus 0000:00: root bus resource [io  0x0000-0xfffff] (bus address [0xfbe00000-0xfbefffff])
	LOG
	cat >"$dump.iomem" <<-'MEMORY'
		fa000000-fbdfffff : MEM
		  fa000000-fa1fffff : PCI Bus 0000:01
		    fa000000-fa003fff : 0000:01:00.0
		    fa100000-fa100fff : 0000:01:00.0
	MEMORY
	cat >"$dump.ioports" <<-'PORTS'
		00000000-000fffff : I/O
		  00000000-00000fff : PCI Bus 0000:01
		    00000000-000000ff : 0000:01:00.0
	PORTS
	each_way "dmesg:^ok +bar-kernel .*\(3\)" "dmesg:^ok +bar-in-window .*\(3\)" \
		"iomem:^ok +iomem-claim .*\(2\)" "ioports:^ok +ioports-claim .*\(1\)"
	moved fa100000 fa200000 bar-kernel "0000:01:00.0 BAR 4" "register 0xfa100000"
	# the ports are of this host bridge's window, but not where the register has them
	sed -i 's/00000000-000000ff : 0000:01/00000100-000001ff : 0000:01/' "$dump.ioports"
	run -1 pciaddr-check --dump "$dump"
	fails_with ioports-claim "0000:01:00.0 BAR 2"
}

@test "N1SDP: two segments, each with memory as it is and I/O from 0 of its own bus" {
	for domain in 0000 0001; do
		case $domain in
		0000) mem=0x71200000 pref=0x900000000 io=0x0 ;;
		0001) mem=0x69200000 pref=0x2900000000 io=0x10000 ;;
		esac
		port $domain:00:00.0 01 "$(memory_window $mem $((mem + 0xfffff)))" 1c="10 10" \
			"$(prefetchable_window $pref $((pref + 0xfffff)))"
		card $domain:01:00.0 "$(printf '\tRegion 0: Memory at %x (32-bit, non-prefetchable) [size=64K]
\tRegion 1: I/O ports at %04x [size=256]
\tRegion 2: Memory at %x (64-bit, prefetchable) [size=1M]' $mem $((io + 0x1000)) $pref)" "${endpoint[@]}" \
			10="$(le 4 $mem)" 14="$(le 4 0x1001)" 18="$(le 8 $((pref | 0xc)))"
		{
			echo "PCI host bridge to bus $domain:00"
			printf 'pci_bus %s:00: root bus resource [io  0x%04x-0x%04x window]' $domain $io $((io + 0xffff))
			[ $domain = 0000 ] || printf ' (bus address [0x0000-0xffff])'
			printf '\npci_bus %s:00: root bus resource [mem 0x%x-0x%x window]\n' $domain $mem $((mem + 0x6dfffff))
			printf 'pci_bus %s:00: root bus resource [mem 0x%x-0x%x window]\n' $domain $pref $((pref + 0x1fffffffff))
		} >>"$dump.dmesg"
		{
			printf '%x-%x : PCI Bus %s:00\n' $mem $((mem + 0x6dfffff)) $domain
			printf '  %x-%x : PCI Bus %s:01\n' $mem $((mem + 0xfffff)) $domain
			printf '    %x-%x : %s:01:00.0\n' $mem $((mem + 0xffff)) $domain
			printf '%x-%x : PCI Bus %s:00\n' $pref $((pref + 0x1fffffffff)) $domain
			printf '  %x-%x : PCI Bus %s:01\n' $pref $((pref + 0xfffff)) $domain
			printf '    %x-%x : %s:01:00.0\n' $pref $((pref + 0xfffff)) $domain
		} >>"$dump.iomem"
		{
			printf '%08x-%08x : PCI Bus %s:00\n' $io $((io + 0xffff)) $domain
			printf '  %08x-%08x : PCI Bus %s:01\n' $((io + 0x1000)) $((io + 0x1fff)) $domain
			printf '    %08x-%08x : %s:01:00.0\n' $((io + 0x1000)) $((io + 0x10ff)) $domain
		} >>"$dump.ioports"
	done >"$dump"
	each_way "dmesg:^ok +bar-kernel .*\(6\)" "dmesg:^ok +bar-in-window .*\(6\)" \
		"iomem:^ok +iomem-claim .*\(4\)" "ioports:^ok +ioports-claim .*\(2\)"
	# the second segment's ports elsewhere in its window
	moved 11000 12000 bar-kernel "0001:01:00.0 BAR 1" "register 0x1000"
}

@test "VMD: a domain of five digits, windows of its own BARs, in a guest with an offset for each" {
	# vmd_machine OFFSET: what the host sees as 0x50000000, and its 64-bit window, is there for the guest
	vmd_machine() {
		local mem=$((0x50000000 + $1)) pref=$((0x6001102000 + $1))
		{
			card 0000:00:0e.0 "$(printf '\tRegion 2: Memory at %x (32-bit, non-prefetchable) [size=32M]' $mem)
\tKernel driver in use: vmd" 18="$(le 4 $mem)" 0="86 80 0b 9a 06 00 00 00 00 00 04 01"
			port 10000:e0:06.0 e1 "$(memory_window 0x50000000 0x500fffff)"
			card 10000:e1:00.0 "$(printf '\tRegion 0: Memory at %x (64-bit, non-prefetchable) [size=16K]' $mem)" \
				"${endpoint[@]}" 10="$(le 8 0x50000004)"
		} >"$dump"
		{
			echo "vmd 0000:00:0e.0: PCI host bridge to bus 10000:e0"
			echo "pci_bus 10000:e0: root bus resource [bus e0-ff]"
			for window in "$mem $((mem + 0x1ffffff)) 0x50000000" "$pref $((pref + 0xfdfff)) 0x6001102000"; do
				# shellcheck disable=SC2086
				set -- $window
				printf 'pci_bus 10000:e0: root bus resource [mem 0x%x-0x%x]' $1 $2
				[ $(($1)) = $(($3)) ] ||
					printf ' (bus address [0x%x-0x%x])' $3 $(($3 + $2 - $1))
				echo
			done
		} >"$dump.dmesg"
		{
			printf '%x-%x : 0000:00:0e.0\n' $mem $((mem + 0x1ffffff))
			printf '  %x-%x : VMD MEMBAR1\n' $mem $((mem + 0x1ffffff))
			printf '    %x-%x : PCI Bus 10000:e1\n' $mem $((mem + 0xfffff))
			printf '      %x-%x : 10000:e1:00.0\n' $mem $((mem + 0x3fff))
		} >"$dump.iomem"
	}
	for offset in 0 0x30000000; do
		vmd_machine $offset
		each_way "dmesg:^ok +bar-kernel .*\(2\)" "dmesg:^ok +bar-in-window" "iomem:^ok +iomem-claim .*\(2\)" \
			"dmesg:^ok +bus-primary"
	done
	moved 80000000 "81000000 (64-bit, non-prefetchable) [size=16K] was" bar-kernel "register 0x50000000"
}

@test "Raspberry Pi 5: two windows with an offset each, and another domain that begins at 0" {
	{
		port 0001:00:00.0 01 "$(memory_window 0x80000000 0x800fffff)" \
			"$(prefetchable_window 0x400000000 0x4000fffff)"
		card 0001:01:00.0 "\tRegion 0: Memory at 1b80000000 (64-bit, non-prefetchable) [size=16K]
\tRegion 2: Memory at 1800000000 (64-bit, prefetchable) [size=1M]" "${endpoint[@]}" \
			10="$(le 8 0x80000004)" 18="$(le 8 0x40000000c)"
		port 0002:00:00.0 01 "$(memory_window 0x0 0x5fffff)"
		card 0002:01:00.0 "\tRegion 0: Memory at 1f00410000 (32-bit, non-prefetchable) [size=16K]
\tRegion 1: Memory at 1f00000000 (32-bit, non-prefetchable) [size=4M]
\tRegion 2: Memory at 1f00400000 (32-bit, non-prefetchable) [size=64K]" "${endpoint[@]}" \
			10="$(le 4 0x410000)" 14="$(le 4 0)" 18="$(le 4 0x400000)"
	} >"$dump"
	cat >"$dump.dmesg" <<-'LOG'
		brcm-pcie 1000110000.pcie: PCI host bridge to bus 0001:00
		pci_bus 0001:00: root bus resource [bus 00-ff]
		pci_bus 0001:00: root bus resource [mem 0x1b80000000-0x1bffffffff] (bus address [0x80000000-0xffffffff])
		pci_bus 0001:00: root bus resource [mem 0x1800000000-0x1b7fffffff pref] (bus address [0x400000000-0x77fffffff])
		brcm-pcie 1000120000.pcie: PCI host bridge to bus 0002:00
		pci_bus 0002:00: root bus resource [mem 0x1f00000000-0x1ffffffffb] (bus address [0x00000000-0xfffffffb])
	LOG
	cat >"$dump.iomem" <<-'MEMORY'
		1800000000-1b7fffffff : pcie@1000110000
		  1800000000-18000fffff : PCI Bus 0001:01
		    1800000000-18000fffff : 0001:01:00.0
		1b80000000-1bffffffff : pcie@1000110000
		  1b80000000-1b800fffff : PCI Bus 0001:01
		    1b80000000-1b80003fff : 0001:01:00.0
		1f00000000-1ffffffffb : pcie@1000120000
		  1f00000000-1f005fffff : PCI Bus 0002:01
		    1f00000000-1f003fffff : 0002:01:00.0
		    1f00400000-1f0040ffff : 0002:01:00.0
		    1f00410000-1f00413fff : 0002:01:00.0
	MEMORY
	each_way "dmesg:^ok +bar-kernel .*\(5\)" "dmesg:^ok +bar-in-window .*\(5\)" "iomem:^ok +iomem-claim .*\(5\)"
	# each window has its own offset: by that of the other one it would be wrong
	moved 1800000000 1b00000000 bar-kernel "0001:01:00.0 BAR 2" "register 0x400000000"
	moved 1b80000000 1b90000000 bar-kernel "0001:01:00.0 BAR 0" "register 0x80000000"
	moved 1f00410000 1f00510000 bar-kernel "0002:01:00.0 BAR 0" "register 0x410000"
	# inside its bridge by the bus's addresses, outside by the CPU's, and the other way round
	run -0 pciaddr-check --dump "$dump"
	sed -i "s/^20: 00 00 50 00/20: 10 00 50 00/" "$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-in-window "0002:01:00.0 BAR 1"
}

@test "POWER: 32-bit memory (M32) with an offset, 64-bit memory (M64) without, in each of two domains" {
	for domain in 0001 0002; do
		n=$((10#$domain))
		m32=$((0x3fe000000000 + n * 0x80000000)) m64=$((0x200000000000 + n * 0x40000000000))
		port $domain:00:00.0 01 "$(memory_window 0x80800000 0x80ffffff)" \
			"$(prefetchable_window $m64 $((m64 + 0x1ffffff)))"
		card $domain:01:00.0 "$(printf '\tRegion 0: Memory at %x (32-bit, non-prefetchable) [size=32K]
\tRegion 2: Memory at %x (64-bit, prefetchable) [size=16M]
\tRegion 4: Memory at %x (64-bit, prefetchable) [size=8M]' $((m32 + 0x800000)) $m64 $((m64 + 0x1000000)))" "${endpoint[@]}" \
			10="$(le 4 0x80800000)" 18="$(le 8 $((m64 | 0xc)))" 20="$(le 8 $((m64 + 0x1000000 | 0xc)))"
		{
			echo "PCI host bridge to bus $domain:00"
			printf 'pci_bus %s:00: root bus resource [mem 0x%x-0x%x] (bus address [0x80000000-0xfffeffff])\n' \
				$domain $m32 $((m32 + 0x7ffeffff))
			printf 'pci_bus %s:00: root bus resource [mem 0x%x-0x%x 64bit pref]\n' \
				$domain $m64 $((m64 + 0xffffffffff))
		} >>"$dump.dmesg"
		{
			printf '%x-%x : pciex@%d\n' $m64 $((m64 + 0xffffffffff)) $n
			printf '  %x-%x : PCI Bus %s:01\n' $m64 $((m64 + 0x1ffffff)) $domain
			printf '    %x-%x : %s:01:00.0\n' $m64 $((m64 + 0xffffff)) $domain
			printf '    %x-%x : %s:01:00.0\n' $((m64 + 0x1000000)) $((m64 + 0x17fffff)) $domain
			printf '%x-%x : pciex@%d\n' $m32 $((m32 + 0x7ffeffff)) $n
			printf '  %x-%x : PCI Bus %s:01\n' $((m32 + 0x800000)) $((m32 + 0xffffff)) $domain
			printf '    %x-%x : %s:01:00.0\n' $((m32 + 0x800000)) $((m32 + 0x807fff)) $domain
		} >>"$dump.iomem"
	done >"$dump"
	each_way "dmesg:^ok +bar-kernel .*\(6\)" "dmesg:^ok +bar-in-window .*\(6\)" "iomem:^ok +iomem-claim .*\(6\)"
	# M32's offset is not M64's, nor that of the other domain
	moved 240000000000 23e0c0000000 bar-kernel "0001:01:00.0 BAR 2" "register 0x240000000000"
	moved 3fe080800000 3fe100800000 bar-kernel "0001:01:00.0 BAR 0" "register 0x80800000"
	# without the log the offset is learnt from the BAR and the bridge's window: one is enough
	run -0 pciaddr-check --dump "$dump" --dmesg /dev/null
	outcome ok bar-kernel ".6."
}
