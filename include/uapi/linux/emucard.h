/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * User-space interface (uAPI) of the drivers for emulated PCI cards: fpga_pci
 * (/dev/fpgaN) and edu (/dev/eduN).
 *
 * Every request takes a pointer to a structure that begins with @argsz and
 * @flags. The caller sets @argsz to the size that it was compiled with; the
 * driver reads no more than that, and answers no more than that, so that either
 * side may be newer. An @argsz below the size of version 1 is refused (EINVAL).
 * Flags and padding that a driver does not know must be 0 (else EINVAL). All
 * structures are laid out the same for 32-bit and 64-bit callers. A field is as
 * old as its request, unless it says since which version it is there.
 *
 * Stable from version 1 on: numbers of requests, capabilities, kinds and flags; names,
 * order and meaning of fields; errors that are named here; names of nodes. Requests,
 * flags, capabilities, and fields at the end of a structure may be added, and raise
 * EMUCARD_API_VERSION. Not stable: tracepoints, text in the kernel's log.
 *
 * Errors that every request can give:
 *   EBADF	the file is not open for writing, and the request changes something;
 *		or not for reading, and it reads registers or card memory
 *   EFAULT	a pointer is bad
 *   EINVAL	argsz, flags, padding or a field out of its range
 *   ENODEV	the card has been removed, or reads all-ones
 *   ENOTTY	no such request
 *   EOPNOTSUPP	this card cannot do it: see emucard_info.caps
 *
 * A card that sleeps (runtime power management) is woken by open(), and does not sleep while
 * it is open.
 *
 * read(), write() and their vectored, positioned and asynchronous forms, splice()
 * and sendfile() move data to and from the card's memory by DMA, at the file's
 * offset; for each of them EMUCARD_TIMEOUT_DEFAULT_MS is the bound, and only a
 * fatal signal ends a wait. Errors are those of EMUCARD_DMA; but at the end of the
 * memory reading gives 0, and writing ENOSPC. mmap() with MAP_SHARED maps the
 * memory where EMUCARD_CAP_MMAP is set, else it gives EOPNOTSUPP; the mapping
 * gives SIGBUS once the card is gone. While the card is being reset or is asleep,
 * requests and faults of mappings wait; a mapping never shows what a card in reset
 * answers.
 *
 * What the requests of one card hold in memory is bounded (parameter max_inflight_mib
 * of the module emucard). Beyond that callers wait for their turn, within their time;
 * a call that must not wait for it (RWF_NOWAIT, io_uring) gets EAGAIN. RWF_NOWAIT of
 * preadv2() and pwritev2() still waits for the card itself. A card without an engine that
 * reaches user memory (EMUCARD_KIND_EDU) cannot but wait: EOPNOTSUPP.
 *
 * poll() reports POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM unless a transfer would have
 * to wait for its turn, POLLPRI when an interrupt event has arrived that this open file
 * has not yet waited for, and POLLERR | POLLHUP once the card is gone.
 */
#ifndef _UAPI_LINUX_EMUCARD_H
#define _UAPI_LINUX_EMUCARD_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Grows with every change that a caller can notice. */
#define EMUCARD_API_VERSION	1

/* _IO() throughout: a request keeps its number when its structure grows. */
#define EMUCARD_MAGIC		0xf9

/* Longest wait that a caller may ask for, and what 0 stands for [ms] */
#define EMUCARD_TIMEOUT_MAX_MS		600000
#define EMUCARD_TIMEOUT_DEFAULT_MS	5000

/**
 * EMUCARD_GET_INFO - what the card is and can do
 *
 * Out: struct emucard_info. Since version 1.
 */
#define EMUCARD_GET_INFO	_IO(EMUCARD_MAGIC, 0)

#define EMUCARD_KIND_FPGA	1
#define EMUCARD_KIND_EDU	2

#define EMUCARD_CAP_DMA		(1ULL << 0)	/* EMUCARD_DMA, read(), write() */
#define EMUCARD_CAP_REGS	(1ULL << 1)	/* EMUCARD_REG */
#define EMUCARD_CAP_IRQ		(1ULL << 2)	/* EMUCARD_IRQ_RAISE, _WAIT, _EVENTFD */
#define EMUCARD_CAP_MMAP	(1ULL << 3)	/* mmap() of card RAM */
#define EMUCARD_CAP_RESET	(1ULL << 4)	/* EMUCARD_RESET */
#define EMUCARD_CAP_FACT	(1ULL << 5)	/* EMUCARD_FACT */
#define EMUCARD_CAP_FIXED_IO	(1ULL << 6)	/* the register BAR has a fixed address */
#define EMUCARD_CAP_BUF		(1ULL << 7)	/* EMUCARD_BUF_REGISTER, _UNREGISTER */
#define EMUCARD_CAP_DMABUF	(1ULL << 8)	/* EMUCARD_DMABUF_EXPORT */

