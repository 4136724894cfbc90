// SPDX-License-Identifier: GPL-2.0-only
/*
 * The requests of <linux/emucard.h>: what a caller may ask for, and exact errors.
 *
 * The argument is copied in before the card is entered, and back after it has been left:
 * user memory may take as long as it likes to answer, and must not hold up an unbind.
 */
#include <linux/capability.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "emucard_core.h"

struct emucard *emucard_of(struct emucard_file *efile)
{
	return efile->card;
}
EXPORT_SYMBOL_GPL(emucard_of);

bool emucard_may_write(struct emucard_file *efile)
{
	return efile->file->f_mode & FMODE_WRITE;
}
EXPORT_SYMBOL_GPL(emucard_may_write);

/*
 * Every argument begins with argsz. Copy in as much of it as both sides know;
 * what the caller does not know reads as 0. Not copy_struct_from_user(): it
 * refuses a newer caller whose further fields are not 0, also those that no flag turns on.
 */
static int emucard_copy_in(const struct emucard_call *call, void *arg, void __user *user)
{
	u32 argsz;

	if (get_user(argsz, (u32 __user *)user))
		return -EFAULT;
	if (argsz < call->min)
		return -EINVAL;
	memset(arg, 0, call->size);
	if (copy_from_user(arg, user, min_t(size_t, argsz, call->size)))
		return -EFAULT;
	/* Another thread may have changed it between the two reads. */
	*(u32 *)arg = argsz;
	return 0;
}

/* Answer as much as the caller knows. A fault while answering does not hide another error. */
static int emucard_copy_out(const struct emucard_call *call, void __user *user, const void *arg,
			    size_t argsz, int ret)
{
	if (call->answer == EMUCARD_ANSWER_NEVER || (ret && call->answer == EMUCARD_ANSWER_OK))
		return ret;
	if (copy_to_user(user, arg, min(argsz, call->size)) && !ret)
		return -EFAULT;
	return ret;
}

/**
 * emucard_deadline - a caller's timeout as a deadline
 * @timeout_ms: 0: the usual time
 * @wait: its deadline is set
 *
 * Return: 0 or -EINVAL.
 */
int emucard_deadline(u32 timeout_ms, struct emucard_wait *wait)
{
	if (timeout_ms > EMUCARD_TIMEOUT_MAX_MS)
		return -EINVAL;
	wait->deadline = jiffies +
		msecs_to_jiffies(timeout_ms ? timeout_ms : EMUCARD_TIMEOUT_DEFAULT_MS);
	return 0;
}
EXPORT_SYMBOL_GPL(emucard_deadline);

/**
 * emucard_timeout_left - what is left of a caller's timeout after a signal
 * @timeout_ms: what the caller had asked for
 * @wait: with the deadline that came of it
 *
 * Return: milliseconds, at least 1, as 0 stands for the usual time.
 */
u32 emucard_timeout_left(u32 timeout_ms, const struct emucard_wait *wait)
{
	u32 left = jiffies_to_msecs(emucard_time_left(wait));

	return clamp(left, 1U, timeout_ms ? timeout_ms : EMUCARD_TIMEOUT_DEFAULT_MS);
}
EXPORT_SYMBOL_GPL(emucard_timeout_left);

static int emucard_call_info(struct emucard_file *efile, void *arg)
{
	struct emucard_info *info = arg;

	if (info->flags)
		return -EINVAL;
	*info = efile->card->info;
	info->argsz = sizeof(*info);
	return 0;
}

static int emucard_call_reg(struct emucard_file *efile, void *arg)
{
	struct emucard *card = efile->card;
	struct emucard_reg *reg = arg;

	if (reg->flags & ~EMUCARD_REG_WRITE)
		return -EINVAL;
	if (!(card->info.caps & EMUCARD_CAP_REGS))
		return -EOPNOTSUPP;
	if (!is_power_of_2(reg->width) || !(reg->width & card->info.reg_widths) ||
	    reg->offset & (reg->width - 1))
		return -EINVAL;
	if (reg->offset >= card->info.regs_size ||
	    reg->width > card->info.regs_size - reg->offset)
		return -ERANGE;

	if (reg->flags & EMUCARD_REG_WRITE) {
		if (!(efile->file->f_mode & FMODE_WRITE))
			return -EBADF;
		if (reg->width < 8 && reg->value >> (8 * reg->width))
			return -EINVAL;
		return card->ops->reg_write(card, reg->offset, reg->width, reg->value);
	}
	if (!(efile->file->f_mode & FMODE_READ))
		return -EBADF;
	return card->ops->reg_read(card, reg->offset, reg->width, &reg->value);
}

