/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking up what /proc/ioports and /proc/iomem say. */
#ifndef PCIADDR_MODEL_RESOURCES_H
#define PCIADDR_MODEL_RESOURCES_H

#include "pciaddr/model/machine.h"

/* The entry of this name with this range, or NULL. */
const struct resource *resource_find(const struct resource_list *list, struct range range,
				     const char *name);

/* The innermost entry that has the whole of the range, or NULL. */
const struct resource *resource_around(const struct resource_list *list, struct range range);

/* The entry of this name that begins at @first, whatever its size, or NULL. */
const struct resource *resource_at(const struct resource_list *list, uint64_t first,
				   const char *name);

static inline const struct resource *resource_parent(const struct resource_list *list,
						     const struct resource *entry)
{
	return entry->parent < 0 ? NULL : &list->entries[entry->parent];
}

#endif
