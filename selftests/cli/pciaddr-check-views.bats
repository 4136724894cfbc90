#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pciaddr-check on a virtual machine: libvirt's domain, QEMU's monitor.

bats_require_minimum_version 1.5.0
load pciaddr

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	views=$TOP/selftests/pciaddr/views
}

# answer FILE: the list that query-pci gave, of what the monitor has said
answer() {
	jq -c 'select(.return | type == "array") | .return' "$1"
}

# domain DEVICES [MACHINE] [BEHIND]: a domain with these in <devices>, and BEHIND after them
domain() {
	cat <<-XML
		<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
		<name>made</name><os><type arch='x86_64' machine='${2-pc}'>hvm</type></os>
		<devices>$1</devices>${3-}</domain>
	XML
}

# arguments ARGUMENT...: as <qemu:commandline> hands them to QEMU
arguments() {
	echo "<qemu:commandline>"
	printf "<qemu:arg value='%s'/>\n" "$@"
	echo "</qemu:commandline>"
}

@test "QMP: a session of each machine has nothing that fails" {
	local machine
	for machine in pc q35 q35-stopped virt pseries; do
		run pciaddr-check --qmp "$views/$machine.qmp"
		no_failures
		[ "$status" = 0 ] || [ "$status" = 3 ]
	done
}

@test "QMP: functions, ids, BARs and windows are those of query-pci" {
	run -0 pciaddr-check --tree -n --qmp "$views/pc.qmp"
	[[ $output == *"03.0  10ec:8139  Ethernet  (net1)"* ]]
	[[ $output == *"BAR 0  io  0xc000-0xc0ff  256 bytes"* ]]
	[[ $output == *"I/O window 0xc000-0xdfff"* ]]
	[[ $output == *"expansion ROM  memory32  unassigned  256 KiB"* ]]
	run -0 pciaddr-check --tree -n --qmp "$views/virt.qmp"
	[[ $output == *"prefetchable window 0x8000000000-0x80000fffff"* ]]
	[[ $output != *"0xffffffff"* ]]
}

@test "QMP: the list alone, in return, pretty, in a session of a terminal, packed: all the same" {
	local file
	run -0 pciaddr-check --tree -n --qmp "$views/q35.qmp"
	local expected=$output
	answer "$views/q35.qmp" >alone.json
	jq '{return: ., id: "libvirt-42"}' alone.json >return.json
	{
		echo '-> { "execute": "query-pci" }'
		echo '<- { "return": '
		jq . alone.json
		echo '}'
		echo '{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}'
	} >session
	sed 's/$/\r/' return.json >crlf.json
	gzip -k return.json
	for file in alone.json return.json session crlf.json return.json.gz; do
		run -0 pciaddr-check --tree -n --qmp "$file"
		[ "$output" = "$expected" ]
	done
}

@test "QMP: of several answers the last one counts" {
	{
		answer "$views/virt.qmp"
		answer "$views/pc.qmp"
	} >two
	run -0 pciaddr-check -v --tree -n --qmp two
	[[ $output == *"query-pci is answered 2 times; the last"* ]]
	[[ $output == *"(br1)"* ]]
}

@test "QMP: two host bridges with one bus number are PCI domains, the oldest is 0" {
	run -0 pciaddr-check --tree -n --qmp "$views/pseries.qmp"
	[[ $output == *$'0000:00\n'*"(br0)"*$'0001:00\n'*"(s1)"* ]]
}

@test "QMP: an unassigned BAR is unknown, and its size is known" {
	run -3 pciaddr-check --qmp "$views/q35-stopped.qmp"
	outcome unknown bar-assigned "QEMU has the BAR nowhere"
	printf 'version: 1\ndevices:\n  - select: "8086:2922"\n    bars:\n      5: {type: memory32, range: 0xfea00000-0xfea00fff}\n' >spec
	run -3 pciaddr-check -s spec --qmp "$views/q35-stopped.qmp"
	outcome ok spec-bar "BAR 5 is 32-bit memory"
	outcome unknown spec-bar "BAR 5: QEMU has it nowhere"
}

