#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check: what lspci -vvv writes in words, without hex, is what its registers say

bats_require_minimum_version 1.5.0
load pciaddr

setup() { dump=$BATS_TEST_TMPDIR/dump; }

# tabbed: two blanks in front of a line stand for each of lspci's tabs
tabbed() { sed -E ':next; s/^(\t*)  /\1\t/; t next'; }

# port: a root port whose memory window is 0xe0000000-0xe00fffff, bus 01 behind it
port() {
	tabbed <<-'END'
		00:01.0 PCI bridge [0604]: Made up [1234:0001] (prog-if 00 [Normal decode])
		  Control: I/O+ Mem+ BusMaster+ SpecCycle- MemWINV- VGASnoop- ParErr- Stepping- SERR- FastB2B- DisINTx-
		  Status: Cap+ 66MHz- UDF- FastB2B- ParErr- DEVSEL=fast >TAbort- <TAbort- <MAbort- >SERR- <PERR- INTx-
		  Bus: primary=00, secondary=01, subordinate=01, sec-latency=0
		  I/O behind bridge: [disabled]
		  Memory behind bridge: e0000000-e00fffff [size=1M] [32-bit]
		  Prefetchable memory behind bridge: [disabled]
		  Capabilities: [40] Express (v2) Root Port (Slot-), MSI 00
	END
	echo
}

# card_text: the header of a card behind it
card_text() {
	tabbed <<-'END'
		01:00.0 Ethernet controller [0200]: Made up [1234:0002]
		  Control: I/O- Mem+ BusMaster+ SpecCycle- MemWINV- VGASnoop- ParErr- Stepping- SERR- FastB2B- DisINTx-
		  Status: Cap+ 66MHz- UDF- FastB2B- ParErr- DEVSEL=fast >TAbort- <TAbort- <MAbort- >SERR- <PERR- INTx-
		  Region 0: Memory at e0000000 (64-bit, non-prefetchable) [size=64K]
		  Capabilities: [40] Express (v2) Endpoint, MSI 00
	END
}

# sriov VFS: SR-IOV of 3 enabled or more virtual functions, whose BAR 0 is behind 512 KiB
sriov() {
	tabbed <<-END
		  Capabilities: [100 v2] Advanced Error Reporting
		    UESta:  DLP- SDES- TLP- FCP- CmpltTO- CmpltAbrt- UnxCmplt- RxOF- MalfTLP- ECRC- UnsupReq- ACSViol-
		  Capabilities: [160 v1] Single Root I/O Virtualization (SR-IOV)
		    IOVCap: Migration- 10BitTagReq- IntMsgNum 0
		    IOVCtl: Enable+ Migration- Interrupt- MSE+ ARIHierarchy+ 10BitTagReq-
		    IOVSta: Migration-
		    Initial VFs: 64, Total VFs: 64, Number of VFs: $1, Function Dependency Link: 00
		    VF offset: 384, stride: 2, Device ID: 1520
		    Supported Page Size: 00000553, System Page Size: 00000001
		    Region 0: Memory at 00000000e0080000 (64-bit, prefetchable)
		    VF Migration: offset: 00000000, BIR: 0
		  Capabilities: [1a0 v1] Virtual Resizable BAR
		    BAR 0: current size: 1MB, supported: 1MB 2MB
	END
}

# text FUNCTION...: what they write, one after the other
text() {
	local function
	for function; do $function; done
}

@test "SR-IOV: counts, and BARs of virtual functions against the window" {
	few() { sriov 0; }
	text port card_text few >"$dump"
	run pciaddr-check --dump "$dump"
	no_failures
	run -0 pciaddr-check --dump "$dump" --capture
	[[ $output == *"sriov: {total: 64, enabled: 0}"* ]]
	many() { sriov 3; }
	text port card_text many >"$dump"
	run -1 pciaddr-check --dump "$dump"
	number=$(grep -n 'Region 0: Memory at 00000000e0080000' "$dump" | cut -d: -f1)
	fails_with sriov-in-window "VF BAR 0, for 3 virtual functions" \
		"0xe0080000-0xe037ffff: 3 times 1 MiB" "dump:$number, lspci's text" \
		"memory window 0xe0000000-0xe00fffff"
	# it is no BAR of the card
	run pciaddr-check --dump "$dump" --tree
	[ "$(grep -c 'BAR 0' <<<"$output")" = 1 ]
}

