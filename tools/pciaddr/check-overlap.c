// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Overlaps.  All live BARs and open windows of a domain and space are sorted by address and
 * swept once with a stack of those that are still open: in a sound topology each lies in a
 * window of a bridge above it, or in nothing.
 */
#include "pciaddr/checks.h"

#include <inttypes.h>
#include <stdlib.h>

#include "pciaddr/pcispec.h"

const char size_unknown[] = "where the BAR ends is unknown: this source does not give sizes";
const char size_advice[] = "take the dump with 'lspci -vvxxxx', which also writes the sizes";

struct interval {
	struct range range;
	const struct pci_function *function;
	const struct bar *bar;	/* NULL: a window */
	enum window_kind kind;
};

struct sweep {
	struct interval *intervals;
	size_t count;
	size_t capacity;
};

static void add_interval(struct sweep *sweep, const struct interval *interval)
{
	if (sweep->count == sweep->capacity) {
		sweep->capacity = sweep->capacity ? sweep->capacity * 2 : 256;
		sweep->intervals = grow_array(sweep->intervals, sweep->capacity,
					      sizeof(*sweep->intervals));
	}
	sweep->intervals[sweep->count++] = *interval;
}

static bool window_is_live(const struct pci_function *function, enum window_kind kind)
{
	uint16_t bit = window_space(kind) == SPACE_IO ? COMMAND_IO : COMMAND_MEMORY;

	return function->bridge->windows[kind].state == WINDOW_OPEN &&
		(!function->command_known || function->command & bit);
}

static void collect(struct sweep *sweep, const struct pci_function *function, enum space space)
{
	for (enum window_kind kind = 0; function->bridge && kind < WINDOWS; kind++)
		if (window_space(kind) == space && window_is_live(function, kind))
			add_interval(sweep, &(struct interval) {
				.range = function->bridge->windows[kind].range,
				.function = function,
				.kind = kind,
			});
	for (unsigned int i = 0; i < function->bar_count; i++)
		if (function->bars[i].space == space &&
		    bar_is_live(function, &function->bars[i]))
			add_interval(sweep, &(struct interval) {
				.range = function->bars[i].range,
				.function = function,
				.bar = &function->bars[i],
			});
}

/* Outer before inner; of equal ranges the bridge that is nearer to the root comes first. */
static int compare_intervals(const void *a, const void *b)
{
	const struct interval *first = a, *second = b;

	if (first->range.first != second->range.first)
		return first->range.first < second->range.first ? -1 : 1;
	if (first->range.last != second->range.last)
		return first->range.last > second->range.last ? -1 : 1;
	if (!first->bar != !second->bar)
		return first->bar ? 1 : -1;
	return slot_compare(first->function, second->function);
}

/* A window of a bridge above: it may enclose, and if only partly, another check says so. */
static bool leads_to(const struct interval *outer, const struct interval *inner)
{
	return !outer->bar && is_above(outer->function, inner->function);
}

static const char *interval_name(struct results *results, const struct interval *interval)
{
	char name[BAR_TEXT_MAX];

	if (!interval->bar)
		return window_name(interval->kind);
	return TEXT(results, "%s", bar_text(interval->bar, name));
}

static struct value interval_value(struct machine *machine, struct results *results,
				   const struct interval *interval)
{
	const struct pci_function *function = interval->function;
	char slot[SLOT_TEXT_MAX];

	slot_text(function, slot);
	if (!interval->bar)
		return (struct value) {
			TEXT(results, "%s %s", slot,
			     window_range(results, function->bridge, interval->kind)),
			where_config(machine, function,
				     window_register(function->bridge, interval->kind)),
		};
	return (struct value) {
		TEXT(results, "%s %s %s", slot, interval_name(results, interval),
		     bar_range(results, interval->bar)),
		where_config(machine, function, bar_register(function, interval->bar)),
	};
}

static void report(struct machine *machine, struct results *results,
		   const struct interval *inner, const struct interval *outer)
{
	char slot[SLOT_TEXT_MAX], other[SLOT_TEXT_MAX];

	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = inner->bar || outer->bar ? CHECK_BAR_OVERLAP : CHECK_WINDOW_OVERLAP,
		.device = TEXT(results, "%s", slot_text(inner->function, slot)),
		.subject = interval_name(results, inner),
		.message = TEXT(results, "overlaps the %s of %s", interval_name(results, outer),
				slot_text(outer->function, other)),
		.values = {
			interval_value(machine, results, inner),
			interval_value(machine, results, outer),
		},
		.advice = "both answer to the same addresses: move one of them, in firmware or by "
			"removing it and rescanning its bus; 'dmesg | grep \"address conflict\"' "
			"shows whether the kernel noticed",
	});
}

static void pass(struct results *results, const struct interval *interval)
{
	if (!interval->bar)
		results_pass(results, CHECK_WINDOW_OVERLAP);
	else if (interval->bar->size_known)
		results_pass(results, CHECK_BAR_OVERLAP);
	else
		results_unknown(results, CHECK_BAR_OVERLAP, interval->function, size_unknown,
				size_advice);
}

static void sweep_once(struct machine *machine, struct results *results, struct sweep *sweep)
{
	size_t *stack = grow_array(NULL, sweep->count + 1, sizeof(*stack));
	size_t depth = 0;

	if (sweep->count > 1)
		qsort(sweep->intervals, sweep->count, sizeof(*sweep->intervals),
		      compare_intervals);
	for (size_t i = 0; i < sweep->count; i++) {
		const struct interval *interval = &sweep->intervals[i];
		const struct interval *outer = NULL;

		while (depth &&
		       sweep->intervals[stack[depth - 1]].range.last < interval->range.first)
			depth--;
		if (depth)
			outer = &sweep->intervals[stack[depth - 1]];
		if (outer && !leads_to(outer, interval) && !leads_to(interval, outer))
			report(machine, results, interval, outer);
		else
			pass(results, interval);
		stack[depth++] = i;
	}
	free(stack);
}

void check_overlaps(struct machine *machine, struct results *results)
{
	struct sweep sweep = { 0 };

	for (size_t begin = 0, end; begin < machine->count; begin = end) {
		for (end = begin; end < machine->count &&
		     machine->functions[end].domain == machine->functions[begin].domain;)
			end++;
		for (enum space space = 0; space < SPACES; space++) {
			sweep.count = 0;
			for (size_t i = begin; i < end; i++)
				collect(&sweep, &machine->functions[i], space);
			sweep_once(machine, results, &sweep);
		}
	}
	free(sweep.intervals);
}

bool bar_intruder(struct machine *machine, struct results *results,
		  const struct pci_function *function, const struct bar *bar,
		  struct value *intruder, const char **device)
{
	const struct interval own = { .range = bar->range, .function = function, .bar = bar };
	struct sweep sweep = { 0 };
	char slot[SLOT_TEXT_MAX];
	bool found = false;

	for (size_t i = 0; i < machine->count; i++)
		if (machine->functions[i].domain == function->domain)
			collect(&sweep, &machine->functions[i], bar->space);
	for (size_t i = 0; i < sweep.count && !found; i++) {
		const struct interval *other = &sweep.intervals[i];

		if ((other->function == function && other->bar &&
		     other->bar->index == bar->index) ||
		    !range_overlaps(other->range, own.range) || leads_to(other, &own))
			continue;
		*intruder = interval_value(machine, results, other);
		*device = TEXT(results, "%s", slot_text(other->function, slot));
		found = true;
	}
	free(sweep.intervals);
	return found;
}
