// SPDX-License-Identifier: GPL-2.0-only
/* Step 3: registers, read and written through attributes in sysfs */
#include <linux/io.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "edu_regs.h"

struct lesson {
	void __iomem *regs;
};

static ssize_t id_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct lesson *lesson = dev_get_drvdata(dev);

	return sysfs_emit(buf, "0x%08x\n", readl(lesson->regs + EDU_ID));
}
static DEVICE_ATTR_RO(id);

static ssize_t liveness_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct lesson *lesson = dev_get_drvdata(dev);

	return sysfs_emit(buf, "0x%08x\n", readl(lesson->regs + EDU_LIVENESS));
}

static ssize_t liveness_store(struct device *dev, struct device_attribute *attr, const char *buf,
			      size_t count)
{
#ifdef EXERCISE
	/*
	 * TODO: make a number of the text (kstrtou32() takes every base, and refuses what is no
	 * number), and write it to EDU_LIVENESS. The card answers with all of its bits inverted.
	 */
	return -EOPNOTSUPP;
#else
	struct lesson *lesson = dev_get_drvdata(dev);
	u32 value;
	int ret;

	ret = kstrtou32(buf, 0, &value);
	if (ret)
		return ret;
	writel(value, lesson->regs + EDU_LIVENESS);
	return count;
#endif
}
static DEVICE_ATTR_RW(liveness);

static struct attribute *lesson_attrs[] = {
	&dev_attr_id.attr,
	&dev_attr_liveness.attr,
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
	pci_set_drvdata(pdev, lesson);
	return 0;

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

MODULE_DESCRIPTION("A first PCI driver, step 3");
MODULE_LICENSE("GPL");
