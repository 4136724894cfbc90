/*
 * PCI shape: which bits of a function's header the guest can write
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * PCI Local Bus 3.0, 6.2; PCI-to-PCI Bridge Architecture 1.2, 3.2; PC Card
 * Standard 8.0, volume 2, 4.5
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "shape.h"

/* The two I/O windows of a CardBus bridge end with these bits. */
#define CARDBUS_IO_MASK 0xfffffffc
#define CARDBUS_MEM_MASK 0xfffff000
#define CARDBUS_CONTROL_MASK 0x07ff

#define BRIDGE_CONTROL_MASK 0x0fff
#define BRIDGE_CONTROL_W1C 0x0400 /* Discard Timer Status */

uint8_t pci_shape_header_type(const PCIShapeFunction *f)
{
    return f->image[PCI_HEADER_TYPE] & PCI_HEADER_TYPE_MASK;
}

bool pci_shape_is_bridge(const PCIShapeFunction *f)
{
    return pci_shape_header_type(f) != PCI_HEADER_TYPE_NORMAL;
}

static void init_common(PCIShapeFunction *f)
{
    pci_set_word(f->wmask + PCI_COMMAND,
                 PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
                 PCI_COMMAND_INVALIDATE | PCI_COMMAND_PARITY |
                 PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE);
    pci_set_word(f->w1cmask + PCI_STATUS,
                 PCI_STATUS_PARITY | PCI_STATUS_SIG_TARGET_ABORT |
                 PCI_STATUS_REC_TARGET_ABORT | PCI_STATUS_REC_MASTER_ABORT |
                 PCI_STATUS_SIG_SYSTEM_ERROR | PCI_STATUS_DETECTED_PARITY);
    f->wmask[PCI_CACHE_LINE_SIZE] = 0xff;
    if (!f->express) {
        f->wmask[PCI_LATENCY_TIMER] = 0xff;
    }
    f->wmask[PCI_INTERRUPT_LINE] = 0xff;
}

/*
 * Windows that a bridge need not have read as 0 where it has none. Software
 * closes a window by a base above its limit, which is not 0.
 */
static void init_bridge(PCIShapeFunction *f)
{
    uint8_t io_type = f->image[PCI_IO_BASE] & PCI_IO_RANGE_TYPE_MASK;
    uint8_t pref_type = f->image[PCI_PREF_MEMORY_BASE] &
                        PCI_PREF_RANGE_TYPE_MASK;

    memset(f->wmask + PCI_PRIMARY_BUS, 0xff, 3);
    if (!f->express) {
        f->wmask[PCI_SEC_LATENCY_TIMER] = 0xff;
    }
    if (pci_get_word(f->image + PCI_IO_BASE)) {
        f->wmask[PCI_IO_BASE] = PCI_IO_RANGE_MASK & 0xff;
        f->wmask[PCI_IO_LIMIT] = PCI_IO_RANGE_MASK & 0xff;
        if (io_type == PCI_IO_RANGE_TYPE_32) {
            pci_set_long(f->wmask + PCI_IO_BASE_UPPER16, UINT32_MAX);
        }
    }
    pci_set_word(f->wmask + PCI_MEMORY_BASE, PCI_MEMORY_RANGE_MASK & 0xffff);
    pci_set_word(f->wmask + PCI_MEMORY_LIMIT, PCI_MEMORY_RANGE_MASK & 0xffff);
    if (pci_get_long(f->image + PCI_PREF_MEMORY_BASE)) {
        pci_set_word(f->wmask + PCI_PREF_MEMORY_BASE,
                     PCI_PREF_RANGE_MASK & 0xffff);
        pci_set_word(f->wmask + PCI_PREF_MEMORY_LIMIT,
                     PCI_PREF_RANGE_MASK & 0xffff);
        if (pref_type == PCI_PREF_RANGE_TYPE_64) {
            pci_set_quad(f->wmask + PCI_PREF_BASE_UPPER32, UINT64_MAX);
        }
    }
    pci_set_word(f->w1cmask + PCI_SEC_STATUS, 0xf900);
    pci_set_word(f->wmask + PCI_BRIDGE_CONTROL,
                 BRIDGE_CONTROL_MASK & ~BRIDGE_CONTROL_W1C);
    pci_set_word(f->w1cmask + PCI_BRIDGE_CONTROL, BRIDGE_CONTROL_W1C);
}

static void init_cardbus(PCIShapeFunction *f)
{
    memset(f->wmask + PCI_CB_PRIMARY_BUS, 0xff, 4);
    for (int i = 0; i < 4; i++) {
        pci_set_long(f->wmask + PCI_CB_MEMORY_BASE_0 + i * 4,
                     CARDBUS_MEM_MASK);
        pci_set_long(f->wmask + PCI_CB_IO_BASE_0 + i * 4, CARDBUS_IO_MASK);
    }
    pci_set_word(f->w1cmask + PCI_CB_SEC_STATUS, 0xf900);
    pci_set_word(f->wmask + PCI_CB_BRIDGE_CONTROL, CARDBUS_CONTROL_MASK);
}

bool pci_shape_init_registers(PCIShapeFunction *f, Error **errp)
{
    pci_shape_init_capabilities(f);
    init_common(f);
    switch (pci_shape_header_type(f)) {
    case PCI_HEADER_TYPE_BRIDGE:
        init_bridge(f);
        break;
    case PCI_HEADER_TYPE_CARDBUS:
        init_cardbus(f);
        break;
    }
    return pci_shape_init_bars(f, errp) && pci_shape_init_vf_bars(f, errp);
}

void pci_shape_reset_registers(PCIShapeFunction *f)
{
    memcpy(f->config, f->image, sizeof(f->config));
    pci_shape_update_resizable(f);
}
