// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * BARs where the config space of all functions lies in memory (ECAM).  The kernel does not
 * notice when it gives such an address: one host bridge in five has ECAM among its windows, and
 * a realloc takes it for free space.
 */
#include "pciaddr/check/checks.h"

#include <inttypes.h>
#include <string.h>

#include "pciaddr/model/log-facts.h"
#include "pciaddr/model/pcispec.h"
#include "pciaddr/model/topology.h"

/* arch/x86/pci/mmconfig-shared.c and drivers/pci/ecam.c */
static bool is_ecam(const char *name)
{
	return !strncmp(name, "PCI ECAM ", 9) || !strncmp(name, "PCI MMCONFIG ", 13);
}

static void report(struct results *results,
		   const struct pci_function *function, const struct bar *bar,
		   struct range ecam, struct location where)
{
	char range[RANGE_TEXT_MAX];

	results_add(results, &(struct finding) {
		.status = STATUS_FAIL,
		/* where there is a log alone, that is the kernel's assignment */
		.check = function->told_by_log ? CHECK_LOG_ASSIGNED : CHECK_BAR_OVERLAP,
		.function = function,
		.item = bar_text(bar),
		.message = "is where the config space of all devices is (ECAM)",
		.values = {
			bar_value(results, function, bar),
			{ TEXT(results, "ECAM: %s", range_text(ecam, range)), where },
		},
		.advice = "boot with 'pci=realloc=off'; the host bridge's _CRS should leave ECAM "
			"out, which an update of the firmware may mend",
	});
}

/* The host bridge's own BAR, or that of the device that is ECAM, may well be there. */
static bool may_have_it(const struct pci_function *function, const struct bar *bar,
			struct range ecam)
{
	return range_equal(bar->kernel_known ? bar->kernel : bar->range, ecam) ||
		(function->class_known && function->class >> 8 == CLASS_HOST_BRIDGE);
}

static void check_range(const struct machine *machine, struct results *results,
			struct range ecam, struct location where)
{
	for (size_t i = 0; i < machine->count; i++) {
		const struct pci_function *function = &machine->functions[i];

		for (unsigned int k = 0; k < function->bar_count; k++) {
			const struct bar *bar = &function->bars[k];

			/* an expansion ROM decodes only while it is read */
			if (bar->space != SPACE_MEMORY || bar->index == BAR_ROM ||
			    !bar_is_live(function, bar) || may_have_it(function, bar, ecam) ||
			    !range_overlaps(bar->kernel_known ? bar->kernel : bar->range, ecam))
				continue;
			report(results, function, bar, ecam, where);
		}
	}
}

void check_ecam(const struct machine *machine, struct results *results)
{
	const struct resource_list *list = &machine->resources[SPACE_MEMORY];
	bool told = false;

	for (size_t i = 0; i < list->count; i++) {
		if (!is_ecam(list->entries[i].name))
			continue;
		check_range(machine, results, list->entries[i].range,
			    at_text(TEXT(results, "%s:%" PRIu32,
					 resources_path(machine, SPACE_MEMORY),
					 list->entries[i].line)));
		told = true;
	}
	for (size_t i = 0; machine->log && !told && i < machine->log->ecam_count; i++)
		check_range(machine, results, machine->log->ecam[i].range,
			    at_text(TEXT(results, "%s:%" PRIu32, machine->log->path,
					 machine->log->ecam[i].line)));
}
