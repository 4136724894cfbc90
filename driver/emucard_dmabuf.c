// SPDX-License-Identifier: GPL-2.0-only
/*
 * Card memory as a dma-buf, for other devices to reach (peer-to-peer DMA), and for processes that
 * are given the descriptor to map.
 *
 * It is memory of a BAR, without struct pages: only importers that accept this
 * (allow_peer2peer) and that support revocation may attach. It is revoked when
 * the gate closes, because the memory does not answer then, and when the card goes. The
 * dma-buf keeps the file open that it was exported from: the card stays awake, and the module
 * loaded.
 */
#include "emucard_compat.h"
#include "emucard_core.h"

#if IS_ENABLED(CONFIG_DMA_SHARED_BUFFER)
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/dma-resv.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pci-p2pdma.h>
#include <linux/sizes.h>
#include <linux/slab.h>

/* The length of an entry of a scatterlist has 32 bits. */
#define EMUCARD_DMABUF_SEGMENT	SZ_1G

/* How long importers that have been told to stop may take [ms] */
#define EMUCARD_DMABUF_PATIENCE_MS	5000

/**
 * struct emucard_dmabuf - an exported piece of card memory
 * @efile: the open file that it was exported from
 * @dmabuf: itself; its reservation lock protects @revoked and @mapped
 * @node: in emucard.dmabufs
 * @offset: in card memory [bytes]
 * @revoked: it cannot be mapped, for now or for ever
 * @mapped: mappings that importers have
 * @unmapped: woken when @mapped gets 0
 */
struct emucard_dmabuf {
	struct emucard_file *efile;
	struct dma_buf *dmabuf;
	struct list_head node;
	u64 offset;
	bool revoked;
	unsigned int mapped;
	wait_queue_head_t unmapped;
};

/* Do accesses of a device get to the card's memory? */
static bool emucard_dmabuf_reaches(struct pci_dev *pdev, struct device *client)
{
	if (IS_ENABLED(CONFIG_PCI_P2PDMA))
		return pci_p2pdma_distance(pdev, client, false) >= 0;
	/* That kernel cannot tell. On one conventional bus all hear each other. */
	return dev_is_pci(client) && to_pci_dev(client)->bus == pdev->bus && !pci_is_pcie(pdev);
}

static int emucard_dmabuf_attach(struct dma_buf *dmabuf, struct dma_buf_attachment *attach)
{
	struct emucard_dmabuf *buf = dmabuf->priv;
	struct emucard *card = buf->efile->card;
	bool reaches;

	if (!attach->peer2peer || !emucard_dmabuf_may_revoke(attach))
		return -EOPNOTSUPP;
	if (!emucard_enter(card))
		return -ENODEV;
	reaches = emucard_dmabuf_reaches(to_pci_dev(card->dev.parent), attach->dev);
	emucard_exit(card);
	return reaches ? 0 : -EOPNOTSUPP;
}

/* It never moves, and its removal cannot be put off. */
static int emucard_dmabuf_pin(struct dma_buf_attachment *attach)
{
	return emucard_dmabuf_pin_on_map ? 0 : -EOPNOTSUPP;
}

static void emucard_dmabuf_unpin(struct dma_buf_attachment *attach)
{
}

/* One mapping, in pieces of which the scatterlist knows the addresses and no pages */
static int emucard_dmabuf_fill(struct sg_table *sgt, dma_addr_t addr, size_t size)
{
	struct scatterlist *sg;
	int ret, i;

	ret = sg_alloc_table(sgt, DIV_ROUND_UP_ULL(size, EMUCARD_DMABUF_SEGMENT), GFP_KERNEL);
	if (ret)
		return ret;
	for_each_sgtable_dma_sg(sgt, sg, i) {
		size_t part = min_t(size_t, size, EMUCARD_DMABUF_SEGMENT);

		sg_set_page(sg, NULL, part, 0);
		sg_dma_address(sg) = addr;
		sg_dma_len(sg) = part;
		addr += part;
		size -= part;
	}
	/* There is nothing for a CPU in it. */
	sgt->orig_nents = 0;
	return 0;
}

static struct sg_table *emucard_dmabuf_map(struct dma_buf_attachment *attach,
					   enum dma_data_direction dir)
{
	struct emucard_dmabuf *buf = attach->dmabuf->priv;
	size_t size = attach->dmabuf->size;
	struct sg_table *sgt;
	dma_addr_t addr;
	int ret;

	dma_resv_assert_held(attach->dmabuf->resv);
	if (buf->revoked)
		return ERR_PTR(-ENODEV);
	sgt = kzalloc(sizeof(*sgt), GFP_KERNEL);
	if (!sgt)
		return ERR_PTR(-ENOMEM);
	addr = dma_map_resource(attach->dev, buf->efile->card->mmap_base + buf->offset, size, dir,
				DMA_ATTR_SKIP_CPU_SYNC);
	ret = dma_mapping_error(attach->dev, addr);
	if (ret)
		goto free;
	ret = emucard_dmabuf_fill(sgt, addr, size);
	if (ret)
		goto unmap;
	buf->mapped++;
	return sgt;

unmap:
	dma_unmap_resource(attach->dev, addr, size, dir, DMA_ATTR_SKIP_CPU_SYNC);
free:
	kfree(sgt);
	return ERR_PTR(ret);
}

static void emucard_dmabuf_unmap(struct dma_buf_attachment *attach, struct sg_table *sgt,
				 enum dma_data_direction dir)
{
	struct emucard_dmabuf *buf = attach->dmabuf->priv;

