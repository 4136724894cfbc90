#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check: the forms in which people have a machine's dump. The demo's guest in each
# disguise must be what it is without one.

bats_require_minimum_version 1.5.0
load pciaddr

# findings FILE: what pciaddr-check says of a dump, without where it was read
findings() {
	pciaddr-check --dump "$1" | sed -E "s#[^ (]*/(form|plain)(\.ioports|\.iomem)?(:[0-9]+)?#FILE\2#g"
}

# same FILE: nothing is lost of the guest, and nothing is warned of
same() {
	findings "$1" >"$BATS_TEST_TMPDIR/found" 2>"$BATS_TEST_TMPDIR/errors" || true
	! grep ^warning "$BATS_TEST_TMPDIR/found" || return
	diff "$BATS_TEST_TMPDIR/expected" "$BATS_TEST_TMPDIR/found" &&
		[ ! -s "$BATS_TEST_TMPDIR/errors" ]
}

setup() {
	form=$BATS_TEST_TMPDIR/form
	cp "$GUEST" "$BATS_TEST_TMPDIR/plain"
	findings "$BATS_TEST_TMPDIR/plain" >"$BATS_TEST_TMPDIR/expected"
	# so that the comparison is of something
	grep -q '11 PCI functions' "$BATS_TEST_TMPDIR/expected"
}

@test "packed by gzip, xz and zstd, also in several parts, from a file and a pipe" {
	gzip -c "$GUEST" >"$form" && same "$form"
	head -n 50 "$GUEST" | gzip >"$form"
	tail -n +51 "$GUEST" | gzip >>"$form"
	same "$form"
	xz -c "$GUEST" >"$form" && same "$form"
	command -v zstd >/dev/null || skip "no zstd to pack with"
	zstd -qc "$GUEST" >"$form" && same "$form"
	run -0 pciaddr-check --dump - <"$form"
	[[ $output == *"11 PCI functions"* ]]
}

# beside NAME COMMAND...: the guest as NAME with its /proc files and a log, each through COMMAND;
# its suffix is $packed
beside() {
	local name=$1 part
	shift
	rm -f "$BATS_TEST_TMPDIR"/m*
	"$@" <"$GUEST.ioports" >"$BATS_TEST_TMPDIR/$name.ioports$packed"
	"$@" <"$GUEST.iomem" >"$BATS_TEST_TMPDIR/$name.iomem$packed"
	echo "[ 1.0] pci 0000:01:01.0: BAR 3 [mem size 0x02000000]: can't assign; no space" | "$@" \
		>"$BATS_TEST_TMPDIR/$name.dmesg$packed"
}

