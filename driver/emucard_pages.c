// SPDX-License-Identifier: GPL-2.0-only
/*
 * The host memory of a transfer: user memory is pinned, memory that the kernel holds already
 * is listed; then it is mapped for the card.
 */
#include <linux/bvec.h>
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "emucard_compat.h"
#include "emucard_core.h"

#define EMUCARD_XFER_BYTES	(EMUCARD_XFER_PAGES * PAGE_SIZE)

/**
 * struct emucard_page_list - what a transfer of more than one page takes
 * @pages: the pages
 * @sgl: what the card is given
 *
 * The cache keeps @sgl initialised, and does not fill what it gives out with zeros
 * first, as other allocations are with init_on_alloc: 18 KiB less to write for 1 MiB.
 */
struct emucard_page_list {
	struct page *pages[EMUCARD_XFER_PAGES];
	struct scatterlist sgl[EMUCARD_XFER_PAGES];
};

static struct kmem_cache *emucard_page_lists;

static void emucard_page_list_init(void *data)
{
	struct emucard_page_list *list = data;

	sg_init_table(list->sgl, EMUCARD_XFER_PAGES);
}

static int emucard_page_list_alloc(struct emucard_xfer *xfer)
{
	xfer->list = kmem_cache_alloc(emucard_page_lists, GFP_KERNEL);
	return xfer->list ? 0 : -ENOMEM;
}

/*
 * As emucard_page_list_init() left it, for the next transfer: only sg_init_table() clears all
 * that a mapping leaves behind in an entry, such as that it went through a bounce buffer.
 */
static void emucard_page_list_free(struct emucard_xfer *xfer)
{
	struct emucard_page_list *list = xfer->list;
	unsigned int used = xfer->sgt.orig_nents;

	if (used) {
		sg_init_table(list->sgl, used);
		if (used < EMUCARD_XFER_PAGES)
			sg_unmark_end(&list->sgl[used - 1]);
	}
	kmem_cache_free(emucard_page_lists, list);
}

/* One piece of memory: no allocation is needed for that. */
static void emucard_sg_from_page(struct emucard_xfer *xfer, struct page *page, unsigned int len,
				 unsigned int offset)
{
	sg_init_table(&xfer->one, 1);
	sg_set_page(&xfer->one, page, len, offset);
	xfer->sgt.sgl = &xfer->one;
	xfer->sgt.nents = 1;
	xfer->sgt.orig_nents = 1;
}

static void emucard_sg_end(struct emucard_xfer *xfer, unsigned int nr)
{
	xfer->sgt.sgl = xfer->list->sgl;
	xfer->sgt.nents = nr;
	xfer->sgt.orig_nents = nr;
	sg_mark_end(&xfer->list->sgl[nr - 1]);
}

/* Neighbours in memory, as in huge pages, become one entry. */
static void emucard_sg_from_pages(struct emucard_xfer *xfer, unsigned int nr, unsigned int offset,
				  size_t len)
{
	size_t max = xfer->request->card->max_segment;
	struct page **pages = xfer->list->pages;
	struct scatterlist *sg = xfer->list->sgl;
	unsigned long next = page_to_pfn(pages[0]);
	unsigned int i;

	sg_set_page(sg, pages[0], 0, offset);
	for (i = 0; i < nr; i++, next++) {
		unsigned int part = min_t(size_t, len, PAGE_SIZE - offset);

		if (page_to_pfn(pages[i]) != next || sg->length > max - part) {
			next = page_to_pfn(pages[i]);
			sg_set_page(++sg, pages[i], 0, 0);
		}
		sg->length += part;
		len -= part;
		offset = 0;
	}
	emucard_sg_end(xfer, sg - xfer->list->sgl + 1);
}

static unsigned int emucard_gup_flags(enum dma_data_direction dir)
{
	return dir == DMA_FROM_DEVICE ? FOLL_WRITE : 0;
}

