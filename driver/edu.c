// SPDX-License-Identifier: GPL-2.0-only
/*
 * Driver for QEMU's educational device (1234:11e8), as it comes.
 *
 * Its specification is docs/specs/edu.rst in QEMU's tree. What shapes this driver:
 * DMA reaches 28 bits of address, so it goes through a buffer of the driver's; one
 * transfer takes the device's fixed 100 ms and cannot be stopped, so that buffer is
 * not touched again before the device has finished; register writes are ignored
 * meanwhile; and some versions do not bound offset and length themselves.
 */
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/uio.h>

#include "edu_regs.h"
#include "emucard_compat.h"
#include "emucard_driver.h"

/* Any value can be raised; these bits are for software. */
#define EDU_INT_SOFTWARE	0xffff0000
#define EDU_INT_SOFTWARE_SHIFT	16

/* Bound for a transfer that was given up: ten times what the device takes */
#define EDU_IDLE_USEC		(1000 * USEC_PER_MSEC)
#define EDU_IDLE_POLL_USEC	1000

/* How often the device is looked at: an interrupt that was lost costs this much time. */
#define EDU_WATCH		(HZ / 2)

static DEFINE_IDA(edu_numbers);

enum edu_unit {
	EDU_UNIT_DMA,
	EDU_UNIT_FACT,
	EDU_UNITS
};

/**
 * struct edu - one device
 * @pdev: its PCI function
 * @regs: BAR 0
 * @card: what users see
 * @wait: woken by interrupts, when a unit becomes free, by resets, and when the card goes
 * @resets: changes with every reset of the function; written with @regs_lock
 * @queues: for each unit its callers; the first has it. FIFO; otherwise the releasing
 *	thread, which is already running, would always win.
 * @retired: the driver is being unbound, or the machine shut down
 * @buffer: host memory of transfers
 * @buffer_dma: bus address of @buffer
 */
struct edu {
	struct pci_dev *pdev;
	void __iomem *regs;
	struct emucard *card;
	wait_queue_head_t wait;
	/**
	 * @regs_lock: held for reading by who writes registers, but never while he waits for the
	 * device; for writing during a reset, which does wait, for a transfer to end
	 */
	struct rw_semaphore regs_lock;
	unsigned int resets;
	/** @queues_lock: protects @queues */
	spinlock_t queues_lock;
	struct list_head queues[EDU_UNITS];
	bool retired;
	void *buffer;
	dma_addr_t buffer_dma;
};

static u32 edu_read(struct edu *edu, u32 reg)
{
	return readl(edu->regs + reg);
}

static void edu_write(struct edu *edu, u32 reg, u32 value)
{
	writel(value, edu->regs + reg);
}

/* A card that has gone reads all-ones. */
static bool edu_alive(struct edu *edu)
{
	return !READ_ONCE(edu->retired) && !PCI_POSSIBLE_ERROR(edu_read(edu, EDU_ID));
}

static irqreturn_t edu_irq(int nr, void *data)
{
	struct edu *edu = data;
	u32 status;

	status = edu_read(edu, EDU_INT_STATUS);
	if (!status || PCI_POSSIBLE_ERROR(status))
		return IRQ_NONE;
	edu_write(edu, EDU_INT_ACK, status);

	if (status & EDU_INT_SOFTWARE)
		emucard_irq_event(edu->card, status >> EDU_INT_SOFTWARE_SHIFT);
	/* Those who wait read for themselves whether the device has finished. */
	if (status & (EDU_INT_DMA | EDU_INT_FACT))
		wake_up_all(&edu->wait);
	return IRQ_HANDLED;
}

static bool edu_is_first(struct edu *edu, enum edu_unit unit, struct list_head *turn)
{
	bool first;

	spin_lock(&edu->queues_lock);
	first = list_is_first(turn, &edu->queues[unit]);
	spin_unlock(&edu->queues_lock);
	return first;
}

