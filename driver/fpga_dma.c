// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA engine of the fpga card.
 *
 * Transfers wait in a queue of any length, of which the ring holds the front. One
 * transfer takes one descriptor, with a table of segments where its host memory
 * is scattered. The card's write to a descriptor's status says that it has
 * finished; interrupts only say when to look. What is small the card does while the
 * doorbell is being rung: whoever rings it looks afterwards, and so the card need not
 * interrupt for that (FPGA_DMA_CONTROL_POLLED).
 *
 * The engine cannot drop a descriptor. To take transfers back (time is up, a
 * signal, the card goes), it is stopped: once FPGA_DMA_STATUS_RUNNING reads 0 it
 * touches no host memory, whatever was in the ring. The transfers that nobody
 * takes back go to the front of the queue and are done again from the start,
 * which is harmless because moving bytes twice changes nothing.
 */
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "emucard_driver.h"
#include "fpga_dma.h"
#include "fpga_regs.h"

/* Longer than a request, so that a full ring holds the end of one, which interrupts. */
#define FPGA_DMA_SLOTS		256
static_assert(FPGA_DMA_SLOTS >= 2 * EMUCARD_REQUEST_XFERS);
static_assert(FPGA_DMA_SLOTS <= FPGA_DMA_RING_MAX);

#define FPGA_DMA_TABLE_BYTES	(EMUCARD_XFER_PAGES * sizeof(struct fpga_seg))
static_assert(FPGA_DMA_TABLE_BYTES <= PAGE_SIZE);
/* Tables that are kept for the next transfers; the pool zeroes what it gives out. */
#define FPGA_DMA_SPARES		32

/*
 * How often the engine is looked at while it is busy: requests that nobody waits for
 * have a deadline, and an interrupt that was lost costs this much time.
 */
#define FPGA_DMA_WATCH		(HZ / 2)

/* Bound for the engine to stop: it may have to finish the segment in hand. */
#define FPGA_DMA_STOP_USEC	(1000 * USEC_PER_MSEC)
#define FPGA_DMA_STOP_POLL_USEC	20

/* In this order: fpga_dma_sweep() never raises an engine that it has not stopped itself. */
enum fpga_dma_state {
	FPGA_DMA_OFF,		/* transfers are refused with fpga_dma.error */
	FPGA_DMA_PAUSED,	/* transfers are queued */
	FPGA_DMA_ON,
};

struct fpga_dma_table {
	struct fpga_seg *seg;
	dma_addr_t dma;
};

/**
 * struct fpga_dma - the engine
 * @pdev: the card
 * @regs: BAR 0
 * @ops: of the engine's user
 * @data: for @ops
 * @control: FPGA_DMA_CONTROL_* of an engine that runs
 * @state: what happens to a transfer
 * @error: why it is off
 * @paused_at: since when it is not on, in jiffies
 * @ring: descriptors
 * @ring_dma: bus address of @ring
 * @slot: transfer of each descriptor
 * @head: oldest descriptor in the ring, not wrapped
 * @tail: next free descriptor, not wrapped
 * @queue: transfers that are not in the ring yet
 * @spares: tables of segments that are not in use
 * @nr_spares: how many of them there are
 * @tables: where others come from
 * @watch: looks at the engine while it is busy
 * @recover: restarts the engine after it has halted
 */
struct fpga_dma {
	struct pci_dev *pdev;
	void __iomem *regs;
	const struct fpga_dma_ops *ops;
	void *data;
	u32 control;
	/** @stop_mutex: held while the engine is being stopped or started; @lock nests in it */
	struct mutex stop_mutex;
	/**
	 * @lock: protects all that follows but @tables and the work; @state changes with both.
	 * Never held while the doorbell is rung, nor while transfers end.
	 */
	spinlock_t lock;
	enum fpga_dma_state state;
	int error;
	unsigned long paused_at;
	struct fpga_desc *ring;
	dma_addr_t ring_dma;
	struct emucard_xfer *slot[FPGA_DMA_SLOTS];
	unsigned int head;
	unsigned int tail;
	struct list_head queue;
	struct fpga_dma_table spares[FPGA_DMA_SPARES];
	unsigned int nr_spares;
	struct dma_pool *tables;
	struct delayed_work watch;
	struct work_struct recover;
};

