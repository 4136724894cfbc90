/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BARs that keep their address
 *
 * Such a BAR is decoded from power-on and reads as its address whatever is
 * written to it, except that it answers its size to one read after all ones
 * have been written (PCI Local Bus 3.0, 6.2.5.1). Resets of the function and of
 * its bus do not move it.
 */
#ifndef HW_PCI_FIXED_BAR_H
#define HW_PCI_FIXED_BAR_H

#include "hw/pci/pci_device.h"

/**
 * pci_fixed_bar_set() - keep a BAR at an address
 * @dev: the function, which has registered that BAR
 * @bar: its number, 0 to 5
 * @addr: the address, aligned to the size of the BAR
 * @hidden: the guest is to find no such BAR: it reads as 0
 * @errp: set when pci_fixed_range_claim() refuses the range
 *
 * @dev passes its accesses to configuration space through
 * pci_fixed_bar_config_write() and pci_fixed_bar_config_read(), calls
 * pci_fixed_bar_restore() in the exit phase of its reset, and
 * pci_fixed_bar_release() when it goes.
 *
 * Returns: whether it was done
 */
bool pci_fixed_bar_set(PCIDevice *dev, int bar, uint64_t addr, bool hidden,
                       Error **errp);

/**
 * pci_fixed_bar_hold() - the same for a function whose model does not know it
 * @dev: the function, of any type; the caller restores and releases
 * @bar: as in pci_fixed_bar_set()
 * @addr: as in pci_fixed_bar_set()
 * @errp: as in pci_fixed_bar_set()
 */
bool pci_fixed_bar_hold(PCIDevice *dev, int bar, uint64_t addr, Error **errp);

/**
 * pci_fixed_bar_config_write() - write to configuration space
 * @dev: the function
 * @addr: offset
 * @val: value
 * @len: bytes
 * @write: what else the function does then, pci_default_write_config() at least
 */
void pci_fixed_bar_config_write(PCIDevice *dev, uint32_t addr, uint32_t val,
                                int len, PCIConfigWriteFunc *write);

/**
 * pci_fixed_bar_config_read() - read configuration space
 * @dev: the function
 * @addr: offset
 * @len: bytes
 * @read: what the function reads otherwise, pci_default_read_config() at least
 */
uint32_t pci_fixed_bar_config_read(PCIDevice *dev, uint32_t addr, int len,
                                   PCIConfigReadFunc *read);

/**
 * pci_fixed_bar_restore() - put fixed BARs back
 * @dev: the function, after a reset; it is fine if it has none
 */
void pci_fixed_bar_restore(PCIDevice *dev);

/**
 * pci_fixed_bar_release() - let go of all fixed BARs of a function
 * @dev: the function; it is fine if it has none
 */
void pci_fixed_bar_release(PCIDevice *dev);

/**
 * pci_fixed_bar_is_fixed() - whether a BAR keeps its address
 * @dev: the function
 * @bar: its number
 */
bool pci_fixed_bar_is_fixed(PCIDevice *dev, int bar);

/**
 * pci_fixed_bar_is_hidden() - whether the guest finds no such BAR
 * @dev: the function
 * @bar: its number
 */
bool pci_fixed_bar_is_hidden(PCIDevice *dev, int bar);

/**
 * pci_fixed_bar_get_sizing() - state to migrate
 * @dev: the function
 *
 * Returns: a bit for each BAR of which the next read gives the size
 */
uint8_t pci_fixed_bar_get_sizing(PCIDevice *dev);

/* pci_fixed_bar_set_sizing() - such state, loaded */
void pci_fixed_bar_set_sizing(PCIDevice *dev, uint8_t bars);

#endif /* HW_PCI_FIXED_BAR_H */
