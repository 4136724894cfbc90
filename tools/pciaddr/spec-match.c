// SPDX-License-Identifier: GPL-2.0-or-later
/* A machine against a specification. */
#include "pciaddr/spec.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "pciaddr/checks.h"
#include "pciaddr/claims.h"
#include "pciaddr/configspace.h"
#include "pciaddr/pcispec.h"
#include "pciaddr/resources.h"
#include "pciaddr/spec-model.h"

#define CONFIG_ADVICE "take the dump with 'lspci -vvxxxx' as root, or run this as root"

struct matcher {
	struct machine *machine;
	struct results *results;
	const struct spec *spec;
	uint8_t *named;		/* one for each function: some entry is about it */
};

/* One entry against one of its functions. */
struct subject {
	const struct matcher *matcher;
	const struct spec_entry *entry;
	const struct pci_function *function;
	const char *device;
};

static const char *asked(const struct matcher *matcher, struct place place)
{
	return TEXT(matcher->results, "%s:%u:%u", matcher->spec->name, place.line, place.column);
}

static void add(const struct subject *subject, enum check_id check, enum status status,
		const char *part, struct place place, const char *message, const char *specified,
		struct value found, const char *advice)
{
	struct finding *finding;

	finding = results_add(subject->matcher->results, &(struct finding) {
		.status = status,
		.check = check,
		.device = subject->device,
		.subject = part,
		.message = message,
		.values = {
			{ specified ? TEXT(subject->matcher->results, "specified: %s", specified) :
			  NULL, asked(subject->matcher, place) },
			found,
		},
		.advice = subject->entry->advice ? subject->entry->advice : advice,
		.asked = asked(subject->matcher, place),
	});
	if (subject->entry->has_severity)
		finding->severity = subject->entry->severity;
}

static void pass(const struct subject *subject, enum check_id check, const char *part,
		 struct place place, const char *message)
{
	add(subject, check, STATUS_PASS, part, place, message, NULL,
	    (struct value) { NULL, NULL }, NULL);
}

static void unknown(const struct subject *subject, enum check_id check, const char *part,
		    struct place place, const char *message, const char *advice)
{
	add(subject, check, STATUS_UNKNOWN, part, place, message, NULL,
	    (struct value) { NULL, NULL }, advice);
}

static const char *where(const struct subject *subject, unsigned int offset)
{
	return where_config(subject->matcher->machine, subject->function, offset);
}

/* Ids */

static void check_ids(const struct subject *subject)
{
	const struct spec_entry *entry = subject->entry;
	const struct pci_function *function = subject->function;
	struct results *results = subject->matcher->results;
	const char *found;

	if (!entry->id_place.line)
		return;
	found = TEXT(results, "%04x:%04x, class %06x, subsystem %04x:%04x", function->vendor,
		     function->product, function->class, function->subsystem_vendor,
		     function->subsystem);
	switch (selector_match(&entry->id, function)) {
	case MATCH_YES:
		pass(subject, CHECK_SPEC_ID, NULL, entry->id_place,
		     TEXT(results, "is %04x:%04x, class %06x", function->vendor,
			  function->product, function->class));
		break;
	case MATCH_NO:
		add(subject, CHECK_SPEC_ID, STATUS_FAIL, NULL, entry->id_place,
		    "is another device than specified", "id, class or subsystem of this entry",
		    (struct value) { TEXT(results, "found: %s", found),
				     where(subject, CFG_VENDOR) },
		    "another card is in this place: swap it, or correct the specification");
		break;
	case MATCH_UNKNOWN:
		unknown(subject, CHECK_SPEC_ID, NULL, entry->id_place,
			"id, class or subsystem were not read", CONFIG_ADVICE);
		break;
	}
}

static void check_revision(const struct subject *subject)
{
	const struct spec_number *revision = &subject->entry->revision;
	struct results *results = subject->matcher->results;

	if (!revision->place.line)
		return;
	if (!subject->function->revision_known)
		unknown(subject, CHECK_SPEC_ID, "revision", revision->place, "was not read",
			CONFIG_ADVICE);
	else if (subject->function->revision == revision->value)
		pass(subject, CHECK_SPEC_ID, "revision", revision->place,
		     TEXT(results, "is 0x%02" PRIx32, revision->value));
	else
		add(subject, CHECK_SPEC_ID, STATUS_FAIL, "revision", revision->place,
		    "is another than specified", TEXT(results, "0x%02" PRIx32, revision->value),
		    (struct value) { TEXT(results, "found: 0x%02x", subject->function->revision),
				     where(subject, CFG_REVISION) },
		    "the card is of another revision: exchange it, or correct the specification");
}

