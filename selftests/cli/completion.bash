# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of completion share: what the shells offer, asked without a terminal.

# in_zsh FUNCTIONS LINE WANTED [LINE WANTED]...: fails unless zsh, with the completions of the
# directory FUNCTIONS, puts WANTED into the line or lists it. One shell for all of them: it takes
# its time to start.
in_zsh() {
	cat >"$BATS_TEST_TMPDIR/ask" <<-'ZSH'
		zmodload zsh/zpty
		zpty asked "zsh -f -i"
		zpty -w asked "PS1=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; bindkey '^I' complete-word; print rea''dy"
		zpty -r -m asked line '*ready*'
		shift
		for ask wanted; do
			text=
			zpty -w -n asked "$ask"$'\t'
			zpty -w asked $'\C-a#\C-e'
			repeat 3000; do
				zpty -r -t asked line && text+=$line || sleep 0.1
				[[ $text == *$wanted* ]] && continue 2
			done
			print -r -- "'$wanted' is not in what '$ask' gives: $text"
			exit 1
		done
		zpty -d asked
	ZSH
	timeout 900 zsh -f "$BATS_TEST_TMPDIR/ask" "$@"
}

# in_fish SCRIPT LINE: what fish offers for the line, one a line
in_fish() {
	HOME=$BATS_TEST_TMPDIR timeout 300 fish -c "source $1; complete -C '$2'" | cut -f1
}
