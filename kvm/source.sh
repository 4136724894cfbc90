# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The kernel's source, with pio-regs in it, for kvm/build and kvm/build-tests. Needs
# scripts/lib/common.sh and releases/kernels.sh.

# pio_regs_series: the series that there are patches for, oldest first
pio_regs_series() {
	ls "$TOP/kvm/patches" | sort -V
}

# linux_version SERIES: says which version of Debian's source of that series there is
linux_version() {
	local archive
	archive=$(kernel_archive "$1") || return
	basename "$(dirname "$archive")"
}

# unpack_with_pio_regs TREE SERIES MEMBER...: these files and directories of the kernel,
# with pio-regs added
unpack_with_pio_regs() {
	local tree=$1 series=$2 member members file archive
	shift 2
	members=("$@")
	# tar wants nothing named that lies in a directory that is named too.
	while read -r file; do
		for member in "$@"; do
			[[ $file != "$member"/* && $file != "$member" ]] || continue 2
		done
		members+=("$file")
	done < <("$TOP/kvm/apply" --needs "$series")
	mkdir -p "$tree"
	archive=$(kernel_archive "$series") || return
	tar -C "$tree" --strip-components=1 -xf "$archive" \
		"${members[@]/#/linux-source-$series/}" &&
		"$TOP/kvm/apply" --series "$series" "$tree"
}
