#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Usage: git bisect run .../bisect-pci.sh MACHINE LINE [BUILD COMMAND...]
# Says of the kernel in the current directory whether, on a machine of pciaddr-check --emulate,
# its log has a line (extended regular expression) that must not come. BUILD makes the kernel
# (default: make -j bzImage). Exit status, as git bisect wants it: 0 the line does not come, 1 it
# comes, 125 this kernel cannot be tried, 128 wrong usage, which ends the bisection.
# GUEST: the program scripts/guest, where it is not beside this one.

set -u
here=$(cd "$(dirname "$0")" && pwd)
guest=${GUEST:-$here/../scripts/guest}

[ $# -ge 2 ] || { sed -n '3,8s/^# //p' "$0" >&2; exit 128; }
machine=$1 line=$2
shift 2
[ -e "$machine" ] || { echo "bisect-pci: $machine does not exist" >&2; exit 128; }
[ -x "$guest" ] || { echo "bisect-pci: there is no $guest (GUEST=PROGRAM)" >&2; exit 128; }
echo | grep -E -- "$line" >/dev/null 2>&1
[ $? -le 1 ] || { echo "bisect-pci: '$line' is not an extended regular expression" >&2; exit 128; }
[ $# -gt 0 ] || set -- make -j"$(nproc)" bzImage

"$@" >&2 || exit 125
kernel=$(mktemp -d)
trap 'rm -rf "$kernel"' EXIT
if [ -e arch/x86/boot/bzImage ]; then
	cp arch/x86/boot/bzImage "$kernel/bzImage"
	ln -s "$PWD" "$kernel/build"
elif [ -e bzImage ]; then
	cp -rs "$PWD"/. "$kernel"
else
	echo "bisect-pci: no arch/x86/boot/bzImage here" >&2
	exit 125
fi

log=$("$guest" --pci-from "$machine" --kernel "$kernel" -- dmesg) || exit 125
if grep -E -- "$line" <<<"$log"; then
	exit 1
fi
echo "bisect-pci: no line has: $line"