/* Drivers */

static void check_driver(const struct subject *subject)
{
	const struct spec_text *first = subject->entry->drivers;
	struct results *results = subject->matcher->results;
	const char *driver = subject->function->driver, *list = "";

	if (!first)
		return;
	if (!driver) {
		unknown(subject, CHECK_SPEC_DRIVER, NULL, first->place,
			"which driver is bound is unknown",
			"take the dump with 'lspci -vvxxxx' or 'lspci -kxxx'");
		return;
	}
	for (const struct spec_text *wanted = first; wanted; wanted = wanted->next) {
		if (!strcmp(wanted->text, driver)) {
			pass(subject, CHECK_SPEC_DRIVER, NULL, first->place,
			     *driver ? TEXT(results, "is bound to %s", driver) :
			     "is bound to no driver");
			return;
		}
		list = TEXT(results, "%s%s%s", list, *list ? " or " : "",
			    *wanted->text ? wanted->text : "none");
	}
	add(subject, CHECK_SPEC_DRIVER, STATUS_FAIL, NULL, first->place,
	    *driver ? "is bound to another driver than specified" : "is bound to no driver", list,
	    (struct value) { TEXT(results, "found: %s", *driver ? driver : "none"),
			     TEXT(results, "%s/%s/driver", subject->matcher->machine->config_path,
				  subject->device) },
	    TEXT(results, "modprobe %s; 'dmesg' says why a driver refused the device",
		 *first->text ? first->text : "-r the driver"));
}

/* Command register */

static void check_command(const struct subject *subject)
{
	const struct spec_entry *entry = subject->entry;
	struct results *results = subject->matcher->results;
	static const struct {
		uint16_t bit;
		const char *name;
		bool inverted;
	} bits[] = {
		{ COMMAND_IO, "I/O decoding", false },
		{ COMMAND_MEMORY, "memory decoding", false },
		{ COMMAND_MASTER, "bus mastering", false },
		{ COMMAND_INTX_DISABLE, "INTx", true },
	};

	if (!entry->command_mask)
		return;
	if (!subject->function->command_known) {
		unknown(subject, CHECK_SPEC_COMMAND, "command register", entry->command_place,
			"was not read", CONFIG_ADVICE);
		return;
	}
	for (unsigned int i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		bool wanted = !!(entry->command_value & bits[i].bit) != bits[i].inverted;
		bool found = !!(subject->function->command & bits[i].bit) != bits[i].inverted;

		if (!(entry->command_mask & bits[i].bit))
			continue;
		if (wanted == found)
			pass(subject, CHECK_SPEC_COMMAND, bits[i].name, entry->command_place,
			     wanted ? "is on" : "is off");
		else
			add(subject, CHECK_SPEC_COMMAND, STATUS_FAIL, bits[i].name,
			    entry->command_place, found ? "is on" : "is off",
			    wanted ? "on" : "off",
			    (struct value) { TEXT(results, "found: command 0x%04x",
						  subject->function->command),
					     where(subject, CFG_COMMAND) },
			    TEXT(results, "setpci -s %s COMMAND=%x:%x changes it; a driver does it "
				 "when it enables the device", subject->device,
				 entry->command_value & bits[i].bit, bits[i].bit));
	}
}

/* MSI */

