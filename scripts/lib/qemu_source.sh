# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# QEMU's source, Debian's or the user's (QEMU_SRC), and the meson that it needs. Needs
# common.sh.

# Where everything about QEMU is kept
readonly STORE=$CACHE/qemu

# Debian's release whose QEMU is built
readonly SUITE=trixie

# A meson that is new enough for QEMU: the machine's, or a private one from
# Debian's backports. Ninja calls it again, so PYTHONPATH must stay set.
need_meson() {
	local dir=$STORE/meson
	if python3 - <<-PYTHON 2>/dev/null
		import sys
		from mesonbuild.coredata import version
		sys.exit(tuple(map(int, version.split(".")[:2])) < (1, 5))
	PYTHON
	then
		return
	fi
	if [ ! -d "$dir" ]; then
		say "getting meson from bookworm-backports"
		rm -rf "$dir.new"
		mkdir -p "$dir.new"
		APT_CONFIG=$(other_release bookworm-backports deb)
		export APT_CONFIG
		(cd "$dir.new" && run_logged "$CACHE/logs/qemu-meson.log" apt-get download meson &&
			dpkg-deb -x meson_*.deb . && rm meson_*.deb)
		unset APT_CONFIG
		mv "$dir.new" "$dir"
	fi
	export PYTHONPATH=$dir/usr/lib/python3/dist-packages${PYTHONPATH:+:$PYTHONPATH}
}

# debian_version UPDATE: the version that was built last, so that nothing is looked up
# without need; or the newest, if UPDATE is yes
debian_version() {
	local file=$STORE/version
	if [ ! -s "$file" ] || [ "$1" = yes ]; then
		local config
		config=$(other_release "$SUITE" deb-src)
		APT_CONFIG=$config apt-cache showsrc --only-source qemu |
			sed -n 's/^Version: //p' | sort -V | tail -n 1 >"$file.new"
		[ -s "$file.new" ] || die 3 "Debian's $SUITE has no source package qemu"
		mv "$file.new" "$file"
	fi
	cat "$file"
}

# debian_source VERSION TREE
debian_source() {
	local version=$1 tree=$2 down=$2.download
	need_packages qemu
	say "getting the source of QEMU $version from Debian's $SUITE"
	rm -rf "$down" "$tree.new"
	mkdir -p "$down"
	APT_CONFIG=$(other_release "$SUITE" deb-src)
	export APT_CONFIG
	(cd "$down" && run_logged "$CACHE/logs/qemu-source.log" \
		apt-get source --download-only --only-source "qemu=$version")
	unset APT_CONFIG
	say "unpacking it"
	run_logged "$CACHE/logs/qemu-unpack.log" dpkg-source --no-copy -x "$down"/qemu_*.dsc "$tree.new"
	mv "$tree.new" "$tree"
	rm -rf "$down"
}

# user_source VERSION TREE: a copy, without what git or a build has left there
user_source() {
	local tree=$2
	say "copying $QEMU_SRC"
	rm -rf "$tree.new"
	mkdir -p "$tree.new"
	tar -C "$QEMU_SRC" -cf - --exclude=./.git --exclude='./build*' . | tar -C "$tree.new" -xf -
	mv "$tree.new" "$tree"
}

user_version() {
	# Any change there makes it another source.
	(cd "$QEMU_SRC" && find . \( -path ./.git -o -path './build*' \) -prune -o \
		-type f -printf '%P %s %T@\n') | sort | content_key
}
