#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check: its formats and pictures, read by the programs that they are for

bats_require_minimum_version 1.5.0
load pciaddr

# broken: a machine with one failure, as $dump
broken() {
	machine broken
	poke 00:04.0 1c 10 10
}

# on_terminal COLUMNS ARGUMENT...: as a user at a terminal sees it
on_terminal() {
	local columns=$1
	shift
	script -qec "stty cols $columns rows 24; pciaddr-check $*" /dev/null </dev/null |
		tr -d '\r' | sed $'s/\e\\[[0-9;]*m//g'
}

@test "text is broken to the width of a terminal, and is one line for a message elsewhere" {
	broken
	run -1 pciaddr-check --dump "$dump"
	whole=$output
	grep -q '^ *What to do: .\{80\}' <<<"$whole"
	command -v script >/dev/null || skip "the rest: no script(1)"
	for columns in 60 80 120; do
		run on_terminal $columns --dump "$dump"
		# but for words that are longer: the name of the dump, where a value was read
		[ "$(grep -vF "$dump" <<<"$output" | grep -cE ".{$columns}")" = 0 ]
		[ "$(tr -s ' \n' '\n\n' <<<"$output")" = "$(tr -s ' \n' '\n\n' <<<"$whole")" ]
		grep -q '^         What to do: ' <<<"$output"
	done
	LC_ALL=C run on_terminal 80 --tree --dump "$GUEST"
	[ "$(grep -cE '.{80}' <<<"$output")" = 0 ]
	run on_terminal 60 --expct 1
	[ "$(grep -cE '.{60}' <<<"$output")" = 0 ]
	[[ $(tr -s ' \n' ' ' <<<"$output") == *"did you mean '--expect'?"* ]]
}

@test "no byte of a file reaches the terminal as a control character" {
	machine odd
	# escape sequences in a driver's name, in a claim, in a line that is none; C1; bidi; no UTF-8
	odd=$'\e]0;title\a\e[31m\xc2\x9bred\xe2\x80\xae\xff'
	sed -i "s/Kernel driver in use: .*/&$odd/" "$dump"
	sed -i "s/: fpga_pci/&$odd/" "$dump.ioports"
	printf 'stray %s line\n' "$odd" >>"$dump"
	poke 00:04.0 1c 10 10
	cp "$dump.ioports" "$dump.iomem" "$BATS_TEST_TMPDIR"/ 2>/dev/null || true
	mv "$dump" "$dump$odd"
	mv "$dump.ioports" "$dump$odd.ioports"
	cd "$BATS_TEST_TMPDIR"
	export LC_ALL=C.UTF-8
	for format in "--format text" "--format tap" "--format prometheus" "--format json" --tree \
		--map "--expect 0x2000-0x27ff" "--tree --numeric"; do
		# shellcheck disable=SC2086 # words
		pciaddr-check --dump "$dump$odd" $format >"$BATS_TEST_TMPDIR/out" \
			2>"$BATS_TEST_TMPDIR/error" || [ $? = 1 ]
		run ! grep -P '[\x00-\x08\x0b-\x1f\x7f\x{80}-\x{9f}\x{202e}]' \
			"$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/error"
		iconv -f UTF-8 -t UTF-8 "$BATS_TEST_TMPDIR/out" >/dev/null
	done
	run ! pciaddr-check --dump "nothing$odd"
	run ! grep -P '[\x00-\x08\x0b-\x1f\x7f]' <<<"$output"
}

@test "json is JSON, and has every finding with both values" {
	command -v jq >/dev/null || skip "no jq"
	broken
	run -1 pciaddr-check --dump "$dump" --format json
	jq -e '.machines[0] | .status == "fail" and .functions == 11' <<<"$output"
	jq -e '[.machines[0].findings[] | select(.check == "bar-in-window")][0]
		| .status == "fail" and .severity == "high" and .device == "0000:01:01.0"
		and (.values | length == 2) and (.values[0].where | length > 0)
		and (.advice | length > 0)' <<<"$output"
	jq -e '.totals.failed == 1' <<<"$output"
	run -0 pciaddr-check --dump "$GUEST" --dump "$GUEST" --format json
	jq -e '.machines | length == 2' <<<"$output"
	json=$output
	for option in -j --json -qj; do
		run -0 pciaddr-check --jobs 2 --dump "$GUEST" "$option" --dump "$GUEST"
		[ "$output" = "$json" ]
	done
}

