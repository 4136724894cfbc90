# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # bats sets and reads some
# What the tests of pciaddr-check share: machines to check.

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

# lspci -vvxxxx, /proc/ioports and /proc/iomem of the demo's guest
GUEST=$TOP/selftests/pciaddr/guest/guest.lspci

# Real machines' dumps, of the pciutils project; not part of this one
CORPUS=${CORPUS:-$TOP/../shared/corpus/pciutils}

# machine NAME: a copy of the guest's dump (and of its /proc files) to change; sets $dump
machine() {
	dump=$BATS_TEST_TMPDIR/$1
	cp "$GUEST" "$dump"
	cp "$GUEST.ioports" "$dump.ioports"
	cp "$GUEST.iomem" "$dump.iomem"
}

# poke SLOT OFFSET BYTE...: changes config space in $dump; OFFSET in hexadecimal
poke() {
	local slot=$1 offset=$((16#$2))
	shift 2
	awk -v slot="$slot" -v offset="$offset" -v bytes="$*" '
		BEGIN { count = split(bytes, new, " ") }
		/^[0-9a-f]/ && !/^[0-9a-f]+: / { inside = ($1 == slot || $1 == "0000:" slot) }
		inside && /^[0-9a-f]+: / {
			row = index("0123456789abcdef", substr($1, 1, 1)) * 16 - 16
			if (length($1) == 3)
				for (i = 1; i <= count; i++) {
					at = offset + i - 1 - row
					if (at >= 0 && at < 16) { $(at + 2) = new[i]; done++ }
				}
		}
		{ print }
		END { exit done != count }' "$dump" >"$dump.new"
	mv "$dump.new" "$dump"
}

# fails_with LABEL TEXT...: the last run has a failure of this check, with these texts
fails_with() {
	local block text
	block=$(awk -v label="$1" '/^[^ ]/ { show = ($1 == "FAILED" && $2 == label) } show' \
		<<<"$output")
	[ -n "$block" ] || {
		echo "no failure of $1 in:" && echo "$output"
		return 1
	}
	shift
	for text; do
		grep -qF -- "$text" <<<"$block" || {
			echo "expected '$text' in:" && echo "$block"
			return 1
		}
	done
}

# device SLOT NAME DETAILS [OFFSET=BYTES]...: lspci's text of a made-up function, with 64 bytes of
# config space, 256 where an offset asks for them, or the first 512 of 4096; DETAILS are its lines of -v, as printf %b
device() {
	local slot=$1 name=$2 details=$3 size=64 field at byte
	local -a config
	shift 3
	for ((at = 0; at < 512; at++)); do config[at]=00; done
	for field; do
		at=$((16#${field%%=*}))
		for byte in ${field#*=}; do
			config[at]=$byte
			at=$((at + 1))
		done
		[ "$at" -le 64 ] || [ "$size" -ge 256 ] || size=256
		[ "$at" -le 256 ] || size=512
	done
	printf '%s %s\n' "$slot" "$name"
	[ -z "$details" ] || printf '%b\n' "$details"
	for ((at = 0; at < size; at += 16)); do
		printf '%02x: %s\n' "$at" "${config[*]:at:16}"
	done
	echo
}

# bridge SLOT BUSES IO MEMORY [OFFSET=BYTES]...: a PCI bridge; BUSES are its three bus numbers, IO
# the bytes of base and limit (registers 1c, 1d), MEMORY those of registers 20 to 23
bridge() {
	local slot=$1 buses=$2 io=$3 memory=$4
	shift 4
	device "$slot" "PCI bridge: Made up" "" 0="34 12 01 00 07 00 00 00 00 00 04 06 00 00 01" \
		18="$buses" 1c="$io" 20="$memory" 24="f1 ff 01 00" "$@"
}

# card SLOT DETAILS [OFFSET=BYTES]...: a device that decodes I/O and memory
card() {
	local slot=$1 details=$2
	shift 2
	device "$slot" "Unassigned class: Made up" "$details" \
		0="34 12 02 00 07 00 00 00 00 00 00 ff" "$@"
}

# extended_card: a PCI Express card whose link has trained down, with ACS and a BAR that has
# 256 MiB and can have 512 MiB and 256 TiB
extended_card() {
	card 00:01.0 "" 06="10 00" 10="0c 00 00 e0 00 00 00 00" 34=40 40="10 00 92" 4c="03 01" 52="11 00" \
		100="0d 00 01 11 5f 00 1d 00" 110="15 00 01 00 00 30 00 00 20 08 01 00"
}

# outcome STATUS LABEL [TEXT]: the last run has a result of this check, with this text
outcome() {
	grep -qE "^$1 +$2 .*${3:-}" <<<"$output" || {
		echo "expected '$1 $2 ${3:-}' in:" && echo "$output"
		return 1
	}
}

# no_failures: the last run has none
no_failures() {
	! grep -A3 ^FAILED <<<"$output"
}
