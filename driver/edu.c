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
#include <linux/bitops.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/uio.h>

#include "emucard_driver.h"
#include "emucard_compat.h"

#define EDU_PCI_VENDOR_ID	0x1234
#define EDU_PCI_DEVICE_ID	0x11e8
#define EDU_BAR			0
#define EDU_BAR_SIZE		0x100000

#define EDU_ID			0x00	/* RO, version 31:16, magic 15:0 */
#define   EDU_ID_MASK		0x0000ffff
#define   EDU_ID_VALUE		0x000000ed
#define EDU_LIVENESS		0x04	/* RW, reads back inverted */
#define EDU_FACTORIAL		0x08	/* RW */
#define EDU_STATUS		0x20
#define   EDU_STATUS_COMPUTING	0x01	/* RO */
#define   EDU_STATUS_IRQFACT	0x80	/* RW, interrupt when computed */
#define EDU_IRQ_STATUS		0x24	/* RO */
#define   EDU_IRQ_FACT		0x00000001
#define   EDU_IRQ_DMA		0x00000100
#define   EDU_IRQ_SOFTWARE	0xffff0000	/* any value can be raised; these are ours */
#define   EDU_IRQ_SOFTWARE_SHIFT 16
#define EDU_IRQ_RAISE		0x60	/* WO */
#define EDU_IRQ_ACK		0x64	/* WO */
#define EDU_DMA_SRC		0x80	/* RW, these four also with 8 bytes */
#define EDU_DMA_DST		0x88	/* RW */
#define EDU_DMA_COUNT		0x90	/* RW */
#define EDU_DMA_CMD		0x98	/* RW */
#define   EDU_DMA_CMD_RUN	0x1
#define   EDU_DMA_CMD_TO_HOST	0x2
#define   EDU_DMA_CMD_IRQ	0x4

/* Where the device's own buffer is in its address space */
#define EDU_BUFFER		0x40000
#define EDU_BUFFER_SIZE		4096
#define EDU_DMA_BITS		28

/* Bound for a transfer that was given up: ten times what the device takes */
#define EDU_IDLE_USEC		(1000 * USEC_PER_MSEC)
#define EDU_IDLE_POLL_USEC	1000

static DEFINE_IDA(edu_numbers);

enum edu_unit {
	EDU_UNIT_DMA,
	EDU_UNIT_FACT,
};

/**
 * struct edu - one device
 * @pdev: its PCI function
 * @regs: BAR 0
 * @card: what users see
 * @wait: woken by interrupts, when a unit becomes free, and when the card goes
 * @busy: units in use, a bit for each &enum edu_unit
 * @gone: the card goes
 * @buffer: host memory of transfers
 * @buffer_dma: bus address of @buffer
 */
struct edu {
	struct pci_dev *pdev;
	void __iomem *regs;
	struct emucard *card;
	wait_queue_head_t wait;
	unsigned long busy;
	bool gone;
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
	return !READ_ONCE(edu->gone) && !PCI_POSSIBLE_ERROR(edu_read(edu, EDU_ID));
}

static irqreturn_t edu_irq(int nr, void *data)
{
	struct edu *edu = data;
	u32 status;

	status = edu_read(edu, EDU_IRQ_STATUS);
	if (!status || PCI_POSSIBLE_ERROR(status))
		return IRQ_NONE;
	edu_write(edu, EDU_IRQ_ACK, status);

	if (status & EDU_IRQ_SOFTWARE)
		emucard_irq_event(edu->card, status >> EDU_IRQ_SOFTWARE_SHIFT);
	/* Those who wait read for themselves whether the device has finished. */
	if (status & (EDU_IRQ_DMA | EDU_IRQ_FACT))
		wake_up_all(&edu->wait);
	return IRQ_HANDLED;
}

static int edu_acquire(struct edu *edu, enum edu_unit unit, const struct emucard_wait *wait)
{
	return emucard_wait_event(edu->wait, !test_and_set_bit_lock(unit, &edu->busy), wait);
}

static void edu_release(struct edu *edu, enum edu_unit unit)
{
	clear_bit_unlock(unit, &edu->busy);
	/* A waiter that is not in the queue yet must see the bit. */
	smp_mb__after_atomic();
	wake_up_all(&edu->wait);
}