# all_taken: all three have been
all_taken() {
	run pciaddr-check --dump "$1"
	outcome ok ioports-claim
	outcome ok iomem-claim
	fails_with log-no-space "0000:01:01.0"
	run pciaddr-check --dump "$BATS_TEST_TMPDIR" --format json
	[ "$(jq '[.machines[].name] | map(select(endswith("/form") or endswith("/plain") | not)) |
		length' <<<"$output")" = 1 ]
}

@test "packed files beside a dump, packed or not, are taken, and are no machines" {
	rm "$BATS_TEST_TMPDIR/expected"
	for packer in gzip:.gz xz:.xz "zstd -q:.zst" cat:; do
		packed=${packer#*:} command=(${packer%:*})
		command -v "${command[0]}" >/dev/null || continue
		beside m "${command[@]}"
		cp "$GUEST" "$BATS_TEST_TMPDIR/m"
		all_taken "$BATS_TEST_TMPDIR/m"
		mv "$BATS_TEST_TMPDIR/m" "$BATS_TEST_TMPDIR/m.other"
		gzip -c "$GUEST" >"$BATS_TEST_TMPDIR/m.gz"
		rm "$BATS_TEST_TMPDIR/m.other"
		all_taken "$BATS_TEST_TMPDIR/m.gz"
		beside m.gz "${command[@]}"
		gzip -c "$GUEST" >"$BATS_TEST_TMPDIR/m.gz"
		all_taken "$BATS_TEST_TMPDIR/m.gz"
	done
	# what is not packed comes first
	packed=.gz
	beside m gzip
	cp "$GUEST" "$BATS_TEST_TMPDIR/m"
	: >"$BATS_TEST_TMPDIR/m.dmesg"
	run pciaddr-check --dump "$BATS_TEST_TMPDIR/m"
	no_failures
}

@test "a log or a copy of /proc that cannot be read is an error" {
	for option in ioports iomem dmesg; do
		run -2 pciaddr-check --dump "$GUEST" "--$option" "$BATS_TEST_TMPDIR/none"
		[[ $output == *"$BATS_TEST_TMPDIR/none: No such file"* ]]
		printf '\x1f\x8b' >"$form"
		run -2 pciaddr-check --dump "$GUEST" "--$option" "$form"
	done
}

@test "packed data that are cut off or damaged: what came before counts, with a warning" {
	gzip -c "$GUEST" >"$form"
	truncate -s "$(($(stat -c %s "$form") / 2))" "$form"
	run pciaddr-check --dump "$form"
	[ "$status" -le 3 ]
	[[ $output == *"warning"*"the packed data are cut off here"* ]]
	xz -c "$GUEST" >"$form"
	printf 'xxxx' | dd of="$form" bs=1 seek=1500 conv=notrunc status=none
	run pciaddr-check --dump "$form"
	[ "$status" -le 3 ]
	[[ $output == *"damaged"* ]]
	printf '\x1f\x8b' >"$form"
	run -2 pciaddr-check --dump "$form"
}

@test "a bomb ends at a bound, and not in the machine's memory" {
	# its first bytes are a good dump, which must count all the same
	{ cat "$GUEST" && head -c 300M /dev/zero; } | gzip -1 >"$form"
	run -0 "${PYTHON:-python3}" -c '
import resource, subprocess, sys
status = subprocess.run(["pciaddr-check", "--dump", sys.argv[1]], timeout=120).returncode
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print("peak", peak, "KiB")
sys.exit(status if peak < 200000 else 9)' "$form"
	[[ $output == *"11 PCI functions"* && $output == *"unpacks to more than 256 MiB"* ]]
}

@test "what is known not to be text is named" {
	printf 'PK\x03\x04abcdefghijklmnop' >"$form"
	run -2 pciaddr-check --dump "$form"
	[[ $output == *"a zip archive; unpack it first"* ]]
	printf 'BZh91AY&SYabcdefghij' >"$form"
	run -2 pciaddr-check --dump "$form"
	[[ $output == *"bzip2 -d"* ]]
}

@test "UTF-16 with and without a byte order mark, UTF-8 with one" {
	for encoding in UTF-16 UTF-16LE UTF-16BE; do
		iconv -f UTF-8 -t "$encoding" "$GUEST" >"$form" && same "$form"
	done
	{ printf '\xfe\xff' && iconv -f UTF-8 -t UTF-16BE "$GUEST"; } >"$form" && same "$form"
	{ printf '\xef\xbb\xbf' && cat "$GUEST"; } >"$form" && same "$form"
	iconv -f UTF-8 -t UTF-16 "$GUEST" | gzip >"$form" && same "$form"
}

@test "line ends of DOS, and of a serial console" {
	sed 's/$/\r/' "$GUEST" >"$form" && same "$form"
	sed 's/$/\r\r/' "$GUEST" >"$form" && same "$form"
}

@test "quotes of mail, one in the other too" {
	sed 's/^/> /' "$GUEST" >"$form" && same "$form"
	sed 's/^/>/' "$GUEST" >"$form" && same "$form"
	sed 's/^/> >> /' "$GUEST" >"$form" && same "$form"
	sed 's/^/| /' "$GUEST" >"$form" && same "$form"
	sed 's/^/> /; s/ *$//' "$GUEST" >"$form" && same "$form"
}

@test "indented as a whole, by blanks or by a tab" {
	sed 's/^/    /' "$GUEST" >"$form" && same "$form"
	sed 's/^/\t/' "$GUEST" >"$form" && same "$form"
	sed 's/^/ /' "$GUEST" >"$form" && same "$form"
}

@test "details behind blanks instead of a tab, or behind nothing" {
	sed 's/\t/        /g' "$GUEST" >"$form" && same "$form"
	sed 's/\t/  /g' "$GUEST" >"$form" && same "$form"
	sed 's/\t/ /g' "$GUEST" >"$form" && same "$form"
	sed 's/\t/        /g; s/^/> /' "$GUEST" >"$form" && same "$form"
	expand -t 4 "$GUEST" | sed 's/^/    /' >"$form" && same "$form"
}

@test "no-break spaces, of UTF-8 and of Latin 1" {
	sed 's/ /\xc2\xa0/g' "$GUEST" >"$form" && same "$form"
	sed 's/\t/        /; s/ /\xa0/g' "$GUEST" >"$form" && same "$form"
}

@test "characters as HTML writes them, and tags around the text" {
	sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g' "$GUEST" >"$form" && same "$form"
	sed 's/&/\&amp;/g; s/</\&#60;/g; s/>/\&#x3e;/g; s/ /\&nbsp;/g' "$GUEST" >"$form" && same "$form"
	{
		printf '<pre>' && sed 's/</\&lt;/g; s/>/\&gt;/g' "$GUEST" && echo '</pre>'
	} >"$form" && same "$form"
	sed 's/</\&lt;/g; s/>/\&gt;/g; s/$/<br>/' "$GUEST" >"$form" && same "$form"
	sed 's/</\&lt;/g; s/>/\&gt;/g; s/$/<br \/>/' "$GUEST" | tr -d '\n' >"$form" && same "$form"
}

@test "a web page of which a pipe first gives a line without tags" {
	echo words >"$form.begin"
	sed 's/</\&lt;/g; s/>/\&gt;/g; s/$/<br>/' "$GUEST" | tr -d '\n' >"$form.rest"
	cat "$form.begin" "$form.rest" >"$form"
	{
		cat "$form.begin" && sleep 0.5 && cat "$form.rest"
	} | pciaddr-check --dump - | sed -E 's/standard input(:[0-9]+)?/FILE/' >"$form.found"
	grep -q '11 PCI functions' "$form.found"
	diff <(findings "$form") "$form.found"
}

@test "colours of a terminal" {
	sed 's/^\([0-9a-f:.]*\) /\x1b[1;33m\1\x1b[0m /' "$GUEST" >"$form" && same "$form"
}

@test "prefixes of syslog, journal and dmesg" {
	for prefix in 'Feb 21 10:00:01 host root: ' 'Feb  1 10:00:01 xps-13 lspci[123]: ' \
		'2025-03-18T10:00:01+01:00 host kernel: ' '2025-03-18T10:00:01.123456+0100 host lspci[1]: ' \
		'2025-03-18 10:00:01,123 ' '1742288401.123456 host lspci[12]: ' '[    0.198415] ' \
		'[    0.198415][    T1] ' '<6>[   12.345678] ' 'kern  :info  : [    6.1] ' \
		'[Tue Mar 24 07:10:54 2026] ' '[  +0.000018] ' 'Feb 21 10:00:01 host kernel: [   12.3] ' \
		'Mär 24 10:00:01 host lspci: ' '[   12.345678] host lspci[12]: '; do
		sed "s/^/$prefix/" "$GUEST" >"$form"
		same "$form" || { echo "prefix: $prefix"; return 1; }
		sed "s/^\t/#011/; s/^/$prefix/; s/ *$//" "$GUEST" >"$form"
		same "$form" || { echo "prefix, tabs escaped: $prefix"; return 1; }
	done
}

@test "blank lines between the rows" {
	sed 'G' "$GUEST" >"$form" && same "$form"
	sed '/^[0-9a-f]0: /s/$/\n/' "$GUEST" >"$form" && same "$form"
}

@test "a line of the kernel's log within a row, and between rows" {
	sed '20i [   12.345678] usb 1-1: new high-speed USB device number 2' "$GUEST" >"$form"
	same "$form"
	sed -E '20s/^(.{21})(.*)/\1[   12.345678] usb 1-1: new high-speed USB device\n\2/' "$GUEST" >"$form"
	! diff -q "$form" "$GUEST"
	same "$form"
	sed -E '20s/^(.{21})(.*)/\1\n[   12.345678] usb 1-1: something\n\2/' "$GUEST" >"$form"
	same "$form"
}

@test "a row that stays too short is a warning, and unknown" {
	sed -E '20s/^(.{21}).*/\1/' "$GUEST" >"$form"
	run pciaddr-check --dump "$form"
	[[ $output == *":20: fewer than 16 bytes"* ]]
}

# without_hex FILE: the guest's text as 'lspci -vv' writes it
without_hex() { sed -E '/^[0-9a-f]+: /d' "$GUEST" >"$1"; }

# record OPTION: what lspci writes with this option alone
record() {
	case $1 in
	-v*) sed -E '/^[0-9a-f]+: /d' "$GUEST" ;;
	-x*) sed -E '/^\t/d' "$GUEST" ;;
	esac
}

