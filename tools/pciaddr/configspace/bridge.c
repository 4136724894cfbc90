// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/configspace/decode.h"

#include "pciaddr/configspace/read.h"
#include "pciaddr/model/pcispec.h"

/*
 * @base and @limit are the first bytes of the window's first and last unit.  Where both are 0
 * the window is taken as closed: a bridge without this window reads so (PCI-to-PCI Bridge
 * Architecture 1.2, 3.2.5.6 and 9), and so does one that was not programmed since reset.
 * Where a host bridge translates, address 0 may be a bridge's: see settle_zeroes().
 */
static void set_window(struct window *window, uint64_t base, uint64_t limit, uint64_t unit)
{
	window->state = WINDOW_CLOSED;
	window->range.first = base;
	window->range.last = limit + (unit - 1);
	if ((base || limit) && base <= window->range.last)
		window->state = WINDOW_OPEN;
}

static void decode_io_window(const struct pci_function *function, struct bridge *bridge)
{
	struct window *window = &bridge->windows[WINDOW_IO];
	uint32_t base, limit, base_high = 0, limit_high = 0;

	if (!config_read(function, CFG_IO_BASE, 1, &base) ||
	    !config_read(function, CFG_IO_LIMIT, 1, &limit))
		return;
	if ((base & WINDOW_TYPE) == WINDOW_IO_32BIT &&
	    (!config_read(function, CFG_IO_BASE_HIGH, 2, &base_high) ||
	     !config_read(function, CFG_IO_LIMIT_HIGH, 2, &limit_high)))
		return;
	bridge->io_32bit = (base & WINDOW_TYPE) == WINDOW_IO_32BIT;
	base = (base & WINDOW_IO_MASK) << 8 | base_high << 16;
	limit = (limit & WINDOW_IO_MASK) << 8 | limit_high << 16;
	set_window(window, base, limit, WINDOW_IO_UNIT);
}

static void decode_memory_window(const struct pci_function *function, struct window *window)
{
	uint32_t base, limit;

	if (!config_read(function, CFG_MEMORY_BASE, 2, &base) ||
	    !config_read(function, CFG_MEMORY_LIMIT, 2, &limit))
		return;
	base = (base & WINDOW_MEMORY_MASK) << 16;
	limit = (limit & WINDOW_MEMORY_MASK) << 16;
	set_window(window, base, limit, WINDOW_MEMORY_UNIT);
}

static void decode_prefetchable_window(const struct pci_function *function,
				       struct bridge *bridge)
{
	struct window *window = &bridge->windows[WINDOW_PREFETCHABLE];
	uint32_t base, limit, base_high = 0, limit_high = 0;

	if (!config_read(function, CFG_PREFETCH_BASE, 2, &base) ||
	    !config_read(function, CFG_PREFETCH_LIMIT, 2, &limit))
		return;
	if ((base & WINDOW_TYPE) == WINDOW_PREFETCH_64BIT &&
	    (!config_read(function, CFG_PREFETCH_BASE_HIGH, 4, &base_high) ||
	     !config_read(function, CFG_PREFETCH_LIMIT_HIGH, 4, &limit_high)))
		return;
	bridge->prefetch_64bit = (base & WINDOW_TYPE) == WINDOW_PREFETCH_64BIT;
	base = (base & WINDOW_MEMORY_MASK) << 16;
	limit = (limit & WINDOW_MEMORY_MASK) << 16;
	set_window(window, (uint64_t)base_high << 32 | base, (uint64_t)limit_high << 32 | limit,
		   WINDOW_MEMORY_UNIT);
}

/* PC Card Standard 8.0, volume 7: as bridge windows, but base 0 alone stands for closed. */
static void decode_cardbus_window(const struct pci_function *function, struct window *window,
				  unsigned int base_register, unsigned int limit_register,
				  uint32_t unit)
{
	uint32_t base, limit;

	if (!config_read(function, base_register, 4, &base) ||
	    !config_read(function, limit_register, 4, &limit))
		return;
	base &= ~(unit - 1);
	limit &= ~(unit - 1);
	set_window(window, base, base ? limit : 0, unit);
}

static void decode_cardbus_windows(const struct pci_function *function, struct bridge *bridge)
{
	decode_cardbus_window(function, &bridge->windows[WINDOW_MEMORY],
			      CFG_CARDBUS_MEMORY_BASE, CFG_CARDBUS_MEMORY_LIMIT,
			      CARDBUS_MEMORY_UNIT);
	decode_cardbus_window(function, &bridge->windows[WINDOW_MEMORY_1],
			      CFG_CARDBUS_MEMORY_BASE_1, CFG_CARDBUS_MEMORY_LIMIT_1,
			      CARDBUS_MEMORY_UNIT);
	decode_cardbus_window(function, &bridge->windows[WINDOW_IO],
			      CFG_CARDBUS_IO_BASE, CFG_CARDBUS_IO_LIMIT, CARDBUS_IO_UNIT);
	decode_cardbus_window(function, &bridge->windows[WINDOW_IO_1],
			      CFG_CARDBUS_IO_BASE_1, CFG_CARDBUS_IO_LIMIT_1, CARDBUS_IO_UNIT);
	bridge->windows[WINDOW_PREFETCHABLE].state = WINDOW_CLOSED;
}

struct bridge *config_decode_bridge(struct machine *machine, const struct pci_function *function)
{
	struct bridge *bridge;
	uint32_t primary, secondary, subordinate, value;

	if (function->header_type != HEADER_BRIDGE && function->header_type != HEADER_CARDBUS)
		return NULL;
	bridge = arena_alloc(&machine->arena, sizeof(*bridge));
	bridge->cardbus = function->header_type == HEADER_CARDBUS;
	bridge->subtractive = function->class_known &&
		function->class == (CLASS_PCI_BRIDGE << 8 | PROGIF_SUBTRACTIVE);
	if (config_read(function, CFG_PRIMARY, 1, &primary) &&
	    config_read(function, CFG_SECONDARY, 1, &secondary) &&
	    config_read(function, CFG_SUBORDINATE, 1, &subordinate)) {
		bridge->buses_known = true;
		bridge->primary = (uint8_t)primary;
		bridge->secondary = (uint8_t)secondary;
		bridge->subordinate = (uint8_t)subordinate;
	}
	if (config_read(function, CFG_BRIDGE_CONTROL, 2, &value)) {
		bridge->control_known = true;
		bridge->control = (uint16_t)value;
	}
	if (bridge->cardbus) {
		decode_cardbus_windows(function, bridge);
		return bridge;
	}
	decode_io_window(function, bridge);
	decode_memory_window(function, &bridge->windows[WINDOW_MEMORY]);
	decode_prefetchable_window(function, bridge);
	bridge->windows[WINDOW_IO_1].state = WINDOW_CLOSED;
	bridge->windows[WINDOW_MEMORY_1].state = WINDOW_CLOSED;
	return bridge;
}
