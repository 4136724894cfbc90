#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check --spec and --capture

bats_require_minimum_version 1.5.0
load pciaddr

# spec TEXT: writes the specification
spec() {
	printf '%s\n' "$1" >"$BATS_TEST_TMPDIR/spec.yaml"
}

check() {
	pciaddr-check --dump "${dump:-$GUEST}" --spec "$BATS_TEST_TMPDIR/spec.yaml"
}

# spec_error LINE:COLUMN TEXT: exit status 2, the place, the text, the line and a caret
spec_error() {
	run --separate-stderr -2 check
	[ -z "$output" ]
	grep -qF "spec.yaml:$1: " <<<"$stderr"
	grep -qF -- "$2" <<<"$stderr"
	[ "$(sed -n 's/^ *|\( *\)^$/\1/p' <<<"$stderr" | wc -c)" -eq $((${1#*:} + 1)) ]
}

card='devices:
  - name: the card
    select: 1234:f96a
    driver: fpga_pci
    msi: on
    command: {io: on, memory: on, master: on}
    bars:
      0: {type: io, range: 0x2000-0x27ff, owner: fpga_pci}
      2: {type: memory64, prefetchable: true, size: 16M, aligned: 16M}
      4: absent
bridges:
  - select: 1011:0026
    bus: {primary: 0, secondary: 1, subordinate: 1}
    windows:
      io: 0x2000-0x2fff
      memory: closed
      prefetchable: {covers: 0xfd000000-0xfdffffff}'

@test "a specification of the guest's card and bridge passes" {
	spec "$card"
	run -0 check
	[[ $output == *" 0 failed, 0 unknown, 0 not run" ]]
}

@test "every wrong value fails at its own place, with what was found" {
	while IFS='|' read -r from to label found; do
		spec "${card/"$from"/"$to"}"
		run -1 check
		fails_with "$label" "$found" "spec.yaml:" "What to do"
	done <<-'CASES'
		range: 0x2000-0x27ff|range: 0x3000-0x37ff|spec-bar|found: 0x2000-0x27ff
		type: io|type: memory|spec-bar|found: I/O
		size: 16M|size: 32M|spec-bar|0xfd000000-0xfdffffff
		aligned: 16M|aligned: 32M|spec-bar|aligned to 32 MiB
		prefetchable: true|prefetchable: false|spec-bar|prefetchable
		owner: fpga_pci|owner: other|spec-owner|found: fpga_pci
		4: absent|4: {type: io}|spec-bar|is not there
		driver: fpga_pci|driver: [other, none]|spec-driver|other or none
		msi: on|msi: off|spec-msi|found: on
		msi: on|msix: on|spec-msi|found: absent
		master: on|master: off|spec-command|command 0x0507
		secondary: 1|secondary: 2|spec-bus|found: 1
		io: 0x2000-0x2fff|io: closed|spec-window|I/O window 0x2000-0x2fff
		memory: closed|memory: {min-size: 1M}|spec-window|memory window closed
		covers: 0xfd000000-0xfdffffff|covers: 0xfc000000-0xfdffffff|spec-window|covers
		select: 1011:0026|select: 1011:0027|spec-device|no device is 1011:0027
	CASES
}

@test "a driver that is not to be is to be unloaded" {
	spec "${card/driver: fpga_pci/driver: none}"
	run -1 check
	fails_with spec-driver "specified: none" "modprobe -r fpga_pci"
}

@test "counts, optional and forbidden devices" {
	spec 'devices:
  - {select: "1af4:1042", count: 3}
  - {select: "1af4:1042", count: 1-4}
  - {select: "1af4:1042", count: 2+}
  - {select: "8086:ffff", presence: optional}
  - {select: "8086:ffff", presence: forbidden}
  - {select: {class: "0601", id: "8086:*"}, count: 1}'
	run -0 check
	spec 'devices:
  - {select: "1af4:1042", count: 2}'
	run -1 check
	fails_with spec-device "3 devices are" "2 of 1af4:1042"
	spec 'devices:
  - {select: "1af4:1042", presence: forbidden, advice: call me, severity: low}'
	run -1 check
	fails_with spec-device "none of" "call me" "[low]"
}

@test "nothing else" {
	spec 'rules: {nothing-else: true}
devices: [{select: "*:*.*", id: "*:*"}]'
	run -0 check
	spec 'rules: {nothing-else: true}
devices: [{select: "1af4:*", count: 1+}]'
	run -1 check
	fails_with spec-nothing-else "0000:01:01.0" "1234:f96a"
	spec 'rules: {only-specified-in-io: 0x2000-0x27ff}
devices: [{select: "1234:f96a"}]'
	run -0 check
	spec 'rules: {only-specified-in-io: [0x2000-0x27ff]}
devices: [{select: "1234:11e8"}]'
	run -1 check
	fails_with spec-nothing-else "BAR 0" "0x2000-0x27ff"
}

@test "owners of ranges in /proc/ioports and /proc/iomem" {
	spec 'ioports:
  - {range: 0x2000-0x27ff, owner: fpga_pci}
  - {range: 0x3000-0x37ff, owner: none}
iomem:
  - {range: 0xfd000000-0xfdffffff, owner: fpga_pci}'
	run -0 check
	spec 'ioports: [{range: 0x2000-0x27ff, owner: other}, {range: 0x2000-0x2fff, owner: none}]'
	run -1 check
	fails_with spec-owner "specified: 0x2000-0x27ff : other"
	[[ $output == *"is not free"* ]]
}

@test "machine-checks adds what must hold on any machine" {
	machine broken
	poke 00:04.0 1c 10 10
	spec 'rules: {machine-checks: true}'
	run -1 check
	fails_with bar-in-window "0x1000-0x1fff"
}

@test "a misspelt key is an error with place, line, caret and the nearest key" {
	spec 'devices:
  - select: 1234:f96a
    bras: {0: 0x2000-0x27ff}'
	spec_error 3:5 "unknown key 'bras'; did you mean 'bars'?"
	spec 'bridges:
  - select: 1011:0026
    windows: {oi: closed}'
	spec_error 3:15 "did you mean 'io'?"
}

@test "wrong values are errors with their place" {
	spec 'devices: [{select: 1234}]'
	spec_error 1:20 "for example 1234:f96a"
	spec 'devices: [{select: "1234:f96a", bars: {0: 0x27ff-0x2000}}]'
	spec_error 1:43 "'0x27ff-0x2000': the range ends before it begins"
	spec 'devices: [{select: "1234:f96a", bars: {0: 0x2000}}]'
	spec_error 1:43 "a range is FIRST-LAST or FIRST+SIZE"
	spec 'devices: [{select: "1234:f96a", bars: {7: 0x2000-0x27ff}}]'
	spec_error 1:40 "unknown key '7'; there are: 0, 1, 2, 3, 4, 5, rom"
	spec 'devices: [{select: "1234:f96a", presence: requird}]'
	spec_error 1:43 "did you mean 'required'"
	spec 'devices: [{select: "1234:f96a", revision: 256}]'
	spec_error 1:43 "too big"
	spec 'devices: [{select: "1234:f96a", link: {speed: 9GT/s}}]'
	spec_error 1:47 "2.5GT/s"
	spec 'devices: [{name: card}]'
	spec_error 1:12 "'select' is missing"
	spec 'devices: {select: "1234:f96a"}'
	spec_error 1:11 "a list"
	spec 'version: 2'
	spec_error 1:10 "version 2"
}

@test "duplicate keys, broken YAML, aliases and second documents are errors" {
	spec 'devices: [{select: "1234:f96a"}]
devices: []'
	spec_error 2:1 "duplicate key"
	spec 'devices: [{select: "1234:f96a"'
	run --separate-stderr -2 check
	[[ $stderr == *"spec.yaml:"*"not valid YAML"* ]]
	spec 'devices: &a [{select: "1234:f96a", driver: *a}]'
	run --separate-stderr -2 check
	[[ $stderr == *"aliases"* ]]
	spec 'devices: [{select: "1234:f96a"}]
---
devices: []'
	run --separate-stderr -2 check
	[[ $stderr == *"second document"* ]]
}

@test "an empty specification is an error" {
	for text in "" "# nothing" "{}" "devices: []" "version: 1" "rules: {nothing-else: false}"; do
		spec "$text"
		run --separate-stderr -2 check
		[[ $stderr == *"empty"* || $stderr == *"missing"* ]]
	done
}

@test "what a specification asks for and the source does not have is unknown" {
	sed '/^\t/d' "$GUEST" >"$BATS_TEST_TMPDIR/bare"
	dump=$BATS_TEST_TMPDIR/bare
	spec 'devices:
  - {select: "1234:f96a", driver: fpga_pci, bars: {0: 0x2000-0x27ff}}'
	run -3 check
	grep -qE '^unknown +spec-driver' <<<"$output"
	grep -qE '^unknown +spec-bar .*where it ends' <<<"$output"
}

@test "--capture passes on the machine that it was taken from" {
	pciaddr-check --dump "$GUEST" --capture >"$BATS_TEST_TMPDIR/spec.yaml"
	run -0 check
	machine other
	poke 00:04.0 1c 10 10
	run -1 check
	fails_with spec-window "0x1000-0x1fff"
}

@test "--capture says what it could not know" {
	run -0 pciaddr-check --dump "$GUEST" --capture
	[[ $output != *"left out"* ]]
	# as lspci -x prints it for a user: 64 bytes, and nothing of /proc
	sed -E '/^([4-9a-f]0|[1-9a-f][0-9a-f]{2}): /d; /^\t/d' "$GUEST" >"$BATS_TEST_TMPDIR/header"
	run -0 pciaddr-check --dump "$BATS_TEST_TMPDIR/header" --capture
	[[ $output == *"left out"*"owners of ports: /proc/ioports was not read"*"of 11 functions only the first 64"* ]]
	printf '00000000-00000000 : PCI Bus\n' | tee "$BATS_TEST_TMPDIR/header.ioports" >"$BATS_TEST_TMPDIR/header.iomem"
	run -0 pciaddr-check --dump "$BATS_TEST_TMPDIR/header" --capture
	[[ $output == *"owners of memory: /proc/iomem shows only zeroes"* ]]
}

# named NAME: a card in $dump whose driver, and the owner of whose ports, has this name
named() {
	card 00:01.0 "\tRegion 0: I/O ports at 1000 [size=32]\n\tKernel driver in use: @NAME@" \
		10="01 10" >"$dump"
	printf '1000-101f : 0000:00:01.0\n  1000-101f : @NAME@\n' >"$dump.ioports"
	NAME=$1 perl -pi -e 's/\@NAME\@/$ENV{NAME}/' "$dump" "$dump.ioports"
}

@test "a name with any character is captured so that it is read back as it was" {
	dump=$BATS_TEST_TMPDIR/named
	names=('a "b" \\ c' "it's" 'a: b # c' '- x' '? y' '{a, b}' '[c]' '*star &and !bang |pipe >more' '%dir @at `tick'
		'true' '~' 'null' '0x10' '1e3' '2026-11-27' $'tab\tin' 'ends with:' $'\u00e4\u00f6\u00fc'
		$'\u4e2d\u6587' $'\U1f600' $'soft\u00ad' $'left\u202eright' $'line\u2028end' $'mark\ufeffin'
		$'bell\a' $'escape\e[31m' $'\x7f' $'next\u0085line' "$(printf '%0200d' 7)")
	for name in "${names[@]}"; do
		named "$name"
		pciaddr-check --numeric --dump "$dump" --capture >"$BATS_TEST_TMPDIR/spec.yaml"
		run ! grep -P '[^ -~]' "$BATS_TEST_TMPDIR/spec.yaml"
		grep -q 'driver: "' "$BATS_TEST_TMPDIR/spec.yaml"
		grep -q 'owner: "' "$BATS_TEST_TMPDIR/spec.yaml"
		run -0 pciaddr-check --dump "$dump" --spec "$BATS_TEST_TMPDIR/spec.yaml" ||
			{ printf '%q: %s\n' "$name" "$output" && return 1; }
	done
	# bytes that are no characters cannot be asked for in YAML
	named $'latin \xe4'
	pciaddr-check --numeric --dump "$dump" --capture >"$BATS_TEST_TMPDIR/spec.yaml"
	run ! grep -E 'driver:|owner:' "$BATS_TEST_TMPDIR/spec.yaml"
	run -0 pciaddr-check --dump "$dump" --spec "$BATS_TEST_TMPDIR/spec.yaml"
}

# asks TEXT: the keys of this text, of the card in $dump
asks() {
	spec "devices: [{select: \"1234:0002\", $1}]"
	run pciaddr-check --dump "$dump" --spec "$BATS_TEST_TMPDIR/spec.yaml"
}

@test "a link by what it is capable of, Access Control Services, and resizable BARs" {
	dump=$BATS_TEST_TMPDIR/extended
	extended_card >"$dump"
	asks "link: {capability-speed: 8GT/s, capability-width: 16, speed: 2.5GT/s, full: no}"
	[ "$status" = 0 ]
	asks "link: {full: yes}"
	fails_with spec-link "full, 8GT/s x16" "found: 2.5GT/s x1 of 8GT/s x16" "register 0x52"
	asks "link: {capability-speed: 16GT/s}"
	fails_with spec-link "link capability speed" "specified: 16GT/s" "found: 8GT/s" "register 0x4c"
	asks "link: {capability-width: 8}"
	fails_with spec-link "link capability width" "specified: x8" "found: x16"

	asks "acs: {source-validation: on, translation-blocking: off, egress-control: off}"
	[ "$status" = 0 ]
	asks "acs: {source-validation: off, translation-blocking: on, egress-control: on}"
	fails_with spec-acs "source-validation: is on" "control 0x001d of capability 0x005f" "register 0x106"
	fails_with spec-acs "translation-blocking: is off"
	fails_with spec-acs "egress-control: is off" "not capable of it"
	asks "acs: absent"
	fails_with spec-acs "the device has it"

	asks "bars: {0: {resizable: yes, size: 256M, sizes: [512M, 256T], enhanced-allocation: no}}"
	[ "$status" = 0 ]
	asks "bars: {0: {sizes: [256M, 1G]}}"
	fails_with spec-bar "cannot have every size specified" "specified: 256 MiB, 1 GiB" \
		"found: 256 MiB, 512 MiB, 256 TiB" "register 0x114"
	asks "bars: {0: {resizable: no}}"
	fails_with spec-bar "is resizable"
	asks "bars: {0: {enhanced-allocation: yes}}"
	fails_with spec-bar "no Enhanced Allocation capability"
	asks "bars: {0: {sizes: [3M]}}"
	[ "$status" = 2 ]
	asks "bars: {0: {resizable: no, sizes: [1M]}}"
	[ "$status" = 2 ]

	# all of it is captured
	run -0 pciaddr-check --dump "$dump" --capture
	[[ $output == *"link: {speed: 2.5GT/s, width: 1, capability-speed: 8GT/s, capability-width: 16, full: false}"* ]]
	[[ $output == *"acs: {source-validation: on, translation-blocking: off, request-redirect: on, completion-redirect: on, upstream-forwarding: on, direct-translated: off}"* ]]
	[[ $output == *"resizable: true, sizes: [256M, 512M, 268435456M], range: 0xe0000000-0xefffffff"* ]]
	echo "$output" >"$BATS_TEST_TMPDIR/spec.yaml"
	run -0 pciaddr-check --dump "$dump" --spec "$BATS_TEST_TMPDIR/spec.yaml"
	# without the extended space nothing can be told, nor where its list goes on unread
	for edit in '/^1[0-9a-f]0: /d' 's/^100: 0d 00 01 11/100: 0c 00 01 20/'; do
		extended_card | sed "$edit" >"$dump"
		asks "acs: present, sriov: {total: 0}, bars: {0: {resizable: yes}}"
		[ "$status" = 3 ]
		outcome unknown spec-acs "extended config space was not read"
		outcome unknown spec-sriov "extended config space was not read"
		outcome unknown spec-bar ".*whether it is resizable is unknown"
	done
	# a card of conventional PCI has none
	card 00:01.0 "" 10="0c 00 00 e0" 40=00 | sed '/^40:/,/^f0:/d' >"$dump"
	asks "acs: absent, bars: {0: {resizable: no}}"
	[ "$status" = 0 ]
	asks "acs: present"
	fails_with spec-acs "does not have it"
}

@test "a BAR that Enhanced Allocation places" {
	dump=$BATS_TEST_TMPDIR/enhanced
	card 00:01.0 "" 06="10 00" 34=40 40="14 00 01 00 02 00 ff 80 00 00 00 e0 fc ff 0f 00" >"$dump"
	asks "bars: {0: {enhanced-allocation: yes, range: 0xe0000000-0xe00fffff}}"
	[ "$status" = 0 ]
	asks "bars: {0: {enhanced-allocation: no}}"
	fails_with spec-bar "is placed by Enhanced Allocation" "register 0x40"
	run -0 pciaddr-check --dump "$dump" --capture
	[[ $output == *"0: {type: memory32, enhanced-allocation: true, range: 0xe0000000-0xe00fffff}"* ]]
	echo "$output" >"$BATS_TEST_TMPDIR/spec.yaml"
	run -0 pciaddr-check --dump "$dump" --spec "$BATS_TEST_TMPDIR/spec.yaml"
}

@test "--capture of this machine passes at once" {
	ls /sys/bus/pci/devices/* >/dev/null 2>&1 || skip "this machine has no PCI devices"
	pciaddr-check --capture >"$BATS_TEST_TMPDIR/spec.yaml"
	run -0 pciaddr-check --spec "$BATS_TEST_TMPDIR/spec.yaml"
}

@test "the demo's guest is as the specifications say that ship as examples" {
	for example in "$TOP"/examples/*.yaml; do
		run -0 pciaddr-check --dump "$GUEST" --spec "$example"
	done
}
