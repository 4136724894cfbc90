// SPDX-License-Identifier: GPL-2.0-or-later
#include "pciaddr/model/claims.h"

#include "pciaddr/model/resources.h"
#include "pciaddr/model/translation.h"

static const struct resource *find_entry(const struct resource_list *list,
					 const struct bar *bar, struct range range,
					 const char *name)
{
	return bar->size_known || bar->kernel_known ? resource_find(list, range, name) :
		resource_at(list, range.first, name);
}

/* Where the host bridge translates: at each address that the BAR may be for the CPU. */
static const struct resource *find_translated(const struct machine *machine,
					      const struct pci_function *function,
					      const struct bar *bar, const char *name)
{
	const struct resource *entry = NULL;
	uint64_t offset;
	size_t at = 0;

	while (!entry && translation_next(machine, function, bar->space, &at, &offset))
		entry = find_entry(&machine->resources[bar->space], bar, (struct range) {
			bar->range.first + offset, bar->range.last + offset }, name);
	return entry;
}

/* The kernel's claim under the function's slot that may be the BAR's, at another address. */
static const struct resource *find_elsewhere(const struct machine *machine,
					     const struct pci_function *function,
					     const struct bar *bar)
{
	size_t count;
	const struct own_entry *own = resources_of(&machine->resources[bar->space], function,
						   &count);

	for (size_t i = 0; i < count; i++) {
		struct range range = own[i].entry->range;

		if ((!bar->size_known || range_size(range) == range_size(bar->range)) &&
		    translation_agrees(machine, function, bar->space, bar->range.first,
				       range.first) == UNDECIDED)
			return own[i].entry;
	}
	return NULL;
}

struct claim find_claim(const struct machine *machine, const struct pci_function *function,
			const struct bar *bar)
{
	const struct resource_list *list = &machine->resources[bar->space];
	struct range range = bar->kernel_known ? bar->kernel : bar->range;
	struct claim claim = { 0 };
	char name[SLOT_TEXT_MAX];

	if (list->state != RESOURCES_READ)
		return claim;
	slot_text(function, name);
	claim.entry = list->names_slots ? find_entry(list, bar, range, name) :
		find_entry(list, bar, range, NULL);
	if (!claim.entry && list->names_slots)
		claim.entry = find_translated(machine, function, bar, name);
	if (!claim.entry) {
		claim.elsewhere = find_elsewhere(machine, function, bar);
		claim.instead = resource_around(list, range);
		return claim;
	}
	/* sorted: what is inside an entry follows it */
	if ((size_t)(claim.entry - list->entries) + 1 < list->count &&
	    range_contains(claim.entry->range, claim.entry[1].range))
		claim.owner = claim.entry + 1;
	return claim;
}

/* Its claim is for as many virtual functions as it can have. */
static void take_vf_sizes(const struct machine *machine, struct pci_function *function)
{
	const struct resource_list *list = &machine->resources[SPACE_MEMORY];
	char name[SLOT_TEXT_MAX];

	slot_text(function, name);
	for (unsigned int i = 0; i < function->sriov->bar_count; i++) {
		struct vf_bar *bar = &function->sriov->bars[i];
		const struct resource *entry = bar->size || !bar->address ? NULL :
			resource_at(list, bar->address, name);

		if (entry && function->sriov->total)
			bar->size = range_size(entry->range) / function->sriov->total;
	}
}

void machine_take_claimed_sizes(struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++) {
		struct pci_function *function = &machine->functions[i];

		if (function->sriov && machine->resources[SPACE_MEMORY].state == RESOURCES_READ)
			take_vf_sizes(machine, function);
		for (unsigned int k = 0; k < function->bar_count; k++) {
			struct bar *bar = &function->bars[k];
			struct claim claim;

			if (bar->size_known || bar->state != BAR_ASSIGNED || bar->kernel_known ||
			    !machine->resources[bar->space].names_slots)
				continue;
			claim = find_claim(machine, function, bar);
			if (!claim.entry)
				continue;
			bar->size_known = true;
			bar->size_claimed = true;
			bar->range.last = bar->range.first +
				(claim.entry->range.last - claim.entry->range.first);
		}
	}
}
