/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BARs, those of virtual functions, and windows as ranges of one address space, sorted. */
#ifndef PCIADDR_MODEL_INTERVALS_H
#define PCIADDR_MODEL_INTERVALS_H

#include "pciaddr/model/machine.h"

struct interval {
	struct range range;
	const struct pci_function *function;
	const struct bar *bar;	/* NULL: not a BAR of the function itself */
	const struct vf_bar *vf;/* of its virtual functions, all that are enabled; or NULL */
	enum window_kind kind;	/* with neither of these */
};

bool interval_is_window(const struct interval *interval);
bool interval_size_known(const struct interval *interval);

/* "BAR 0", "VF BAR 0", "memory window" */
const char *interval_name(const struct interval *interval);

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

/*
 * Is @outer a window of a bridge above?  It may enclose; if only partly, a check says so.  What
 * a physical function has for its virtual functions encloses the BARs that these show.
 */
bool interval_leads_to(const struct interval *outer, const struct interval *inner);

#endif
