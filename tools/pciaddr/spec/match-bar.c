// SPDX-License-Identifier: GPL-2.0-or-later
/* What a specification says of a BAR: type, range, owner. */
#include "pciaddr/spec/match-range.h"
#include "pciaddr/spec/match.h"

#include <inttypes.h>
#include <string.h>

#include "pciaddr/model/claims.h"
#include "pciaddr/configspace/extended.h"
#include "pciaddr/configspace/read.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/resources.h"

static void check_bar_range(const struct subject *subject, const struct spec_bar *spec,
			    const struct bar *bar, const char *part)
{
	struct results *results = subject->matcher->results;
	const char *violation;

	if (rule_is_empty(&spec->range))
		return;
	if (bar->unmapped) {
		spec_unknown(subject, CHECK_SPEC_BAR, part, spec->place,
			     "QEMU has it nowhere: it has no address, or decoding is off",
			     "the guest's own 'lspci -vvxxxx' tells which of the two it is");
		return;
	}
	violation = bar->state == BAR_UNASSIGNED ? "an address" :
		rule_violation(results, &spec->range, bar->range);
	if (violation && bar->state == BAR_ASSIGNED && !bar->size_known &&
	    rule_needs_end(&spec->range) &&
	    (!spec->range.has_exact || spec->range.exact.first == bar->range.first) &&
	    (!spec->range.has_inside || range_contains(spec->range.inside, bar->range))) {
		spec_unknown(subject, CHECK_SPEC_BAR, part, spec->place,
			     TEXT(results, "begins at 0x%" PRIx64 ", where it ends is unknown",
				  bar->range.first),
			     "take the dump with 'lspci -vvxxxx', which also writes sizes");
		return;
	}
	if (!violation) {
		spec_pass(subject, CHECK_SPEC_BAR, part, spec->place,
			  TEXT(results, "is at %s", bar_range(results, bar)));
		return;
	}
	spec_add(subject, CHECK_SPEC_BAR, STATUS_FAIL, part, spec->place,
		 bar->state == BAR_UNASSIGNED ? "has no address" : "is not where it is specified",
		 violation,
		 (struct value) { TEXT(results, "found: %s", bar_range(results, bar)),
				 spec_where(subject, bar_register(subject->function, bar)) },
		 "firmware or the kernel has placed it elsewhere: 'dmesg | grep \"BAR\"' shows "
		 "what the kernel did; a card with a fixed address needs io-base set (QEMU)");
}

static void check_bar_type(const struct subject *subject, const struct spec_bar *spec,
			   const struct bar *bar, const char *part)
{
	static const char *const names[] = {
		[BAR_TYPE_IO] = "I/O", [BAR_TYPE_MEMORY] = "memory",
		[BAR_TYPE_MEMORY32] = "32-bit memory", [BAR_TYPE_MEMORY64] = "64-bit memory",
	};
	struct results *results = subject->matcher->results;
	enum bar_type found = bar->space == SPACE_IO ? BAR_TYPE_IO :
		bar->kind_unknown ? BAR_TYPE_MEMORY :
		bar->is_64bit ? BAR_TYPE_MEMORY64 : BAR_TYPE_MEMORY32;
	struct value value = {
		TEXT(results, "found: %s%s", names[found],
		     bar->prefetchable ? ", prefetchable" : ""),
		spec_where(subject, bar_register(subject->function, bar)),
	};
	static const char advice[] = "another card, or another revision of it, is in this place";

	if (found == BAR_TYPE_MEMORY && spec->type != BAR_TYPE_IO &&
	    (spec->type == BAR_TYPE_MEMORY32 || spec->type == BAR_TYPE_MEMORY64 ||
	     spec->prefetchable != TRISTATE_ANY))
		spec_unknown(subject, CHECK_SPEC_BAR, part, spec->place,
			     "whether its memory has 32 or 64 bits, and is prefetchable, is unknown",
			     config_advice(subject->matcher));
	else if (spec->type != BAR_TYPE_ANY && spec->type != found &&
	    !(spec->type == BAR_TYPE_MEMORY && found != BAR_TYPE_IO))
		spec_add(subject, CHECK_SPEC_BAR, STATUS_FAIL, part, spec->place,
			 "has the wrong type", names[spec->type], value, advice);
	else if (spec->prefetchable != TRISTATE_ANY &&
		 (spec->prefetchable == TRISTATE_YES) != bar->prefetchable)
		spec_add(subject, CHECK_SPEC_BAR, STATUS_FAIL, part, spec->place,
			 "has the wrong type",
			 spec->prefetchable == TRISTATE_YES ? "prefetchable" : "not prefetchable",
			 value, advice);
	else
		spec_pass(subject, CHECK_SPEC_BAR, part, spec->place,
			  TEXT(results, "is %s%s", names[found],
			       bar->prefetchable ? ", prefetchable" : ""));
}

