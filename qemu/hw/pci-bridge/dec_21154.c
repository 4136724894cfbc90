/*
 * DEC 21154 PCI-PCI bridge with an optional fixed I/O window
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * With the property io-base the I/O base and limit registers and the I/O
 * enable bit are hard-wired, which the PCI-to-PCI Bridge Architecture
 * Specification 1.2 (3.2.5.6) allows no bridge to do, and firmware and
 * operating systems bear: ports behind the bridge answer before any software
 * has run, and stay where they are whatever software writes. Without it this is
 * an ordinary bridge.
 *
 * Firmware knows nothing of fixed windows. SeaBIOS is kept off this one by a
 * BAR that only SeaBIOS sees, see dec_21154_reserve_size().
 */

#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "qapi/error.h"
#include "qom/object.h"
#include "hw/misc/fpga_compat.h"
#include "hw/misc/fpga_regs.h"
#include "hw/pci/fixed_io.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/slotid_cap.h"
#include "migration/vmstate.h"

#define TYPE_DEC_21154 "dec-21154"
OBJECT_DECLARE_SIMPLE_TYPE(DEC21154State, DEC_21154)

/* PCI-to-PCI Bridge Architecture 1.2, 3.2.5.6: bits 11:0 are not decoded. */
#define IO_WINDOW_GRANULE 0x1000

struct DEC21154State {
    PCIBridge parent_obj;

    /* The fixed window, above whatever the guest puts at the same ports */
    MemoryRegion window;

    uint32_t io_base;
    uint32_t io_limit;
    uint8_t chassis_nr;
    bool reserve;           /* property "seabios-reserve" */

    bool reserve_shown;     /* SeaBIOS is looking */
    bool reserve_sized;     /* the next read of BAR0 is answered by its size */
};

static bool dec_21154_check_window(DEC21154State *s, Error **errp)
{
    if (!s->io_base) {
        if (s->io_limit) {
            error_setg(errp, TYPE_DEC_21154 ": io-limit=0x%x has no meaning "
                       "without io-base", s->io_limit);
            return false;
        }
        return true;
    }
    if (s->io_base % IO_WINDOW_GRANULE || s->io_base > 0xf000) {
        error_setg(errp, TYPE_DEC_21154 ": io-base=0x%x is not a multiple of "
                   "0x%x up to 0xf000", s->io_base, IO_WINDOW_GRANULE);
        return false;
    }
    if ((s->io_limit + 1) % IO_WINDOW_GRANULE || s->io_limit > 0xffff ||
        s->io_limit < s->io_base) {
        error_setg(errp, TYPE_DEC_21154 ": io-limit=0x%x is not the last port "
                   "of a 0x%x unit between io-base=0x%x and 0xffff",
                   s->io_limit, IO_WINDOW_GRANULE, s->io_base);
        return false;
    }
    return true;
}

static void dec_21154_set_window(DEC21154State *s)
{
    PCIDevice *dev = PCI_DEVICE(s);

    dev->config[PCI_IO_BASE] = PCI_IO_RANGE_TYPE_16 | (s->io_base >> 8 & 0xf0);
    dev->config[PCI_IO_LIMIT] = PCI_IO_RANGE_TYPE_16 |
                                (s->io_limit >> 8 & 0xf0);
}

static void dec_21154_fix_window(DEC21154State *s)
{
    PCIDevice *dev = PCI_DEVICE(s);

    dec_21154_set_window(s);
    dev->wmask[PCI_IO_BASE] = 0;
    dev->wmask[PCI_IO_LIMIT] = 0;
    /* A migration source with another window is refused. */
    dev->cmask[PCI_IO_BASE] = 0xff;
    dev->cmask[PCI_IO_LIMIT] = 0xff;
    /* A reset clears only bits that can be written, so this one survives. */
    pci_word_test_and_set_mask(dev->config + PCI_COMMAND, PCI_COMMAND_IO);
    pci_word_test_and_clear_mask(dev->wmask + PCI_COMMAND, PCI_COMMAND_IO);
    pci_bridge_update_mappings(PCI_BRIDGE(dev));
}

