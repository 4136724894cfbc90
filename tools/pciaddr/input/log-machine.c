// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel has printed of BARs and windows are its resources: for the CPU's addresses,
 * as in sysfs.  No register was read.
 */
#include "pciaddr/input/log-machine.h"

#include <inttypes.h>
#include <string.h>

#include "pciaddr/configspace/decode.h"
#include "pciaddr/configspace/read.h"
#include "pciaddr/input/log-settle.h"
#include "pciaddr/input/log-told.h"
#include "pciaddr/model/log-facts.h"
#include "pciaddr/model/pcispec.h"

/* The number of the line among all of the machine's source, of which the log may be a part. */
static uint32_t source_line(const struct machine *machine, uint32_t line)
{
	for (const struct source_part *part = machine->parts; part; part = part->next)
		if (!strcmp(part->path, machine->log->path))
			return part->before + line;
	return line;
}

static void take_bar(struct machine *machine, struct pci_function *function,
		     const struct log_resource *resource, bool whole_class)
{
	struct bar *bar = function_bar(function, resource->item);

	/* of IDE's fixed ports the class tells, too */
	if (bar || resource->invalid || resource->legacy || resource->outcome == LOG_NOTHING ||
	    (whole_class && config_legacy_bar(function, resource->item)))
		return;
	bar = function_add_bar(machine, function, resource->item);
	bar->space = resource->space;
	bar->prefetchable = resource->prefetchable;
	bar->is_64bit = resource->is_64bit;
	bar->line = source_line(machine, resource->line);
	if (resource->size) {
		bar->size_known = true;
		bar->range.last = resource->size - 1;
	}
	if (!resource->has_address) {
		bar->kernel_unset = log_resource_failed(resource);
		return;
	}
	bar->state = BAR_ASSIGNED;
	bar->size_known = true;
	bar->range = resource->range;
	bar->kernel_known = true;
	bar->kernel = resource->range;
	bar->as_found = resource->outcome == LOG_FOUND;
}

/* Something below it was given an address, and of the window that has it, no line is there. */
static bool lacks_windows(const struct log_facts *facts, const struct log_function *found,
			  enum space space)
{
	for (enum window_kind kind = 0; found->gave[space] && kind < WINDOWS; kind++) {
		const struct log_resource *window =
			log_facts_resource(facts, &found->slot, LOG_ITEM_WINDOW + kind);

		if (window && window->space == space && window->has_address)
			return false;
	}
	return found->gave[space];
}

static void take_window(struct machine *machine, struct window *window,
			const struct log_function *found, enum window_kind kind)
{
	const struct log_resource *resource =
		log_facts_resource(machine->log, &found->slot, LOG_ITEM_WINDOW + kind);

	if (window->state != WINDOW_UNKNOWN)
		return;
	window->line = source_line(machine, found->line);
	if (resource && resource->outcome != LOG_NOTHING)
		window->line = source_line(machine, resource->line);
	if (resource && resource->has_address) {
		window->state = window->kernel_state = WINDOW_OPEN;
		window->range = window->kernel = resource->range;
	} else if ((found->windows_told &&
		    !lacks_windows(machine->log, found, window_space(kind))) ||
		   (resource && resource->outcome != LOG_NOTHING)) {
		window->state = window->kernel_state = WINDOW_CLOSED;
	}
}

static void take_bridge(struct machine *machine, struct pci_function *function,
			const struct log_function *found)
{
	struct bridge *bridge = function->bridge;

	bridge->subtractive |= found->subtractive;
	if (!bridge->buses_known && found->buses_known) {
		bridge->buses_known = true;
		bridge->primary = function->bus;
		bridge->secondary = found->secondary;
		bridge->subordinate = found->subordinate;
	}
	for (enum window_kind kind = 0; kind < WINDOWS; kind++)
		take_window(machine, &bridge->windows[kind], found, kind);
}

static void take_identity(struct pci_function *function, const struct log_function *found)
{
	if (!function->class_known && found->slot.class_known) {
		function->class_known = true;
		function->class = found->slot.class;
	}
	if (function->port_type == PORT_UNKNOWN)
		function->port_type = found->port_type;
	if (!function->driver && !found->driver_begun)
		function->driver = found->driver;
}

static void take_function(struct machine *machine, struct pci_function *function,
			  const struct log_function *found)
{
	/* what the class is, decides on BARs */
	take_identity(function, found);
	for (unsigned int item = 0; item <= LOG_ITEM_ROM; item++) {
		const struct log_resource *resource =
			log_facts_resource(machine->log, &found->slot, item);

		if (resource)
			take_bar(machine, function, resource, found->whole_class);
	}
	if (function->bridge)
		take_bridge(machine, function, found);
}

