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

@test "SONiC's pcie.yaml: a domain, an id with its vendor, and a template's bus" {
	printf "%s\n" "- {domain: '0000', bus: '01', dev: '01', fn: '0', id: '1234:F96A', name: card}" \
		"- {bus: '{{card_bus}}', dev: '01', fn: '0', id: 'f96a'}" >pcie.yaml
	run -0 --separate-stderr pciaddr-check --import pcie.yaml
	[ "$stderr" = "pciaddr-check: pcie.yaml:2: a bus that is filled in on the machine: any bus" ]
	printf '%s\n' "$output" >spec
	run -0 pciaddr-check --dump "$GUEST" --spec spec
	outcome ok spec-id "0000:01:01.0"
	run -1 pciaddr-check --dump "$GUEST" --spec <(sed 's/1234:f96a/1235:f96a/' spec)
	run -1 pciaddr-check --dump "$GUEST" --spec <(sed 's/"\*:f96a"/"*:f96b"/' spec)
	run -1 pciaddr-check --dump "$GUEST" --spec <(sed 's/"0000:01/"0001:01/' spec)
}

# board FILE KEY: a board of one host bridge, as the kernel's test reads it; KEY is a line of it
board() {
	cat >"$1" <<-YAML
		# as the kernel has it: a list of controllers
		- type: pci-controller
		  $2
		  devices:
		    - path: 4.0/1.0
		      name: card
		    - path: 1.2
		      type: usb-controller
		      usb-version: 2
		      devices:
		        - path: 9
		          name: camera
		          interfaces: [0, 1]
		    - path: 5.0
		      name: edu
		- type: usb-controller
		  dt-mmio: 11200000
		  usb-version: 2
		  devices:
		    - path: 1.4.1
		      interfaces: [0, 1]
		      name: bluetooth
	YAML
}

@test "the kernel's boards: paths below the bridges, from any root bus" {
	board board.yaml "#acpi-uid: 0"
	run -0 --separate-stderr pciaddr-check --import board.yaml
	[[ $stderr == *"board.yaml:9: 'usb-version' cannot be said"* ]]
	[[ $stderr == *"board.yaml:11: devices on USB cannot be said"* ]]
	[[ $stderr == *"board.yaml:16: not a pci-controller"* ]]
	[ "$(wc -l <<<"$stderr")" = 3 ]
	[ "$(grep -c '^    count: 1$' <<<"$output")" = 3 ]
	printf '%s\n' "$output" >spec
	# the guest's 00:01.2 is none of USB
	sed -i '/usb-controller/,/class/d' spec
	run -0 pciaddr-check --dump "$GUEST" --spec spec
	outcome ok spec-device "is card"
	outcome ok spec-device "is edu"
	run -1 pciaddr-check --dump "$GUEST" --spec <(sed 's/01.0/02.0/' spec)
}

@test "the kernel's boards: a controller of USB has to be one, and an identified bridge is any" {
	board board.yaml "acpi-uid: 1"
	run -0 --separate-stderr pciaddr-check --import board.yaml
	[[ $stderr == *"board.yaml:3: 'acpi-uid' cannot be said"* ]]
	[[ $output != *count:* ]]
	[[ $output == *'name: "usb-controller"'*'select: {path: "01.2"}'*'class: "0c03"'* ]]
	printf '%s\n' "$output" >spec
	run -1 pciaddr-check --dump "$GUEST" --spec spec
}

@test "the kernel's boards: what is below a device and not on USB is left out" {
	printf '%s\n' "- type: pci-controller" "  devices:" "    - {path: e.0, type: pci-controller, devices: []}" \
		"    - {path: 0.0, name: host}" "- type: pci-controller" "  devices: [{path: 0.0, name: other}]" >two.yaml
	run -0 --separate-stderr pciaddr-check --import two.yaml
	[[ $stderr == *"two.yaml:3: a controller below a device"* ]]
	[[ $output != *count:* && $output != *0e.0* ]]
	[ "$(grep -c 'select: {path: "00.0"}' <<<"$output")" = 2 ]
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
	for text in "" "a: b" "[" "7" "devices: []" "[]" "- {type: pci-controller, devices: []}" \
		"- {type: usb-controller, devices: [{path: 1, name: x}]}"; do
		printf '%s' "$text" >other
		run -2 pciaddr-check --import other
	done
	run -2 pciaddr-check --import /nonexistent
	run -2 pciaddr-check --import other --spec other
}
