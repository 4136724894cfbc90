// SPDX-License-Identifier: GPL-2.0-only
/* Step 2: the card's BAR 0, claimed and mapped */
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "edu_regs.h"

static int lesson_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	void __iomem *regs;
	int ret;

	ret = pci_enable_device(pdev);
	if (ret)
		return ret;

#ifdef EXERCISE
	/* TODO: claim BAR 0 under the name "lesson", so that no other driver gets it. */
	ret = -EOPNOTSUPP;
#else
	ret = pci_request_region(pdev, EDU_BAR_REGS, "lesson");
#endif
	if (ret)
		goto disable;

	/* 0 as the length: all of it */
	regs = pci_iomap(pdev, EDU_BAR_REGS, 0);
	if (!regs) {
		ret = -ENOMEM;
		goto release;
	}
	pci_set_drvdata(pdev, (void __force *)regs);
	pci_info(pdev, "BAR 0 has %llu bytes, ID 0x%08x\n",
		 (unsigned long long)pci_resource_len(pdev, EDU_BAR_REGS), readl(regs + EDU_ID));
	return 0;

	/* What was done is undone, the last first. */
release:
	pci_release_region(pdev, EDU_BAR_REGS);
disable:
	pci_disable_device(pdev);
	return ret;
}

static void lesson_remove(struct pci_dev *pdev)
{
	pci_iounmap(pdev, (void __iomem __force *)pci_get_drvdata(pdev));
	pci_release_region(pdev, EDU_BAR_REGS);
	pci_disable_device(pdev);
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

MODULE_DESCRIPTION("A first PCI driver, step 2");
MODULE_LICENSE("GPL");
