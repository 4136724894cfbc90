/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fpga card: what its files share
 *
 * fpga.c        the PCI function: BARs, fixed base, reset, migration
 * fpga_regs.c   register accesses
 * fpga_irq.c    interrupt causes, vectors, coalescing
 * fpga_dma.c    descriptor ring
 * fpga_fault.c  faults on purpose
 * fpga_kvm.c    registers that KVM answers
 */
#ifndef HW_MISC_FPGA_H
#define HW_MISC_FPGA_H

#include "hw/misc/fpga_regs.h"
#include "hw/pci/pci_device.h"
#include "qemu/event_notifier.h"
#include "qemu/timer.h"
#include "qom/object.h"

#define TYPE_FPGA "fpga"
OBJECT_DECLARE_TYPE(FPGAState, FPGAClass, FPGA)

struct FPGAClass {
    PCIDeviceClass parent_class;

    DeviceRealize parent_realize;
};

typedef struct FPGAIrq {
    uint32_t status;        /* FPGA_INT_* */
    uint32_t enable;
    uint32_t autoclear;
    uint32_t coalesce;
    uint32_t completions;   /* not yet shown in status */
    uint32_t lines;         /* a bit for each vector whose line is high */
    bool lost;              /* fault: INTx is not asserted for these lines */
    QEMUTimer *timer;       /* bound on how long completions may wait */
} FPGAIrq;

/* How many entries of a table of segments are read at once. */
#define FPGA_DMA_SEGMENTS 32

typedef struct FPGADma {
    uint64_t ring;          /* bus address */
    uint32_t ring_size;     /* entries */
    uint32_t head;
    uint32_t error;         /* FPGA_DMA_ERROR_* */
    bool running;
    bool halted;
    bool rung;              /* doorbell written, ring not yet found empty */
    bool polled;            /* FPGA_DMA_CONTROL_POLLED */
    bool in_doorbell;       /* within the write to the doorbell */
    bool stuck;             /* fault: only a reset helps */
    bool delayed;           /* fault: the entry at head has had its delay */

    /* The descriptor that is being executed, as it was when it was fetched */
    bool busy;
    uint64_t addr;
    uint64_t card;
    uint32_t len;
    uint16_t flags;
    uint16_t nseg;
    uint32_t done;          /* bytes moved */
    uint32_t seg_next;      /* entry of its table that is read next */
    uint64_t seg_addr;      /* what is left of the segment in use */
    uint32_t seg_len;

    struct fpga_seg segs[FPGA_DMA_SEGMENTS];
    uint32_t segs_first;    /* entry of the table that segs[0] holds */
    uint32_t segs_count;

    QEMUBH *bh;
    EventNotifier doorbell; /* with the property ioeventfd */
    QEMUTimer *timer;       /* fault: pending while the entry at head waits */
} FPGADma;

#define FPGA_BARS (FPGA_BAR_RAM + 1)

typedef struct FPGAFault {
    /* Properties, see docs/specs/fpga.rst; 0 is off */
    uint32_t delay_ms;
    uint32_t lost_interrupts;
    uint32_t stuck;
    uint8_t status;
    bool gone;

    /* What answers in the place of a BAR's content while the card is gone */
    MemoryRegion covers[FPGA_BARS];
    MemoryRegion *covered[FPGA_BARS];
} FPGAFault;

typedef struct FPGAKvm {
    void *page;             /* shared with KVM; NULL: KVM answers nothing */
    int fd;
    bool attached;
    uint32_t base;          /* port, while attached */
    MemoryListener listener;
} FPGAKvm;

struct FPGAState {
    PCIDevice parent_obj;

    MemoryRegion regs;
    MemoryRegion ram;

    uint32_t io_base;       /* property; 0: BAR0 is relocatable */
    uint64_t ram_size;      /* property */
    uint64_t doorbell_bytes; /* property: work of a write to the doorbell */
    bool ioeventfd;         /* property */
    bool ea;                /* property: Enhanced Allocation instead of BAR0 */
    OnOffAuto kvm_pio;      /* property */

    uint32_t bar0_written;  /* fixed base: what the guest last wrote there */
    uint32_t scratch;       /* as written */
    uint8_t *regfile;       /* little-endian: own_regfile, or in kvm.page */
    uint8_t own_regfile[FPGA_REGFILE_SIZE];
    FPGAIrq irq;
    FPGADma dma;
    FPGAFault fault;
    FPGAKvm kvm;

    VMChangeStateEntry *vm_state;
};

/* fpga.c */

/**
 * fpga_function_reset() - reset registers and configuration space
 * @s: the card, of which a fixed base stays
 */
void fpga_function_reset(FPGAState *s);

/* fpga_regs.c */
extern const MemoryRegionOps fpga_regs_ops;

/**
 * fpga_reg_read() - what a register reads as
 * @s: the card
 * @reg: FPGA_*, not one of the register file
 */
