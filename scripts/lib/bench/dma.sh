# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The parts dma and iommu of scripts/bench. Latencies and processor times, medians of the rounds,
# go to standard error. ROUNDS and SECONDS_EACH change how long it takes. Needs common.sh.

# bench_dma NAME VIRTIO OPTION...: prints rows that begin with NAME; OPTIONs are scripts/guest's,
# VIRTIO is what virtio devices get besides
bench_dma() {
	local name=$1 virtio=disable-legacy=on$2 rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-1}
	# All have as much: the card's RAM
	local megabytes=16
	shift 2
	need_packages bench guest

	work=$(mktemp -d)
	# In memory, like the card's RAM: what QEMU does is copy.
	disks=$(mktemp -d -p /dev/shm)
	trap 'rm -rf "$work" "$disks"' EXIT
	truncate -s "${megabytes}M" "$disks/nvme" "$disks/virtio" "$disks/virtio-iothread"

	gcc -O2 -Wall -Wextra -Werror -o "$work/memcpy" "$TOP/scripts/lib/bench/memcpy.c"

	# Before and after the guest, not beside it; the better one counts.
	"$work/memcpy" "$megabytes" 5 >"$work/memcpy.rates"

	# The guest's half prints one object for each run of fio.
	"$TOP/scripts/guest" --timeout 3000 "$@" \
		--qemu-args "-drive if=none,id=nvme,format=raw,file=$disks/nvme,cache=writeback" \
		--qemu-args "-device nvme,drive=nvme,serial=bench,addr=0xc" \
		--qemu-args "-drive if=none,id=virtio,format=raw,file=$disks/virtio,cache=writeback" \
		--qemu-args "-device virtio-blk-pci,drive=virtio,serial=virtio-blk,$virtio,addr=0xd" \
		--qemu-args "-object iothread,id=io" \
		--qemu-args "-drive if=none,id=iothread,format=raw,file=$disks/virtio-iothread,cache=writeback" \
		--qemu-args "-device virtio-blk-pci,drive=iothread,serial=virtio-iothread,iothread=io,$virtio,addr=0xe" \
		-- bash -c "$(cat "$TOP/scripts/lib/bench/dma-in-guest")" bench "$rounds" "$seconds" "$megabytes" \
		</dev/null >"$work/runs" || die 1 "the guest's half failed: $(tail -n 20 "$work/runs")"

	"$work/memcpy" "$megabytes" 5 >>"$work/memcpy.rates"

	{
		printf 'what\ttarget\tper s\tMB/s\tp50 us\tp99 us\tp99.9 us\tguest cpu us each\n'
		jq -r -f "$TOP/scripts/lib/bench/dma-details.jq" -s "$work/runs"
	} | column -t -s "$(printf '\t')" >&2

	jq -s --arg name "$name" --argjson memcpy "$(jq -s max "$work/memcpy.rates")" \
		-f "$TOP/scripts/lib/bench/dma-rows.jq" "$work/runs"
}
