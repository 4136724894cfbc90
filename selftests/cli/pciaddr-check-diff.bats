#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check --diff: what changed between two states of a machine.

bats_require_minimum_version 1.5.0
load pciaddr

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	dump=$BATS_TEST_TMPDIR/new
	machine new
}

# changed LABEL TEXT...: the last run has a change of this class, with these texts
changed() {
	local block text
	block=$(awk -v label="diff-$1" '/^[^ ]/ { show = ($1 == "changed" && $2 == label) } show' \
		<<<"$output")
	shift
	for text; do
		grep -qF -- "$text" <<<"$block" || {
			echo "expected '$text' in:" && echo "$output"
			return 1
		}
	done
}

# classes: those of the last run's changes
classes() {
	awk '$1 == "changed" { print $2 }' <<<"$output" | sort -u | xargs
}

# findings OLD NEW [MIRROR]: a line for each change of --diff; MIRROR as seen from the other side
findings() {
	pciaddr-check --severity low --format json --diff "$1" "$2" | jq -r --arg mirror "${3-}" '
		{"diff-gone": "diff-new", "diff-new": "diff-gone",
		 "diff-unassigned": "diff-assigned", "diff-assigned": "diff-unassigned",
		 "diff-shrunk": "diff-grown", "diff-grown": "diff-shrunk"} as $other |
		.machines[].findings[] | select(.status == "fail") |
		# what is new has no old device, and what is gone no new one
		(if .check == "diff-gone" and .subject == null then del(.device) else . end) |
		if $mirror == "" then [.check, .old_device, .device, .subject, .values] else
			[$other[.check] // .check, .device, .old_device, .subject,
			 (.values | if length == 2 then reverse else . end)] end | tojson' | sort
}

