// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/config-decode.h"

#include "pciaddr/configspace.h"
#include "pciaddr/pcispec.h"

static void set_window(struct window *window, uint64_t base, uint64_t limit)
{
	window->range.first = base;
	window->range.last = limit;
	window->state = base <= limit ? WINDOW_OPEN : WINDOW_CLOSED;
}

/*
 * A window whose base and limit have no address bit set is taken as closed: a bridge without
 * this window reads so (PCI-to-PCI Bridge Architecture 1.2, 3.2.5.6 and 9), and so does one
 * that nobody has programmed since reset.  What lies at address 0 is never a bridge's.
 */
static void decode_io_window(const struct pci_function *function, struct window *window)
{
	uint32_t registers, high = 0;
	uint32_t base, limit;

	if (!config_read(function, CFG_IO_BASE, 2, &registers))
		return;
	base = (registers & 0xf0) << 8;
	limit = (registers & 0xf000) | 0xfff;
	if ((registers & IO_WINDOW_TYPE) == IO_WINDOW_32BIT) {
		if (!config_read(function, CFG_IO_BASE_HIGH, 4, &high))
			return;
		base |= (high & 0xffff) << 16;
		limit |= high & 0xffff0000;
	}
	if (!(registers & 0xf0f0) && !high)
		window->state = WINDOW_CLOSED;
	else
		set_window(window, base, limit);
}

static void decode_memory_window(const struct pci_function *function, struct window *window)
{
	uint32_t registers;

	if (!config_read(function, CFG_MEMORY_BASE, 4, &registers))
		return;
	if (!(registers & 0xfff0fff0))
		window->state = WINDOW_CLOSED;
	else
		set_window(window, (registers & 0xfff0) << 16, (registers & 0xfff00000) | 0xfffff);
}

static void decode_prefetchable_window(const struct pci_function *function,
				       struct window *window)
{
	uint32_t registers, base_high = 0, limit_high = 0;

	if (!config_read(function, CFG_PREFETCH_BASE, 4, &registers))
		return;
	if ((registers & 0xf) == PREFETCH_64BIT &&
	    (!config_read(function, CFG_PREFETCH_BASE_HIGH, 4, &base_high) ||
	     !config_read(function, CFG_PREFETCH_LIMIT_HIGH, 4, &limit_high)))
		return;
	if (!(registers & 0xfff0fff0) && !base_high && !limit_high)
		window->state = WINDOW_CLOSED;
	else
		set_window(window, (registers & 0xfff0) << 16 | (uint64_t)base_high << 32,
			   (registers & 0xfff00000) | 0xfffff | (uint64_t)limit_high << 32);
}

/* PC Card Standard 8.0, volume 7: both registers name the first byte of the last unit. */
static void decode_cardbus_window(const struct pci_function *function, struct window *window,
				  unsigned int base_register, uint32_t unit)
{
	uint32_t base, limit;

	if (!config_read(function, base_register, 4, &base) ||
	    !config_read(function, base_register + 4, 4, &limit))
		return;
	base &= ~(unit - 1);
	limit |= unit - 1;
	/* I/O registers of 16-bit bridges have nothing above; base 0 stands for closed */
	if (!base)
		window->state = WINDOW_CLOSED;
	else
		set_window(window, base, limit);
}

static void decode_cardbus_windows(const struct pci_function *function, struct bridge *bridge)
{
	decode_cardbus_window(function, &bridge->windows[WINDOW_MEMORY],
			      CFG_CARDBUS_MEMORY_BASE, 0x1000);
	decode_cardbus_window(function, &bridge->windows[WINDOW_MEMORY_1],
			      CFG_CARDBUS_MEMORY_BASE + 8, 0x1000);
	decode_cardbus_window(function, &bridge->windows[WINDOW_IO], CFG_CARDBUS_IO_BASE, 4);
	decode_cardbus_window(function, &bridge->windows[WINDOW_IO_1],
			      CFG_CARDBUS_IO_BASE + 8, 4);
	bridge->windows[WINDOW_PREFETCHABLE].state = WINDOW_CLOSED;
}

struct bridge *config_decode_bridge(struct machine *machine, const struct pci_function *function)
{
	struct bridge *bridge;
	uint32_t value;

	if (function->header_type != HEADER_BRIDGE && function->header_type != HEADER_CARDBUS)
		return NULL;
	bridge = arena_alloc(&machine->arena, sizeof(*bridge));
	bridge->cardbus = function->header_type == HEADER_CARDBUS;
	bridge->subtractive = function->class_known &&
		function->class == (CLASS_PCI_BRIDGE << 8 | PROGIF_SUBTRACTIVE);
	if (config_read(function, CFG_PRIMARY, 4, &value)) {
		bridge->buses_known = true;
		bridge->primary = value & 0xff;
		bridge->secondary = value >> 8 & 0xff;
		bridge->subordinate = value >> 16 & 0xff;
	}
	if (config_read(function, CFG_BRIDGE_CONTROL, 2, &value)) {
		bridge->control_known = true;
		bridge->control = (uint16_t)value;
	}
	if (bridge->cardbus) {
		decode_cardbus_windows(function, bridge);
		return bridge;
	}
	decode_io_window(function, &bridge->windows[WINDOW_IO]);
	decode_memory_window(function, &bridge->windows[WINDOW_MEMORY]);
	decode_prefetchable_window(function, &bridge->windows[WINDOW_PREFETCHABLE]);
	bridge->windows[WINDOW_IO_1].state = WINDOW_CLOSED;
	bridge->windows[WINDOW_MEMORY_1].state = WINDOW_CLOSED;
	return bridge;
}
