// SPDX-License-Identifier: GPL-2.0-only
/*
 * Moving data: user memory is pinned and mapped, cut into transfers that a card
 * takes in one piece, submitted, and let go when the card no longer touches it.
 *
 * A card without an engine for that (emucard_ops.copy) is fed through its own
 * buffer instead.
 */
#include <linux/bvec.h>
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "emucard_compat.h"
#include "emucard_core.h"
#include "emucard_trace.h"

#define EMUCARD_XFER_BYTES	(EMUCARD_XFER_PAGES * PAGE_SIZE)

/**
 * struct emucard_many - what listing more than one page takes
 * @pages: the pages
 * @sgl: what the card is given
 *
 * The cache keeps @sgl initialised, and does not fill what it gives out with zeros
 * first, as other allocations are with init_on_alloc: 18 KiB less to write for 1 MiB.
 */
struct emucard_many {
	struct page *pages[EMUCARD_XFER_PAGES];
	struct scatterlist sgl[EMUCARD_XFER_PAGES];
};

static struct kmem_cache *emucard_many_cache;
static struct workqueue_struct *emucard_wq;

static void emucard_count(struct emucard *card, enum dma_data_direction dir, u64 moved, int error)
{
	struct emucard_stats *stats = &card->stats;

	atomic64_add(moved, dir == DMA_TO_DEVICE ? &stats->bytes_to_card : &stats->bytes_from_card);
	if (error)
		atomic64_inc(&stats->errors);
	else
		atomic64_inc(&stats->transfers);
	if (error == -ETIMEDOUT)
		atomic64_inc(&stats->timeouts);
}

static void emucard_many_init(void *data)
{
	struct emucard_many *many = data;

	sg_init_table(many->sgl, EMUCARD_XFER_PAGES);
}

/* List one piece of memory: no allocation is needed for that. */
static void emucard_list_one(struct emucard_xfer *xfer, struct page *page, unsigned int len,
			     unsigned int offset)
{
	sg_init_table(&xfer->one, 1);
	sg_set_page(&xfer->one, page, len, offset);
	xfer->sgt.sgl = &xfer->one;
	xfer->sgt.nents = 1;
	xfer->sgt.orig_nents = 1;
}

/* List pages; neighbours in memory, as in huge pages, become one entry. */
static void emucard_list_pages(struct emucard_xfer *xfer, unsigned int nr, unsigned int offset,
			       size_t len)
{
	unsigned int max = dma_get_max_seg_size(xfer->request->card->dev.parent);
	struct page **pages = xfer->many->pages;
	struct scatterlist *sg = xfer->many->sgl;
	unsigned long next = page_to_pfn(pages[0]);
	unsigned int i;

	xfer->sgt.sgl = sg;
	xfer->sgt.nents = 1;
	sg_set_page(sg, pages[0], 0, offset);
	for (i = 0; i < nr; i++, next++) {
		unsigned int part = min_t(size_t, len, PAGE_SIZE - offset);

		if (page_to_pfn(pages[i]) != next || sg->length > max - part) {
			next = page_to_pfn(pages[i]);
			sg_set_page(++sg, pages[i], 0, 0);
			xfer->sgt.nents++;
		}
		sg->length += part;
		len -= part;
		offset = 0;
	}
	xfer->sgt.orig_nents = xfer->sgt.nents;
	sg_mark_end(sg);
}

/* The list as emucard_many_init() left it, for who comes next */
static void emucard_put_many(struct emucard_xfer *xfer)
{
	struct emucard_many *many = xfer->many;

	if (xfer->sgt.sgl && xfer->sgt.orig_nents < EMUCARD_XFER_PAGES)
		sg_unmark_end(&many->sgl[xfer->sgt.orig_nents - 1]);
	kmem_cache_free(emucard_many_cache, many);
}

