/*
 * PCI shape: a host bridge
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qapi/error.h"
#include "hw/pci/pcie_host.h"
#include "shape.h"

#define BUS_SHIFT 20
/* Two digits of a name in the ACPI tables */
#define ROOTS_MAX 256

static PCIShapeFunction *addressed(PCIShapeRoot *root, hwaddr addr)
{
    return pci_shape_find(root->shape, root->segment,
                          root->bus + (addr >> BUS_SHIFT),
                          PCIE_MMCFG_DEVFN(addr));
}

static uint64_t mmconfig_read(void *opaque, hwaddr addr, unsigned len)
{
    PCIShapeFunction *f = addressed(opaque, addr);

    return f ? pci_shape_config_read(f, PCIE_MMCFG_CONFOFFSET(addr), len) :
               UINT64_MAX;
}

static void mmconfig_write(void *opaque, hwaddr addr, uint64_t val,
                           unsigned len)
{
    PCIShapeFunction *f = addressed(opaque, addr);

    if (f) {
        pci_shape_config_write(f, PCIE_MMCFG_CONFOFFSET(addr), val, len);
    }
}

static const MemoryRegionOps mmconfig_ops = {
    .read = mmconfig_read,
    .write = mmconfig_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid.min_access_size = 1,
    .valid.max_access_size = 4,
    .impl.min_access_size = 1,
    .impl.max_access_size = 4,
};

void pci_shape_root_set_armed(PCIShapeRoot *root, bool armed)
{
    if (root->mmconfig) {
        memory_region_set_enabled(&root->mmconfig_region, armed);
    }
}

/* "FIRST-LAST", and behind "@" where the processor has FIRST */
static bool parse_range(const char *text, PCIShapeWindow *window)
{
    uint64_t cpu;

    if (qemu_strtou64(text, &text, 0, &window->first) || *text++ != '-' ||
        qemu_strtou64(text, &text, 0, &window->last) ||
        window->first > window->last ||
        window->last - window->first == UINT64_MAX) {
        return false;
    }
    if (!*text) {
        return true;
    }
    if (*text++ != '@' || qemu_strtou64(text, NULL, 0, &cpu)) {
        return false;
    }
    window->offset = cpu - window->first;
    return cpu <= UINT64_MAX - (window->last - window->first);
}

static bool parse_window(const char *word, PCIShapeWindow *window)
{
    static const char *const kinds[] = { "io:", "mem:", "pref:" };

    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        const char *rest;

        if (strstart(word, kinds[i], &rest)) {
            window->kind = i;
            return parse_range(rest, window) &&
                   (i != PCI_SHAPE_WINDOW_IO ||
                    (window->last <= UINT32_MAX && !window->offset));
        }
    }
    return false;
}

static bool parse_windows(PCIShapeRoot *root, const char *text, Error **errp)
{
    g_auto(GStrv) words = g_strsplit_set(text, "\n ", -1);

    for (char **word = words; *word; word++) {
        PCIShapeWindow window = { 0 };

        if (!**word) {
            continue;
        }
        if (!parse_window(*word, &window)) {
            error_setg(errp, TYPE_PCI_SHAPE_ROOT ": windows: '%s' is not "
                       "'io:', 'mem:' or 'pref:' with FIRST-LAST or "
                       "FIRST-LAST@CPU (of memory)", *word);
            return false;
        }
        g_array_append_val(root->windows, window);
    }
    return true;
}

/* A line of -readconfig has no room for many windows. */
static bool read_windows(PCIShapeRoot *root, Error **errp)
{
    g_autofree char *content = NULL;
    g_autoptr(GError) error = NULL;

    if (!root->windows_file) {
        return true;
    }
    if (!g_file_get_contents(root->windows_file, &content, NULL, &error)) {
        error_setg(errp, TYPE_PCI_SHAPE_ROOT ": %s", error->message);
        return false;
    }
    return parse_windows(root, content, errp);
}

/* Somewhere in memory that nothing but PCI has */
static bool check_mmconfig(PCIShapeRoot *root, Error **errp)
{
    uint64_t buses = root->last_bus - root->bus + 1;
    uint64_t base = root->mmconfig + ((uint64_t)root->bus << BUS_SHIFT);
    MemoryRegionSection section;
    bool ram;

    if (root->mmconfig % (1 << BUS_SHIFT) ||
        base + (buses << BUS_SHIFT) - 1 < root->mmconfig) {
        error_setg(errp, TYPE_PCI_SHAPE_ROOT ": mmconfig=0x%" PRIx64
                   " is not a multiple of 0x%x with room for its buses",
                   root->mmconfig, 1 << BUS_SHIFT);
        return false;
    }
    section = memory_region_find(get_system_memory(), base,
                                 buses << BUS_SHIFT);
    ram = section.mr && memory_region_is_ram(section.mr);
    if (section.mr) {
        memory_region_unref(section.mr);
    }
    if (ram) {
        error_setg(errp, TYPE_PCI_SHAPE_ROOT ": mmconfig=0x%" PRIx64
                   " is in RAM", root->mmconfig);
    }
    return !ram;
}