static int emucard_dma_memory(struct emucard *card, struct emucard_dma *dma,
			      enum dma_data_direction dir, const struct emucard_wait *wait)
{
	void __user *addr = u64_to_user_ptr(dma->addr);
	struct iov_iter iter;

	if (dma->addr != (unsigned long)dma->addr || !access_ok(addr, dma->len))
		return -EFAULT;
	iov_iter_ubuf(&iter, dir == DMA_TO_DEVICE ? WRITE : READ, addr, dma->len);
	return emucard_transfer(card, &iter, dma->offset, dir, wait, &dma->done);
}

static int emucard_dma_buffer(struct emucard_file *efile, struct emucard_dma *dma,
			      enum dma_data_direction dir, const struct emucard_wait *wait)
{
	struct emucard_buffer *buffer;
	int ret = -ERANGE;

	if (!(efile->card->info.caps & EMUCARD_CAP_BUF))
		return -EOPNOTSUPP;
	buffer = emucard_buffer_get(efile, dma->buf);
	if (!buffer)
		return -ENOENT;
	if (dma->addr < buffer->len && dma->len <= buffer->len - dma->addr)
		ret = emucard_transfer_buffer(efile->card, buffer, dma->addr, dma->len,
					      dma->offset, dir, wait, &dma->done);
	emucard_buffer_put(buffer);
	return ret;
}

/* Moves user memory, and so is not carried out while the card is entered. */
static int emucard_call_dma(struct emucard_file *efile, void *arg)
{
	struct emucard *card = efile->card;
	struct emucard_wait wait = { .interruptible = true };
	struct emucard_dma *dma = arg;
	u32 direction = dma->flags & ~EMUCARD_DMA_BUF;
	bool to_card = direction == EMUCARD_DMA_TO_CARD;
	enum dma_data_direction dir = to_card ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
	int ret;

	if (!to_card && direction != EMUCARD_DMA_FROM_CARD)
		return -EINVAL;
	if (dma->buf && !(dma->flags & EMUCARD_DMA_BUF))
		return -EINVAL;
	if (!dma->len || dma->len > EMUCARD_DMA_LEN_MAX)
		return -EINVAL;
	ret = emucard_deadline(dma->timeout_ms, &wait);
	if (ret)
		return ret;
	if (!(card->info.caps & EMUCARD_CAP_DMA))
		return -EOPNOTSUPP;
	if (!(efile->file->f_mode & (to_card ? FMODE_WRITE : FMODE_READ)))
		return -EBADF;
	if (dma->offset >= card->info.dma_size || dma->len > card->info.dma_size - dma->offset)
		return -ERANGE;

	if (dma->flags & EMUCARD_DMA_BUF)
		ret = emucard_dma_buffer(efile, dma, dir, &wait);
	else
		ret = emucard_dma_memory(card, dma, dir, &wait);
	if (ret == -EINTR)
		dma->timeout_ms = emucard_timeout_left(dma->timeout_ms, &wait);
	return ret;
}

/* Pins user memory. */
static int emucard_call_buf_register(struct emucard_file *efile, void *arg)
{
	struct emucard_buf_register *reg = arg;

	if (reg->flags || reg->pad || !reg->len || reg->len > EMUCARD_DMA_LEN_MAX)
		return -EINVAL;
	if (!(efile->card->info.caps & EMUCARD_CAP_BUF))
		return -EOPNOTSUPP;
	if (reg->addr != (unsigned long)reg->addr ||
	    !access_ok(u64_to_user_ptr(reg->addr), reg->len))
		return -EFAULT;
	return emucard_buffer_register(efile, reg);
}

/* Without its number the caller could not give the buffer back. */
static void emucard_undo_buf_register(struct emucard_file *efile, const void *arg)
{
	const struct emucard_buf_register *reg = arg;

	emucard_buffer_unregister(efile, reg->buf);
}

