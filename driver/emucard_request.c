// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a request: host memory is cut into transfers that a card takes in one piece;
 * they are mapped, submitted, and given back when the card no longer touches the memory.
 *
 * User memory is only touched while the card is not entered: see emucard_enter().
 */
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "emucard_compat.h"
#include "emucard_core.h"
#include "emucard_trace.h"

static struct workqueue_struct *emucard_wq;

/* Transfers that @iter cannot need more of */
size_t emucard_request_xfers(const struct iov_iter *iter)
{
	size_t whole = iov_iter_count(iter) / ((EMUCARD_XFER_PAGES - 1) * PAGE_SIZE);

	if (iter_is_ubuf(iter))
		return whole + 1;
	if (iov_iter_is_bvec(iter))
		return whole + iter->nr_segs / EMUCARD_XFER_PAGES + 2;
	return whole + iter->nr_segs;
}

static struct emucard_request *emucard_request_alloc(struct emucard *card, unsigned int max,
						     enum dma_data_direction dir, size_t held)
{
	struct emucard_request *request;

	request = kzalloc(struct_size(request, xfer, max), GFP_KERNEL_ACCOUNT);
	if (!request)
		return NULL;
	request->card = card;
	request->dir = dir;
	request->max = max;
	request->held = held;
	init_completion(&request->done);
	return request;
}

static void emucard_request_free(struct emucard_request *request)
{
	emucard_budget_give(&request->card->budget, request->held);
	kfree(request);
}

/* Add the transfer that comes next in @iter; bytes that it covers, or an error. */
static ssize_t emucard_request_add(struct emucard_request *request, struct iov_iter *iter,
				   u64 offset)
{
	struct emucard_xfer *xfer = &request->xfer[request->nr];
	ssize_t len;

	/* Skips empty segments. */
	while (!iov_iter_single_seg_count(iter))
		iov_iter_advance(iter, 0);

	xfer->request = request;
	len = emucard_xfer_get_pages(xfer, iter);
	if (len < 0)
		return len;
	xfer->offset = offset;
	xfer->len = len;
	request->nr++;
	iov_iter_advance(iter, len);
	return len;
}

static void emucard_request_shorten(struct emucard_request *request, unsigned int nr)
{
	while (request->nr > nr)
		emucard_xfer_put_pages(&request->xfer[--request->nr], false);
}

/* Fill a request from @iter as far as its memory is there; the bytes, and why not further. */
static size_t emucard_request_fill_present(struct emucard_request *request,
					   struct iov_iter *iter, u64 offset, int *error)
{
	size_t filled = 0;
	ssize_t len;

	*error = 0;
	while (iov_iter_count(iter) && request->nr < request->max) {
		len = emucard_request_add(request, iter, offset + filled);
		if (len < 0) {
			*error = len;
			break;
		}
		filled += len;
	}
	return filled;
}

/* Have the memory brought in that @iter begins with. The budget is for others meanwhile. */
static int emucard_request_fault_in(struct emucard_request *request, const struct iov_iter *iter)
{
	emucard_request_shorten(request, 0);
	emucard_budget_give(&request->card->budget, request->held);
	request->held = 0;
	return emucard_fault_in(iter, request->dir);
}

/* Fill a request from @iter as far as it goes; an error only if that is nowhere. */
static ssize_t emucard_request_fill(struct emucard_request *request, struct iov_iter *iter,
				    u64 offset, const struct emucard_wait *wait)
{
	size_t filled, held = request->held, cut = 0;
	int error, ret = 0;

	for (;;) {
		filled = emucard_request_fill_present(request, iter, offset, &error);
		if (error != -EFAULT)
			break;
		ret = emucard_request_fault_in(request, iter);
		if (ret && filled) {
			/* What comes before it can be moved. */
			cut += iov_iter_count(iter);
			iov_iter_truncate(iter, 0);
			ret = 0;
		}
		iov_iter_revert(iter, filled);
		/* Memory may go again before it is pinned. */
		if (!ret && fatal_signal_pending(current))
			ret = -EINTR;
		if (!ret && !emucard_time_left(wait))
			ret = -ETIMEDOUT;
		if (!ret)
			ret = emucard_budget_take(&request->card->budget, held, wait);
		if (ret)
			break;
		request->held = held;
	}
	iov_iter_reexpand(iter, iov_iter_count(iter) + cut);
	if (ret)
		return ret;
	return filled ? filled : error;
}

/* Map what has been filled, as far as it goes; the bytes, an error only if that is none. */
static ssize_t emucard_request_map(struct emucard_request *request)
{
	size_t mapped = 0;
	unsigned int i;
	int ret;

	for (i = 0; i < request->nr; i++) {
		ret = emucard_xfer_map(&request->xfer[i]);
		if (ret && !i)
			return ret;
		if (ret)
			break;
		mapped += request->xfer[i].len;
	}
	emucard_request_shorten(request, i);
	request->xfer[i - 1].last = true;
	return mapped;
}

