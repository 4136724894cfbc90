/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What changed in the kernel between 6.1, the oldest one that this driver
 * supports, and today. A driver in the kernel's own tree does without this file and
 * emucard_compat.c.
 */
#ifndef EMUCARD_COMPAT_H
#define EMUCARD_COMPAT_H

#include <linux/eventfd.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/uio.h>
#include <linux/version.h>

#ifndef PCI_IRQ_INTX			/* renamed in 6.8 */
#define PCI_IRQ_INTX PCI_IRQ_LEGACY
#endif

/*
 * Regions that are released when the driver is unbound. Until 6.15 pci_request_regions() does
 * that by itself after pcim_enable_device(); from 6.16 on only this one does.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
static inline int pcim_request_all_regions(struct pci_dev *pdev, const char *name)
{
	return pci_request_regions(pdev, name);
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define WQ_PERCPU 0			/* the default, which must be named since */
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_set(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags |= flags;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define emucard_assign_str(dst, src)	__assign_str(dst, src)
#else
#define emucard_assign_str(dst, ...)	__assign_str(dst)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
ssize_t copy_splice_read(struct file *in, loff_t *pos, struct pipe_inode_info *pipe, size_t len,
			 unsigned int flags);
#endif

#if IS_ENABLED(CONFIG_DMA_SHARED_BUFFER)
#include <linux/dma-buf.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define EMUCARD_DMA_BUF_NS	DMA_BUF
#else
#define EMUCARD_DMA_BUF_NS	"DMA_BUF"
#endif

/* Until 6.16 what is mapped is pinned, where a kernel is not configured to move it. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
#define emucard_dmabuf_pin_on_map	true
#else
#define emucard_dmabuf_pin_on_map	false
#endif

/* Tell importers that they must not use their mappings any more. Renamed in 7.1 */
static inline void emucard_dmabuf_notify(struct dma_buf *dmabuf)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 1, 0)
	dma_buf_move_notify(dmabuf);
#else
	dma_buf_invalidate_mappings(dmabuf);
#endif
}

/* Can an importer be told? Until 7.1 those without page structures all can. */
static inline bool emucard_dmabuf_may_revoke(const struct dma_buf_attachment *attach)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 1, 0)
	return attach->importer_ops;
#else
	return attach->importer_ops && attach->importer_ops->invalidate_mappings;
#endif
}
#endif /* CONFIG_DMA_SHARED_BUFFER */

static inline void emucard_eventfd_signal(struct eventfd_ctx *ctx)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
	eventfd_signal(ctx, 1);
#else
	eventfd_signal(ctx);
#endif
}

/* The user address that a user-backed iterator points at. */
static inline unsigned long emucard_iter_addr(const struct iov_iter *iter)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
	if (iter_is_ubuf(iter))
		return (unsigned long)iter->ubuf + iter->iov_offset;
	return (unsigned long)iter->iov->iov_base + iter->iov_offset;
#else
	return (unsigned long)iter_iov_addr(iter);
#endif
}

#endif /* EMUCARD_COMPAT_H */
