/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers of the fpga card (1234:f96a) and fixed facts of the dec-21154
 * bridge (1011:0026) in front of it.
 *
 * The one place where they are written down: the device model, the driver, the
 * self tests and the tools include this file, and docs/fpga-datasheet.md
 * explains it. It holds numbers only, so that it compiles in the kernel, in
 * QEMU, in user space and in an assembler (with __ASSEMBLY__ defined).
 *
 * All registers are 32 bits wide and little-endian, at BAR0 + the given offset.
 * Accesses of 1, 2 and 4 bytes reach their byte lanes and must be naturally
 * aligned. Access in the comments: RO, RW, W1C (write 1 to clear), WO (reads
 * 0).
 */
#ifndef FPGA_REGS_H
#define FPGA_REGS_H

/* PCI identity */
#define FPGA_PCI_VENDOR_ID		0x1234
#define FPGA_PCI_DEVICE_ID		0xf96a
#define FPGA_PCI_REVISION		0x01
#define FPGA_PCI_CLASS			0x1200	/* processing accelerator */

#define DEC_21154_VENDOR_ID		0x1011
#define DEC_21154_DEVICE_ID		0x0026

/* BARs */
#define FPGA_BAR_REGS			0	/* I/O ports: this file */
#define FPGA_BAR_MSIX			1	/* MSI-X tables, PCI Express only */
#define FPGA_BAR_RAM			2	/* card RAM, 64-bit prefetchable */

/* The port range that software of the card has compiled in. */
#define FPGA_IO_BASE			0x2000
#define FPGA_IO_SIZE			0x800

/* Identification */
#define FPGA_ID				0x000	/* RO */
#define   FPGA_ID_VALUE			0x41475046	/* "FPGA" in memory order */
#define FPGA_VERSION			0x004	/* RO major 31:16, minor 15:0 */
#define   FPGA_VERSION_VALUE		0x00010000
#define FPGA_FEATURES			0x008	/* RO, FPGA_FEATURE_* */
#define   FPGA_FEATURE_FIXED_IO		0x00000001	/* FPGA_FIXED_BASE holds */
#define   FPGA_FEATURE_DMA		0x00000002
#define   FPGA_FEATURE_SG		0x00000004	/* FPGA_DESC_F_SG works */
#define   FPGA_FEATURE_COALESCE		0x00000008	/* FPGA_INT_COALESCE works */
#define   FPGA_FEATURE_AUTOCLEAR	0x00000010	/* FPGA_INT_AUTOCLEAR works */
#define   FPGA_FEATURE_POLLED		0x00000020	/* FPGA_DMA_CONTROL_POLLED works */
#define   FPGA_FEATURE_MAP		0x00000040	/* FPGA_INT_MAP works */
#define FPGA_SCRATCH			0x00c	/* RW, reads back inverted */
#define   FPGA_SCRATCH_RESET		0xffffffff	/* what it reads after reset */

/* Card */
#define FPGA_CONTROL			0x010	/* RW */
#define   FPGA_CONTROL_RESET		0x00000001	/* reads 0: done when written */
#define FPGA_STATUS			0x014	/* RO */
#define   FPGA_STATUS_DMA_RUNNING	0x00000001	/* same as in FPGA_DMA_STATUS */
#define   FPGA_STATUS_DMA_HALTED	0x00000002	/* same as in FPGA_DMA_STATUS */
#define   FPGA_STATUS_IRQ		0x00000004	/* an enabled cause is pending */
#define FPGA_FIXED_BASE			0x018	/* RO, port; 0: BAR0 is relocatable */
#define FPGA_RAM_PAGES			0x01c	/* RO, size of BAR2 in units of 4096 bytes */
#define   FPGA_RAM_PAGE_SIZE		4096

/*
 * Interrupts. A vector's line is "any cause of that vector is pending and
 * enabled". INTx follows the OR of all lines. A message (MSI, MSI-X) is sent
 * when a line rises, and once more when FPGA_INT_STATUS has been written and
 * the line is still high, so that an event between a handler's read and its
 * acknowledgement is never lost.
 */
