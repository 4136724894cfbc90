# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Builds the project, in the cache, and installs it into a staging directory as it
# would be installed in the guest. Needs common.sh and tree.sh.

# What the guest gets is made from these, and changes nothing there:
STAGED_FROM=(configure.ac Makefile.am VERSION README.md COPYING docs driver examples include scripts
	selftests tools udev)
NOT_STAGED='^(scripts/(guest\.d|lib/guest)|selftests/(guest|suites))/'

# Which parts of it; while one of them cannot be built, the others can be tried.
GUEST_PARTS=${GUEST_PARTS-user_space modules selftests}

# staged_files: those of the project's files, each with a zero byte behind it
staged_files() {
	tree_files "${STAGED_FROM[@]}" | grep -zvE "$NOT_STAGED"
}

# project_key DIRECTORY: a name for the content of the staged files, read from the list
# on standard input, there
project_key() {
	{
		echo "$GUEST_PARTS"
		cd "$1" && xargs -0 sha256sum
	} | content_key
}

# snapshot DIRECTORY: brings a copy of the staged files up to date, and DIRECTORY.files, the
# list of what is in it, with DIRECTORY.sums. What has changed is of now, and the rest
# keeps its times, so that make rebuilds what has changed and nothing else: the times of
# the project's own files say nothing where several copies of it use the same cache.
snapshot() {
	local dir=$1
	mkdir -p "$dir"
	touch "$dir.files" "$dir.sums"
	staged_files >"$dir.files.new"
	LC_ALL=C comm -z -13 "$dir.files.new" "$dir.files" | (cd "$dir" && xargs -0 -r rm -f)
	(cd "$TOP" && xargs -0 sha256sum <"$dir.files.new") | LC_ALL=C sort >"$dir.sums.new"
	LC_ALL=C comm -23 "$dir.sums.new" "$dir.sums" | sed 's/^[^ ]*  //' |
		tar -C "$TOP" -c --verbatim-files-from -T - | tar -C "$dir" -x --touch
	mv "$dir.files.new" "$dir.files"
	mv "$dir.sums.new" "$dir.sums"
}

# stage KERNEL-DIRECTORY WORK: builds WORK/src in WORK, installs into WORK/root
stage() {
	local kernel=$1 work=$2 release part
	release=$(cat "$kernel/release")
	[ -e "$kernel/build/Makefile" ] ||
		die 3 "Linux $release came without a build tree, which the modules need: $kernel/build"
	rm -rf "$work/root"
	mkdir -p "$work/root" "$work/build"
	for part in $GUEST_PARTS; do
		"stage_$part" "$work" "$kernel" "$release"
	done
	merge_usr "$work/root"
}

# merge_usr ROOT: in a layer above Debian's userland, a directory /lib would hide
# the link to /usr/lib that everything there depends on.
merge_usr() {
	local name
	for name in bin sbin lib; do
		[ -d "$1/$name" ] || continue
		mkdir -p "$1/usr/$name"
		cp -r "$1/$name/." "$1/usr/$name/"
		rm -r "${1:?}/$name"
	done
}

stage_user_space() {
	local work=$1 src=$1/src build=$1/build
	if [ ! -e "$src/configure" ] || [ "$src/configure.ac" -nt "$src/configure" ]; then
		(cd "$src" && autoreconf -fi)
	fi
	(
		cd "$build" || exit
		[ -e config.status ] || "$src/configure" --prefix=/usr --with-kdir=no
		make -j"$(nproc)"
		make install DESTDIR="$work/root"
	)
}

stage_modules() {
	local work=$1 kernel=$2 release=$3 modules=$1/root/usr/lib/modules/$3
	make -C "$work/src/driver" KDIR="$(realpath "$kernel/build")" -j"$(nproc)"
	mkdir -p "$modules/updates"
	find "$work/src/driver" -name '*.ko' -exec cp -t "$modules/updates" {} +
	# Debug information is ten times the rest, and slows loading.
	strip --strip-debug "$modules"/updates/*.ko
	# depmod must see all of this kernel's modules at once.
	cp -rl "$kernel/layer/usr/lib/modules/$release/." "$modules/"
	depmod -b "$work/root/usr" "$release"
	rm -rf "$modules/kernel"
}

# What "make install" does not install: the guest's halves of demo and tests
stage_selftests() {
	local work=$1 to=$1/root/usr/libexec/fpga-pci
	mkdir -p "$to/cli"
	install "$work/src/scripts/demo.d/in-guest" "$to/demo"
	install "$work/src"/selftests/cli/guest-*.bats "$to/cli/"
	mkdir -p "$work/kselftests"
	"$work/src/selftests/drivers/build" "$work/kselftests"
	cp -r "$work/kselftests" "$to/kselftests"
}
