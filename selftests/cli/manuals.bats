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
