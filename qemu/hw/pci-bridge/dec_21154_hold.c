/*
 * DEC 21154 PCI-PCI bridge: BARs that are held inside its fixed windows
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * With the property hold, the BARs of whatever stands behind the bridge keep
 * their address from power-on, inside the window of their kind that is fixed.
 * Their models know nothing of it. Places that hold-at names are taken first;
 * the others follow in the order of slots and BARs, each at the lowest free
 * address that it can have, so that a machine that is started again has them
 * where they were.
 */

#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "hw/pci/fixed_bar.h"
#include "hw/pci/fixed_range.h"
#include "migration/vmstate.h"
#include "system/system.h"
#include "dec_21154.h"

static bool parse_number(const char **at, int base, unsigned long max,
                         uint64_t *value)
{
    return g_ascii_isxdigit(**at) && !qemu_strtou64(*at, at, base, value) &&
           *value <= max;
}

/* SLOT[.FUNCTION][/BAR]=ADDRESS, slot and function as addr= has them */
static bool parse_place(const char *text, DEC21154Place *place)
{
    uint64_t slot, function = 0, bar = 0, addr;

    place->bar = -1;
    if (!parse_number(&text, 16, PCI_SLOT_MAX - 1, &slot)) {
        return false;
    }
    if (*text == '.') {
        text++;
        if (!parse_number(&text, 16, PCI_FUNC_MAX - 1, &function)) {
            return false;
        }
    }
    if (*text == '/') {
        text++;
        if (!parse_number(&text, 10, PCI_ROM_SLOT - 1, &bar)) {
            return false;
        }
        place->bar = bar;
    }
    if (*text++ != '=' || !parse_number(&text, 0, UINT64_MAX, &addr)) {
        return false;
    }
    place->devfn = PCI_DEVFN(slot, function);
    place->addr = addr;
    return !*text;
}

static bool parse_places(DEC21154State *s, Error **errp)
{
    g_auto(GStrv) words = g_strsplit(s->hold.at ? s->hold.at : "", "+", -1);

    s->hold.places = g_array_new(false, false, sizeof(DEC21154Place));
    for (size_t i = 0; words[i]; i++) {
        DEC21154Place place;

        if (!parse_place(words[i], &place)) {
            error_setg(errp, TYPE_DEC_21154 ": hold-at: '%s' is not "
                       "SLOT[.FUNCTION][/BAR]=ADDRESS", words[i]);
            g_array_unref(s->hold.places);
            return false;
        }
        g_array_append_val(s->hold.places, place);
    }
    return true;
}

/* The window that this BAR is held in; or NULL */
static const DEC21154Window *window_of(DEC21154State *s, const PCIIORegion *r)
{
    const DEC21154Window *w = s->window;

    if (!r->size) {
        return NULL;
    }
    if (r->type & PCI_BASE_ADDRESS_SPACE_IO) {
        w += DEC_21154_IO;
    } else if (r->type & PCI_BASE_ADDRESS_MEM_PREFETCH &&
               w[DEC_21154_PREF].base) {
        w += DEC_21154_PREF;
    } else {
        w += DEC_21154_MEM;
    }
    return w->base ? w : NULL;
}

static bool is_held(DEC21154State *s, PCIDevice *dev, int bar)
{
    return window_of(s, &dev->io_regions[bar]) &&
           !pci_fixed_bar_is_fixed(dev, bar);
}

/* The place that the user has named for this BAR; or NULL */
static const DEC21154Place *place_of(DEC21154State *s, PCIDevice *dev, int bar)
{
    int first = 0;

    while (first < bar && !window_of(s, &dev->io_regions[first])) {
        first++;
    }
    for (unsigned int i = 0; i < s->hold.places->len; i++) {
        const DEC21154Place *place = &g_array_index(s->hold.places,
                                                    DEC21154Place, i);

        if (place->devfn == dev->devfn &&
            place->bar == (place->bar < 0 && bar == first ? -1 : bar)) {
            return place;
        }
    }
    return NULL;
}

static bool hold_named(DEC21154State *s, PCIDevice *dev, int bar,
                       const DEC21154Place *place, Error **errp)
{
    uint64_t size = dev->io_regions[bar].size;

    if (place->addr % size) {
        g_autofree char *name = pci_fixed_range_name(dev);

        error_setg(errp, TYPE_DEC_21154 ": hold-at: 0x%" PRIx64 " is not a "
                   "multiple of 0x%" PRIx64 ", the size of BAR %d of %s",
                   place->addr, size, bar, name);
        return false;
    }
    return pci_fixed_bar_hold(dev, bar, place->addr, errp);
}

static bool hold_lowest(DEC21154State *s, PCIDevice *dev, int bar,
                        Error **errp)
{
    const PCIIORegion *r = &dev->io_regions[bar];
    const DEC21154Window *window = window_of(s, r);
    uint64_t at = ROUND_UP(window->base, r->size);
    g_autofree char *name = NULL;

    while (at <= window->limit && r->size - 1 <= window->limit - at) {
        const PCIFixedRange *other =
            pci_fixed_range_find(dev, r->type & PCI_BASE_ADDRESS_SPACE, at,
                                 at + r->size - 1);

        if (!other) {
            return pci_fixed_bar_hold(dev, bar, at, errp);
        }
        at = ROUND_UP(other->limit + 1, r->size);
    }
    name = pci_fixed_range_name(dev);
    error_setg(errp, TYPE_DEC_21154 ": the fixed window 0x%" PRIx64 "-0x%"
               PRIx64 " has no room for BAR %d of %s, 0x%" PRIx64 " bytes: "
               "make it larger", window->base, window->limit, bar, name,
               (uint64_t)r->size);
    return false;
}

