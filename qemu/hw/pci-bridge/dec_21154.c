/*
 * DEC 21154 PCI-PCI bridge with optional fixed windows
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * With the properties io-base, mem-base and pref-base the base and limit
 * registers of a window and its enable bit are hard-wired, which the PCI-to-PCI
 * Bridge Architecture Specification 1.2 (3.2.5.6) allows no bridge to do, and
 * firmware and operating systems tolerate: what stands behind the bridge
 * answers before any software has run, and stays where it is whatever software
 * writes. Without them this is an ordinary bridge.
 *
 * See docs/specs/fpga.rst for what of the chip is not modelled.
 */

#include "qemu/osdep.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "hw/core/qdev-properties.h"
#include "hw/core/resettable.h"
#include "hw/pci/fixed_range.h"
#include "hw/pci/slotid_cap.h"
#include "migration/vmstate.h"
#include "dec_21154.h"

/* PCI_VENDOR_ID_DEC is in hw/pci/pci_ids.h */
#define PCI_DEVICE_ID_DEC_21154 0x0026

static const struct {
    const char *name;
    uint64_t granule;       /* PCI-to-PCI Bridge Architecture 1.2, 3.2.5.6-9 */
    uint64_t last_base;
    uint16_t decode;
    uint8_t type;
} windows[DEC_21154_WINDOWS] = {
    [DEC_21154_IO] = {
        "io", 4 * KiB, 0xf000, PCI_COMMAND_IO, PCI_BASE_ADDRESS_SPACE_IO,
    },
    [DEC_21154_MEM] = {
        "mem", MiB, 0xfff00000, PCI_COMMAND_MEMORY,
        PCI_BASE_ADDRESS_SPACE_MEMORY,
    },
    [DEC_21154_PREF] = {
        /* QEMU's ACPI tables cannot say that a window ends with 64 bits. */
        "pref", MiB, 0xffffffffffe00000, PCI_COMMAND_MEMORY,
        PCI_BASE_ADDRESS_SPACE_MEMORY | PCI_BASE_ADDRESS_MEM_PREFETCH,
    },
};

static bool dec_21154_check_window(DEC21154State *s, int i, Error **errp)
{
    DEC21154Window *w = &s->window[i];
    uint64_t granule = windows[i].granule;
    uint64_t last = windows[i].last_base + (granule - 1);
    const char *name = windows[i].name;

    if (!w->base) {
        if (w->limit) {
            error_setg(errp, TYPE_DEC_21154 ": %s-limit=0x%" PRIx64
                       " has no meaning without %s-base", name, w->limit, name);
        }
        return !w->limit;
    }
    if (w->base % granule || w->base > windows[i].last_base) {
        error_setg(errp, TYPE_DEC_21154 ": %s-base=0x%" PRIx64 " is not a "
                   "multiple of 0x%" PRIx64 " up to 0x%" PRIx64, name, w->base,
                   granule, windows[i].last_base);
        return false;
    }
    if (!w->limit) {
        w->limit = w->base + (granule - 1);
    }
    if ((w->limit + 1) % granule || w->limit > last || w->limit < w->base) {
        error_setg(errp, TYPE_DEC_21154 ": %s-limit=0x%" PRIx64 " is not the "
                   "last %s of a 0x%" PRIx64 " unit between %s-base=0x%" PRIx64
                   " and 0x%" PRIx64, name, w->limit,
                   i == DEC_21154_IO ? "port" : "address", granule, name,
                   w->base, last);
        return false;
    }
    return true;
}

/* The claims are released by pci_fixed_range_release(). */
static bool dec_21154_claim_windows(DEC21154State *s, Error **errp)
{
    for (int i = 0; i < DEC_21154_WINDOWS; i++) {
        DEC21154Window *w = &s->window[i];
        PCIFixedRange *range;

        if (!dec_21154_check_window(s, i, errp)) {
            return false;
        }
        if (!w->base) {
            continue;
        }
        range = pci_fixed_range_claim(PCI_DEVICE(s),
                                      windows[i].type & PCI_BASE_ADDRESS_SPACE,
                                      w->base, w->limit, errp);
        if (!range) {
            return false;
        }
        range->ignore_firmware = !s->firmware_check;
    }
    return true;
}

/* Base and limit registers of the windows that are fixed */
static void dec_21154_set_windows(DEC21154State *s)
{
    uint8_t *config = PCI_DEVICE(s)->config;
    const DEC21154Window *io = &s->window[DEC_21154_IO];
    const DEC21154Window *mem = &s->window[DEC_21154_MEM];
    const DEC21154Window *pref = &s->window[DEC_21154_PREF];

    if (io->base) {
        config[PCI_IO_BASE] = PCI_IO_RANGE_TYPE_16 | (io->base >> 8 & 0xf0);
        config[PCI_IO_LIMIT] = PCI_IO_RANGE_TYPE_16 | (io->limit >> 8 & 0xf0);
    }
    if (mem->base) {
        pci_set_word(config + PCI_MEMORY_BASE, mem->base >> 16 & 0xfff0);
        pci_set_word(config + PCI_MEMORY_LIMIT, mem->limit >> 16 & 0xfff0);
    }
    if (pref->base) {
        pci_set_word(config + PCI_PREF_MEMORY_BASE,
                     PCI_PREF_RANGE_TYPE_64 | (pref->base >> 16 & 0xfff0));
        pci_set_word(config + PCI_PREF_MEMORY_LIMIT,
                     PCI_PREF_RANGE_TYPE_64 | (pref->limit >> 16 & 0xfff0));
        pci_set_long(config + PCI_PREF_BASE_UPPER32, pref->base >> 32);
        pci_set_long(config + PCI_PREF_LIMIT_UPPER32, pref->limit >> 32);
    }
}