static void edu_release(struct edu *edu, struct list_head *turn)
{
	spin_lock(&edu->queues_lock);
	list_del(turn);
	spin_unlock(&edu->queues_lock);
	wake_up_all(&edu->wait);
}

static int edu_acquire(struct edu *edu, enum edu_unit unit, struct list_head *turn,
		       const struct emucard_wait *wait)
{
	int ret;

	spin_lock(&edu->queues_lock);
	list_add_tail(turn, &edu->queues[unit]);
	spin_unlock(&edu->queues_lock);
	ret = emucard_wait_event(edu->wait, edu_is_first(edu, unit, turn), wait);
	if (ret)
		edu_release(edu, turn);
	return ret;
}

/*
 * Wait until a bit of a register is clear, or @wait is over. What was begun when
 * edu.resets was @resets has failed if there was a reset since. A device that is being
 * reset reads all-ones, in which the bit is set.
 */
static int edu_wait_clear(struct edu *edu, u32 reg, u32 bit, unsigned int resets,
			  const struct emucard_wait *wait)
{
	struct emucard_wait some = *wait;
	int ret;

	do {
		some.deadline = jiffies + min_t(long, emucard_time_left(wait), EDU_WATCH);
		ret = emucard_wait_event(edu->wait,
					 READ_ONCE(edu->retired) ||
					 READ_ONCE(edu->resets) != resets ||
					 !(edu_read(edu, reg) & bit), &some);
	} while (ret == -ETIMEDOUT && emucard_time_left(wait));

	down_read(&edu->regs_lock);
	if (edu->resets != resets)
		ret = -EIO;
	else if (!edu_alive(edu))
		ret = -ENODEV;
	up_read(&edu->regs_lock);
	return ret;
}

static int edu_dma(struct edu *edu, u64 offset, size_t len, enum dma_data_direction dir,
		   const struct emucard_wait *wait)
{
	u32 cmd = EDU_DMA_CMD_START | EDU_DMA_CMD_IRQ;
	u32 host = lower_32_bits(edu->buffer_dma);
	u32 device = EDU_DMA_BUFFER + offset;
	unsigned int resets;

	if (dir == DMA_FROM_DEVICE)
		cmd |= EDU_DMA_CMD_TO_HOST;
	down_read(&edu->regs_lock);
	resets = edu->resets;
	edu_write(edu, EDU_DMA_SRC, dir == DMA_TO_DEVICE ? host : device);
	edu_write(edu, EDU_DMA_DST, dir == DMA_TO_DEVICE ? device : host);
	edu_write(edu, EDU_DMA_COUNT, len);
	edu_write(edu, EDU_DMA_CMD, cmd);
	up_read(&edu->regs_lock);
	return edu_wait_clear(edu, EDU_DMA_CMD, EDU_DMA_CMD_START, resets, wait);
}

static ssize_t edu_copy(struct emucard *card, struct iov_iter *iter, u64 offset, size_t len,
			enum dma_data_direction dir, const struct emucard_wait *wait)
{
	struct edu *edu = card->drvdata;
	struct list_head turn;
	ssize_t ret;

	if (offset >= EDU_DMA_BUFFER_SIZE)
		return -ERANGE;
	len = min_t(u64, len, EDU_DMA_BUFFER_SIZE - offset);

	ret = edu_acquire(edu, EDU_UNIT_DMA, &turn, wait);
	if (ret)
		return ret;
	/* A transfer that somebody gave up may still be using the buffer. */
	ret = edu_wait_clear(edu, EDU_DMA_CMD, EDU_DMA_CMD_START, READ_ONCE(edu->resets), wait);
	if (ret)
		goto release;

	if (dir == DMA_TO_DEVICE && copy_from_iter(edu->buffer, len, iter) != len) {
		ret = -EFAULT;
		goto release;
	}
	ret = edu_dma(edu, offset, len, dir, wait);
	if (ret)
		goto release;
	if (dir == DMA_FROM_DEVICE && copy_to_iter(edu->buffer, len, iter) != len)
		ret = -EFAULT;
release:
	edu_release(edu, &turn);
	return ret ? ret : len;
}

