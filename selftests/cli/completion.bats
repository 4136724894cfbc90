#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of fpga-ctl, as bash, zsh and fish ask for it.

bats_require_minimum_version 1.5.0
load completion

top=$BATS_TEST_DIRNAME/../..
table=$top/tools/completion/fpga-ctl.options

# made SHELL: what is made of the table for this shell
made() {
	"$top/tools/completion/make-command-completion" "$1" "$table" "$top/tools/completion/fpga-ctl.bash.in"
}

# complete_line WORD...: what is offered for the last word
complete_line() {
	made bash >"$BATS_TEST_TMPDIR/completion"
	run -0 bash -c '
		. "$1"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		compopt() { :; }
		_fpga_ctl
		printf "%s\n" "${COMPREPLY[@]}"
	' bash "$BATS_TEST_TMPDIR/completion" "$@"
}

@test "commands are offered" {
	complete_line fpga-ctl ""
	[ "${#lines[@]}" = 11 ]
	complete_line fpga-ctl se
	[ "$output" = selftest ]
	complete_line fpga-ctl --device fpga0 re
	[ "${lines[*]}" = "read reset" ]
}

@test "options of the command are offered" {
	complete_line fpga-ctl --v
	[ "$output" = --version ]
	complete_line fpga-ctl dma --le
	[ "$output" = --len ]
	complete_line fpga-ctl dma --no
	[ "$output" = --no-verify ]
	complete_line fpga-ctl fact --le
	[ -z "$output" ]
}

@test "every option that takes a value is known to take one" {
	for command in $(awk '$1 == "command" { print $2 }' "$table"); do
		options=$(fpga-ctl "$command" --help | sed -nE 's/^.*(--[a-z-]+) [A-Z]{2,}.*/\1/p;
				s/^.*(--[a-z-]+) N  .*/\1/p')
		[[ $options == *--device* ]]
		for option in $options; do
			# what comes after it is no option
			complete_line fpga-ctl "$command" "$option" --he
			[ -z "$output" ] || {
				echo "$command $option: $output"
				false
			}
		done
	done
}

@test "values are offered" {
	complete_line fpga-ctl dma --direction ""
	[ "${lines[*]}" = "both to-card from-card" ]
	complete_line fpga-ctl irq ra
	[ "$output" = raise ]
	complete_line fpga-ctl dma --from "$top/README"
	[[ $output == *README.md ]]
}

# of_help [COMMAND]: the options of its help, with what stands for a short one that there is none of
of_help() {
	fpga-ctl "$@" --help | sed -nE 's/^  (-.,|   ) --([a-z-]+).*/\1 \2/p' | sed 's/,//; s/^   /-/' | sort
}

# of_table COMMAND...: the options that the table has for these
of_table() {
	local which
	for which; do
		awk -v which="$which" '!/^#/ && $1 == which { print $2, $3 }' "$table"
	done | sort
}

@test "the table has the commands and options of --help, and no others" {
	diff <(awk '$1 == "command" { print $2 }' "$table") \
		<(fpga-ctl --help | sed -nE 's/^  ([a-z]+)  .*/\1/p')
	diff <(of_table '*' none) <(of_help)
	for command in $(awk '$1 == "command" { print $2 }' "$table"); do
		diff <(of_table '*' "$command") <(of_help "$command")
	done
}

@test "zsh: the script is valid, and completes commands, their options and values" {
	command -v zsh >/dev/null || skip "no zsh"
	made zsh >"$BATS_TEST_TMPDIR/_fpga-ctl"
	zsh -n "$BATS_TEST_TMPDIR/_fpga-ctl"
	in_zsh "$BATS_TEST_TMPDIR" "fpga-ctl self" selftest "fpga-ctl --device fpga0 ben" bench \
		"fpga-ctl --ver" --version "fpga-ctl dma --no-ver" --no-verify \
		"fpga-ctl dma --direction to" to-card "fpga-ctl irq rai" raise \
		"fpga-ctl --json bench reg" register
}

@test "fish: the script is valid, and completes commands, their options and values" {
	command -v fish >/dev/null || skip "no fish"
	script=$BATS_TEST_TMPDIR/fpga-ctl.fish
	made fish >"$script"
	fish -n "$script"
	[ "$(in_fish "$script" 'fpga-ctl --device fpga0 re' | xargs)" = "read reset" ]
	[ "$(in_fish "$script" 'fpga-ctl se')" = selftest ]
	[ "$(in_fish "$script" 'fpga-ctl dma --no-')" = --no-verify ]
	[ "$(in_fish "$script" 'fpga-ctl dma -D ' | xargs)" = "both from-card to-card" ]
	[ "$(in_fish "$script" 'fpga-ctl irq ' | xargs)" = "count raise wait" ]
	[ -z "$(in_fish "$script" 'fpga-ctl fact --le')" ]
	[ -z "$(in_fish "$script" 'fpga-ctl read --vers')" ]
	cd "$BATS_TEST_TMPDIR"
	touch data.bin
	[ "$(in_fish "$script" 'fpga-ctl dma --from dat')" = data.bin ]
}
