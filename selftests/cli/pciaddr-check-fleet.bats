#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check: directories of dumps, the machines in them, and what they are called

bats_require_minimum_version 1.5.0
load pciaddr

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir fleet
}

# hosts: runs on the directory, with these arguments; the names and statuses of the machines
hosts() {
	command -v jq >/dev/null || skip "no jq"
	pciaddr-check --json "$@" >result.json 2>"$BATS_TEST_TMPDIR/words" || true
	jq -r '.machines[] | "\(.name) \(.status)"' result.json | sort
}

# label: the labels of the machines for Prometheus
labels() {
	pciaddr-check --format prometheus "$@" 2>"$BATS_TEST_TMPDIR/words" |
		sed -nE 's/^pciaddr_check_status\{machine="(.*)"\} .*/\1/p' | sort
}

@test "the files with the parts of one machine are one machine, whatever their names" {
	mkdir one
	cp "$GUEST" one/devices
	cp "$GUEST.ioports" one/a
	gzip <"$GUEST.iomem" >one/b.gz
	echo '[ 1.6] pci_bus 0000:00: root bus resource [io  0x0000-0xffff]' >one/log
	run -0 pciaddr-check --verbose --dump one/ --expect 0x2000-0x27ff --all
	[[ $output == *"one: 11 PCI functions"* && $output != *"machines:"* ]]
	outcome ok expect-claim "used by fpga_pci"
	outcome ok ioports-claim
	outcome ok iomem-claim
	[[ $output == *"one/log: a kernel's log"* && $output == *"one/b.gz: unpacked (gzip)"* ]]
	# and so where it is the directory that is looked from
	cd one
	[ "$(labels --dump .)" = one ]
	rm a b.gz log
	run -0 pciaddr-check --dump .
	outcome "not run" ioports-claim
}

@test "the text of a machine and its hex in two files: each finding names the file it is from" {
	mkdir one
	grep -v '^[0-9a-f]*: ' "$GUEST" >one/a-text
	grep -v $'^\t' "$GUEST" >one/hex
	cp "$GUEST.ioports" one/ports
	run -0 pciaddr-check --dump one --expect 0x2000-0x27ff
	outcome ok expect-claim
	# the text says that the kernel has it elsewhere
	sed -i 's/I\/O ports at 2000/I\/O ports at 2800/' one/a-text
	run -1 pciaddr-check --dump one
	text=$(grep -n 'I/O ports at 2800' one/a-text | cut -d: -f1)
	hex=$(grep -n '^01:01.0' one/hex | cut -d: -f1)
	fails_with bar-kernel "one/a-text:$text" "one/hex:$hex"
	# what does not fit is told with its place, too
	echo "neither this" >>one/a-text
	echo "nor that" >>one/ports
	run -1 pciaddr-check --dump one
	grep -q "one/a-text:$(wc -l <one/a-text): not a line" <<<"$output"
	grep -q "one/ports:$(wc -l <one/ports): not a line" <<<"$output"
}

@test "a directory for each host: the machines are named by it" {
	for host in web01 web02 rack/db01; do
		mkdir -p "fleet/$host"
		cp "$GUEST" "fleet/$host/lspci.txt"
		cp "$GUEST.ioports" "fleet/$host/ioports"
	done
	xz "fleet/web02/lspci.txt"
	cp "$GUEST.iomem" fleet/web02/lspci.txt.xz.iomem
	run hosts --dump fleet
	[ "$output" = $'rack/db01 pass\nweb01 pass\nweb02 pass' ]
	[ "$(labels --dump fleet)" = $'db01\nweb01\nweb02' ]
	# the claims are of each one's own
	sed -i 's/: fpga_pci/: other/' fleet/web01/ioports
	run -0 pciaddr-check --dump fleet --expect 0x2000-0x27ff
	[ "$(grep -c 'used by fpga_pci' <<<"$output")" = 2 ]
	[ "$(grep -c 'used by other' <<<"$output")" = 1 ]
}

@test "twins in one directory stay two machines, each with its own parts" {
	for host in a b; do
		cp "$GUEST" "fleet/$host.lspci"
		cp "$GUEST.ioports" "fleet/$host.ioports"
	done
	sed -i 's/: fpga_pci/: other/' fleet/b.ioports
	run -0 pciaddr-check --dump fleet --expect 0x2000-0x27ff
	[[ $output == *"2 machines: 2 passed"* ]]
	[ "$(grep -c 'used by fpga_pci' <<<"$output")" = 1 ]
	[ "$(grep -c 'used by other' <<<"$output")" = 1 ]
	[ "$(labels --dump fleet)" = $'a\nb' ]
	# a part that belongs to no machine
	cp "$GUEST.ioports" fleet/stray.ioports
	run -0 pciaddr-check --dump fleet
	[[ $output == *"fleet/stray.ioports: passed over"*"2 machines: 2 passed"* ]]
}

