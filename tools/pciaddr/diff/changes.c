// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/diff/changes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/alloc.h"
#include "pciaddr/model/log-facts.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/topology.h"

#define CLASS_PREFIX "diff-"

static diff_classes class_bit(enum check_id check)
{
	return 1u << (check - CHECK_DIFF_GONE);
}

bool diff_class_parse(const char *name, diff_classes *classes)
{
	const size_t prefix = strlen(CLASS_PREFIX);

	if (!strncmp(name, CLASS_PREFIX, prefix))
		name += prefix;
	for (enum check_id check = CHECK_DIFF_GONE; check <= CHECK_DIFF_NOISE; check++) {
		if (!strcmp(checks[check].label + prefix, name)) {
			*classes |= class_bit(check);
			return true;
		}
	}
	return false;
}

static struct value side_value(struct results *results, const struct machine *machine,
			       const struct side *side)
{
	if (!side->text)
		return no_value;
	/* the formats know one machine only, and there are two */
	return (struct value) {
		side->text, at_text(location_text(machine, &side->where, &results->arena)),
	};
}

static void add(struct comparison *comparison, enum check_id check,
		const struct pci_function *old, const struct pci_function *new,
		const char *item, const char *message, struct side old_side,
		struct side new_side)
{
	struct results *results = comparison->results;

	if (comparison->ignored & class_bit(check))
		return;
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = check,
		.function = new ? new : old,
		.old_function = old,
		.item = item,
		.message = message,
		.values = {
			side_value(results, comparison->match.old, &old_side),
			side_value(results, comparison->match.new, &new_side),
		},
	});
}

void diff_change(const struct pair *pair, enum check_id check, const char *item,
		 const char *message, struct side old, struct side new)
{
	add(pair->comparison, check, pair->old, pair->new, item, message, old, new);
}

void diff_same(const struct comparison *comparison, enum check_id check)
{
	if (!(comparison->ignored & class_bit(check)))
		results_pass(comparison->results, check);
}

void diff_unknown(const struct pair *pair, enum check_id check, const char *reason)
{
	if (!(pair->comparison->ignored & class_bit(check)))
		results_unknown(pair->comparison->results, check, pair->new, reason, NULL);
}

static const struct pci_function *host_bridge_of(const struct machine *machine, uint32_t domain)
{
	const struct bus *bus = machine_bus(machine, domain, 0);
	const struct pci_function *first = bus && bus->count ? &machine->functions[bus->first] : NULL;

	return first && !first->device && !first->function && first->class_known &&
		first->class >> 8 == CLASS_HOST_BRIDGE ? first : NULL;
}

/* A text may be that of 'lspci -s' of a few devices: a host bridge is not taken out. */
static bool is_part(const struct machine *machine, const struct machine *other, uint32_t domain)
{
	const struct pci_function *bridge = host_bridge_of(other, domain);
	const struct bus *bus = machine_bus(machine, domain, 0);

	if (machine->kind != SOURCE_DUMP || !bridge)
		return false;
	for (uint32_t i = 0; bus && i < bus->count; i++)
		if (!slot_compare(&machine->functions[bus->first + i], bridge))
			return false;
	return true;
}

/* Why @function of @other need not be in @machine; NULL: it should be. */
static const char *is_incomplete(const struct machine *machine, const struct machine *other,
				 const struct pci_function *function)
{
	if (machine->cut_off)
		return "the source of the other side ends in the middle";
	if (function_is_hidden(function))
		return "firmware hides it: it is seen only while the kernel looks at it";
	/* without the scan it has only those devices that something was said of */
	if (log_is_only_source(machine))
		return log_facts_has_domain(machine->log, function->domain) ? NULL :
			"the other side is a part of a log, without the scan of the buses";
	if (is_part(machine, other, function->domain))
		return "the other side is a part of a machine: its host bridge is not in it, either";
	return machine->unplaced_count ? "the other side has devices without an address yet: it "
		"may be one of them" : NULL;
}

