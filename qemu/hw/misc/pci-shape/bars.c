/*
 * PCI shape: base address registers, which answer for their size
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "shape.h"

#define IO_MIN 4
#define MEM_MIN 16
#define ROM_MIN (2 * KiB)

/* Resizable BARs: PCI Express Base 5.0, 7.8.6 */
#define REBAR_ENTRY_SIZE 8
#define REBAR_SIZES_LOW 4 /* the bit of 1 MiB in the capability register */
/* 6 bits since revision 5.0, of which older headers of Linux know 5 */
#define REBAR_CTRL_SIZE 0x3f00

static unsigned int bar_count(const PCIShapeFunction *f)
{
    static const uint8_t counts[] = { 6, 2, 1 };

    return counts[pci_shape_header_type(f)];
}

/* Of a register at @offset: its low bits say its kind. */
static void set_bar_mask(PCIShapeFunction *f, unsigned int offset,
                         uint64_t size)
{
    uint64_t mask = size ? ~(size - 1) : 0;
    uint32_t flags = pci_get_long(f->image + offset);

    if (flags & PCI_BASE_ADDRESS_SPACE_IO) {
        pci_set_long(f->wmask + offset, mask & PCI_BASE_ADDRESS_IO_MASK);
        return;
    }
    pci_set_long(f->wmask + offset, mask & PCI_BASE_ADDRESS_MEM_MASK);
    if (flags & PCI_BASE_ADDRESS_MEM_TYPE_64) {
        pci_set_long(f->wmask + offset + 4, mask >> 32);
    }
}

static bool init_bar(PCIShapeFunction *f, unsigned int i, Error **errp)
{
    unsigned int offset = PCI_BASE_ADDRESS_0 + i * 4;
    uint32_t flags = pci_get_long(f->image + offset);
    bool io = flags & PCI_BASE_ADDRESS_SPACE_IO;
    bool wide = !io && flags & PCI_BASE_ADDRESS_MEM_TYPE_64;
    uint64_t size = f->bar_size[i];
    uint64_t max = io || !wide ? 2 * GiB : 1ULL << 63;

    if (!size) {
        return true;
    }
    if (i >= bar_count(f) || (wide && i + 1 >= bar_count(f))) {
        error_setg(errp, TYPE_PCI_SHAPE_FUNCTION " %s: a header of type %u "
                   "has no room for bar%u", f->address,
                   pci_shape_header_type(f), i);
        return false;
    }
    if (!is_power_of_2(size) || size < (io ? IO_MIN : MEM_MIN) || size > max) {
        error_setg(errp, TYPE_PCI_SHAPE_FUNCTION " %s: bar%u-size=%" PRIu64
                   " is not a power of 2 from %d to %" PRIu64, f->address, i,
                   size, io ? IO_MIN : MEM_MIN, max);
        return false;
    }
    if (wide && f->bar_size[i + 1]) {
        error_setg(errp, TYPE_PCI_SHAPE_FUNCTION " %s: bar%u is the upper "
                   "half of bar%u", f->address, i + 1, i);
        return false;
    }
    set_bar_mask(f, offset, size);
    return true;
}

static bool init_rom(PCIShapeFunction *f, Error **errp)
{
    static const uint8_t offsets[] = { PCI_ROM_ADDRESS, PCI_ROM_ADDRESS1, 0 };
    unsigned int offset = offsets[pci_shape_header_type(f)];

    if (!f->rom_size) {
        return true;
    }
    if (!offset || !is_power_of_2(f->rom_size) || f->rom_size < ROM_MIN ||
        f->rom_size > 2 * GiB) {
        error_setg(errp, TYPE_PCI_SHAPE_FUNCTION " %s: rom-size=%" PRIu64
                   " is not a power of 2 from %d to %" PRIu64 " of a header "
                   "that has a ROM", f->address, f->rom_size, (int)ROM_MIN,
                   2 * GiB);
        return false;
    }
    pci_set_long(f->wmask + offset,
                 ~(uint32_t)(f->rom_size - 1) | PCI_ROM_ADDRESS_ENABLE);
    return true;
}

bool pci_shape_init_bars(PCIShapeFunction *f, Error **errp)
{
    for (unsigned int i = 0; i < PCI_SHAPE_BARS; i++) {
        if (!init_bar(f, i, errp)) {
            return false;
        }
    }
    return init_rom(f, errp);
}

