// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/model/resources.h"

#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "pciaddr/model/slot.h"

const char *resources_missing(enum resource_state state)
{
	return state == RESOURCES_HIDDEN ? "shows only zeroes" : "was not read";
}

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
	const struct resource *found = NULL;

	for (size_t i = first_above(list, range.first);
	     i > 0 && list->entries[i - 1].range.first == range.first; i--) {
		const struct resource *entry = &list->entries[i - 1];

		if (range_equal(entry->range, range) && (!name || !strcmp(entry->name, name)))
			found = entry;
	}
	return found;
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
		if (!name || !strcmp(list->entries[i - 1].name, name))
			return &list->entries[i - 1];
	return NULL;
}

static int compare_own(const void *a, const void *b)
{
	const struct own_entry *first = a, *second = b;
	int order = slot_compare(&first->slot, &second->slot);

	return order ? order : range_compare(first->entry->range, second->entry->range);
}

void resources_index(struct resource_list *list)
{
	if (list->own)
		return;
	list->own = grow_array(NULL, list->count + 1, sizeof(*list->own));
	for (size_t i = 0; i < list->count; i++) {
		struct own_entry *own = &list->own[list->own_count];
		const char *name = list->entries[i].name;

		memset(own, 0, sizeof(*own));
		own->entry = &list->entries[i];
		list->own_count += slot_parse(name, strlen(name), &own->slot) > 0;
	}
	if (list->own_count > 1)
		qsort(list->own, list->own_count, sizeof(*list->own), compare_own);
}

static size_t first_own(const struct resource_list *list, const struct pci_function *function)
{
	size_t low = 0, high = list->own_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (slot_compare(&list->own[middle].slot, function) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct own_entry *resources_of(const struct resource_list *list,
				     const struct pci_function *function, size_t *count)
{
	size_t begin = first_own(list, function), end = begin;

	while (end < list->own_count && !slot_compare(&list->own[end].slot, function))
		end++;
	*count = end - begin;
	return list->own ? &list->own[begin] : NULL;
}
