# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The overlay on QEMU's source tree, for the scripts here; source it.
#
# patches/*.patch is one commit each: its message, the whole files that it adds
# (lines "New-file: PATH IN QEMU'S TREE"), a line "---", and the few lines that it
# changes as a diff with little context: in QEMU's own files, so that it fits many
# versions, and in files that earlier patches have added. Those files are kept here
# as they are after the last patch; taking the diffs back gives what they are before.
# Files of patches that begin with a number are the series; the others are not for
# sending, and come after it.
#
# What is kept here is for the newest QEMU. versions/before-X.sed makes of it what
# QEMU before version X takes.

# shellcheck disable=SC2034 # for those who source this
OVERLAY=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

overlay_series_patches() { printf '%s\n' "$OVERLAY"/patches/[0-9]*.patch; }
overlay_local_patches() { printf '%s\n' "$OVERLAY"/patches/[!0-9]*.patch; }

# All of them, in their order
overlay_patches() {
	overlay_series_patches
	overlay_local_patches
}

# patch_message FILE: without the New-file lines; the subject is its first line
patch_message() {
	sed -e '/^---$/,$d' -e '/^New-file: /d' "$1" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}

# patch_new_files FILE...: paths in QEMU's tree
patch_new_files() { sed -n 's/^New-file: //p' "$@"; }

# patch_wiring FILE: the part of its diff that is about QEMU's own files, which may be nothing
patch_wiring() { patch_part "$1" 0; }

# patch_own FILE: the part that is about files of the overlay
patch_own() { patch_part "$1" 1; }

patch_part() {
	local patches own
	mapfile -t patches < <(overlay_patches)
	own=$(patch_new_files "${patches[@]}")
	sed -e '1,/^---$/d' "$1" | own=$own wanted=$2 awk '
		BEGIN { count = split(ENVIRON["own"], paths, "\n"); while (count) own[paths[count--]] = 1 }
		/^diff --git / { in_part = (substr($4, 3) in own) == ENVIRON["wanted"] }
		in_part'
}

# patch_wired_files FILE...: QEMU's own files that the diffs change
patch_wired_files() {
	local file
	for file in "$@"; do
		patch_wiring "$file" | sed -n 's|^diff --git a/.* b/||p'
	done | sort -u
}

# overlay_source PATH: where the content of a whole file is kept
overlay_source() {
	case $1 in
	# The driver and the tests include it from there too.
	include/hw/misc/fpga_regs.h) echo "$OVERLAY/../include/fpga_regs.h" ;;
	linux-headers/linux/kvm_pio_regs.h) echo "$OVERLAY/../kvm/include/uapi/linux/kvm_pio_regs.h" ;;
	*) echo "$OVERLAY/$1" ;;
	esac
}

# overlay_for VERSION PATH: from standard input to output, what this version of QEMU takes
overlay_for() {
	local script before scripts=()
	if [ "$2" = include/hw/misc/fpga_regs.h ]; then
		awk -f "$OVERLAY/versions/header.awk"
		return
	fi
	for script in "$OVERLAY"/versions/before-*.sed; do
		before=${script##*/before-}
		if version_before "$1" "${before%.sed}"; then
			scripts+=(-f "$script")
		fi
	done
	if [ ${#scripts[@]} -eq 0 ]; then
		cat
	else
		sed "${scripts[@]}"
	fi
}

version_before() {
	[ "$1" != "$2" ] && [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}
