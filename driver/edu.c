// SPDX-License-Identifier: GPL-2.0-only
/*
 * Driver for QEMU's educational device (1234:11e8), as it comes.
 *
 * Its specification is docs/specs/edu.rst in QEMU's tree. What shapes this driver:
 * DMA reaches few bits of address, so it goes through a buffer of the driver's; one
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

/* The address of its own buffer must fit; longer ones need 64-bit writes. */
#define EDU_DMA_BITS_MIN	20
#define EDU_DMA_BITS_MAX	(IS_ENABLED(CONFIG_64BIT) ? 64 : 32)

/* How often the device is looked at: an interrupt that was lost costs this much time. */
#define EDU_WATCH		(HZ / 2)

static unsigned int dma_bits = EDU_DMA_MASK_BITS;
module_param(dma_bits, uint, 0444);
MODULE_PARM_DESC(dma_bits,
		 "address bits of the device's DMA, as its property dma_mask sets them (default 28); the driver cannot read them, and the device ignores higher bits");

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
 * @resets: changes with every reset of the function; written while the gate is closed
 * @queues: for each unit its callers; the first has it. FIFO; otherwise the releasing
 *	thread, which is already running, would always win.
 * @retired: the driver is being unbound, or the machine shut down
 * @asleep: the registers must not be read, not even by the interrupt handler
 * @buffer: host memory of transfers
 * @buffer_dma: bus address of @buffer
 */
struct edu {
	struct pci_dev *pdev;
	void __iomem *regs;
	struct emucard *card;
	wait_queue_head_t wait;
	unsigned int resets;
	/** @queues_lock: protects @queues */
	spinlock_t queues_lock;
	struct list_head queues[EDU_UNITS];
	bool retired;
	bool asleep;
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