# value CHECK FILE: how many of this check passed, failed, are unknown
counts() {
	pciaddr-check --dump "$2" --format json |
		jq -r --arg check "$1" '.machines[0].checks[] | select(.check == $check) |
			"\(.pass) \(.fail) \(.unknown)"'
}

@test "text and hex as two records are one machine, in either order" {
	{ record -vv && echo && record -xxxx; } >"$form" && same "$form"
	{ record -xxxx && echo && record -vv; } >"$form" && same "$form"
	{ record -vv && echo && record -xxxx && echo && cat "$GUEST"; } >"$form" && same "$form"
}

@test "two records that contradict each other: the first counts, and it is said" {
	machine other
	poke 01:01.0 10 01 30
	{ cat "$GUEST" && echo && cat "$dump"; } >"$form"
	run pciaddr-check --dump "$form"
	[[ $output == *"0000:01:01.0 comes a second time, with other config space"* ]]
	pciaddr-check --dump "$form" --tree | grep -q 0x2000-0x27ff
}

@test "text without hex: bus numbers, windows, regions and decoding are checked" {
	without_hex "$form"
	cp "$GUEST.ioports" "$form.ioports"
	cp "$GUEST.iomem" "$form.iomem"
	run -0 pciaddr-check --dump "$form"
	[[ $output == *"11 PCI functions, 1 bridge, 2 buses"* && $output != *warning* ]]
	for check in bus-numbers window-in-window bridge-decode bridge-master bar-in-window \
		bar-overlap bar-aligned; do
		[ "$(counts "$check" "$form")" = "$(counts "$check" "$GUEST")" ] || {
			echo "$check: $(counts "$check" "$form"), not $(counts "$check" "$GUEST")"
			return 1
		}
	done
	# the same ports, in the same window, claimed by the same driver
	run -0 pciaddr-check --dump "$form" --ioports "$GUEST.ioports" --expect 0x2000-0x27ff@01:01.0
}

