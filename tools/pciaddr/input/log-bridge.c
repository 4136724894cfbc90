// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bridges and buses.  "PCI bridge to" is printed when a bridge is found and when it has been
 * set up, with the windows that it has open below it: __pci_setup_bridge() of setup-bus.c and
 * pci_read_bridge_windows() of probe.c.  From Linux 6.8 on pci_read_bridge_bases() prints it
 * once more, with nothing below it; so that a list without a window says something only when it
 * is the first one of a bridge.
 */
#include "pciaddr/input/log-told.h"

#include <string.h>

#include "pciaddr/input/log-host.h"
#include "pciaddr/model/pcispec.h"

const char *log_read_buses(const char *text, uint64_t *first, uint64_t *last)
{
	text = log_read_hex(text, first);
	*last = *first;
	if (text && *text == '-')
		text = log_read_hex(text + 1, last);
	return text && *first <= *last && *last <= UINT8_MAX ? text : NULL;
}

static void begin_listing(struct log_facts *facts, struct log_function *bridge)
{
	bridge->in_listing = true;
	bridge->listing_begun = false;
	if (bridge->listings < UINT8_MAX)
		bridge->listings++;
	if (bridge->slot.header_known && bridge->listings == 1)
		log_facts_close_windows(facts, bridge);
}

/*
 * A part of a log, or what a console shows, may lack the line that tells the header's type: then
 * "BAR 8" was taken for one of virtual functions, which a bridge does not have.
 */
static void renumber_windows(struct log_facts *facts, const struct log_function *bridge)
{
	for (unsigned int i = 0; i < VF_BARS; i++) {
		struct log_resource *old =
			log_facts_resource(facts, &bridge->slot, LOG_ITEM_VF_BAR + i), moved;
		struct log_resource *window;
		unsigned int item;

		if (!old || !old->by_number || old->outcome == LOG_NOTHING)
			continue;
		moved = *old;
		*old = (struct log_resource) { .slot = old->slot, .item = old->item };
		item = LOG_ITEM_WINDOW + (moved.space == SPACE_IO ? WINDOW_IO :
					  moved.prefetchable ? WINDOW_PREFETCHABLE : WINDOW_MEMORY);
		window = log_facts_take_resource(facts, &bridge->slot, item);
		if (window->line > moved.line)
			continue;
		*window = moved;
		window->item = (uint8_t)item;
	}
}

struct log_function *log_take_bridge(struct told_line *line)
{
	struct log_function *bridge = log_facts_take_function(line->facts, &line->slot);

	if (!bridge->line)
		bridge->line = line->number;
	if (!bridge->is_bridge)
		renumber_windows(line->facts, bridge);
	bridge->is_bridge = true;
	return bridge;
}

/*
 * Without SR-IOV, BAR 8 is the memory window and BAR 9 the prefetchable one.  With it BAR 8 would be
 * the virtual BAR 1, of which there is none as a rule: virtual BARs have 64 bits.
 */
static bool looks_like_window(const struct log_facts *facts, const struct pci_function *slot)
{
	const struct log_resource *memory = log_facts_resource(facts, slot, LOG_ITEM_VF_BAR + 1);
	const struct log_resource *prefetchable = log_facts_resource(facts, slot, LOG_ITEM_VF_BAR + 2);

	if (memory && memory->by_number && memory->outcome != LOG_NOTHING &&
	    !memory->prefetchable && !memory->is_64bit)
		return true;
	return facts->window_numbers && prefetchable && prefetchable->by_number &&
		prefetchable->outcome != LOG_NOTHING && prefetchable->prefetchable;
}

void log_settle_numbers(struct log_facts *facts)
{
	/* the second time, one of those before has shown which numbers the kernel has */
	for (unsigned int turn = 0; turn < 2 && !facts->vf_numbers; turn++) {
		for (size_t i = 0; i < facts->resource_count; i++) {
			const struct pci_function slot = facts->resources[i].slot;
			struct log_function *function = log_facts_function(facts, &slot);

			if ((function && (function->slot.header_known || function->is_bridge)) ||
			    !looks_like_window(facts, &slot))
				continue;
			function = log_facts_take_function(facts, &slot);
			if (!function->line)
				function->line = facts->resources[i].line;
			function->is_bridge = true;
			facts->window_numbers = true;
			renumber_windows(facts, function);
		}
	}
}

