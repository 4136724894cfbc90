// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/model/topology.h"

#include "pciaddr/model/pcispec.h"

static const struct range vga_ports[] = { { 0x3b0, 0x3bb }, { 0x3c0, 0x3df } };
static const struct range vga_memory = { 0xa0000, 0xbffff };

static bool is_vga_range(enum space space, struct range range)
{
	if (space == SPACE_MEMORY)
		return range_contains(vga_memory, range);
	return range_contains(vga_ports[0], range) || range_contains(vga_ports[1], range);
}

enum forwarding bridge_forwarding(const struct bridge *bridge, enum space space,
				  struct range range, enum window_kind *kind)
{
	enum forwarding answer = FORWARDS_NOT;
	enum window_kind decisive = space == SPACE_IO ? WINDOW_IO : WINDOW_MEMORY;
	bool decided = false;

	for (enum window_kind i = 0; i < WINDOWS; i++) {
		const struct window *window = &bridge->windows[i];

		if (window_space(i) != space)
			continue;
		if (window->state == WINDOW_UNKNOWN) {
			if (answer == FORWARDS_NOT)
				answer = FORWARDS_UNKNOWN;
			continue;
		}
		if (window->state != WINDOW_OPEN)
			continue;
		if (range_contains(window->range, range)) {
			if (kind)
				*kind = i;
			return FORWARDS;
		}
		if (range_overlaps(window->range, range)) {
			answer = FORWARDS_PARTLY;
			decisive = i;
			decided = true;
		} else if (!decided) {
			/* an open window tells a reader more than a closed one */
			decisive = i;
			decided = true;
		}
	}
	if (kind)
		*kind = decisive;
	if (bridge->control_known && bridge->control & CONTROL_VGA && is_vga_range(space, range))
		return FORWARDS;
	if (bridge->subtractive && answer != FORWARDS_UNKNOWN)
		return FORWARDS_BY_SUBTRACTION;
	return answer;
}

bool isa_hole(const struct bridge *bridge, struct range range)
{
	if (!bridge->control_known || !(bridge->control & CONTROL_ISA) || range.first > 0xffff)
		return false;
	/* not wholly within the first quarter of one kilobyte */
	return (range.first & 0x300) || (range.last & 0x300) ||
		range.first >> 10 != range.last >> 10;
}

bool is_above(const struct pci_function *bridge, const struct pci_function *function)
{
	for (function = function->parent; function; function = function->parent)
		if (function == bridge)
			return true;
	return false;
}

bool bar_is_live(const struct pci_function *function, const struct bar *bar)
{
	return bar->state == BAR_ASSIGNED && bar_decode(function, bar) != DECODE_OFF;
}

unsigned int window_register(const struct bridge *bridge, enum window_kind kind)
{
	static const unsigned int pci[WINDOWS] = {
		[WINDOW_IO] = CFG_IO_BASE,
		[WINDOW_MEMORY] = CFG_MEMORY_BASE,
		[WINDOW_PREFETCHABLE] = CFG_PREFETCH_BASE,
	};
	static const unsigned int cardbus[WINDOWS] = {
		[WINDOW_IO] = CFG_CARDBUS_IO_BASE,
		[WINDOW_IO_1] = CFG_CARDBUS_IO_BASE_1,
		[WINDOW_MEMORY] = CFG_CARDBUS_MEMORY_BASE,
		[WINDOW_MEMORY_1] = CFG_CARDBUS_MEMORY_BASE_1,
	};

	return bridge->cardbus ? cardbus[kind] : pci[kind];
}