@test "text without hex: a fault is found, and the line of text is named" {
	without_hex "$form"
	number=$(grep -n 'I/O behind bridge: 0*2000-' "$form" | cut -d: -f1)
	[ -n "$number" ]
	sed -i "${number}s/2000-\(0*\)2fff/3000-\13fff/" "$form"
	run -1 pciaddr-check --dump "$form"
	fails_with bar-in-window "BAR 0 0x2000-0x27ff" "I/O window 0x3000-0x3fff" \
		":$number, lspci's text: the kernel's, or the register's"
	without_hex "$form"
	number=$(grep -n '^01:01.0' "$form" | cut -d: -f1)
	sed -i "$((number + 1)),\$s/I\/O+ Mem+/I\/O- Mem+/" "$form"
	run -1 pciaddr-check --dump "$form" --ioports "$GUEST.ioports" --expect 0x2000-0x27ff
	[[ $output == *"decod"* ]]
}

@test "text without hex: capabilities are what their registers say" {
	without_hex "$form"
	for file in "$form" "$GUEST"; do
		pciaddr-check --numeric --dump "$file" --capture | grep -E '^ +(msi|msix|link|pcie)' || true
	done >"$BATS_TEST_TMPDIR/capabilities"
	lines=$(wc -l <"$BATS_TEST_TMPDIR/capabilities")
	[ "$((lines % 2))" = 0 ]
	diff <(head -n $((lines / 2)) "$BATS_TEST_TMPDIR/capabilities") \
		<(tail -n $((lines / 2)) "$BATS_TEST_TMPDIR/capabilities")
}

# alike: the form says what the guest's text without hex says, without a warning
alike() {
	diff <(pciaddr-check --dump "$BATS_TEST_TMPDIR/words" 2>&1 | sed -E 's#[^ (]*/words(:[0-9]+)?#FILE#g') \
		<(pciaddr-check --dump "$form" 2>&1 | sed -E 's#[^ (]*/form(:[0-9]+)?#FILE#g')
}

@test "text without hex: lines that a mail program has broken" {
	without_hex "$BATS_TEST_TMPDIR/words"
	for width in 65 72 76 78 100; do
		fold -s -w $width "$BATS_TEST_TMPDIR/words" >"$form"
		[ "$(wc -l <"$form")" -gt "$(wc -l <"$BATS_TEST_TMPDIR/words")" ]
		alike || { echo "at $width columns" && return 1; }
		sed -i 's/^/> /' "$form"
		alike || { echo "quoted, at $width columns" && return 1; }
		fold -s -w $width "$BATS_TEST_TMPDIR/words" | sed -E 's/^[ \t]+//' >"$form"
		alike || { echo "without indentation, at $width columns" && return 1; }
	done
	# what follows a short line is not its rest
	printf 'Thanks for looking at this.\n' >>"$form"
	run pciaddr-check --dump "$form"
	[[ $output == *"warning"*"not a line of lspci's, left out: Thanks"* ]]
}

@test "text without hex: all of the indentation lost" {
	words=$BATS_TEST_TMPDIR/words
	without_hex "$words"
	sed -E 's/^[ \t]+//' "$words" >"$form"
	alike
	command -v lspci >/dev/null || skip "no lspci"
	# capabilities of all kinds
	for file in "$CORPUS"/{cap-pcie-2,cap-ea-1,tree-asus-p6t6,tree-fujitsu-p8010,cap-rebar}; do
		[ -f "$file" ] || continue
		lspci -vvv -F "$file" >"$words"
		sed -E 's/^[ \t]+//' "$words" >"$form"
		alike
	done
}

