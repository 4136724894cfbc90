#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# fpga-ctl on real cards: in the guest, as root, with an fpga and an edu card.

bats_require_minimum_version 1.5.0

edu_memory=4096

setup_file() {
	modprobe fpga_pci
	modprobe edu
	udevadm settle --timeout=30
	fpga_slot=$(slot_of 1234:F96A)
	edu_slot=$(slot_of 1234:11E8)
	export fpga_slot edu_slot
}

slot_of() {
	local uevent
	uevent=$(grep -l "^PCI_ID=$1" /sys/bus/pci/devices/*/uevent)
	basename "$(dirname "$uevent")"
}

# field NAME: the values of this name in the last run's JSON, one on each line. That it
# is JSON at all has a test of its own: jq takes a second to start in the guest.
field() {
	sed -nE "s/^ *\"$1\":\"?([^,\"]*)\"?,?$/\1/p" <<<"$output"
}

# as_user GROUPS COMMAND...: as a user who is in these groups only
as_user() {
	local groups=$1
	shift
	setpriv --reuid=65534 --regid=65534 $groups -- "$@"
}

@test "list shows both cards, their slots, drivers and nodes, to anybody" {
	run -0 as_user --clear-groups fpga-ctl list
	grep -qE "^fpga0 +$fpga_slot +1234:f96a +fpga_pci +/dev/fpga0$" <<<"$output"
	grep -qE "^edu0 +$edu_slot +1234:11e8 +edu +/dev/edu0$" <<<"$output"
	run -0 fpga-ctl list --json
	[ "$(field device | xargs)" = "fpga0 edu0" ]
	run -0 fpga-ctl --device 1234:11e8 list --json
	[ "$(field slot)" = "$edu_slot" ]
}

@test "info agrees with sysfs about ports, memory and interrupts" {
	run -0 fpga-ctl info --device fpga0 --json
	[ "$(field register_base)" = $((0x2000)) ]
	[ "$(field register_bytes)" = $((0x800)) ]
	[ "$(field dma_bytes)" = "$(cat /sys/class/emucard/fpga0/dma_size)" ]
	[ "$(field irq_vectors)" = "$(cat /sys/class/emucard/fpga0/irq_vectors)" ]
	run -0 fpga-ctl info --device edu0 --json
	[ "$(field dma_bytes)" = $edu_memory ]
	grep -qE '^ *"fact"$' <<<"$output"
	run -0 fpga-ctl info
	grep -q 'ports 0x2000-0x27ff, a fixed address' <<<"$output"
}

@test "a card is chosen by node, name, slot, short slot and id" {
	for selector in /dev/edu0 edu0 "$edu_slot" "${edu_slot#0000:}" 1234:11E8; do
		run -0 fpga-ctl --device "$selector" irq count --json
		[ "$(field device)" = edu0 ]
	done
	ln -sf /dev/edu0 "$BATS_TEST_TMPDIR/link"
	run -0 fpga-ctl irq count --json --device "$BATS_TEST_TMPDIR/link"
	[ "$(field device)" = edu0 ]
}

@test "a card that there is not is exit status 3, and the others are named" {
	for selector in fpga7 /dev/null 02:01.0 8086:1237; do
		run --separate-stderr -3 fpga-ctl --device "$selector" dma
		[[ $stderr == *"$selector"*"fpga0 ($fpga_slot), edu0 ($edu_slot)"* ]]
	done
}

@test "dma --len 4096 takes the fpga card by default and says bytes, time and rate" {
	run -0 fpga-ctl dma --len 4096
	[[ ${lines[0]} == "fpga0 ($fpga_slot): 4096 bytes to the card and back: verified" ]]
	[[ ${lines[1]} =~ to\ the\ card\ +4096\ bytes\ in\ [0-9.]+\ [num]?s,\ [0-9.]+\ .?.?B/s ]]
	[[ ${lines[2]} =~ from\ the\ card\ +4096\ bytes\ in\ [0-9.]+\ [num]?s,\ [0-9.]+\ .?.?B/s ]]
}

@test "dma works on the edu card, at its 100 ms for each transfer" {
	run -0 fpga-ctl --device edu0 dma --len 4096 --json
	[ "$(field verified)" = true ]
	[ "$(field bytes | xargs)" = "4096 4096 4096" ]
	[ "$(field seconds | awk '$1 >= 0.09' | wc -l)" = 2 ]
}

@test "dma moves the whole of card memory, in blocks, again and again" {
	run -0 fpga-ctl dma --len 16M --block 3M --loops 2 --json
	[ "$(field verified)" = true ]
	[ "$(field bytes | xargs)" = "$((1 << 24)) $((2 << 24)) $((2 << 24))" ]
	[ "$(field requests | xargs)" = "12 12" ]
}

@test "dma takes odd lengths and offsets" {
	run -0 fpga-ctl dma --len 12345 --offset 0x1001 --pattern counter
	run -0 fpga-ctl dma --len 1 --offset $((16777216 - 1))
	run -0 fpga-ctl --device edu0 dma --len 3 --offset 4093
}

@test "dma beyond the card's memory is exit status 2, with the size to use instead" {
	run --separate-stderr -2 fpga-ctl --device edu0 dma --len 64K
	[[ $stderr == *"4 KiB"*"--len 4096"*"--loops"* ]]
	run --separate-stderr -2 fpga-ctl dma --len 16M --offset 1
	[[ $stderr == *"--len 16777215"* ]]
	run --separate-stderr -2 fpga-ctl dma --offset 16M
	[[ $stderr == *"outside the memory of fpga0"* ]]
}

@test "the driver's counters agree with what dma says it moved" {
	local stats=/sys/class/emucard/fpga0/stats to from
	to=$(cat $stats/bytes_to_card)
	from=$(cat $stats/bytes_from_card)
	run -0 fpga-ctl dma --len 100000 --loops 3
	[ $(($(cat $stats/bytes_to_card) - to)) = 300000 ]
	[ $(($(cat $stats/bytes_from_card) - from)) = 300000 ]
}

@test "a file goes to the card and comes back the same" {
	local dir=$BATS_TEST_TMPDIR
	head -c 300001 /dev/urandom >"$dir/in"
	run -0 fpga-ctl dma --from "$dir/in" --offset 77
	run -0 fpga-ctl dma --to "$dir/out" --offset 77 --len 300001
	cmp "$dir/in" "$dir/out"
	fpga-ctl dma --to - --offset 77 --len 300001 2>/dev/null | cmp - "$dir/in"
	run -0 fpga-ctl dma --from - --verify --json <"$dir/in"
	[ "$(field bytes | head -n 1)" = 300001 ]
	[ "$(field verified)" = true ]
}

@test "dd reads what dma has written" {
	fpga-ctl dma --direction to-card --pattern 0xc0ffee00 --len 4K
	run -0 bash -c 'dd if=/dev/fpga0 bs=4096 count=1 status=none | od -An -tx1 | sort -u'
	[ "${lines[0]}" = " c0 ff ee 00 c0 ff ee 00 c0 ff ee 00 c0 ff ee 00" ]
}

@test "an existing file is overwritten with --force only" {
	local out=$BATS_TEST_TMPDIR/out
	echo precious >"$out"
	run --separate-stderr -2 fpga-ctl dma --to "$out" --len 64
	[[ $stderr == *--force* ]]
	[ "$(cat "$out")" = precious ]
	run -0 fpga-ctl dma --to "$out" --len 64 --force
	[ "$(stat -c %s "$out")" = 64 ]
}

@test "a file that does not fit, is empty or is missing is exit status 2" {
	local dir=$BATS_TEST_TMPDIR
	head -c 5000 /dev/zero >"$dir/large"
	: >"$dir/empty"
	run --separate-stderr -2 fpga-ctl --device edu0 dma --from "$dir/large"
	[[ $stderr == *"--len 4096"* ]]
	run --separate-stderr -2 fpga-ctl dma --from "$dir/empty"
	run --separate-stderr -2 fpga-ctl dma --from "$dir/large" --len 6000
	run --separate-stderr -2 fpga-ctl dma --from "$dir/none"
	[[ $stderr == *"No such file"* ]]
}

@test "data that is not as expected is exit status 1, with place and bytes" {
	fpga-ctl dma --direction to-card --pattern zeros --len 64
	run -0 fpga-ctl dma --direction from-card --pattern zeros --verify --len 64
	fpga-ctl dma --direction to-card --pattern ff --offset 40 --len 2
	run --separate-stderr -1 fpga-ctl dma --direction from-card --pattern zeros --verify --len 64
	[[ $output == *DIFFERENT* ]]
	[[ $stderr == *"2 of 64 bytes"*"offset 0x28"*"expected 00 00"*"got ff ff 00"* ]]
}

@test "a transfer that takes too long is exit status 1, and the card still works" {
	run --separate-stderr -1 fpga-ctl --device edu0 dma --timeout 20ms
	[[ $stderr == *"not finished in time"*"--timeout"* ]]
	run -0 fpga-ctl --device edu0 dma
}

@test "progress is shown on a terminal after a second, with rate and time left" {
	run -0 script -qec 'stty cols 80; fpga-ctl --device edu0 dma --loops 8' /dev/null
	[[ $output =~ edu0\ \[#+\.+\]\ +[0-9]+\ %\ \ [0-9.]+\ KiB/s\ \ 0:0[0-9]\ left ]]
	run --separate-stderr -0 fpga-ctl --device edu0 dma --loops 6
	[ -z "$stderr" ]
}

@test "fact computes on the edu card, without --device" {
	run -0 fpga-ctl fact 10
	[ "$output" = "10! = 3628800" ]
	run -0 fpga-ctl fact 13 --json
	[ "$(field result)" = 1932053504 ]
	[ "$(field modulo_2_32)" = true ]
}

@test "what a card cannot do is exit status 3, and the card that can is named" {
	run --separate-stderr -3 fpga-ctl --device fpga0 fact 5
	[[ $stderr == *"edu cards"*"--device edu0"* ]]
	run --separate-stderr -3 fpga-ctl --device edu0 reset
	# to reset another card is no way to reset this one
	[[ $stderr == *"cannot be reset"*"drivers/edu; echo $edu_slot >unbind"* && $stderr != *fpga0* ]]
}

@test "irq raise arrives, with its causes, and is counted" {
	for card in fpga0 edu0; do
		run -0 fpga-ctl --device $card irq count --json
		before=$(field count)
		run -0 fpga-ctl --device $card irq raise --causes 0x8001 --count 3 --json
		[ "$(field arrived)" = 3 ]
		[ "$(field causes)" = $((0x8001)) ]
		[ "$(field count)" = $((before + 3)) ]
	done
}

@test "irq wait --since misses nothing" {
	run -0 fpga-ctl irq count --json
	before=$(field count)
	fpga-ctl irq raise --no-wait
	run -0 fpga-ctl irq wait --since "$before" --json
	[ "$(field arrived)" = 1 ]
}

@test "irq wait is woken by another program's interrupt" {
	run -0 fpga-ctl irq count --json
	before=$(field count)
	fpga-ctl irq wait --since "$before" --count 2 --timeout 30s >"$BATS_TEST_TMPDIR/out" 3>&- &
	fpga-ctl irq raise --count 2
	wait $!
	grep -q '2 arrived' "$BATS_TEST_TMPDIR/out"
}

@test "irq wait without an interrupt is exit status 1" {
	run --separate-stderr -1 fpga-ctl irq wait --timeout 50ms
	[[ $stderr == *"no interrupt in time"* ]]
}

@test "registers are read by name and offset, and decoded" {
	run -0 fpga-ctl read ID fpga_version 0x18
	[[ ${lines[0]} =~ ^0x000\ +ID\ +0x41475046$ ]]
	[[ ${lines[1]} == *major=1* ]]
	[[ ${lines[2]} =~ ^0x018\ +FIXED_BASE\ +0x00002000$ ]]
	run -0 fpga-ctl read --all --json
	[ "$(paste -d= <(field register) <(field value) | grep RAM_PAGES)" = RAM_PAGES=4096 ]
	run -0 fpga-ctl --device edu0 read LIVENESS ID
	[[ $output == *010000ed* ]]
}

@test "registers are written, in each width" {
	fpga-ctl write 'REGFILE[2]' 0x44332211
	run -0 fpga-ctl read --width 1 --count 4 'REGFILE[2]' --json
	[ "$(field value | xargs)" = "17 34 51 68" ]
	fpga-ctl write --width 2 0x40a 0xbeef
	run -0 fpga-ctl read 'regfile[2]' --json
	[ "$(field value)" = $((0xbeef2211)) ]
	fpga-ctl --device edu0 write LIVENESS 0x12345678
	run -0 fpga-ctl --device edu0 read LIVENESS --json
	[ "$(field value)" = $((0xedcba987)) ]
}

@test "registers that cannot be are exit status 2; what the driver owns is 3" {
	run --separate-stderr -2 fpga-ctl read SCRTCH
	[[ $stderr == *"did you mean SCRATCH"* ]]
	run --separate-stderr -2 fpga-ctl read 'REGFILE[256]'
	[[ $stderr == *"'REGFILE[256]': there are REGFILE[0] to REGFILE[255]"* ]]
	run --separate-stderr -2 fpga-ctl read 'SCRATCH[1]'
	[[ $stderr == *"SCRATCH has no index"* ]]
	# nor is what stands before it read
	run --separate-stderr -2 fpga-ctl read ID SCRTCH
	[ -z "$output" ]
	run --separate-stderr -2 fpga-ctl read --count 4 0x7f8
	[ -z "$output" ]
	run --separate-stderr -2 fpga-ctl read 0x800
	run --separate-stderr -2 fpga-ctl read 0x2
	run --separate-stderr -2 fpga-ctl read --width 8 ID
	run --separate-stderr -2 fpga-ctl write --width 1 SCRATCH 0x100
	run --separate-stderr -3 fpga-ctl write DMA_DOORBELL 1
	[[ $stderr == *"the driver does not allow it"* ]]
}

@test "reset clears registers and keeps memory" {
	fpga-ctl dma --direction to-card --pattern counter
	fpga-ctl write 'REGFILE[0]' 5
	run -0 fpga-ctl reset
	run -0 fpga-ctl read REGFILE --json
	[ "$(field value)" = 0 ]
	run -0 fpga-ctl dma --direction from-card --pattern counter --verify
}

@test "bench reports percentiles in rising order, of verified work" {
	run -0 fpga-ctl bench --samples 100 --size 1,4K,100000 --json
	[ "$(field operation | xargs)" = \
		"to-card from-card to-card from-card to-card from-card irq register" ]
	jq -e '[.results[] | .verified and .samples == 100 and (.latency_ns | .min <= .p50
		and .p50 <= .p90 and .p90 <= .p99 and .p99 <= .max)] | all' <<<"$output"
	run -0 fpga-ctl --device edu0 bench --samples 2 dma irq
	# two samples tell nothing of one in ten
	grep -qE '^to-card +4 KiB +2 +[0-9.]+ [mu]s( +-){3} +[0-9.]+ [mu]s ' <<<"$output"
	run --separate-stderr -2 fpga-ctl --device edu0 bench --size 1M
}

@test "watch shows what the cards do, to anybody" {
	as_user --clear-groups fpga-ctl watch --interval 200ms --count 50 --json \
		>"$BATS_TEST_TMPDIR/out" 3>&- &
	watcher=$!
	fpga-ctl --device edu0 dma --loops 4
	kill $watcher
	wait $watcher || true
	jq -es 'map(select(.device == "edu0" and .per_second.bytes_to_card > 0)) | length > 0' \
		"$BATS_TEST_TMPDIR/out"
	run -0 fpga-ctl watch --interval 50ms --count 2
	[ "${#lines[@]}" = 5 ]
}

@test "what every command prints fits into 80 columns" {
	for command in list info "read --all" "read --names" "write SCRATCH 1" dma "irq raise" \
		"irq count" "fact 12" reset "bench --samples 2 --size 4K,16M dma" \
		"bench --samples 1000 irq register" \
		"watch --interval 1ms --count 2" "selftest --verbose"; do
		fpga-ctl $command >"$BATS_TEST_TMPDIR/out"
		run ! grep -E '.{81}' "$BATS_TEST_TMPDIR/out"
	done
}

@test "what every command prints with --json is JSON" {
	for command in list info "read --all" "read --names" "write SCRATCH 1" dma "irq raise" \
		"irq count" "fact 3" reset "bench --samples 1 irq" "watch --count 1 --interval 10ms" \
		selftest; do
		fpga-ctl $command --json
	done >"$BATS_TEST_TMPDIR/out"
	jq -es 'length > 13' "$BATS_TEST_TMPDIR/out"
}

@test "the examples of fpga-ctl(1) work" {
	cd "$BATS_TEST_TMPDIR"
	sed -n '/^\.nf/,/^\.fi/ { /^\./!p }' /usr/share/man/man1/fpga-ctl.1 >examples
	[ "$(grep -c . examples)" -ge 9 ]
	head -c 64K /dev/urandom >image.bin
	# Another program, which raises what the last example waits for
	while fpga-ctl irq raise --no-wait && sleep 1; do :; done >raised 3>&- &
	run -0 bash -e -o pipefail examples
	kill $!
	cmp image.bin copy.bin
}

@test "selftest passes on both cards" {
	for card in fpga0 edu0; do
		run -0 fpga-ctl --device $card selftest
		[ "$(grep -c '^not ok' <<<"$output")" = 0 ]
		[ "$(grep -c '^ok' <<<"$output")" -ge 15 ]
	done
}

@test "without permission: exit status 3, and which group it takes" {
	chown root:root /dev/fpga0
	chmod 600 /dev/fpga0
	run --separate-stderr -3 as_user --clear-groups fpga-ctl --device fpga0 dma
	[[ $stderr == *"root alone"*"udev rules"* ]]
	chgrp disk /dev/fpga0
	chmod 660 /dev/fpga0
	run --separate-stderr -3 as_user --clear-groups fpga-ctl --device fpga0 dma
	[[ $stderr == *"group 'disk'"*"usermod -aG disk"* ]]
	run -0 as_user --groups=disk fpga-ctl --device fpga0 dma
	udevadm trigger --action=change --settle /sys/class/emucard/fpga0
}

@test "a card that is removed in the middle: exit status 1, then 3, and all is well again" {
	fpga-ctl --device edu0 dma --loops 100 >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	before=$(cat /sys/class/emucard/edu0/stats/transfers)
	for _ in $(seq 100); do
		[ "$(cat /sys/class/emucard/edu0/stats/transfers)" = "$before" ] || break
		sleep 0.1
	done
	echo 1 >"/sys/bus/pci/devices/$edu_slot/remove"
	status=0
	wait $! || status=$?
	[ "$status" = 1 ]
	grep -q 'the card has been removed' "$BATS_TEST_TMPDIR/out"
	run --separate-stderr -3 fpga-ctl --device edu0 dma
	run --separate-stderr -3 fpga-ctl fact 3
	echo 1 >/sys/bus/pci/rescan
	udevadm settle --timeout=30
	run -0 fpga-ctl --device edu0 dma
}

@test "with a descriptor closed, no data and no message get into the card" {
	local zeros="$BATS_TEST_TMPDIR/zeros" how

	head -c 4096 /dev/zero >"$zeros"
	run -0 fpga-ctl --device fpga0 dma --from "$zeros"
	for how in ">&-" "2>&-" "<&-" "<&- >&-" "<&- >&- 2>&-"; do
		run bash -c "fpga-ctl --device fpga0 dma --to - --offset 1M --len 8 $how"
		[[ $how != *">&-"* || $how = "2>&-" ]] || [ "$status" != 0 ]
		run bash -c "fpga-ctl --device fpga0 irq count $how"
		run bash -c "fpga-ctl --device fpga0 info $how"
	done
	run bash -c "fpga-ctl --device fpga0 dma --from - --offset 2M <&-"
	[ "$status" != 0 ]
	[[ $output == *"Bad file descriptor"* ]]
	run -0 fpga-ctl --device fpga0 dma --to "$BATS_TEST_TMPDIR/after" --len 4096
	cmp "$zeros" "$BATS_TEST_TMPDIR/after"
}

@test "no driver bound: exit status 3, and what to do about it" {
	echo "$fpga_slot" >/sys/bus/pci/drivers/fpga_pci/unbind
	run -0 fpga-ctl list
	grep -qE "^- +$fpga_slot .*fpga_pci is loaded but did not bind, see dmesg" <<<"$output"
	run --separate-stderr -3 fpga-ctl --device "$fpga_slot" dma
	[[ $stderr == *"did not bind to this card"*dmesg* ]]
	run --separate-stderr -0 fpga-ctl dma --json
	[ "$(field device)" = edu0 ]
	[[ $stderr == *"$fpga_slot: the fpga card has no driver"* ]]
	run --separate-stderr -3 fpga-ctl info --json
	[ "$(field device)" = edu0 ]
	[[ $stderr == *"$fpga_slot: "*"did not bind to this card"* ]]
	modprobe -r fpga_pci edu
	run -0 fpga-ctl list
	grep -qE "^- +$fpga_slot .*no driver: modprobe fpga_pci" <<<"$output"
	for command in info dma "irq count" bench selftest; do
		run --separate-stderr -3 fpga-ctl $command
		[[ $stderr == *"as root: modprobe fpga_pci"* ]]
	done
	run --separate-stderr -3 fpga-ctl watch
	run --separate-stderr -3 fpga-ctl --device fpga0 dma
	[[ $stderr == *"modprobe fpga_pci"*"no card 'fpga0'"* ]]
	run --separate-stderr -3 fpga-ctl --device /dev/edu0 dma
	[[ $stderr == *"modprobe edu"* ]]
	modprobe fpga_pci
	modprobe edu
	udevadm settle --timeout=30
	run -0 fpga-ctl dma
}
