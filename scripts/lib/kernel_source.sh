# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the project uses of the kernel's own source but does not hold itself: the
# harness of kselftests, checkpatch, and checks for Coccinelle. Needs common.sh.

kernel_source_parts=(
	'*/scripts/checkpatch.pl' '*/scripts/spelling.txt' '*/scripts/const_structs.checkpatch'
	'*/scripts/coccinelle/*'
	'*/tools/testing/selftests/lib.mk' '*/tools/testing/selftests/kselftest*'
)

# kernel_source: prints a directory with those parts of Debian's kernel source
kernel_source() {
	local version dir
	need_packages lint >&2
	version=$(dpkg-query -W -f='${Version}' linux-source-6.1)
	dir=$CACHE/kernel-source/$version-$(echo "${kernel_source_parts[@]}" | content_key)
	[ -e "$dir" ] || with_lock kernel-source unpack_kernel_source "$dir"
	echo "$dir"
}

unpack_kernel_source() {
	local dir=$1
	[ ! -e "$dir" ] || return 0
	say "unpacking parts of the kernel's source"
	rm -rf "$dir.new"
	mkdir -p "$dir.new"
	tar -C "$dir.new" -xJf /usr/src/linux-source-6.1.tar.xz --strip-components=1 --wildcards \
		"${kernel_source_parts[@]}"
	mv "$dir.new" "$dir"
}

# checkpatch ARGUMENT...: the kernel's, as strict as it can be
checkpatch() {
	perl "$(kernel_source)/scripts/checkpatch.pl" --no-tree --strict --terse --no-summary \
		--show-types --max-line-length=100 "$@"
}