static struct fpga_desc *fpga_dma_desc(struct fpga_dma *dma, unsigned int n)
{
	return &dma->ring[n % FPGA_DMA_SLOTS];
}

static void fpga_dma_fill(struct fpga_desc *desc, const struct emucard_xfer *xfer)
{
	u16 flags = xfer->last ? FPGA_DESC_F_IRQ : 0;
	u16 nseg = 0;
	u64 addr;

	if (xfer->request->dir == DMA_FROM_DEVICE)
		flags |= FPGA_DESC_F_TO_HOST;
	if (xfer->driver.table) {
		flags |= FPGA_DESC_F_SG;
		nseg = xfer->sgt.nents;
		addr = xfer->driver.table_dma;
	} else {
		addr = sg_dma_address(xfer->sgt.sgl);
	}

	desc->addr = cpu_to_le64(addr);
	desc->card = cpu_to_le64(xfer->offset);
	desc->len = cpu_to_le32(xfer->len);
	desc->flags = cpu_to_le16(flags);
	desc->nseg = cpu_to_le16(nseg);
	desc->done = 0;
	/* The card may look at any time: hand over what is complete. */
	dma_wmb();
	WRITE_ONCE(desc->status, cpu_to_le32(FPGA_DESC_S_OWN));
}

/* Move transfers from the queue into the ring; true: the doorbell must be rung. */
static bool fpga_dma_feed(struct fpga_dma *dma)
{
	struct emucard_xfer *xfer;
	unsigned int tail = dma->tail;

	lockdep_assert_held(&dma->lock);
	if (dma->state != FPGA_DMA_ON)
		return false;
	while (dma->tail - dma->head < FPGA_DMA_SLOTS) {
		xfer = list_first_entry_or_null(&dma->queue, struct emucard_xfer, node);
		if (!xfer)
			break;
		list_del(&xfer->node);
		xfer->driver.in_ring = true;
		dma->slot[dma->tail % FPGA_DMA_SLOTS] = xfer;
		fpga_dma_fill(fpga_dma_desc(dma, dma->tail), xfer);
		dma->tail++;
	}
	return dma->tail != tail;
}

/*
 * Without the lock: the card may execute descriptors right here. If the engine was
 * stopped or restarted in between, the bell is rung once too often, or for nothing.
 */
static void fpga_dma_ring_doorbell(struct fpga_dma *dma)
{
	iowrite32(1, dma->regs + FPGA_DMA_DOORBELL);
}

static int fpga_dma_error(struct fpga_dma *dma, const struct emucard_xfer *xfer, u32 status)
{
	static const char * const codes[] = {
		[FPGA_DESC_E_INVALID] = "invalid descriptor",
		[FPGA_DESC_E_RANGE] = "outside card RAM",
		[FPGA_DESC_E_HOST] = "host memory did not answer",
		[FPGA_DESC_E_SEGMENT] = "bad table of segments",
	};
	u32 code = status & FPGA_DESC_S_CODE;

	if (code == FPGA_DESC_OK)
		return 0;
	dev_err_ratelimited(&dma->pdev->dev, "DMA of %u bytes at 0x%llx failed: %s (code %u)\n",
			    xfer->len, xfer->offset,
			    code < ARRAY_SIZE(codes) ? codes[code] : "unknown", code);
	return -EIO;
}

/* Take what the card has finished out of the ring. */
static void fpga_dma_reap(struct fpga_dma *dma, struct list_head *ended)
{
	struct emucard_xfer *xfer;
	struct fpga_desc *desc;
	u32 status;

	lockdep_assert_held(&dma->lock);
	while (dma->head != dma->tail) {
		desc = fpga_dma_desc(dma, dma->head);
		status = le32_to_cpu(READ_ONCE(desc->status));
		if (status & FPGA_DESC_S_OWN || !(status & FPGA_DESC_S_DONE))
			break;
		/* The status is written last. */
		dma_rmb();
		xfer = dma->slot[dma->head % FPGA_DMA_SLOTS];
		xfer->error = fpga_dma_error(dma, xfer, status);
		xfer->moved = min(le32_to_cpu(desc->done), xfer->len);
		xfer->driver.in_ring = false;
		list_add_tail(&xfer->node, ended);
		dma->head++;
	}
}

