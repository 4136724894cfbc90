# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # scripts/qemu uses more of them
# The card of docs/learn/qemu-device.md in a source tree of QEMU, as it is after each step.
# Needs common.sh, and qemu/overlay.sh for what versions of QEMU call otherwise.

readonly COURSE_LIB=${BASH_SOURCE[0]}
readonly COURSE=$TOP/examples/qemu-device
readonly COURSE_CARD=hw/misc/crc_card.c
readonly COURSE_TEST=tests/qtest/crc-card-test
# A switch of Kconfig that is new has almost all of QEMU compiled again, since it is in
# config-poison.h. So the card is built under a switch that scripts/qemu has on, that of edu.
readonly COURSE_SWITCH=CONFIG_CRC_CARD
readonly COURSE_BUILT_UNDER=CONFIG_EDU

# course_patches [STEP]: the patches up to this step, or all of them
course_patches() {
	local patch
	for patch in "$COURSE"/[0-9]-*.patch; do
		if [ $# -eq 0 ] || [ "$(course_number "$patch")" -le "$1" ]; then
			echo "$patch"
		fi
	done
}

# course_has STEP: is there such a step?
course_has() { [[ $1 =~ ^[0-9]+$ ]] && compgen -G "$COURSE/$1-*.patch" >/dev/null; }

course_number() {
	local name=${1##*/}
	echo "${name%%-*}"
}

# course_subject PATCH
course_subject() { sed -n 's/^Subject: \[PATCH\] //p' "$1"; }

# course_files: what all the patches together change or add
course_files() {
	local patches
	mapfile -t patches < <(course_patches)
	sed -n 's|^+++ b/||p' "${patches[@]}" | sort -u
}

# course_apply VERSION DIRECTORY STEP [FILE]: onto the files there, which are QEMU's, with FILE as
# the card. What older versions call otherwise is changed in either card.
course_apply() {
	local patches patch
	mapfile -t patches < <(course_patches "$3")
	for patch in "${patches[@]}"; do
		patch -d "$2" -p1 -s --no-backup-if-mismatch -r - <"$patch" >&2 ||
			die 1 "${patch##*/} does not fit QEMU $1"
	done
	[ -z "${4-}" ] || cp "$4" "$2/$COURSE_CARD"
	overlay_for "$1" "$COURSE_CARD" <"$2/$COURSE_CARD" >"$2/card.new"
	mv "$2/card.new" "$2/$COURSE_CARD"
}

# What the tree was without the course: its files, the list of them, and a key that names it
course_state() { echo "$1/.fpga-pci-course"; }

# course_is_for TREE KEY: has the tree a step of the course, on what this key names?
course_is_for() { [ "$(cat "$(course_state "$1")/key" 2>/dev/null)" = "$2" ]; }

# course_install TREE KEY STEP [FILE]: makes the tree that of a step, with FILE as the card. What is
# right already is not touched, so that little has to be compiled.
course_install() {
	local tree=$1 state work
	state=$(course_state "$tree")
	work=$(mktemp -d)
	course_files | cmp -s - "$state/files" || course_remove "$tree"
	[ -d "$state" ] || course_save "$tree" "$state" "$2"
	cp -r "$state/before/." "$work"
	course_apply "$(cat "$tree/VERSION")" "$work" "$3" "${4-}"
	find "$work" -name meson.build -exec sed -i "s/'$COURSE_SWITCH'/'$COURSE_BUILT_UNDER'/" {} +
	course_copy "$work" "$tree" "$state/files"
	rm -rf "$work"
}

# course_save TREE STATE KEY
course_save() {
	local path
	mkdir -p "$2.new/before"
	course_files >"$2.new/files"
	while read -r path; do
		if [ -f "$1/$path" ]; then
			mkdir -p "$2.new/before/$(dirname "$path")"
			cp "$1/$path" "$2.new/before/$path"
		fi
	done <"$2.new/files"
	echo "$3" >"$2.new/key"
	mv "$2.new" "$2"
}

# course_before TREE DIRECTORY: puts the files that the course changes there, as they are without it,
# whether the tree has the course just now or not
course_before() {
	local state
	state=$(course_state "$1")
	if [ -d "$state" ]; then
		cp -r "$state/before/." "$2"
		return
	fi
	course_save "$1" "$2.state" none
	cp -r "$2.state/before/." "$2"
	rm -rf "$2.state"
}

# course_remove TREE: makes it again what it was
course_remove() {
	local state
	state=$(course_state "$1")
	[ -d "$state" ] || return 0
	course_copy "$state/before" "$1" "$state/files"
	rm -rf "$state"
}

# course_copy FROM TO LIST: the files of the list; those that FROM does not have go
course_copy() {
	local path
	while read -r path; do
		if [ ! -f "$1/$path" ]; then
			rm -f "$2/$path"
		elif ! cmp -s "$1/$path" "$2/$path"; then
			mkdir -p "$(dirname "$2/$path")"
			cp "$1/$path" "$2/$path"
		fi
	done <"$3"
}