static void check_bar_enhanced(const struct subject *subject, const struct spec_bar *spec,
			       const struct bar *bar, const char *part)
{
	unsigned int offset;
	bool known;

	if (spec->enhanced == TRISTATE_ANY)
		return;
	offset = config_capability(subject->function, CAP_ID_EA, &known);
	if (!known)
		spec_unknown(subject, CHECK_SPEC_BAR, part, spec->place,
			     "whether Enhanced Allocation places it was not read",
			     config_advice(subject->matcher));
	else if ((spec->enhanced == TRISTATE_YES) == bar->enhanced)
		spec_pass(subject, CHECK_SPEC_BAR, part, spec->place, bar->enhanced ?
			  "is placed by Enhanced Allocation" :
			  "is not placed by Enhanced Allocation");
	else
		spec_add(subject, CHECK_SPEC_BAR, STATUS_FAIL, part, spec->place,
			 bar->enhanced ? "is placed by Enhanced Allocation" :
			 "is not placed by Enhanced Allocation",
			 bar->enhanced ? "an address that can be changed" : "Enhanced Allocation",
			 (struct value) {
				bar->enhanced ? "found: an entry that is enabled" :
				offset ? "found: no entry that is enabled" :
				"found: no Enhanced Allocation capability",
				spec_where(subject, offset ? offset : CFG_CAPABILITIES) },
			 "another card, or another revision of it, is in this place");
}

static const struct resizable_bar *find_resizable(const struct pci_function *function,
						  unsigned int index)
{
	for (unsigned int i = 0; function->resizable && i < function->resizable->count; i++)
		if (function->resizable->bars[i].index == index)
			return &function->resizable->bars[i];
	return NULL;
}

static const char *sizes_text(struct results *results, uint64_t sizes)
{
	const char *text = "";
	char size[SIZE_TEXT_MAX];

	for (uint64_t left = sizes; left; left &= left - 1)
		text = TEXT(results, "%s%s%s", text, *text ? ", " : "",
			    size_text(left & -left, size));
	return text;
}

static void check_bar_resizable(const struct subject *subject, const struct spec_bar *spec,
				const char *part)
{
	const struct resizable_bar *found = find_resizable(subject->function, spec->index);
	bool wanted = spec->resizable == TRISTATE_YES || spec->sizes;
	struct results *results = subject->matcher->results;
	const char *problem, *sizes;

	if (spec->resizable == TRISTATE_ANY && !spec->sizes)
		return;
	if (!found && !config_extended_known(subject->function)) {
		spec_unknown(subject, CHECK_SPEC_BAR, part, spec->place,
			     "whether it is resizable is unknown: the extended config space was "
			     "not read", config_advice(subject->matcher));
		return;
	}
	sizes = found ? sizes_text(results, found->sizes) : NULL;
	problem = found && !wanted ? "is resizable" : !found && wanted ? "is not resizable" :
		found && spec->sizes & ~found->sizes ? "cannot have every size specified" : NULL;
	if (!problem)
		spec_pass(subject, CHECK_SPEC_BAR, part, spec->place,
			  found ? TEXT(results, "can be resized to %s", sizes) :
			  "is not resizable");
	else
		spec_add(subject, CHECK_SPEC_BAR, STATUS_FAIL, part, spec->place, problem,
			 spec->sizes ? sizes_text(results, spec->sizes) :
			 wanted ? "resizable" : "not resizable",
			 (struct value) {
				found ? TEXT(results, "found: %s", sizes) :
				"found: no Resizable BAR capability for it",
				spec_where(subject, found ? found->offset : EXTENDED_BEGIN) },
			 "another card, or another revision of it, is in this place; the firmware "
			 "of the card or of the machine may hide sizes (\"Above 4G Decoding\", "
			 "\"Re-Size BAR Support\")");
}