static struct fpga_seg *fpga_dma_get_table(struct fpga_dma *dma, dma_addr_t *addr)
{
	struct fpga_dma_table table = { };

	spin_lock_irq(&dma->lock);
	if (dma->nr_spares)
		table = dma->spares[--dma->nr_spares];
	spin_unlock_irq(&dma->lock);
	if (!table.seg)
		return dma_pool_alloc(dma->tables, GFP_KERNEL, addr);
	*addr = table.dma;
	return table.seg;
}

static void fpga_dma_put_table(struct fpga_dma *dma, const struct emucard_xfer *xfer)
{
	const struct fpga_dma_table table = { xfer->driver.table, xfer->driver.table_dma };
	unsigned long flags;
	bool kept;

	if (!table.seg)
		return;
	spin_lock_irqsave(&dma->lock, flags);
	kept = dma->nr_spares < FPGA_DMA_SPARES;
	if (kept)
		dma->spares[dma->nr_spares++] = table;
	spin_unlock_irqrestore(&dma->lock, flags);
	if (!kept)
		dma_pool_free(dma->tables, table.seg, table.dma);
}

static void fpga_dma_end(struct fpga_dma *dma, struct list_head *ended)
{
	struct emucard_xfer *xfer, *next;

	list_for_each_entry_safe(xfer, next, ended, node) {
		fpga_dma_put_table(dma, xfer);
		/* The request may be gone after this. */
		emucard_xfer_done(xfer);
	}
}

/*
 * Look what the card has finished, and keep the ring filled; with @bell, the doorbell
 * is to be rung first. True: the card has something left to do.
 */
static bool fpga_dma_look(struct fpga_dma *dma, bool bell)
{
	unsigned long flags;
	bool busy;

	do {
		LIST_HEAD(ended);

		if (bell)
			fpga_dma_ring_doorbell(dma);
		spin_lock_irqsave(&dma->lock, flags);
		fpga_dma_reap(dma, &ended);
		bell = fpga_dma_feed(dma);
		busy = dma->head != dma->tail || !list_empty(&dma->queue);
		spin_unlock_irqrestore(&dma->lock, flags);
		fpga_dma_end(dma, &ended);
	} while (bell);
	return busy;
}

/**
 * fpga_dma_irq_done - look what the card has finished
 * @dma: the engine
 *
 * Context: any.
 */
void fpga_dma_irq_done(struct fpga_dma *dma)
{
	fpga_dma_look(dma, false);
}
EXPORT_SYMBOL_GPL(fpga_dma_irq_done);

static int fpga_dma_make_table(struct fpga_dma *dma, struct emucard_xfer *xfer)
{
	struct fpga_seg *seg;
	struct scatterlist *sg;
	int i;

	xfer->driver.table = NULL;
	if (xfer->sgt.nents == 1)
		return 0;
	seg = fpga_dma_get_table(dma, &xfer->driver.table_dma);
	if (!seg)
		return -ENOMEM;
	xfer->driver.table = seg;
	for_each_sgtable_dma_sg(&xfer->sgt, sg, i) {
		seg->addr = cpu_to_le64(sg_dma_address(sg));
		seg->len = cpu_to_le32(sg_dma_len(sg));
		seg->zero = 0;
		seg++;
	}
	return 0;
}

static void fpga_dma_free_tables(struct fpga_dma *dma, struct emucard_request *request)
{
	unsigned int i;

	for (i = 0; i < request->nr; i++)
		fpga_dma_put_table(dma, &request->xfer[i]);
}

/**
 * fpga_dma_submit - start a request
 * @dma: the engine
 * @request: its transfers; each of them ends in emucard_xfer_done()
 *
 * Return: 0, or an error and the request is not started.
 */
