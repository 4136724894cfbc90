/*
 * Fixed address ranges and what firmware will make of the machine
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Firmware does not know that a window or a BAR cannot move: it hands out I/O
 * ports as if there were none, and some of them may be another bridge's. The
 * operating system then finds two windows at the same ports, and keeps the one
 * that it finds first: Linux goes through the buses depth first, by slot, and
 * claims the windows of bridges before BARs. So a fixed window has to be found
 * before any other that firmware may put over it. SeaBIOS besides stops, and
 * says so only on its debug port, when its sum is more than it has.
 *
 * What SeaBIOS does depends on the devices alone (src/fw/pciinit.c, the same
 * from 1.14 to 1.17), so it is done here in advance, when the machine is
 * complete. Of other firmware only the ports are known that it hands out. A
 * machine that could not work is refused, in a message that says what to
 * change.
 */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "hw/boards.h"
#include "hw/pci/fixed_bar.h"
#include "hw/pci/fixed_range.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pcie.h"
#include "system/system.h"
#include "trace.h"

#define SEABIOS_FEW         0x4000  /* less than that is placed from ... */
#define SEABIOS_FEW_BASE    0xc000
#define SEABIOS_MANY_BASE   0x1000
#define BRIDGE_IO_MIN       0x1000

/* Where machines end to hand out I/O ports, and other firmware begins */
typedef struct IOLayout {
    uint16_t vendor;
    uint16_t device;
    uint32_t seabios_end;
    uint32_t other_base;
    /* Power management, which other firmware switches on; 0: below 0x1000 */
    uint32_t other_pm;
} IOLayout;

#define PM_SIZE 0x110   /* with SMBus behind it */

static const IOLayout layouts[] = {
    { PCI_VENDOR_ID_INTEL, PCI_DEVICE_ID_INTEL_82441, 0xa000, 0xc000, 0xb000 },
    { PCI_VENDOR_ID_INTEL, PCI_DEVICE_ID_INTEL_P35_MCH, 0x10000, 0x6000, 0 },
};

/* Something that SeaBIOS places on a bus: a BAR, or the window of a bridge */
typedef struct Entry {
    PCIDevice *dev;
    int bar;                /* -1: the window */
    uint64_t size;
    uint64_t align;
} Entry;

/* Those with the greatest alignment first, of these the largest */
static void add_entry(GArray *entries, Entry e)
{
    unsigned int i;

    for (i = 0; i < entries->len; i++) {
        const Entry *at = &g_array_index(entries, Entry, i);

        if (at->align < e.align ||
            (at->align == e.align && at->size < e.size)) {
            break;
        }
    }
    g_array_insert_val(entries, i, e);
}

static uint64_t sum_of(const GArray *entries)
{
    uint64_t sum = 0;

    for (unsigned int i = 0; i < entries->len; i++) {
        sum += g_array_index(entries, Entry, i).size;
    }
    return sum;
}

static void add_bars(GArray *entries, PCIDevice *dev)
{
    int bars = IS_PCI_BRIDGE(dev) ? 2 : PCI_ROM_SLOT;

    for (int i = 0; i < bars; i++) {
        const PCIIORegion *r = &dev->io_regions[i];

        if (r->size && r->type & PCI_BASE_ADDRESS_SPACE_IO &&
            !pci_fixed_bar_is_hidden(dev, i)) {
            add_entry(entries, (Entry) { dev, i, r->size, r->size });
        }
    }
}

static bool has_io_window(PCIDevice *bridge)
{
    return bridge->wmask[PCI_IO_BASE] || bridge->config[PCI_IO_BASE];
}

/* Whether SeaBIOS keeps a window for what may be plugged in later */
static bool wants_io_for_hotplug(PCIDevice *bridge)
{
    uint8_t exp = pci_find_capability(bridge, PCI_CAP_ID_EXP);

    /* PCI Express ports: I/O is optional for their slots. */
    if (exp && (pci_get_word(bridge->config + exp + PCI_EXP_FLAGS) &
                PCI_EXP_FLAGS_TYPE) !=
               PCI_EXP_TYPE_PCI_BRIDGE << ctz32(PCI_EXP_FLAGS_TYPE)) {
        return false;
    }
    return pci_find_capability(bridge, PCI_CAP_ID_SHPC);
}

