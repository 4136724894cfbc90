# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Kernels, and the tools that build modules for them; releases/ does the work. Needs common.sh.

# kernel_directory KERNEL: prints the directory of Debian's newest kernel of a series
# ("6.1", "6.12"), or of what stands in a directory: bzImage, and if there are any
# lib/modules/RELEASE and build (the kernel's build tree). What is in it: releases/kernels.py.
kernel_directory() {
	releases kernel "$1"
}

# with_kernel_tools KERNEL-DIRECTORY COMMAND...: runs it with the compiler and the other tools
# that modules for this kernel are built with
with_kernel_tools() {
	releases run --for-kernel "$@"
}
