// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * IDE in compatibility mode answers at the ISA addresses, whatever the registers hold (PCI IDE
 * Controller Specification 1.0, 2.4).  There are functions that have one channel alone, and that of
 * either number, as Cypress's CY82C693: their registers hold its ISA addresses, and Linux on Alpha
 * has it so (quirk_cypress()).
 */
#include "pciaddr/configspace/decode.h"

#include "pciaddr/configspace/read.h"
#include "pciaddr/model/pcispec.h"

#define LEGACY_BARS	4
#define OTHER_CHANNEL	2	/* of a BAR's index, the bit that differs */

static const struct range legacy_ranges[LEGACY_BARS] = {
	{ 0x1f0, 0x1f7 }, { 0x3f6, 0x3f6 }, { 0x170, 0x177 }, { 0x376, 0x376 },
};

/* A register, and lspci's text of it, have no bits 0 and 1; host bridges add whole pages. */
#define IN_PAGE		0xffcu

static bool is_at(unsigned int index, uint64_t address)
{
	return (address & IN_PAGE) == (legacy_ranges[index].first & IN_PAGE);
}

bool config_legacy_bar(const struct pci_function *function, unsigned int index)
{
	if (!function->class_known || function->class >> 8 != CLASS_IDE || index >= LEGACY_BARS)
		return false;
	return !(function->class & (index < 2 ? PROGIF_IDE_NATIVE_1 : PROGIF_IDE_NATIVE_2));
}

static bool read_port(const struct pci_function *function, unsigned int index, uint32_t *address)
{
	if (!config_read(function, CFG_BAR0 + 4 * index, 4, address) ||
	    (*address && !(*address & BAR_IO)))
		return false;
	*address &= BAR_IO_MASK;
	return true;
}

/* Does a register hold the ISA address of a channel, so that they tell which there are? */
static bool registers_tell(const struct pci_function *function)
{
	uint32_t address;

	for (unsigned int i = 0; i < LEGACY_BARS; i++)
		if (config_legacy_bar(function, i) && read_port(function, i, &address) &&
		    address < 0x1000 && (is_at(i, address) || is_at(i ^ OTHER_CHANNEL, address)))
			return true;
	return false;
}

bool config_read_legacy_bar(const struct pci_function *function, unsigned int index,
			    struct bar *bar)
{
	uint32_t address;
	bool read = read_port(function, index, &address);

	*bar = (struct bar) {
		.index = (uint8_t)index,
		.space = SPACE_IO,
		.state = BAR_ASSIGNED,
		.size_known = true,
		.fixed_legacy = true,
		.range = legacy_ranges[index],
	};
	if (!read || (!address && !registers_tell(function)))
		return true;
	if (address < 0x1000 && is_at(index ^ OTHER_CHANNEL, address))
		bar->range = legacy_ranges[index ^ OTHER_CHANNEL];
	else if (address >= 0x1000 || !is_at(index, address))
		bar->doubtful = address;
	return address;
}

void config_legacy_told(const struct pci_function *function, struct bar *bar, uint64_t address)
{
	uint32_t value;

	if (is_at(bar->index, address) || is_at(bar->index ^ OTHER_CHANNEL, address)) {
		bar->range = legacy_ranges[is_at(bar->index, address) ? bar->index :
					   bar->index ^ OTHER_CHANNEL];
		bar->doubtful = false;
		return;
	}
	*bar = (struct bar) {
		.index = bar->index, .space = SPACE_IO, .line = bar->line,
		.range = { address, address },
	};
	if (!read_port(function, bar->index, &value) || value != address)
		return;
	bar->register_known = true;
	bar->register_address = address;
	bar->state = BAR_ASSIGNED;
}

static bool is_named(const struct bar *bar)
{
	return bar->line || bar->kernel_known;
}

void config_settle_legacy_bars(struct pci_function *function)
{
	unsigned int kept = 0;
	bool named = false;

	for (unsigned int i = 0; i < function->bar_count; i++)
		named |= function->bars[i].index < LEGACY_BARS && is_named(&function->bars[i]) &&
			!function->bars[i].kernel_unset;
	for (unsigned int i = 0; i < function->bar_count; i++)
		if (!named || !function->bars[i].fixed_legacy || is_named(&function->bars[i]))
			function->bars[kept++] = function->bars[i];
	function->bar_count = (uint8_t)kept;
}