static int edu_fact(struct emucard *card, u32 n, u32 *result, const struct emucard_wait *wait)
{
	struct edu *edu = card->drvdata;
	struct list_head turn;
	unsigned int resets;
	int ret;

	ret = edu_acquire(edu, EDU_UNIT_FACT, &turn, wait);
	if (ret)
		return ret;
	/* A computation that somebody gave up: the device ignores what is written meanwhile. */
	ret = edu_wait_clear(edu, EDU_STATUS, EDU_STATUS_COMPUTING, READ_ONCE(edu->resets), wait);
	if (ret)
		goto release;
	down_read(&edu->regs_lock);
	resets = edu->resets;
	edu_write(edu, EDU_FACT, n);
	up_read(&edu->regs_lock);

	ret = edu_wait_clear(edu, EDU_STATUS, EDU_STATUS_COMPUTING, resets, wait);
	if (ret)
		goto release;
	down_read(&edu->regs_lock);
	*result = edu_read(edu, EDU_FACT);
	if (edu->resets != resets)
		ret = -EIO;
	else if (!edu_alive(edu))
		ret = -ENODEV;
	up_read(&edu->regs_lock);
release:
	edu_release(edu, &turn);
	return ret;
}

static u64 edu_read_width(struct edu *edu, u32 offset, u32 width)
{
#ifdef CONFIG_64BIT
	if (width == 8)
		return readq(edu->regs + offset);
#endif
	return edu_read(edu, offset);
}

static int edu_reg_read(struct emucard *card, u32 offset, u32 width, u64 *value)
{
	struct edu *edu = card->drvdata;
	int ret;

	if (width == 8 && offset < EDU_DMA_SRC)
		return -EINVAL;
	down_read(&edu->regs_lock);
	*value = edu_read_width(edu, offset, width);
	/* All-ones is also what the device answers where it has no register. */
	ret = edu_alive(edu) ? 0 : -ENODEV;
	up_read(&edu->regs_lock);
	return ret;
}

/* A single write, with which nothing begins that takes time */
static int edu_write_alive(struct edu *edu, u32 reg, u32 value)
{
	int ret = -ENODEV;

	down_read(&edu->regs_lock);
	if (edu_alive(edu)) {
		edu_write(edu, reg, value);
		ret = 0;
	}
	up_read(&edu->regs_lock);
	return ret;
}

static int edu_reg_write(struct emucard *card, u32 offset, u32 width, u64 value)
{
	struct edu *edu = card->drvdata;

	/* The others start transfers, computations and interrupts. */
	if (offset != EDU_LIVENESS || width != 4)
		return -EPERM;
	return edu_write_alive(edu, EDU_LIVENESS, value);
}

static int edu_irq_raise(struct emucard *card, u32 causes)
{
	return edu_write_alive(card->drvdata, EDU_INT_RAISE, causes << EDU_INT_SOFTWARE_SHIFT);
}

static void edu_retire(struct edu *edu)
{
	WRITE_ONCE(edu->retired, true);
	wake_up_all(&edu->wait);
}

static void edu_detach(struct emucard *card)
{
	edu_retire(card->drvdata);
}

static const struct emucard_ops edu_ops = {
	.name = "edu",
	.numbers = &edu_numbers,
	.copy = edu_copy,
	.reg_read = edu_reg_read,
	.reg_write = edu_reg_write,
	.irq_raise = edu_irq_raise,
	.fact = edu_fact,
	.detach = edu_detach,
};

