/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fpga card: its state
 *
 * pci.c      the PCI function: BARs, reset, migration
 * express.c  what it has besides behind a PCI Express port
 * regs.c     register accesses
 * irq.c      interrupt causes, vectors, coalescing
 * dma.c      descriptor ring
 * fault.c    fault injection
 * kvm.c      registers that KVM answers
 *
 * pci.c uses all the others; regs.c uses dma.c and irq.c, dma.c uses irq.c,
 * both use fault.c, kvm.c uses dma.c and regs.c. What goes the other way is a
 * callback in FPGAState.
 */
#ifndef HW_MISC_FPGA_H
#define HW_MISC_FPGA_H

#include "hw/misc/fpga_regs.h"
#include "hw/pci/pci_device.h"
#include "qom/object.h"
#include "dma.h"
#include "fault.h"
#include "irq.h"
#include "kvm.h"

#define TYPE_FPGA "fpga"
OBJECT_DECLARE_TYPE(FPGAState, FPGAClass, FPGA)

struct FPGAClass {
    PCIDeviceClass parent_class;

    DeviceRealize parent_realize;
};

struct FPGAState {
    PCIDevice parent_obj;

    MemoryRegion regs;
    MemoryRegion ram;

    uint32_t io_base;       /* property; 0: BAR0 is relocatable */
    uint64_t ram_size;      /* property */
    bool ea;                /* property: Enhanced Allocation instead of BAR0 */

    uint8_t bar0_sizing;    /* while state is saved or loaded, as is ... */
    uint32_t saved_regfile[FPGA_REGFILE_SIZE / 4];
    uint32_t scratch;       /* as written */
    uint8_t *regfile;       /* little-endian: own_regfile, or in kvm.page */
    uint8_t own_regfile[FPGA_REGFILE_SIZE];
    FPGAIrq irq;
    FPGADma dma;
    FPGAFault fault;
    FPGAKvm kvm;

    VMChangeStateEntry *vm_state;

    /* Callbacks, set by pci.c; see above for why */
    void (*registers_changed)(FPGAState *s);
    void (*gone_changed)(FPGAState *s);
};

#endif /* HW_MISC_FPGA_H */
