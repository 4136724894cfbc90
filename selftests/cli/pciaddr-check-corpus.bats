#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check on dumps and logs of real machines, which are not part of this tree: what is right
# for each of them. Machines of our own of the same kinds are in the other files.

bats_require_minimum_version 1.5.0
load pciaddr

FIELD=$CORPUS/../field

# row FILE STATUS TEXT...: ends with this status, and the texts (regular expressions) are in what
# it says; none of those behind "not" is
row() {
	local file=$1 expected=$2 text wanted=yes
	shift 2
	run pciaddr-check --dump "$FIELD/$file"
	[ "$status" = "$expected" ] || {
		echo "$file: status $status, expected $expected" && echo "$output"
		return 1
	}
	for text; do
		[ "$text" != not ] || { wanted=no && continue; }
		if grep -qE -- "$text" <<<"$output"; then found=yes; else found=no; fi
		[ "$found" = "$wanted" ] || {
			echo "$file: '$text' found: $found, expected: $wanted" && echo "$output"
			return 1
		}
	done
}

@test "each case of the field: the right answer" {
	[ -d "$FIELD" ] || skip "no cases from the field beside this tree"
	# one BAR and the bridge's window, with equal low bits, are evidence of an offset
	row ppc64-one-bar-behind-offset.lspci 0 "^ok +bar-kernel .*\(1\)" "^ok +bar-in-window" \
		not "^(FAILED|unknown)"
	# the claim stands below the owner's own slot; a 16-bit window above one of 32 bits
	row riscv-io-window-offset.lspci 3 "^ok +ioports-claim .*\(4\)" "^ok +window-in-window" not "^FAILED"
	# memory BARs that have none; nothing is said of the ROM
	row unassigned-bars.lspci 1 "^FAILED +bar-assigned +0000:44:00.0 BAR 1" \
		"^FAILED +bar-assigned +0000:44:00.0 BAR 3" not "^FAILED +(bar-[^a]|.*ROM)"
	# an endpoint is on no root bus: its bridge is missing
	row endpoint-alone.lspci 3 "^unknown +source-complete +0000:02:00.0: the bridge" \
		"^unknown +bar-in-window" not "^FAILED" "^ok +bar-in-window"
	# the nearest bridge whose buses enclose bus 60 is its parent
	row partial-switch.lspci 3 "^unknown +source-complete +0000:60:00.0" not "^FAILED"
	run pciaddr-check --numeric --dump "$FIELD/partial-switch.lspci" --tree
	[[ $output == *"8086:37c0"*"bus 5f-60"*"      bus 60 (the bridge to it was not read)"*"      └─ 00.0  8086:37d2"* ]]
	# what the second record knows and the first does not is added
	row vvv-then-xxxx.txt 0 "1 PCI function, 1 bridge" not "^(FAILED|unknown|warning)"
	run pciaddr-check --dump "$FIELD/vvv-then-xxxx.txt" --capture
	[[ $output == *'id: "8086:2f02"'*"secondary: 4"*"io: closed"* && $output == *'driver: "pcieport"'* ]]
	# prog-if 8x: BARs 0 to 3 are the legacy ports
	row ide-compatibility-without-hex.lspci 0 "^ok +ioports-claim .*\(5\)" not "^(FAILED|unknown)"
	# no claim is due for what the kernel ignores, and it overlaps nothing
	row host-bridge-ignored-bars.lspci 0 not "^(FAILED|unknown)"
	# a register without a Region line is none of the kernel's BARs
	row register-that-is-no-bar.lspci 0 not "^(FAILED|unknown)" "^ok +ioports-claim"
	# a primary bus that is hard-wired to 0 is accepted
	row vmd-root-port.lspci 0 "^ok +bus-primary" not "^(FAILED|unknown)" setpci
	# a device that sleeps
	row d3hot-zero-bar.lspci 3 "^unknown +bar-kernel +0000:00:15.1: .*below D0" not "^FAILED"
	# one that woke up while it was read
	row header-all-ones-rest-answers.lspci 3 "^unknown +device-present .*woke up or came back" \
		"What to do: take the dump again" not "^FAILED" critical
	# claims under the device's name
	row kernel-2.4-names.lspci 0 "^ok +ioports-claim" not "^(FAILED|unknown)"
	# config space from before Linux: firmware's fault is there, Linux has moved it later
	row earlydump.dmesg 1 "6 PCI functions, 3 bridges" \
		"^FAILED +bar-overlap +0000:00:03.0 BAR 0: overlaps the I/O window of 0000:00:02.0" not "^warning"
	# one cause for I/O, one for memory, on a screen
	row switch-out-of-io-space.dmesg 0 "^ok +log-no-space .*harmless: no place for .* I/O window" \
		"^ok +log-no-space .*harmless: no place for .* memory window" not "^FAILED"
	[ "${#lines[@]}" -le 24 ]
	# the host bridge is the pool: how much is missing; no option helps
	row host-window-too-small.dmesg 1 "^FAILED +log-no-space +0000:00:00.0 memory window" \
		"host bridge of bus 0000:00.*162 MiB are missing" "no kernel option makes it more"
	# nothing is required
	row optional-hotplug-windows.dmesg 0 "^ok +log-no-space .*harmless" not "^(FAILED|unknown)"
	# the card works, SR-IOV is lost
	row sriov-bar-too-big-after-rescan.dmesg 1 "^FAILED +log-no-space +0000:53:00.0 VF BAR 2.*\[low\]" \
		"in: 0000:52:01.0 prefetchable window" "the card works"
	# no row is missing here
	while read -r file; do
		grep -qE "^	row $file " "$BATS_TEST_FILENAME" || { echo "no row for $file" && return 1; }
	done < <(cd "$FIELD" && ls -- *.lspci *.dmesg *.txt)
}

