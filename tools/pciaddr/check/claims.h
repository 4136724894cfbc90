/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A BAR's lines in /proc/ioports or /proc/iomem. */
#ifndef PCIADDR_CHECK_CLAIMS_H
#define PCIADDR_CHECK_CLAIMS_H

#include "pciaddr/model/machine.h"

struct claim {
	const struct resource *entry;	/* the kernel's claim for the device, or NULL */
	const struct resource *owner;	/* the first claim inside it (a driver's), or NULL */
	const struct resource *instead;	/* without a claim: the innermost that has the range */
};

struct claim find_claim(const struct machine *machine, const struct pci_function *function,
			const struct bar *bar);

#endif
