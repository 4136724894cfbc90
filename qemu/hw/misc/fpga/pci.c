/*
 * fpga card: the PCI function
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * See docs/specs/fpga.rst. The registers are in hw/misc/fpga_regs.h.
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "hw/core/qdev-properties.h"
#include "hw/core/resettable.h"
#include "hw/pci/fixed_bar.h"
#include "hw/pci/msix.h"
#include "migration/vmstate.h"
#include "system/runstate.h"
#include "express.h"
#include "regs.h"
#include "trace.h"

static void fpga_config_write(PCIDevice *dev, uint32_t addr, uint32_t val,
                              int len)
{
    FPGAState *s = FPGA(dev);
    FPGAIrqWay way = fpga_irq_way(s);

    if (s->fault.gone) {
        return;
    }
    pci_fixed_bar_config_write(dev, addr, val, len, fpga_express_write_config);
    if (fpga_irq_way(s) != way) {
        fpga_irq_way_changed(s);
    }
}

static uint32_t fpga_config_read(PCIDevice *dev, uint32_t addr, int len)
{
    if (FPGA(dev)->fault.gone) {
        return UINT32_MAX;
    }
    return pci_fixed_bar_config_read(dev, addr, len, pci_default_read_config);
}

static void fpga_gone_changed(FPGAState *s)
{
    if (s->fault.gone) {
        /* Its BARs stay where they are, and read as all ones. */
        fpga_regs_reset(s);
        fpga_irq_update(s, false);
    } else {
        pci_device_reset(PCI_DEVICE(s));
        pci_fixed_bar_restore(PCI_DEVICE(s));
    }
}

/*
 * One entry: the I/O ports, in the place of BAR0, which the guest does not find
 * (PCI Express Base 5.0, 7.8.5). For QEMU it is there.
 */
static bool fpga_init_ea(FPGAState *s, Error **errp)
{
    PCIDevice *dev = PCI_DEVICE(s);
    const uint32_t entry[] = {
        PCI_EA_ENABLE | PCI_EA_P_UNAVAILABLE << ctz32(PCI_EA_SP) |
            PCI_EA_P_IO << ctz32(PCI_EA_PP) |
            PCI_EA_BEI_BAR0 << ctz32(PCI_EA_BEI) | 2 /* words follow */,
        s->io_base,
        (FPGA_IO_SIZE - 1) & PCI_EA_FIELD_MASK,
    };
    int cap = pci_add_capability(dev, PCI_CAP_ID_EA, 0,
                                 PCI_EA_FIRST_ENT + sizeof(entry), errp);

    if (cap < 0) {
        return false;
    }
    pci_set_byte(dev->config + cap + PCI_EA_NUM_ENT, 1);
    for (size_t i = 0; i < ARRAY_SIZE(entry); i++) {
        pci_set_long(dev->config + cap + PCI_EA_FIRST_ENT + i * 4, entry[i]);
    }
    return true;
}

static void fpga_vm_state_change(void *opaque, bool running, RunState state)
{
    if (running) {
        fpga_dma_resume(opaque);
    } else {
        fpga_dma_collect_doorbell(opaque);
    }
}

static bool fpga_check_properties(FPGAState *s, Error **errp)
{
    if (s->io_base % FPGA_IO_SIZE || s->io_base > 0x10000 - FPGA_IO_SIZE) {
        error_setg(errp, TYPE_FPGA ": io-base=0x%x is not a multiple of 0x%x "
                   "up to 0x%x", s->io_base, FPGA_IO_SIZE,
                   0x10000 - FPGA_IO_SIZE);
        return false;
    }
    if (s->ea && !s->io_base) {
        error_setg(errp, TYPE_FPGA ": ea=on has no meaning without io-base");
        return false;
    }
    if (!is_power_of_2(s->ram_size) || s->ram_size < FPGA_RAM_PAGE_SIZE ||
        s->ram_size / FPGA_RAM_PAGE_SIZE > UINT32_MAX) {
        error_setg(errp, TYPE_FPGA ": ram-size=%" PRIu64 " is not a power of 2 "
                   "from %d to 2^43", s->ram_size, FPGA_RAM_PAGE_SIZE);
        return false;
    }
    return true;
}

static void fpga_exit_function(PCIDevice *dev)
{
    pci_fixed_bar_release(dev);
    fpga_express_exit(dev);
    fpga_irq_exit(FPGA(dev));
}

