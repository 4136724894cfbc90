/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fpga card: DMA engine */
#ifndef HW_MISC_FPGA_DMA_H
#define HW_MISC_FPGA_DMA_H

#include "fpga.h"

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
 * @s: the card
 * @errp: set when the host has no event notifier left
 *
 * Returns: whether fpga_dma_exit() is needed
 */
bool fpga_dma_init(FPGAState *s, Error **errp);
void fpga_dma_exit(FPGAState *s);

#endif /* HW_MISC_FPGA_DMA_H */
