# SPDX-License-Identifier: GPL-2.0-or-later
# The links of Markdown pages, for what is installed and for the test of them.
#
# awk -v page=docs/a.md -v mode=list -f docs/links.awk PAGE
#	prints a line for each link to a file: its target, from the top of the tree, and the
#	heading there that it names, if any
# awk -v page=docs/a.md -v mode=install -v installed='docs/a.md docs/b.md' -f ... PAGE
#	prints the page with those links left that lead to what is installed; of the others,
#	their text
#
# page: where the page is, from the top of the tree.

BEGIN {
	directory = page
	if (!sub(/\/[^\/]*$/, "", directory))
		directory = "."
	count = split(installed, names, " ")
	for (i = 1; i <= count; i++)
		is_installed[names[i]] = 1
}

{ text = text $0 "\n" }

END {
	while (match(text, /\[[^][]*\]\([^() \t\n]*\)/)) {
		link = substr(text, RSTART, RLENGTH)
		before = substr(text, 1, RSTART - 1)
		text = substr(text, RSTART + RLENGTH)
		shown = substr(link, 2, index(link, "](") - 2)
		target = substr(link, index(link, "](") + 2)
		target = substr(target, 1, length(target) - 1)
		if (mode == "install") {
			if (leads_there(target))
				shown = link
			else
				sub(/!$/, "", before)
			printf "%s%s", before, shown
		}
		if (mode == "list" && target !~ /^[a-z]+:/)
			print path(target), heading(target)
	}
	if (mode == "install")
		printf "%s", text
}

function leads_there(target) {
	return target ~ /^[a-z]+:/ || path(target) in is_installed
}

function heading(target) {
	return target ~ /#/ ? substr(target, index(target, "#") + 1) : ""
}

# From the top of the tree, without . and ..
function path(target,    parts, many, i, n, found) {
	sub(/#.*/, "", target)
	if (target == "")
		return page
	many = split(directory "/" target, parts, "/")
	n = 0
	for (i = 1; i <= many; i++) {
		if (parts[i] == "." || parts[i] == "")
			continue
		if (parts[i] == ".." && n > 0 && stack[n] != "..")
			n--
		else
			stack[++n] = parts[i]
	}
	found = n ? stack[1] : "."
	for (i = 2; i <= n; i++)
		found = found "/" stack[i]
	return found
}
