#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check: where it reads from, and what is wrong with what it reads

bats_require_minimum_version 1.5.0
load pciaddr

# rows COUNT: config space of a device of which only ids and class are set
rows() {
	echo "00: 34 12 6a f9 03 00 00 00 00 00 00 ff 00 00 00 00"
	for ((i = 1; i < $1; i++)); do
		printf '%02x:%s\n' "$((i * 16))" "$(printf ' 00%.0s' {1..16})"
	done
}

# try TEXT: checks this dump; the exit status is one of the known, never a signal
try() {
	printf '%b' "$1" >"$BATS_TEST_TMPDIR/dump"
	run pciaddr-check --dump "$BATS_TEST_TMPDIR/dump"
	[ "$status" -le 3 ] || {
		echo "status $status: $output"
		return 1
	}
}

@test "stray lines are warnings with their number, and the rest counts" {
	try "hello\n00:00.0 Class\n$(rows 4)\n\nworld\n"
	[ "$status" = 0 ]
	[[ $output == *":1: not a line of lspci's"*hello* ]]
	[[ $output == *":8: not a line of lspci's"*world* ]]
	[[ $output == *"1 PCI function,"* ]]
}

@test "a device that comes a second time is a warning where it says something else" {
	try "00:00.0 A\n$(rows 4)\n\n00:01.0 B\n$(rows 4)\n\n00:00.0 C\n$(rows 4)\n"
	[ "$status" = 0 ]
	[[ $output == *"2 PCI functions"* && $output != *"a second time"* ]]
	try "00:00.0 A\n$(rows 4)\n\n00:01.0 B\n$(rows 4)\n\n00:00.0 C\n$(rows 4 | sed s/6a/6b/)\n"
	[ "$status" = 0 ]
	[[ $output == *":13: 0000:00:00.0 comes a second time, with other config space"* ]]
	[[ $output == *"(bytes that differ: 1); the first, of line 1, counts"* ]]
	[[ $output == *"2 PCI functions"* ]]
}

@test "function and device numbers that cannot be are left out, with their rows" {
	try "00:00.9 A\n$(rows 4)\n\n00:3f.0 B\n$(rows 4)\n\n00:01.0 C\n$(rows 4)\n"
	[ "$status" = 0 ]
	[[ $output == *":1: invalid PCI address"* ]]
	[[ $output == *":7: invalid PCI address"* ]]
	[[ $output == *"1 PCI function,"* ]]
}

@test "domains may have up to eight digits" {
	try "10000:00:00.0 A\n$(rows 4)\n\ndeadbeef:ff:1f.7 B\n$(rows 4)\n\n123456789:00:00.0 C\n"
	[[ $output == *"2 PCI functions"* ]]
	[[ $output == *"invalid PCI address"* ]]
	run -0 pciaddr-check --dump "$BATS_TEST_TMPDIR/dump" --tree
	[[ $output == *"10000:00"*"deadbeef:ff"* ]]
}

@test "offsets out of order or out of range, and lines that contradict" {
	try "00:00.0 A\n10:$(printf ' 00%.0s' {1..16})\n$(rows 1)\n"
	[ "$status" = 3 ]
	[[ $output == *"offsets out of order"* ]]
	try "00:00.0 A\n$(rows 4)\nfffff: 00\n1000:$(printf ' 00%.0s' {1..16})\n08: 00\n"
	[[ $output == *":6: "* && $output == *":7: "* ]]
	[[ $output == *":8: offset out of range"* ]]
	try "00:00.0 A\n$(rows 4)\n00:$(printf ' 00%.0s' {1..16})\n"
	[[ $output == *"differs from an earlier line"* ]]
}

@test "a file that is cut off says so, and what is missing is unknown" {
	head -c 2100 "$GUEST" >"$BATS_TEST_TMPDIR/cut"
	run pciaddr-check --dump "$BATS_TEST_TMPDIR/cut"
	[ "$status" -le 3 ]
	for size in 1 7 8 20 70 100 500 1000 5000 12345; do
		try "$(head -c "$size" "$GUEST")"
	done
	try "00:00.0 A\n00: 34 12 6a"
	[ "$status" != 0 ]
	[[ $output == *":2: the file is cut off here"* ]]
}

@test "malformed bytes are left out, and unknown" {
	try "00:00.0 A\n00: 34 12 6a f9 zz 00 00 00 00 00 00 ff 00 00 00 00\n"
	[[ $output == *":2: malformed bytes"* ]]
	[ "$status" = 3 ]
	[[ $output == *"64 bytes of the config header were not all read"* ]]
}

