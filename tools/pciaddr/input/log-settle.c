// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/log-settle.h"

#include "pciaddr/model/slot.h"

/* Each costs a look at all resources; a part of a log has few host bridges, if any. */
#define GUESSES_MOST 64
#define ROOTS_MOST 64

#define LOW_32 0xffffffffull

static bool needs_bridge(const struct log_facts *facts, const struct log_resource *resource)
{
	return resource->outcome != LOG_NOTHING && resource->slot.bus &&
		!log_facts_has_root(facts, resource->slot.domain, resource->slot.bus) &&
		!log_facts_bridge_to(facts, resource->slot.domain, resource->slot.bus);
}

static bool is_before(const struct pci_function *a, const struct pci_function *b)
{
	return a->domain != b->domain ? a->domain < b->domain : a->bus < b->bus;
}

/* The next bus behind @after (NULL: the first) that has no bridge; or NULL. */
static const struct pci_function *next_bus(const struct log_facts *facts,
					   const struct pci_function *after)
{
	const struct pci_function *next = NULL;

	for (size_t i = 0; i < facts->resource_count; i++) {
		const struct pci_function *slot = &facts->resources[i].slot;

		if (needs_bridge(facts, &facts->resources[i]) &&
		    (!after || is_before(after, slot)) && (!next || is_before(slot, next)))
			next = slot;
	}
	return next;
}

/*
 * Buses are numbered in the order in which bridges are found, and what is below a bridge comes
 * before its neighbours: it is the first of those without a bus on the last bus before.
 */
static const struct log_resource *likely_bridge(const struct log_facts *facts,
						const struct pci_function *below)
{
	const struct log_resource *found = NULL;

	for (size_t i = 0; i < facts->resource_count; i++) {
		const struct log_resource *window = &facts->resources[i];
		const struct log_function *function;

		if (!log_resource_is_window(window) || window->outcome == LOG_NOTHING ||
		    window->slot.domain != below->domain || window->slot.bus >= below->bus)
			continue;
		function = log_facts_function(facts, &window->slot);
		if (function && (function->gone || function->buses_known || function->bus_guessed))
			continue;
		if (!found || window->slot.bus > found->slot.bus ||
		    (window->slot.bus == found->slot.bus &&
		     slot_compare(&window->slot, &found->slot) < 0))
			found = window;
	}
	return found;
}

void log_guess_buses(struct log_facts *facts)
{
	struct pci_function at = { 0 };
	const struct pci_function *next =
		facts->root_count <= ROOTS_MOST ? next_bus(facts, NULL) : NULL;

	for (unsigned int i = 0; next && i < GUESSES_MOST; i++) {
		const struct log_resource *bridge = likely_bridge(facts, next);

		at = *next;
		if (bridge)
			log_facts_guess_bus(facts, &bridge->slot, at.bus);
		next = next_bus(facts, &at);
	}
}

static bool low_bits_are(struct range whole, struct range text)
{
	return (whole.first & LOW_32) == text.first && (whole.last & LOW_32) == text.last;
}

static bool is_given(const struct host_window *window, const struct pci_function *function,
		     enum space space)
{
	return window->domain == function->domain && window->space == space &&
		window->state == OFFSET_GIVEN;
}

/* The host bridge's window that has this range of the CPU's addresses; or NULL. */
static const struct host_window *host_of(const struct machine *machine,
					 const struct pci_function *function, enum space space,
					 struct range cpu)
{
	for (size_t i = 0; i < machine->host_window_count; i++)
		if (is_given(&machine->host_windows[i], function, space) &&
		    range_contains(machine->host_windows[i].cpu, cpu))
			return &machine->host_windows[i];
	return NULL;
}

/* Would it be forwarded as a range of the bus's addresses? */
static bool is_on_bus(const struct machine *machine, const struct pci_function *function,
		      enum space space, struct range bus)
{
	for (size_t i = 0; i < machine->host_window_count; i++) {
		const struct host_window *window = &machine->host_windows[i];

		if (is_given(window, function, space) &&
		    range_contains(window->cpu, (struct range) { bus.first + window->offset,
								 bus.last + window->offset }))
			return true;
	}
	return false;
}

/* The whole of what lspci has printed the low bits of; false: that is not known. */
static bool find_whole(const struct machine *machine, const struct pci_function *function,
		       enum window_kind kind, struct range text, struct range *whole)
{
	const struct log_resource *told =
		log_facts_resource(machine->log, function, LOG_ITEM_WINDOW + kind);

	if (told && told->has_address && low_bits_are(told->range, text)) {
		*whole = told->range;
		return true;
	}
	if (is_on_bus(machine, function, window_space(kind), text))
		return false;
	for (size_t i = 0; i < machine->host_window_count; i++) {
		const struct host_window *window = &machine->host_windows[i];
		uint64_t high = window->cpu.first & ~LOW_32;

		*whole = (struct range) { high | text.first, high | text.last };
		if (is_given(window, function, window_space(kind)) &&
		    range_contains(window->cpu, *whole))
			return true;
	}
	return false;
}

/* A window that begins at 0 is open in a bridge's registers, or it was never set up. */
static bool is_open(const struct window *window)
{
	return window->state == WINDOW_OPEN ||
		(window->state == WINDOW_CLOSED && !window->range.first && window->range.last);
}

static void settle_window(const struct machine *machine, const struct pci_function *function,
			  enum window_kind kind)
{
	struct window *window = &function->bridge->windows[kind];
	const struct host_window *host;
	struct range whole;

	/* with registers, what differs from them in the text was taken for the kernel's */
	if (!window->maybe_kernel && window->kernel_state == WINDOW_OPEN &&
	    window->kernel.last <= LOW_32) {
		const struct log_resource *told =
			log_facts_resource(machine->log, function, LOG_ITEM_WINDOW + kind);

		if (told && told->has_address && low_bits_are(told->range, window->kernel))
			window->kernel = told->range;
		return;
	}
	if (!window->maybe_kernel || !is_open(window) || window->range.last > LOW_32 ||
	    !find_whole(machine, function, kind, window->range, &whole))
		return;
	host = host_of(machine, function, window_space(kind), whole);
	if (!host || (!host->offset && range_equal(whole, window->range)))
		return;
	window->maybe_kernel = false;
	window->state = WINDOW_OPEN;
	window->kernel_state = WINDOW_OPEN;
	window->kernel = whole;
	window->range = (struct range) { whole.first - host->offset, whole.last - host->offset };
}

void log_settle_windows(struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++) {
		const struct pci_function *function = &machine->functions[i];

		for (enum window_kind kind = 0; function->bridge && !function->told_by_log &&
		     kind < WINDOWS; kind++)
			settle_window(machine, function, kind);
	}
}