@test "json fits its schema, for passes, failures, unknowns and errors" {
	"${PYTHON:-python3}" -c 'import jsonschema' 2>/dev/null || skip "no python3-jsonschema"
	broken
	sed '/^\t/d' "$GUEST" >"$BATS_TEST_TMPDIR/bare"
	for arguments in "--dump $GUEST" "--dump $dump" "--dump $BATS_TEST_TMPDIR/bare" \
		"--dump /dev/null" "--dump $GUEST --expect 0x2000-0x27ff" \
		"--dump $GUEST --dump $dump --expect 0x3000-0x37ff"; do
		# shellcheck disable=SC2086 # words
		pciaddr-check $arguments --format json >"$BATS_TEST_TMPDIR/result.json" || true
		run -0 "${PYTHON:-python3}" -m jsonschema -i "$BATS_TEST_TMPDIR/result.json" \
			"$TOP/docs/pciaddr-check-result.schema.json"
	done
}

@test "json stays JSON whatever a file's name has" {
	command -v jq >/dev/null || skip "no jq"
	odd="$BATS_TEST_TMPDIR/"$'a"\\\n\xff\x01b'
	cp "$GUEST" "$odd"
	pciaddr-check --dump "$odd" --format json >"$BATS_TEST_TMPDIR/result.json"
	jq -e '.machines[0].functions == 11' "$BATS_TEST_TMPDIR/result.json"
	# jq would not mind the byte
	iconv -f UTF-8 -t UTF-8 "$BATS_TEST_TMPDIR/result.json" >/dev/null
	jq -e '.machines[0].name | endswith("/a\"\\\n\ufffd\u0001b")' "$BATS_TEST_TMPDIR/result.json"
}

@test "specifications fit their schema as far as the tool takes them" {
	"${PYTHON:-python3}" -c 'import jsonschema, yaml' 2>/dev/null || skip "no python3-jsonschema or -yaml"
	pciaddr-check --dump "$GUEST" --capture >"$BATS_TEST_TMPDIR/capture.yaml"
	extended_card >"$BATS_TEST_TMPDIR/extended"
	pciaddr-check --dump "$BATS_TEST_TMPDIR/extended" --capture >"$BATS_TEST_TMPDIR/extended.yaml"
	grep -q "acs:.*on" "$BATS_TEST_TMPDIR/extended.yaml"
	for file in "$BATS_TEST_TMPDIR"/{capture,extended}.yaml "$TOP"/examples/*.yaml; do
		"${PYTHON:-python3}" -c 'import json, sys, yaml
json.dump(yaml.load(open(sys.argv[1]), yaml.BaseLoader), open(sys.argv[2], "w"))' \
			"$file" "$BATS_TEST_TMPDIR/spec.json"
		run -0 "${PYTHON:-python3}" -m jsonschema -i "$BATS_TEST_TMPDIR/spec.json" \
			"$TOP/docs/pciaddr-spec.schema.json"
	done
	echo '{"devices": [{"select": "1234:f96a", "bras": {}}]}' >"$BATS_TEST_TMPDIR/spec.json"
	run -1 "${PYTHON:-python3}" -m jsonschema -i "$BATS_TEST_TMPDIR/spec.json" \
		"$TOP/docs/pciaddr-spec.schema.json"
}

# keys: what the tables in the sources let a specification have
keys() {
	grep -hoE '^\s*\{ "[a-z0-9-]+", [a-z_0-9]*read_' "$TOP"/tools/pciaddr/spec/read*.c |
		sed -E 's/.*"(.*)".*/\1/' | sort -u
}

@test "the schema and the manual have every key of a specification, and no other" {
	[ "$(keys | wc -l)" -gt 50 ]
	# of the manual: each key as a word; BARs by number stand together
	for key in $(keys | grep -vx '[0-5]'); do
		grep -qE "^\.(It )?(Ic|Sm).*[ ,]$key( |\$|,)|^\.Ic $key( |\$)|Ic $key\b|, $key\b" \
			"$TOP/docs/pciaddr-spec.5" || {
			echo "$key is not in pciaddr-spec.5"
			return 1
		}
	done
	command -v jq >/dev/null || skip "the rest: no jq"
	diff <(jq -r '.. | objects | .properties? // empty | keys[]' \
		"$TOP/docs/pciaddr-spec.schema.json" | grep -vx '[0-5]\|rom' | sort -u) \
		<(keys | grep -vx '[0-5]\|rom')
}

