/* SPDX-License-Identifier: GPL-2.0-only */
/* DMA engine of the fpga card: a ring of descriptors. See fpga_dma.c. */
#ifndef FPGA_DMA_H
#define FPGA_DMA_H

#include <linux/types.h>

struct emucard_buffer;
struct emucard_request;
struct fpga_dma;
struct pci_dev;

/**
 * struct fpga_dma_ops - what the engine's user does for it
 * @reset: reset the card and set up its interrupts again
 * @poll: take in, and acknowledge, interrupt causes whose interrupt may be lost
 */
struct fpga_dma_ops {
	void (*reset)(void *data);
	void (*poll)(void *data);
};

struct fpga_dma *devm_fpga_dma_create(struct pci_dev *pdev, void __iomem *regs,
				      const struct fpga_dma_ops *ops, void *data);
int fpga_dma_set_master(struct fpga_dma *dma);
int fpga_dma_start(struct fpga_dma *dma);
void fpga_dma_pause(struct fpga_dma *dma);
void fpga_dma_fail(struct fpga_dma *dma, int error);
void fpga_dma_stop(struct fpga_dma *dma, int error);

int fpga_dma_submit(struct fpga_dma *dma, struct emucard_request *request);
void fpga_dma_cancel(struct fpga_dma *dma, struct emucard_request *request, int error);

int fpga_dma_buffer_map(struct fpga_dma *dma, struct emucard_buffer *buffer);
void fpga_dma_buffer_unmap(struct fpga_dma *dma, struct emucard_buffer *buffer);

void fpga_dma_irq_done(struct fpga_dma *dma);
void fpga_dma_irq_halted(struct fpga_dma *dma);

#endif /* FPGA_DMA_H */
