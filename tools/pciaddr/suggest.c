// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/suggest.h"

#include <string.h>

#define WORD_MAX 40

static unsigned int smaller(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/*
 * Letters to insert, delete, replace or swap with their neighbour (Damerau-Levenshtein, of
 * adjacent letters only).
 */
static unsigned int distance(const char *a, const char *b)
{
	unsigned int rows[3][WORD_MAX + 1];
	unsigned int *before = rows[0], *last = rows[1], *row = rows[2];
	size_t length = strlen(b);

	for (size_t j = 0; j <= length; j++)
		last[j] = (unsigned int)j;
	for (size_t i = 1; a[i - 1]; i++) {
		unsigned int *spare = before;

		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= length; j++) {
			row[j] = smaller(smaller(last[j], row[j - 1]) + 1,
					 last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = smaller(row[j], before[j - 2] + 1);
		}
		before = last;
		last = row;
		row = spare;
	}
	return last[length];
}

const char *suggest(const char *word, const char *const *words)
{
	const char *nearest = NULL;
	size_t length = strlen(word);
	unsigned int least = length < 5 ? 2 : 3;

	if (length > WORD_MAX)
		return NULL;
	for (; *words; words++) {
		unsigned int away;

		if (strlen(*words) > WORD_MAX)
			continue;
		away = distance(word, *words);
		/* a word of which nothing is left is not meant */
		if (away < least && away < strlen(*words)) {
			least = away;
			nearest = *words;
		}
	}
	return nearest;
}