/* Wait until a bit of a register is clear; an interrupt that was lost costs time only. */
static int edu_wait_clear(struct edu *edu, u32 reg, u32 bit, const struct emucard_wait *wait)
{
	int ret;

	ret = emucard_wait_event(edu->wait,
				 READ_ONCE(edu->gone) || !(edu_read(edu, reg) & bit), wait);
	if (!edu_alive(edu))
		return -ENODEV;
	if (ret == -ETIMEDOUT && !(edu_read(edu, reg) & bit))
		return 0;
	return ret;
}

static int edu_dma(struct edu *edu, u64 offset, size_t len, enum dma_data_direction dir,
		   const struct emucard_wait *wait)
{
	u32 cmd = EDU_DMA_CMD_RUN | EDU_DMA_CMD_IRQ;
	u32 host = lower_32_bits(edu->buffer_dma);
	u32 device = EDU_BUFFER + offset;

	if (dir == DMA_FROM_DEVICE)
		cmd |= EDU_DMA_CMD_TO_HOST;
	edu_write(edu, EDU_DMA_SRC, dir == DMA_TO_DEVICE ? host : device);
	edu_write(edu, EDU_DMA_DST, dir == DMA_TO_DEVICE ? device : host);
	edu_write(edu, EDU_DMA_COUNT, len);
	edu_write(edu, EDU_DMA_CMD, cmd);
	return edu_wait_clear(edu, EDU_DMA_CMD, EDU_DMA_CMD_RUN, wait);
}

static ssize_t edu_copy(struct emucard *card, struct iov_iter *iter, u64 offset, size_t len,
			enum dma_data_direction dir, const struct emucard_wait *wait)
{
	struct edu *edu = card->drvdata;
	ssize_t ret;

	if (offset >= EDU_BUFFER_SIZE)
		return -ERANGE;
	len = min_t(u64, len, EDU_BUFFER_SIZE - offset);

	ret = edu_acquire(edu, EDU_UNIT_DMA, wait);
	if (ret)
		return ret;
	/* A transfer that somebody gave up may still be using the buffer. */
	ret = edu_wait_clear(edu, EDU_DMA_CMD, EDU_DMA_CMD_RUN, wait);
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
	edu_release(edu, EDU_UNIT_DMA);
	return ret ? ret : len;
}

static int edu_fact(struct emucard *card, u32 n, u32 *result, const struct emucard_wait *wait)
{
	struct edu *edu = card->drvdata;
	int ret;

	ret = edu_acquire(edu, EDU_UNIT_FACT, wait);
	if (ret)
		return ret;
	if (!edu_alive(edu)) {
		ret = -ENODEV;
	} else if (edu_read(edu, EDU_STATUS) & EDU_STATUS_COMPUTING) {
		ret = -EBUSY;
	} else {
		edu_write(edu, EDU_FACTORIAL, n);
		ret = edu_wait_clear(edu, EDU_STATUS, EDU_STATUS_COMPUTING, wait);
		if (!ret)
			*result = edu_read(edu, EDU_FACTORIAL);
	}
	edu_release(edu, EDU_UNIT_FACT);
	return ret;
}

static int edu_reg_read(struct emucard *card, u32 offset, u32 width, u64 *value)
{
	struct edu *edu = card->drvdata;

#ifdef CONFIG_64BIT
	if (width == 8) {
		if (offset < EDU_DMA_SRC)
			return -EINVAL;
		*value = readq(edu->regs + offset);
		return edu_alive(edu) ? 0 : -ENODEV;
	}
#endif
	*value = edu_read(edu, offset);
	/* All-ones is also what the device answers where it has no register. */
	return edu_alive(edu) ? 0 : -ENODEV;
}

static int edu_reg_write(struct emucard *card, u32 offset, u32 width, u64 value)
{
	struct edu *edu = card->drvdata;

	/* The others start transfers, computations and interrupts. */
	if (offset != EDU_LIVENESS || width != 4)
		return -EPERM;
	if (!edu_alive(edu))
		return -ENODEV;
	edu_write(edu, EDU_LIVENESS, value);
	return 0;
}

static int edu_irq_raise(struct emucard *card, u32 causes)
{
	struct edu *edu = card->drvdata;

	if (!edu_alive(edu))
		return -ENODEV;
	edu_write(edu, EDU_IRQ_RAISE, causes << EDU_IRQ_SOFTWARE_SHIFT);
	return 0;
}