@test "tap: a plan, numbered tests, not ok for failures and for what cannot be told" {
	broken
	run -1 pciaddr-check --dump "$dump" --format tap
	[[ ${lines[0]} == "TAP version 13" ]]
	count=$(grep -cE '^(not )?ok ' <<<"$output")
	grep -qx "1..$count" <<<"$output"
	diff <(grep -oE '^(not )?ok [0-9]+' <<<"$output" | grep -oE '[0-9]+') <(seq "$count")
	grep -qE '^not ok [0-9]+ - bar-in-window 0000:01:01.0 BAR 0: ' <<<"$output"
	sed '/^\t/d' "$GUEST" >"$BATS_TEST_TMPDIR/bare"
	run -3 pciaddr-check --dump "$BATS_TEST_TMPDIR/bare" --format tap
	grep -qE '^not ok [0-9]+ - bar-in-window' <<<"$output"
	grep -qE '^ok [0-9]+ - ioports-claim: .* # SKIP' <<<"$output"
}

@test "junit is XML with the right numbers" {
	command -v xmllint >/dev/null || skip "no xmllint"
	broken
	pciaddr-check --dump "$dump" --dump /dev/null --format junit \
		>"$BATS_TEST_TMPDIR/junit.xml" || true
	value() { xmllint --xpath "string($1)" "$BATS_TEST_TMPDIR/junit.xml"; }
	[ "$(value 'count(//testsuite)')" = 2 ]
	[ "$(value '//testsuite[1]/@tests')" = "$(value 'count(//testsuite[1]/testcase)')" ]
	[ "$(value '//testsuite[1]/@failures')" = "$(value 'count(//testsuite[1]//failure)')" ]
	[ "$(value '//testsuite[2]/@errors')" = 1 ]
	[ "$(value 'count(//testcase[@classname="bar-in-window"]/failure)')" -ge 1 ]
}

@test "prometheus: every sample has its help and type, and promtool agrees" {
	broken
	pciaddr-check --dump "$GUEST" --dump "$dump" --format prometheus \
		>"$BATS_TEST_TMPDIR/pciaddr.prom" || true
	grep -qE '^pciaddr_check_status\{machine="guest"\} 0$' \
		"$BATS_TEST_TMPDIR/pciaddr.prom"
	grep -qE '^pciaddr_check_results\{.*check="bar-in-window",.*outcome="fail"\} 1$' \
		"$BATS_TEST_TMPDIR/pciaddr.prom"
	run ! grep -vE '^(# (HELP|TYPE) pciaddr_check_[a-z_]+ .+|pciaddr_check_[a-z_]+\{.*\} [0-9]+)$' \
		"$BATS_TEST_TMPDIR/pciaddr.prom"
	command -v promtool >/dev/null || skip "the rest: no promtool"
	promtool check metrics <"$BATS_TEST_TMPDIR/pciaddr.prom"
}

@test "node exporter serves the textfile" {
	exporter=$(command -v prometheus-node-exporter) || skip "no prometheus-node-exporter"
	command -v curl >/dev/null || skip "no curl"
	mkdir "$BATS_TEST_TMPDIR/textfile"
	pciaddr-check --dump "$GUEST" --format prometheus \
		>"$BATS_TEST_TMPDIR/textfile/pciaddr.prom"
	"$exporter" --web.listen-address=127.0.0.1:19100 --collector.disable-defaults \
		--collector.textfile --collector.textfile.directory="$BATS_TEST_TMPDIR/textfile" \
		>"$BATS_TEST_TMPDIR/log" 2>&1 3>&- &
	pid=$!
	for _ in {1..50}; do
		curl -sf http://127.0.0.1:19100/metrics >"$BATS_TEST_TMPDIR/metrics" && break
		sleep 0.2
	done
	kill "$pid"
	wait "$pid" || true
	grep -q '^pciaddr_check_results{.*bar-in-window' "$BATS_TEST_TMPDIR/metrics"
	grep -q '^node_textfile_scrape_error 0' "$BATS_TEST_TMPDIR/metrics"
}

