/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which source is compared with which. */
#ifndef PCIADDR_DIFF_PAIRS_H
#define PCIADDR_DIFF_PAIRS_H

#include "pciaddr/diff/diff.h"
#include "pciaddr/input/source.h"

struct source_pair {
	const struct source *old;	/* NULL: on the other side only */
	const struct source *new;
};

struct source_pairs {
	struct source_pair *pairs;	/* to be freed */
	size_t count;
};

/*
 * The first @old_count of @sources are OLD's, the others NEW's: one of each, or @by_name those
 * whose files have the same name, in the order of the names.
 */
void source_pairs_find(struct source_pairs *pairs, const struct source *sources,
		       size_t old_count, size_t count, bool by_name);

/*
 * Loads and compares.  @new has the error when one of them could not be read, and both must be
 * all zeroes before, and freed after the results.
 */
void diff_pair(const struct source_pair *pair, diff_classes ignored, struct machine *old,
	       struct machine *new, struct results *results);

#endif
