/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DEC 21154 PCI-PCI bridge: its state
 *
 * dec_21154.c       the bridge and its windows
 * dec_21154_hold.c  the BARs of what stands behind it, with the property hold
 */
#ifndef HW_PCI_BRIDGE_DEC_21154_H
#define HW_PCI_BRIDGE_DEC_21154_H

#include "hw/pci/pci_bridge.h"
#include "hw/pci/pci_bus.h"
#include "qemu/notify.h"
#include "qom/object.h"

#define TYPE_DEC_21154 "dec-21154"
OBJECT_DECLARE_SIMPLE_TYPE(DEC21154State, DEC_21154)

typedef struct DEC21154Window {
    uint64_t base;          /* properties; 0: the guest's */
    uint64_t limit;
    /* Above whatever the guest puts at the same addresses */
    MemoryRegion overlay;
} DEC21154Window;

enum { DEC_21154_IO, DEC_21154_MEM, DEC_21154_PREF, DEC_21154_WINDOWS };

/* A place that the user has named: "SLOT[.FUNCTION][/BAR]=ADDRESS" */
typedef struct DEC21154Place {
    uint8_t devfn;
    int bar;                /* -1: the first that is held */
    uint64_t addr;
} DEC21154Place;

typedef struct DEC21154Hold {
    bool on;                /* property "hold" */
    char *at;               /* property "hold-at" */
    GArray *places;         /* DEC21154Place, from "hold-at" */
    DeviceListener listener;
    Notifier machine_done;
    uint8_t sizing[PCI_DEVFN_MAX];  /* while state is saved or loaded */
} DEC21154Hold;

struct DEC21154State {
    PCIBridge parent_obj;

    DEC21154Window window[DEC_21154_WINDOWS];
    DEC21154Hold hold;
    uint8_t chassis_nr;
    bool firmware_check;    /* property */
};

/* The function behind the bridge, or NULL */
static inline PCIDevice *dec_21154_device(DEC21154State *s, int devfn)
{
    return PCI_BRIDGE(s)->sec_bus.devices[devfn];
}

/* dec_21154_hold.c */

/**
 * dec_21154_hold_init() - hold what stands behind the bridge, now and later
 * @s: the bridge, whose windows are set
 * @errp: set when the properties are not right
 *
 * Returns: whether dec_21154_hold_exit() is needed
 */
bool dec_21154_hold_init(DEC21154State *s, Error **errp);
void dec_21154_hold_exit(DEC21154State *s);

/**
 * dec_21154_hold_restore() - put held BARs back after a reset of their bus
 * @s: the bridge
 */
void dec_21154_hold_restore(DEC21154State *s);

extern const VMStateDescription vmstate_dec_21154_hold;

#endif /* HW_PCI_BRIDGE_DEC_21154_H */
