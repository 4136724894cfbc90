# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The kernel's source, with pio-regs in it, for kvm/build and kvm/build-tests. Needs
# scripts/lib/common.sh.

# pio_regs_series: the series that there are patches for, oldest first
pio_regs_series() {
	ls "$TOP/kvm/patches" | sort -V
}

# linux_archive SERIES: prints the path of Debian's source of that series, as a tar archive
linux_archive() {
	echo "/usr/src/linux-source-$1.tar.xz"
}

# linux_version SERIES: says which version of the source that is
linux_version() {
	dpkg-query -W "linux-source-$1"
}

# unpack_with_pio_regs TREE SERIES MEMBER...: these files and directories of the kernel,
# with pio-regs added
unpack_with_pio_regs() {
	local tree=$1 series=$2 member members file
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
	tar -C "$tree" --strip-components=1 -xf "$(linux_archive "$series")" \
		"${members[@]/#/linux-source-$series/}" &&
		"$TOP/kvm/apply" --series "$series" "$tree"
}
