/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fpga card: interrupts */
#ifndef HW_MISC_FPGA_IRQ_H
#define HW_MISC_FPGA_IRQ_H

#include "fpga.h"

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
 * fpga_irq_vectors() - vectors that a cause can take
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

#endif /* HW_MISC_FPGA_IRQ_H */
