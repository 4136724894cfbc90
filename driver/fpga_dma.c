// SPDX-License-Identifier: GPL-2.0-only
/*
 * DMA engine of the fpga card.
 *
 * Transfers wait in a queue of any length, of which the ring holds the front. One
 * transfer takes one descriptor, with a table of segments where its host memory
 * is scattered. The card's write to a descriptor's status says that it has
 * finished; interrupts only say when to look. The card executes short transfers
 * within the write of the doorbell: the caller checks the ring after the write, so that the card
 * need not interrupt for them (FPGA_DMA_CONTROL_POLLED).
 *
 * The engine cannot drop a descriptor. To take transfers back (time is up, a
 * signal, the card goes), it is stopped: once FPGA_DMA_STATUS_RUNNING reads 0 it
 * touches no host memory, whatever was in the ring. The transfers that are
 * not taken back go to the front of the queue and are done again from the start,
 * which is harmless because moving bytes twice changes nothing.
 */
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/io.h>
#include <linux/iopoll.h>
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
 * How often the engine is looked at while it is busy: asynchronous requests have a
 * deadline, and an interrupt that was lost costs this much time.
 */
#define FPGA_DMA_WATCHDOG	(HZ / 2)

/* Bound for the engine to stop: it may have to finish the segment in hand. */
#define FPGA_DMA_STOP_USEC	(1000 * USEC_PER_MSEC)
#define FPGA_DMA_STOP_POLL_USEC	20

/* In this order: fpga_dma_terminate() never raises an engine that it has not stopped itself. */
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
 * struct fpga_dma_priv - what the engine keeps in emucard_xfer.priv
 * @table: segments, or NULL: there is only one
 * @in_ring: a descriptor has been filled for it
 */
struct fpga_dma_priv {
	struct fpga_dma_table table;
	bool in_ring;
};

static_assert(sizeof(struct fpga_dma_priv) <= sizeof_field(struct emucard_xfer, priv));

static struct fpga_dma_priv *fpga_dma_priv(struct emucard_xfer *xfer)
{
	return (struct fpga_dma_priv *)xfer->priv;
}

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
 * @doorbells: how many are being rung
 * @cut_off: it would not stop, and is no bus master any more; until it has stopped, it must
 *	not become one, as it may still write to memory that is not ours any longer
 * @tables: where others come from
 * @watchdog: looks at the engine while it is busy
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
	atomic_t doorbells;
	bool cut_off;
	struct dma_pool *tables;
	struct delayed_work watchdog;
	struct work_struct recover;
};

static struct fpga_desc *fpga_dma_desc(struct fpga_dma *dma, unsigned int n)
{
	return &dma->ring[n % FPGA_DMA_SLOTS];
}

static void fpga_dma_fill(struct fpga_desc *desc, struct emucard_xfer *xfer)
{
	const struct fpga_dma_table *table = &fpga_dma_priv(xfer)->table;
	const struct emucard_slice *slice = &xfer->slice;
	u16 flags = xfer->last ? FPGA_DESC_F_IRQ : 0;
	u16 nseg = 0;
	u64 addr;

	if (xfer->request->dir == DMA_FROM_DEVICE)
		flags |= FPGA_DESC_F_TO_HOST;
	if (slice->nr > 1) {
		flags |= FPGA_DESC_F_SG;
		nseg = slice->nr;
		addr = slice->buffer->priv.table_dma + slice->first * sizeof(struct fpga_seg);
	} else if (slice->buffer) {
		addr = slice->buffer->segs[slice->first].addr + slice->skip;
	} else if (table->seg) {
		flags |= FPGA_DESC_F_SG;
		nseg = xfer->sgt.nents;
		addr = table->dma;
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
		fpga_dma_priv(xfer)->in_ring = true;
		dma->slot[dma->tail % FPGA_DMA_SLOTS] = xfer;
		fpga_dma_fill(fpga_dma_desc(dma, dma->tail), xfer);
		dma->tail++;
	}
	if (dma->tail == tail)
		return false;
	atomic_inc(&dma->doorbells);
	return true;
}

/*
 * Without the lock: the card may execute descriptors right here. A caller that stops the engine
 * waits until this is over, as the card may be put to sleep then, or be reset.
 */
static void fpga_dma_ring_doorbell(struct fpga_dma *dma)
{
	iowrite32(1, dma->regs + FPGA_DMA_DOORBELL);
	atomic_dec(&dma->doorbells);
}

