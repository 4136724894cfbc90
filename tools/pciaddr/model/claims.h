/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A BAR's lines in /proc/ioports or /proc/iomem. */
#ifndef PCIADDR_MODEL_CLAIMS_H
#define PCIADDR_MODEL_CLAIMS_H

#include "pciaddr/model/machine.h"

struct claim {
	const struct resource *entry;	/* the kernel's claim for the device, or NULL */
	const struct resource *owner;	/* the first claim inside it (a driver's), or NULL */
	const struct resource *elsewhere;	/* without: perhaps it, if the bridge translates */
	const struct resource *instead;	/* without a claim: the innermost that has the range */
};

struct claim find_claim(const struct machine *machine, const struct pci_function *function,
			const struct bar *bar);

/*
 * Where the source gives no size of a BAR, the kernel's claim under the device's slot has it.
 * To be called once, after machine_learn_translation().
 */
void machine_take_claimed_sizes(struct machine *machine);

#endif
