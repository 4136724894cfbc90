// SPDX-License-Identifier: GPL-2.0-or-later
/* Enhanced Allocation: PCI Express Base 5.0, 7.8.5. */
#include "pciaddr/configspace/decode.h"

#include "pciaddr/configspace/read.h"
#include "pciaddr/model/pcispec.h"

struct ea_entry {
	unsigned int bar_indicator;
	unsigned int properties;
	struct range range;
};

enum {
	EA_BAR_LAST = 5,
	EA_BEHIND_BRIDGE = 6,
	EA_ROM = 8,
	EA_MEMORY = 0x00,
	EA_MEMORY_PREFETCHABLE = 0x01,
	EA_IO = 0x02,
	EA_BRIDGE_MEMORY = 0x05,
	EA_BRIDGE_PREFETCHABLE = 0x06,
	EA_BRIDGE_IO = 0x07,
	EA_UNAVAILABLE = 0xff,
};

/* One entry of 2 to 5 double words; returns its length in bytes, 0 when it is malformed. */
static unsigned int read_ea_entry(const struct pci_function *function, unsigned int offset,
				  struct ea_entry *entry, bool *enabled)
{
	uint32_t first, base, top, high;
	unsigned int length, next = offset + 12;

	if (!config_read(function, offset, 4, &first) ||
	    !config_read(function, offset + 4, 4, &base) ||
	    !config_read(function, offset + 8, 4, &top))
		return 0;
	length = 4 + 4 * (first & 7);
	entry->bar_indicator = first >> 4 & 0xf;
	entry->properties = first >> 8 & 0xff;
	if (entry->properties > EA_BRIDGE_IO)
		entry->properties = first >> 16 & 0xff;
	*enabled = first >> 31;
	entry->range.first = base & ~3u;
	entry->range.last = (top & ~3u) | 3;
	if (base & 2) {
		if (!config_read(function, next, 4, &high))
			return 0;
		entry->range.first |= (uint64_t)high << 32;
		next += 4;
	}
	if (top & 2) {
		if (!config_read(function, next, 4, &high))
			return 0;
		entry->range.last |= (uint64_t)high << 32;
		next += 4;
	}
	if (next > offset + length || entry->range.last > UINT64_MAX - entry->range.first)
		return 0;
	entry->range.last += entry->range.first;
	return length;
}

static void apply_ea_entry(struct machine *machine, struct pci_function *function,
			   const struct ea_entry *entry)
{
	unsigned int index = entry->bar_indicator == EA_ROM ? BAR_ROM : entry->bar_indicator;
	struct bar *bar;

	if (function->bridge && entry->bar_indicator == EA_BEHIND_BRIDGE) {
		enum window_kind kind = entry->properties == EA_BRIDGE_IO ? WINDOW_IO :
			entry->properties == EA_BRIDGE_PREFETCHABLE ? WINDOW_PREFETCHABLE :
			WINDOW_MEMORY;

		function->bridge->windows[kind].state = WINDOW_OPEN;
		function->bridge->windows[kind].range = entry->range;
		return;
	}
	if ((entry->bar_indicator > EA_BAR_LAST && entry->bar_indicator != EA_ROM) ||
	    entry->properties > EA_IO)
		return;
	bar = function_bar(function, index);
	if (!bar)
		bar = function_add_bar(machine, function, index);
	bar->space = entry->properties == EA_IO ? SPACE_IO : SPACE_MEMORY;
	bar->prefetchable = entry->properties == EA_MEMORY_PREFETCHABLE;
	bar->is_64bit = entry->range.last > UINT32_MAX;
	bar->enhanced = true;
	bar->register_known = true;
	bar->register_address = entry->range.first;
	bar->state = BAR_ASSIGNED;
	bar->size_known = true;
	bar->not_decoded = false;
	bar->range = entry->range;
}

void config_decode_enhanced_allocation(struct machine *machine, struct pci_function *function)
{
	bool known;
	unsigned int offset = config_capability(function, CAP_ID_EA, &known);
	uint32_t count;

	if (!offset || !config_read(function, offset + 2, 1, &count))
		return;
	offset += function->header_type == HEADER_BRIDGE ? 8 : 4;
	for (count &= 0x3f; count; count--) {
		struct ea_entry entry;
		bool enabled = false;
		unsigned int length = read_ea_entry(function, offset, &entry, &enabled);

		if (!length)
			return;
		if (enabled)
			apply_ea_entry(machine, function, &entry);
		offset += length;
	}
}
