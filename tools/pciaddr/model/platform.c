// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/model/platform.h"

#include "pciaddr/model/log-facts.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/topology.h"
#include "pciaddr/model/translation.h"

#define FOUR_GIB	0x100000000ull
#define IO_SPACE	0x10000ull	/* the ports of a PC */
#define FIRST_VMD	0x10000u	/* Linux numbers domains behind Intel's VMD from here on */

/* It is where its register, or on a PC the CPU, does not reach. */
static bool bar_shows(const struct pci_function *function, const struct bar *bar)
{
	uint64_t last = bar->kernel_known ? bar->kernel.last : bar->range.last;

	if ((!bar->kernel_known && !bar_is_live(function, bar)) || bar->as_found ||
	    bar->kernel_shadow || bar->fixed_legacy || bar->enhanced || bar->index == BAR_ROM ||
	    function->virtual)
		return false;
	if (bar->space == SPACE_IO)
		return last >= IO_SPACE;
	return last >= FOUR_GIB && !bar->is_64bit && !bar->kind_unknown;
}

static bool window_shows(const struct bridge *bridge, enum window_kind kind)
{
	const struct window *window = &bridge->windows[kind];
	uint64_t beyond = kind == WINDOW_IO ? IO_SPACE : FOUR_GIB;

	return (window->kernel_state == WINDOW_OPEN && window->kernel.last >= beyond) ||
		(window->state == WINDOW_OPEN && window->range.last >= beyond);
}

static bool function_shows(const struct pci_function *function)
{
	for (unsigned int i = 0; i < function->bar_count; i++)
		if (bar_shows(function, &function->bars[i]))
			return true;
	return function->bridge && !function->bridge->cardbus &&
		(window_shows(function->bridge, WINDOW_IO) ||
		 window_shows(function->bridge, WINDOW_MEMORY));
}

static bool has_offset(const struct machine *machine, const struct pci_function *function)
{
	uint64_t offset;
	size_t at;

	for (enum space space = 0; space < SPACES; space++)
		for (at = 0; translation_next(machine, function, space, &at, &offset);)
			if (offset)
				return true;
	return false;
}

void platform_mark_translating(struct machine *machine)
{
	for (size_t i = 0; i < machine->bus_count; i++) {
		struct bus *bus = &machine->buses[i], *root = &machine->buses[bus->root];

		for (uint32_t k = 0; !root->translates && k < bus->count; k++)
			root->translates = function_shows(&machine->functions[bus->first + k]);
		if (bus == root && has_offset(machine, &machine->functions[bus->first]))
			root->translates = true;
	}
	for (size_t i = 0; i < machine->host_window_count; i++) {
		const struct host_window *window = &machine->host_windows[i];
		struct bus *bus = machine_bus(machine, window->domain, window->bus);

		if (bus && !window->of_another && window->state == OFFSET_GIVEN && window->offset)
			machine->buses[bus->root].translates = true;
	}
}

bool host_bridge_translates(const struct machine *machine, const struct pci_function *function)
{
	const struct bus *bus = machine_bus(machine, function->domain, function->bus);

	return machine->buses[bus->root].translates;
}

/*
 * A host bridge at 00:00.0, and one to the ports of a PC beside it, both of one of the makers of
 * PC chipsets: with other host bridges there are such ISA bridges in other machines, too.
 */
static bool has_pc_chipset(const struct machine *machine)
{
	const struct bus *bus = machine_bus(machine, 0, 0);
	unsigned int vendor = 0;

	for (uint32_t i = 0; bus && i < bus->count; i++) {
		const struct pci_function *function = &machine->functions[bus->first + i];

		if (!function->ids_known || !function->class_known)
			continue;
		if (!function->device && !function->function &&
		    function->class >> 8 == CLASS_HOST_BRIDGE)
			vendor = function->vendor;
		if (function->class >> 8 == CLASS_ISA_BRIDGE && function->vendor == vendor &&
		    (vendor == VENDOR_INTEL || vendor == VENDOR_AMD))
			return true;
	}
	return false;
}

enum platform machine_platform(const struct machine *machine)
{
	if (machine->resources[SPACE_IO].state == RESOURCES_READ)
		return machine->pc ? PLATFORM_PC : PLATFORM_OTHER;
	if (machine->log && machine->log->low_ports)
		return PLATFORM_OTHER;
	for (size_t i = 0; i < machine->bus_count; i++)
		if (machine->buses[i].translates && machine->buses[i].domain < FIRST_VMD)
			return PLATFORM_OTHER;
	if (machine->told_platform != PLATFORM_UNKNOWN)
		return machine->told_platform;
	if (has_pc_chipset(machine))
		return PLATFORM_PC;
	/* also Linux on a PC can make nodes of PCI devices (CONFIG_PCI_DYNAMIC_OF_NODES) */
	return machine->has_device_tree ? PLATFORM_OTHER : PLATFORM_UNKNOWN;
}