int fpga_dma_submit(struct fpga_dma *dma, struct emucard_request *request)
{
	unsigned int i;
	bool fed;
	int ret;

	for (i = 0; i < request->nr; i++) {
		ret = fpga_dma_make_table(dma, &request->xfer[i]);
		if (ret)
			goto free;
	}

	spin_lock_irq(&dma->lock);
	if (dma->state == FPGA_DMA_OFF) {
		ret = dma->error;
		spin_unlock_irq(&dma->lock);
		goto free;
	}
	for (i = 0; i < request->nr; i++)
		list_add_tail(&request->xfer[i].node, &dma->queue);
	fed = fpga_dma_feed(dma);
	spin_unlock_irq(&dma->lock);

	if (fpga_dma_look(dma, fed))
		schedule_delayed_work(&dma->watch, FPGA_DMA_WATCH);
	return 0;

free:
	fpga_dma_free_tables(dma, request);
	return ret;
}
EXPORT_SYMBOL_GPL(fpga_dma_submit);

static int fpga_dma_poll_stopped(struct fpga_dma *dma)
{
	u32 status;
	int ret;

	iowrite32(0, dma->regs + FPGA_DMA_CONTROL);
	ret = read_poll_timeout(ioread32, status,
				PCI_POSSIBLE_ERROR(status) || !(status & FPGA_DMA_STATUS_RUNNING),
				FPGA_DMA_STOP_POLL_USEC, FPGA_DMA_STOP_USEC, false,
				dma->regs + FPGA_DMA_STATUS);
	return PCI_POSSIBLE_ERROR(status) ? -ENODEV : ret;
}

/*
 * On return the card touches no host memory, by one means or another: 0, or why it
 * cannot be used any more.
 */
static int fpga_dma_quiesce(struct fpga_dma *dma)
{
	int ret;

	ret = fpga_dma_poll_stopped(dma);
	if (ret == -ETIMEDOUT) {
		dev_warn(&dma->pdev->dev, "DMA engine does not stop: resetting the card\n");
		dma->ops->reset(dma->data);
		ret = fpga_dma_poll_stopped(dma);
	}
	if (!ret)
		return 0;
	/* A function that is not a bus master cannot reach host memory. */
	pci_clear_master(dma->pdev);
	if (ret == -ENODEV) {
		dev_err_ratelimited(&dma->pdev->dev, "the card is gone: it reads all-ones\n");
		return ret;
	}
	dev_err(&dma->pdev->dev, "DMA engine does not stop even when reset: cut off from the bus\n");
	return -EIO;
}

/* Program the ring from its start, and run. The ring is empty. */
static int fpga_dma_run(struct fpga_dma *dma)
{
	u32 status;

	lockdep_assert_held(&dma->lock);
	memset(dma->ring, 0, FPGA_DMA_SLOTS * sizeof(*dma->ring));
	dma->head = 0;
	dma->tail = 0;
	iowrite32(lower_32_bits(dma->ring_dma), dma->regs + FPGA_DMA_RING_LO);
	iowrite32(upper_32_bits(dma->ring_dma), dma->regs + FPGA_DMA_RING_HI);
	iowrite32(FPGA_DMA_SLOTS, dma->regs + FPGA_DMA_RING_SIZE);
	iowrite32(dma->control, dma->regs + FPGA_DMA_CONTROL);
	status = ioread32(dma->regs + FPGA_DMA_STATUS);
	if (PCI_POSSIBLE_ERROR(status))
		return -ENODEV;
	return status & FPGA_DMA_STATUS_RUNNING ? 0 : -EIO;
}

/* All that is in the ring back to the front of the queue, in its order. */
static void fpga_dma_take_back(struct fpga_dma *dma)
{
	lockdep_assert_held(&dma->lock);
	while (dma->tail != dma->head) {
		dma->tail--;
		list_add(&dma->slot[dma->tail % FPGA_DMA_SLOTS]->node, &dma->queue);
	}
}

/* Which transfers to end, and how */
struct fpga_dma_victims {
	bool (*match)(const struct emucard_xfer *xfer, const void *arg);
	const void *arg;
	int error;
};