static bool init_vf_bar(PCIShapeFunction *f, unsigned int i, Error **errp)
{
    unsigned int offset = f->sriov + PCI_SRIOV_BAR + i * 4;
    uint64_t size = f->vf_bar_size[i];
    uint32_t flags;
    bool wide;

    if (!size) {
        return true;
    }
    if (!f->sriov) {
        error_setg(errp, TYPE_PCI_SHAPE_FUNCTION " %s: vf-bar%u-size=%" PRIu64
                   " has no meaning without an SR-IOV capability", f->address,
                   i, size);
        return false;
    }
    flags = pci_get_long(f->image + offset);
    wide = !(flags & PCI_BASE_ADDRESS_SPACE_IO) &&
           flags & PCI_BASE_ADDRESS_MEM_TYPE_64;
    if (wide && (i + 1 == PCI_SHAPE_VF_BARS || f->vf_bar_size[i + 1])) {
        error_setg(errp, TYPE_PCI_SHAPE_FUNCTION " %s: there is no room for "
                   "the upper half of vf-bar%u", f->address, i);
        return false;
    }
    if (!is_power_of_2(size) || size < MEM_MIN) {
        error_setg(errp, TYPE_PCI_SHAPE_FUNCTION " %s: vf-bar%u-size=%" PRIu64
                   " is not a power of 2 from %d", f->address, i, size,
                   MEM_MIN);
        return false;
    }
    set_bar_mask(f, offset, size);
    return true;
}

bool pci_shape_init_vf_bars(PCIShapeFunction *f, Error **errp)
{
    for (unsigned int i = 0; i < PCI_SHAPE_VF_BARS; i++) {
        if (!init_vf_bar(f, i, errp)) {
            return false;
        }
    }
    return true;
}

/* Is 2^(20 + @encoded) among the sizes of the entry at @entry? */
static bool size_is_possible(const PCIShapeFunction *f, unsigned int entry,
                             unsigned int encoded)
{
    uint32_t cap = pci_get_long(f->config + entry + PCI_REBAR_CAP);
    uint32_t ctrl = pci_get_long(f->config + entry + PCI_REBAR_CTRL);
    uint64_t sizes = cap >> REBAR_SIZES_LOW | (uint64_t)(ctrl >> 16) << 28;

    return encoded < 44 && sizes >> encoded & 1;
}

void pci_shape_update_resizable(PCIShapeFunction *f)
{
    uint32_t first;
    unsigned int count;

    if (!f->rebar) {
        return;
    }
    first = pci_get_long(f->config + f->rebar + PCI_REBAR_CTRL);
    count = MIN(first >> ctz32(PCI_REBAR_CTRL_NBAR_MASK) & 7, PCI_SHAPE_BARS);
    for (unsigned int i = 0; i < count; i++) {
        unsigned int entry = f->rebar + i * REBAR_ENTRY_SIZE;
        uint32_t ctrl, flags;
        unsigned int bar, encoded, offset, bytes;

        if (entry + PCI_REBAR_CTRL + 4 > f->size) {
            return;
        }
        ctrl = pci_get_long(f->config + entry + PCI_REBAR_CTRL);
        bar = ctrl & PCI_REBAR_CTRL_BAR_IDX;
        encoded = (ctrl & REBAR_CTRL_SIZE) >> ctz32(REBAR_CTRL_SIZE);
        if (bar >= bar_count(f) || !f->bar_size[bar] ||
            !size_is_possible(f, entry, encoded)) {
            continue;
        }
        offset = PCI_BASE_ADDRESS_0 + bar * 4;
        flags = pci_get_long(f->image + offset);
        if (flags & PCI_BASE_ADDRESS_SPACE_IO ||
            (encoded >= 12 && !(flags & PCI_BASE_ADDRESS_MEM_TYPE_64))) {
            continue;
        }
        set_bar_mask(f, offset, MiB << encoded);
        /* What does not decode any more does not read as set. */
        bytes = flags & PCI_BASE_ADDRESS_MEM_TYPE_64 ? 8 : 4;
        for (unsigned int byte = 1; byte < bytes; byte++) {
            f->config[offset + byte] &= f->wmask[offset + byte];
        }
    }
}