@test "CRLF line ends, very long lines and binary files are taken" {
	sed 's/$/\r/' "$GUEST" >"$BATS_TEST_TMPDIR/crlf"
	run -0 pciaddr-check --dump "$BATS_TEST_TMPDIR/crlf"
	[[ $output == *"11 PCI functions"* ]]
	run ! grep -q ^warning <<<"$output"
	{
		head -c 3000000 /dev/zero | tr '\0' a
		echo
		cat "$GUEST"
	} >"$BATS_TEST_TMPDIR/long"
	run -0 pciaddr-check --dump "$BATS_TEST_TMPDIR/long"
	[[ $output == *"11 PCI functions"* ]]
	head -c 100000 /dev/urandom >"$BATS_TEST_TMPDIR/random"
	run pciaddr-check --dump "$BATS_TEST_TMPDIR/random"
	[ "$status" = 2 ] || [ "$status" = 0 ] || [ "$status" = 3 ]
	! grep -qP '[^\x00-\x7f]' <<<"$output"
}

@test "a device without config space cannot be told" {
	try "00:00.0 Ethernet controller: something\n\tFlags: fast\n"
	[ "$status" = 3 ]
	[[ $output == *"config space was not read"*"What to do"* ]]
}

@test "malformed lines of /proc/ioports are warnings with their place" {
	machine ports
	sed -i '3i this is no range' "$dump.ioports"
	run -0 pciaddr-check --dump "$dump"
	[[ $output == *".ioports:3: not a line of /proc/ioports"* ]]
}

@test "ioports' nesting is that of the ranges, not of the indentation" {
	machine flat
	sed -i 's/^ *//' "$dump.ioports"
	run -0 pciaddr-check --dump "$dump" --expect 0x2000-0x27ff
	[[ $output == *"used by fpga_pci"* ]]
}

# sysfs_tree DIRECTORY: a tree as the kernel's, of two functions
sysfs_tree() {
	local bridge=$1/devices/pci0000:00/0000:00:04.0
	local card=$bridge/0000:01:01.0
	local none="0x0000000000000000 0x0000000000000000 0x0000000000000000"

	mkdir -p "$card" "$1/bus/pci/devices"
	config 00:04.0 >"$bridge/config"
	config 01:01.0 >"$card/config"
	{
		for _ in {1..13}; do echo "$none"; done
		echo "0x0000000000002000 0x0000000000002fff 0x0000000000000101"
		echo "$none"
		echo "0x00000000fd000000 0x00000000fdffffff 0x0000000000102201"
		echo "$none"
	} >"$bridge/resource"
	{
		echo "0x0000000000002000 0x00000000000027ff 0x0000000000040101"
		echo "$none"
		echo "0x00000000fd000000 0x00000000fdffffff 0x000000000014220c"
		for _ in {1..10}; do echo "$none"; done
	} >"$card/resource"
	echo "DRIVER=fpga_pci" >"$card/uevent"
	echo "PCI_CLASS=60400" >"$bridge/uevent"
	ln -s ../../../devices/pci0000:00/0000:00:04.0 "$1/bus/pci/devices/0000:00:04.0"
	ln -s ../../../devices/pci0000:00/0000:00:04.0/0000:01:01.0 \
		"$1/bus/pci/devices/0000:01:01.0"
}

# config SLOT: config space of the guest's function, as bytes
config() {
	printf '%b' "$(awk -v slot="$1" '
		/^[0-9a-f]/ && !/^[0-9a-f]+: / { inside = ($1 == slot) }
		inside && /^[0-9a-f]+: / { for (i = 2; i <= NF; i++) printf "\\x%s", $i }' "$GUEST")"
}

@test "a copy of /sys: with links, without links, and with sys and proc side by side" {
	tree=$BATS_TEST_TMPDIR/machine/sys
	sysfs_tree "$tree"
	run -0 pciaddr-check --sysfs "$tree" --ioports "$GUEST.ioports" --expect 0x2000-0x27ff
	grep -qE '^ok +expect-kernel' <<<"$output"
	run -0 pciaddr-check --sysfs "$tree"
	grep -qE '^ok +window-kernel .*\(2\)' <<<"$output"
	rm -r "$tree/bus"
	run -0 pciaddr-check --sysfs "$tree" --ioports "$GUEST.ioports" --expect 0x2000-0x27ff
	mkdir "$BATS_TEST_TMPDIR/machine/proc"
	cp "$GUEST.ioports" "$BATS_TEST_TMPDIR/machine/proc/ioports"
	run -0 pciaddr-check --sysfs "$BATS_TEST_TMPDIR/machine" --expect 0x2000-0x27ff
	grep -qE '^ok +expect-claim' <<<"$output"
}