#define FPGA_INT_STATUS			0x020	/* W1C */
#define FPGA_INT_ENABLE			0x024	/* RW */
#define FPGA_INT_RAISE			0x028	/* WO, sets software causes */
#define FPGA_INT_AUTOCLEAR		0x02c	/* RW, causes cleared by sending a message */
#define   FPGA_INT_DMA_DONE		0x00000001	/* descriptors have completed */
#define   FPGA_INT_DMA_ERROR		0x00000002	/* the engine has halted */
#define   FPGA_INT_SOFTWARE		0xffff0000	/* raised by FPGA_INT_RAISE */
#define   FPGA_INT_SOFTWARE_SHIFT	16
#define   FPGA_INT_ALL			(FPGA_INT_SOFTWARE | FPGA_INT_DMA_DONE | \
					 FPGA_INT_DMA_ERROR)
#define FPGA_INT_COALESCE		0x030	/* RW, for FPGA_INT_DMA_DONE */
#define   FPGA_INT_COALESCE_COUNT	0x000000ff	/* completions; 0 and 1: each */
#define   FPGA_INT_COALESCE_USEC	0xffff0000	/* bound; 0: when it is idle */
#define   FPGA_INT_COALESCE_USEC_SHIFT	16
#define FPGA_INT_VECTORS		0x034	/* RO, vectors enabled; 0: INTx */
/*
 * Which vector a cause takes. MSI takes one that is not enabled as 0; of MSI-X
 * the card cannot know which entries software uses, so software says it here.
 */
#define FPGA_INT_MAP			0x038	/* RW, vectors 0 to FPGA_VECTORS - 1 */
#define   FPGA_INT_MAP_RESET		0x00020100	/* each FPGA_VECTOR_* in its place */
#define   FPGA_INT_MAP_SOFTWARE		0x00000003	/* of FPGA_INT_SOFTWARE */
#define   FPGA_INT_MAP_DMA_DONE		0x00000300	/* of FPGA_INT_DMA_DONE */
#define   FPGA_INT_MAP_DMA_DONE_SHIFT	8
#define   FPGA_INT_MAP_DMA_ERROR	0x00030000	/* of FPGA_INT_DMA_ERROR */
#define   FPGA_INT_MAP_DMA_ERROR_SHIFT	16
#define   FPGA_INT_MAP_ALL		(FPGA_INT_MAP_SOFTWARE | \
					 FPGA_INT_MAP_DMA_DONE | \
					 FPGA_INT_MAP_DMA_ERROR)

/* The vectors that FPGA_INT_MAP_RESET names */
#define FPGA_VECTOR_SOFTWARE		0
#define FPGA_VECTOR_DMA_DONE		1
#define FPGA_VECTOR_DMA_ERROR		2
#define FPGA_VECTORS			4	/* MSI takes powers of two */

/*
 * DMA engine. Write the ring's address and size, then FPGA_DMA_CONTROL_RUN:
 * the engine starts at entry 0. Each write of the doorbell, whatever its value,
 * makes it execute entries in ring order for as long as they carry
 * FPGA_DESC_S_OWN; what is short may have completed when that write has.
 * Software that looks at the ring after each such write sets
 * FPGA_DMA_CONTROL_POLLED, and gets FPGA_INT_DMA_DONE only for what completes
 * later.
 */