static void check_msi(const struct subject *subject, const struct spec_msi *msi, uint8_t id,
		      const char *name)
{
	struct results *results = subject->matcher->results;
	struct msi_state state;
	const char *problem = NULL, *specified = NULL;

	if (!msi->place.line)
		return;
	state = config_msi(subject->function, id);
	if (!state.known) {
		unknown(subject, CHECK_SPEC_MSI, name, msi->place,
			"the capability was not read", CONFIG_ADVICE);
		return;
	}
	if (msi->absent != !state.present) {
		problem = state.present ? "the device has it" : "the device does not have it";
		specified = msi->absent ? "absent" : "present";
	} else if (state.present && msi->enabled != WANTED_ANY &&
		   (msi->enabled == WANTED_YES) != state.enabled) {
		problem = state.enabled ? "is on" : "is off";
		specified = msi->enabled == WANTED_YES ? "on" : "off";
	} else if (state.present && msi->vectors && msi->vectors != state.vectors) {
		problem = "another number of vectors than specified";
		specified = TEXT(results, "%u vectors", msi->vectors);
	}
	if (!problem) {
		pass(subject, CHECK_SPEC_MSI, name, msi->place, state.present ?
		     TEXT(results, "is %s, %u vector%s", state.enabled ? "on" : "off",
			  state.vectors, state.vectors == 1 ? "" : "s") : "is absent");
		return;
	}
	add(subject, CHECK_SPEC_MSI, STATUS_FAIL, name, msi->place, problem, specified,
	    (struct value) { state.present ?
		TEXT(results, "found: %s, %u of %u vectors", state.enabled ? "on" : "off",
		     state.vectors, state.vectors_max) : "found: absent",
		where(subject, state.offset ? state.offset : CFG_CAPABILITIES) },
	    "the driver asks for vectors when it is bound: 'dmesg', and the kernel option "
	    "pci=nomsi");
}

/* Links */

static void check_link_value(const struct subject *subject, const char *part, bool good,
			     const char *specified, const char *found, unsigned int offset)
{
	struct results *results = subject->matcher->results;

	if (good)
		pass(subject, CHECK_SPEC_LINK, part, subject->entry->link.place,
		     TEXT(results, "is %s", found));
	else
		add(subject, CHECK_SPEC_LINK, STATUS_FAIL, part, subject->entry->link.place,
		    "is not as specified", specified,
		    (struct value) { TEXT(results, "found: %s", found), where(subject, offset) },
		    "the link trained down: reseat the card, look at the slot's wiring and at "
		    "LnkSta in 'lspci -vv'");
}

static void check_link(const struct subject *subject)
{
	const struct spec_link *link = &subject->entry->link;
	struct results *results = subject->matcher->results;
	struct link_state state;
	const char *speed, *name;

	if (!link->place.line)
		return;
	state = config_link(subject->function);
	if (!state.known) {
		unknown(subject, CHECK_SPEC_LINK, "link", link->place, "its status was not read",
			CONFIG_ADVICE);
		return;
	}
	if (!state.present) {
		add(subject, CHECK_SPEC_LINK, STATUS_FAIL, "link", link->place,
		    "the device is no PCI Express device", "a link",
		    (struct value) { "found: no PCI Express capability",
				     where(subject, CFG_CAPABILITIES) },
		    "put it on a PCI Express port, or take 'link' out of the specification");
		return;
	}
	name = link_speed_name(state.speed);
	speed = name ? name : TEXT(results, "encoding %u", state.speed);
	if (link->speed)
		check_link_value(subject, "link speed", state.speed == link->speed,
				 link_speed_name(link->speed), speed, state.offset + 0x12);
	if (link->min_speed)
		check_link_value(subject, "link speed", state.speed >= link->min_speed,
				 TEXT(results, "at least %s", link_speed_name(link->min_speed)),
				 speed, state.offset + 0x12);
	if (link->width)
		check_link_value(subject, "link width", state.width == link->width,
				 TEXT(results, "x%u", link->width),
				 TEXT(results, "x%u", state.width), state.offset + 0x12);
	if (link->min_width)
		check_link_value(subject, "link width", state.width >= link->min_width,
				 TEXT(results, "at least x%u", link->min_width),
				 TEXT(results, "x%u", state.width), state.offset + 0x12);
}

/* Ranges */

/* NULL when the range is as the rule says, otherwise what the rule says. */
static const char *range_violation(struct results *results, const struct range_rule *rule,
				   struct range range)
{
	char text[RANGE_TEXT_MAX], size[SIZE_TEXT_MAX];

	if (rule->has_exact && !range_equal(rule->exact, range))
		return TEXT(results, "%s", range_text(rule->exact, text));
	if (rule->has_inside && !range_contains(rule->inside, range))
		return TEXT(results, "inside %s", range_text(rule->inside, text));
	if (rule->has_covers && !range_contains(range, rule->covers))
		return TEXT(results, "covers %s", range_text(rule->covers, text));
	if (rule->size && range_size(range) != rule->size)
		return TEXT(results, "size %s", size_text(rule->size, size));
	if (rule->min_size && range_size(range) && range_size(range) < rule->min_size)
		return TEXT(results, "size at least %s", size_text(rule->min_size, size));
	if (rule->aligned && range.first & (rule->aligned - 1))
		return TEXT(results, "aligned to %s", size_text(rule->aligned, size));
	return NULL;
}

