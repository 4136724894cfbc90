/*
 * PCI shape: the guest's way to configuration space
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/acpi/pci_layout.h"
#include "migration/vmstate.h"
#include "shape.h"
#include "trace.h"

/* PCI Local Bus 3.0, 3.2.2.3.2 */
#define PORT_ADDRESS 0xcf8
#define PORT_DATA 0xcfc
#define ADDRESS_ENABLE (1u << 31)

/* TYPE_PC_MACHINE, whose header is for one target alone */
#define PC_MACHINE_TYPE "generic-pc-machine"

static uint64_t address_read(void *opaque, hwaddr addr, unsigned len)
{
    return PCI_SHAPE(opaque)->latch;
}

static void address_write(void *opaque, hwaddr addr, uint64_t val,
                          unsigned len)
{
    if (addr == 0 && len == 4) {
        PCI_SHAPE(opaque)->latch = val;
    }
}

static PCIShapeFunction *addressed(PCIShapeState *s)
{
    if (!(s->latch & ADDRESS_ENABLE)) {
        return NULL;
    }
    return pci_shape_find(s, 0, extract32(s->latch, 16, 8),
                          extract32(s->latch, 8, 8));
}

static uint64_t data_read(void *opaque, hwaddr addr, unsigned len)
{
    PCIShapeState *s = opaque;
    PCIShapeFunction *f = addressed(s);

    return f ? pci_shape_config_read(f, (s->latch & 0xfc) | addr, len) :
               UINT64_MAX;
}

static void data_write(void *opaque, hwaddr addr, uint64_t val, unsigned len)
{
    PCIShapeState *s = opaque;
    PCIShapeFunction *f = addressed(s);

    if (f) {
        pci_shape_config_write(f, (s->latch & 0xfc) | addr, val, len);
    }
}

static const MemoryRegionOps address_ops = {
    .read = address_read,
    .write = address_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static const MemoryRegionOps data_ops = {
    .read = data_read,
    .write = data_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.min_access_size = 1,
    .valid.max_access_size = 4,
    .impl.min_access_size = 1,
    .impl.max_access_size = 4,
};

void pci_shape_set_armed(PCIShapeState *s, bool armed)
{
    trace_pci_shape_armed(armed);
    s->armed = armed;
    memory_region_transaction_begin();
    memory_region_set_enabled(&s->address, armed);
    memory_region_set_enabled(&s->data, armed);
    for (guint i = 0; i < s->roots->len; i++) {
        pci_shape_root_set_armed(g_ptr_array_index(s->roots, i), armed);
    }
    memory_region_transaction_commit();
}

static void pci_shape_reset_hold(Object *obj, ResetType type)
{
    PCIShapeState *s = PCI_SHAPE(obj);

    s->latch = 0;
    pci_shape_set_armed(s, s->at_once);
}

static int pci_shape_post_load(void *opaque, int version_id)
{
    PCIShapeState *s = opaque;

    pci_shape_set_armed(s, s->armed);
    return 0;
}

static const VMStateDescription vmstate_pci_shape = {
    .name = TYPE_PCI_SHAPE,
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = pci_shape_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(latch, PCIShapeState),
        VMSTATE_BOOL(armed, PCIShapeState),
        VMSTATE_END_OF_LIST()
    },
};

static void pci_shape_plug(HotplugHandler *handler, DeviceState *dev,
                           Error **errp)
{
    if (dev->hotplugged &&
        object_dynamic_cast(OBJECT(dev), TYPE_PCI_SHAPE_FUNCTION)) {
        PCIShapeFunction *f = PCI_SHAPE_FUNCTION(dev);

        if (f->parent) {
            pci_shape_slot_changed(f->parent, true);
        }
    }
}

static void pci_shape_unplug(HotplugHandler *handler, DeviceState *dev,
                             Error **errp)
{
    PCIShapeFunction *f = PCI_SHAPE_FUNCTION(dev);
    PCIShapeFunction *parent = f->parent;

    if (!pci_shape_slots_empty(&f->slots)) {
        error_setg(errp, "functions are behind %s: unplug these first",
                   f->address);
        return;
    }
    qdev_unrealize(dev);
    if (parent && pci_shape_slots_empty(&parent->slots)) {
        pci_shape_slot_changed(parent, false);
    }
}

