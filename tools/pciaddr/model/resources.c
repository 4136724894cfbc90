// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/model/resources.h"

#include <string.h>

/* Index of the first entry that begins above @address. */
static size_t first_above(const struct resource_list *list, uint64_t address)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->entries[middle].range.first <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct resource *resource_find(const struct resource_list *list, struct range range,
				     const char *name)
{
	for (size_t i = first_above(list, range.first);
	     i > 0 && list->entries[i - 1].range.first == range.first; i--) {
		const struct resource *entry = &list->entries[i - 1];

		if (range_equal(entry->range, range) && !strcmp(entry->name, name))
			return entry;
	}
	return NULL;
}

const struct resource *resource_around(const struct resource_list *list, struct range range)
{
	int32_t i = (int32_t)first_above(list, range.first) - 1;

	while (i >= 0 && !range_contains(list->entries[i].range, range))
		i = list->entries[i].parent;
	return i < 0 ? NULL : &list->entries[i];
}

const struct resource *resource_at(const struct resource_list *list, uint64_t first,
				   const char *name)
{
	for (size_t i = first_above(list, first);
	     i > 0 && list->entries[i - 1].range.first == first; i--)
		if (!strcmp(list->entries[i - 1].name, name))
			return &list->entries[i - 1];
	return NULL;
}
