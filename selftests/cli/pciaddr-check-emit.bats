#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154 # bats sets stderr
# pciaddr-check --emit: from a specification to what makes such a machine.

bats_require_minimum_version 1.5.0
load pciaddr

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# spec TEXT: $BATS_TEST_TMPDIR/spec, with the version in front
spec() {
	printf 'version: 1\n%s\n' "$1" >spec
}

# refuses TEXT...: nothing is emitted in either form, and the messages have these texts
refuses() {
	local form text
	for form in qemu libvirt; do
		run -1 --separate-stderr pciaddr-check --emit "$form" --spec spec
		[ -z "$output" ]
		for text; do
			grep -qF -- "$text" <<<"$stderr" || {
				echo "expected '$text' in:" && echo "$stderr"
				return 1
			}
		done
	done
}

@test "the example: bridge and card at their fixed address" {
	run -0 --separate-stderr pciaddr-check --emit qemu --spec "$TOP/examples/fixed-card.yaml"
	[ "${lines[0]}" = "-device dec-21154,id=bridge1,bus=pci.0,addr=0x3,chassis_nr=1,io-base=0x2000" ]
	[ "${lines[1]}" = "-device fpga,id=device2,bus=bridge1,addr=0x1,io-base=0x2000" ]
	[ "${lines[2]}" = "-device edu,id=device3,bus=pci.0,addr=0x4" ]
	[[ $stderr == *"a machine of the type pc"* ]]
}

@test "a domain of libvirt's is valid, and is as the specification says" {
	spec 'bridges:
  - {select: "00:04.0", id: "1011:0026", windows: {io: 0x2000-0x2fff}}
  - {select: "00:05.0", id: "1b36:000c"}
  - {select: "00:05.0/00.0", id: "1b36:000e"}
devices:
  - {select: "00:04.0/01.0", id: "1234:f96a", bars: {0: {range: 0x2000-0x27ff}}}
  - {select: "00:05.0/00.0/02.0", id: "8086:100e"}
  - {select: "00:06.0", id: "1af4:1000"}
  - {select: "0000:00:00.0", id: "8086:29c0"}'
	run -0 --separate-stderr pciaddr-check --emit libvirt --spec spec
	printf '%s\n' "$output" >domain.xml
	xmllint --noout domain.xml
	[[ $output == *"<controller type='pci' index='1' model='pcie-root-port'>"* ]]
	[[ $output == *"<controller type='pci' index='2' model='pcie-to-pci-bridge'>"* ]]
	[[ $output == *"bus='0x02' slot='0x02'"* ]]
	[[ $output == *"dec-21154,id=bridge1,bus=pcie.0,addr=0x4"* ]]
	if command -v virt-xml-validate; then
		virt-xml-validate domain.xml domain
	fi
	run -0 pciaddr-check --domain domain.xml --spec spec
}

@test "BARs of any card are held where they are, and windows grow over them" {
	spec 'devices:
  - {select: "10ec:8139", bars: {0: {type: io, range: 0x3f00-0x3fff}, 1: {type: memory32, range: 0xe0100000-0xe01000ff}}}
  - {select: "1234:f96a", bars: {2: {type: memory64, prefetchable: true, range: 0x800000000-0x8007fffff}}}'
	run -0 --separate-stderr pciaddr-check --emit qemu --spec spec
	[[ $output == *"io-base=0x3000,mem-base=0xe0100000,hold=on"* ]]
	[[ $output == *"1.0/0=0x3f00"* && $output == *"1.0/1=0xe0100000"* ]]
	[[ $output == *"pref-base=0x800000000,pref-limit=0x8007fffff,hold=on,hold-at=1.0/2=0x800000000"* ]]
	[[ $output == *"ram-size=0x800000"* ]]
}

@test "several of a kind, and those that other entries place count" {
	spec 'devices:
  - {select: "1234:11e8", count: 3}
  - {select: "0000:00:09.0", id: "1234:11e8"}'
	run -0 --separate-stderr pciaddr-check --emit qemu --spec spec
	[ "$(grep -c edu <<<"$output")" = 3 ]
	grep -q "addr=0x9" <<<"$output"
}

