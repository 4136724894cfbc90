/*
 * PCI shape: a function, made of an image of its configuration space
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/crc32c.h"
#include "qemu/cutils.h"
#include "qapi/error.h"
#include "hw/pci/pci_bus.h"
#include "migration/vmstate.h"
#include "shape.h"
#include "trace.h"

uint32_t pci_shape_config_read(PCIShapeFunction *f, uint32_t addr, int len)
{
    uint32_t val = UINT32_MAX;

    if (addr + len <= f->size) {
        val = 0;
        memcpy(&val, f->config + addr, len);
        val = le32_to_cpu(val);
    }
    trace_pci_shape_read(f->address, addr, len, val);
    return val;
}

void pci_shape_config_write(PCIShapeFunction *f, uint32_t addr, uint32_t val,
                            int len)
{
    trace_pci_shape_write(f->address, addr, len, val);
    if (addr + len > f->size) {
        return;
    }
    for (int i = 0; i < len; i++) {
        uint8_t byte = val >> i * 8;
        uint8_t wmask = f->wmask[addr + i];
        uint8_t *config = &f->config[addr + i];

        *config = (*config & ~wmask) | (byte & wmask);
        *config &= ~(byte & f->w1cmask[addr + i]);
    }
    pci_shape_capabilities_written(f, addr, len);
}

/* "0000:01:02.3" */
static bool parse_address(PCIShapeFunction *f, uint16_t *segment, uint8_t *bus,
                          Error **errp)
{
    unsigned int seg, b, slot, function;
    int end = 0;

    if (!f->address ||
        sscanf(f->address, "%4x:%2x:%2x.%1x%n", &seg, &b, &slot, &function,
               &end) != 4 ||
        f->address[end] || slot >= PCI_SLOT_MAX || function >= PCI_FUNC_MAX) {
        error_setg(errp, TYPE_PCI_SHAPE_FUNCTION ": address='%s' is not "
                   "SSSS:BB:DD.F in hexadecimal", f->address ?: "");
        return false;
    }
    *segment = seg;
    *bus = b;
    f->devfn = PCI_DEVFN(slot, function);
    return true;
}

static bool read_image(PCIShapeFunction *f, Error **errp)
{
    g_autofree char *content = NULL;
    g_autoptr(GError) error = NULL;
    gsize length;

    if (!f->file) {
        error_setg(errp, TYPE_PCI_SHAPE_FUNCTION " %s: config=FILE is missing",
                   f->address);
        return false;
    }
    if (!g_file_get_contents(f->file, &content, &length, &error)) {
        error_setg(errp, TYPE_PCI_SHAPE_FUNCTION " %s: %s", f->address,
                   error->message);
        return false;
    }
    if (length != PCI_CONFIG_SPACE_SIZE && length != PCIE_CONFIG_SPACE_SIZE) {
        error_setg(errp, TYPE_PCI_SHAPE_FUNCTION " %s: %s has %zu bytes, not "
                   "%d or %d", f->address, f->file, length,
                   PCI_CONFIG_SPACE_SIZE, PCIE_CONFIG_SPACE_SIZE);
        return false;
    }
    memcpy(f->image, content, length);
    f->size = length;
    f->image_crc = crc32c(UINT32_MAX, f->image, length);
    if (pci_get_word(f->image + PCI_VENDOR_ID) == 0xffff ||
        pci_shape_header_type(f) > PCI_HEADER_TYPE_CARDBUS) {
        error_setg(errp, TYPE_PCI_SHAPE_FUNCTION " %s: %s has vendor %04x and "
                   "header type %u, which is not a function", f->address,
                   f->file, pci_get_word(f->image + PCI_VENDOR_ID),
                   pci_shape_header_type(f));
        return false;
    }
    return true;
}

/* The bus is there, and the place on it is free. */
static bool take_place(PCIShapeFunction *f, uint16_t segment, uint8_t bus,
                       Error **errp)
{
    PCIShapeState *s = PCI_SHAPE(qdev_get_parent_bus(DEVICE(f))->parent);
    PCIShapeSlots *slots = pci_shape_find_bus(s, segment, bus, &f->root,
                                              &f->parent);

    if (!slots) {
        error_setg(errp, TYPE_PCI_SHAPE_FUNCTION " %s: no " TYPE_PCI_SHAPE_ROOT
                   " and no bridge before it leads to bus %02x of segment "
                   "%04x", f->address, bus, segment);
        return false;
    }
    if (slots->at[f->devfn]) {
        error_setg(errp, TYPE_PCI_SHAPE_FUNCTION " %s: another is there "
                   "already", f->address);
        return false;
    }
    pci_shape_slots_add(slots, f);
    return true;
}

