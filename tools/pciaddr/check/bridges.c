// SPDX-License-Identifier: GPL-2.0-or-later
/* Bridges among themselves: bus numbers, windows inside windows, what they let through. */
#include "pciaddr/check/checks.h"

#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/platform.h"
#include "pciaddr/model/topology.h"

static const char bus_advice[] =
	"config cycles do not reach the buses below: let the kernel number them anew "
	"(kernel option pci=assign-busses), or correct the firmware";

/* Its bus has cards without a bridge as a rule; the numbers behind it are kept for others. */
static const char cardbus_advice[] =
	"a card without a bridge of its own works; for one with a bridge, let yenta_socket widen "
	"the bus numbers of the bridge above ('dmesg | grep subordinate'), or the kernel number "
	"all buses anew (kernel option pci=assign-busses)";

static struct value buses_value(struct results *results, const struct pci_function *bridge)
{
	return (struct value) {
		TEXT(results, "buses %02x-%02x", bridge->bridge->secondary,
		     bridge->bridge->subordinate),
		at_config(bridge, CFG_PRIMARY),
	};
}

static void report_bus(struct results *results, const struct pci_function *bridge,
		       const char *message, struct value second)
{
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_BUS_NUMBERS,
		.function = bridge,
		.message = message,
		.values = { buses_value(results, bridge), second },
		.advice = bus_advice,
	});
}

/* The buses of @other, with its slot. */
static struct value other_buses(struct results *results, const struct pci_function *other)
{
	struct value value = buses_value(results, other);
	char slot[SLOT_TEXT_MAX];

	value.text = TEXT(results, "%s %s", slot_text(other, slot), value.text);
	return value;
}

/* Special cycles use it, and people read it; config cycles below do not need it. */
static void check_primary(struct results *results, const struct pci_function *function)
{
	const char *slot;

	if (function->told_by_log) {
		results_not_looked_at(results, CHECK_BUS_PRIMARY);
		return;
	}
	/* Linux: "Primary bus is hard wired to 0", as behind Intel's VMD */
	if (function->bridge->primary == function->bus || !function->bridge->primary) {
		results_pass(results, CHECK_BUS_PRIMARY);
		return;
	}
	slot = device_name(results, function);
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_BUS_PRIMARY,
		.function = function,
		.message = "the primary bus register is not the bus that the bridge is on",
		.values = {
			{ TEXT(results, "primary bus %02x", function->bridge->primary),
			  at_config(function, CFG_PRIMARY) },
			{ TEXT(results, "on bus %02x", function->bus), at_source() },
		},
		.advice = TEXT(results, "mostly harmless: special cycles go astray; setpci -s %s "
			       "PRIMARY_BUS=%02x", slot, function->bus),
	});
}

/* Which bridge of the same level has which bus below it. */
struct bus_owners {
	const struct pci_function *of[256];
};

static bool check_siblings(struct results *results, const struct pci_function *function,
			   struct bus_owners *owners)
{
	const struct bridge *bridge = function->bridge;

	for (unsigned int bus = bridge->secondary; bus <= bridge->subordinate; bus++) {
		const struct pci_function *other = owners->of[bus];

		if (!other) {
			owners->of[bus] = function;
			continue;
		}
		report_bus(results, function, "bus numbers overlap those of another bridge",
			   other_buses(results, other));
		return false;
	}
	return true;
}

static bool check_above(struct results *results, const struct pci_function *function,
			const struct pci_function *above)
{
	const struct bridge *bridge = function->bridge, *outer = above->bridge;

	if (bridge->secondary > outer->secondary && bridge->subordinate <= outer->subordinate)
		return true;
	if (bridge->secondary <= outer->secondary || bridge->secondary > outer->subordinate) {
		report_bus(results, function,
			   "bus numbers are not inside those of the bridge above",
			   other_buses(results, above));
		return false;
	}
	/* the nearer ones are reached */
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_BUS_NUMBERS,
		.function = function,
		.message = TEXT(results, "buses from %02x on are not inside those of the bridge "
				"above; its secondary bus %02x is", outer->subordinate + 1u,
				bridge->secondary),
		.values = { buses_value(results, function), other_buses(results, above) },
		.advice = bridge->cardbus ? cardbus_advice : bus_advice,
	})->severity = bridge->cardbus ? SEVERITY_LOW : checks[CHECK_BUS_NUMBERS].severity;
	return false;
}