static void check_bar_owner(const struct subject *subject, const struct spec_bar *spec,
			    const struct bar *bar, const char *part)
{
	const struct matcher *matcher = subject->matcher;
	const char *path = resources_path(matcher->machine, bar->space);
	enum resource_state state = matcher->machine->resources[bar->space].state;
	struct claim claim;
	const char *owner;

	if (!spec->owner)
		return;
	if (state != RESOURCES_READ) {
		spec_unknown(subject, CHECK_SPEC_OWNER, part, spec->place,
			TEXT(matcher->results, "who owns it is unknown: %s %s", path,
			     resources_missing(state)), owner_advice(subject->matcher));
		return;
	}
	claim = find_claim(matcher->machine, subject->function, bar);
	owner = claim.owner ? claim.owner->name : "";
	if (!strcmp(owner, spec->owner)) {
		spec_pass(subject, CHECK_SPEC_OWNER, part, spec->place,
			  *owner ? TEXT(matcher->results, "is owned by %s", owner) :
				   "has no owner");
		return;
	}
	spec_add(subject, CHECK_SPEC_OWNER, STATUS_FAIL, part, spec->place,
		 *owner ? "has another owner" : "has no owner",
		 *spec->owner ? spec->owner : "none",
		 (struct value) { TEXT(matcher->results, "found: %s", *owner ? owner : "none"),
				 at_resources(bar->space) },
		 *spec->owner ? TEXT(matcher->results,
				     "modprobe %s; 'dmesg' says why it could not "
				     "claim the range", spec->owner) :
		 "unbind the driver that has it");
}

void spec_match_bar(const struct subject *subject, const struct spec_bar *spec)
{
	struct results *results = subject->matcher->results;
	const struct pci_function *function = subject->function;
	const struct bar *bar = function_bar(function, spec->index);
	struct bar named = { .index = (uint8_t)spec->index };
	const char *part = bar_text(&named);

	if (!bar && !function->config_length && !function->resource_known &&
	    !function->bars_listed) {
		spec_unknown(subject, CHECK_SPEC_BAR, part, spec->place, "was not read",
			     config_advice(subject->matcher));
		return;
	}
	if (spec->absent || !bar) {
		if (spec->absent && !bar)
			spec_pass(subject, CHECK_SPEC_BAR, part, spec->place, "is absent");
		else
			spec_add(subject, CHECK_SPEC_BAR, STATUS_FAIL, part, spec->place,
				 bar ? "is there" : "is not there",
				 spec->absent ? "absent" : "present",
				 (struct value) {
					TEXT(results, "found: register %s",
					     bar ? bar_range(results, bar) : "0"),
					spec_where(subject, bar_register(function, &named)) },
				 "another card, or another revision of it, is in this place");
		return;
	}
	check_bar_type(subject, spec, bar, part);
	check_bar_range(subject, spec, bar, part);
	check_bar_enhanced(subject, spec, bar, part);
	check_bar_resizable(subject, spec, part);
	check_bar_owner(subject, spec, bar, part);
}
