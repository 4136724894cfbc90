# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# scripts/learn device: the steps of docs/learn/qemu-device.md, built and tested. Needs common.sh.

. "$TOP/scripts/lib/qemu/course.sh"
. "$TOP/qemu/overlay.sh"

# How long a step's qtest may take [s]
readonly QTEST_TIMEOUT=120

learn_usage() {
	cat <<'TEXT'
Usage: scripts/learn device [STEP [FILE | --start FILE | --program]]
                            [--release VERSION]

How a PCI device is written for QEMU, in steps. Builds QEMU with the card as it
is after STEP, and runs the step's qtest. docs/learn/qemu-device.md is the text
of the course. Without STEP it lists the steps.

  scripts/learn device 3                 the step as it should be
  scripts/learn device 3 --start my.c    writes the card without this step to
                                         my.c
  scripts/learn device 3 my.c            the same test with your card
  scripts/learn device 3 --program       prints the path of that QEMU, for
                                         QEMU=PATH scripts/guest

  --release   which QEMU: see scripts/qemu --help

Exit status: 0 the test passed; 1 it failed, or the card does not compile; 2 a
wrong option; 3 not possible here.
TEXT
}

learn_steps() {
	local patch
	while read -r patch; do
		printf '%s  %s\n' "$(course_number "$patch")" "$(course_subject "$patch")"
	done < <(course_patches)
}

# learn_start STEP FILE: the card as it is after the step before
learn_start() {
	local step=$1 file=$2 work
	[ ! -e "$file" ] || die 2 "$file: File exists"
	work=$(mktemp -d)
	if [ "$step" -gt 1 ]; then
		# The card alone: no other file of QEMU is needed.
		while read -r patch; do
			sed -n "\|^diff --git a/$COURSE_CARD |,/^diff /p" "$patch" |
				patch -d "$work" -p1 -s --no-backup-if-mismatch >&2
		done < <(course_patches $((step - 1)))
	else
		mkdir -p "$work/$(dirname "$COURSE_CARD")"
		cat >"$work/$COURSE_CARD" <<-'TEXT'
			/*
			 * A PCI card that computes the CRC-32 of data
			 *
			 * SPDX-License-Identifier: GPL-2.0-or-later
			 */

			#include "qemu/osdep.h"
		TEXT
	fi
	cp "$work/$COURSE_CARD" "$file" || die 2 "$file cannot be written"
	rm -rf "$work"
}

# learn_run STEP FILE OPTION...
learn_run() {
	local step=$1 file=$2 program test said ran status=0
	shift 2
	[ -z "$file" ] || set -- "$@" --card "$file"
	program=$(learn_build "$file" --course "$step" "$@")
	test=$(learn_build "$file" --course "$step" --test-binary "$@")
	said=$(mktemp)
	QTEST_QEMU_BINARY=$program timeout "$QTEST_TIMEOUT" "$test" --tap -k | tee "$said" || status=$?
	ran=$(grep -c '^ok ' "$said" || :)
	rm -f "$said"
	case $status in
	0)
		# As QEMU's tests do, this one leaves out what QEMU has no device for, and ends well.
		[ "$ran" -gt 0 ] ||
			die 1 "the test of step $step failed: QEMU has no device crc-card, so none of it can run"
		;;
	124) die 1 "the test has not ended within $QTEST_TIMEOUT s" ;;
	*) die 1 "the test of step $step failed" ;;
	esac
}

# learn_build FILE OPTION...: scripts/qemu, where the compiler's messages are about the file: the
# compiler names it from the build's directory, ccache can name it from the root. They go through a
# pipe, since bash does not wait for a process substitution: the last ones could be written after
# the script has ended.
learn_build() {
	local named
	named=$(sed 's/[&|\\]/\\&/g' <<<"${1:-$COURSE_CARD}")
	shift
	{
		"$TOP/scripts/qemu" "$@" 2>&1 >&3 3>&- |
			sed -u "s|[^[:space:]]*/$COURSE_CARD|$named|" >&2 3>&-
	} 3>&1
}

learn_device() {
	local step='' file='' start='' program=no options=()
	while [ $# -gt 0 ]; do
		case $1 in
		-h | --help) learn_usage; return ;;
		--program) program=yes ;;
		--start | --release)
			[ $# -ge 2 ] || die 2 "$1 needs an argument; see scripts/learn device --help"
			if [ "$1" = --start ]; then start=$2; else options=(--release "$2"); fi
			shift
			;;
		-*) die 2 "unknown option '$1'; see scripts/learn device --help" ;;
		*)
			if [ -z "$step" ]; then step=$1; elif [ -z "$file" ]; then file=$1; else
				die 2 "'$1' is one argument too many"
			fi
			;;
		esac
		shift
	done
	if [ -z "$step" ]; then
		[ -z "$start" ] || die 2 "--start needs a STEP"
		learn_steps
		return
	fi
	course_has "$step" ||
		die 2 "no step '$step'; there are 1 to $(learn_steps | wc -l)"
	[ -z "$file" ] || [ -z "$start" ] || die 2 "a FILE is tested, or written by --start, not both"
	[ -z "$file" ] || [ -f "$file" ] || die 2 "'$file' is not a file; --start FILE writes one"
	if [ -n "$start" ]; then
		learn_start "$step" "$start"
	elif [ $program = yes ]; then
		[ -z "$file" ] || options+=(--card "$file")
		learn_build "$file" --course "$step" "${options[@]}"
	else
		learn_run "$step" "$file" "${options[@]}"
	fi
}