/* The engine is not on, so that no more are rung. Each takes as long as one write does. */
static void fpga_dma_wait_doorbells(struct fpga_dma *dma)
{
	while (atomic_read(&dma->doorbells))
		usleep_range(FPGA_DMA_STOP_POLL_USEC, 2 * FPGA_DMA_STOP_POLL_USEC);
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
		fpga_dma_priv(xfer)->in_ring = false;
		list_add_tail(&xfer->node, ended);
		dma->head++;
	}
}

static struct fpga_dma_table fpga_dma_get_table(struct fpga_dma *dma)
{
	struct fpga_dma_table table = { };

	spin_lock_irq(&dma->lock);
	if (dma->nr_spares)
		table = dma->spares[--dma->nr_spares];
	spin_unlock_irq(&dma->lock);
	if (!table.seg)
		table.seg = dma_pool_alloc(dma->tables, GFP_KERNEL, &table.dma);
	return table;
}

static void fpga_dma_put_table(struct fpga_dma *dma, struct emucard_xfer *xfer)
{
	const struct fpga_dma_table table = fpga_dma_priv(xfer)->table;
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
static bool fpga_dma_process(struct fpga_dma *dma, bool bell)
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
 * fpga_dma_irq_done - take in what the card has finished
 * @dma: the engine
 *
 * Context: any; from a thread, as there may be much to take in.
 */
void fpga_dma_irq_done(struct fpga_dma *dma)
{
	fpga_dma_process(dma, false);
}

static int fpga_dma_make_table(struct fpga_dma *dma, struct emucard_xfer *xfer)
{
	struct fpga_dma_table *table = &fpga_dma_priv(xfer)->table;
	struct fpga_seg *seg;
	struct scatterlist *sg;
	int i;

	table->seg = NULL;
	if (xfer->slice.buffer || xfer->sgt.nents == 1)
		return 0;
	*table = fpga_dma_get_table(dma);
	seg = table->seg;
	if (!seg)
		return -ENOMEM;
	for_each_sgtable_dma_sg(&xfer->sgt, sg, i) {
		seg->addr = cpu_to_le64(sg_dma_address(sg));
		seg->len = cpu_to_le32(sg_dma_len(sg));
		seg->zero = 0;
		seg++;
	}
	return 0;
}

/**
 * fpga_dma_buffer_map - make the table of a registered buffer
 * @dma: the engine
 * @buffer: the buffer, of which each transfer uses some entries
 *
 * Return: 0 or -ENOMEM.
 */
int fpga_dma_buffer_map(struct fpga_dma *dma, struct emucard_buffer *buffer)
{
	struct fpga_seg *seg;
	unsigned int i;

	seg = dma_alloc_coherent(&dma->pdev->dev, buffer->nr_segs * sizeof(*seg),
				 &buffer->priv.table_dma, GFP_KERNEL);
	if (!seg)
		return -ENOMEM;
	buffer->priv.table = seg;
	for (i = 0; i < buffer->nr_segs; i++) {
		seg[i].addr = cpu_to_le64(buffer->segs[i].addr);
		seg[i].len = cpu_to_le32(buffer->segs[i].len);
		seg[i].zero = 0;
	}
	return 0;
}

/**
 * fpga_dma_buffer_unmap - free the table of a registered buffer
 * @dma: the engine
 * @buffer: the buffer, which no transfer uses
 */
void fpga_dma_buffer_unmap(struct fpga_dma *dma, struct emucard_buffer *buffer)
{
	dma_free_coherent(&dma->pdev->dev, buffer->nr_segs * sizeof(struct fpga_seg),
			  buffer->priv.table, buffer->priv.table_dma);
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

	if (fpga_dma_process(dma, fed))
		schedule_delayed_work(&dma->watchdog, FPGA_DMA_WATCHDOG);
	return 0;

free:
	fpga_dma_free_tables(dma, request);
	return ret;
}

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

	fpga_dma_wait_doorbells(dma);
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
	dma->cut_off = true;
	dev_err(&dma->pdev->dev,
		"DMA engine does not stop even when reset: bus mastering disabled until it has stopped\n");
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
static void fpga_dma_requeue(struct fpga_dma *dma)
{
	lockdep_assert_held(&dma->lock);
	while (dma->tail != dma->head) {
		dma->tail--;
		list_add(&dma->slot[dma->tail % FPGA_DMA_SLOTS]->node, &dma->queue);
	}
}

/* Which transfers to end, and how */
struct fpga_dma_filter {
	bool (*match)(struct emucard_xfer *xfer, const void *arg);
	const void *arg;
	int error;
};

static bool fpga_dma_match_request(struct emucard_xfer *xfer, const void *arg)
{
	return xfer->request == arg;
}

static bool fpga_dma_match_expired(struct emucard_xfer *xfer, const void *arg)
{
	return xfer->request->iocb && time_after_eq(jiffies, xfer->request->deadline);
}

static bool fpga_dma_match_in_ring(struct emucard_xfer *xfer, const void *arg)
{
	return fpga_dma_priv(xfer)->in_ring;
}

static bool fpga_dma_match_none(struct emucard_xfer *xfer, const void *arg)
{
	return false;
}

static bool fpga_dma_match_all(struct emucard_xfer *xfer, const void *arg)
{
	return true;
}

static bool fpga_dma_any_in_ring(struct fpga_dma *dma, const struct fpga_dma_filter *filter)
{
	unsigned int i;

	lockdep_assert_held(&dma->lock);
	for (i = dma->head; i != dma->tail; i++)
		if (filter->match(dma->slot[i % FPGA_DMA_SLOTS], filter->arg))
			return true;
	return false;
}

/*
 * End what the filter matches, stopping the engine for that if it has one of them, or @stop.
 * Afterwards the engine is in state @next, unless it already was in a lower one.
 */
static void fpga_dma_terminate_locked(struct fpga_dma *dma, const struct fpga_dma_filter *filter,
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
	    (stop || next != FPGA_DMA_ON || fpga_dma_any_in_ring(dma, filter))) {
		stopped = true;
		dma->state = FPGA_DMA_PAUSED;
		dma->paused_at = jiffies;
		/* What is paused feeds nothing to the ring, so the lock need not be held. */
		spin_unlock_irq(&dma->lock);
		dead = fpga_dma_quiesce(dma);
		spin_lock_irq(&dma->lock);
		fpga_dma_reap(dma, &ended);
		fpga_dma_requeue(dma);
		if (!dead && next == FPGA_DMA_ON)
			dead = fpga_dma_run(dma);
	}
	list_for_each_entry_safe(xfer, tmp, &dma->queue, node) {
		if (dead || filter->match(xfer, filter->arg)) {
			xfer->error = dead ? dead : filter->error;
			xfer->moved = 0;
			list_move_tail(&xfer->node, &ended);
		}
		fpga_dma_priv(xfer)->in_ring = false;
	}
	if (dead) {
		dma->state = FPGA_DMA_OFF;
		dma->error = dead;
	} else if (stopped || next <= dma->state) {
		dma->state = next;
		dma->error = filter->error;
	}
	fed = fpga_dma_feed(dma);
	spin_unlock_irq(&dma->lock);
	fpga_dma_end(dma, &ended);
	if (fed)
		fpga_dma_process(dma, true);
}