static bool has_acpi(Object *machine)
{
    g_autofree char *acpi = object_property_get_str(machine, "acpi", NULL);

    return acpi && !g_str_equal(acpi, "off");
}

static void pci_shape_realize(DeviceState *dev, Error **errp)
{
    PCIShapeState *s = PCI_SHAPE(dev);
    MemoryRegion *io = get_system_io();
    bool ambiguous = false;

    object_resolve_path_type("", TYPE_ACPI_PCI_LAYOUT, &ambiguous);
    if (ambiguous) {
        error_setg(errp, "at most one device " TYPE_PCI_SHAPE
                   " is possible");
        return;
    }
    /* ACPI's tables are what arms it. */
    if (!object_dynamic_cast(qdev_get_machine(), PC_MACHINE_TYPE) ||
        !has_acpi(qdev_get_machine())) {
        error_setg(errp, TYPE_PCI_SHAPE " needs a PC: its machine's ACPI "
                   "tables say where PCI is");
        return;
    }
    /*
     * Over the host bridge's ports of the same priority, since they come
     * later, and below the reset port 0xcf9.
     */
    memory_region_init_io(&s->address, OBJECT(s), &address_ops, s,
                          "pci-shape-address", 4);
    memory_region_init_io(&s->data, OBJECT(s), &data_ops, s,
                          "pci-shape-data", 4);
    memory_region_set_enabled(&s->address, false);
    memory_region_set_enabled(&s->data, false);
    memory_region_add_subregion_overlap(io, PORT_ADDRESS, &s->address, 0);
    memory_region_add_subregion_overlap(io, PORT_DATA, &s->data, 0);
    /* A link is kept by its path, which the device has by now. */
    qbus_set_hotplug_handler(&s->bus, OBJECT(dev));
}

static void pci_shape_init(Object *obj)
{
    PCIShapeState *s = PCI_SHAPE(obj);

    s->roots = g_ptr_array_new();
    qbus_init(&s->bus, sizeof(s->bus), TYPE_PCI_SHAPE_BUS, DEVICE(obj), NULL);
}

/* The order in which functions were created may differ after hot-plugging. */
static char *pci_shape_dev_path(DeviceState *dev)
{
    PCIShapeFunction *f = (PCIShapeFunction *)
        object_dynamic_cast(OBJECT(dev), TYPE_PCI_SHAPE_FUNCTION);

    return f ? g_strdup(f->path) : NULL;
}

static void pci_shape_bus_class_init(ObjectClass *klass, const void *data)
{
    BUS_CLASS(klass)->get_dev_path = pci_shape_dev_path;
}

static void pci_shape_finalize(Object *obj)
{
    g_ptr_array_unref(PCI_SHAPE(obj)->roots);
}

static const Property pci_shape_properties[] = {
    DEFINE_PROP_BOOL("x-at-once", PCIShapeState, at_once, false),
};

static void pci_shape_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);
    HotplugHandlerClass *hc = HOTPLUG_HANDLER_CLASS(klass);

    dc->desc = "Shows the PCI configuration space of another machine";
    dc->realize = pci_shape_realize;
    dc->vmsd = &vmstate_pci_shape;
    dc->hotpluggable = false;
    device_class_set_props(dc, pci_shape_properties);
    rc->phases.hold = pci_shape_reset_hold;
    hc->plug = pci_shape_plug;
    hc->unplug = pci_shape_unplug;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    pci_shape_class_init_acpi(klass);
    object_class_property_set_description(klass, "x-at-once",
        "Show the images from a reset on, for tests that have no firmware");
}

static const TypeInfo pci_shape_types[] = {
    {
        .name = TYPE_PCI_SHAPE_BUS,
        .parent = TYPE_BUS,
        .instance_size = sizeof(BusState),
        .class_init = pci_shape_bus_class_init,
    }, {
        .name = TYPE_PCI_SHAPE,
        .parent = TYPE_ISA_DEVICE,
        .instance_size = sizeof(PCIShapeState),
        .instance_init = pci_shape_init,
        .instance_finalize = pci_shape_finalize,
        .class_init = pci_shape_class_init,
        .interfaces = (const InterfaceInfo[]) {
            { TYPE_ACPI_PCI_LAYOUT },
            { TYPE_HOTPLUG_HANDLER },
            { }
        },
    },
};

DEFINE_TYPES(pci_shape_types)