@test "bridge windows are read from resource files of every length the kernel has" {
	tree=$BATS_TEST_TMPDIR/sys
	sysfs_tree "$tree"
	file=$tree/devices/pci0000:00/0000:00:04.0/resource
	cp "$file" "$BATS_TEST_TMPDIR/17"
	for lines in 11 17 18; do
		case $lines in
		11) sed 1,6d "$BATS_TEST_TMPDIR/17" ;;
		17) cat "$BATS_TEST_TMPDIR/17" ;;
		18) cat "$BATS_TEST_TMPDIR/17" && tail -n 1 "$BATS_TEST_TMPDIR/17" ;;
		esac >"$file"
		[ "$(wc -l <"$file")" = "$lines" ]
		run -0 pciaddr-check --sysfs "$tree"
		grep -qE '^ok +window-kernel .*\(2\)' <<<"$output"
	done
	sed -i 's/2000 0x0000000000002fff/1000 0x0000000000001fff/' "$file"
	run -1 pciaddr-check --sysfs "$tree"
	fails_with window-kernel "registers: I/O window 0x2000-0x2fff" "kernel: 0x1000-0x1fff"
	sed -i '3s/.*/nonsense/' "$file"
	run pciaddr-check --sysfs "$tree"
	[[ $output == *"line 3 of \`resource\` is malformed"* ]]
}

@test "a bridge removed and rescanned: the kernel's view moved, the registers did not" {
	tree=$BATS_TEST_TMPDIR/sys
	sysfs_tree "$tree"
	sed -i 's/2000 0x0000000000002fff/1000 0x0000000000001fff/' \
		"$tree/devices/pci0000:00/0000:00:04.0/resource"
	sed -i 's/2000 0x00000000000027ff/1000 0x00000000000017ff/' \
		"$tree/devices/pci0000:00/0000:00:04.0/0000:01:01.0/resource"
	# a PC, as its ports tell: it does not translate
	run -1 pciaddr-check --sysfs "$tree" --ioports "$GUEST.ioports"
	fails_with bar-kernel "register 0x2000" "kernel 0x1000-0x17ff"
	run -1 pciaddr-check --sysfs "$tree" --ioports "$GUEST.ioports" --expect 0x2000-0x27ff
	fails_with expect-kernel "kernel 0x1000-0x17ff"
	# elsewhere the host bridge may add just this
	run -3 pciaddr-check --sysfs "$tree"
	grep -qE '^unknown +bar-kernel' <<<"$output"
	run -3 pciaddr-check --sysfs "$tree" --expect 0x2000-0x27ff
	grep -qE '^unknown +expect-kernel' <<<"$output"
}

@test "every dump of the pciutils corpus loads without a warning" {
	[ -d "$CORPUS" ] || skip "no corpus of pciutils beside this tree"
	count=0
	for file in "$CORPUS"/*; do
		run pciaddr-check --dump "$file"
		[ "$status" = 0 ] || [ "$status" = 1 ] || [ "$status" = 3 ]
		[ "$(grep -c ^warning <<<"$output")" = 0 ]
		[ "$(grep -cE '^([0-9a-f]+:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7] ' "$file")" = \
			"$(sed -nE '1s/.*: ([0-9]+) PCI function.*/\1/p' <<<"$output")" ]
		count=$((count + 1))
	done
	[ "$count" -ge 41 ]
}

@test "the corpus has no failures" {
	[ -d "$CORPUS" ] || skip "no corpus of pciutils beside this tree"
	run -3 pciaddr-check --quiet --dump "$CORPUS" --format text
	[[ $output == *unknown* ]]
	no_failures
}

@test "a captured specification of every dump of the corpus passes on it" {
	[ -d "$CORPUS" ] || skip "no corpus of pciutils beside this tree"
	for file in "$CORPUS"/*; do
		pciaddr-check --dump "$file" --capture >"$BATS_TEST_TMPDIR/spec.yaml"
		run -0 pciaddr-check --quiet --dump "$file" --spec "$BATS_TEST_TMPDIR/spec.yaml"
	done
}

@test "Enhanced Allocation, CardBus and wide I/O are decoded" {
	[ -d "$CORPUS" ] || skip "no corpus of pciutils beside this tree"
	run pciaddr-check --dump "$CORPUS/cap-ea-1" --tree
	[[ $output == *"0x843000000000-0x84303fffffff"* ]]
	run pciaddr-check --dump "$CORPUS/tree-fujitsu-p8010" --tree
	[[ $output == *"I/O window"* ]]
	run pciaddr-check --dump "$CORPUS/PCI-X-bridges-and-domains" --tree
	[[ $output == *"I/O window 0x30000-0x3ffff"* ]]
}