/* Wait for a transfer that cannot be stopped, so that it does not hit freed memory. */
static void edu_quiesce(void *data)
{
	struct edu *edu = data;
	u32 cmd;
	int ret;

	edu_write(edu, EDU_STATUS, 0);
	ret = read_poll_timeout(edu_read, cmd,
				PCI_POSSIBLE_ERROR(cmd) || !(cmd & EDU_DMA_CMD_START),
				EDU_IDLE_POLL_USEC, EDU_IDLE_USEC, false, edu, EDU_DMA_CMD);
	if (ret)
		dev_warn(&edu->pdev->dev, "DMA does not end: cut off from the bus\n");
	/* A function that is not a bus master cannot reach host memory. */
	pci_clear_master(edu->pdev);
	edu_write(edu, EDU_INT_ACK, ~0);
}

static int edu_identify(struct edu *edu)
{
	struct device *dev = &edu->pdev->dev;
	u32 id;

	id = edu_read(edu, EDU_ID);
	if (PCI_POSSIBLE_ERROR(id) || (id & EDU_ID_MASK) != EDU_ID_VALUE)
		return dev_err_probe(dev, -ENODEV, "the identification register reads 0x%08x\n",
				     id);
	edu->card->info.card_version = id;
	return 0;
}

static void edu_free_vectors(void *data)
{
	pci_free_irq_vectors(data);
}

static int edu_request_irq(struct edu *edu)
{
	struct pci_dev *pdev = edu->pdev;
	struct emucard_info *info = &edu->card->info;
	int ret;

	ret = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSI | PCI_IRQ_INTX);
	if (ret < 0)
		return dev_err_probe(&pdev->dev, ret, "no interrupt vector\n");
	ret = devm_add_action_or_reset(&pdev->dev, edu_free_vectors, pdev);
	if (ret)
		return ret;
	info->irq_vectors = 1;
	info->irq_mode = pdev->msi_enabled ? EMUCARD_IRQ_MSI : EMUCARD_IRQ_INTX;
	ret = devm_request_irq(&pdev->dev, pci_irq_vector(pdev, 0), edu_irq,
			       pdev->msi_enabled ? 0 : IRQF_SHARED, KBUILD_MODNAME, edu);
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "cannot request the interrupt\n");
	return 0;
}

static int edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct device *dev = &pdev->dev;
	struct emucard_info *info;
	struct edu *edu;
	int unit, ret;

	edu = devm_kzalloc(dev, sizeof(*edu), GFP_KERNEL);
	if (!edu)
		return -ENOMEM;
	edu->pdev = pdev;
	init_waitqueue_head(&edu->wait);
	init_rwsem(&edu->regs_lock);
	spin_lock_init(&edu->queues_lock);
	for (unit = 0; unit < EDU_UNITS; unit++)
		INIT_LIST_HEAD(&edu->queues[unit]);
	pci_set_drvdata(pdev, edu);

	edu->card = devm_emucard_alloc(dev, &edu_ops, edu);
	if (IS_ERR(edu->card))
		return PTR_ERR(edu->card);
	info = &edu->card->info;

	ret = pcim_enable_device(pdev);
	if (ret)
		return dev_err_probe(dev, ret, "cannot enable\n");
	ret = pcim_request_all_regions(pdev, KBUILD_MODNAME);
	if (ret)
		return dev_err_probe(dev, ret,
				     "its memory belongs to another driver, see /proc/iomem\n");
	if (pci_resource_len(pdev, EDU_BAR_REGS) < EDU_BAR_SIZE)
		return dev_err_probe(dev, -ENODEV, "BAR %d is too small\n", EDU_BAR_REGS);
	edu->regs = pcim_iomap(pdev, EDU_BAR_REGS, 0);
	if (!edu->regs)
		return dev_err_probe(dev, -ENOMEM, "cannot map BAR %d\n", EDU_BAR_REGS);
	ret = edu_identify(edu);
	if (ret)
		return ret;

	ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(EDU_DMA_MASK_BITS));
	if (ret)
		return dev_err_probe(dev, ret, "no memory within %d bits of address\n",
				     EDU_DMA_MASK_BITS);
	edu->buffer = dmam_alloc_coherent(dev, EDU_DMA_BUFFER_SIZE, &edu->buffer_dma, GFP_KERNEL);
	if (!edu->buffer)
		return -ENOMEM;
	ret = edu_request_irq(edu);
	if (ret)
		return ret;
	/* Undone first: a transfer may still want its interrupt, and always the buffer. */
	ret = devm_add_action_or_reset(dev, edu_quiesce, edu);
	if (ret)
		return ret;
	edu_write(edu, EDU_STATUS, EDU_STATUS_IRQ_FACT);
	pci_set_master(pdev);

	info->kind = EMUCARD_KIND_EDU;
	info->caps = EMUCARD_CAP_DMA | EMUCARD_CAP_REGS | EMUCARD_CAP_IRQ | EMUCARD_CAP_FACT;
	info->dma_size = EDU_DMA_BUFFER_SIZE;
	info->regs_base = pci_resource_start(pdev, EDU_BAR_REGS);
	info->regs_size = EDU_BAR_SIZE;
	info->reg_widths = IS_ENABLED(CONFIG_64BIT) ? 4 | 8 : 4;
	return devm_emucard_register(edu->card);
}