#define EMUCARD_IRQ_INTX	1
#define EMUCARD_IRQ_MSI		2
#define EMUCARD_IRQ_MSIX	3

/**
 * struct emucard_info - answer of EMUCARD_GET_INFO
 * @argsz: in: size of this structure in bytes; out: size that the driver knows
 * @flags: 0
 * @api_version: EMUCARD_API_VERSION of the driver
 * @kind: EMUCARD_KIND_*
 * @caps: EMUCARD_CAP_*
 * @dma_size: bytes of card memory that DMA reaches, from offset 0
 * @mmap_size: bytes that mmap() reaches, from offset 0; 0: no mmap()
 * @regs_base: first port or physical address of the register BAR, as the CPU has it;
 *	where a host bridge translates, the BAR itself holds another
 * @regs_size: bytes of the register BAR
 * @reg_widths: access widths in bytes that EMUCARD_REG takes, ORed (1|2|4|8)
 * @card_version: version register of the card, as read
 * @irq_mode: EMUCARD_IRQ_*
 * @irq_vectors: vectors in use, at least 1
 * @regs_are_ports: 1: @regs_base is an I/O port, 0: memory
 * @slot: PCI address "dddd:bb:dd.f", NUL-terminated
 * @driver: name of the driver, NUL-terminated
 */
struct emucard_info {
	__u32 argsz;
	__u32 flags;
	__u32 api_version;
	__u32 kind;
	__u64 caps;
	__u64 dma_size;
	__u64 mmap_size;
	__u64 regs_base;
	__u32 regs_size;
	__u32 reg_widths;
	__u32 card_version;
	__u32 irq_mode;
	__u32 irq_vectors;
	__u32 regs_are_ports;
	char slot[24];
	char driver[16];
};

/**
 * EMUCARD_REG - read or write one register
 *
 * In, out: struct emucard_reg. The driver refuses to write registers that it needs
 * for itself (EPERM), such as ring, interrupt enable and doorbell. Since version 1.
 *
 * Errors: EPERM, also for reading the registers that hold an address of the kernel's,
 * which needs CAP_SYS_RAWIO; EINVAL: @value has more than @width bytes; ERANGE:
 * @offset + @width is outside the register BAR; ETIMEDOUT: the card is being reset, and
 * that has taken EMUCARD_TIMEOUT_DEFAULT_MS.
 */
#define EMUCARD_REG		_IO(EMUCARD_MAGIC, 1)

#define EMUCARD_REG_WRITE	(1U << 0)

/**
 * struct emucard_reg - argument of EMUCARD_REG
 * @argsz: in: size of this structure in bytes
 * @flags: 0 to read, EMUCARD_REG_WRITE to write
 * @offset: in the register BAR [bytes], a multiple of @width
 * @width: 1, 2, 4 or 8 bytes, one of emucard_info.reg_widths
 * @value: in: value to write; out: value read, zero-extended
 */
struct emucard_reg {
	__u32 argsz;
	__u32 flags;
	__u32 offset;
	__u32 width;
	__u64 value;
};

/**
 * EMUCARD_DMA - move bytes between user memory and card memory
 *
 * In, out: struct emucard_dma. Blocks until the card has finished, the time is
 * up or a signal arrives. Whatever it returns, the card no longer touches the
 * memory; on edu, which cannot be stopped, what a transfer that was given up was
 * to write to card memory may still arrive there. Since version 1.
 *
 * Errors: ERANGE: @offset + @len is outside card memory; EIO: the card reports
 * an error; ETIMEDOUT: not finished in time, the card was stopped and can be
 * used again; EINTR: a signal was handled first; ENOMEM: memory cannot be pinned, or
 * not be mapped for the card (no room in bounce buffers or in the IOMMU).
 * After a signal that has no handler, such as SIGCONT, and after a suspend of the
 * machine the call is made again by itself, with what is left of its time.
 */
#define EMUCARD_DMA		_IO(EMUCARD_MAGIC, 2)

#define EMUCARD_DMA_TO_CARD	(1U << 0)
#define EMUCARD_DMA_FROM_CARD	(1U << 1)
#define EMUCARD_DMA_BUF		(1U << 2)	/* the memory is in a registered buffer */

#define EMUCARD_DMA_LEN_MAX	(1ULL << 30)