@test "--tree shows every device, bus and BAR, and marks failures" {
	broken
	run -1 pciaddr-check --dump "$dump" --tree
	for text in "0000:00" "04.0  1011:0026" "bus 01-01" "I/O window 0x1000-0x1fff" \
		"01.0  1234:f96a" "[fpga_pci]" "BAR 2  memory64  0xfd000000-0xfdffffff  16 MiB"; do
		grep -qF -- "$text" <<<"$output"
	done
	grep -E 'BAR 0  io  0x2000-0x27ff .*bar-in-window' <<<"$output"
	run -0 pciaddr-check --dump "$GUEST" --tree
	LC_ALL=C run -0 pciaddr-check --dump "$GUEST" --tree
	! grep -qP '[^\x00-\x7f]' <<<"$output"
}

@test "--map shows ranges, holes and collisions, and fits the terminal" {
	machine twice
	poke 00:01.1 20 01 20
	for columns in 40 60 80 120 200; do
		LC_ALL=C COLUMNS=$columns run -0 pciaddr-check --dump "$dump" --map
		[ "$columns" -lt 60 ] || ! grep -qE ".{$((columns + 1))}" <<<"$output"
	done
	# both sides of a collision, also where a line is short
	for columns in 60 80; do
		LC_ALL=C COLUMNS=$columns run -0 pciaddr-check --dump "$dump" --map
		grep -E '^2000-200f .*0000:00:01.1 BAR 4' <<<"$output"
		grep -F 'COLLIDES with 0000:01:01.0 BAR 0' <<<"$output"
		[ "$(grep -cE ".{$((columns + 1))}" <<<"$output")" = 0 ]
	done
	LC_ALL=C COLUMNS=200 run -0 pciaddr-check --dump "$dump" --map
	grep -E '^2800-2fff .* 2 KiB .*free' <<<"$output"
	grep -E '^2000-27ff .*0000:01:01.0 BAR 0  fpga_pci' <<<"$output"
	grep -E '^2000-200f .*0000:00:01.1 BAR 4.*COLLIDES' <<<"$output"
}

@test "--draw writes an SVG that renders, and never overwrites unasked" {
	broken
	run -1 pciaddr-check --dump "$dump" --draw "$BATS_TEST_TMPDIR/a.svg"
	grep -q '✗ bar-in-window' "$BATS_TEST_TMPDIR/a.svg"
	grep -q 'BAR 0 I/O 0x2000-0x27ff' "$BATS_TEST_TMPDIR/a.svg"
	run --separate-stderr -2 pciaddr-check --dump "$dump" --draw "$BATS_TEST_TMPDIR/a.svg"
	[[ $stderr == *"is there already"*--force* ]]
	run -1 pciaddr-check --dump "$dump" --draw "$BATS_TEST_TMPDIR/a.svg" --force
	run -2 pciaddr-check --dump "$dump" --draw "$BATS_TEST_TMPDIR/a.png"
	[ ! -e "$BATS_TEST_TMPDIR/a.png" ]
	run -0 pciaddr-check --dump "$GUEST" --draw -.svg
	[[ $output == "<?xml"* ]]
	command -v xmllint >/dev/null || skip "the rest: no xmllint"
	xmllint --noout "$BATS_TEST_TMPDIR/a.svg"
	command -v rsvg-convert >/dev/null || skip "the rest: no rsvg-convert"
	rsvg-convert "$BATS_TEST_TMPDIR/a.svg" -o "$BATS_TEST_TMPDIR/a.png"
	[ -s "$BATS_TEST_TMPDIR/a.png" ]
}

@test "--draw makes rows of what would be a long column" {
	# two domains of 16 root ports with switches, all in a page that can be looked at
	command -v "${PYTHON:-python3}" >/dev/null || skip "no python3"
	"${PYTHON:-python3}" "$TOP/selftests/pciaddr/make-dump" -v 400 >"$BATS_TEST_TMPDIR/large"
	pciaddr-check --numeric --dump "$BATS_TEST_TMPDIR/large" --draw "$BATS_TEST_TMPDIR/a.svg"
	read -r width height < <(sed -nE 's/^<svg .* width="([0-9]+)" height="([0-9]+)".*/\1 \2/p' \
		"$BATS_TEST_TMPDIR/a.svg")
	[ $((width * 3)) -gt "$height" ]
	[ $((height * 3)) -gt "$width" ]
	pciaddr-check --numeric --dump "$BATS_TEST_TMPDIR/large" --draw "$BATS_TEST_TMPDIR/a.dot"
	command -v dot >/dev/null || skip "the rest: no dot"
	timeout 60 dot -Tsvg "$BATS_TEST_TMPDIR/a.dot" -o "$BATS_TEST_TMPDIR/dot.svg"
}