static void check_bus_numbers(struct results *results, const struct pci_function *function,
			      struct bus_owners *owners)
{
	const struct bridge *bridge = function->bridge;
	const struct pci_function *above = function->parent;

	if (bridge->buses_named) {
		results_not_looked_at(results, CHECK_BUS_NUMBERS);
		results_not_looked_at(results, CHECK_BUS_PRIMARY);
		return;
	}
	if (!bridge->buses_known) {
		results_unknown(results, CHECK_BUS_NUMBERS, function,
				"the bridge's bus numbers were not read",
				function->told_by_log ? log_start_advice : header_advice);
		return;
	}
	/* a bridge out of reset; nothing below it is enumerated */
	if (!bridge->secondary && !bridge->subordinate)
		return;
	check_primary(results, function);
	if (bridge->secondary <= function->bus || bridge->subordinate < bridge->secondary) {
		report_bus(results, function, bridge->subordinate < bridge->secondary ?
			   "the subordinate bus is below the secondary bus" :
			   "the secondary bus is not above the primary bus",
			   (struct value) { TEXT(results, "on bus %02x", function->bus),
					    at_source() });
		return;
	}
	if (above && !check_above(results, function, above))
		return;
	if (check_siblings(results, function, owners))
		results_pass(results, CHECK_BUS_NUMBERS);
}

static void report_window(struct results *results, const struct pci_function *function,
			  enum window_kind kind, const struct pci_function *above,
			  enum window_kind outer, enum forwarding how)
{
	const char *upper = device_name(results, above);

	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = CHECK_WINDOW_IN_WINDOW,
		.function = function,
		.item = window_name(kind),
		.message = TEXT(results, "%s is %s what bridge %s above it forwards",
				window_range(results, function->bridge, kind),
				how == FORWARDS_PARTLY ? "partly outside" : "outside", upper),
		.values = {
			{ window_range(results, function->bridge, kind),
			  at_config(function, window_register(function->bridge, kind)) },
			window_value(results, above, outer),
		},
		.advice = "what lies outside never reaches this bridge: widen the window of the "
			"bridge above, or move this one into it",
	});
}

static const char window_views_differ[] =
	"one of the windows is in the CPU's addresses, the other in those of the bus, and what the "
	"host bridge adds is unknown";

/* Of one there is the register, of the other lspci's word, which may be the kernel's address. */
static bool views_may_differ(const struct machine *machine, const struct pci_function *function,
			     enum window_kind kind, const struct bridge *above)
{
	bool text = function->bridge->windows[kind].maybe_kernel, text_above = false;

	for (enum window_kind i = 0; i < WINDOWS; i++)
		if (window_space(i) == window_space(kind) &&
		    above->windows[i].state == WINDOW_OPEN)
			text_above |= above->windows[i].maybe_kernel;
	return text != text_above && (host_bridge_translates(machine, function) ||
				      machine_platform(machine) == PLATFORM_OTHER);
}

static void check_window(const struct machine *machine, struct results *results,
			 const struct pci_function *function, enum window_kind kind)
{
	const struct window *window = &function->bridge->windows[kind];
	const struct pci_function *above;

	if (window->state != WINDOW_OPEN)
		return;
	for (above = function->parent; above; above = above->parent) {
		enum window_kind outer;
		enum forwarding how = bridge_forwarding(above->bridge, window_space(kind),
							window->range, &outer);

		if (how == FORWARDS)
			break;
		if (how == FORWARDS_BY_SUBTRACTION)
			continue;
		if (how == FORWARDS_UNKNOWN)
			results_unknown(results, CHECK_WINDOW_IN_WINDOW, function,
					"the window registers of the bridge above were not read",
					header_advice);
		else if (views_may_differ(machine, function, kind, above->bridge))
			results_unknown(results, CHECK_WINDOW_IN_WINDOW, function,
					window_views_differ, views_advice);
		else
			report_window(results, function, kind, above, outer, how);
		return;
	}
	if (function->parent) {
		results_pass(results, CHECK_WINDOW_IN_WINDOW);
		return;
	}
	check_host_window(machine, results, CHECK_WINDOW_IN_WINDOW, function, window_space(kind),
			  window->range,
			  window->kernel_state == WINDOW_OPEN ? &window->kernel : NULL,
			  window_name(kind), (struct value) {
				window_range(results, function->bridge, kind),
				at_config(function, window_register(function->bridge, kind)) },
			  true);
}

