// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Overlaps.  All live BARs and open windows of a domain and space are sorted by address and
 * swept once with a stack of those that are still open: in a sound topology each lies in a
 * window of a bridge above it, or in nothing.
 */
#include "pciaddr/check/checks.h"

#include <inttypes.h>
#include <stdlib.h>

#include "pciaddr/model/intervals.h"
#include "pciaddr/model/topology.h"

const char legacy_doubtful[] =
	"IDE in compatibility mode does not answer where its registers say, and one of them holds "
	"an address";
const char legacy_doubtful_advice[] =
	"'lspci -vv' of the running machine tells where the kernel has it";
const char size_unknown[] = "where the BAR ends is unknown: this source does not give sizes";
const char size_advice[] = "take the dump with 'lspci -vvxxxx', which also writes the sizes";

static struct value interval_value(struct results *results, const struct interval *interval)
{
	const struct pci_function *function = interval->function;
	struct value value;

	if (!interval->bar && !interval->vf)
		return window_value(results, function, interval->kind);
	value = interval->vf ? vf_bar_value(results, function, interval->vf) :
		bar_value(results, function, interval->bar);
	value.text = TEXT(results, "%s %s", device_name(results, function), value.text);
	return value;
}

static void report(struct results *results, const struct interval *inner,
		   const struct interval *outer)
{
	char other[SLOT_TEXT_MAX];

	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = interval_is_window(inner) && interval_is_window(outer) ?
			CHECK_WINDOW_OVERLAP : CHECK_BAR_OVERLAP,
		.function = inner->function,
		.item = interval_name(inner),
		.message = TEXT(results, "overlaps the %s of %s", interval_name(outer),
				slot_text(outer->function, other)),
		.values = {
			interval_value(results, inner),
			interval_value(results, outer),
		},
		.advice = "both answer to the same addresses: move one of them, in firmware or by "
			"removing it and rescanning its bus; 'dmesg | grep \"address conflict\"' "
			"shows whether the kernel noticed",
	});
}

static void pass(const struct machine *machine, struct results *results,
		 const struct interval *interval)
{
	if (interval_is_window(interval))
		results_pass(results, CHECK_WINDOW_OVERLAP);
	else if (interval_size_known(interval))
		results_pass(results, CHECK_BAR_OVERLAP);
	else if (machine->kind == SOURCE_DOMAIN)
		results_not_looked_at(results, CHECK_BAR_OVERLAP);
	else
		results_unknown(results, CHECK_BAR_OVERLAP, interval->function, size_unknown,
				interval->vf ? vf_size_advice : size_advice);
}

/* Where it is among the others is known, and that it stayed there. */
static bool is_settled(const struct machine *machine, const struct interval *interval)
{
	const struct pci_function *function = interval->function;
	const struct bus *bus = machine_bus(machine, function->domain, function->bus);

	return !(interval->bar && interval->bar->as_found) && !bus_may_be_below(machine, bus) &&
		!bus_is_below(machine, &machine->buses[bus->root]);
}

/*
 * Linux on POWER (pnv_pci_fixup_bridge_resources()) gives the upstream port of a switch the whole
 * window of the root port above it, over the BARs of the port and of its other functions: a
 * device takes what is its own first.
 */
static bool is_within_device(const struct interval *inner, const struct interval *outer)
{
	const struct pci_function *port = outer->function;
	const struct window *above;

	if (!inner->bar || !interval_is_window(outer) || !port->parent ||
	    inner->function->domain != port->domain || inner->function->bus != port->bus ||
	    inner->function->device != port->device)
		return false;
	above = &port->parent->bridge->windows[outer->kind];
	return above->state == WINDOW_OPEN && range_equal(above->range, outer->range);
}

static const char nested[] =
	"its window is within one of another port of the host bridge, which Linux has accepted: which "
	"of the two gets the accesses, the host bridge decides";
static const char nested_advice[] =
	"if the device below it works, it is as the host bridge is made; otherwise move one of the two";

/*
 * Linux on POWER (pcibios_allocate_bus_resources()) puts a port's window below the wider one of
 * another port that firmware has made over it.  Linux on a PC would take one of them away.
 */
