/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the parts of diff_machines() report: each compares one subject of two functions. */
#ifndef PCIADDR_DIFF_CHANGES_H
#define PCIADDR_DIFF_CHANGES_H

#include "pciaddr/diff/diff.h"
#include "pciaddr/diff/match.h"

struct comparison {
	struct match match;
	const struct pci_function *cut_old;	/* what OLD ends in the middle of, or NULL */
	const struct pci_function *cut_new;
	struct results *results;
	diff_classes ignored;
};

/* The same function in both machines. */
struct pair {
	struct comparison *comparison;
	const struct pci_function *old;
	const struct pci_function *new;
};

/* A value on one side, and where it was read. */
struct side {
	const char *text;
	struct location where;
};

/* @item is what of the device has changed ("BAR 0"), or NULL. */
void diff_change(const struct pair *pair, enum check_id check, const char *item,
		 const char *message, struct side old, struct side new);
void diff_same(const struct comparison *comparison, enum check_id check);

/* Known on one side only; @reason is a literal. */
void diff_unknown(const struct pair *pair, enum check_id check, const char *reason);

/* The parts. */
void diff_addresses(const struct pair *pair);
void diff_windows(const struct pair *pair);
void diff_state(const struct pair *pair);

#endif
