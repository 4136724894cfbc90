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
 */

#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qom/object.h"
#include "hw/misc/fpga_compat.h"
#include "hw/misc/fpga_regs.h"
#include "hw/pci/fixed_io.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/slotid_cap.h"
#include "migration/vmstate.h"

#define TYPE_DEC_21154 "dec-21154"
OBJECT_DECLARE_SIMPLE_TYPE(DEC21154State, DEC_21154)

/* PCI-to-PCI Bridge Architecture 1.2, 3.2.5.6: bits 11:0 are not decoded. */
#define IO_WINDOW_GRANULE 0x1000

struct DEC21154State {
    PCIBridge parent_obj;

    uint32_t io_base;
    uint32_t io_limit;
    uint8_t chassis_nr;
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
    if (!s->io_limit) {
        s->io_limit = s->io_base + IO_WINDOW_GRANULE - 1;
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

static void dec_21154_realize(PCIDevice *dev, Error **errp)
{
    DEC21154State *s = DEC_21154(dev);

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
    }
}

static void dec_21154_exit(PCIDevice *dev)
{
    if (DEC_21154(dev)->chassis_nr) {
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
};

static const VMStateDescription dec_21154_vmstate = {
    .name = TYPE_DEC_21154,
    .version_id = 1,
    .minimum_version_id = 1,
    .priority = MIG_PRI_PCI_BUS,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, PCIBridge),
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
    k->config_write = pci_bridge_write_config;
    k->vendor_id = DEC_21154_VENDOR_ID;
    k->device_id = DEC_21154_DEVICE_ID;
    k->class_id = PCI_CLASS_BRIDGE_PCI;
    rc->phases.hold = dec_21154_reset_hold;
    rc->phases.exit = dec_21154_reset_exit;
    dc->desc = "DEC 21154 PCI-PCI bridge, with an optional fixed I/O window";
    dc->vmsd = &dec_21154_vmstate;
    /* An operating system would assign a window that the bridge ignores. */
    dc->hotpluggable = false;
    set_bit(DEVICE_CATEGORY_BRIDGE, dc->categories);
    device_class_set_props(dc, dec_21154_properties);
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