static void fpga_dma_terminate(struct fpga_dma *dma, const struct fpga_dma_filter *filter,
			       bool stop, enum fpga_dma_state next)
{
	mutex_lock(&dma->stop_mutex);
	fpga_dma_terminate_locked(dma, filter, stop, next);
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
	const struct fpga_dma_filter filter = {
		.match = fpga_dma_match_request, .arg = request, .error = error,
	};

	fpga_dma_terminate(dma, &filter, false, FPGA_DMA_ON);
}

/**
 * fpga_dma_pause - stop; what is under way carries on after fpga_dma_start()
 * @dma: the engine
 */
void fpga_dma_pause(struct fpga_dma *dma)
{
	const struct fpga_dma_filter none = { .match = fpga_dma_match_none };

	fpga_dma_terminate(dma, &none, true, FPGA_DMA_PAUSED);
}

/**
 * fpga_dma_fail - stop; what is under way fails, what comes waits for fpga_dma_start()
 * @dma: the engine
 * @error: what transfers end with
 */
void fpga_dma_fail(struct fpga_dma *dma, int error)
{
	const struct fpga_dma_filter all = { .match = fpga_dma_match_all, .error = error };

	fpga_dma_terminate(dma, &all, true, FPGA_DMA_PAUSED);
}

/**
 * fpga_dma_stop - stop; what is under way and what comes fails
 * @dma: the engine
 * @error: what transfers end with
 */
void fpga_dma_stop(struct fpga_dma *dma, int error)
{
	const struct fpga_dma_filter all = { .match = fpga_dma_match_all, .error = error };

	fpga_dma_terminate(dma, &all, true, FPGA_DMA_OFF);
}

