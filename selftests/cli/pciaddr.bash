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
