/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BARs and windows as ranges of one address space, sorted. */
#ifndef PCIADDR_MODEL_INTERVALS_H
#define PCIADDR_MODEL_INTERVALS_H

#include "pciaddr/model/machine.h"

struct interval {
	struct range range;
	const struct pci_function *function;
	const struct bar *bar;	/* NULL: a window */
	enum window_kind kind;
};

/* All zeroes is an empty list; free() the list itself. */
struct intervals {
	struct interval *list;
	size_t count;
	size_t capacity;
};

/*
 * Adds what the function answers to or forwards; when @disabled_too, also what it would if
 * its command register let it.
 */
void intervals_collect(struct intervals *intervals, const struct pci_function *function,
		       enum space space, bool disabled_too);

/* Outer before inner; of equal ranges the bridge that is nearer to the root comes first. */
void intervals_sort(struct intervals *intervals);

/* Is @outer a window of a bridge above?  It may enclose; if only partly, a check says so. */
bool interval_leads_to(const struct interval *outer, const struct interval *inner);

#endif