static int emucard_call_buf_unregister(struct emucard_file *efile, void *arg)
{
	struct emucard_buf_unregister *unreg = arg;

	if (unreg->flags || unreg->pad)
		return -EINVAL;
	if (!(efile->card->info.caps & EMUCARD_CAP_BUF))
		return -EOPNOTSUPP;
	return emucard_buffer_unregister(efile, unreg->buf);
}

static int emucard_call_dmabuf_export(struct emucard_file *efile, void *arg)
{
	struct emucard *card = efile->card;
	struct emucard_dmabuf_export *export = arg;

	if (export->flags || export->pad || !export->len ||
	    !PAGE_ALIGNED(export->offset | export->len))
		return -EINVAL;
	if (!(card->info.caps & EMUCARD_CAP_DMABUF))
		return -EOPNOTSUPP;
	/* Of what devices do with it nothing is known. */
	if (!(efile->file->f_mode & FMODE_READ) || !(efile->file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (export->offset >= card->info.mmap_size ||
	    export->len > card->info.mmap_size - export->offset)
		return -ERANGE;
	return emucard_dmabuf_export(efile, export->offset, export->len);
}

static int emucard_call_irq_raise(struct emucard_file *efile, void *arg)
{
	struct emucard *card = efile->card;
	struct emucard_irq_raise *raise = arg;

	if (raise->flags || raise->pad || !raise->causes || raise->causes & ~EMUCARD_IRQ_CAUSES)
		return -EINVAL;
	if (!(card->info.caps & EMUCARD_CAP_IRQ))
		return -EOPNOTSUPP;
	if (!(efile->file->f_mode & FMODE_WRITE))
		return -EBADF;
	return card->ops->irq_raise(card, raise->causes);
}

static int emucard_call_irq_wait(struct emucard_file *efile, void *arg)
{
	struct emucard_wait wait = { .interruptible = true };
	struct emucard_irq_wait *irq = arg;
	int ret;

	if (irq->flags & ~EMUCARD_IRQ_NOWAIT)
		return -EINVAL;
	ret = emucard_deadline(irq->timeout_ms, &wait);
	if (ret)
		return ret;
	if (!(efile->card->info.caps & EMUCARD_CAP_IRQ))
		return -EOPNOTSUPP;
	ret = emucard_irq_wait(efile, irq, &wait);
	if (ret == -EINTR)
		irq->timeout_ms = emucard_timeout_left(irq->timeout_ms, &wait);
	return ret;
}

static int emucard_call_irq_eventfd(struct emucard_file *efile, void *arg)
{
	struct emucard_irq_eventfd *event = arg;

	if (event->flags || event->pad)
		return -EINVAL;
	if (!(efile->card->info.caps & EMUCARD_CAP_IRQ))
		return -EOPNOTSUPP;
	return emucard_irq_eventfd(efile, event->fd);
}

static int emucard_call_reset(struct emucard_file *efile, void *arg)
{
	struct emucard *card = efile->card;
	struct emucard_reset *reset = arg;

	if (reset->flags)
		return -EINVAL;
	if (!(card->info.caps & EMUCARD_CAP_RESET))
		return -EOPNOTSUPP;
	if (!(efile->file->f_mode & FMODE_WRITE))
		return -EBADF;
	return card->ops->reset(card);
}

static const struct emucard_call emucard_calls[] = {
	EMUCARD_CALL(EMUCARD_GET_INFO, offsetofend(struct emucard_info, driver),
		     sizeof(struct emucard_info), OK, emucard_call_info),
	EMUCARD_CALL(EMUCARD_REG, offsetofend(struct emucard_reg, value),
		     sizeof(struct emucard_reg), OK, emucard_call_reg),
	EMUCARD_CALL(EMUCARD_DMA, offsetofend(struct emucard_dma, done),
		     sizeof(struct emucard_dma), OUTSIDE, emucard_call_dma),
	EMUCARD_CALL(EMUCARD_IRQ_RAISE, offsetofend(struct emucard_irq_raise, pad),
		     sizeof(struct emucard_irq_raise), NEVER, emucard_call_irq_raise),
	EMUCARD_CALL(EMUCARD_IRQ_WAIT, offsetofend(struct emucard_irq_wait, causes),
		     sizeof(struct emucard_irq_wait), ALWAYS, emucard_call_irq_wait),
	EMUCARD_CALL(EMUCARD_IRQ_EVENTFD, offsetofend(struct emucard_irq_eventfd, pad),
		     sizeof(struct emucard_irq_eventfd), NEVER, emucard_call_irq_eventfd),
	EMUCARD_CALL_UNDO(EMUCARD_BUF_REGISTER, offsetofend(struct emucard_buf_register, pad),
			  sizeof(struct emucard_buf_register), OUTSIDE, emucard_call_buf_register,
			  emucard_undo_buf_register),
	EMUCARD_CALL(EMUCARD_BUF_UNREGISTER, offsetofend(struct emucard_buf_unregister, pad),
		     sizeof(struct emucard_buf_unregister), NEVER, emucard_call_buf_unregister),
	EMUCARD_CALL(EMUCARD_DMABUF_EXPORT, offsetofend(struct emucard_dmabuf_export, pad),
		     sizeof(struct emucard_dmabuf_export), NEVER, emucard_call_dmabuf_export),
	EMUCARD_CALL(EMUCARD_RESET, offsetofend(struct emucard_reset, flags),
		     sizeof(struct emucard_reset), NEVER, emucard_call_reset),
};

static int emucard_call_unsupported(struct emucard_file *efile, void *arg)
{
	const u32 *head = arg;

	return head[1] ? -EINVAL : -EOPNOTSUPP;
}

/* Requests that only some kinds of cards have: what there is to say for the others */
static const struct emucard_call emucard_other_calls[] = {
	EMUCARD_CALL(EMUCARD_FACT, offsetofend(struct emucard_fact, pad),
		     sizeof(struct emucard_fact), NEVER, emucard_call_unsupported),
};

static bool emucard_find_in(const struct emucard_call *calls, unsigned int nr, unsigned int cmd,
			    struct emucard_call *call)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (calls[i].cmd == cmd) {
			*call = calls[i];
			return true;
		}
	}
	return false;
}

