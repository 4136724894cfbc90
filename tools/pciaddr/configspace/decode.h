/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a function is by its config space, into the model. */
#ifndef PCIADDR_CONFIGSPACE_DECODE_H
#define PCIADDR_CONFIGSPACE_DECODE_H

#include "pciaddr/model/machine.h"

/*
 * Takes @length bytes (at most CONFIG_KEPT) into the function and decodes them: ids, BARs,
 * bridge windows, Enhanced Allocation.  @present has one bit for each byte that was read;
 * NULL stands for all.
 */
void config_decode(struct machine *machine, struct pci_function *function,
		   const uint8_t *bytes, const uint8_t *present, size_t length);

/* The parts, for a function whose header type is known. */

/* The BARs and the expansion ROM that the header has. */
void config_decode_bars(struct machine *machine, struct pci_function *function);

/*
 * IDE in compatibility mode answers at the ISA addresses, whatever its registers hold: is this
 * BAR such a one?  The class must be known.
 */
bool config_legacy_bar(const struct pci_function *function, unsigned int index);

/* Such a BAR; false: the registers tell that the function does not have its channel. */
bool config_read_legacy_bar(const struct pci_function *function, unsigned int index,
			    struct bar *bar);

/*
 * lspci or the kernel has such a BAR at @address: then it is there, if not at an ISA address, as
 * any other BAR.
 */
void config_legacy_told(const struct pci_function *function, struct bar *bar, uint64_t address);

/* lspci or the kernel names all that they have: where some are named, the others are not there. */
void config_settle_legacy_bars(struct pci_function *function);

/* Bus numbers and windows; NULL for what is no bridge. */
struct bridge *config_decode_bridge(struct machine *machine, const struct pci_function *function);

/* The ranges that take the place of BARs and windows; those must have been decoded. */
void config_decode_enhanced_allocation(struct machine *machine, struct pci_function *function);

/* Likewise those that take the place of virtual functions' BARs; SR-IOV must have been decoded. */
void config_decode_enhanced_vf_bars(struct pci_function *function);

#endif