static bool fpga_dma_match_request(const struct emucard_xfer *xfer, const void *arg)
{
	return xfer->request == arg;
}

static bool fpga_dma_match_expired(const struct emucard_xfer *xfer, const void *arg)
{
	return xfer->request->iocb && time_after_eq(jiffies, xfer->request->deadline);
}

static bool fpga_dma_match_in_ring(const struct emucard_xfer *xfer, const void *arg)
{
	return xfer->driver.in_ring;
}

static bool fpga_dma_match_all(const struct emucard_xfer *xfer, const void *arg)
{
	return true;
}

static bool fpga_dma_any_in_ring(struct fpga_dma *dma, const struct fpga_dma_victims *victims)
{
	unsigned int i;

	lockdep_assert_held(&dma->lock);
	for (i = dma->head; i != dma->tail; i++)
		if (victims->match(dma->slot[i % FPGA_DMA_SLOTS], victims->arg))
			return true;
	return false;
}

/*
 * End the victims, stopping the engine for that if it has one of them, or @stop.
 * Afterwards the engine is in state @next, unless it already was in a lower one.
 */
static void fpga_dma_sweep_locked(struct fpga_dma *dma, const struct fpga_dma_victims *victims,
				  bool stop, enum fpga_dma_state next)
{
	struct emucard_xfer *xfer, *tmp;
	bool stopped = false, fed;
	LIST_HEAD(ended);
	int dead = 0;

	lockdep_assert_held(&dma->stop_mutex);
	spin_lock_irq(&dma->lock);
	fpga_dma_reap(dma, &ended);
	if (dma->state == FPGA_DMA_ON &&
	    (stop || next != FPGA_DMA_ON || fpga_dma_any_in_ring(dma, victims))) {
		stopped = true;
		dma->state = FPGA_DMA_PAUSED;
		dma->paused_at = jiffies;
		/* What is paused feeds nothing to the ring, so the lock need not be held. */
		spin_unlock_irq(&dma->lock);
		dead = fpga_dma_quiesce(dma);
		spin_lock_irq(&dma->lock);
		fpga_dma_reap(dma, &ended);
		fpga_dma_take_back(dma);
		if (!dead && next == FPGA_DMA_ON)
			dead = fpga_dma_run(dma);
	}
	list_for_each_entry_safe(xfer, tmp, &dma->queue, node) {
		if (dead || victims->match(xfer, victims->arg)) {
			xfer->error = dead ? dead : victims->error;
			xfer->moved = 0;
			list_move_tail(&xfer->node, &ended);
		}
		xfer->driver.in_ring = false;
	}
	if (dead) {
		dma->state = FPGA_DMA_OFF;
		dma->error = dead;
	} else if (stopped || next <= dma->state) {
		dma->state = next;
		dma->error = victims->error;
	}
	fed = fpga_dma_feed(dma);
	spin_unlock_irq(&dma->lock);
	fpga_dma_end(dma, &ended);
	if (fed)
		fpga_dma_look(dma, true);
}

static void fpga_dma_sweep(struct fpga_dma *dma, const struct fpga_dma_victims *victims,
			   bool stop, enum fpga_dma_state next)
{
	mutex_lock(&dma->stop_mutex);
	fpga_dma_sweep_locked(dma, victims, stop, next);
	mutex_unlock(&dma->stop_mutex);
}

/**
 * fpga_dma_cancel - end a request
 * @dma: the engine
 * @request: what to end; the others carry on
 * @error: what its transfers end with, if they have not ended yet
 */
void fpga_dma_cancel(struct fpga_dma *dma, struct emucard_request *request, int error)
{
	const struct fpga_dma_victims victims = {
		.match = fpga_dma_match_request, .arg = request, .error = error,
	};

	fpga_dma_sweep(dma, &victims, false, FPGA_DMA_ON);
}
EXPORT_SYMBOL_GPL(fpga_dma_cancel);

/**
 * fpga_dma_pause - stop; what is under way carries on after fpga_dma_start()
 * @dma: the engine
 */
