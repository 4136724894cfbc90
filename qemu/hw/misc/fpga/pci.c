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
#include "hw/misc/fpga_compat.h"
#include "hw/pci/fixed_bar.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "hw/pci/pci_bus.h"
#include "hw/pci/pcie.h"
#include "migration/vmstate.h"
#include "system/runstate.h"
#include "dma.h"
#include "fault.h"
#include "irq.h"
#include "kvm.h"
#include "regs.h"
#include "trace.h"

/* What else a write does than what fixed BARs and the core see to */
static void fpga_function_write(PCIDevice *dev, uint32_t addr, uint32_t val,
                                int len)
{
    pci_default_write_config(dev, addr, val, len);
    if (pci_is_express(dev)) {
        pcie_cap_flr_write_config(dev, addr, val, len);
    }
}

static void fpga_config_write(PCIDevice *dev, uint32_t addr, uint32_t val,
                              int len)
{
    FPGAState *s = FPGA(dev);
    bool msi = msi_enabled(dev);
    bool msix = msix_enabled(dev);

    if (s->fault.gone) {
        return;
    }
    pci_fixed_bar_config_write(dev, addr, val, len, fpga_function_write);
    if (msi_enabled(dev) != msi || msix_enabled(dev) != msix) {
        /* Lines that stand reach the guest in the new way too. */
        s->irq.lines = 0;
        fpga_irq_update(s, false);
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

/*
 * Behind a port of PCI Express. Among the endpoints it is a legacy one, the
 * only kind that may need I/O space (PCI Express Base 1.3.2); on the root bus,
 * where none of them may, it stays a conventional function.
 */
static bool fpga_init_express(PCIDevice *dev, Error **errp)
{
    int pm;

    if (pcie_cap_init(dev, 0, PCI_EXP_TYPE_LEG_END, 0, errp) < 0) {
        return false;
    }
    pcie_cap_flr_init(dev);

    pm = pci_pm_init(dev, 0, errp);
    if (pm < 0) {
        return false;
    }
    pci_set_word(dev->config + pm + PCI_PM_PMC, 3);
    pci_set_word(dev->config + pm + PCI_PM_CTRL, PCI_PM_CTRL_NO_SOFT_RESET);
    pci_set_word(dev->wmask + pm + PCI_PM_CTRL, PCI_PM_CTRL_STATE_MASK);

    if (msix_init_exclusive_bar(dev, FPGA_VECTORS, FPGA_BAR_MSIX, errp) < 0) {
        return false;
    }
    for (unsigned int vector = 0; vector < FPGA_VECTORS; vector++) {
        msix_vector_use(dev, vector);
    }
    return true;
}

static void fpga_exit_function(PCIDevice *dev)
{
    pci_fixed_bar_release(dev);
    if (msix_present(dev)) {
        msix_unuse_all_vectors(dev);
        msix_uninit_exclusive_bar(dev);
    }
    msi_uninit(dev);
}

/* Capabilities and BARs */
static bool fpga_init_function(PCIDevice *dev, Error **errp)
{
    FPGAState *s = FPGA(dev);

    if (msi_init(dev, 0, FPGA_VECTORS, true, true, errp) < 0) {
        return false;
    }
    pci_config_set_interrupt_pin(dev->config, 1);
    pci_register_bar(dev, FPGA_BAR_REGS, PCI_BASE_ADDRESS_SPACE_IO, &s->regs);
    pci_register_bar(dev, FPGA_BAR_RAM,
                     PCI_BASE_ADDRESS_MEM_TYPE_64 |
                     PCI_BASE_ADDRESS_MEM_PREFETCH, &s->ram);
    if ((s->ea && !fpga_init_ea(s, errp)) ||
        (pci_is_express(dev) && !fpga_init_express(dev, errp)) ||
        (s->io_base && !pci_fixed_bar_set(dev, FPGA_BAR_REGS, s->io_base,
                                          s->ea, errp))) {
        fpga_exit_function(dev);
        return false;
    }
    return true;
}

/*
 * With the property ioeventfd, KVM or TCG's vCPU only signals the main loop.
 * The memory core moves the event with BAR0. Narrower writes take the way of
 * all registers.
 */
static bool fpga_wire_doorbell(FPGAState *s, Error **errp)
{
    if (!s->ioeventfd) {
        return true;
    }
    /* Not both: KVM does not find its way to one range inside another. */
    if (s->kvm.page) {
        return fpga_kvm_set_doorbell(s, &s->dma.doorbell, errp);
    }
    memory_region_add_eventfd(&s->regs, FPGA_DMA_DOORBELL, 4, false, 0,
                              &s->dma.doorbell);
    return true;
}

static void fpga_unwire_doorbell(FPGAState *s)
{
    if (s->ioeventfd && !s->kvm.page) {
        memory_region_del_eventfd(&s->regs, FPGA_DMA_DOORBELL, 4, false, 0,
                                  &s->dma.doorbell);
    }
}

static void fpga_exit_ram(FPGAState *s)
{
    /*
     * The view that the core keeps of an address space refers to the card until
     * something changes, as does a region in another: the card would not go.
     */
    memory_region_transaction_begin();
    memory_region_del_subregion(&s->ram_view, &s->ram_alias);
    address_space_destroy(&s->ram_as);
    memory_region_transaction_commit();
}

static void fpga_realize(PCIDevice *dev, Error **errp)
{
    FPGAState *s = FPGA(dev);

    if (!fpga_check_properties(s, errp) ||
        !memory_region_init_ram(&s->ram, OBJECT(s), "fpga.ram", s->ram_size,
                                errp)) {
        return;
    }
    memory_region_init(&s->ram_view, OBJECT(s), "fpga.ram-view", UINT64_MAX);
    memory_region_init_alias(&s->ram_alias, OBJECT(s), "fpga.ram-alias",
                             &s->ram, 0, s->ram_size);
    memory_region_add_subregion(&s->ram_view, FPGA_RAM_VIEW_BASE,
                                &s->ram_alias);
    address_space_init(&s->ram_as, &s->ram_view, "fpga.ram");
    memory_region_init_io(&s->regs, OBJECT(s), &fpga_regs_ops, s, "fpga.regs",
                          FPGA_IO_SIZE);
    if (!fpga_kvm_init(s, errp)) {
        goto exit_ram;
    }
    if (!fpga_dma_init(s, errp)) {
        goto exit_kvm;
    }
    if (!fpga_wire_doorbell(s, errp)) {
        goto exit_dma;
    }
    if (!fpga_init_function(dev, errp)) {
        goto unwire_doorbell;
    }

    fpga_irq_init(s);
    fpga_fault_realize(s);
    s->vm_state = qemu_add_vm_change_state_handler(fpga_vm_state_change, s);
    return;

unwire_doorbell:
    fpga_unwire_doorbell(s);
exit_dma:
    fpga_dma_exit(s);
exit_kvm:
    fpga_kvm_exit(s);
exit_ram:
    fpga_exit_ram(s);
}

static void fpga_exit(PCIDevice *dev)
{
    FPGAState *s = FPGA(dev);

    qemu_del_vm_change_state_handler(s->vm_state);
    fpga_regs_reset(s);
    fpga_fault_exit(s);
    fpga_irq_exit(s);
    fpga_exit_function(dev);
    fpga_unwire_doorbell(s);
    fpga_dma_exit(s);
    fpga_kvm_exit(s);
    fpga_exit_ram(s);
}

/* The size of configuration space must be known before fpga_realize(). */
static void fpga_device_realize(DeviceState *dev, Error **errp)
{
    PCIBus *bus = PCI_BUS(qdev_get_parent_bus(dev));

    if (pci_bus_is_express(bus) && !pci_bus_is_root(bus)) {
        PCI_DEVICE(dev)->cap_present |= QEMU_PCI_CAP_EXPRESS;
    }
    FPGA_GET_CLASS(dev)->parent_realize(dev, errp);
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
    FPGA(opaque)->dma.polled = false;
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

static bool fpga_has_msix(void *opaque, int version_id)
{
    return pci_is_express(PCI_DEVICE(opaque));
}

static bool fpga_polled_needed(void *opaque)
{
    return FPGA(opaque)->dma.polled;
}

static const VMStateDescription vmstate_fpga_polled = {
    .name = TYPE_FPGA "/polled",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = fpga_polled_needed,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(dma.polled, FPGAState),
        VMSTATE_END_OF_LIST()
    }
};

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
        VMSTATE_MSIX_TEST(parent_obj, FPGAState, fpga_has_msix),
        VMSTATE_UINT8(bar0_sizing, FPGAState),
        VMSTATE_UINT32(scratch, FPGAState),
        VMSTATE_UINT32_ARRAY(saved_regfile, FPGAState, FPGA_REGFILE_SIZE / 4),
        VMSTATE_UINT32(irq.status, FPGAState),
        VMSTATE_UINT32(irq.enable, FPGAState),
        VMSTATE_UINT32(irq.autoclear, FPGAState),
        VMSTATE_UINT32(irq.coalesce, FPGAState),
        VMSTATE_UINT32(irq.map, FPGAState),
        VMSTATE_UINT32(irq.completions, FPGAState),
        VMSTATE_TIMER_PTR(irq.timer, FPGAState),
        VMSTATE_UINT64(dma.ring, FPGAState),
        VMSTATE_UINT32(dma.ring_size, FPGAState),
        VMSTATE_UINT32(dma.head, FPGAState),
        VMSTATE_UINT32(dma.error, FPGAState),
        VMSTATE_BOOL(dma.running, FPGAState),
        VMSTATE_BOOL(dma.halted, FPGAState),
        VMSTATE_BOOL(dma.doorbell_pending, FPGAState),
        VMSTATE_BOOL(dma.busy, FPGAState),
        VMSTATE_UINT64(dma.addr, FPGAState),
        VMSTATE_UINT64(dma.card, FPGAState),
        VMSTATE_UINT32(dma.len, FPGAState),
        VMSTATE_UINT16(dma.flags, FPGAState),
        VMSTATE_UINT16(dma.nseg, FPGAState),
        VMSTATE_UINT32(dma.done, FPGAState),
        VMSTATE_UINT32(dma.seg_next, FPGAState),
        VMSTATE_UINT64(dma.seg_addr, FPGAState),
        VMSTATE_UINT32(dma.seg_len, FPGAState),
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
    DEFINE_PROP_SIZE("doorbell-bytes", FPGAState, doorbell_bytes, 2 * MiB),
    DEFINE_PROP_BOOL("ioeventfd", FPGAState, ioeventfd, false),
    DEFINE_PROP_BOOL("ea", FPGAState, ea, false),
    DEFINE_PROP_ON_OFF_AUTO("kvm-pio", FPGAState, kvm_pio, ON_OFF_AUTO_AUTO),
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

static void fpga_class_init(ObjectClass *klass, FPGAClassData *data)
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
    device_class_set_parent_realize(dc, fpga_device_realize,
                                    &FPGA_CLASS(klass)->parent_realize);
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
        .interfaces    = (InterfaceInfo[]) {
            { INTERFACE_CONVENTIONAL_PCI_DEVICE },
            { INTERFACE_PCIE_DEVICE },
            { }
        },
    },
};

DEFINE_TYPES(fpga_types)
