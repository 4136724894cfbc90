// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attributes of a card under /sys/class/emucard; ABI/sysfs-class-emucard says
 * what they mean. None of them touches the card.
 */
#include <linux/sysfs.h>

#include "emucard_core.h"

#define EMUCARD_ATTR(_name, _format, _value)					\
static ssize_t _name##_show(struct device *dev, struct device_attribute *attr,	\
			    char *buf)						\
{										\
	struct emucard *card = dev_get_drvdata(dev);				\
										\
	return sysfs_emit(buf, _format "\n", _value);				\
}										\
static DEVICE_ATTR_RO(_name)

static const char * const emucard_irq_modes[] = {
	[EMUCARD_IRQ_INTX] = "intx",
	[EMUCARD_IRQ_MSI] = "msi",
	[EMUCARD_IRQ_MSIX] = "msix",
};

EMUCARD_ATTR(slot, "%s", card->info.slot);
EMUCARD_ATTR(card_version, "0x%08x", card->info.card_version);
EMUCARD_ATTR(dma_size, "%llu", card->info.dma_size);
EMUCARD_ATTR(irq_mode, "%s", emucard_irq_modes[card->info.irq_mode]);
EMUCARD_ATTR(irq_vectors, "%u", card->info.irq_vectors);
EMUCARD_ATTR(expected_range, "%s", card->range_verdict);

static struct attribute *emucard_attrs[] = {
	&dev_attr_slot.attr,
	&dev_attr_card_version.attr,
	&dev_attr_dma_size.attr,
	&dev_attr_irq_mode.attr,
	&dev_attr_irq_vectors.attr,
	&dev_attr_expected_range.attr,
	NULL
};

static umode_t emucard_attr_visible(struct kobject *kobj, struct attribute *attr, int index)
{
	struct emucard *card = dev_get_drvdata(kobj_to_dev(kobj));

	if (attr == &dev_attr_expected_range.attr && !card->range_verdict[0])
		return 0;
	return attr->mode;
}

static const struct attribute_group emucard_group = {
	.attrs = emucard_attrs,
	.is_visible = emucard_attr_visible,
};

EMUCARD_ATTR(transfers, "%lld", (long long)atomic64_read(&card->stats.transfers));
EMUCARD_ATTR(bytes_to_card, "%lld", (long long)atomic64_read(&card->stats.bytes_to_card));
EMUCARD_ATTR(bytes_from_card, "%lld", (long long)atomic64_read(&card->stats.bytes_from_card));
EMUCARD_ATTR(errors, "%lld", (long long)atomic64_read(&card->stats.errors));
EMUCARD_ATTR(timeouts, "%lld", (long long)atomic64_read(&card->stats.timeouts));
EMUCARD_ATTR(interrupts, "%lld", (long long)atomic64_read(&card->stats.interrupts));

static struct attribute *emucard_stats_attrs[] = {
	&dev_attr_transfers.attr,
	&dev_attr_bytes_to_card.attr,
	&dev_attr_bytes_from_card.attr,
	&dev_attr_errors.attr,
	&dev_attr_timeouts.attr,
	&dev_attr_interrupts.attr,
	NULL
};

static const struct attribute_group emucard_stats_group = {
	.name = "stats",
	.attrs = emucard_stats_attrs,
};

const struct attribute_group *emucard_groups[] = {
	&emucard_group,
	&emucard_stats_group,
	NULL
};