static bool rule_needs_end(const struct range_rule *rule)
{
	return rule->has_exact || rule->has_inside || rule->has_covers || rule->size ||
		rule->min_size;
}

static bool rule_is_empty(const struct range_rule *rule)
{
	return !rule_needs_end(rule) && !rule->aligned;
}

static void check_bar_range(const struct subject *subject, const struct spec_bar *spec,
			    const struct bar *bar, const char *part)
{
	struct results *results = subject->matcher->results;
	const char *violation;
	struct bar view = *bar;

	if (rule_is_empty(&spec->range))
		return;
	if (!view.size_known) {
		struct claim claim = find_claim(subject->matcher->machine, subject->function, bar);

		if (claim.entry) {
			view.size_known = true;
			view.range.last = claim.entry->range.last - claim.entry->range.first +
				view.range.first;
		}
	}
	violation = bar->state == BAR_UNASSIGNED ? "an address" :
		range_violation(results, &spec->range, view.range);
	if (violation && bar->state == BAR_ASSIGNED && !view.size_known &&
	    rule_needs_end(&spec->range) &&
	    (!spec->range.has_exact || spec->range.exact.first == view.range.first) &&
	    (!spec->range.has_inside || range_contains(spec->range.inside, view.range))) {
		unknown(subject, CHECK_SPEC_BAR, part, spec->place,
			TEXT(results, "begins at 0x%" PRIx64 ", where it ends is unknown",
			     view.range.first),
			"take the dump with 'lspci -vvxxxx', which also writes sizes");
		return;
	}
	if (!violation) {
		pass(subject, CHECK_SPEC_BAR, part, spec->place,
		     TEXT(results, "is at %s", bar_range(results, &view)));
		return;
	}
	add(subject, CHECK_SPEC_BAR, STATUS_FAIL, part, spec->place,
	    bar->state == BAR_UNASSIGNED ? "has no address" : "is not where it is specified",
	    violation,
	    (struct value) { TEXT(results, "found: %s", bar_range(results, &view)),
			     where(subject, bar_register(subject->function, bar)) },
	    "firmware or the kernel has placed it elsewhere: 'dmesg | grep \"BAR\"' shows what the "
	    "kernel did; a card with a fixed address needs io-base set (QEMU)");
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
		bar->is_64bit ? BAR_TYPE_MEMORY64 : BAR_TYPE_MEMORY32;
	struct value value = {
		TEXT(results, "found: %s%s", names[found],
		     bar->prefetchable ? ", prefetchable" : ""),
		where(subject, bar_register(subject->function, bar)),
	};
	static const char advice[] = "another card, or another revision of it, is in this place";

	if (spec->type != BAR_TYPE_ANY && spec->type != found &&
	    !(spec->type == BAR_TYPE_MEMORY && found != BAR_TYPE_IO))
		add(subject, CHECK_SPEC_BAR, STATUS_FAIL, part, spec->place,
		    "is of another type than specified", names[spec->type], value, advice);
	else if (spec->prefetchable != WANTED_ANY &&
		 (spec->prefetchable == WANTED_YES) != bar->prefetchable)
		add(subject, CHECK_SPEC_BAR, STATUS_FAIL, part, spec->place,
		    "is of another type than specified",
		    spec->prefetchable == WANTED_YES ? "prefetchable" : "not prefetchable", value,
		    advice);
	else
		pass(subject, CHECK_SPEC_BAR, part, spec->place,
		     TEXT(results, "is %s%s", names[found],
			  bar->prefetchable ? ", prefetchable" : ""));
}