@test "a machine does not differ from itself, in any form" {
	local file
	for file in "$GUEST" "$TOP"/selftests/pciaddr/guest/earlydump.dmesg \
		"$TOP"/selftests/pciaddr/lspci-*/*; do
		run -0 pciaddr-check --severity low --format json --diff "$file" "$file"
		[ "$(jq '.machines[0].findings | length' <<<"$output")" = 0 ]
	done
}

@test "a bus below a bridge with a lower subordinate bus is followed" {
	local bus subordinate
	for bus in 01 7f fe; do
		for subordinate in 00 01 7e; do
			[[ $subordinate < $bus ]] || continue
			printf '%s\n' "00:01.0 PCI bridge: Made up (prog-if 00 [Normal decode])" \
				$'\t'"Bus: primary=00, secondary=$bus, subordinate=$subordinate, sec-latency=0" \
				"$bus:00.0 Ethernet controller: Made up" \
				$'\tRegion 0: Memory at fe000000 (32-bit, non-prefetchable) [size=4K]' >lower
			run -0 pciaddr-check --severity low --diff lower lower
			[[ $output == *", 0 changed, 0 unknown" ]]
			run pciaddr-check --dump lower --tree
			[[ $output == *"└─ 00.0 "*"BAR 0  memory32  0xfe000000-0xfe000fff"* ]]
		done
	done
}

@test "two forms of the same machine's text have no difference" {
	local old new
	for old in "$GUEST" "$TOP"/selftests/pciaddr/lspci-*/*; do
		for new in "$GUEST" "$TOP"/selftests/pciaddr/lspci-3.15/*; do
			run -0 pciaddr-check --severity low --diff "$old" "$new"
		done
	done
}

@test "the differences are the same from both sides" {
	local old new
	poke 01:01.0 10 01 28 00 00
	poke 00:04.0 19 02 02
	for new in "$dump" "$TOP"/selftests/pciaddr/guest/earlydump.dmesg \
		"$TOP"/selftests/pciaddr/lspci-3.15/{n,v,vv}; do
		for old in "$GUEST" "$TOP"/selftests/pciaddr/lspci-3.13/nnvv; do
			diff <(findings "$old" "$new") <(findings "$new" "$old" mirror)
		done
	done
	[ -n "$(findings "$GUEST" "$dump")" ]
}

@test "real machines: none to itself, the same from both sides" {
	local files file before=
	[ -d "$CORPUS" ] || skip "dumps of pciutils are not in $CORPUS"
	files=("$CORPUS"/*)
	for file in "${files[@]}"; do
		[ -f "$file" ] || continue
		[ -z "$(findings "$file" "$file")" ]
		[ -z "$before" ] || diff <(findings "$before" "$file") \
			<(findings "$file" "$before" mirror)
		before=$file
	done
}

@test "a BAR that moved is told with both addresses and their places" {
	poke 01:01.0 10 01 28 00 00
	run -1 pciaddr-check --diff "$GUEST" new
	changed moved "0000:01:01.0 BAR 0" "0x2000-0x27ff  ($GUEST:" "0x2800-0x2fff  (new:"
	[ "$(classes)" = diff-moved ]
	run -0 pciaddr-check --diff --ignore moved "$GUEST" new
	run -0 pciaddr-check --diff --severity critical "$GUEST" new
}

@test "drivers, command bits, windows: each has its class" {
	sed -i 's/in use: fpga_pci/in use: vfio-pci/' new
	run -1 pciaddr-check --diff "$GUEST" new
	changed driver "0000:01:01.0" fpga_pci vfio-pci
	[ "$(classes)" = diff-driver ]
	machine new
	poke 01:01.0 04 03 01
	run -1 pciaddr-check --diff "$GUEST" new
	changed command "0x0107" "0x0103"
	machine new
	poke 00:04.0 1c f1 01
	run -1 pciaddr-check --diff "$GUEST" new
	changed shrunk "0000:00:04.0 I/O window: the window is closed now"
	run -1 pciaddr-check --diff new "$GUEST"
	changed grown "the window is open now"
	run -0 pciaddr-check --diff --ignore shrunk,diff-noise "$GUEST" new
}

@test "renumbered buses are one change, and nothing is new" {
	poke 00:04.0 19 02 02
	sed -i 's/^0000:01:01.0/0000:02:01.0/; s/^01:01.0/02:01.0/' new
	run -1 pciaddr-check --diff "$GUEST" new
	changed renumbered "0000:02:01.0 (was 0000:01:01.0)"
	[ "$(classes)" = diff-renumbered ]
}

@test "devices that are gone, new or at another place" {
	card 00:10.0 "" 10="01 30" >old
	cat old >both
	device 00:11.0 "Other" "" 0="34 12 99 00 07 00 00 00 00 00 00 ff" >>both
	run -1 pciaddr-check --diff old both
	changed new "0000:00:11.0: the device is new"
	run -1 pciaddr-check --diff both old
	changed gone "0000:00:11.0: the device is gone"
	sed 's/^00:11.0/00:12.3/' both >moved
	run -1 pciaddr-check --diff both moved
	changed relocated "0000:00:12.3 (was 0000:00:11.0)"
	[ "$(classes)" = diff-relocated ]
}

@test "noise does not count unless it is asked for" {
	poke 00:05.0 3c 05
	run -0 pciaddr-check --diff "$GUEST" new
	changed noise "interrupt line"
	run -1 pciaddr-check --diff --severity low "$GUEST" new
	run -0 pciaddr-check --diff --severity low --ignore noise "$GUEST" new
	[ -z "$(classes)" ]
}

@test "what a source cut off in the middle does not have is unknown" {
	local line file
	line=$(grep -n ^01:01.0 "$GUEST" | cut -d: -f1)
	head -n "$((line + 12))" "$GUEST" | head -c -9 >late
	head -n "$((line - 5))" "$GUEST" | head -c -9 >early
	for file in late early; do
		run -0 pciaddr-check --diff "$GUEST" $file
		grep -q "^unknown .*ends in the middle" <<<"$output"
	done
}

@test "many machines are matched by name" {
	mkdir old_state new_state
	cp "$GUEST" old_state/a
	cp new new_state/a
	cp "$GUEST" old_state/gone
	cp "$GUEST" new_state/new
	poke 01:01.0 10 01 28 00 00
	cp "$GUEST" old_state/moved
	cp new new_state/moved
	run -1 pciaddr-check --diff old_state new_state --format json
	[ "$(jq -c '[.machines[] | [.name, .status]]' <<<"$output")" = '[["new_state/a","pass"],["old_state/gone","fail"],["new_state/moved","fail"],["new_state/new","fail"]]' ]
	run -0 pciaddr-check --diff old_state old_state
	run -2 pciaddr-check --diff old_state "$GUEST"
}

@test "sysfs trees, standard input and live are sources, too" {
	mkdir -p tree/bus/pci/devices
	run -2 pciaddr-check --diff tree "$GUEST"
	run -0 pciaddr-check --diff - new <"$GUEST"
	run -2 pciaddr-check --diff - - <"$GUEST"
	[ -n "$(ls /sys/bus/pci/devices 2>/dev/null)" ] || skip "this machine has no PCI bus"
	run -0 pciaddr-check --diff live live
}

@test "formats: json is as the schema says, tap and junit count changes" {
	poke 01:01.0 10 01 28 00 00
	run -1 pciaddr-check --diff "$GUEST" new --format json
	[ "$(jq -r '.machines[0] | .old.name, .findings[0].old_device' <<<"$output" | xargs)" = "$GUEST 0000:01:01.0" ]
	if python3 -c "import jsonschema" 2>/dev/null; then
		pciaddr-check --diff "$GUEST" new --format json >result.json || [ $? = 1 ]
		python3 -c 'import json, jsonschema, sys
jsonschema.validate(json.load(open(sys.argv[1])), json.load(open(sys.argv[2])))' \
			result.json "$TOP/docs/pciaddr-check-result.schema.json"
	fi
	run -1 pciaddr-check --diff "$GUEST" new --format tap
	[ "$(grep -c "^not ok .*diff-moved" <<<"$output")" = 1 ]
	[ "$(grep -c "^not ok" <<<"$output")" = 1 ]
	run -1 pciaddr-check --diff "$GUEST" new --format junit
	grep -q 'tests="[0-9]*" failures="1" errors="0"' <<<"$output"
}

@test "wrong usage of --diff is told" {
	run -2 pciaddr-check --diff "$GUEST"
	run -2 pciaddr-check --diff
	run -2 pciaddr-check --diff a b c
	run -2 pciaddr-check --diff nowhere "$GUEST"
	run -2 pciaddr-check --diff "$GUEST" nowhere
	run -2 pciaddr-check --diff --ignore nothing "$GUEST" "$GUEST"
	run -2 pciaddr-check --ignore moved --dump "$GUEST"
	run -2 pciaddr-check --diff --dump "$GUEST" "$GUEST" "$GUEST"
	run -2 pciaddr-check --diff --expect 0x2000-0x27ff "$GUEST" "$GUEST"
	run -2 pciaddr-check --diff --map "$GUEST" "$GUEST"
}

@test "two directories with a directory for each host are matched by the hosts' names" {
	fleets=$BATS_TEST_TMPDIR/fleets
	for side in old new; do
		for host in db01 web01; do
			mkdir -p "$fleets/$side/$host"
		done
		cp "$GUEST" "$fleets/$side/web01/lspci.txt"
		"$TOP/selftests/pciaddr/make-dump" 10 >"$fleets/$side/db01/lspci.txt"
	done
	run -0 pciaddr-check --diff "$fleets/old" "$fleets/new"
	# The names alone tell the two apart: the files are called alike, and in another order.
	mv "$fleets/new/db01/lspci.txt" "$fleets/new/db01/z.txt"
	mv "$fleets/new/web01/lspci.txt" "$fleets/new/web01/a.txt"
	run -0 pciaddr-check --diff "$fleets/old" "$fleets/new"
}

# cards SERIAL SERIAL: two cards that are alike but for their serial numbers, at 00:10.0 and 00:11.0
cards() {
	local slot=10 serial
	for serial; do
		card 00:$slot.0 "" 10="01 30"
		printf '\tCapabilities: [100 v1] Device Serial Number %s\n\n' "$serial"
		slot=11
	done
}

@test "cards of a kind are told apart by their serial numbers" {
	cards 00-01-02-ff-fe-03-04-05 00-01-02-ff-fe-03-04-06 >old
	cards 00-01-02-ff-fe-03-04-06 00-01-02-ff-fe-03-04-05 >swapped
	run -0 pciaddr-check --diff old old
	run -1 pciaddr-check --diff old swapped
	changed relocated "0000:00:10.0 (was 0000:00:11.0)" "0000:00:11.0 (was 0000:00:10.0)"
	[ "$(classes)" = diff-relocated ]
	cards 00-01-02-ff-fe-03-04-05 00-01-02-ff-fe-03-04-07 >replaced
	run -1 pciaddr-check --diff old replaced
	changed identity "0000:00:11.0 serial number" 0x000102fffe030406 0x000102fffe030407
	[ "$(classes)" = diff-identity ]
	# zeroes, and a number that all have, tell nothing
	for serial in 00-00-00-00-00-00-00-00 00-01-02-ff-fe-03-04-05; do
		cards $serial $serial >same
		run -0 pciaddr-check --diff same same
	done
}

@test "--tree marks what changed in the new state, and lists what is gone" {
	card 00:10.0 "" 10="01 30" >old
	device 00:11.0 "Other" "" 0="34 12 99 00 07 00 00 00 00 00 00 ff" >other
	cat old other >both
	sed 's/^10: 01 30/10: 01 40/' old >moved
	run -1 pciaddr-check --numeric --tree --diff both moved
	[[ $output == *"BAR 0"*"0x4000"*"diff-moved"* && $output == *"0000:00:11.0  1234:0099"*diff-gone* ]]
	run -0 pciaddr-check --numeric --diff old old --tree
	[[ $output == *0x3000* && $output != *diff-* ]]
}

@test "a kernel's log is a source: against a log, and against a dump" {
	{ echo "PCI host bridge to bus 0000:00" &&
		echo "pci_bus 0000:00: root bus resource [io  0x0000-0xffff]" &&
		echo "pci 0000:00:10.0: [1234:0001] type 00 class 0xff0000" &&
		echo "pci 0000:00:10.0: reg 0x10: [io  0x3000-0x30ff]"; } >old.dmesg
	sed 's/0x3000-0x30ff/0x4000-0x40ff/' old.dmesg >new.dmesg
	run -0 pciaddr-check --diff old.dmesg old.dmesg
	run -1 pciaddr-check --diff old.dmesg new.dmesg
	changed moved "0000:00:10.0 BAR 0" "0x3000-0x30ff" "old.dmesg:4" "0x4000-0x40ff" "new.dmesg:4"
	{ cat new.dmesg && echo "pci 0000:00:10.0: BAR 0: no space for [io  size 0x0100]" &&
		echo "pci 0000:00:10.0: BAR 0: failed to assign [io  size 0x0100]"; } >lost.dmesg
	run -1 pciaddr-check --diff new.dmesg lost.dmesg
	changed unassigned "0000:00:10.0 BAR 0" "0x4000-0x40ff"
}

@test "a captured specification is a source: no difference to its machine, and to others theirs" {
	pciaddr-check --dump "$GUEST" --capture >captured.yaml
	run -0 pciaddr-check --diff captured.yaml "$GUEST"
	[ -z "$(classes)" ]
	[[ $output == *"11 PCI functions"* ]]
	run -0 pciaddr-check --diff "$GUEST" captured.yaml
	poke 00:05.0 10 00 00 90 fe
	run -1 pciaddr-check --diff captured.yaml new
	changed moved "0000:00:05.0 BAR 0" "captured.yaml:" 0xfe900000
	sed -i 's/prefetchable: 0xfd000000-0xfdffffff/prefetchable: 0xfd000000-0xfd7fffff/' captured.yaml
	run -1 pciaddr-check --diff "$GUEST" captured.yaml
	changed shrunk "0000:00:04.0 prefetchable window"
	echo "devices: [{select: 1234:f96a}]" >selects.yaml
	run -2 pciaddr-check --diff selects.yaml "$GUEST"
	[[ $output == *"no entry selects a single slot"* ]]
	echo "devices: [" >broken.yaml
	run -2 pciaddr-check --diff broken.yaml "$GUEST"
	[[ $output == *broken.yaml* ]]
}

@test "a log and a dump of the same machine differ in nothing that one of them cannot know" {
	log=$BATS_TEST_TMPDIR/log
	dump=$BATS_TEST_TMPDIR/dump
	cat >"$log" <<-'LOG'
		pci 0000:00:14.1: [1234:0001] type 00 class 0x01018a
		pci 0000:00:14.1: reg 10: [io  0xf140-0xf147]
		pci 0000:00:14.1: reg 14: [io  0xf130-0xf133]
		pci 0000:00:14.1: reg 20: [io  0xf100-0xf10f]
		pci 0000:00:15.0: [1234:0002] type 00 class 0x0c0010
		pci 0000:00:15.0: reg 0x10: [mem 0xf0000000-0xf0000fff]
		pci 0000:00:15.0: reg 0x30: [mem 0x00000000-0x0007ffff pref]
		pci 0000:00:15.0: BAR 6: assigned [mem 0xf1080000-0xf10fffff pref]
		firewire_ohci 0000:00:15.0: added OHCI v1.10 device as card 0
		firewire_core 0000:00:15.0: created device fw0
	LOG
	{
		device 00:14.1 "IDE interface: Made up (prog-if 8a [ISA Compatibility mode controller])" \
			"\tControl: I/O+ Mem+ BusMaster+\n\tRegion 0: I/O ports at 01f0 [size=8]\n\tRegion 1: I/O ports at 03f4\n\tRegion 4: I/O ports at f100 [size=16]" \
			0="34 12 01 00 07 00 00 00 00 8a 01 01" 20="01 f1"
		device 00:15.0 "FireWire (IEEE 1394): Made up" \
			"\tControl: I/O+ Mem+ BusMaster+\n\tRegion 0: Memory at f0000000 (32-bit, non-prefetchable) [size=4K]\n\t[virtual] Expansion ROM at f1080000 [disabled] [size=512K]\n\tKernel driver in use: firewire_ohci" \
			0="34 12 02 00 07 00 00 00 00 10 00 0c" 10="00 00 00 f0"
	} >"$dump"
	for sides in "$log $dump" "$dump $log"; do
		# shellcheck disable=SC2086 # two files
		run pciaddr-check --diff $sides
		[[ $output != *changed\ * && $output == *", 0 changed, "* ]] || { echo "$output"; return 1; }
	done
}
