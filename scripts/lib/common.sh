# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What every script here shares: messages, the cache, locks, packages.
# Source it; it defines functions and these variables:
#   TOP    the project's tree
#   CACHE  where everything that is built or fetched is kept; safe to delete

set -euo pipefail
# A command that fails in $(...) ends what it stands in, if that is an assignment.
shopt -s inherit_errexit

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=$(realpath -m "${XDG_CACHE_HOME:-$HOME/.cache}/fpga-pci")
export TOP CACHE
# depmod, modprobe and others, which are not in the path of ordinary users
case :$PATH: in
*:/usr/sbin:*) ;;
*) export PATH=$PATH:/usr/sbin:/sbin ;;
esac

# Messages go to standard error: standard output belongs to the result.
say() { printf '[%4ds] %s\n' "$SECONDS" "$*" >&2; }

# die STATUS MESSAGE...: 1 failed, 2 usage or input, 3 cannot tell or not possible here
die() {
	local status=$1
	shift
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit "$status"
}

# with_lock NAME COMMAND...: one at a time on this machine, with a bound on the wait.
# The command must not leave children behind that inherit the lock.
with_lock() {
	local name=$1
	shift
	mkdir -p "$CACHE"
	(
		flock -w 3600 9 || die 3 "waited an hour for $CACHE/$name.lock"
		"$@" 9>&-
	) 9>"$CACHE/$name.lock"
}

# run_logged LOG COMMAND...: output into LOG; on failure its end is shown
run_logged() {
	local log=$1
	shift
	mkdir -p "$(dirname "$log")"
	"$@" >"$log" 2>&1 || {
		local status=$?
		tail -n 25 "$log" >&2
		die 1 "'$*' failed with status $status; the whole of its output is in $log"
	}
}

# content_key FILE...: a name for the content of files and of what is on standard input
content_key() {
	{ cat -- "$@"; [ -t 0 ] || cat; } | sha256sum | cut -c1-16
}

# releases COMMAND...: what lib/releases knows of Debian's releases, their kernels and sources
releases() {
	PYTHONPATH=$TOP/scripts/lib python3 -B -m releases "$@"
}

# packages GROUP...: the packages listed in scripts/packages/GROUP.list. A line that begins with
# the name of a Debian release and a colon is for that release alone.
packages() {
	local group release
	release=$(os_release VERSION_CODENAME)
	for group in "$@"; do
		sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$TOP/scripts/packages/$group.list"
	done | sed -n -e "s/^$release://p" -e '/^[a-z]*:/!p' | tr -s '[:space:]' '\n' | sed '/^$/d' | sort -u
}

# os_release NAME: what /etc/os-release says
os_release() {
	sed -n "s/^$1=[\"']\{0,1\}\([^\"']*\).*/\1/p" /etc/os-release 2>/dev/null || true
}

# need_packages GROUP...: install what is missing of these groups. NEED_PACKAGES=no: trust the
# user that all is there, under whatever name.
need_packages() {
	local missing
	[ "${NEED_PACKAGES-}" != no ] || return 0
	missing=$(packages "$@" | missing_packages)
	[ -n "$missing" ] || return 0
	command -v apt-get >/dev/null || by_hand "there is no apt-get" "$missing"
	[ "$(id -u)" = 0 ] || by_hand "not root" "$missing"
	# shellcheck disable=SC2086 # one word for each package
	with_lock apt install_packages $missing
}

# missing_packages: those of standard input that are not installed
missing_packages() {
	local wanted
	mapfile -t wanted
	[ ${#wanted[@]} -gt 0 ] || return 0
	# One call for all of them: each takes its time. Its status only says that one is not known.
	{ dpkg-query -W -f='${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null || :; } |
		sed -n 's/ installed$//p' | sort -u | comm -13 - <(printf '%s\n' "${wanted[@]}" | sort -u)
}

# by_hand REASON PACKAGES: ends with what the user has to do
by_hand() {
	local system
	system=$(os_release PRETTY_NAME)
	cat >&2 <<-TEXT
		${0##*/}: $1, so that these packages cannot be installed from here (their names
		are Debian's; this is ${system:-an unknown system}):

		$(echo "$2" | tr '\n' ' ' | fold -s -w 76 | sed 's/^/    /')

		On Debian 12 and 13, as root:  apt-get install --no-install-recommends PACKAGE...
		These two are tested; Ubuntu, Fedora and others are not. NEED_PACKAGES=no goes on
		without asking for packages, where the same programs are there by other names. And
		these go without Debian:
		  QEMU=PROGRAM             a QEMU that has the cards (qemu/apply adds them to a source)
		  QEMU_SRC=TREE            builds such a one from this source tree
		  scripts/guest --kernel DIR   a kernel of one's own instead of Debian's
		The guest's userland is Debian's, made by mmdebstrap. A cache (~/.cache/fpga-pci) in
		which scripts/guest --prepare has made it can be copied from a machine with Debian.
	TEXT
	exit 3
}

install_packages() {
	say "installing $# packages: $*"
	run_logged "$CACHE/logs/apt.log" apt_get_install "$@"
}

apt_get_install() {
	apt-get -o DPkg::Lock::Timeout=600 update &&
		DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 \
			install -y --no-install-recommends "$@"
}