/* The other half of edu_quiesce(): who was waiting looks again. */
static void edu_restart(struct edu *edu)
{
	/* After a shutdown it is not to reach memory again. */
	if (READ_ONCE(edu->retired))
		return;
	edu_write(edu, EDU_STATUS, EDU_STATUS_IRQ_FACT);
	pci_set_master(edu->pdev);
	wake_up_all(&edu->wait);
}

static void edu_shutdown(struct pci_dev *pdev)
{
	struct edu *edu = pci_get_drvdata(pdev);

	edu_retire(edu);
	edu_quiesce(edu);
}

static int edu_suspend(struct device *dev)
{
	edu_quiesce(dev_get_drvdata(dev));
	return 0;
}

static int edu_resume(struct device *dev)
{
	edu_restart(dev_get_drvdata(dev));
	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(edu_pm_ops, edu_suspend, edu_resume);

/*
 * The device has no reset of its own, but the bus that it is alone on may have: its
 * registers cannot be reached meanwhile, and it may forget what it was doing.
 */
static void edu_reset_prepare(struct pci_dev *pdev)
{
	struct edu *edu = pci_get_drvdata(pdev);

	down_write(&edu->regs_lock);
	WRITE_ONCE(edu->resets, edu->resets + 1);
	wake_up_all(&edu->wait);
	edu_quiesce(edu);
}

static void edu_reset_done(struct pci_dev *pdev)
{
	struct edu *edu = pci_get_drvdata(pdev);

	if (!edu_alive(edu))
		dev_err(&pdev->dev, "the card does not answer after a reset\n");
	edu_restart(edu);
	up_write(&edu->regs_lock);
}

static const struct pci_error_handlers edu_err_handlers = {
	.reset_prepare = edu_reset_prepare,
	.reset_done = edu_reset_done,
};

static const struct pci_device_id edu_ids[] = {
	{ PCI_DEVICE(EDU_PCI_VENDOR_ID, EDU_PCI_DEVICE_ID) },
	{ }
};
MODULE_DEVICE_TABLE(pci, edu_ids);

/* There is no remove(): everything is a managed resource, users first. */
static struct pci_driver edu_driver = {
	.name = KBUILD_MODNAME,
	.id_table = edu_ids,
	.probe = edu_probe,
	.shutdown = edu_shutdown,
	.driver.pm = pm_sleep_ptr(&edu_pm_ops),
	.err_handler = &edu_err_handlers,
};
module_pci_driver(edu_driver);

MODULE_DESCRIPTION("Driver for QEMU's educational device");
MODULE_AUTHOR("The fpga-pci project");
MODULE_LICENSE("GPL");
MODULE_VERSION(EMUCARD_VERSION);