/* "PCI bridge to [bus 02-13]" */
static bool told_buses(struct told_line *line, const char *text)
{
	const char *bus = log_after(text, "PCI bridge to [bus ");
	struct log_function *bridge;
	uint64_t first, last;

	if (!bus)
		bus = log_after(text, "CardBus bridge to [bus ");
	if (!bus)
		return false;
	bus = log_read_buses(bus, &first, &last);
	bridge = log_take_bridge(line);
	begin_listing(line->facts, bridge);
	bridge->subtractive |= bus && log_after(bus, "] (subtractive decode)");
	if (bus && first > line->slot.bus)
		log_facts_set_buses(line->facts, &line->slot, (uint8_t)first, (uint8_t)last);
	return true;
}

/* CardBus bridges have two of each kind, the first one first. */
static unsigned int listed_item(struct told_line *line, const struct log_function *bridge,
				const struct printed_resource *printed)
{
	const struct item_name name = { .kind = NAME_WINDOW };
	unsigned int first = printed->space == SPACE_IO ? WINDOW_IO : WINDOW_MEMORY;
	const struct log_resource *window;

	if (!bridge->slot.header_known || bridge->slot.header_type != HEADER_CARDBUS)
		return log_item_of(line, &name, printed);
	window = log_facts_resource(line->facts, &bridge->slot, LOG_ITEM_WINDOW + first);
	if (!window || !window->has_address)
		return LOG_ITEM_WINDOW + first;
	return LOG_ITEM_WINDOW + (printed->space == SPACE_IO ? WINDOW_IO_1 : WINDOW_MEMORY_1);
}

static void set_window(struct told_line *line, const struct log_function *bridge,
		       const struct printed_resource *printed)
{
	unsigned int item = listed_item(line, bridge, printed);
	struct log_resource *window =
		log_facts_take_resource(line->facts, &bridge->slot, item);

	window->space = (uint8_t)printed->space;
	window->prefetchable = printed->prefetchable;
	window->is_64bit = printed->is_64bit;
	/* a window that failed keeps its reset value: that is no address */
	if (printed->range.first || window->outcome == LOG_NOTHING) {
		window->size = printed->size ? printed->size : window->size;
		log_set_address(line, window, printed, window->outcome > LOG_FOUND ?
				LOG_ASSIGNED : LOG_FOUND);
	} else if (window->at_zero && range_equal(printed->range, window->range)) {
		log_set_outcome(line, window, LOG_ASSIGNED);
		window->has_address = true;
	}
}

/* "bridge window [io 0x1000-0x1fff]", in the list below "PCI bridge to" */
static bool told_window(struct told_line *line, struct log_function *bridge, const char *text)
{
	struct printed_resource printed;
	const char *window = log_after(text, "bridge window "), *rest;

	rest = window ? log_read_resource(window, &printed) : NULL;
	if (!rest)
		return false;
	/* one of the bus above, through which it passes on what it does not claim itself */
	if (log_after(rest, " (subtractive decode)"))
		return true;
	if (*rest)
		return false;
	if (!bridge->listing_begun)
		log_facts_close_windows(line->facts, bridge);
	bridge->listing_begun = true;
	set_window(line, bridge, &printed);
	return true;
}

/* "disabling bridge window [io 0x1000-0x1fff] to [bus 02] (unused)" */
static bool told_unused(struct told_line *line, const char *text)
{
	const struct item_name name = { .kind = NAME_WINDOW };
	const char *window = log_after(text, "disabling bridge window ");
	struct printed_resource printed;

	if (!window)
		return false;
	if (log_read_resource(window, &printed))
		log_set_outcome(line, log_take(line, &name, &printed), LOG_RELEASED);
	return true;
}

/*
 * "Assigned bridge window [mem 0xfc200000-0xfc4fffff] to [bus 03-2a] cannot fit 0x1000000 required
 * for 0000:03:00.0 bridging to [bus 04]": of a part of a log, that is all that is said of the window.
 */