void fpga_dma_pause(struct fpga_dma *dma)
{
	const struct fpga_dma_victims nobody = { .match = fpga_dma_match_request };

	fpga_dma_sweep(dma, &nobody, true, FPGA_DMA_PAUSED);
}
EXPORT_SYMBOL_GPL(fpga_dma_pause);

/**
 * fpga_dma_fail - stop; what is under way fails, what comes waits for fpga_dma_start()
 * @dma: the engine
 * @error: what transfers end with
 */
void fpga_dma_fail(struct fpga_dma *dma, int error)
{
	const struct fpga_dma_victims all = { .match = fpga_dma_match_all, .error = error };

	fpga_dma_sweep(dma, &all, true, FPGA_DMA_PAUSED);
}
EXPORT_SYMBOL_GPL(fpga_dma_fail);

/**
 * fpga_dma_stop - stop; what is under way and what comes fails
 * @dma: the engine
 * @error: what transfers end with
 */
void fpga_dma_stop(struct fpga_dma *dma, int error)
{
	const struct fpga_dma_victims all = { .match = fpga_dma_match_all, .error = error };

	fpga_dma_sweep(dma, &all, true, FPGA_DMA_OFF);
}
EXPORT_SYMBOL_GPL(fpga_dma_stop);

/* The time of a pause is nobody's: to suspend and resume a machine may take long. */
static void fpga_dma_make_up(struct fpga_dma *dma)
{
	struct emucard_xfer *xfer;

	lockdep_assert_held(&dma->lock);
	list_for_each_entry(xfer, &dma->queue, node)
		if (xfer->last)
			xfer->request->deadline += jiffies - dma->paused_at;
}

/**
 * fpga_dma_start - start, or start again
 * @dma: the engine
 *
 * Return: 0, or why the engine does not run.
 */
int fpga_dma_start(struct fpga_dma *dma)
{
	bool fed = false;
	int ret = 0;

	mutex_lock(&dma->stop_mutex);
	pci_set_master(dma->pdev);
	spin_lock_irq(&dma->lock);
	if (dma->state != FPGA_DMA_ON) {
		ret = fpga_dma_run(dma);
		if (ret) {
			dma->error = ret;
		} else {
			dma->state = FPGA_DMA_ON;
			fpga_dma_make_up(dma);
			fed = fpga_dma_feed(dma);
		}
	}
	spin_unlock_irq(&dma->lock);
	if (!ret && fpga_dma_look(dma, fed))
		schedule_delayed_work(&dma->watch, FPGA_DMA_WATCH);
	mutex_unlock(&dma->stop_mutex);
	if (ret)
		fpga_dma_stop(dma, ret);
	return ret;
}
EXPORT_SYMBOL_GPL(fpga_dma_start);

static void fpga_dma_watch(struct work_struct *work)
{
	struct fpga_dma *dma = container_of(to_delayed_work(work), struct fpga_dma, watch);
	const struct fpga_dma_victims expired = {
		.match = fpga_dma_match_expired, .error = -ETIMEDOUT,
	};
	bool gone;

	mutex_lock(&dma->stop_mutex);
	/* In a pause nobody touches the card, and nobody's time is up: see fpga_dma_start(). */
	if (dma->state != FPGA_DMA_ON)
		goto unlock;
	/* A card that has gone does not say so: let nobody wait for the end of his time. */
	gone = PCI_POSSIBLE_ERROR(ioread32(dma->regs + FPGA_DMA_STATUS));

	dma->ops->poll(dma->data);
	fpga_dma_sweep_locked(dma, &expired, gone, FPGA_DMA_ON);
	if (fpga_dma_look(dma, false))
		schedule_delayed_work(&dma->watch, FPGA_DMA_WATCH);
unlock:
	mutex_unlock(&dma->stop_mutex);
}

/**
 * fpga_dma_irq_halted - the engine has halted
 * @dma: the engine
 *
 * Context: any.
 */
void fpga_dma_irq_halted(struct fpga_dma *dma)
{
	schedule_work(&dma->recover);
}
EXPORT_SYMBOL_GPL(fpga_dma_irq_halted);