static void check_bar_owner(const struct subject *subject, const struct spec_bar *spec,
			    const struct bar *bar, const char *part)
{
	const struct matcher *matcher = subject->matcher;
	const char *path = where_resources(matcher->machine, bar->space);
	struct claim claim;
	const char *owner;

	if (!spec->owner)
		return;
	if (matcher->machine->resources[bar->space].state != RESOURCES_READ) {
		unknown(subject, CHECK_SPEC_OWNER, part, spec->place,
			TEXT(matcher->results, "who owns it is unknown: %s %s", path,
			     matcher->machine->resources[bar->space].state == RESOURCES_HIDDEN ?
			     "shows only zeroes" : "was not read"),
			"run this (or make the copy) as root; a copy is given with --ioports or "
			"--iomem");
		return;
	}
	claim = find_claim(matcher->machine, subject->function, bar);
	owner = claim.owner ? claim.owner->name : "";
	if (!strcmp(owner, spec->owner)) {
		pass(subject, CHECK_SPEC_OWNER, part, spec->place,
		     TEXT(matcher->results, "is owned by %s", *owner ? owner : "nobody"));
		return;
	}
	add(subject, CHECK_SPEC_OWNER, STATUS_FAIL, part, spec->place,
	    *owner ? "is owned by somebody else" : "is owned by nobody",
	    *spec->owner ? spec->owner : "nobody",
	    (struct value) { TEXT(matcher->results, "found: %s", *owner ? owner : "nobody"), path },
	    *spec->owner ? TEXT(matcher->results, "modprobe %s; 'dmesg' says why it could not "
				"claim the range", spec->owner) : "unbind the driver that has it");
}

static void check_bar(const struct subject *subject, const struct spec_bar *spec)
{
	struct results *results = subject->matcher->results;
	const struct pci_function *function = subject->function;
	const struct bar *bar = function_bar(function, spec->index);
	struct bar named = { .index = (uint8_t)spec->index };
	char name[BAR_TEXT_MAX];
	const char *part = TEXT(results, "%s", bar_text(&named, name));

	if (!bar && !function->config_length && !function->resource_known) {
		unknown(subject, CHECK_SPEC_BAR, part, spec->place, "was not read", CONFIG_ADVICE);
		return;
	}
	if (spec->absent || !bar) {
		if (spec->absent && !bar)
			pass(subject, CHECK_SPEC_BAR, part, spec->place, "is absent");
		else
			add(subject, CHECK_SPEC_BAR, STATUS_FAIL, part, spec->place,
			    bar ? "is there" : "is not there", spec->absent ? "absent" : "present",
			    (struct value) { TEXT(results, "found: register %s",
						  bar ? bar_range(results, bar) : "0"),
					     where(subject, bar_register(function, &named)) },
			    "another card, or another revision of it, is in this place");
		return;
	}
	check_bar_type(subject, spec, bar, part);
	check_bar_range(subject, spec, bar, part);
	check_bar_owner(subject, spec, bar, part);
}

/* Bridges */

static void check_window(const struct subject *subject, const struct spec_window *spec)
{
	const struct bridge *bridge = subject->function->bridge;
	const struct window *window = &bridge->windows[spec->kind];
	struct results *results = subject->matcher->results;
	const char *part = window_name(spec->kind), *violation = NULL;
	bool open = window->state == WINDOW_OPEN;

	if (window->state == WINDOW_UNKNOWN) {
		unknown(subject, CHECK_SPEC_WINDOW, part, spec->place, "was not read",
			CONFIG_ADVICE);
		return;
	}
	if (spec->closed)
		violation = open ? "closed" : NULL;
	else
		violation = open ? range_violation(results, &spec->range, window->range) :
			rule_is_empty(&spec->range) ? "open" :
			range_violation(results, &spec->range, (struct range) { 1, 0 });
	if (!open && !spec->closed && !violation)
		violation = "open";
	if (!violation) {
		pass(subject, CHECK_SPEC_WINDOW, NULL, spec->place,
		     TEXT(results, "%s", window_range(results, bridge, spec->kind)));
		return;
	}
	add(subject, CHECK_SPEC_WINDOW, STATUS_FAIL, part, spec->place, "is not as specified",
	    violation,
	    (struct value) { TEXT(results, "found: %s", window_range(results, bridge, spec->kind)),
			     where(subject, window_register(bridge, spec->kind)) },
	    "firmware or the kernel has chosen another window: a bridge with a fixed one needs "
	    "io-base set (QEMU); after a rescan of the bridge, reboot");
}

