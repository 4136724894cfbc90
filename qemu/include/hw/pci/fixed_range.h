/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fixed address ranges of PCI functions
 *
 * A function whose BAR or bridge window ignores what the guest writes must not
 * collide with another such function, and must be reachable through every
 * bridge above it. Both are known when the device is realized. What firmware
 * will make of the rest is known when the machine is complete, see
 * hw/pci/fixed_firmware.c. Where the guest puts other BARs and windows later
 * shows as trace event pci_fixed_range_overlap.
 */
#ifndef HW_PCI_FIXED_RANGE_H
#define HW_PCI_FIXED_RANGE_H

#include "hw/pci/pci_device.h"
#include "qemu/queue.h"

/**
 * struct PCIFixedRange - a range that its owner keeps
 * @dev: a bridge, whose window this is, or another function, whose BAR it is
 * @type: PCI_BASE_ADDRESS_SPACE_IO or PCI_BASE_ADDRESS_SPACE_MEMORY
 * @base: first port or address
 * @limit: last port or address
 * @ignore_firmware: the user does not want to be kept from starting a machine
 *                   whose firmware is expected to use the range otherwise
 */
typedef struct PCIFixedRange {
    PCIDevice *dev;
    uint8_t type;
    uint64_t base;
    uint64_t limit;
    bool ignore_firmware;
    QLIST_ENTRY(PCIFixedRange) next;
} PCIFixedRange;

/**
 * pci_fixed_range_claim() - reserve a fixed range for a function
 * @dev: a bridge, whose window this is, or any other function, whose BAR it is
 * @type: PCI_BASE_ADDRESS_SPACE_IO or PCI_BASE_ADDRESS_SPACE_MEMORY
 * @base: first port or address
 * @limit: last port or address
 * @errp: set when the range cannot work; the message names @dev and whatever
 *        is in its way
 *
 * Call it when @dev is being realized, and pci_fixed_range_release() when it
 * goes. A function may have several ranges.
 *
 * Returns: the range, which is now @dev's; or NULL
 */
PCIFixedRange *pci_fixed_range_claim(PCIDevice *dev, uint8_t type,
                                     uint64_t base, uint64_t limit,
                                     Error **errp);

/**
 * pci_fixed_range_release() - give back what a function has claimed
 * @dev: the function; it is fine if it has no range
 */
void pci_fixed_range_release(PCIDevice *dev);

/**
 * pci_fixed_range_find() - a range that overlaps another one
 * @dev: what is asked about
 * @type: as in pci_fixed_range_claim()
 * @base: first port or address
 * @limit: last port or address
 *
 * Windows through which @dev is reached do not count.
 *
 * Returns: a range in the same space as @dev; or NULL
 */
const PCIFixedRange *pci_fixed_range_find(PCIDevice *dev, uint8_t type,
                                          uint64_t base, uint64_t limit);

/**
 * pci_fixed_range_name() - what the user calls a function
 * @dev: the function
 *
 * Returns: its type with its id or, if it has none, with its place
 */
char *pci_fixed_range_name(PCIDevice *dev);

typedef QLIST_HEAD(, PCIFixedRange) PCIFixedRangeList;

/* All of them, for hw/pci/fixed_firmware.c */
extern PCIFixedRangeList pci_fixed_ranges;

/* hw/pci/fixed_firmware.c: to be called when there is a range */
void pci_fixed_firmware_check_later(void);

/* hw/pci/fixed_preserve.c: to be called when there is a range */
void pci_fixed_preserve_ask(void);

/* For gpex-acpi.c, riscv/virt.c: is the guest to leave all where it is? */
bool pci_fixed_preserve_wanted(void);

/* hw/pci/pci.c, pci_bridge.c: the guest has mapped a BAR, or set windows. */
void pci_fixed_range_bar_mapped(PCIDevice *dev, int bar);
void pci_fixed_range_windows_set(PCIDevice *bridge);

#endif /* HW_PCI_FIXED_RANGE_H */
