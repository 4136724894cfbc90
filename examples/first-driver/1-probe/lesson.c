// SPDX-License-Identifier: GPL-2.0-only
/* Step 1: a driver that the PCI core binds to the card */
#include <linux/module.h>
#include <linux/pci.h>

static int lesson_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	pci_info(pdev, "probed: %04x:%04x, revision 0x%02x\n", pdev->vendor, pdev->device,
		 pdev->revision);
	return 0;
}

static void lesson_remove(struct pci_dev *pdev)
{
	pci_info(pdev, "removed\n");
}

static const struct pci_device_id lesson_ids[] = {
#ifdef EXERCISE
	/* TODO: an entry for the card, 1234:11e8. PCI_DEVICE(vendor, device) makes one. */
#else
	{ PCI_DEVICE(0x1234, 0x11e8) },
#endif
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

MODULE_DESCRIPTION("A first PCI driver, step 1");
MODULE_LICENSE("GPL");
