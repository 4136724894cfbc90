// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/input/proc-resources.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/die.h"
#include "pciaddr/input/textfile.h"

/* "  2000-27ff : fpga_pci" */
static bool parse_entry(struct machine *machine, const struct line *line, struct resource *entry)
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

void resources_parse(struct machine *machine, enum space space, const char *path,
		     const char *text, size_t length)
{
	struct resource_list *list = &machine->resources[space];
	struct lines lines = lines_of(text, length);
	bool all_zero = true;
	size_t capacity = 0;
	struct line line;

	free(list->entries);
	*list = (struct resource_list) {
		.path = arena_copy(&machine->arena, path, strlen(path)),
	};
	while (next_line(&lines, &line)) {
		struct resource entry = { .line = lines.number };

		if (!line.length)
			continue;
		if (!parse_entry(machine, &line, &entry)) {
			machine_warn(machine, "%s:%" PRIu32 ": not a line of %s, left out: %.*s",
				     path, lines.number,
				     space == SPACE_IO ? "/proc/ioports" : "/proc/iomem",
				     (int)(line.length < 60 ? line.length : 60), line.text);
			continue;
		}
		all_zero = all_zero && !entry.range.first && !entry.range.last;
		if (list->count == capacity) {
			capacity = capacity ? capacity * 2 : 64;
			list->entries = grow_array(list->entries, capacity,
						   sizeof(*list->entries));
		}
		list->entries[list->count++] = entry;
	}
	if (!list->count) {
		machine_warn(machine, "%s: no line of %s in it", path,
			     space == SPACE_IO ? "/proc/ioports" : "/proc/iomem");
		return;
	}
	list->state = all_zero ? RESOURCES_HIDDEN : RESOURCES_READ;
	rebuild_nesting(list);
}

void resources_load(struct machine *machine, enum space space, const char *path, bool required)
{
	size_t length;
	char *text = read_text_file(path, &length);

	if (!text) {
		if (required)
			machine_fail(machine, EXIT_USAGE, "%s: %s", path, strerror(errno));
		return;
	}
	resources_parse(machine, space, path, text, length);
	free(text);
	if (required && machine->resources[space].state == RESOURCES_NONE)
		machine_fail(machine, EXIT_USAGE, "%s: not a copy of %s", path,
			     space == SPACE_IO ? "/proc/ioports" : "/proc/iomem");
}
