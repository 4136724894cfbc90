#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check --import: lists of other projects become specifications.
# shellcheck disable=SC2154 # bats sets stderr

bats_require_minimum_version 1.5.0
load pciaddr

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

@test "SONiC's pcie.yaml: slots and device ids, which the guest has" {
	printf "%s\n" "- bus: '00'" "  dev: '00'" "  fn: '0'" "  id: '1237'" "  name: 'Host bridge: Intel'" \
		"- {bus: '01', dev: '01', fn: '0', id: f96a, name: 'The \"card\"'}" >pcie.yaml
	run -0 --separate-stderr pciaddr-check --import pcie.yaml
	[ -z "$stderr" ]
	printf '%s\n' "$output" >spec
	run -0 pciaddr-check --dump "$GUEST" --spec spec
	outcome ok spec-id "0000:01:01.0"
	sed -i 's/f96a/f96b/' spec
	run -1 pciaddr-check --dump "$GUEST" --spec spec
}

@test "the kernel's boards: paths below the bridges" {
	printf "%s\n" "devices:" "- type: pci-controller" "  devices:" "    - path: 4.0/1.0" "      name: card" \
		"    - {path: '05.0', name: edu}" "    - path: 1.2" "      type: usb-controller" \
		"      usb-version: 2" "      devices: [{path: 9, name: camera}]" \
		"- type: usb-controller" "  devices: []" >board.yaml
	run -0 --separate-stderr pciaddr-check --import board.yaml
	[[ $stderr == *"board.yaml:8: 'type' cannot be said"* ]]
	[[ $stderr == *"board.yaml:11: not a pci-controller"* ]]
	grep -v 'name: "device"' <<<"$output" | sed '/00:01.2/d' >spec
	run -0 pciaddr-check --dump "$GUEST" --spec spec
	outcome ok spec-device "is card"
	outcome ok spec-device "is edu"
}

@test "entries that are none are warnings with their line, and the rest is taken" {
	printf "%s\n" "- {bus: '100', dev: '0', fn: '0'}" "- {bus: '0', dev: '0', fn: '0', vendor: x}" "- 7" >odd.yaml
	run -0 --separate-stderr pciaddr-check --import odd.yaml
	[[ $stderr == *"odd.yaml:1: not a device"* ]]
	[[ $stderr == *"odd.yaml:2: no id"* && $stderr == *"odd.yaml:2: 'vendor' cannot"* ]]
	[[ $stderr == *"odd.yaml:3: not a device"* ]]
	[ "$(grep -c 'select:' <<<"$output")" = 1 ]
}

@test "what is neither list is an error" {
	local text
	for text in "" "a: b" "[" "7" "devices: {}" "[]"; do
		printf '%s' "$text" >other
		run -2 pciaddr-check --import other
	done
	run -2 pciaddr-check --import /nonexistent
	run -2 pciaddr-check --import other --spec other
}