# What is unknown of pciutils' dumps, and why:
#   bridge   the dump has single functions, and not the bridge that leads to their bus
#   sizes    the dump is config space alone (lspci -x), which does not say how large a BAR is
#   virtual  no dump has the sizes of virtual functions' BARs without lspci's text for them
#   kernel   a memory BAR that holds nothing: whether the kernel has given it an address is in
#            lspci's text, which is not in this dump
explained() {
	cat <<-'END'
		PCI-X-bridges-and-domains kernel:bar-assigned sizes:bar-in-window sizes:bar-overlap
		bridge-ctl-vga16
		broken-ecaps
		cap-MSI-mapping
		cap-address-xlation bridge:bar-in-window bridge:source-complete
		cap-aer-ecrc-label
		cap-aer-hdr
		cap-aer-log
		cap-aer-root sizes:bar-in-window sizes:bar-overlap
		cap-atomicops
		cap-debug-port sizes:bar-overlap
		cap-dev3 bridge:bar-in-window bridge:source-complete
		cap-doe bridge:source-complete
		cap-dpc bridge:source-complete bridge:window-in-window
		cap-dvsec-cxl sizes:bar-overlap
		cap-ea-1 bridge:bar-in-window bridge:source-complete
		cap-exp-aspm-latencies
		cap-exp-dev2
		cap-exp-lnkcap2 bridge:source-complete bridge:window-in-window sizes:bar-in-window sizes:bar-overlap
		cap-exp-rev-slot bridge:bar-in-window sizes:bar-overlap
		cap-flitmode bridge:bar-in-window bridge:source-complete
		cap-ht
		cap-ide bridge:source-complete
		cap-l1-pm bridge:bar-in-window bridge:source-complete
		cap-multicast bridge:bar-in-window bridge:source-complete bridge:window-in-window sizes:bar-overlap
		cap-pasid-pri
		cap-pci-af
		cap-pcie-1
		cap-pcie-2 bridge:bar-in-window bridge:source-complete virtual:bar-overlap
		cap-phy32 bridge:bar-in-window bridge:source-complete
		cap-ptm-1 bridge:window-in-window
		cap-ptm-2 bridge:source-complete
		cap-rcec
		cap-rebar bridge:bar-in-window bridge:source-complete sizes:bar-overlap
		cap-vc-and-rcl
		cap-vc-pat bridge:source-complete bridge:window-in-window
		cap-vendor-virtio
		pri-pasid
		tree-asus-p6t6 sizes:bar-in-window sizes:bar-overlap
		tree-fsl-p2020 sizes:bar-in-window sizes:bar-overlap
		tree-fujitsu-p8010 sizes:bar-in-window sizes:bar-overlap
	END
}

# findings FILE: the same of a dump; what is no pass and has none of these reasons is shown as it is
findings() {
	pciaddr-check --dump "$1" --format json | jq -r --arg name "${1##*/}" '
		[.machines[0].findings[] | select(.status == "unknown" or .status == "fail") |
			(if .status == "fail" then "FAILED"
			elif (.message | startswith("the bridge that leads to its bus is not")) then "bridge"
			elif (.advice // "" | contains("virtual functions")) then "virtual"
			elif (.message | contains("this source does not give sizes")) then "sizes"
			elif (.message | contains("what the kernel has made of it is unknown")) then "kernel"
			else .message end) + ":" + .check] | sort | join(" ") |
		$name + (if . == "" then "" else " " + . end)'
}

@test "pciutils' dumps give no finding that is not explained" {
	[ -d "$CORPUS" ] || skip "no corpus of pciutils beside this tree"
	for file in "$CORPUS"/*; do
		findings "$file"
	done >"$BATS_TEST_TMPDIR/found"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/found")" = 41 ]
	diff <(explained) "$BATS_TEST_TMPDIR/found"
}