	/* The line may be shared with a card that is awake. */
	if (READ_ONCE(edu->asleep))
		return IRQ_NONE;
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

/* Is the bit clear? Not while the registers cannot be reached. */
static bool edu_is_clear(struct edu *edu, u32 reg, u32 bit)
{
	bool clear;

	if (!emucard_gate_try_enter(edu->card))
		return false;
	clear = !(edu_read(edu, reg) & bit);
	emucard_gate_exit(edu->card);
	return clear;
}

/* Inside the gate: what was begun when edu.resets was @resets is still what it was. */
static int edu_check(struct edu *edu, unsigned int resets)
{
	if (edu->resets != resets)
		return -EIO;
	return edu_alive(edu) ? 0 : -ENODEV;
}

/*
 * Wait until a bit of a register is clear, or @wait is over. What was begun when
 * edu.resets was @resets has failed if there was a reset since.
 */
static int edu_wait_clear(struct edu *edu, u32 reg, u32 bit, unsigned int resets,
			  const struct emucard_wait *wait)
{
	struct emucard_wait some = *wait;
	int ret, error;

	do {
		some.deadline = jiffies + min_t(long, emucard_time_left(wait), EDU_WATCH);
		ret = emucard_wait_event(edu->wait,
					 READ_ONCE(edu->retired) ||
					 READ_ONCE(edu->resets) != resets ||
					 edu_is_clear(edu, reg, bit), &some);
	} while (ret == -ETIMEDOUT && emucard_time_left(wait));

	/* A reset, or a card that has gone, says more than that the time is up. */
	if (READ_ONCE(edu->retired))
		return -ENODEV;
	error = emucard_gate_enter(edu->card, ret ? NULL : wait);
	if (error)
		return error;
	error = edu_check(edu, resets);
	emucard_gate_exit(edu->card);
	return error ? error : ret;
}

/* An address may need more than 32 bits; the device takes it in one write only. */
static void edu_write_addr(struct edu *edu, u32 reg, dma_addr_t addr)
{
#ifdef CONFIG_64BIT
	writeq(addr, edu->regs + reg);
#else
	edu_write(edu, reg, addr);
#endif
}

static int edu_dma(struct edu *edu, u64 offset, size_t len, enum dma_data_direction dir,
		   const struct emucard_wait *wait)
{
	u32 cmd = EDU_DMA_CMD_START | EDU_DMA_CMD_IRQ;
	dma_addr_t device = EDU_DMA_BUFFER + offset;
	unsigned int resets;
	int ret;

	if (dir == DMA_FROM_DEVICE)
		cmd |= EDU_DMA_CMD_TO_HOST;
	ret = emucard_gate_enter(edu->card, wait);
	if (ret)
		return ret;
	resets = edu->resets;
	edu_write_addr(edu, EDU_DMA_SRC, dir == DMA_TO_DEVICE ? edu->buffer_dma : device);
	edu_write_addr(edu, EDU_DMA_DST, dir == DMA_TO_DEVICE ? device : edu->buffer_dma);
	edu_write(edu, EDU_DMA_COUNT, len);
	edu_write(edu, EDU_DMA_CMD, cmd);
	emucard_gate_exit(edu->card);
	return edu_wait_clear(edu, EDU_DMA_CMD, EDU_DMA_CMD_START, resets, wait);
}

static ssize_t edu_copy(struct emucard *card, void *buf, u64 offset, size_t len,
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
	/* A transfer that was given up may still be using the buffer. */
	ret = edu_wait_clear(edu, EDU_DMA_CMD, EDU_DMA_CMD_START, READ_ONCE(edu->resets), wait);
	if (ret)
		goto release;

	if (dir == DMA_TO_DEVICE)
		memcpy(edu->buffer, buf, len);
	ret = edu_dma(edu, offset, len, dir, wait);
	if (!ret && dir == DMA_FROM_DEVICE)
		memcpy(buf, edu->buffer, len);
release:
	edu_release(edu, &turn);
	return ret ? ret : len;
}

/* Start a computation; edu.resets at that time */
static int edu_fact_start(struct edu *edu, u32 n, unsigned int *resets,
			  const struct emucard_wait *wait)
{
	int ret;

	ret = emucard_gate_enter(edu->card, wait);
	if (ret)
		return ret;
	*resets = edu->resets;
	edu_write(edu, EDU_FACT, n);
	emucard_gate_exit(edu->card);
	return 0;
}

static int edu_fact_result(struct edu *edu, u32 *result, unsigned int resets,
			   const struct emucard_wait *wait)
{
	int ret;

	ret = emucard_gate_enter(edu->card, wait);
	if (ret)
		return ret;
	*result = edu_read(edu, EDU_FACT);
	ret = edu_check(edu, resets);
	emucard_gate_exit(edu->card);
	return ret;
}

static int edu_fact(struct edu *edu, u32 n, u32 *result, const struct emucard_wait *wait)
{
	struct list_head turn;
	unsigned int resets;
	int ret;

	ret = edu_acquire(edu, EDU_UNIT_FACT, &turn, wait);
	if (ret)
		return ret;
	/* A computation that was given up: the device ignores what is written meanwhile. */
	ret = edu_wait_clear(edu, EDU_STATUS, EDU_STATUS_COMPUTING, READ_ONCE(edu->resets), wait);
	if (!ret)
		ret = edu_fact_start(edu, n, &resets, wait);
	if (!ret)
		ret = edu_wait_clear(edu, EDU_STATUS, EDU_STATUS_COMPUTING, resets, wait);
	if (!ret)
		ret = edu_fact_result(edu, result, resets, wait);
	edu_release(edu, &turn);
	return ret;
}

static int edu_call_fact(struct emucard_file *efile, void *arg)
{
	struct emucard *card = emucard_of(efile);
	struct emucard_wait wait = { .interruptible = true };
	struct emucard_fact *fact = arg;
	int ret;

	if (fact->flags || fact->pad)
		return -EINVAL;
	ret = emucard_deadline(fact->timeout_ms, &wait);
	if (ret)
		return ret;
	if (!emucard_may_write(efile))
		return -EBADF;
	ret = edu_fact(card->drvdata, fact->value, &fact->result, &wait);
	if (ret == -EINTR)
		fact->timeout_ms = emucard_timeout_left(fact->timeout_ms, &wait);
	return ret;
}

static const struct emucard_call edu_calls[] = {
	EMUCARD_CALL(EMUCARD_FACT, offsetofend(struct emucard_fact, pad),
		     sizeof(struct emucard_fact), ALWAYS, edu_call_fact),
};

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
	ret = emucard_gate_enter(card, NULL);
	if (ret)
		return ret;
	*value = edu_read_width(edu, offset, width);
	/* All-ones is also what the device answers where it has no register. */
	ret = edu_alive(edu) ? 0 : -ENODEV;
	emucard_gate_exit(card);
	return ret;
}