/* Pin a run of user memory and list its pages. */
static int emucard_pin(struct emucard_xfer *xfer, unsigned long addr, size_t len)
{
	unsigned int gup = xfer->request->dir == DMA_FROM_DEVICE ? FOLL_WRITE : 0;
	unsigned int offset = offset_in_page(addr);
	int nr = DIV_ROUND_UP(offset + len, PAGE_SIZE);
	struct page *page, **pages = &page;
	int pinned = 0, ret;

	if (nr > 1) {
		xfer->many = kmem_cache_alloc(emucard_many_cache, GFP_KERNEL);
		if (!xfer->many)
			return -ENOMEM;
		pages = xfer->many->pages;
	}
	while (pinned < nr) {
		ret = pin_user_pages_fast((addr & PAGE_MASK) + (unsigned long)pinned * PAGE_SIZE,
					  nr - pinned, gup, pages + pinned);
		if (ret <= 0) {
			unpin_user_pages(pages, pinned);
			if (xfer->many)
				emucard_put_many(xfer);
			return ret ? ret : -EFAULT;
		}
		pinned += ret;
	}

	if (nr == 1)
		emucard_list_one(xfer, page, len, offset);
	else
		emucard_list_pages(xfer, nr, offset, len);
	xfer->pinned = true;
	return 0;
}

/* List memory that the kernel holds already, such as io_uring's registered buffers. */
static int emucard_list_bvecs(struct emucard_xfer *xfer, struct iov_iter *iter, size_t *len)
{
	size_t max = dma_get_max_seg_size(xfer->request->card->dev.parent);
	struct iov_iter at = *iter;
	struct scatterlist *sg;
	unsigned int nr = 0;
	size_t total = 0;
	int ret;

	while (iov_iter_count(&at) && nr < EMUCARD_XFER_PAGES && total < EMUCARD_XFER_BYTES) {
		size_t part = min3(iov_iter_single_seg_count(&at), EMUCARD_XFER_BYTES - total,
				   max);

		iov_iter_advance(&at, part);
		total += part;
		nr += !!part;
	}
	*len = total;
	if (nr == 1) {
		unsigned int start = iter->bvec->bv_offset + iter->iov_offset;

		emucard_list_one(xfer, iter->bvec->bv_page + (start >> PAGE_SHIFT), total,
				 offset_in_page(start));
		return 0;
	}
	ret = sg_alloc_table(&xfer->sgt, nr, GFP_KERNEL);
	if (ret)
		return ret;

	at = *iter;
	for (sg = xfer->sgt.sgl; sg;) {
		size_t part = min3(iov_iter_single_seg_count(&at), total, max);
		unsigned int start = at.bvec->bv_offset + at.iov_offset;

		if (part) {
			sg_set_page(sg, at.bvec->bv_page + (start >> PAGE_SHIFT), part,
				    offset_in_page(start));
			sg = sg_next(sg);
		}
		iov_iter_advance(&at, part);
		total -= part;
	}
	return 0;
}

/* What is long, or still to be marked dirty, is let go where one may sleep. */
static bool emucard_is_slow(const struct emucard_request *request)
{
	struct sg_page_iter page;

	if (request->nr > 1)
		return true;
	if (request->dir == DMA_TO_DEVICE || !request->xfer[0].pinned)
		return false;
	for_each_sgtable_page(&request->xfer[0].sgt, &page, 0)
		if (!PageDirty(sg_page_iter_page(&page)))
			return true;
	return false;
}

/* Pages that the card has written are marked dirty, which may sleep. */
static void emucard_let_go(struct emucard_xfer *xfer, bool may_sleep)
{
	bool dirty = may_sleep && xfer->request->dir == DMA_FROM_DEVICE;
	struct scatterlist *sg;
	int i;

	if (xfer->pinned)
		for_each_sgtable_sg(&xfer->sgt, sg, i)
			unpin_user_page_range_dirty_lock(sg_page(sg),
							 PFN_UP(sg->offset + sg->length), dirty);
	if (xfer->many)
		emucard_put_many(xfer);
	else if (xfer->sgt.sgl != &xfer->one)
		sg_free_table(&xfer->sgt);
}

/*
 * Users may have the card write to neighbouring or overlapping memory at the same time,
 * as they may with O_DIRECT. The DMA API does not know such mappings, and its debugging
 * reports them; what it has for memory that is mapped for longer than it belongs to one
 * side is to synchronize by oneself, at the same two points.
 */
static int emucard_map(struct emucard_xfer *xfer)
{
	struct emucard_request *request = xfer->request;
	struct device *dma_dev = request->card->dev.parent;
	int ret;

	ret = dma_map_sgtable(dma_dev, &xfer->sgt, request->dir, DMA_ATTR_SKIP_CPU_SYNC);
	if (!ret)
		dma_sync_sgtable_for_device(dma_dev, &xfer->sgt, request->dir);
	return ret;
}

