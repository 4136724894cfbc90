// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/diff/match.h"

#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "pciaddr/model/topology.h"

static uint32_t index_of(const struct machine *machine, const struct pci_function *function)
{
	return (uint32_t)(function - machine->functions);
}

const struct pci_function *match_of_old(const struct match *match,
					const struct pci_function *function)
{
	uint32_t to = match->to_new[index_of(match->old, function)];

	return to == UNMATCHED ? NULL : &match->new->functions[to];
}

const struct pci_function *match_of_new(const struct match *match,
					const struct pci_function *function)
{
	uint32_t to = match->to_old[index_of(match->new, function)];

	return to == UNMATCHED ? NULL : &match->old->functions[to];
}

/* One side's functions that are still to be matched, and the buses below them. */
struct list {
	const struct pci_function **functions;
	size_t count;
};

static int compare_places(const struct pci_function *a, const struct pci_function *b)
{
	if (a->device != b->device)
		return a->device < b->device ? -1 : 1;
	return a->function - b->function;
}

static int compare_ids(const struct pci_function *a, const struct pci_function *b)
{
	if (a->vendor != b->vendor)
		return a->vendor < b->vendor ? -1 : 1;
	if (a->product != b->product)
		return a->product < b->product ? -1 : 1;
	return 0;
}

static int compare_ids_then_slots(const void *a, const void *b)
{
	const struct pci_function *const *first = a, *const *second = b;
	int order = compare_ids(*first, *second);

	return order ? order : slot_compare(*first, *second);
}

/* A function that reads all ones has no ids to compare. */
static bool has_ids(const struct pci_function *function)
{
	return function->ids_known && !function->absent;
}

static bool may_be_same(const struct pci_function *old, const struct pci_function *new)
{
	return !has_ids(old) || !has_ids(new) || !compare_ids(old, new);
}

static void match_buses(struct match *match, const struct bus *old, const struct bus *new);

static void match_below(struct match *match, const struct pci_function *old,
			const struct pci_function *new)
{
	const struct bus *old_bus = NULL, *new_bus = NULL;

	if (!old->bridge || !new->bridge)
		return;
	for (;;) {
		old_bus = bus_below(match->old, old, old_bus);
		new_bus = bus_below(match->new, new, new_bus);
		if (!old_bus || !new_bus)
			return;
		match_buses(match, old_bus, new_bus);
	}
}

static void match_two(struct match *match, const struct pci_function *old,
		      const struct pci_function *new)
{
	match->to_new[index_of(match->old, old)] = index_of(match->new, new);
	match->to_old[index_of(match->new, new)] = index_of(match->old, old);
}

/* The functions from @first on that have ids and no match yet, sorted by ids. */
static void list_rest(struct list *list, const struct machine *machine, const uint32_t *matched,
		      size_t first, size_t count, bool bridges_only)
{
	list->functions = xcalloc(count ? count : 1, sizeof(const struct pci_function *));
	list->count = 0;
	for (size_t i = first; i < first + count; i++) {
		const struct pci_function *function = &machine->functions[i];

		if (matched[i] == UNMATCHED && has_ids(function) &&
		    (function->bridge || !bridges_only))
			list->functions[list->count++] = function;
	}
	qsort(list->functions, list->count, sizeof(const struct pci_function *),
	      compare_ids_then_slots);
}

/* Of several with the same ids, the first goes with the first. */
static void match_lists(struct match *match, const struct list *old, const struct list *new,
			bool descend)
{
	size_t i = 0, k = 0;

	while (i < old->count && k < new->count) {
		const struct pci_function *a = old->functions[i], *b = new->functions[k];
		int order;

		/* what is below a bridge may have been matched since the list was made */
		if (match_of_old(match, a)) {
			i++;
			continue;
		}
		if (match_of_new(match, b)) {
			k++;
			continue;
		}
		order = compare_ids(a, b);
		i += order <= 0;
		k += order >= 0;
		if (order)
			continue;
		match_two(match, a, b);
		if (descend)
			match_below(match, a, b);
	}
}

