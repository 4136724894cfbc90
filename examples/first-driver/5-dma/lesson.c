// SPDX-License-Identifier: GPL-2.0-only
/* Step 5: the card copies between its buffer and memory of the driver's (DMA) */
#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "edu_regs.h"

#define LESSON_TIMEOUT	(2 * HZ)

/**
 * struct lesson - one card
 * @regs: BAR 0
 * @done: the card has interrupted since the transfer began
 * @buffer: EDU_DMA_BUFFER_SIZE bytes of memory that the card reads and writes
 * @buffer_dma: their address as the card sees it
 */
struct lesson {
	void __iomem *regs;
	/** @lock: one transfer at a time; protects @buffer */
	struct mutex lock;
	struct completion done;
	char *buffer;
	dma_addr_t buffer_dma;
};

static irqreturn_t lesson_irq(int nr, void *data)
{
	struct lesson *lesson = data;
	u32 status = readl(lesson->regs + EDU_INT_STATUS);

	if (!status)
		return IRQ_NONE;
	writel(status, lesson->regs + EDU_INT_ACK);
	complete(&lesson->done);
	return IRQ_HANDLED;
}

/* Begins a transfer of the whole buffer, to the card or back. */
static void lesson_start(struct lesson *lesson, bool to_host)
{
#ifdef EXERCISE
	/*
	 * TODO: write source, destination and count to EDU_DMA_SRC, EDU_DMA_DST, EDU_DMA_COUNT.
	 * The driver's buffer is at lesson->buffer_dma, the card's at EDU_DMA_BUFFER. Then write
	 * EDU_DMA_CMD: EDU_DMA_CMD_START and EDU_DMA_CMD_IRQ, and for the way back to the host
	 * EDU_DMA_CMD_TO_HOST as well.
	 */
#else
	u32 command = EDU_DMA_CMD_START | EDU_DMA_CMD_IRQ;
	u32 src = lesson->buffer_dma, dst = EDU_DMA_BUFFER;

	if (to_host) {
		command |= EDU_DMA_CMD_TO_HOST;
		swap(src, dst);
	}
	writel(src, lesson->regs + EDU_DMA_SRC);
	writel(dst, lesson->regs + EDU_DMA_DST);
	writel(EDU_DMA_BUFFER_SIZE, lesson->regs + EDU_DMA_COUNT);
	writel(command, lesson->regs + EDU_DMA_CMD);
#endif
}

/* Copies the whole of the buffer, to the card or back. Under lesson->lock. */
static int lesson_transfer(struct lesson *lesson, bool to_host)
{
	long left;

	/* One that was given up may still run: the card ignores writes until it has ended. */
	if (readl(lesson->regs + EDU_DMA_CMD) & EDU_DMA_CMD_START)
		return -EBUSY;
	reinit_completion(&lesson->done);
	lesson_start(lesson, to_host);
	left = wait_for_completion_interruptible_timeout(&lesson->done, LESSON_TIMEOUT);
	if (left < 0)
		return left;
	return left ? 0 : -ETIMEDOUT;
}

/* The text that is written goes to the card... */
static ssize_t text_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t count)
{
	struct lesson *lesson = dev_get_drvdata(dev);
	int ret;

	if (count >= EDU_DMA_BUFFER_SIZE)
		return -ENOSPC;
	ret = mutex_lock_interruptible(&lesson->lock);
	if (ret)
		return ret;
	memset(lesson->buffer, 0, EDU_DMA_BUFFER_SIZE);
	memcpy(lesson->buffer, buf, count);
	ret = lesson_transfer(lesson, false);
	mutex_unlock(&lesson->lock);
	return ret ? ret : count;
}

/* ... and what is read comes from it. */
static ssize_t text_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct lesson *lesson = dev_get_drvdata(dev);
	ssize_t ret;

	ret = mutex_lock_interruptible(&lesson->lock);
	if (ret)
		return ret;
	memset(lesson->buffer, 0, EDU_DMA_BUFFER_SIZE);
	ret = lesson_transfer(lesson, true);
	if (!ret)
		ret = sysfs_emit(buf, "%.*s", EDU_DMA_BUFFER_SIZE - 1, lesson->buffer);
	mutex_unlock(&lesson->lock);
	return ret;
}
static DEVICE_ATTR_RW(text);

static struct attribute *lesson_attrs[] = {
	&dev_attr_text.attr,
	NULL
};
ATTRIBUTE_GROUPS(lesson);

static int lesson_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct lesson *lesson;
	int ret;

	lesson = kzalloc(sizeof(*lesson), GFP_KERNEL);
	if (!lesson)
		return -ENOMEM;
	mutex_init(&lesson->lock);
	init_completion(&lesson->done);
	ret = pci_enable_device(pdev);
	if (ret)
		goto free;
	ret = pci_request_region(pdev, EDU_BAR_REGS, "lesson");
	if (ret)
		goto disable;
	lesson->regs = pci_iomap(pdev, EDU_BAR_REGS, 0);
	if (!lesson->regs) {
		ret = -ENOMEM;
		goto release;
	}
	/* The card cuts off all bits above these: without this it would write elsewhere. */
	ret = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(EDU_DMA_MASK_BITS));
	if (ret)
		goto unmap;
	lesson->buffer = dma_alloc_coherent(&pdev->dev, EDU_DMA_BUFFER_SIZE, &lesson->buffer_dma,
					    GFP_KERNEL);
	if (!lesson->buffer) {
		ret = -ENOMEM;
		goto unmap;
	}
	pci_set_master(pdev);
	ret = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_ALL_TYPES);
	if (ret < 0)
		goto stop;
	ret = pci_request_irq(pdev, 0, lesson_irq, NULL, lesson, "lesson");
	if (ret)
		goto free_vectors;
	pci_set_drvdata(pdev, lesson);
	return 0;

free_vectors:
	pci_free_irq_vectors(pdev);
stop:
	pci_clear_master(pdev);
	dma_free_coherent(&pdev->dev, EDU_DMA_BUFFER_SIZE, lesson->buffer, lesson->buffer_dma);
unmap:
	pci_iounmap(pdev, lesson->regs);
release:
	pci_release_region(pdev, EDU_BAR_REGS);
disable:
	pci_disable_device(pdev);
free:
	kfree(lesson);
	return ret;
}

static void lesson_remove(struct pci_dev *pdev)
{
	struct lesson *lesson = pci_get_drvdata(pdev);

	pci_free_irq(pdev, 0, lesson);
	pci_free_irq_vectors(pdev);
	/* Before the memory is given back: a transfer that was given up may still run. */
	pci_clear_master(pdev);
	dma_free_coherent(&pdev->dev, EDU_DMA_BUFFER_SIZE, lesson->buffer, lesson->buffer_dma);
	pci_iounmap(pdev, lesson->regs);
	pci_release_region(pdev, EDU_BAR_REGS);
	pci_disable_device(pdev);
	kfree(lesson);
}

static const struct pci_device_id lesson_ids[] = {
	{ PCI_DEVICE(EDU_PCI_VENDOR_ID, EDU_PCI_DEVICE_ID) },
	{ }
};
MODULE_DEVICE_TABLE(pci, lesson_ids);

static struct pci_driver lesson_driver = {
	.name = "lesson",
	.id_table = lesson_ids,
	.probe = lesson_probe,
	.remove = lesson_remove,
	.dev_groups = lesson_groups,
};
module_pci_driver(lesson_driver);

MODULE_DESCRIPTION("A first PCI driver, step 5");
MODULE_LICENSE("GPL");
