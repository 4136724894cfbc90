/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fpga card: DMA engine */
#ifndef HW_MISC_FPGA_DMA_H
#define HW_MISC_FPGA_DMA_H

#include "hw/misc/fpga_regs.h"
#include "migration/vmstate.h"
#include "qemu/event_notifier.h"
#include "hw/pci/pci_device.h"

typedef struct FPGAState FPGAState;

/* How many entries of a table of segments are read at once. */
#define FPGA_DMA_SEGMENTS 32

typedef struct FPGADma {
    uint64_t doorbell_bytes; /* property: work of a write to the doorbell */
    bool ioeventfd;         /* property */

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
    bool wired;             /* the memory core signals it */
    QEMUTimer *timer;       /* fault: pending while the entry at head waits */

    /* The card's own view of its RAM, wherever BAR2 is */
    MemoryRegion view;
    MemoryRegion alias;
    AddressSpace as;
} FPGADma;

#define FPGA_DMA_FEATURES \
    (FPGA_FEATURE_DMA | FPGA_FEATURE_SG | FPGA_FEATURE_POLLED)

extern const VMStateDescription vmstate_fpga_dma;
/* A subsection of the card's */
extern const VMStateDescription vmstate_fpga_polled;

/**
 * fpga_dma_read() - read a register
 * @s: the card
 * @reg: FPGA_DMA_*
 */
uint32_t fpga_dma_read(FPGAState *s, hwaddr reg);

/**
 * fpga_dma_write() - write to a register
 * @s: the card, which may execute descriptors before this returns
 * @reg: FPGA_DMA_*
 * @whole: of the register, with the bytes that stay
 *
 * Returns: whether it can be written
 */
bool fpga_dma_write(FPGAState *s, hwaddr reg, uint32_t whole);

/* fpga_dma_card_status() - what the engine shows in FPGA_STATUS */
uint32_t fpga_dma_card_status(FPGAState *s);

/**
 * fpga_dma_collect_doorbell() - take in a doorbell that is still on its way
 * @s: the card, whose state is complete after that while no vCPU runs
 */
void fpga_dma_collect_doorbell(FPGAState *s);

/* Carry on where the machine was stopped, or loaded. */
void fpga_dma_resume(FPGAState *s);

/* Before state is loaded */
void fpga_dma_pre_load(FPGAState *s);

/* Whether loaded state is one that can be; then the engine goes on from it. */
bool fpga_dma_post_load(FPGAState *s);

void fpga_dma_reset(FPGAState *s);

/**
 * fpga_dma_init() - set up the engine
 * @s: the card, whose registers and RAM are memory regions already
 * @errp: set when the host has no event notifier left
 *
 * Returns: whether fpga_dma_exit() is needed
 */
bool fpga_dma_init(FPGAState *s, Error **errp);
void fpga_dma_exit(FPGAState *s);

/**
 * fpga_dma_init_view() - let the engine reach the card's own RAM
 * @s: the card, of which nothing more can fail: the view refers to the card,
 *     and so to the name of its RAM, for some time after fpga_dma_exit_view()
 */
void fpga_dma_init_view(FPGAState *s);
void fpga_dma_exit_view(FPGAState *s);

/* fpga_dma_unwire_doorbell() - writes to the doorbell are no event any more */
void fpga_dma_unwire_doorbell(FPGAState *s);

#endif /* HW_MISC_FPGA_DMA_H */
