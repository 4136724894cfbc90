// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/ioports, and sysfs's `resource`: the first line says which. */
#include <string.h>

#include "pciaddr/input/proc-resources.h"
#include "pciaddr/input/sysfs-files.h"
#include "pciaddr/model/machine.h"
#include "pciaddr/model/resources.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_nesting(const struct resource_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct resource *parent = resource_parent(list, &list->entries[i]);

		if (parent && (parent >= &list->entries[i] ||
			       !range_contains(parent->range, list->entries[i].range)))
			__builtin_trap();
		if (!resource_find(list, list->entries[i].range, list->entries[i].name))
			__builtin_trap();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pci_function *function;
	struct machine machine;

	machine_init(&machine, SOURCE_SYSFS, "fuzz");
	resources_parse(&machine, SPACE_IO, "fuzz", (const char *)data, size);
	check_nesting(&machine.resources[SPACE_IO]);
	function = machine_add(&machine);
	if (size & 1)
		function->bridge = arena_alloc(&machine.arena, sizeof(*function->bridge));
	sysfs_parse_resource(&machine, function, (const char *)data, size);
	machine_link(&machine);
	machine_free(&machine);
	return 0;
}
