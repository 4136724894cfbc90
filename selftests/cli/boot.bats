#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # machine() sets dump
# The check at boot: which specification it takes, its unit; what monitoring makes of the results.

bats_require_minimum_version 1.5.0
load pciaddr

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir bin etc dmi
	ln -s "$(command -v pciaddr-check)" bin/pciaddr-check
	made pciaddr-check-boot >boot
	chmod +x boot
	echo QEMU >dmi/sys_vendor
	echo "Standard PC (i440FX + PIIX, 1996)" >dmi/product_name
	echo pc-i440fx-10.0 >dmi/product_version
}

# made NAME: the file as make would install it
made() {
	sed -e "s|@bindir@|$BATS_TEST_TMPDIR/bin|g" -e "s|@sysconfdir@|/etc|g" \
		-e "s|@libexecdir@|/usr/libexec|g" "$TOP/tools/systemd/$1.in"
}

# boot: as the service starts it, with the guest's dump in the place of this machine
boot() {
	run ./boot "$BATS_TEST_TMPDIR/etc" "$BATS_TEST_TMPDIR/dmi" --dump "$GUEST"
}

@test "the most particular specification is taken, by what DMI says" {
	local name
	cp "$TOP/examples/fixed-card.yaml" good
	for name in machine QEMU_Standard_PC__i440FX___PIIX__1996_ \
		QEMU_Standard_PC__i440FX___PIIX__1996__pc-i440fx-10.0 serial-A_1; do
		[ "$name" != serial-A_1 ] || echo "A/1 " >dmi/product_serial
		cp good "etc/$name.yaml"
		boot
		[ "$status" = 0 ]
		[ "${lines[0]}" = "specification: $BATS_TEST_TMPDIR/etc/$name.yaml" ]
	done
}

@test "without a specification it says where it has looked, and checks any machine" {
	boot
	[ "$status" = 0 ]
	[[ $output == *"no specification of this machine in"*"machine.yaml"* ]]
	[ "${lines[-1]}" = "passed: this machine is as any machine must be" ]
	rm -r dmi
	boot
	[ "$status" = 0 ]
}

@test "what differs is all that is told, and the last line is the verdict" {
	local file=$BATS_TEST_TMPDIR/etc/machine.yaml
	cp "$TOP/examples/demo-guest.yaml" "$file"
	boot
	[ "$status" = 0 ]
	[ "${#lines[@]}" = 2 ]
	[ "${lines[1]}" = "passed: this machine is as $file says" ]
	# systemctl status shows ten lines: of a hundred results, the one that failed is among them
	sed 's/0x2000-0x27ff/0x3000-0x37ff/' "$TOP/examples/demo-guest.yaml" >"$file"
	boot
	[ "$status" = 1 ]
	fails_with spec-bar "0x3000-0x37ff"
	[ "${#lines[@]}" -lt 10 ]
	[ "${lines[-1]}" = "FAILED: this machine is not as $file says; what differs is above" ]
	echo "devices: [" >"$file"
	boot
	[ "$status" = 2 ]
	[[ ${lines[-1]} == "not checked: pciaddr-check ended with status 2"* ]]
	cp "$TOP/examples/fixed-card.yaml" "$file"
	grep -v '^[0-9a-f]*0: ' "$GUEST" | grep -v 'Kernel driver' >no-drivers
	run ./boot "$BATS_TEST_TMPDIR/etc" "$BATS_TEST_TMPDIR/dmi" --dump no-drivers
	[ "$status" = 3 ]
	[[ ${lines[-1]} == "unknown: whether this machine is as $file says"* ]]
}

@test "what DMI says is no path, no option, and nothing that acts on a terminal" {
	printf '../../%s\e[31m$(touch x);-f' "$PWD" >dmi/product_name
	cp "$TOP/examples/fixed-card.yaml" etc/machine.yaml
	boot
	[ "$status" = 0 ]
	[ ! -e x ]
	[[ $output != *$'\e'* ]]
}

@test "the units are valid, sandboxed, and not enabled by themselves" {
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze"
	made pciaddr-check.service >made
	mv made pciaddr-check.service
	cp "$TOP/tools/systemd/pciaddr-check.timer" .
	# the program is not installed here
	sed -i 's|^ExecStart=.*|ExecStart=/bin/true|' pciaddr-check.service
	run systemd-analyze verify --man=no ./pciaddr-check.service ./pciaddr-check.timer
	[[ $output != *pciaddr-check.service:* && $output != *pciaddr-check.timer:* ]]
	systemd-analyze security --help | grep -q -- --threshold || skip "the rest: no --threshold"
	run -0 systemd-analyze security --offline=true --threshold=30 ./pciaddr-check.service
	grep -q '^Before=network-pre.target' pciaddr-check.service
}

@test "monitoring: promtool agrees with the alerts, and they fire when they should" {
	command -v promtool >/dev/null || skip "no promtool"
	cp "$TOP"/examples/monitoring/* .
	promtool check rules pciaddr-alerts.yml
	promtool test rules pciaddr-alerts-test.yml
}

@test "monitoring: alerts and dashboard ask for metrics, labels and values that there are" {
	local name
	machine broken
	poke 00:04.0 1c 10 10
	pciaddr-check --dump "$dump" -f prometheus >metrics || true
	for name in $(jq -r '.panels[].targets[].expr' "$TOP/examples/monitoring/pciaddr-dashboard.json" |
		cat - "$TOP/examples/monitoring/pciaddr-alerts.yml" | grep -oE 'pciaddr_check_[a-z_]+' |
		sort -u); do
		grep -q "^$name{" metrics
	done
	grep -q 'check="device-present"' metrics
	jq -e '.panels | length > 4 and all(.gridPos.x + .gridPos.w <= 24)' \
		"$TOP/examples/monitoring/pciaddr-dashboard.json"
}