@test "--draw writes a graph that Graphviz takes" {
	run -0 pciaddr-check --dump "$GUEST" --draw "$BATS_TEST_TMPDIR/a.dot"
	grep -q '1234:f96a' "$BATS_TEST_TMPDIR/a.dot"
	command -v dot >/dev/null || skip "the rest: no dot"
	run -0 dot -Tsvg "$BATS_TEST_TMPDIR/a.dot" -o "$BATS_TEST_TMPDIR/dot.svg"
	[ -z "$output" ]
	grep -q 1234:f96a "$BATS_TEST_TMPDIR/dot.svg"
	# text that is no markup of Graphviz's
	cp "$GUEST" "$BATS_TEST_TMPDIR/<b>&\"x"
	pciaddr-check --dump "$BATS_TEST_TMPDIR/<b>&\"x" --draw "$BATS_TEST_TMPDIR/b.dot"
	run -0 dot -Tsvg "$BATS_TEST_TMPDIR/b.dot" -o "$BATS_TEST_TMPDIR/dot.svg"
	[ -z "$output" ]
}

@test "a picture stays markup whatever a file's name has" {
	odd="$BATS_TEST_TMPDIR/"$'<a>"&\n\xff\x01b'
	cp "$GUEST" "$odd"
	pciaddr-check --dump "$odd" --draw -.svg >"$BATS_TEST_TMPDIR/a.svg"
	grep -q $'&lt;a&gt;&quot;&amp;\xef\xbf\xbdb' "$BATS_TEST_TMPDIR/a.svg"
	command -v xmllint >/dev/null || skip "the rest: no xmllint"
	xmllint --noout "$BATS_TEST_TMPDIR/a.svg"
}

@test "views of every dump of the corpus" {
	[ -d "$CORPUS" ] || skip "no corpus of pciutils beside this tree"
	for file in "$CORPUS"/*; do
		pciaddr-check --dump "$file" --tree >/dev/null || [ $? = 1 ]
		pciaddr-check --dump "$file" --map >/dev/null
		pciaddr-check --dump "$file" --draw -.svg >"$BATS_TEST_TMPDIR/a.svg" || [ $? = 1 ]
		! command -v xmllint >/dev/null || xmllint --noout "$BATS_TEST_TMPDIR/a.svg"
		pciaddr-check --dump "$file" --draw -.dot >"$BATS_TEST_TMPDIR/a.dot" || [ $? = 1 ]
		[[ $file != */tree-* ]] || ! command -v dot >/dev/null ||
			[ -z "$(dot -Tcanon "$BATS_TEST_TMPDIR/a.dot" 2>&1 >/dev/null)" ]
	done
}

@test "openmetrics: as prometheus, with its end" {
	broken
	run -1 pciaddr-check --dump "$GUEST" --dump "$dump" -f prometheus
	local metrics=$output
	run -1 pciaddr-check --dump "$GUEST" --dump "$dump" -f openmetrics
	[ "$output" = "$metrics"$'\n# EOF' ]
}

@test "nagios: one line with performance data, and its exit statuses" {
	broken
	run -0 pciaddr-check --dump "$GUEST" -f nagios
	[[ $output == "PCIADDR OK - "*" checks passed on 1 machine | passed="*" failed=0;;0;0 unknown="* ]]
	run -2 pciaddr-check --dump "$dump" -f nagios
	[ "${#lines[@]}" = 1 ]
	[[ $output == "PCIADDR CRITICAL - "*": 0000:"*" | "*failed=[1-9]* ]]
	run -2 pciaddr-check --dump "$GUEST" --dump "$dump" -f nagios
	[[ $output == *" - $dump: "*" machines=2;;;0" ]]
	# what is not so bad, what is not known, what cannot be read, and wrong usage
	machine low
	poke 00:04.0 18 05
	run -1 pciaddr-check --dump "$dump" -f nagios
	[[ $output == "PCIADDR WARNING - bus-primary: "* ]]
	printf '00:01.0 PCI bridge: x\n' >"$dump"
	run -3 pciaddr-check --dump "$dump" -f nagios
	[[ $output == "PCIADDR UNKNOWN - "* ]]
	run -3 --separate-stderr pciaddr-check --dump /nonexistent -f nagios
	[[ $output == "PCIADDR UNKNOWN - /nonexistent: "*" | "* ]]
	run -3 pciaddr-check -f nagios --spec /nonexistent
	run -3 pciaddr-check -f nagios --wrong
}