@test "text without hex: what word processors make of blanks, dashes and quotes" {
	without_hex "$BATS_TEST_TMPDIR/words"
	for change in 's/-/\xe2\x80\x93/g' 's/-/\xe2\x88\x92/g' 's/-/\xe2\x80\x91/g' 's/^\t/\xe3\x80\x80/' \
		's/ /\xe2\x80\x89/g' 's/:/:\xe2\x80\x8b/g' 's/^\t/\xef\xbb\xbf\t/'; do
		sed "$change" "$BATS_TEST_TMPDIR/words" >"$form"
		run ! cmp -s "$form" "$BATS_TEST_TMPDIR/words"
		alike || { echo "$change" && return 1; }
	done
	# a window of which not even that is left is unknown, and not closed
	sed -E '/behind bridge/s/([0-9a-f]{8})-/\1 to /' "$BATS_TEST_TMPDIR/words" >"$form"
	run pciaddr-check --dump "$form"
	no_failures
}

@test "line numbers in front, and line ends of old Macs" {
	without_hex "$BATS_TEST_TMPDIR/words"
	cat -n "$BATS_TEST_TMPDIR/words" >"$form" && alike
	nl -ba "$BATS_TEST_TMPDIR/words" >"$form" && alike
	tr '\n' '\r' <"$BATS_TEST_TMPDIR/words" >"$form" && alike
	cat -n "$GUEST" >"$form" && same "$form"
}

@test "lspci's machine-readable forms have ids, and nothing of addresses" {
	cat >"$BATS_TEST_TMPDIR/vmm" <<-'END'
		Slot:	00:04.0
		Class:	PCI bridge [0604]
		Vendor:	Made up [1234]
		Device:	Bridge [0001]
		Rev:	02

		Slot:	00:05.0
		Class:	IDE interface [0101]
		Vendor:	Made up [1234]
		Device:	Disks [7010]
		SVendor:	Made up [1af4]
		SDevice:	Disks [1100]
		PhySlot:	5
		ProgIf:	80
		Driver:	ata_piix
		Module:	ata_piix
		NUMANode:	0

		Slot:	01:00.0
		Class:	Ethernet controller [0200]
		Vendor:	Made up [1234]
		Device:	Card, "big" [0002]
	END
	cat >"$BATS_TEST_TMPDIR/mm" <<-'END'
		00:04.0 "PCI bridge [0604]" "Made up [1234]" "Bridge [0001]" -r02 "" ""
		00:05.0 "IDE interface [0101]" "Made up [1234]" "Disks [7010]" -p80 "Made up [1af4]" "Disks [1100]"
		01:00.0 "Ethernet controller [0200]" "Made up [1234]" "Card, \"big\" [0002]" "" ""
	END
	for file in vmm mm; do
		run -3 pciaddr-check --dump "$BATS_TEST_TMPDIR/$file"
		[[ $output == *"3 PCI functions"* && $output != *warning* ]]
		# nothing says what leads to bus 01
		outcome unknown source-complete "whether a bridge leads to its bus was not read"
		run -0 pciaddr-check --numeric --dump "$BATS_TEST_TMPDIR/$file" --tree
		[[ $output == *"04.0  1234:0001"* && $output == *"05.0  1234:7010  IDE"* &&
			$output == *"00.0  1234:0002  Ethernet"* ]] || { echo "$output" && return 1; }
		run -0 pciaddr-check --numeric --dump "$BATS_TEST_TMPDIR/$file" --capture
		[[ $output == *'class: "010180"'* && $output == *"revision: 0x02"* ]] || { echo "$output" && return 1; }
	done
	[[ $(pciaddr-check --dump "$BATS_TEST_TMPDIR/vmm" --capture) == *'driver: "ata_piix"'* ]]
	# names alone, as without -nn, and lspci without -v
	sed -E 's/ \[[0-9a-f]{4}\]//g' "$BATS_TEST_TMPDIR/mm" >"$form"
	run -3 pciaddr-check --dump "$form"
	outcome unknown source-complete
	printf '00:04.0 PCI bridge: Made up\n01:00.0 Ethernet controller: Made up\n' >"$form"
	run -3 pciaddr-check --dump "$form"
	outcome unknown source-complete "whether a bridge leads to its bus was not read"
}

