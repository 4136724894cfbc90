// SPDX-License-Identifier: GPL-2.0-or-later
#include "common/nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

/* Longer names are compared up to here */
#define LENGTH_MAX	63

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Optimal string alignment distance: Levenshtein's, and swapped neighbours count as one. */
static unsigned int edit_distance(const char *a, const char *b)
{
	size_t la = strnlen(a, LENGTH_MAX), lb = strnlen(b, LENGTH_MAX);
	unsigned int rows[3][LENGTH_MAX + 1];
	unsigned int *before = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= lb; j++)
		above[j] = (unsigned int)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned int *oldest = before;
		int ca = tolower((unsigned char)a[i - 1]);

		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= lb; j++) {
			int cb = tolower((unsigned char)b[j - 1]);

			row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + (ca != cb));
			if (i > 1 && j > 1 && ca == tolower((unsigned char)b[j - 2]) &&
			    cb == tolower((unsigned char)a[i - 2]) && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		before = above;
		above = row;
		row = oldest;
	}
	return above[lb];
}

/* A number has no misspelling: 7 is not nearly 0. */
static bool is_number(const char *text)
{
	return isdigit((unsigned char)text[*text == '-']);
}

void nearest_start(struct nearest *nearest, const char *wanted)
{
	/* more than a third of the letters wrong is another word */
	*nearest = (struct nearest){
		.wanted = wanted,
		.distance = (unsigned int)strnlen(wanted, LENGTH_MAX) / 3 + 1,
	};
}

void nearest_offer(struct nearest *nearest, const char *name)
{
	unsigned int distance = edit_distance(nearest->wanted, name);

	/* of another word no letter is right */
	if (is_number(nearest->wanted) || distance >= strnlen(name, LENGTH_MAX))
		return;
	if (distance <= nearest->distance && (!nearest->best || distance < nearest->distance)) {
		nearest->best = name;
		nearest->distance = distance;
	}
}
