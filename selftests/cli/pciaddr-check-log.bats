#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check: what a kernel's log says of addresses that were not given.

bats_require_minimum_version 1.5.0
load pciaddr

setup() {
	log=$BATS_TEST_TMPDIR/log
}

# root WINDOW...: a host bridge with these windows, as every log begins
root() {
	echo "PCI host bridge to bus 0000:00"
	printf 'pci_bus 0000:00: root bus resource [%s]\n' "$@"
	echo "pci_bus 0000:00: root bus resource [bus 00-ff]"
}

# port SLOT BUSES [WINDOW]...: a bridge
port() {
	local slot=$1
	echo "pci $slot: [1234:0001] type 01 class 0x060400"
	echo "pci $slot: PCI bridge to [bus $2]"
	shift 2
	[ $# = 0 ] || printf "pci $slot:   bridge window [%s]\n" "$@"
}

# fails_old SLOT NUMBER RES and fails_new SLOT NAME RES: the lines up to Linux 6.7, and later ones
fails_old() {
	echo "pci $1: BAR $2: no space for [$3]"
	echo "pci $1: BAR $2: failed to assign [$3]"
}

fails_new() {
	echo "pci $1: $2 [$3]: can't assign; no space"
	echo "pci $1: $2 [$3]: failed to assign"
}

# stamped: with time stamps, as dmesg has them
stamped() {
	sed 's/^/[    0.654321] /' >"$log"
}

# A card of 96 MiB below a host bridge of 64 MiB.
small_host_old() {
	root "mem 0x40000000-0x43ffffff"
	port 0000:00:00.0 01
	echo "pci 0000:01:00.0: [1234:0002] type 00 class 0x030000"
	echo "pci 0000:01:00.0: reg 0x10: [mem 0x00000000-0x01ffffff]"
	echo "pci 0000:01:00.0: reg 0x14: [mem 0x00000000-0x03ffffff 64bit pref]"
	echo "pci 0000:01:00.0: reg 0x24: [io  size 0x0080]"
	fails_old 0000:00:00.0 14 "mem size 0x06000000"
	fails_old 0000:01:00.0 1 "mem size 0x04000000 64bit pref"
	fails_old 0000:01:00.0 0 "mem size 0x02000000"
	fails_old 0000:01:00.0 5 "io  size 0x0080"
}

small_host_new() {
	root "mem 0x40000000-0x43ffffff window"
	port 0000:00:00.0 01
	echo "pci 0000:01:00.0: [1234:0002] type 00 class 0x030000 PCIe Endpoint"
	echo "pci 0000:01:00.0: BAR 0 [mem 0x00000000-0x01ffffff]"
	echo "pci 0000:01:00.0: BAR 1 [mem 0x00000000-0x03ffffff 64bit pref]"
	fails_new 0000:00:00.0 "bridge window" "mem size 0x06000000"
	fails_new 0000:01:00.0 "BAR 1" "mem size 0x04000000 64bit pref"
	fails_new 0000:01:00.0 "BAR 0" "mem size 0x02000000"
	fails_new 0000:01:00.0 "BAR 5" "io  size 0x0080"
}

@test "a host bridge that is too small: one failure, with the bytes missing, in both wordings" {
	for wording in small_host_old small_host_new; do
		$wording | stamped
		run -1 pciaddr-check --dmesg "$log"
		[ "$(grep -c '^FAILED' <<<"$output")" = 1 ]
		fails_with log-no-space "0000:00:00.0 memory window" "requested: 96 MiB" \
			"host bridge of bus 0000:00, memory 0x40000000-0x43ffffff: 64 MiB" \
			"32 MiB are missing" "0000:01:00.0 BAR 0, BAR 1" "no kernel option"
		[[ $output == *"harmless: no place for 1 I/O resource"* ]]
	done
}

@test "a log is found by its content, on standard input, beside a dump and with one" {
	small_host_old | stamped
	run -1 pciaddr-check --dump "$log"
	fails_with log-no-space "32 MiB are missing"
	run -1 pciaddr-check --dmesg - <"$log"
	fails_with log-no-space "32 MiB are missing"
	machine guest # sets $dump
	# shellcheck disable=SC2154
	run pciaddr-check --dump "$dump" --all
	[[ $output != *log-no-space* ]]
	sed 's/\] /] /;s/^/Nov 27 06:00:00 host kernel: /' "$log" >"$dump.dmesg"
	run -1 pciaddr-check --dump "$dump"
	fails_with log-no-space "32 MiB are missing"
	rm "$dump.dmesg"
	run -1 pciaddr-check --dump "$dump" --dmesg "$log"
	fails_with log-no-space "32 MiB are missing" "$log:"
	run -2 pciaddr-check --dmesg "$log" --dmesg "$log"
	run -2 pciaddr-check --dump "$dump" --dump "$log" --dmesg "$log"
	run -2 pciaddr-check --dmesg /nonexistent/log
}

# A switch with eight hot-plug ports below a window of 1 MiB; its card has all that it needs.
switch() {
	local way=$1 port
	root "io  0x0000-0x0cf7" "io  0x0d00-0xffff" "mem 0x80000000-0xdfffffff"
	port 0000:00:01.0 01-0a "mem 0xc0000000-0xc00fffff"
	port 0000:01:00.0 02-0a "mem 0xc0000000-0xc00fffff"
	for port in 0 1 2 3 4 5 6 7; do
		port "0000:02:0$port.0" "$(printf %02x $((port + 3)))"
	done
	echo "pci 0000:02:00.0:   bridge window [mem 0xc0000000-0xc00fffff]"
	echo "pci 0000:03:00.0: [1234:0002] type 00 class 0x010802"
	echo "pci 0000:03:00.0: BAR 0 [mem 0xc0000000-0xc0003fff 64bit]"
	echo "pci 0000:00:01.0: bridge window [io  0x1000-0x0fff] to [bus 01-0a] add_size 8000"
	"$way" 0000:00:01.0 io 0xc000
	"$way" 0000:01:00.0 io 0xc000
	for port in 1 2 3 4 5 6 7; do
		"$way" "0000:02:0$port.0" mem 0x00200000
		"$way" "0000:02:0$port.0" io 0x1000
	done
}

window_old() {
	local number=13
	[ "$2" = io ] || number=14
	fails_old "$1" $number "$2 size $3"
}

window_new() {
	fails_new "$1" "bridge window" "$2 size $3"
}

@test "a switch out of I/O space: one result for I/O, one for memory, harmless, exit status 0" {
	for way in window_old window_new; do
		switch $way | stamped
		run -0 pciaddr-check --dmesg "$log"
		[ "${#lines[@]}" -le 24 ] || { echo "$output" | wc -l; return 1; }
		[ "$(grep -c 'harmless' <<<"$output")" = 2 ]
		outcome ok log-no-space \
			"0000:00:01.0 harmless: no place for 9 optional I/O windows .*host bridge"
		outcome ok log-no-space "0000:02:01.0 harmless: no place for 7 optional memory windows"
		[[ $output == *"0000:01:00.0 memory window 0xc0000000-0xc00fffff"* ]]
	done
}

@test "what failed and was assigned later is no failure, nor what was moved" {
	{
		root "mem 0x80000000-0xdfffffff"
		echo "pci 0000:00:02.0: [1234:0002] type 00 class 0x020000"
		fails_old 0000:00:02.0 0 "mem size 0x00001000"
		echo "pci 0000:00:02.0: BAR 0: assigned [mem 0x80000000-0x80000fff]"
		echo "pci 0000:00:03.0: [1234:0002] type 00 class 0x020000"
		echo "pci 0000:00:03.0: can't claim BAR 0 [mem 0x20000000-0x20000fff]: no compatible bridge window"
		echo "pci 0000:00:03.0: BAR 0: assigned [mem 0x80001000-0x80001fff]"
		echo "pci 0000:00:04.0: [1234:0002] type 00 class 0x020000"
		echo "pci 0000:00:04.0: BAR 0 [mem 0x80000000-0x80000fff]: can't claim; address conflict with 0000:00:02.0 [mem 0x80000000-0x80000fff]"
		echo "pci 0000:00:04.0: BAR 0 [mem 0x80002000-0x80002fff]: assigned"
	} | stamped
	run -0 pciaddr-check --dmesg "$log"
	[[ $output == *"a later attempt had space for 0000:00:02.0 BAR 0"* ]]
	[[ $output == *"the kernel moved"*"0000:00:03.0 BAR 0, 0000:00:04.0 BAR 0"* ]]
	# without the later lines they are failures
	grep -v ': assigned\|assigned \[' "$log" >"$log.short"
	echo "[    0.7] pci 0000:00:05.0: BAR 0: assigned [mem 0x80003000-0x80003fff]" >>"$log.short"
	run -1 pciaddr-check --dmesg "$log.short"
	fails_with log-no-space "0000:00:02.0 BAR 0"
	fails_with log-claim "0000:00:03.0 BAR 0" "no window above has it"
	fails_with log-conflict "0000:00:04.0 BAR 0" "address of 0000:00:02.0, too"
}

@test "I/O BARs: harmless beside memory BARs, unless the kernel cannot enable the card" {
	io_card() {
		root "mem 0x80000000-0xdfffffff"
		echo "pci 0000:00:02.0: [1234:0002] type 00 class 0x020000"
		[ -z "$1" ] || echo "pci 0000:00:02.0: BAR 0 [mem 0x80000000-0x80000fff]"
		fails_new 0000:00:02.0 "BAR 2" "io  size 0x0080"
	}
	io_card memory | stamped
	run -0 pciaddr-check --dmesg "$log"
	outcome ok log-no-space ".*harmless.*which has no I/O for it"
	echo "nic 0000:00:02.0: BAR 2 [io  size 0x0080]: not assigned; can't enable device" >>"$log"
	run -1 pciaddr-check --dmesg "$log"
	fails_with log-no-space "0000:00:02.0 BAR 2"
	io_card "" | stamped
	run -1 pciaddr-check --dmesg "$log"
	fails_with log-no-space "0000:00:02.0 BAR 2"
}

@test "virtual functions that have no place cost a feature, not the card" {
	for line in "BAR 9: no space for [mem size 0x100000000 64bit pref]" \
		"VF BAR 2 [mem size 0x100000000 64bit pref]: can't assign; no space"; do
		{
			root "mem 0x80000000-0xdfffffff" "mem 0x400000000-0x47fffffff"
			port 0000:00:01.0 01 "mem 0x400000000-0x43fffffff 64bit pref"
			echo "pci 0000:01:00.0: [1234:0002] type 00 class 0x020000"
			echo "pci 0000:01:00.0: BAR 0: assigned [mem 0x400000000-0x400ffffff 64bit pref]"
			echo "pci 0000:01:00.0: $line"
		} | stamped
		run -1 pciaddr-check --dmesg "$log"
		fails_with log-no-space "0000:01:00.0 VF BAR 2" "[low]" "the card works" \
			"requested: 4 GiB" "0000:00:01.0 prefetchable window" "1 GiB" "are missing"
		run -0 pciaddr-check --dmesg "$log" --severity medium
	done
}

@test "a second start of the machine in the same file, and a device found again, begin anew" {
	small_host_old | stamped
	{ echo "[    0.000000] Linux version 6.1.0" && cat "$log" &&
		echo "[    0.000000] Linux version 6.12.0" && root "mem 0x40000000-0x4fffffff" &&
		echo "pci 0000:00:02.0: [1234:0002] type 00 class 0x020000" &&
		echo "pci 0000:00:02.0: BAR 0: assigned [mem 0x40000000-0x40000fff]"; } >"$log.two"
	run -0 pciaddr-check --dmesg "$log.two"
	[[ $output == *": 1 PCI function,"* && $output != *FAILED* ]]
	# the repeated host bridge alone says so, too
	sed -i '/Linux version/d' "$log.two"
	run -0 pciaddr-check --dmesg "$log.two"
	[[ $output != *FAILED* ]]
	{ root "mem 0x80000000-0xdfffffff" &&
		port 0000:00:01.0 01 "mem 0x80000000-0x80ffffff" &&
		echo "pci 0000:01:00.0: [1234:0002] type 00 class 0x020000" &&
		fails_new 0000:01:00.0 "BAR 0" "mem size 0x01000000" &&
		echo "pci 0000:01:00.0: [1234:0002] type 00 class 0x020000" &&
		echo "pci 0000:01:00.0: BAR 0 [mem 0x80000000-0x80ffffff]: assigned"; } | stamped
	run -0 pciaddr-check --dmesg "$log"
	[[ $output != *FAILED* ]]
}

@test "lines that a mail program has broken and quoted" {
	small_host_new | stamped
	fold -s -w 72 "$log" | sed 's/^/> /' >"$log.mail"
	[ "$(wc -l <"$log.mail")" -gt "$(wc -l <"$log")" ]
	run -1 pciaddr-check --dmesg "$log.mail"
	fails_with log-no-space "32 MiB are missing" "0000:01:00.0 BAR 0, BAR 1"
}

@test "an address that cannot work and that the kernel gave without a complaint" {
	{
		echo "PCI: ECAM [mem 0x80000000-0x8fffffff] (base 0x80000000) for domain 0000 [bus 00-ff]"
		root "io  0x0000-0xffff" "mem 0x80000000-0xdfffffff"
		port 0000:00:01.0 01 "io  0x2000-0x2fff" "mem 0x90000000-0x901fffff"
		echo "pci 0000:01:00.0: [1234:0002] type 00 class 0x0c0300"
		fails_new 0000:01:00.0 "BAR 4" "io  size 0x0020"
		echo "pci 0000:01:00.0: BAR 4: trying firmware assignment [io  0xfce0-0xfcff]"
		echo "pci 0000:01:00.0: BAR 4 [io  0xfce0-0xfcff]: assigned"
		echo "pci 0000:00:02.0: [1234:0002] type 00 class 0x010700"
		echo "pci 0000:00:02.0: BAR 1 [mem 0x805c0000-0x805cffff 64bit]: assigned"
	} | stamped
	run -1 pciaddr-check --dmesg "$log"
	fails_with bar-in-window "0000:01:00.0 BAR 4" "0xfce0-0xfcff" "I/O window 0x2000-0x2fff" \
		"Linux 6.1"
	fails_with log-assigned "0000:00:02.0 BAR 1" "ECAM: 0x80000000-0x8fffffff" "pci=realloc=off"
	[ "$(grep -c '^FAILED' <<<"$output")" = 2 ]
}

@test "a log that begins in the middle: what failed is told, the full window is not" {
	fails_old 0000:05:00.0 0 "mem size 0x01000000" | stamped
	echo "[    0.700000] pci 0000:05:00.0: [1234:0002] type 00 class 0x020000" >>"$log.late"
	cat "$log" >>"$log.late"
	run -1 pciaddr-check --dmesg "$log.late"
	fails_with log-no-space "0000:05:00.0 BAR 0" "which this log does not show" "log_buf_len"
}

@test "every format has the findings, and lines of nonsense do no harm" {
	small_host_old | stamped
	printf '%s\n' 'pci 0000:00:00.0: BAR 99: no space for [mem size 0x1]' \
		'pci 0000:00:00.0: BAR 14: no space for [mem size 0x' 'pci 0000:00:00.0: BAR' \
		'pci 0000:00:00.0: bridge window [mem 0x5-0x1 64bit pref]: assigned' \
		'pci 0000:00:00.0: PCI bridge to [bus ff-00]' 'pci_bus 0000: busn_res: x' \
		'PCI host bridge to bus zz' 'PCI: ECAM [mem 0x0-0xffffffffffffffff] for domain 0000' \
		"pci 0000:01:00.0: can't claim [" 'pci 0000:00:00.0: ROM [' >>"$log"
	for format in json tap junit prometheus; do
		run -1 pciaddr-check --dmesg "$log" --format $format
		[[ $output == *log-no-space* ]]
	done
	pciaddr-check --dmesg "$log" --format json | python3 -m json.tool >/dev/null ||
		[ "${PIPESTATUS[0]}" = 1 ]
}

@test "the logs of the field: causes, and harmless told from harmful" {
	field=$TOP/../shared/corpus/field
	[ -d "$field" ] || skip "no corpus of the field beside this tree"
	run -0 pciaddr-check --dmesg "$field/switch-out-of-io-space.dmesg"
	[ "${#lines[@]}" -le 24 ]
	[ "$(grep -c 'harmless: no place' <<<"$output")" = 2 ]
	run -0 pciaddr-check --dmesg "$field/optional-hotplug-windows.dmesg"
	[ "$(grep -c 'harmless: no place' <<<"$output")" = 2 ]
	run -1 pciaddr-check --dmesg "$field/host-window-too-small.dmesg"
	[ "$(grep -c '^FAILED' <<<"$output")" = 1 ]
	fails_with log-no-space "host bridge of bus 0000:00" "162 MiB are missing"
	run -1 pciaddr-check --dmesg "$field/sriov-bar-too-big-after-rescan.dmesg"
	[ "$(grep -c '^FAILED' <<<"$output")" = 1 ]
	fails_with log-no-space "0000:53:00.0 VF BAR 2" "0000:52:01.0 prefetchable window" \
		"240.5 GiB are missing" "the card works"
}

@test "the log alone is a machine: tree, map, capture, checks of windows and BARs" {
	{
		root "io  0x0000-0xffff" "mem 0x80000000-0xdfffffff"
		port 0000:00:01.0 01 "io  0x2000-0x2fff" "mem 0x90000000-0x901fffff"
		echo "pci 0000:01:00.0: [1234:0002] type 00 class 0x0c0300"
		echo "pci 0000:01:00.0: reg 0x10: [mem 0x90000000-0x9000ffff 64bit]"
		echo "pci 0000:01:00.0: reg 0x18: [io  0x0000-0x001f]"
		echo "pci 0000:01:00.0: BAR 2: assigned [io  0x2000-0x201f]"
		echo "xhci_hcd 0000:01:00.0: xHCI Host Controller"
	} | stamped
	run -0 pciaddr-check --numeric --dmesg "$log" --tree
	for text in "I/O window 0x2000-0x2fff" "memory window 0x90000000-0x901fffff" "bus 01-01" \
		"BAR 0  memory64  0x90000000-0x9000ffff  64 KiB" "BAR 2  io  0x2000-0x201f" xhci_hcd; do
		[[ $output == *"$text"* ]]
	done
	run -0 pciaddr-check --dmesg "$log" --map
	[[ $output == *90000000* ]]
	run -0 pciaddr-check --dmesg "$log"
	for check in bar-in-window window-in-window bar-overlap bar-aligned bar-assigned; do
		[[ $output == *"ok       $check"* ]]
	done
	[[ $output != *"ok       window-kernel"* && $output != *"ok       bus-primary"* ]]
	pciaddr-check --dmesg "$log" --capture >"$log.yaml"
	run grep -cE 'primary|command|revision|subsystem' "$log.yaml"
	[ "$output" = 0 ]
	run -0 pciaddr-check --dmesg "$log" --spec "$log.yaml"
	# where it was read is the log's line
	sed -i 's/0x2000-0x201f/0x3000-0x301f/' "$log"
	run -1 pciaddr-check --dmesg "$log"
	fails_with bar-in-window "0000:01:00.0 BAR 2" "$log:$(grep -n 0x301f "$log" | cut -d: -f1)"
}

@test "windows that a bridge no longer has when it is listed again, or when its bus is, are closed" {
	for again in "pci 0000:00:01.0: PCI bridge to [bus 01]
pci 0000:00:01.0:   bridge window [mem 0x90000000-0x901fffff]" \
		"pci_bus 0000:00: resource 4 [io  0x0000-0xffff]
pci_bus 0000:01: resource 1 [mem 0x90000000-0x901fffff]" \
		"pci 0000:00:01.0: disabling bridge window [io  0x2000-0x2fff] to [bus 01] (unused)" \
		"pci 0000:00:01.0: resource 13 [io  0x2000-0x2fff] released"; do
		{ root "io  0x0000-0xffff" "mem 0x80000000-0xdfffffff" &&
			port 0000:00:01.0 01 "io  0x2000-0x2fff" "mem 0x90000000-0x901fffff" &&
			echo "$again"; } | stamped
		run -0 pciaddr-check --dmesg "$log" --capture
		[[ $output == *"io: closed"*"memory: 0x90000000-0x901fffff"* ]]
	done
	# from Linux 6.8 on it is also listed without its windows
	{ root "io  0x0000-0xffff" && port 0000:00:01.0 01 "io  0x2000-0x2fff" &&
		echo "pci 0000:00:01.0: PCI bridge to [bus 01]"; } | stamped
	run -0 pciaddr-check --dmesg "$log" --capture
	[[ $output == *"io: 0x2000-0x2fff"*"memory: closed"* ]]
}

@test "the machine of a log is that of the same guest's sysfs" {
	arch=$TOP/../shared/corpus/arch
	[ -d "$arch" ] || skip "no corpus of other architectures beside this tree"
	for guest in "$arch"/*; do
		tar xf "$guest/sys.tar.gz" -C "$BATS_TEST_TMPDIR"
		run pciaddr-check --diff "$guest/guest.lspci.dmesg" "$BATS_TEST_TMPDIR/sys"
		echo "$output"
		[ "$status" = 0 ]
		[[ $output == *" 0 changed"* ]]
		rm -r "$BATS_TEST_TMPDIR/sys"
	done
}

@test "what /dev/kmsg gives, as a file and live" {
	small_host_new | awk '{ printf "6,%d,%d,-;%s\n SUBSYSTEM=pci\n", NR, NR * 100, $0 }' >"$log"
	run -1 pciaddr-check --dmesg "$log"
	fails_with log-no-space "32 MiB are missing" "0000:01:00.0 BAR 0, BAR 1"
	[ -d /sys/bus/pci ] || skip "no PCI here"
	run pciaddr-check --verbose
	if head -c 1 /dev/kmsg >/dev/null 2>&1 || dd if=/dev/kmsg bs=8192 count=1 of=/dev/null 2>/dev/null; then
		[[ $output == *"/dev/kmsg: the kernel's log, "*" records"* ]]
	else
		[[ $output == *"/dev/kmsg: not read: "* ]]
	fi
}

@test "a log and a dump of the same machine check each other" {
	machine dump
	{ root "io  0x0000-0xffff" "mem 0x40000000-0xfebfffff" &&
		echo "pci 0000:00:05.0: [1234:11e8] type 00 class 0x00ff00" &&
		echo "pci 0000:00:05.0: BAR 0 [mem 0xfea00000-0xfeafffff]"; } | stamped
	cp "$log" "$dump.dmesg"
	run -0 pciaddr-check --dump "$dump"
	[[ $output == *"ok       log-agrees"* ]]
	# in the log it was moved
	echo "pci 0000:00:05.0: BAR 0 [mem 0xfe900000-0xfe9fffff]: assigned" >>"$dump.dmesg"
	run -1 pciaddr-check --dump "$dump"
	fails_with log-agrees "0000:00:05.0 BAR 0" "0xfea00000-0xfeafffff" "log: 0xfe900000-0xfe9fffff" \
		"$dump.dmesg:$(wc -l <"$dump.dmesg")"
	sed 's/1234:11e8/1234:11e9/' "$log" >"$dump.dmesg"
	run -1 pciaddr-check --dump "$dump"
	fails_with log-agrees "another machine"
}

@test "a BAR over ECAM is found in a dump, too, and a register that took no address in a log" {
	machine dump
	sed -i 's/^  fd000000-fd.* : PCI Bus 0000:01$/&/; $a fe900000-feafffff : PCI ECAM 0000 [bus 00]' \
		"$dump.iomem"
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-overlap "0000:00:05.0 BAR 0" "ECAM: 0xfe900000-0xfeafffff"
	{ root "io  0x0000-0xffff" && echo "pci 0000:00:05.0: [1234:11e8] type 00 class 0x00ff00" &&
		echo "pci 0000:00:05.0: BAR 0: assigned [io  0x1000-0x10ff]" &&
		echo "pci 0000:00:05.0: BAR 0: error updating (0x00001001 != 0x00002001)"; } | stamped
	run -1 pciaddr-check --dmesg "$log"
	fails_with log-assigned "0000:00:05.0 BAR 0" "did not take" "it reads 0x2001" "assigned: 0x1000-0x10ff"
	# it took the next one
	echo "pci 0000:00:05.0: BAR 0: assigned [io  0x2000-0x20ff]" >>"$log"
	run -0 pciaddr-check --dmesg "$log"
}

@test "devices that were unplugged do not count, nor a device that is enabled later" {
	for gone in "pci_bus 0000:01: busn_res: [bus 01] is released" \
		"pcieport 0000:00:01.0: pciehp: Slot(1): Card not present"; do
		{ root "mem 0x80000000-0xdfffffff" && port 0000:00:01.0 01 "mem 0x80000000-0x80ffffff" &&
			echo "pci 0000:01:00.0: [1234:0002] type 00 class 0x020000" &&
			fails_new 0000:01:00.0 "BAR 0" "mem size 0x01000000"; } | stamped
		run -1 pciaddr-check --dmesg "$log"
		echo "[   99.0] $gone" >>"$log"
		run -0 pciaddr-check --dmesg "$log"
		[[ $output == *": 1 PCI function, 1 bridge"* ]]
	done
	{ root "mem 0x80000000-0xdfffffff" &&
		echo "pci 0000:00:02.0: [1ac1:089a] type 00 class 0x0000ff" &&
		echo "pci 0000:00:02.0: reg 0x10: [mem 0x00000000-0x00003fff 64bit pref]" &&
		echo "apex 0000:00:02.0: can't enable device: BAR 0 [mem 0x00000000-0x00003fff 64bit pref] not claimed"; } |
		stamped
	run -1 pciaddr-check --dmesg "$log"
	fails_with log-claim "0000:00:02.0" "cannot enable" "class is 0"
	echo "[   99.0] apex 0000:00:02.0: enabling device (0000 -> 0002)" >>"$log"
	run pciaddr-check --dmesg "$log"
	[[ $output != *FAILED* ]]
}

@test "a host window that the memory map reserves: small BARs find no place in it" {
	{ echo "BIOS-e820: [mem 0x000000003b000000-0x00000000cfffffff] reserved" &&
		root "mem 0x40400000-0xbfffffff window" &&
		echo "pci 0000:00:15.0: [8086:34e8] type 00 class 0x078000" &&
		echo "pci 0000:00:15.0: reg 0x10: [mem 0x00000000-0x00000fff 64bit]" &&
		fails_old 0000:00:15.0 0 "mem size 0x00001000 64bit"; } | stamped
	run -1 pciaddr-check --dmesg "$log"
	fails_with log-no-space "0000:00:15.0 BAR 0" "pci=no_e820"
}

# say: what the log of $log says of the machine, without the warnings
say() {
	pciaddr-check --tree --dmesg "$log"
	pciaddr-check --dmesg "$log" | grep -v "^warning"
}

@test "what people, tables and consoles put behind a line changes nothing of what it says" {
	local remark plain number
	# 6.7 and before, 6.8 and later, and 2.6.33 and before
	{ root "io  0x2000-0x5fff window" "mem 0x90000000-0x9fffffff window" \
		"mem 0x2000000000-0x2fffffffff window" &&
		echo "pci 0000:00:03.0: [1234:0001] type 01 class 0x060400 PCIe Root Port" &&
		echo "pci 0000:00:03.0: PCI bridge to [bus 04-05]" &&
		echo "pci 0000:00:03.0:   bridge window [io  0x2000-0x2fff]" &&
		echo "pci 0000:00:03.0:   bridge window [mem 0x90000000-0x901fffff]" &&
		echo "pci 0000:00:03.0:   bridge window [mem 0x2000000000-0x20001fffff 64bit pref]" &&
		echo "pci 0000:04:00.0: [1234:0002] type 00 class 0x020000 PCIe Endpoint" &&
		echo "pci 0000:04:00.0: BAR 0 [io  0x2000-0x20ff]" &&
		echo "pci 0000:04:00.0: BAR 2 [mem 0x90000000-0x9000ffff]" &&
		echo "pci 0000:04:00.0: BAR 4 [mem 0x2000000000-0x20000fffff 64bit pref]: assigned" &&
		echo "pci 0000:04:00.0: ROM [mem 0x90010000-0x9001ffff pref]" &&
		echo "pci 0000:04:00.0: VF BAR 0 [mem 0x90100000-0x9010ffff]" &&
		echo "pci 0000:00:04.0: [1234:0003] type 00 class 0x028000" &&
		echo "pci 0000:00:04.0: reg 0x10: [mem 0x91000000-0x910fffff]" &&
		echo "pci 0000:00:04.0: reg 0x14: [mem 0x92000000-0x920fffff]" &&
		echo "pci 0000:00:04.0: BAR 1: assigned [mem 0x93000000-0x930fffff]" &&
		echo "pci 0000:00:04.0: BAR 2: no space for [mem size 0x40000000]" &&
		echo "pci 0000:00:1e.0: transparent bridge" &&
		echo "pci_bus 0000:04: resource 0 [io  0x2000-0x2fff]" &&
		echo "pci_bus 0000:04: resource 1 [mem 0x90000000-0x901fffff]" &&
		echo "pci_bus 0000:04: resource 2 [mem 0x2000000000-0x20001fffff 64bit pref]"; } >"$log.plain"
	cp "$log.plain" "$log"
	plain=$(say)
	[[ $plain == *FAILED*log-no-space* && $plain == *"ok       bar-in-window"* ]]
	for remark in "." " |" $'\b' $'\b\r' " (the second card)" ": !!" "," " see [1]" \
		" and [mem below]" " the wrong one" "**" '"'; do
		awk -v remark="$remark" '{ print $0 remark }' "$log.plain" >"$log"
		[ "$(say)" = "$plain" ]
	done
	for ((number = 1; number <= $(wc -l <"$log.plain"); number++)); do
		sed "$number s/\$/  <-- too small/" "$log.plain" >"$log"
		[ "$(say)" = "$plain" ] || {
			sed -n "$number p" "$log"
			return 1
		}
	done
}

@test "windows of a host bridge that overlap are one; those of another log replace them" {
	local order
	for order in "io  0x0000-0xbfff|io  0x0400-0x0cf7 window" "io  0x0400-0x0cf7 window|io  0x0000-0xbfff" \
		"io  0x0000-0x2fff window|io  0x1000-0xbfff" "mem 0xc0000000-0xc0ffffff|mem 0xc0000000-0xefffffff window"; do
		{ root "${order%|*}" "${order#*|}" &&
			echo "pci 0000:00:1b.0: [1234:0002] type 00 class 0x0c0500" &&
			if [[ $order == io* ]]; then
				echo "pci 0000:00:1b.0: BAR 4 [io  0x5000-0x501f]"
				echo "pci 0000:00:1b.0: BAR 2 [io  0x0500-0x051f]"
			else
				echo "pci 0000:00:1b.0: BAR 0 [mem 0xd0000000-0xd00000ff]"
			fi; } >"$log"
		run -0 pciaddr-check --dmesg "$log"
		[[ $output == *"ok       bar-in-window"* ]]
		stamped <<<"$(cat "$log")"
		run -0 pciaddr-check --dmesg "$log"
		[[ $output == *"ok       bar-in-window"* ]]
	done
	# a part of another log, without the line that begins it
	{ root "mem 0xc0000000-0xefffffff" && echo "pci 0000:00:1b.0: [1234:0002] type 00 class 0x0c0500" &&
		echo "pci_bus 0000:00: root bus resource [mem 0xe0000000-0xefffffff]" &&
		echo "pci 0000:00:1b.0: BAR 0: assigned [mem 0xd0000000-0xd00000ff]"; } >"$log"
	run -1 pciaddr-check --dmesg "$log"
	fails_with bar-in-window "0000:00:1b.0 BAR 0" "host bridge: 0xe0000000-0xefffffff"
}

@test "the windows that the kernel lists at the end count where the first lines are lost" {
	local bus
	for bus in 0000:00 0001:40; do
		{ echo "PCI host bridge to bus $bus" &&
			echo "pci_bus ${bus:0:6}ource [mem 0xb4000000-0xb7ffffff window]" &&
			echo "pci_bus $bus: root bus resource [mem 0x000a0000-0x000bffff window]" &&
			echo "pci $bus:06.0: [1234:0001] type 01 class 0x060400" &&
			echo "pci $bus:06.0: PCI bridge to [bus 45] (subtractive decode)" &&
			echo "pci $bus:06.0:   bridge window [mem 0xb4000000-0xb40fffff]" &&
			echo "pci_bus $bus: resource 4 [mem 0xb4000000-0xb7ffffff window]" &&
			echo "pci_bus $bus: resource 5 [mem 0x000aow]" &&
			echo "pci_bus ${bus%:*}:45: resource 1 [mem 0xb4000000-0xb40fffff]" &&
			echo "pci_bus ${bus%:*}:45: resource 4 [mem 0x10000000-0xefffffff window]"; } | stamped
		run -0 pciaddr-check --dmesg "$log"
		[[ $output == *"ok       window-in-window"* ]]
		echo "[   99.0] pci $bus:06.0: BAR 14: assigned [mem 0xc4000000-0xc40fffff]" >>"$log"
		run -1 pciaddr-check --dmesg "$log"
		fails_with window-in-window "memory window" "host bridge: 0xa0000-0xbffff, 0xb4000000-0xb7ffffff"
	done
	# kernels that print them only there, in both wordings
	for bus in "resource 4 [mem 0xb4000000-0xb7ffffff]" "resource 9 mem: [0xb4000000-0xb7ffffff]" \
		"resource 1 mem: [0xb4000000-0xb7ffffff]"; do
		{ echo "pci 0000:00:06.0: [1234:0002] type 00 class 0x020000" &&
			echo "pci 0000:00:06.0: BAR 0: assigned [mem 0xb4000000-0xb40fffff]" &&
			echo "pci_bus 0000:00: $bus"; } | stamped
		run -0 pciaddr-check --dmesg "$log"
		[[ $output == *"ok       bar-in-window"* ]]
	done
	# the whole memory is what the kernel has of a host bridge that it knows nothing of
	sed -i 's/ mem: .*/ mem: [0x000000-0xffffffffffffffff]/' "$log"
	run -0 pciaddr-check --dmesg "$log"
	[[ $output != *bar-in-window* ]]
}

# as FORMAT...: $log.plain as another program writes it; %T is the time in seconds, %N the number of the
# line, %M the message
as() {
	awk -v format="$1" '{
		line = format
		gsub(/&/, "\\\\&")
		gsub(/%T/, sprintf("%02d", NR), line)
		gsub(/%N/, NR, line)
		gsub(/\\n/, "\n", line)
		sub(/%M/, $0, line)
		print line
	}' "$log.plain" >"$log"
}

