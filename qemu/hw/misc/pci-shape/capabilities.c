/*
 * PCI shape: which bits of a function's capabilities the guest can write
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is not named here keeps what the image says. PCI Local Bus 3.0, 6.8;
 * PCI Power Management 1.2, 3.2; PCI Express Base 5.0, 7.5.3 to 7.9
 */

#include "qemu/osdep.h"
#include "shape.h"

typedef struct Writable {
    uint16_t id;
    uint16_t offset; /* in the capability */
    uint32_t wmask;
    uint32_t w1cmask;
} Writable;

/* All of whole double words, in the order of their bytes */
static const Writable conventional[] = {
    { PCI_CAP_ID_PM, PCI_PM_CTRL, 0x1f03, PCI_PM_CTRL_PME_STATUS },
    { PCI_CAP_ID_PCIX, 0, 0x007f0000, 0 },
    { PCI_CAP_ID_MSIX, 0, 0xc0000000, 0 },
    /* Device Control and Status */
    { PCI_CAP_ID_EXP, 0x08, 0x00007fff, 0x000f0000 },
    /* Link Control; Retrain Link reads as 0. Link Status' bandwidth bits */
    { PCI_CAP_ID_EXP, 0x10, 0x00000fdb, 0xc0000000 },
    /* Slot Control; Slot Status' events */
    { PCI_CAP_ID_EXP, 0x18, 0x00003fff, 0x011f0000 },
    { PCI_CAP_ID_EXP, 0x1c, 0x0000001f, 0 }, /* Root Control */
    { PCI_CAP_ID_EXP, 0x20, 0, 0x00010000 }, /* Root Status */
    { PCI_CAP_ID_EXP, 0x28, 0x0000ffff, 0 }, /* Device Control 2 */
    { PCI_CAP_ID_EXP, 0x30, 0x0000ffdf, 0x00200000 }, /* Link Control 2 */
    { PCI_CAP_ID_AF, 4, 0, 0 },
};

static const Writable extended[] = {
    /* Uncorrectable errors: status, mask, severity; correctable ones */
    { PCI_EXT_CAP_ID_ERR, 0x04, 0, 0x07fff030 },
    { PCI_EXT_CAP_ID_ERR, 0x08, 0x07fff030, 0 },
    { PCI_EXT_CAP_ID_ERR, 0x0c, 0x07fff030, 0 },
    { PCI_EXT_CAP_ID_ERR, 0x10, 0, 0x0000f1c1 },
    { PCI_EXT_CAP_ID_ERR, 0x14, 0x0000f1c1, 0 },
    { PCI_EXT_CAP_ID_ERR, 0x18, 0x00000140, 0 },
    /* Root Error Command and Status */
    { PCI_EXT_CAP_ID_ERR, 0x2c, 0x00000007, 0 },
    { PCI_EXT_CAP_ID_ERR, 0x30, 0, 0x0000007f },
    { PCI_EXT_CAP_ID_ACS, 0x04, 0x007f0000, 0 },
    { PCI_EXT_CAP_ID_ARI, 0x04, 0x00730000, 0 },
    { PCI_EXT_CAP_ID_ATS, 0x04, 0x801f0000, 0 },
    { PCI_EXT_CAP_ID_SRIOV, PCI_SRIOV_CTRL, 0x0000001f, 0 },
    { PCI_EXT_CAP_ID_SRIOV, PCI_SRIOV_NUM_VF, 0x0000ffff, 0 },
    { PCI_EXT_CAP_ID_SRIOV, PCI_SRIOV_SYS_PGSIZE, UINT32_MAX, 0 },
    { PCI_EXT_CAP_ID_PRI, 0x04, 0x00000001, 0x00030000 },
    { PCI_EXT_CAP_ID_PRI, 0x0c, UINT32_MAX, 0 },
    { PCI_EXT_CAP_ID_PASID, 0x04, 0x00070000, 0 },
    { PCI_EXT_CAP_ID_LTR, 0x04, 0x1fff1fff, 0 },
    { PCI_EXT_CAP_ID_L1SS, 0x08, 0xe3ffff0f, 0 },
    { PCI_EXT_CAP_ID_L1SS, 0x0c, 0x000000fb, 0 },
    { PCI_EXT_CAP_ID_DPC, 0x04, 0x00ff0000, 0 },
    { PCI_EXT_CAP_ID_DPC, 0x08, 0, 0x0000000d },
    { PCI_EXT_CAP_ID_PTM, 0x08, 0x0000ff03, 0 },
};

static void set_masks(PCIShapeFunction *f, uint16_t cap, const Writable *list,
                      size_t count, uint16_t id)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t at = cap + list[i].offset;

        if (list[i].id == id && at + 4 <= f->size) {
            pci_set_long(f->wmask + at, list[i].wmask);
            pci_set_long(f->w1cmask + at, list[i].w1cmask);
        }
    }
}