@test "QMP: a window that QEMU does not map: the BAR behind it answers nowhere" {
	# the bridge's flat view without the card's ports
	sed 's/  000000000000c000-000000000000c0ff [^\\]*\\r\\n//' "$views/pc.qmp" >unmapped
	run ! cmp -s unmapped "$views/pc.qmp"
	run -1 pciaddr-check --qmp unmapped
	fails_with bar-answers "(net1) BAR 0: the device is enabled there, and nothing answers" \
		"0xc000-0xc0ff" "no I/O range has it"
	run -1 pciaddr-check --qmp unmapped --expect 0xc000-0xc0ff
	fails_with expect-answers "nothing answers"
	run -0 pciaddr-check --qmp "$views/pc.qmp" --expect 0xc000-0xc0ff@10ec:8139
	outcome ok expect-answers "answers there"
}

@test "QMP: another device over a BAR is named" {
	sed 's/\(  000000000000c000-000000000000c0ff [^{]*{dev id=\)net1/\1other/' "$views/pc.qmp" >over
	run ! cmp -s over "$views/pc.qmp"
	run -1 pciaddr-check --qmp over
	fails_with bar-answers "(net1) BAR 0" "other answers"
}

@test "QMP: lines of the memory tree that lack a part, or have an empty one" {
	local line
	for line in "): owner:{dev id=net1}" "):  owner:{dev id=net1}" "): " "):" ") owner:{" "): name owner:{" \
		"): name owner:{dev id=" "): name @alias owner:{dev path=/machine/peripheral/" ")" ""; do
		answer "$views/pc.qmp" | jq '{return: .}' >odd
		jq -n --arg line "  000000000000c000-000000000000c0ff (prio 1, i/o$line" \
			'{return: "FlatView #0\r\n AS \"I/O\", root: io\r\n\($line)\r\n"}' >>odd
		run pciaddr-check --qmp odd
		[ "$status" = 0 ] || [ "$status" = 1 ] || [ "$status" = 3 ]
		[[ $output == *" passed, "* ]]
	done
}

@test "QMP: without the memory tree, and where the host bridge translates, who answers is unknown" {
	answer "$views/pc.qmp" >alone.json
	run -0 pciaddr-check --qmp alone.json --expect 0xc000-0xc0ff
	outcome "not run" expect-answers "memory tree was not read"
	run pciaddr-check --qmp "$views/pseries.qmp" --expect 0x1000-0x103f
	outcome "not run" expect-answers "adds to bus addresses"
}

@test "QMP: what does not fit is a warning, and the rest is taken" {
	answer "$views/pc.qmp" | jq -c '
		.[0].devices[4].regions[0].size = "large" | .[0].devices[5].slot = 99 |
		.[0].devices[1].bus = -1 | .[0].devices[6].pci_bridge.bus.io_range = null |
		.[0].devices[2].id = [] | .[0].devices[3].class_info.class = 1e9' >broken.json
	run pciaddr-check --qmp broken.json
	[[ $output == *"query-pci[0].devices[4].regions[0]: a region needs"* ]]
	[[ $output == *"query-pci[0].devices[5]: a device needs"* ]]
	[[ $output == *"query-pci[0].devices[1]: a device needs"* ]]
	[[ $output == *"base or limit of a window is missing: the window is unknown"* ]]
	[ "$status" = 3 ]
}

@test "QMP: numbers at the ends of 64 bits" {
	printf '%s' '[{"bus":0,"devices":[{"bus":0,"slot":0,"function":0,"qdev_id":"x",
		"class_info":{"class":255},"id":{"vendor":1,"device":2},"regions":[
		{"bar":0,"type":"memory","address":18446744073709547520,"size":4096,"mem_type_64":true},
		{"bar":2,"type":"memory","address":-1,"size":9223372036854775807},
		{"bar":3,"type":"memory","address":-4096,"size":4096},
		{"bar":4,"type":"memory","address":0,"size":4096}]}]}]' >ends
	run pciaddr-check --tree -n --qmp ends
	[[ $output == *"BAR 0  memory64  0xfffffffffffff000-0xffffffffffffffff"* ]] ||
		[[ $output == *"BAR 0  memory64  unassigned"* ]]
	[[ $output == *"BAR 2  memory32  unassigned"* ]]
	[[ $output == *"BAR 4  memory32  0x0-0xfff"* ]]
}

