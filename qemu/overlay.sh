# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The overlay on QEMU's source tree, for the scripts here; source it.
#
# patches/NNNN-*.patch is one commit: its message, the whole files that it adds
# (lines "New-file: PATH IN QEMU'S TREE"), a line "---", and the few lines of
# wiring as a diff with little context, so that it fits many versions.

# shellcheck disable=SC2034 # for those who source this
OVERLAY=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

overlay_patches() { printf '%s\n' "$OVERLAY"/patches/[0-9]*.patch; }

# patch_message FILE: without the New-file lines; the subject is its first line
patch_message() {
	sed -e '/^---$/,$d' -e '/^New-file: /d' "$1" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}

# patch_wiring FILE: the diff, which may be empty
patch_wiring() { sed -e '1,/^---$/d' "$1"; }

# patch_new_files FILE...: paths in QEMU's tree
patch_new_files() { sed -n 's/^New-file: //p' "$@"; }

# patch_wired_files FILE...: paths in QEMU's tree that the diffs change
patch_wired_files() { sed -n 's|^diff --git a/.* b/||p' "$@" | sort -u; }

# overlay_source PATH: where the content of a whole file is kept
overlay_source() {
	case $1 in
	# The driver and the tests include it from there too.
	include/hw/misc/fpga_regs.h) echo "$OVERLAY/../include/fpga_regs.h" ;;
	linux-headers/linux/kvm_pio_regs.h) echo "$OVERLAY/../kvm/include/uapi/linux/kvm_pio_regs.h" ;;
	*) echo "$OVERLAY/$1" ;;
	esac
}
