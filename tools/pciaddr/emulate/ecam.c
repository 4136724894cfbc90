// SPDX-License-Identifier: GPL-2.0-or-later
/* Where config space is in memory: as the source tells it, or where nothing else is. */
#include "pciaddr/emulate/windows.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pciaddr/model/host-windows.h"
#include "pciaddr/model/log-facts.h"
#include "pciaddr/model/pcispec.h"

#define ECAM_HIGH	(448 * GIB)		/* where no QEMU has RAM, and any processor reaches */
#define PCIEXBAR	0x60u			/* of Intel's host bridges */

/* Intel's PCIEXBAR, where it can be true */
static uint64_t intel_ecam(const struct shape *shape, const struct shape_used_list *used)
{
	static const uint64_t sizes[] = { 256 * MIB, 128 * MIB, 64 * MIB };

	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_function *function = &shape->functions[i];
		const struct pci_function *source = function->source;
		uint32_t low = image_get(function->image, PCIEXBAR, 4);
		uint64_t base = (uint64_t)image_get(function->image, PCIEXBAR + 4, 4) << 32;

		if (source->domain || source->bus || source->device || source->function ||
		    image_get(function->image, CFG_VENDOR, 2) != VENDOR_INTEL)
			continue;
		if (!(low & 1) || (low >> 1 & 3) > 2)
			return 0;
		base |= low & ~(sizes[low >> 1 & 3] - 1);
		if (base >= GIB && base + ECAM_SIZE <= LOW_END && !(base & (ECAM_SIZE - 1)) &&
		    shape_is_free(used, (struct range) { base, base + (ECAM_SIZE - 1) }))
			return base;
		return 0;
	}
	return 0;
}

/* As the log or /proc/iomem says; 0: neither does */
static uint64_t told_ecam(const struct machine *machine, uint32_t domain)
{
	const struct resource_list *memory = &machine->resources[SPACE_MEMORY];
	char names[2][32];

	for (size_t i = 0; machine->log && i < machine->log->ecam_count; i++)
		if (machine->log->ecam[i].domain == domain)
			return machine->log->ecam[i].range.first;
	snprintf(names[0], sizeof(names[0]), "PCI MMCONFIG %04" PRIx32 " ", domain);
	snprintf(names[1], sizeof(names[1]), "PCI ECAM %04" PRIx32 " ", domain);
	for (size_t i = 0; memory->state == RESOURCES_READ && i < memory->count; i++)
		for (int k = 0; k < 2; k++)
			if (!strncmp(memory->entries[i].name, names[k], strlen(names[k])) &&
			    strstr(memory->entries[i].name, "[bus 00-"))
				return memory->entries[i].range.first;
	return 0;
}

/* One address for each domain, from the first root on */
void shape_find_ecam(struct shape *shape)
{
	struct shape_used_list used = { NULL, 0 };
	uint64_t high = ECAM_HIGH;

	/* the ports 0xcf8 and 0xcfc reach domain 0 alone */
	for (size_t i = 0; i < shape->root_count; i++)
		if (shape->roots[i].domain)
			shape->express = true;
	if (!shape->express)
		return;
	shape_find_used(shape, SPACE_MEMORY, &used);
	for (size_t i = 0; i < shape->root_count; i++) {
		struct shape_root *root = &shape->roots[i];
		uint64_t base = 0;

		if (i && root[-1].domain == root->domain) {
			root->mmconfig = root[-1].mmconfig;
			continue;
		}
		if (!root->filler && machine_is_pc(shape->machine)) {
			base = told_ecam(shape->machine, root->source_domain);
			if (!base && !root->domain)
				base = intel_ecam(shape, &used);
			/* what is in the guest's RAM, or in use, cannot be it */
			if (base < RAM_MOST || base & (ECAM_SIZE - 1) ||
			    !shape_is_free(&used, (struct range) { base, base + (ECAM_SIZE - 1) }))
				base = 0;
		}
		while (!base) {
			if (shape_is_free(&used, (struct range) { high, high + (ECAM_SIZE - 1) }))
				base = high;
			high += ECAM_SIZE;
		}
		root->mmconfig = base;
	}
}

static bool ecam_in(const struct shape *shape, struct range range, uint64_t *base)
{
	for (size_t i = 0; i < shape->root_count; i++) {
		*base = shape->roots[i].mmconfig;
		if (*base && range.first <= *base && *base + ECAM_SIZE - 1 <= range.last)
			return true;
	}
	return false;
}

static void cut_to(struct shape_window *window, struct range cpu)
{
	uint64_t first = window->range.first + (cpu.first - window->cpu);

	window->range = (struct range) { first, first + (cpu.last - cpu.first) };
	window->cpu = cpu.first;
}

void shape_leave_ecam_out(struct shape *shape)
{
	for (size_t i = 0; i < shape->root_count; i++)
		for (struct shape_window *window = shape->roots[i].windows; window;
		     window = window->next) {
			struct range cpu = shape_window_cpu(window);
			struct shape_window rest = *window;
			uint64_t base;

			if (window->space != SPACE_MEMORY || !ecam_in(shape, cpu, &base))
				continue;
			if (base == cpu.first) {
				/* a window that is nothing else goes where its addresses are free */
				if (base + ECAM_SIZE - 1 < cpu.last)
					cut_to(window, (struct range) { base + ECAM_SIZE, cpu.last });
				continue;
			}
			cut_to(window, (struct range) { cpu.first, base - 1 });
			if (cpu.last <= base + ECAM_SIZE)
				continue;
			cut_to(&rest, (struct range) { base + ECAM_SIZE, cpu.last });
			shape_add_window(shape, &shape->roots[i], SPACE_MEMORY, rest.range,
					 rest.cpu, rest.told);
		}
}