/**
 * struct emucard_dma - argument of EMUCARD_DMA
 * @argsz: in: size of this structure in bytes
 * @flags: exactly one of EMUCARD_DMA_TO_CARD, EMUCARD_DMA_FROM_CARD; may have
 *	EMUCARD_DMA_BUF
 * @addr: user address of the memory, any alignment; with EMUCARD_DMA_BUF where it
 *	begins in the registered buffer [bytes]
 * @offset: in card memory [bytes], any alignment
 * @len: 1 to EMUCARD_DMA_LEN_MAX bytes
 * @timeout_ms: in: 1 to EMUCARD_TIMEOUT_MAX_MS; 0: EMUCARD_TIMEOUT_DEFAULT_MS;
 *	out, with EINTR: what is left, at least 1
 * @buf: with EMUCARD_DMA_BUF emucard_buf_register.buf of this open file; else 0
 * @done: out, also on an error that ends a transfer: bytes known to have been moved
 */
struct emucard_dma {
	__u32 argsz;
	__u32 flags;
	__u64 addr;
	__u64 offset;
	__u64 len;
	__u32 timeout_ms;
	__u32 buf;
	__u64 done;
};

/**
 * EMUCARD_BUF_REGISTER - pin memory and map it for the card once, for many transfers
 *
 * In, out: struct emucard_buf_register. EMUCARD_DMA with EMUCARD_DMA_BUF then moves parts of
 * it without pinning and mapping them. The buffer belongs to this open file, until
 * EMUCARD_BUF_UNREGISTER or until the file is closed for the last time. What is done to the
 * address space meanwhile (munmap(), fork()) does not change which memory it is. Since
 * version 1, with EMUCARD_CAP_BUF.
 *
 * Errors: EFAULT: the memory is not there, or cannot be written to; ENOMEM: it would exceed
 * RLIMIT_MEMLOCK of the process, or cannot be mapped for the card; ENOSPC: the file has
 * EMUCARD_BUFS_MAX buffers; EOPNOTSUPP: memory that cannot be pinned for long.
 */
#define EMUCARD_BUF_REGISTER	_IO(EMUCARD_MAGIC, 8)

#define EMUCARD_BUFS_MAX	64

/**
 * struct emucard_buf_register - argument of EMUCARD_BUF_REGISTER
 * @argsz: in: size of this structure in bytes
 * @flags: 0
 * @addr: user address, any alignment
 * @len: 1 to EMUCARD_DMA_LEN_MAX bytes
 * @buf: out: number of the buffer, 1 to EMUCARD_BUFS_MAX
 * @pad: 0
 */
struct emucard_buf_register {
	__u32 argsz;
	__u32 flags;
	__u64 addr;
	__u64 len;
	__u32 buf;
	__u32 pad;
};

/**
 * EMUCARD_BUF_UNREGISTER - give a registered buffer back
 *
 * In: struct emucard_buf_unregister. Transfers that are under way keep the memory until they
 * have ended. Since version 1.
 *
 * Errors: ENOENT: no buffer of this open file has that number (also EMUCARD_DMA gives that).
 */
#define EMUCARD_BUF_UNREGISTER	_IO(EMUCARD_MAGIC, 9)

/**
 * struct emucard_buf_unregister - argument of EMUCARD_BUF_UNREGISTER
 * @argsz: in: size of this structure in bytes
 * @flags: 0
 * @buf: number of the buffer
 * @pad: 0
 */
struct emucard_buf_unregister {
	__u32 argsz;
	__u32 flags;
	__u32 buf;
	__u32 pad;
};

/**
 * EMUCARD_DMABUF_EXPORT - card memory as a dma-buf, for other devices
 *
 * In: struct emucard_dmabuf_export. Returns a file descriptor, with O_CLOEXEC set. Devices
 * whose drivers import a dma-buf without page structures and let it be revoked reach the
 * memory directly, if their accesses get there: where the kernel can tell that (CONFIG_PCI_P2PDMA)
 * it decides, elsewhere only functions on the same conventional bus do; a driver that imports
 * it otherwise gets EOPNOTSUPP. The memory can also be mapped by mmap(), as that of
 * the node can. While the card is being reset or is asleep, and for ever once it is gone, the
 * dma-buf is revoked: importers must unmap it, and cannot map it (ENODEV). The dma-buf keeps
 * this open file open: the card does not sleep. Since version 1, with EMUCARD_CAP_DMABUF.
 *
 * Errors: EBADF: the file is not open for both reading and writing; EINVAL: @offset or @len
 * is not a multiple of the page size, or @len is 0; ERANGE: @offset + @len is beyond
 * emucard_info.mmap_size; EMFILE: the process has no descriptor left.
 */
#define EMUCARD_DMABUF_EXPORT	_IO(EMUCARD_MAGIC, 10)

/**
 * struct emucard_dmabuf_export - argument of EMUCARD_DMABUF_EXPORT
 * @argsz: in: size of this structure in bytes
 * @flags: 0
 * @offset: in card memory [bytes], a multiple of the page size
 * @len: [bytes], a multiple of the page size
 * @pad: 0
 */
struct emucard_dmabuf_export {
	__u32 argsz;
	__u32 flags;
	__u64 offset;
	__u64 len;
	__u64 pad;
};

