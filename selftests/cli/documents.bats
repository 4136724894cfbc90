#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Documents whose examples are run: what they show is what is printed.

bats_require_minimum_version 1.5.0

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
export TOP

# blocks FILE: splits a Markdown file's fenced blocks into NUMBER.yaml, .log and .console
blocks() {
	awk '
		/^```$/ && name { close(name); name = ""; next }
		/^```(yaml|log|console)$/ { name = sprintf("%03d.%s", ++number, substr($0, 4)); next }
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

# run_document FILE LEAST: its files, then its commands, of which there are so many at least
run_document() {
	cd "$BATS_TEST_TMPDIR"
	blocks "$TOP/docs/$1"
	commands=0
	for block in [0-9]*.*; do
		if [[ $block != *.console ]]; then
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
	[ "$commands" -ge "$2" ]
}

@test "docs/writing-specs.md" {
	run_document writing-specs.md 9
}

@test "docs/kernel-logs.md" {
	run_document kernel-logs.md 6
}

@test "docs/three-views.md" {
	export LC_ALL=C.UTF-8
	run_document three-views.md 8
}

# examples PAGE: each literal block of a manual page, as NUMBER.example
examples() {
	awk '
		/^\.Bd -literal/ { name = sprintf("%d.example", ++number); next }
		/^\.Ed/ { close(name); name = "" }
		name { gsub(/\\e/, "\\"); print >name }' "$1"
}

@test "pciaddr-spec(5): the examples are specifications, and the first is about the guest" {
	cd "$BATS_TEST_TMPDIR"
	examples "$TOP/docs/pciaddr-spec.5"
	run -0 pciaddr-check --quiet --spec 1.example --dump "$TOP/selftests/pciaddr/guest/guest.lspci"
	run -1 pciaddr-check --quiet --spec 2.example --dump "$TOP/selftests/pciaddr/guest/guest.lspci"
	[ ! -e 3.example ]
}

@test "emucard(4): the example in C is built without a warning" {
	cd "$BATS_TEST_TMPDIR"
	examples "$TOP/docs/emucard.4"
	{
		printf '#include <%s>\n' err.h fcntl.h stdio.h sys/ioctl.h linux/emucard.h
		echo 'int main(void) {'
		# The last of them
		cat 3.example
		echo '}'
	} >example.c
	[ ! -e 4.example ]
	"${CC:-cc}" -Wall -Wextra -Werror -fsyntax-only -I "$TOP/include/uapi" example.c
}

# commands PROGRAM: what follows it, wherever the documents show it as a command
commands() {
	sed 's/\\-/-/g' "$TOP"/*.md "$TOP"/*/*.md "$TOP"/docs/*.[0-9] "$TOP"/tools/man/*.h2m |
		grep -oE "(^|[^a-z/-])$1 [^\`|#>&;)]*" | sed "s/.*$1 //"
}

@test "the options that documents show are those that the tools have" {
	local options command name option
	options=$(pciaddr-check --help)
	for option in $(commands pciaddr-check | grep -oE -- '(^| )--[a-z-]+'); do
		grep -qE -- "$option( |,|$)" <<<"$options" || echo "pciaddr-check $option" >>"$BATS_TEST_TMPDIR/wrong"
	done
	while read -r command; do
		name=$(grep -oxE 'list|info|read|write|dma|irq|fact|reset|bench|watch|selftest' <<<"${command// /$'\n'}" | head -n 1)
		options=$(fpga-ctl ${name:+"$name"} --help)
		for option in $(grep -oE -- ' --[a-z-]+' <<<" $command"); do
			grep -qE -- "$option( |,|$)" <<<"$options" || echo "fpga-ctl $command" >>"$BATS_TEST_TMPDIR/wrong"
		done
	done < <(commands fpga-ctl)
	run ! cat "$BATS_TEST_TMPDIR/wrong"
}

@test "the picture and the captured specification are those of the guest" {
	local guest=$TOP/selftests/pciaddr/guest/guest.lspci
	pciaddr-check --tree --dump "$guest" | grep -q "Virtio 1.0 console" || skip "no pci.ids"
	pciaddr-check --draw -.svg --dump "$guest" | sed "s/ of guest.lspci</ of the demo's guest</" |
		diff - "$TOP/docs/topology.svg"
	# Under a title of its own
	diff <(pciaddr-check --capture --dump "$guest" | sed 1d) <(sed 1,2d "$TOP/examples/demo-guest.yaml")
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
