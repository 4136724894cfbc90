#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# No link among the documents is dead, in the tree and in what "make install" installs.

bats_require_minimum_version 1.5.0

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
# "make check" runs this in the build tree.
BUILD=$PWD

# headings FILE: the names by which a link finds the headings of a page
headings() {
	case $1 in
	*.rst) grep -B 1 -xE '[-=~^]{3,}' "$1" ;;
	*) sed -n 's/^##* //p' "$1" ;;
	esac | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}

# dead_links DIRECTORY: of all pages below, PAGE: TARGET
dead_links() {
	local page target heading
	(
		cd "$1" || exit
		find . -name '*.md' ! -path '*/.*/*' | sed 's,^\./,,' | while read -r page; do
			awk -v page="$page" -v mode=list -f "$TOP/docs/links.awk" "$page" |
				while read -r target heading; do
					[ -e "$target" ] || echo "$page: $target"
					[ -z "$heading" ] || [ ! -f "$target" ] ||
						headings "$target" | grep -qxF "$heading" ||
						echo "$page: $target#$heading"
				done
		done
	)
}

# install_into PREFIX: sets $root
install_into() {
	[ -f "$BUILD/config.status" ] || skip "not in a build tree: run it by make check"
	root=$BATS_TEST_TMPDIR/root
	# The make that runs this has its own ideas on jobs and on what to build.
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$BUILD" install-data \
		prefix="$1" datarootdir="$1/share" datadir="$1/share" mandir="$1/share/man" \
		docdir="$1/share/doc/fpga-pci" DESTDIR="$root" >"$BATS_TEST_TMPDIR/log" 2>&1 ||
		{ cat "$BATS_TEST_TMPDIR/log"; return 1; }
}

@test "a dead link is found" {
	mkdir -p "$BATS_TEST_TMPDIR/docs"
	cd "$BATS_TEST_TMPDIR"
	printf '# A heading\n[here](docs/b.md) [gone](docs/c.md)\n[no\nsuch](#other) [it](#a-heading)\n' >a.md
	printf '[up](../a.md) [up](../a.md#a-heading) [web](https://example.org/)\n' >docs/b.md
	run dead_links .
	[ "$output" = $'a.md: docs/c.md\na.md: a.md#other' ]
}

@test "links among the documents of the tree" {
	run dead_links "$TOP"
	[ -z "$output" ] || { printf "%s\n" "$output"; return 1; }
}

@test "links among the installed documents, and paths under another prefix" {
	install_into /opt/elsewhere
	cd "$root/opt/elsewhere/share"
	[ -e doc/fpga-pci/README.md ]
	run dead_links doc/fpga-pci
	[ -z "$output" ] || { printf "%s\n" "$output"; return 1; }
	# Those that remain lead somewhere.
	[ "$(cat doc/fpga-pci/README.md doc/fpga-pci/docs/*.md | grep -c '](.*\.md')" -gt 10 ]

	run grep -rE '/usr/(local/)?share/fpga-pci' .
	[ -z "$output" ] || { printf "%s\n" "$output"; return 1; }
	run grep -rhoE '/opt/elsewhere/[A-Za-z0-9._/-]*[A-Za-z0-9]' man doc
	[ "${#lines[@]}" -ge 3 ]
	for path in "${lines[@]}"; do
		[ -e "$root$path" ] || { echo "$path is not installed"; return 1; }
	done
}
