// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/suggest.h"

#include "common/nearest.h"

const char *suggest(const char *word, const char *const *words)
{
	struct nearest nearest;

	nearest_start(&nearest, word);
	for (; *words; words++)
		nearest_offer(&nearest, *words);
	return nearest.best;
}
