/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fpga card: what the function has besides behind a PCI Express port */
#ifndef HW_MISC_FPGA_EXPRESS_H
#define HW_MISC_FPGA_EXPRESS_H

#include "fpga.h"

/* fpga_express_class_init() - let the function be one of PCI Express */
void fpga_express_class_init(ObjectClass *klass);

/**
 * fpga_express_init() - add its capabilities, if it is one of PCI Express
 * @dev: the function, which has the others
 * @errp: set when that failed
 *
 * Returns: whether that worked; fpga_express_exit() is needed in any case
 */
bool fpga_express_init(PCIDevice *dev, Error **errp);
void fpga_express_exit(PCIDevice *dev);

/* fpga_express_write_config() - pci_default_write_config(), and reset by FLR */
void fpga_express_write_config(PCIDevice *dev, uint32_t addr, uint32_t val,
                               int len);

/* fpga_express_has_msix() - for VMSTATE_MSIX_TEST(); @opaque is the card */
bool fpga_express_has_msix(void *opaque, int version_id);

#endif /* HW_MISC_FPGA_EXPRESS_H */
