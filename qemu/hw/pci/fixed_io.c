/*
 * Fixed I/O port ranges of PCI functions
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/queue.h"
#include "qapi/error.h"
#include "hw/pci/fixed_io.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
/* QEMU 10.1 moved it. */
#if __has_include("system/address-spaces.h")
#include "system/address-spaces.h"
#else
#include "exec/address-spaces.h"
#endif

typedef struct FixedIO {
    PCIDevice *dev;
    uint32_t base;
    uint32_t limit;
    GHashTable *warned;     /* set of PCIDevice, each warned of once */
    QLIST_ENTRY(FixedIO) next;
} FixedIO;

static QLIST_HEAD(, FixedIO) fixed_ios = QLIST_HEAD_INITIALIZER(fixed_ios);

/* What the user called it, or failing that where it is. */
static char *function_name(PCIDevice *dev)
{
    const char *type = object_get_typename(OBJECT(dev));

    if (DEVICE(dev)->id) {
        return g_strdup_printf("%s '%s'", type, DEVICE(dev)->id);
    }
    return g_strdup_printf("%s at slot %02x.%x of bus '%s'", type,
                           PCI_SLOT(dev->devfn), PCI_FUNC(dev->devfn),
                           BUS(pci_get_bus(dev))->name);
}

static PCIBus *root_bus(PCIDevice *dev)
{
    PCIBus *bus = pci_get_bus(dev);

    while (!pci_bus_is_root(bus)) {
        bus = pci_get_bus(bus->parent_dev);
    }
    return bus;
}

static MemoryRegion *io_space(PCIDevice *dev)
{
    return root_bus(dev)->address_space_io;
}

static bool is_behind(PCIDevice *dev, PCIDevice *bridge)
{
    PCIBus *bus = pci_get_bus(dev);

    while (!pci_bus_is_root(bus)) {
        if (bus->parent_dev == bridge) {
            return true;
        }
        bus = pci_get_bus(bus->parent_dev);
    }
    return false;
}

static bool contains(const FixedIO *window, uint32_t base, uint32_t limit)
{
    return window->base <= base && limit <= window->limit;
}

static const FixedIO *fixed_io_of(PCIDevice *dev)
{
    const FixedIO *fixed;

    QLIST_FOREACH(fixed, &fixed_ios, next) {
        if (fixed->dev == dev) {
            return fixed;
        }
    }
    return NULL;
}

/* A bridge whose I/O window and I/O decode are both hard-wired to nothing */
static bool passes_no_io(PCIDevice *bridge)
{
    return !(pci_get_word(bridge->wmask + PCI_COMMAND) & PCI_COMMAND_IO) &&
           !(pci_get_word(bridge->config + PCI_COMMAND) & PCI_COMMAND_IO);
}

static bool check_bridges_above(PCIDevice *dev, uint32_t base, uint32_t limit,
                                Error **errp)
{
    g_autofree char *name = function_name(dev);
    PCIBus *bus = pci_get_bus(dev);

    for (; !pci_bus_is_root(bus); bus = pci_get_bus(bus->parent_dev)) {
        PCIDevice *bridge = bus->parent_dev;
        g_autofree char *bridge_name = function_name(bridge);
        const FixedIO *window = fixed_io_of(bridge);

        if (passes_no_io(bridge)) {
            error_setg(errp, "%s: fixed ports 0x%x-0x%x cannot be reached: "
                       "%s passes no I/O", name, base, limit, bridge_name);
            return false;
        }
        if (!window) {
            warn_report("%s: ports 0x%x-0x%x are fixed, but the I/O window of "
                        "%s is not: they answer only while the guest sets "
                        "that window over them", name, base, limit,
                        bridge_name);
        } else if (!contains(window, base, limit)) {
            error_setg(errp, "%s: fixed ports 0x%x-0x%x are outside the fixed "
                       "I/O window 0x%x-0x%x of %s", name, base, limit,
                       window->base, window->limit, bridge_name);
            return false;
        }
    }
    return true;
}

/*
 * Two ranges may overlap only when one is the window through which the other
 * is reached.
 */
static bool check_other_functions(PCIDevice *dev, uint32_t base, uint32_t limit,
                                  Error **errp)
{
    const FixedIO *other;

    QLIST_FOREACH(other, &fixed_ios, next) {
        g_autofree char *name = NULL;
        g_autofree char *other_name = NULL;

        if (other->limit < base || limit < other->base ||
            io_space(other->dev) != io_space(dev) ||
            is_behind(dev, other->dev)) {
            continue;
        }
        name = function_name(dev);
        other_name = function_name(other->dev);
        error_setg(errp, "%s: fixed ports 0x%x-0x%x overlap 0x%x-0x%x, fixed "
                   "for %s", name, base, limit, other->base, other->limit,
                   other_name);
        return false;
    }
    return true;
}

