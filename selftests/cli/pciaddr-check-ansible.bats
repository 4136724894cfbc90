#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The playbook that gathers and checks, against this machine

bats_require_minimum_version 1.5.0
load pciaddr

setup() {
	command -v ansible-playbook >/dev/null || skip "no ansible-playbook"
	command -v lspci >/dev/null || skip "no lspci"
	[ "$(id -u)" = 0 ] || skip "not root"
	ls /sys/bus/pci/devices/* >/dev/null 2>&1 || skip "this machine has no PCI devices"
	export HOME=$BATS_TEST_TMPDIR ANSIBLE_LOCALHOST_WARNING=False LC_ALL=C.UTF-8
}

play() {
	timeout 120 ansible-playbook \
		-i "$BATS_TEST_TMPDIR/hosts" "$TOP/examples/ansible/pciaddr-check.yml" \
		-e dumps="$BATS_TEST_TMPDIR/dumps" -e become_root=false "$@"
}

@test "the playbook gathers this machine and passes on its captured specification" {
	echo "here ansible_connection=local" >"$BATS_TEST_TMPDIR/hosts"
	lspci -vvxxxx -D >"$BATS_TEST_TMPDIR/here"
	cp /proc/ioports "$BATS_TEST_TMPDIR/here.ioports"
	cp /proc/iomem "$BATS_TEST_TMPDIR/here.iomem"
	pciaddr-check --dump "$BATS_TEST_TMPDIR/here" --capture >"$BATS_TEST_TMPDIR/spec.yaml"
	run -0 play -e spec="$BATS_TEST_TMPDIR/spec.yaml"
	grep -q '"name": ".*hosts/here", "status": "pass"' "$BATS_TEST_TMPDIR/dumps/result.json"
	echo 'devices: [{select: "1234:ffff"}]' >"$BATS_TEST_TMPDIR/spec.yaml"
	run play -e spec="$BATS_TEST_TMPDIR/spec.yaml"
	[ "$status" != 0 ]
	[[ $output == *"no device is 1234:ffff"* ]]
}