@test "lspci -P and -PP, which have the way through the bridges" {
	words=$BATS_TEST_TMPDIR/words
	without_hex "$words"
	sed 's#^01:01\.0#00:04.0/01:01.0#' "$words" >"$form" && alike
	sed 's#^01:01\.0#00:04.0/01.0#' "$words" >"$form" && alike
	printf '00:04.0 PCI bridge: Made up\n00:04.0/01.0 Ethernet controller: Made up\n' >"$form"
	run pciaddr-check --dump "$form"
	[[ $output == *"lspci -P without -v does not give bus numbers"* ]]
}

@test "what other programs say of PCI is refused by their name" {
	while IFS='|' read -r whose text; do
		printf "$text\n" >"$form"
		run -2 pciaddr-check --dump "$form"
		[[ $output == *"looks like the output of $whose"*"expected:"* ]] || {
			echo "$text: $output"
			return 1
		}
	done <<-'PROGRAMS'
		FreeBSD's pciconf|em0@pci0:0:3:0:\tclass=0x020000 rev=0x03 hdr=0x00 vendor=0x8086 device=0x100e
		OpenBSD's pcidump|Domain /dev/pci0:\n 0:3:0: Intel 82540EM\n\t0x0000: Vendor ID: 8086, Product ID: 100e
		lshw|  *-network\n       bus info: pci@0000:00:03.0
		lshw|{ "id": "pci", "businfo" : "pci@0000:00:00.0" }
		inxi|Network:   Device-1: Intel driver: e1000 v: kernel port: c000 bus-ID: 00:03.0
		hwinfo|21: PCI 03.0: 0200 Ethernet controller\n  SysFS BusID: 0000:00:03.0
		Windows|PCI\\VEN_8086&DEV_100E&SUBSYS_11001AF4&REV_03
		a shell|bash: lspci: command not found
	PROGRAMS
	printf -- '-[0000:00]-+-00.0\n           +-04.0-[01]----01.0\n' >"$form"
	run -2 pciaddr-check --dump "$form"
	[[ $output == *"lspci -t alone"* ]]
	tar -cf "$form" -C "$(dirname "$GUEST")" guest.lspci
	run -2 pciaddr-check --dump "$form"
	[[ $output == *"a tar archive; unpack it first"* ]]
	xz "$form" && mv "$form.xz" "$form"
	run -2 pciaddr-check --dump "$form"
	[[ $output == *"a tar archive; unpack it first"* ]]
}

@test "lspci -v, whose regions have no numbers" {
	without_hex "$form"
	sed -i -E 's/^(\tRegion )[0-9]: /\t/; /^\t(Status: Cap|Latency|Interrupt)/d
		s/^\tControl: .*BusMaster\+.*/\tFlags: bus master, fast devsel, latency 0/
		s/^\tControl: .*BusMaster-.*/\tFlags: fast devsel/' "$form"
	run pciaddr-check --dump "$form"
	[ "$status" = 0 ] || [ "$status" = 3 ]
	[[ $output == *"11 PCI functions, 1 bridge, 2 buses"* && $output != *warning* ]]
	run -0 pciaddr-check --dump "$form" --tree
	[[ $output == *"0x2000-0x27ff"* ]]
}

@test "several parts in one file, found by content, in any order" {
	parts=("$GUEST" "$GUEST.ioports" "$GUEST.iomem")
	pciaddr-check --dump "$BATS_TEST_TMPDIR/plain" --ioports "$GUEST.ioports" \
		--iomem "$GUEST.iomem" | sed -E "s#[^ (]*/(plain|guest.lspci)[^ ):]*(:[0-9]+)?#FILE#g
			s/line [0-9]+/line/" >"$BATS_TEST_TMPDIR/expected"
	for order in "0 1 2" "2 1 0" "1 0 2"; do
		for headings in yes no; do
			for part in $order; do
				[ "$headings" = no ] || echo "\$ cat ${parts[part]##*.}"
				cat "${parts[part]}"
				echo
				printf '%s\n' '-[0000:00]-+-00.0' '           +-04.0-[01]----01.0' \
					'           \-05.0'
			done >"$form"
			pciaddr-check --dump "$form" | sed -E "s#[^ (]*/form[^ ):]*(:[0-9]+)?#FILE#g
				s/line [0-9]+/line/" >"$BATS_TEST_TMPDIR/found"
			diff "$BATS_TEST_TMPDIR/expected" "$BATS_TEST_TMPDIR/found"
		done
	done
}

@test "what was taken from which lines is told with --verbose, and only then" {
	{ cat "$GUEST" && echo && cat "$GUEST.ioports"; } | gzip >"$form"
	run -0 --separate-stderr pciaddr-check --verbose --dump "$form"
	[[ $stderr == *"lspci, 11 functions, from line 1 to "* ]]
	[[ $stderr == *"/proc/ioports, "*" lines, from line "* && $stderr == *"unpacked (gzip)"* ]]
	run -0 --separate-stderr pciaddr-check --dump "$form"
	[ -z "$stderr" ]
}

