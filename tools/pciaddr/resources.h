/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /proc/ioports and /proc/iomem: who has which range.
 *
 * The files indent at most five levels, so that deep nesting is not in the indentation: it is
 * rebuilt from the ranges.
 */
#ifndef PCIADDR_RESOURCES_H
#define PCIADDR_RESOURCES_H

#include "pciaddr/model.h"

/* Reads the text of such a file; lines that are none become warnings of the machine. */
void resources_parse(struct machine *machine, enum space space, const char *path,
		     const char *text, size_t length);

/*
 * Reads the file; when it is not @required, a missing one leaves the list as it is, otherwise
 * the machine has failed.
 */
void resources_load(struct machine *machine, enum space space, const char *path, bool required);

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