static void fpga_dma_recover(struct work_struct *work)
{
	struct fpga_dma *dma = container_of(work, struct fpga_dma, recover);
	const struct fpga_dma_victims in_ring = { .match = fpga_dma_match_in_ring, .error = -EIO };
	static const char * const causes[] = {
		[FPGA_DMA_ERROR_NONE] = "no cause",
		[FPGA_DMA_ERROR_RING] = "ring not valid",
		[FPGA_DMA_ERROR_FETCH] = "a descriptor could not be read",
		[FPGA_DMA_ERROR_WRITEBACK] = "a status could not be written",
	};
	u32 status, cause;

	mutex_lock(&dma->stop_mutex);
	status = ioread32(dma->regs + FPGA_DMA_STATUS);
	if (PCI_POSSIBLE_ERROR(status) || !(status & FPGA_DMA_STATUS_HALTED))
		goto unlock;	/* it has gone, or somebody has restarted it already */
	cause = ioread32(dma->regs + FPGA_DMA_ERROR);
	dev_err_ratelimited(&dma->pdev->dev, "DMA engine halted: %s (%u)\n",
			    cause < ARRAY_SIZE(causes) ? causes[cause] : "unknown", cause);
	fpga_dma_sweep_locked(dma, &in_ring, true, FPGA_DMA_ON);
unlock:
	mutex_unlock(&dma->stop_mutex);
}

static void fpga_dma_destroy(void *data)
{
	struct fpga_dma *dma = data;

	fpga_dma_stop(dma, -ENODEV);
	cancel_delayed_work_sync(&dma->watch);
	cancel_work_sync(&dma->recover);
	while (dma->nr_spares--)
		dma_pool_free(dma->tables, dma->spares[dma->nr_spares].seg,
			      dma->spares[dma->nr_spares].dma);
}

/**
 * devm_fpga_dma_create - set up the engine; it does not run yet
 * @pdev: the card, enabled
 * @regs: BAR 0
 * @ops: what to do for the engine
 * @data: for @ops
 *
 * Return: the engine, or an error pointer.
 */
struct fpga_dma *devm_fpga_dma_create(struct pci_dev *pdev, void __iomem *regs,
				      const struct fpga_dma_ops *ops, void *data)
{
	struct device *dev = &pdev->dev;
	struct fpga_dma *dma;
	int ret;

	dma = devm_kzalloc(dev, sizeof(*dma), GFP_KERNEL);
	if (!dma)
		return ERR_PTR(-ENOMEM);
	dma->pdev = pdev;
	dma->regs = regs;
	dma->ops = ops;
	dma->data = data;
	dma->control = FPGA_DMA_CONTROL_RUN;
	if (ioread32(regs + FPGA_FEATURES) & FPGA_FEATURE_POLLED)
		dma->control |= FPGA_DMA_CONTROL_POLLED;
	dma->state = FPGA_DMA_OFF;
	dma->error = -ENODEV;
	mutex_init(&dma->stop_mutex);
	spin_lock_init(&dma->lock);
	INIT_LIST_HEAD(&dma->queue);
	INIT_DELAYED_WORK(&dma->watch, fpga_dma_watch);
	INIT_WORK(&dma->recover, fpga_dma_recover);

	dma->ring = dmam_alloc_coherent(dev, FPGA_DMA_SLOTS * sizeof(*dma->ring),
					&dma->ring_dma, GFP_KERNEL);
	/* A table must not cross a page: it is read in one go. */
	dma->tables = dmam_pool_create("fpga_segments", dev, FPGA_DMA_TABLE_BYTES,
				       FPGA_DMA_TABLE_BYTES, 0);
	if (!dma->ring || !dma->tables)
		return ERR_PTR(-ENOMEM);

	ret = devm_add_action_or_reset(dev, fpga_dma_destroy, dma);
	return ret ? ERR_PTR(ret) : dma;
}
EXPORT_SYMBOL_GPL(devm_fpga_dma_create);

MODULE_DESCRIPTION("DMA engine of the emulated fpga card");
MODULE_AUTHOR("The fpga-pci project");
MODULE_LICENSE("GPL");
MODULE_VERSION(EMUCARD_VERSION);