# told SOURCE: the log's machine and its results, with warnings; where they were read is left out
told() {
	pciaddr-check --tree "$1" "$log" || true
	pciaddr-check "$1" "$log" | grep "^[a-zF]"
}

@test "what other programs put in front of a log's lines: journalctl, syslog, Android, grep, lists" {
	local format plain source
	{ root "mem 0x90000000-0x9fffffff window" && port 0000:00:03.0 04 "mem 0x90000000-0x900fffff" &&
		echo "pci 0000:04:00.0: [1234:0002] type 00 class 0x020000" &&
		echo "pci 0000:04:00.0: BAR 0 [mem 0x90000000-0x9000ffff]" &&
		fails_new 0000:04:00.0 "BAR 2" "mem size 0x01000000 64bit pref"; } >"$log.plain"
	cp "$log.plain" "$log"
	plain=$(told --dmesg)
	[[ $plain == *FAILED*log-no-space* ]]
	while read -r format; do
		as "$format"
		for source in --dmesg --dump; do
			[ "$(told $source)" = "$plain" ] || {
				echo "$source: $format"
				return 1
			}
		done
	done <<'FORMATS'
Wed 2024-11-06 10:00:%T UTC web01 kernel: %M
Wed 2024-11-06 10:00:%T +0330 web01 kernel: %M
Wed 2024-11-06 10:00:%T EST web01 init.scope[1]: %M
11月 06 10:00:%T web01 kernel: %M
 4月 06 10:00:%T web01 kernel: %M
 4월 16 10:00:%T web01 kernel: %M
<6>1 2024-11-06T10:00:%T.123456-05:00 web01 kernel - - - %M
1 2024-11-06T10:00:%TZ web01 kernel 0 ID7 [timeQuality tzKnown="1" isSynced="1"][x@9 y="z"] [ %N.000100] %M
[    %N.000100]<6>.(2)[17:kworker/2:0]%M
<6>[    %N.000100] -(0)[1:swapper/0]%M
[    %N.000100]  [3:      swapper/0:    1] %M
[    %N.000100] I[0:      swapper/0:    1] %M
11-06 10:00:%T.345     0     0 I         : %M
2024-11-06 10:00:%T.345     0     0 W kernel  : <6>[    %N.000100] %M
kern.log:%N:Nov  6 10:00:%T web01 kernel: [    %N.000100] %M
boot.txt:%N:%M
%N:[    %N.000100] %M
%N-[    %N.000100] %M
logs/boot.txt:[    %N.000100] %M
* [    %N.000100] %M
- [    %N.000100] %M
> - %M
• %M
%N. [    %N.000100] %M
%N) %M
**[    %N.000100] %M**
`%M`
--> %M
{ "__CURSOR" : "s=1;i=2", "_UID" : null, "MESSAGE" : "%M", "PRIORITY" : "6" }
{"MESSAGE":"%M","_X":[1,2],"_BOOT_ID":"0"}
data: {"_BOOT_ID":"0","MESSAGE":"%M"}\n
{\n\t"_BOOT_ID" : "0",\n\t"MESSAGE" : "%M",\n\t"PRIORITY" : "6"\n}
__CURSOR=s=1\n_BOOT_ID=0\nPRIORITY=6\nMESSAGE=%M\n_TRANSPORT=kernel\n
Wed 2024-11-06 10:00:%T.123456 UTC [s=1;i=2;b=3]\n    PRIORITY=6\n    MESSAGE=%M\n    _TRANSPORT=kernel
FORMATS
	# what a serial console leaves in front
	for format in $'\b[    %N.000100] %M' $'\a\b\177%M'; do
		as "$format"
		[ "$(told --dmesg)" = "$plain" ]
	done
	# what is none of these says what is expected
	as "%M" && sed -i 's/^/x%/' "$log"
	run -2 pciaddr-check --dmesg "$log"
	[[ $output == *"no PCI device in it; expected: "*"'lspci -vvxxxx'"*"'dmesg', 'journalctl -k'"* ]]
}