/* Pin a run of user memory and list its pages. -EFAULT if not all of it is there. */
static int emucard_pin(struct emucard_xfer *xfer, unsigned long addr, size_t len)
{
	unsigned int gup = emucard_gup_flags(xfer->request->dir) | FOLL_NOFAULT;
	unsigned int offset = offset_in_page(addr);
	int nr = DIV_ROUND_UP(offset + len, PAGE_SIZE);
	struct page *page, **pages = &page;
	int pinned = 0, ret;

	if (nr > 1) {
		ret = emucard_page_list_alloc(xfer);
		if (ret)
			return ret;
		pages = xfer->list->pages;
	}
	while (pinned < nr) {
		ret = pin_user_pages_fast((addr & PAGE_MASK) + (unsigned long)pinned * PAGE_SIZE,
					  nr - pinned, gup, pages + pinned);
		if (ret <= 0) {
			unpin_user_pages(pages, pinned);
			if (xfer->list)
				emucard_page_list_free(xfer);
			return ret ? ret : -EFAULT;
		}
		pinned += ret;
	}

	if (nr == 1)
		emucard_sg_from_page(xfer, page, len, offset);
	else
		emucard_sg_from_pages(xfer, nr, offset, len);
	xfer->pinned = true;
	return 0;
}

/* A run of memory that is one piece, also where it is several bio_vecs */
struct emucard_run {
	struct page *page;
	unsigned int offset;
	size_t len;
};

/* What comes next in a list of bio_vecs: a piece of memory of @left and @max bytes at most */
static struct emucard_run emucard_next_run(const struct bio_vec **vec, size_t *skip, size_t left,
					   size_t max)
{
	struct emucard_run run = { };
	phys_addr_t end = 0;

	while (left && run.len < max) {
		size_t part = (*vec)->bv_len - *skip;
		unsigned int start = (*vec)->bv_offset + *skip;
		phys_addr_t addr = page_to_phys((*vec)->bv_page) + start;

		if (part && !run.len) {
			run.page = (*vec)->bv_page + (start >> PAGE_SHIFT);
			run.offset = offset_in_page(start);
		} else if (part && addr != end) {
			break;
		}
		part = min3(part, left, max - run.len);
		run.len += part;
		left -= part;
		end = addr + part;
		*skip += part;
		if (*skip < (*vec)->bv_len)
			break;
		++*vec;
		*skip = 0;
	}
	return run;
}

/* List memory that the kernel holds already, such as io_uring's registered buffers. */
static ssize_t emucard_sg_from_bvecs(struct emucard_xfer *xfer, const struct iov_iter *iter)
{
	size_t max = xfer->request->card->max_segment;
	size_t left = min_t(size_t, iov_iter_count(iter), EMUCARD_XFER_BYTES);
	const struct bio_vec *vec = iter->bvec;
	size_t skip = iter->iov_offset, len;
	struct emucard_run run;
	unsigned int nr = 0;

	run = emucard_next_run(&vec, &skip, left, max);
	len = run.len;
	if (len == left) {
		emucard_sg_from_page(xfer, run.page, run.len, run.offset);
		return len;
	}
	if (emucard_page_list_alloc(xfer))
		return -ENOMEM;
	sg_set_page(&xfer->list->sgl[nr++], run.page, run.len, run.offset);
	while (len < left && nr < EMUCARD_XFER_PAGES) {
		run = emucard_next_run(&vec, &skip, left - len, max);
		sg_set_page(&xfer->list->sgl[nr++], run.page, run.len, run.offset);
		len += run.len;
	}
	emucard_sg_end(xfer, nr);
	return len;
}

/* The run of user memory that @iter begins with, as much of it as one transfer takes */
static size_t emucard_user_run(const struct iov_iter *iter, unsigned long *addr)
{
	*addr = emucard_iter_addr(iter);
	return min_t(size_t, iov_iter_single_seg_count(iter),
		     EMUCARD_XFER_BYTES - offset_in_page(*addr));
}

/*
 * Page by page, as a pin would: fault_in_readable() does not end the sharing with a child
 * process, with which a page cannot be pinned.
 */
static int emucard_fault_in_run(unsigned long addr, size_t len, enum dma_data_direction dir)
{
	unsigned long at;
	struct page *page;
	int ret;

	for (at = addr & PAGE_MASK; at < addr + len; at += PAGE_SIZE) {
		ret = pin_user_pages_fast(at, 1, emucard_gup_flags(dir), &page);
		if (ret != 1)
			return ret < 0 ? ret : -EFAULT;
		unpin_user_page(page);
	}
	return 0;
}

/**
 * emucard_fault_in - have user memory brought in for transfers
 * @iter: user memory, not an empty segment
 * @dir: what the transfers will do with it
 *
 * Waits for it as long as a user likes, unless a fatal signal comes: the caller holds nothing
 * that others need.
 *
 * Return: 0, or an error: what the first transfer needs cannot be had.
 */
