// SPDX-License-Identifier: GPL-2.0-only
/*
 * How much memory the requests of one card may hold at a time: pinned pages, their lists and
 * mappings. Without a bound, one user could pin all memory of the machine by queueing
 * requests. Callers are served in the order in which they came, so that many small requests
 * do not keep a large one waiting for ever.
 */
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/sizes.h>

#include "emucard_core.h"

#define EMUCARD_BUDGET_MAX	SZ_128M
#define EMUCARD_BUDGET_BOUNCED	SZ_16M	/* of the 64 MiB that bounce buffers have by default */
#define EMUCARD_BUDGET_MIN	SZ_4M

static unsigned int max_inflight_mib;
module_param(max_inflight_mib, uint, 0444);
MODULE_PARM_DESC(max_inflight_mib,
		 "MiB of memory that the requests of one card may hold (default 0: an eighth of the memory, 128 at most)");

struct emucard_budget_waiter {
	struct list_head node;
	size_t bytes;
	bool granted;
};

void emucard_budget_init(struct emucard_budget *budget, struct device *dma_dev)
{
	spin_lock_init(&budget->lock);
	INIT_LIST_HEAD(&budget->waiters);
	init_waitqueue_head(&budget->wait);
	if (max_inflight_mib)
		budget->max = (size_t)max_inflight_mib * SZ_1M;
	else
		budget->max = min_t(u64, (u64)totalram_pages() * PAGE_SIZE / 8,
				    EMUCARD_BUDGET_MAX);
	/* Where memory must go through bounce buffers, others need them, too. */
	if (dma_max_mapping_size(dma_dev) != SIZE_MAX)
		budget->max = min_t(size_t, budget->max, EMUCARD_BUDGET_BOUNCED);
	budget->max = max_t(size_t, budget->max, EMUCARD_BUDGET_MIN);
}

/* What a request may hold: memory, parts of pages at both ends, and what describes them */
size_t emucard_budget_cost(size_t bytes, size_t xfers)
{
	return bytes + xfers * 2 * PAGE_SIZE;
}

/* Give what there is to waiting callers, first come, first served. */
static void emucard_budget_grant(struct emucard_budget *budget)
{
	struct emucard_budget_waiter *waiter;

	lockdep_assert_held(&budget->lock);
	while ((waiter = list_first_entry_or_null(&budget->waiters, struct emucard_budget_waiter,
						  node))) {
		if (budget->used + waiter->bytes > budget->max)
			break;
		budget->used += waiter->bytes;
		list_del(&waiter->node);
		WRITE_ONCE(waiter->granted, true);
	}
}

/*
 * @bytes is at most budget->max. 0, -ETIMEDOUT or -EINTR; with @wait->nowait -EAGAIN where
 * one would have to wait.
 *
 * Others may wait for what the caller gives back, and so the caller does not wait for anything
 * that has no bound meanwhile: a page fault can last as long as a user likes (FUSE, userfaultfd).
 */
int emucard_budget_take(struct emucard_budget *budget, size_t bytes,
			const struct emucard_wait *wait)
{
	struct emucard_budget_waiter waiter = { .bytes = bytes };
	unsigned long flags;
	int ret = 0;

	spin_lock_irqsave(&budget->lock, flags);
	if (list_empty(&budget->waiters) && budget->used + bytes <= budget->max) {
		budget->used += bytes;
		spin_unlock_irqrestore(&budget->lock, flags);
		return 0;
	}
	if (!wait->nowait)
		list_add_tail(&waiter.node, &budget->waiters);
	spin_unlock_irqrestore(&budget->lock, flags);
	if (wait->nowait)
		return -EAGAIN;

	ret = emucard_wait_event(budget->wait, READ_ONCE(waiter.granted), wait);
	spin_lock_irqsave(&budget->lock, flags);
	if (waiter.granted) {
		ret = 0;
	} else {
		list_del(&waiter.node);
		/* The next one may want less. */
		emucard_budget_grant(budget);
	}
	spin_unlock_irqrestore(&budget->lock, flags);
	if (ret)
		wake_up_all(&budget->wait);
	return ret;
}

void emucard_budget_give(struct emucard_budget *budget, size_t bytes)
{
	unsigned long flags;

	spin_lock_irqsave(&budget->lock, flags);
	budget->used -= bytes;
	emucard_budget_grant(budget);
	spin_unlock_irqrestore(&budget->lock, flags);
	if (wq_has_sleeper(&budget->wait))
		wake_up_all(&budget->wait);
}

/* Can the smallest request have its share without waiting? */
bool emucard_budget_available(struct emucard_budget *budget)
{
	unsigned long flags;
	bool available;

	spin_lock_irqsave(&budget->lock, flags);
	available = list_empty(&budget->waiters) &&
		budget->used + emucard_budget_cost(1, 1) <= budget->max;
	spin_unlock_irqrestore(&budget->lock, flags);
	return available;
}