/* The property io-reserve of QEMU's own bridges; 0: none */
static uint64_t io_reserved(PCIDevice *bridge)
{
    uint8_t *config = bridge->config;
    uint8_t at = config[PCI_CAPABILITY_LIST];
    uint16_t device = pci_get_word(config + PCI_DEVICE_ID);

    if (pci_get_word(config + PCI_VENDOR_ID) != PCI_VENDOR_ID_REDHAT ||
        (device != PCI_DEVICE_ID_REDHAT_BRIDGE &&
         device != PCI_DEVICE_ID_REDHAT_PCIE_RP)) {
        return 0;
    }
    for (; at; at = config[at + PCI_CAP_LIST_NEXT]) {
        if (config[at] == PCI_CAP_ID_VNDR &&
            config[at + offsetof(PCIBridgeQemuCap, type)] ==
            REDHAT_PCI_CAP_RESOURCE_RESERVE) {
            uint64_t io = pci_get_quad(config + at +
                                       offsetof(PCIBridgeQemuCap, io));

            return io == UINT64_MAX ? 0 : io;
        }
    }
    return 0;
}

static GArray *entries_of(PCIBus *bus);

static Entry window_of(PCIDevice *bridge)
{
    g_autoptr(GArray) behind = entries_of(&PCI_BRIDGE(bridge)->sec_bus);
    uint64_t sum = sum_of(behind);
    Entry e = { bridge, -1, 0, BRIDGE_IO_MIN };

    if (behind->len) {
        e.align = MAX(e.align, g_array_index(behind, Entry, 0).align);
    }
    if (wants_io_for_hotplug(bridge)) {
        sum = MAX(sum, e.align);
    }
    e.size = io_reserved(bridge);
    if (e.size <= sum) {
        e.size = ROUND_UP(sum, e.align);
    }
    return e;
}

/* SeaBIOS numbers buses by slot, and adds bridges from the last bus on. */
static void add_windows(GArray *entries, PCIBus *bus)
{
    for (int devfn = ARRAY_SIZE(bus->devices) - 1; devfn >= 0; devfn--) {
        PCIDevice *dev = bus->devices[devfn];

        if (dev && IS_PCI_BRIDGE(dev) && has_io_window(dev)) {
            add_entry(entries, window_of(dev));
        }
    }
}

static void add_all_bars(GArray *entries, PCIBus *bus)
{
    for (int devfn = 0; devfn < ARRAY_SIZE(bus->devices); devfn++) {
        if (bus->devices[devfn]) {
            add_bars(entries, bus->devices[devfn]);
        }
    }
}

static GArray *entries_of(PCIBus *bus)
{
    GArray *entries = g_array_new(false, false, sizeof(Entry));

    add_all_bars(entries, bus);
    add_windows(entries, bus);
    return entries;
}

static gint by_number(gconstpointer a, gconstpointer b)
{
    return pci_bus_num((PCIBus *)a) - pci_bus_num((PCIBus *)b);
}

/* The root bus, and after it those of expander bridges, by number */
static GList *root_buses(PCIBus *bus)
{
    GList *roots = g_list_prepend(NULL, bus);
    PCIBus *child;

    QLIST_FOREACH(child, &bus->child, sibling) {
        if (pci_bus_is_root(child)) {
            roots = g_list_insert_sorted(roots, child, by_number);
        }
    }
    return roots;
}

/* For SeaBIOS all root buses are one. */
static GArray *root_entries(PCIBus *bus)
{
    GArray *entries = g_array_new(false, false, sizeof(Entry));
    g_autoptr(GList) roots = root_buses(bus);

    for (GList *at = roots; at; at = at->next) {
        add_all_bars(entries, at->data);
    }
    for (GList *at = g_list_last(roots); at; at = at->prev) {
        add_windows(entries, at->data);
    }
    return entries;
}

/* Whether Linux finds @dev before @other; both are on root buses. */
static bool found_before(PCIDevice *dev, PCIDevice *other)
{
    int bus = pci_bus_num(pci_get_bus(dev));
    int other_bus = pci_bus_num(pci_get_bus(other));

    return bus != other_bus ? bus < other_bus : dev->devfn < other->devfn;
}

/*
 * Whether the operating system keeps @range when it finds something else there,
 * a window (or a BAR, if not @window) of @dev
 */
static bool range_wins(const PCIFixedRange *range, PCIDevice *dev, bool window)
{
    bool is_window = IS_PCI_BRIDGE(range->dev);

    if (is_window != window) {
        return is_window;
    }
    return found_before(range->dev, dev);
}

