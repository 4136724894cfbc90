# SPDX-License-Identifier: GPL-2.0-or-later
# Makes the section COMMANDS of a manual page out of "TOOL COMMAND --help" of each command,
# one after the other on standard input. What every command's help has in common is left out:
#   awk -v common='--device --json --help' -f subcommands.awk
function roff(text)
{
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	return text ~ /^[.']/ ? "\\&" text : text
}

# Options bold, what they take in italics
function option(text,    words, n, i, line)
{
	n = split(text, words, " ")
	for (i = 1; i <= n; i++)
		line = line (i > 1 ? " " : "") \
			(words[i] ~ /^[A-Z]/ ? "\\fI" : "\\fB") roff(words[i]) "\\fR"
	return line
}

BEGIN { n = split(common, words); for (i = 1; i <= n; i++) skip[words[i]]; print "[COMMANDS]\n" }

/^Usage: / {
	sub(/^Usage: [^ ]+ /, "")
	print ".SS \"" roff($0) "\""
	left_out = paragraph = has_text = 0
	next
}

/^Options:$/ { next }

# "  -l, --len SIZE       bytes": at least two blanks before what it means
/^  ( *-|[a-z])/ && match($0, /[^ ]  +[^ ]/) {
	left_out = 0
	for (word in skip)
		if (index($0, word " ") && index($0, word " ") < RSTART + RLENGTH)
			left_out = 1
	if (left_out)
		next
	name = substr($0, 1, RSTART)
	gsub(/^ +/, "", name)
	print ".TP\n" option(name)
	paragraph = 0
	print roff(substr($0, RSTART + RLENGTH - 1))
	next
}

# No paragraph begins at a heading.
/^$/ { left_out = 0; paragraph = has_text; has_text = 0; next }

# The rest of an option that is left out
left_out { next }

{
	sub(/^ +/, "")
	if (paragraph)
		print ".PP"
	paragraph = 0
	has_text = 1
	print roff($0)
}