@test "what is no dump is passed over with a word, what is lost counts" {
	mkdir fleet/web01 fleet/docs fleet/web02
	cp "$GUEST" fleet/web01/lspci.txt
	printf 'How these were made:\nwith lspci, as root\n0000-001f : dma1\n' |
		tee fleet/README fleet/docs/notes >fleet/web01/README
	: >fleet/web01/dmesg.txt
	head -c 5000 /dev/zero >fleet/picture.png
	mkfifo fleet/pipe
	run hosts --dump fleet
	[ "$output" = $'web01 pass\nweb02 unreadable' ]
	for file in README docs/notes web01/README web01/dmesg.txt picture.png pipe; do
		grep -q "fleet/$file: passed over" words
	done
	rmdir fleet/web02
	run -0 pciaddr-check --dump fleet
	# a dump that has failed is a machine that was not seen
	: >fleet/db01.lspci
	mkdir fleet/db02
	echo "bash: lspci: command not found" >fleet/db02/lspci.txt
	run hosts --dump fleet
	[ "$output" = $'db02 unreadable\nfleet/db01.lspci unreadable\nweb01 pass' ]
	run -2 pciaddr-check --dump fleet/docs
	[[ $output == *"no dump in this directory"* ]]
}

@test "FILE.ioports, FILE.iomem and FILE.dmesg beside FILE are no machines" {
	cp "$GUEST" fleet/guest
	cp "$GUEST.ioports" fleet/guest.ioports
	cp "$GUEST.iomem" fleet/guest.iomem
	echo '[ 1.0] pci 0000:01:01.0: [1234:f96a] type 00 class 0xff0000' >fleet/guest.dmesg
	run -0 pciaddr-check --dump fleet/guest.dmesg --tree
	run hosts --dump fleet
	[ "$output" = "fleet/guest pass" ]
	cp "$GUEST" fleet/other
	run hosts --dump fleet
	[ "$output" = $'fleet/guest pass\nfleet/other pass' ]
	[ "$(labels --dump fleet)" = $'guest\nother' ]
}

@test "links in a circle end, and so do directories that may not be read" {
	mkdir fleet/web01
	cp "$GUEST" fleet/web01/lspci.txt
	ln -s .. fleet/web01/up
	run -0 timeout 60 pciaddr-check --quiet --dump fleet
	[[ $output == *"too many directories"* ]]
}

@test "the label for Prometheus is the host's name, and never twice the same" {
	mkdir -p a/fleet b/fleet sysfs/web09
	for file in a/fleet/web01.lspci b/fleet/web01.lspci b/fleet/web02.lspci.txt; do
		cp "$GUEST" "$file"
	done
	zstd --quiet "$GUEST" -o a/fleet/web.03.dump.zst
	[ "$(labels --dump a/fleet --dump b/fleet)" = \
		$'a/fleet/web01.lspci\nb/fleet/web01.lspci\nweb.03\nweb02' ]
	mkdir web04
	cp "$GUEST" web04/lspci.txt
	[ "$(labels --dump web04/lspci.txt)" = web04 ]
	[ "$(cd web04 && labels --dump lspci.txt)" = web04 ]
	[ "$(labels)" = "$(uname -n)" ]
	# of a virtual machine, whichever view it is
	cp "$TOP/selftests/pciaddr/views/pc.qmp" web05.qmp
	cp "$TOP/selftests/pciaddr/views/pc.xml" .
	[ "$(labels --qmp web05.qmp)" = web05 ]
	[ "$(labels --domain pc.xml)" = pc ]
	[ "$(labels --dump - <"$GUEST")" = "standard input" ]
	[ "$(labels --sysfs sysfs/web09)" = web09 ]
	mkdir sysfs/web09/sys
	[ "$(labels --sysfs sysfs/web09/sys/)" = web09 ]
}

@test "copies of /proc/ioports and /proc/iomem may be packed" {
	for packer in gzip xz zstd; do
		"$packer" <"$GUEST.ioports" >ports
		"$packer" <"$GUEST.iomem" >memory
		run -0 pciaddr-check --dump "$GUEST" --ioports ports --iomem memory \
			--expect 0x2000-0x27ff --all
		outcome ok expect-claim "used by fpga_pci"
		outcome ok iomem-claim
		cp "$GUEST" dump
		mv ports dump.ioports
		mv memory dump.iomem
		run -0 pciaddr-check --dump dump
		outcome ok ioports-claim
		outcome ok iomem-claim
	done
	gzip <"$GUEST.ioports" | head -c 200 >broken
	run pciaddr-check --dump "$GUEST" --ioports broken
	[[ $output == *"broken: "* ]]
}
