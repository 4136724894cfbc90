/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which function of one machine is which of another. */
#ifndef PCIADDR_DIFF_MATCH_H
#define PCIADDR_DIFF_MATCH_H

#include "pciaddr/model/machine.h"

#define UNMATCHED UINT32_MAX

struct match {
	const struct machine *old;
	const struct machine *new;
	uint32_t *to_new;	/* for each function of @old its index in @new, or UNMATCHED */
	uint32_t *to_old;
};

/*
 * First by the name that both sides have for it (libvirt's alias is QEMU's id); then by ids and
 * serial number, where no other device has them; then by the path from the root bus by
 * device.function, with the same ids; then by ids on the same bus; then by ids anywhere.  Of several alike the first goes with the first.  Bus
 * numbers count for root buses, and where the path is not known on both sides.  To be freed
 * with match_free().
 */
void match_machines(struct match *match, const struct machine *old, const struct machine *new);
void match_free(struct match *match);

/*
 * Is the bridge right above this bus known, or that there is none?  A source need not have all
 * bridges, nor what they lead to.
 */
bool bus_place_known(const struct machine *machine, const struct bus *bus);

/* The other machine's function, or NULL. */
const struct pci_function *match_of_old(const struct match *match,
					const struct pci_function *function);
const struct pci_function *match_of_new(const struct match *match,
					const struct pci_function *function);

#endif
