/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fixed I/O port ranges of PCI functions
 *
 * A function whose I/O BAR or I/O window ignores what the guest writes must
 * not collide with another such function, and must be reachable through every
 * bridge above it. Both are known when the device is realized. Where the guest
 * puts other BARs and windows is not: a warning names those that overlap.
 */
#ifndef HW_PCI_FIXED_IO_H
#define HW_PCI_FIXED_IO_H

#include "hw/pci/pci.h"

/**
 * pci_fixed_io_claim() - reserve a fixed port range for a function
 * @dev: a bridge, whose window this is, or any other function, whose BAR it is
 * @base: first port
 * @limit: last port
 * @errp: set when the range cannot work; the message names @dev and whatever
 *        is in its way
 *
 * Call it when @dev is being realized, and pci_fixed_io_release() when it goes.
 *
 * Returns: true when the range is now @dev's
 */
bool pci_fixed_io_claim(PCIDevice *dev, uint32_t base, uint32_t limit,
                        Error **errp);

/**
 * pci_fixed_io_release() - give back what pci_fixed_io_claim() reserved
 * @dev: the function; it is fine if it has no range
 */
void pci_fixed_io_release(PCIDevice *dev);

#endif /* HW_PCI_FIXED_IO_H */
