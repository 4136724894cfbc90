/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was probably meant by a name that is not known. */
#ifndef TOOLS_COMMON_NEAREST_H
#define TOOLS_COMMON_NEAREST_H

/* A search: nearest_start(), nearest_offer() for each name there is, then read @best. */
struct nearest {
	const char *wanted;
	const char *best;	/* NULL as long as nothing is near enough */
	unsigned int distance;
};

void nearest_start(struct nearest *nearest, const char *wanted);

/* @name must outlive the search.  Upper and lower case are the same. */
void nearest_offer(struct nearest *nearest, const char *name);

#endif
