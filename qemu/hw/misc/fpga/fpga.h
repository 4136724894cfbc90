/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fpga card: its state
 *
 * pci.c    the PCI function: BARs, reset, migration
 * regs.c   register accesses
 * irq.c    interrupt causes, vectors, coalescing
 * dma.c    descriptor ring
 * fault.c  fault injection
 * kvm.c    registers that KVM answers
 *
 * pci.c uses all the others; regs.c uses dma.c and irq.c, dma.c uses irq.c,
 * kvm.c uses regs.c. What goes the other way is a callback in FPGAState.
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
    uint32_t map;           /* FPGA_INT_MAP_* */
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
    bool doorbell_pending;  /* written, and the ring not yet found empty */
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

/*
 * Not 0: the core takes a view that holds one region from 0 on for that region,
 * which has the address of BAR2.
 */
#define FPGA_RAM_VIEW_BASE FPGA_RAM_PAGE_SIZE

#define FPGA_BARS (FPGA_BAR_RAM + 1)

typedef struct FPGAFault {
    /* Properties, see docs/specs/fpga.rst; 0 is off */
    uint32_t delay_ms;
    uint32_t lost_interrupts;
    uint32_t stuck;
    bool unstoppable;
    uint8_t status;
    bool gone;

    /* What answers in the place of a BAR's content while the card is gone */
    MemoryRegion gone_overlay[FPGA_BARS];
    MemoryRegion *overlaid[FPGA_BARS];
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
    /* The card's own view of its RAM, wherever BAR2 is */
    MemoryRegion ram_view;
    MemoryRegion ram_alias;
    AddressSpace ram_as;

    uint32_t io_base;       /* property; 0: BAR0 is relocatable */
    uint64_t ram_size;      /* property */
    uint64_t doorbell_bytes; /* property: work of a write to the doorbell */
    bool ioeventfd;         /* property */
    bool ea;                /* property: Enhanced Allocation instead of BAR0 */
    OnOffAuto kvm_pio;      /* property */

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