/* Do not count paused time against deadlines: to suspend and resume a machine may take long. */
static void fpga_dma_extend_deadlines(struct fpga_dma *dma)
{
	struct emucard_xfer *xfer;

	lockdep_assert_held(&dma->lock);
	list_for_each_entry(xfer, &dma->queue, node)
		if (xfer->last)
			xfer->request->deadline += jiffies - dma->paused_at;
}

/**
 * fpga_dma_set_master - make the card a bus master, unless that is not safe
 * @dma: the engine
 *
 * To be called also where the PCI core may have restored an older configuration.
 *
 * Return: 0, or -EIO: an engine that would not stop still runs.
 */
int fpga_dma_set_master(struct fpga_dma *dma)
{
	if (dma->cut_off &&
	    ioread32(dma->regs + FPGA_DMA_STATUS) & FPGA_DMA_STATUS_RUNNING) {
		pci_clear_master(dma->pdev);
		return -EIO;
	}
	dma->cut_off = false;
	pci_set_master(dma->pdev);
	return 0;
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
	ret = fpga_dma_set_master(dma);
	spin_lock_irq(&dma->lock);
	if (!ret && dma->state != FPGA_DMA_ON) {
		ret = fpga_dma_run(dma);
		if (ret) {
			dma->error = ret;
		} else {
			dma->state = FPGA_DMA_ON;
			fpga_dma_extend_deadlines(dma);
			fed = fpga_dma_feed(dma);
		}
	}
	spin_unlock_irq(&dma->lock);
	if (!ret && fpga_dma_process(dma, fed))
		schedule_delayed_work(&dma->watchdog, FPGA_DMA_WATCHDOG);
	mutex_unlock(&dma->stop_mutex);
	if (ret)
		fpga_dma_stop(dma, ret);
	return ret;
}

static void fpga_dma_watchdog(struct work_struct *work)
{
	struct fpga_dma *dma = container_of(to_delayed_work(work), struct fpga_dma, watchdog);
	const struct fpga_dma_filter expired = {
		.match = fpga_dma_match_expired, .error = -ETIMEDOUT,
	};
	bool gone;

	mutex_lock(&dma->stop_mutex);
	/* In a pause the card is not touched, and no time passes: see fpga_dma_start(). */
	if (dma->state != FPGA_DMA_ON)
		goto unlock;
	/* A card that has gone does not say so: fail its requests now, do not let them time out. */
	gone = PCI_POSSIBLE_ERROR(ioread32(dma->regs + FPGA_DMA_STATUS));

	dma->ops->poll(dma->data);
	fpga_dma_terminate_locked(dma, &expired, gone, FPGA_DMA_ON);
	if (fpga_dma_process(dma, false))
		schedule_delayed_work(&dma->watchdog, FPGA_DMA_WATCHDOG);
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

static void fpga_dma_recover(struct work_struct *work)
{
	struct fpga_dma *dma = container_of(work, struct fpga_dma, recover);
	const struct fpga_dma_filter in_ring = { .match = fpga_dma_match_in_ring, .error = -EIO };
	static const char * const causes[] = {
		[FPGA_DMA_ERROR_NONE] = "no cause",
		[FPGA_DMA_ERROR_RING] = "ring not valid",
		[FPGA_DMA_ERROR_FETCH] = "a descriptor could not be read",
		[FPGA_DMA_ERROR_WRITEBACK] = "a status could not be written",
	};
	u32 status, cause;

	mutex_lock(&dma->stop_mutex);
	/* In a pause the card may be asleep; it is started again after that anyway. */
	if (dma->state != FPGA_DMA_ON)
		goto unlock;
	status = ioread32(dma->regs + FPGA_DMA_STATUS);
	if (PCI_POSSIBLE_ERROR(status) || !(status & FPGA_DMA_STATUS_HALTED))
		goto unlock;	/* it has gone, or was restarted already */
	cause = ioread32(dma->regs + FPGA_DMA_ERROR);
	dev_err_ratelimited(&dma->pdev->dev, "DMA engine halted: %s (%u)\n",
			    cause < ARRAY_SIZE(causes) ? causes[cause] : "unknown", cause);
	fpga_dma_terminate_locked(dma, &in_ring, true, FPGA_DMA_ON);
unlock:
	mutex_unlock(&dma->stop_mutex);
}

static void fpga_dma_destroy(void *data)
{
	struct fpga_dma *dma = data;

	fpga_dma_stop(dma, -ENODEV);
	fpga_dma_wait_doorbells(dma);
	cancel_delayed_work_sync(&dma->watchdog);
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
	INIT_DELAYED_WORK(&dma->watchdog, fpga_dma_watchdog);
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