/*
 * A part of a log, or one of a kernel that takes its devices from a device tree, has no lines
 * about the ids: then what has a BAR or leads to a bus is a function of which no more is known.
 */
static void add_unnamed(struct machine *machine)
{
	struct log_facts *facts = machine->log;

	for (size_t i = 0; i < facts->resource_count; i++) {
		struct log_function *function;

		if (facts->resources[i].outcome == LOG_NOTHING)
			continue;
		function = log_facts_take_function(facts, &facts->resources[i].slot);
		if (!function->line)
			function->line = facts->resources[i].line;
	}
	for (size_t i = 0; i < facts->function_count; i++) {
		const struct log_function *found = &facts->functions[i];
		struct pci_function *function;

		if (found->gone || found->slot.header_known)
			continue;
		function = machine_add(machine);
		*function = found->slot;
		function->told_by_log = true;
		function->line = source_line(machine, found->line);
		if (found->buses_known || found->is_bridge)
			function->bridge = arena_alloc(&machine->arena,
						       sizeof(*function->bridge));
	}
}

/* Kernels before 2.6.34 tell only the first bus below a bridge: the last is that of those below. */
static void find_last_buses(struct log_facts *facts)
{
	for (size_t i = 0; i < facts->function_count; i++) {
		const struct log_function *below = &facts->functions[i];
		struct log_function *bridge;

		/* the bus number gets less with each turn */
		for (; below && below->buses_known && !below->gone; below = bridge) {
			bridge = log_facts_bridge_to(facts, below->slot.domain, below->slot.bus);
			if (!bridge || !bridge->secondary_only ||
			    bridge->subordinate >= below->subordinate)
				break;
			bridge->subordinate = below->subordinate;
		}
	}
}

/* lspci -v has the capabilities last: where they are, nothing above them was cut off. */
static bool is_whole_record(const struct pci_function *function)
{
	uint32_t value;

	return config_read(function, function->bridge && function->bridge->cardbus ?
			   CFG_CARDBUS_CAPABILITIES : CFG_CAPABILITIES, 1, &value);
}

/*
 * A line of lspci without -v, or the first lines of a record of -v, as grep -A shows them: all else
 * that is known of it, the log tells.
 */
static bool is_listed_only(const struct pci_function *function)
{
	uint32_t value;

	return !function->told_by_log && !config_read(function, CFG_BAR0, 4, &value) &&
		!function->bar_count && !function->resource_known && !function->bars_listed &&
		!function->virtual && !function->absent &&
		!(function->bridge && function->bridge->buses_known) &&
		(!function->regions_known || !is_whole_record(function));
}

/* lspci has no line of the bridge's windows: in a whole record of an old version, none is open. */
static bool is_silent_of_windows(const struct bridge *bridge)
{
	for (enum window_kind kind = 0; kind < WINDOWS; kind++)
		if (bridge->windows[kind].state != WINDOW_UNKNOWN &&
		    !bridge->windows[kind].assumed && (bridge->cardbus || kind < WINDOW_IO_1))
			return false;
	return true;
}

/* Can lspci's line be of the BAR that the log has so? */
static bool may_be_same(const struct bar *bar, const struct log_resource *resource)
{
	return bar->space == (enum space)resource->space &&
		bar->is_64bit == resource->is_64bit &&
		bar->prefetchable == resource->prefetchable &&
		(!bar->size_known || !resource->size || range_size(bar->range) == resource->size);
}

static bool is_same_address(const struct bar *bar, const struct log_resource *resource)
{
	return bar->kernel_known && resource->has_address &&
		range_equal(bar->kernel, resource->range);
}

/* The first from @index on that may be the BAR's, one at its address before all others; or NULL. */
static const struct log_resource *find_number(const struct log_facts *facts,
					      const struct pci_function *function,
					      const struct bar *bar, unsigned int index)
{
	const struct log_resource *first = NULL;

	for (; index < BAR_ROM; index++) {
		const struct log_resource *resource = log_facts_resource(facts, function, index);

		if (!resource || resource->outcome == LOG_NOTHING || resource->invalid ||
		    resource->legacy || !may_be_same(bar, resource))
			continue;
		if (is_same_address(bar, resource))
			return resource;
		if (!first)
			first = resource;
	}
	return first;
}

