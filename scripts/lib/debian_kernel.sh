# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Kernels for the guest: Debian's, or one that the user built. Needs common.sh.
#
# A kernel is a directory in the cache:
#   release         what uname -r says
#   bzImage         as it came
#   vmlinux         the same without its compression, if it can be started so
#   layer/usr/lib/modules/RELEASE   its modules, not compressed, and what depmod makes
#   modules.erofs   a file system with layer/ in it
#   build           what external modules are built against (KDIR)

# kernel_directory KERNEL: prints the directory of Debian's newest kernel of a series
# ("6.1", "6.12"), or of what stands in a directory: bzImage, and if there are any
# lib/modules/RELEASE and build (the kernel's build tree).
kernel_directory() {
	local kernel=$1
	case $kernel in
	*/*) user_kernel "$(realpath "$kernel")" ;;
	[0-9]*.[0-9]*) debian_kernel "$kernel" ;;
	*) die 2 "--kernel $kernel: neither a version such as 6.1 nor a directory (with a / in its name)" ;;
	esac
}

debian_kernel() {
	local series=$1 release dir
	release=$(debian_kernel_release "$series")
	dir=$CACHE/kernel/$release
	[ -e "$dir/release" ] || with_lock "kernel-$release" fetch_debian_kernel "$series" "$release" "$dir"
	echo "$dir"
}

# use_kernel_apt SERIES: what apt then sees, to the end of this shell. A bookworm
# machine's own sources have 6.1; what is newer is in backports.
use_kernel_apt() {
	[ "$1" != 6.1 ] || return 0
	APT_CONFIG=$(other_release bookworm-backports)
	export APT_CONFIG
}

# depends PACKAGE REGEX: which of the packages that this one needs have such a name
depends() {
	apt-cache show --no-all-versions "$1" 2>/dev/null | sed -n 's/^Depends: //p' |
		tr -s ',| ' '\n' | grep -E "^$2\$" || true
}

# Looked up once a day: a new kernel in Debian must not stop a machine that has one.
debian_kernel_release() {
	local series=$1 note=$CACHE/kernel/$1.release release
	if [ -z "$(find "$note" -mtime -1 2>/dev/null)" ]; then
		mkdir -p "$CACHE/kernel"
		use_kernel_apt "$series"
		release=$(depends linux-headers-amd64 'linux-headers-[0-9].*')
		if [ -z "$release" ]; then
			with_lock apt run_logged "$CACHE/logs/apt-kernel.log" apt-get update
			release=$(depends linux-headers-amd64 'linux-headers-[0-9].*')
		fi
		release=${release#linux-headers-}
		case $release in
		"$series".*) echo "$release" >"$note" ;;
		*) die 3 "Debian has ${release:-no kernel} where Linux $series was looked for" ;;
		esac
	fi
	cat "$note"
}

fetch_debian_kernel() {
	local series=$1 release=$2 dir=$3 new=$3.new packages
	[ ! -e "$dir/release" ] || return 0
	say "fetching Linux $release"
	rm -rf "$new"
	mkdir -p "$new/deb"
	use_kernel_apt "$series"
	mapfile -t packages < <(depends "linux-headers-$release" 'linux-(headers|kbuild)-.*')
	(
		cd "$new/deb" || exit
		run_logged "$CACHE/logs/kernel-$release.log" apt-get -o APT::Sandbox::User=root \
			download "linux-image-$release" "linux-headers-$release" "${packages[@]}"
		for deb in *.deb; do
			dpkg-deb -x "$deb" ..
		done
	)
	rm -rf "$new/deb"
	mkdir -p "$new/layer/usr/lib/modules"
	mv "$new/lib/modules/$release" "$new/layer/usr/lib/modules/"
	rm -f "$new/layer/usr/lib/modules/$release"/{build,source}

	# Installed headers find each other by absolute names.
	sed -i "s,/usr/src/,$dir/usr/src/,g" "$new/usr/src/linux-headers-$release/Makefile"
	ln -s "usr/src/linux-headers-$release" "$new/build"
	ln -s "boot/vmlinuz-$release" "$new/bzImage"
	finish_kernel "$new" "$release"
	rm -rf "$dir"
	mv "$new" "$dir"
}

user_kernel() {
	local from=$1 release key dir
	[ -r "$from/bzImage" ] || die 2 "--kernel $from: there is no bzImage in it"
	release=$(bzimage_release "$from/bzImage")
	key=$({
		echo "$from"
		sha256sum <"$from/bzImage"
		find -H "$from/lib/modules/$release" -type f -printf '%P %s %T@\n' 2>/dev/null | sort
	} | content_key)
	dir=$CACHE/kernel/$release-$key
	[ -e "$dir/release" ] || with_lock "kernel-$release" copy_user_kernel "$from" "$release" "$dir"
	echo "$dir"
}

copy_user_kernel() {
	local from=$1 release=$2 dir=$3 new=$3.new
	[ ! -e "$dir/release" ] || return 0
	say "taking Linux $release from $from"
	rm -rf "$new"
	mkdir -p "$new/layer/usr/lib/modules/$release"
	cp "$from/bzImage" "$new/bzImage"
	if [ -d "$from/lib/modules/$release" ]; then
		tar -C "$from/lib/modules/$release" --exclude=./build --exclude=./source -c . |
			tar -C "$new/layer/usr/lib/modules/$release" -x
	fi
	[ ! -e "$from/build" ] || ln -s "$(realpath "$from/build")" "$new/build"
	finish_kernel "$new" "$release"
	rm -rf "$dir"
	mv "$new" "$dir"
}

# What both kinds need
finish_kernel() {
	local dir=$1 release=$2
	find "$dir/layer" -name '*.ko.xz' -print0 | xargs -0 -r -n 100 -P "$(nproc)" unxz
	depmod -b "$dir/layer/usr" "$release"
	uncompressed_kernel "$dir/bzImage" >"$dir/vmlinux"
	starts_as_elf "$dir/vmlinux" || ln -sf bzImage "$dir/vmlinux"
	run_logged "$CACHE/logs/kernel-$release.log" mkfs.erofs -T0 "$dir/modules.erofs" "$dir/layer"
	echo "$release" >"$dir/release"
}

# header_number BZIMAGE OFFSET SIZE: a field of the boot protocol's header
# (Documentation/arch/x86/boot.rst of the kernel has its layout)
header_number() {
	od -An -v -t "u$3" -j "$(($2))" -N "$3" "$1" | tr -d ' '
}

bzimage_release() {
	local text
	text=$(($(header_number "$1" 0x20e 2) + 0x200))
	dd if="$1" bs=1 skip="$text" count=200 status=none | tr '\0' '\n' | head -n 1 | cut -d ' ' -f 1
}

# XEN_ELFNOTE_PHYS32_ENTRY (0x12): where QEMU enters an ELF kernel; CONFIG_PVH makes it.
# Linux 6.1 with KASAN does not get beyond that entry: what it calls is instrumented, and
# runs before there is a shadow.
starts_as_elf() {
	readelf -n "$1" 2>/dev/null | grep -q 'Xen .*0x00000012' && ! grep -q 'BUG: KASAN' "$1"
}

uncompressed_kernel() {
	local bzimage=$1 start length unpack
	start=$((($(header_number "$bzimage" 0x1f1 1) + 1) * 512 + $(header_number "$bzimage" 0x248 4)))
	length=$(header_number "$bzimage" 0x24c 4)
	# The last four bytes are the size of what comes out; only gzip's streams end so.
	case $(od -An -t x1 -j "$start" -N 4 "$bzimage" | tr -d ' ') in
	1f8b*) unpack='gzip -dc' ;;
	fd377a58) unpack='xz -dc' length=$((length - 4)) ;;
	28b52ffd) unpack='zstd -dc' length=$((length - 4)) ;;
	7f454c46) unpack='cat' ;;
	*) die 3 "$bzimage: compressed in a way that is not known here" ;;
	esac
	# In this order, so that no command of the pipe is cut short.
	head -c "$((start + length))" "$bzimage" | tail -c "+$((start + 1))" | $unpack
}