/* A copy: the card driver's own are in its module, which may go once the card is left. */
static int emucard_find_call(struct emucard *card, unsigned int cmd, struct emucard_call *call)
{
	bool found;

	if (emucard_find_in(emucard_calls, ARRAY_SIZE(emucard_calls), cmd, call))
		return 0;
	if (!emucard_enter(card))
		return -ENODEV;
	found = emucard_find_in(card->ops->calls, card->ops->nr_calls, cmd, call);
	emucard_exit(card);
	if (!found)
		found = emucard_find_in(emucard_other_calls, ARRAY_SIZE(emucard_other_calls), cmd,
					call);
	return found ? 0 : -ENOTTY;
}

static int emucard_call(struct emucard_file *efile, const struct emucard_call *call, void *arg)
{
	int ret;

	if (call->answer == EMUCARD_ANSWER_OUTSIDE)
		return call->fn(efile, arg);
	if (!emucard_enter(efile->card))
		return -ENODEV;
	ret = call->fn(efile, arg);
	emucard_exit(efile->card);
	return ret;
}

/*
 * The error of a call that may be made again from its start. If a signal has ended it, the
 * kernel does that unless a handler of the caller's has run. There need not be a signal:
 * callers are also woken to be frozen, before a suspend.
 */
static int emucard_restart_errno(int ret)
{
	return ret == -EINTR && signal_pending(current) ? -ERESTARTNOHAND : ret;
}

long emucard_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct emucard_file *efile = file->private_data;
	void __user *user = (void __user *)arg;
	u64 copy[EMUCARD_CALL_MAX / sizeof(u64)];
	struct emucard_call call;
	int done, ret;
	u32 argsz;

	ret = emucard_find_call(efile->card, cmd, &call);
	if (ret)
		return ret;
	if (WARN_ON_ONCE(call.size > sizeof(copy)))
		return -EINVAL;
	ret = emucard_copy_in(&call, copy, user);
	if (ret)
		return ret;
	argsz = *(u32 *)copy;
	done = emucard_call(efile, &call, copy);
	ret = emucard_copy_out(&call, user, copy, argsz, emucard_restart_errno(done));
	if (!done && ret && call.undo)
		call.undo(efile, copy);
	return ret;
}