static void hard_wire(PCIDevice *dev, int at, int len)
{
    memset(dev->wmask + at, 0, len);
    /* A migration source with another window is refused. */
    memset(dev->cmask + at, 0xff, len);
}

static void dec_21154_fix_windows(DEC21154State *s)
{
    PCIDevice *dev = PCI_DEVICE(s);
    PCIBus *parent = pci_get_bus(dev);

    if (s->window[DEC_21154_IO].base) {
        hard_wire(dev, PCI_IO_BASE, 2);
    }
    if (s->window[DEC_21154_MEM].base) {
        hard_wire(dev, PCI_MEMORY_BASE, 4);
    }
    if (s->window[DEC_21154_PREF].base) {
        hard_wire(dev, PCI_PREF_MEMORY_BASE, 4);
        hard_wire(dev, PCI_PREF_BASE_UPPER32, 8);
    }
    dec_21154_set_windows(s);
    for (int i = 0; i < DEC_21154_WINDOWS; i++) {
        DEC21154Window *w = &s->window[i];
        bool io = i == DEC_21154_IO;
        g_autofree char *name = g_strdup_printf(TYPE_DEC_21154 "-fixed-%s",
                                                windows[i].name);

        if (!w->base) {
            continue;
        }
        /* A reset clears only bits that can be written: these survive. */
        pci_word_test_and_set_mask(dev->config + PCI_COMMAND,
                                   windows[i].decode);
        pci_word_test_and_clear_mask(dev->wmask + PCI_COMMAND,
                                     windows[i].decode);
        memory_region_init_alias(&w->overlay, OBJECT(s), name,
                                 io ? &PCI_BRIDGE(s)->address_space_io :
                                      &PCI_BRIDGE(s)->address_space_mem,
                                 w->base, w->limit + 1 - w->base);
        /* The BARs of other devices and the windows of other bridges have 1. */
        memory_region_add_subregion_overlap(io ? parent->address_space_io :
                                                 parent->address_space_mem,
                                            w->base, &w->overlay, 2);
    }
    pci_bridge_update_mappings(PCI_BRIDGE(s));
}

static void dec_21154_unfix_windows(DEC21154State *s)
{
    PCIBus *parent = pci_get_bus(PCI_DEVICE(s));

    for (int i = 0; i < DEC_21154_WINDOWS; i++) {
        if (s->window[i].base) {
            memory_region_del_subregion(i == DEC_21154_IO ?
                                        parent->address_space_io :
                                        parent->address_space_mem,
                                        &s->window[i].overlay);
        }
    }
}

static void dec_21154_config_write(PCIDevice *dev, uint32_t addr, uint32_t val,
                                   int len)
{
    /* In one go, so that no vCPU finds fixed ports gone during a bus reset. */
    memory_region_transaction_begin();
    pci_bridge_write_config(dev, addr, val, len);
    dec_21154_hold_restore(DEC_21154(dev));
    memory_region_transaction_commit();
}

static void dec_21154_realize(PCIDevice *dev, Error **errp)
{
    DEC21154State *s = DEC_21154(dev);

    if (!dec_21154_claim_windows(s, errp)) {
        pci_fixed_range_release(dev);
        return;
    }
    pci_bridge_initfn(dev, TYPE_PCI_BUS);
    /* Not modelled, so not to be switched on */
    pci_word_test_and_clear_mask(dev->wmask + PCI_BRIDGE_CONTROL,
                                 PCI_BRIDGE_CTL_ISA);
    if (s->chassis_nr &&
        slotid_cap_init(dev, 0, s->chassis_nr, 0, errp) < 0) {
        goto fail;
    }
    if (!dec_21154_hold_init(s, errp)) {
        if (s->chassis_nr) {
            slotid_cap_cleanup(dev);
        }
        goto fail;
    }
    dec_21154_fix_windows(s);
    return;

fail:
    pci_bridge_exitfn(dev);
    pci_fixed_range_release(dev);
}

static void dec_21154_exit(PCIDevice *dev)
{
    DEC21154State *s = DEC_21154(dev);

    dec_21154_unfix_windows(s);
    dec_21154_hold_exit(s);
    if (s->chassis_nr) {
        slotid_cap_cleanup(dev);
    }
    pci_bridge_exitfn(dev);
    pci_fixed_range_release(dev);
}

