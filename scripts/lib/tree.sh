# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# The project's files, and copies of them to build in. Needs common.sh.

# tree_files [PATH...]: the project's files below these paths, or all, from the top, each
# with a zero byte behind it; those that git does not know yet included
tree_files() {
	(
		cd "$TOP" || exit
		if [ -e .git ]; then
			git ls-files -z --cached --others --exclude-standard -- "$@"
		else
			[ $# -gt 0 ] || set -- .
			for path; do
				[ ! -e "$path" ] || find "$path" -type f -print0
			done | sed -z 's,^\./,,'
		fi | LC_ALL=C sort -z | while IFS= read -r -d '' path; do
			[ ! -f "$path" ] || printf '%s\0' "$path"
		done
	)
}

# copy_tree DIRECTORY: the whole of it
copy_tree() {
	mkdir -p "$1"
	tree_files | (cd "$TOP" && xargs -0 cp --parents -p -t "$1")
}

# snapshot DIRECTORY: brings a copy of the files that are listed on standard input, as
# tree_files does it, up to date, and DIRECTORY.files, that list, with DIRECTORY.sums. What
# has changed is of now, and the rest keeps its times, so that make rebuilds what has changed
# and nothing else: the times of the project's own files say nothing where several copies of
# it use the same cache.
snapshot() {
	local dir=$1
	mkdir -p "$dir"
	touch "$dir.files" "$dir.sums"
	cat >"$dir.files.new"
	LC_ALL=C comm -z -13 "$dir.files.new" "$dir.files" | (cd "$dir" && xargs -0 -r rm -f)
	(cd "$TOP" && xargs -0 sha256sum <"$dir.files.new") | LC_ALL=C sort >"$dir.sums.new"
	LC_ALL=C comm -23 "$dir.sums.new" "$dir.sums" | sed 's/^[^ ]*  //' |
		tar -C "$TOP" -c --verbatim-files-from -T - | tar -C "$dir" -x --touch
	mv "$dir.files.new" "$dir.files"
	mv "$dir.sums.new" "$dir.sums"
}
