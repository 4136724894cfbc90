/*
 * fpga card: fault injection, so that drivers can be tested
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Unlike other properties these can be set while the machine runs, and move
 * with it: some count down.
 */

#include "qemu/osdep.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_device.h"
#include "migration/vmstate.h"
#include "fpga.h"
#include "trace.h"

/* Takes one off a count of faults, of which UINT32_MAX never runs out. */
static bool take(uint32_t *count)
{
    if (*count && *count != UINT32_MAX) {
        --*count;
        return true;
    }
    return *count;
}

bool fpga_fault_lose_interrupt(FPGAState *s)
{
    return take(&s->fault.lost_interrupts);
}

bool fpga_fault_stick(FPGAState *s)
{
    return take(&s->fault.stuck);
}

bool fpga_fault_unstoppable(FPGAState *s)
{
    return s->fault.unstoppable && s->dma.running;
}

static bool fpga_get_unstoppable(Object *obj, Error **errp)
{
    return FPGA(obj)->fault.unstoppable;
}

static void fpga_set_unstoppable(Object *obj, bool value, Error **errp)
{
    FPGA(obj)->fault.unstoppable = value;
}

/* Nothing drives the bus. */
static uint64_t fpga_gone_read(void *opaque, hwaddr addr, unsigned int size)
{
    return UINT64_MAX;
}

static void fpga_gone_write(void *opaque, hwaddr addr, uint64_t value,
                            unsigned int size)
{
}

static const MemoryRegionOps fpga_gone_ops = {
    .read = fpga_gone_read,
    .write = fpga_gone_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
};

static void update_overlays(FPGAState *s)
{
    for (size_t i = 0; i < ARRAY_SIZE(s->fault.gone_overlay); i++) {
        if (s->fault.overlaid[i]) {
            memory_region_set_enabled(&s->fault.gone_overlay[i], s->fault.gone);
        }
    }
}

static bool fpga_get_gone(Object *obj, Error **errp)
{
    return FPGA(obj)->fault.gone;
}

static void fpga_set_gone(Object *obj, bool value, Error **errp)
{
    FPGAState *s = FPGA(obj);
    bool changed = s->fault.gone != value;

    s->fault.gone = value;
    if (!changed || !DEVICE(obj)->realized) {
        return;
    }
    trace_fpga_fault_gone(value);
    memory_region_transaction_begin();
    s->gone_changed(s);
    update_overlays(s);
    memory_region_transaction_commit();
}

static void fpga_fault_overlay(FPGAState *s, int bar, MemoryRegion *mr)
{
    MemoryRegion *overlay = &s->fault.gone_overlay[bar];

    memory_region_init_io(overlay, OBJECT(s), &fpga_gone_ops, s, "fpga.gone",
                          memory_region_size(mr));
    memory_region_set_enabled(overlay, false);
    memory_region_add_subregion_overlap(mr, 0, overlay, 1);
    s->fault.overlaid[bar] = mr;
}

void fpga_fault_realize(FPGAState *s)
{
    PCIDevice *dev = PCI_DEVICE(s);

    fpga_fault_overlay(s, FPGA_BAR_REGS, &s->regs);
    fpga_fault_overlay(s, FPGA_BAR_RAM, &s->ram);
    if (msix_present(dev)) {
        fpga_fault_overlay(s, FPGA_BAR_MSIX, &dev->msix_exclusive_bar);
    }
    update_overlays(s);
}

void fpga_fault_exit(FPGAState *s)
{
    for (size_t i = 0; i < ARRAY_SIZE(s->fault.gone_overlay); i++) {
        if (s->fault.overlaid[i]) {
            memory_region_del_subregion(s->fault.overlaid[i],
                                        &s->fault.gone_overlay[i]);
        }
    }
}

void fpga_fault_instance_init(FPGAState *s)
{
    Object *obj = OBJECT(s);
    const struct {
        const char *name;
        const char *description;
        uint32_t *value;
    } counts[] = {
        {
            "fault-delay-ms", "each descriptor takes this long",
            &s->fault.delay_ms,
        }, {
            "fault-lost-interrupts",
            "so many interrupts are lost (4294967295: all)",
            &s->fault.lost_interrupts,
        }, {
            "fault-stuck",
            "so many times the engine sticks until the card is reset "
            "(4294967295: always)",
            &s->fault.stuck,
        },
    };

    for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
        object_property_add_uint32_ptr(obj, counts[i].name, counts[i].value,
                                       OBJ_PROP_FLAG_READWRITE);
        object_property_set_description(obj, counts[i].name,
                                        counts[i].description);
    }
    object_property_add_uint8_ptr(obj, "fault-status", &s->fault.status,
                                  OBJ_PROP_FLAG_READWRITE);
    object_property_set_description(obj, "fault-status",
                                    "result of every descriptor (0: its own)");
    object_property_add_bool(obj, "fault-unstoppable", fpga_get_unstoppable,
                             fpga_set_unstoppable);
    object_property_set_description(obj, "fault-unstoppable",
                                    "only a reset of the function stops the "
                                    "engine");
    object_property_add_bool(obj, "fault-gone", fpga_get_gone, fpga_set_gone);
    object_property_set_description(obj, "fault-gone",
                                    "the card does not answer");
}

void fpga_fault_pre_load(FPGAState *s)
{
    s->fault.delay_ms = 0;
    s->fault.lost_interrupts = 0;
    s->fault.stuck = 0;
    s->fault.unstoppable = false;
    s->fault.status = 0;
    s->fault.gone = false;
    update_overlays(s);
    s->irq.lost = false;
    s->dma.stuck = false;
    s->dma.delayed = false;
    timer_del(s->dma.timer);
}

static bool fpga_fault_needed(void *opaque)
{
    FPGAState *s = opaque;

    return s->fault.delay_ms || s->fault.lost_interrupts || s->fault.stuck ||
           s->fault.unstoppable || s->fault.status || s->fault.gone ||
           s->irq.lost || s->dma.stuck || s->dma.delayed ||
           timer_pending(s->dma.timer);
}

static int fpga_fault_post_load(void *opaque, int version_id)
{
    update_overlays(opaque);
    return 0;
}

const VMStateDescription vmstate_fpga_fault = {
    .name = TYPE_FPGA "/fault",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = fpga_fault_needed,
    .post_load = fpga_fault_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(fault.delay_ms, FPGAState),
        VMSTATE_UINT32(fault.lost_interrupts, FPGAState),
        VMSTATE_UINT32(fault.stuck, FPGAState),
        VMSTATE_BOOL(fault.unstoppable, FPGAState),
        VMSTATE_UINT8(fault.status, FPGAState),
        VMSTATE_BOOL(fault.gone, FPGAState),
        VMSTATE_BOOL(irq.lost, FPGAState),
        VMSTATE_BOOL(dma.stuck, FPGAState),
        VMSTATE_BOOL(dma.delayed, FPGAState),
        VMSTATE_TIMER_PTR(dma.timer, FPGAState),
        VMSTATE_END_OF_LIST()
    }
};