static void check_bus_number(const struct subject *subject, const struct spec_number *spec,
			     const char *part, uint8_t found, unsigned int offset)
{
	struct results *results = subject->matcher->results;

	if (!spec->place.line)
		return;
	if (!subject->function->bridge->buses_known)
		unknown(subject, CHECK_SPEC_BUS, part, spec->place, "was not read", CONFIG_ADVICE);
	else if (spec->value == found)
		pass(subject, CHECK_SPEC_BUS, part, spec->place, TEXT(results, "is %u", found));
	else
		add(subject, CHECK_SPEC_BUS, STATUS_FAIL, part, spec->place,
		    "is another than specified", TEXT(results, "%" PRIu32, spec->value),
		    (struct value) { TEXT(results, "found: %u", found), where(subject, offset) },
		    "firmware numbers buses in the order in which it finds bridges: another bridge "
		    "came or went before this one");
}

static void check_bridge(const struct subject *subject)
{
	const struct spec_entry *entry = subject->entry;
	const struct bridge *bridge = subject->function->bridge;

	if (!bridge) {
		if (!subject->function->header_known)
			unknown(subject, CHECK_SPEC_ID, NULL, entry->place,
				"whether it is a bridge is unknown: its config space was not read",
				CONFIG_ADVICE);
		else
			add(subject, CHECK_SPEC_ID, STATUS_FAIL, NULL, entry->place,
			    "is no bridge", "a bridge",
			    (struct value) { TEXT(subject->matcher->results,
						  "found: header type %u",
						  subject->function->header_type),
					     where(subject, CFG_HEADER_TYPE) },
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

static void check_function(const struct matcher *matcher, const struct spec_entry *entry,
			   const struct pci_function *function)
{
	char slot[SLOT_TEXT_MAX];
	const struct subject subject = {
		.matcher = matcher,
		.entry = entry,
		.function = function,
		.device = TEXT(matcher->results, "%s", slot_text(function, slot)),
	};

	check_ids(&subject);
	check_revision(&subject);
	check_driver(&subject);
	check_command(&subject);
	check_msi(&subject, &entry->msi, CAP_ID_MSI, "MSI");
	check_msi(&subject, &entry->msix, CAP_ID_MSIX, "MSI-X");
	check_link(&subject);
	for (const struct spec_bar *bar = entry->bars; bar; bar = bar->next)
		check_bar(&subject, bar);
	if (entry->is_bridge)
		check_bridge(&subject);
}

/* Entries */

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

	if (is_exact_slot(&entry->selector)) {
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
	struct place place = entry->count_place.line ? entry->count_place : entry->place;
	size_t most = entry->presence == PRESENCE_FORBIDDEN ? 0 : entry->max_count;
	size_t least = entry->presence == PRESENCE_FORBIDDEN ? 0 : entry->min_count;
	char slot[SLOT_TEXT_MAX];
	bool good = matches.yes >= least && matches.yes <= most;

	if (good && !matches.unknown) {
		if (matches.yes == 1)
			subject.device = TEXT(results, "%s", slot_text(matches.first, slot));
		pass(&subject, CHECK_SPEC_DEVICE, NULL, place,
		     matches.yes == 1 ? TEXT(results, "is %s", entry->name) :
		     TEXT(results, "%zu devices are %s", matches.yes, entry->name));
		return;
	}
	if (matches.unknown && matches.yes <= most) {
		unknown(&subject, CHECK_SPEC_DEVICE, NULL, place,
			TEXT(results, "whether %zu device%s %s is unknown: what the selector asks "
			     "for was not read", matches.unknown, matches.unknown == 1 ? "" : "s",
			     entry->name), CONFIG_ADVICE);
		return;
	}
	if (matches.first)
		subject.device = TEXT(results, "%s", slot_text(matches.first, slot));
	add(&subject, CHECK_SPEC_DEVICE, STATUS_FAIL, NULL, place,
	    matches.yes ? TEXT(results, "%zu device%s %s", matches.yes,
			       matches.yes == 1 ? " is" : "s are", entry->name) :
	    TEXT(results, "no device is %s", entry->name),
	    TEXT(results, "%s of %s", count_text(results, entry), entry->selector.text),
	    (struct value) { TEXT(results, "found: %zu of %zu devices", matches.yes,
				  matcher->machine->count), matcher->machine->config_path },
	    matches.yes > most ? "remove what should not be there, or correct the specification" :
	    "'lspci -nn' shows what is there: is the card plugged in, its bridge enumerated, its "
	    "id right?");
}

/* Claims */

static void check_claim(const struct matcher *matcher, const struct spec_claim *claim)
{
	struct results *results = matcher->results;
	const struct resource_list *list = &matcher->machine->resources[claim->space];
	const char *path = where_resources(matcher->machine, claim->space);
	struct finding finding = {
		.check = CHECK_SPEC_OWNER,
		.asked = asked(matcher, claim->place),
	};
	const struct resource *found = NULL;
	char range[RANGE_TEXT_MAX];

	range_text(claim->range, range);
	if (list->state != RESOURCES_READ) {
		finding.status = STATUS_UNKNOWN;
		finding.message = TEXT(results, "who owns %s is unknown: %s %s", range, path,
				       list->state == RESOURCES_HIDDEN ? "shows only zeroes" :
				       "was not read");
		finding.advice = "run this (or make the copy) as root; a copy is given with "
			"--ioports or --iomem";
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
		     claim->owner ? claim->owner : "anybody"), finding.asked };
	if (found)
		finding.values[1] = (struct value) {
			TEXT(results, "found: line %" PRIu32 ": %s : %s", found->line,
			     range_text(found->range, range), found->name), path };
	else
		finding.values[1] = (struct value) { "found: no line has it", path };
	finding.advice = claim->free ? "unload what has claimed it" :
		"load the driver that should have it; 'dmesg' says why a claim was refused";
	results_add(results, &finding);
}

/* Nothing else */

static void check_reserved(const struct matcher *matcher, const struct spec_reserved *reserved)
{
	struct results *results = matcher->results;
	char slot[SLOT_TEXT_MAX], name[BAR_TEXT_MAX], range[RANGE_TEXT_MAX];
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
				.device = TEXT(results, "%s", slot_text(function, slot)),
				.subject = TEXT(results, "%s", bar_text(bar, name)),
				.message = "answers where only specified devices may",
				.values = {
					{ TEXT(results, "specified: only devices of this "
					       "specification in %s", range),
					  asked(matcher, reserved->place) },
					{ TEXT(results, "found: %s", bar_range(results, bar)),
					  where_config(matcher->machine, function,
						       bar_register(function, bar)) },
				},
				.advice = "move or remove the device, or add it to the "
					"specification",
				.asked = asked(matcher, reserved->place),
			});
		}
	}
	if (results->tallies[CHECK_SPEC_NOTHING_ELSE].counts[STATUS_FAIL] == before)
		results_add(results, &(struct finding) {
			.status = STATUS_PASS,
			.check = CHECK_SPEC_NOTHING_ELSE,
			.message = TEXT(results, "only specified devices answer in %s", range),
			.asked = asked(matcher, reserved->place),
		});
}

