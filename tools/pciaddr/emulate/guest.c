// SPDX-License-Identifier: GPL-2.0-or-later
/* The machine that the guest has, as pciaddr-check will see it there. */
#include "pciaddr/emulate/shape.h"

#include <string.h>

#include "pciaddr/configspace/decode.h"
#include "pciaddr/configspace/extended.h"
#include "pciaddr/model/pcispec.h"

#define IO_LAST		0xffffu		/* of x86 */
#define CLASS_DISPLAY	0x03u

/* Linux takes the copy that firmware has made of a display's ROM for the ROM. */
static bool is_shadowed(const struct pci_function *function, const struct bar *bar)
{
	return bar->index == BAR_ROM && function->class >> 16 == CLASS_DISPLAY;
}

/* x86 has no such ports, so that Linux looks for others. */
static bool is_beyond(const struct bar *bar, uint64_t size)
{
	return bar->space == SPACE_IO && bar->range.first + (size - 1) > IO_LAST;
}

/*
 * A window that is closed may be opened, for what is plugged in later or has no address yet.
 * What a kernel moves is known to be there, and not where.
 */
static void forget_closed(const struct shape_function *from, struct bridge *bridge)
{
	for (int kind = 0; bridge && kind < WINDOWS; kind++) {
		struct window *window = &bridge->windows[kind];

		if (window->state == WINDOW_CLOSED || from->moves[BAR_ROM + 1 + kind] ||
		    (window_space((enum window_kind)kind) == SPACE_IO &&
		     window->range.last > IO_LAST))
			window->state = WINDOW_UNKNOWN;
	}
}

static void set_sizes(const struct shape_function *from, struct pci_function *function)
{
	for (unsigned int i = 0; i < function->bar_count; i++) {
		struct bar *bar = &function->bars[i];
		uint64_t size = from->bar_sizes[bar->index];

		if (from->moves[bar->index] || is_shadowed(function, bar) || (size && is_beyond(bar, size))) {
			bar->state = BAR_UNASSIGNED;
			continue;
		}
		if (!size || bar->state != BAR_ASSIGNED || bar->fixed_legacy || bar->enhanced)
			continue;
		bar->size_known = true;
		bar->range.last = bar->range.first + (size - 1);
	}
}

void shape_machine(const struct shape *shape, struct machine *guest)
{
	machine_init(guest, SOURCE_DUMP, shape->machine->name);
	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_function *from = &shape->functions[i];
		struct pci_function *function;

		if (from->unreachable)
			continue;
		function = machine_add(guest);
		function->domain = from->domain;
		function->bus = from->source->bus;
		function->device = from->source->device;
		function->function = from->source->function;
		config_decode(guest, function, from->image, NULL, SHAPE_CONFIG_SMALL);
		if (from->size > EXTENDED_BEGIN)
			config_decode_extended(guest, function, from->image + EXTENDED_BEGIN, NULL,
					       EXTENDED_SIZE);
		set_sizes(from, function);
		forget_closed(from, function->bridge);
	}
	machine_link(guest);
}