static void dec_21154_reset_hold(Object *obj, ResetType type)
{
    /* Clears the windows' registers, whether they can be written or not. */
    pci_bridge_reset(DEVICE(obj));
    dec_21154_set_windows(DEC_21154(obj));
}

static void dec_21154_reset_exit(Object *obj, ResetType type)
{
    /* The parent bus has cleared the command register by now. */
    pci_bridge_update_mappings(PCI_BRIDGE(obj));
    dec_21154_hold_restore(DEC_21154(obj));
}

static const Property dec_21154_properties[] = {
    DEFINE_PROP_UINT64("io-base", DEC21154State, window[DEC_21154_IO].base, 0),
    DEFINE_PROP_UINT64("io-limit", DEC21154State, window[DEC_21154_IO].limit,
                       0),
    DEFINE_PROP_UINT64("mem-base", DEC21154State, window[DEC_21154_MEM].base,
                       0),
    DEFINE_PROP_UINT64("mem-limit", DEC21154State, window[DEC_21154_MEM].limit,
                       0),
    DEFINE_PROP_UINT64("pref-base", DEC21154State, window[DEC_21154_PREF].base,
                       0),
    DEFINE_PROP_UINT64("pref-limit", DEC21154State,
                       window[DEC_21154_PREF].limit, 0),
    DEFINE_PROP_BOOL("hold", DEC21154State, hold.on, false),
    DEFINE_PROP_STRING("hold-at", DEC21154State, hold.at),
    DEFINE_PROP_UINT8(PCI_BRIDGE_DEV_PROP_CHASSIS_NR, DEC21154State,
                      chassis_nr, 0),
    DEFINE_PROP_BOOL("firmware-check", DEC21154State, firmware_check, true),
};

static void dec_21154_describe_properties(ObjectClass *klass)
{
    static const struct {
        const char *name;
        const char *what;
    } properties[] = {
        { "io-base", "first port of the fixed I/O window, a multiple of "
                     "0x1000; 0: none" },
        { "io-limit", "last port of that window; 0: 0x1000 ports" },
        { "mem-base", "first address of the fixed memory window, a multiple of "
                      "0x100000; 0: none" },
        { "mem-limit", "last address of that window; 0: 0x100000 bytes" },
        { "pref-base", "first address of the fixed prefetchable window, a "
                       "multiple of 0x100000; 0: none" },
        { "pref-limit", "last address of that window; 0: 0x100000 bytes" },
        { "hold", "keep BARs of devices behind the bridge inside its fixed "
                  "windows from power-on" },
        { "hold-at", "where: SLOT[.FUNCTION][/BAR]=ADDRESS, several with +" },
        { "firmware-check", "refuse a machine whose firmware would give the "
                            "fixed window away" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
        object_class_property_set_description(klass, properties[i].name,
                                              properties[i].what);
    }
}

static const VMStateDescription vmstate_dec_21154_window = {
    .name = TYPE_DEC_21154 "/window",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64_EQUAL(base, DEC21154Window,
                             "the window is fixed elsewhere"),
        VMSTATE_UINT64_EQUAL(limit, DEC21154Window,
                             "the window is fixed elsewhere"),
        VMSTATE_END_OF_LIST()
    }
};

static const VMStateDescription vmstate_dec_21154 = {
    .name = TYPE_DEC_21154,
    .version_id = 2,
    .minimum_version_id = 2,
    .priority = MIG_PRI_PCI_BUS,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT_ARRAY(window, DEC21154State, DEC_21154_WINDOWS, 1,
                             vmstate_dec_21154_window, DEC21154Window),
        VMSTATE_PCI_DEVICE(parent_obj, PCIBridge),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * const []) {
        &vmstate_dec_21154_hold,
        NULL
    }
};

static void dec_21154_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    k->realize = dec_21154_realize;
    k->exit = dec_21154_exit;
    k->config_write = dec_21154_config_write;
    k->vendor_id = PCI_VENDOR_ID_DEC;
    k->device_id = PCI_DEVICE_ID_DEC_21154;
    k->class_id = PCI_CLASS_BRIDGE_PCI;
    rc->phases.hold = dec_21154_reset_hold;
    rc->phases.exit = dec_21154_reset_exit;
    dc->desc = "DEC 21154 PCI-PCI bridge, with optional fixed windows";
    dc->vmsd = &vmstate_dec_21154;
    /* An operating system would assign a window that the bridge ignores. */
    dc->hotpluggable = false;
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    device_class_set_props(dc, dec_21154_properties);
    dec_21154_describe_properties(klass);
}

static const TypeInfo dec_21154_types[] = {
    {
        .name          = TYPE_DEC_21154,
        .parent        = TYPE_PCI_BRIDGE,
        .instance_size = sizeof(DEC21154State),
        .class_init    = dec_21154_class_init,
        .interfaces    = (const InterfaceInfo[]) {
            { INTERFACE_CONVENTIONAL_PCI_DEVICE },
            { }
        },
    },
};

DEFINE_TYPES(dec_21154_types)
