#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The manual pages: well-formed, and saying what the programs and headers say.

bats_require_minimum_version 1.5.0

top=$BATS_TEST_DIRNAME/../..

setup() {
	fpga_ctl_page=tools/man/fpga-ctl.1
	[ -e "$fpga_ctl_page" ] || fpga_ctl_page=$top/$fpga_ctl_page
	pages=("$top"/docs/*.[0-9])
	[ ! -e "$fpga_ctl_page" ] || pages+=("$fpga_ctl_page")
}

# page FILE: its text, on lines so long that nothing is broken
page() {
	mandoc -T utf8 -O width=1000 "$1" | sed 's/.\x08//g'
}

# names PAGE WORD...: each word is in the text of the page
names() {
	local text missing=()
	text=$(page "$1")
	shift
	[ $# -gt 0 ]
	for word; do
		grep -qE -- "(^|[^A-Za-z_-])$word([^A-Za-z_-]|\$)" <<<"$text" || missing+=("$word")
	done
	echo "not in the page: ${missing[*]}"
	[ ${#missing[@]} = 0 ]
}

@test "mandoc has nothing to say" {
	command -v mandoc || skip "no mandoc"
	for file in "${pages[@]}"; do
		# Of the date help2man writes month and year only.
		run mandoc -T lint -W warning "$file"
		run ! grep -vE 'cannot parse date|^$' <<<"$output"
	done
}

@test "man has nothing to say" {
	command -v man && command -v groff || skip "no man or no groff"
	for file in "${pages[@]}"; do
		run -0 --separate-stderr env MANWIDTH=80 LC_ALL=C.UTF-8 \
			man --warnings -E UTF-8 -l -Tutf8 -Z "$file"
		[ -z "$stderr" ]
	done
}

@test "no line is wider than a terminal of 80 columns" {
	command -v man && command -v groff || skip "no man or no groff"
	for file in "${pages[@]}"; do
		run -0 env MANWIDTH=80 LC_ALL=C.UTF-8 MANPAGER=cat MANOPT= man -l "$file"
		run ! env LC_ALL=C.UTF-8 grep -E '.{81}' \
			<(sed 's/.\x08//g; s/\x1b\[[0-9;]*m//g' <<<"$output")
	done
}

@test "pciaddr-check(1) names every option" {
	command -v mandoc || skip "no mandoc"
	mapfile -t options < <(pciaddr-check --help | grep -oE -- '--[a-z-]+' |
		grep -vxE -- '--(help|version)')
	[ ${#options[@]} -ge 20 ]
	names "$top/docs/pciaddr-check.1" "${options[@]}"
}

@test "pciaddr-check(1) names no option that does not exist" {
	command -v mandoc || skip "no mandoc"
	for option in $(page "$top/docs/pciaddr-check.1" | grep -oE -- ' --[a-z-]+' | sort -u); do
		pciaddr-check --help | grep -qE -- "${option}[ ,:)]|$option\$"
	done
}

@test "fpga-ctl(1) has every command and its options" {
	command -v mandoc || skip "no mandoc"
	[ -e "$fpga_ctl_page" ] || skip "built without help2man"
	for command in $(fpga-ctl --help | sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p'); do
		mapfile -t options < <(fpga-ctl "$command" --help | grep -oE '^ +(-[a-zA-Z], )?--[a-z-]+' |
			grep -oE -- '--[a-z-]+')
		names "$fpga_ctl_page" "$command" "${options[@]}"
	done
}

# known_keys SPECIFICATION: the keys that the program knows where an unknown one is, sorted
known_keys() {
	echo "$1" >"$BATS_TEST_TMPDIR/keys.yaml"
	run -2 pciaddr-check --dump /dev/null --spec "$BATS_TEST_TMPDIR/keys.yaml"
	[[ $output == *"unknown key 'qqqqqqqqqqqqqqqqqqqq'; there are: "* ]] || {
		echo "$1: $output"
		return 1
	}
	grep -oE "there are: .*" <<<"$output" | sed 's/there are: //; s/, /\n/g' | sort
}

# The tables of keys in tools/pciaddr/spec/read*.c are what the program knows; each error about an
# unknown key lists one of them, so that the schema can be held against all of them.
@test "the schema of a specification has just the keys that the program reads" {
	command -v jq || skip "no jq"
	schema=$top/docs/pciaddr-spec.schema.json
	tables=0
	while IFS='|' read -r specification keys; do
		diff <(known_keys "${specification//@/qqqqqqqqqqqqqqqqqqqq: 1}") \
			<(jq -r "[$keys | keys[]] | unique[]" "$schema") || {
			echo "of: $specification"
			return 1
		}
		tables=$((tables + 1))
	done <<-'TABLES'
		{@}|.properties
		rules: {@}|.properties.rules.properties
		ioports: [{@}]|."$defs".claim.properties
		iomem: [{@}]|."$defs".claim.properties
		devices: [{@}]|."$defs".entry.properties
		devices: [{select: {@}}]|."$defs".select.anyOf[1].properties
		devices: [{command: {@}}]|."$defs".entry.properties.command.properties
		devices: [{msi: {@}}]|."$defs".msi.anyOf[1].properties
		devices: [{msix: {@}}]|."$defs".msi.anyOf[1].properties
		devices: [{link: {@}}]|."$defs".entry.properties.link.properties
		devices: [{sriov: {@}}]|."$defs".entry.properties.sriov.properties
		devices: [{acs: {@}}]|."$defs".entry.properties.acs.anyOf[1].properties
		devices: [{bars: {0: {@}}}]|."$defs".bar.anyOf[2].properties
		bridges: [{@}]|."$defs".entry.properties + ."$defs".bridge.properties
		bridges: [{bus: {@}}]|."$defs".bridge.properties.bus.properties
		bridges: [{windows: {@}}]|."$defs".bridge.properties.windows.properties
		bridges: [{windows: {io: {@}}}]|."$defs".window.anyOf[2].properties
	TABLES
	# the keys of "bars" are a pattern in the schema
	pattern=$(jq -r '."$defs".entry.properties.bars.patternProperties | keys[]' "$schema")
	known_keys "devices: [{bars: {qqqqqqqqqqqqqqqqqqqq: 1}}]" >"$BATS_TEST_TMPDIR/bars"
	run ! grep -vE "$pattern" "$BATS_TEST_TMPDIR/bars"
	[ "$(grep -cE "$pattern" "$BATS_TEST_TMPDIR/bars")" = 7 ]
	# a table that is added to the program and not above is noticed
	[ "$tables" -ge 17 ]
	in_source=$(cat "$top"/tools/pciaddr/spec/read*.c | grep -cE '^static const struct yaml_key .*\[\] = \{')
	[ "$in_source" = 16 ] || {
		echo "there are $in_source tables of keys: add the new one to this test"
		return 1
	}
}

@test "pciaddr-spec(5) names every key of the schema" {
	command -v mandoc && command -v jq || skip "no mandoc or no jq"
	mapfile -t keys < <(jq -r '.. | objects | select(has("properties")) |
		.properties | keys[]' "$top/docs/pciaddr-spec.schema.json" | sort -u)
	names "$top/docs/pciaddr-spec.5" "${keys[@]}"
}

@test "emucard(4) names every request, attribute, counter and parameter" {
	command -v mandoc || skip "no mandoc"
	mapfile -t requests < <(sed -nE 's/^#define (EMUCARD_[A-Z_]+)\s+_IO\(.*/\1/p' \
		"$top/include/uapi/linux/emucard.h")
	mapfile -t attributes < <(sed -nE 's,^What:\s+/sys/class/emucard/<card>/([a-z_]+)$,\1,p;
		s/^\t\t  ([a-z_]+)\t? +[a-z].*/\1/p' "$top"/driver/ABI/*)
	mapfile -t parameters < <(sed -nE 's/^module_param[a-z_]*\(([a-z]+),.*/\1/p' "$top"/driver/*.c)
	[ ${#requests[@]} -ge 8 ]
	[ ${#parameters[@]} -ge 3 ]
	names "$top/docs/emucard.4" "${requests[@]}" "${attributes[@]}" "${parameters[@]}"
}