@test "functions of one slot" {
	spec 'devices:
  - {select: "0000:00:09.0", id: "1234:11e8"}
  - {select: "0000:00:09.2", id: "1234:11e8"}'
	run -0 --separate-stderr pciaddr-check --emit qemu --spec spec
	[[ $output == *"addr=0x9,multifunction=on"* && $output == *"addr=0x9.2"* ]]
	spec 'devices: [{select: "0000:00:09.2", id: "1234:11e8"}]'
	refuses "there is no function 0 in its slot"
}

@test "expanders: a root bus has the number that places behind it name" {
	spec 'bridges:
  - {select: "c0:00.0/03.0", id: "1b36:0001"}
devices:
  - {select: "00:15.0", id: "1b36:0009"}
  - {select: "00:16.0", id: "1b36:0009"}
  - {select: {path: "80:00.0"}, id: "1b36:0001"}
  - {select: "80:00.0/01.0", id: "1234:11e8"}
  - {select: "c0:00.0/03.0/02.0", id: "10ec:8139"}'
	run -0 --separate-stderr pciaddr-check --emit qemu --spec spec
	[ "${#lines[@]}" = 5 ]
	[[ ${lines[0]} == "-device pxb,"*",addr=0x15,bus_nr=0x80" ]]
	[[ ${lines[1]} == "-device edu,"*",bus=device"*",addr=0x1" ]]
	[[ ${lines[2]} == "-device pxb,"*",addr=0x16,bus_nr=0xc0" ]]
	[[ ${lines[4]} == "-device rtl8139,"*",bus=bridge"*",addr=0x2" ]]
	spec 'bridges:
  - {select: {path: "40:00.0"}, id: "1b36:000c"}
devices:
  - {select: "00:05.0", id: "1b36:000b"}
  - {select: "40:00.0/00.0", id: "1234:11e8"}'
	run -0 --separate-stderr pciaddr-check --emit qemu --spec spec
	[[ ${lines[0]} == "-device pxb-pcie,"*",bus_nr=0x40" ]]
	[[ ${lines[1]} == "-device pcie-root-port,"*",bus=device"*",addr=0x0,"* ]]
}

@test "refused: expanders of which nothing says the bus, and what cannot be behind them" {
	spec 'devices: [{name: alone, select: "00:05.0", id: "1b36:0009"}]'
	refuses "'alone': which root bus is behind it, is unknown"
	spec 'devices:
  - {select: "00:05.0", id: "1b36:0009"}
  - {name: beside, select: {path: "80:01.0"}, id: "1234:11e8"}'
	refuses "'beside': the bridge that leads to its bus is not in the specification"
	spec 'devices:
  - {select: "00:05.0", id: "1b36:000b"}
  - {name: card, select: {path: "80:00.0"}, id: "8086:10d3"}'
	refuses "'card': on the root bus of pxb-pcie QEMU takes bridges and ports alone"
	spec 'devices: [{name: lost, select: "80:00.0/01.0", id: "1234:11e8"}]'
	refuses "'lost': the bridge that leads to its bus" "of a root bus, the expander"
}

@test "what a bridge holds: the message says that other BARs need room, too" {
	spec 'devices: [{select: "10ec:8139", bars: {0: {type: io, range: 0x3f00-0x3fff}}}]'
	run -0 --separate-stderr pciaddr-check --emit qemu --spec spec
	[[ $stderr == *"other BARs behind a bridge with hold=on need room in its windows"* ]]
	spec 'devices: [{select: "1234:11e8"}]'
	run -0 --separate-stderr pciaddr-check --emit qemu --spec spec
	[[ $stderr != *hold=on* ]]
}

@test "what is optional or forbidden is left out" {
	spec 'devices:
  - {select: "1234:11e8", presence: optional}
  - {select: "1234:f96a", presence: forbidden}
  - {select: "8086:100e"}'
	run -0 --separate-stderr pciaddr-check --emit qemu --spec spec
	[ "${#lines[@]}" = 1 ]
}