/* The ports that the machine has; other BARs are the guest's to place. */
static bool check_machine_ports(PCIDevice *dev, uint32_t base, uint32_t limit,
                                Error **errp)
{
    MemoryRegion *space = io_space(dev);
    hwaddr port = base;

    while (port <= limit) {
        MemoryRegionSection section = memory_region_find(space, port,
                                                         limit + 1 - port);
        g_autofree char *name = NULL;

        if (!section.mr) {
            return true;
        }
        if (section.mr != space && !object_dynamic_cast(section.mr->owner,
                                                        TYPE_PCI_DEVICE)) {
            name = function_name(dev);
            error_setg(errp, "%s: fixed ports 0x%x-0x%x overlap the machine's "
                       "'%s' at 0x%" HWADDR_PRIx, name, base, limit,
                       memory_region_name(section.mr),
                       section.offset_within_address_space);
            memory_region_unref(section.mr);
            return false;
        }
        port = section.offset_within_address_space + int128_get64(section.size);
        memory_region_unref(section.mr);
    }
    return true;
}

/* Its window, and what to do about that, is what a warning should be about. */
static bool has_fixed_bridge(PCIDevice *dev)
{
    PCIBus *bus = pci_get_bus(dev);

    return !pci_bus_is_root(bus) && fixed_io_of(bus->parent_dev);
}

static void warn_once(FixedIO *fixed, PCIDevice *other, const char *what,
                      uint64_t base, uint64_t limit)
{
    g_autofree char *name = NULL;
    g_autofree char *other_name = NULL;

    if (limit < fixed->base || fixed->limit < base ||
        !g_hash_table_add(fixed->warned, other)) {
        return;
    }
    name = function_name(fixed->dev);
    other_name = function_name(other);
    warn_report("%s: its fixed ports 0x%x-0x%x are also the %s 0x%" PRIx64
                "-0x%" PRIx64 " that the guest has set for %s; %s keeps them",
                name, fixed->base, fixed->limit, what, base, limit, other_name,
                name);
}

static void look_at_function(PCIBus *bus, PCIDevice *dev, void *opaque)
{
    FixedIO *fixed = opaque;

    if (fixed_io_of(dev) || is_behind(dev, fixed->dev)) {
        return;
    }
    for (int i = 0; i < PCI_NUM_REGIONS; i++) {
        const PCIIORegion *r = &dev->io_regions[i];

        if (r->size && r->type & PCI_BASE_ADDRESS_SPACE_IO &&
            r->addr != PCI_BAR_UNMAPPED) {
            warn_once(fixed, dev, "I/O BAR", r->addr, r->addr + r->size - 1);
        }
    }
    if (IS_PCI_BRIDGE(dev) && !is_behind(fixed->dev, dev) &&
        pci_get_word(dev->config + PCI_COMMAND) & PCI_COMMAND_IO) {
        pcibus_t base = pci_bridge_get_base(dev, PCI_BASE_ADDRESS_SPACE_IO);
        pcibus_t limit = pci_bridge_get_limit(dev, PCI_BASE_ADDRESS_SPACE_IO);

        if (base <= limit) {
            warn_once(fixed, dev, "I/O window", base, limit);
        }
    }
}

static void look_at_bus(PCIBus *bus, void *opaque)
{
    pci_for_each_device_under_bus(bus, look_at_function, opaque);
}

/* BARs and windows that the guest sets show as changes of the I/O space. */
static void io_space_changed(MemoryListener *listener)
{
    FixedIO *fixed;

    QLIST_FOREACH(fixed, &fixed_ios, next) {
        if (!has_fixed_bridge(fixed->dev)) {
            pci_for_each_bus(root_bus(fixed->dev), look_at_bus, fixed);
        }
    }
}

static MemoryListener io_listener = {
    .name = "fixed-io",
    .commit = io_space_changed,
};

bool pci_fixed_io_claim(PCIDevice *dev, uint32_t base, uint32_t limit,
                        Error **errp)
{
    FixedIO *fixed;

    if (!check_bridges_above(dev, base, limit, errp) ||
        !check_other_functions(dev, base, limit, errp)) {
        return false;
    }
    /* A window claims nothing by itself: what lies behind it does. */
    if (!IS_PCI_BRIDGE(dev) && !check_machine_ports(dev, base, limit, errp)) {
        return false;
    }

    fixed = g_new(FixedIO, 1);
    *fixed = (FixedIO) {
        .dev = dev, .base = base, .limit = limit,
        .warned = g_hash_table_new(NULL, NULL),
    };
    if (QLIST_EMPTY(&fixed_ios)) {
        memory_listener_register(&io_listener, &address_space_io);
    }
    QLIST_INSERT_HEAD(&fixed_ios, fixed, next);
    return true;
}

void pci_fixed_io_release(PCIDevice *dev)
{
    FixedIO *fixed, *next;

    QLIST_FOREACH_SAFE(fixed, &fixed_ios, next, next) {
        if (fixed->dev == dev) {
            QLIST_REMOVE(fixed, next);
            if (QLIST_EMPTY(&fixed_ios)) {
                memory_listener_unregister(&io_listener);
            }
            g_hash_table_destroy(fixed->warned);
            g_free(fixed);
        }
    }
}
