# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Kernels' sources and tools for scripts in bash; the Python beside does the work. Needs common.sh.

# with_kernel_tools KERNEL-DIRECTORY COMMAND...: runs it with the compiler and the other tools
# that modules for this kernel are built with
with_kernel_tools() {
	releases run --for-kernel "$@"
}

# kernel_source: prints a directory with what the project uses of it but does not hold itself: the
# harness of kselftests, checkpatch, and checks for Coccinelle
kernel_source() {
	need_packages sources >&2
	releases source-parts
}

# kernel_archive [SERIES]: prints the path of linux-source-SERIES.tar.xz, of Debian's package
kernel_archive() {
	need_packages sources >&2
	releases source "$@"
}

# checkpatch ARGUMENT...: the kernel's, as strict as it can be
checkpatch() {
	local parts
	parts=$(kernel_source) || return
	perl "$parts/scripts/checkpatch.pl" --no-tree --strict --terse --no-summary \
		--show-types --max-line-length=100 "$@"
}
