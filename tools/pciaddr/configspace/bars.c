// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/configspace/decode.h"

#include <string.h>

#include "pciaddr/configspace/read.h"
#include "pciaddr/model/pcispec.h"

#define BARS_MAX (BAR_ROM + 1)

/* A driver or firmware that was stopped while it asked for the size leaves all address bits 1. */
static bool is_address(uint64_t address, uint64_t mask)
{
	return address && (address & mask) != mask;
}

static unsigned int decode_bar(const struct pci_function *function, unsigned int index,
			       unsigned int last, struct bar *bar)
{
	uint32_t low, high;
	uint64_t mask;

	if (!config_read(function, CFG_BAR0 + 4 * index, 4, &low))
		return 0;
	bar->index = (uint8_t)index;
	bar->register_known = true;
	if (low & BAR_IO) {
		bar->space = SPACE_IO;
		bar->register_address = low & BAR_IO_MASK;
		mask = BAR_IO_MASK;
	} else {
		bar->space = SPACE_MEMORY;
		bar->prefetchable = low & BAR_PREFETCH;
		bar->register_address = low & BAR_MEMORY_MASK;
		mask = BAR_MEMORY_MASK;
		if ((low & BAR_MEMORY_TYPE) == BAR_MEMORY_64BIT && index < last) {
			bar->is_64bit = true;
			if (!config_read(function, CFG_BAR0 + 4 * (index + 1), 4, &high))
				return 2;
			bar->register_address |= (uint64_t)high << 32;
			mask |= 0xffffffffull << 32;
		}
	}
	bar->state = is_address(bar->register_address, mask) ? BAR_ASSIGNED : BAR_UNASSIGNED;
	bar->range.first = bar->range.last = bar->register_address;
	return bar->is_64bit ? 2 : 1;
}

/* A register of which no bit is set may as well not be there: no BAR, says PCI 3.0, 6.2.5.1. */
static bool bar_exists(const struct bar *bar)
{
	return bar->register_known &&
		(bar->register_address || bar->space == SPACE_IO || bar->is_64bit ||
		 bar->prefetchable);
}

static unsigned int read_bars(const struct pci_function *function, struct bar *bars)
{
	unsigned int count = 0, end;

	switch (function->header_type) {
	case HEADER_DEVICE:
		end = 6;
		break;
	case HEADER_BRIDGE:
		end = 2;
		break;
	case HEADER_CARDBUS:
		end = 1;
		break;
	default:
		return 0;
	}
	for (unsigned int index = 0; index < end;) {
		struct bar bar = { 0 };
		unsigned int registers = decode_bar(function, index, end - 1, &bar);

		if (config_legacy_bar(function, index) ?
		    config_read_legacy_bar(function, index, &bar) : bar_exists(&bar))
			bars[count++] = bar;
		index += registers ? registers : 1;
	}
	return count;
}

static unsigned int decode_rom(const struct pci_function *function, struct bar *bar)
{
	uint32_t value;

	if (function->header_type > HEADER_BRIDGE ||
	    !config_read(function, function->header_type == HEADER_BRIDGE ?
			 CFG_BRIDGE_ROM : CFG_ROM, 4, &value) || !value)
		return 0;
	*bar = (struct bar) {
		.index = BAR_ROM,
		.space = SPACE_MEMORY,
		.register_known = true,
		.register_address = value & ROM_MASK,
		.not_decoded = !(value & ROM_ENABLE),
		.range = { value & ROM_MASK, value & ROM_MASK },
	};
	bar->state = is_address(bar->register_address, ROM_MASK) ? BAR_ASSIGNED : BAR_UNASSIGNED;
	return 1;
}

void config_decode_bars(struct machine *machine, struct pci_function *function)
{
	struct bar bars[BARS_MAX];
	unsigned int count = read_bars(function, bars);

	count += decode_rom(function, &bars[count]);
	if (count) {
		function->bars = memcpy(arena_alloc(&machine->arena, count * sizeof(*bars)), bars,
					count * sizeof(*bars));
		function->bar_count = (uint8_t)count;
	}
}
