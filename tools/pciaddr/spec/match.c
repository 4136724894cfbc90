// SPDX-License-Identifier: GPL-2.0-or-later
/* A machine against a specification: which entry is about which device, and how many there are. */
#include "pciaddr/spec/match.h"

#include <stdlib.h>
#include <string.h>

#include "pciaddr/check/checks.h"
#include "pciaddr/spec/spec.h"

static void check_function(const struct matcher *matcher, const struct spec_entry *entry,
			   const struct pci_function *function)
{
	const struct subject subject = {
		.matcher = matcher,
		.entry = entry,
		.function = function,
	};

	spec_match_device(&subject);
	spec_match_extended(&subject);
	for (const struct spec_bar *bar = entry->bars; bar; bar = bar->next)
		spec_match_bar(&subject, bar);
	if (entry->is_bridge)
		spec_match_bridge(&subject);
}

struct matches {
	size_t yes;
	size_t unknown;
	const struct pci_function *first;
};

static void try_function(struct matcher *matcher, const struct spec_entry *entry,
			 const struct pci_function *function, struct matches *matches)
{
	switch (selector_match(&entry->selector, function)) {
	case MATCH_YES:
		if (!matches->yes++)
			matches->first = function;
		matcher->named[function - matcher->machine->functions] = 1;
		if (entry->presence != PRESENCE_FORBIDDEN)
			check_function(matcher, entry, function);
		break;
	case MATCH_UNKNOWN:
		matches->unknown++;
		if (function->described)
			matcher->named[function - matcher->machine->functions] = 1;
		break;
	case MATCH_NO:
		break;
	}
}

/* A slot without wildcards is looked up, so that a captured specification stays linear. */
static bool is_exact_slot(const struct selector *selector)
{
	return selector->has_slot && selector->slot.domain.mask == UINT32_MAX &&
		selector->slot.bus.mask == UINT32_MAX &&
		selector->slot.device.mask == UINT32_MAX &&
		selector->slot.function.mask == UINT32_MAX;
}

static struct matches match_entry(struct matcher *matcher, const struct spec_entry *entry)
{
	const struct machine *machine = matcher->machine;
	struct matches matches = { 0 };
	size_t begin = 0, end = machine->count;

	/* where buses have names, any may be meant */
	if (is_exact_slot(&entry->selector) && machine->kind != SOURCE_DOMAIN) {
		const struct bus *bus = machine_bus(machine, entry->selector.slot.domain.value,
						    (uint8_t)entry->selector.slot.bus.value);

		begin = bus ? bus->first : 0;
		end = bus ? bus->first + bus->count : 0;
	}
	for (size_t i = begin; i < end; i++)
		try_function(matcher, entry, &machine->functions[i], &matches);
	return matches;
}

static const char *count_text(struct results *results, const struct spec_entry *entry)
{
	if (entry->presence == PRESENCE_FORBIDDEN)
		return "none";
	if (entry->max_count == SIZE_MAX)
		return TEXT(results, "at least %zu", entry->min_count);
	if (entry->min_count == entry->max_count)
		return TEXT(results, "%zu", entry->min_count);
	return TEXT(results, "%zu to %zu", entry->min_count, entry->max_count);
}

static void check_entry(struct matcher *matcher, const struct spec_entry *entry)
{
	struct results *results = matcher->results;
	struct matches matches = match_entry(matcher, entry);
	struct subject subject = { .matcher = matcher, .entry = entry };
	struct yaml_pos place = entry->count_place.line ? entry->count_place : entry->place;
	size_t most = entry->presence == PRESENCE_FORBIDDEN ? 0 : entry->max_count;
	size_t least = entry->presence == PRESENCE_FORBIDDEN ? 0 : entry->min_count;
	bool good = matches.yes >= least && matches.yes <= most;

	if (good && !matches.unknown) {
		if (matches.yes == 1)
			subject.function = matches.first;
		spec_pass(&subject, CHECK_SPEC_DEVICE, NULL, place,
			  matches.yes == 1 ? TEXT(results, "is %s", entry->name) :
			  TEXT(results, "%zu devices are %s", matches.yes, entry->name));
		return;
	}
	if (matches.unknown && matches.yes <= most) {
		spec_unknown(&subject, CHECK_SPEC_DEVICE, NULL, place,
			     TEXT(results, "whether %zu device%s %s is unknown: what the selector "
				  "asks for was not read", matches.unknown,
				  matches.unknown == 1 ? "" : "s", entry->name),
			     config_advice(matcher));
		return;
	}
	if (matches.first)
		subject.function = matches.first;
	spec_add(&subject, CHECK_SPEC_DEVICE, STATUS_FAIL, NULL, place,
		 matches.yes ? TEXT(results, "%zu device%s %s", matches.yes,
				    matches.yes == 1 ? " is" : "s are", entry->name) :
		 TEXT(results, "no device is %s", entry->name),
		 TEXT(results, "%s of %s", count_text(results, entry), entry->selector.text),
		 (struct value) { TEXT(results, "found: %zu of %zu devices", matches.yes,
				      matcher->machine->count),
				 at_source() },
		 matches.yes > most ? "remove what should not be there, or correct the "
		 "specification" : "'lspci -nn' shows what is there: is the card plugged in, its "
		 "bridge enumerated, its id right?");
}

void spec_check(const struct machine *machine, struct results *results, const struct spec *spec)
{
	struct matcher matcher = {
		.machine = machine,
		.results = results,
		.spec = spec,
		.named = grow_array(NULL, machine->count + 1, 1),
	};

	memset(matcher.named, 0, machine->count);
	for (const struct spec_entry *entry = spec->entries; entry; entry = entry->next)
		check_entry(&matcher, entry);
	for (const struct spec_claim *claim = spec->claims; claim; claim = claim->next)
		spec_match_claim(&matcher, claim);
	for (const struct spec_reserved *reserved = spec->reserved; reserved;
	     reserved = reserved->next)
		spec_match_reserved(&matcher, reserved);
	if (spec->nothing_else.line)
		spec_match_nothing_else(&matcher);
	free(matcher.named);
	if (spec->machine_checks)
		check_machine(machine, results);
}
