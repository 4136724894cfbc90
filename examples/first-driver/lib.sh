# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-or-later
# For the tests of the steps, which run in the guest: the card, the module, what is expected.

dir=$(dirname "$0")
failed=0

# The first edu card
card=$(grep -lx 0x11e8 /sys/bus/pci/devices/*/device | head -n 1)
card=${card%/device}
[ -n "$card" ] || { echo "there is no edu card in this machine"; exit 1; }
slot=${card##*/}

# expect WHAT EXPECTED GOT: both are shown where they differ. * in EXPECTED is anything.
expect() {
	# shellcheck disable=SC2254 # a pattern
	case $3 in
	$2) echo "ok      $1" ;;
	*)
		echo "FAILED  $1"
		echo "        expected: $2"
		echo "        got:      $3"
		failed=1
		;;
	esac
}

# said COMMAND...: its last line, on either output
said() { "$@" 2>&1 | tail -n 1; }

# write FILE TEXT: what tee says of it; nothing if it was written. (dash has one error for all.)
write() { printf '%s\n' "$2" | LC_ALL=C tee "$1" 2>&1 >/dev/null | tail -n 1; }

bound_to() { basename "$(readlink "$card/driver")" 2>/dev/null; }

unload() {
	[ ! -d /sys/module/lesson ] || rmmod lesson
	modprobe edu
	udevadm settle --timeout=30
}

rmmod edu 2>/dev/null
dmesg -C
insmod "$dir/lesson.ko" || exit 1
trap unload EXIT
expect "the driver is bound to the card $slot" lesson "$(bound_to)"
[ $failed = 0 ] || exit 1
