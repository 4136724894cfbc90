/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a device tree says of host bridges: the property `ranges`. */
#ifndef PCIADDR_INPUT_DEVICE_TREE_H
#define PCIADDR_INPUT_DEVICE_TREE_H

#include "pciaddr/model/machine.h"

/*
 * Reads `ranges` of the node of the host bridge that the function's bus belongs to, for a
 * function on a root bus; sysfs has it as pci_bus/DDDD:BB/of_node beside @directory, which is
 * the function's.
 */
void device_tree_read(struct machine *machine, const struct pci_function *function,
		      int directory);

/*
 * Of I/O, the CPU's address in `ranges` is one of memory, where the ports are mapped; which
 * ports Linux made of them is in /proc/ioports only, as a window of the same size.  To be
 * called after host_windows_find().
 */
void device_tree_settle(struct machine *machine);

/*
 * Takes the bytes of `ranges` (PCI Bus Binding to IEEE Std 1275-1994, 2.2.1.1): three cells of
 * a PCI address, @address_cells of the CPU's, two of a size, all big-endian.
 */
void device_tree_parse_ranges(struct machine *machine, const struct pci_function *root,
			      const char *path, const uint8_t *bytes, size_t length,
			      unsigned int address_cells);

#endif