@test "a copy of /proc/ioports or /proc/iomem alone: its map" {
	sed 's/^ *//' "$GUEST.ioports" >"$form"
	run -0 pciaddr-check --dump "$form" --map
	# the nesting is that of the ranges
	grep -qE '^ {8}2000-27ff  2 KiB  fpga_pci$' <<<"$output"
	[ "$(grep -c -- - <<<"$output")" -ge "$(wc -l <"$form")" ]
	gzip -c "$GUEST.iomem" >"$form"
	run -0 pciaddr-check --dump "$form" --map
	[[ $output == *"memory, of "*"PCI Bus 0000:00"* ]]
	# nothing to check is not a pass
	run pciaddr-check --dump "$GUEST.ioports"
	[ "$status" = 3 ]
}

@test "config space in a kernel's log (pci=earlydump), also broken by other lines" {
	awk '/^[0-9a-f]+:[0-9a-f]+\.[0-9a-f] / {
		printf "[    0.287654] pci 0000:%s: config space:\n", $1; next }
		/^[0-9a-f]0: / { sub(/^../, "000000&"); print "[    0.287655] " $0 }' "$GUEST" >"$form"
	run pciaddr-check --dump "$form"
	[[ $output == *"11 PCI functions, 1 bridge, 2 buses"* && $output != *warning* ]]
	pciaddr-check --dump "$form" --tree --numeric | grep -q 0x2000
	sed -i '/00000030: /s/^\(.\{40\}\)/&\n[    0.287656] ACPI: something else\n[    0.287657] /' "$form"
	run pciaddr-check --dump "$form"
	[[ $output == *"11 PCI functions"* ]]
	{ sed 's/^/> /' "$form" && cat "$GUEST.ioports"; } | xz >"$form.xz"
	run pciaddr-check --dump "$form.xz"
	[[ $output == *"11 PCI functions"* && $output == *ioports-claim* ]]
}

@test "the functions that a kernel's log names" {
	printf '%s\n' 'pci 0000:00:01.0: [8086:1901] type 01 class 0x060400 PCIe Root Port' \
		'pci 0000:01:00.0: [1234:f96a] type 00 class 0xff0000' 'usb 1-1: new device' |
		sed 's/^/[    0.123456] /' >"$form"
	run -3 pciaddr-check --dump "$form"
	[[ $output == *"2 PCI functions, 1 bridge"* && $output != *warning* ]]
	[[ $output == *"not run  device-present"*"has no registers"* ]]
	run -0 pciaddr-check --numeric --dump "$form" --tree
	[[ $output == *8086:1901*1234:f96a* ]]
}

@test "every file of the field's corpus is read without a warning" {
	field=$TOP/../shared/corpus/field
	[ -d "$field" ] || skip "no corpus of the field beside this tree"
	for file in "$field"/*.lspci "$field"/*.txt "$field"/*.dmesg; do
		run pciaddr-check --dump "$file"
		[ "$status" = 0 ] || [ "$status" = 1 ] || [ "$status" = 3 ]
		[[ $output != *warning* ]] || { echo "$file: $output"; return 1; }
	done
}

# What lspci of Debian 13 and of sid writes of the demo's guest; -user is not as root.
@test "the text of lspci 3.13 and 3.15, in all verbosities, without a warning" {
	for file in "$TOP"/selftests/pciaddr/lspci-3.1[35]/*; do
		run pciaddr-check --dump "$file"
		[ "$status" = 0 ] || [ "$status" = 3 ]
		[[ $output == *"11 PCI functions"* && $output != *warning* ]] || {
			echo "$file: $output"
			return 1
		}
		# -n alone says nothing of addresses
		[[ $file != */n ]] || continue
		run -0 pciaddr-check --dump "$file" --ioports "$TOP/selftests/pciaddr/lspci.ioports" \
			--expect 0x2000-0x27ff@01:01.0
	done
}

@test "the whole log of a guest that was booted with pci=earlydump" {
	run pciaddr-check --dump "$TOP/selftests/pciaddr/guest/earlydump.dmesg"
	[ "$status" = 0 ] || [ "$status" = 3 ]
	[[ $output == *"11 PCI functions, 1 bridge, 2 buses"* && $output != *warning* ]]
	run -0 pciaddr-check --numeric --dump "$TOP/selftests/pciaddr/guest/earlydump.dmesg" --tree
	[[ $output == *1234:f96a*0x2000* ]]
}