/* The advice that ends a message: what @range's user can do about @other */
static char *advice(const PCIFixedRange *range, PCIDevice *other)
{
    if (IS_PCI_BRIDGE(range->dev) && IS_PCI_BRIDGE(other)) {
        return g_strdup_printf("give it a slot below that one (addr=), or %s",
                               wants_io_for_hotplug(other) ?
                               "shpc=off to bridges that need no I/O" :
                               "move the cards with I/O behind that one");
    }
    return g_strdup("put it behind a dec-21154 with io-base");
}

static bool check_place(const Entry *e, uint64_t base, Error **errp)
{
    const PCIFixedRange *range;
    uint64_t limit = base + e->size - 1;

    if (!e->size) {
        return true;
    }
    if (e->bar < 0) {
        /* What the registers of a window cannot say is rounded. */
        base = ROUND_DOWN(base, BRIDGE_IO_MIN);
        limit |= BRIDGE_IO_MIN - 1;
    }

    QLIST_FOREACH(range, &pci_fixed_ranges, next) {
        PCIBus *bus = pci_get_bus(range->dev);
        g_autofree char *name = NULL;
        g_autofree char *other = NULL;
        g_autofree char *what_to_do = NULL;

        if (!(range->type & PCI_BASE_ADDRESS_SPACE_IO) ||
            !pci_bus_is_root(bus) || range->dev == e->dev ||
            base > range->limit || limit < range->base) {
            continue;
        }
        if (range_wins(range, e->dev, e->bar < 0) || range->ignore_firmware) {
            continue;
        }
        name = pci_fixed_range_name(range->dev);
        other = pci_fixed_range_name(e->dev);
        what_to_do = advice(range, e->dev);
        error_setg(errp, "%s: SeaBIOS will give 0x%" PRIx64 "-0x%" PRIx64
                   " of its fixed ports 0x%" PRIx64 "-0x%" PRIx64 " to %s, "
                   "which the operating system finds first: %s", name,
                   MAX(base, range->base), MIN(limit, range->limit),
                   range->base, range->limit, other, what_to_do);
        return false;
    }
    return true;
}

/* For a fixed function, the address that firmware assigned does not matter. */
static bool is_fixed(PCIDevice *dev)
{
    const PCIFixedRange *range;

    QLIST_FOREACH(range, &pci_fixed_ranges, next) {
        if (range->dev == dev && range->type & PCI_BASE_ADDRESS_SPACE_IO) {
            return true;
        }
    }
    return false;
}

static bool is_checked(void)
{
    const PCIFixedRange *range;

    QLIST_FOREACH(range, &pci_fixed_ranges, next) {
        if (range->type & PCI_BASE_ADDRESS_SPACE_IO &&
            !range->ignore_firmware) {
            return true;
        }
    }
    return false;
}

static bool check_seabios(PCIBus *root, const IOLayout *layout, Error **errp)
{
    g_autoptr(GArray) entries = root_entries(root);
    uint64_t sum = sum_of(entries);
    uint64_t room = layout->seabios_end - SEABIOS_MANY_BASE;
    uint64_t at = sum < SEABIOS_FEW ? SEABIOS_FEW_BASE : SEABIOS_MANY_BASE;

    trace_pci_fixed_firmware_sum(sum, at);
    if (sum >= SEABIOS_FEW && sum >= room && is_checked()) {
        error_setg(errp, "SeaBIOS will stop (\"out of I/O address space\"): "
                   "the bridges and BARs of this machine need 0x%" PRIx64
                   " bytes of I/O ports, and it must be less than 0x%" PRIx64
                   ": use shpc=off for bridges that need no I/O, PCI Express "
                   "ports in the place of pci-bridge, or OVMF", sum, room);
        return false;
    }
    for (unsigned int i = 0; i < entries->len; i++) {
        const Entry *e = &g_array_index(entries, Entry, i);

        trace_pci_fixed_firmware_place(e->dev->name, e->dev->devfn, e->bar, at,
                                       e->size);
        if (!is_fixed(e->dev) && !check_place(e, at, errp)) {
            return false;
        }
        at += e->size;
    }
    return true;
}

/* A BAR over it would hide it. */
static bool check_power_management(const PCIFixedRange *range,
                                   const IOLayout *layout, Error **errp)
{
    uint32_t limit = layout->other_pm + PM_SIZE - 1;
    g_autofree char *name = NULL;

    if (!layout->other_pm || IS_PCI_BRIDGE(range->dev) ||
        range->limit < layout->other_pm || limit < range->base) {
        return true;
    }
    name = pci_fixed_range_name(range->dev);
    error_setg(errp, "%s: fixed ports 0x%" PRIx64 "-0x%" PRIx64 " overlap "
               "those at which firmware puts power management and SMBus, "
               "0x%x-0x%x: use others, or SeaBIOS", name, range->base,
               range->limit, layout->other_pm, limit);
    return false;
}