static void dec_21154_map_window(DEC21154State *s)
{
    MemoryRegion *parent = pci_get_bus(PCI_DEVICE(s))->address_space_io;

    memory_region_init_alias(&s->window, OBJECT(s), TYPE_DEC_21154 "-fixed-io",
                             &PCI_BRIDGE(s)->address_space_io, s->io_base,
                             s->io_limit + 1 - s->io_base);
    /* The BARs of other devices and the windows of other bridges have 1. */
    memory_region_add_subregion_overlap(parent, s->io_base, &s->window, 2);
}

/*
 * SeaBIOS (1.16, src/fw/pciinit.c) adds up the I/O BARs and I/O windows of the
 * root bus. It places them one after the other, those with the greatest
 * alignment first, from 0xc000, and if they need 0x4000 or more, from 0x1000:
 * then some other bridge is likely to get the window that is fixed here. So it
 * is shown an I/O BAR that, placed first, covers all ports up to the window's
 * last one. An alignment of 0x2000 is more than any other bridge's.
 *
 * 0: no such BAR can help, or it would take more than there is.
 */
static uint32_t dec_21154_reserve_size(DEC21154State *s)
{
    uint32_t first = s->io_base >= 0xc000 ? 0xc000 : 0x1000;

    if (!s->io_base || !s->reserve ||
        (first == 0x1000 && s->io_limit > 0x8fff)) {
        return 0;
    }
    return MAX(0x2000, pow2ceil(s->io_limit + 1 - first));
}

/* Of several such BARs on a bus, the largest covers what the others would. */
static bool dec_21154_reserves(DEC21154State *s)
{
    PCIDevice *dev = PCI_DEVICE(s);
    PCIBus *bus = pci_get_bus(dev);
    uint32_t size = dec_21154_reserve_size(s);

    for (int devfn = 0; devfn < ARRAY_SIZE(bus->devices); devfn++) {
        Object *obj = OBJECT(bus->devices[devfn]);
        DEC21154State *other;
        uint32_t other_size;

        if (devfn == dev->devfn || !object_dynamic_cast(obj, TYPE_DEC_21154)) {
            continue;
        }
        other = DEC_21154(obj);
        other_size = dec_21154_reserve_size(other);
        if ((other->io_base >= 0xc000) == (s->io_base >= 0xc000) &&
            (other_size > size || (other_size == size && devfn < dev->devfn))) {
            return false;
        }
    }
    return size != 0;
}

/*
 * SeaBIOS alone numbers buses by writing 0xff to the byte of the secondary bus
 * number. The BAR is there from then on until it is given an address, so that
 * no operating system and no other firmware ever sees it.
 */
static void dec_21154_config_write(PCIDevice *dev, uint32_t addr, uint32_t val,
                                   int len)
{
    DEC21154State *s = DEC_21154(dev);

    if (addr == PCI_SECONDARY_BUS && len == 1 && val == 0xff) {
        s->reserve_shown = dec_21154_reserves(s);
        s->reserve_sized = false;
    } else if (s->reserve_shown && addr == PCI_BASE_ADDRESS_0 && len == 4) {
        s->reserve_sized = val == UINT32_MAX;
        s->reserve_shown = s->reserve_sized ||
                           !(val & PCI_BASE_ADDRESS_IO_MASK);
    }
    /* In one go, so that no vCPU finds fixed ports gone during a bus reset. */
    memory_region_transaction_begin();
    pci_bridge_write_config(dev, addr, val, len);
    memory_region_transaction_commit();
}

static uint32_t dec_21154_config_read(PCIDevice *dev, uint32_t addr, int len)
{
    DEC21154State *s = DEC_21154(dev);

    if (s->reserve_shown && addr == PCI_BASE_ADDRESS_0 && len == 4) {
        return PCI_BASE_ADDRESS_SPACE_IO |
               (s->reserve_sized ? -dec_21154_reserve_size(s) : 0);
    }
    return pci_default_read_config(dev, addr, len);
}

