// SPDX-License-Identifier: GPL-2.0-or-later
/* What a specification says of the machine as a whole: owners of ranges, and nothing else. */
#include "pciaddr/spec/match.h"

#include <inttypes.h>
#include <string.h>

#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/resources.h"
#include "pciaddr/model/topology.h"

void spec_match_claim(const struct matcher *matcher, const struct spec_claim *claim)
{
	struct results *results = matcher->results;
	const struct resource_list *list = &matcher->machine->resources[claim->space];
	const char *path = resources_path(matcher->machine, claim->space);
	struct finding finding = {
		.check = CHECK_SPEC_OWNER,
		.asked = spec_asked(matcher, claim->place),
	};
	const struct resource *found = NULL;
	char range[RANGE_TEXT_MAX];

	range_text(claim->range, range);
	if (list->state != RESOURCES_READ) {
		finding.status = STATUS_UNKNOWN;
		finding.message = TEXT(results, "who owns %s is unknown: %s %s", range, path,
				       resources_missing(list->state));
		finding.advice = owner_advice(matcher);
		results_add(results, &finding);
		return;
	}
	for (size_t i = 0; i < list->count; i++) {
		const struct resource *entry = &list->entries[i];

		if (claim->free ? range_contains(claim->range, entry->range) :
		    range_equal(entry->range, claim->range) &&
		    (!claim->owner || !strcmp(entry->name, claim->owner))) {
			found = entry;
			break;
		}
	}
	finding.status = !found == claim->free ? STATUS_PASS : STATUS_FAIL;
	if (finding.status == STATUS_PASS) {
		finding.message = claim->free ? TEXT(results, "%s is free", range) :
			TEXT(results, "%s is owned by %s", range, found->name);
		results_add(results, &finding);
		return;
	}
	if (!found)
		found = resource_around(list, claim->range);
	finding.message = claim->free ? TEXT(results, "%s is not free", range) :
		TEXT(results, "%s is not owned as specified", range);
	finding.values[0] = (struct value) {
		TEXT(results, "specified: %s : %s", range, claim->free ? "free" :
		     claim->owner ? claim->owner : "anybody"), at_text(finding.asked) };
	if (found)
		finding.values[1] = (struct value) {
			TEXT(results, "found: line %" PRIu32 ": %s : %s", found->line,
			     range_text(found->range,
					range), found->name), at_resources(claim->space) };
	else
		finding.values[1] = (struct value) { "found: no line has it",
				     at_resources(claim->space) };
	finding.advice = claim->free ? "unload what has claimed it" :
		"load the driver that should have it; 'dmesg' says why a claim was refused";
	results_add(results, &finding);
}

void spec_match_reserved(const struct matcher *matcher, const struct spec_reserved *reserved)
{
	struct results *results = matcher->results;
	char range[RANGE_TEXT_MAX];
	size_t before = results->tallies[CHECK_SPEC_NOTHING_ELSE].counts[STATUS_FAIL];

	range_text(reserved->range, range);
	for (size_t i = 0; i < matcher->machine->count; i++) {
		const struct pci_function *function = &matcher->machine->functions[i];

		for (unsigned int k = 0; !matcher->named[i] && k < function->bar_count; k++) {
			const struct bar *bar = &function->bars[k];

			if (bar->space != reserved->space || !bar_is_live(function, bar) ||
			    !range_overlaps(bar->range, reserved->range))
				continue;
			results_add(results, &(struct finding) {
				.status = STATUS_FAIL,
				.check = CHECK_SPEC_NOTHING_ELSE,
				.function = function,
				.item = bar_text(bar),
				.message = "answers where only specified devices may",
				.values = {
					{ TEXT(results, "specified: only devices of this "
					       "specification in %s", range),
					  at_text(spec_asked(matcher, reserved->place)) },
					{ TEXT(results, "found: %s", bar_range(results, bar)),
					  at_config(function, bar_register(function, bar)) },
				},
				.advice = "move or remove the device, or add it to the "
					"specification",
				.asked = spec_asked(matcher, reserved->place),
			});
		}
	}
	if (results->tallies[CHECK_SPEC_NOTHING_ELSE].counts[STATUS_FAIL] == before)
		results_add(results, &(struct finding) {
			.status = STATUS_PASS,
			.check = CHECK_SPEC_NOTHING_ELSE,
			.message = TEXT(results, "only specified devices answer in %s", range),
			.asked = spec_asked(matcher, reserved->place),
		});
}

void spec_match_nothing_else(const struct matcher *matcher)
{
	struct results *results = matcher->results;
	const struct yaml_pos place = matcher->spec->nothing_else;
	size_t others = 0;

	for (size_t i = 0; i < matcher->machine->count; i++) {
		const struct pci_function *function = &matcher->machine->functions[i];

		if (matcher->named[i])
			continue;
		others++;
		results_add(results, &(struct finding) {
			.status = STATUS_FAIL,
			.check = CHECK_SPEC_NOTHING_ELSE,
			.function = function,
			.message = "is not mentioned in the specification",
			.values = {
				{ "specified: nothing else", at_text(spec_asked(matcher, place)) },
				{ TEXT(results, "found: %s", spec_ids_text(results, function)),
				  at_config(function, CFG_VENDOR) },
			},
			.advice = "remove the device, or add it (presence: optional)",
			.asked = spec_asked(matcher, place),
		});
	}
	if (!others)
		results_add(results, &(struct finding) {
			.status = STATUS_PASS,
			.check = CHECK_SPEC_NOTHING_ELSE,
			.message = TEXT(results, "all %zu devices are specified",
					matcher->machine->count),
			.asked = spec_asked(matcher, place),
		});
}
