/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of config_decode(), for a function whose header type is known. */
#ifndef PCIADDR_CONFIG_DECODE_H
#define PCIADDR_CONFIG_DECODE_H

#include "pciaddr/model.h"

/* The BARs and the expansion ROM that the header has. */
void config_decode_bars(struct machine *machine, struct pci_function *function);

/* Bus numbers and windows; NULL for what is no bridge. */
struct bridge *config_decode_bridge(struct machine *machine, const struct pci_function *function);

/* The ranges that take the place of BARs and windows; those must have been decoded. */
void config_decode_enhanced_allocation(struct machine *machine, struct pci_function *function);

#endif
