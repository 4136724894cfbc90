// SPDX-License-Identifier: GPL-2.0-or-later
/* What a specification says of a bridge: its bus numbers and windows. */
#include "pciaddr/spec/match-range.h"
#include "pciaddr/spec/match.h"

#include <inttypes.h>

#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/topology.h"

static void check_window(const struct subject *subject, const struct spec_window *spec)
{
	const struct bridge *bridge = subject->function->bridge;
	const struct window *window = &bridge->windows[spec->kind];
	struct results *results = subject->matcher->results;
	const char *part = window_name(spec->kind), *violation = NULL;
	bool open = window->state == WINDOW_OPEN;

	if (window->state == WINDOW_UNKNOWN) {
		spec_unknown(subject, CHECK_SPEC_WINDOW, part, spec->place, "was not read",
			     config_advice(subject->matcher));
		return;
	}
	if (spec->closed)
		violation = open ? "closed" : NULL;
	else
		violation = open ? rule_violation(results, &spec->range, window->range) :
			rule_is_empty(&spec->range) ? "open" :
			rule_violation(results, &spec->range, (struct range) { 1, 0 });
	if (!open && !spec->closed && !violation)
		violation = "open";
	if (!violation) {
		spec_pass(subject, CHECK_SPEC_WINDOW, NULL, spec->place,
			  TEXT(results, "%s", window_range(results, bridge, spec->kind)));
		return;
	}
	spec_add(subject, CHECK_SPEC_WINDOW, STATUS_FAIL, part, spec->place,
		 "is not as specified", violation,
		 (struct value) {
			TEXT(results, "found: %s", window_range(results, bridge, spec->kind)),
			spec_where(subject, window_register(bridge, spec->kind)) },
		 "firmware or the kernel has chosen another window: a bridge with a fixed one "
		 "needs io-base set (QEMU); after a rescan of the bridge, reboot");
}

static void check_bus_number(const struct subject *subject, const struct spec_number *spec,
			     const char *part, uint8_t found, unsigned int offset)
{
	struct results *results = subject->matcher->results;

	if (!spec->place.line)
		return;
	if (!subject->function->bridge->buses_known || subject->function->bridge->buses_named)
		spec_unknown(subject, CHECK_SPEC_BUS, part, spec->place, "was not read",
			     config_advice(subject->matcher));
	else if (spec->value == found)
		spec_pass(subject, CHECK_SPEC_BUS, part, spec->place,
			  TEXT(results, "is %u", found));
	else
		spec_add(subject, CHECK_SPEC_BUS, STATUS_FAIL, part, spec->place,
			 "does not match the specification", TEXT(results, "%" PRIu32,
								  spec->value),
			 (struct value) { TEXT(results, "found: %u", found),
					 spec_where(subject, offset) },
			 "firmware numbers buses in the order in which it finds bridges: another "
			 "bridge came or went before this one");
}

void spec_match_bridge(const struct subject *subject)
{
	const struct spec_entry *entry = subject->entry;
	const struct bridge *bridge = subject->function->bridge;

	if (!bridge) {
		if (!subject->function->header_known)
			spec_unknown(subject, CHECK_SPEC_ID, NULL, entry->place,
				     "whether it is a bridge is unknown: its config space was not "
				     "read", config_advice(subject->matcher));
		else
			spec_add(subject, CHECK_SPEC_ID, STATUS_FAIL, NULL, entry->place,
				 "is not a bridge", "a bridge",
				 (struct value) { TEXT(subject->matcher->results,
						       "found: header type %u",
						       subject->function->header_type),
						  spec_where(subject, CFG_HEADER_TYPE) },
				 "list it under 'devices', or correct the selector");
		return;
	}
	check_bus_number(subject, &entry->primary, "primary bus", bridge->primary, CFG_PRIMARY);
	check_bus_number(subject, &entry->secondary, "secondary bus", bridge->secondary,
			 CFG_SECONDARY);
	check_bus_number(subject, &entry->subordinate, "subordinate bus", bridge->subordinate,
			 CFG_SUBORDINATE);
	for (const struct spec_window *window = entry->windows; window; window = window->next)
		check_window(subject, window);
}