/* Not in a source that has not all. */
static void diff_missing(const struct comparison *comparison, enum check_id check,
			 const struct pci_function *function, const char *reason)
{
	if (!(comparison->ignored & class_bit(check)))
		results_unknown(comparison->results, check, function, reason, NULL);
}

static const char *device_text(struct results *results, const struct pci_function *function)
{
	const char *slot = device_name(results, function);

	if (function->ids_known)
		slot = TEXT(results, "%s %04x:%04x", slot, function->vendor, function->product);
	return function->label ? TEXT(results, "%s (%s)", slot, function->label) : slot;
}

static struct side function_side(struct results *results, const struct pci_function *function)
{
	return (struct side) { device_text(results, function), at_function(function) };
}

static const struct side nothing = { NULL, { 0 } };

/* Are the bridges right above them the same, or is there none above either? */
static bool same_parent(const struct match *match, const struct pci_function *old,
			const struct pci_function *new)
{
	if (!old->parent || !new->parent)
		return !old->parent && !new->parent;
	return match_of_old(match, old->parent) == new->parent;
}

static bool same_place(const struct match *match, const struct pci_function *old,
		       const struct pci_function *new)
{
	return same_parent(match, old, new) && old->device == new->device &&
		old->function == new->function;
}

static bool place_known(const struct machine *machine, const struct pci_function *function)
{
	return bus_place_known(machine, machine_bus(machine, function->domain, function->bus));
}

static void compare_place(const struct pair *pair)
{
	struct comparison *comparison = pair->comparison;
	const struct pci_function *old = pair->old, *new = pair->new;

	if (!place_known(comparison->match.old, old) ||
	    !place_known(comparison->match.new, new)) {
		if (slot_compare(old, new))
			diff_unknown(pair, CHECK_DIFF_RELOCATED,
				     "the bridges above are not known on both sides");
		return;
	}
	if (same_place(&comparison->match, old, new)) {
		diff_same(comparison, CHECK_DIFF_RELOCATED);
		return;
	}
	diff_change(pair, CHECK_DIFF_RELOCATED, NULL,
		    same_parent(&comparison->match, old, new) ?
		    "the device has another device.function on the same bus" :
		    "the device is on another bus of the tree",
		    function_side(comparison->results, old),
		    function_side(comparison->results, new));
}

static bool same_bus(const struct pci_function *a, const struct pci_function *b)
{
	return a->domain == b->domain && a->bus == b->bus;
}

/* In one finding, for every two buses that have functions in common. */
static void compare_bus_numbers(struct comparison *comparison)
{
	const struct machine *new = comparison->match.new;
	struct results *results = comparison->results;
	struct pci_function seen[256];

	/* the buses of a domain have names, not numbers */
	if (new->kind == SOURCE_DOMAIN || comparison->match.old->kind == SOURCE_DOMAIN)
		return;
	for (size_t i = 0; i < new->bus_count; i++) {
		const struct bus *bus = &new->buses[i];
		size_t seen_count = 0;

		for (uint32_t k = bus->first; k < bus->first + bus->count; k++) {
			const struct pci_function *function = &new->functions[k];
			const struct pci_function *old = match_of_new(&comparison->match,
								      function);
			size_t at = 0;

			if (!old)
				continue;
			if (same_bus(old, function)) {
				diff_same(comparison, CHECK_DIFF_RENUMBERED);
				continue;
			}
			/* a device that was elsewhere in the tree is told as such */
			if (!same_place(&comparison->match, old, function))
				continue;
			while (at < seen_count && !same_bus(&seen[at], old))
				at++;
			if (at < seen_count)
				continue;
			if (seen_count < sizeof(seen) / sizeof(seen[0]))
				seen[seen_count++] = *old;
			add(comparison, CHECK_DIFF_RENUMBERED, old, function, NULL,
			    TEXT(results, "bus %04" PRIx32 ":%02x and the devices on it are now "
				 "bus %04" PRIx32 ":%02x", old->domain, old->bus,
				 function->domain, function->bus),
			    function_side(results, old), function_side(results, function));
		}
	}
}

