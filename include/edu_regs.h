/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers of QEMU's edu card (1234:11e8), as docs/specs/edu.rst of QEMU and
 * hw/misc/edu.c have them. QEMU's own source has bare numbers; the names here are
 * shared by the driver, the self tests and the tools.
 *
 * All registers are little-endian, in BAR0. Below 0x80 they take accesses of 4
 * bytes only, from 0x80 on of 4 or 8. Writes to the DMA registers are ignored
 * while a transfer runs, and to EDU_FACT while it computes.
 */
#ifndef EDU_REGS_H
#define EDU_REGS_H

#define EDU_PCI_VENDOR_ID		0x1234
#define EDU_PCI_DEVICE_ID		0x11e8

#define EDU_BAR_REGS			0
#define EDU_BAR_SIZE			0x100000

#define EDU_ID				0x00	/* RO, 0xRRrr00ed: major, minor */
#define   EDU_ID_MASK			0x0000ffff
#define   EDU_ID_VALUE			0x000000ed
#define EDU_LIVENESS			0x04	/* RW, reads back inverted */
#define EDU_FACT			0x08	/* RW, n, then n! modulo 2^32 */
#define EDU_STATUS			0x20	/* RW */
#define   EDU_STATUS_COMPUTING		0x00000001	/* RO */
#define   EDU_STATUS_IRQ_FACT		0x00000080	/* interrupt when done */
#define EDU_INT_STATUS			0x24	/* RO */
#define   EDU_INT_FACT			0x00000001
#define   EDU_INT_DMA			0x00000100
#define EDU_INT_RAISE			0x60	/* WO */
#define EDU_INT_ACK			0x64	/* WO */
#define EDU_DMA_SRC			0x80	/* RW */
#define EDU_DMA_DST			0x88	/* RW */
#define EDU_DMA_COUNT			0x90	/* RW, bytes */
#define EDU_DMA_CMD			0x98	/* RW */
#define   EDU_DMA_CMD_START		0x00000001	/* reads 1 until done */
#define   EDU_DMA_CMD_TO_HOST		0x00000002	/* card to host; else host to card */
#define   EDU_DMA_CMD_IRQ		0x00000004	/* EDU_INT_DMA when done */

/* The card's buffer, at this address as the DMA registers see it */
#define EDU_DMA_BUFFER			0x40000
#define EDU_DMA_BUFFER_SIZE		4096

/* Default of the card's dma_mask property */
#define EDU_DMA_MASK_BITS		28

#endif /* EDU_REGS_H */