static void edu_detach(struct emucard *card)
{
	struct edu *edu = card->drvdata;

	WRITE_ONCE(edu->gone, true);
	wake_up_all(&edu->wait);
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
	ret = read_poll_timeout(edu_read, cmd, PCI_POSSIBLE_ERROR(cmd) || !(cmd & EDU_DMA_CMD_RUN),
				EDU_IDLE_POLL_USEC, EDU_IDLE_USEC, false, edu, EDU_DMA_CMD);
	if (ret)
		dev_warn(&edu->pdev->dev, "DMA does not end: cut off from the bus\n");
	/* A function that is not a bus master cannot reach host memory. */
	pci_clear_master(edu->pdev);
	edu_write(edu, EDU_IRQ_ACK, ~0);
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
	int ret;

	edu = devm_kzalloc(dev, sizeof(*edu), GFP_KERNEL);
	if (!edu)
		return -ENOMEM;
	edu->pdev = pdev;
	init_waitqueue_head(&edu->wait);
	pci_set_drvdata(pdev, edu);

	edu->card = devm_emucard_alloc(dev, &edu_ops, edu);
	if (IS_ERR(edu->card))
		return PTR_ERR(edu->card);
	info = &edu->card->info;

	ret = pcim_enable_device(pdev);
	if (ret)
		return dev_err_probe(dev, ret, "cannot enable\n");
	ret = pci_request_regions(pdev, KBUILD_MODNAME);
	if (ret)
		return dev_err_probe(dev, ret,
				     "its memory belongs to another driver, see /proc/iomem\n");
	if (pci_resource_len(pdev, EDU_BAR) < EDU_BAR_SIZE)
		return dev_err_probe(dev, -ENODEV, "BAR %d is too small\n", EDU_BAR);
	edu->regs = pcim_iomap(pdev, EDU_BAR, 0);
	if (!edu->regs)
		return dev_err_probe(dev, -ENOMEM, "cannot map BAR %d\n", EDU_BAR);
	ret = edu_identify(edu);
	if (ret)
		return ret;

	ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(EDU_DMA_BITS));
	if (ret)
		return dev_err_probe(dev, ret, "no memory within %d bits of address\n",
				     EDU_DMA_BITS);
	edu->buffer = dmam_alloc_coherent(dev, EDU_BUFFER_SIZE, &edu->buffer_dma, GFP_KERNEL);
	if (!edu->buffer)
		return -ENOMEM;
	ret = devm_add_action_or_reset(dev, edu_quiesce, edu);
	if (ret)
		return ret;
	ret = edu_request_irq(edu);
	if (ret)
		return ret;
	edu_write(edu, EDU_STATUS, EDU_STATUS_IRQFACT);
	pci_set_master(pdev);

	info->kind = EMUCARD_KIND_EDU;
	info->caps = EMUCARD_CAP_DMA | EMUCARD_CAP_REGS | EMUCARD_CAP_IRQ | EMUCARD_CAP_FACT;
	info->dma_size = EDU_BUFFER_SIZE;
	info->regs_base = pci_resource_start(pdev, EDU_BAR);
	info->regs_size = EDU_BAR_SIZE;
	info->reg_widths = IS_ENABLED(CONFIG_64BIT) ? 4 | 8 : 4;
	return devm_emucard_register(edu->card);
}

static void edu_shutdown(struct pci_dev *pdev)
{
	edu_quiesce(pci_get_drvdata(pdev));
}

static int edu_suspend(struct device *dev)
{
	edu_quiesce(dev_get_drvdata(dev));
	return 0;
}

static int edu_resume(struct device *dev)
{
	struct edu *edu = dev_get_drvdata(dev);

	edu_write(edu, EDU_STATUS, EDU_STATUS_IRQFACT);
	pci_set_master(edu->pdev);
	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(edu_pm_ops, edu_suspend, edu_resume);

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
};
module_pci_driver(edu_driver);

MODULE_DESCRIPTION("Driver for QEMU's educational device");
MODULE_AUTHOR("The fpga-pci project");
MODULE_LICENSE("GPL");
MODULE_VERSION(EMUCARD_VERSION);
