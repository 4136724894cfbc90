/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking up what /proc/ioports and /proc/iomem say. */
#ifndef PCIADDR_MODEL_RESOURCES_H
#define PCIADDR_MODEL_RESOURCES_H

#include "pciaddr/model/machine.h"

/* An entry that is named by a function's slot. */
struct own_entry {
	struct pci_function slot;	/* of which only the slot is set */
	const struct resource *entry;
};

/* Why it says nothing: "shows only zeroes", "was not read". */
const char *resources_missing(enum resource_state state);

/* Makes the list's index of entries by slot, if it is not made yet. */
void resources_index(struct resource_list *list);

/*
 * The entries that are named by the function's slot: *@count of them from the returned one on,
 * by address; none when the index was not made.
 */
const struct own_entry *resources_of(const struct resource_list *list,
				     const struct pci_function *function, size_t *count);

/* The outermost entry of this name (NULL: of any) with this range, or NULL. */
const struct resource *resource_find(const struct resource_list *list, struct range range,
				     const char *name);

/* The innermost entry that has the whole of the range, or NULL. */
const struct resource *resource_around(const struct resource_list *list, struct range range);

/* The entry of this name (NULL: of any) that begins at @first, whatever its size, or NULL. */
const struct resource *resource_at(const struct resource_list *list, uint64_t first,
				   const char *name);

static inline const struct resource *resource_parent(const struct resource_list *list,
						     const struct resource *entry)
{
	return entry->parent < 0 ? NULL : &list->entries[entry->parent];
}

#endif