static void compare_pair(const struct pair *pair)
{
	const struct pci_function *old = pair->old, *new = pair->new;
	struct comparison *comparison = pair->comparison;
	struct results *results = comparison->results;

	compare_place(pair);
	if (old->absent || new->absent) {
		if (!old->absent)
			diff_change(pair, CHECK_DIFF_GONE, NULL,
				    "the device no longer answers config reads",
				    function_side(results, old),
				    (struct side) { "all ones", at_function(new) });
		else if (!new->absent)
			diff_change(pair, CHECK_DIFF_NEW, NULL,
				    "the device answers config reads again",
				    (struct side) { "all ones", at_function(old) },
				    function_side(results, new));
		return;
	}
	diff_same(comparison, CHECK_DIFF_GONE);
	diff_same(comparison, CHECK_DIFF_NEW);
	if (old == comparison->cut_old || new == comparison->cut_new) {
		diff_unknown(pair, CHECK_DIFF_MOVED,
			     "the source of one side ends in the middle of this device");
		return;
	}
	diff_state(pair);
	diff_addresses(pair);
	if (old->bridge && new->bridge)
		diff_windows(pair);
}

/* Failures by severity, the worst first, then what is unknown; else as they were found. */
static void sort_findings(struct results *results)
{
	struct finding *sorted = xcalloc(results->count + 1, sizeof(*sorted));
	size_t count = 0;

	for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_LOW; severity--)
		for (size_t i = 0; i < results->count; i++)
			if (results->findings[i].status == STATUS_FAIL &&
			    (int)results->findings[i].severity == severity)
				sorted[count++] = results->findings[i];
	for (size_t i = 0; i < results->count; i++)
		if (results->findings[i].status != STATUS_FAIL)
			sorted[count++] = results->findings[i];
	free(results->findings);
	results->findings = sorted;
	results->capacity = results->count + 1;
	/* the groups' indices are stale */
	results->unknown_group_count = 0;
}

/* The last one of a source that ends in the middle. */
static const struct pci_function *cut_function(const struct machine *machine)
{
	const struct pci_function *last = NULL;

	for (size_t i = 0; machine->cut_off && i < machine->count; i++)
		if (!last || machine->functions[i].line > last->line)
			last = &machine->functions[i];
	return last;
}

void diff_machines(struct results *results, const struct machine *old,
		   const struct machine *new, diff_classes ignored)
{
	struct comparison comparison = {
		.results = results,
		.ignored = ignored,
		.cut_old = cut_function(old),
		.cut_new = cut_function(new),
	};
	struct match *match = &comparison.match;
	const char *reason;

	results->old = old;
	match_machines(match, old, new);
	for (size_t i = 0; i < old->count; i++) {
		const struct pci_function *function = &old->functions[i];

		if (match_of_old(match, function))
			continue;
		reason = is_incomplete(new, old, function);
		if (reason)
			diff_missing(&comparison, CHECK_DIFF_GONE, function, reason);
		else
			add(&comparison, CHECK_DIFF_GONE, function, NULL, NULL,
			    "the device is gone", function_side(results, function), nothing);
	}
	for (size_t i = 0; i < new->count; i++) {
		const struct pci_function *function = &new->functions[i];
		struct pair pair = { &comparison, match_of_new(match, function), function };

		if (pair.old) {
			compare_pair(&pair);
			continue;
		}
		reason = is_incomplete(old, new, function);
		if (reason)
			diff_missing(&comparison, CHECK_DIFF_NEW, function, reason);
		else
			add(&comparison, CHECK_DIFF_NEW, NULL, function, NULL,
			    "the device is new", nothing, function_side(results, function));
	}
	compare_bus_numbers(&comparison);
	sort_findings(results);
	match_free(match);
}

void diff_single_machine(struct results *results, enum check_id check, diff_classes ignored)
{
	if (ignored & class_bit(check))
		return;
	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		.check = check,
		.message = check == CHECK_DIFF_GONE ? "this machine is in OLD only" :
						      "this machine is in NEW only",
	});
}