@test "without the virtual functions' sizes what they reach is unknown" {
	some() { sriov 3 | sed '/Resizable/d; /current size/d'; }
	text port card_text some >"$dump"
	run -3 pciaddr-check --dump "$dump"
	outcome unknown sriov-in-window "where the BAR ends is unknown"
	# as in the text of before lspci 3.9
	sed -i 's/IntMsgNum 0/Interrupt Message Number: 000/' "$dump"
	run -0 pciaddr-check --dump "$dump" --capture
	[[ $output == *"sriov: {total: 64, enabled: 3}"* ]]
}

@test "Access Control Services: on, off, and what there is no word of" {
	acs() {
		printf '\tCapabilities: [100 v1] Access Control Services\n'
		printf '\t\tACSCap:\tSrcValid+ TransBlk+ ReqRedir+ CmpltRedir+ UpstreamFwd+ EgressCtrl- DirectTrans-\n'
		printf '\t\tACSCtl:\tSrcValid+ TransBlk- ReqRedir+ CmpltRedir+ UpstreamFwd- EgressCtrl- DirectTrans-\n'
	}
	text port card_text acs >"$dump"
	run -0 pciaddr-check --dump "$dump" --capture
	[[ $output == *"acs: {source-validation: on, translation-blocking: off, request-redirect: on, completion-redirect: on, upstream-forwarding: off}"* ]]
	echo 'devices: [{select: "1234:0002", acs: {upstream-forwarding: on}}]' >"$dump.spec"
	run -1 pciaddr-check --dump "$dump" --spec "$dump.spec"
	fails_with spec-acs "dump:$(grep -n ACSCtl "$dump" | cut -d: -f1), lspci's text"
	# lspci -v has the name alone, and a user who is not root sees no capability
	sed -i '/ACSC/d; s/ v1\]/]/' "$dump"
	run -3 pciaddr-check --dump "$dump" --spec "$dump.spec"
	outcome unknown spec-acs
	sed -i 's/\[100\].*/<access denied>/' "$dump"
	run -3 pciaddr-check --dump "$dump" --spec "$dump.spec"
	outcome unknown spec-acs
	# all capabilities are there, and it is none of them
	echo 'devices: [{select: "1234:0002", acs: absent}]' >"$dump.spec"
	other() { printf '\tCapabilities: [100 v1] Device Serial Number 00-00-00-00-00-00-00-00\n'; }
	text port card_text other >"$dump"
	run -0 pciaddr-check --dump "$dump" --spec "$dump.spec"
	# ... unless the list is a ring, or does not begin where it must
	printf '\tCapabilities: [100 v1] <chain looped>\n' >>"$dump"
	run -3 pciaddr-check --dump "$dump" --spec "$dump.spec"
	text port card_text other | sed 's/\[100/[140/' >"$dump"
	run -3 pciaddr-check --dump "$dump" --spec "$dump.spec"
}