@test "QMP: what is not an answer of query-pci is an error that says what is expected" {
	local text
	for text in "" "hello" "[" "{}" "[1,2]" '{"return": {}}' '[{"bus": 0}]' \
		'{"error": {"class": "GenericError", "desc": "no"}}'; do
		printf '%s' "$text" >other
		run -2 pciaddr-check --qmp other
		[[ $output == *"query-pci"* ]]
	done
	head -c 200000 /dev/zero | tr '\0' '[' >deep
	run -2 pciaddr-check --qmp deep
	head -c 100000 /dev/urandom >noise
	run -2 pciaddr-check --qmp noise
	run -2 pciaddr-check --qmp /nonexistent
}

@test "QMP: a session that is cut off says so" {
	head -c 3000 "$views/pc.qmp" >short
	run -2 pciaddr-check --qmp short
	{
		answer "$views/pc.qmp"
		echo '{"return": ['
	} >short
	run -3 pciaddr-check --qmp short
	outcome unknown source-complete "cut off"
}

@test "QMP: nothing that it says reaches the terminal raw" {
	answer "$views/pc.qmp" | jq -c '.[0].devices[4].qdev_id = "\u001b[31mred\u009b\u0007"' >red.json
	local format
	for format in text json tap junit prometheus; do
		run pciaddr-check --qmp red.json -f "$format"
		[[ $output != *$'\e'* && $output != *$'\a'* ]]
	done
	run pciaddr-check --qmp red.json --tree
	[[ $output != *$'\e'* && $output != *$'\a'* ]]
	run pciaddr-check --diff "$views/q35.qmp" red.json
	[[ $output != *$'\e'* && $output != *$'\a'* ]]
}

# monitor SOCKET PYTHON: a program that listens there, once, with CONNECTION to talk to
monitor() {
	python3 - "$1" <<-PYTHON &
		import json, os, socket, sys, time
		server = socket.socket(socket.AF_UNIX)
		server.bind(sys.argv[1] + ".new")
		server.listen()
		os.rename(sys.argv[1] + ".new", sys.argv[1])
		server.settimeout(300)
		connection, _ = server.accept()
		connection.settimeout(300)
		$(sed 's/^\t*//' <<<"$2")
	PYTHON
	for _ in $(seq 1000); do
		[ ! -S "$1" ] || return 0
		sleep 0.1
	done
	return 1
}

@test "QMP: a monitor that greets, with events in between and answers in pieces" {
	answer "$views/pc.qmp" >alone.json
	monitor socket '
		connection.sendall(b"{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n")
		for line in connection.makefile():
		    request = json.loads(line)
		    name = request["execute"]
		    reply = {"id": request["id"], "return": {}}
		    if name == "query-pci": reply["return"] = json.load(open("alone.json"))
		    if name == "query-name": reply["return"] = {"name": "demo"}
		    if name == "human-monitor-command": reply["return"] = "unknown command\r\n"
		    text = json.dumps({"event": "RESUME"}) + "\r\n" + json.dumps(reply) + "\r\n"
		    for at in range(0, len(text), 1000): connection.sendall(text[at:at + 1000].encode())'
	run -0 pciaddr-check -f prometheus --qmp socket
	[[ $output == *'machine="demo"'* ]]
	wait
}

@test "QMP: a monitor that closes, or says something else, is an error at once" {
	monitor closes 'connection.close()'
	run -3 pciaddr-check --qmp closes
	[[ $output == *"no greeting of a QMP monitor"* ]]
	monitor chatters 'connection.sendall(b"SSH-2.0-OpenSSH\r\n"); time.sleep(1)'
	run pciaddr-check --qmp chatters
	[ "$status" = 2 ] || [ "$status" = 3 ]
	monitor half 'connection.sendall(b"{\"QMP\": {}}"); connection.recv(99); connection.sendall(b"{\"id\": \"qmp_capabilities\", \"return\"")'
	run -3 pciaddr-check --qmp half
	[[ $output == *"closed the connection"* ]]
	wait
	run -3 pciaddr-check --qmp half
	[[ $output == *"no program listens"* ]]
}

@test "QMP: a monitor that hangs, at the greeting or later, or that never ends: bounded" {
	monitor silent 'connection.recv(1)'
	monitor greets 'connection.sendall(b"{\"QMP\": {}}")
		while connection.recv(999): pass'
	monitor drips '
		connection.sendall(b"{\"QMP\": {}}")
		try:
		    while True:
		        connection.sendall(b" ")
		        time.sleep(0.1)
		except OSError:
		    pass'
	local name
	for name in silent greets drips; do
		timeout 300 pciaddr-check --qmp "$name" >"$name.said" 2>&1 && return 1 || echo $? >"$name.status" &
	done
	wait
	for name in silent greets drips; do
		[ "$(cat "$name.status")" = 3 ]
	done
	grep -q "no greeting of a QMP monitor" silent.said
	grep -q "no answer in time" greets.said
	grep -q "no answer in time" drips.said
}