static void pci_shape_function_realize(DeviceState *dev, Error **errp)
{
    PCIShapeFunction *f = PCI_SHAPE_FUNCTION(dev);
    uint16_t segment;
    uint8_t bus;

    if (!parse_address(f, &segment, &bus, errp)) {
        return;
    }
    g_free(f->path);
    f->path = g_strdup_printf("%04x:%02x:%02x.%x", segment, bus,
                              PCI_SLOT(f->devfn), PCI_FUNC(f->devfn));
    if (!read_image(f, errp) ||
        !pci_shape_init_registers(f, errp)) {
        return;
    }
    pci_shape_reset_registers(f);
    take_place(f, segment, bus, errp);
}

static void pci_shape_function_unrealize(DeviceState *dev)
{
    PCIShapeFunction *f = PCI_SHAPE_FUNCTION(dev);

    pci_shape_slots_remove(f->parent ? &f->parent->slots : &f->root->slots, f);
}

static void pci_shape_function_reset_hold(Object *obj, ResetType type)
{
    PCIShapeFunction *f = PCI_SHAPE_FUNCTION(obj);
    bool present = pci_shape_slot_is_present(f);

    pci_shape_reset_registers(f);
    /* A reset unplugs nothing. */
    pci_shape_slot_reset(f, present);
}

static int pci_shape_function_post_load(void *opaque, int version_id)
{
    pci_shape_update_resizable(opaque);
    return 0;
}

static const VMStateDescription vmstate_pci_shape_function = {
    .name = TYPE_PCI_SHAPE_FUNCTION,
    .version_id = 2,
    .minimum_version_id = 2,
    .post_load = pci_shape_function_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_EQUAL(size, PCIShapeFunction, NULL),
        VMSTATE_UINT32_EQUAL(image_crc, PCIShapeFunction,
                             "config=FILE is not the same on both sides"),
        VMSTATE_UINT8_ARRAY(config, PCIShapeFunction, PCIE_CONFIG_SPACE_SIZE),
        VMSTATE_END_OF_LIST()
    },
};

static void pci_shape_function_init(Object *obj)
{
    pci_shape_slots_init(&PCI_SHAPE_FUNCTION(obj)->slots);
}

static void pci_shape_function_finalize(Object *obj)
{
    PCIShapeFunction *f = PCI_SHAPE_FUNCTION(obj);

    pci_shape_slots_free(&f->slots);
    g_free(f->path);
}

#define DEFINE_PROP_BAR(n) \
    DEFINE_PROP_SIZE("bar" #n "-size", PCIShapeFunction, bar_size[n], 0)
#define DEFINE_PROP_VF_BAR(n) \
    DEFINE_PROP_SIZE("vf-bar" #n "-size", PCIShapeFunction, vf_bar_size[n], 0)

static const Property pci_shape_function_properties[] = {
    DEFINE_PROP_STRING("address", PCIShapeFunction, address),
    DEFINE_PROP_STRING("config", PCIShapeFunction, file),
    DEFINE_PROP_BAR(0),
    DEFINE_PROP_BAR(1),
    DEFINE_PROP_BAR(2),
    DEFINE_PROP_BAR(3),
    DEFINE_PROP_BAR(4),
    DEFINE_PROP_BAR(5),
    DEFINE_PROP_SIZE("rom-size", PCIShapeFunction, rom_size, 0),
    DEFINE_PROP_VF_BAR(0),
    DEFINE_PROP_VF_BAR(1),
    DEFINE_PROP_VF_BAR(2),
    DEFINE_PROP_VF_BAR(3),
    DEFINE_PROP_VF_BAR(4),
    DEFINE_PROP_VF_BAR(5),
};

static void pci_shape_function_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    dc->desc = "Function of a machine that pci-shape shows";
    dc->realize = pci_shape_function_realize;
    dc->unrealize = pci_shape_function_unrealize;
    dc->vmsd = &vmstate_pci_shape_function;
    dc->bus_type = TYPE_PCI_SHAPE_BUS;
    dc->hotpluggable = true;
    rc->phases.hold = pci_shape_function_reset_hold;
    device_class_set_props(dc, pci_shape_function_properties);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    object_class_property_set_description(klass, "address",
        "SSSS:BB:DD.F, by the bus numbers of the images");
    object_class_property_set_description(klass, "config",
        "File with the 256 or 4096 bytes of configuration space");
}

static const TypeInfo pci_shape_function_types[] = {
    {
        .name = TYPE_PCI_SHAPE_FUNCTION,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(PCIShapeFunction),
        .instance_init = pci_shape_function_init,
        .instance_finalize = pci_shape_function_finalize,
        .class_init = pci_shape_function_class_init,
    },
};

DEFINE_TYPES(pci_shape_function_types)