@test "a conflict names the BAR or window that has the address, also of the same function" {
	local line
	for line in "BAR 3 [mem 0xc8000000-0xc80fffff]: can't claim; address conflict with" \
		"can't claim BAR 3 [mem 0xc8000000-0xc80fffff]: address conflict with"; do
		{ root "mem 0xc0000000-0xcfffffff" && echo "pci 0000:00:09.0: [1234:0002] type 00 class 0x060100" &&
			echo "pci 0000:00:09.0: reg 0x14: [mem 0xc8000000-0xc80fffff]" &&
			echo "pci 0000:00:09.0: reg 0x1c: [mem 0xc8000000-0xc80fffff]" &&
			echo "pci 0000:00:09.0: $line 0000:00:09.0 [mem 0xc8000000-0xc80fffff]"; } | stamped
		run pciaddr-check --dmesg "$log"
		[[ $output == *"log-conflict"*"0000:00:09.0 BAR 3"*"it is the address of 0000:00:09.0 BAR 1, too"* ]]
		# the other's range is a part of it, or is not in the log
		sed -i 's/\(reg 0x14: \).*/\1[mem 0xc8080000-0xc8083fff]/; s/\(with 0000:00:09.0\).*/\1 [mem 0xc8080000-0xc8083fff]/' \
			"$log"
		run pciaddr-check --dmesg "$log"
		[[ $output == *"it is the address of 0000:00:09.0 BAR 1, too"* ]]
		sed -i '/reg 0x14/d' "$log"
		run pciaddr-check --dmesg "$log"
		[[ $output == *"it is the address of another BAR or window of this function, too"* ]]
		sed -i 's/with 0000:00:09.0/with 0000:00:0a.1/' "$log"
		run pciaddr-check --dmesg "$log"
		[[ $output == *"it is the address of 0000:00:0a.1, too"* ]]
	done
}