/*
 * Other firmware may give any of the ports that it hands out to any bridge that
 * can have I/O behind it.
 */
static bool check_other(PCIBus *root, const IOLayout *layout, Error **errp)
{
    const PCIFixedRange *range;

    QLIST_FOREACH(range, &pci_fixed_ranges, next) {
        PCIBus *bus = pci_get_bus(range->dev);

        if (!(range->type & PCI_BASE_ADDRESS_SPACE_IO) ||
            range->ignore_firmware) {
            continue;
        }
        if (!check_power_management(range, layout, errp)) {
            return false;
        }
        if (bus != root || range->limit < layout->other_base) {
            continue;
        }
        for (int devfn = 0; devfn < ARRAY_SIZE(bus->devices); devfn++) {
            PCIDevice *dev = bus->devices[devfn];
            g_autofree char *name = NULL;
            g_autofree char *other = NULL;
            g_autofree char *what_to_do = NULL;

            if (!dev || !IS_PCI_BRIDGE(dev) || !has_io_window(dev) ||
                is_fixed(dev) || range_wins(range, dev, true)) {
                continue;
            }
            name = pci_fixed_range_name(range->dev);
            other = pci_fixed_range_name(dev);
            what_to_do = advice(range, dev);
            error_setg(errp, "%s: firmware hands out I/O ports from 0x%x on, "
                       "and may give some of its fixed ports 0x%" PRIx64
                       "-0x%" PRIx64 " to %s, which the operating system "
                       "finds first: %s", name, layout->other_base,
                       range->base, range->limit, other, what_to_do);
            return false;
        }
    }
    return true;
}

/* QEMU's default, or a file that is called as Debian and QEMU call SeaBIOS */
static bool firmware_is_seabios(void)
{
    const char *bios = current_machine->firmware;
    g_autofree char *file = NULL;

    if (object_resolve_path_type("", "cfi.pflash01", NULL)) {
        return false;
    }
    if (!bios) {
        return true;
    }
    file = g_path_get_basename(bios);
    return g_str_has_prefix(file, "bios");
}

static const IOLayout *layout_of(PCIBus *root)
{
    PCIDevice *host = root->devices[0];

    for (size_t i = 0; host && i < ARRAY_SIZE(layouts); i++) {
        if (pci_get_word(host->config + PCI_VENDOR_ID) == layouts[i].vendor &&
            pci_get_word(host->config + PCI_DEVICE_ID) == layouts[i].device) {
            return &layouts[i];
        }
    }
    return NULL;
}

/* Of the machine, if something has fixed ports; or NULL */
static PCIBus *first_root_bus(void)
{
    const PCIFixedRange *range;

    QLIST_FOREACH(range, &pci_fixed_ranges, next) {
        if (range->type & PCI_BASE_ADDRESS_SPACE_IO) {
            PCIBus *bus = pci_device_root_bus(range->dev);

            /* An expander bridge's is a child of the machine's. */
            return bus->parent_dev ? pci_get_bus(bus->parent_dev) : bus;
        }
    }
    return NULL;
}

static bool is_window_checked(void)
{
    const PCIFixedRange *range;

    QLIST_FOREACH(range, &pci_fixed_ranges, next) {
        if (IS_PCI_BRIDGE(range->dev) && !range->ignore_firmware) {
            return true;
        }
    }
    return false;
}

static void machine_done(Notifier *notifier, void *data)
{
    PCIBus *root = first_root_bus();
    const IOLayout *layout = root ? layout_of(root) : NULL;
    Error *err = NULL;

    if (!layout) {
        return;
    }
    if (!(firmware_is_seabios() ? check_seabios(root, layout, &err) :
                                  check_other(root, layout, &err))) {
        if (is_window_checked()) {
            error_append_hint(&err, "(firmware-check=off of a dec-21154 leaves "
                              "its window out of this check.)\n");
        }
        error_report_err(err);
        exit(1);
    }
}

void pci_fixed_firmware_check_later(void)
{
    static Notifier notifier = { .notify = machine_done };

    if (!notifier.node.le_prev && !phase_check(PHASE_MACHINE_READY)) {
        qemu_add_machine_init_done_notifier(&notifier);
    }
}
