// SPDX-License-Identifier: GPL-2.0-only
/*
 * Are the card's ports where they should be, and do they answer there?
 *
 * The kernel's idea of a BAR (struct resource) and the card's idea (the register)
 * can differ where a BAR or a bridge's window has a fixed address: Linux may move
 * what cannot be moved, for example when the bridge has been removed and scanned
 * again. An access then goes nowhere, or to another card. So both are read.
 *
 * A card that states its ports by Enhanced Allocation (PCI Express Base 5.0, 7.8.5)
 * has no such register; what it states is what the kernel takes, and never moves.
 */
#include <linux/export.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>

#include "emucard_driver.h"

static int emucard_range_set(const char *value, const struct kernel_param *kp)
{
	struct emucard_range *range = kp->arg;
	unsigned int first, last;
	char end;

	if (sscanf(value, "%i-%i%c", &first, &last, &end) != 2 || first > last || last > 0xffff) {
		pr_err("%s: %s=%s: not a range of ports such as 0x2000-0x27ff\n",
		       module_name(kp->mod), kp->name, value);
		return -EINVAL;
	}
	range->first = first;
	range->last = last;
	range->given = true;
	return 0;
}

static int emucard_range_get(char *buffer, const struct kernel_param *kp)
{
	const struct emucard_range *range = kp->arg;

	if (!range->given)
		return sysfs_emit(buffer, "\n");
	return sysfs_emit(buffer, "0x%04x-0x%04x\n", range->first, range->last);
}

const struct kernel_param_ops emucard_range_param_ops = {
	.set = emucard_range_set,
	.get = emucard_range_get,
};
EXPORT_SYMBOL_GPL(emucard_range_param_ops);

/* The window of ports that a bridge forwards, as its registers have it. */
static bool emucard_bridge_window(struct pci_dev *bridge, u32 *first, u32 *last)
{
	u16 base_hi = 0, limit_hi = 0;
	u8 base, limit;

	pci_read_config_byte(bridge, PCI_IO_BASE, &base);
	pci_read_config_byte(bridge, PCI_IO_LIMIT, &limit);
	if ((base & PCI_IO_RANGE_TYPE_MASK) == PCI_IO_RANGE_TYPE_32) {
		pci_read_config_word(bridge, PCI_IO_BASE_UPPER16, &base_hi);
		pci_read_config_word(bridge, PCI_IO_LIMIT_UPPER16, &limit_hi);
	}
	*first = (u32)base_hi << 16 | (base & PCI_IO_RANGE_MASK) << 8;
	*last = (u32)limit_hi << 16 | (limit & PCI_IO_RANGE_MASK) << 8 | 0xfff;
	return *first <= *last;
}

/* Do all bridges above @pdev forward these ports? */
static int emucard_check_bridges(struct pci_dev *pdev, int bar, u32 first, u32 last)
{
	struct pci_dev *bridge;
	u32 window_first, window_last;

	for (bridge = pci_upstream_bridge(pdev); bridge; bridge = pci_upstream_bridge(bridge)) {
		const struct resource *window = &bridge->resource[PCI_BRIDGE_IO_WINDOW];

		/* A transparent bridge also forwards what no other device claims. */
		if (bridge->transparent)
			continue;
		if (!emucard_bridge_window(bridge, &window_first, &window_last))
			return dev_err_probe(&pdev->dev, -ENXIO,
					     "BAR %d at ports 0x%04x-0x%04x: bridge %s forwards no ports\n",
					     bar, first, last, pci_name(bridge));
		if (first < window_first || last > window_last)
			return dev_err_probe(&pdev->dev, -ENXIO,
					     "BAR %d at ports 0x%04x-0x%04x is outside the window 0x%04x-0x%04x of bridge %s (the kernel has %pR): its ports cannot answer\n",
					     bar, first, last, window_first, window_last,
					     pci_name(bridge), window);
	}
	return 0;
}

/* Long lines: a message is found by searching for it. */
#define ADVICE_REBOOT "was its bridge removed and scanned again, or were its ports given to another bridge? Reboot"
#define ADVICE_PRESERVE "the kernel assigns all addresses of this host bridge anew, at each boot: let it keep them, by linux,pci-probe-only in the host bridge's node of the device tree (Linux 6.11 and newer) or by function 5 of its _DSM (ACPI)"

/* What to do where the kernel has moved a BAR that cannot move */
static const char *emucard_moved_advice(struct pci_dev *pdev)
{
	/* These take what they find; elsewhere Linux does so only where it is asked to. */
	if (IS_ENABLED(CONFIG_X86) || IS_ENABLED(CONFIG_PPC) ||
	    pci_find_host_bridge(pdev->bus)->preserve_config)
		return ADVICE_REBOOT;
	return ADVICE_PRESERVE;
}

