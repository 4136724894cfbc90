// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/model/topology.h"

#include "pciaddr/model/host-windows.h"
#include "pciaddr/model/pcispec.h"

static const struct range vga_ports[] = { { 0x3b0, 0x3bb }, { 0x3c0, 0x3df } };
static const struct range vga_memory = { 0xa0000, 0xbffff };

static bool is_vga_range(enum space space, struct range range)
{
	if (space == SPACE_MEMORY)
		return range_contains(vga_memory, range);
	return range_contains(vga_ports[0], range) || range_contains(vga_ports[1], range);
}

/*
 * A window of 16 bits sees only these of an address.  Where the host bridge adds to the ports
 * of the CPU, bridges of 32 bits below one of 16 have the rest in their registers.
 */
static struct range io_low16(const struct bridge *bridge, struct range range)
{
	if (bridge->io_32bit || bridge->cardbus || range.first < 0x10000 ||
	    range.first >> 16 != range.last >> 16)
		return range;
	return (struct range) { range.first & 0xffff, range.last & 0xffff };
}

enum forwarding bridge_forwarding(const struct bridge *bridge, enum space space,
				  struct range range, enum window_kind *kind)
{
	enum forwarding answer = FORWARDS_NOT;
	enum window_kind decisive = space == SPACE_IO ? WINDOW_IO : WINDOW_MEMORY;
	bool decided = false;

	if (space == SPACE_IO && bridge->io_translated)
		range = io_low16(bridge, range);
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

/* PCI Express Base 5.0, 7.5.3.2: what is on a root bus, and what only below a port. */
static bool is_on_root_bus(const struct pci_function *function)
{
	return function->on_root_bus ||
		(function->class_known && function->class >> 8 == CLASS_HOST_BRIDGE) ||
		function->port_type == PORT_ROOT || function->port_type == PORT_RC_ENDPOINT ||
		function->port_type == PORT_RC_EVENT_COLLECTOR;
}

static bool is_below_port(const struct pci_function *function)
{
	return function->port_type == PORT_ENDPOINT ||
		function->port_type == PORT_LEGACY_ENDPOINT ||
		function->port_type == PORT_UPSTREAM || function->port_type == PORT_DOWNSTREAM ||
		function->port_type == PORT_PCIE_TO_PCI;
}

static bool any_on_bus(const struct machine *machine, const struct bus *bus,
		       bool (*test)(const struct pci_function *function))
{
	for (uint32_t i = 0; i < bus->count; i++)
		if (test(&machine->functions[bus->first + i]))
			return true;
	return false;
}

bool bus_is_root(const struct machine *machine, const struct bus *bus)
{
	size_t count;

	/* the kernel shows whole trees; bus 0 is no bridge's secondary bus */
	return !bus->bridge && ((machine->kind != SOURCE_DUMP && machine->kind != SOURCE_DOMAIN) || !bus->number ||
				any_on_bus(machine, bus, is_on_root_bus) ||
				host_windows_of(machine, bus, SPACE_IO, &count) ||
				host_windows_of(machine, bus, SPACE_MEMORY, &count));
}

bool bus_is_below(const struct machine *machine, const struct bus *bus)
{
	return !bus_is_root(machine, bus) && any_on_bus(machine, bus, is_below_port);
}

/* Is it a bridge whose bus numbers were not read, or may it be one? */
static bool may_have_unread_buses(const struct pci_function *function)
{
	if (function->bridge)
		return !function->bridge->buses_known;
	if (function->maybe_bridge)
		return true;
	if (function->class_known)
		return function->class >> 8 == CLASS_PCI_BRIDGE ||
			function->class >> 8 == CLASS_CARDBUS_BRIDGE;
	return !function->header_known && !function->absent && !function->virtual;
}

bool bus_may_be_below(const struct machine *machine, const struct bus *bus)
{
	if (bus->bridge || bus_is_below(machine, bus) || machine->kind != SOURCE_DUMP ||
	    !bus->number || any_on_bus(machine, bus, is_on_root_bus))
		return false;
	/* sorted: what can lead to it comes before it */
	for (uint32_t i = bus->first; i > 0; i--) {
		const struct pci_function *function = &machine->functions[i - 1];

		if (function->domain != bus->domain)
			return false;
		if (may_have_unread_buses(function))
			return true;
	}
	return false;
}

const struct bus *bus_below(const struct machine *machine, const struct pci_function *bridge,
			    const struct bus *last)
{
	const struct bus *end = machine->buses + machine->bus_count;
	const struct bus *bus = last ? last + 1 : NULL;
	unsigned int highest;

	if (!bridge->bridge || !bridge->bridge->buses_known)
		return NULL;
	/* its secondary bus is there, whatever the register of the subordinate one says */
	highest = bridge->bridge->subordinate;
	if (highest < bridge->bridge->secondary)
		highest = bridge->bridge->secondary;
	for (unsigned int number = bridge->bridge->secondary; !bus && number <= highest; number++)
		bus = machine_bus(machine, bridge->domain, (uint8_t)number);
	for (; bus && bus < end && bus->domain == bridge->domain && bus->number <= highest; bus++)
		if (bus->bridge == bridge)
			return bus;
	return NULL;
}

bool bar_is_live(const struct pci_function *function, const struct bar *bar)
{
	/* firmware leaves anything in the register of a ROM that it has done with */
	if (bar->index == BAR_ROM && bar->as_found)
		return false;
	return bar->state == BAR_ASSIGNED && !bar->kernel_none &&
		bar_decode(function, bar) != DECODE_OFF;
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

bool function_is_hidden(const struct pci_function *function)
{
	return function->told_by_log && function->ids_known && function->vendor == VENDOR_INTEL &&
		function->class_known && function->class >> 8 == CLASS_MEMORY_OTHER &&
		!function->driver;
}

bool bar_is_left_alone(const struct pci_function *function, const struct bar *bar)
{
	if (!bar->as_found)
		return false;
	if (function_is_hidden(function))
		return true;
	for (unsigned int i = 0; bar->space == SPACE_IO && i < function->bar_count; i++)
		if (function->bars[i].space == SPACE_MEMORY && function->bars[i].index != BAR_ROM &&
		    function->bars[i].state == BAR_ASSIGNED)
			return true;
	return false;
}
