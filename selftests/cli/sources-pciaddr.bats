#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The folders of tools/pciaddr: includes go one way

bats_require_minimum_version 1.5.0
load pciaddr

# level FILE: how far from the model, as docs/tree.md has it
level() {
	case ${1#"$TOP/tools/"} in
	common/*) echo 0 ;;
	pciaddr/model/* | pciaddr/qemu/*) echo 1 ;;
	pciaddr/configspace/*) echo 2 ;;
	pciaddr/input/*) echo 3 ;;
	pciaddr/check/*) echo 4 ;;
	pciaddr/spec/* | pciaddr/diff/*) echo 5 ;;
	pciaddr/output/* | pciaddr/emit/* | pciaddr/emulate/* | pciaddr/import/*) echo 6 ;;
	pciaddr/view/*) echo 7 ;;
	pciaddr/*/*) echo "no level for the folder of $1" >&2 && return 1 ;;
	*) echo 8 ;;
	esac
}

@test "no folder of pciaddr-check includes one that is built on it" {
	count=0
	while IFS=: read -r file include; do
		include=$TOP/tools/$(sed -E 's/.*"(.*)".*/\1/' <<<"$include")
		from=$(level "$file")
		to=$(level "$include")
		count=$((count + 1))
		[ "$from" -ge "$to" ] || {
			echo "$file includes $include"
			return 1
		}
	done < <(grep -rE '^#include "(common|pciaddr)/' "$TOP/tools/common" "$TOP/tools/pciaddr")
	[ "$count" -gt 100 ]
}

@test "every source of pciaddr-check and of what the tools share is built" {
	for dir in common pciaddr; do
		diff <(cd "$TOP" && find "tools/$dir" -name '*.[ch]' | sort) \
			<(grep -oE 'tools/[^ ]+\.[ch]' "$TOP/tools/$dir/local.mk" |
				grep "tools/$dir/" | sort)
	done
}