static void emucard_request_unmap(struct emucard_request *request)
{
	unsigned int i;

	for (i = 0; i < request->nr; i++)
		emucard_xfer_unmap(&request->xfer[i]);
}

/*
 * Start a request that has been filled; the card is entered. The bytes that are under way,
 * or an error.
 */
static ssize_t emucard_request_start(struct emucard_request *request)
{
	struct emucard *card = request->card;
	ssize_t mapped;
	int ret;

	mapped = emucard_request_map(request);
	if (mapped < 0)
		return mapped;
	/* One more for the submitter, so that the request does not complete meanwhile. */
	atomic_set(&request->pending, request->nr + 1);
	trace_emucard_submit(request, request->xfer[0].offset, mapped);
	ret = card->ops->submit(card, request);
	if (ret) {
		trace_emucard_end(request, 0, ret);
		emucard_request_unmap(request);
		return ret;
	}
	return mapped;
}

/* What came of it: bytes moved before the first error, and that error */
static u64 emucard_request_result(const struct emucard_request *request, int *error)
{
	u64 moved = 0;
	unsigned int i;

	*error = 0;
	for (i = 0; i < request->nr && !*error; i++) {
		const struct emucard_xfer *xfer = &request->xfer[i];

		moved += xfer->moved;
		*error = xfer->error;
		/* A card that reports success for less is broken. */
		if (!*error && xfer->moved != xfer->len)
			*error = -EIO;
	}
	return moved;
}

/* All has ended: unmap and leave the card, then give back the memory and free the request. */
static u64 emucard_request_finish(struct emucard_request *request, bool may_sleep, int *error)
{
	struct emucard *card = request->card;
	unsigned int i;
	u64 moved;

	moved = emucard_request_result(request, error);
	emucard_request_unmap(request);
	emucard_count(card, request->dir, moved, *error);
	trace_emucard_end(request, moved, *error);
	emucard_exit(card);
	for (i = 0; i < request->nr; i++)
		emucard_xfer_put_pages(&request->xfer[i], may_sleep);
	emucard_request_free(request);
	return moved;
}

static void emucard_request_complete(struct emucard_request *request, bool may_sleep)
{
	struct kiocb *iocb = request->iocb;
	u64 moved;
	int error;

	moved = emucard_request_finish(request, may_sleep, &error);
	iocb->ki_pos += moved;
	/* The last hold on the file, and with it on the card */
	iocb->ki_complete(iocb, moved ? moved : error);
}

static void emucard_request_work(struct work_struct *work)
{
	emucard_request_complete(container_of(work, struct emucard_request, work), true);
}

/* Much to be given back, or pages to be marked dirty: where one may sleep. */
static bool emucard_finish_may_sleep(const struct emucard_request *request)
{
	return request->nr > 1 || emucard_xfer_put_may_sleep(&request->xfer[0]);
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

	if (!atomic_dec_and_test(&request->pending))
		return;
	if (!request->iocb)
		complete(&request->done);
	else if (emucard_finish_may_sleep(request))
		queue_work(emucard_wq, &request->work);
	else
		emucard_request_complete(request, false);
}
EXPORT_SYMBOL_GPL(emucard_xfer_done);

/* The submitter's share of a request; true: everything has completed already. */
static bool emucard_request_release(struct emucard_request *request)
{
	return atomic_dec_and_test(&request->pending);
}

/* Take the share back, wait for the end, or end it. */
static void emucard_request_wait(struct emucard_request *request,
				 const struct emucard_wait *wait)
{
	struct emucard *card = request->card;
	long left = emucard_time_left(wait);

	if (wait->interruptible)
		left = wait_for_completion_interruptible_timeout(&request->done, left);
	else
		left = wait_for_completion_killable_timeout(&request->done, left);
	if (left > 0)
		return;
	card->ops->cancel(card, request, left ? -EINTR : -ETIMEDOUT);
	/* All that can be left is another processor that is in emucard_xfer_done(). */
	wait_for_completion(&request->done);
}

/* A request that could not be started */
static void emucard_request_abandon(struct emucard_request *request, int error)
{
	emucard_count(request->card, request->dir, 0, error);
	emucard_request_shorten(request, 0);
	emucard_request_free(request);
}

/* Fill a request and start it. On success the card is entered; the bytes under way. */
static ssize_t emucard_request_submit(struct emucard_request *request, struct iov_iter *iter,
				      u64 offset, const struct emucard_wait *wait)
{
	ssize_t filled, started;

	filled = emucard_request_fill(request, iter, offset, wait);
	if (filled < 0)
		return filled;
	if (!emucard_enter(request->card))
		return -ENODEV;
	started = emucard_request_start(request);
	if (started < 0) {
		emucard_exit(request->card);
		return started;
	}
	iov_iter_revert(iter, filled - started);
	return started;
}

/*
 * emucard_submit_and_wait - move what one request takes of @iter, and wait for it
 *
 * Bytes moved are added to @done. 0 or an error; then the card no longer touches the memory.
 */