static void emucard_unmap(struct emucard_xfer *xfer)
{
	struct emucard_request *request = xfer->request;
	struct device *dma_dev = request->card->dev.parent;

	dma_sync_sgtable_for_cpu(dma_dev, &xfer->sgt, request->dir);
	dma_unmap_sgtable(dma_dev, &xfer->sgt, request->dir, DMA_ATTR_SKIP_CPU_SYNC);
}

/* Add the transfer that comes next in @iter; bytes that it covers, or an error. */
static ssize_t emucard_add_xfer(struct emucard_request *request, struct iov_iter *iter,
				u64 offset)
{
	struct emucard_xfer *xfer = &request->xfer[request->nr];
	size_t len;
	int ret;

	/* Skips empty segments. */
	while (!iov_iter_single_seg_count(iter))
		iov_iter_advance(iter, 0);

	xfer->request = request;
	if (user_backed_iter(iter)) {
		unsigned long addr = emucard_iter_addr(iter);

		len = min(iov_iter_single_seg_count(iter),
			  EMUCARD_XFER_BYTES - offset_in_page(addr));
		ret = emucard_pin(xfer, addr, len);
	} else {
		ret = emucard_list_bvecs(xfer, iter, &len);
	}
	if (ret)
		return ret;

	ret = emucard_map(xfer);
	if (ret) {
		emucard_let_go(xfer, false);
		return ret;
	}
	xfer->offset = offset;
	xfer->len = len;
	request->nr++;
	iov_iter_advance(iter, len);
	return len;
}

/* Transfers that @iter cannot need more of */
static size_t emucard_xfers(const struct iov_iter *iter)
{
	size_t whole = iov_iter_count(iter) / (EMUCARD_XFER_BYTES - PAGE_SIZE);

	if (iter_is_ubuf(iter))
		return whole + 1;
	if (iov_iter_is_bvec(iter))
		return whole + iter->nr_segs / EMUCARD_XFER_PAGES + 2;
	return whole + iter->nr_segs;
}

static struct emucard_request *emucard_request_alloc(struct emucard *card,
						     const struct iov_iter *iter,
						     enum dma_data_direction dir)
{
	unsigned int max = min_t(size_t, emucard_xfers(iter), EMUCARD_REQUEST_XFERS);
	struct emucard_request *request;

	request = kzalloc(struct_size(request, xfer, max), GFP_KERNEL);
	if (!request)
		return NULL;
	request->card = card;
	request->dir = dir;
	request->max = max;
	init_waitqueue_head(&request->wait);
	return request;
}

/* Fill a request from @iter as far as it goes; an error only if that is nowhere. */
static ssize_t emucard_request_fill(struct emucard_request *request, struct iov_iter *iter,
				    u64 offset)
{
	size_t filled = 0;
	ssize_t len;

	while (iov_iter_count(iter) && request->nr < request->max) {
		len = emucard_add_xfer(request, iter, offset + filled);
		if (len < 0) {
			if (!filled)
				return len;
			break;
		}
		filled += len;
	}
	request->xfer[request->nr - 1].last = true;
	/* One more for the submitter, so that nothing completes under its hands. */
	atomic_set(&request->pending, request->nr + 1);
	return filled;
}

/*
 * Let go of the memory, free the request and say what came of it: bytes moved
 * before the first error, and that error.
 */
static u64 emucard_request_finish(struct emucard_request *request, bool may_sleep, int *error)
{
	struct emucard *card = request->card;
	u64 moved = 0;
	unsigned int i;

	*error = 0;
	for (i = 0; i < request->nr; i++) {
		struct emucard_xfer *xfer = &request->xfer[i];

		emucard_unmap(xfer);
		emucard_let_go(xfer, may_sleep);
		if (*error)
			continue;
		moved += xfer->moved;
		*error = xfer->error;
	}
	emucard_count(card, request->dir, moved, *error);
	trace_emucard_end(request, moved, *error);
	kfree(request);
	return moved;
}

static void emucard_request_complete(struct emucard_request *request, bool may_sleep)
{
	struct emucard *card = request->card;
	struct kiocb *iocb = request->iocb;
	u64 moved;
	int error;

	moved = emucard_request_finish(request, may_sleep, &error);
	iocb->ki_pos += moved;
	emucard_exit(card);
	/* The last hold on the file, and with it on the card */
	iocb->ki_complete(iocb, moved ? moved : error);
}

