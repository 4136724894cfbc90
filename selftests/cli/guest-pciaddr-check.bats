#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check on the machine that its examples are about: in the guest, as root.

bats_require_minimum_version 1.5.0

examples=/usr/share/doc/fpga-pci/examples

setup_file() {
	modprobe fpga_pci
	modprobe edu
	udevadm settle --timeout=30
}

@test "the guest is as the specifications say that ship as examples" {
	for example in "$examples"/*.yaml; do
		run -0 pciaddr-check --quiet --spec "$example"
	done
}

@test "--capture passes at once" {
	pciaddr-check --capture >"$BATS_TEST_TMPDIR/spec.yaml"
	run -0 pciaddr-check --quiet --spec "$BATS_TEST_TMPDIR/spec.yaml"
}

@test "the live machine and its dump are the same" {
	lspci -vvxxxx >"$BATS_TEST_TMPDIR/guest"
	cp /proc/ioports "$BATS_TEST_TMPDIR/guest.ioports"
	cp /proc/iomem "$BATS_TEST_TMPDIR/guest.iomem"
	run -0 pciaddr-check --dump "$BATS_TEST_TMPDIR/guest"
	[[ $output == *" 0 failed, 0 unknown"* ]]
	diff <(pciaddr-check --tree --numeric) \
		<(pciaddr-check --tree --numeric --dump "$BATS_TEST_TMPDIR/guest")
	diff <(pciaddr-check --map) <(pciaddr-check --map --dump "$BATS_TEST_TMPDIR/guest")
}
