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
