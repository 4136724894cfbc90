// SPDX-License-Identifier: GPL-2.0-only
/*
 * Software interrupts of a card: counted, and handed to every open file, which
 * may wait for them, poll for them or have an eventfd signalled.
 */
#include <linux/eventfd.h>
#include <linux/export.h>

#include "emucard_compat.h"
#include "emucard_core.h"
#include "emucard_trace.h"

/**
 * emucard_irq_event - a software interrupt has arrived
 * @card: the card
 * @causes: its causes, bits 0 to 15
 *
 * Context: any; the card driver calls it from its interrupt handler.
 */
void emucard_irq_event(struct emucard *card, u32 causes)
{
	struct emucard_file *efile;
	unsigned long flags;

	trace_emucard_interrupt(card, causes);
	atomic64_inc(&card->stats.interrupts);
	spin_lock_irqsave(&card->irq_lock, flags);
	WRITE_ONCE(card->irq_count, card->irq_count + 1);
	list_for_each_entry(efile, &card->files, node) {
		efile->causes |= causes;
		if (efile->eventfd)
			emucard_eventfd_signal(efile->eventfd);
	}
	spin_unlock_irqrestore(&card->irq_lock, flags);
	wake_up_all(&card->irq_wait);
}
EXPORT_SYMBOL_GPL(emucard_irq_event);

/* The card goes: wake all waiting callers, by whatever means they wait. */
void emucard_irq_disconnect(struct emucard *card)
{
	struct emucard_file *efile;

	spin_lock_irq(&card->irq_lock);
	list_for_each_entry(efile, &card->files, node)
		if (efile->eventfd)
			emucard_eventfd_signal(efile->eventfd);
	spin_unlock_irq(&card->irq_lock);
	wake_up_all(&card->irq_wait);
}

static u64 emucard_irq_count(struct emucard *card)
{
	u64 count;

	/* 64 bits are not read in one piece everywhere. */
	spin_lock_irq(&card->irq_lock);
	count = card->irq_count;
	spin_unlock_irq(&card->irq_lock);
	return count;
}

int emucard_irq_wait(struct emucard_file *efile, struct emucard_irq_wait *arg,
		     const struct emucard_wait *wait)
{
	struct emucard *card = efile->card;
	int ret = 0;

	if (!(arg->flags & EMUCARD_IRQ_NOWAIT))
		ret = emucard_wait_event(card->irq_wait,
					 emucard_irq_count(card) != arg->count ||
					 READ_ONCE(card->detached), wait);

	spin_lock_irq(&card->irq_lock);
	/* At the last moment, or together with the signal */
	if (card->irq_count != arg->count)
		ret = 0;
	arg->count = card->irq_count;
	/* A call that a signal ends may be made again, and is to find the same. */
	if (ret != -EINTR) {
		arg->causes = efile->causes;
		efile->irq_seen = card->irq_count;
		efile->causes = 0;
	}
	spin_unlock_irq(&card->irq_lock);

	return READ_ONCE(card->detached) ? -ENODEV : ret;
}

__poll_t emucard_poll(struct file *file, poll_table *wait)
{
	struct emucard_file *efile = file->private_data;
	struct emucard *card = efile->card;
	__poll_t events = 0;

	poll_wait(file, &card->irq_wait, wait);
	poll_wait(file, &card->budget.wait, wait);

	/* A caller that got -EAGAIN (IOCB_NOWAIT) waits for this: it must come. */
	if (emucard_budget_available(&card->budget))
		events |= EPOLLIN | EPOLLRDNORM | EPOLLOUT | EPOLLWRNORM;
	spin_lock_irq(&card->irq_lock);
	if (efile->irq_seen != card->irq_count)
		events |= EPOLLPRI;
	spin_unlock_irq(&card->irq_lock);
	if (READ_ONCE(card->detached))
		events |= EPOLLERR | EPOLLHUP;
	return events;
}

int emucard_irq_eventfd(struct emucard_file *efile, int fd)
{
	struct eventfd_ctx *ctx = NULL;

	if (fd >= 0) {
		ctx = eventfd_ctx_fdget(fd);
		if (IS_ERR(ctx))
			return PTR_ERR(ctx);
	} else if (fd != -1) {
		return -EBADF;
	}

	spin_lock_irq(&efile->card->irq_lock);
	swap(efile->eventfd, ctx);
	spin_unlock_irq(&efile->card->irq_lock);

	if (ctx)
		eventfd_ctx_put(ctx);
	return 0;
}

/* The file is closed and no longer in the card's list. */
void emucard_irq_release(struct emucard_file *efile)
{
	if (efile->eventfd)
		eventfd_ctx_put(efile->eventfd);
}