static void dec_21154_realize(PCIDevice *dev, Error **errp)
{
    DEC21154State *s = DEC_21154(dev);

    if (s->io_base && !s->io_limit) {
        s->io_limit = s->io_base + IO_WINDOW_GRANULE - 1;
    }
    if (!dec_21154_check_window(s, errp)) {
        return;
    }
    if (s->io_base &&
        !pci_fixed_io_claim(dev, s->io_base, s->io_limit, errp)) {
        return;
    }

    pci_bridge_initfn(dev, TYPE_PCI_BUS);
    if (s->chassis_nr &&
        slotid_cap_init(dev, 0, s->chassis_nr, 0, errp) < 0) {
        pci_bridge_exitfn(dev);
        pci_fixed_io_release(dev);
        return;
    }
    if (s->io_base) {
        dec_21154_fix_window(s);
        dec_21154_map_window(s);
    }
}

static void dec_21154_exit(PCIDevice *dev)
{
    DEC21154State *s = DEC_21154(dev);

    if (s->io_base) {
        memory_region_del_subregion(pci_get_bus(dev)->address_space_io,
                                    &s->window);
    }
    if (s->chassis_nr) {
        slotid_cap_cleanup(dev);
    }
    pci_bridge_exitfn(dev);
    pci_fixed_io_release(dev);
}

static void dec_21154_reset_hold(Object *obj, ResetType type)
{
    DEC21154State *s = DEC_21154(obj);

    /* Clears the window's registers, whether they can be written or not. */
    pci_bridge_reset(DEVICE(obj));
    s->reserve_shown = false;
    if (s->io_base) {
        dec_21154_set_window(s);
    }
}

static void dec_21154_reset_exit(Object *obj, ResetType type)
{
    /* The parent bus has cleared the command register by now. */
    pci_bridge_update_mappings(PCI_BRIDGE(obj));
}

static const Property dec_21154_properties[] = {
    DEFINE_PROP_UINT32("io-base", DEC21154State, io_base, 0),
    DEFINE_PROP_UINT32("io-limit", DEC21154State, io_limit, 0),
    DEFINE_PROP_UINT8(PCI_BRIDGE_DEV_PROP_CHASSIS_NR, DEC21154State,
                      chassis_nr, 0),
    DEFINE_PROP_BOOL("seabios-reserve", DEC21154State, reserve, true),
};

static const VMStateDescription vmstate_dec_21154 = {
    .name = TYPE_DEC_21154,
    .version_id = 1,
    .minimum_version_id = 1,
    .priority = MIG_PRI_PCI_BUS,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, PCIBridge),
        VMSTATE_BOOL(reserve_shown, DEC21154State),
        VMSTATE_BOOL(reserve_sized, DEC21154State),
        VMSTATE_END_OF_LIST()
    }
};

static void dec_21154_class_init(ObjectClass *klass, FPGAClassData *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    k->realize = dec_21154_realize;
    k->exit = dec_21154_exit;
    k->config_write = dec_21154_config_write;
    k->config_read = dec_21154_config_read;
    k->vendor_id = DEC_21154_VENDOR_ID;
    k->device_id = DEC_21154_DEVICE_ID;
    k->class_id = PCI_CLASS_BRIDGE_PCI;
    rc->phases.hold = dec_21154_reset_hold;
    rc->phases.exit = dec_21154_reset_exit;
    dc->desc = "DEC 21154 PCI-PCI bridge, with an optional fixed I/O window";
    dc->vmsd = &vmstate_dec_21154;
    /* An operating system would assign a window that the bridge ignores. */
    dc->hotpluggable = false;
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    device_class_set_props(dc, dec_21154_properties);
    object_class_property_set_description(klass, "io-base",
        "first port of the fixed I/O window, a multiple of 0x1000; 0: none");
    object_class_property_set_description(klass, "io-limit",
        "last port of the fixed I/O window; 0: 0x1000 ports");
    object_class_property_set_description(klass, "seabios-reserve",
        "keep SeaBIOS from giving the fixed window away");
}

static const TypeInfo dec_21154_types[] = {
    {
        .name          = TYPE_DEC_21154,
        .parent        = TYPE_PCI_BRIDGE,
        .instance_size = sizeof(DEC21154State),
        .class_init    = dec_21154_class_init,
        .interfaces    = (InterfaceInfo[]) {
            { INTERFACE_CONVENTIONAL_PCI_DEVICE },
            { }
        },
    },
};

DEFINE_TYPES(dec_21154_types)
