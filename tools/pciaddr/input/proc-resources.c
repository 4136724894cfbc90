// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/proc-resources.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/die.h"
#include "pciaddr/input/prefix.h"
#include "pciaddr/input/text-stream.h"
#include "pciaddr/model/slot.h"

/* "  2000-27ff : fpga_pci" */
bool resource_parse_line(struct machine *machine, const struct line *line,
			 struct resource *entry)
{
	const char *text = line->text, *end = line->text + line->length;
	const char *dash, *colon;
	uint64_t first, last;

	while (text < end && *text == ' ')
		text++;
	dash = memchr(text, '-', (size_t)(end - text));
	if (!dash)
		return false;
	colon = memchr(dash, ':', (size_t)(end - dash));
	if (!colon || colon - dash < 3 || colon[-1] != ' ' ||
	    !parse_hex(text, (size_t)(dash - text), &first) ||
	    !parse_hex(dash + 1, (size_t)(colon - dash) - 2, &last) || last < first)
		return false;
	text = colon + 1;
	while (text < end && *text == ' ')
		text++;
	entry->range.first = first;
	entry->range.last = last;
	entry->name = arena_copy(&machine->arena, text, (size_t)(end - text));
	return true;
}

/* Linux 2.4 names claims by the device's name in pci.ids, or by the driver alone. */
static bool names_pci(const char *name)
{
	struct pci_function slot;

	return !strncmp(name, "PCI Bus ", strlen("PCI Bus ")) ||
		slot_parse(name, strlen(name), &slot) > 0;
}

static int compare_entries(const void *a, const void *b)
{
	const struct resource *first = a, *second = b;
	int order = range_compare(first->range, second->range);

	if (order)
		return order;
	return first->line < second->line ? -1 : first->line > second->line;
}

static void rebuild_nesting(struct resource_list *list)
{
	qsort(list->entries, list->count, sizeof(*list->entries), compare_entries);
	for (size_t i = 0; i < list->count; i++) {
		int32_t parent = (int32_t)i - 1;

		while (parent >= 0 &&
		       !range_contains(list->entries[parent].range, list->entries[i].range))
			parent = list->entries[parent].parent;
		list->entries[i].parent = parent;
	}
}

static const char *file_name(enum space space)
{
	return space == SPACE_IO ? "/proc/ioports" : "/proc/iomem";
}

void resources_take(struct machine *machine, enum space space, const char *path,
		    struct resource *entries, size_t count)
{
	struct resource_list *list = &machine->resources[space];
	bool all_zero = true;

	free(list->entries);
	free(list->own);
	*list = (struct resource_list) {
		.path = arena_copy(&machine->arena, path, strlen(path)),
		.entries = entries,
		.count = count,
	};
	if (!count)
		return;
	for (size_t i = 0; i < count; i++) {
		all_zero = all_zero && !entries[i].range.first && !entries[i].range.last;
		list->names_slots = list->names_slots || names_pci(entries[i].name);
	}
	list->state = all_zero ? RESOURCES_HIDDEN : RESOURCES_READ;
	rebuild_nesting(list);
}

/* What is no line of the file must not reach the terminal as it is. */
static const char *shown(struct machine *machine, const struct line *line)
{
	size_t length = line->length < 60 ? line->length : 60;
	char *text = arena_copy(&machine->arena, line->text, length);

	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~')
			text[i] = '?';
	return text;
}

void resources_parse(struct machine *machine, enum space space, const char *path,
		     const char *text, size_t length)
{
	struct lines lines = lines_of(text, length);
	struct resource *entries = NULL;
	size_t count = 0, capacity = 0;
	struct line line;

	while (next_line(&lines, &line)) {
		struct resource entry = { .line = lines.number };

		strip_prefix(&line);
		if (!line.length)
			continue;
		if (!resource_parse_line(machine, &line, &entry)) {
			machine_warn(machine, "%s:%" PRIu32 ": not a line of %s, left out: %s",
				     path, lines.number, file_name(space), shown(machine, &line));
			continue;
		}
		entries = array_room(entries, count, &capacity, sizeof(*entries));
		entries[count++] = entry;
	}
	if (!count)
		machine_warn(machine, "%s: no line of %s in it", path, file_name(space));
	resources_take(machine, space, path, entries, count);
}

void resources_load(struct machine *machine, enum space space, const char *path, bool required)
{
	size_t length;
	char *text;

	text = required ? text_stream_read_whole(machine, path, path, &length) :
		read_text_file(path, &length);
	if (!text)
		return;
	resources_parse(machine, space, path, text, length);
	free(text);
	if (required && machine->resources[space].state == RESOURCES_NONE)
		machine_fail(machine, EXIT_USAGE, "%s: not a copy of %s", path, file_name(space));
}