/* BARs with a named place, or those without */
static bool hold_bars(DEC21154State *s, PCIDevice *dev, bool named,
                      Error **errp)
{
    for (int bar = 0; bar < PCI_ROM_SLOT; bar++) {
        const DEC21154Place *place;

        if (!is_held(s, dev, bar)) {
            continue;
        }
        place = place_of(s, dev, bar);
        if (!place == named) {
            continue;
        }
        if (!(place ? hold_named(s, dev, bar, place, errp) :
                      hold_lowest(s, dev, bar, errp))) {
            return false;
        }
    }
    return true;
}

static bool hold_all(DEC21154State *s, bool named, Error **errp)
{
    for (int devfn = 0; devfn < PCI_DEVFN_MAX; devfn++) {
        PCIDevice *dev = dec_21154_device(s, devfn);

        if (dev && !hold_bars(s, dev, named, errp)) {
            return false;
        }
    }
    return true;
}

static void dec_21154_machine_done(Notifier *notifier, void *data)
{
    DEC21154State *s = container_of(notifier, DEC21154State,
                                    hold.machine_done);
    Error *err = NULL;

    if (!hold_all(s, true, &err) || !hold_all(s, false, &err)) {
        error_report_err(err);
        exit(1);
    }
}

static bool is_behind(DEC21154State *s, DeviceState *dev)
{
    return qdev_get_parent_bus(dev) == BUS(&PCI_BRIDGE(s)->sec_bus);
}

static void dec_21154_device_realized(DeviceListener *listener,
                                      DeviceState *qdev)
{
    DEC21154State *s = container_of(listener, DEC21154State, hold.listener);
    Error *err = NULL;
    PCIDevice *dev;

    if (!is_behind(s, qdev) || !phase_check(PHASE_MACHINE_READY)) {
        return;
    }
    dev = PCI_DEVICE(qdev);
    if (!hold_bars(s, dev, true, &err) || !hold_bars(s, dev, false, &err)) {
        warn_report_err(err);
    }
}

static void dec_21154_device_unrealized(DeviceListener *listener,
                                        DeviceState *dev)
{
    DEC21154State *s = container_of(listener, DEC21154State, hold.listener);

    if (is_behind(s, dev)) {
        pci_fixed_bar_release(PCI_DEVICE(dev));
    }
}

bool dec_21154_hold_init(DEC21154State *s, Error **errp)
{
    if (!s->hold.on) {
        if (s->hold.at) {
            error_setg(errp, TYPE_DEC_21154 ": hold-at has no meaning without "
                       "hold=on");
        }
        return !s->hold.at;
    }
    if (!s->window[DEC_21154_IO].base && !s->window[DEC_21154_MEM].base &&
        !s->window[DEC_21154_PREF].base) {
        error_setg(errp, TYPE_DEC_21154 ": hold=on has no meaning without a "
                   "fixed window, as by io-base");
        return false;
    }
    if (!parse_places(s, errp)) {
        return false;
    }
    s->hold.listener = (DeviceListener) {
        .realize = dec_21154_device_realized,
        .unrealize = dec_21154_device_unrealized,
    };
    device_listener_register(&s->hold.listener);
    s->hold.machine_done.notify = dec_21154_machine_done;
    qemu_add_machine_init_done_notifier(&s->hold.machine_done);
    return true;
}

void dec_21154_hold_exit(DEC21154State *s)
{
    if (s->hold.places) {
        qemu_remove_machine_init_done_notifier(&s->hold.machine_done);
        device_listener_unregister(&s->hold.listener);
        g_array_unref(s->hold.places);
    }
}

void dec_21154_hold_restore(DEC21154State *s)
{
    for (int devfn = 0; s->hold.on && devfn < PCI_DEVFN_MAX; devfn++) {
        PCIDevice *dev = dec_21154_device(s, devfn);

        if (dev) {
            pci_fixed_bar_restore(dev);
        }
    }
}

static int dec_21154_hold_pre_save(void *opaque)
{
    DEC21154State *s = opaque;

    for (int devfn = 0; devfn < PCI_DEVFN_MAX; devfn++) {
        PCIDevice *dev = dec_21154_device(s, devfn);

        s->hold.sizing[devfn] = dev ? pci_fixed_bar_get_sizing(dev) : 0;
    }
    return 0;
}

static int dec_21154_hold_post_load(void *opaque, int version_id)
{
    DEC21154State *s = opaque;

    if (!s->hold.on) {
        error_report(TYPE_DEC_21154 ": hold=on where the state was saved, and "
                     "hold=off here");
        return -EINVAL;
    }
    for (int devfn = 0; devfn < PCI_DEVFN_MAX; devfn++) {
        PCIDevice *dev = dec_21154_device(s, devfn);

        if (dev) {
            pci_fixed_bar_set_sizing(dev, s->hold.sizing[devfn]);
        }
    }
    return 0;
}

static bool dec_21154_hold_needed(void *opaque)
{
    return DEC_21154(opaque)->hold.on;
}

const VMStateDescription vmstate_dec_21154_hold = {
    .name = TYPE_DEC_21154 "/hold",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = dec_21154_hold_needed,
    .pre_save = dec_21154_hold_pre_save,
    .post_load = dec_21154_hold_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8_ARRAY(hold.sizing, DEC21154State, PCI_DEVFN_MAX),
        VMSTATE_END_OF_LIST()
    }
};
