// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * BARs in windows where a host bridge may translate, and the source does not have both as the
 * registers have them.
 */
#include "pciaddr/check/checks.h"

#include "pciaddr/model/platform.h"
#include "pciaddr/model/translation.h"

#define FOUR_GIB	0x100000000ull
#define IO_SPACE	0x10000ull

const char views_differ[] =
	"the BAR's address is the CPU's, the window's is one of the bus, and what the host bridge "
	"adds is unknown";
const char views_advice[] =
	"give 'lspci -vvxxxx' as root with /proc/iomem, or with the kernel's log as FILE.dmesg";

/*
 * Where the kernel has the BAR, in what the kernel has of the window, whole or as lspci prints it:
 * of memory windows the low 32 bits (show_htype1() in lspci.c).
 */
static bool in_kernel_window(const struct bar *bar, const struct window *window,
			     enum window_kind kind)
{
	struct range range = bar->kernel;

	if (!bar->register_known)
		return window->kernel_state == WINDOW_OPEN &&
			range_contains(window->kernel, bar->range);
	if (!bar->kernel_known || window->kernel_state != WINDOW_UNKNOWN ||
	    window->state != WINDOW_OPEN || !window->maybe_kernel)
		return false;
	if (kind == WINDOW_MEMORY && range.first / FOUR_GIB == range.last / FOUR_GIB) {
		range.first %= FOUR_GIB;
		range.last %= FOUR_GIB;
	}
	return range_contains(window->range, range);
}

static bool has_kernel_windows(const struct bridge *bridge, enum space space)
{
	for (enum window_kind kind = 0; kind < WINDOWS; kind++)
		if (window_space(kind) == space &&
		    bridge->windows[kind].kernel_state == WINDOW_OPEN)
			return true;
	return false;
}

/* Base and limit 0 stand for a closed window, except where something is in it. */
static bool may_be_open(const struct window *window)
{
	return window->state == WINDOW_OPEN ||
		(window->state == WINDOW_CLOSED && !window->range.first && window->range.last);
}

/* With some offset, a window that is as large as the BAR has it. */
static bool has_room(const struct bridge *bridge, const struct bar *bar)
{
	for (enum window_kind kind = 0; kind < WINDOWS; kind++) {
		const struct window *window = &bridge->windows[kind];

		if (window_space(kind) == (enum space)bar->space && may_be_open(window) &&
		    window->range.last - window->range.first >= bar->range.last - bar->range.first)
			return true;
	}
	return false;
}

static bool is_high_port(const struct bridge *bridge, const struct bar *bar)
{
	for (enum window_kind kind = 0; kind < WINDOWS; kind++)
		if (window_space(kind) == SPACE_IO && bridge->windows[kind].state == WINDOW_OPEN &&
		    bridge->windows[kind].range.last >= IO_SPACE)
			return true;
	return bar->range.last >= IO_SPACE;
}

/*
 * A memory window has 32 bits: one that has a BAR above 4 GiB is behind a host bridge that
 * translates.  Linux puts no BAR that is not prefetchable into a prefetchable window.
 */
static bool is_above_memory_window(const struct bridge *bridge, const struct bar *bar)
{
	const struct window *memory = &bridge->windows[WINDOW_MEMORY];
	const struct window *prefetchable = &bridge->windows[WINDOW_PREFETCHABLE];
	struct range low = { bar->range.first % FOUR_GIB, bar->range.last % FOUR_GIB };

	if (bar->range.first < FOUR_GIB)
		return false;
	return !bar->prefetchable || prefetchable->state != WINDOW_OPEN ||
		prefetchable->range.first < FOUR_GIB ||
		(memory->state == WINDOW_OPEN && range_contains(memory->range, low));
}

/* Is a BAR as high as this one, and below the same host bridge, inside the windows above it? */
static bool is_seen_untranslated(const struct machine *machine,
				 const struct pci_function *function, const struct bar *bar)
{
	uint64_t block = bar->space == SPACE_IO ? IO_SPACE : FOUR_GIB;
	uint32_t root = machine_bus(machine, function->domain, function->bus)->root;

	for (size_t i = 0; i < machine->count; i++) {
		const struct pci_function *other = &machine->functions[i];

		if (!other->parent || other->domain != function->domain ||
		    machine_bus(machine, other->domain, other->bus)->root != root)
			continue;
		for (unsigned int k = 0; k < other->bar_count; k++) {
			const struct bar *inside = &other->bars[k];

			if (inside->space == bar->space && bar_is_live(other, inside) &&
			    !inside->register_known && !inside->fixed_legacy &&
			    inside->range.first / block == bar->range.first / block &&
			    bridge_forwarding(other->parent->bridge, bar->space, inside->range,
					      NULL) == FORWARDS)
				return true;
		}
	}
	return false;
}

static bool may_be_translated(const struct machine *machine, const struct pci_function *function,
			      const struct bar *bar, const struct bridge *bridge)
{
	enum platform platform = machine_platform(machine);

	if (platform == PLATFORM_PC && !host_bridge_translates(machine, function))
		return false;
	if (bar->space == SPACE_IO ? is_high_port(bridge, bar) :
	    is_above_memory_window(bridge, bar))
		return true;
	return (platform == PLATFORM_OTHER || host_bridge_translates(machine, function)) &&
		!is_seen_untranslated(machine, function, bar);
}

enum forwarding forwarding_in_view(const struct machine *machine,
				   const struct pci_function *function, const struct bar *bar,
				   const struct bridge *bridge)
{
	const struct window *memory = &bridge->windows[WINDOW_MEMORY];
	struct range range = bar->range;
	uint64_t offset;

	if (function->told_by_log)
		return FORWARDS_NOT;
	for (enum window_kind kind = 0; kind < WINDOWS; kind++)
		if (window_space(kind) == (enum space)bar->space &&
		    in_kernel_window(bar, &bridge->windows[kind], kind))
			return FORWARDS;
	if (bar->register_known || has_kernel_windows(bridge, bar->space) ||
	    !has_room(bridge, bar) || !may_be_translated(machine, function, bar, bridge))
		return FORWARDS_NOT;
	if (!translation_offset(machine, function, bar->space, range.first, &offset))
		return FORWARDS_UNKNOWN;
	range.first -= offset;
	range.last -= offset;
	if (bar->space == SPACE_MEMORY && offset && !memory->range.first && may_be_open(memory) &&
	    range_contains(memory->range, range))
		return FORWARDS;
	return bridge_forwarding(bridge, bar->space, range, NULL);
}