static void match_rest(struct match *match, size_t old_first, size_t old_count, size_t new_first,
		       size_t new_count, bool bridges_only, bool descend)
{
	struct list old, new;

	list_rest(&old, match->old, match->to_new, old_first, old_count, bridges_only);
	list_rest(&new, match->new, match->to_old, new_first, new_count, bridges_only);
	match_lists(match, &old, &new, descend);
	free(old.functions);
	free(new.functions);
}

static void match_places(struct match *match, const struct bus *old, const struct bus *new)
{
	const struct pci_function *a = &match->old->functions[old->first];
	const struct pci_function *b = &match->new->functions[new->first];
	const struct pci_function *a_end = a + old->count, *b_end = b + new->count;

	while (a < a_end && b < b_end) {
		int order = compare_places(a, b);

		if (!order && !match_of_old(match, a) && !match_of_new(match, b) &&
		    may_be_same(a, b))
			match_two(match, a, b);
		a += order <= 0;
		b += order >= 0;
	}
}

/* Bus numbers grow downstream, so that the depth is bounded by them. */
static void match_buses(struct match *match, const struct bus *old, const struct bus *new)
{
	match_places(match, old, new);
	match_rest(match, old->first, old->count, new->first, new->count, false, false);
	for (uint32_t i = 0; i < old->count; i++) {
		const struct pci_function *a = &match->old->functions[old->first + i];
		const struct pci_function *b = match_of_old(match, a);

		/* once each: a bridge that was matched before has been followed then */
		if (b && b->domain == new->domain && b->bus == new->number)
			match_below(match, a, b);
	}
}

/* The functions of a card may share one serial number; bridges go with their place. */
static int compare_serials(const void *a, const void *b)
{
	const struct pci_function *const *first = a, *const *second = b;
	int order = compare_ids(*first, *second);

	if (order)
		return order;
	if ((*first)->serial != (*second)->serial)
		return (*first)->serial < (*second)->serial ? -1 : 1;
	return (*first)->function - (*second)->function;
}

static void list_serials(struct list *list, const struct machine *machine)
{
	list->functions = xcalloc(machine->count + 1, sizeof(const struct pci_function *));
	list->count = 0;
	for (size_t i = 0; i < machine->count; i++)
		if (machine->functions[i].serial && has_ids(&machine->functions[i]) &&
		    !machine->functions[i].bridge)
			list->functions[list->count++] = &machine->functions[i];
	qsort(list->functions, list->count, sizeof(const struct pci_function *),
	      compare_serials);
}

/* No other before or behind it is the same: serial numbers are not always unique. */
static bool is_single(const struct list *list, size_t at)
{
	return (!at || compare_serials(&list->functions[at - 1], &list->functions[at])) &&
		(at + 1 >= list->count ||
		 compare_serials(&list->functions[at], &list->functions[at + 1]));
}

static void match_serials(struct match *match)
{
	struct list old, new;

	list_serials(&old, match->old);
	list_serials(&new, match->new);
	for (size_t i = 0, k = 0; i < old.count && k < new.count;) {
		int order = compare_serials(&old.functions[i], &new.functions[k]);

		if (!order && is_single(&old, i) && is_single(&new, k) &&
		    !match_of_old(match, old.functions[i]) &&
		    !match_of_new(match, new.functions[k]))
			match_two(match, old.functions[i], new.functions[k]);
		i += order <= 0;
		k += order >= 0;
	}
	free(old.functions);
	free(new.functions);
}

struct root {
	const struct bus *bus;
	const struct pci_function *first;
};

static int compare_roots(const void *a, const void *b)
{
	const struct root *first = a, *second = b;
	int order = compare_places(first->first, second->first);

	if (!order)
		order = compare_ids(first->first, second->first);
	return order ? order : slot_compare(first->first, second->first);
}

/* Root buses that the other machine has not by the same number. */
static size_t list_roots(struct root **roots, const struct machine *machine,
			 const struct machine *other)
{
	size_t count = 0;

	*roots = xcalloc(machine->bus_count + 1, sizeof(**roots));
	for (size_t i = 0; i < machine->bus_count; i++) {
		const struct bus *bus = &machine->buses[i];
		const struct bus *same = machine_bus(other, bus->domain, bus->number);

		if (!bus->bridge && (!same || same->bridge))
			(*roots)[count++] = (struct root) {
				bus, &machine->functions[bus->first]
			};
	}
	qsort(*roots, count, sizeof(**roots), compare_roots);
	return count;
}