	dma_resv_assert_held(attach->dmabuf->resv);
	dma_unmap_resource(attach->dev, sg_dma_address(sgt->sgl), attach->dmabuf->size, dir,
			   DMA_ATTR_SKIP_CPU_SYNC);
	sgt->orig_nents = sgt->nents;
	sg_free_table(sgt);
	kfree(sgt);
	WRITE_ONCE(buf->mapped, buf->mapped - 1);
	wake_up_all(&buf->unmapped);
}

/* As a mapping of the card's node: removed, and faulting, as that is */
static int emucard_dmabuf_mmap(struct dma_buf *dmabuf, struct vm_area_struct *vma)
{
	struct emucard_dmabuf *buf = dmabuf->priv;

	vma->vm_pgoff += buf->offset >> PAGE_SHIFT;
	vma_set_file(vma, buf->efile->file);
	return emucard_mmap(buf->efile->file, vma);
}

static void emucard_dmabuf_release(struct dma_buf *dmabuf)
{
	struct emucard_dmabuf *buf = dmabuf->priv;
	struct emucard *card = buf->efile->card;

	/* A revocation that is under way needs what is freed after this. */
	mutex_lock(&card->dmabufs_mutex);
	list_del(&buf->node);
	mutex_unlock(&card->dmabufs_mutex);
	fput(buf->efile->file);
	kfree(buf);
}

static const struct dma_buf_ops emucard_dmabuf_ops = {
	.attach = emucard_dmabuf_attach,
	.pin = emucard_dmabuf_pin,
	.unpin = emucard_dmabuf_unpin,
	.map_dma_buf = emucard_dmabuf_map,
	.unmap_dma_buf = emucard_dmabuf_unmap,
	.mmap = emucard_dmabuf_mmap,
	.release = emucard_dmabuf_release,
};

/* Importers unmap it while they are told, or soon after. */
static void emucard_dmabuf_revoke(struct emucard_dmabuf *buf)
{
	struct emucard *card = buf->efile->card;

	dma_resv_lock(buf->dmabuf->resv, NULL);
	buf->revoked = true;
	emucard_dmabuf_notify(buf->dmabuf);
	dma_resv_unlock(buf->dmabuf->resv);
	if (!wait_event_timeout(buf->unmapped, !READ_ONCE(buf->mapped),
				msecs_to_jiffies(EMUCARD_DMABUF_PATIENCE_MS)))
		dev_warn(&card->dev,
			 "a device still has card memory mapped that must not be used now\n");
}

/* The gate has been closed, or the card goes: nothing must reach its memory. */
void emucard_dmabufs_revoke(struct emucard *card)
{
	struct emucard_dmabuf *buf;

	mutex_lock(&card->dmabufs_mutex);
	card->dmabufs_revoked = true;
	list_for_each_entry(buf, &card->dmabufs, node)
		emucard_dmabuf_revoke(buf);
	mutex_unlock(&card->dmabufs_mutex);
}

/* The gate is open: importers are told that it is worth trying again. */
void emucard_dmabufs_restore(struct emucard *card)
{
	struct emucard_dmabuf *buf;

	mutex_lock(&card->dmabufs_mutex);
	card->dmabufs_revoked = READ_ONCE(card->detached);
	list_for_each_entry(buf, &card->dmabufs, node) {
		dma_resv_lock(buf->dmabuf->resv, NULL);
		buf->revoked = card->dmabufs_revoked;
		emucard_dmabuf_notify(buf->dmabuf);
		dma_resv_unlock(buf->dmabuf->resv);
	}
	mutex_unlock(&card->dmabufs_mutex);
}

static struct dma_buf *emucard_dmabuf_create(struct emucard_file *efile, u64 offset, u64 len)
{
	DEFINE_DMA_BUF_EXPORT_INFO(export);
	struct emucard *card = efile->card;
	struct emucard_dmabuf *buf;
	struct dma_buf *dmabuf;

	buf = kzalloc(sizeof(*buf), GFP_KERNEL_ACCOUNT);
	if (!buf)
		return ERR_PTR(-ENOMEM);
	buf->efile = efile;
	buf->offset = offset;
	init_waitqueue_head(&buf->unmapped);

	export.ops = &emucard_dmabuf_ops;
	export.size = len;
	export.flags = O_RDWR;
	export.priv = buf;
	mutex_lock(&card->dmabufs_mutex);
	buf->revoked = card->dmabufs_revoked;
	dmabuf = dma_buf_export(&export);
	if (IS_ERR(dmabuf)) {
		kfree(buf);
	} else {
		get_file(efile->file);
		buf->dmabuf = dmabuf;
		list_add(&buf->node, &card->dmabufs);
	}
	mutex_unlock(&card->dmabufs_mutex);
	return dmabuf;
}

/* The range has been checked; the card is entered. A file descriptor, or an error */
int emucard_dmabuf_export(struct emucard_file *efile, u64 offset, u64 len)
{
	struct dma_buf *dmabuf;
	int fd;

	dmabuf = emucard_dmabuf_create(efile, offset, len);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	fd = dma_buf_fd(dmabuf, O_CLOEXEC);
	if (fd < 0)
		dma_buf_put(dmabuf);
	return fd;
}

bool emucard_dmabuf_supported(void)
{
	return true;
}

MODULE_IMPORT_NS(EMUCARD_DMA_BUF_NS);
#else
void emucard_dmabufs_revoke(struct emucard *card)
{
}

void emucard_dmabufs_restore(struct emucard *card)
{
}

int emucard_dmabuf_export(struct emucard_file *efile, u64 offset, u64 len)
{
	return -EOPNOTSUPP;
}

bool emucard_dmabuf_supported(void)
{
	return false;
}
#endif
