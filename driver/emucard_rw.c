// SPDX-License-Identifier: GPL-2.0-only
/*
 * read(), write() and EMUCARD_DMA: by requests to the card's engine, or, where a card has no
 * engine that reaches user memory (emucard_ops.copy), through a buffer of the kernel's.
 */
#include <linux/fs.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "emucard_compat.h"
#include "emucard_core.h"
#include "emucard_trace.h"

void emucard_count(struct emucard *card, enum dma_data_direction dir, u64 moved, int error)
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

static ssize_t emucard_copy_entered(struct emucard *card, void *buf, u64 offset, size_t len,
				    enum dma_data_direction dir, const struct emucard_wait *wait)
{
	ssize_t moved;

	if (!emucard_enter(card))
		return -ENODEV;
	moved = card->ops->copy(card, buf, offset, len, dir, wait);
	emucard_exit(card);
	return moved;
}

/* Move what the card takes of @iter at once. Bytes moved are added to @done. */
static int emucard_copy_and_wait(struct emucard *card, struct iov_iter *iter, u64 offset,
				 enum dma_data_direction dir, const struct emucard_wait *wait,
				 u64 *done)
{
	size_t len = min_t(size_t, iov_iter_count(iter), card->copy_max);
	ssize_t moved = -EFAULT;
	void *buf;

	buf = kmalloc(len, GFP_KERNEL_ACCOUNT);
	if (!buf)
		return -ENOMEM;
	if (dir == DMA_FROM_DEVICE || copy_from_iter(buf, len, iter) == len)
		moved = emucard_copy_entered(card, buf, offset, len, dir, wait);
	if (moved > 0 && dir == DMA_FROM_DEVICE && copy_to_iter(buf, moved, iter) != moved)
		moved = -EFAULT;
	kfree(buf);
	trace_emucard_copy(card, offset, len, dir == DMA_TO_DEVICE, moved);
	emucard_count(card, dir, max_t(ssize_t, moved, 0), min_t(ssize_t, moved, 0));
	if (moved < 0)
		return moved;
	*done += moved;
	return 0;
}

/**
 * emucard_transfer - move all of @iter, and wait for it
 * @card: the card, not entered
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
		if (card->has_engine)
			ret = emucard_submit_and_wait(card, iter, offset + *done, dir,
						      wait ? wait : &usual, done);
		else
			ret = emucard_copy_and_wait(card, iter, offset + *done, dir,
						    wait ? wait : &usual, done);
	}
	return ret;
}

/**
 * emucard_transfer_buffer - move a piece of a registered buffer, and wait for it
 * @card: the card, not entered
 * @buffer: the buffer, held
 * @at: where the piece begins in the buffer, in range together with @len [bytes]
 * @len: [bytes]
 * @offset: in card memory, in range together with @len [bytes]
 * @dir: DMA_TO_DEVICE or DMA_FROM_DEVICE
 * @wait: how long to wait
 * @done: set to the bytes that have been moved, also on error
 *
 * Return: 0 or an error; then the card no longer touches the memory.
 */
int emucard_transfer_buffer(struct emucard *card, struct emucard_buffer *buffer, u64 at, u64 len,
			    u64 offset, enum dma_data_direction dir,
			    const struct emucard_wait *wait, u64 *done)
{
	int ret = 0;

	*done = 0;
	while (*done < len && !ret)
		ret = emucard_submit_buffer(card, buffer, at + *done, len - *done,
					    offset + *done, dir, wait, done);
	return ret;
}

static ssize_t emucard_rw(struct kiocb *iocb, struct iov_iter *iter, enum dma_data_direction dir)
{
	struct emucard_file *efile = iocb->ki_filp->private_data;
	struct emucard *card = efile->card;
	u64 size = card->info.dma_size;
	bool nowait = iocb->ki_flags & IOCB_NOWAIT, sync = is_sync_kiocb(iocb);
	ssize_t ret = -EAGAIN;
	u64 moved;

	if (!iov_iter_count(iter))
		return 0;
	if (!user_backed_iter(iter) && !iov_iter_is_bvec(iter))
		return -EINVAL;
	if (iocb->ki_pos >= size)
		return dir == DMA_FROM_DEVICE ? 0 : -ENOSPC;
	iov_iter_truncate(iter, size - iocb->ki_pos);

	if (card->has_engine && !sync)
		ret = emucard_submit_async(card, iocb, iter, dir);
	/*
	 * Where waiting is allowed, it can be done in pieces. A synchronous caller always waits
	 * for the card, as O_DIRECT does for a disk: RWF_NOWAIT is about what others hold.
	 */
	if (ret == -EAGAIN && (sync || !nowait)) {
		const struct emucard_wait wait = {
			.deadline = jiffies + msecs_to_jiffies(EMUCARD_TIMEOUT_DEFAULT_MS),
			.nowait = true,
		};

		ret = emucard_transfer(card, iter, iocb->ki_pos, dir,
				       nowait ? &wait : NULL, &moved);
		iocb->ki_pos += moved;
		if (moved)
			ret = moved;
	}
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
