#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion, as bash would ask for it.

bats_require_minimum_version 1.5.0

top=$BATS_TEST_DIRNAME/../..

# complete_line WORD...: what is offered for the last word
complete_line() {
	run -0 bash -c '
		. "$1/tools/completion/fpga-ctl"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		compopt() { :; }
		_fpga_ctl
		printf "%s\n" "${COMPREPLY[@]}"
	' bash "$top" "$@"
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
	for command in dma fact irq read write bench watch; do
		for option in $(fpga-ctl $command --help | sed -nE 's/^.*(--[a-z-]+) [A-Z]{2,}.*/\1/p;
				s/^.*(--[a-z-]+) N  .*/\1/p'); do
			# what comes after it is no action of irq
			complete_line fpga-ctl irq "$option" ""
			[[ $output != *raise* ]]
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