static void check_nothing_else(const struct matcher *matcher)
{
	struct results *results = matcher->results;
	const struct place place = matcher->spec->nothing_else;
	char slot[SLOT_TEXT_MAX];
	size_t others = 0;

	for (size_t i = 0; i < matcher->machine->count; i++) {
		const struct pci_function *function = &matcher->machine->functions[i];

		if (matcher->named[i])
			continue;
		others++;
		results_add(results, &(struct finding) {
			.status = STATUS_FAIL,
			.check = CHECK_SPEC_NOTHING_ELSE,
			.device = TEXT(results, "%s", slot_text(function, slot)),
			.message = "is there, and no entry of the specification is about it",
			.values = {
				{ "specified: nothing else", asked(matcher, place) },
				{ TEXT(results, "found: %04x:%04x, class %06x", function->vendor,
				       function->product, function->class),
				  where_config(matcher->machine, function, CFG_VENDOR) },
			},
			.advice = "remove the device, or add it (presence: optional)",
			.asked = asked(matcher, place),
		});
	}
	if (!others)
		results_add(results, &(struct finding) {
			.status = STATUS_PASS,
			.check = CHECK_SPEC_NOTHING_ELSE,
			.message = TEXT(results, "all %zu devices are specified",
					matcher->machine->count),
			.asked = asked(matcher, place),
		});
}

void spec_check(struct machine *machine, struct results *results, const struct spec *spec)
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
		check_claim(&matcher, claim);
	for (const struct spec_reserved *reserved = spec->reserved; reserved;
	     reserved = reserved->next)
		check_reserved(&matcher, reserved);
	if (spec->nothing_else.line)
		check_nothing_else(&matcher);
	free(matcher.named);
	if (spec->machine_checks)
		check_machine(machine, results);
}