@test "guest agent: one that hangs: bounded" {
	monitor silent 'while connection.recv(999): pass'
	run -3 timeout 300 pciaddr-check --qga silent
	[[ $output == *"no guest agent answers there"* ]]
	wait
}

@test "guest agent: lspci's text comes out of the guest" {
	cp "$GUEST" dump
	monitor socket '
		import base64
		texts = {"lspci": open("dump", "rb").read(), "dmesg": b""}
		last = ""
		connection.sendall(b"{\"return\": 17}\n")
		for line in connection.makefile():
		    request = json.loads(line)
		    name = request["execute"]
		    arguments = request.get("arguments", {})
		    if name == "guest-sync": value = arguments["id"]
		    if name == "guest-exec":
		        last = arguments["path"]
		        value = {"pid": 5}
		    if name == "guest-exec-status":
		        value = {"exited": True, "exitcode": 0}
		        if texts.get(last): value["out-data"] = base64.b64encode(texts[last]).decode()
		    connection.sendall(json.dumps({"return": value}).encode() + b"\n")'
	run pciaddr-check --tree -n --qga socket
	local seen=$output
	run -0 pciaddr-check --tree -n --dump dump
	[[ $seen == *"$output"* ]]
	wait
}

@test "guest agent: one that forbids guest-exec is an error with what to do" {
	monitor socket '
		for line in connection.makefile():
		    request = json.loads(line)
		    if request["execute"] == "guest-sync": reply = {"return": request["arguments"]["id"]}
		    else: reply = {"error": {"class": "CommandNotFound", "desc": "guest-exec has been disabled"}}
		    connection.sendall(json.dumps(reply).encode() + b"\n")'
	run -3 pciaddr-check --qga socket
	[[ $output == *"guest-exec has been disabled"*"pciutils"* ]]
	wait
}

@test "domain: devices, controllers and fixed addresses of each machine" {
	run -0 pciaddr-check --domain "$TOP/examples/libvirt-domain.xml" --expect 0x2000-0x27ff@1234:f96a
	outcome ok expect-window "I/O window 0x2000-0x2fff"
	run -0 pciaddr-check --tree -n --domain "$views/q35.xml"
	[[ $output == *"03.0  8086:100e  device  (net0)"* ]]
	[[ $output == *"1f.2  8086:2922  SATA"* ]]
	# behind a port, virtio has no legacy interface
	[[ $output == *"00.0  1af4:1041  device  (net1)"* ]]
	run -0 pciaddr-check --tree -n --domain "$views/pseries.xml"
	[[ $output == *"02.0  1af4:1004  device  (s1)"* ]]
}

@test "domain: what it does not say is unknown, never a pass" {
	run -3 pciaddr-check --domain "$views/virt.xml"
	outcome unknown source-complete "1 device has no PCI address yet: disk 'vda'"
	run -3 pciaddr-check --domain "$views/q35.xml" --expect 0xc000-0xc03f
	outcome unknown expect-bar "the domain does not say it"
	printf 'version: 1\nbridges:\n  - {select: "1b36:000e", bus: {secondary: 3}}\ndevices:\n  - {select: "8086:100e", driver: e1000, bars: {0: {range: 0x1000-0x1fff}}}\n' >spec
	run -3 pciaddr-check --domain "$views/q35.xml" -s spec
	outcome unknown spec-bus
	outcome unknown spec-driver
	outcome unknown spec-bar
	# the advice is about this source, whatever the entry's own says to do with the machine
	[[ $output == *"a domain does not say it: look at QEMU (--qmp)"* && $output != *"as root"* ]]
	sed -i 's/driver: e1000/driver: e1000, advice: take it out/' spec
	run -3 pciaddr-check --domain "$views/q35.xml" -s spec
	[[ $output != *"take it out"* ]]
}

@test "domain: an address in a hostdev's source is the host's" {
	domain "<hostdev mode='subsystem' type='pci'><source><address domain='0' bus='5' slot='1' function='0'/></source></hostdev>" >made.xml
	run -3 pciaddr-check --domain made.xml
	outcome unknown source-complete "hostdev pci"
	[[ $output != *"0000:05:01"* ]]
}

