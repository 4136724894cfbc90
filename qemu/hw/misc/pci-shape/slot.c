/*
 * PCI shape: a port's slot, its power and the events of hot-plugging
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * PCI Express Base 5.0, 6.7.3 and 7.5.3.9 to 7.5.3.11
 */

#include "qemu/osdep.h"
#include "exec/memattrs.h"
#include "hw/pci/pci_bus.h"
#include "shape.h"
#include "trace.h"

static uint16_t get(const PCIShapeFunction *port, unsigned int reg)
{
    return pci_get_word(port->config + port->express + reg);
}

static void set_bits(PCIShapeFunction *port, unsigned int reg, uint16_t bits,
                     bool on)
{
    uint16_t val = get(port, reg);

    pci_set_word(port->config + port->express + reg,
                 on ? val | bits : val & ~bits);
}

static bool has_slot(const PCIShapeFunction *port)
{
    uint16_t flags = port->express ? get(port, PCI_EXP_FLAGS) : 0;
    unsigned int type = (flags & PCI_EXP_FLAGS_TYPE) >>
                        ctz32(PCI_EXP_FLAGS_TYPE);

    return (type == PCI_EXP_TYPE_ROOT_PORT ||
            type == PCI_EXP_TYPE_DOWNSTREAM) && flags & PCI_EXP_FLAGS_SLOT;
}

static bool has_power_switch(const PCIShapeFunction *port)
{
    return has_slot(port) && pci_get_long(port->config + port->express +
                                          PCI_EXP_SLTCAP) & PCI_EXP_SLTCAP_PCP;
}

bool pci_shape_slot_is_on(const PCIShapeFunction *port)
{
    return !has_power_switch(port) ||
           !(get(port, PCI_EXP_SLTCTL) & PCI_EXP_SLTCTL_PCC);
}

/* By MSI alone: the ACPI tables route no INTx of these functions. */
static void interrupt(PCIShapeFunction *port)
{
    uint16_t cap = port->msi;
    uint16_t flags = cap ?
                     pci_get_word(port->config + cap + PCI_MSI_FLAGS) : 0;
    bool wide = flags & PCI_MSI_FLAGS_64BIT;
    unsigned int number = (get(port, PCI_EXP_FLAGS) & PCI_EXP_FLAGS_IRQ) >>
                          ctz32(PCI_EXP_FLAGS_IRQ);
    unsigned int vectors = 1 << ((flags & PCI_MSI_FLAGS_QSIZE) >>
                                 ctz32(PCI_MSI_FLAGS_QSIZE));
    uint64_t to;
    uint32_t data;

    if (!(flags & PCI_MSI_FLAGS_ENABLE)) {
        return;
    }
    to = pci_get_long(port->config + cap + PCI_MSI_ADDRESS_LO);
    if (wide) {
        to |= (uint64_t)pci_get_long(port->config + cap + PCI_MSI_ADDRESS_HI)
              << 32;
    }
    data = pci_get_word(port->config + cap +
                        (wide ? PCI_MSI_DATA_64 : PCI_MSI_DATA_32));
    data = (data & ~(vectors - 1)) | (number & (vectors - 1));
    trace_pci_shape_msi(port->address, to, data);
    address_space_stl_le(&address_space_memory, to, data,
                         MEMTXATTRS_UNSPECIFIED, NULL);
}

/*
 * The image of a port whose slot was empty has a link without speed and lanes,
 * with which Linux says that it cannot be trained.
 */
static void train_link(PCIShapeFunction *port, uint32_t cap)
{
    uint16_t best = cap & (PCI_EXP_LNKSTA_CLS | PCI_EXP_LNKSTA_NLW);

    if (!(best & PCI_EXP_LNKSTA_CLS)) {
        best |= PCI_EXP_LNKSTA_CLS_2_5GB;
    }
    if (!(best & PCI_EXP_LNKSTA_NLW)) {
        best |= PCI_EXP_LNKSTA_NLW_X1;
    }
    if (!(get(port, PCI_EXP_LNKSTA) & PCI_EXP_LNKSTA_NLW)) {
        set_bits(port, PCI_EXP_LNKSTA, PCI_EXP_LNKSTA_CLS, false);
        set_bits(port, PCI_EXP_LNKSTA, best, true);
    }
}

static void set_link(PCIShapeFunction *port, bool up)
{
    uint32_t cap = pci_get_long(port->config + port->express +
                                PCI_EXP_LNKCAP);

    if (up) {
        train_link(port, cap);
    }
    if (cap & PCI_EXP_LNKCAP_DLLLARC) {
        set_bits(port, PCI_EXP_LNKSTA, PCI_EXP_LNKSTA_DLLLA, up);
    }
}

static void raise_event(PCIShapeFunction *port, uint16_t status)
{
    uint16_t control = get(port, PCI_EXP_SLTCTL);
    /* The enable bits are at the places of their events but for one. */
    uint16_t enabled = control & (PCI_EXP_SLTCTL_ABPE | PCI_EXP_SLTCTL_PFDE |
                                  PCI_EXP_SLTCTL_MRLSCE | PCI_EXP_SLTCTL_PDCE |
                                  PCI_EXP_SLTCTL_CCIE);

    if (control & PCI_EXP_SLTCTL_DLLSCE) {
        enabled |= PCI_EXP_SLTSTA_DLLSC;
    }
    set_bits(port, PCI_EXP_SLTSTA, status, true);
    if (control & PCI_EXP_SLTCTL_HPIE && status & enabled) {
        interrupt(port);
    }
}

void pci_shape_slot_control_written(PCIShapeFunction *port)
{
    if (!has_slot(port)) {
        return;
    }
    if (has_power_switch(port)) {
        set_link(port, pci_shape_slot_is_on(port) &&
                       !pci_shape_slots_empty(&port->slots));
    }
    if (!(pci_get_long(port->config + port->express + PCI_EXP_SLTCAP) &
          PCI_EXP_SLTCAP_NCCS)) {
        raise_event(port, PCI_EXP_SLTSTA_CC);
    }
}

bool pci_shape_slot_is_present(const PCIShapeFunction *port)
{
    return has_slot(port) && get(port, PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_PDS;
}

void pci_shape_slot_reset(PCIShapeFunction *port, bool present)
{
    /* Where the image is right, its link stays as it is there. */
    if (!has_slot(port) || pci_shape_slot_is_present(port) == present) {
        return;
    }
    set_bits(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS, present);
    set_link(port, present && pci_shape_slot_is_on(port));
}

void pci_shape_slot_changed(PCIShapeFunction *port, bool present)
{
    if (!has_slot(port)) {
        return;
    }
    set_bits(port, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_PDS, present);
    set_link(port, present && pci_shape_slot_is_on(port));
    trace_pci_shape_slot(port->address, present, get(port, PCI_EXP_SLTSTA));
    raise_event(port, PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_DLLSC);
}