/* Address, data, and mask bits have places that the flags tell. */
static void init_msi(PCIShapeFunction *f, uint16_t cap)
{
    uint16_t flags = pci_get_word(f->image + cap + PCI_MSI_FLAGS);
    bool wide = flags & PCI_MSI_FLAGS_64BIT;
    uint16_t data = cap + (wide ? PCI_MSI_DATA_64 : PCI_MSI_DATA_32);
    uint16_t mask = cap + (wide ? PCI_MSI_MASK_64 : PCI_MSI_MASK_32);

    if (mask + 4 > PCI_CONFIG_SPACE_SIZE) {
        return;
    }
    f->msi = cap;
    pci_set_word(f->wmask + cap + PCI_MSI_FLAGS,
                 PCI_MSI_FLAGS_ENABLE | PCI_MSI_FLAGS_QSIZE);
    pci_set_long(f->wmask + cap + PCI_MSI_ADDRESS_LO, 0xfffffffc);
    if (wide) {
        pci_set_long(f->wmask + cap + PCI_MSI_ADDRESS_HI, UINT32_MAX);
    }
    pci_set_word(f->wmask + data, UINT16_MAX);
    if (flags & PCI_MSI_FLAGS_MASKBIT) {
        pci_set_long(f->wmask + mask, UINT32_MAX);
    }
}

static void init_conventional(PCIShapeFunction *f, uint16_t cap, uint8_t id)
{
    if (id == PCI_CAP_ID_MSI) {
        init_msi(f, cap);
        return;
    }
    if (id == PCI_CAP_ID_EXP && cap + PCI_EXP_SLTSTA + 2 <=
        PCI_CONFIG_SPACE_SIZE) {
        f->express = cap;
    }
    set_masks(f, cap, conventional, ARRAY_SIZE(conventional), id);
}

static void init_extended(PCIShapeFunction *f, uint16_t cap, uint16_t id)
{
    switch (id) {
    case PCI_EXT_CAP_ID_REBAR:
        if (cap + PCI_REBAR_CTRL + 4 <= f->size) {
            f->rebar = cap;
            /* Up to six pairs of registers; set_masks() has no repetition. */
            for (int i = 0; i < PCI_SHAPE_BARS &&
                 cap + PCI_REBAR_CTRL + i * 8 + 4 <= f->size; i++) {
                unsigned int pairs =
                    pci_get_long(f->image + cap + PCI_REBAR_CTRL) >> 5 & 7;

                if (i < pairs) {
                    pci_set_long(f->wmask + cap + PCI_REBAR_CTRL + i * 8,
                                 0x00003f00);
                }
            }
        }
        break;
    case PCI_EXT_CAP_ID_SRIOV:
        if (cap + PCI_SRIOV_BAR + PCI_SHAPE_VF_BARS * 4 <= f->size) {
            f->sriov = cap;
        }
        break;
    }
    set_masks(f, cap, extended, ARRAY_SIZE(extended), id);
}

/* Lists that lead in a circle end where they have been before. */
void pci_shape_init_capabilities(PCIShapeFunction *f)
{
    DECLARE_BITMAP(seen, PCIE_CONFIG_SPACE_SIZE) = { 0 };
    uint8_t list = pci_shape_header_type(f) == PCI_HEADER_TYPE_CARDBUS ?
                   PCI_CB_CAPABILITY_LIST : PCI_CAPABILITY_LIST;
    uint16_t cap;

    if (pci_get_word(f->image + PCI_STATUS) & PCI_STATUS_CAP_LIST) {
        for (cap = f->image[list] & ~3;
             cap >= PCI_CONFIG_HEADER_SIZE && !test_and_set_bit(cap, seen);
             cap = f->image[cap + PCI_CAP_LIST_NEXT] & ~3) {
            init_conventional(f, cap, f->image[cap + PCI_CAP_LIST_ID]);
        }
    }
    if (f->size <= PCI_CONFIG_SPACE_SIZE) {
        return;
    }
    for (cap = PCI_CONFIG_SPACE_SIZE;
         cap >= PCI_CONFIG_SPACE_SIZE && !test_and_set_bit(cap, seen);) {
        uint32_t header = pci_get_long(f->image + cap);

        if (header == 0 || header == UINT32_MAX) {
            break;
        }
        init_extended(f, cap, PCI_EXT_CAP_ID(header));
        cap = PCI_EXT_CAP_NEXT(header) & ~3;
    }
}

static bool touches(uint32_t addr, int len, uint32_t offset, uint32_t size)
{
    return addr < offset + size && offset < addr + len;
}

void pci_shape_capabilities_written(PCIShapeFunction *f, uint32_t addr,
                                    int len)
{
    if (f->rebar && touches(addr, len, f->rebar + PCI_REBAR_CTRL,
                            PCI_SHAPE_BARS * 8)) {
        pci_shape_update_resizable(f);
    }
    if (f->express && touches(addr, len, f->express + PCI_EXP_SLTCTL, 2)) {
        pci_shape_slot_control_written(f);
    }
}