@test "domain: functions of one device, octal and decimal numbers" {
	domain "<hostdev type='pci'><address type='pci' bus='0' slot='9' function='0' multifunction='on'/></hostdev>
		<hostdev type='pci'><address type='pci' bus='0' slot='011' function='1'/></hostdev>" >made.xml
	run -0 pciaddr-check --tree -n --domain made.xml
	[[ $output == *"09.0"*"09.1"* ]]
}

@test "domain: devices of qemu:commandline, in each form of QEMU's" {
	domain "" pc-q35-9.0 "$(arguments -device pcie-root-port,id=rp,bus=pcie.0,addr=1c.1 \
		-device '{"driver":"e1000e","bus":"rp","addr":"0x0","id":"json"}' \
		-device virtio-net-pci,bus=rp.0,addr=1.0,id=a,,b -name x \
		-device dec-21154,id=fixed,addr=0x3,mem-base=0xf0000000,pref-base=0x800000000,pref-limit=0x8ffffffff \
		-device usb-kbd -device edu)" >made.xml
	run -0 pciaddr-check --tree -n --domain made.xml
	[[ $output == *"1c.1  1b36:000c  PCI bridge  (rp)"* ]]
	[[ $output == *"00.0  8086:10d3  device  (json)"* ]]
	[[ $output == *"01.0  1af4:1041  device  (a,b)"* ]]
	[[ $output == *"memory window 0xf0000000-0xf00fffff"* ]]
	[[ $output == *"prefetchable window 0x800000000-0x8ffffffff"* ]]
	run -3 pciaddr-check --domain made.xml
	outcome unknown source-complete "-device edu"
	[[ $output != *usb-kbd* ]]
}

@test "domain: BARs that a bridge holds are at their address, whatever their size and kind" {
	local held='1.0/1=0xe0100000+1.0/0=0x3f00+2/2=0x800000000+3=0x3e00'
	domain "" pc "$(arguments \
		-device "dec-21154,id=dec,bus=pci.0,addr=4,io-base=0x3000,mem-base=0xe0100000,pref-base=0x800000000,hold=on,hold-at=$held" \
		-device rtl8139,id=nic,bus=dec,addr=1 -device fpga,id=card,bus=dec,addr=2)" >made.xml
	run -0 pciaddr-check --tree -n --domain made.xml
	[[ $output == *"BAR 0  io  0x3f00 (size unknown)"*"BAR 1  memory  0xe0100000 (size unknown)"* ]]
	[[ $output == *"BAR 2  memory  0x800000000 (size unknown)"* ]]
	# how large they are, a domain never says
	run -0 pciaddr-check --domain made.xml
	outcome "not run" bar-overlap
	printf 'version: 1\ndevices:\n  - {select: "10ec:8139", bars: {0: {type: io}, 1: {type: %s, range: %s-0xe01fffff}}}\n' \
		memory64 0xe0100000 >spec
	run -3 pciaddr-check --domain made.xml -s spec
	outcome ok spec-bar "BAR 0 is I/O"
	outcome unknown spec-bar "BAR 1: whether its memory has 32 or 64 bits"
	outcome unknown spec-bar "BAR 1: begins at 0xe0100000, where it ends is unknown"
	sed -i 's/memory64/memory/; s/0xe0100000/0xe0180000/' spec
	run -1 pciaddr-check --domain made.xml -s spec
	fails_with spec-bar "found: 0xe0100000"
	# --diff sees that QEMU has one elsewhere
	sed 's/0=0x3f00/0=0x3d00/' made.xml >moved.xml
	run -1 pciaddr-check --diff made.xml moved.xml
	[[ $output == *"diff-moved"*"(nic) BAR 0"* ]]
	sed -i 's/1.0.1=0xe/1.0.1:0xe/' made.xml
	run -0 pciaddr-check --domain made.xml
	[[ $output == *"hold-at: not SLOT[.FUNCTION][/BAR]=ADDRESS"* ]]
}

