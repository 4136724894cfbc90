# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # for those that source it
# How QEMU is configured: what of it the guests need, and nothing else. An option that follows takes
# the place of the same one here.

CONFIGURE=(
	--without-default-features
	--without-default-devices
	--enable-tcg
	--enable-attr
	--enable-virtfs
	--enable-trace-backends=log
	--firmwarepath=/usr/share/seabios:/usr/share/qemu
	--disable-install-blobs
	--disable-docs
	--disable-werror
	--disable-download
)
readonly CONFIGURE_X86=(
	--target-list=x86_64-softmmu
	--with-devices-x86_64=fpga
	--enable-kvm
	--disable-fdt
)