/* Host bridges may be numbered anew: the first function tells them, then their order. */
static void match_renumbered_roots(struct match *match)
{
	struct root *old, *new;
	size_t old_count = list_roots(&old, match->old, match->new);
	size_t new_count = list_roots(&new, match->new, match->old);
	size_t i = 0, k = 0;

	while (i < old_count && k < new_count) {
		int order = compare_places(old[i].first, new[k].first);

		if (!order)
			order = compare_ids(old[i].first, new[k].first);
		if (!order)
			match_buses(match, old[i].bus, new[k].bus);
		i += order <= 0;
		k += order >= 0;
	}
	free(old);
	free(new);
}

bool bus_place_known(const struct machine *machine, const struct bus *bus)
{
	return bus->bridge ? !bus->indirect : bus_is_root(machine, bus);
}

/* Without a path, the number of the bus is all that there is. */
static void match_numbers(struct match *match)
{
	for (size_t i = 0; i < match->old->bus_count; i++) {
		const struct bus *bus = &match->old->buses[i];
		const struct bus *same = machine_bus(match->new, bus->domain, bus->number);

		if (same && (!bus_place_known(match->old, bus) ||
			     !bus_place_known(match->new, same)))
			match_buses(match, bus, same);
	}
}

static int compare_labels(const void *a, const void *b)
{
	const struct pci_function *const *first = a, *const *second = b;
	int order = strcmp((*first)->label, (*second)->label);

	return order ? order : slot_compare(*first, *second);
}

static void list_labelled(struct list *list, const struct machine *machine)
{
	list->functions = xcalloc(machine->count + 1, sizeof(const struct pci_function *));
	list->count = 0;
	for (size_t i = 0; i < machine->count; i++)
		if (machine->functions[i].label)
			list->functions[list->count++] = &machine->functions[i];
	qsort(list->functions, list->count, sizeof(const struct pci_function *), compare_labels);
}

/* What both sides call by one name is one device, wherever it is. */
static void match_labels(struct match *match)
{
	struct list old, new;
	size_t i = 0, k = 0;

	list_labelled(&old, match->old);
	list_labelled(&new, match->new);
	while (i < old.count && k < new.count) {
		int order = strcmp(old.functions[i]->label, new.functions[k]->label);

		if (!order && may_be_same(old.functions[i], new.functions[k]))
			match_two(match, old.functions[i], new.functions[k]);
		i += order <= 0;
		k += order >= 0;
	}
	for (i = 0; i < old.count; i++) {
		const struct pci_function *function = match_of_old(match, old.functions[i]);

		if (function)
			match_below(match, old.functions[i], function);
	}
	free(old.functions);
	free(new.functions);
}

void match_machines(struct match *match, const struct machine *old, const struct machine *new)
{
	*match = (struct match) {
		.old = old,
		.new = new,
		.to_new = xcalloc(old->count + 1, sizeof(*match->to_new)),
		.to_old = xcalloc(new->count + 1, sizeof(*match->to_old)),
	};
	memset(match->to_new, 0xff, old->count * sizeof(*match->to_new));
	memset(match->to_old, 0xff, new->count * sizeof(*match->to_old));
	match_labels(match);
	match_serials(match);
	for (size_t i = 0; i < old->bus_count; i++) {
		const struct bus *bus = &old->buses[i];
		const struct bus *same = machine_bus(new, bus->domain, bus->number);

		if (!bus->bridge && same && !same->bridge)
			match_buses(match, bus, same);
	}
	match_renumbered_roots(match);
	match_numbers(match);
	/* whole subtrees first, so that their devices go with them */
	match_rest(match, 0, old->count, 0, new->count, true, true);
	match_rest(match, 0, old->count, 0, new->count, false, false);
}

void match_free(struct match *match)
{
	free(match->to_new);
	free(match->to_old);
	memset(match, 0, sizeof(*match));
}