@test "domain: the root bus of an expander has its own number, what is behind it the next ones" {
	# behind pxb is a bridge of its own; nested, and two of them
	domain "<controller type='pci' index='0' model='pci-root'/>
		<controller type='pci' index='1' model='pci-expander-bus'><target busNr='0xa0'/><address type='pci' slot='5'/></controller>
		<controller type='pci' index='2' model='pci-bridge'><address type='pci' bus='1' slot='2'/></controller>
		<controller type='pci' index='3' model='pci-bridge'><address type='pci' slot='6'/></controller>
		<sound model='ac97'><address type='pci' bus='2' slot='3'/></sound>
		<sound model='es1370'><address type='pci' bus='3' slot='4'/></sound>" pc \
		"$(arguments -device pxb,id=second,bus=pci.0,addr=7,bus_nr=0x80 -device edu,bus=second,addr=1)" >made.xml
	run -0 pciaddr-check --tree -n --domain made.xml
	[[ $output == *"06.0  1b36:0001  PCI bridge  (pci.3)  → bus 03-03"*"04.0  1274:5000"* ]]
	[[ $output == *$'0000:80\n'*"00.0  1b36:0001  PCI bridge  (second)  → bus 81-81"*"01.0  1234:11e8"* ]]
	[[ $output == *$'0000:a0\n'*"00.0  1b36:0001  PCI bridge  (pci.1)  → bus a1-a2"*"02.0  1b36:0001  PCI bridge  (pci.2)  → bus a2-a2"*"03.0  8086:2415"* ]]
	printf 'version: 1\ndevices:\n  - {select: "80:00.0/01.0", id: "1234:11e8"}\n  - {select: "a0:00.0/02.0/03.0", id: "8086:2415"}\n' >spec
	run -0 pciaddr-check --domain made.xml -s spec
	# on that of pxb-pcie are ports
	run -0 pciaddr-check --tree -n --domain "$views/q35.xml"
	[[ $output == *$'0000:80\n'*"00.0  1b36:000c  PCI bridge  (rp3)  → bus 81-81"*"00.0  1b36:0010"* ]]
}

@test "domain: numbers of an expander that are another's, too high or not told: the index stays, with a word" {
	local number
	for number in 3 2 255; do
		domain "<controller type='pci' index='1' model='pci-expander-bus'><target busNr='$number'/><address type='pci' slot='5'/></controller>
			<controller type='pci' index='3' model='pci-bridge'><address type='pci' slot='6'/></controller>
			<sound model='ac97'><address type='pci' bus='1' slot='3'/></sound>" >made.xml
		run -0 pciaddr-check --domain made.xml
		[[ $output == *"made.xml:3: the root bus $number of this expander, or one of the numbers"* ]]
		run -0 pciaddr-check --tree -n --domain made.xml
		[[ $output == *$'0000:01\n'*"03.0  8086:2415"* ]]
	done
	sed -i '/busNr/s/<target[^>]*>//' made.xml
	run -0 pciaddr-check --domain made.xml
	[[ $output != *"of this expander"* ]]
	run -0 pciaddr-check --tree -n --domain made.xml
	[[ $output == *$'0000:01\n'*"03.0  8086:2415"* ]]
}

@test "domain: without the name space, libvirt drops the arguments, and so does this" {
	domain "" pc "$(arguments -device edu,addr=5)" | sed "s/ xmlns:qemu='[^']*'//; s/qemu://g" >made.xml
	run -0 pciaddr-check --tree -n --domain made.xml
	[[ $output != *"1234:11e8"* ]]
}

@test "domain: a controller that is missing, a place that is taken, an address that is none" {
	domain "<video><model type='vga'/><address type='pci' bus='3' slot='1'/></video>
		<sound model='ich6'><address type='pci' slot='4'/></sound>
		<sound model='ac97'><address type='pci' slot='4'/></sound>
		<rng model='virtio'><address type='pci' slot='32'/></rng>
		<controller type='pci' index='2' model='pci-bridge'><address type='pci' bus='2' slot='1'/></controller>
		<controller type='pci' model='pci-bridge'><address type='pci' slot='7'/></controller>" >made.xml
	run -3 pciaddr-check --domain made.xml
	[[ $output == *"no controller of this domain leads to bus 3"* ]]
	[[ $output == *"0000:00:04.0 is taken already"* ]]
	[[ $output == *"not a PCI address"* ]]
	[[ $output == *"controller 2 is on bus 2"* ]]
	[[ $output == *"without an index"* ]]
	outcome unknown source-complete
}