@test "resizable BARs: the size that is set, and those that there are" {
	resizable() {
		printf '\tCapabilities: [200 v1] Physical Resizable BAR\n'
		printf '\t\tBAR 2: current size: 256MB, supported: 256MB 512MB 1GB 16TB 256TB\n'
		printf '\t\tBAR 0: current size: 1MB, supported: 1MB\n'
	}
	begin() { printf '\tCapabilities: [100 v1] Device Serial Number 00-00-00-00-00-00-00-00\n'; }
	text port card_text begin resizable | sed '/Region 0/a\	Region 2: Memory at 10000000000 (64-bit, prefetchable)
		/Region 0/s/ \[size.*//' >"$dump"
	run -0 pciaddr-check --dump "$dump" --capture
	[[ $output == *"2: {type: memory64, prefetchable: true, resizable: true, sizes: [256M, 512M, 1024M, 16777216M, 268435456M]"* ]]
	[[ $output == *"range: 0x10000000000-0x1000fffffff"* ]]
	[[ $output == *"0: {type: memory64, resizable: true"*"range: 0xe0000000-0xe00fffff"* ]]
}

@test "Enhanced Allocation: BARs of the card and of its virtual functions, in hex and in text" {
	{
		device 00:01.0 "PCI bridge: Made up" "" 0="34 12 01 00 07 00 10 00 00 00 04 06 00 00 01" \
			18="00 01 01" 1c="f1 01" 20="f0 ff 00 00" 24="01 00 f1 ff 43 08 00 00 43 08 00 00" \
			34=40 40="10 00 42"
		device 01:00.0 "Ethernet controller: Made up" "" \
			0="34 12 02 00 06 00 10 00 00 00 00 02" 34=40 40="10 60 02" \
			60="14 00 02 00 04 00 ff 80 02 00 00 00 ff ff ff 03 43 08 00 00 00 00 00 00" \
			78="94 04 ff 80 02 00 00 a0 fe ff 1f 00 43 08 00 00 00 00 00 00" \
			100="10 00 01 00" 108="09 00" 10e="80 00" 110="80 00"
	} >"$dump"
	run pciaddr-check --dump "$dump" --tree
	[[ $output == *"BAR 0  memory64  0x84300000000-0x84303ffffff"* ]]
	run pciaddr-check --dump "$dump" --map
	[[ $output == *"843a0000000-843afffffff"*"256 MiB"*"0000:01:00.0 VF BAR 0"* ]] ||
		{ echo "$output" && return 1; }
	run pciaddr-check --dump "$dump"
	outcome ok sriov-in-window ".1."
	lspci -vvv -nn -F "$dump" >"$dump.text"
	run pciaddr-check --dump "$dump.text" --map
	[[ $output == *"843a0000000-843afffffff"*"256 MiB"*"0000:01:00.0 VF BAR 0"* ]]
	# too many of them: the text's line is named
	sed -i 's/^20: .*/20: f0 ff 00 00 01 00 f1 9f 43 08 00 00 43 08 00 00/' "$dump"
	lspci -vvv -nn -F "$dump" >"$dump.text"
	run -1 pciaddr-check --dump "$dump"
	fails_with sriov-in-window "VF BAR 0, for 128 virtual functions" "register 0x7c"
	run -1 pciaddr-check --dump "$dump.text"
	fails_with sriov-in-window "dump.text:$(grep -n 'Entry 1' "$dump.text" | cut -d: -f1), lspci's text"
}

@test "the words of old versions: MSI, MSI-X, Express and its link" {
	tabbed >"$dump" <<-'END'
		00:1c.0 PCI bridge: Made up (rev 02) (prog-if 00 [Normal decode])
		  Control: I/O+ Mem+ BusMaster+ SpecCycle- MemWINV- VGASnoop- ParErr- Stepping- SERR- FastB2B-
		  Status: Cap+ 66MHz- UDF- FastB2B- ParErr- DEVSEL=fast >TAbort- <TAbort- <MAbort- >SERR- <PERR-
		  Bus: primary=00, secondary=01, subordinate=01, sec-latency=0
		  I/O behind bridge: 0000f000-00000fff
		  Memory behind bridge: e0000000-e00fffff
		  Prefetchable memory behind bridge: 00000000fff00000-0000000000000000
		  Capabilities: [40] Express Root Port (Slot+) IRQ 0
		    Link: Supported Speed 2.5Gb/s, Width x16, ASPM L0s L1, Port 1
		    Link: Speed 2.5Gb/s, Width x8
		  Capabilities: [80] Message Signalled Interrupts: Mask- 64bit+ Queue=1/3 Enable+

		01:00.0 Ethernet controller: Made up
		  Control: I/O- Mem+ BusMaster+ SpecCycle- MemWINV- VGASnoop- ParErr- Stepping- SERR- FastB2B-
		  Status: Cap+ 66MHz- UDF- FastB2B- ParErr- DEVSEL=fast >TAbort- <TAbort- <MAbort- >SERR- <PERR-
		  Region 0: Memory at e0000000 (64-bit, non-prefetchable) [size=64K]
		  Capabilities: [d0] MSI-X: Enable+ Mask- TabSize=128
		    Vector table: BAR=0 offset=00000000
		    PBA: BAR=0 offset=00001000
		  Capabilities: [e0] Express Legacy Endpoint IRQ 0
	END
	run -0 pciaddr-check --dump "$dump"
	[[ $output == *"2 PCI functions, 1 bridge"* && $output != *warning* ]]
	outcome ok source-complete
	run -0 pciaddr-check --dump "$dump" --capture
	[[ $output == *"msi: {enabled: true, vectors: 2}    # of 8"* ]]
	[[ $output == *"msix: {enabled: true, vectors: 128}"* ]]
	[[ $output == *"link: {speed: 2.5GT/s, width: 8, capability-speed: 2.5GT/s, capability-width: 16, full: false}"* ]]
}

@test "CardBus windows end with their last page, in the words of any version" {
	cardbus() {
		tabbed <<-END
			00:01.0 CardBus bridge: Made up
			  Control: I/O+ Mem+ BusMaster+ SpecCycle- MemWINV- VGASnoop- ParErr- Stepping- SERR- FastB2B-
			  Status: Cap+ 66MHz- UDF- FastB2B- ParErr- DEVSEL=medium >TAbort- <TAbort- <MAbort- >SERR- <PERR-
			  Region 0: Memory at e0200000 (32-bit, non-prefetchable)
			  Bus: primary=00, secondary=03, subordinate=06, sec-latency=176
			  Memory window 0: 88000000-8bff$1 (prefetchable)
			  I/O window 0: 00003000-000030ff

			03:00.0 Ethernet controller: Made up
			  Control: I/O+ Mem+ BusMaster+ SpecCycle- MemWINV- VGASnoop- ParErr- Stepping- SERR- FastB2B-
			  Status: Cap- 66MHz- UDF- FastB2B- ParErr- DEVSEL=medium >TAbort- <TAbort- <MAbort- >SERR- <PERR-
			  Region 1: Memory at 8bfff000 (32-bit, non-prefetchable) [size=4K]
		END
	}
	for last in f000 ffff; do
		cardbus $last >"$dump"
		run pciaddr-check --dump "$dump"
		no_failures
		outcome ok bar-in-window ".1."
	done
}

@test "a window whose base and limit are 0 is closed, as it is in hex" {
	for size in "" " [size=4K] [16-bit]"; do
		{
			text port | sed "s/I\/O behind bridge: .*/I\/O behind bridge: 00000000-00000fff$size/"
			text port | sed "s/^00:01/00:02/; s/=01/=02/g; s/I\/O behind .*/I\/O behind bridge: 00000000-00000fff$size/; s/e00\(.\)/e10\1/g"
		} >"$dump"
		run pciaddr-check --dump "$dump"
		no_failures
		[[ $output == *"2 PCI functions, 2 bridges"* ]]
	done
}

@test "the upper half of a 64-bit BAR, which lspci -F takes for a region, is none" {
	text port card_text >"$dump"
	sed -i '/Region 0/a\	Region 1: Memory at <unassigned> (32-bit, non-prefetchable) [disabled]' "$dump"
	run -0 pciaddr-check --dump "$dump"
	# but behind a 32-bit one it is a region
	sed -i 's/(64-bit/(32-bit/' "$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-assigned "0000:01:00.0 BAR 1"
}

# said FILE: what pciaddr-check makes of it, without where that was read
said() {
	pciaddr-check --numeric --dump "$1" --capture | grep -vE '^#|name:|subsystem:'
	pciaddr-check --numeric --dump "$1" --format json |
		jq -c '.machines[0].checks[] | [.check, .pass, .fail, .unknown]'
}

# Of a BAR without an address lspci says no more than that, and its register is read as not there.
@test "lspci's words for a dump say what its hex says" {
	command -v lspci >/dev/null || skip "no lspci"
	"$TOP/selftests/pciaddr/make-dump" 40 >"$dump.made"
	{
		bridge 00:01.0 "00 01 01" "f1 01" "00 e0 f0 e0" 06="10 00" 34=40 40="10 00 42"
		# an endpoint: lspci has no word of the link of what is integrated
		extended_card | sed 's/^00:01/01:00/; s/^40: 10 00 92/40: 10 00 02/'
	} >"$dump.extended"
	count=0
	for file in "$dump.made" "$dump.extended" "$GUEST" "$CORPUS"/*; do
		[ -f "$file" ] || continue
		lspci -vvvxxxx -nn -F "$file" >"$dump.both"
		lspci -vvv -nn -F "$file" >"$dump.text"
		grep -q '^00: ' "$dump.both"
		run ! grep -q '^00: ' "$dump.text"
		diff <(said "$dump.both") <(said "$dump.text") || {
			echo "$file"
			return 1
		}
		count=$((count + 1))
	done
	[ "$count" -ge 3 ]
}

# silent REVISION SLOT TYPE REGION...: a card whose header type lspci does not know; regions as in
# lspci's line
silent() {
	local revision=$1 slot=$2 type=$3 region
	shift 3
	printf '%s Ethernet controller [0200]: Made up [1234:0002]%s\n' "$slot" "$revision"
	printf '\tSubsystem: Made up [1234:0003]\n\t!!! Unknown header type %s\n' "$type"
	printf '\tInterrupt: pin ? routed to IRQ 11\n'
	for region; do printf '\t%s\n' "$region"; done
}

@test "a header type of 7f is a byte that read ff: the device does not answer" {
	for revision in "" " (rev 03)" " (rev ff) (prog-if ff)"; do
		for slot in 01:00.0 0000:01:1f.7 10000:01:02.0; do
			for region in "Region 0: Memory at e0000000 (64-bit, non-prefetchable) [size=64K]" \
				"Memory at e0000000 (32-bit, non-prefetchable) [size=4K]" "Kernel modules: none"; do
				silent "$revision" "$slot" 7f "$region" >"$dump"
				run -1 pciaddr-check --dump "$dump"
				fails_with device-present "$slot: config space reads all ones" \
					"header type 7f" "dump:3, lspci's text"
			done
		done
	done
}

@test "a header type that PCI does not have fails, in words, in hex and in a log" {
	for type in 03 12 4c 7e; do
		setup
		silent "" 01:00.0 "$type" >"$dump"
		run -1 pciaddr-check --dump "$dump"
		fails_with device-present "not in the PCI specifications" "header type $type" \
			"dump:3, lspci's text"
		echo "pci 0000:05:00.0: [1234:0002] type $type class 0x020000" >"$dump"
		run -1 pciaddr-check --dmesg "$dump"
		fails_with device-present "0000:05:00.0" "header type $type" "dump:1"
		machine "typed-$type"
		poke 01:01.0 0e "$type"
		run -1 pciaddr-check --dump "$dump"
		fails_with device-present "0000:01:01.0" "header type $type" "register 0x0e"
	done
	setup
	echo "pci 0000:05:00.0: [1234:0002] type 7f class 0xffffff" >"$dump"
	run -1 pciaddr-check --dmesg "$dump"
	fails_with device-present "header type 7f"
}

@test "a card that answers in one of two records alone: the first counts" {
	dead() { silent "" 01:00.0 7f "Region 0: Memory at e0000000 (64-bit, non-prefetchable) [size=64K]"; }
	hex() { card 01:00.0 "" 10="04 00 00 e0"; }
	for again in card_text hex; do
		text port dead "$again" >"$dump"
		run -1 pciaddr-check --dump "$dump"
		fails_with device-present "0000:01:00.0: config space reads all ones" "dump:12, lspci's text"
		grep -qE "^warning .*dump:1[0-9]: 0000:01:00.0 comes a second time, .* line 10, counts" \
			<<<"$output"
		text port "$again" dead >"$dump"
		run pciaddr-check --dump "$dump"
		no_failures
		grep -qE "^warning .*dump:1[0-9]: 0000:01:00.0 comes a second time, .* line 10, counts" \
			<<<"$output"
	done
	# a list, or the log of a start before, has not read it
	listed() { echo "01:00.0 Ethernet controller [0200]: Made up [1234:0002]"; }
	log() { echo "[ 0.5] pci 0000:01:00.0: [1234:0002] type 00 class 0x020000"; }
	for other in listed log; do
		for order in "$other dead" "dead $other"; do
			text $order >"$dump"
			run -1 pciaddr-check --dump "$dump"
			fails_with device-present "0000:01:00.0: config space reads all ones"
			run ! grep "comes a second time" <<<"$output"
		done
	done
}

@test "the ids of a device that does not answer are the kernel's, and pass no specification" {
	silent "" 01:00.0 7f >"$dump"
	printf 'devices: [{select: "%s"}]\n' "1234:0002" >"$dump.spec"
	run -3 pciaddr-check --dump "$dump" --spec "$dump.spec"
	outcome unknown spec-device
	printf 'devices: [{select: {class: "0200"}}]\n' >"$dump.spec"
	run -3 pciaddr-check --dump "$dump" --spec "$dump.spec"
	outcome unknown spec-device
}

@test "what is behind a bridge that does not answer is not known to be on a root bus" {
	{
		printf '00:01.0 PCI bridge: Made up (rev ff) (prog-if ff)\n\t!!! Unknown header type 7f\n'
		silent "" 04:00.0 7f
	} >"$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with device-present "0000:00:01.0" "does not answer"
	outcome unknown source-complete "0000:04:00.0: whether a bridge leads to its bus was not read"
	# the same in hex
	sed -i 's/.*Unknown header.*//' "$dump"
	{
		head -n 1 "$dump"
		for row in 0 1 2 3; do echo "${row}0:$(printf ' ff%.0s' {1..16})"; done
		tail -n +2 "$dump"
	} >"$dump.hex"
	run -1 pciaddr-check --dump "$dump.hex"
	fails_with device-present "0000:00:01.0" "vendor and device 0xffffffff"
	outcome unknown source-complete "0000:04:00.0: whether a bridge leads to its bus was not read"
}

@test "what lspci could not read is unknown, also where mail has broken the line" {
	unable="lspci: Unable to read the standard configuration space header of device"
	open="pcilib: Cannot open /sys/bus/pci/devices"
	for slot in 0000:02:00.0 0000:1f:1f.7 10000:e1:02.3; do
		for line in "$unable $slot" "$open/$slot/config" "${unable% device}\ndevice $slot" \
			"$unable\n$slot" "> ${unable% device}\n> device $slot" "$open/$slot/config\n$unable $slot"; do
			{
				printf '%b\n' "$line"
				text port card_text
			} >"$dump"
			run -3 pciaddr-check --dump "$dump"
			outcome unknown source-complete "could not read the config space of 1 device: $slot"
			grep -qF "(${dump}:1)" <<<"$output"
			# it is in the middle of a function's lines where both go to a terminal
			{
				text port card_text | sed '/Region 0/q'
				printf '%b\n' "$line"
				text card_text | sed '1,/Region 0/d'
			} >"$dump"
			run -3 pciaddr-check --dump "$dump"
			outcome unknown source-complete "of 1 device: $slot"
			outcome ok device-present "\(2\)"
		done
	done
	for line in "pcilib: sysfs_read: read failed: Input/output error" "$unable" \
		"pcilib: Cannot open /proc/bus/pci/02/00.0"; do
		text port card_text | sed "1i$line" >"$dump"
		run -3 pciaddr-check --dump "$dump"
		outcome unknown source-complete "of 1 device: one without a name"
	done
	# another call has read it; and this is not about config space
	text port card_text | sed "1i$unable 0000:01:00.0\n$open/0000:01:00.0/config" >"$dump"
	run -0 pciaddr-check --dump "$dump"
	text port card_text | sed "1ipcilib: sysfs_read_vpd: read failed: Input/output error" >"$dump"
	run -0 pciaddr-check --dump "$dump"
	# a log that names it has not read it
	echo "pci 0000:02:00.0: [1234:0002] type 00 class 0x020000" >"$dump.dmesg"
	text port card_text | sed "1i$unable 0000:02:00.0" >"$dump"
	run -3 pciaddr-check --dump "$dump"
	outcome unknown source-complete "of 1 device: 0000:02:00.0"
}

@test "a class that does not fit the header type is a warning, and the header type is known" {
	text port card_text | sed '/^01:00.0/a\	!!! Invalid class 0200 for header type 01' >"$dump"
	run pciaddr-check --dump "$dump"
	outcome warning "$dump:11:" "lspci says that class and header type do not fit"
	grep -q ", 2 bridges," <<<"$output"
	text port card_text | sed 's/^01:00.0 Ethernet controller .0200./01:00.0 PCI bridge [0604]/
		/^01:00.0/a\	!!! Invalid class 0604 for header type 00' >"$dump"
	run -0 pciaddr-check --dump "$dump"
	outcome warning "$dump:11:" "lspci says"
	outcome ok bar-in-window "\(1\)"
	grep -q ", 1 bridge," <<<"$output"
}

# marked FRONT BACK PATTERN: the port and the card, with marks around the lines of this pattern
marked() { text port card_text | sed -E "/$3/s/^(\t*)(.*)/\1$1\2$2/"; }

@test "marks around lines of lspci's are not lspci's, whatever they are" {
	driver() { printf '\tKernel driver in use: made_up\n'; }
	text port card_text driver >"$dump"
	pciaddr-check --dump "$dump" --format json | jq -S '.machines[0].checks' >"$dump.plain"
	pciaddr-check --dump "$dump" --capture >"$dump.captured"
	# so that the comparison is of something
	grep -q e0000000 "$dump.captured"
	grep -q made_up "$dump.captured"
	for pattern in 'Region 0' 'Memory behind' 'Bus: primary' 'Control: ' 'driver in use' '^01:00' '.'; do
		for marks in '**|**' '__|__' '`|`' '~~|~~' '- |' '* |' '+ |' '• |' '--> |' '>>>> |' '=> |' '|*' \
			'** |  **'; do
			marked "${marks%|*}" "${marks#*|}" "$pattern" | { cat; driver; } >"$dump"
			sed -i -E "/driver/s/^(\t)(.*)/\1${marks%|*}\2${marks#*|}/" "$dump"
			diff <(pciaddr-check --dump "$dump" --capture) "$dump.captured" || {
				echo "$marks around $pattern"
				return 1
			}
		done
	done
	# bold names of fields, and remarks
	text port card_text driver | sed -E 's/^(\t*)([A-Z][A-Za-z0-9 ]*:) /\1**\2** /' >"$dump"
	diff <(pciaddr-check --dump "$dump" --capture) "$dump.captured"
	text port card_text driver | sed 's/made_up/& <-- this one/; s/64K]/& <-- and this/' >"$dump"
	diff <(pciaddr-check --dump "$dump" --capture) "$dump.captured"
}

@test "of 'diff -u' of two dumps no side is taken for marked lines" {
	text port card_text | sed 's/^\tRegion 0.*/-&\n+&/; s/^+\(.*\)e0000000/+\1e0080000/' >"$dump"
	run pciaddr-check --dump "$dump" --tree
	[[ $output == *1234:0002* && $output != *"BAR 0"* ]]
}

@test "a BAR or a window that is not as lspci prints it is unknown, with a warning" {
	line=$(text port card_text | grep -n 'Region 0' | cut -d: -f1)
	for change in 's/at e0/at xx/' 's/at e000/at e0xx/' 's/e0000000/e0000000,/' 's/ at e0000000//' \
		's/Memory at/Memory/' 's/Region 0: /Region 0:/' 's/0: Memory at .* \(/0: (/' 's/ \(64.*/zz/' \
		's/at e0000000/at XXXXXXXX/' 's/e0000000/e00000000000000000/'; do
		text port card_text | sed -E "/Region 0/$change" >"$dump"
		run -3 pciaddr-check --dump "$dump"
		outcome warning "$dump:$line:" "left out"
		outcome unknown source-complete "0000:01:00.0: the line of one of its BARs"
		# where the registers tell it, nothing is missing but the kernel's view
		{
			cat "$dump"
			card 01:00.0 "" 10="04 00 00 e0" | sed 1d
		} >"$dump.hex"
		run pciaddr-check --dump "$dump.hex"
		outcome warning "$dump.hex:$line:" "left out"
		run ! grep 'the line of one of its BARs' <<<"$output"
		# and so it is where another record has the line
		text port card_text >>"$dump"
		run pciaddr-check --dump "$dump"
		run ! grep 'the line of one of its BARs' <<<"$output"
		text port card_text | sed "\$r $dump" >"$dump.twice"
		run pciaddr-check --dump "$dump.twice"
		run ! grep 'the line of one of its BARs' <<<"$output"
	done
	line=$(text port | grep -n 'Memory behind' | cut -d: -f1)
	for change in 's/: e0/: xx/' 's/-e00/-e0xx/' 's/-e00fffff/-e00fffff,/' 's/e0.*ff/here/'; do
		text port card_text | sed -E "/Memory behind/$change" >"$dump"
		run -3 pciaddr-check --dump "$dump"
		no_failures
		outcome warning "$dump:$line:" "left out"
		outcome unknown bar-in-window
	done
	text port card_text | sed 's/Region 0:/Region 9:/' >"$dump"
	run pciaddr-check --dump "$dump"
	outcome warning "$dump:[0-9]*:" "left out"
}

@test "a BAR of a text is at its own line, also where another record follows" {
	others() {
		printf '\tRegion 3: Memory at %s (32-bit, non-prefetchable) [size=4K]\n' d0000000
		printf '\tExpansion ROM at %s [size=64K]\n' d8000000
	}
	three() { card_text | sed '/Capabilities/d' && others; }
	again() { echo "01:00.0 Ethernet controller [0200]: Made up [1234:0002]"; }
	port_again() { echo && port | head -n 1; }
	for records in "" again "again port_again"; do
		text port three $records >"$dump"
		run -1 pciaddr-check --dump "$dump"
		for item in "BAR 3 0xd0000000:at d0000000" "expansion ROM 0xd8000000:at d8000000" \
			"memory window 0xe0000000-0xe00fffff:Memory behind"; do
			number=$(grep -n "${item#*:}" "$dump" | cut -d: -f1)
			grep -qE "${item%:*}.* \($dump:$number, lspci's text" <<<"$output"
		done
		# lspci -v counts them
		text port three $records | sed 's/Region [0-9]: //' >"$dump"
		run -1 pciaddr-check --dump "$dump"
		number=$(grep -n 'at d0000000' "$dump" | cut -d: -f1)
		fails_with bar-in-window "0xd0000000-0xd0000fff" "dump:$number, lspci's text"
	done
	# what was read is a register
	{
		text port && printf '01:00.0 Ethernet controller: Made up\n' && others
		card 01:00.0 "" 1c="00 00 00 d0" | sed 1d
	} >"$dump"
	run -1 pciaddr-check --dump "$dump"
	fails_with bar-in-window "BAR 3" "config register 0x1c"
}

@test "the kernel's window is at its line, where a register differs" {
	{
		bridge 00:01.0 "00 01 01" "f1 01" "00 e0 f0 e0" | sed '1a\	Bus: primary=00, secondary=01, subordinate=01, sec-latency=0\
	Memory behind bridge: f0000000-f00fffff [size=1M] [32-bit]'
	} >"$dump"
	run pciaddr-check --dump "$dump"
	fails_with window-kernel "0xf0000000-0xf00fffff" "$dump:3, the memory window"
}

@test "a window of base and limit 0 is not said to be closed, one whose base is above it is" {
	for told in "00000000-000fffff [size=1M]:not set: base and limit are 0" "[disabled]:closed" \
		"fff00000-000fffff [disabled]:closed" "None:closed"; do
		text port card_text | sed "s/Memory behind.*/Memory behind bridge: ${told%%:*}/" >"$dump"
		run -1 pciaddr-check --dump "$dump"
		fails_with bar-in-window "0000:00:01.0 memory window ${told#*:}" "dump:6, lspci's text"
	done
	for bytes in "00 00 00 00:not set" "f0 ff 00 00:closed"; do
		{
			bridge 00:01.0 "00 01 01" "f1 01" "${bytes%:*}"
			card 01:00.0 "" 10="00 00 00 e0"
		} >"$dump"
		run -1 pciaddr-check --dump "$dump"
		fails_with bar-in-window "memory window ${bytes#*:}" "register 0x20"
	done
}
