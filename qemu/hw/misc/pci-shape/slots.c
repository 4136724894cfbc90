/*
 * PCI shape: which function is on which bus
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "shape.h"

void pci_shape_slots_init(PCIShapeSlots *slots)
{
    slots->bridges = g_ptr_array_new();
}

void pci_shape_slots_free(PCIShapeSlots *slots)
{
    g_clear_pointer(&slots->bridges, g_ptr_array_unref);
}

void pci_shape_slots_add(PCIShapeSlots *slots, PCIShapeFunction *f)
{
    slots->at[f->devfn] = f;
    if (pci_shape_is_bridge(f)) {
        g_ptr_array_add(slots->bridges, f);
    }
}

void pci_shape_slots_remove(PCIShapeSlots *slots, PCIShapeFunction *f)
{
    slots->at[f->devfn] = NULL;
    g_ptr_array_remove(slots->bridges, f);
}

bool pci_shape_slots_empty(const PCIShapeSlots *slots)
{
    for (size_t i = 0; i < ARRAY_SIZE(slots->at); i++) {
        if (slots->at[i]) {
            return false;
        }
    }
    return true;
}

static PCIShapeRoot *find_root(PCIShapeState *s, uint16_t segment, uint8_t bus)
{
    for (guint i = 0; i < s->roots->len; i++) {
        PCIShapeRoot *root = g_ptr_array_index(s->roots, i);

        if (root->segment == segment && root->bus <= bus &&
            bus <= root->last_bus) {
            return root;
        }
    }
    return NULL;
}

/*
 * As bridges forward configuration requests (PCI-to-PCI Bridge Architecture
 * 1.2, 3.1.2). A secondary bus number that is not above the primary one leads
 * nowhere, so that this ends whatever the guest has written.
 */
PCIShapeFunction *pci_shape_find(PCIShapeState *s, uint16_t segment,
                                 uint8_t bus, uint8_t devfn)
{
    PCIShapeRoot *root = find_root(s, segment, bus);
    PCIShapeSlots *slots;
    uint8_t here;

    if (!root) {
        return NULL;
    }
    slots = &root->slots;
    here = root->bus;
    while (here != bus) {
        PCIShapeFunction *next = NULL;

        for (guint i = 0; i < slots->bridges->len; i++) {
            PCIShapeFunction *f = g_ptr_array_index(slots->bridges, i);
            uint8_t secondary = f->config[PCI_SECONDARY_BUS];

            if (secondary > here && secondary <= bus &&
                bus <= f->config[PCI_SUBORDINATE_BUS] &&
                pci_shape_slot_is_on(f)) {
                next = f;
                break;
            }
        }
        if (!next) {
            return NULL;
        }
        here = next->config[PCI_SECONDARY_BUS];
        slots = &next->slots;
    }
    return slots->at[devfn];
}

static PCIShapeFunction *find_bridge(PCIShapeSlots *slots, uint8_t bus)
{
    for (guint i = 0; i < slots->bridges->len; i++) {
        PCIShapeFunction *f = g_ptr_array_index(slots->bridges, i);
        PCIShapeFunction *below;

        if (f->image[PCI_SECONDARY_BUS] == bus) {
            return f;
        }
        below = find_bridge(&f->slots, bus);
        if (below) {
            return below;
        }
    }
    return NULL;
}

PCIShapeSlots *pci_shape_find_bus(PCIShapeState *s, uint16_t segment,
                                  uint8_t bus, PCIShapeRoot **root,
                                  PCIShapeFunction **bridge)
{
    *root = find_root(s, segment, bus);
    *bridge = NULL;
    if (!*root) {
        return NULL;
    }
    if ((*root)->bus == bus) {
        return &(*root)->slots;
    }
    *bridge = find_bridge(&(*root)->slots, bus);
    return *bridge ? &(*bridge)->slots : NULL;
}
