// SPDX-License-Identifier: GPL-2.0-or-later
#include <config.h>

#include "pciaddr/spec/machine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/die.h"
#include "pciaddr/input/textfile.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/spec/model.h"
#include "pciaddr/spec/spec.h"

#define ALL_CLASS 0xffffffu

bool is_spec_path(const char *path)
{
	static const char *const ends[] = { ".yaml", ".yml" };
	size_t length = strlen(path);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (length > strlen(ends[i]) &&
		    !strcmp(path + length - strlen(ends[i]), ends[i]))
			return true;
	return false;
}

static bool is_exact(const struct pattern *pattern, uint32_t mask)
{
	return (pattern->mask & mask) == mask;
}

/* One slot; a domain that is left out is 0, as in most machines. */
static bool takes_one_slot(const struct spec_entry *entry)
{
	const struct slot_pattern *slot = &entry->selector.slot;

	return entry->presence == PRESENCE_REQUIRED && entry->has_selector &&
		entry->selector.has_slot && is_exact(&slot->bus, UINT8_MAX) &&
		is_exact(&slot->device, 0x1f) && is_exact(&slot->function, 7);
}

static void take_ids(struct pci_function *function, const struct spec_entry *entry)
{
	const struct selector *id = &entry->id;

	if (id->has_id && is_exact(&id->vendor, UINT16_MAX) && is_exact(&id->product, UINT16_MAX)) {
		function->ids_known = true;
		function->vendor = (uint16_t)id->vendor.value;
		function->product = (uint16_t)id->product.value;
	}
	if (id->has_class && is_exact(&id->class, ALL_CLASS)) {
		function->class_known = true;
		function->class = id->class.value;
	}
	if (id->has_subsystem && is_exact(&id->subsystem_vendor, UINT16_MAX) &&
	    is_exact(&id->subsystem, UINT16_MAX)) {
		function->subsystem_known = true;
		function->subsystem_vendor = (uint16_t)id->subsystem_vendor.value;
		function->subsystem = (uint16_t)id->subsystem.value;
	}
	if (entry->revision.place.line) {
		function->revision_known = true;
		function->revision = (uint8_t)entry->revision.value;
	}
}

static void take_bar(struct machine *machine, struct pci_function *function,
		     const struct spec_bar *given)
{
	struct bar *bar;

	if (given->absent || !given->range.has_exact || given->type == BAR_TYPE_ANY ||
	    function_bar(function, given->index))
		return;
	bar = function_add_bar(machine, function, given->index);
	bar->space = given->type == BAR_TYPE_IO ? SPACE_IO : SPACE_MEMORY;
	bar->kind_unknown = given->type == BAR_TYPE_MEMORY;
	bar->is_64bit = given->type == BAR_TYPE_MEMORY64;
	bar->prefetchable = given->prefetchable == TRISTATE_YES;
	bar->enhanced = given->enhanced == TRISTATE_YES;
	bar->state = BAR_ASSIGNED;
	bar->register_known = true;
	bar->size_known = true;
	bar->range = given->range.exact;
	bar->register_address = bar->range.first;
	bar->line = given->place.line;
}

static void take_bridge(struct machine *machine, struct pci_function *function,
			const struct spec_entry *entry)
{
	struct bridge *bridge = arena_alloc(&machine->arena, sizeof(*bridge));

	function->bridge = bridge;
	bridge->cardbus = function->class_known && function->class >> 8 == CLASS_CARDBUS_BRIDGE;
	if (entry->secondary.place.line && entry->subordinate.place.line) {
		bridge->buses_known = true;
		bridge->primary = entry->primary.place.line ? (uint8_t)entry->primary.value :
							      function->bus;
		bridge->secondary = (uint8_t)entry->secondary.value;
		bridge->subordinate = (uint8_t)entry->subordinate.value;
	}
	for (const struct spec_window *given = entry->windows; given; given = given->next) {
		struct window *window = &bridge->windows[given->kind];

		if (given->closed)
			window->state = WINDOW_CLOSED;
		else if (given->range.has_exact)
			window->state = WINDOW_OPEN;
		window->range = given->range.exact;
	}
}

static void take_entry(struct machine *machine, const struct spec_entry *entry)
{
	const struct slot_pattern *slot = &entry->selector.slot;
	struct pci_function *function = machine_add(machine);

	function->domain = slot->domain.value;
	function->bus = (uint8_t)slot->bus.value;
	function->device = (uint8_t)slot->device.value;
	function->function = (uint8_t)slot->function.value;
	function->line = entry->place.line;
	take_ids(function, entry);
	if (entry->drivers && !entry->drivers->next)
		function->driver = arena_copy(&machine->arena, entry->drivers->text,
					      strlen(entry->drivers->text));
	for (const struct spec_bar *bar = entry->bars; bar; bar = bar->next)
		take_bar(machine, function, bar);
	if (entry->is_bridge)
		take_bridge(machine, function, entry);
}

void spec_machine_load(struct machine *machine, const struct source *source)
{
	size_t length;
	char *text = read_text_file(source->path, &length), *error = NULL;
	struct spec *spec;

	machine->config_path = arena_copy(&machine->arena, source->path, strlen(source->path));
	if (!text) {
		machine_fail(machine, EXIT_USAGE, "%s: %s", source->path, strerror(errno));
		return;
	}
	spec = spec_parse(source->path, text, length, &error);
	if (!spec) {
		machine_fail(machine, EXIT_USAGE, "%s", error);
		free(error);
		free(text);
		return;
	}
	for (const struct spec_entry *entry = spec->entries; entry; entry = entry->next)
		if (takes_one_slot(entry))
			take_entry(machine, entry);
	if (!machine->count)
		machine_fail(machine, EXIT_USAGE,
			     "%s: no entry selects a single slot; --capture writes such a "
			     "specification", source->path);
	spec_free(spec);
	free(text);
}
