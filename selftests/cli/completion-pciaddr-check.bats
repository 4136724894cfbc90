#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of pciaddr-check, as bash, zsh and fish ask for it.

bats_require_minimum_version 1.5.0
load completion

top=$BATS_TEST_DIRNAME/../..

# complete_line WORD...: what is offered for the last word
complete_line() {
	local tools=$top/tools/completion
	"$tools/make-completion" bash "$tools/pciaddr-check.options" \
		"$tools/pciaddr-check.bash.in" >"$BATS_TEST_TMPDIR/completion"
	run -0 bash -c '
		. "$1"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		compopt() { :; }
		_pciaddr_check
		printf "%s\n" "${COMPREPLY[@]}"
	' bash "$BATS_TEST_TMPDIR/completion" "$@"
}

@test "options are offered" {
	complete_line pciaddr-check --ex
	[ "$output" = --expect ]
	complete_line pciaddr-check --io
	[ "${lines[*]}" = "--ioports --iomem" ]
	complete_line pciaddr-check --
	[ "$(printf '%s\n' "${lines[@]}" | sort -u)" = "$(pciaddr-check --help | grep -oE -- '--[a-z-]+' | sort -u)" ]
	[ "${#lines[@]}" -ge 22 ]
}

@test "every option that takes a value is known to take one" {
	options=$(pciaddr-check --help | sed -nE 's/^ .*(--[a-z-]+) [A-Z]{2,}.*/\1/p; s/^ .*(--[a-z-]+) N  .*/\1/p')
	[ "$(wc -l <<<"$options")" -ge 9 ]
	for option in $options; do
		complete_line pciaddr-check "$option" --al
		[[ $output != *--all* ]]
	done
}

@test "values are offered" {
	complete_line pciaddr-check --format j
	[ "${lines[*]}" = "json junit" ]
	complete_line pciaddr-check --spec "$top/README"
	[[ $output == *README.md ]]
	complete_line pciaddr-check --sysfs "$top/tool"
	[[ $output == *tools ]]
}

# A machine without a PCI device with I/O ports has no range to offer.
@test "the I/O ranges of this machine are offered" {
	ports=$(cat /sys/bus/pci/devices/*/resource 2>/dev/null |
		awk '$3 ~ /1[0-9a-f][0-9a-f]$/' | wc -l)
	[ "$ports" != 0 ] || skip "no PCI device with I/O ports here"
	complete_line pciaddr-check --expect 0x
	[[ ${lines[0]} =~ ^0x[0-9a-f]+-0x[0-9a-f]+$ ]]
}

@test "the table of completions has the options of --help, and no others" {
	diff <(sed -e '/^#/d' -e '/^$/d' "$top/tools/completion/pciaddr-check.options" |
		awk '{ print "--" $2 }' | sort) \
		<(pciaddr-check --help | grep -oE -- '--[a-z-]+' | sort -u)
}

@test "zsh: the script is valid, and completes options and values" {
	command -v zsh >/dev/null || skip "no zsh"
	made=$BATS_TEST_TMPDIR
	"$top/tools/completion/make-completion" zsh "$top/tools/completion/pciaddr-check.options" \
		>"$made/_pciaddr-check"
	zsh -n "$made/_pciaddr-check"
	in_zsh "$made" "pciaddr-check --allow-u" --allow-unknown "pciaddr-check --format js" json
}

@test "fish: the script is valid, and completes options and values" {
	command -v fish >/dev/null || skip "no fish"
	made=$BATS_TEST_TMPDIR/pciaddr-check.fish
	"$top/tools/completion/make-completion" fish "$top/tools/completion/pciaddr-check.options" >"$made"
	fish -n "$made"
	[ "$(in_fish "$made" 'pciaddr-check --form')" = --format ]
	[ "$(in_fish "$made" 'pciaddr-check --format j' | xargs)" = "json junit" ]
	[ "$(in_fish "$made" 'pciaddr-check --ignore mo')" = moved ]
	[ "$(in_fish "$made" 'pciaddr-check -f nag')" = nagios ]
}
