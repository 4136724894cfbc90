# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# QEMU's source, Debian's or the user's (QEMU_SRC), and the meson that it needs. Needs
# common.sh.

# Where everything about QEMU is kept
readonly STORE=$CACHE/qemu

# Which of Debian's versions is built unless told otherwise: the newest of these
# shellcheck disable=SC2034 # scripts/qemu uses it
readonly QEMU_DEFAULT=10.0

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
		local suite
		suite=$(releases meson-suite)
		say "getting meson from Debian's $suite"
		rm -rf "$dir.new"
		mkdir -p "$dir.new"
		APT_CONFIG=$(releases apt "$suite")
		export APT_CONFIG
		(cd "$dir.new" && run_logged "$CACHE/logs/qemu-meson.log" apt-get download meson &&
			dpkg-deb -x meson_*.deb . && rm meson_*.deb)
		unset APT_CONFIG
		mv "$dir.new" "$dir"
	fi
	# So that the cache does not give it up while a build uses it
	touch "$dir"
	export PYTHONPATH=$dir/usr/lib/python3/dist-packages${PYTHONPATH:+:$PYTHONPATH}
}

# debian_version RELEASE UPDATE: of what is asked for (see usage), the version that was built last,
# so that nothing is looked up without need; or the best that there is, if UPDATE is yes
debian_version() {
	local file=$STORE/version-$1 found
	if [ ! -s "$file" ] || [ "$2" = yes ]; then
		found=$(releases get-source qemu "$1" "$STORE")
		head -n 1 <<<"$found" >"$file.new"
		mv "$file.new" "$file"
	fi
	cat "$file"
}

# debian_source VERSION TREE
debian_source() {
	local version=$1 tree=$2 upstream found
	need_packages qemu
	# What comes behind an epoch and before Debian's own: 1:10.0.13+ds-0+deb13u1
	upstream=$(sed -E 's/^[0-9]+://; s/[+~-].*//' <<<"$version")
	found=$(releases get-source qemu "$upstream" "$STORE")
	[ "$(head -n 1 <<<"$found")" = "$version" ] ||
		die 3 "Debian no longer has the source of QEMU $version; scripts/qemu --update takes what there is"
	say "unpacking the source of QEMU $version"
	rm -rf "$tree.new"
	run_logged "$CACHE/logs/qemu-unpack.log" dpkg-source --no-copy -x \
		"$(tail -n 1 <<<"$found")"/qemu_*.dsc "$tree.new"
	mv "$tree.new" "$tree"
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