#define FPGA_DMA_RING_LO		0x100	/* RW while stopped, 31:5 of the address */
#define FPGA_DMA_RING_HI		0x104	/* RW while stopped, 63:32 */
#define FPGA_DMA_RING_SIZE		0x108	/* RW while stopped, entries, power of 2 */
#define   FPGA_DMA_RING_MIN		2
#define   FPGA_DMA_RING_MAX		4096
#define FPGA_DMA_CONTROL		0x10c	/* RW */
#define   FPGA_DMA_CONTROL_RUN		0x00000001
#define   FPGA_DMA_CONTROL_POLLED	0x00000002
#define FPGA_DMA_STATUS			0x110	/* RO */
#define   FPGA_DMA_STATUS_RUNNING	0x00000001	/* may touch host memory */
#define   FPGA_DMA_STATUS_HALTED	0x00000002	/* see FPGA_DMA_ERROR */
#define FPGA_DMA_DOORBELL		0x114	/* WO */
#define FPGA_DMA_HEAD			0x118	/* RO, entry that is executed next */
#define FPGA_DMA_ERROR			0x11c	/* RO, why it halted; 0 after RUN */
#define   FPGA_DMA_ERROR_NONE		0
#define   FPGA_DMA_ERROR_RING		1	/* ring address or size is not valid */
#define   FPGA_DMA_ERROR_FETCH		2	/* a descriptor could not be read */
#define   FPGA_DMA_ERROR_WRITEBACK	3	/* a status could not be written */

/* Register file: plain storage, for any use; 0 after reset */
#define FPGA_REGFILE			0x400	/* RW */
#define FPGA_REGFILE_SIZE		0x400

/* Descriptor: the size of one ring entry, and the alignment of the ring */
#define FPGA_DESC_SIZE			32
/* fpga_desc.flags; all other bits are 0 */
#define FPGA_DESC_F_TO_HOST		0x0001	/* card to host; else host to card */
#define FPGA_DESC_F_IRQ			0x0002	/* counts for FPGA_INT_DMA_DONE */
#define FPGA_DESC_F_SG			0x0004	/* addr is a table of segments */
#define FPGA_DESC_F_NOP			0x0008	/* completes, moves nothing */
#define FPGA_DESC_F_ALL			0x000f
/* fpga_desc.status: the driver hands over by OWN, the card back by a code */
#define FPGA_DESC_S_OWN			0x80000000	/* the card's */
#define FPGA_DESC_S_DONE		0x40000000	/* the card has finished */
#define FPGA_DESC_S_CODE		0x000000ff
#define   FPGA_DESC_OK			0
#define   FPGA_DESC_E_INVALID		1	/* flags, length or nseg not valid */
#define   FPGA_DESC_E_RANGE		2	/* reaches outside card RAM */
#define   FPGA_DESC_E_HOST		3	/* host memory did not answer */
#define   FPGA_DESC_E_SEGMENT		4	/* table unreadable, or sum is not len */

#ifndef __ASSEMBLY__
#ifdef __KERNEL__
#include <linux/types.h>
#define FPGA_LE16 __le16
#define FPGA_LE32 __le32
#define FPGA_LE64 __le64
#else
#include <stdint.h>
#define FPGA_LE16 uint16_t
#define FPGA_LE32 uint32_t
#define FPGA_LE64 uint64_t
#endif

/**
 * struct fpga_desc - one ring entry, little-endian
 * @addr: bus address of the host buffer, or with FPGA_DESC_F_SG of the table of
 *	segments (16-byte aligned)
 * @card: byte offset in card RAM
 * @len: bytes to move, 1 to 2^32-1; 0 with FPGA_DESC_F_NOP
 * @flags: FPGA_DESC_F_*
 * @nseg: entries of the table, 1 to 65535; 0 without FPGA_DESC_F_SG
 * @done: written by the card: bytes moved, before @status
 * @status: FPGA_DESC_S_*; written last by either side
 */
struct fpga_desc {
	FPGA_LE64 addr;
	FPGA_LE64 card;
	FPGA_LE32 len;
	FPGA_LE16 flags;
	FPGA_LE16 nseg;
	FPGA_LE32 done;
	FPGA_LE32 status;
};

/**
 * struct fpga_seg - one segment of a host buffer, little-endian
 * @addr: bus address
 * @len: bytes, 1 to 2^32-1
 * @zero: 0
 */
struct fpga_seg {
	FPGA_LE64 addr;
	FPGA_LE32 len;
	FPGA_LE32 zero;
};
#endif /* __ASSEMBLY__ */

#endif /* FPGA_REGS_H */