static bool is_accepted(const struct machine *machine, const struct interval *inner,
			const struct interval *outer)
{
	const struct pci_function *port = inner->function, *other = outer->function;
	const struct window *window, *around;

	if (!interval_is_window(inner) || !interval_is_window(outer) || port->parent ||
	    other->parent || port->bus != other->bus || machine->pc)
		return false;
	window = &port->bridge->windows[inner->kind];
	around = &other->bridge->windows[outer->kind];
	return window->kernel_state == WINDOW_OPEN && around->kernel_state == WINDOW_OPEN &&
		range_contains(around->kernel, window->kernel) &&
		!range_equal(around->kernel, window->kernel);
}

static bool is_doubtful(const struct interval *interval)
{
	return interval->bar && interval->bar->doubtful;
}

static void report_unless_unsettled(const struct machine *machine, struct results *results,
				    const struct interval *inner, const struct interval *outer)
{
	const struct interval *unsettled = !is_settled(machine, inner) ? inner :
		!is_settled(machine, outer) ? outer : NULL;
	enum check_id check = interval_is_window(inner) && interval_is_window(outer) ?
		CHECK_WINDOW_OVERLAP : CHECK_BAR_OVERLAP;

	if (!unsettled && (is_doubtful(inner) || is_doubtful(outer)))
		results_unknown(results, check,
				is_doubtful(inner) ? inner->function : outer->function,
				legacy_doubtful, legacy_doubtful_advice);
	else if (!unsettled && is_accepted(machine, inner, outer))
		results_unknown(results, check, inner->function, nested, nested_advice);
	else if (!unsettled)
		report(results, inner, outer);
	else if (unsettled->bar && bar_is_left_alone(unsettled->function, unsettled->bar))
		results_not_looked_at(results, CHECK_BAR_OVERLAP);
	else if (unsettled->bar && unsettled->bar->as_found)
		results_unknown(results, check, unsettled->function, only_found,
				only_found_advice);
	else
		results_unknown(results, check, unsettled->function, bridge_missing,
				bridge_missing_advice);
}

static void sweep(const struct machine *machine, struct results *results,
		  struct intervals *intervals)
{
	size_t *stack = grow_array(NULL, intervals->count + 1, sizeof(*stack));
	size_t depth = 0;

	intervals_sort(intervals);
	for (size_t i = 0; i < intervals->count; i++) {
		const struct interval *interval = &intervals->list[i];
		const struct interval *outer = NULL;

		while (depth &&
		       intervals->list[stack[depth - 1]].range.last < interval->range.first)
			depth--;
		if (depth)
			outer = &intervals->list[stack[depth - 1]];
		if (outer && !interval_leads_to(outer, interval) &&
		    !interval_leads_to(interval, outer) && !is_within_device(interval, outer))
			report_unless_unsettled(machine, results, interval, outer);
		else
			pass(machine, results, interval);
		stack[depth++] = i;
	}
	free(stack);
}

void check_overlaps(const struct machine *machine, struct results *results)
{
	struct intervals intervals = { 0 };

	for (size_t begin = 0, end; begin < machine->count; begin = end) {
		end = machine_domain_end(machine, begin);
		for (enum space space = 0; space < SPACES; space++) {
			intervals.count = 0;
			for (size_t i = begin; i < end; i++)
				intervals_collect(&intervals, &machine->functions[i], space,
						  false);
			sweep(machine, results, &intervals);
		}
	}
	free(intervals.list);
}

bool overlapping_bar(const struct machine *machine, struct results *results,
		  const struct pci_function *function, const struct bar *bar,
		  struct value *overlapping, const char **device)
{
	const struct interval own = { .range = bar->range, .function = function, .bar = bar };
	struct intervals intervals = { 0 };
	bool found = false;

	for (size_t i = 0; i < machine->count; i++)
		if (machine->functions[i].domain == function->domain)
			intervals_collect(&intervals, &machine->functions[i], bar->space,
					  false);
	for (size_t i = 0; i < intervals.count && !found; i++) {
		const struct interval *other = &intervals.list[i];

		if ((other->function == function && other->bar &&
		     other->bar->index == bar->index) ||
		    !range_overlaps(other->range, own.range) || interval_leads_to(other, &own))
			continue;
		*overlapping = interval_value(results, other);
		*device = device_name(results, other->function);
		found = true;
	}
	free(intervals.list);
	return found;
}
