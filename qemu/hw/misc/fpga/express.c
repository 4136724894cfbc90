/*
 * fpga card: what the function has besides behind a PCI Express port
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pcie.h"
#include "express.h"

/* The size of configuration space must be known before fpga_realize(). */
static void fpga_device_realize(DeviceState *dev, Error **errp)
{
    PCIBus *bus = PCI_BUS(qdev_get_parent_bus(dev));

    if (pci_bus_is_express(bus) && !pci_bus_is_root(bus)) {
        PCI_DEVICE(dev)->cap_present |= QEMU_PCI_CAP_EXPRESS;
    }
    FPGA_GET_CLASS(dev)->parent_realize(dev, errp);
}

void fpga_express_class_init(ObjectClass *klass)
{
    device_class_set_parent_realize(DEVICE_CLASS(klass), fpga_device_realize,
                                    &FPGA_CLASS(klass)->parent_realize);
}

/*
 * Behind a port of PCI Express. Among the endpoints it is a legacy one, the
 * only kind that may need I/O space (PCI Express Base 1.3.2); on the root bus,
 * where none of them may, it stays a conventional function.
 */
bool fpga_express_init(PCIDevice *dev, Error **errp)
{
    int pm;

    if (!pci_is_express(dev)) {
        return true;
    }
    if (pcie_cap_init(dev, 0, PCI_EXP_TYPE_LEG_END, 0, errp) < 0) {
        return false;
    }
    pcie_cap_flr_init(dev);

    pm = pci_pm_init(dev, 0, errp);
    if (pm < 0) {
        return false;
    }
    pci_set_word(dev->config + pm + PCI_PM_PMC, 3);
    pci_set_word(dev->config + pm + PCI_PM_CTRL, PCI_PM_CTRL_NO_SOFT_RESET);
    pci_set_word(dev->wmask + pm + PCI_PM_CTRL, PCI_PM_CTRL_STATE_MASK);

    if (msix_init_exclusive_bar(dev, FPGA_VECTORS, FPGA_BAR_MSIX, errp) < 0) {
        return false;
    }
    for (unsigned int vector = 0; vector < FPGA_VECTORS; vector++) {
        msix_vector_use(dev, vector);
    }
    return true;
}

void fpga_express_exit(PCIDevice *dev)
{
    if (msix_present(dev)) {
        msix_unuse_all_vectors(dev);
        msix_uninit_exclusive_bar(dev);
    }
}

void fpga_express_write_config(PCIDevice *dev, uint32_t addr, uint32_t val,
                               int len)
{
    pci_default_write_config(dev, addr, val, len);
    if (pci_is_express(dev)) {
        pcie_cap_flr_write_config(dev, addr, val, len);
    }
}

bool fpga_express_has_msix(void *opaque, int version_id)
{
    return pci_is_express(PCI_DEVICE(opaque));
}
