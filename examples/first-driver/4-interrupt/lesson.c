// SPDX-License-Identifier: GPL-2.0-only
/* Step 4: an interrupt, and a wait for it that ends in any case */
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "edu_regs.h"

#define LESSON_TIMEOUT	(2 * HZ)

/**
 * struct lesson - one card
 * @regs: BAR 0
 * @done: the card has interrupted since the computation began
 * @result: what came of the last one
 */
struct lesson {
	void __iomem *regs;
	/** @lock: one computation at a time; protects @result */
	struct mutex lock;
	struct completion done;
	u32 result;
};

static irqreturn_t lesson_irq(int nr, void *data)
{
	struct lesson *lesson = data;
	u32 status = readl(lesson->regs + EDU_INT_STATUS);

	/* Another card may share the line. */
	if (!status)
		return IRQ_NONE;
	writel(status, lesson->regs + EDU_INT_ACK);
	complete(&lesson->done);
	return IRQ_HANDLED;
}

/* Waits for the card: 0, or -ETIMEDOUT, or -ERESTARTSYS after a signal. */
static int lesson_wait(struct lesson *lesson)
{
#ifdef EXERCISE
	/*
	 * TODO: wait for lesson->done, for LESSON_TIMEOUT at most, and let a signal end the wait.
	 * wait_for_completion_interruptible_timeout() returns how much time was left, 0 if none,
	 * and an error after a signal. An interrupt can get lost: the caller gets -ETIMEDOUT then.
	 */
	return -EOPNOTSUPP;
#else
	long left = wait_for_completion_interruptible_timeout(&lesson->done, LESSON_TIMEOUT);

	if (left < 0)
		return left;
	return left ? 0 : -ETIMEDOUT;
#endif
}

/* Computes n! modulo 2^32 into lesson->result. Under lesson->lock. */
static int lesson_compute(struct lesson *lesson, u32 n)
{
	int ret;

	/* One that was given up may still run: the card ignores writes until it has ended. */
	if (readl(lesson->regs + EDU_STATUS) & EDU_STATUS_COMPUTING)
		return -EBUSY;
	reinit_completion(&lesson->done);
	writel(EDU_STATUS_IRQ_FACT, lesson->regs + EDU_STATUS);
	writel(n, lesson->regs + EDU_FACT);
	ret = lesson_wait(lesson);
	if (!ret)
		lesson->result = readl(lesson->regs + EDU_FACT);
	return ret;
}

static ssize_t fact_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct lesson *lesson = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%u\n", READ_ONCE(lesson->result));
}

static ssize_t fact_store(struct device *dev, struct device_attribute *attr, const char *buf,
			  size_t count)
{
	struct lesson *lesson = dev_get_drvdata(dev);
	u32 n;
	int ret;

	ret = kstrtou32(buf, 0, &n);
	if (ret)
		return ret;
	ret = mutex_lock_interruptible(&lesson->lock);
	if (ret)
		return ret;
	ret = lesson_compute(lesson, n);
	mutex_unlock(&lesson->lock);
	return ret ? ret : count;
}
static DEVICE_ATTR_RW(fact);

static struct attribute *lesson_attrs[] = {
	&dev_attr_fact.attr,
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
	/* A message-signalled interrupt is a write of the card's to memory. */
	pci_set_master(pdev);
	ret = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_ALL_TYPES);
	if (ret < 0)
		goto unmap;
	ret = pci_request_irq(pdev, 0, lesson_irq, NULL, lesson, "lesson");
	if (ret)
		goto free_vectors;
	pci_set_drvdata(pdev, lesson);
	return 0;

free_vectors:
	pci_free_irq_vectors(pdev);
unmap:
	pci_clear_master(pdev);
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

	/* Waits for a handler that runs on another processor. */
	pci_free_irq(pdev, 0, lesson);
	pci_free_irq_vectors(pdev);
	pci_clear_master(pdev);
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

MODULE_DESCRIPTION("A first PCI driver, step 4");
MODULE_LICENSE("GPL");