/**
 * EMUCARD_IRQ_RAISE - make the card raise an interrupt
 *
 * In: struct emucard_irq_raise. Since version 1.
 */
#define EMUCARD_IRQ_RAISE	_IO(EMUCARD_MAGIC, 3)

#define EMUCARD_IRQ_CAUSES	0xffffU	/* all software causes */

/**
 * struct emucard_irq_raise - argument of EMUCARD_IRQ_RAISE
 * @argsz: in: size of this structure in bytes
 * @flags: 0
 * @causes: software causes, of EMUCARD_IRQ_CAUSES, at least one
 * @pad: 0
 */
struct emucard_irq_raise {
	__u32 argsz;
	__u32 flags;
	__u32 causes;
	__u32 pad;
};

/**
 * EMUCARD_IRQ_WAIT - wait for software interrupts of the card
 *
 * In, out: struct emucard_irq_wait. Returns at once if @count differs from the
 * number of interrupts that have arrived since the driver was bound; so no
 * interrupt is missed between two calls. Since version 1.
 *
 * Errors: ETIMEDOUT, EINTR; @count is written in either case. Signals are as with
 * EMUCARD_DMA.
 */
#define EMUCARD_IRQ_WAIT	_IO(EMUCARD_MAGIC, 4)

#define EMUCARD_IRQ_NOWAIT	(1U << 0)	/* only read @count and @causes */

/**
 * struct emucard_irq_wait - argument of EMUCARD_IRQ_WAIT
 * @argsz: in: size of this structure in bytes
 * @flags: 0 or EMUCARD_IRQ_NOWAIT
 * @count: in: the count last seen; out: the count now
 * @timeout_ms: in: 1 to EMUCARD_TIMEOUT_MAX_MS; 0: EMUCARD_TIMEOUT_DEFAULT_MS;
 *	out, with EINTR: what is left, at least 1
 * @causes: out: causes, ORed, that have arrived since this file last asked
 */
struct emucard_irq_wait {
	__u32 argsz;
	__u32 flags;
	__u64 count;
	__u32 timeout_ms;
	__u32 causes;
};

/**
 * EMUCARD_IRQ_EVENTFD - signal an eventfd on each software interrupt
 *
 * In: struct emucard_irq_eventfd. One eventfd for each open file; a second call
 * replaces the first. It is also signalled once when the card goes. Since version 1.
 *
 * Errors: EBADF: @fd is not open; EINVAL: @fd is not an eventfd.
 */
#define EMUCARD_IRQ_EVENTFD	_IO(EMUCARD_MAGIC, 5)

/**
 * struct emucard_irq_eventfd - argument of EMUCARD_IRQ_EVENTFD
 * @argsz: in: size of this structure in bytes
 * @flags: 0
 * @fd: eventfd, or -1 to stop signalling
 * @pad: 0
 */
struct emucard_irq_eventfd {
	__u32 argsz;
	__u32 flags;
	__s32 fd;
	__u32 pad;
};

/**
 * EMUCARD_RESET - put the card into its reset state
 *
 * In: struct emucard_reset. Transfers in flight fail with EIO; card memory is
 * kept. Since version 1.
 *
 * Errors: EIO: the card does not work after it, or its DMA engine did not stop and may
 * still access memory, which a later reset finds out; ETIMEDOUT: another reset, or the
 * recovery of the bus from an error, has taken EMUCARD_TIMEOUT_DEFAULT_MS.
 */
#define EMUCARD_RESET		_IO(EMUCARD_MAGIC, 6)

/**
 * struct emucard_reset - argument of EMUCARD_RESET
 * @argsz: in: size of this structure in bytes
 * @flags: 0
 */
struct emucard_reset {
	__u32 argsz;
	__u32 flags;
};

/**
 * EMUCARD_FACT - let the card compute a factorial modulo 2^32
 *
 * In, out: struct emucard_fact. Since version 1.
 *
 * Errors: ETIMEDOUT, also because a former computation that was given up still runs
 * on the card, which cannot be stopped; EINTR: signals are as with EMUCARD_DMA.
 */
#define EMUCARD_FACT		_IO(EMUCARD_MAGIC, 7)

/**
 * struct emucard_fact - argument of EMUCARD_FACT
 * @argsz: in: size of this structure in bytes
 * @flags: 0
 * @value: in: n
 * @result: out: n! modulo 2^32
 * @timeout_ms: in: 1 to EMUCARD_TIMEOUT_MAX_MS; 0: EMUCARD_TIMEOUT_DEFAULT_MS;
 *	out, with EINTR: what is left, at least 1
 * @pad: 0
 */
struct emucard_fact {
	__u32 argsz;
	__u32 flags;
	__u32 value;
	__u32 result;
	__u32 timeout_ms;
	__u32 pad;
};

#endif /* _UAPI_LINUX_EMUCARD_H */