@test "domain: a document type, entities and what they lead to are refused" {
	echo secret >secret
	printf '<!DOCTYPE domain [<!ENTITY a SYSTEM "file://%s/secret">]><domain>&a;</domain>' "$PWD" >entity.xml
	run -2 pciaddr-check --domain entity.xml
	[[ $output == *"document type declaration"* && $output != *secret* ]]
	{
		echo '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaa">'
		for step in b:a c:b d:c e:d f:e g:f h:g i:h; do
			name=${step%:*} of=${step#*:}
			echo "<!ENTITY $name \"&$of;&$of;&$of;&$of;&$of;&$of;&$of;&$of;&$of;&$of;\">"
		done
		echo ']><domain><name>&i;</name></domain>'
	} >bomb.xml
	run -2 timeout 10 pciaddr-check --domain bomb.xml
	[[ $output == *"document type declaration"* ]]
}

@test "domain: an argument of 200,000 properties is read like one of two" {
	local properties
	properties=$(seq -f 'property%.0f=a,,b' -s , 200000)
	domain "" pc "$(arguments -device "edu,id=card,,0,$properties,addr=5")" >made.xml
	run -0 timeout 60 pciaddr-check --tree -n --domain made.xml
	[[ $output == *"05.0  1234:11e8"*"(card,0)"* ]]
}

@test "domain: invalid XML is an error with its line" {
	printf '<domain>\n<devices>\n</domain>\n' >wrong.xml
	run -2 pciaddr-check --domain wrong.xml
	[[ $output == *"wrong.xml:3: "* ]]
	echo '<network><name>x</name></network>' >other.xml
	run -2 pciaddr-check --domain other.xml
	[[ $output == *"no libvirt domain in it"* ]]
	local text
	for text in "" "<" "text" "<domain/>" "<domain><devices><controller type='pci'/></devices></domain>"; do
		printf '%s' "$text" >other.xml
		run pciaddr-check --domain other.xml
		[ "$status" = 2 ] || [ "$status" = 3 ]
	done
	{
		yes '<a>' | head -n 5000
	} >deep.xml
	run -2 pciaddr-check --domain deep.xml
	head -c 17000000 /dev/zero | tr '\0' ' ' >large.xml
	run -2 pciaddr-check --domain large.xml
	[[ $output == *"larger than 16 MiB"* ]]
}

@test "diff: a domain against what QEMU made of it, with both sides' names" {
	run -1 pciaddr-check --diff "$views/pc.xml" "$views/pc.qmp"
	[[ $output == *"diff-gone"*"0000:00:09.1 (hostdev0): the device is gone"* ]]
	[[ $output == *"0000:00:03.0 (usb) (was 0000:00:05.0 (usb)): the device has another device.function"* ]]
	[[ $output == *", 3 changed"* ]]
	local machine
	for machine in q35 virt pseries; do
		run -0 pciaddr-check --diff "$views/$machine.xml" "$views/$machine.qmp"
		run -0 pciaddr-check --diff "$views/$machine.qmp" "$views/$machine.xml"
		run -0 pciaddr-check --diff "$views/$machine.qmp" "$views/$machine.qmp"
		run -0 pciaddr-check --diff "$views/$machine.xml" "$views/$machine.xml"
	done
}

@test "diff: what may be a device without an address is unknown" {
	sed "s/ slot='0x01'/ slot='0x01'/; /<model type='virtio'/,/<address/s/<address.*//" "$views/virt.xml" >unplaced.xml
	run -0 pciaddr-check --diff unplaced.xml "$views/virt.qmp"
	outcome unknown diff-new "may be one of them"
}

@test "diff: json has the names, too" {
	run -1 pciaddr-check --json --diff "$views/pc.xml" "$views/pc.qmp"
	jq -e '.machines[0].findings[] | select(.check == "diff-relocated") |
		.device_label == "usb" and .old_device_label == "usb"' <<<"$output"
}

@test "each view draws, captures and fits its own specification" {
	local file option
	for file in "$views"/*.xml "$views"/*.qmp; do
		option=--qmp
		[ "${file##*.}" = qmp ] || option=--domain
		run -0 pciaddr-check --draw -.svg "$option" "$file"
		xmllint --noout - <<<"$output"
		run -0 pciaddr-check --map "$option" "$file"
		pciaddr-check --capture "$option" "$file" >spec.yaml
		run pciaddr-check -s spec.yaml "$option" "$file"
		no_failures
		[ "$status" = 0 ] || [ "$status" = 3 ]
	done
}