/* A single write, with which nothing begins that takes time */
static int edu_write_alive(struct edu *edu, u32 reg, u32 value)
{
	int ret;

	ret = emucard_gate_enter(edu->card, NULL);
	if (ret)
		return ret;
	if (edu_alive(edu))
		edu_write(edu, reg, value);
	else
		ret = -ENODEV;
	emucard_gate_exit(edu->card);
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
	.kind = EMUCARD_KIND_EDU,
	.copy_max = EDU_DMA_BUFFER_SIZE,
	.calls = edu_calls,
	.nr_calls = ARRAY_SIZE(edu_calls),
	.copy = edu_copy,
	.reg_read = edu_reg_read,
	.reg_write = edu_reg_write,
	.irq_raise = edu_irq_raise,
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
		dev_warn(&edu->pdev->dev, "DMA does not end: bus mastering disabled\n");
	/* A function that is not a bus master cannot reach host memory. */
	pci_clear_master(edu->pdev);
	edu_write(edu, EDU_INT_ACK, ~0);
}

static int edu_identify(struct edu *edu)
{
	struct device *dev = &edu->pdev->dev;
	u32 id;

	id = edu_read(edu, EDU_ID);
	if ((swab32(id) & EDU_ID_MASK) == EDU_ID_VALUE)
		return dev_err_probe(dev, -EOPNOTSUPP,
				     "its registers are big-endian, as QEMU has them where the target is (ppc64): this driver takes little-endian ones\n");
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

/*
 * The device does not tell how many bits of address it has, and cuts off those above. Where
 * there is no memory that low (arm64's begins at 1 GiB) an IOMMU can help, or the property.
 */
static int edu_alloc_buffer(struct edu *edu)
{
	struct device *dev = &edu->pdev->dev;
	int ret;

	if (dma_bits < EDU_DMA_BITS_MIN || dma_bits > EDU_DMA_BITS_MAX)
		return dev_err_probe(dev, -EINVAL, "dma_bits=%u: not from %u to %u\n", dma_bits,
				     EDU_DMA_BITS_MIN, EDU_DMA_BITS_MAX);
	ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(dma_bits));
	if (!ret) {
		edu->buffer = dmam_alloc_coherent(dev, EDU_DMA_BUFFER_SIZE, &edu->buffer_dma,
						  GFP_KERNEL);
		ret = edu->buffer ? 0 : -ENOMEM;
	}
	if (ret)
		return dev_err_probe(dev, ret,
				     "no memory within %u bits of address, which is what its DMA reaches: give the device a wider dma_mask and this driver dma_bits=\n",
				     dma_bits);
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

	ret = edu_alloc_buffer(edu);
	if (ret)
		return ret;
	ret = edu_request_irq(edu);
	if (ret)
		return ret;
	/* Undone first: a transfer may still need its interrupt, and always needs the buffer. */
	ret = devm_add_action_or_reset(dev, edu_quiesce, edu);
	if (ret)
		return ret;
	edu_write(edu, EDU_STATUS, EDU_STATUS_IRQ_FACT);
	pci_set_master(pdev);

	info->caps = EMUCARD_CAP_DMA | EMUCARD_CAP_REGS | EMUCARD_CAP_IRQ | EMUCARD_CAP_FACT;
	info->dma_size = EDU_DMA_BUFFER_SIZE;
	info->regs_base = pci_resource_start(pdev, EDU_BAR_REGS);
	info->regs_size = EDU_BAR_SIZE;
	info->reg_widths = IS_ENABLED(CONFIG_64BIT) ? 4 | 8 : 4;
	return devm_emucard_register(edu->card);
}

/* The other half of edu_quiesce(): waiting callers look again. */
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

/* The registers cannot be reached until edu_wake(). */
static void edu_sleep(struct edu *edu)
{
	emucard_gate_close(edu->card);
	edu_quiesce(edu);
	WRITE_ONCE(edu->asleep, true);
	synchronize_irq(pci_irq_vector(edu->pdev, 0));
}

static void edu_wake(struct edu *edu)
{
	WRITE_ONCE(edu->asleep, false);
	edu_restart(edu);
	emucard_gate_open(edu->card);
	wake_up_all(&edu->wait);
}

static int edu_suspend(struct device *dev)
{
	edu_sleep(dev_get_drvdata(dev));
	return 0;
}

static int edu_resume(struct device *dev)
{
	edu_wake(dev_get_drvdata(dev));
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

	edu_sleep(edu);
	WRITE_ONCE(edu->resets, edu->resets + 1);
	wake_up_all(&edu->wait);
}

static void edu_reset_done(struct pci_dev *pdev)
{
	struct edu *edu = pci_get_drvdata(pdev);

	if (!edu_alive(edu))
		dev_err(&pdev->dev, "the card does not answer after a reset\n");
	edu_wake(edu);
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
