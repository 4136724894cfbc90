/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which failures a tree or a picture has to show at a device. */
#ifndef PCIADDR_VIEW_MARKS_H
#define PCIADDR_VIEW_MARKS_H

#include "pciaddr/check/results.h"

/* The failures, sorted by device. */
struct marks {
	const struct finding **findings;
	size_t count;
};

void marks_find(struct marks *marks, const struct results *results);
void marks_free(struct marks *marks);

/*
 * The failures of this function and item (NULL: of the device itself), from *@at on, which is
 * to be 0 at first; NULL when there is no more.
 */
const struct finding *marks_next(const struct marks *marks,
				 const struct pci_function *function, const char *item,
				 size_t *at);

#endif