/* Command bits that something on a bus needs its bridge to have. */
struct need {
	uint16_t bit;
	enum check_id check;
	const char *what;
	const char *advice;
};

static const struct need needs[] = {
	{ COMMAND_IO, CHECK_BRIDGE_DECODE, "I/O",
	  "no port below this bridge can be reached: set bit 0 of its command register "
	  "(setpci -s SLOT COMMAND=1:1); pci_enable_device() in a driver below does it too" },
	{ COMMAND_MEMORY, CHECK_BRIDGE_DECODE, "memory",
	  "no memory below this bridge can be reached: set bit 1 of its command register "
	  "(setpci -s SLOT COMMAND=2:2); pci_enable_device() in a driver below does it too" },
	{ COMMAND_MASTER, CHECK_BRIDGE_MASTER, "bus master",
	  "DMA and MSI of devices below do not get through: set bit 2 of its command register "
	  "(setpci -s SLOT COMMAND=4:4); pci_set_master() in a driver below does it too" },
};

static bool has_live_bar(const struct pci_function *function, enum space space)
{
	for (unsigned int i = 0; i < function->bar_count; i++)
		if (function->bars[i].space == space && bar_is_live(function, &function->bars[i]))
			return true;
	return false;
}

static bool has_open_window(const struct pci_function *function, enum space space)
{
	for (enum window_kind i = 0; function->bridge && i < WINDOWS; i++)
		if (window_space(i) == space && function->bridge->windows[i].state == WINDOW_OPEN)
			return true;
	return false;
}

static bool needs_bit(const struct pci_function *function, uint16_t bit)
{
	if (!function->command_known || function->virtual || !(function->command & bit))
		return false;
	if (bit == COMMAND_MASTER)
		return true;
	return has_live_bar(function, bit == COMMAND_IO ? SPACE_IO : SPACE_MEMORY) ||
		has_open_window(function, bit == COMMAND_IO ? SPACE_IO : SPACE_MEMORY);
}

static void check_need(const struct machine *machine, struct results *results,
		       const struct bus *bus,
		       const struct need *need)
{
	const struct pci_function *bridge = bus->bridge, *user = NULL;
	const char *slot, *below;

	for (uint32_t i = 0; i < bus->count && !user; i++)
		if (needs_bit(&machine->functions[bus->first + i], need->bit))
			user = &machine->functions[bus->first + i];
	if (!user || !bridge->command_known)
		return;
	if (bridge->command & need->bit) {
		results_pass(results, need->check);
		return;
	}
	slot = device_name(results, bridge);
	below = device_name(results, user);
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = need->check,
		.function = bridge,
		.message = TEXT(results, "the bridge's %s bit is off, that of %s below it is on",
				need->what, below),
		.values = {
			{ TEXT(results, "%s command 0x%04x", slot, bridge->command),
			  at_config(bridge, CFG_COMMAND) },
			{ TEXT(results, "%s command 0x%04x", below, user->command),
			  at_config(user, CFG_COMMAND) },
		},
		.advice = need->advice,
	});
}

void check_bridges(const struct machine *machine, struct results *results)
{
	struct bus_owners *root = xcalloc(2, sizeof(*root));
	struct bus_owners *level = root + 1;

	for (size_t i = 0; i < machine->bus_count; i++) {
		const struct bus *bus = &machine->buses[i];
		struct bus_owners *owners = bus->bridge ? level : root;
		bool fresh = bus->bridge != NULL;

		/* bridges of all root buses of one domain share its bus numbers */
		if (!i || machine->buses[i - 1].domain != bus->domain)
			memset(root, 0, sizeof(*root));
		for (uint32_t k = 0; k < bus->count; k++) {
			const struct pci_function *function = &machine->functions[bus->first + k];

			if (!function->bridge)
				continue;
			if (fresh)
				memset(level, 0, sizeof(*level));
			fresh = false;
			check_bus_numbers(results, function, owners);
			for (enum window_kind kind = 0; kind < WINDOWS; kind++)
				check_window(machine, results, function, kind);
		}
		for (unsigned int k = 0; bus->bridge && k < sizeof(needs) / sizeof(needs[0]); k++)
			check_need(machine, results, bus, &needs[k]);
	}
	free(root);
}