uint32_t fpga_reg_read(FPGAState *s, hwaddr reg);

/**
 * fpga_regs_reset() - what power-on and FPGA_CONTROL_RESET do to the registers
 * @s: the card, whose card RAM and PCI configuration stay as they are
 */
void fpga_regs_reset(FPGAState *s);

/* fpga_irq.c */

/**
 * fpga_irq_update() - derive lines, INTx and messages from the causes
 * @s: the card
 * @again: send messages also for lines that have been standing
 */
void fpga_irq_update(FPGAState *s, bool again);

/**
 * fpga_irq_raise() - set causes, and send what follows from them
 * @s: the card
 * @causes: FPGA_INT_*
 */
void fpga_irq_raise(FPGAState *s, uint32_t causes);

/**
 * fpga_irq_complete() - a descriptor with FPGA_DESC_F_IRQ has completed
 * @s: the card
 */
void fpga_irq_complete(FPGAState *s);

/**
 * fpga_irq_idle() - the ring is empty: no completion will follow soon
 * @s: the card
 */
void fpga_irq_idle(FPGAState *s);

/**
 * fpga_irq_flush() - show completions that coalescing holds back
 * @s: the card
 */
void fpga_irq_flush(FPGAState *s);

/**
 * fpga_irq_vectors() - vectors that the guest has allocated
 * @s: the card
 *
 * Returns: their number; 0 when INTx is in use
 */
uint32_t fpga_irq_vectors(FPGAState *s);

/* Whether loaded state is one that can be; then what follows from it is set. */
bool fpga_irq_post_load(FPGAState *s);

void fpga_irq_reset(FPGAState *s);
void fpga_irq_init(FPGAState *s);
void fpga_irq_exit(FPGAState *s);

/* fpga_dma.c */

/**
 * fpga_dma_run() - start the engine at entry 0
 * @s: the card, whose engine is stopped; it halts at once if its ring is not
 *     valid
 */
void fpga_dma_run(FPGAState *s);

/**
 * fpga_dma_doorbell() - the guest has written to the doorbell
 * @s: the card, which may execute descriptors before this returns
 */
void fpga_dma_doorbell(FPGAState *s);

/**
 * fpga_dma_stop() - stop at once; host memory is not touched any more
 * @s: the card; head and error stay readable
 */
void fpga_dma_stop(FPGAState *s);

/**
 * fpga_dma_collect_doorbell() - take in a doorbell that is still on its way
 * @s: the card, whose state is complete after that while no vCPU runs
 */
void fpga_dma_collect_doorbell(FPGAState *s);

/* Carry on where the machine was stopped, or loaded. */
void fpga_dma_resume(FPGAState *s);

/* Whether loaded state is one that can be; then the engine goes on from it. */
bool fpga_dma_post_load(FPGAState *s);

void fpga_dma_reset(FPGAState *s);

/**
 * fpga_dma_init() - set up the engine
 * @s: the card, whose registers are a memory region already
 * @errp: set when the host has no event notifier left
 *
 * Returns: whether fpga_dma_exit() is needed
 */
bool fpga_dma_init(FPGAState *s, Error **errp);
void fpga_dma_exit(FPGAState *s);

/* fpga_fault.c */
extern const VMStateDescription vmstate_fpga_fault;

/* Whether the interrupt that is due is to be lost */
bool fpga_fault_lose_interrupt(FPGAState *s);

/* Whether the engine is to stick at the entry that it has found */
bool fpga_fault_stick(FPGAState *s);

/* Before state is loaded: faults move with the machine. */
void fpga_fault_pre_load(FPGAState *s);

void fpga_fault_instance_init(FPGAState *s);
void fpga_fault_realize(FPGAState *s);
void fpga_fault_exit(FPGAState *s);

/* fpga_kvm.c */

/**
 * fpga_kvm_init() - let KVM answer accesses, if the property asks for it
 * @s: the card, whose registers are a memory region already
 * @errp: set when that is not possible and was to be
 *
 * Returns: whether the card can do without or has it; then fpga_kvm_exit() is
 *          needed
 */
bool fpga_kvm_init(FPGAState *s, Error **errp);
void fpga_kvm_exit(FPGAState *s);

/**
 * fpga_kvm_publish() - let KVM know what registers read as
 * @s: the card, of which something has changed
 *
 * To be called before the guest can expect to see the change.
 */
void fpga_kvm_publish(FPGAState *s);

/**
 * fpga_kvm_set_doorbell() - let KVM signal writes of the doorbell
 * @s: the card, which has kvm.page
 * @doorbell: what is signalled, until fpga_kvm_exit()
 * @errp: set when it failed
 *
 * Returns: whether that worked
 */
bool fpga_kvm_set_doorbell(FPGAState *s, EventNotifier *doorbell, Error **errp);

#endif /* HW_MISC_FPGA_H */