/*
 * lspci -v counts BARs, and does not have one that reads 0: their numbers are those of the log,
 * where it has all of them in this order.
 */
static void take_numbers(const struct log_facts *facts, struct pci_function *function)
{
	uint8_t numbers[BAR_ROM];
	unsigned int count = 0, next = 0;

	for (; count < function->bar_count && function->bars[count].index < BAR_ROM; count++) {
		const struct log_resource *resource =
			function->bars[count].fixed_legacy ? NULL :
			find_number(facts, function, &function->bars[count], next);

		if (!resource)
			return;
		numbers[count] = resource->item;
		next = resource->item + 1u;
	}
	for (unsigned int i = 0; i < count; i++)
		function->bars[i].index = numbers[i];
	function->bars_counted = false;
}

/* What a record that was cut off does not have. */
static void take_rest(struct machine *machine, struct pci_function *function,
		      const struct log_function *found)
{
	bool silent;

	if (!function->bridge || function->absent || is_whole_record(function))
		return;
	silent = is_silent_of_windows(function->bridge);
	for (enum window_kind kind = 0; silent && kind < WINDOWS; kind++)
		if (function->bridge->windows[kind].assumed)
			function->bridge->windows[kind] = (struct window) { 0 };
	take_bridge(machine, function, found);
}

static void take_header(struct machine *machine, struct pci_function *function,
			const struct log_function *found)
{
	function->told_by_log = true;
	/* what lspci -v says of it, it says of each region */
	function->command_known = function->command_known && !function->command_derived;
	function->command_derived = false;
	function->regions_known = false;
	if (!function->ids_known) {
		function->ids_known = found->slot.ids_known;
		function->vendor = found->slot.vendor;
		function->product = found->slot.product;
	}
	function->header_known = true;
	function->header_type = found->slot.header_type;
	if (found->is_bridge && !function->bridge)
		function->bridge = arena_alloc(&machine->arena, sizeof(*function->bridge));
}

/* Another device at the slot: then all that the log says may be of another machine. */
static void leave_another_out(struct machine *machine)
{
	struct log_facts *facts = machine->log;
	size_t kept = 0;

	for (size_t i = 0; i < machine->count && !facts->of_another; i++) {
		const struct log_function *found =
			log_facts_function(facts, &machine->functions[i]);

		facts->of_another = found && log_function_is_another(found, &machine->functions[i]);
	}
	if (!facts->of_another)
		return;
	for (size_t i = 0; i < machine->count; i++)
		if (!machine->functions[i].told_by_log)
			machine->functions[kept++] = machine->functions[i];
	machine->count = kept;
	for (size_t i = 0; i < machine->host_window_count; i++)
		machine->host_windows[i].of_another = machine->host_windows[i].path == facts->path;
	facts->ecam_count = 0;
	facts->low_ports = false;
}

void log_machine_settle(struct machine *machine)
{
	size_t kept = 0;

	if (!machine->log)
		return;
	if (machine->log->starts)
		machine_warn(machine, "%s:%" PRIu32 ": the machine starts again here, and what comes "
			     "before is not looked at: give each start as a file of its own, two of "
			     "them to --diff", machine->log->path, machine->log->start_line);
	if (machine->log->quoted_count)
		machine_warn(machine, "%s:%" PRIu32 ": quoted from a log once more, %" PRIu32
			     " lines from here on are left out", machine->log->path,
			     machine->log->quoted_line, machine->log->quoted_count);
	find_last_buses(machine->log);
	log_settle_numbers(machine->log);
	log_guess_buses(machine->log);
	for (size_t i = 0; i < machine->log->function_count; i++)
		if (machine->log->functions[i].leaving)
			log_facts_port_empty(machine->log, &machine->log->functions[i].slot);
	leave_another_out(machine);
	if (machine->log->of_another)
		return;
	log_settle_windows(machine);
	if (log_is_only_source(machine))
		add_unnamed(machine);
	for (size_t i = 0; i < machine->count; i++) {
		struct pci_function *function = &machine->functions[i];
		const struct log_function *found = log_facts_function(machine->log, function);

		if (found && !found->gone && found->slot.header_known && is_listed_only(function))
			take_header(machine, function, found);
		if (function->told_by_log && found) {
			if (found->gone)
				continue;
			take_function(machine, function, found);
		} else if (found && !found->gone && found->slot.header_known) {
			take_rest(machine, function, found);
		}
		if (function->bars_counted && !function->told_by_log)
			take_numbers(machine->log, function);
		machine->functions[kept++] = *function;
	}
	machine->count = kept;
}