int emucard_fault_in(const struct iov_iter *iter, enum dma_data_direction dir)
{
	struct iov_iter rest = *iter;
	unsigned long addr;
	size_t len;
	int ret;

	while (iov_iter_count(&rest)) {
		len = emucard_user_run(&rest, &addr);
		ret = emucard_fault_in_run(addr, len, dir);
		if (ret)
			return iov_iter_count(&rest) == iov_iter_count(iter) ? ret : 0;
		iov_iter_advance(&rest, len);
	}
	return 0;
}

/**
 * emucard_xfer_get_pages - list the host memory of a transfer
 * @xfer: the transfer, in its request
 * @iter: where the memory begins, not an empty segment
 *
 * Return: the bytes that it covers, or an error; -EFAULT: not all of it is there, see
 * emucard_fault_in().
 */
ssize_t emucard_xfer_get_pages(struct emucard_xfer *xfer, struct iov_iter *iter)
{
	unsigned long addr;
	size_t len;
	int ret;

	if (!user_backed_iter(iter))
		return emucard_sg_from_bvecs(xfer, iter);
	len = emucard_user_run(iter, &addr);
	ret = emucard_pin(xfer, addr, len);
	return ret ? ret : len;
}

/* Are there pages to be marked dirty, which may sleep? */
bool emucard_xfer_put_may_sleep(const struct emucard_xfer *xfer)
{
	struct sg_page_iter page;

	if (xfer->request->dir == DMA_TO_DEVICE || !xfer->pinned)
		return false;
	for_each_sgtable_page(&xfer->sgt, &page, 0)
		if (!PageDirty(sg_page_iter_page(&page)))
			return true;
	return false;
}

/* The card no longer touches the memory. */
void emucard_xfer_put_pages(struct emucard_xfer *xfer, bool may_sleep)
{
	bool dirty = may_sleep && xfer->request->dir == DMA_FROM_DEVICE;
	struct scatterlist *sg;
	int i;

	if (xfer->pinned)
		for_each_sgtable_sg(&xfer->sgt, sg, i)
			unpin_user_page_range_dirty_lock(sg_page(sg),
							 PFN_UP(sg->offset + sg->length), dirty);
	if (xfer->list)
		emucard_page_list_free(xfer);
}

/*
 * Users may have the card write to neighbouring or overlapping memory at the same time,
 * as they may with O_DIRECT. The DMA API does not know such mappings, and its debugging
 * reports them; what it has for memory that is mapped for longer than it belongs to one
 * side is to synchronize by oneself, at the same two points.
 */
int emucard_xfer_map(struct emucard_xfer *xfer)
{
	struct emucard_request *request = xfer->request;
	struct device *dma_dev = request->card->dev.parent;
	int ret;

	if (xfer->slice.buffer) {
		emucard_slice_sync(&xfer->slice, xfer->len, request->dir, false);
		return 0;
	}
	ret = dma_map_sgtable(dma_dev, &xfer->sgt, request->dir, DMA_ATTR_SKIP_CPU_SYNC);
	/* No room in bounce buffers or in the IOMMU is no error of the card. */
	if (ret)
		return -ENOMEM;
	dma_sync_sgtable_for_device(dma_dev, &xfer->sgt, request->dir);
	return 0;
}

void emucard_xfer_unmap(struct emucard_xfer *xfer)
{
	struct emucard_request *request = xfer->request;
	struct device *dma_dev = request->card->dev.parent;

	if (xfer->slice.buffer) {
		emucard_slice_sync(&xfer->slice, xfer->len, request->dir, true);
		return;
	}
	dma_sync_sgtable_for_cpu(dma_dev, &xfer->sgt, request->dir);
	dma_unmap_sgtable(dma_dev, &xfer->sgt, request->dir, DMA_ATTR_SKIP_CPU_SYNC);
}

int __init emucard_pages_init(void)
{
	emucard_page_lists = kmem_cache_create("emucard_page_list",
					       sizeof(struct emucard_page_list), 0, SLAB_ACCOUNT,
					       emucard_page_list_init);
	return emucard_page_lists ? 0 : -ENOMEM;
}

void emucard_pages_exit(void)
{
	kmem_cache_destroy(emucard_page_lists);
}