@test "HTML in capitals, or in both" {
	for tag in '<BR>' '<Br>' '<BR \/>' '<bR class="x">'; do
		sed "s/</\&lt;/g; s/>/\&gt;/g; s/\$/$tag/" "$GUEST" | tr -d '\n' >"$form" && same "$form"
		sed "s/</\&LT;/g; s/>/\&Gt;/g; s/ /\&NBSP;/g; s/\$/$tag/" "$GUEST" >"$form" && same "$form"
	done
	for tag in PRE Code TT; do
		{
			printf '<%s>' "$tag" && sed 's/</\&LT;/g; s/>/\&GT;/g' "$GUEST" && echo "</$tag>"
		} >"$form" && same "$form"
	done
}

# quoted COLUMNS END: standard input in quoted-printable, broken at so many columns; END is what a
# line ends in
quoted() {
	sed -E -e 's/=/=3D/g' -e 's/\t/=09/g' -e "s/ \$/=20/" -e "s/.{$1}[^=]{0,2}/&=\\n/g" \
		-e "s/\$/$2/"
}

@test "mail as it is stored: quoted-printable is undone" {
	local header columns end
	printf -v header '%s\n' "Received: from here" "MIME-Version: 1.0" \
		'content-type: multipart/mixed;' '	boundary="--xyz=_1"' "" "----xyz=_1" \
		"Content-Transfer-Encoding: 7BIT" "" "Look at pci=20 and pci=nocrs:" "----xyz=_1" \
		"Content-Transfer-Encoding: Quoted-Printable" ""
	for columns in 40 71; do
		for end in "" =0D =0A= $'\r'; do
			quoted $columns "$end" <"$GUEST" >"$form"
			grep -q "=3D" "$form"
			findings "$form" | grep -v "^warning.*: quoted-printable of a mail is undone" |
				diff "$BATS_TEST_TMPDIR/expected" -
			{ echo "$header" && cat "$form" && printf '%s\n' "----xyz=_1--" "The list=20"; } \
				>"$form.eml"
			run -0 pciaddr-check -d "$form.eml"
			[[ $output == *"warning  $form.eml:14: quoted-printable of a mail is undone"* ]]
			[ "$(grep -c "^ok" <<<"$output")" = "$(grep -c "^ok" "$BATS_TEST_TMPDIR/expected")" ]
		done
	done
	# a mailbox; and a header that was kept with a text that is none any more
	{ printf '%s\n' "From a@b Thu Jan  1 00:00:00 1970" "Message-ID: <1@b>" "" "It is =41=" "" \
		"From a@b Thu Jan  1 00:00:00 1970" "Content-Transfer-Encoding: quoted-printable" "" &&
		quoted 65 "" <"$GUEST"; } >"$form"
	run -0 pciaddr-check -d "$form"
	[[ $output == *":1: not lines of lspci's"* && $output == *"quoted-printable of a mail is undone"* ]]
	{ printf '%s\n' "Message-ID: <1@b>" "Content-Transfer-Encoding: quoted-printable" "" &&
		cat "$GUEST"; } >"$form"
	run -0 pciaddr-check -d "$form"
	[[ $output != *"is undone"* ]]
	# what acts on a terminal is not made of it
	sed '1s/$/=1B[31m=07=3D/' "$GUEST" | quoted 70 "" | sed 's/=3D1B/=1B/; s/=3D07/=07/' >"$form"
	run pciaddr-check --tree -d "$form"
	[[ $output != *$'\e'* && $output != *$'\a'* ]]
}

@test "a part of a mail in base64 is named, and what to do" {
	{ printf '%s\n' "Message-ID: <1@b>" "Content-Type: multipart/mixed; boundary=abc" "" "--abc" "" \
		"The dump:" && cat "$GUEST" && printf '%s\n' "--abc" "Content-Type: text/x-log" \
		"Content-Transfer-Encoding: BASE64" "" "WyAgICAwLjM1MDU5MV0gUENJIGhvc3QgYnJpZGdl" \
		"IHRvIGJ1cyAwMDAwOjAwCg==" "" "--abc--"; } >"$form"
	run -0 pciaddr-check -d "$form"
	[[ $output == *"warning  $form:"*": a part of a mail in base64, which is not read; save "* ]]
	sed -i 's,text/x-log,image/png,' "$form"
	run -0 pciaddr-check -d "$form"
	[[ $output != *base64* ]]
	printf '%s\n' "MIME-Version: 1.0" "Content-Transfer-Encoding: base64" "" \
		"WyAgICAwLjM1MDU5MV0gUENJIGhvc3QgYnJpZGdl" "" >"$form"
	run -2 pciaddr-check -d "$form"
	[[ $output == *"no PCI device in it that can be read; it has a part of a mail in base64"*"save "* ]]
}
