/*
 * Fixed address ranges of PCI functions
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "hw/boards.h"
#include "hw/pci/fixed_range.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "system/address-spaces.h"
#include "trace.h"

/* A handful at most: a machine has few such devices. */
PCIFixedRangeList pci_fixed_ranges = QLIST_HEAD_INITIALIZER(pci_fixed_ranges);

char *pci_fixed_range_name(PCIDevice *dev)
{
    const char *type = object_get_typename(OBJECT(dev));

    if (DEVICE(dev)->id) {
        return g_strdup_printf("%s '%s'", type, DEVICE(dev)->id);
    }
    return g_strdup_printf("%s at slot %02x.%x of bus '%s'", type,
                           PCI_SLOT(dev->devfn), PCI_FUNC(dev->devfn),
                           BUS(pci_get_bus(dev))->name);
}

static bool is_io(uint8_t type)
{
    return type & PCI_BASE_ADDRESS_SPACE_IO;
}

static const char *unit(uint8_t type)
{
    return is_io(type) ? "ports" : "addresses";
}

static MemoryRegion *space_of(PCIDevice *dev, uint8_t type)
{
    PCIBus *bus = pci_device_root_bus(dev);

    return is_io(type) ? bus->address_space_io : bus->address_space_mem;
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

/* Whether a window of @bridge that cannot move covers all of the range */
static bool has_window(PCIDevice *bridge, uint8_t type, uint64_t base,
                       uint64_t limit, const PCIFixedRange **window)
{
    const PCIFixedRange *range;

    QLIST_FOREACH(range, &pci_fixed_ranges, next) {
        if (range->dev == bridge && is_io(range->type) == is_io(type)) {
            *window = range;
            if (range->base <= base && limit <= range->limit) {
                return true;
            }
        }
    }
    return false;
}

/* A bridge whose I/O window and I/O decode are both hard-wired to nothing */
static bool passes_no_io(PCIDevice *bridge)
{
    return !(pci_get_word(bridge->wmask + PCI_COMMAND) & PCI_COMMAND_IO) &&
           !(pci_get_word(bridge->config + PCI_COMMAND) & PCI_COMMAND_IO);
}

static bool check_bridges_above(PCIDevice *dev, uint8_t type, uint64_t base,
                                uint64_t limit, Error **errp)
{
    g_autofree char *name = pci_fixed_range_name(dev);
    PCIBus *bus = pci_get_bus(dev);

    for (; !pci_bus_is_root(bus); bus = pci_get_bus(bus->parent_dev)) {
        PCIDevice *bridge = bus->parent_dev;
        g_autofree char *bridge_name = pci_fixed_range_name(bridge);
        const PCIFixedRange *window = NULL;

        if (is_io(type) && passes_no_io(bridge)) {
            error_setg(errp, "%s: fixed ports 0x%" PRIx64 "-0x%" PRIx64
                       " cannot be reached: %s passes no I/O", name, base,
                       limit, bridge_name);
            return false;
        }
        if (has_window(bridge, type, base, limit, &window)) {
            continue;
        }
        if (window) {
            error_setg(errp, "%s: fixed %s 0x%" PRIx64 "-0x%" PRIx64
                       " are outside the fixed %s window 0x%" PRIx64 "-0x%"
                       PRIx64 " of %s", name, unit(type), base, limit,
                       is_io(type) ? "I/O" : "memory", window->base,
                       window->limit, bridge_name);
            return false;
        }
        warn_report("%s: %s 0x%" PRIx64 "-0x%" PRIx64 " are fixed, but the %s "
                    "window of %s is not: they answer only while the guest "
                    "sets that window over them", name, unit(type), base,
                    limit, is_io(type) ? "I/O" : "memory", bridge_name);
    }
    return true;
}

const PCIFixedRange *pci_fixed_range_find(PCIDevice *dev, uint8_t type,
                                          uint64_t base, uint64_t limit)
{
    const PCIFixedRange *other;

    QLIST_FOREACH(other, &pci_fixed_ranges, next) {
        /*
         * Two ranges may overlap only when one is the window through which the
         * other is reached.
         */
        if (is_io(other->type) == is_io(type) && other->base <= limit &&
            base <= other->limit &&
            space_of(other->dev, type) == space_of(dev, type) &&
            !is_behind(dev, other->dev)) {
            return other;
        }
    }
    return NULL;
}

static bool check_other_functions(PCIDevice *dev, uint8_t type, uint64_t base,
                                  uint64_t limit, Error **errp)
{
    const PCIFixedRange *other = pci_fixed_range_find(dev, type, base, limit);
    g_autofree char *name = NULL;
    g_autofree char *other_name = NULL;

    if (!other) {
        return true;
    }
    name = pci_fixed_range_name(dev);
    other_name = pci_fixed_range_name(other->dev);
    error_setg(errp, "%s: fixed %s 0x%" PRIx64 "-0x%" PRIx64 " overlap 0x%"
               PRIx64 "-0x%" PRIx64 ", fixed for %s", name, unit(type), base,
               limit, other->base, other->limit, other_name);
    return false;
}

/*
 * Whether the guest can move what a function has at @addr: a BAR of it has that
 * there, or a register of its own, as PIIX4's for SMBus. Others have the
 * machine's fixed addresses, as the ports for ACPI's hot-plugging.
 */
static bool guest_places(PCIDevice *dev, hwaddr addr)
{
    for (int i = 0; i < PCI_NUM_REGIONS; i++) {
        const PCIIORegion *r = &dev->io_regions[i];

        if (r->size && r->addr != PCI_BAR_UNMAPPED && addr >= r->addr &&
            addr - r->addr < r->size) {
            return true;
        }
    }
    for (int i = PCI_CONFIG_HEADER_SIZE; i < PCI_CONFIG_SPACE_SIZE; i += 4) {
        uint32_t value = pci_get_long(dev->config + i);

        /* Its low bits are others, such as one that enables it. */
        if (QEMU_ALIGN_DOWN(value, 16) == addr &&
            pci_get_long(dev->wmask + i)) {
            return true;
        }
    }
    return false;
}

/*
 * Where to look for what a machine has of its own: a PC's memory is that
 * of the bus, and has its RAM; elsewhere a host bridge translates.
 */
static MemoryRegion *machine_space(PCIDevice *dev, uint8_t type)
{
    MemoryRegion *space = space_of(dev, type);

    return !is_io(type) && space->container == get_system_memory() ?
           get_system_memory() : space;
}

/* DIMMs come there later. */
static bool check_dimms(PCIDevice *dev, uint64_t base, uint64_t limit,
                        Error **errp)
{
    DeviceMemoryState *dimms = MACHINE(qdev_get_machine())->device_memory;
    g_autofree char *name = NULL;
    uint64_t size = dimms ? memory_region_size(&dimms->mr) : 0;

    if (!size || limit < dimms->base || base >= dimms->base + size) {
        return true;
    }
    name = pci_fixed_range_name(dev);
    error_setg(errp, "%s: fixed addresses 0x%" PRIx64 "-0x%" PRIx64
               " overlap 0x%" PRIx64 "-0x%" PRIx64 ", which is for hot-plugged "
               "memory (-m maxmem=)", name, base, limit, dimms->base,
               dimms->base + size - 1);
    return false;
}

/* Whether a region at @addr is there for good */
static bool is_permanent_region(MemoryRegion *mr, hwaddr addr)
{
    return !object_dynamic_cast(mr->owner, TYPE_PCI_DEVICE) ||
           !guest_places(PCI_DEVICE(mr->owner), addr);
}

/*
 * What the machine has there for good. A host bridge may put regions of its own
 * below all others, to answer where nothing is.
 */
static bool check_machine(PCIDevice *dev, uint8_t type, uint64_t base,
                          uint64_t limit, Error **errp)
{
    MemoryRegion *space = machine_space(dev, type);
    hwaddr offset = 0;
    hwaddr at = base;

    if (space == get_system_memory() && !check_dimms(dev, base, limit, errp)) {
        return false;
    }
    /* memory_region_find() answers in terms of the outermost container. */
    for (MemoryRegion *mr = space; mr->container; mr = mr->container) {
        offset += mr->addr;
    }
    while (at <= limit) {
        MemoryRegionSection section = memory_region_find(space, at,
                                                         limit + 1 - at);
        g_autofree char *name = NULL;
        hwaddr found;

        if (!section.mr) {
            return true;
        }
        found = section.offset_within_address_space - offset;
        if (section.mr != space &&
            !(space->owner && section.mr->owner == space->owner) &&
            is_permanent_region(section.mr,
                                found - section.offset_within_region)) {
            name = pci_fixed_range_name(dev);
            error_setg(errp, "%s: fixed %s 0x%" PRIx64 "-0x%" PRIx64
                       " overlap the machine's '%s' at 0x%" HWADDR_PRIx, name,
                       unit(type), base, limit, memory_region_name(section.mr),
                       found);
            memory_region_unref(section.mr);
            return false;
        }
        at = found + int128_get64(section.size);
        memory_region_unref(section.mr);
    }
    return true;
}

PCIFixedRange *pci_fixed_range_claim(PCIDevice *dev, uint8_t type,
                                     uint64_t base, uint64_t limit,
                                     Error **errp)
{
    PCIFixedRange *range;

    if (!check_bridges_above(dev, type, base, limit, errp) ||
        !check_other_functions(dev, type, base, limit, errp)) {
        return NULL;
    }
    /* An I/O window claims nothing by itself: what lies behind it does. */
    if (!(IS_PCI_BRIDGE(dev) && is_io(type)) &&
        !check_machine(dev, type, base, limit, errp)) {
        return NULL;
    }

    range = g_new(PCIFixedRange, 1);
    *range = (PCIFixedRange) {
        .dev = dev, .type = type, .base = base, .limit = limit,
    };
    QLIST_INSERT_HEAD(&pci_fixed_ranges, range, next);
    trace_pci_fixed_range_claim(dev->name, is_io(type) ? "I/O" : "memory", base,
                                limit);
    pci_fixed_firmware_check_later();
    pci_fixed_preserve_ask();
    return range;
}

void pci_fixed_range_release(PCIDevice *dev)
{
    PCIFixedRange *range, *next;

    QLIST_FOREACH_SAFE(range, &pci_fixed_ranges, next, next) {
        if (range->dev == dev) {
            QLIST_REMOVE(range, next);
            g_free(range);
        }
    }
}

static void trace_overlap(PCIDevice *dev, uint8_t type, const char *what,
                          uint64_t base, uint64_t limit)
{
    const PCIFixedRange *range = pci_fixed_range_find(dev, type, base, limit);

    /* The bridge's window is what matters, not what is fixed behind it. */
    if (range && range->dev != dev && !is_behind(range->dev, dev)) {
        trace_pci_fixed_range_overlap(dev->name, what, base, limit,
                                      range->dev->name, range->base,
                                      range->limit);
    }
}

void pci_fixed_range_bar_mapped(PCIDevice *dev, int bar)
{
    const PCIIORegion *r = &dev->io_regions[bar];

    if (!QLIST_EMPTY(&pci_fixed_ranges) && r->addr != PCI_BAR_UNMAPPED) {
        trace_overlap(dev, r->type & PCI_BASE_ADDRESS_SPACE, "BAR", r->addr,
                      r->addr + r->size - 1);
    }
}

void pci_fixed_range_windows_set(PCIDevice *bridge)
{
    uint16_t command = pci_get_word(bridge->config + PCI_COMMAND);
    const uint8_t types[] = {
        PCI_BASE_ADDRESS_SPACE_IO,
        PCI_BASE_ADDRESS_SPACE_MEMORY,
        PCI_BASE_ADDRESS_SPACE_MEMORY | PCI_BASE_ADDRESS_MEM_PREFETCH,
    };

    if (QLIST_EMPTY(&pci_fixed_ranges)) {
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
        uint64_t base = pci_bridge_get_base(bridge, types[i]);
        uint64_t limit = pci_bridge_get_limit(bridge, types[i]);

        if (base <= limit && command & (is_io(types[i]) ? PCI_COMMAND_IO :
                                                          PCI_COMMAND_MEMORY)) {
            trace_overlap(bridge, types[i], "window", base, limit);
        }
    }
}