static bool check_buses(PCIShapeRoot *root, Error **errp)
{
    if (root->bus > root->last_bus) {
        error_setg(errp, TYPE_PCI_SHAPE_ROOT ": last-bus=%u is below "
                   "bus-number=%u",
                   root->last_bus, root->bus);
        return false;
    }
    for (guint i = 0; i < root->shape->roots->len; i++) {
        PCIShapeRoot *other = g_ptr_array_index(root->shape->roots, i);

        if (other->segment == root->segment &&
            other->bus <= root->last_bus && root->bus <= other->last_bus) {
            error_setg(errp, TYPE_PCI_SHAPE_ROOT ": buses %02x-%02x of "
                       "segment %04x are in part those of another root, "
                       "%02x-%02x", root->bus, root->last_bus, root->segment,
                       other->bus, other->last_bus);
            return false;
        }
    }
    return true;
}

static void pci_shape_root_realize(DeviceState *dev, Error **errp)
{
    PCIShapeRoot *root = PCI_SHAPE_ROOT(dev);
    uint64_t base = root->mmconfig + ((uint64_t)root->bus << BUS_SHIFT);

    root->shape = PCI_SHAPE(qdev_get_parent_bus(dev)->parent);
    if (root->shape->roots->len >= ROOTS_MAX) {
        error_setg(errp, "at most %d devices " TYPE_PCI_SHAPE_ROOT
                   " are possible", ROOTS_MAX);
        return;
    }
    if (!check_buses(root, errp) ||
        !parse_windows(root, root->windows_text ?: "", errp) ||
        !read_windows(root, errp) ||
        (root->mmconfig && !check_mmconfig(root, errp))) {
        return;
    }
    if (root->mmconfig) {
        memory_region_init_io(&root->mmconfig_region, OBJECT(root),
                              &mmconfig_ops, root, "pci-shape-mmconfig",
                              (uint64_t)(root->last_bus - root->bus + 1)
                              << BUS_SHIFT);
        memory_region_set_enabled(&root->mmconfig_region, false);
        /* Over the host bridge's own */
        memory_region_add_subregion_overlap(get_system_memory(), base,
                                            &root->mmconfig_region, 1);
    }
    g_ptr_array_add(root->shape->roots, root);
}

static void pci_shape_root_init(Object *obj)
{
    PCIShapeRoot *root = PCI_SHAPE_ROOT(obj);

    pci_shape_slots_init(&root->slots);
    root->windows = g_array_new(false, false, sizeof(PCIShapeWindow));
}

static void pci_shape_root_finalize(Object *obj)
{
    PCIShapeRoot *root = PCI_SHAPE_ROOT(obj);

    pci_shape_slots_free(&root->slots);
    g_array_unref(root->windows);
}

static const Property pci_shape_root_properties[] = {
    DEFINE_PROP_UINT16("segment", PCIShapeRoot, segment, 0),
    DEFINE_PROP_UINT8("bus-number", PCIShapeRoot, bus, 0),
    DEFINE_PROP_UINT8("last-bus", PCIShapeRoot, last_bus, 0xff),
    DEFINE_PROP_UINT64("mmconfig", PCIShapeRoot, mmconfig, 0),
    DEFINE_PROP_STRING("windows", PCIShapeRoot, windows_text),
    DEFINE_PROP_STRING("windows-file", PCIShapeRoot, windows_file),
};

static void pci_shape_root_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);

    dc->desc = "Host bridge of a machine that pci-shape shows";
    dc->realize = pci_shape_root_realize;
    dc->bus_type = TYPE_PCI_SHAPE_BUS;
    /* ACPI's tables name them. */
    dc->hotpluggable = false;
    device_class_set_props(dc, pci_shape_root_properties);
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    object_class_property_set_description(klass, "segment",
        "PCI segment group, which Linux calls domain");
    object_class_property_set_description(klass, "bus-number",
        "Number of its bus");
    object_class_property_set_description(klass, "last-bus",
        "The highest bus number below it");
    object_class_property_set_description(klass, "mmconfig",
        "Address of the segment's configuration space, as of bus 0 "
        "(0: by ports alone)");
    object_class_property_set_description(klass, "windows",
        "What it forwards: io:FIRST-LAST, mem:FIRST-LAST, pref:FIRST-LAST; "
        "memory with @CPU where the processor has it elsewhere");
    object_class_property_set_description(klass, "windows-file",
        "File with more windows, separated by blanks or lines");
}

static const TypeInfo pci_shape_root_types[] = {
    {
        .name = TYPE_PCI_SHAPE_ROOT,
        .parent = TYPE_DEVICE,
        .instance_size = sizeof(PCIShapeRoot),
        .instance_init = pci_shape_root_init,
        .instance_finalize = pci_shape_root_finalize,
        .class_init = pci_shape_root_class_init,
    },
};

DEFINE_TYPES(pci_shape_root_types)
