# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What every script here shares: messages, the cache, locks, packages.
# Source it; it defines functions and these variables:
#   TOP    the project's tree
#   CACHE  where everything that is built or fetched is kept; safe to delete

set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/fpga-pci
export TOP CACHE

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

# packages GROUP...: the packages listed in scripts/packages/GROUP.list
packages() {
	local group
	for group in "$@"; do
		sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$TOP/scripts/packages/$group.list"
	done | tr -s '[:space:]' '\n' | sort -u
}

# need_packages GROUP...: install what is missing of these groups
need_packages() {
	local missing
	missing=$(packages "$@" | while read -r package; do
		dpkg-query -W -f='${db:Status-Status}\n' "$package" 2>/dev/null |
			grep -qx installed || echo "$package"
	done)
	[ -n "$missing" ] || return 0
	command -v apt-get >/dev/null ||
		die 3 "these Debian packages are needed and there is no apt-get: ${missing//$'\n'/ }"
	[ "$(id -u)" = 0 ] ||
		die 3 "not root: please install these packages first: apt-get install ${missing//$'\n'/ }"
	# shellcheck disable=SC2086 # one word for each package
	with_lock apt install_packages $missing
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

# apt_mirror: the address from which this machine gets Debian's packages
apt_mirror() {
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' |
		head -n 1 | grep . || die 3 "no Debian 12 mirror in apt's sources"
}

# other_release SUITE [deb|deb-src]: prints the path of an apt configuration that sees
# this suite alone; the machine's own sources stay as they are. Use: APT_CONFIG=$(...) apt-get ...
other_release() {
	local suite=$1 type=${2:-deb}
	local dir=$CACHE/apt/$suite-$type
	is_recent "$dir/updated" ||
		with_lock "apt-$suite-$type" read_release "$suite" "$type" "$dir" || return
	echo "$dir/apt.conf"
}

is_recent() {
	[ -e "$1" ] && [ -z "$(find "$1" -mtime +1)" ]
}

# Somebody else may have read it meanwhile: apt itself does not wait for others.
read_release() {
	local suite=$1 type=$2 dir=$3 mirror
	! is_recent "$dir/updated" || return 0
	mirror=$(apt_mirror) || return
	say "reading the package list of $suite ($type)"
	mkdir -p "$dir/lists/partial"
	echo "$type [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" \
		>"$dir/sources.list"
	cat >"$dir/apt.conf" <<-CONF
		Dir::Etc::SourceList "$dir/sources.list";
		Dir::Etc::SourceParts "-";
		Dir::State::Lists "$dir/lists";
		Dir::Cache::pkgcache "";
		Dir::Cache::srcpkgcache "";
		APT::Sandbox::User "root";
	CONF
	APT_CONFIG=$dir/apt.conf run_logged "$CACHE/logs/apt-$suite.log" apt-get update
	touch "$dir/updated"
}