/* Capabilities and BARs */
static bool fpga_init_function(PCIDevice *dev, Error **errp)
{
    FPGAState *s = FPGA(dev);

    if (!fpga_irq_init(s, errp)) {
        return false;
    }
    pci_register_bar(dev, FPGA_BAR_REGS, PCI_BASE_ADDRESS_SPACE_IO, &s->regs);
    pci_register_bar(dev, FPGA_BAR_RAM,
                     PCI_BASE_ADDRESS_MEM_TYPE_64 |
                     PCI_BASE_ADDRESS_MEM_PREFETCH, &s->ram);
    if ((s->ea && !fpga_init_ea(s, errp)) ||
        !fpga_express_init(dev, errp) ||
        (s->io_base && !pci_fixed_bar_set(dev, FPGA_BAR_REGS, s->io_base,
                                          s->ea, errp))) {
        fpga_exit_function(dev);
        return false;
    }
    return true;
}

static void fpga_realize(PCIDevice *dev, Error **errp)
{
    FPGAState *s = FPGA(dev);

    if (!fpga_check_properties(s, errp) ||
        !memory_region_init_ram(&s->ram, OBJECT(s), "fpga.ram", s->ram_size,
                                errp)) {
        return;
    }
    memory_region_init_io(&s->regs, OBJECT(s), &fpga_regs_ops, s, "fpga.regs",
                          FPGA_IO_SIZE);
    if (!fpga_kvm_init(s, errp)) {
        return;
    }
    if (!fpga_dma_init(s, errp)) {
        goto exit_kvm;
    }
    if (!fpga_kvm_take_doorbell(s, errp)) {
        goto exit_dma;
    }
    if (!fpga_init_function(dev, errp)) {
        goto exit_dma;
    }

    fpga_dma_init_view(s);
    fpga_fault_realize(s);
    s->vm_state = qemu_add_vm_change_state_handler(fpga_vm_state_change, s);
    return;

exit_dma:
    fpga_dma_exit(s);
exit_kvm:
    fpga_kvm_exit(s);
}

static void fpga_exit(PCIDevice *dev)
{
    FPGAState *s = FPGA(dev);

    qemu_del_vm_change_state_handler(s->vm_state);
    fpga_regs_reset(s);
    fpga_fault_exit(s);
    fpga_exit_function(dev);
    fpga_dma_exit_view(s);
    fpga_dma_exit(s);
    fpga_kvm_exit(s);
}

static void fpga_reset_enter(Object *obj, ResetType type)
{
    FPGAState *s = FPGA(obj);

    trace_fpga_reset();
    fpga_regs_reset(s);
}

static void fpga_reset_hold(Object *obj, ResetType type)
{
    pci_irq_deassert(PCI_DEVICE(obj));
}

static void fpga_reset_exit(Object *obj, ResetType type)
{
    /* Not before: the bus zeroes BARs when it is held in reset. */
    pci_fixed_bar_restore(PCI_DEVICE(obj));
}

static int fpga_pre_load(void *opaque)
{
    fpga_dma_pre_load(opaque);
    fpga_fault_pre_load(opaque);
    return 0;
}

static int fpga_pre_save(void *opaque)
{
    FPGAState *s = opaque;
    PCIDevice *dev = opaque;

    fpga_dma_collect_doorbell(s);
    s->bar0_sizing = pci_fixed_bar_get_sizing(dev);
    /* Where it lies is the machine's own business: registers are moved. */
    for (size_t i = 0; i < ARRAY_SIZE(s->saved_regfile); i++) {
        s->saved_regfile[i] = ldl_le_p(s->regfile + i * 4);
    }
    /* Since its slot was powered on nothing may have read the BAR. */
    if (dev->enabled && s->io_base) {
        pci_fixed_bar_config_read(dev, PCI_COMMAND, 2,
                                  pci_default_read_config);
    }
    return 0;
}

static int fpga_post_load(void *opaque, int version_id)
{
    FPGAState *s = opaque;

    if (!fpga_irq_post_load(s) || !fpga_dma_post_load(s)) {
        return -EINVAL;
    }
    for (size_t i = 0; i < ARRAY_SIZE(s->saved_regfile); i++) {
        stl_le_p(s->regfile + i * 4, s->saved_regfile[i]);
    }
    pci_fixed_bar_set_sizing(PCI_DEVICE(s), s->bar0_sizing);
    fpga_kvm_publish(s);
    return 0;
}