static void emucard_request_work(struct work_struct *work)
{
	emucard_request_complete(container_of(work, struct emucard_request, work), true);
}

/**
 * emucard_xfer_done - a transfer has ended
 * @xfer: the transfer, with its moved and error filled in; it belongs to the core again
 *
 * Context: any.
 */
void emucard_xfer_done(struct emucard_xfer *xfer)
{
	struct emucard_request *request = xfer->request;
	unsigned long flags;

	if (!atomic_dec_and_test(&request->pending))
		return;
	if (request->iocb) {
		if (emucard_is_slow(request))
			queue_work(emucard_wq, &request->work);
		else
			emucard_request_complete(request, false);
		return;
	}
	/* Under the lock, so that the waiter does not free it before it is let go. */
	spin_lock_irqsave(&request->wait.lock, flags);
	WRITE_ONCE(request->done, true);
	wake_up_locked(&request->wait);
	spin_unlock_irqrestore(&request->wait.lock, flags);
}
EXPORT_SYMBOL_GPL(emucard_xfer_done);

/* The submitter's share of a request; true: everything has completed already. */
static bool emucard_request_release(struct emucard_request *request)
{
	return atomic_dec_and_test(&request->pending);
}

static void emucard_request_wait(struct emucard_request *request,
				 const struct emucard_wait *wait)
{
	struct emucard *card = request->card;
	int ret;

	ret = emucard_wait_event(request->wait, READ_ONCE(request->done), wait);
	if (ret) {
		card->ops->cancel(card, request, ret);
		/* All that can be left is another processor that is in emucard_xfer_done(). */
		wait_event(request->wait, READ_ONCE(request->done));
	}
	/* Who has set done may still be in wake_up_locked(), before the request may be freed. */
	spin_lock_irq(&request->wait.lock);
	spin_unlock_irq(&request->wait.lock);
}

/* Undo a request that was not submitted. */
static void emucard_request_drop(struct emucard_request *request, int error)
{
	trace_emucard_end(request, 0, error);
	while (request->nr) {
		struct emucard_xfer *xfer = &request->xfer[--request->nr];

		emucard_unmap(xfer);
		emucard_let_go(xfer, false);
	}
	kfree(request);
}

/* One request, waited for. Bytes moved are added to @done. */
static int emucard_transfer_some(struct emucard *card, struct iov_iter *iter, u64 offset,
				 enum dma_data_direction dir, const struct emucard_wait *wait,
				 u64 *done)
{
	struct emucard_request *request;
	ssize_t filled;
	u64 moved;
	int ret;

	request = emucard_request_alloc(card, iter, dir);
	if (!request)
		return -ENOMEM;
	filled = emucard_request_fill(request, iter, offset);
	if (filled < 0) {
		kfree(request);
		return filled;
	}
	request->deadline = wait->deadline;
	trace_emucard_submit(request, offset, filled);
	ret = card->ops->submit(card, request);
	if (ret) {
		emucard_request_drop(request, ret);
		emucard_count(card, dir, 0, ret);
		return ret;
	}
	if (!emucard_request_release(request))
		emucard_request_wait(request, wait);

	moved = emucard_request_finish(request, true, &ret);
	*done += moved;
	if (!ret && moved != filled)
		ret = -EIO;
	return ret;
}

static int emucard_copy_some(struct emucard *card, struct iov_iter *iter, u64 offset,
			     enum dma_data_direction dir, const struct emucard_wait *wait,
			     u64 *done)
{
	size_t len = iov_iter_count(iter);
	ssize_t moved;

	moved = card->ops->copy(card, iter, offset, len, dir, wait);
	trace_emucard_copy(card, offset, len, dir == DMA_TO_DEVICE, moved);
	emucard_count(card, dir, max_t(ssize_t, moved, 0), min_t(ssize_t, moved, 0));
	if (moved < 0)
		return moved;
	*done += moved;
	return 0;
}

/**
 * emucard_transfer - move all of @iter, and wait for it
 * @card: the card, entered
 * @iter: host memory
 * @offset: in card memory, in range together with what @iter holds [bytes]
 * @dir: DMA_TO_DEVICE or DMA_FROM_DEVICE
 * @wait: how long to wait; NULL: the usual time for each request, for fatal signals
 * @done: set to the bytes that have been moved, also on error
 *
 * Return: 0 or an error; then the card no longer touches the memory.
 */
