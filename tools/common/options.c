// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/options.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "common/nearest.h"

static bool has_value(const struct option *longs, int value)
{
	while (longs->name && longs->val != value)
		longs++;
	return longs->name;
}

static char *unknown_long(const char *word, const struct option *longs)
{
	struct nearest nearest;
	int length = (int)strcspn(word, "=");
	char *message, *name = xasprintf("%.*s", length - 2, word + 2);

	nearest_start(&nearest, name);
	for (; longs->name; longs++) {
		/* one that begins so would have been taken if it were the only one */
		if (!strncmp(longs->name, name, strlen(name))) {
			free(name);
			return xasprintf("option '%.*s' is ambiguous", length, word);
		}
		nearest_offer(&nearest, longs->name);
	}
	message = nearest.best ?
		xasprintf("unknown option '%.*s'; did you mean '--%s'?", length, word,
			  nearest.best) :
		xasprintf("unknown option '%.*s'", length, word);
	free(name);
	return message;
}

char *option_error(int kind, char *const argv[], const struct option *longs)
{
	/* not for a letter with others behind it: getopt_long() stays on their word */
	const char *word = argv[optind - 1];

	if (kind == ':')
		return strncmp(word, "--", 2) ? xasprintf("option '-%c' needs a value", optopt) :
			xasprintf("option '%s' needs a value", word);
	/* Were there an option with such a letter, getopt_long() would have taken it. */
	if (isdigit(optopt))
		return xasprintf("'%s': no value may be negative here", word);
	if (!optopt)
		return unknown_long(word, longs);
	return has_value(longs, optopt) ? xasprintf("option '%s' takes no value", word) :
		xasprintf("unknown option '-%c'", optopt);
}
