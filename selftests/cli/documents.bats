#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Documents whose examples are run: what they show is what is printed.

bats_require_minimum_version 1.5.0

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
export TOP

# blocks FILE: splits a Markdown file's fenced blocks into NUMBER.yaml and NUMBER.console
blocks() {
	awk '
		/^```$/ && name { close(name); name = ""; next }
		/^```(yaml|console)$/ { name = sprintf("%03d.%s", ++number, substr($0, 4)); next }
		name { print >name }' "$1"
}

# check_command COMMAND EXPECTED: [...] stands for anything
check_command() {
	local command=$1 pattern=""
	[ -n "$command" ] || return 0
	commands=$((commands + 1))
	run bash -c "$command"
	pattern=$(sed 's/[][*?\\]/\\&/g' <<<"$2" | sed 's/\\\[\.\.\.\\\]/*/g')
	# shellcheck disable=SC2053 # a pattern
	if [[ "$output" != $pattern ]]; then
		printf '%s\n' "\$ $command" "printed:" "$output" "the document says:" "$2"
		return 1
	fi
}

@test "docs/writing-specs.md" {
	cd "$BATS_TEST_TMPDIR"
	blocks "$TOP/docs/writing-specs.md"
	commands=0
	for block in *.yaml *.console; do
		if [[ $block == *.yaml ]]; then
			cp "$block" "$(sed -n '1s/^# //p' "$block")"
			continue
		fi
		command="" expected=""
		while IFS= read -r line; do
			if [[ $line == "$ "* ]]; then
				check_command "$command" "${expected%$'\n'}"
				command=${line#"$ "} expected=""
			else
				expected+=$line$'\n'
			fi
		done <"$block"
		check_command "$command" "${expected%$'\n'}"
	done
	[ "$commands" -ge 9 ]
}

@test "every link between documents leads somewhere" {
	cd "$TOP"
	for file in *.md */*.md; do
		for link in $(grep -oE '\]\([^)#:]+[)#]' "$file" | sed 's/^](//; s/[)#]$//'); do
			[ -e "$(dirname "$file")/$link" ] || echo "$file: $link" >>"$BATS_TEST_TMPDIR/broken"
		done
	done
	run ! cat "$BATS_TEST_TMPDIR/broken"
}
