/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fpga card: interrupts */
#ifndef HW_MISC_FPGA_IRQ_H
#define HW_MISC_FPGA_IRQ_H

#include "hw/misc/fpga_regs.h"
#include "migration/vmstate.h"

typedef struct FPGAState FPGAState;

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

/* How interrupts reach the guest */
typedef enum FPGAIrqWay {
    FPGA_IRQ_INTX,
    FPGA_IRQ_MSI,
    FPGA_IRQ_MSIX,
} FPGAIrqWay;

#define FPGA_IRQ_FEATURES \
    (FPGA_FEATURE_COALESCE | FPGA_FEATURE_AUTOCLEAR | FPGA_FEATURE_MAP)

extern const VMStateDescription vmstate_fpga_irq;

/**
 * fpga_irq_init() - set up interrupts and their capability
 * @s: the card, whose other capabilities follow
 * @errp: set when that failed
 *
 * Returns: whether fpga_irq_exit() is needed
 */
bool fpga_irq_init(FPGAState *s, Error **errp);
void fpga_irq_exit(FPGAState *s);

/**
 * fpga_irq_read() - read a register
 * @s: the card
 * @reg: FPGA_INT_*
 */
uint32_t fpga_irq_read(FPGAState *s, hwaddr reg);

/**
 * fpga_irq_write() - write to a register
 * @s: the card
 * @reg: FPGA_INT_*
 * @value: of the bytes that are written, 0 in the others
 * @whole: of the register, with the bytes that stay
 *
 * Returns: whether it can be written
 */
bool fpga_irq_write(FPGAState *s, hwaddr reg, uint32_t value, uint32_t whole);

/* fpga_irq_way() - as software has it set up */
FPGAIrqWay fpga_irq_way(FPGAState *s);

/* fpga_irq_way_changed() - lines that stand take the new way as well */
void fpga_irq_way_changed(FPGAState *s);

/* fpga_irq_pending() - whether a cause stands that is enabled */
bool fpga_irq_pending(FPGAState *s);

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

/* Whether loaded state is one that can be; then what follows from it is set. */
bool fpga_irq_post_load(FPGAState *s);

void fpga_irq_reset(FPGAState *s);

#endif /* HW_MISC_FPGA_IRQ_H */