/**
 * emucard_check_decode - can the ports of a BAR be reached?
 * @pdev: the function, not necessarily enabled
 * @bar: number of an I/O BAR
 *
 * Return: 0; or an error when the kernel, the BAR and the bridges above it do not
 * agree on where the ports are, with a message that says which.
 */
int emucard_check_decode(struct pci_dev *pdev, int bar)
{
	struct resource *res = &pdev->resource[bar];
	bool stated = res->flags & IORESOURCE_PCI_FIXED;
	struct pci_bus_region region;
	u32 reg, base;
	u16 vendor;

	if (pci_read_config_word(pdev, PCI_VENDOR_ID, &vendor) || PCI_POSSIBLE_ERROR(vendor))
		return dev_err_probe(&pdev->dev, -ENODEV, "the card does not answer\n");
	pci_read_config_dword(pdev, PCI_BASE_ADDRESS_0 + 4 * bar, &reg);

	if (!(res->flags & IORESOURCE_IO) || !resource_size(res))
		return dev_err_probe(&pdev->dev, -ENXIO, "BAR %d is not an I/O BAR\n", bar);
	/* Port 0 is an address like any other, where a host bridge translates. */
	if (res->flags & IORESOURCE_UNSET)
		return dev_err_probe(&pdev->dev, -ENXIO,
				     "BAR %d has no address: the kernel found no room for 0x%llx ports in its bridge's window (the register reads 0x%08x)\n",
				     bar, (u64)resource_size(res), reg);

	pcibios_resource_to_bus(pdev->bus, &region, res);
	base = stated ? region.start : reg & PCI_BASE_ADDRESS_IO_MASK;
	if (base != region.start)
		return dev_err_probe(&pdev->dev, -ENXIO,
				     "BAR %d holds port 0x%04x, but the kernel assigned 0x%04llx: a fixed BAR cannot move (%s)\n",
				     bar, base, (u64)region.start, emucard_moved_advice(pdev));
	if (!res->parent)
		return dev_err_probe(&pdev->dev, -EBUSY,
				     "BAR %d %pR is not claimed: its ports conflict with another device, see /proc/ioports\n",
				     bar, res);

	return emucard_check_bridges(pdev, bar, base, base + resource_size(res) - 1);
}
EXPORT_SYMBOL_GPL(emucard_check_decode);

/**
 * emucard_check_expected - are the ports of a BAR where they are expected?
 *
 * Ports are those of the bus, which the BAR holds: where a host bridge translates (arm64,
 * ppc64), the CPU's, which /proc/ioports shows, differ by a constant.
 *
 * @card: its range_verdict is set, which sysfs shows
 * @pdev: the function, for which emucard_check_decode() has passed
 * @bar: number of an I/O BAR
 * @expect: where the ports are expected; not given: anywhere will do
 * @strict: a miss is an error, not only a warning
 *
 * Return: 0 or an error.
 */
int emucard_check_expected(struct emucard *card, struct pci_dev *pdev, int bar,
			   const struct emucard_range *expect, bool strict)
{
	struct pci_dev *bridge = pci_upstream_bridge(pdev);
	struct pci_bus_region at;
	u32 window_first, window_last;
	char where[64] = "";

	if (!expect->given) {
		strscpy(card->range_verdict, "any", sizeof(card->range_verdict));
		return 0;
	}
	pcibios_resource_to_bus(pdev->bus, &at, &pdev->resource[bar]);
	if (at.start == expect->first && at.end == expect->last) {
		snprintf(card->range_verdict, sizeof(card->range_verdict),
			 "0x%04x-0x%04x met", expect->first, expect->last);
		return 0;
	}
	snprintf(card->range_verdict, sizeof(card->range_verdict),
		 "0x%04x-0x%04x missed, at 0x%04llx-0x%04llx", expect->first, expect->last,
		 (u64)at.start, (u64)at.end);

	if (bridge && emucard_bridge_window(bridge, &window_first, &window_last))
		snprintf(where, sizeof(where), " in window 0x%04x-0x%04x of bridge %s",
			 window_first, window_last, pci_name(bridge));
	if (strict)
		return dev_err_probe(&pdev->dev, -ERANGE,
				     "BAR %d is at ports 0x%04llx-0x%04llx%s, but 0x%04x-0x%04x is expected: not bound, because strict is set\n",
				     bar, (u64)at.start, (u64)at.end, where,
				     expect->first, expect->last);
	dev_warn(&pdev->dev,
		 "BAR %d is at ports 0x%04llx-0x%04llx%s, but 0x%04x-0x%04x is expected\n",
		 bar, (u64)at.start, (u64)at.end, where, expect->first, expect->last);
	return 0;
}
EXPORT_SYMBOL_GPL(emucard_check_expected);
