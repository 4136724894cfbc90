// SPDX-License-Identifier: GPL-2.0-only
/* Step 7: the card, or its driver, goes while files are open */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "edu_regs.h"

#define LESSON_TIMEOUT	(2 * HZ)

/**
 * struct lesson - one card
 * @misc: /dev/lesson
 * @kref: one for the bound driver, one for each open file: the last frees the struct
 * @gone: the driver is unbound, there is no card any more. Written under @lock
 * @regs: BAR 0
 * @done: the card has interrupted since the transfer began
 * @buffer: EDU_DMA_BUFFER_SIZE bytes of memory that the card reads and writes
 * @buffer_dma: their address as the card sees it
 */
struct lesson {
	struct miscdevice misc;
	struct kref kref;
	bool gone;
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

static void lesson_free(struct kref *kref)
{
	kfree(container_of(kref, struct lesson, kref));
}

static int lesson_open(struct inode *inode, struct file *file)
{
	/* misc_open() has put the miscdevice there, and keeps misc_deregister() waiting. */
	struct lesson *lesson = container_of(file->private_data, struct lesson, misc);

	kref_get(&lesson->kref);
	file->private_data = lesson;
	return 0;
}

static int lesson_release(struct inode *inode, struct file *file)
{
	struct lesson *lesson = file->private_data;

	kref_put(&lesson->kref, lesson_free);
	return 0;
}

/* Takes the lock for a transfer: there is a card until lesson_unlock(). */
static int lesson_lock(struct lesson *lesson)
{
	int ret = mutex_lock_interruptible(&lesson->lock);

	if (ret)
		return ret;
#ifdef EXERCISE
	/* TODO: is the card still there? The caller gets -ENODEV where it is not. */
#else
	if (lesson->gone) {
		mutex_unlock(&lesson->lock);
		return -ENODEV;
	}
#endif
	return 0;
}

static void lesson_unlock(struct lesson *lesson)
{
	mutex_unlock(&lesson->lock);
}

static ssize_t lesson_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct lesson *lesson = file->private_data;
	ssize_t ret;

	ret = lesson_lock(lesson);
	if (ret)
		return ret;
	ret = lesson_transfer(lesson, true);
	if (!ret)
		ret = simple_read_from_buffer(buf, count, pos, lesson->buffer, EDU_DMA_BUFFER_SIZE);
	lesson_unlock(lesson);
	return ret;
}

static ssize_t lesson_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	struct lesson *lesson = file->private_data;
	ssize_t ret, written;

	if (*pos >= EDU_DMA_BUFFER_SIZE)
		return -ENOSPC;
	ret = lesson_lock(lesson);
	if (ret)
		return ret;
	ret = lesson_transfer(lesson, true);
	if (ret)
		goto unlock;
	written = simple_write_to_buffer(lesson->buffer, EDU_DMA_BUFFER_SIZE, pos, buf, count);
	ret = written;
	if (written <= 0)
		goto unlock;
	ret = lesson_transfer(lesson, false);
	if (ret)
		*pos -= written;
	else
		ret = written;
unlock:
	lesson_unlock(lesson);
	return ret;
}

static loff_t lesson_llseek(struct file *file, loff_t offset, int whence)
{
	return fixed_size_llseek(file, offset, whence, EDU_DMA_BUFFER_SIZE);
}

static const struct file_operations lesson_fops = {
	.owner = THIS_MODULE,
	.open = lesson_open,
	.release = lesson_release,
	.read = lesson_read,
	.write = lesson_write,
	.llseek = lesson_llseek,
};

static int lesson_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct lesson *lesson;
	int ret;

	lesson = kzalloc(sizeof(*lesson), GFP_KERNEL);
	if (!lesson)
		return -ENOMEM;
	kref_init(&lesson->kref);
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

	/* Last: from here on user space can call. */
	lesson->misc.minor = MISC_DYNAMIC_MINOR;
	lesson->misc.name = "lesson";
	lesson->misc.fops = &lesson_fops;
	lesson->misc.parent = &pdev->dev;
	ret = misc_register(&lesson->misc);
	if (ret)
		goto free_irq;
	return 0;

free_irq:
	pci_free_irq(pdev, 0, lesson);
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

	/* New files no more; open ones stay. */
	misc_deregister(&lesson->misc);
#ifdef EXERCISE
	/*
	 * TODO: do not wait for the files: their users may keep them open for ever. Set
	 * lesson->gone under the lock, so that a call that is under way ends first, and the next
	 * one finds that the card has gone.
	 */
	while (kref_read(&lesson->kref) > 1)
		msleep(20);
#else
	mutex_lock(&lesson->lock);
	lesson->gone = true;
	mutex_unlock(&lesson->lock);
#endif
	pci_free_irq(pdev, 0, lesson);
	pci_free_irq_vectors(pdev);
	/* Before the memory is given back: a transfer that was given up may still run. */
	pci_clear_master(pdev);
	dma_free_coherent(&pdev->dev, EDU_DMA_BUFFER_SIZE, lesson->buffer, lesson->buffer_dma);
	pci_iounmap(pdev, lesson->regs);
	pci_release_region(pdev, EDU_BAR_REGS);
	pci_disable_device(pdev);
	kref_put(&lesson->kref, lesson_free);
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
};
module_pci_driver(lesson_driver);

MODULE_DESCRIPTION("A first PCI driver, step 7");
MODULE_LICENSE("GPL");