@test "refused: what has no model, no id, no way to its bus" {
	spec 'devices:
  - {name: nic, select: "8086:1521"}
  - {name: any, select: "class=0200"}
  - {name: behind, select: "0000:05:00.0", id: "1234:11e8"}
  - {name: path, select: "00:07.0/01.0", id: "1234:11e8"}'
	refuses "spec:3: 'nic': no device model" "spec:4: 'any': its id is not given" \
		"'behind': the bridge that leads to its bus" "'path': the bridge that leads"
}

@test "refused: addresses that nothing keeps, each by its name" {
	spec 'bridges:
  - {name: port, select: "00:05.0", id: "1b36:000c", windows: {io: 0x2000-0x2fff}}
  - {name: odd, select: "00:06.0", id: "1011:0026", windows: {io: 0x2100-0x2fff, memory: closed}}
devices:
  - {name: root, select: "00:08.0", id: "10ec:8139", bars: {0: {range: 0x2000-0x20ff}}}
  - {name: behind, select: "00:05.0/00.0", id: "1234:11e8", bars: {0: {range: 0xe0000000-0xe00fffff}}}
  - {name: closed, select: "00:06.0/01.0", id: "1234:11e8", bars: {0: {range: 0xe0000000-0xe00fffff}}}
  - {name: size, select: "1234:f96a", bars: {0: {range: 0x2000-0x25ff}}}
  - {name: ide, select: "00:1f.2", id: "8086:2922", bars: {4: {type: io, range: 0xd040-0xd05f}}}'
	refuses "'port': the I/O window of pcie-root-port cannot be fixed" \
		"'odd': a bridge cannot have this I/O window" \
		"'root': BAR 0 cannot be fixed: the device is on the root bus" \
		"'behind': BAR 0 cannot be fixed: the device is behind a bridge without" \
		"'closed': BAR 0 needs the memory window" \
		"'size': BAR 0: a BAR has a size that is a power of 2" \
		"'ide': BAR 4 of a device that the machine 'q35' has by itself"
}

@test "refused: places that cannot be" {
	spec 'bridges:
  - {name: port, select: "00:05.0", id: "1b36:000c"}
  - {name: fixed, select: "00:06.0", id: "1011:0026"}
devices:
  - {name: slot, select: "00:05.0/01.0", id: "1234:11e8"}
  - {name: express, select: "00:06.0/01.0", id: "8086:10d3"}
  - {name: first, select: "00:07.0", id: "1234:11e8"}
  - {name: second, select: "0000:00:07.0", id: "1234:f96a"}
  - {name: pc, select: "0000:00:00.0", id: "8086:1237"}
  - {name: q35, select: "0000:00:1f.0", id: "8086:2918"}'
	refuses "'slot': behind a PCI Express port there is slot 0" "'express': e1000e needs PCI Express" \
		"'second': another entry stands at the same place" "'q35': the machine 'q35' has it"
	sed -i '/second/{p;s/second/third/}' spec
	refuses "'third': another entry stands at the same place"
	[ "$(grep -c "'third': another entry" <<<"$output$stderr")" = 1 ]
}

@test "what a captured specification has of firmware's choices is refused, and the rest emitted" {
	local views=$TOP/selftests/pciaddr/views
	pciaddr-check --capture --qmp "$views/pc.qmp" >spec
	refuses "cannot be fixed"
	# without what firmware chooses, it is the machine again
	pciaddr-check --capture --domain "$views/virt.xml" >spec
	run -0 --separate-stderr pciaddr-check --emit libvirt --spec spec
	printf '%s\n' "$output" >domain.xml
	run -0 pciaddr-check --diff "$views/virt.xml" domain.xml
}

@test "--emit without a specification, or to an unknown form, is wrong usage" {
	run -2 pciaddr-check --emit qemu
	[[ $output == *"needs --spec FILE"* ]]
	spec 'devices: [{select: "1234:11e8"}]'
	run -2 pciaddr-check --emit xen --spec spec
	[[ $output == *"'xen' is not qemu or libvirt"* ]]
	run -2 pciaddr-check --emit qemu --tree --spec spec
}
