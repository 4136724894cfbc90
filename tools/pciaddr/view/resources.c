// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/ioports and /proc/iomem alone: their nesting, as the ranges say it. */
#include <inttypes.h>
#include <string.h>

#include "pciaddr/model/resources.h"
#include "pciaddr/view/views.h"

/* Names are the source's: nothing in them may act on a terminal. */
static void print_name(FILE *out, const char *name)
{
	for (; *name; name++)
		fputc(*name >= ' ' && *name != 0x7f ? *name : '?', out);
	fputc('\n', out);
}

static unsigned int depth_of(const struct resource_list *list, const struct resource *entry)
{
	unsigned int depth = 0;

	while ((entry = resource_parent(list, entry)))
		depth++;
	/* a file that nests without end is not to be wider than any terminal */
	return depth < 20 ? depth : 20;
}

void print_resources(FILE *out, const struct view_options *options, const struct machine *machine)
{
	(void)options;
	for (enum space space = 0; space < SPACES; space++) {
		const struct resource_list *list = &machine->resources[space];
		char size[SIZE_TEXT_MAX];

		if (list->state == RESOURCES_NONE)
			continue;
		fprintf(out, "%s, of %s%s\n", space == SPACE_IO ? "I/O ports" : "memory",
			list->path, list->state == RESOURCES_HIDDEN ?
			": all zeroes, the copy was made without permission" : "");
		for (size_t i = 0; i < list->count; i++) {
			const struct resource *entry = &list->entries[i];

			fprintf(out, "%*s%0*" PRIx64 "-%0*" PRIx64 "  %s  ",
				2 * (int)depth_of(list, entry) + 2, "",
				space == SPACE_IO ? 4 : 8, entry->range.first,
				space == SPACE_IO ? 4 : 8, entry->range.last,
				range_size(entry->range) ?
				size_text(range_size(entry->range), size) : "everything");
			print_name(out, entry->name);
		}
	}
}