int emucard_submit_and_wait(struct emucard *card, struct iov_iter *iter, u64 offset,
			    enum dma_data_direction dir, const struct emucard_wait *wait,
			    u64 *done)
{
	size_t left, held, xfers, whole = iov_iter_count(iter);
	struct emucard_request *request;
	ssize_t started;
	int ret;

	/* Half of what there is, so that another one can be prepared meanwhile. */
	left = min_t(size_t, whole, card->budget.max / 2);
	xfers = min_t(size_t, emucard_request_xfers(iter), EMUCARD_REQUEST_XFERS);
	held = min(emucard_budget_cost(left, xfers), card->budget.max);
	ret = emucard_budget_take(&card->budget, held, wait);
	if (ret)
		return ret;
	request = emucard_request_alloc(card, xfers, dir, held);
	if (!request) {
		emucard_budget_give(&card->budget, held);
		return -ENOMEM;
	}
	request->deadline = wait->deadline;
	iov_iter_truncate(iter, left);
	started = emucard_request_submit(request, iter, offset, wait);
	iov_iter_reexpand(iter, iov_iter_count(iter) + whole - left);
	if (started < 0) {
		emucard_request_abandon(request, started);
		return started;
	}
	if (!emucard_request_release(request))
		emucard_request_wait(request, wait);
	*done += emucard_request_finish(request, true, &ret);
	return ret;
}

/* Transfers of a request that uses a registered buffer: as few as the start and end allow */
#define EMUCARD_SLICES	4

/*
 * emucard_submit_buffer - move what one request takes of a registered buffer, and wait for it
 *
 * Bytes moved are added to @done. The buffer is held by the caller. 0 or an error.
 */
int emucard_submit_buffer(struct emucard *card, struct emucard_buffer *buffer, u64 at, u64 len,
			  u64 offset, enum dma_data_direction dir,
			  const struct emucard_wait *wait, u64 *done)
{
	struct emucard_request *request;
	ssize_t started;
	int ret;

	request = emucard_request_alloc(card, EMUCARD_SLICES, dir, 0);
	if (!request)
		return -ENOMEM;
	request->deadline = wait->deadline;
	while (len && request->nr < request->max) {
		struct emucard_xfer *xfer = &request->xfer[request->nr++];

		xfer->request = request;
		xfer->offset = offset;
		xfer->len = emucard_buffer_slice(buffer, at, len, &xfer->slice);
		at += xfer->len;
		offset += xfer->len;
		len -= xfer->len;
	}
	started = -ENODEV;
	if (emucard_enter(card)) {
		started = emucard_request_start(request);
		if (started < 0)
			emucard_exit(card);
	}
	if (started < 0) {
		emucard_request_abandon(request, started);
		return started;
	}
	if (dir == DMA_FROM_DEVICE)
		WRITE_ONCE(buffer->written, true);
	if (!emucard_request_release(request))
		emucard_request_wait(request, wait);
	*done += emucard_request_finish(request, true, &ret);
	return ret;
}

/*
 * emucard_submit_async - start all of @iter as one request, which completes @iocb
 *
 * -EIOCBQUEUED: it is under way; else what came of it. -EAGAIN: it takes more than one
 * request, or one would have to wait.
 */
ssize_t emucard_submit_async(struct emucard *card, struct kiocb *iocb, struct iov_iter *iter,
			     enum dma_data_direction dir)
{
	size_t xfers = emucard_request_xfers(iter);
	size_t held = emucard_budget_cost(iov_iter_count(iter), xfers);
	struct emucard_wait wait = {
		.deadline = jiffies + msecs_to_jiffies(EMUCARD_TIMEOUT_DEFAULT_MS),
		.nowait = iocb->ki_flags & IOCB_NOWAIT,
	};
	struct emucard_request *request;
	ssize_t started;
	u64 moved;
	int ret;

	if (xfers > EMUCARD_REQUEST_XFERS || held > card->budget.max)
		return -EAGAIN;
	ret = emucard_budget_take(&card->budget, held, &wait);
	if (ret)
		return ret;
	request = emucard_request_alloc(card, xfers, dir, held);
	if (!request) {
		emucard_budget_give(&card->budget, held);
		return -ENOMEM;
	}
	request->iocb = iocb;
	request->deadline = jiffies + msecs_to_jiffies(EMUCARD_TIMEOUT_DEFAULT_MS);
	INIT_WORK(&request->work, emucard_request_work);
	started = emucard_request_submit(request, iter, iocb->ki_pos, &wait);
	if (started < 0) {
		emucard_request_abandon(request, started);
		return started;
	}
	if (!emucard_request_release(request))
		return -EIOCBQUEUED;

	/* The card was quicker than its submitter: no need to go through the queue. */
	moved = emucard_request_finish(request, true, &ret);
	iocb->ki_pos += moved;
	return moved ? moved : ret;
}

int __init emucard_request_init(void)
{
	emucard_wq = alloc_workqueue("emucard", WQ_HIGHPRI | WQ_PERCPU, 0);
	return emucard_wq ? 0 : -ENOMEM;
}

void emucard_request_exit(void)
{
	destroy_workqueue(emucard_wq);
}