static bool told_cannot_fit(struct told_line *line, const char *text)
{
	const char *window = log_after(text, "Assigned bridge window "), *rest;
	struct printed_resource printed;
	struct log_function *bridge;
	uint64_t first, last;

	if (!window)
		return false;
	rest = log_read_resource(window, &printed);
	rest = rest ? log_after(rest, " to [bus ") : NULL;
	if (!rest || !log_read_buses(rest, &first, &last))
		return true;
	bridge = log_take_bridge(line);
	if (!bridge->buses_known && first > line->slot.bus)
		log_facts_set_buses(line->facts, &line->slot, (uint8_t)first, (uint8_t)last);
	set_window(line, bridge, &printed);
	return true;
}

bool log_bridge_line(struct told_line *line, const char *text)
{
	struct log_function *function = log_facts_function(line->facts, &line->slot);

	if (told_buses(line, text) || told_unused(line, text) || told_cannot_fit(line, text))
		return true;
	if (log_after(text, "bridge configuration invalid ")) {
		log_take_bridge(line);
		return true;
	}
	if (!function || !function->in_listing)
		return false;
	if (told_window(line, function, text))
		return true;
	function->in_listing = false;
	return false;
}

/*
 * "resource 0 [io 0x1000-0x1fff]": what a bus was left with, in pci_bus_dump_res().  From the
 * fourth on they are those of a host bridge, or of the bus above; before Linux 3.4 a host bridge's
 * may begin at 0.
 */
static void bus_resource(struct told_line *line, const char *text, uint32_t domain, uint8_t bus)
{
	struct log_bus_list *listed = &line->facts->listed;
	struct printed_resource printed;
	struct log_function *bridge;
	unsigned int index;
	const char *rest = log_read_decimal(text, 99, &index);

	if (!rest || *rest != ' ' || (!log_read_resource(rest + 1, &printed) &&
				      !log_read_old_resource(rest + 1, &printed)))
		return;
	bridge = log_facts_bridge_to(line->facts, domain, bus);
	if (!bridge && log_host_is_known(line->machine, domain, bus)) {
		log_host_listed(line->machine, line->number, domain, bus, &printed);
		*listed = (struct log_bus_list) { true, domain, bus };
		return;
	}
	if (!bridge || index > 3)
		return;
	if (!listed->open || listed->domain != domain || listed->bus != bus)
		log_facts_close_windows(line->facts, bridge);
	*listed = (struct log_bus_list) { true, domain, bus };
	line->facts->assigning_line = line->number;
	set_window(line, bridge, &printed);
}

/* "busn_res: [bus 01-ff] end is updated to 01", "busn_res: [bus 3a] is released" */
static void bus_numbers(struct told_line *line, const char *text, uint32_t domain, uint8_t bus)
{
	const char *updated = strstr(text, "end is updated to ");
	struct log_function *bridge = log_facts_bridge_to(line->facts, domain, bus);
	uint64_t last;

	if (strstr(text, "] is released")) {
		log_facts_bus_gone(line->facts, domain, bus);
		return;
	}
	if (bridge && updated && log_read_hex(updated + 18, &last) && last >= bus &&
	    last <= UINT8_MAX)
		bridge->subordinate = (uint8_t)last;
}

void log_bus_line(struct told_line *line, const char *text)
{
	uint64_t domain, bus;
	const char *rest;

	text = log_read_hex(text, &domain);
	if (!text || *text != ':' || domain > UINT32_MAX)
		return;
	text = log_read_hex(text + 1, &bus);
	if (!text || bus > UINT8_MAX)
		return;
	if (!log_after(text, ": root bus resource "))
		line->facts->host_listed.open = false;
	rest = log_after(text, ": resource ");
	if (rest) {
		bus_resource(line, rest, (uint32_t)domain, (uint8_t)bus);
		return;
	}
	rest = log_after(text, ": busn_res: ");
	if (rest)
		bus_numbers(line, rest, (uint32_t)domain, (uint8_t)bus);
}