int emucard_transfer(struct emucard *card, struct iov_iter *iter, u64 offset,
		     enum dma_data_direction dir, const struct emucard_wait *wait, u64 *done)
{
	struct emucard_wait usual = { };
	int ret = 0;

	*done = 0;
	while (iov_iter_count(iter) && !ret) {
		if (!wait)
			usual.deadline = jiffies + msecs_to_jiffies(EMUCARD_TIMEOUT_DEFAULT_MS);
		if (card->ops->submit)
			ret = emucard_transfer_some(card, iter, offset + *done, dir,
						    wait ? wait : &usual, done);
		else
			ret = emucard_copy_some(card, iter, offset + *done, dir,
						wait ? wait : &usual, done);
	}
	return ret;
}

/* Start all of @iter as one request, which completes @iocb. */
static ssize_t emucard_start(struct emucard *card, struct kiocb *iocb, struct iov_iter *iter,
			     enum dma_data_direction dir)
{
	struct emucard_request *request;
	ssize_t filled;
	u64 moved;
	int ret;

	request = emucard_request_alloc(card, iter, dir);
	if (!request)
		return -ENOMEM;
	filled = emucard_request_fill(request, iter, iocb->ki_pos);
	if (filled < 0) {
		kfree(request);
		return filled;
	}
	request->iocb = iocb;
	request->deadline = jiffies + msecs_to_jiffies(EMUCARD_TIMEOUT_DEFAULT_MS);
	INIT_WORK(&request->work, emucard_request_work);
	trace_emucard_submit(request, iocb->ki_pos, filled);
	ret = card->ops->submit(card, request);
	if (ret) {
		emucard_request_drop(request, ret);
		emucard_count(card, dir, 0, ret);
		return ret;
	}
	if (!emucard_request_release(request))
		return -EIOCBQUEUED;

	/* The card was quicker than its submitter: no need to go through the queue. */
	moved = emucard_request_finish(request, true, &ret);
	iocb->ki_pos += moved;
	return moved ? moved : ret;
}

static ssize_t emucard_rw(struct kiocb *iocb, struct iov_iter *iter, enum dma_data_direction dir)
{
	struct emucard_file *efile = iocb->ki_filp->private_data;
	struct emucard *card = efile->card;
	u64 size = card->info.dma_size;
	ssize_t ret;
	u64 moved;

	if (!iov_iter_count(iter))
		return 0;
	if (!user_backed_iter(iter) && !iov_iter_is_bvec(iter))
		return -EINVAL;
	if (iocb->ki_pos >= size)
		return dir == DMA_FROM_DEVICE ? 0 : -ENOSPC;
	iov_iter_truncate(iter, size - iocb->ki_pos);

	if (!emucard_enter(card))
		return -ENODEV;

	if (card->ops->submit && !is_sync_kiocb(iocb) &&
	    emucard_xfers(iter) <= EMUCARD_REQUEST_XFERS) {
		ret = emucard_start(card, iocb, iter, dir);
		if (ret == -EIOCBQUEUED)
			return ret;	/* the request has taken over our hold on the card */
	} else if (iocb->ki_flags & IOCB_NOWAIT) {
		ret = -EAGAIN;
	} else {
		ret = emucard_transfer(card, iter, iocb->ki_pos, dir, NULL, &moved);
		iocb->ki_pos += moved;
		if (moved)
			ret = moved;
	}
	emucard_exit(card);
	return ret;
}

ssize_t emucard_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	return emucard_rw(iocb, to, DMA_FROM_DEVICE);
}

ssize_t emucard_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	return emucard_rw(iocb, from, DMA_TO_DEVICE);
}

int __init emucard_rw_init(void)
{
	emucard_many_cache = kmem_cache_create("emucard_many", sizeof(struct emucard_many),
					       0, 0, emucard_many_init);
	if (!emucard_many_cache)
		return -ENOMEM;
	emucard_wq = alloc_workqueue("emucard", WQ_HIGHPRI | WQ_PERCPU, 0);
	if (!emucard_wq) {
		kmem_cache_destroy(emucard_many_cache);
		return -ENOMEM;
	}
	return 0;
}

void emucard_rw_exit(void)
{
	destroy_workqueue(emucard_wq);
	kmem_cache_destroy(emucard_many_cache);
}