static const VMStateDescription vmstate_fpga = {
    .name = TYPE_FPGA,
    .version_id = 2,
    .minimum_version_id = 2,
    .pre_save = fpga_pre_save,
    .pre_load = fpga_pre_load,
    .post_load = fpga_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_EQUAL(io_base, FPGAState, "the base is fixed elsewhere"),
        VMSTATE_PCI_DEVICE(parent_obj, FPGAState),
        VMSTATE_MSIX_TEST(parent_obj, FPGAState, fpga_express_has_msix),
        VMSTATE_UINT8(bar0_sizing, FPGAState),
        VMSTATE_UINT32(scratch, FPGAState),
        VMSTATE_UINT32_ARRAY(saved_regfile, FPGAState, FPGA_REGFILE_SIZE / 4),
        VMSTATE_STRUCT(irq, FPGAState, 1, vmstate_fpga_irq, FPGAIrq),
        VMSTATE_STRUCT(dma, FPGAState, 1, vmstate_fpga_dma, FPGADma),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * const []) {
        &vmstate_fpga_fault,
        &vmstate_fpga_polled,
        NULL
    }
};

static const Property fpga_properties[] = {
    DEFINE_PROP_UINT32("io-base", FPGAState, io_base, 0),
    DEFINE_PROP_SIZE("ram-size", FPGAState, ram_size, 16 * MiB),
    DEFINE_PROP_SIZE("doorbell-bytes", FPGAState, dma.doorbell_bytes,
                     2 * MiB),
    DEFINE_PROP_BOOL("ioeventfd", FPGAState, dma.ioeventfd, false),
    DEFINE_PROP_BOOL("ea", FPGAState, ea, false),
    DEFINE_PROP_ON_OFF_AUTO("kvm-pio", FPGAState, kvm.pio, ON_OFF_AUTO_AUTO),
};

static void fpga_describe_properties(ObjectClass *klass)
{
    static const struct {
        const char *name;
        const char *what;
    } properties[] = {
        { "io-base", "first port of the fixed BAR0, a multiple of 0x800; "
                     "0: an ordinary BAR" },
        { "ram-size", "card RAM, a power of 2" },
        { "doorbell-bytes", "work that a write to the doorbell does itself" },
        { "ioeventfd", "leave the doorbell to the main loop, by an eventfd" },
        { "ea", "say by an Enhanced Allocation capability where io-base is" },
        { "kvm-pio", "let KVM answer plain registers" },
    };

    for (size_t i = 0; i < ARRAY_SIZE(properties); i++) {
        object_class_property_set_description(klass, properties[i].name,
                                              properties[i].what);
    }
}

static void fpga_instance_init(Object *obj)
{
    FPGAState *s = FPGA(obj);

    s->regfile = s->own_regfile;
    s->registers_changed = fpga_kvm_publish;
    s->gone_changed = fpga_gone_changed;
    fpga_fault_instance_init(s);
}

static void fpga_class_init(ObjectClass *klass, const void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *k = PCI_DEVICE_CLASS(klass);
    ResettableClass *rc = RESETTABLE_CLASS(klass);

    k->realize = fpga_realize;
    k->exit = fpga_exit;
    k->config_read = fpga_config_read;
    k->config_write = fpga_config_write;
    k->vendor_id = FPGA_PCI_VENDOR_ID;
    k->device_id = FPGA_PCI_DEVICE_ID;
    k->revision = FPGA_PCI_REVISION;
    k->class_id = FPGA_PCI_CLASS;
    fpga_express_class_init(klass);
    rc->phases.enter = fpga_reset_enter;
    rc->phases.hold = fpga_reset_hold;
    rc->phases.exit = fpga_reset_exit;
    dc->desc = "FPGA card with DMA engine, with an optional fixed I/O base";
    dc->vmsd = &vmstate_fpga;
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
    device_class_set_props(dc, fpga_properties);
    fpga_describe_properties(klass);
}

static const TypeInfo fpga_types[] = {
    {
        .name          = TYPE_FPGA,
        .parent        = TYPE_PCI_DEVICE,
        .instance_size = sizeof(FPGAState),
        .instance_init = fpga_instance_init,
        .class_size    = sizeof(FPGAClass),
        .class_init    = fpga_class_init,
        .interfaces    = (const InterfaceInfo[]) {
            { INTERFACE_CONVENTIONAL_PCI_DEVICE },
            { INTERFACE_PCIE_DEVICE },
            { }
        },
    },
};

DEFINE_TYPES(fpga_types)
